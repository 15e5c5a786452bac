//! The message being read.

pub(crate) mod attachments;
mod enclosed;
pub(crate) mod find;
pub(crate) mod notes;
pub(crate) mod page;
mod view;
pub(crate) mod zoom;

use std::sync::Arc;

use chrono::{DateTime, Local};
use iced::Task;
use waxwing::config::settings::Reading;
use waxwing::engine::{Handle, Marker, PrintLook, Printing, Viewer};
use waxwing::html::page::{Paper, Picture};
use waxwing::model::{
    Address, Attachment, Email, Envelope, Flag, PartId, PlacementId, SenderNotes, TextSource,
};
use waxwing::{Error, Result};

use super::Message as MailMessage;
use super::entry::Entry;
use crate::ui::app::{Action, Context, FileQuery, Keep, Query};
use crate::ui::component::body_text::{self, BodyText, Outcome};
use crate::ui::component::date;
use attachments::Attachments;
use enclosed::Card;
use find::Find;
use zoom::Zoom;

/// The reading pane.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    /// Which message.
    pub(crate) shown: Option<PlacementId>,
    /// Whether all recipients are told.
    pub(crate) recipients_open: bool,
    pub(crate) epoch: u64,
    /// Whether it becomes read after a while.
    marks: bool,
    head: Head,
    content: Content,
    notes: notes::Notes,
    /// What marks the words that were searched for.
    marker: Option<Arc<Marker>>,
    /// The message as a page, where it is HTML.
    page: Option<Box<page::Page>>,
    /// Whatever lays out pages, for all messages of this window.
    viewer: Option<Viewer>,
    /// Pixels of the screen for each of the window.
    pixels: Option<f32>,
    /// How large messages are shown.
    zoom: Zoom,
    /// What is looked for in it.
    find: Option<Find>,
}

#[derive(Debug, Default)]
enum Content {
    #[default]
    Loading,
    Here(Box<Document>),
    Failed(Error),
}

/// What is known from the row already.
#[derive(Debug, Default)]
struct Head {
    subject: String,
    from: Option<Address>,
    /// "Today at 09:14" and to the second.
    date: (String, String),
    /// "to me, Ada": one line.
    to: String,
    starred: bool,
    /// Where a message of a POP3 account is.
    kept: Option<&'static str>,
}

/// Where a message is, told of those that may be on this computer alone.
fn kept(envelope: &Envelope) -> Option<&'static str> {
    envelope.on_server.map(|there| {
        if there {
            "On this computer, and still on the server"
        } else {
            "On this computer only"
        }
    })
}

/// A message made ready to show.
#[derive(Debug)]
struct Document {
    body: BodyText,
    source: TextSource,
    has_html: bool,
    recipients: Vec<(&'static str, Vec<Address>)>,
    attachments: Attachments,
    /// Invitations and the like.
    cards: Vec<Card>,
}

/// "to me and Ada", with the own addresses as "me".
fn folded(to: &[Address], cc: &[Address], context: &Context<'_>) -> String {
    const SHOWN: usize = 3;
    let is_me = |address: &Address| {
        context
            .accounts
            .iter()
            .any(|account| account.settings.identity().same_mailbox(address))
    };
    let all: Vec<_> = to.iter().chain(cc).collect();
    let mut names: Vec<_> = all
        .iter()
        .take(SHOWN)
        .map(|address| {
            if is_me(address) {
                "me".to_owned()
            } else {
                address.short().to_owned()
            }
        })
        .collect();
    if all.len() > SHOWN {
        names.push(format!("{} more", all.len() - SHOWN));
    }
    if names.is_empty() {
        "to undisclosed recipients".to_owned()
    } else {
        format!("to {}", names.join(", "))
    }
}

impl Document {
    fn new(email: &Email, now: &DateTime<Local>) -> Self {
        let recipients = [
            ("From", &email.from),
            ("Reply to", &email.reply_to),
            ("To", &email.to),
            ("Cc", &email.cc),
            ("Bcc", &email.bcc),
        ]
        .into_iter()
        .filter(|(_, addresses)| !addresses.is_empty())
        .map(|(name, addresses)| (name, addresses.clone()))
        .collect();
        Self {
            body: BodyText::new(&email.text),
            source: email.text_source,
            has_html: email.html.is_some(),
            recipients,
            attachments: Attachments::new(email),
            cards: Card::all(&email.enclosed, now),
        }
    }
}

impl Reader {
    /// Shows a message: what its row says at once, the rest when it is here.
    /// Says under which epoch to ask.
    pub(crate) fn open(
        &mut self,
        id: PlacementId,
        entry: Option<&Entry>,
        context: &Context<'_>,
    ) -> u64 {
        *self = Self {
            shown: Some(id),
            epoch: self.epoch + 1,
            marks: true,
            viewer: self.viewer.take(),
            pixels: self.pixels,
            zoom: Zoom::kept(context.kept.zoom),
            ..Self::default()
        };
        if let Some(Entry { envelope, .. }) = entry {
            self.head = Head {
                subject: envelope.subject.clone(),
                from: envelope.from.first().cloned(),
                date: (
                    date::long(&envelope.date, &context.now),
                    date::exact(&envelope.date),
                ),
                to: folded(&envelope.to, &[], context),
                starred: envelope.flags.has(Flag::Flagged),
                kept: kept(envelope),
            };
        }
        self.epoch
    }

