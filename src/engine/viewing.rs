//! HTML mail as pages: what a message shows, and the child that lays it out.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;

use super::Handle;
use super::shared::Shared;
use crate::config::settings::Reading;
use crate::error::{Error, ErrorKind, Result};
use crate::html::page::{
    Answer, Extent, Found, Frame, Hit, KIND, Packed, Picture, Question, Reach, Sheet, Spot,
    THUMBNAIL,
};
use crate::html::{CleanHtml, for_reading, sanitize, text_page};
use crate::model::{Email, PartId, PlacementId};
use crate::net::http::Request;
use crate::sandbox::{Sandbox, Trouble};

/// How many bytes the parts of a message may have that its HTML shows.
const PARTS_MAX: usize = 32 << 20;

/// How many bytes one picture from elsewhere may have, and all together.
const PICTURE_MAX: usize = 8 << 20;
const PICTURES_MAX: usize = 24 << 20;

/// How long one may take, and how many are fetched at once.
const PICTURE_TIME: Duration = Duration::from_secs(15);
const AT_ONCE: usize = 6;

/// Of so many attachments small pictures are shown.
const THUMBNAILS_MAX: usize = 30;

/// The most pictures of one message.
const COUNT_MAX: usize = 300;

/// A message as HTML that may be laid out, with the pictures it shows.
#[derive(Debug, Clone, Default)]
pub struct HtmlMail {
    /// The HTML, and what it asks for from elsewhere.
    pub clean: CleanHtml,
    /// Addresses and bytes of pictures.
    parts: Vec<(String, Vec<u8>)>,
    /// Whether pictures from elsewhere were asked for.
    pub with_pictures: bool,
}

impl HtmlMail {
    /// What it says, without its looks.
    #[must_use]
    pub fn for_reading(&self) -> Self {
        Self {
            clean: for_reading(&self.clean),
            ..self.clone()
        }
    }

    /// Plain text as a page.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        Self {
            clean: text_page(text),
            ..Self::default()
        }
    }

    /// How much it asked for from elsewhere and did not get.
    #[must_use]
    pub fn blocked(&self) -> usize {
        let fetched = self.parts.iter();
        let fetched = fetched.filter(|(address, _)| !address.starts_with("cid:"));
        self.clean.remote.len() - fetched.count()
    }

    /// It, to be printed.
    pub(super) fn into_sheet(self) -> Sheet {
        Sheet {
            html: self.clean.html,
            parts: self.parts,
            is_head: false,
        }
    }
}

/// Lays out one message at a time, in a child process. Cheap to clone; clones
/// share the child.
#[derive(Debug, Clone)]
pub struct Viewer {
    handle: Handle,
    sandbox: Arc<Sandbox>,
}

impl Handle {
    /// Changes how mail is shown.
    ///
    /// # Errors
    /// When the preferences cannot be saved.
    pub async fn change_reading(
        &self,
        change: impl FnOnce(&mut Reading) + Send + 'static,
    ) -> Result<()> {
        let change = move |shared: Arc<Shared>| {
            super::reading::blocking(move || {
                shared.change_preferences(|settings| change(&mut settings.reading))
            })
        };
        self.run(change).await
    }

    /// Something to lay out messages with; one for each window.
    #[must_use]
    pub fn viewer(&self) -> Viewer {
        Viewer {
            handle: self.clone(),
            sandbox: Arc::new(Sandbox::new(&KIND, self.shared.program.clone())),
        }
    }

    /// What a message shows as HTML, with the parts of it that are pictures
    /// there; nothing where it has no HTML. With `pictures` those from
    /// elsewhere are fetched as well: over HTTPS, without cookies or referrer.
    /// Pictures that cannot be had are left out.
    ///
    /// # Errors
    /// As [`Handle::email`].
    pub async fn html_mail(&self, id: PlacementId, pictures: bool) -> Result<Option<HtmlMail>> {
        self.run(async move |shared| {
            let email = shared.email(id).await?;
            let Some(html) = email.html.clone() else {
                return Ok(None);
            };
            let clean = super::reading::blocking(move || Ok(sanitize(&html, pictures))).await?;
            let mut parts = shared.own_pictures(id, &email, &clean).await;
            if pictures {
                parts.extend(shared.remote_pictures(&clean).await);
            }
            Ok(Some(HtmlMail {
                clean,
                parts,
                with_pictures: pictures,
            }))
        })
        .await
    }
}

