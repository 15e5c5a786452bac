//! Made-up mail with the words, conversations, languages and sizes of real
//! mail, for measuring the store. (The mail of the test servers has the sizes
//! of real mail too, and few words: there the line is measured.)

use std::collections::VecDeque;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::words::Language;

/// Whose mail it is.
pub(crate) const OWN: &str = "me@example.test";

/// When the first message was sent, and how many seconds lie between two.
const FIRST: i64 = 1_450_000_000;
const APART: i64 = 280;

const PEOPLE: usize = 3000;
const BOUNDARY: &str = "=_waxwing_store_boundary";

/// Writes one message after the other; the same seed writes the same ones.
#[derive(Debug)]
pub(crate) struct Mail {
    random: StdRng,
    people: Vec<(String, String)>,
    /// What may be answered, newest last.
    recent: VecDeque<Sent>,
    written: u64,
    noise: String,
}

/// A message that may be answered.
#[derive(Debug, Clone)]
struct Sent {
    id: String,
    references: Vec<String>,
    subject: String,
    language: Language,
    /// How it begins, to be quoted.
    excerpt: String,
}

impl Mail {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let people = (0..PEOPLE).map(|n| person(n, &mut random)).collect();
        let bytes: Vec<u8> = (0..60_000).map(|_| random.random()).collect();
        let lines: Vec<String> = bytes.chunks(57).map(|line| STANDARD.encode(line)).collect();
        Self {
            random,
            people,
            recent: VecDeque::new(),
            written: 0,
            noise: lines.join("\n"),
        }
    }

    /// Some people who write, the most usual first: `name`, `address`.
    pub(crate) fn people(&self) -> &[(String, String)] {
        &self.people
    }

    /// The next message, its lines ended as in a file.
    pub(crate) fn message(&mut self) -> String {
        let number = self.written;
        self.written += 1;
        let answers = (!self.recent.is_empty() && self.random.random_range(0..100) < 45)
            .then(|| {
                // New mail is answered more often than old.
                let back = (self.recent.len() as f64).powf(self.random.random::<f64>()) as usize;
                self.recent.get(self.recent.len() - back).cloned()
            })
            .flatten();
        let language = match &answers {
            Some(first) => first.language,
            None => Language::any(&mut self.random),
        };
        let mut out = String::with_capacity(12_000);
        let sent = self.headers(number, answers.as_ref(), language, &mut out);
        let body = self.body(answers.as_ref(), language);
        self.wrap(number, &body, &mut out);
        let excerpt = body.lines().take(6).collect::<Vec<_>>().join("\n");
        self.recent.push_back(Sent { excerpt, ..sent });
        if self.recent.len() > 2000 {
            self.recent.pop_front();
        }
        out
    }

    fn headers(
        &mut self,
        number: u64,
        answers: Option<&Sent>,
        language: Language,
        out: &mut String,
    ) -> Sent {
        let random = &mut self.random;
        let who = (PEOPLE as f64).powf(random.random::<f64>()) as usize - 1;
        let (name, address) = self.people[who].clone();
        let own = random.random_range(0..100) < 15;
        let (from, to) = match own {
            true => (
                OWN.to_owned(),
                format!("{} <{address}>", encoded_word(&name)),
            ),
            false => (
                format!("{} <{address}>", encoded_word(&name)),
                OWN.to_owned(),
            ),
        };
        let subject = answers.map_or_else(|| subject(random, language), |a| a.subject.clone());
        let prefix = if answers.is_some() { "Re: " } else { "" };
        let date =
            FIRST + i64::try_from(number).unwrap_or(0) * APART + random.random_range(0..APART);
        let date = DateTime::from_timestamp(date, 0).unwrap_or_default();
        let id = format!("<{number}.{who}@store.example.test>");
        let _ = write!(
            out,
            "From: {from}\nTo: {to}\nSubject: {prefix}{}\nDate: {}\nMessage-ID: {id}\n",
            encoded_word(&subject),
            date.to_rfc2822(),
        );
        let mut references = Vec::new();
        if let Some(first) = answers {
            references.clone_from(&first.references);
            references.push(first.id.clone());
            // As many programs do: the first, and the last ones.
            if references.len() > 12 {
                references.remove(1);
            }
            let _ = write!(
                out,
                "In-Reply-To: {}\nReferences: {}\n",
                first.id,
                references.join("\n ")
            );
        }
        if who % 20 == 3 {
            let _ = writeln!(out, "List-Id: <list{who}.example.test>");
        }
        // Old mail is read, some is starred.
        let unread = random.random_range(0..100) < 3;
        let starred = random.random_range(0..100) < 2;
        let _ = write!(
            out,
            "Status: {}\nX-Status: {}\nMIME-Version: 1.0\n",
            if unread { "O" } else { "RO" },
            if starred { "F" } else { "" },
        );
        Sent {
            id,
            references,
            subject,
            language,
            excerpt: String::new(),
        }
    }

    fn body(&mut self, answers: Option<&Sent>, language: Language) -> String {
        let mut body = String::new();
        let size = size(&mut self.random);
        language.text(&mut self.random, size, "\n", &mut body);
        if let Some(first) = answers {
            for line in first.excerpt.lines() {
                body.push_str("> ");
                body.push_str(line);
                body.push('\n');
            }
        }
        body
    }

    /// The body as text, as text and HTML, or with something attached.
    fn wrap(&mut self, number: u64, body: &str, out: &mut String) {
        let kind = self.random.random_range(0..100);
        let text = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n";
        if kind < 40 {
            out.push_str(text);
            out.push_str(body);
            return;
        }
        let part = if kind < 94 { "alternative" } else { "mixed" };
        let _ = write!(
            out,
            "Content-Type: multipart/{part}; boundary=\"{BOUNDARY}\"\n\n--{BOUNDARY}\n{text}{body}\n--{BOUNDARY}\n"
        );
        if kind < 94 {
            out.push_str("Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n<html><body style=\"font-family: sans-serif\"><table width=\"600\"><tr><td>\n");
            for line in body.lines() {
                let _ = writeln!(out, "<p style=\"margin: 0 0 12px\">{line}</p>");
            }
            out.push_str("</td></tr></table></body></html>\n");
        } else {
            let _ = write!(
                out,
                "Content-Type: image/jpeg; name=\"picture-{number}.jpg\"\nContent-Disposition: attachment; filename=\"picture-{number}.jpg\"\nContent-Transfer-Encoding: base64\n\n"
            );
            let lines = self.random.random_range(100..1000);
            for line in self.noise.lines().take(lines) {
                out.push_str(line);
                out.push('\n');
            }
        }
        let _ = write!(out, "\n--{BOUNDARY}--\n");
    }
}

fn person(number: usize, random: &mut StdRng) -> (String, String) {
    let language = Language::any(random);
    let mut name = capital(&language.word(random.random_range(200..5000)));
    name.push(' ');
    name.push_str(&capital(&language.word(random.random_range(200..50_000))));
    let host = Language::any(&mut StdRng::seed_from_u64(1)).word(random.random_range(300..900));
    (name, format!("person{number}@{host}.test"))
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

fn subject(random: &mut StdRng, language: Language) -> String {
    let mut subject = String::new();
    for _ in 0..random.random_range(2..6) {
        language.push(random, &mut subject);
        subject.push_str(language.blank);
    }
    capital(subject.trim_end())
}

/// The size of a text in bytes, log-normal.
fn size(random: &mut StdRng) -> usize {
    let bell: f64 = (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0;
    (2300.0 * bell.exp()).clamp(100.0, 100_000.0) as usize
}

/// A phrase for a header, encoded (RFC 2047) where it must be.
fn encoded_word(phrase: &str) -> String {
    if phrase.is_ascii() {
        return phrase.to_owned();
    }
    format!("=?utf-8?B?{}?=", STANDARD.encode(phrase))
}