    /// Shows nothing.
    pub(crate) fn close(&mut self) {
        *self = Self {
            epoch: self.epoch + 1,
            viewer: self.viewer.take(),
            pixels: self.pixels,
            ..Self::default()
        };
    }

    /// Marks the words that were searched for, or none.
    pub(crate) fn mark(&mut self, marker: Option<Arc<Marker>>) {
        if let Content::Here(document) = &mut self.content {
            document.body.mark(marker.clone());
        }
        self.marker = marker;
    }

    /// Takes a message in, unless another was opened since; then asks about its
    /// sender.
    pub(crate) fn loaded(
        &mut self,
        epoch: u64,
        answer: Result<Box<Email>>,
        context: &Context<'_>,
    ) -> Action<MailMessage> {
        let Some(shown) = self.shown.filter(|_| epoch == self.epoch) else {
            return Action::None;
        };
        match answer {
            Ok(email) => {
                self.head.subject.clone_from(&email.subject);
                if let Some(from) = email.from.first() {
                    self.head.from = Some(from.clone());
                }
                if let Some(when) = &email.date {
                    self.head.date = (date::long(when, &context.now), date::exact(when));
                }
                self.head.to = folded(&email.to, &email.cc, context);
                let mut document = Document::new(&email, &context.now);
                document.body.mark(self.marker.clone());
                let pictures = document.attachments.pictures();
                self.content = Content::Here(Box::new(document));
                let about_sender = Action::Ask(Query::SenderNotes(epoch, shown));
                let thumbnails = if pictures.is_empty() {
                    Action::None
                } else {
                    Action::Ask(Query::File(FileQuery::Thumbnails(epoch, shown, pictures)))
                };
                self.read_page(context).and(thumbnails).and(about_sender)
            }
            Err(error) => {
                self.content = Content::Failed(error);
                Action::None
            }
        }
    }

    /// Takes in what is to be known of the sender, unless another message was
    /// opened since. Where it cannot be known the message is shown without.
    pub(crate) fn sender_known(
        &mut self,
        epoch: u64,
        answer: Result<Box<SenderNotes>>,
    ) -> Action<MailMessage> {
        match answer {
            Ok(notes) if epoch == self.epoch => self.notes.know(*notes, epoch, self.shown),
            _ => Action::None,
        }
    }

    /// Takes in what came of checking its signatures, unless another message was
    /// opened since.
    pub(crate) fn signatures_checked(
        &mut self,
        epoch: u64,
        answer: Result<Box<SenderNotes>>,
    ) -> Action<MailMessage> {
        if epoch == self.epoch {
            self.notes.checked(answer)
        } else {
            Action::None
        }
    }

    /// What the person does about the sender.
    pub(crate) fn note(&mut self, message: notes::Message) -> Action<MailMessage> {
        self.notes.update(message, self.epoch, self.shown)
    }

    /// Asks for the message again where more of it is here than is shown.
    pub(crate) fn more_is_here(&self, changed: &[PlacementId]) -> Option<Query> {
        let Content::Here(document) = &self.content else {
            return None;
        };
        let shown = self.shown.filter(|shown| changed.contains(shown))?;
        let waits = document.attachments.waits();
        waits.then_some(Query::Email(self.epoch, shown))
    }

    /// An attachment is on its way.
    pub(crate) fn coming(&mut self, id: PlacementId, done: u64, total: u64) {
        if let Content::Here(document) = &mut self.content
            && self.shown == Some(id)
        {
            document.attachments.coming(done, total);
        }
    }

