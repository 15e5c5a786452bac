//! Invitations, visiting cards and attached messages, set to be read.

use chrono::{DateTime, Datelike, Local, NaiveDate};
use iced::widget::{column, container, row, text};
use iced::{Alignment, Length};
use waxwing::model::{Attendance, Contact, Enclosed, Event, EventKind, EventTime, Letter, PartId};

use crate::ui::component::control::text_button;
use crate::ui::component::{date, icon, label};
use crate::ui::font;
use crate::ui::icon::Icon;
use crate::ui::screen::mail::attachment::Message;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space as gap};
use crate::ui::widget::Element;

/// More people than this are counted.
const PEOPLE: usize = 12;

/// One of them, made ready to show.
#[derive(Debug)]
pub(super) struct Card {
    icon: Icon,
    /// What it is, above its title.
    kind: &'static str,
    title: String,
    lines: Vec<(String, String)>,
    /// What stands below the lines.
    notes: String,
    /// The message it opens.
    opens: Option<PartId>,
}

impl Card {
    /// Everything that came with a message: what concerns its reader at once
    /// first.
    pub(super) fn all(enclosed: &Enclosed, now: &DateTime<Local>) -> Vec<Self> {
        let events = enclosed.events.iter().map(|event| Self::event(event, now));
        let letters = enclosed.letters.iter().map(|one| Self::letter(one, now));
        let contacts = enclosed.contacts.iter().map(Self::contact);
        events.chain(letters).chain(contacts).collect()
    }

    fn event(event: &Event, now: &DateTime<Local>) -> Self {
        let mut lines = Vec::new();
        let mut line = |name: &str, words: String| {
            if !words.is_empty() {
                lines.push((name.to_owned(), words));
            }
        };
        line("When", when(event, now));
        line("Again", event.repeats.clone().unwrap_or_default());
        line("Where", event.place.clone());
        let organiser = event.organiser.as_ref();
        line(
            "From",
            organiser.map(ToString::to_string).unwrap_or_default(),
        );
        line("Who", people(event));
        Self {
            icon: Icon::Clock,
            kind: match event.kind {
                EventKind::Invitation => "Invitation",
                EventKind::Answer => "Answer to an invitation",
                EventKind::Cancelled => "Cancelled",
                EventKind::Entry => "In the calendar",
            },
            title: if event.title.is_empty() {
                "(no title)".to_owned()
            } else {
                event.title.clone()
            },
            lines,
            notes: event.notes.clone(),
            opens: None,
        }
    }

    fn letter(letter: &Letter, now: &DateTime<Local>) -> Self {
        let mut lines = Vec::new();
        if let Some(from) = &letter.from {
            lines.push(("From".to_owned(), from.to_string()));
        }
        if let Some(when) = &letter.date {
            lines.push(("Date".to_owned(), date::long(when, now)));
        }
        Self {
            icon: Icon::Mail,
            kind: "Attached message",
            title: if letter.subject.trim().is_empty() {
                "(no subject)".to_owned()
            } else {
                letter.subject.clone()
            },
            lines,
            notes: letter.snippet.clone(),
            opens: Some(letter.part),
        }
    }

    fn contact(contact: &Contact) -> Self {
        Self {
            icon: Icon::User,
            kind: "Visiting card",
            title: contact.name.clone(),
            lines: contact.lines.clone(),
            notes: String::new(),
            opens: None,
        }
    }

