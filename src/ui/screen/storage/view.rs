//! How the page of storage looks.

use iced::widget::{column, container, progress_bar, responsive, row, space as gap, text};
use iced::{Alignment, Length, Theme};
use waxwing::model::{Account, Folder, FolderSize, Prefetch};

use super::{Backup, Cleaning, Message, State};
use crate::ui::app::Context;
use crate::ui::component::control::{fold, text_button};
use crate::ui::component::form::{self, Tone};
use crate::ui::component::sheet::{WIDE, foot, heading, page, title};
use crate::ui::component::{bytes, label};
use crate::ui::font;
use crate::ui::screen::mail::sidebar::folder_name;
use crate::ui::screen::mail::toolbar::messages;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space, tokens};
use crate::ui::widget::Element;

/// A window narrower than this shows the figures of a folder below its name.
const ROOM: f32 = 620.0;

/// What can be kept here, in words.
const KEPT: [(&str, Prefetch); 5] = [
    ("All", Prefetch::Everything),
    ("1 year", Prefetch::Months(12)),
    ("3 months", Prefetch::Months(3)),
    ("1 month", Prefetch::Months(1)),
    ("Headers", Prefetch::Headers),
];

impl State {
    /// The page.
    pub(crate) fn view<'a>(&'a self, context: &Context<'a>) -> Element<'a, Message> {
        let context = *context;
        let content = responsive(move |size| self.page(&context, size.width < ROOM));
        container(content)
            .width(Length::Fill)
            .height(Length::Fill)
            .style(theme::container::surface)
            .into()
    }

    fn page<'a>(&'a self, context: &Context<'a>, narrow: bool) -> Element<'a, Message> {
        let mut stack = column![title("Storage", self.sentence())].spacing(space::XL);
        if let Some(error) = &self.failure {
            stack = stack.push(form::notice(Tone::Danger, error.to_string(), Vec::new()));
        }
        let accounts = context.accounts.iter();
        let accounts = accounts.map(|account| self.account_view(account, narrow));
        stack = stack
            .push(column(accounts).spacing(space::M))
            .push(self.cleaning_view())
            .push(self.backup_view())
            .push(heading(
                "Restore",
                "A backup is put back where Waxwing has no account yet, on this computer or another: \
                 close the window, and run “waxwing restore” with the name of the file.",
            ));
        let back = text_button("Back", Kind::Secondary, Some(Message::Back));
        page(stack, WIDE, foot(back, []))
    }

    /// How much room everything takes, and what can be searched.
    fn sentence(&self) -> String {
        let Some(room) = self.room else {
            return String::new();
        };
        let disk = format!("Waxwing takes {} on this disk.", bytes(room.disk));
        let searched = match usize::try_from(room.uncovered).unwrap_or(usize::MAX) {
            0 => "Every message can be searched.".to_owned(),
            count => format!(
                "The texts of {} cannot be searched: they are not here, or not in the index yet.",
                messages(count)
            ),
        };
        format!("{disk} {searched}")
    }

    /// The folders of an account that hold something, the largest first.
    pub(super) fn folders_of(&self, account: &Account) -> Vec<(&Folder, &FolderSize)> {
        let of_account = |folder: &&Folder| folder.account == account.id;
        let folders = self.folders.iter().filter(of_account);
        let mut sized: Vec<_> = folders
            .filter_map(|folder| Some((folder, self.sizes.get(&folder.id)?)))
            .collect();
        sized.sort_by_key(|(folder, size)| (std::cmp::Reverse(size.bytes), &folder.path));
        sized
    }

    fn account_view<'a>(&'a self, account: &'a Account, narrow: bool) -> Element<'a, Message> {
        let folders = self.folders_of(account);
        let sum = |of: fn(&FolderSize) -> u64| folders.iter().map(|(_, size)| of(size)).sum();
        let all = FolderSize {
            folder: waxwing::model::FolderId(0),
            messages: sum(|size| size.messages),
            messages_here: sum(|size| size.messages_here),
            bytes: sum(|size| size.bytes),
            bytes_here: sum(|size| size.bytes_here),
        };
        let name = text(&account.settings.name)
            .size(size::BODY)
            .font(font::SEMIBOLD);
        let mut stack = column![name, label(amounts(&all)), share(&all)].spacing(space::S);
        stack = stack.push(kept(account));
        if !folders.is_empty() {
            let open = self.open.contains(&account.id);
            stack = stack.push(fold("Folders", open, Message::Fold(account.id)));
            if open {
                let lines = folders.iter();
                let lines = lines.map(|(folder, size)| folder_line(folder, size, narrow));
                stack = stack.push(column(lines).spacing(space::S));
            }
        }
        container(stack)
            .padding(space::L)
            .width(Length::Fill)
            .style(form::group)
            .into()
    }

