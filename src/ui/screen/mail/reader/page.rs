//! The message as a page: what is asked of the child that lays it out, one
//! question at a time, and what came back.

use std::sync::Arc;

use iced::advanced::image::Handle as Pixels;
use iced::widget::{column, container, row, text};
use iced::{Alignment, Length, Point, Rectangle, Size, Task, mouse};
use waxwing::engine::{HtmlMail, PrintLook, Viewer};
use waxwing::html::page::{Extent, Found, Frame, Hit, Link, Picture, Reach, Spot};
use waxwing::{Error, Result};

use crate::ui::component::control::text_button;
use crate::ui::component::icon;
use crate::ui::icon::Icon;
use crate::ui::screen::mail::Message as MailMessage;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space as gap};
use crate::ui::widget::Element;
use crate::ui::widget::marked::FOUND;
use crate::ui::widget::page_view::{Ground, Happened, InSight, Mark, PageView, Shown};
use crate::ui::widget::reveal;

/// So much above and below what is in sight is painted with it, so that small
/// steps need no new picture.
const AROUND: f32 = 240.0;

/// What a page does not wait for looks like this meanwhile.
const UNKNOWN_HEIGHT: f32 = 400.0;

/// The pointer has to move so far before the press becomes a selection.
const STILL: f32 = 4.0;

/// What happens to a page.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// On the page itself.
    Happened(Happened),
    /// The message was read as HTML.
    Read(Result<Option<Arc<HtmlMail>>>),
    /// The child answered.
    Answered(Result<Answer>),
    /// Show it as text, or as a page again.
    AsText(bool),
    /// Fetch its pictures, and those of whoever is named from now on.
    Pictures(Option<String>),
    /// Put the selection on the clipboard.
    Copied(Result<String>),
}

/// What the child answered.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// It is laid out for that frame.
    LaidOut(Frame, Extent),
    /// It is painted from there, so large.
    Painted(Frame, f32, Size, Pixels),
    /// That is there.
    Hit(Point, Hit),
    /// It is selected.
    Selected,
    /// The words stand there.
    Found(Found),
}

/// Words that are looked for.
#[derive(Debug, Clone)]
struct Seek {
    words: String,
    /// Which one is to be in sight.
    number: usize,
    /// Whether that was asked for.
    asked: bool,
    /// Whether it is to be scrolled into sight.
    reveal: bool,
}

/// A message as a page.
#[derive(Debug)]
pub(crate) struct Page {
    mail: Option<Arc<HtmlMail>>,
    viewer: Viewer,
    /// Whether it is shown as text instead.
    pub(crate) as_text: bool,
    /// Why it cannot be shown.
    failed: Option<Error>,
    /// Pixels of the screen for each of the window.
    pixels: f32,
    in_sight: Option<InSight>,
    laid_out: Option<Frame>,
    extent: Extent,
    shown: Option<Shown>,
    painted: Option<Frame>,
    /// Whether an answer is on its way.
    busy: bool,
    /// Whether the picture is not what the page looks like by now.
    stale: bool,
    over: Option<Point>,
    asked_over: Option<Point>,
    hit: Hit,
    pressed: Option<(Point, Reach)>,
    select: Option<(Point, Point, Reach)>,
    seek: Option<Seek>,
    found: Found,
    /// Who wrote it.
    from: String,
    look: Look,
}

/// How a page is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Look {
    /// How much larger than usual.
    pub(crate) zoom: f32,
    /// In its own colours, in a dark window too.
    pub(crate) own_colours: bool,
    /// Set for reading, without its own looks.
    pub(crate) for_reading: bool,
}

impl Page {
    /// The page of a message that is being read.
    pub(crate) fn new(viewer: Viewer, pixels: f32, look: Look, from: String) -> Self {
        Self {
            mail: None,
            viewer,
            as_text: false,
            failed: None,
            pixels,
            in_sight: None,
            laid_out: None,
            extent: Extent::default(),
            shown: None,
            painted: None,
            busy: false,
            stale: false,
            over: None,
            asked_over: None,
            hit: Hit::default(),
            pressed: None,
            select: None,
            seek: None,
            found: Found::default(),
            from,
            look,
        }
    }

    /// The window has other pixels.
    pub(crate) fn pixels_changed(&mut self, pixels: f32) {
        self.pixels = pixels;
    }

    /// Whether it is known how high it is.
    pub(crate) fn is_laid_out(&self) -> bool {
        self.laid_out.is_some()
    }

    /// How it is shown.
    pub(crate) fn look(&self) -> Look {
        self.look
    }

