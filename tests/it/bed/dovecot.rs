//! Dovecot's settings, in the words of 2.3 (Debian 12) and of 2.4 (Debian 13).
//!
//! Two instances run: `imap` (IMAP and POP3, what can be stopped) and `post`
//! (LMTP and the sign-in for Postfix), so that mail still goes out while the
//! incoming server is down.

use std::path::Path;
use std::process::Command;

use super::certificates::{Certificates, Leaf};
use super::ports::Ports;

/// The configuration language of the Dovecot that is installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// 2.3 and older.
    V23,
    /// 2.4 and newer.
    V24,
}

impl Dialect {
    /// Asks the installed Dovecot.
    pub(crate) fn installed() -> Result<Self, String> {
        let output = Command::new("dovecot")
            .arg("--version")
            .output()
            .map_err(|e| format!("dovecot cannot be run: {e}"))?;
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Self::of(&version).ok_or_else(|| format!("dovecot has an unknown version: {version:?}"))
    }

    fn of(version: &str) -> Option<Self> {
        let mut numbers = version.split('.').map(|n| n.parse::<u32>().ok());
        let (major, minor) = (numbers.next()??, numbers.next()??);
        Some(if (major, minor) >= (2, 4) {
            Self::V24
        } else {
            Self::V23
        })
    }
}

/// What the settings name.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    pub(crate) dir: &'a Path,
    pub(crate) ports: &'a Ports,
    pub(crate) certificates: &'a Certificates,
    /// Whether one can sign in with a token, too.
    pub(crate) tokens: bool,
}

/// What signs the tokens; the key is named as those who made none up name it.
pub(crate) const TOKEN_KEY: &[u8] = b"what the servers and the provider both know";

/// Where the key lies below the bed's folder, as Dovecot looks for it.
pub(crate) const TOKEN_KEY_FILE: &str = "keys/default/HS256/default";

/// The settings of `dovecot-oauth2.conf`, which only 2.3 reads.
pub(crate) fn tokens(dir: &Path) -> String {
    let dir = dir.display();
    format!(
        "introspection_mode = local
local_validation_key_dict = fs:posix:prefix={dir}/keys/
username_attribute = email
"
    )
}

/// The settings of the incoming server: IMAP and POP3.
pub(crate) fn incoming(dialect: Dialect, place: &Place<'_>) -> String {
    let p = place.ports;
    format!(
        "{}{}
service imap-login {{
  chroot =
  {many}
  inet_listener imap {{
    {listen} = 127.0.0.1
    port = {}
  }}
  inet_listener imaps {{
    {listen} = 127.0.0.1
    port = {}
    ssl = yes
  }}
}}
service pop3-login {{
  chroot =
  {many}
  inet_listener pop3 {{
    {listen} = 127.0.0.1
    port = {}
  }}
  inet_listener pop3s {{
    {listen} = 127.0.0.1
    port = {}
    ssl = yes
  }}
}}
",
        common(dialect, place, "imap", "imap pop3"),
        mailboxes(),
        p.imap_plain,
        p.imap_tls,
        p.pop3_plain,
        p.pop3_tls,
        listen = listen(dialect),
        many = many_sessions(dialect),
    )
}

/// The settings of what stands behind Postfix: LMTP and the sign-in.
pub(crate) fn behind_postfix(dialect: Dialect, place: &Place<'_>) -> String {
    let p = place.ports;
    format!(
        "{}{}
service lmtp {{
  inet_listener lmtp {{
    {listen} = 127.0.0.1
    port = {}
  }}
}}
service auth {{
  inet_listener postfix {{
    {listen} = 127.0.0.1
    port = {}
  }}
}}
",
        common(dialect, place, "post", "lmtp"),
        mailboxes(),
        p.lmtp,
        p.auth,
        listen = listen(dialect),
    )
}

/// The name of a listener's address setting.
fn listen(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::V23 => "address",
        Dialect::V24 => "listen",
    }
}

/// Lets one login process serve many connections: quicker by far.
fn many_sessions(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::V23 => "service_count = 0",
        Dialect::V24 => "restart_request_count = unlimited",
    }
}

/// What lets people sign in with tokens.
fn with_tokens(dialect: Dialect, dir: &Path) -> String {
    let dir = dir.display();
    match dialect {
        Dialect::V23 => format!(
            "passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {dir}/dovecot-oauth2.conf
}}
"
        ),
        Dialect::V24 => format!(
            "oauth2 {{
  introspection_mode = local
  username_attribute = email
  oauth2_local_validation {{
    dict fs {{
      fs posix {{
        prefix = {dir}/keys/
      }}
    }}
  }}
}}
"
        ),
    }
}

/// What both instances share.
fn common(dialect: Dialect, place: &Place<'_>, instance: &str, protocols: &str) -> String {
    let dir = place.dir.display();
    let certificate = place.certificates.certificate(Leaf::Good);
    let key = place.certificates.key(Leaf::Good);
    let (certificate, key) = (certificate.display(), key.display());
    let dialect_part = match dialect {
        Dialect::V23 => format!(
            "mail_location = maildir:~/Maildir
disable_plaintext_auth = no
ssl_cert = <{certificate}
ssl_key = <{key}
passdb {{
  driver = passwd-file
  args = {dir}/passwd
}}
userdb {{
  driver = passwd-file
  args = {dir}/passwd
}}
"
        ),
        Dialect::V24 => format!(
            "mail_driver = maildir
mail_path = ~/Maildir
auth_allow_cleartext = yes
ssl_server_cert_file = {certificate}
ssl_server_key_file = {key}
passdb passwd-file {{
  passwd_file_path = {dir}/passwd
}}
userdb passwd-file {{
  passwd_file_path = {dir}/passwd
}}
"
        ),
    };
    let (mechanisms, tokens) = if place.tokens {
        (
            "plain login xoauth2 oauthbearer",
            with_tokens(dialect, place.dir),
        )
    } else {
        ("plain login", String::new())
    };
    let head = match dialect {
        Dialect::V23 => "",
        // Must come first in the file.
        Dialect::V24 => "dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n",
    };
    // A state_dir of its own keeps Dovecot from the system's list of instances,
    // and from the lock on it, which a killed one would leave behind. Penalty
    // and delay would make each refused sign-in cost seconds.
    format!(
        "{head}base_dir = {dir}/run-{instance}
state_dir = {dir}/run-{instance}
instance_name = waxwing-{instance}
log_path = {dir}/dovecot-{instance}.log
protocols = {protocols}
listen = 127.0.0.1
ssl = yes
auth_mechanisms = {mechanisms}
auth_failure_delay = 0
mail_fsync = never
mail_max_userip_connections = 200
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
{tokens}{dialect_part}"
    )
}

/// The folders of RFC 6154 every user has from the start. The same words in
/// both dialects.
fn mailboxes() -> String {
    let mut text = String::from("namespace inbox {\n  inbox = yes\n  separator = /\n");
    for name in ["Drafts", "Sent", "Junk", "Trash", "Archive"] {
        text.push_str(&format!(
            "  mailbox {name} {{\n    auto = subscribe\n    special_use = \\{name}\n  }}\n"
        ));
    }
    text.push_str("}\n");
    text
}

#[test]
fn dialects_are_told_by_version() {
    assert_eq!(Dialect::of("2.3.19.1 (9b53102964)"), Some(Dialect::V23));
    assert_eq!(Dialect::of("2.4.1-4 (7d8c0e5759)"), Some(Dialect::V24));
    assert_eq!(Dialect::of("3.0"), Some(Dialect::V24));
    assert_eq!(Dialect::of("unknown"), None);
}
