//! What the wizard wants done, and doing it.

use std::time::Duration;

use iced::Task;
use waxwing::engine::{BrowserSignIn, Handle, Passwords, SecretsChoice};
use waxwing::model::{AccountId, AccountSettings, ServerSettings, TrustedCertificate};
use waxwing::{Error, ErrorKind, Result};

use super::{Message, State};
use crate::ui::app::{Action, Verb};
use crate::ui::component::toast::Toast;
use crate::ui::screen::keeping;
use crate::ui::widget::reveal;

/// So long nothing is typed before the domain counts as whole: what is typed
/// half must not be asked for.
const PAUSE: Duration = Duration::from_millis(400);

/// What the wizard wants done.
#[derive(Debug)]
pub(super) enum Effect {
    Focus(&'static str),
    /// Whether another domain was probably meant.
    AskMeant(u64, String),
    /// Until the domain of the address is typed to its end.
    Pause(u64, String),
    Search(u64, String),
    StopSearch,
    /// Find out why nothing was found.
    AskWhy(u64, String),
    Check(u64, Box<AccountSettings>, Passwords),
    /// With the passwords the account has.
    CheckKept(u64, AccountId, Box<AccountSettings>),
    /// What runs for a proof or a browser.
    Stop,
    SignIn(u64, Box<ServerSettings>, String),
    Trust(TrustedCertificate),
    /// How passwords are kept, which is in trouble.
    AskKeeping(Error),
    Keep(SecretsChoice),
    Add(Box<AccountSettings>, Passwords),
    Change(AccountId, Box<AccountSettings>, Option<Passwords>),
    SavePasswords(AccountId, Passwords),
    /// The account may work again.
    TryAgain,
    Open(String),
    Copy(String),
    Tell(String),
    Fail(String),
    Demo,
    Leave,
}

impl State {
    pub(super) fn carry_out(&mut self, effect: Effect, engine: Option<&Handle>) -> Action<Message> {
        match effect {
            Effect::Focus(id) => Action::Run(reveal::focus(id)),
            Effect::AskMeant(search, email) => likely_meant(search, &email, engine),
            Effect::Pause(search, email) => pause(search, &email, engine),
            Effect::Search(search, email) => self.look(search, email, engine),
            Effect::StopSearch => {
                self.searching = None;
                Action::None
            }
            Effect::AskWhy(search, email) => why_nothing(search, email, engine),
            Effect::Check(epoch, settings, passwords) => {
                self.check(epoch, *settings, passwords, engine)
            }
            Effect::CheckKept(epoch, id, settings) => self.check_kept(epoch, id, *settings, engine),
            Effect::Stop => {
                self.running = None;
                Action::None
            }
            Effect::SignIn(epoch, server, email) => self.sign_in(epoch, *server, email, engine),
            Effect::Trust(certificate) => ask(
                engine,
                async move |engine| engine.trust_certificate(certificate).await,
                Message::Trusted,
            ),
            Effect::AskKeeping(error) => match engine {
                Some(engine) => {
                    let troubled = Message::Troubled(error, engine.keeping());
                    Action::Run(Task::done(troubled))
                }
                None => Action::None,
            },
            Effect::Keep(choice) => match engine.cloned() {
                Some(engine) => Action::Run(keeping::keep(engine, choice).map(Message::Keeping)),
                None => Action::None,
            },
            Effect::Add(settings, passwords) => ask(
                engine,
                async move |engine| {
                    let added = engine.add_account(*settings, passwords).await;
                    added.map(Box::new)
                },
                Message::Added,
            ),
            Effect::Change(id, settings, passwords) => ask(
                engine,
                async move |engine| {
                    let changed = engine.update_account(id, *settings, passwords).await;
                    changed.map(drop)
                },
                Message::Saved,
            ),
            Effect::SavePasswords(account, passwords) => ask(
                engine,
                async move |engine| engine.set_passwords(account, passwords).await,
                Message::Saved,
            ),
            Effect::TryAgain => Action::Perform(Verb::SyncNow(None)),
            Effect::Open(page) => Action::OpenPage(page),
            Effect::Copy(text) => Action::Run(iced::clipboard::write(text)),
            Effect::Tell(words) => Action::Toast(Toast::done(words)),
            Effect::Fail(words) => Action::Toast(Toast::error(words)),
            Effect::Demo => Action::Demo,
            Effect::Leave => Action::Back,
        }
    }

