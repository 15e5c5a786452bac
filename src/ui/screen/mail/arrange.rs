//! The menu that says how the list is arranged: its order, what it leaves out,
//! and whether conversations are one row.

use iced::keyboard::key::Named;
use iced::widget::{button, column, container, mouse_area, opaque, row, space, stack, text};
use iced::{Alignment, Length};
use waxwing::config::settings::Conversations;
use waxwing::model::{Sort, SortKey};

use super::list::{Chosen, Kind};
use super::{Message, State};
use crate::ui::app::{Action, Context, Keep, Verb};
use crate::ui::command::{Press, UserCommand};
use crate::ui::component::control::text_button;
use crate::ui::component::{icon, label};
use crate::ui::icon::Icon;
use crate::ui::theme::button::Kind as ButtonKind;
use crate::ui::theme::{self, size, space as gap};
use crate::ui::widget::Element;

/// One line of the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Sort by this; once more, the other way round.
    Sort(SortKey),
    /// Show only what is unread, or all again; so for the next.
    Unread,
    Starred,
    Attachments,
    Lately,
    /// Conversations so.
    Conversations(Conversations),
}

static SECTIONS: [(&str, &[Choice]); 3] = [
    (
        "Sort by",
        &[
            Choice::Sort(SortKey::Date),
            Choice::Sort(SortKey::Sender),
            Choice::Sort(SortKey::Subject),
            Choice::Sort(SortKey::Size),
            Choice::Sort(SortKey::Unread),
        ],
    ),
    (
        "Show only",
        &[
            Choice::Unread,
            Choice::Starred,
            Choice::Attachments,
            Choice::Lately,
        ],
    ),
    (
        "Conversations",
        &[
            Choice::Conversations(Conversations::Whole),
            Choice::Conversations(Conversations::Threads),
            Choice::Conversations(Conversations::Off),
        ],
    ),
];

/// The parts of the menu. What is found stands message by message.
fn sections(of_search: bool) -> &'static [(&'static str, &'static [Choice])] {
    let shown = if of_search { 2 } else { SECTIONS.len() };
    SECTIONS.get(..shown).unwrap_or_default()
}

fn choices(of_search: bool) -> impl Iterator<Item = Choice> {
    let sections = sections(of_search).iter();
    sections.flat_map(|(_, choices)| choices.iter().copied())
}

/// The menu, and which line the keyboard is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Menu {
    at: usize,
}

impl Choice {
    fn words(self, kind: Kind) -> &'static str {
        match self {
            Self::Sort(SortKey::Date) => "Date",
            Self::Sort(SortKey::Sender | SortKey::Recipient) if kind != Kind::Incoming => {
                "Recipient"
            }
            Self::Sort(SortKey::Sender | SortKey::Recipient) => "Sender",
            Self::Sort(SortKey::Subject) => "Subject",
            Self::Sort(SortKey::Size) => "Size",
            Self::Sort(SortKey::Unread) => "Unread first",
            Self::Unread => "Unread",
            Self::Starred => "Starred",
            Self::Attachments => "With attachments",
            Self::Lately => "Last seven days",
            Self::Conversations(Conversations::Whole) => "With your answers",
            Self::Conversations(Conversations::Threads) => "Within the folder",
            Self::Conversations(Conversations::Off) => "Single messages",
        }
    }

    fn is_on(self, chosen: &Chosen) -> bool {
        match self {
            Self::Sort(key) => chosen.sort.key == key && !chosen.relevance,
            Self::Unread => chosen.filter.unread,
            Self::Starred => chosen.filter.starred,
            Self::Attachments => chosen.filter.attachments,
            Self::Lately => chosen.filter.lately,
            Self::Conversations(how) => chosen.conversations == how,
        }
    }

    /// What is chosen once this was pressed.
    fn apply(self, mut chosen: Chosen) -> Chosen {
        match self {
            Self::Sort(_) if self.is_on(&chosen) => chosen.sort.descending ^= true,
            Self::Sort(key) => {
                chosen.sort = Sort::by(key);
                chosen.relevance = false;
            }
            Self::Unread => chosen.filter.unread ^= true,
            Self::Starred => chosen.filter.starred ^= true,
            Self::Attachments => chosen.filter.attachments ^= true,
            Self::Lately => chosen.filter.lately ^= true,
            Self::Conversations(how) => chosen.conversations = how,
        }
        chosen
    }

    /// The sign behind its words.
    fn sign(self, chosen: &Chosen) -> Option<Icon> {
        if !self.is_on(chosen) {
            return None;
        }
        Some(match (self, chosen.sort.descending) {
            (Self::Sort(_), true) => Icon::ChevronDown,
            (Self::Sort(_), false) => Icon::ChevronUp,
            _ => Icon::Check,
        })
    }
}

impl State {
    /// Shows the menu, or hides it.
    pub(super) fn toggle_menu(&mut self) -> Action<Message> {
        self.menu = match self.menu {
            None => Some(Menu::default()),
            Some(_) => None,
        };
        Action::None
    }

