//! The panes and how they share the window.

use iced::widget::{column, container, row, rule, space, stack};
use iced::{Length, Size};

use super::{Message, State};
use crate::ui::app::Context;
use crate::ui::component::empty::empty;
use crate::ui::icon::Icon;
use crate::ui::theme;
use crate::ui::widget::virtual_list::VirtualList;
use crate::ui::widget::{Element, Splitter, with_menu};

/// Below this width only one pane is shown at a time.
const NARROW: f32 = 900.0;
/// What the reading pane keeps for itself.
const READER_LEAST: f32 = 360.0;
/// The name of the message list, for focus and tests.
pub(crate) const LIST: &str = "message-list";

/// The pane a narrow window shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Pane {
    /// Folders.
    Folders,
    /// Messages.
    #[default]
    List,
    /// The one being read.
    Reader,
}

/// How the window is shared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Panes {
    pub(crate) size: Size,
    pub(crate) sidebar: f32,
    pub(crate) list: f32,
    pub(crate) sidebar_hidden: bool,
    pub(crate) pane: Pane,
}

impl Default for Panes {
    fn default() -> Self {
        Self {
            size: crate::ui::app::windows::MAIN,
            sidebar: 232.0,
            list: 384.0,
            sidebar_hidden: false,
            pane: Pane::List,
        }
    }
}

impl Panes {
    /// Whether only one pane is shown at a time.
    pub(crate) fn is_narrow(&self) -> bool {
        self.size.width < NARROW
    }

    /// Whether the open message is in sight.
    pub(crate) fn shows_reader(&self) -> bool {
        !self.is_narrow() || self.pane == Pane::Reader
    }

    /// Shows or hides the folders.
    pub(crate) fn toggle_sidebar(&mut self) {
        if self.is_narrow() {
            self.pane = if self.pane == Pane::Folders {
                Pane::List
            } else {
                Pane::Folders
            };
        } else {
            self.sidebar_hidden = !self.sidebar_hidden;
        }
    }

    /// The widest the list can be.
    fn list_most(&self) -> f32 {
        let sidebar = if self.sidebar_hidden {
            0.0
        } else {
            self.sidebar
        };
        (self.size.width - sidebar - READER_LEAST).max(280.0)
    }
}

impl State {
    /// What is drawn.
    pub(crate) fn view<'a>(&'a self, context: &Context<'a>) -> Element<'a, Message> {
        let panes = if self.alone.is_some() {
            self.reader_pane(context)
        } else if self.panes.is_narrow() {
            self.one_pane(context)
        } else {
            self.three_panes(context)
        };
        let mut window = column![panes];
        if self.alone.is_none() {
            window = window
                .push(rule::horizontal(1).style(theme::rule))
                .push(self.status_view(context));
        }
        let window = container(window)
            .width(Length::Fill)
            .height(Length::Fill)
            .style(theme::container::surface);
        let close = Message::Menu(super::menu::Message::Close);
        let window = with_menu(window, self.context_menu_view(), LIST, close);
        match &self.dialog {
            Some(dialog) => stack![
                window,
                dialog
                    .view(&self.outbox, self.panes.size)
                    .map(Message::Dialog)
            ]
            .into(),
            None => stack![window].push(self.carried_view(context)).into(),
        }
    }

    fn three_panes<'a>(&'a self, context: &Context<'a>) -> Element<'a, Message> {
        let list = self.panes.list.min(self.panes.list_most());
        let mut panes = row![];
        if !self.panes.sidebar_hidden {
            panes = panes
                .push(
                    container(self.sidebar_view(context))
                        .width(self.panes.sidebar)
                        .height(Length::Fill)
                        .style(theme::container::sidebar),
                )
                .push(Splitter::new(
                    self.panes.sidebar,
                    (180.0, 360.0),
                    Message::SidebarWidth,
                ));
        }
        panes
            .push(container(self.list_pane(context)).width(list))
            .push(Splitter::new(
                list,
                (280.0, self.panes.list_most()),
                Message::ListWidth,
            ))
            .push(self.reader_pane(context))
            .height(Length::Fill)
            .into()
    }

    fn one_pane<'a>(&'a self, context: &Context<'a>) -> Element<'a, Message> {
        let pane = match self.panes.pane {
            Pane::Folders => container(self.sidebar_view(context))
                .style(theme::container::sidebar)
                .into(),
            Pane::List => self.list_pane(context),
            Pane::Reader => self.reader_pane(context),
        };
        container(pane)
            .width(Length::Fill)
            .height(Length::Fill)
            .into()
    }

    fn list_pane<'a>(&'a self, context: &Context<'a>) -> Element<'a, Message> {
        let bar = match &self.search {
            Some(search) => self.search_bar(search),
            None => self.list_bar(context),
        };
        let mut pane = column![bar, rule::horizontal(1).style(theme::rule)];
        if let Some(search) = &self.search {
            pane = pane.push(self.search_lines(search, context));
        }
        if let Some(left_out) = self.left_out() {
            pane = pane.push(left_out);
        }
        let list = self.under_menu(self.list_view());
        pane.push(self.under_suggestions(list))
            .height(Length::Fill)
            .into()
    }

    fn reader_pane<'a>(&'a self, context: &Context<'a>) -> Element<'a, Message> {
        // Where the keyboard moves is seen by the line above it.
        let line = if self.is_in_message() && !self.panes.is_narrow() {
            theme::rule_of_keyboard
        } else {
            theme::rule
        };
        column![
            self.reader_bar(context),
            rule::horizontal(1).style(line),
            self.reader_view(context),
        ]
        .width(Length::Fill)
        .height(Length::Fill)
        .into()
    }

    fn list_view(&self) -> Element<'_, Message> {
        if let Some(error) = self.failure.as_ref().or(self.list.error.as_ref()) {
            return empty(
                Icon::CircleAlert,
                error.to_string(),
                Some(("Try again", Message::Retry)),
            );
        }
        let nothing_asked = self.list.view.is_none() && self.list.sought.is_none();
        if nothing_asked || (self.list.loading && self.list.order.is_empty()) {
            // Milliseconds, usually: a sentence would only flicker.
            return space().width(Length::Fill).height(Length::Fill).into();
        }
        let sought = self.search.as_ref().filter(|search| search.shows_results());
        if let Some(search) = sought.filter(|_| self.list.order.is_empty()) {
            return self.nothing_found(search);
        }
        if self.list.order.is_empty() {
            return empty(Icon::Inbox, self.nothing_here(), None);
        }
        let list = &self.list;
        let height = if sought.is_some() {
            theme::row::FOUND
        } else {
            theme::row::MESSAGE
        };
        VirtualList::new(list.order.len(), height, move |index| list.row_at(index))
            .id(LIST)
            .selected(move |index| {
                list.order
                    .get(index)
                    .is_some_and(|id| list.selection.has(*id))
            })
            .cursor(list.selection.cursor_index(&list.order))
            .scrolls(&list.scrolls)
            .on_click(Message::Click)
            .on_drag(Message::Drag(super::drag::Message::Messages))
            .on_range(Message::Range)
            .into()
    }
}
