//! The field, and the lines beneath it: what was searched, what was found, what
//! was not understood.

use iced::widget::{column, container, row, rule, stack, text, text_input};
use iced::{Alignment, Length};

use super::follow::FIELD;
use super::{Message, Search, Servers, Told};
use crate::ui::app::Context;
use crate::ui::command::UserCommand;
use crate::ui::component::control::text_button;
use crate::ui::component::empty::empty;
use crate::ui::component::{form, icon, icon_button, label};
use crate::ui::icon::Icon;
use crate::ui::screen::mail::list::List;
use crate::ui::screen::mail::toolbar::{self, bar, grouped};
use crate::ui::screen::mail::{Message as MailMessage, State};
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space as gap};
use crate::ui::widget::Element;

/// The widest the choice of where to search is.
const SCOPE: f32 = 216.0;
/// A longer name does not fit into it.
const LONG: usize = 11;

fn press(message: Message) -> Option<MailMessage> {
    Some(MailMessage::Search(message))
}

impl State {
    /// The bar with the field, in place of the one above the list.
    pub(in crate::ui::screen::mail) fn search_bar<'a>(
        &'a self,
        search: &'a Search,
    ) -> Element<'a, MailMessage> {
        let input = text_input("Words, people, from:, in:, …", &search.text)
            .id(FIELD)
            .on_input(|text| MailMessage::Search(Message::Typed(text)))
            .on_submit(MailMessage::Search(Message::Submitted))
            .size(size::BODY)
            .padding(iced::Padding::from([6.0, gap::M]).left(32.0))
            .style(theme::text_input::field);
        let sign = container(icon(Icon::Search, 16.0, |t| t.text_weak))
            .padding(iced::Padding::ZERO.left(10.0))
            .center_y(Length::Fill);
        let field = container(stack![input, sign]).width(Length::Fill);
        let mut line = row![].spacing(gap::XS).align_y(Alignment::Center);
        if self.panes.is_narrow() || self.panes.sidebar_hidden {
            let toggle = UserCommand::ToggleSidebar;
            let message = MailMessage::Command(toggle);
            line = line.push(icon_button(toggle.icon(), toggle.tip(), Some(message)));
        }
        let close = icon_button(Icon::X, "End the search (Esc)", press(Message::Close));
        bar(line.push(field).push(close))
    }

    /// What was searched and found. Nothing where nothing is looked for.
    pub(in crate::ui::screen::mail) fn search_lines<'a>(
        &'a self,
        search: &'a Search,
        context: &Context<'a>,
    ) -> Option<Element<'a, MailMessage>> {
        let remarks = search.remarks.iter().map(|words| note(words));
        if !search.shows_results() {
            let only = !search.remarks.is_empty();
            return only.then(|| lines(column(remarks)));
        }
        let best = self.list.chosen.relevance;
        let order = if best { "Best first" } else { "By date" };
        let order = text_button(order, Kind::Weak, press(Message::BestFirst(!best)));
        let arrange = UserCommand::Arrange;
        let arrange = icon_button(
            arrange.icon(),
            arrange.tip(),
            Some(MailMessage::Command(arrange)),
        );
        let first = row![
            container(container(self.scope(search)).max_width(SCOPE)).width(Length::Fill),
            order,
            arrange,
        ]
        .spacing(gap::XS)
        .align_y(Alignment::Center);
        let second = row![container(label(counted(search, &self.list))).width(Length::Fill)]
            .spacing(gap::XS)
            .align_y(Alignment::Center)
            .extend(self.keeping(context));
        let told = search.told.as_ref();
        let notices = told.into_iter().flat_map(|told| &told.notices);
        let notes = remarks.chain(notices.map(|words| note(words)));
        let stack = column![first, second].spacing(gap::XS).extend(notes);
        Some(lines(stack.extend(search.servers_view(told))))
    }

    fn scope<'a>(&'a self, search: &'a Search) -> Element<'a, MailMessage> {
        let home = search.home.and_then(|home| self.sidebar.name(home));
        let home = home.map(|name| match name.chars().count() {
            0..=LONG => name,
            _ => "This folder",
        });
        let one = [(
            "Everywhere",
            search.everywhere,
            press(Message::Everywhere(true)),
        )];
        let here = home.map(|name| (name, !search.everywhere, press(Message::Everywhere(false))));
        form::segments(one.into_iter().chain(here))
    }

    /// What can be done with the search itself.
    fn keeping<'a>(&self, context: &Context<'a>) -> Vec<Element<'a, MailMessage>> {
        match self.saved(context) {
            Some(_) => vec![
                icon_button(Icon::Pencil, "Another name", press(Message::Name)),
                icon_button(Icon::Trash2, "Keep it no longer", press(Message::Remove)),
            ],
            None => vec![icon_button(
                Icon::Bookmark,
                "Keep this search among the folders",
                press(Message::Name),
            )],
        }
    }

    /// What stands in place of results where there are none.
    pub(in crate::ui::screen::mail) fn nothing_found<'a>(
        &'a self,
        search: &'a Search,
    ) -> Element<'a, MailMessage> {
        if !self.list.chosen.filter.is_empty() {
            return empty(Icon::Search, self.nothing_here(), None);
        }
        let way_on = if !search.everywhere {
            Some((
                "Search everywhere",
                MailMessage::Search(Message::Everywhere(true)),
            ))
        } else if matches!(search.servers, Servers::NotAsked) {
            Some(("Ask the servers", MailMessage::Search(Message::AskServers)))
        } else {
            None
        };
        empty(
            Icon::Search,
            format!("Nothing was found for “{}”.", search.text.trim()),
            way_on,
        )
    }
}

