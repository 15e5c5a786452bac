//! What a person types or pastes as a server, an address or a password, and
//! what is meant by it.
//!
//! Help pages, chat windows and word processors add blanks, line ends,
//! invisible characters, long dashes and whole addresses of web pages. What can
//! only be a slip is taken out, and a [`Remark`] says so. A password is never
//! changed here: [`password_remark`] says what is odd about it, and
//! [`clean_password`] is for whoever wants it without.

mod letters;
mod mailbox;
mod secret;
mod server;

pub use mailbox::{AddressEntry, AddressFault, address};
pub use secret::{PasswordRemark, clean_password, password_remark};
pub use server::{ServerEntry, ServerFault, is_host, server};

/// What was taken out of an entry, or read from it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remark {
    /// A blank stood before it.
    BlankBefore,
    /// A blank stood behind it.
    BlankBehind,
    /// Blanks stood within it.
    BlankWithin,
    /// It was pasted with a line end or tabulator.
    LineEnd,
    /// Characters that cannot be seen were in it.
    Invisible,
    /// Letters as wide as Japanese ones were in it.
    FullWidth,
    /// A long dash stood where only a hyphen can be.
    Dash,
    /// It stood in quotation marks or brackets.
    Quoted,
    /// A dot, comma or the like stood behind it.
    Punctuation,
    /// It was the address of a web page, not of a mail server.
    WebPage,
    /// It was an address, not a server.
    Address,
    /// A path or something else stood behind the server.
    Path,
    /// A password stood in it. It was left out.
    Password,
    /// It named these as well: port, security, protocol, user name.
    Named(Vec<&'static str>),
}

impl Remark {
    /// The sentence for the person.
    #[must_use]
    pub fn words(&self) -> String {
        let fixed = match self {
            Self::BlankBefore => "A blank at the beginning was removed.",
            Self::BlankBehind => "A blank at the end was removed.",
            Self::BlankWithin => "Blanks in the middle were removed.",
            Self::LineEnd => "A line end or tabulator was removed.",
            Self::Invisible => "Invisible characters were removed.",
            Self::FullWidth => "Full-width letters were replaced by ordinary ones.",
            Self::Dash => "A long dash was replaced by a hyphen.",
            Self::Quoted => "The marks around it were removed.",
            Self::Punctuation => "The punctuation at the end was removed.",
            Self::WebPage => {
                "This is the address of a web page. Only the name of its server was kept; \
                 the mail server may be another."
            }
            Self::Address => "This is an address. Only what stands behind the @ was kept.",
            Self::Path => "What stood behind the name of the server was left out.",
            Self::Password => "A password stood in it and was left out.",
            Self::Named(what) => return format!("Taken from it: {}.", listed(what)),
        };
        fixed.to_owned()
    }
}

/// The sentences of several remarks, one after the other.
#[must_use]
pub fn words_of(remarks: &[Remark]) -> String {
    let sentences: Vec<String> = remarks.iter().map(Remark::words).collect();
    sentences.join(" ")
}

/// "port", "port and security", "port, security and user name".
fn listed(what: &[&str]) -> String {
    match what.split_last() {
        None => String::new(),
        Some((only, [])) => (*only).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests;
