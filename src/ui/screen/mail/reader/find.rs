//! Words of the message that is being read.

use iced::widget::{container, row, text_input};
use iced::{Alignment, Length, Task};

use super::{Content, Reader};
use crate::ui::component::{icon_button, label};
use crate::ui::icon::Icon;
use crate::ui::screen::mail::Message as MailMessage;
use crate::ui::screen::mail::keys;
use crate::ui::screen::mail::toolbar::{bar, grouped};
use crate::ui::theme::{self, size, space as gap};
use crate::ui::widget::Element;
use crate::ui::widget::marked::FOUND;
use crate::ui::widget::reveal;

fn sent(message: Message) -> MailMessage {
    MailMessage::Reading(keys::Message::Find(message))
}

/// The name of the field.
const FIELD: &str = "find-field";

/// The widest the field is.
const WIDEST: f32 = 320.0;

/// What is looked for.
#[derive(Debug, Default)]
pub(crate) struct Find {
    words: String,
    /// Which one is looked at, and how many there are.
    number: usize,
    count: usize,
}

/// What happens while one looks for words.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// Something else is typed.
    Typed(String),
    /// On to the next one.
    Next,
    /// Back to the one before.
    Previous,
    /// Look for nothing any more.
    Close,
}

impl Find {
    /// "3 of 12".
    fn words(&self) -> String {
        match (self.words.is_empty(), self.count) {
            (true, _) => String::new(),
            (false, 0) => "Not found".to_owned(),
            (false, count) => format!("{} of {}", grouped(self.number + 1), grouped(count)),
        }
    }
}

impl Reader {
    /// Asks what to look for, or lets it be typed anew.
    pub(crate) fn open_find(&mut self) -> Task<MailMessage> {
        self.find.get_or_insert_default();
        use iced::widget::operation::{focus, select_all};
        focus(FIELD).chain(select_all(FIELD))
    }

    /// Whether words are looked for.
    pub(crate) fn finds(&self) -> bool {
        self.find.is_some()
    }

    /// Follows what happened.
    pub(crate) fn find_update(&mut self, message: Message) -> Task<MailMessage> {
        let Some(find) = &mut self.find else {
            return Task::none();
        };
        match message {
            Message::Typed(words) => {
                find.words = words;
                find.number = 0;
            }
            Message::Next => find.number = (find.number + 1).checked_rem(find.count).unwrap_or(0),
            Message::Previous => {
                let before = (find.number + find.count).saturating_sub(1);
                find.number = before.checked_rem(find.count).unwrap_or(0);
            }
            Message::Close => {
                self.find = None;
            }
        }
        self.look()
    }

    /// Looks for the words in what is shown.
    pub(super) fn look(&mut self) -> Task<MailMessage> {
        let (words, number) = match &self.find {
            Some(find) => (find.words.clone(), find.number),
            None => (String::new(), 0),
        };
        if let Some(page) = self.page.as_mut().filter(|page| page.is_shown()) {
            let epoch = self.epoch;
            let asked = page.seek(words, number);
            return asked.map(move |message| MailMessage::Page(epoch, message));
        }
        if let Content::Here(document) = &mut self.content {
            let count = document.body.find(&words, number);
            if let Some(find) = &mut self.find {
                find.count = count;
            }
        }
        reveal::show(FOUND.into())
    }

    /// What was found on the page.
    pub(super) fn found(&mut self, number: usize, count: usize) {
        if let Some(find) = &mut self.find {
            (find.number, find.count) = (number, count);
        }
    }

    /// The bar with the field; nothing where nothing is looked for.
    pub(crate) fn find_bar(&self) -> Option<Element<'_, MailMessage>> {
        let find = self.find.as_ref()?;
        let some = |message: Message| Some(sent(message));
        let many = |message: Message| some(message).filter(|_| find.count > 1);
        let field = text_input("Find in this message", &find.words)
            .id(FIELD)
            .on_input(|words| sent(Message::Typed(words)))
            .on_submit(MailMessage::Reading(keys::Message::FindOn))
            .size(size::BODY)
            .padding([6.0, gap::M])
            .style(theme::text_input::judged(
                !find.words.is_empty() && find.count == 0,
            ));
        let line = row![
            container(field).max_width(WIDEST).width(Length::Fill),
            label(find.words()),
            icon_button(
                Icon::ChevronUp,
                "Previous (Shift+F3)",
                many(Message::Previous)
            ),
            icon_button(Icon::ChevronDown, "Next (F3)", many(Message::Next)),
            iced::widget::space::horizontal(),
            icon_button(Icon::X, "Close (Esc)", some(Message::Close)),
        ]
        .spacing(gap::S)
        .align_y(Alignment::Center);
        Some(bar(line))
    }
}
