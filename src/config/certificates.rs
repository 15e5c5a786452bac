//! `certificates.toml`: the single certificates that the person trusts though
//! the system does not.

use serde::{Deserialize, Serialize};

use super::load::{self, Document, IfBroken, Loaded};
use super::paths::Profile;
use crate::error::{Error, ErrorKind, Result};
use crate::model::TrustedCertificate;

/// The trusted certificates of a profile, one at most for each server and port.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificates {
    #[serde(default, rename = "certificate", skip_serializing_if = "Vec::is_empty")]
    trusted: Vec<TrustedCertificate>,
}

impl Document for Certificates {
    const IF_BROKEN: IfBroken = IfBroken::Refuse;
    const REMEDY: &'static str =
        "Nothing was changed. Correct the file, or remove it to trust no single certificate.";

    fn judge(&self) -> Result<(), String> {
        for (number, one) in self.trusted.iter().enumerate() {
            if one.host.trim().is_empty() || !is_sha256(&one.sha256) {
                let place = one.place();
                return Err(format!("the certificate for {place} is no SHA-256."));
            }
            let mut before = self.trusted.iter().take(number);
            if before.any(|other| other.is_for(&one.host, one.port)) {
                return Err(format!("{} has two certificates.", one.place()));
            }
        }
        Ok(())
    }
}

/// 64 hexadecimal digits in lower case.
fn is_sha256(text: &str) -> bool {
    let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    text.len() == 64 && text.bytes().all(digit)
}

impl Certificates {
    /// Reads them. With a report, the file is there and cannot be used: then
    /// none is trusted, and saving is refused until it is mended.
    #[must_use]
    pub fn load(profile: &Profile) -> Loaded<Self> {
        load::load(&profile.certificates_file())
    }

    /// Writes them.
    ///
    /// # Errors
    /// `Config` when the file that is there cannot be read, `DiskFull`.
    pub fn save(&self, profile: &Profile) -> Result<()> {
        load::save(&profile.certificates_file(), self)
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[TrustedCertificate] {
        &self.trusted
    }

    /// Trusts one, in the place of another for the same server and port. The
    /// fingerprint may be in groups, with colons or blanks between, in any case.
    ///
    /// # Errors
    /// `Input` when it is no SHA-256 or names no server.
    pub fn trust(&mut self, mut certificate: TrustedCertificate) -> Result<()> {
        certificate.host = certificate.host.trim().to_lowercase();
        let digits = certificate.sha256.chars();
        certificate.sha256 = digits
            .filter(|c| !matches!(c, ':' | ' '))
            .map(|c| c.to_ascii_lowercase())
            .collect();
        if certificate.host.is_empty() || !is_sha256(&certificate.sha256) {
            return Err(Error::new(
                ErrorKind::Input,
                "This is not the SHA-256 of a certificate and the server it is for.",
            )
            .hint("It has 64 hexadecimal digits."));
        }
        let (host, port) = (&certificate.host, certificate.port);
        self.trusted.retain(|one| !one.is_for(host, port));
        self.trusted.push(certificate);
        Ok(())
    }

    /// Trusts none for this server and port any more.
    ///
    /// # Errors
    /// `NotFound` when none was trusted there.
    pub fn distrust(&mut self, host: &str, port: u16) -> Result<()> {
        let before = self.trusted.len();
        self.trusted.retain(|one| !one.is_for(host, port));
        if self.trusted.len() == before {
            return Err(Error::new(
                ErrorKind::NotFound,
                format!("No certificate is trusted for {host}:{port} alone."),
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(host: &str, digit: &str) -> TrustedCertificate {
        TrustedCertificate {
            host: host.to_owned(),
            port: 993,
            sha256: digit.repeat(64),
        }
    }

    #[test]
    fn a_server_has_one_certificate() {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::at(folder.path()).unwrap();
        let mut certificates = Certificates::load(&profile).value;
        certificates.trust(one("Mail.example.org", "a")).unwrap();
        certificates.trust(one("mail.example.org", "B")).unwrap();
        certificates.trust(one("mail.example.net", "c")).unwrap();
        certificates.save(&profile).unwrap();
        let read = Certificates::load(&profile).value;
        let expected = [one("mail.example.org", "b"), one("mail.example.net", "c")];
        assert_eq!(read.all(), expected);
        assert!(certificates.distrust("mail.example.org", 465).is_err());
        certificates.distrust("MAIL.example.org.", 993).unwrap();
        assert_eq!(certificates.all(), &expected[1..]);
    }

    #[test]
    fn what_is_no_fingerprint_is_refused() {
        let mut certificates = Certificates::default();
        for sha256 in ["", "abc", &"g".repeat(64), &"ä".repeat(32)] {
            let wrong = TrustedCertificate {
                sha256: sha256.to_owned(),
                ..one("mail.example.org", "a")
            };
            let error = certificates.trust(wrong).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Input, "{sha256}");
        }
        let grouped = vec!["AB:CD"; 16].join(" ");
        let fits = TrustedCertificate {
            sha256: grouped,
            ..one("mail.example.org", "a")
        };
        certificates.trust(fits).unwrap();
        assert_eq!(certificates.all()[0].sha256, "abcd".repeat(16));
    }

    #[test]
    fn a_broken_file_trusts_nobody_and_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::at(folder.path()).unwrap();
        let file = profile.certificates_file();
        let text = "version = 1\n[[certificate]]\nhost = \"a\"\nport = 1\nsha256 = \"x\"\n";
        std::fs::write(&file, text).unwrap();
        let loaded = Certificates::load(&profile);
        assert_eq!(loaded.value.all(), []);
        assert!(loaded.report.is_some());
        assert!(loaded.value.save(&profile).is_err());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    }
}
