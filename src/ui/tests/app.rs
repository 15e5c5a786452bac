//! The whole app by its messages, without an engine.

use iced::window;
use waxwing::Error;
use waxwing::engine::Done;

use super::fixture;
use crate::ui::Options;
use crate::ui::app::{App, Message, Window};
use crate::ui::command::UserCommand;
use crate::ui::screen::mail;
use crate::ui::theme::{self, ThemeChoice};

fn app() -> App {
    App::new(None, Options::default())
}

#[test]
fn an_unknown_window_is_empty_and_not_a_panic() {
    let app = app();
    drop(app.view(window::Id::unique()));
    assert_eq!(app.title(window::Id::unique()), "Waxwing");
}

#[test]
fn without_an_account_the_wizard_is_shown_and_with_one_the_mail() {
    let mut app = app();
    drop(app.update(Message::Accounts(Ok(Vec::new()))));
    assert!(app.wizard.is_some());
    app.wizard = None;
    drop(app.update(Message::Accounts(Ok(fixture::accounts()))));
    assert!(app.wizard.is_none());
    assert_eq!(app.accounts.len(), 2);
}

#[test]
fn a_verb_that_was_done_offers_undo_and_one_that_failed_says_so() {
    let mut app = app();
    let done = Done {
        label: "1 message moved to Trash".into(),
        can_undo: true,
    };
    drop(app.update(Message::Done(Ok(done))));
    let failed = Error::new(waxwing::ErrorKind::NotFound, "That message is gone.");
    drop(app.update(Message::Done(Err(failed))));
    assert_eq!(
        app.toasts.words(),
        ["1 message moved to Trash", "That message is gone."]
    );
    assert!(app.toasts.newest_undo().is_some());
}

#[test]
fn escape_closes_a_dialog_though_its_field_took_the_key() {
    let mut app = app();
    let id = window::Id::unique();
    app.windows.insert(id, Window::Main);
    drop(app.update(Message::Mail(mail::Message::OpenOutbox)));
    assert!(app.mail.dialog.is_some());
    drop(app.update(Message::Escape(id)));
    assert!(app.mail.dialog.is_none());
}

#[test]
fn the_look_follows_the_desktop_unless_forced() {
    use iced::theme::Mode;
    let dark = |choice, mode| theme::tokens(&theme::theme(choice, mode)).dark;
    assert!(dark(ThemeChoice::System, Mode::Dark));
    assert!(!dark(ThemeChoice::System, Mode::Light));
    assert!(!dark(ThemeChoice::Light, Mode::Dark));
    assert!(dark(ThemeChoice::Dark, Mode::Light));
}

#[test]
fn the_page_of_accounts_is_left_for_the_mail_and_the_wizard_for_the_page() {
    use crate::ui::screen::{accounts, wizard};
    let mut app = app();
    drop(app.update(Message::Accounts(Ok(fixture::accounts()))));
    let open = mail::Message::Command(UserCommand::Accounts);
    drop(app.update(Message::Mail(open)));
    assert!(app.accounts_page.is_some());
    let edit = accounts::Message::Edit(waxwing::model::AccountId(1));
    drop(app.update(Message::AccountsPage(edit)));
    assert!(app.wizard.is_some());
    drop(app.update(Message::Wizard(wizard::Message::Back)));
    assert!(app.wizard.is_none() && app.accounts_page.is_some());
    drop(app.update(Message::AccountsPage(accounts::Message::Back)));
    assert!(app.accounts_page.is_none());
    // With the last account the page is gone as well.
    drop(app.update(Message::Mail(mail::Message::Command(UserCommand::Accounts))));
    drop(app.update(Message::Accounts(Ok(Vec::new()))));
    assert!(app.accounts_page.is_none() && app.wizard.is_some());
}

#[test]
fn a_search_that_was_removed_comes_back_where_it_stood() {
    use crate::ui::app::{Action, Keep};
    use crate::ui::component::toast;
    use waxwing::config::settings::SavedSearch;
    let search = |name: &str| SavedSearch {
        name: name.to_owned(),
        query: format!("subject:{name}"),
    };
    let mut app = app();
    let mut keep = |keep| drop(app.act(Action::Keep(keep), None, Message::Mail));
    keep(Keep::SavedSearch(search("one")));
    keep(Keep::SavedSearch(search("two")));
    keep(Keep::Renamed(0, "first".into()));
    keep(Keep::Removed(0));
    keep(Keep::Removed(7));
    assert_eq!(app.searches, [search("two")]);
    assert_eq!(app.toasts.words(), ["The search “first” was removed"]);
    drop(app.update(Message::Toast(toast::Message::Undo(1))));
    let names: Vec<_> = app.searches.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["first", "two"]);
}

#[test]
fn storage_is_reached_from_the_accounts_and_left_for_them() {
    use crate::ui::screen::{accounts, storage};
    let mut app = app();
    drop(app.update(Message::Accounts(Ok(fixture::accounts()))));
    let open = mail::Message::Command(UserCommand::Accounts);
    drop(app.update(Message::Mail(open)));
    drop(app.update(Message::AccountsPage(accounts::Message::Storage)));
    assert!(app.storage_page.is_some());
    drop(app.update(Message::StoragePage(storage::Message::Back)));
    assert!(app.storage_page.is_none() && app.accounts_page.is_some());
}

#[test]
fn how_mail_is_shown_is_settled_from_the_accounts_and_counts_at_once() {
    use crate::ui::screen::{accounts, reading};
    use waxwing::config::settings::MarkRead;
    let mut app = app();
    drop(app.update(Message::Accounts(Ok(fixture::accounts()))));
    let open = mail::Message::Command(UserCommand::Accounts);
    drop(app.update(Message::Mail(open)));
    drop(app.update(Message::AccountsPage(accounts::Message::Reading)));
    assert!(app.reading_page.is_some());
    let by_hand = reading::Message::MarkRead(MarkRead::ByHand);
    drop(app.update(Message::ReadingPage(by_hand)));
    assert_eq!(app.options.mark_read_after, None);
    drop(app.update(Message::ReadingPage(reading::Message::Back)));
    assert!(app.reading_page.is_none() && app.accounts_page.is_some());
}
