//! An engine that follows its accounts, as the window runs it, and accounts for
//! it on loopback.

use std::path::Path;

use waxwing::config::Profile;
use waxwing::engine::{Engine, Options, SecretsChoice};
use waxwing::model::{
    AccountSettings, AuthMethod, PrefetchPolicy, Protocol, Security, ServerSettings,
};

/// Starts an engine on the profile in a folder; its secrets go with it.
pub(crate) fn start(folder: &Path) -> Engine {
    Engine::start(Options {
        profile: Profile::at(folder).unwrap(),
        secrets: SecretsChoice::Memory,
        online: true,
        program: Some(env!("CARGO_BIN_EXE_waxwing").into()),
    })
    .unwrap()
}

/// An account without TLS on these ports, of which nothing else is settled.
pub(crate) fn account(username: &str, incoming: (Protocol, u16), smtp: u16) -> AccountSettings {
    let server = |protocol, port| ServerSettings {
        protocol,
        host: "127.0.0.1".to_owned(),
        port,
        security: Security::None,
        username: username.to_owned(),
        auth: AuthMethod::Password,
    };
    AccountSettings {
        name: "Bed".to_owned(),
        email: username.to_owned(),
        display_name: String::new(),
        incoming: server(incoming.0, incoming.1),
        pop3: None,
        outgoing: server(Protocol::Smtp, smtp),
        prefetch: PrefetchPolicy::default(),
        connections: None,
        identities: Vec::new(),
    }
}