impl Handle {
    /// Small pictures of attachments, with `side` pixels at most either way.
    /// Those that are no pictures, cannot be decoded, or are still on the server
    /// are left out.
    ///
    /// # Errors
    /// As [`Handle::part`].
    pub async fn thumbnails(
        &self,
        id: PlacementId,
        mut parts: Vec<PartId>,
        side: u32,
    ) -> Result<Vec<(PartId, Picture)>> {
        parts.truncate(THUMBNAILS_MAX);
        self.run(async move |shared| {
            // It ends with the last one: nobody waits for another soon.
            let child = Sandbox::new(&THUMBNAIL, shared.program.clone());
            let mut found = Vec::new();
            for saved in shared.parts_here(id, parts).await? {
                let made = child.ask::<_, Option<(u32, u32)>>(&side, &saved.bytes);
                let picture = match made.await {
                    Ok((Some((width, height)), rgba)) => Picture::new(width, height, rgba),
                    Ok((None, _)) | Err(_) => None,
                };
                found.extend(picture.map(|picture| (saved.part, picture)));
            }
            Ok(found)
        })
        .await
    }
}

impl Shared {
    /// The parts of the message that its HTML shows. A Content-ID is enough:
    /// some programs give such parts no disposition, or the wrong one.
    async fn own_pictures(
        self: &Arc<Self>,
        id: PlacementId,
        email: &Email,
        clean: &CleanHtml,
    ) -> Vec<(String, Vec<u8>)> {
        let by_id: HashMap<String, _> = email
            .attachments
            .iter()
            .filter_map(|part| Some((part.content_id.as_deref()?.to_lowercase(), part.part)))
            .collect();
        let shown = clean
            .parts
            .iter()
            .filter_map(|id| Some((id, *by_id.get(id)?)));
        let shown: Vec<(&String, PartId)> = shown.collect();
        let parts = shown.iter().map(|(_, part)| *part).collect();
        let here = self.parts_here(id, parts).await.unwrap_or_default();
        let mut here: HashMap<PartId, Vec<u8>> = here
            .into_iter()
            .map(|saved| (saved.part, saved.bytes))
            .collect();
        let mut found = Vec::new();
        let mut left = PARTS_MAX;
        for (content_id, part) in shown {
            let bytes = match here.remove(&part) {
                Some(bytes) => bytes,
                // One that cannot be had now leaves a gap, and no more.
                None => match self.part(id, part).await {
                    Ok(saved) => saved.bytes,
                    Err(_) => continue,
                },
            };
            if let Some(rest) = left.checked_sub(bytes.len()) {
                left = rest;
                found.push((format!("cid:{content_id}"), bytes));
            }
        }
        found
    }

    /// Pictures from elsewhere, those that come.
    async fn remote_pictures(self: &Arc<Self>, clean: &CleanHtml) -> Vec<(String, Vec<u8>)> {
        let wanted: Vec<String> = clean
            .pictures()
            .take(COUNT_MAX)
            .map(str::to_owned)
            .collect();
        let mut coming = futures::stream::iter(wanted)
            .map(|url| async {
                let bytes = self.remote_picture(&url).await?;
                Some((url, bytes))
            })
            .buffer_unordered(AT_ONCE);
        let mut found = Vec::new();
        let mut left = PICTURES_MAX;
        while let Some(came) = coming.next().await {
            let Some((url, bytes)) = came else {
                continue;
            };
            let Some(rest) = left.checked_sub(bytes.len()) else {
                break;
            };
            left = rest;
            found.push((url, bytes));
        }
        found
    }

    async fn remote_picture(&self, url: &str) -> Option<Vec<u8>> {
        let safe = url
            .strip_prefix("http://")
            .map_or_else(|| url.to_owned(), |rest| format!("https://{rest}"));
        let request = Request::get(safe).within(PICTURE_TIME).at_most(PICTURE_MAX);
        let answer = self.http.send(request).await.ok()?;
        let kind = answer.content_type.as_deref().unwrap_or("image/");
        let is_picture = kind.trim_start().to_ascii_lowercase().starts_with("image/");
        (answer.is_good() && is_picture).then_some(answer.body)
    }
}