    /// It is to be shown in another way.
    pub(crate) fn set_look(&mut self, look: Look) -> Task<Message> {
        if self.look.for_reading != look.for_reading {
            self.laid_out = None;
            self.hit = Hit::default();
        }
        self.look = look;
        self.next()
    }

    /// Who wrote it.
    pub(crate) fn from(&self) -> &str {
        &self.from
    }

    /// Whether the window is dark.
    pub(crate) fn is_in_the_dark(&self) -> bool {
        self.in_sight
            .is_some_and(|in_sight| in_sight.dark.is_some())
    }

    /// Where the link leads that the pointer is on.
    pub(crate) fn under_pointer(&self) -> Option<&str> {
        self.hit
            .link
            .as_ref()
            .filter(|_| self.is_shown())
            .map(|link| link.target.as_str())
    }

    /// Looks for words and shows those with this number; without words, marks
    /// nothing any more.
    pub(crate) fn seek(&mut self, words: String, number: usize) -> Task<Message> {
        self.seek = Some(Seek {
            reveal: !words.is_empty(),
            words,
            number,
            asked: false,
        });
        self.next()
    }

    /// Which words are looked at, and how many there are.
    pub(crate) fn found(&self) -> (usize, usize) {
        (self.found.number, self.found.count)
    }

    /// Whether its pictures from elsewhere were fetched.
    pub(crate) fn has_pictures(&self) -> bool {
        self.mail.as_ref().is_some_and(|mail| mail.with_pictures)
    }

    /// How it is printed: as it is shown.
    pub(crate) fn print_look(&self) -> PrintLook {
        if !self.is_shown() {
            PrintLook::Text
        } else if self.look.for_reading {
            PrintLook::ForReading
        } else {
            PrintLook::Own
        }
    }

    /// Whether the page is what is shown.
    pub(crate) fn is_shown(&self) -> bool {
        !self.as_text && self.failed.is_none()
    }

    /// Follows what happened; the link that was pressed, if one was.
    pub(crate) fn update(&mut self, message: Message) -> (Option<Link>, Task<Message>) {
        let (mut link, mut reveal) = (None, Task::none());
        match message {
            Message::Happened(happened) => link = self.happened(happened),
            Message::Read(Ok(Some(mail))) => {
                self.mail = Some(mail);
                self.laid_out = None;
            }
            Message::Read(Ok(None)) => self.as_text = true,
            Message::Read(Err(error)) | Message::Answered(Err(error)) => {
                self.busy = false;
                self.failed = Some(error);
            }
            Message::Answered(Ok(answer)) => {
                self.busy = false;
                let found = matches!(answer, Answer::Found(_));
                self.answered(answer);
                let wanted = self.seek.as_mut().filter(|seek| found && seek.asked);
                if wanted.is_some_and(|seek| std::mem::take(&mut seek.reveal)) {
                    reveal = reveal::show(FOUND.into());
                }
            }
            Message::AsText(as_text) => self.as_text = as_text,
            Message::Pictures(_) | Message::Copied(_) => {}
        }
        (link, Task::batch([reveal, self.next()]))
    }

    fn happened(&mut self, happened: Happened) -> Option<Link> {
        match happened {
            Happened::InSight(in_sight) => self.in_sight = Some(in_sight),
            Happened::Over(at) => self.over = Some(at),
            Happened::Left => {
                (self.over, self.asked_over) = (None, None);
                self.hit = Hit::default();
            }
            Happened::Pressed(at, times) => {
                let reach = match times {
                    2 => Reach::Words,
                    3 => Reach::Paragraphs,
                    _ => Reach::Letters,
                };
                self.pressed = Some((at, reach));
                self.select = Some((at, at, reach));
            }
            Happened::Dragged(at) => {
                if let Some((from, reach)) = self.pressed
                    && from.distance(at) > STILL
                {
                    self.select = Some((from, at, reach));
                }
            }
            Happened::Released(at) => {
                let pressed = self.pressed.take();
                if let Some((from, Reach::Letters)) = pressed
                    && from.distance(at) <= STILL
                {
                    return self.hit.link.clone();
                }
            }
        }
        None
    }

    fn answered(&mut self, answer: Answer) {
        match answer {
            Answer::LaidOut(frame, extent) => {
                self.laid_out = Some(frame);
                self.extent = extent;
                self.stale = true;
                // The words stand elsewhere now.
                if let Some(seek) = &mut self.seek {
                    seek.asked = seek.words.is_empty();
                }
            }
            Answer::Painted(frame, top, size, picture) => {
                self.stale = false;
                self.painted = Some(frame);
                self.shown = Some(Shown {
                    area: Rectangle::new(Point::new(0.0, top), size),
                    picture,
                });
            }
            Answer::Hit(at, hit) => {
                // It may have left meanwhile.
                if self.over.is_some() {
                    self.asked_over = Some(at);
                    self.hit = hit;
                }
            }
            Answer::Selected => self.stale = true,
            Answer::Found(found) => {
                self.stale = true;
                self.found = found;
            }
        }
    }

