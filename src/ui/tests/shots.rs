//! Pictures of the window to look at: written to `$CARGO_TARGET_DIR/shots` as
//! raw RGBA when WAXWING_SHOTS is set.

use std::time::Duration;

use iced::keyboard::Modifiers;
use iced::{Point, Size, Task};
use waxwing::html::page::Link;
use waxwing::model::{Address, FolderId};

use super::harness::{Harness, WIDE, go_to};
use crate::ui::app::{App, Message as AppMessage};
use crate::ui::command::UserCommand;
use crate::ui::component::body_text;
use crate::ui::component::toast::{Toast, Undo};
use crate::ui::screen::mail::search::Message as Looking;
use crate::ui::screen::mail::target::Target;
use crate::ui::screen::mail::{self, dialog};
use crate::ui::screen::reading;
use crate::ui::widget::virtual_list::{Click, ClickKind};
use crate::ui::{Options, ThemeChoice, program, theme};

struct Shot {
    name: &'static str,
    theme: ThemeChoice,
    size: (f32, f32),
    scale: f32,
    rows: i64,
    prepare: fn(&mut Harness),
}

fn press(index: usize) -> mail::Message {
    mail::Message::Click(Click {
        index,
        modifiers: Modifiers::empty(),
        kind: ClickKind::Single,
    })
}

/// Types a text into the search box and waits a moment.
fn search(harness: &mut Harness, text: &str) {
    harness.command(UserCommand::Search);
    harness.send(mail::Message::Search(Looking::Typed(text.to_owned())));
    harness.send(mail::Message::Search(Looking::Paused(1)));
}

/// Looks for a text in the message.
fn find(text: &str) -> mail::Message {
    let typed = mail::reader::find::Message::Typed(text.to_owned());
    mail::Message::Reading(mail::keys::Message::Find(typed))
}

fn boot(shot: &Shot) -> (App, Task<AppMessage>) {
    let mut harness = Harness::with_rows(shot.rows);
    harness.mail.resized(Size::new(shot.size.0, shot.size.1));
    (shot.prepare)(&mut harness);
    let options = Options {
        theme: shot.theme,
        ..Options::default()
    };
    let mut app = App::new(None, options);
    app.now = super::fixture::now();
    app.accounts = harness.accounts;
    app.mail = harness.mail;
    if shot.name.contains("toast") {
        app.toast(Toast::done("1 message moved to Trash").undo(Undo::LastVerb));
        app.toast(Toast::error(
            "mail.example.test could not be reached. Check the network.",
        ));
    }
    if shot.name.starts_with("settings") {
        app.reading_page = Some(reading_page());
    }
    let open = app.open_main();
    (app, open)
}

/// How mail is shown, with somebody on each list.
fn reading_page() -> reading::State {
    let mut page = reading::State::default();
    for typed in ["featherandfield.example", "ada.lindqvist@wetlands.example"] {
        drop(page.update(reading::Message::Typed(typed.to_owned())));
        drop(page.update(reading::Message::Add));
    }
    page
}

fn wants_password(h: &mut Harness) {
    h.mail.states.insert(
        waxwing::model::AccountId(1),
        waxwing::engine::AccountState::NeedsPassword(waxwing::Error::new(
            waxwing::ErrorKind::Auth,
            "mail.example.test refused the password.",
        )),
    );
    h.send(mail::Message::SignIn(waxwing::model::AccountId(1)));
}

/// A message that two things warn of, explained, and a link that deceives.
fn doubtful(harness: &mut Harness) {
    harness.send(press(2));
    let (epoch, notes) = (harness.mail.reader.epoch, super::fixture::sender_notes());
    harness.send(mail::Message::SenderKnown(epoch, Ok(Box::new(notes))));
    harness.send(mail::Message::Notes(mail::reader::notes::Message::Explain));
    let link = Link {
        shown: "www.paypal.com".to_owned(),
        target: "https://pp-desk.example/sign-in?id=4711&utm_source=mail".to_owned(),
    };
    harness.send(mail::Message::Body(body_text::Message::Pressed(link)));
}

