//! Accounts as a person changes them later: settings, order, on and off.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::Stream;

use super::accounts::own_servers;
use super::handle::{Handle, Passwords};
use super::mailbox::check_home;
use super::reading::blocking;
use super::shared::Shared;
use super::{AccountState, CheckProgress, Event};
use crate::discovery::same_owner;
use crate::error::{Error, ErrorKind, Result};
use crate::model::host::plain_host;
use crate::model::{Account, AccountId, AccountSettings, AuthMethod, ServerSettings};
use crate::store::Durability;
use crate::sync::outbox;

impl Shared {
    /// Gives an account new settings, and new passwords where there are any,
    /// and starts it anew.
    pub(super) async fn update_account(
        self: &Arc<Self>,
        id: AccountId,
        settings: AccountSettings,
        passwords: Option<Passwords>,
    ) -> Result<Account> {
        let before = self.account(id)?;
        check_change(&before.settings, &settings)?;
        if passwords.is_none() {
            check_secrets(&before.settings, &settings)?;
        }
        // Nothing may run that goes by the old settings.
        let state = self.state(id);
        self.remove_actor(id).await;
        let changed = self.change_settings(&before, settings, passwords).await;
        // With the new settings or, where they could not be saved, the old ones.
        if let AccountState::UpToDate(_) = state {
            self.set_state(id, state);
        }
        self.follow(self.account(id)?);
        changed?;
        self.note_own_addresses(id).await?;
        outbox::try_again_now(&self.store, id).await?;
        self.tell(Event::Accounts);
        self.tell(Event::Outbox);
        self.account(id)
    }

    async fn change_settings(
        self: &Arc<Self>,
        before: &Account,
        settings: AccountSettings,
        passwords: Option<Passwords>,
    ) -> Result<()> {
        let id = before.id;
        check_home(&self.accounts(), &settings)?;
        // Told before the settings name the new mailbox: cut short in between,
        // the old one is compared once more, which loses nothing.
        if is_another_mailbox(&before.settings.incoming, &settings.incoming) {
            let write = move |w: &crate::store::Write<'_>| w.doubt_mailbox(id);
            self.store.write(Durability::PowerCut, write).await?;
        }
        let moved = places(&before.settings, &settings);
        self.change_with_secrets(before, settings, passwords, moved)
            .await
    }

    /// Switches an account off, or on again.
    pub(super) async fn set_account_enabled(
        self: &Arc<Self>,
        id: AccountId,
        enabled: bool,
    ) -> Result<()> {
        if self.account(id)?.disabled != enabled {
            return Ok(());
        }
        let shared = self.clone();
        blocking(move || shared.change_accounts(|accounts| accounts.set_disabled(id, !enabled)))
            .await?;
        // Saved first: nobody follows it anew while its tasks end.
        if enabled {
            self.follow(self.account(id)?);
        } else {
            self.remove_actor(id).await;
        }
        self.tell(Event::Accounts);
        self.tell(Event::AccountState(id));
        Ok(())
    }

    /// Puts the accounts in this order.
    pub(super) async fn order_accounts(self: &Arc<Self>, ids: Vec<AccountId>) -> Result<()> {
        let shared = self.clone();
        blocking(move || shared.change_accounts(|accounts| accounts.order(&ids))).await?;
        self.tell(Event::Accounts);
        Ok(())
    }

    /// Says no to what would ask a server of an account that is switched off.
    pub(super) fn check_enabled(account: &Account) -> Result<()> {
        if !account.disabled {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Conflict,
            format!("{} is switched off.", account.settings.name),
        )
        .hint("Switch the account on to use its servers."))
    }
}

/// Says no to a change that makes an account another one.
fn check_change(before: &AccountSettings, after: &AccountSettings) -> Result<()> {
    let what = if before.incoming.protocol != after.incoming.protocol {
        "between IMAP and POP3"
    } else if before.deliver_to() != after.deliver_to() {
        "to the folders of another account"
    } else {
        return Ok(());
    };
    Err(Error::new(
        ErrorKind::Conflict,
        format!("{} cannot be changed {what}.", before.name),
    )
    .hint("Add it as a new account, then remove this one."))
}

