//! How a message is set.

use iced::widget::{column, container, row, scrollable, stack, text};
use iced::{Alignment, Length};
use waxwing::model::{Address, TextSource};

use super::enclosed::Card;
use super::page::Page;
use super::{Content, Document, Reader};
use crate::ui::app::Context;
use crate::ui::command::UserCommand;
use crate::ui::component::avatar::avatar;
use crate::ui::component::control::text_button;
use crate::ui::component::empty::empty;
use crate::ui::component::{icon, icon_button, label, tip};
use crate::ui::font;
use crate::ui::icon::Icon;
use crate::ui::screen::mail::keys::{self, READER};
use crate::ui::screen::mail::target::Target;
use crate::ui::screen::mail::{Message, State, menu, toolbar};
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space as gap};
use crate::ui::widget::{Element, focusable};

/// Lines longer than this are hard to read.
const MEASURE: f32 = 720.0;

/// A page may be wider: its own lines are as long as it says.
const WIDEST_PAGE: f32 = 1_200.0;

impl State {
    /// The reading pane.
    pub(in crate::ui::screen::mail) fn reader_view<'a>(
        &'a self,
        _context: &Context<'a>,
    ) -> Element<'a, Message> {
        if self.reader.shown.is_some() {
            // A press anywhere in it takes the keyboard there.
            let message = iced::widget::mouse_area(self.reader.view())
                .on_press(Message::Reading(keys::Message::Pressed));
            let under = self.reader.page.as_deref().and_then(Page::under_pointer);
            let message = stack![message].push(under.map(target));
            return column![self.reader.find_bar(), message].into();
        }
        match self.list.selection.len() {
            0 | 1 => empty(Icon::MailOpen, "Choose a message to read it here.", None),
            count => empty(
                Icon::List,
                format!("{} are selected.", toolbar::messages(count)),
                None,
            ),
        }
    }
}

impl Reader {
    fn view(&self) -> Element<'_, Message> {
        if self.head.from.is_none() && matches!(self.content, Content::Loading) {
            // Not even its row is here yet.
            return container(label("Loading the message…"))
                .padding(gap::XL)
                .into();
        }
        let mut title = row![
            text(self.subject())
                .size(size::TITLE)
                .font(font::SEMIBOLD)
                .line_height(1.3)
                .width(Length::Fill),
        ]
        .spacing(gap::S);
        if self.head.starred {
            title =
                title.push(container(icon(Icon::StarFilled, 18.0, |t| t.star)).padding([4.0, 0.0]));
        }
        let is_page = self.page.as_deref().is_some_and(Page::is_shown);
        let zoom = self.zoom.factor();
        let measure = zoom * if is_page { WIDEST_PAGE } else { MEASURE };
        let mut page = column![title, self.head_view()].spacing(gap::L);
        page = self.notes.push_to(page);
        page = match &self.content {
            Content::Loading => page.push(label("Loading the message…")),
            Content::Failed(error) => page.push(failed(&error.to_string())),
            Content::Here(document) => {
                if self.recipients_open {
                    page = page.push(self.details_view(document));
                }
                document.push_to(page, self)
            }
        };
        let message = scrollable(
            container(page.max_width(measure).width(Length::Fill))
                .padding([gap::XL, gap::XL])
                .width(Length::Fill),
        )
        .direction(scrollable::Direction::Vertical(
            scrollable::Scrollbar::new()
                .width(8)
                .scroller_width(6)
                .margin(2),
        ))
        .id(READER)
        .style(theme::scrollable::slim)
        .height(Length::Fill)
        .width(Length::Fill);
        // In sight wherever the link stands.
        let link = match &self.content {
            Content::Here(document) => document.body.link_view(),
            _ => None,
        };
        column![message]
            .push(link.map(|link| link.map(Message::Body)))
            .into()
    }

    /// Whom it went to, and where it is.
    fn details_view<'a>(&'a self, document: &'a Document) -> Element<'a, Message> {
        let mut lines = column![].spacing(gap::XS);
        let line = |name, what: Element<'a, Message>| {
            let what = container(what).width(Length::Fill);
            row![container(label(name)).width(72), what]
        };
        for (name, addresses) in &document.recipients {
            let all = addresses.iter().map(|one| {
                let words = if one.name.is_empty() {
                    one.address.clone()
                } else {
                    format!("{} <{}>", one.name, one.address)
                };
                let words = text(words).size(size::SMALL);
                person(words.wrapping(text::Wrapping::WordOrGlyph), one)
            });
            lines = lines.push(line(*name, row(all).spacing(gap::M).wrap().into()));
        }
        if let Some(kept) = self.head.kept {
            lines = lines.push(line("Kept", text(kept).size(size::SMALL).into()));
        }
        if let Some(words) = self.notes.signature() {
            lines = lines.push(line("Signature", words));
        }
        container(lines)
            .padding(gap::M)
            .width(Length::Fill)
            .style(theme::container::notice)
            .into()
    }

    fn head_view(&self) -> Element<'_, Message> {
        let from = self.head.from.clone().unwrap_or_default();
        let address = if from.name.is_empty() {
            String::new()
        } else {
            from.address.clone()
        };
        let disc = avatar(&from, 40.0);
        let who = row![
            text(from.short().to_owned())
                .size(size::BODY)
                .font(font::SEMIBOLD),
            text(address).size(size::LIST).style(theme::text::weak),
        ]
        .spacing(gap::S)
        .align_y(Alignment::Center)
        .wrap();
        let who = person(who, &from);
        let fold = if self.recipients_open {
            Icon::ChevronDown
        } else {
            Icon::ChevronRight
        };
        let to = iced::widget::button(
            row![
                text(&self.head.to)
                    .size(size::SMALL)
                    .style(theme::text::weak),
                icon(fold, 12.0, |t| t.text_weak),
            ]
            .spacing(gap::XS)
            .align_y(Alignment::Center),
        )
        .padding([2.0, 0.0])
        .style(Kind::Weak.style())
        .on_press(Message::Recipients);
        let to = focusable(to, Some(Message::Recipients));
        row![
            disc,
            column![who, to].width(Length::Fill),
            column![
                tip(label(self.head.date.0.as_str()), self.head.date.1.as_str()),
                self.looks_view(),
            ]
            .align_x(Alignment::End),
        ]
        .spacing(gap::M)
        .align_y(Alignment::Start)
        .into()
    }
}

