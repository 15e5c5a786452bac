mod looks;

use std::collections::BTreeMap;

use chrono::{Local, TimeZone as _};
use iced_test::Simulator;
use waxwing::config::settings::SecretsPlace;
use waxwing::engine::{AccountState, SecretsChoice, SecretsTrouble};
use waxwing::model::{
    AccountSettings, AuthMethod, PrefetchPolicy, Protocol, Security, ServerSettings,
};
use waxwing::{Error, ErrorKind};

use super::*;
use crate::ui::Options;
use crate::ui::tests::fixture::context;

const HOME: AccountId = AccountId(1);
const WORK: AccountId = AccountId(2);
const OLD: AccountId = AccountId(3);

fn account(id: AccountId, name: &str, email: &str, protocol: Protocol) -> Account {
    let server = |protocol, host: &str| ServerSettings {
        protocol,
        host: host.into(),
        port: 993,
        security: Security::Tls,
        username: email.into(),
        auth: AuthMethod::Password,
    };
    Account {
        id,
        disabled: false,
        secrets: 0,
        settings: AccountSettings {
            name: name.into(),
            email: email.into(),
            display_name: "Robin Marsh".into(),
            incoming: server(protocol, "mail.marsh.example"),
            pop3: None,
            outgoing: server(Protocol::Smtp, "smtp.marsh.example"),
            prefetch: PrefetchPolicy::default(),
            identities: Vec::new(),
            connections: None,
        },
    }
}

fn accounts() -> Vec<Account> {
    vec![
        account(HOME, "Personal", "robin@marsh.example", Protocol::Imap),
        account(WORK, "Work", "robin.marsh@heron.example", Protocol::Imap),
        account(OLD, "Old mailbox", "rm@post.example", Protocol::Pop3),
    ]
}

fn certificate() -> TrustedCertificate {
    TrustedCertificate {
        host: "nas.marsh.example".into(),
        port: 993,
        sha256: "3f9a0c71d2e845b6".repeat(4),
    }
}

fn page() -> State {
    State {
        at: Some(HOME),
        ..State::default()
    }
}

fn states() -> BTreeMap<AccountId, AccountState> {
    let refused = Error::new(
        ErrorKind::Auth,
        "mail.heron.example refused the password for robin.marsh@heron.example.",
    );
    let checked = Local.with_ymd_and_hms(2026, 11, 21, 11, 59, 48).unwrap();
    BTreeMap::from([
        (HOME, AccountState::UpToDate(checked.to_utc())),
        (WORK, AccountState::NeedsPassword(refused)),
    ])
}

/// Clicks on what can be seen, and follows.
fn click(state: &mut State, accounts: &[Account], words: &str) -> Vec<Effect> {
    let options = Options::default();
    let states = states();
    let messages: Vec<Message> = {
        let view = state.view(&context(&options, accounts), &states);
        let mut ui = Simulator::with_size(crate::ui::settings(), (900.0, 1200.0), view);
        ui.click(words)
            .unwrap_or_else(|error| panic!("{words}: {error}"));
        ui.into_messages().collect()
    };
    messages
        .into_iter()
        .flat_map(|message| state.follow(message, accounts))
        .collect()
}

fn sees(state: &State, accounts: &[Account], words: &str) -> bool {
    let options = Options::default();
    let states = states();
    let view = state.view(&context(&options, accounts), &states);
    let mut ui = Simulator::with_size(crate::ui::settings(), (900.0, 1200.0), view);
    ui.find(words).is_ok()
}

fn press(named: Named, modifiers: Modifiers) -> Press {
    Press {
        key: Key::Named(named),
        modified: Key::Named(named),
        modifiers,
    }
}

fn types(state: &mut State, press: &Press) -> Vec<Effect> {
    let accounts = accounts();
    match state.key_means(press, &accounts) {
        Some(message) => state.follow(message, &accounts),
        None => Vec::new(),
    }
}

#[test]
fn each_account_says_how_it_is_and_what_mends_it() {
    let mut accounts = accounts();
    if let Some(old) = accounts.last_mut() {
        old.disabled = true;
    }
    let mut state = page();
    for words in [
        "Personal",
        "Checked 12 s ago",
        "mail.heron.example refused the password for robin.marsh@heron.example.",
        "Switched off. Its mail can still be read.",
    ] {
        assert!(sees(&state, &accounts, words), "{words}");
    }
    let effects = click(&mut state, &accounts, "Sign in");
    assert!(effects.contains(&Effect::SignIn(WORK)), "{effects:?}");
    let effects = click(&mut state, &accounts, "Switch on");
    assert!(effects.contains(&Effect::Enable(OLD, true)), "{effects:?}");
}

#[test]
fn accounts_are_put_in_order_by_keys() {
    let mut state = page();
    let alt_down = press(Named::ArrowDown, Modifiers::ALT);
    assert_eq!(
        types(&mut state, &alt_down),
        [Effect::Order(vec![WORK, HOME, OLD])]
    );
    // Further up than the first there is nothing.
    assert!(types(&mut state, &press(Named::ArrowUp, Modifiers::ALT)).is_empty());
    // Its card comes into sight, as Tab would bring it.
    assert_eq!(
        types(&mut state, &press(Named::ArrowDown, Modifiers::empty())),
        [Effect::Show(WORK)]
    );
    assert_eq!(state.at, Some(WORK));
    assert_eq!(
        types(&mut state, &alt_down),
        [Effect::Order(vec![HOME, OLD, WORK])]
    );
}

