//! What each message changes, and what it wants done.

use std::path::PathBuf;
use std::time::Instant;

use iced::widget::{Id, text_editor};
use waxwing::Result;
use waxwing::model::{AccountId, Address, ComposeMode, Draft, OutboxItem, PlacementId};

use super::addressing::{Addressing, Field};
use super::attachments::{Picked, Read, typed_path};
use super::body::{Body, Command};
use super::saving::{Rang, Then};
use super::send::{Question, announces_attachment};
use super::{Effect, Message, Opening, Refusal, State};
use crate::ui::app::{ComposeRequest, Context};
use crate::ui::component::address_field;

/// Where the caret goes when the head is complete.
pub(super) const BODY: &str = "composer-body";
/// The subject.
pub(super) const SUBJECT: &str = "composer-subject";
/// The path that is typed where there is no file dialog.
pub(super) const PATH: &str = "composer-path";

impl State {
    /// Follows what happened; says what is to be done.
    pub(super) fn follow(&mut self, message: Message, context: &Context<'_>) -> Vec<Effect> {
        // What is being handed over must not change under the engine's hands.
        let settled = matches!(
            message,
            Message::Sent(_) | Message::Saved(..) | Message::Rang(_)
        );
        if self.sending && !settled {
            return Vec::new();
        }
        match message {
            Message::Started(answer) => self.started(answer),
            Message::Retry => self.retry(),
            Message::Address(field, message) => self.address(field, message),
            Message::ShowCopies => self.show_copies(),
            Message::ChooseFrom => self.choose_from(),
            Message::From(account, address) => self.from(account, address, context),
            Message::Subject(subject) => self.subject(subject),
            Message::Edit(action) => self.edit(action),
            Message::Command(command) => self.command(command),
            Message::Unfold => self.unfold(),
            Message::DropQuote => self.drop_quote(),
            Message::Attach => self.attach(),
            Message::Picked(picked) => self.picked(picked),
            Message::Hovering(over) => self.hovering(over),
            Message::Dropped(path) => self.read_files(vec![path]),
            Message::Path(path) => self.path(path),
            Message::AttachPath => self.attach_path(),
            Message::FilesRead(read) => self.files_read(read),
            Message::RemoveAttachment(index) => self.remove_attachment(index),
            Message::DismissProblems => self.dismiss_problems(),
            Message::Send => self.send(),
            Message::Answer(go_on) => self.answer(go_on),
            Message::Sent(answer) => self.sent(answer),
            Message::Rang(edit) => self.rang(edit),
            Message::Save => self.save_now(),
            Message::Saved(edit, answer) => self.saved(edit, answer, context),
            Message::Discard => self.discard(),
        }
    }

    pub(super) fn begin(&mut self, start: ComposeRequest) -> Vec<Effect> {
        match start {
            ComposeRequest::Start {
                mode,
                account,
                origin,
                ..
            } => {
                self.start = Some(start);
                vec![Effect::Start {
                    mode,
                    account,
                    origin,
                }]
            }
            ComposeRequest::Draft(draft, kept) => {
                let mut effects = self.open(*draft);
                self.saving.placement = kept.or(self.saving.placement);
                // The outbox gave it back: what it said is not the draft's last word.
                effects.extend(self.changed());
                effects
            }
        }
    }

    fn started(&mut self, answer: Result<Box<Draft>>) -> Vec<Effect> {
        match answer {
            Ok(mut draft) => {
                if let Some(ComposeRequest::Start { to, .. }) = &mut self.start {
                    draft.to.extend(to.take());
                }
                self.open(*draft)
            }
            Err(error) => {
                self.opening = Opening::Failed(error);
                Vec::new()
            }
        }
    }

    fn retry(&mut self) -> Vec<Effect> {
        self.opening = Opening::Waiting;
        self.start
            .clone()
            .map_or_else(Vec::new, |start| self.begin(start))
    }

    /// Shows a draft; the caret goes to the first thing that is missing.
    fn open(&mut self, draft: Draft) -> Vec<Effect> {
        self.head = Addressing::new(&draft);
        self.body = Body::new(&draft.body);
        self.subject = draft.subject;
        self.attachments = draft.attachments;
        self.in_reply_to = draft.in_reply_to;
        self.references = draft.references;
        match draft.origin {
            Some((ComposeMode::EditDraft, placement)) => {
                self.saving.placement = Some(placement);
                self.origin = None;
            }
            origin => self.origin = origin,
        }
        self.opening = Opening::Done;
        vec![self.caret()]
    }

    /// Where writing goes on: at the first thing that is missing.
    pub(super) fn caret(&self) -> Effect {
        Effect::Focus(if self.head.is_empty() {
            self.head.to.id()
        } else if self.subject.is_empty() {
            Id::new(SUBJECT)
        } else {
            Id::new(BODY)
        })
    }