    /// Runs what can be stopped: dropping its handle ends it.
    fn run(&mut self, task: Task<Message>) -> Action<Message> {
        let (task, running) = task.abortable();
        self.running = Some(running.abort_on_drop());
        Action::Run(task)
    }

    fn check(
        &mut self,
        epoch: u64,
        settings: AccountSettings,
        passwords: Passwords,
        engine: Option<&Handle>,
    ) -> Action<Message> {
        let Some(engine) = engine else {
            return Action::Run(Task::done(Message::Added(Err(no_engine()))));
        };
        let check = Task::run(engine.check(settings, passwords), move |progress| {
            Message::Progress(epoch, progress)
        });
        self.run(check.chain(Task::done(Message::Checked(epoch))))
    }

    fn check_kept(
        &mut self,
        epoch: u64,
        id: AccountId,
        settings: AccountSettings,
        engine: Option<&Handle>,
    ) -> Action<Message> {
        let Some(engine) = engine.cloned() else {
            return Action::Run(Task::done(Message::Saved(Err(no_engine()))));
        };
        let begun = Task::future(async move { engine.check_change(id, settings, None).await });
        self.run(begun.then(move |begun| {
            match begun {
                Ok(check) => Task::run(check, move |progress| Message::Progress(epoch, progress))
                    .chain(Task::done(Message::Checked(epoch))),
                Err(error) => Task::done(Message::Saved(Err(error))),
            }
        }))
    }

    fn look(&mut self, search: u64, email: String, engine: Option<&Handle>) -> Action<Message> {
        let ended = Task::done(Message::Searched(search));
        let Some(engine) = engine else {
            return Action::Run(ended);
        };
        let search = Task::run(engine.discover(&email, false), move |seen| {
            Message::Seen(search, seen)
        })
        .chain(ended);
        let (task, searching) = search.abortable();
        self.searching = Some(searching.abort_on_drop());
        Action::Run(task)
    }

    fn sign_in(
        &mut self,
        epoch: u64,
        server: ServerSettings,
        email: String,
        engine: Option<&Handle>,
    ) -> Action<Message> {
        let Some(engine) = engine else {
            let failed = BrowserSignIn::Failed(no_engine());
            return Action::Run(Task::done(Message::Browser(epoch, failed)));
        };
        let told = engine.browser_sign_in(&server, &email);
        self.run(Task::run(told, move |seen| Message::Browser(epoch, seen)))
    }
}

fn why_nothing(search: u64, email: String, engine: Option<&Handle>) -> Action<Message> {
    let Some(engine) = engine.cloned() else {
        return Action::None;
    };
    let why = async move { engine.nothing_found(&email).await };
    Action::Run(Task::perform(why, move |why| {
        Message::NothingFound(search, why.unwrap_or_else(|error| error))
    }))
}

/// A domain of the list of providers is whole at once; any other may still be
/// typed on.
fn pause(search: u64, email: &str, engine: Option<&Handle>) -> Action<Message> {
    let listed = engine.and_then(|engine| engine.provider(email));
    if listed.is_some_and(|known| known.candidate.is_some() || known.impossible.is_some()) {
        return Action::Run(Task::done(Message::Paused(search)));
    }
    let pause = async { tokio::time::sleep(PAUSE).await };
    Action::Run(Task::perform(pause, move |()| Message::Paused(search)))
}

/// Known at once, so that no haste sends a password elsewhere; shown after the
/// pause.
fn likely_meant(search: u64, email: &str, engine: Option<&Handle>) -> Action<Message> {
    match engine.and_then(|engine| engine.likely_meant(email)) {
        Some(address) => Action::Run(Task::done(Message::LikelyMeant(search, address))),
        None => Action::None,
    }
}

/// Asks the engine, or says that there is none.
fn ask<T: Send + 'static, F>(
    engine: Option<&Handle>,
    work: impl FnOnce(Handle) -> F,
    answer: fn(Result<T>) -> Message,
) -> Action<Message>
where
    F: Future<Output = Result<T>> + Send + 'static,
{
    Action::Run(match engine.cloned() {
        Some(engine) => Task::perform(work(engine), answer),
        None => Task::done(answer(Err(no_engine()))),
    })
}

fn no_engine() -> Error {
    Error::new(
        ErrorKind::Storage,
        "Nothing can be saved: the mail store is not open.",
    )
}