impl Reader {
    /// How else the page can be shown.
    fn looks_view(&self) -> Option<Element<'_, Message>> {
        let page = self.page.as_deref().filter(|page| page.is_shown())?;
        let look = page.look();
        let button = |shown, words: &str, command: UserCommand| {
            let key = command.keys().first().map(|key| key.words());
            let words = format!("{words} ({})", key.unwrap_or_default());
            icon_button(shown, words, Some(Message::Command(command)))
        };
        let (shown, words) = if look.for_reading {
            (Icon::Mail, "As it was written")
        } else {
            (Icon::FileText, UserCommand::ForReading.label())
        };
        let mut buttons = row![button(shown, words, UserCommand::ForReading)];
        if page.is_in_the_dark() {
            let (shown, words) = if look.own_colours {
                (Icon::Moon, "Dark colours")
            } else {
                (Icon::Sun, UserCommand::Colours.label())
            };
            buttons = buttons.push(button(shown, words, UserCommand::Colours));
        }
        Some(buttons.into())
    }
}

/// Somebody, with a menu of what can be done with the address.
fn person<'a>(face: impl Into<Element<'a, Message>>, address: &Address) -> Element<'a, Message> {
    let open = Message::Menu(menu::Message::Open(Target::Address(address.clone())));
    let press = iced::widget::button(face.into())
        .padding(0)
        .style(Kind::Quiet.style())
        .on_press(open.clone());
    focusable(press, Some(open.clone())).on_menu(open).into()
}

/// Where a link really leads, at the foot of the pane as in browsers.
fn target(link: &str) -> Element<'_, Message> {
    let words = text(link).size(size::SMALL).wrapping(text::Wrapping::None);
    container(
        container(words)
            .padding([gap::XS, gap::S])
            .style(theme::container::chip),
    )
    .height(Length::Fill)
    .align_y(Alignment::End)
    .into()
}

impl Document {
    fn push_to<'a>(
        &'a self,
        mut page: iced::widget::Column<'a, Message>,
        reader: &'a Reader,
    ) -> iced::widget::Column<'a, Message> {
        let (html, epoch) = (reader.page.as_deref(), reader.epoch);
        if !self.cards.is_empty() {
            let cards = column(self.cards.iter().map(Card::view)).spacing(gap::S);
            page = page.push(Element::from(cards).map(Message::Attachment));
        }
        match html {
            Some(html) if html.is_shown() => page = page.push(html.view(epoch)),
            Some(html) => page = page.push(html.instead(epoch)),
            None if self.source == TextSource::Html => {
                page = page.push(aside("Shown as text: this message was written in HTML."));
            }
            None => {}
        }
        if html.is_some_and(Page::is_shown) {
            // Its words are on the page.
        } else if self.source == TextSource::None || self.body.is_empty() {
            page = page.push(aside("This message has no text."));
        } else {
            let text = self.body.view(reader.zoom.factor());
            page = page.push(text.map(Message::Body));
        }
        let on_page = html.is_some_and(Page::is_shown);
        match self.attachments.view(on_page) {
            Some(attachments) => page.push(attachments.map(Message::Attachment)),
            None => page,
        }
    }
}

fn aside<'a>(words: &'a str) -> Element<'a, Message> {
    text(words)
        .size(size::SMALL)
        .font(font::ITALIC)
        .style(theme::text::weak)
        .into()
}

fn failed<'a>(words: &str) -> Element<'a, Message> {
    container(
        row![
            icon(Icon::CircleAlert, 18.0, |t| t.danger),
            text(words.to_owned()).size(size::LIST).width(Length::Fill),
            text_button("Try again", Kind::Secondary, Some(Message::Retry)),
        ]
        .spacing(gap::M)
        .align_y(Alignment::Center),
    )
    .padding(gap::M)
    .style(theme::container::alert)
    .into()
}
