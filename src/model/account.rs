//! An account: a mail source with its servers.

use serde::{Deserialize, Serialize};

use super::{AccountId, Address, Identity, Pop3Policy, PrefetchPolicy, Protocol, ServerSettings};

/// What a person settles about an account. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AccountSettings {
    /// The name in the sidebar, unique in a profile.
    pub name: String,
    /// The address mail is written from.
    pub email: String,
    /// The name others see beside the address.
    #[serde(default)]
    pub display_name: String,
    /// Where mail comes in.
    pub incoming: ServerSettings,
    /// What happens to mail on a POP3 server; nothing for IMAP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pop3: Option<Pop3Policy>,
    /// Where mail goes out.
    pub outgoing: ServerSettings,
    /// Which messages are fetched before anybody asks for them.
    #[serde(default, skip_serializing_if = "PrefetchPolicy::is_usual")]
    pub prefetch: PrefetchPolicy,
    /// Further addresses to write from.
    #[serde(default, rename = "identity", skip_serializing_if = "Vec::is_empty")]
    pub identities: Vec<Identity>,
    /// How many connections to an IMAP server there may be at once, at least
    /// one; without a number as many as the settings say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connections: Option<u8>,
}

fn is_first(secrets: &u32) -> bool {
    *secrets == 0
}

impl AccountSettings {
    /// Who one is when writing from this account.
    #[must_use]
    pub fn identity(&self) -> Address {
        Address::new(&self.display_name, &self.email)
    }

    /// The account whose folders take its mail, where these are not its own.
    #[must_use]
    pub fn deliver_to(&self) -> Option<&str> {
        self.pop3.as_ref()?.deliver_to.as_deref()
    }

    /// Whether it has folders that can take another account's mail.
    #[must_use]
    pub fn takes_mail(&self) -> bool {
        self.is_local() && self.deliver_to().is_none()
    }

    /// Whether its folders are on this computer and nowhere else.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.incoming.protocol == Protocol::Pop3
    }
}

/// An account of the profile.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Account {
    /// Its id, never given out twice.
    pub id: AccountId,
    /// Switched off: neither of its servers is asked for anything. Its mail
    /// stays readable.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
    /// The number under which its secrets are kept. New ones come under
    /// another number, so that settings and secrets change in one step.
    #[serde(default, skip_serializing_if = "is_first")]
    pub secrets: u32,
    /// What the person settled.
    #[serde(flatten)]
    pub settings: AccountSettings,
}