    /// Something of the message changed: it is saved soon, and what was said
    /// about sending it no longer holds.
    fn changed(&mut self) -> Vec<Effect> {
        self.refusal = None;
        let clock = self.saving.edited();
        clock.map(Effect::Clock).into_iter().collect()
    }

    fn address(&mut self, field: Field, message: address_field::Message) -> Vec<Effect> {
        let before = self.head.field(field).everything();
        let caret = self.head.update(field, message);
        let mut effects: Vec<Effect> = caret.map(Effect::Focus).into_iter().collect();
        if self.head.field(field).everything() != before {
            effects.extend(self.changed());
        }
        effects
    }

    fn show_copies(&mut self) -> Vec<Effect> {
        self.head.copies = true;
        vec![Effect::Focus(self.head.cc.id())]
    }

    fn choose_from(&mut self) -> Vec<Effect> {
        self.head.choosing = !self.head.choosing;
        Vec::new()
    }

    fn from(&mut self, account: AccountId, address: Address, context: &Context<'_>) -> Vec<Effect> {
        // It may have been removed while the list was open.
        if !context.accounts.iter().any(|known| known.id == account) {
            return Vec::new();
        }
        self.head.choose(account, address);
        self.changed()
    }

    fn subject(&mut self, subject: String) -> Vec<Effect> {
        self.subject = subject;
        self.changed()
    }

    fn edit(&mut self, action: text_editor::Action) -> Vec<Effect> {
        if self.body.perform(action, Instant::now()) {
            self.changed()
        } else {
            Vec::new()
        }
    }

    fn command(&mut self, command: Command) -> Vec<Effect> {
        let changed = match command {
            Command::Undo => self.body.undo(),
            Command::Redo => self.body.redo(),
            Command::Send => return self.send(),
            Command::Save => return self.save_now(),
        };
        if changed { self.changed() } else { Vec::new() }
    }

    fn unfold(&mut self) -> Vec<Effect> {
        self.body.unfold();
        vec![Effect::Focus(Id::new(BODY))]
    }

    fn drop_quote(&mut self) -> Vec<Effect> {
        self.body.drop_quote();
        self.changed()
    }

    fn attach(&mut self) -> Vec<Effect> {
        if self.files.picking {
            return Vec::new();
        }
        self.files.picking = true;
        vec![Effect::Pick]
    }

    fn picked(&mut self, picked: Picked) -> Vec<Effect> {
        self.files.picking = false;
        match picked {
            Picked::Files(paths) => self.read_files(paths),
            Picked::Nothing => Vec::new(),
            Picked::NoDialog => self.path(Some(String::new())),
        }
    }

    fn hovering(&mut self, over: bool) -> Vec<Effect> {
        self.files.hovering = over;
        Vec::new()
    }

    fn read_files(&mut self, paths: Vec<PathBuf>) -> Vec<Effect> {
        self.files.hovering = false;
        self.files.reading += 1;
        vec![Effect::Read(paths)]
    }

    fn path(&mut self, path: Option<String>) -> Vec<Effect> {
        let opens = self.files.path.is_none() && path.is_some();
        self.files.path = path;
        if opens {
            vec![Effect::Focus(Id::new(PATH))]
        } else {
            Vec::new()
        }
    }

    fn attach_path(&mut self) -> Vec<Effect> {
        match self.files.path.as_deref().and_then(typed_path) {
            Some(path) => self.read_files(vec![path]),
            None => Vec::new(),
        }
    }

    fn files_read(&mut self, read: Vec<Read>) -> Vec<Effect> {
        self.files.reading = self.files.reading.saturating_sub(1);
        let mut changed = false;
        for one in read {
            match one {
                Ok(attachment) => {
                    self.attachments.push(attachment);
                    self.files.path = None;
                    changed = true;
                }
                Err(problem) => self.files.problems.push(problem),
            }
        }
        if changed { self.changed() } else { Vec::new() }
    }

    fn remove_attachment(&mut self, index: usize) -> Vec<Effect> {
        if index >= self.attachments.len() {
            return Vec::new();
        }
        self.attachments.remove(index);
        self.changed()
    }

    fn dismiss_problems(&mut self) -> Vec<Effect> {
        self.files.problems.clear();
        Vec::new()
    }

    fn send(&mut self) -> Vec<Effect> {
        if !matches!(self.opening, Opening::Done) {
            return Vec::new();
        }
        self.question = None;
        self.refusal = None;
        self.head.commit();
        if let Some(words) = self.head.obstacle() {
            self.refusal = Some(Refusal::Mend(words));
            return vec![Effect::Focus(self.head.to.id())];
        }
        if self.files.reading > 0 {
            let words = "A file is still being read. Send again in a moment.";
            self.refusal = Some(Refusal::Mend(words.to_owned()));
            return Vec::new();
        }
        if let Some(question) = self.next_question() {
            self.asked.push(question);
            self.question = Some(question);
            return Vec::new();
        }
        self.sending = true;
        if self.saving.is_running() {
            // The draft must be where it can be found before it is replaced.
            self.saving.then = Some(Then::Send);
            return Vec::new();
        }
        self.hand_over()
    }