    /// What was on its way is here, or will not be.
    pub(crate) fn nothing_comes(&mut self) {
        if let Content::Here(document) = &mut self.content {
            document.attachments.nothing_comes();
        }
    }

    /// The row of the message changed.
    pub(crate) fn envelope_changed(&mut self, entry: Option<&Entry>) {
        if let Some(entry) = entry {
            self.head.starred = entry.envelope.flags.has(Flag::Flagged);
            self.head.kept = kept(&entry.envelope);
        }
    }

    /// Whoever wrote it.
    pub(super) fn author(&self) -> Option<&Address> {
        self.head.from.as_ref()
    }

    /// Whether the message is not here yet, or not laid out.
    pub(crate) fn is_loading(&self) -> bool {
        let page = self.page.as_ref().filter(|page| page.is_shown());
        matches!(self.content, Content::Loading) || page.is_some_and(|page| !page.is_laid_out())
    }

    /// Whether the message could not be read.
    pub(crate) fn has_failed(&self) -> bool {
        matches!(self.content, Content::Failed(_))
    }

    /// The message that was looked at long enough, if it is still this one.
    pub(crate) fn looked_at(&self, epoch: u64) -> Option<PlacementId> {
        (epoch == self.epoch && self.marks)
            .then_some(self.shown)
            .flatten()
    }

    /// The person marked it by hand.
    pub(crate) fn forget_to_mark(&mut self) {
        self.marks = false;
    }

    /// The attachment with that number.
    pub(crate) fn attachment(&self, number: usize) -> Option<&Attachment> {
        self.attachments()?.get(number)
    }

    fn attachments(&self) -> Option<&Attachments> {
        match &self.content {
            Content::Here(document) => Some(&document.attachments),
            _ => None,
        }
    }

    /// The attachments that do no harm.
    pub(super) fn harmless(&self) -> Vec<PartId> {
        self.attachments()
            .map(Attachments::harmless)
            .unwrap_or_default()
    }

    /// The names of those that may.
    pub(super) fn held(&self) -> Vec<&str> {
        self.attachments()
            .map(Attachments::held)
            .unwrap_or_default()
    }

    /// Takes small pictures of attachments in, unless another message was
    /// opened since.
    pub(super) fn thumbnails(&mut self, epoch: u64, pictures: Vec<(PartId, Picture)>) {
        if let Content::Here(document) = &mut self.content
            && epoch == self.epoch
        {
            document.attachments.thumbnails(pictures);
        }
    }

    /// What the message is about.
    pub(super) fn subject(&self) -> &str {
        match self.head.subject.trim() {
            "" => "(no subject)",
            subject => subject,
        }
    }

    /// How the message is printed: as it is shown.
    pub(super) fn printing(&self) -> Printing {
        let page = self.page.as_ref();
        Printing {
            paper: Paper::usual(),
            pictures: page.is_some_and(|page| page.has_pictures()),
            look: page.map_or(PrintLook::Text, |page| page.print_look()),
        }
    }

    /// What a file of the message may be called.
    pub(super) fn file_name(&self, ending: &str) -> String {
        let subject = self.head.subject.trim();
        let subject = if subject.is_empty() {
            "Message"
        } else {
            subject
        };
        let name: String = subject
            .chars()
            .map(|c| if "/\\<>:\"|?*".contains(c) { '_' } else { c })
            .filter(|c| !c.is_control())
            .take(80)
            .collect();
        format!("{}.{ending}", name.trim_matches(['.', ' ']))
    }

    /// Reads the message as a page, where it is HTML.
    fn read_page(&mut self, context: &Context<'_>) -> Action<MailMessage> {
        let (Content::Here(document), Some(engine), Some(id)) =
            (&self.content, context.engine, self.shown)
        else {
            return Action::None;
        };
        if !document.has_html || self.page.is_some() {
            return Action::None;
        }
        let from = self.head.from.as_ref();
        let from = from.map(|from| from.address.clone()).unwrap_or_default();
        let allowed = engine.settings().reading.allows_pictures(&from);
        let viewer = self.viewer.get_or_insert_with(|| engine.viewer()).clone();
        let pixels = self.pixels.unwrap_or(1.0);
        let look = page::Look {
            zoom: self.zoom.factor(),
            own_colours: engine.settings().reading.keeps_colours(&from),
            for_reading: false,
        };
        self.page = Some(Box::new(page::Page::new(viewer, pixels, look, from)));
        self.read_html(engine, id, allowed, None)
    }

