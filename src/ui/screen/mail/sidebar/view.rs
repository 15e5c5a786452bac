//! How the sidebar is drawn.

use std::collections::BTreeSet;

use iced::keyboard::{Key, Modifiers, key::Named};
use iced::mouse::Interaction;
use iced::widget::{button, column, container, mouse_area, row, scrollable, space, text};
use iced::{Alignment, Border, Length, Theme};
use waxwing::engine::AccountState;
use waxwing::model::ListView;

use super::{FolderRow, Section};
use crate::ui::app::Context;
use crate::ui::command::UserCommand;
use crate::ui::component::control::text_button;
use crate::ui::component::{icon, icon_button, icon_text_button, label, tip};
use crate::ui::font;
use crate::ui::icon::Icon;
use crate::ui::screen::mail::drag::{self, Landing};
use crate::ui::screen::mail::target::Target;
use crate::ui::screen::mail::{Message, State, menu, status};
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space as gap, tokens};
use crate::ui::widget::{Element, focusable};

/// Side of the sign that hides and shows what is below a row.
const SIGN: f32 = 14.0;

impl State {
    /// The sidebar.
    pub(in crate::ui::screen::mail) fn sidebar_view<'a>(
        &'a self,
        context: &Context<'a>,
    ) -> Element<'a, Message> {
        let write = UserCommand::NewMessage;
        let head = row![
            icon_text_button(
                write.icon(),
                write.label(),
                Kind::Primary,
                Some(Message::Command(write)),
            ),
            space().width(Length::Fill),
            icon_button(
                Icon::PanelLeft,
                UserCommand::ToggleSidebar.tip(),
                Some(Message::Command(UserCommand::ToggleSidebar)),
            ),
        ]
        .align_y(Alignment::Center);
        let saved = self.saved(context);
        let here = self.folder_in_sight().filter(|_| saved.is_none());
        let mut stack = column![].spacing(1);
        for row in &self.sidebar.unified {
            stack = stack.push(self.folder_row(row, Fold::None, here));
        }
        let favourites = self.sidebar.favourites(&context.kept.favourites);
        if !favourites.is_empty() {
            stack = stack.push(heading("Favourites"));
            let rows = favourites.into_iter();
            stack = stack.extend(rows.map(|row| self.folder_row(row, Fold::Favourite, here)));
        }
        let saved = self.saved_rows(context);
        if !saved.is_empty() {
            stack = stack.push(heading("Searches")).extend(saved);
        }
        for section in &self.sidebar.sections {
            let folded = context.kept.folded.contains(&section.key());
            stack = stack.push(self.section_head(section, folded, context));
            if !folded {
                let rows = unfolded(&section.rows, &context.kept.folded);
                stack = stack.extend(rows.map(|(row, fold)| self.folder_row(row, fold, here)));
            }
        }
        if self.sidebar.outbox > 0 {
            stack = stack.push(outbox_row(self.sidebar.outbox));
        }
        column![
            container(head)
                .height(theme::row::TOOLBAR)
                .padding([0.0, gap::S])
                .align_y(Alignment::Center),
            scrollable(container(stack).padding([0.0, gap::S]))
                .direction(scrollable::Direction::Vertical(
                    scrollable::Scrollbar::new()
                        .width(6)
                        .scroller_width(6)
                        .margin(1),
                ))
                .style(theme::scrollable::slim)
                .height(Length::Fill),
            container(
                row![
                    icon_text_button(
                        Icon::Plus,
                        "Add account",
                        Kind::Weak,
                        Some(Message::AddAccount),
                    ),
                    space().width(Length::Fill),
                    icon_button(
                        Icon::Settings,
                        UserCommand::Accounts.tip(),
                        Some(Message::Command(UserCommand::Accounts)),
                    ),
                ]
                .align_y(Alignment::Center)
            )
            .padding(gap::S),
        ]
        .into()
    }

    fn section_head<'a>(
        &'a self,
        section: &'a Section,
        folded: bool,
        context: &Context<'_>,
    ) -> Element<'a, Message> {
        let state = self.states.get(&section.account);
        let name = text(&section.name)
            .size(size::SMALL)
            .font(font::SEMIBOLD)
            .style(theme::text::weak)
            .wrapping(text::Wrapping::None);
        let sign = if folded {
            Icon::ChevronRight
        } else {
            Icon::ChevronDown
        };
        let mut line = row![
            icon(sign, SIGN, |t| t.text_weak),
            container(name).width(Length::Fill).clip(true)
        ]
        .spacing(gap::XS)
        .align_y(Alignment::Center);
        if let Some(state) = state {
            line = line.push(tip(dot(state), status::words(state, context)));
        }
        let fold = Message::Fold(section.key(), !folded);
        let press = button(container(line).center_y(Length::Fill))
            .padding(iced::Padding::default().left(2).right(gap::S))
            .height(24)
            .width(Length::Fill)
            .style(theme::button::row(false))
            .on_press(fold.clone());
        let key = section.key();
        let press = focusable(press, Some(fold))
            .on_menu(Message::Menu(menu::Message::Open(Target::Account(
                section.account,
            ))))
            .on_key(move |pressed, held| match tree_key(pressed, held)? {
                TreeKey::Fold(fold) => Some(Message::Fold(key.clone(), fold)),
                TreeKey::Go(next) => Some(Message::Focus(next)),
                TreeKey::Rename | TreeKey::Delete => None,
            });
        let mut head = column![press].spacing(gap::XS);
        if let Some(AccountState::NeedsPassword(_)) = state {
            head = head.push(text_button(
                "Sign in again",
                Kind::Secondary,
                Some(Message::SignIn(section.account)),
            ));
        } else if let Some(state @ (AccountState::Broken(_) | AccountState::Offline { .. })) = state
        {
            head = head.push(
                text(status::words(state, context))
                    .size(size::TINY)
                    .style(theme::text::danger),
            );
        }
        container(head)
            .padding(iced::Padding::default().top(gap::S).bottom(2))
            .into()
    }

    fn folder_row<'a>(
        &'a self,
        folder: &'a FolderRow,
        fold: Fold,
        here: Option<ListView>,
    ) -> Element<'a, Message> {
        let selected = here == Some(folder.view);
        let strong = folder.unread > 0;
        let name = text(&folder.name)
            .size(size::LIST)
            .font(if strong || selected {
                font::MEDIUM
            } else {
                font::REGULAR
            })
            .wrapping(text::Wrapping::None);
        let mut line = row![
            self.fold_sign(folder, fold),
            if selected {
                icon(folder.icon, 16.0, |t| t.accent)
            } else {
                icon(folder.icon, 16.0, |t| t.text_weak)
            },
            space().width(gap::S),
            container(name).width(Length::Fill).clip(true),
        ]
        .spacing(2)
        .align_y(Alignment::Center);
        if fold == Fold::Favourite
            && let Some(account) = self.sidebar.account_of(folder.view)
        {
            line = line.push(label(account));
        }
        if folder.unread > 0 {
            line = line.push(count(folder.unread, selected));
        }
        let toggle = Message::Fold(folder.key.clone(), fold == Fold::Open);
        let message = if folder.selectable {
            Message::Folder(folder.view)
        } else {
            toggle
        };
        let landing = self.landing_of(folder.view);
        let press = button(container(line).center_y(Length::Fill))
            .padding(iced::Padding::default().left(2).right(gap::S))
            .height(theme::row::FOLDER)
            .width(Length::Fill)
            .style(move |theme, status| match landing {
                None => theme::button::row(selected)(theme, status),
                Some(landing) => {
                    let can = landing != Landing::Impossible;
                    theme::button::landing(landing == Landing::Here, can)(theme, status)
                }
            })
            .on_press_maybe(landing.is_none().then(|| message.clone()));
        let press = focusable(press, Some(message));
        let ListView::Folder(id) = folder.view else {
            return press.on_key(go).into();
        };
        let target = Target::Folder(id);
        let press = press
            .on_menu(Message::Menu(menu::Message::Open(target.clone())))
            .on_drag(Message::Drag(drag::Message::Folder(id)))
            .on_key(move |key, held| {
                let on = |command| Message::CommandOn(command, target.clone());
                Some(match tree_key(key, held)? {
                    TreeKey::Go(next) => Message::Focus(next),
                    TreeKey::Fold(to) if folder.has_below => Message::Fold(folder.key.clone(), to),
                    TreeKey::Fold(_) => return None,
                    TreeKey::Rename => on(UserCommand::RenameFolder),
                    TreeKey::Delete => on(UserCommand::DeleteFolder),
                })
            });
        let row = mouse_area(press);
        match landing {
            None => row,
            Some(landing) => row
                .on_enter(Message::Drag(drag::Message::Over(id)))
                .on_exit(Message::Drag(drag::Message::Left(id)))
                .interaction(match landing {
                    Landing::Impossible => Interaction::NotAllowed,
                    Landing::Possible | Landing::Here => Interaction::Grabbing,
                }),
        }
        .into()
    }

    /// The sign before a row that hides or shows what is below it.
    fn fold_sign<'a>(&self, folder: &FolderRow, fold: Fold) -> Element<'a, Message> {
        #[allow(clippy::cast_precision_loss, reason = "a depth is at most 6")]
        let indent = match fold {
            Fold::Favourite => 0.0,
            _ => folder.depth as f32 * gap::M,
        };
        let sign: Element<'_, Message> = match fold {
            Fold::None | Fold::Favourite => space().width(SIGN).into(),
            Fold::Open | Fold::Closed => {
                let sign = if fold == Fold::Open {
                    Icon::ChevronDown
                } else {
                    Icon::ChevronRight
                };
                button(icon(sign, SIGN, |t| t.text_weak))
                    .padding([gap::XS, 0.0])
                    .style(Kind::Quiet.style())
                    .on_press(Message::Fold(folder.key.clone(), fold == Fold::Open))
                    .into()
            }
        };
        row![space().width(indent), sign].into()
    }
}