/// The details of a message whose signatures nobody has checked.
fn signed(harness: &mut Harness) {
    harness.send(press(2));
    let (epoch, notes) = (harness.mail.reader.epoch, super::fixture::sender_notes());
    harness.send(mail::Message::SenderKnown(epoch, Ok(Box::new(notes))));
    harness.send(mail::Message::Recipients);
}

/// The same after they were checked.
fn checked(harness: &mut Harness) {
    signed(harness);
    let check = mail::reader::notes::Message::CheckSignatures;
    harness.send(mail::Message::Notes(check));
}

fn shots() -> Vec<Shot> {
    use ThemeChoice::{Dark, HighContrast, Light};
    let read: fn(&mut Harness) = |h| h.send(press(0));
    let shot = |name, theme, size, scale, rows, prepare| Shot {
        name,
        theme,
        size,
        scale,
        rows,
        prepare,
    };
    vec![
        shot("light", Light, (1280.0, 800.0), 1.0, 30, read),
        shot("dark-toast", Dark, (1280.0, 800.0), 1.0, 30, read),
        shot("contrast", HighContrast, (1280.0, 800.0), 1.0, 30, read),
        shot("zoom", Light, (1280.0, 800.0), 2.0, 30, |h| {
            h.send(press(1));
            h.send(mail::Message::Recipients);
        }),
        shot("wide", Light, (1920.0, 1080.0), 1.0, 100_000, |h| {
            h.send(press(1));
        }),
        shot("small-list", Light, (720.0, 480.0), 1.0, 30, |_| {}),
        shot("small-reader", Dark, (720.0, 480.0), 1.0, 30, read),
        shot("conversation", Light, (1280.0, 800.0), 1.0, 30, |h| {
            h.send(mail::Message::Click(Click {
                index: 4,
                modifiers: Modifiers::empty(),
                kind: ClickKind::Fold,
            }));
            h.send(press(5));
        }),
        shot("arrange", Dark, (1280.0, 800.0), 1.0, 30, |h| {
            h.send(press(0));
            h.mail.list.chosen.filter.unread = true;
            h.command(UserCommand::Arrange);
        }),
        shot("empty", Light, (1280.0, 800.0), 1.0, 0, |_| {}),
        shot("waiting", Dark, (1280.0, 800.0), 1.0, 100_000, |h| {
            h.held = Some(Vec::new());
            h.send(mail::Message::Folder(waxwing::model::ListView::Folder(
                waxwing::model::FolderId(1),
            )));
            let held = h.held.take().unwrap_or_default();
            h.held = Some(Vec::new());
            for query in held {
                h.send(super::fixture::answer(query, 100_000));
            }
        }),
        shot("move", Light, (1280.0, 800.0), 1.0, 30, |h| {
            h.send(press(0));
            h.command(UserCommand::Move);
            h.send(mail::Message::Dialog(dialog::Message::Step(1)));
        }),
        shot("outbox", Light, (1280.0, 800.0), 1.0, 30, |h| {
            h.send(mail::Message::OpenOutbox);
        }),
        shot("signin", Dark, (1280.0, 800.0), 1.0, 30, wants_password),
        shot("search", Light, (1280.0, 800.0), 1.0, 30, |h| {
            search(h, "the");
            h.send(mail::Message::Search(Looking::Submitted));
            h.send(press(0));
        }),
        shot("search-dark", Dark, (1280.0, 800.0), 2.0, 30, |h| {
            search(h, "ad");
        }),
        shot("search-nothing", Dark, (720.0, 480.0), 1.0, 30, |h| {
            search(h, "zebra before:soon ");
            h.send(mail::Message::Search(Looking::Submitted));
        }),
        shot("keys", Dark, (1280.0, 800.0), 1.0, 30, |h| {
            h.command(UserCommand::Shortcuts);
        }),
    ]
}

