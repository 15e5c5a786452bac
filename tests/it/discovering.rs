//! Finding the servers of an address from the command line.

use super::bed::bed;
use super::profile::Profile;

#[test]
fn a_known_provider_is_told_with_its_servers_and_steps() {
    let profile = Profile::new(bed());
    let found = profile
        .run(&["account", "discover", "ann@gmail.com"])
        .objects();
    assert_eq!(found.len(), 1);
    let gmail = &found[0];
    assert_eq!(gmail["source"], "table");
    assert_eq!(gmail["trusted"], true);
    assert_eq!(gmail["provider"], "Gmail");
    assert_eq!(gmail["auth"], "password");
    assert_eq!(gmail["incoming"][0]["protocol"], "imap");
    assert_eq!(gmail["incoming"][0]["host"], "imap.gmail.com");
    assert_eq!(gmail["incoming"][0]["port"], 993);
    assert_eq!(gmail["incoming"][0]["security"], "tls");
    assert_eq!(gmail["incoming"][0]["username"], "ann@gmail.com");
    let incoming = gmail["incoming"].as_array().unwrap();
    assert!(incoming.iter().any(|server| server["protocol"] == "pop3"));
    assert_eq!(gmail["outgoing"][0]["host"], "smtp.gmail.com");
    let url = gmail["preparations"][0]["url"].as_str().unwrap();
    assert!(url.starts_with("https://myaccount.google.com/"), "{url}");
}

#[test]
fn who_lets_no_program_in_is_told_and_is_no_failure() {
    let profile = Profile::new(bed());
    let found = profile
        .run(&["account", "discover", "ann@tuta.com", "--offline"])
        .objects();
    assert_eq!(found.len(), 1);
    let words = found[0]["impossible"].as_str().unwrap();
    assert!(words.contains("Tuta lets no mail program in"), "{words}");
    assert!(found[0]["incoming"].as_array().unwrap().is_empty());
}

#[test]
fn what_nobody_knows_and_what_is_no_address_fail_in_words() {
    let profile = Profile::new(bed());
    // Nobody can have a domain below `.invalid` (RFC 2606).
    let address = "ann@nobody.invalid";
    let outcome = profile.run(&["account", "discover", address, "--offline"]);
    assert_eq!(outcome.error_kind(), "not_found");
    assert!(outcome.stderr.contains("--offline"), "{outcome:#?}");
    let outcome = profile.run(&["account", "discover", address]);
    // The name service of this machine denies it, or says nothing.
    let kind = outcome.error_kind();
    assert!(
        ["dns", "offline", "not_found"].contains(&&*kind),
        "{outcome:#?}"
    );
    assert!(outcome.stderr.contains("nobody.invalid"), "{outcome:#?}");
    let outcome = profile.run(&["account", "discover", "ann at example"]);
    assert_eq!(outcome.error_kind(), "input");
}
