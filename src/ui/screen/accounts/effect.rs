//! What the page of accounts wants done, and doing it.

use iced::Task;
use waxwing::Result;
use waxwing::engine::{Handle, SecretsChoice};
use waxwing::model::{AccountId, TrustedCertificate};

use super::{Message, State, view};
use crate::ui::app::Action;
use crate::ui::component::toast::Toast;
use crate::ui::screen::keeping;
use crate::ui::widget::reveal;

/// What the page wants done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Order(Vec<AccountId>),
    Enable(AccountId, bool),
    Remove(AccountId),
    ReadCertificates,
    Distrust(TrustedCertificate),
    Focus(&'static str),
    /// Scroll its card into sight.
    Show(AccountId),
    Keep(SecretsChoice),
    Edit(AccountId),
    SignIn(AccountId),
    Add,
    Storage,
    Reading,
    Tell(String),
    Fail(String),
    Leave,
}

impl State {
    pub(super) fn carry_out(&mut self, effect: Effect, engine: Option<&Handle>) -> Action<Message> {
        match effect {
            Effect::Order(accounts) => ask(
                engine,
                async move |engine| engine.order_accounts(accounts).await,
                Message::Done,
            ),
            Effect::Enable(id, on) => ask(
                engine,
                async move |engine| engine.set_account_enabled(id, on).await,
                Message::Done,
            ),
            Effect::Remove(id) => ask(
                engine,
                async move |engine| engine.remove_account(id).await,
                Message::Removed,
            ),
            Effect::ReadCertificates => ask(
                engine,
                async move |engine| engine.trusted_certificates().await,
                Message::Certificates,
            ),
            Effect::Distrust(TrustedCertificate { host, port, .. }) => ask(
                engine,
                async move |engine| {
                    engine.distrust_certificate(host, port).await?;
                    engine.trusted_certificates().await
                },
                Message::Certificates,
            ),
            Effect::Show(id) => Action::Run(reveal::show(view::card_id(id))),
            Effect::Focus(id) => Action::Run(reveal::focus(id)),
            Effect::Keep(choice) => match engine.cloned() {
                Some(engine) => Action::Run(keeping::keep(engine, choice).map(Message::Keeping)),
                None => Action::None,
            },
            Effect::Edit(id) => Action::EditAccount(id),
            Effect::SignIn(id) => Action::SignIn(id),
            Effect::Add => Action::AddAccount,
            Effect::Storage => Action::Storage,
            Effect::Reading => Action::Reading,
            Effect::Tell(words) => Action::Toast(Toast::done(words)),
            Effect::Fail(words) => Action::Toast(Toast::error(words)),
            Effect::Leave => Action::LeaveAccounts,
        }
    }
}

/// Asks the engine; without one nothing comes.
fn ask<T: Send + 'static, F>(
    engine: Option<&Handle>,
    work: impl FnOnce(Handle) -> F,
    answer: fn(Result<T>) -> Message,
) -> Action<Message>
where
    F: Future<Output = Result<T>> + Send + 'static,
{
    match engine.cloned() {
        Some(engine) => Action::Run(Task::perform(work(engine), answer)),
        None => Action::None,
    }
}