/// What commands are chosen from.
fn command_shots() -> Vec<Shot> {
    use ThemeChoice::{Dark, HighContrast, Light};
    let shot = |name, theme, size, scale, prepare: fn(&mut Harness)| Shot {
        name,
        theme,
        size,
        scale,
        rows: 30,
        prepare,
    };
    let wide = (1280.0, 800.0);
    let small = (720.0, 480.0);
    let palette: fn(&mut Harness) = |h| {
        h.send(press(0));
        h.command(UserCommand::Palette);
    };
    vec![
        shot("keys-small", Light, small, 1.0, |h| {
            h.command(UserCommand::Shortcuts);
        }),
        shot("palette", Light, wide, 1.0, palette),
        shot("palette-small", Dark, small, 1.0, palette),
        shot("palette-contrast", HighContrast, wide, 2.0, |h| {
            h.send(press(0));
            h.command(UserCommand::Palette);
            h.send(mail::Message::Dialog(dialog::Message::Typed(
                "go work".into(),
            )));
        }),
        shot("menu", Light, wide, 1.0, |h| menu_of(h, Target::InSight)),
        shot("menu-dark", Dark, wide, 2.0, |h| {
            menu_of(h, Target::Folder(FolderId(7)));
        }),
        shot("menu-small", Light, small, 1.0, |h| {
            menu_of(h, Target::InSight);
        }),
        shot("menu-address", Dark, wide, 1.0, |h| {
            let jean = Address::new("Jean Marsh", "jean@marsh.example");
            menu_of(h, Target::Address(jean));
        }),
        shot("folder-new", Light, wide, 1.0, |h| {
            let target = Target::Folder(FolderId(7));
            h.send(mail::Message::CommandOn(UserCommand::NewFolder, target));
        }),
        shot("folder-delete", Dark, wide, 1.0, |h| {
            let target = Target::Folder(FolderId(7));
            h.send(mail::Message::CommandOn(UserCommand::DeleteFolder, target));
        }),
        shot("drag", Light, wide, 1.0, dragging),
        shot("drag-dark", Dark, wide, 1.0, dragging),
    ]
}

/// The first message and a menu, which opens where no pointer ever was.
fn menu_of(harness: &mut Harness, target: Target) {
    harness.send(press(0));
    harness.send(mail::Message::Menu(mail::menu::Message::Open(target)));
}

/// Two messages on their way to a folder.
fn dragging(harness: &mut Harness) {
    harness.send(press(0));
    harness.send(mail::Message::Click(Click {
        index: 1,
        modifiers: Modifiers::SHIFT,
        kind: ClickKind::Single,
    }));
    for message in [
        mail::drag::Message::Messages,
        mail::drag::Message::Over(FolderId(9)),
    ] {
        harness.send(mail::Message::Drag(message));
    }
}

/// What is seen in the message that is read.
fn reading_shots() -> Vec<Shot> {
    use ThemeChoice::{Dark, Light};
    let shot = |name, theme, size, scale, prepare: fn(&mut Harness)| Shot {
        name,
        theme,
        size,
        scale,
        rows: 30,
        prepare,
    };
    vec![
        shot("doubts", Light, (1280.0, 800.0), 1.0, doubtful),
        shot("doubts-dark", Dark, (1280.0, 800.0), 2.0, doubtful),
        shot("doubts-small", Light, (720.0, 480.0), 1.0, doubtful),
        shot("settings", Light, (1280.0, 800.0), 1.0, |_| {}),
        shot("settings-dark", Dark, (1280.0, 800.0), 1.0, |_| {}),
        shot("settings-small", Light, (720.0, 480.0), 1.0, |_| {}),
        shot("settings-zoom", Dark, (1280.0, 800.0), 2.0, |_| {}),
        shot("signed", Light, (1280.0, 800.0), 1.0, signed),
        shot("signed-small", Light, (720.0, 480.0), 1.0, signed),
        shot("signed-zoom", Light, (1280.0, 800.0), 2.0, signed),
        shot("signed-checked", Dark, (1280.0, 800.0), 1.0, checked),
        shot("find", Light, (1280.0, 800.0), 1.0, |h| {
            h.send(press(0));
            h.command(UserCommand::Open);
            h.command(UserCommand::Find);
            h.send(find("mill"));
        }),
        shot("find-text", Dark, (1280.0, 800.0), 1.0, |h| {
            h.command(UserCommand::Next);
            h.send(press(5));
            h.command(UserCommand::ZoomIn);
            h.command(UserCommand::Find);
            h.send(find("pri"));
        }),
    ]
}

