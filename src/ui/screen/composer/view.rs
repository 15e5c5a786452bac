//! How a composer looks: the head, the text, what is attached, and a bar with
//! what can be done.

use iced::widget::{
    button, column, container, row, rule, space as gap, text, text_editor, text_input,
};
use iced::{Alignment, Length, Padding};
use waxwing::model::{Account, AccountId, Address};

use super::addressing::Field;
use super::attachments::{sum_words, too_large};
use super::follow::{BODY, PATH, SUBJECT};
use super::{Message, Opening, Refusal, State, body};
use crate::ui::app::Context;
use crate::ui::component::address_field::remove_button;
use crate::ui::component::control::text_button;
use crate::ui::component::form::{self, Tone, choice};
use crate::ui::component::{bytes, date, icon, icon_button, icon_text_button, label, tip};
use crate::ui::font;
use crate::ui::icon::Icon;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space};
use crate::ui::widget::{Element, focusable};

/// Lines longer than this are hard to read.
const WIDEST: f32 = 840.0;
/// The names before the fields.
const NAMES: f32 = 56.0;
/// A line of the head.
const LINE: f32 = 26.0;

impl State {
    /// What is drawn.
    pub(crate) fn view<'a>(&'a self, context: &Context<'a>) -> Element<'a, Message> {
        let content = match &self.opening {
            Opening::Waiting => container(label("Opening…")).center(Length::Fill).into(),
            Opening::Failed(error) => failed(error.to_string()),
            Opening::Done => self.writing(context),
        };
        container(content)
            .width(Length::Fill)
            .height(Length::Fill)
            .style(theme::container::surface)
            .into()
    }

    fn writing<'a>(&'a self, context: &Context<'a>) -> Element<'a, Message> {
        let editor = text_editor(self.body.content())
            .id(BODY)
            .placeholder("Write your message")
            .size(size::BODY)
            .line_height(1.5)
            .height(Length::Fill)
            .padding([space::L, space::XL])
            .style(theme::text_input::editor)
            .key_binding(|press| body::binding(press, Message::Command));
        let editor = if self.sending {
            editor
        } else {
            editor.on_action(Message::Edit)
        };
        let sheet = column![self.head(context), editor]
            .push(self.quote_bar())
            .push(self.attached());
        column![
            container(sheet.max_width(WIDEST))
                .center_x(Length::Fill)
                .height(Length::Fill),
            self.news(),
            self.bar(context),
        ]
        .into()
    }

    fn head<'a>(&'a self, context: &Context<'a>) -> Element<'a, Message> {
        let mut lines = column![];
        if context.accounts.len() > 1 {
            lines = lines.push(self.sender_line(context.accounts)).push(line());
        }
        lines = lines.push(self.address_line(Field::To)).push(line());
        if self.head.copies {
            lines = lines
                .push(self.address_line(Field::Cc))
                .push(line())
                .push(self.address_line(Field::Bcc))
                .push(line());
        }
        let subject = text_input("", &self.subject)
            .id(SUBJECT)
            .on_input(Message::Subject)
            .padding([space::XS, 0.0])
            .size(size::BODY)
            .font(font::MEDIUM)
            .style(theme::text_input::bare);
        lines.push(named("Subject", subject)).push(line()).into()
    }

