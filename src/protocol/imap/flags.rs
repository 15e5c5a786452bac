//! Changing flags (RFC 9051, 6.4.6).

use super::command::{Command, quoted};
use super::conn::ImapConn;
use super::error::{Error, Fault};
use super::uidset;
use crate::model::Uid;
use crate::model::utf7;

impl ImapConn {
    /// Sets (`on`) or clears flags and keywords on messages of the selected
    /// folder. Messages that are gone are skipped by the server. A keyword
    /// that cannot be one in IMAP is left out.
    ///
    /// # Errors
    ///
    /// When it is refused or the connection is lost. Calling again is safe.
    pub(crate) async fn store_flags(
        &mut self,
        uids: &[Uid],
        flags: &[&str],
        on: bool,
    ) -> Result<(), Error> {
        let flags = join(flags);
        if flags.is_empty() {
            return Ok(());
        }
        let sign = if on { '+' } else { '-' };
        for set in uidset::sets(uids) {
            let words = format!("{set} {sign}FLAGS.SILENT ({flags})");
            self.run_plain(Command::new("UID STORE").words(&words))
                .await?;
        }
        Ok(())
    }
}

impl ImapConn {
    /// Sets (`on`) or clears Gmail's labels on messages of the selected
    /// folder, by the names a person reads. The program's own (`\\Inbox`) are
    /// written as they are.
    ///
    /// # Errors
    ///
    /// When the server has no labels, it is refused or the connection is lost.
    /// Calling again is safe.
    pub(crate) async fn store_labels(
        &mut self,
        uids: &[Uid],
        labels: &[&str],
        on: bool,
    ) -> Result<(), Error> {
        if !self.capabilities.gmail() {
            return Err(self.fail(Fault::NotOffered("X-GM-EXT-1")));
        }
        let labels: Vec<String> = labels.iter().filter_map(|label| written(label)).collect();
        if labels.is_empty() {
            return Ok(());
        }
        let sign = if on { '+' } else { '-' };
        let labels = labels.join(" ");
        for set in uidset::sets(uids) {
            let words = format!("{set} {sign}X-GM-LABELS.SILENT ({labels})");
            self.run_plain(Command::new("UID STORE").words(&words))
                .await?;
        }
        Ok(())
    }
}

/// A label as Gmail reads it.
fn written(label: &str) -> Option<String> {
    if label.starts_with('\\') {
        return is_flag(label).then(|| label.to_owned());
    }
    quoted(&utf7::encode(label), false)
}

/// Writes flags with blanks between them.
pub(super) fn join(flags: &[&str]) -> String {
    let good: Vec<&str> = flags.iter().copied().filter(|flag| is_flag(flag)).collect();
    good.join(" ")
}

/// Whether a text can be a flag: an atom, with at most a backslash before it.
pub(crate) fn is_flag(text: &str) -> bool {
    let atom = text.strip_prefix('\\').unwrap_or(text);
    !atom.is_empty()
        && atom
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"(){%*\"\\]".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_atoms_become_flags() {
        assert_eq!(
            join(&[
                "\\Seen", "a b", "x)", "", "\\", "$Junk", "é", "a\r\nb", "\\*"
            ]),
            "\\Seen $Junk"
        );
    }
}
