//! What is attached to the message being read.

use iced::advanced::image::Handle;
use iced::widget::{button, column, container, image, row, space, text};
use iced::{Alignment, ContentFit, Length};
use waxwing::html::page::Picture;
use waxwing::model::{Attachment, Email, PartId};

use crate::ui::component::control::{focusable_button, text_button};
use crate::ui::component::{bytes, icon, icon_button, label};
use crate::ui::font;
use crate::ui::icon::Icon;
use crate::ui::screen::mail::attachment::{Message, Wanted};
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space as gap};
use crate::ui::widget::Element;

/// The side of a small picture.
const THUMBNAIL: f32 = 40.0;

/// In pixels of the screen, enough for any screen.
pub(crate) const THUMBNAIL_PIXELS: u32 = 96;

/// Attachments made ready to show.
#[derive(Debug, Default)]
pub(super) struct Attachments {
    chips: Vec<Chip>,
    /// How far the one is that is being fetched.
    coming: Option<String>,
}

#[derive(Debug)]
struct Chip {
    attachment: Attachment,
    icon: Icon,
    /// What it is, where that is dangerous, and its size.
    words: String,
    picture: Option<Handle>,
}

fn icon_of(attachment: &Attachment) -> Icon {
    if attachment.danger.is_some() {
        return Icon::TriangleAlert;
    }
    match attachment.content_type.split('/').next() {
        Some("image") => Icon::Image,
        Some("text") => Icon::FileText,
        Some("message") => Icon::Mail,
        _ if attachment.content_type == "application/pdf" => Icon::FileText,
        _ => Icon::File,
    }
}

impl Chip {
    fn new(attachment: &Attachment) -> Self {
        let size = bytes(attachment.size);
        let size = if attachment.here {
            size
        } else {
            format!("{size}, on the server")
        };
        let words = match attachment.danger {
            Some(danger) if danger.disguised => {
                format!("{} in disguise · {size}", danger.what())
            }
            Some(danger) => format!("{} · {size}", danger.what()),
            None => size,
        };
        Self {
            icon: icon_of(attachment),
            words,
            attachment: attachment.clone(),
            picture: None,
        }
    }

    fn view(&self, number: usize) -> Element<'_, Message> {
        let dangerous = self.attachment.danger.is_some();
        let sign: Element<'_, Message> = match &self.picture {
            Some(picture) => image(picture.clone())
                .width(THUMBNAIL)
                .height(THUMBNAIL)
                .content_fit(ContentFit::Contain)
                .border_radius(4.0)
                .into(),
            None if dangerous => icon(self.icon, 20.0, |t| t.danger),
            None => icon(self.icon, 20.0, |t| t.text_weak),
        };
        let style = if dangerous {
            theme::text::danger
        } else {
            theme::text::weak
        };
        let face = row![
            sign,
            column![
                text(shortened(&self.attachment.name))
                    .size(size::LIST)
                    .font(font::MEDIUM)
                    .wrapping(text::Wrapping::None),
                text(self.words.as_str()).size(size::SMALL).style(style),
            ],
        ]
        .spacing(gap::M)
        .align_y(Alignment::Center);
        let open = button(face)
            .padding([gap::XS, gap::S])
            .style(Kind::Quiet.style());
        let open = focusable_button(open, Message::Open(number));
        let save = Message::Save(Wanted::One(number));
        container(
            row![open, icon_button(Icon::Download, "Save…", Some(save))]
                .spacing(gap::XS)
                .align_y(Alignment::Center),
        )
        .padding(gap::XS)
        .style(theme::container::chip)
        .into()
    }
}

impl Attachments {
    pub(super) fn new(email: &Email) -> Self {
        Self {
            chips: email.attachments.iter().map(Chip::new).collect(),
            coming: None,
        }
    }

    /// The one with that number.
    pub(super) fn get(&self, number: usize) -> Option<&Attachment> {
        self.chips.get(number).map(|chip| &chip.attachment)
    }

    /// Whether some are not on this computer.
    pub(super) fn waits(&self) -> bool {
        self.chips.iter().any(|chip| !chip.attachment.here)
    }

    /// Those that do no harm.
    pub(super) fn harmless(&self) -> Vec<PartId> {
        let all = self.chips.iter().map(|chip| &chip.attachment);
        all.filter(|attachment| attachment.danger.is_none())
            .map(|attachment| attachment.part)
            .collect()
    }

    /// The names of the others.
    pub(super) fn held(&self) -> Vec<&str> {
        let all = self.chips.iter().map(|chip| &chip.attachment);
        all.filter(|attachment| attachment.danger.is_some())
            .map(|attachment| attachment.name.as_str())
            .collect()
    }

    /// Those of which small pictures can be made.
    pub(super) fn pictures(&self) -> Vec<PartId> {
        let all = self.chips.iter().filter(|chip| chip.icon == Icon::Image);
        all.filter(|chip| chip.attachment.here && chip.picture.is_none())
            .map(|chip| chip.attachment.part)
            .collect()
    }

    /// Takes small pictures in.
    pub(super) fn thumbnails(&mut self, pictures: Vec<(PartId, Picture)>) {
        for (part, picture) in pictures {
            let mut chips = self.chips.iter_mut();
            if let Some(chip) = chips.find(|chip| chip.attachment.part == part) {
                let Picture {
                    width,
                    height,
                    rgba,
                } = picture;
                chip.picture = Some(Handle::from_rgba(width, height, rgba));
            }
        }
    }

    /// One is on its way.
    pub(super) fn coming(&mut self, done: u64, total: u64) {
        let words = format!("Fetching: {} of {}", bytes(done), bytes(total));
        self.coming = (done < total).then_some(words);
    }

    /// What was on its way is here, or will not be.
    pub(super) fn nothing_comes(&mut self) {
        self.coming = None;
    }

    /// All of them; on a page those are left out that it shows itself.
    pub(super) fn view(&self, on_page: bool) -> Option<Element<'_, Message>> {
        let shown = |chip: &Chip| !(on_page && chip.attachment.inline);
        let chips: Vec<_> = self.chips.iter().enumerate().collect();
        let chips: Vec<_> = chips.into_iter().filter(|(_, chip)| shown(chip)).collect();
        if chips.is_empty() {
            return None;
        }
        let all: u64 = chips.iter().map(|(_, chip)| chip.attachment.size).sum();
        let count = match chips.len() {
            1 => "1 attachment".to_owned(),
            count => format!("{count} attachments · {}", bytes(all)),
        };
        let mut heading = row![label(count)]
            .spacing(gap::M)
            .align_y(Alignment::Center);
        if let Some(coming) = &self.coming {
            heading = heading.push(label(coming.as_str()));
        }
        if chips.len() > 1 {
            let save = Message::Save(Wanted::All);
            heading = heading.push(space().width(Length::Fill)).push(text_button(
                "Save all…",
                Kind::Link,
                Some(save),
            ));
        }
        let chips = chips.into_iter().map(|(number, chip)| chip.view(number));
        Some(
            column![
                iced::widget::rule::horizontal(1).style(theme::rule),
                heading,
                row(chips).spacing(gap::S).wrap().vertical_spacing(gap::S),
            ]
            .spacing(gap::M)
            .into(),
        )
    }
}

/// A long name keeps its beginning and its ending.
fn shortened(name: &str) -> String {
    const MOST: usize = 36;
    let count = name.chars().count();
    if count <= MOST {
        return name.to_owned();
    }
    let start: String = name.chars().take(MOST - 12).collect();
    let end: String = name.chars().skip(count - 11).collect();
    format!("{start}…{end}")
}