    fn address_line(&self, field: Field) -> Element<'_, Message> {
        let placeholder = match field {
            Field::To => "Names or addresses",
            Field::Cc | Field::Bcc => "",
        };
        let addresses = self
            .head
            .field(field)
            .view(placeholder)
            .map(move |message| Message::Address(field, message));
        let mut content = row![container(addresses).width(Length::Fill)]
            .spacing(space::S)
            .align_y(Alignment::Start);
        let count = self.head.field(field).len();
        if count > 9 {
            content = content.push(container(label(format!("{count} people"))).center_y(LINE));
        }
        if field == Field::To && !self.head.copies {
            let more = button(container(text("Cc, Bcc").size(size::SMALL)).center_y(Length::Fill))
                .padding([0.0, space::S])
                .height(LINE)
                .style(Kind::Weak.style())
                .on_press(Message::ShowCopies);
            content = content.push(tip(more, "Copies (Ctrl+Shift+B)"));
        }
        named(field.name(), content)
    }

    fn sender_line<'a>(&'a self, accounts: &'a [Account]) -> Element<'a, Message> {
        let face = row![
            text(self.head.from.to_string()).size(size::BODY),
            icon(Icon::ChevronDown, 14.0, |t| t.text_weak),
        ]
        .spacing(space::S)
        .align_y(Alignment::Center);
        let current = focusable(
            button(container(face).center_y(Length::Fill))
                .padding(0)
                .height(LINE)
                .style(Kind::Quiet.style())
                .on_press(Message::ChooseFrom),
            Some(Message::ChooseFrom),
        );
        let mut stack = column![current].spacing(space::XS);
        if self.head.choosing {
            let options = accounts
                .iter()
                .filter(|account| !account.disabled)
                .flat_map(|account| {
                    let addresses = account.settings.addresses().into_iter();
                    addresses.map(|address| self.sender_option(account.id, address))
                });
            stack = stack.push(
                container(column(options))
                    .padding(space::XS)
                    .style(theme::container::card),
            );
        }
        named("From", stack)
    }

    fn sender_option(&self, account: AccountId, address: Address) -> Element<'static, Message> {
        let chosen = account == self.head.account && address.same_mailbox(&self.head.from);
        let words = text(address.to_string()).size(size::LIST);
        let choice = Message::From(account, address);
        focusable(
            button(container(words).center_y(Length::Fill))
                .padding([0.0, space::S])
                .height(theme::row::CONTROL)
                .width(Length::Fill)
                .style(theme::button::row(chosen))
                .on_press(choice.clone()),
            Some(choice),
        )
        .into()
    }

    fn quote_bar(&self) -> Option<Element<'_, Message>> {
        let quoted = self.body.folded_size()?;
        let words = format!(
            "The quoted message ({}) is folded and goes along below your text.",
            bytes(quoted)
        );
        let bar = form::notice(
            Tone::Plain,
            words,
            vec![
                choice("Show it", Kind::Link, Message::Unfold),
                choice("Leave it out", Kind::Link, Message::DropQuote),
            ],
        );
        Some(container(bar).padding([space::S, space::XL]).into())
    }

    fn attached(&self) -> Option<Element<'_, Message>> {
        let mut stack = column![].spacing(space::S);
        let mut any = false;
        if !self.attachments.is_empty() {
            any = true;
            let chips = self
                .attachments
                .iter()
                .enumerate()
                .map(|(index, file)| attachment(index, &file.name, file.bytes.len() as u64));
            stack = stack
                .push(
                    row(chips)
                        .spacing(space::S)
                        .wrap()
                        .vertical_spacing(space::S),
                )
                .push(label(sum_words(&self.attachments)));
        }
        if let Some(words) = too_large(&self.attachments) {
            stack = stack.push(form::notice(Tone::Warning, words, Vec::new()));
        }
        if self.files.reading > 0 {
            any = true;
            stack = stack.push(label("Reading files…"));
        }
        if self.files.hovering {
            any = true;
            stack = stack.push(form::notice(
                Tone::Plain,
                "Drop it to attach it.",
                Vec::new(),
            ));
        }
        if let Some(path) = &self.files.path {
            any = true;
            stack = stack.push(path_line(path));
        }
        if !self.files.problems.is_empty() {
            any = true;
            stack = stack.push(form::notice(
                Tone::Danger,
                self.files.problems.join("\n"),
                vec![choice("OK", Kind::Quiet, Message::DismissProblems)],
            ));
        }
        any.then(|| {
            container(stack)
                .padding(Padding::from([space::M, space::XL]))
                .width(Length::Fill)
                .into()
        })
    }

    /// What stands between the person and sending.
    fn news(&self) -> Option<Element<'_, Message>> {
        let notice = if let Some(question) = self.question {
            form::notice(
                Tone::Warning,
                question.words(),
                vec![
                    choice(question.go_back(), Kind::Secondary, Message::Answer(false)),
                    choice(question.go_on(), Kind::Primary, Message::Answer(true)),
                ],
            )
        } else {
            match self.refusal.as_ref()? {
                Refusal::Mend(words) => form::notice(Tone::Danger, words.as_str(), Vec::new()),
                Refusal::Failed(error) => form::notice(
                    Tone::Danger,
                    format!("Not sent. {error}"),
                    vec![choice("Try again", Kind::Secondary, Message::Send)],
                ),
            }
        };
        Some(container(notice).padding([space::S, space::L]).into())
    }

    fn bar<'a>(&'a self, context: &Context<'a>) -> Element<'a, Message> {
        let idle = !self.sending;
        let send = if idle { "Send" } else { "Sending…" };
        let attach = if self.files.picking {
            "Choosing files…"
        } else {
            "Attach"
        };
        let mut bar = row![
            tip(
                icon_text_button(
                    Icon::Send,
                    send,
                    Kind::Primary,
                    idle.then_some(Message::Send)
                ),
                "Send (Ctrl+Enter)"
            ),
            icon_text_button(
                Icon::Paperclip,
                attach,
                Kind::Quiet,
                (idle && !self.files.picking).then_some(Message::Attach),
            ),
        ]
        .spacing(space::S)
        .align_y(Alignment::Center);
        if self.files.picking && self.files.path.is_none() {
            bar = bar.push(text_button(
                "Type a path instead",
                Kind::Link,
                Some(Message::Path(Some(String::new()))),
            ));
        }
        bar = bar
            .push(gap().width(Length::Fill))
            .push(self.saved_words(context))
            .push(icon_button(
                Icon::Trash2,
                "Discard",
                idle.then_some(Message::Discard),
            ));
        let bar = container(bar)
            .padding([space::S, space::L])
            .width(Length::Fill)
            .style(theme::container::bar);
        column![line(), bar].into()
    }

    fn saved_words<'a>(&'a self, context: &Context<'a>) -> Element<'a, Message> {
        if let Some(error) = &self.saving.failure {
            let words = text(format!("Not saved: {}", error.message()))
                .size(size::SMALL)
                .style(theme::text::danger);
            return row![words, text_button("Save", Kind::Link, Some(Message::Save))]
                .align_y(Alignment::Center)
                .into();
        }
        if self.saving.is_running() {
            return label("Saving…");
        }
        match &self.saving.at {
            Some(at) => label(format!("Saved {}", date::ago(at, &context.now))),
            None if self.saving.is_touched() => label("Not saved yet"),
            None => gap().into(),
        }
    }
}

