//! The steps of proving a server.

/// One step of proving a server, in the order they happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CheckStepKind {
    /// The host name has an address.
    Lookup,
    /// The port answers.
    Connect,
    /// TLS stands and the certificate is trusted.
    Tls,
    /// The server greets in the right protocol.
    Greeting,
    /// Name and password are right.
    SignIn,
    /// A harmless command works.
    Command,
}

impl CheckStepKind {
    /// The stable name in the headless commands.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Lookup => "lookup",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Greeting => "greeting",
            Self::SignIn => "sign-in",
            Self::Command => "command",
        }
    }
}