/// What concerns attachments and messages as files.
fn file_shots() -> Vec<Shot> {
    let shot = |name, theme, size, prepare| Shot {
        name,
        theme,
        size,
        scale: 1.0,
        rows: 30,
        prepare,
    };
    let wide = (1280.0, 800.0);
    vec![
        shot("enclosed", ThemeChoice::Light, (1280.0, 1100.0), |h| {
            h.send(press(3));
        }),
        shot("held", ThemeChoice::Light, wide, |h| {
            h.send(press(1));
            let open = mail::attachment::Message::Open(3);
            h.send(mail::Message::Attachment(open));
        }),
        shot("encoding", ThemeChoice::Dark, wide, |h| {
            h.send(press(0));
            h.command(UserCommand::Encoding);
        }),
        shot("more", ThemeChoice::Light, (720.0, 480.0), |h| {
            h.send(press(0));
            h.command(UserCommand::More);
        }),
    ]
}

#[test]
fn every_look_can_be_drawn() {
    let wanted = std::env::var("WAXWING_SHOTS").ok();
    let all = [shots(), command_shots(), reading_shots(), file_shots()];
    for shot in all.into_iter().flatten() {
        let Some(wanted) = &wanted else {
            // Without eyes on it, building the view is what can fail.
            let (app, _) = boot(&shot);
            let id = *app.windows.keys().next().unwrap();
            drop(app.view(id));
            continue;
        };
        if wanted != "all" && !shot.name.contains(wanted.as_str()) {
            continue;
        }
        let (name, size, scale) = (shot.name, shot.size, shot.scale);
        let look = theme::theme(shot.theme, iced::theme::Mode::None);
        let program = program(move || boot(&shot));
        let picture = iced_test::screenshot(
            &program,
            &look,
            Size::new(size.0, size.1),
            scale,
            Duration::from_millis(150),
        );
        let file = format!("{name}_{}x{}.rgba", picture.size.width, picture.size.height);
        std::fs::write(directory().join(file), &picture.rgba).unwrap();
    }
}

/// What is only seen where the pointer is. The pictures are PNG.
#[test]
fn what_follows_the_pointer_can_be_drawn() {
    use ThemeChoice::{Dark, Light};
    let row = Point::new(520.0, 48.0 + 28.0 + 100.0);
    let receipts = Point::new(120.0, 462.0);
    let work = Point::new(120.0, 530.0);
    let nothing: fn(&mut Harness) = |_| {};
    for (name, look, at, prepare) in [
        ("hover", Light, row, nothing),
        ("hover-dark", Dark, row, nothing),
        ("carried", Light, receipts, dragging),
        ("carried-nowhere", Dark, work, |h| {
            dragging(h);
            let over = mail::drag::Message::Over(FolderId(21));
            h.send(mail::Message::Drag(over));
        }),
    ] {
        let mut harness = Harness::with_rows(30);
        prepare(&mut harness);
        let look = theme::theme(look, iced::theme::Mode::None);
        harness.with_ui(WIDE, |ui| {
            go_to(ui, at);
            if std::env::var_os("WAXWING_SHOTS").is_some() {
                let picture = ui.snapshot(&look).unwrap();
                picture.matches_image(directory().join(name)).unwrap();
            }
        });
    }
}

/// Where pictures go.
fn directory() -> std::path::PathBuf {
    let target = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".into());
    let directory = std::path::Path::new(&target).join("shots");
    std::fs::create_dir_all(&directory).unwrap();
    directory
}