/// What is below a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fold {
    /// Nothing.
    None,
    /// Rows that are shown, or not.
    Open,
    Closed,
    /// It stands among the favourites, away from what is below it.
    Favourite,
}

/// The rows that are shown, and what is below each.
fn unfolded<'a>(
    rows: &'a [FolderRow],
    folded: &'a BTreeSet<String>,
) -> impl Iterator<Item = (&'a FolderRow, Fold)> {
    let mut hidden_below = None;
    rows.iter().filter_map(move |row| {
        if hidden_below.is_some_and(|depth| row.depth > depth) {
            return None;
        }
        let is_folded = row.has_below && folded.contains(&row.key);
        hidden_below = is_folded.then_some(row.depth);
        let fold = match (row.has_below, is_folded) {
            (false, _) => Fold::None,
            (true, false) => Fold::Open,
            (true, true) => Fold::Closed,
        };
        Some((row, fold))
    })
}

/// What a key means in the tree.
enum TreeKey {
    /// To the next row, or the one before.
    Go(bool),
    /// Hide what is below, or show it.
    Fold(bool),
    Rename,
    Delete,
}

fn tree_key(key: &Key, held: Modifiers) -> Option<TreeKey> {
    let Key::Named(named) = key else {
        return None;
    };
    if !held.is_empty() {
        return None;
    }
    Some(match named {
        Named::ArrowDown => TreeKey::Go(true),
        Named::ArrowUp => TreeKey::Go(false),
        Named::ArrowLeft => TreeKey::Fold(true),
        Named::ArrowRight => TreeKey::Fold(false),
        Named::F2 => TreeKey::Rename,
        Named::Delete => TreeKey::Delete,
        _ => return None,
    })
}