impl Viewer {
    async fn ask(&self, question: Question, bytes: Vec<u8>) -> Result<(Answer, Vec<u8>)> {
        let sandbox = self.sandbox.clone();
        let asked = self.handle.run(async move |_| {
            sandbox
                .ask(&question, &bytes)
                .await
                .map_err(|trouble| failed(Some(trouble)))
        });
        match asked.await? {
            (Answer::Failed, _) => Err(failed(None)),
            answered => Ok(answered),
        }
    }

    /// Starts the child, so that the first message need not wait for it.
    ///
    /// # Errors
    /// When no confined process can be started.
    pub async fn ready(&self) -> Result<()> {
        let sandbox = self.sandbox.clone();
        let ready = async move |_| {
            sandbox
                .ready()
                .await
                .map_err(|trouble| failed(Some(trouble)))
        };
        self.handle.run(ready).await
    }

    /// Lays out a message, in place of the one before.
    ///
    /// # Errors
    /// When it cannot be laid out in time or at all: a text of it may still be
    /// shown. The same goes for all that follows.
    pub async fn load(&self, mail: &HtmlMail, frame: Frame) -> Result<Extent> {
        let mut bytes = Vec::new();
        let packed = Packed::add(&mail.clean.html, mail.parts.clone(), &mut bytes);
        match self.ask(Question::Load(packed, frame), bytes).await? {
            (Answer::Extent(extent), _) => Ok(extent),
            _ => Err(failed(None)),
        }
    }

    /// Lays it out for another frame.
    ///
    /// # Errors
    /// As [`Viewer::load`].
    pub async fn resize(&self, frame: Frame) -> Result<Extent> {
        match self.ask(Question::Resize(frame), Vec::new()).await? {
            (Answer::Extent(extent), _) => Ok(extent),
            _ => Err(failed(None)),
        }
    }

    /// Paints what the frame shows when its upper left corner is there.
    ///
    /// # Errors
    /// As [`Viewer::load`].
    pub async fn paint(&self, corner: Spot) -> Result<Picture> {
        match self.ask(Question::Paint(corner), Vec::new()).await? {
            (Answer::Painted(width, height), rgba) => Picture::new(width, height, rgba),
            _ => None,
        }
        .ok_or_else(|| failed(None))
    }

    /// What is at a place.
    ///
    /// # Errors
    /// As [`Viewer::load`].
    pub async fn hit(&self, spot: Spot) -> Result<Hit> {
        match self.ask(Question::Hit(spot), Vec::new()).await? {
            (Answer::Hit(hit), _) => Ok(hit),
            _ => Err(failed(None)),
        }
    }

    /// Selects from one place to another.
    ///
    /// # Errors
    /// As [`Viewer::load`].
    pub async fn select(&self, from: Spot, to: Spot, reach: Reach) -> Result<()> {
        self.ask(Question::Select(from, to, reach), Vec::new())
            .await?;
        Ok(())
    }

    /// Selects all of it, or nothing.
    ///
    /// # Errors
    /// As [`Viewer::load`].
    pub async fn select_all(&self, all: bool) -> Result<()> {
        let question = if all {
            Question::SelectAll
        } else {
            Question::SelectNone
        };
        self.ask(question, Vec::new()).await?;
        Ok(())
    }

    /// What is selected, as text.
    ///
    /// # Errors
    /// As [`Viewer::load`].
    pub async fn selected(&self) -> Result<String> {
        match self.ask(Question::Selected, Vec::new()).await? {
            (Answer::Selected(text), _) => Ok(text),
            _ => Err(failed(None)),
        }
    }

    /// Finds words, and selects those with this number.
    ///
    /// # Errors
    /// As [`Viewer::load`].
    pub async fn find(&self, words: String, number: usize) -> Result<Found> {
        match self.ask(Question::Find(words, number), Vec::new()).await? {
            (Answer::Found(found), _) => Ok(found),
            _ => Err(failed(None)),
        }
    }
}

/// Why there is no page.
fn failed(trouble: Option<Trouble>) -> Error {
    let kind = match &trouble {
        Some(Trouble::TimedOut(_)) => ErrorKind::Timeout,
        Some(Trouble::TooLarge { .. }) => ErrorKind::TooLarge,
        _ => ErrorKind::Input,
    };
    let error = Error::new(kind, "This message cannot be shown as a page.")
        .hint("Show it as text: all its words are there.");
    match trouble {
        Some(trouble) => error.source(trouble),
        None => error,
    }
}