    fn read_html(
        &self,
        engine: &Handle,
        id: PlacementId,
        pictures: bool,
        allow: Option<String>,
    ) -> Action<MailMessage> {
        let (engine, epoch) = (engine.clone(), self.epoch);
        let read = async move {
            if let Some(of) = allow {
                let allow = move |reading: &mut Reading| reading.allow_pictures(&of);
                engine.change_reading(allow).await?;
            }
            let mail = engine.html_mail(id, pictures).await?;
            Ok(mail.map(Arc::new))
        };
        Action::Run(Task::perform(read, move |answer| {
            MailMessage::Page(epoch, page::Message::Read(answer))
        }))
    }

    /// On the page of the message.
    pub(crate) fn page_update(
        &mut self,
        epoch: u64,
        message: page::Message,
        context: &Context<'_>,
    ) -> Action<MailMessage> {
        let (Some(page), true) = (&mut self.page, epoch == self.epoch) else {
            return Action::None;
        };
        match message {
            page::Message::Pictures(allow) => match (context.engine, self.shown) {
                (Some(engine), Some(id)) => self.read_html(engine, id, true, allow),
                _ => Action::None,
            },
            page::Message::Copied(Ok(text)) if !text.is_empty() => {
                Action::Run(iced::clipboard::write(text))
            }
            message => {
                let turned = matches!(message, page::Message::AsText(_));
                let (link, task) = page.update(message);
                let found = page.is_shown().then(|| page.found());
                if let Some((number, count)) = found {
                    self.found(number, count);
                }
                let mut more = Action::Run(task.map(move |m| MailMessage::Page(epoch, m)));
                if turned && self.find.is_some() {
                    more = more.and(Action::Run(self.look()));
                }
                match (link, &mut self.content) {
                    (Some(link), Content::Here(document)) => {
                        document.body.update(body_text::Message::Pressed(link));
                        more
                    }
                    _ => more,
                }
            }
        }
    }

    /// The window has other pixels.
    pub(crate) fn pixels_changed(&mut self, pixels: f32) -> Action<MailMessage> {
        self.pixels = Some(pixels);
        if let Some(page) = &mut self.page {
            page.pixels_changed(pixels);
        }
        Action::None
    }

    /// Shows messages larger or smaller.
    pub(crate) fn set_zoom(&mut self, zoom: Zoom) -> Task<MailMessage> {
        self.zoom = zoom;
        self.change_look(|look| look.zoom = zoom.factor())
    }

    fn change_look(&mut self, change: impl FnOnce(&mut page::Look)) -> Task<MailMessage> {
        let epoch = self.epoch;
        self.page.as_mut().map_or_else(Task::none, |page| {
            let mut look = page.look();
            change(&mut look);
            let asked = page.set_look(look);
            asked.map(move |message| MailMessage::Page(epoch, message))
        })
    }

    /// Sets the message for reading, or as it was written.
    pub(crate) fn turn_for_reading(&mut self) -> Task<MailMessage> {
        self.change_look(|look| look.for_reading = !look.for_reading)
    }

    /// Shows the message in its own colours in a dark window, or in dark ones,
    /// and so from now on what its sender writes.
    pub(crate) fn turn_colours(&mut self) -> Action<MailMessage> {
        let Some(page) = self.page.as_ref().filter(|page| page.is_shown()) else {
            return Action::None;
        };
        let (from, own) = (page.from().to_owned(), !page.look().own_colours);
        let shown = self.change_look(|look| look.own_colours = own);
        Action::Run(shown).and(Action::Keep(Keep::Colours(from, own)))
    }

    /// How large messages are shown.
    pub(crate) fn zoom(&self) -> Zoom {
        self.zoom
    }

    /// Puts what is selected on the page on the clipboard; nothing where no
    /// page is shown.
    pub(crate) fn copy_from_page(&self) -> Option<Task<MailMessage>> {
        let page = self.page.as_ref().filter(|page| page.is_shown())?;
        let epoch = self.epoch;
        Some(page.copy().map(move |m| MailMessage::Page(epoch, m)))
    }

    /// In the text.
    pub(crate) fn body(&mut self, message: body_text::Message) -> Outcome {
        match &mut self.content {
            Content::Here(document) => document.body.update(message),
            _ => Outcome::None,
        }
    }
}