    fn next_question(&self) -> Option<Question> {
        let fresh = |question: &Question| !self.asked.contains(question);
        let no_subject = || self.subject.trim().is_empty();
        let no_attachment = || {
            self.attachments.is_empty()
                && announces_attachment(self.body.own_lines().chain([self.subject_of_ones_own()]))
        };
        Some(Question::NoSubject)
            .filter(fresh)
            .filter(|_| no_subject())
            .or_else(|| {
                Some(Question::NoAttachment)
                    .filter(fresh)
                    .filter(|_| no_attachment())
            })
    }

    /// The subject, unless it came with the message that is answered.
    fn subject_of_ones_own(&self) -> String {
        if self.in_reply_to.is_empty() && self.origin.is_none() {
            self.subject.clone()
        } else {
            String::new()
        }
    }

    fn hand_over(&self) -> Vec<Effect> {
        let kept = self.saving.placement;
        let origin = self
            .origin
            .or_else(|| kept.map(|placement| (ComposeMode::EditDraft, placement)));
        // One origin only: the draft kept of an answer goes by hand.
        let leftover = kept.filter(|_| self.origin.is_some());
        vec![Effect::Send(Box::new(self.draft(origin)), leftover)]
    }

    fn answer(&mut self, go_on: bool) -> Vec<Effect> {
        match (self.question.take(), go_on) {
            (Some(Question::Discard), true) => self.throw_away(),
            (Some(_), true) => self.send(),
            (Some(Question::NoSubject), false) => vec![Effect::Focus(Id::new(SUBJECT))],
            (Some(_), false) => vec![Effect::Focus(Id::new(BODY))],
            (None, _) => Vec::new(),
        }
    }

    fn sent(&mut self, answer: Result<Box<OutboxItem>>) -> Vec<Effect> {
        self.sending = false;
        match answer {
            Ok(item) => vec![Effect::TellSent(item), Effect::Close],
            Err(error) => {
                self.refusal = Some(Refusal::Failed(error));
                // It did not leave, so it has to lie in Drafts.
                self.save_now()
            }
        }
    }

    fn rang(&mut self, edit: u64) -> Vec<Effect> {
        match self.saving.rang(edit) {
            Rang::Nothing => Vec::new(),
            Rang::Again(edit) => vec![Effect::Clock(edit)],
            Rang::Save if self.sending => Vec::new(),
            Rang::Save => self.save(),
        }
    }

    fn save_now(&mut self) -> Vec<Effect> {
        if self.saving.is_unsaved() && !self.saving.is_running() {
            self.save()
        } else {
            Vec::new()
        }
    }

    fn save(&mut self) -> Vec<Effect> {
        let origin = self
            .saving
            .placement
            .map(|placement| (ComposeMode::EditDraft, placement));
        let edit = self.saving.begin();
        vec![Effect::Save(edit, Box::new(self.draft(origin)))]
    }

    fn saved(
        &mut self,
        edit: u64,
        answer: Result<PlacementId>,
        context: &Context<'_>,
    ) -> Vec<Effect> {
        let failed = answer.is_err();
        self.saving.ended(edit, answer, context.now);
        match self.saving.then.take() {
            Some(Then::Send) => self.hand_over(),
            Some(Then::Discard) => self.throw_away(),
            Some(Then::Close) if failed => Vec::new(),
            Some(Then::Close) => self.close(),
            None => Vec::new(),
        }
    }

    /// Closes once nothing is lost by it.
    pub(super) fn close(&mut self) -> Vec<Effect> {
        if self.sending {
            return Vec::new();
        }
        if !self.has_content() && self.saving.placement.is_none() {
            return vec![Effect::Close];
        }
        if self.saving.is_unsaved() || self.saving.is_running() {
            let runs = self.saving.is_running();
            self.saving.then = Some(Then::Close);
            return if runs { Vec::new() } else { self.save() };
        }
        if self.saving.is_touched() {
            vec![Effect::TellSaved, Effect::Close]
        } else {
            vec![Effect::Close]
        }
    }

    fn has_content(&self) -> bool {
        !self.head.is_empty()
            || !self.subject.trim().is_empty()
            || !self.attachments.is_empty()
            || !self.body.text().trim().is_empty()
    }

    fn discard(&mut self) -> Vec<Effect> {
        if self.has_content() && self.saving.is_touched() {
            self.question = Some(Question::Discard);
            Vec::new()
        } else {
            self.throw_away()
        }
    }

    fn throw_away(&mut self) -> Vec<Effect> {
        if self.saving.is_running() {
            self.saving.then = Some(Then::Discard);
            return Vec::new();
        }
        // What was only looked at stays where it was.
        let kept = self.saving.placement.filter(|_| self.saving.is_touched());
        kept.map(Effect::Delete)
            .into_iter()
            .chain([Effect::Close])
            .collect()
    }
}
