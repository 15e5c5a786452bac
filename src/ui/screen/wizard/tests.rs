mod certificate;
mod finding;
mod focus;
mod hand;
mod looks;
mod mending;
mod person;
mod places;
mod proof;
mod signing_in;

use std::time::Duration;

use chrono::Local;
use iced::keyboard::Modifiers;
use iced_test::simulator;
use waxwing::engine::{CheckStep, CheckStepKind};
use waxwing::model::{
    AccountId, Candidate, Diagnosis, Discovery, DiscoverySource, Fault, Impossible, Preparation,
    Security, ServerSettings,
};
use waxwing::{Error, ErrorKind};

use super::effect::Effect;
use super::finding::Phase;
use super::form::Part;
use super::*;
use crate::ui::Options;
use crate::ui::tests::fixture;

fn context(options: &Options) -> Context<'_> {
    beside(options, &[])
}

/// Where these accounts are already.
fn beside<'a>(options: &'a Options, accounts: &'a [Account]) -> Context<'a> {
    Context {
        now: Local::now(),
        ..fixture::context(options, accounts)
    }
}

/// The first page, with nothing on it.
fn first_page() -> State {
    let (mut state, _) = State::welcome();
    state.follow(Message::AddAccount);
    state
}

/// Name, address and password typed; the search has not begun.
fn typed() -> State {
    let mut state = first_page();
    state.follow(Message::Name("Ann Lee".into()));
    state.follow(Message::Email("ann@x.test".into()));
    state.follow(Message::Password(Password::new("secret")));
    state
}

/// As [`typed`], and these servers were found.
fn found(candidate: Candidate) -> State {
    finds(typed(), vec![candidate])
}

/// The search ends with these, best first.
fn finds(mut state: State, candidates: Vec<Candidate>) -> State {
    let discovery = Discovery {
        candidates,
        impossible: None,
    };
    ends(&mut state, discovery);
    state
}

/// The search runs and ends with this.
fn ends(state: &mut State, discovery: Discovery) {
    let search = state.search;
    state.follow(Message::Paused(search));
    state.follow(Message::Seen(search, DiscoveryProgress::Done(discovery)));
    state.follow(Message::Searched(search));
}

fn asking(place: &str) -> DiscoveryProgress {
    DiscoveryProgress::Asking {
        source: DiscoverySource::Autoconfig,
        place: place.into(),
    }
}

fn server(protocol: Protocol, host: &str) -> ServerSettings {
    ServerSettings {
        protocol,
        host: host.into(),
        port: protocol.default_port(Security::Tls),
        security: Security::Tls,
        username: "ann@x.test".into(),
        auth: AuthMethod::Password,
    }
}

/// What the list of providers has.
fn listed() -> Candidate {
    Candidate {
        source: DiscoverySource::Table,
        place: "providers.toml".into(),
        trusted: true,
        provider: Some("X Mail".into()),
        incoming: vec![
            server(Protocol::Imap, "imap.x.test"),
            server(Protocol::Pop3, "pop.x.test"),
        ],
        outgoing: vec![server(Protocol::Smtp, "smtp.x.test")],
        preparations: Vec::new(),
    }
}

fn check(state: &State) -> &Check {
    match &state.page {
        Page::Check(check) => check,
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
    click_beside(state, &[], words)
}

fn click_beside(state: &mut State, accounts: &[Account], words: &str) -> Vec<Effect> {
    let options = Options::default();
    let messages: Vec<Message> = {
        let size = (1000.0, 1400.0);
        let mut ui = iced_test::Simulator::with_size(
            crate::ui::settings(),
            size,
            state.view(&beside(&options, accounts)),
        );
        ui.click(words)
            .unwrap_or_else(|error| panic!("{words}: {error}"));
        ui.into_messages().collect()
    };
    messages
        .into_iter()
        .flat_map(|message| state.follow(message))
        .collect()
}

/// Types letter by letter, the view rebuilt after each.
fn types(state: &mut State, id: &'static str, text: &str) -> Vec<Effect> {
    let options = Options::default();
    let mut effects = Vec::new();
    for c in text.chars() {
        let messages: Vec<Message> = {
            let mut ui = simulator(state.view(&context(&options)));
            ui.click(iced_test::selector::id(id)).unwrap();
            ui.typewrite(&c.to_string());
            ui.into_messages().collect()
        };
        for message in messages {
            effects.extend(state.follow(message));
        }
    }
    effects
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

fn diagnosed(kind: ErrorKind, fault: Fault, message: &str, remedies: Vec<Remedy>) -> Error {
    Error::new(kind, message)
        .server_said("[AUTHENTICATIONFAILED] Authentication failed.")
        .diagnosed(Diagnosis {
            fault,
            message: message.into(),
            hint: "Type it again, or make an app password.".into(),
            remedies,
        })
}

fn refused() -> Error {
    diagnosed(
        ErrorKind::Auth,
        Fault::WrongPassword,
        "imap.x.test refused the password for ann@x.test.",
        vec![
            Remedy::TypePassword,
            Remedy::OpenPage {
                words: "Make an app password".into(),
                url: "https://x.test/app-passwords".into(),
            },
        ],
    )
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

/// The other server is proven, this one fails.
fn fails(state: &mut State, server: Protocol, step: CheckStepKind, error: Error) -> Vec<Effect> {
    let other = match server {
        Protocol::Smtp => state.form.incoming.protocol,
        _ => Protocol::Smtp,
    };
    proves(state, other);
    for before in check::STEPS.into_iter().take_while(|known| *known != step) {
        state.follow(Message::Progress(state.epoch, ended(server, before, None)));
    }
    let failure = ended(server, step, Some(error));
    state.follow(Message::Progress(state.epoch, failure));
    state.follow(Message::Checked(state.epoch))
}

fn account() -> Account {
    let (settings, _) = found(listed()).form.submit().unwrap();
    Account {
        id: AccountId(4),
        disabled: false,
        secrets: 0,
        settings,
    }
}

fn checks(effects: &[Effect]) -> bool {
    matches!(
        effects,
        [Effect::Stop, Effect::Check(..) | Effect::CheckKept(..)]
    )
}

#[test]
fn the_welcome_offers_two_ways() {
    let (mut state, _) = State::welcome();
    assert!(matches!(
        click(&mut state, "Look around with sample mail").as_slice(),
        [Effect::Demo]
    ));
    click(&mut state, "Add your account");
    assert!(matches!(state.page, Page::Person));
    click(&mut state, "Back");
    assert!(matches!(state.page, Page::Welcome));
}

#[test]
fn from_the_mail_the_way_back_leads_to_the_mail() {
    let (mut state, _) = State::add_account();
    assert!(matches!(
        click(&mut state, "Cancel").as_slice(),
        [Effect::StopSearch, Effect::Leave]
    ));
}

#[test]
fn what_was_typed_is_still_there_after_a_step_back() {
    let mut state = typed();
    state.follow(Message::Back);
    assert!(matches!(state.page, Page::Welcome));
    state.follow(Message::AddAccount);
    assert_eq!(state.form.email, "ann@x.test");
    assert_eq!(state.form.password, Password::new("secret"));
}

#[test]
fn a_message_never_prints_the_password() {
    let message = Message::Password(Password::new("secret"));
    assert!(!format!("{message:?}").contains("secret"));
    assert!(!format!("{:?}", typed()).contains("secret"));
}