/// Says no where what is kept to sign in with is of another kind than what the
/// new settings want: a token is no password. Nor does a password go along to
/// another provider, for whom nobody typed it; a token is not told to one anyway.
fn check_secrets(before: &AccountSettings, after: &AccountSettings) -> Result<()> {
    let differs = |before: &ServerSettings, after: &ServerSettings| {
        before.auth != after.auth && after.auth != AuthMethod::None
    };
    let sides = [
        (&before.incoming, &after.incoming),
        (&before.outgoing, &after.outgoing),
    ];
    if sides.iter().any(|(before, after)| differs(before, after)) {
        return Err(Error::new(
            ErrorKind::Input,
            format!("{} is to sign in another way than before.", after.name),
        )
        .hint("Give the password, or sign in with the browser, with this change."));
    }
    let moved = sides.iter().find(|(before, after)| {
        let tells = !matches!(after.auth, AuthMethod::None | AuthMethod::OAuth2);
        tells && !same_owner(&plain_host(&before.host), &plain_host(&after.host))
    });
    let Some((_, server)) = moved else {
        return Ok(());
    };
    Err(Error::new(
        ErrorKind::Input,
        format!(
            "{} is to sign in at {}, which is another provider's than before.",
            after.name, server.host
        ),
    )
    .hint("Give the password with this change: the one that is kept was typed for another server."))
}

/// Where the passwords of identities' own servers go: new place, old place. One
/// goes along with its address to the same server and nowhere else.
pub(super) fn places(before: &AccountSettings, after: &AccountSettings) -> BTreeMap<usize, usize> {
    let who = |settings: &AccountSettings, number: usize| {
        let identity = settings.identities.get(number)?;
        let server = identity.outgoing.as_ref()?;
        let host = plain_host(&server.host);
        Some((
            identity.address.to_lowercase(),
            host,
            server.username.clone(),
        ))
    };
    let old = own_servers(before);
    let mut places = BTreeMap::new();
    for number in own_servers(after) {
        let wanted = who(after, number);
        let fits = |place: &&usize| who(before, **place) == wanted;
        // The same place before another: an address may be there twice.
        let same = old.iter().filter(fits).find(|place| **place == number);
        if let Some(place) = same.or_else(|| old.iter().find(fits)) {
            places.insert(number, *place);
        }
    }
    places
}

/// Whether other mail may lie behind the new settings. A host may have two
/// names, but who believes that of two hosts finds other mail under known
/// numbers.
fn is_another_mailbox(before: &ServerSettings, after: &ServerSettings) -> bool {
    let place = |server: &ServerSettings| (plain_host(&server.host), server.username.clone());
    place(before) != place(after)
}

impl Handle {
    /// Gives an account new settings, and new passwords where there are any.
    /// What it does is cut short and begun anew with them.
    ///
    /// # Errors
    /// `Conflict` when the name is taken or the change would make it another
    /// account (from IMAP to POP3); when settings or passwords cannot be saved.
    pub async fn update_account(
        &self,
        account: AccountId,
        settings: AccountSettings,
        passwords: Option<Passwords>,
    ) -> Result<Account> {
        self.run(async move |shared| shared.update_account(account, settings, passwords).await)
            .await
    }

    /// Proves the servers of changed settings before they are saved, with the
    /// saved passwords where no new ones are given.
    ///
    /// # Errors
    /// When the account or its passwords are not there.
    pub async fn check_change(
        &self,
        account: AccountId,
        settings: AccountSettings,
        passwords: Option<Passwords>,
    ) -> Result<impl Stream<Item = CheckProgress> + Send + use<>> {
        let passwords = match passwords {
            Some(passwords) => passwords,
            None => {
                check_secrets(&self.shared.account(account)?.settings, &settings)?;
                let saved =
                    async move |shared: Arc<Shared>| shared.account_with_passwords(account).await;
                self.run(saved).await?.1
            }
        };
        Ok(self.shared.check(settings, passwords))
    }

    /// Switches an account off or on. Off, its servers are asked for nothing
    /// and its mail stays readable; what was to be told or sent waits.
    ///
    /// # Errors
    /// When the account is not there or the settings cannot be saved.
    pub async fn set_account_enabled(&self, account: AccountId, enabled: bool) -> Result<()> {
        self.run(async move |shared| shared.set_account_enabled(account, enabled).await)
            .await
    }

    /// Puts the accounts in this order; those not named come after them.
    ///
    /// # Errors
    /// When one of them is not there or the order cannot be saved.
    pub async fn order_accounts(&self, accounts: Vec<AccountId>) -> Result<()> {
        self.run(async move |shared| shared.order_accounts(accounts).await)
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Identity, Pop3Policy, Protocol, Security};

    fn server(protocol: Protocol, host: &str, username: &str) -> ServerSettings {
        ServerSettings {
            protocol,
            host: host.to_owned(),
            port: 993,
            security: Security::Tls,
            username: username.to_owned(),
            auth: AuthMethod::Password,
        }
    }