    fn cleaning_view(&self) -> Element<'_, Message> {
        let ready = !matches!(self.cleaning, Cleaning::Runs);
        let button = text_button(
            if ready {
                "Clean up now"
            } else {
                "Cleaning up…"
            },
            Kind::Secondary,
            ready.then_some(Message::CleanUp),
        );
        let head = heading(
            "Clean up",
            "Texts that need not be here go from this computer and stay on their server; they come \
             again when they are opened. Waxwing does this by itself from time to time.",
        );
        let mut stack = column![beside(head, button)].spacing(space::M);
        if let Cleaning::Done(words) = &self.cleaning {
            stack = stack.push(form::notice(Tone::Plain, words.as_str(), Vec::new()));
        }
        stack.into()
    }

    fn backup_view(&self) -> Element<'_, Message> {
        let runs = matches!(self.backup, Backup::Runs { .. });
        let button = if runs {
            text_button("Stop", Kind::Secondary, Some(Message::Stop))
        } else {
            text_button("Back up…", Kind::Secondary, Some(Message::BackUp))
        };
        let head = heading(
            "Backup",
            "Everything in one file: accounts and settings, all mail that is here, drafts, and what \
             waits to be sent. Passwords are in it only where they lie in the protected file.",
        );
        let stack = column![beside(head, button)].spacing(space::M);
        match &self.backup {
            Backup::Not => stack,
            Backup::Where(path) => stack.push(place_field(path)),
            Backup::Runs { bytes, total, .. } => stack.push(progress(*bytes, *total)),
            Backup::Done(words) => {
                stack.push(form::notice(Tone::Plain, words.as_str(), Vec::new()))
            }
            Backup::Failed(error) => {
                stack.push(form::notice(Tone::Danger, error.to_string(), Vec::new()))
            }
        }
        .into()
    }
}

/// A part's head, and the button for it.
fn beside<'a>(head: Element<'a, Message>, button: Element<'a, Message>) -> Element<'a, Message> {
    row![container(head).width(Length::Fill), button]
        .spacing(space::M)
        .align_y(Alignment::Center)
        .into()
}

/// "1,204 messages, 340 MB; 120 MB of it are here".
fn amounts(size: &FolderSize) -> String {
    let count = messages(usize::try_from(size.messages).unwrap_or(usize::MAX));
    let all = bytes(size.bytes);
    if size.messages == 0 {
        return "No messages".to_owned();
    }
    if size.messages_here == size.messages {
        return format!("{count}, {all}, all here");
    }
    format!("{count}, {all}; {} of it are here", bytes(size.bytes_here))
}

#[allow(
    clippy::cast_precision_loss,
    reason = "a bar is some hundred pixels wide"
)]
fn bar<'a>(part: u64, whole: u64) -> Element<'a, Message> {
    progress_bar(0.0..=whole.max(1) as f32, part as f32)
        .girth(6)
        .style(|theme: &Theme| {
            let t = tokens(theme);
            progress_bar::Style {
                background: t.placeholder.into(),
                bar: t.accent.into(),
                border: iced::Border::default().rounded(3),
            }
        })
        .into()
}

/// How much of it is here, as a bar.
fn share<'a>(size: &FolderSize) -> Element<'a, Message> {
    bar(size.bytes_here, size.bytes)
}

/// How much of an account is kept here, to be chosen.
fn kept(account: &Account) -> Element<'_, Message> {
    if account.settings.is_local() {
        return label("All of it is kept here: its server need not have it any longer.");
    }
    let what = account.settings.prefetch.what;
    let choices = KEPT.map(|(name, prefetch)| {
        let message = Message::Want(account.id, prefetch);
        (name, what == prefetch, Some(message))
    });
    let mut stack = column![label("Kept here, whole"), form::segments(choices)].spacing(space::XS);
    if KEPT.iter().all(|(_, prefetch)| *prefetch != what) {
        stack = stack.push(label(format!("Now: {what}, as its file says.")));
    }
    stack.into()
}

fn folder_line<'a>(folder: &Folder, size: &FolderSize, narrow: bool) -> Element<'a, Message> {
    let name = match folder.role {
        Some(_) => folder_name(folder),
        None => folder.path.replace('/', " / "),
    };
    let name = text(name).size(size::LIST);
    let mut words = amounts(size);
    if let Some(own) = folder.prefetch {
        words = format!("{words}; kept: {own}");
    }
    if narrow {
        return column![name, label(words)].into();
    }
    row![name, gap().width(Length::Fill), label(words)]
        .spacing(space::M)
        .align_y(Alignment::Center)
        .into()
}

fn place_field(path: &str) -> Element<'_, Message> {
    let field = form::field("backup-place", "Path", path, Message::Typed).on_submit(Message::There);
    let ready = (!path.trim().is_empty()).then_some(Message::There);
    let button = text_button("Back up there", Kind::Primary, ready);
    column![
        label("This desktop has no file dialog. Type where to:"),
        row![field, button]
            .spacing(space::S)
            .align_y(Alignment::Center),
    ]
    .spacing(space::XS)
    .into()
}

fn progress<'a>(done: u64, total: u64) -> Element<'a, Message> {
    let words = match total {
        0 => "Beginning…".to_owned(),
        total => format!("{} of {}", bytes(done), bytes(total)),
    };
    column![bar(done, total), label(words)]
        .spacing(space::XS)
        .into()
}
