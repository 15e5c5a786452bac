//! How a message is set.

use iced::widget::{column, container, row, scrollable, text};
use iced::{Alignment, Length};
use waxwing::model::TextSource;

use super::enclosed::Card;
use super::page::Page;
use super::{Content, Document, Reader};
use crate::ui::app::Context;
use crate::ui::component::avatar::avatar;
use crate::ui::component::control::text_button;
use crate::ui::component::empty::empty;
use crate::ui::component::{body_text, icon, icon_button, label, tip};
use crate::ui::font;
use crate::ui::icon::Icon;
use crate::ui::screen::mail::{Message, State, toolbar};
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space as gap};
use crate::ui::widget::Element;

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
            return self.reader.view();
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
        let measure = if is_page { WIDEST_PAGE } else { MEASURE };
        let mut page = column![title, self.head_view()].spacing(gap::L);
        page = match &self.content {
            Content::Loading => page.push(label("Loading the message…")),
            Content::Failed(error) => page.push(failed(&error.to_string())),
            Content::Here(document) => {
                if self.recipients_open {
                    page = page.push(self.details_view(document));
                }
                document.push_to(page, self.page.as_deref(), self.epoch)
            }
        };
        scrollable(
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
        .style(theme::scrollable::slim)
        .height(Length::Fill)
        .width(Length::Fill)
        .into()
    }

    /// Whom it went to, and where it is.
    fn details_view<'a>(&self, document: &'a Document) -> Element<'a, Message> {
        let people = document
            .recipients
            .iter()
            .map(|(name, addresses)| (*name, addresses.as_str()));
        let lines = people
            .chain(self.head.kept.map(|kept| ("Kept", kept)))
            .map(|(name, words)| {
                row![
                    container(label(name)).width(64),
                    text(words)
                        .size(size::SMALL)
                        .wrapping(text::Wrapping::WordOrGlyph)
                        .width(Length::Fill),
                ]
                .into()
            });
        container(column(lines).spacing(gap::XS))
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
        .align_y(Alignment::Center);
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
        let to = crate::ui::widget::focusable(to, Some(Message::Recipients));
        row![
            disc,
            column![who.wrap(), to].width(Length::Fill),
            tip(label(self.head.date.0.as_str()), self.head.date.1.as_str()),
        ]
        .spacing(gap::M)
        .align_y(Alignment::Start)
        .into()
    }
}

impl Document {
    fn push_to<'a>(
        &'a self,
        mut page: iced::widget::Column<'a, Message>,
        html: Option<&'a Page>,
        epoch: u64,
    ) -> iced::widget::Column<'a, Message> {
        if !self.cards.is_empty() {
            let cards = column(self.cards.iter().map(Card::view)).spacing(gap::S);
            page = page.push(Element::from(cards).map(Message::Attachment));
        }
        if let Some(link) = self.body.link() {
            page = page.push(link_bar(link));
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
            page = page.push(self.body.view().map(Message::Body));
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

fn link_bar(link: &str) -> Element<'_, Message> {
    container(
        row![
            icon(Icon::Info, 16.0, |t| t.text_weak),
            text(link)
                .size(size::SMALL)
                .wrapping(text::Wrapping::Glyph)
                .width(Length::Fill),
            text_button(
                "Open link",
                Kind::Link,
                Some(Message::Body(body_text::Message::OpenLink))
            ),
            text_button(
                "Copy",
                Kind::Quiet,
                Some(Message::Body(body_text::Message::CopyLink))
            ),
            icon_button(
                Icon::X,
                "Close",
                Some(Message::Body(body_text::Message::CloseLink))
            ),
        ]
        .spacing(gap::S)
        .align_y(Alignment::Center),
    )
    .padding(iced::Padding {
        left: gap::M,
        ..iced::Padding::from(gap::XS)
    })
    .style(theme::container::notice)
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
