//! The usual steps before a mail program gets in, in words.

use serde::Deserialize;

use crate::model::Preparation;

/// What kind of step it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum StepKind {
    /// Making a password for mail programs, beside the usual one.
    AppPassword,
    /// Setting the one password that mail programs use.
    MailPassword,
    /// Letting mail programs in at all.
    SwitchOn,
    /// Signing in with the browser: there is no other way.
    Browser,
    /// Paying.
    Plan,
    /// Anything else, in its own words.
    Note,
}

/// A step as the table has it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub(super) kind: StepKind,
    words: Option<String>,
    pub(super) url: Option<String>,
}

impl Step {
    /// The step for a person.
    pub(super) fn preparation(&self, provider: &str) -> Preparation {
        Preparation {
            words: self.words(provider),
            url: self.url.clone(),
        }
    }

    fn words(&self, provider: &str) -> String {
        if let Some(words) = &self.words {
            return words.clone();
        }
        match self.kind {
            StepKind::AppPassword => format!(
                "{provider} does not take your usual password from mail programs. Make an app password there and type that."
            ),
            StepKind::MailPassword => format!(
                "{provider} has a password of its own for mail programs. Set it there and type that."
            ),
            StepKind::SwitchOn => format!(
                "{provider} keeps mail programs out until you allow IMAP and POP3 in its web settings."
            ),
            StepKind::Browser => format!(
                "{provider} takes no passwords from mail programs. You sign in on its own page, in your browser."
            ),
            StepKind::Plan => {
                format!("{provider} lets mail programs in only with a paid plan.")
            }
            StepKind::Note => String::new(),
        }
    }
}