fn failed<'a>(words: String) -> Element<'a, Message> {
    let stack = column![
        text(words).size(size::BODY),
        text_button("Try again", Kind::Secondary, Some(Message::Retry)),
    ]
    .spacing(space::M)
    .max_width(WIDEST / 2.0)
    .align_x(Alignment::Center);
    container(stack)
        .center(Length::Fill)
        .padding(space::XL)
        .into()
}

fn line<'a>() -> Element<'a, Message> {
    rule::horizontal(1).style(theme::rule).into()
}

/// A line of the head: a name and what belongs to it.
fn named<'a>(name: &'a str, content: impl Into<Element<'a, Message>>) -> Element<'a, Message> {
    row![
        container(label(name)).width(NAMES).center_y(LINE),
        container(content).width(Length::Fill),
    ]
    .spacing(space::S)
    .padding([space::S, space::XL])
    .into()
}

fn attachment<'a>(index: usize, name: &'a str, length: u64) -> Element<'a, Message> {
    let shown = if name.chars().count() > 40 {
        let start: String = name.chars().take(28).collect();
        let end: String = name.chars().skip(name.chars().count() - 10).collect();
        format!("{start}…{end}")
    } else {
        name.to_owned()
    };
    let face = row![
        icon(Icon::File, 14.0, |t| t.text_weak),
        text(shown).size(size::LIST),
        label(bytes(length)),
        focusable(
            remove_button(Message::RemoveAttachment(index)),
            Some(Message::RemoveAttachment(index))
        ),
    ]
    .spacing(space::S)
    .align_y(Alignment::Center);
    container(face)
        .padding(Padding::default().left(space::S))
        .style(theme::container::chip)
        .into()
}

fn path_line(path: &str) -> Element<'_, Message> {
    let field = form::field(PATH, "/home/you/report.pdf", path, |path| {
        Message::Path(Some(path))
    })
    .on_submit(Message::AttachPath);
    column![
        label("No file dialog came up. Type where the file is, or drop it here:"),
        row![
            field,
            text_button("Attach", Kind::Secondary, Some(Message::AttachPath)),
            icon_button(Icon::X, "Close", Some(Message::Path(None))),
        ]
        .spacing(space::S)
        .align_y(Alignment::Center),
    ]
    .spacing(space::XS)
    .into()
}
