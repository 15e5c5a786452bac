//! How the page looks.

use iced::widget::{column, container, row, text};
use iced::{Alignment, Length};
use waxwing::config::settings::{CheckSignatures, MarkRead};

use super::{Message, State, Whose, sender};
use crate::ui::component::control::text_button;
use crate::ui::component::sheet::{WIDE, foot, heading, page, title};
use crate::ui::component::{form, icon_button, label};
use crate::ui::icon::Icon;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space};
use crate::ui::widget::Element;

/// When messages count as read, in words.
const WHEN: [(&str, MarkRead); 5] = [
    ("At once", MarkRead::AtOnce),
    ("1 second", MarkRead::AfterSeconds(1)),
    ("3 seconds", MarkRead::AfterSeconds(3)),
    ("10 seconds", MarkRead::AfterSeconds(10)),
    ("By hand", MarkRead::ByHand),
];

impl State {
    /// The page.
    pub(crate) fn view(&self) -> Element<'_, Message> {
        let mut stack = column![
            title("Reading", "How messages are shown."),
            self.mark_view(),
            self.pictures_view(),
            self.signatures_view(),
        ]
        .spacing(space::XL);
        if !self.reading.original_colours_from.is_empty() {
            stack = stack.push(self.colours_view());
        }
        let back = text_button("Back", Kind::Secondary, Some(Message::Back));
        container(page(stack, WIDE, foot(back, [])))
            .width(Length::Fill)
            .height(Length::Fill)
            .style(theme::container::surface)
            .into()
    }

    fn mark_view(&self) -> Element<'_, Message> {
        let now = self.reading.mark_read;
        let choices = WHEN.map(|(name, when)| (name, now == when, Some(Message::MarkRead(when))));
        let head = heading(
            "Mark as read",
            "How long a message is looked at before it counts as read. By hand, only the key \
             Shift+I and the button above the message do it.",
        );
        let mut stack = column![head, form::segments(choices)].spacing(space::M);
        if let MarkRead::AfterSeconds(seconds) = now
            && WHEN.iter().all(|(_, when)| *when != now)
        {
            stack = stack.push(label(format!("Now: after {seconds} seconds.")));
        }
        stack.into()
    }

    fn pictures_view(&self) -> Element<'_, Message> {
        let add = sender(&self.typed).map(|_| Message::Add);
        let field = form::field(
            "pictures-from",
            "Address or domain",
            &self.typed,
            Message::Typed,
        );
        let line = row![
            field.on_submit(Message::Add),
            text_button("Allow", Kind::Secondary, add)
        ]
        .spacing(space::S)
        .align_y(Alignment::Center);
        let head = heading(
            "Pictures from elsewhere",
            "Whoever keeps such pictures learns that a message was opened, when, and from where. \
             They are fetched by themselves only in mail from these senders; all others ask.",
        );
        column![
            head,
            list(Whose::Pictures, &self.reading.pictures_from),
            line
        ]
        .spacing(space::M)
        .into()
    }

    fn signatures_view(&self) -> Element<'_, Message> {
        let now = self.reading.check_signatures;
        let choice = |name, when| (name, now == when, Some(Message::CheckSignatures(when)));
        let choices = [
            choice("Only when I ask", CheckSignatures::WhenAsked),
            choice(
                "Where my server says nothing",
                CheckSignatures::IfServerSilent,
            ),
        ];
        let head = heading(
            "Check signatures myself",
            "A signature shows who sent a message and that nobody changed it. Most servers check \
             it. A check here asks the sender’s domain for its key, which can tell the sender \
             that the message was opened. Unasked, only domains of providers and of people you \
             wrote to are asked.",
        );
        column![head, form::segments(choices)]
            .spacing(space::M)
            .into()
    }

    fn colours_view(&self) -> Element<'_, Message> {
        let head = heading(
            "Original colours",
            "Mail from these senders keeps its own colours in a dark window.",
        );
        let list = list(Whose::Colours, &self.reading.original_colours_from);
        column![head, list].spacing(space::M).into()
    }
}

fn list(whose: Whose, senders: &[String]) -> Element<'_, Message> {
    if senders.is_empty() {
        return label("Nobody yet.");
    }
    let lines = senders.iter().map(|sender| {
        let words = match sender.strip_prefix('@') {
            Some(domain) => format!("Everybody at {domain}"),
            None => sender.clone(),
        };
        let words = text(words)
            .size(size::BODY)
            .wrapping(text::Wrapping::WordOrGlyph)
            .width(Length::Fill);
        let away = Message::Remove(whose, sender.clone());
        row![
            words,
            icon_button(Icon::Trash2, "Take off the list", Some(away))
        ]
        .spacing(space::M)
        .align_y(Alignment::Center)
        .into()
    });
    container(column(lines))
        .padding([space::S, space::L])
        .width(Length::Fill)
        .style(form::group)
        .into()
}