#[test]
fn the_marked_account_is_changed_and_removed_by_keys() {
    let mut state = page();
    let none = Modifiers::empty();
    assert_eq!(
        types(&mut state, &press(Named::Enter, none)),
        [Effect::Edit(HOME)]
    );
    types(&mut state, &press(Named::Delete, none));
    assert!(sees(&state, &accounts(), "Remove Personal?"));
    types(&mut state, &press(Named::Escape, none));
    assert!(state.removal.is_none());
    assert_eq!(
        types(&mut state, &press(Named::Escape, none)),
        [Effect::Leave]
    );
}

#[test]
fn an_account_goes_only_after_a_yes() {
    let accounts = accounts();
    let mut state = page();
    state.follow(Message::Remove(HOME), &accounts);
    assert_eq!(
        click(&mut state, &accounts, "Remove the account"),
        [Effect::Remove(HOME)]
    );
    // Once is enough.
    assert!(state.follow(Message::ConfirmRemove, &accounts).is_empty());
    assert!(state.follow(Message::Back, &accounts).is_empty());
    let effects = state.follow(Message::Removed(Ok(())), &accounts);
    assert!(matches!(effects.as_slice(), [Effect::Tell(_)]));
    assert!(state.removal.is_none());
}

#[test]
fn mail_that_may_be_here_only_goes_after_a_second_yes() {
    let accounts = accounts();
    let mut state = page();
    state.follow(Message::Remove(OLD), &accounts);
    assert!(sees(
        &state,
        &accounts,
        "Its folders and all mail in them are kept on this computer only. They are deleted, and \
         what is no longer on the server is lost for good."
    ));
    assert!(click(&mut state, &accounts, "Remove the account").is_empty());
    assert!(state.follow(Message::ConfirmRemove, &accounts).is_empty());
    click(&mut state, &accounts, "Delete the mail that is kept here");
    assert_eq!(
        click(&mut state, &accounts, "Remove the account"),
        [Effect::Remove(OLD)]
    );
}

#[test]
fn who_wants_to_keep_the_mail_switches_the_account_off() {
    let accounts = accounts();
    let mut state = page();
    state.follow(Message::Remove(OLD), &accounts);
    assert_eq!(
        click(&mut state, &accounts, "Switch it off and keep the mail"),
        [Effect::Enable(OLD, false)]
    );
    assert!(state.removal.is_none());
}

#[test]
fn a_removal_that_failed_says_why_and_can_be_tried_again() {
    let accounts = accounts();
    let mut state = page();
    state.follow(Message::Remove(HOME), &accounts);
    state.follow(Message::ConfirmRemove, &accounts);
    let error = Error::new(ErrorKind::DiskFull, "The disk is full.");
    let effects = state.follow(Message::Removed(Err(error)), &accounts);
    assert!(matches!(effects.as_slice(), [Effect::Fail(_)]));
    assert_eq!(
        click(&mut state, &accounts, "Remove the account"),
        [Effect::Remove(HOME)]
    );
}

#[test]
fn trusted_certificates_are_listed_and_can_be_taken_back() {
    let accounts = accounts();
    let mut state = page();
    assert!(sees(&state, &accounts, "There are none."));
    state.follow(Message::Certificates(Ok(vec![certificate()])), &accounts);
    assert!(sees(&state, &accounts, "nas.marsh.example:993"));
    assert_eq!(
        click(&mut state, &accounts, "Stop trusting it"),
        [Effect::Distrust(certificate())]
    );
}

#[test]
fn an_account_that_went_meanwhile_is_not_asked_about_any_more() {
    let mut state = page();
    state.follow(Message::Remove(HOME), &accounts());
    let rest: Vec<Account> = accounts().into_iter().skip(1).collect();
    state.accounts_changed(&rest);
    assert_eq!((state.at, state.removal), (Some(WORK), None));
}

const KEYRING: Keeping = Keeping {
    place: SecretsPlace::Keyring,
    is_locked: false,
    has_file: false,
};

#[test]
fn the_page_says_where_passwords_are_and_lets_that_be_changed() {
    let accounts = accounts();
    let mut state = page();
    state.keeping = Some(KEYRING);
    assert!(sees(
        &state,
        &accounts,
        "Kept in the keyring of your desktop."
    ));
    click(&mut state, &accounts, "Keep them elsewhere");
    click(&mut state, &accounts, "Nowhere");
    assert_eq!(
        click(&mut state, &accounts, "Ask me each time"),
        [Effect::Keep(SecretsChoice::Ask(None))]
    );
    let answer = Message::Keeping(keeping::Message::Answered(Ok(())));
    assert!(matches!(
        state.follow(answer, &accounts).as_slice(),
        [Effect::Tell(_)]
    ));
    assert!(state.elsewhere.is_none());
    // Escape leads back to the list, and only then to the mail.
    state.follow(Message::KeepElsewhere, &accounts);
    let escape = press(Named::Escape, Modifiers::empty());
    assert!(types(&mut state, &escape).is_empty());
    assert!(sees(&state, &accounts, "Personal"));
    assert_eq!(types(&mut state, &escape), [Effect::Leave]);
}

#[test]
fn an_account_without_its_password_says_what_helps() {
    let locked = Error::new(ErrorKind::Secrets, "The file with the passwords is locked.")
        .source(SecretsTrouble::FileLocked);
    let state = AccountState::NeedsPassword(locked);
    assert_eq!(view::mends(Some(&state)), "Type the passphrase");
    let refused = AccountState::NeedsPassword(Error::new(ErrorKind::Auth, "No."));
    assert_eq!(view::mends(Some(&refused)), "Sign in");
}