    /// The frame that shows what is in sight.
    fn frame(&self) -> Option<Frame> {
        let in_sight = self.in_sight?;
        let zoom = self.look.zoom;
        Some(Frame {
            width: in_sight.width / zoom,
            height: ((in_sight.height + 2.0 * AROUND) / zoom).ceil(),
            scale: self.pixels * zoom,
            dark: in_sight.dark.filter(|_| !self.look.own_colours),
            // Who wants it large does not want it made smaller.
            fit: zoom <= 1.0,
        })
    }

    /// How large it is in the window.
    fn size(&self) -> Size {
        Size::new(self.extent.width, self.extent.height) * self.look.zoom
    }

    /// A place on the page, by where it is in the window.
    fn spot(&self, point: Point) -> Spot {
        Spot {
            x: point.x / self.look.zoom,
            y: point.y / self.look.zoom,
        }
    }

    /// Whether the picture shows all that is in sight.
    fn is_covered(&self, in_sight: InSight) -> bool {
        self.shown.as_ref().is_some_and(|shown| {
            let below = shown.area.y + shown.area.height;
            let needed = (in_sight.top + in_sight.height).min(self.size().height);
            shown.area.y <= in_sight.top && below >= needed
        })
    }

    /// Asks what has to be known next, unless an answer is on its way.
    fn next(&mut self) -> Task<Message> {
        let (Some(mail), Some(frame), Some(in_sight)) =
            (self.mail.clone(), self.frame(), self.in_sight)
        else {
            return Task::none();
        };
        if self.busy || !self.is_shown() {
            return Task::none();
        }
        let viewer = self.viewer.clone();
        let Some(laid_out) = self.laid_out else {
            let for_reading = self.look.for_reading;
            return self.ask(async move {
                let extent = if for_reading {
                    viewer.load(&mail.for_reading(), frame).await?
                } else {
                    viewer.load(&mail, frame).await?
                };
                Ok(Answer::LaidOut(frame, extent))
            });
        };
        if laid_out != frame {
            return self.ask(async move {
                let extent = viewer.resize(frame).await?;
                Ok(Answer::LaidOut(frame, extent))
            });
        }
        if let Some((from, to, reach)) = self.select.take() {
            let (from, to) = (self.spot(from), self.spot(to));
            return self.ask(async move {
                viewer.select(from, to, reach).await?;
                Ok(Answer::Selected)
            });
        }
        if let Some(seek) = self.seek.as_mut().filter(|seek| !seek.asked) {
            seek.asked = true;
            let (words, number) = (seek.words.clone(), seek.number);
            return self.ask(async move {
                let found = viewer.find(words, number).await?;
                Ok(Answer::Found(found))
            });
        }
        if self.stale || self.painted != Some(frame) || !self.is_covered(in_sight) {
            // On whole pixels of the screen, or letters would be blurred.
            let pixels = self.pixels;
            let top = (in_sight.top - AROUND).max(0.0);
            let top = (top * pixels).round() / pixels;
            let corner = self.spot(Point::new(0.0, top));
            return self.ask(async move {
                let picture = viewer.paint(corner).await?;
                let size = size_of(&picture, pixels);
                Ok(Answer::Painted(frame, top, size, pixels_of(picture)))
            });
        }
        match self.over {
            Some(at) if self.asked_over != Some(at) => {
                let spot = self.spot(at);
                self.ask(async move {
                    let hit = viewer.hit(spot).await?;
                    Ok(Answer::Hit(at, hit))
                })
            }
            _ => Task::none(),
        }
    }

    fn ask(
        &mut self,
        work: impl Future<Output = Result<Answer>> + Send + 'static,
    ) -> Task<Message> {
        self.busy = true;
        Task::perform(work, Message::Answered)
    }

    /// Puts what is selected on the clipboard.
    pub(crate) fn copy(&self) -> Task<Message> {
        let viewer = self.viewer.clone();
        Task::perform(async move { viewer.selected().await }, Message::Copied)
    }

    /// Whoever may send pictures from now on: the sender, the sender's domain.
    fn senders(&self) -> Option<(String, String)> {
        let (_, domain) = self.from.rsplit_once('@')?;
        Some((self.from.clone(), format!("@{domain}")))
    }

    /// Where the words stand that are looked for.
    fn marks(&self) -> Vec<Mark> {
        let areas = self.found.areas.iter();
        areas
            .map(|(number, area)| Mark {
                area: Rectangle {
                    x: area.x,
                    y: area.y,
                    width: area.width,
                    height: area.height,
                } * self.look.zoom,
                current: *number == self.found.number,
            })
            .collect()
    }

