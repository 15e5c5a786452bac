//! `oauth.toml`: how this program is known to providers that sign people in
//! through the browser. Written by hand; the program only reads it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::file;
use super::load::describe;
use super::paths::Profile;
use crate::error::{Error, ErrorKind, Result};

/// Registrations by the provider's short name, such as `google`.
pub(crate) type Registrations = BTreeMap<String, Registration>;

/// What one provider is told, and what it takes to ask one that the program
/// does not know.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Registration {
    /// The id the provider gave to this program.
    pub(crate) client_id: String,
    /// What some providers call a secret; every copy of a program has it.
    pub(crate) client_secret: Option<String>,
    /// Where the browser comes back to, if the provider knows one address
    /// only: `http` on this computer, with its port.
    pub(crate) redirect: Option<String>,
    /// The provider's name for people.
    pub(crate) name: Option<String>,
    /// Its mail servers, by the ends of their names.
    #[serde(default)]
    pub(crate) hosts: Vec<String>,
    /// Its page for signing in.
    pub(crate) authorize: Option<String>,
    /// Where it gives tokens.
    pub(crate) token: Option<String>,
    /// What is asked for: IMAP, POP3 and SMTP in one go.
    #[serde(default)]
    pub(crate) scopes: Vec<String>,
}

/// Reads the file; nothing where there is none.
///
/// # Errors
/// `Config`, naming the line.
pub(crate) fn read(profile: &Profile) -> Result<Registrations> {
    let path = profile.oauth_file();
    let place = path.display().to_string();
    let Some(bytes) = file::read(&path)? else {
        return Ok(Registrations::new());
    };
    let text = String::from_utf8_lossy(&bytes);
    toml::from_str(&text).map_err(|cause| {
        let what = describe(&place, &text, &cause);
        // The parser's own words may quote the line with a secret.
        Error::new(ErrorKind::Config, format!("{what}.")).hint(
            "Correct the file. Each provider has a table of its own, such as [google], with its client_id.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Registrations> {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::at(folder.path()).unwrap();
        std::fs::write(profile.oauth_file(), text).unwrap();
        read(&profile)
    }

    #[test]
    fn a_profile_without_the_file_has_no_registration() {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::at(folder.path()).unwrap();
        assert_eq!(read(&profile).unwrap(), Registrations::new());
    }

    #[test]
    fn registrations_are_read_by_provider() {
        let read = read_text(
            "[google]\nclient_id = \"one\"\n\n[school]\nclient_id = \"two\"\nhosts = [\"mail.school.test\"]\n",
        );
        let read = read.unwrap();
        assert_eq!(read["google"].client_id, "one");
        assert_eq!(read["school"].hosts, ["mail.school.test"]);
    }

    #[test]
    fn a_fault_has_its_line_and_no_secret() {
        for text in [
            "[google]\nclient_id = \"one\"\nclient_secert = \"hunter2\"\n",
            "[google]\nclient_id = \"one\"\nclient_secret = [\"hunter2\"]\n",
        ] {
            let error = read_text(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.message().contains("line 3"), "{error}");
            let told = format!("{error} {error:?}");
            assert!(!told.contains("hunter2"), "{told}");
        }
    }
}
