mod form;
mod looks;
mod proof;

use std::time::Duration;

use chrono::Local;
use iced::keyboard::Modifiers;
use iced_test::simulator;
use waxwing::engine::{CheckStep, CheckStepKind};
use waxwing::model::{Protocol, Security, ServerSettings};

use super::account::Part;
use super::*;
use crate::ui::Options;

fn context(options: &Options) -> Context<'_> {
    Context {
        engine: None,
        options,
        accounts: &[],
        now: Local::now(),
        modifiers: Modifiers::default(),
    }
}

/// The form, filled in as far as it has to be.
fn filled() -> State {
    let (mut state, _) = State::welcome();
    state.follow(Message::AddAccount);
    state.follow(Message::Name("Ann Lee".into()));
    state.follow(Message::Email("ann@x.test".into()));
    state.follow(Message::Password(Password::new("secret")));
    state
}

fn form(state: &State) -> &Form {
    match &state.page {
        Page::Form(form) | Page::Check(form, _) => form,
        page => panic!("{page:?}"),
    }
}

fn check(state: &State) -> &Check {
    match &state.page {
        Page::Check(_, check) => check,
        page => panic!("{page:?}"),
    }
}

fn sees(state: &State, words: &str) -> bool {
    let options = Options::default();
    simulator(state.view(&context(&options)))
        .find(words)
        .is_ok()
}

/// Clicks and follows what comes of it.
fn click(state: &mut State, words: &str) -> Vec<Effect> {
    let options = Options::default();
    let messages: Vec<Message> = {
        let mut ui = simulator(state.view(&context(&options)));
        ui.click(words).unwrap();
        ui.into_messages().collect()
    };
    messages
        .into_iter()
        .flat_map(|message| state.follow(message))
        .collect()
}

/// Types letter by letter, the view rebuilt after each.
fn types(state: &mut State, id: &'static str, text: &str) {
    let options = Options::default();
    for c in text.chars() {
        let messages: Vec<Message> = {
            let mut ui = simulator(state.view(&context(&options)));
            ui.click(iced_test::selector::id(id)).unwrap();
            ui.typewrite(&c.to_string());
            ui.into_messages().collect()
        };
        for message in messages {
            state.follow(message);
        }
    }
}

fn ended(server: Protocol, step: CheckStepKind, error: Option<Error>) -> CheckProgress {
    CheckProgress::Ended(CheckStep {
        server,
        place: "mail.x.test:993".into(),
        step,
        elapsed: Duration::from_millis(12),
        message: "Done.".into(),
        error,
    })
}

fn refused() -> Error {
    Error::new(
        ErrorKind::Auth,
        "imap.x.test refused the password for ann@x.test.",
    )
    .server_said("[AUTHENTICATIONFAILED] Authentication failed.")
    .hint("Type the password again. Some providers want an app password here.")
}

/// All steps of a server go well.
fn proves(state: &mut State, server: Protocol) {
    for step in check::STEPS {
        state.follow(Message::Progress(
            state.epoch,
            CheckProgress::Begun { server, step },
        ));
        state.follow(Message::Progress(state.epoch, ended(server, step, None)));
    }
}

fn account() -> Account {
    let (settings, _) = form(&filled()).clone().submit().unwrap();
    Account {
        id: AccountId(4),
        disabled: false,
        settings,
    }
}

#[test]
fn the_welcome_offers_two_ways() {
    let (mut state, _) = State::welcome();
    assert!(matches!(
        click(&mut state, "Look around with sample mail").as_slice(),
        [Effect::Demo]
    ));
    click(&mut state, "Add your account");
    assert!(matches!(state.page, Page::Form(_)));
    click(&mut state, "Back");
    assert!(matches!(state.page, Page::Welcome));
}

#[test]
fn from_the_mail_the_way_back_leads_to_the_mail() {
    let (mut state, _) = State::add_account();
    assert!(matches!(
        click(&mut state, "Cancel").as_slice(),
        [Effect::Leave]
    ));
}

#[test]
fn signing_in_again_saves_one_password_for_both_servers() {
    let (mut state, _) = State::sign_in_again(account(), Some(refused()));
    assert!(sees(
        &state,
        "imap.x.test refused the password for ann@x.test."
    ));
    click(&mut state, "Sign in");
    assert!(sees(&state, "The password is missing."));
    types(&mut state, Part::Password.id(), "new");
    let effects = click(&mut state, "Sign in");
    let [Effect::SavePasswords(AccountId(4), passwords)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(passwords.incoming, Password::new("new"));
    assert_eq!(passwords.outgoing, Password::new("new"));
    let left = state.follow(Message::PasswordsSaved(Ok(())));
    assert!(matches!(left.as_slice(), [Effect::Tell(_), Effect::Leave]));
}