    /// The page itself.
    fn page_view(&self, epoch: u64) -> Element<'_, MailMessage> {
        let size = self.size();
        let height = match self.laid_out {
            Some(_) => size.height.max(1.0),
            None => UNKNOWN_HEIGHT,
        };
        let interaction = match &self.hit {
            Hit { link: Some(_), .. } => mouse::Interaction::Pointer,
            Hit { text: true, .. } => mouse::Interaction::Text,
            Hit { .. } => mouse::Interaction::default(),
        };
        let happened = move |happened| MailMessage::Page(epoch, Message::Happened(happened));
        let ground = if self.look.own_colours {
            Ground::Paper
        } else {
            Ground::AsWindow
        };
        // Only one that is not made smaller can be too wide.
        let width = if self.look.zoom > 1.0 {
            size.width
        } else {
            0.0
        };
        PageView::new(Size::new(width, height), self.shown.as_ref(), happened)
            .interaction(interaction)
            .marks(self.marks())
            .ground(ground)
            .into()
    }

    /// The page with what is to be said about it.
    pub(crate) fn view(&self, epoch: u64) -> Element<'_, MailMessage> {
        let mut all = column![].spacing(gap::M);
        if let Some(bar) = self.blocked_bar(epoch) {
            all = all.push(bar);
        }
        all = all.push(self.page_view(epoch));
        let as_text = text_button(
            "Show as text",
            Kind::Link,
            Some(MailMessage::Page(epoch, Message::AsText(true))),
        );
        all.push(row![iced::widget::space::horizontal(), as_text].align_y(Alignment::Center))
            .into()
    }

    /// What the page asked for from elsewhere and did not get.
    fn blocked_bar(&self, epoch: u64) -> Option<Element<'_, MailMessage>> {
        let mail = self.mail.as_ref()?;
        if mail.with_pictures || mail.clean.remote.is_empty() {
            return None;
        }
        let trackers: Vec<&str> = {
            let of = mail.clean.remote.iter().filter(|one| one.tracker);
            let mut hosts: Vec<_> = of.map(waxwing::html::Remote::host).collect();
            hosts.dedup();
            hosts
        };
        let mut words = format!("Remote content blocked ({}).", mail.clean.remote.len());
        if !trackers.is_empty() {
            words.push_str(&format!(
                " {} would be told that you read this.",
                trackers.join(", ")
            ));
        }
        let button = |words: &'static str, who: Option<String>| {
            let allow = MailMessage::Page(epoch, Message::Pictures(who));
            text_button(words, Kind::Link, Some(allow))
        };
        let mut bar = column![
            row![
                icon(Icon::EyeOff, 16.0, |t| t.text_weak),
                text(words)
                    .size(size::SMALL)
                    .wrapping(text::Wrapping::WordOrGlyph)
                    .width(Length::Fill),
            ]
            .spacing(gap::S)
            .align_y(Alignment::Center)
        ];
        if mail.clean.pictures().next().is_some() {
            let mut buttons = row![button("Show pictures", None)];
            if let Some((sender, domain)) = self.senders() {
                buttons = buttons
                    .push(button("Always from this sender", Some(sender)))
                    .push(button("From this domain", Some(domain)));
            }
            bar = bar.push(buttons.wrap());
        }
        Some(
            container(bar)
                .padding(gap::S)
                .width(Length::Fill)
                .style(theme::container::notice)
                .into(),
        )
    }

    /// What is said above the text that takes the page's place.
    pub(crate) fn instead(&self, epoch: u64) -> Element<'_, MailMessage> {
        let words = match &self.failed {
            Some(error) => error.to_string(),
            None => "Shown as text: this message was written in HTML.".to_owned(),
        };
        let mut line = row![text(words).size(size::SMALL).style(theme::text::weak)].spacing(gap::M);
        if self.failed.is_none() {
            line = line.push(text_button(
                "Show the page",
                Kind::Link,
                Some(MailMessage::Page(epoch, Message::AsText(false))),
            ));
        }
        line.align_y(Alignment::Center).into()
    }
}

/// How large a picture is in a window with so many pixels.
#[allow(clippy::cast_precision_loss, reason = "pictures have some thousands")]
fn size_of(picture: &Picture, pixels: f32) -> Size {
    Size::new(
        picture.width as f32 / pixels,
        picture.height as f32 / pixels,
    )
}

fn pixels_of(picture: Picture) -> Pixels {
    Pixels::from_rgba(picture.width, picture.height, picture.rgba)
}
