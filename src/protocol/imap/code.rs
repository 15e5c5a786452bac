//! Response codes, the words in brackets (RFC 9051, 7.1; RFC 5530).

use imap_proto::rfc4315::UidSetMember;
use imap_proto::{Capability, Outcome, ResponseCode};

/// A response code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Code {
    /// `CAPABILITY`
    Capability(Vec<String>),
    /// `UIDVALIDITY`
    UidValidity(u32),
    /// `UIDNEXT`
    UidNext(u32),
    /// `HIGHESTMODSEQ` (RFC 7162)
    HighestModSeq(u64),
    /// `PERMANENTFLAGS`
    PermanentFlags(Vec<String>),
    /// `READ-ONLY`
    ReadOnly,
    /// `APPENDUID` (RFC 4315)
    AppendUid(u32, Vec<UidSetMember>),
    /// `COPYUID` (RFC 4315)
    CopyUid(u32, Vec<UidSetMember>, Vec<UidSetMember>),
    /// Any other, by its name in upper case.
    Named(String),
}

impl Code {
    /// The name of a code that has no more to say.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            _ => None,
        }
    }
}

/// Takes an outcome apart: its code and its words.
pub(super) fn read(outcome: &Outcome<'_>) -> (Option<Code>, String) {
    let text = outcome.information.as_deref().unwrap_or_default().trim();
    if let Some(code) = &outcome.code {
        return (Some(convert(code)), text.to_owned());
    }
    // A code the parser does not know stays in the text.
    let inside = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    match inside {
        Some((code, words)) => (Some(unknown(code)), words.trim().to_owned()),
        None => (None, text.to_owned()),
    }
}

fn unknown(code: &str) -> Code {
    let mut words = code.split_ascii_whitespace();
    let name = words.next().unwrap_or_default().to_ascii_uppercase();
    // The parser refuses the list of a server without IMAP4rev1.
    if name == "CAPABILITY" {
        return Code::Capability(words.map(str::to_owned).collect());
    }
    Code::Named(name)
}

fn convert(code: &ResponseCode<'_>) -> Code {
    match code {
        ResponseCode::Capabilities(list) => Code::Capability(list.iter().map(capability).collect()),
        ResponseCode::UidValidity(number) => Code::UidValidity(*number),
        ResponseCode::UidNext(number) => Code::UidNext(*number),
        ResponseCode::HighestModSeq(number) => Code::HighestModSeq(*number),
        ResponseCode::PermanentFlags(flags) => {
            Code::PermanentFlags(flags.iter().map(ToString::to_string).collect())
        }
        ResponseCode::ReadOnly => Code::ReadOnly,
        ResponseCode::AppendUid(validity, uids) => Code::AppendUid(*validity, uids.clone()),
        ResponseCode::CopyUid(validity, from, to) => {
            Code::CopyUid(*validity, from.clone(), to.clone())
        }
        ResponseCode::TryCreate => Code::Named("TRYCREATE".to_owned()),
        ResponseCode::BadCharset(_) => Code::Named("BADCHARSET".to_owned()),
        ResponseCode::Alert => Code::Named("ALERT".to_owned()),
        _ => Code::Named(String::new()),
    }
}

fn capability(capability: &Capability<'_>) -> String {
    match capability {
        Capability::Imap4rev1 => "IMAP4rev1".to_owned(),
        Capability::Auth(method) => format!("AUTH={method}"),
        Capability::Atom(name) => name.to_string(),
    }
}