impl Search {
    /// What the servers are for, were asked, or said.
    fn servers_view<'a>(&'a self, told: Option<&'a Told>) -> Option<Element<'a, MailMessage>> {
        let asks = |words: &'a str| text_button(words, Kind::Link, press(Message::AskServers));
        let (words, button) = match &self.servers {
            Servers::NotAsked => {
                let words = match told.map_or(0, |told| told.uncovered) {
                    0 => String::new(),
                    1 => "The text of 1 message is not searched: it is not here.".to_owned(),
                    count => {
                        let count = grouped(usize::try_from(count).unwrap_or(usize::MAX));
                        format!("The texts of {count} messages are not searched: not here yet.")
                    }
                };
                if words.is_empty() {
                    return None;
                }
                (vec![words], Some(asks("Ask the servers")))
            }
            Servers::Asked => (vec!["Asking the servers…".to_owned()], None),
            Servers::Answered { words, .. } => (words.clone(), None),
            Servers::Failed(error) => (vec![error.to_string()], Some(asks("Try again"))),
        };
        let words = column(words.into_iter().map(label)).width(Length::Fill);
        let line = row![words]
            .push(button)
            .spacing(gap::S)
            .align_y(Alignment::Center);
        Some(line.into())
    }
}

fn lines<'a>(content: iced::widget::Column<'a, MailMessage>) -> Element<'a, MailMessage> {
    let content = container(content.spacing(gap::XS))
        .padding([gap::S, gap::M])
        .width(Length::Fill)
        .style(theme::container::bar);
    column![content, rule::horizontal(1).style(theme::rule)].into()
}

/// How many were found.
fn counted(search: &Search, list: &List) -> String {
    let count = list.messages();
    match (count, &search.told) {
        (_, None) => "Searching…".to_owned(),
        (0, _) => "No message found".to_owned(),
        (100_000.., _) => "The first 100,000 messages found".to_owned(),
        (count, _) => format!("{} found", toolbar::messages(count)),
    }
}

/// Something that was not understood.
fn note<'a>(words: &'a str) -> Element<'a, MailMessage> {
    row![
        container(icon(Icon::Info, 14.0, |t| t.warning)).padding([1.0, 0.0]),
        text(words).size(size::SMALL).width(Length::Fill),
    ]
    .spacing(gap::S)
    .into()
}
