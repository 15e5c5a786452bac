//! The engine and the commands against real servers, and against scripted
//! bad ones: ONE test binary, because each further one costs a link.
//!
//! The modules live in `tests/it/`. `bed` starts Dovecot and Postfix,
//! `script_server` plays a written dialogue, `profile` runs the built program.

#[cfg(test)]
mod it {
    mod accounts;
    mod backups;
    mod bed;
    mod bed_tests;
    mod changing;
    mod checking;
    mod commands;
    mod demo_clients;
    mod diagnosis;
    mod discovering;
    mod documents;
    mod drafts;
    mod editing;
    mod fetching;
    mod files;
    mod identities;
    mod line_client;
    mod meddler;
    mod oauth;
    #[allow(dead_code, reason = "the tests of the layer use the rest of it")]
    mod oauth_server;
    mod old_profiles;
    mod orders;
    mod parts;
    mod policy;
    mod pop3;
    mod pop3_check;
    #[cfg(feature = "pages")]
    mod printing;
    mod profile;
    mod push;
    mod queue;
    #[cfg(feature = "pages")]
    mod rendering;
    mod running;
    mod script_server;
    mod searching;
    mod secrets;
    mod sender;
    mod sending;
    mod sent_once;
    mod transfer;
    mod trouble;
    mod window;
}