/// The same where nothing can be done to the row.
fn go(key: &Key, held: Modifiers) -> Option<Message> {
    match tree_key(key, held)? {
        TreeKey::Go(next) => Some(Message::Focus(next)),
        _ => None,
    }
}

fn count<'a>(unread: u64, selected: bool) -> Element<'a, Message> {
    text(unread.to_string())
        .size(size::SMALL)
        .font(font::MEDIUM)
        .style(if selected {
            theme::text::accent
        } else {
            theme::text::weak
        })
        .into()
}

/// A name above rows that are no account's.
fn heading<'a>(words: &'a str) -> Element<'a, Message> {
    let words = text(words)
        .size(size::SMALL)
        .font(font::SEMIBOLD)
        .style(theme::text::weak);
    let padding = iced::Padding::from([gap::XS, gap::S]).top(gap::M);
    container(words).padding(padding).into()
}

fn outbox_row<'a>(count: usize) -> Element<'a, Message> {
    let line = row![
        icon(Icon::Clock, 16.0, |t| t.text_weak),
        text("Outbox").size(size::LIST).width(Length::Fill),
        text(count.to_string())
            .size(size::SMALL)
            .font(font::MEDIUM)
            .style(theme::text::weak),
    ]
    .spacing(10)
    .align_y(Alignment::Center);
    focusable(
        button(container(line).center_y(Length::Fill))
            .padding([0.0, gap::S])
            .height(theme::row::FOLDER)
            .width(Length::Fill)
            .style(theme::button::row(false))
            .on_press(Message::OpenOutbox),
        Some(Message::OpenOutbox),
    )
    .into()
}

fn dot<'a>(state: &AccountState) -> Element<'a, Message> {
    let colour = status::colour(state);
    container(space().width(8).height(8))
        .style(move |theme: &Theme| {
            container::Style::default()
                .background(colour(tokens(theme)))
                .border(Border::default().rounded(4))
        })
        .into()
}