    /// Follows a line of the menu.
    pub(super) fn choose(&mut self, choice: Choice, context: &Context<'_>) -> Action<Message> {
        let chosen = choice.apply(self.list.chosen);
        let asked = self.rearrange(chosen, context);
        match choice {
            Choice::Conversations(how) => asked.and(Action::Perform(Verb::ShowConversations(how))),
            _ => asked,
        }
    }

    /// Leaves nothing out any more.
    pub(super) fn show_all(&mut self, context: &Context<'_>) -> Action<Message> {
        let chosen = Chosen {
            filter: super::list::Filter::default(),
            ..self.list.chosen
        };
        self.rearrange(chosen, context)
    }

    fn rearrange(&mut self, chosen: Chosen, context: &Context<'_>) -> Action<Message> {
        let asked = self.list.choose(chosen, &context.now);
        let asked = asked.map_or(Action::None, Action::Ask);
        // A search is as usual the next time.
        let view = self.list.view.filter(|_| self.list.sought.is_none());
        match view.and_then(|view| self.sidebar.key(view)) {
            Some(key) => asked.and(Action::Keep(Keep::List(key, chosen.to_keep()))),
            None => asked,
        }
    }

    /// A key while the menu is open; none that has no meaning there.
    pub(super) fn menu_key(&mut self, press: &Press, context: &Context<'_>) -> Action<Message> {
        let Some(menu) = &mut self.menu else {
            return Action::None;
        };
        let of_search = self.list.sought.is_some();
        let count = choices(of_search).count();
        if press.is(Named::ArrowDown) {
            menu.at = (menu.at + 1) % count;
        } else if press.is(Named::ArrowUp) {
            menu.at = (menu.at + count - 1) % count;
        } else if press.is(Named::Enter) || press.is(Named::Space) {
            let choice = choices(of_search).nth(menu.at);
            return choice.map_or(Action::None, |choice| self.choose(choice, context));
        } else if press.is(Named::Escape) || UserCommand::of(press) == Some(UserCommand::Arrange) {
            self.menu = None;
        }
        Action::None
    }

    /// What is left out, and a way to have it again. None where nothing is.
    pub(super) fn left_out<'a>(&self) -> Option<Element<'a, Message>> {
        let chosen = self.list.chosen;
        if chosen.filter.is_empty() {
            return None;
        }
        let on = [
            Choice::Unread,
            Choice::Starred,
            Choice::Attachments,
            Choice::Lately,
        ];
        let words = on.iter().filter(|choice| choice.is_on(&chosen));
        let words: Vec<_> = words.map(|choice| choice.words(self.list.kind)).collect();
        let line = row![
            label(format!("Only: {}", words.join(", ").to_lowercase())),
            space().width(Length::Fill),
            text_button("Show all", ButtonKind::Link, Some(Message::ShowAll)),
        ]
        .align_y(Alignment::Center);
        let line = container(line).padding([gap::XS, gap::L]);
        Some(line.style(theme::container::bar).width(Length::Fill).into())
    }

    /// The list, and the menu on top of it while that is open.
    pub(super) fn under_menu<'a>(&self, list: Element<'a, Message>) -> Element<'a, Message> {
        let Some(menu) = self.menu else {
            return list;
        };
        let outside = mouse_area(space().width(Length::Fill).height(Length::Fill))
            .on_press(Message::Command(UserCommand::Arrange));
        let menu = container(opaque(self.menu_view(menu)))
            .width(Length::Fill)
            .align_x(Alignment::End)
            .padding([gap::XS, gap::S]);
        stack![list, outside, menu].into()
    }

    fn menu_view<'a>(&self, menu: Menu) -> Element<'a, Message> {
        let mut lines = column![].spacing(2);
        let mut number = 0;
        for (title, choices) in sections(self.list.sought.is_some()) {
            lines = lines.push(container(label(*title)).padding([gap::XS, gap::S]));
            for choice in *choices {
                lines = lines.push(self.menu_line(*choice, number == menu.at));
                number += 1;
            }
        }
        container(lines)
            .width(216)
            .padding(gap::S)
            .style(theme::container::floating)
            .into()
    }

    fn menu_line<'a>(&self, choice: Choice, is_at: bool) -> Element<'a, Message> {
        let words = text(choice.words(self.list.kind)).size(size::BODY);
        let mut line = row![words, space().width(Length::Fill)].align_y(Alignment::Center);
        if let Some(sign) = choice.sign(&self.list.chosen) {
            line = line.push(icon(sign, 16.0, |t| t.accent));
        }
        let line = button(line)
            .width(Length::Fill)
            .padding([gap::XS, gap::S])
            .style(ButtonKind::Quiet.style())
            .on_press(Message::Choose(choice));
        if is_at {
            container(line).style(theme::container::chip).into()
        } else {
            line.into()
        }
    }
}
