use super::*;

const WHOLE: &str = r#"
name = "Home"
email = "user1@example.test"
display_name = "User One"

[incoming]
protocol = "pop3"
host = "pop.example.test"
port = 1995
security = "tls"
username = "one"
auth = "password"

[incoming.pop3]
leave_on_server = true
delete_after_days = 14
delete_when_removed = false
headers_only_over_mb = 25
deliver_to = "Family"

[outgoing]
host = "[::1]"
port = 2465
security = "starttls"
username = "two"
auth = "none"
"#;

#[test]
fn a_whole_file_is_taken_as_written() {
    let account = parse(WHOLE, "home.toml").unwrap();
    assert_eq!(account.name, "Home");
    assert_eq!(account.display_name, "User One");
    assert_eq!(account.incoming.place(), "pop.example.test:1995");
    assert_eq!(account.incoming.username, "one");
    let policy = account.pop3.unwrap();
    assert_eq!(policy.delete_after_days, Some(14));
    assert!(!policy.delete_when_removed);
    assert_eq!(policy.largest(), 25_000_000);
    assert_eq!(policy.deliver_to.as_deref(), Some("Family"));
    assert_eq!(account.outgoing.host, "::1");
    assert_eq!(account.outgoing.security, Security::StartTls);
    assert_eq!(account.outgoing.auth, AuthMethod::None);
}

#[test]
fn what_is_left_out_has_the_usual_value() {
    for (protocol, security, port) in [
        ("imap", "tls", 993),
        ("imap", "starttls", 143),
        ("pop3", "tls", 995),
        ("pop3", "none", 110),
    ] {
        let text = format!(
            "email = \"a@x.test\"\n[incoming]\nprotocol = \"{protocol}\"\nhost = \"h\"\n\
             security = \"{security}\"\n[outgoing]\nhost = \"h\"\n"
        );
        let account = parse(&text, "a.toml").unwrap();
        assert_eq!(account.name, "a@x.test");
        assert_eq!(account.incoming.port, port, "{protocol} {security}");
        assert_eq!(account.incoming.username, "a@x.test");
        assert_eq!(account.outgoing.port, 465);
        assert_eq!(account.outgoing.security, Security::Tls);
        assert_eq!(account.pop3.is_some(), protocol == "pop3");
    }
}

#[test]
fn faults_name_their_line_or_field() {
    for (from, to, named) in [
        ("port = 1995", "port = 70000", "line 9"),
        ("port = 1995", "port = 0", "incoming.port"),
        ("security = \"tls\"", "security = \"ssl\"", "line 10"),
        ("username = \"two\"", "password = \"two\"", "line 25"),
        ("email = \"user1@example.test\"", "", "`email` is missing"),
        ("user1@example.test", "user1", "`email`"),
        (
            "protocol = \"pop3\"",
            "protocol = \"imap\"",
            "incoming.pop3",
        ),
        (
            "protocol = \"pop3\"",
            "protocol = \"smtp\"",
            "incoming.protocol",
        ),
        ("protocol = \"pop3\"", "", "incoming.protocol"),
        ("pop.example.test", "https://x.test/", "incoming.host"),
        ("pop.example.test", "x.test:995", "incoming.host"),
        ("pop.example.test", "a b", "incoming.host"),
        ("[::1]", "", "outgoing.host"),
        ("\"two\"", "\"a\\r\\nb\"", "outgoing.username"),
        ("auth = \"password\"", "auth = \"none\"", "incoming.auth"),
        ("_days = 14", "_days = 0", "delete_after_days"),
        ("_mb = 25", "_mb = 0", "headers_only_over_mb"),
        ("\"Family\"", "\" \"", "deliver_to"),
        ("name = \"Home\"", "name = \"Home", "line 2"),
    ] {
        let text = WHOLE.replacen(from, to, 1);
        assert_ne!(text, WHOLE, "{from}");
        let error = parse(&text, "home.toml").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input);
        assert!(error.message().starts_with("home.toml"), "{error}");
        assert!(error.message().contains(named), "{to}: {error}");
    }
}

#[test]
fn a_sign_in_in_the_browser_wants_a_protected_line() {
    let text = WHOLE.replacen("auth = \"password\"", "auth = \"oauth2\"", 1);
    let settings = parse(&text, "home.toml").unwrap();
    assert_eq!(settings.incoming.auth, AuthMethod::OAuth2);
    for (host, fine) in [("pop.example.test", false), ("127.0.0.1", true)] {
        let open = text.replacen("pop.example.test", host, 1).replacen(
            "security = \"tls\"",
            "security = \"none\"",
            1,
        );
        match parse(&open, "home.toml") {
            Ok(_) => assert!(fine, "{host}"),
            Err(error) => assert!(
                !fine && error.message().contains("incoming.security"),
                "{error}"
            ),
        }
    }
}

#[test]
fn what_is_fetched_unasked_is_told_for_imap() {
    use crate::model::{Prefetch, PrefetchPolicy};
    let file = |table: &str| {
        let text = WHOLE.replacen("protocol = \"pop3\"", "protocol = \"imap\"", 1);
        let (before, after) = text.split_once("[incoming.pop3]").unwrap();
        let (_, after) = after.split_once("[outgoing]").unwrap();
        parse(&format!("{before}{table}\n[outgoing]{after}"), "home.toml")
    };
    for (table, what, largest_mb) in [
        ("", Prefetch::Everything, None),
        ("[incoming.imap]", Prefetch::Everything, None),
        (
            "[incoming.imap]\nprefetch = \"headers\"",
            Prefetch::Headers,
            None,
        ),
        (
            "[incoming.imap]\nprefetch = \"12 months\"\nprefetch_largest_mb = 25",
            Prefetch::Months(12),
            Some(25),
        ),
    ] {
        let settings = file(table).unwrap();
        assert_eq!(settings.prefetch, PrefetchPolicy { what, largest_mb });
        let kept = toml::to_string(&settings).unwrap();
        assert_eq!(toml::from_str::<AccountSettings>(&kept).unwrap(), settings);
        assert_eq!(kept.contains("prefetch"), !settings.prefetch.is_usual());
    }
    let few = file("[incoming.imap]\nconnections = 1").unwrap();
    assert_eq!(few.connections, Some(1));
    let kept = toml::to_string(&few).unwrap();
    assert_eq!(toml::from_str::<AccountSettings>(&kept).unwrap(), few);
    assert_eq!(file("").unwrap().connections, None);
    for (table, named) in [
        (
            "[incoming.imap]\nconnections = 0",
            "incoming.imap.connections",
        ),
        (
            "[incoming.imap]\nprefetch = \"some\"",
            "incoming.imap.prefetch",
        ),
        (
            "[incoming.imap]\nprefetch_largest_mb = 0",
            "prefetch_largest_mb",
        ),
        ("[incoming.imap]\nprefetsch = \"all\"", "prefetsch"),
        ("[incoming.pop3]", "incoming.pop3"),
    ] {
        let error = file(table).unwrap_err();
        assert!(error.message().contains(named), "{table}: {error}");
    }
    let pop3 = WHOLE.replacen("[incoming.pop3]", "[incoming.imap]\n[incoming.pop3]", 1);
    let error = parse(&pop3, "home.toml").unwrap_err();
    assert!(error.message().contains("incoming.imap"), "{error}");
}