    pub(super) fn view(&self) -> Element<'_, Message> {
        let mut heading = row![
            icon(self.icon, 20.0, |t| t.accent),
            column![
                label(self.kind),
                text(self.title.as_str())
                    .size(size::BODY)
                    .font(font::SEMIBOLD)
                    .wrapping(text::Wrapping::WordOrGlyph),
            ]
            .width(Length::Fill),
        ]
        .spacing(gap::M)
        .align_y(Alignment::Center);
        if let Some(part) = self.opens {
            let open = Message::OpenLetter(part);
            heading = heading.push(text_button("Open", Kind::Secondary, Some(open)));
        }
        let lines = self.lines.iter().map(|(name, words)| {
            row![
                container(label(name.as_str())).width(80),
                text(words.as_str())
                    .size(size::LIST)
                    .wrapping(text::Wrapping::WordOrGlyph)
                    .width(Length::Fill),
            ]
            .into()
        });
        let mut card = column![heading].spacing(gap::M);
        if !self.lines.is_empty() {
            card = card.push(column(lines).spacing(gap::XS));
        }
        if !self.notes.is_empty() {
            card = card.push(
                text(self.notes.as_str())
                    .size(size::LIST)
                    .style(theme::text::weak)
                    .wrapping(text::Wrapping::WordOrGlyph),
            );
        }
        container(card)
            .padding(gap::M)
            .width(Length::Fill)
            .style(theme::container::chip)
            .into()
    }
}

fn day(day: NaiveDate, now: &DateTime<Local>) -> String {
    if day.year() == now.year() {
        day.format("%A, %-d %B").to_string()
    } else {
        day.format("%A, %-d %B %Y").to_string()
    }
}

/// "Saturday, 4 July, 09:00 to 10:30".
fn when(event: &Event, now: &DateTime<Local>) -> String {
    let told = |time: EventTime| match time {
        EventTime::Day(day) => (day, None),
        EventTime::At(at) => {
            let at = at.with_timezone(&now.timezone()).naive_local();
            (at.date(), Some(at.format("%H:%M").to_string()))
        }
        EventTime::Local(at) => (at.date(), Some(at.format("%H:%M").to_string())),
    };
    let Some((first, starts)) = event.starts.map(told) else {
        return String::new();
    };
    let begin = match &starts {
        Some(starts) => format!("{}, {starts}", day(first, now)),
        None => day(first, now),
    };
    match event.ends.map(told) {
        Some((last, Some(ends))) if last == first => format!("{begin} to {ends}"),
        Some((last, Some(ends))) => format!("{begin} to {}, {ends}", day(last, now)),
        Some((last, None)) if last != first => format!("{begin} to {}", day(last, now)),
        _ => begin,
    }
}

fn people(event: &Event) -> String {
    let named = event.people.iter().take(PEOPLE).map(|(person, answer)| {
        let answer = match answer {
            Attendance::Comes => " (comes)",
            Attendance::Perhaps => " (perhaps)",
            Attendance::Declines => " (declines)",
            Attendance::Unknown => "",
        };
        format!("{}{answer}", person.short())
    });
    let mut all: Vec<String> = named.collect();
    if event.people.len() > PEOPLE {
        all.push(format!("{} more", event.people.len() - PEOPLE));
    }
    all.join(", ")
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};

    use super::*;
    use crate::ui::tests::fixture::now;

    #[test]
    fn times_are_told_by_the_clock_at_hand() {
        let event = |starts, ends| Event {
            starts: Some(starts),
            ends,
            ..Event::default()
        };
        let date = |day| NaiveDate::from_ymd_opt(2026, 12, day).unwrap();
        let local = |hour| {
            let at = Local.with_ymd_and_hms(2026, 12, 4, hour, 30, 0).unwrap();
            EventTime::At(at.with_timezone(&Utc))
        };
        let told = |event: &Event| when(event, &now());
        assert_eq!(
            told(&event(local(9), Some(local(11)))),
            "Friday, 4 December, 09:30 to 11:30"
        );
        assert_eq!(
            told(&event(EventTime::Day(date(4)), None)),
            "Friday, 4 December"
        );
        assert_eq!(
            told(&event(
                EventTime::Day(date(4)),
                Some(EventTime::Day(date(6)))
            )),
            "Friday, 4 December to Sunday, 6 December"
        );
        let next = NaiveDate::from_ymd_opt(2027, 1, 1).unwrap();
        assert_eq!(
            told(&event(EventTime::Day(next), None)),
            "Friday, 1 January 2027"
        );
    }
}
