//! The child's side: one page at a time, on a thread with room for deep ones.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use blitz_dom::FontContext;
use serde::{Deserialize, Serialize};

use super::blitz::BlitzPage;
use super::parts::Parts;
use super::{Extent, Found, Frame, Hit, Page, Reach, Spot, fonts};
use crate::sandbox::Kind;

/// The child that lays out pages.
pub const KIND: Kind = Kind {
    name: "page",
    // Without optimisation the engine takes many times as long.
    time: Duration::from_secs(if cfg!(debug_assertions) { 30 } else { 2 }),
    memory: 1 << 30,
    question: 64 << 20,
    answer: 128 << 20,
    background: false,
    threads: true,
    folders: &[
        "/usr/share/fonts",
        "/usr/local/share/fonts",
        "/usr/share/texmf/fonts",
    ],
};

/// Elements are laid out by functions that call themselves.
pub(super) const STACK: usize = 64 << 20;

/// What a child is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Question {
    /// Lay out the mail whose bytes these are. Answered by its extent.
    Load(Packed, Frame),
    /// Lay it out again. Answered by its extent.
    Resize(Frame),
    /// Paint what the frame shows from there. Answered by the size of the
    /// picture, with its pixels as bytes.
    Paint(Spot),
    /// What is there?
    Hit(Spot),
    /// Select from one place to the other.
    Select(Spot, Spot, Reach),
    /// Select all of it.
    SelectAll,
    /// Select nothing.
    SelectNone,
    /// What is selected?
    Selected,
    /// Find words: the one with this number.
    Find(String, usize),
}

/// What a child answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// How large the page is.
    Extent(Extent),
    /// Width and height of the picture.
    Painted(u32, u32),
    /// What is there.
    Hit(Hit),
    /// What is selected.
    Selected(String),
    /// What was found.
    Found(Found),
    /// It is done.
    Done,
    /// There is no page, or the engine failed on it.
    Failed,
}

/// A mail among the bytes of a question: its HTML, and then its parts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Packed {
    /// Bytes of HTML.
    html: usize,
    /// Addresses of the parts, and their bytes.
    parts: Vec<(String, usize)>,
}

/// A part by its address.
type Part = (String, Vec<u8>);

impl Packed {
    /// Adds a mail to the bytes of a question.
    pub fn add(html: &str, parts: Vec<Part>, bytes: &mut Vec<u8>) -> Self {
        bytes.extend_from_slice(html.as_bytes());
        let parts = parts.into_iter().map(|(address, part)| {
            bytes.extend_from_slice(&part);
            (address, part.len())
        });
        Self {
            html: html.len(),
            parts: parts.collect(),
        }
    }

    /// The mail at the beginning of bytes, and those that follow it.
    pub(super) fn take(self, bytes: &[u8]) -> Option<(String, Vec<Part>, &[u8])> {
        let (html, mut rest) = bytes.split_at_checked(self.html)?;
        let html = String::from_utf8(html.to_vec()).ok()?;
        let mut found = Vec::with_capacity(self.parts.len().min(1_000));
        for (address, length) in self.parts {
            let (part, after) = rest.split_at_checked(length)?;
            found.push((address, part.to_vec()));
            rest = after;
        }
        Some((html, found, rest))
    }
}

/// Answers questions about one page at a time. Looks for the fonts first.
pub fn worker() -> impl FnMut(Question, Vec<u8>) -> (Answer, Vec<u8>) {
    let fonts = fonts::all();
    let mut desk: Option<Desk> = None;
    move |question, bytes| {
        let open = desk.take().or_else(|| Desk::open(fonts.clone()));
        let answered = open.and_then(|desk| Some((desk.ask(question, bytes)?, desk)));
        match answered {
            Some((answer, still)) => {
                desk = Some(still);
                answer
            }
            // The engine gave up; the next page gets a new thread.
            None => (Answer::Failed, Vec::new()),
        }
    }
}

/// The thread on which pages are.
struct Desk {
    questions: Sender<(Question, Vec<u8>)>,
    answers: Receiver<(Answer, Vec<u8>)>,
}

impl Desk {
    fn open(fonts: FontContext) -> Option<Self> {
        let (questions, asked) = channel::<(Question, Vec<u8>)>();
        let (answering, answers) = channel();
        let work = move || {
            let mut page = None;
            for (question, bytes) in asked {
                if answering
                    .send(answer(&mut page, question, &bytes, &fonts))
                    .is_err()
                {
                    return;
                }
            }
        };
        thread::Builder::new().stack_size(STACK).spawn(work).ok()?;
        Some(Self { questions, answers })
    }

    fn ask(&self, question: Question, bytes: Vec<u8>) -> Option<(Answer, Vec<u8>)> {
        self.questions.send((question, bytes)).ok()?;
        self.answers.recv().ok()
    }
}

fn answer(
    page: &mut Option<BlitzPage>,
    question: Question,
    bytes: &[u8],
    fonts: &FontContext,
) -> (Answer, Vec<u8>) {
    if let Question::Load(mail, frame) = question {
        // The old one goes first: two may be more than there is room for.
        *page = None;
        let Some((html, parts, _)) = mail.take(bytes) else {
            return (Answer::Failed, Vec::new());
        };
        let loaded = BlitzPage::load(&html, Parts::new(parts), frame, fonts.clone());
        let extent = loaded.extent();
        *page = Some(loaded);
        return (Answer::Extent(extent), Vec::new());
    }
    let Some(page) = page else {
        return (Answer::Failed, Vec::new());
    };
    let answer = match question {
        Question::Load(..) => Answer::Failed,
        Question::Resize(frame) => {
            page.resize(frame);
            Answer::Extent(page.extent())
        }
        Question::Paint(corner) => {
            let picture = page.paint(corner);
            let size = Answer::Painted(picture.width, picture.height);
            return (size, picture.rgba);
        }
        Question::Hit(spot) => Answer::Hit(page.hit(spot)),
        Question::Select(from, to, reach) => {
            page.select(from, to, reach);
            Answer::Done
        }
        Question::SelectAll => {
            page.select_all();
            Answer::Done
        }
        Question::SelectNone => {
            page.select_none();
            Answer::Done
        }
        Question::Selected => Answer::Selected(page.selected()),
        Question::Find(words, number) => Answer::Found(page.find(&words, number)),
    };
    (answer, Vec::new())
}