    fn account(protocol: Protocol, deliver_to: Option<&str>) -> AccountSettings {
        let policy = Pop3Policy {
            deliver_to: deliver_to.map(str::to_owned),
            ..Pop3Policy::default()
        };
        AccountSettings {
            name: "Home".to_owned(),
            email: "me@example.test".to_owned(),
            display_name: String::new(),
            incoming: server(protocol, "mail.example.test", "me"),
            pop3: (protocol == Protocol::Pop3).then_some(policy),
            outgoing: server(Protocol::Smtp, "mail.example.test", "me"),
            prefetch: crate::model::PrefetchPolicy::default(),
            identities: Vec::new(),
            connections: None,
        }
    }

    #[test]
    fn an_account_stays_of_its_kind() {
        let (imap, pop3) = (account(Protocol::Imap, None), account(Protocol::Pop3, None));
        let shared = account(Protocol::Pop3, Some("Other"));
        for (before, after, fine) in [
            (&imap, &imap, true),
            (&pop3, &pop3, true),
            (&imap, &pop3, false),
            (&pop3, &imap, false),
            (&pop3, &shared, false),
            (&shared, &pop3, false),
            (&shared, &shared, true),
        ] {
            assert_eq!(
                check_change(before, after).is_ok(),
                fine,
                "{before:?} {after:?}"
            );
        }
    }

    #[test]
    fn a_password_stays_with_its_provider() {
        let before = account(Protocol::Imap, None);
        for (host, auth, fine) in [
            ("IMAP.Example.Test.", AuthMethod::Password, true),
            ("mail.elsewhere.test", AuthMethod::Password, false),
            ("192.0.2.1", AuthMethod::Password, false),
            ("mail.elsewhere.test", AuthMethod::None, true),
        ] {
            let mut after = before.clone();
            after.outgoing.host = host.to_owned();
            after.outgoing.auth = auth;
            let checked = check_secrets(&before, &after);
            assert_eq!(checked.is_ok(), fine, "{host} {auth:?}");
        }
        let mut after = before.clone();
        after.incoming.host = "mail.elsewhere.test".to_owned();
        assert!(check_secrets(&before, &after).is_err());
        // The last parts of two addresses make nobody their owner.
        let (mut here, mut there) = (before.clone(), before.clone());
        here.outgoing.host = "192.0.2.1".to_owned();
        there.outgoing.host = "198.51.2.1".to_owned();
        assert!(check_secrets(&here, &there).is_err());
        // A token knows itself whose it is.
        let (mut gmail, mut google) = (before.clone(), before);
        for (settings, host) in [
            (&mut gmail, "imap.gmail.com"),
            (&mut google, "imap.google.com"),
        ] {
            settings.incoming.host = host.to_owned();
            settings.incoming.auth = AuthMethod::OAuth2;
        }
        assert!(check_secrets(&gmail, &google).is_ok());
    }

    #[test]
    fn a_password_goes_along_with_its_address_and_its_server_only() {
        let identity = |address: &str, host: &str| Identity {
            address: address.to_owned(),
            name: String::new(),
            reply_to: None,
            signature: String::new(),
            outgoing: (!host.is_empty()).then(|| server(Protocol::Smtp, host, address)),
        };
        let mut before = account(Protocol::Imap, None);
        before.identities = vec![
            identity("none@a.test", ""),
            identity("a@a.test", "smtp.a.test"),
            identity("a@a.test", "smtp.a.test"),
        ];
        let mut after = before.clone();
        assert_eq!(places(&before, &after), BTreeMap::from([(1, 1), (2, 2)]));
        after.identities = vec![
            identity("b@b.test", "smtp.b.test"),
            identity("A@a.test", "SMTP.a.test"),
        ];
        after.identities[1].outgoing.as_mut().unwrap().username = "a@a.test".to_owned();
        assert_eq!(places(&before, &after), BTreeMap::from([(1, 1)]));
        after.identities.swap(0, 1);
        assert_eq!(places(&before, &after), BTreeMap::from([(0, 1)]));
        after.identities[0].outgoing.as_mut().unwrap().host = "smtp.other.test".to_owned();
        assert_eq!(places(&before, &after), BTreeMap::new());
    }

    #[test]
    fn another_host_or_name_is_another_mailbox() {
        let server = |host, name| server(Protocol::Imap, host, name);
        let before = server("mail.example.test", "me");
        let mut moved = before.clone();
        moved.port = 143;
        moved.security = Security::StartTls;
        assert!(!is_another_mailbox(&before, &moved));
        assert!(!is_another_mailbox(
            &before,
            &server("Mail.Example.Test.", "me")
        ));
        assert!(is_another_mailbox(
            &before,
            &server("imap.example.test", "me")
        ));
        assert!(is_another_mailbox(
            &before,
            &server("mail.example.test", "you")
        ));
    }
}
