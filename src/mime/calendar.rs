//! Entries of calendars that come by mail (RFC 5545, RFC 5546).

use calcard::common::PartialDateTime;
use calcard::icalendar::timezone::TzResolver;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarFrequency,
    ICalendarParameterName, ICalendarProperty, ICalendarRecurrenceRule, ICalendarStatus,
    ICalendarValue, ICalendarWeekday,
};
use calcard::{Entry, Parser};
use chrono::{TimeDelta, Utc};

use super::body::prefix;
use super::header::one_line;
use crate::model::{Address, Attendance, Event, EventKind, EventTime};

/// How many entries of one calendar are shown.
const EVENTS_MAX: usize = 20;

/// How many people of one entry are named.
const PEOPLE_MAX: usize = 300;

/// How much of what is said about one is kept, in bytes.
const NOTES_MAX: usize = 8 << 10;

/// The entries of the calendars in a text, without those that only say when one
/// of a series is different.
pub(super) fn events(text: &str) -> Vec<Event> {
    let mut parser = Parser::new(text);
    let mut found = Vec::new();
    loop {
        match parser.entry() {
            Entry::ICalendar(calendar) => add(&calendar, &mut found),
            Entry::Eof | Entry::TooManyComponents => break,
            _ => {}
        }
        if found.len() >= EVENTS_MAX {
            found.truncate(EVENTS_MAX);
            break;
        }
    }
    found
}

fn add(calendar: &ICalendar, found: &mut Vec<Event>) {
    let zones = calendar.build_tz_resolver();
    let method = calendar
        .components
        .iter()
        .find_map(|one| value(one, &ICalendarProperty::Method)?.as_text());
    let kind = match method.map(str::to_ascii_uppercase).as_deref() {
        Some("REQUEST" | "COUNTER") => EventKind::Invitation,
        Some("REPLY") => EventKind::Answer,
        Some("CANCEL") => EventKind::Cancelled,
        _ => EventKind::Entry,
    };
    let entries = calendar
        .components
        .iter()
        .filter(|one| one.component_type == ICalendarComponentType::VEvent);
    for entry in entries.take(EVENTS_MAX) {
        let event = event(entry, kind, &zones);
        let is_empty = event.starts.is_none() && event.title.is_empty();
        if !is_empty && !found.contains(&event) {
            found.push(event);
        }
    }
}

fn event(entry: &ICalendarComponent, kind: EventKind, zones: &TzResolver<&str>) -> Event {
    let cancelled = entry.status() == Some(&ICalendarStatus::Cancelled);
    let text = |name| {
        let text = value(entry, name).and_then(ICalendarValue::as_text);
        text.unwrap_or_default()
    };
    let starts = entry
        .property(&ICalendarProperty::Dtstart)
        .and_then(|at| time(at, zones));
    let people = entry.properties(&ICalendarProperty::Attendee);
    Event {
        kind: if cancelled {
            EventKind::Cancelled
        } else {
            kind
        },
        title: one_line(text(&ICalendarProperty::Summary)),
        starts,
        ends: end(entry, starts, zones),
        repeats: match value(entry, &ICalendarProperty::Rrule) {
            Some(ICalendarValue::RecurrenceRule(rule)) => Some(repeats(rule)),
            _ => None,
        },
        place: one_line(text(&ICalendarProperty::Location)),
        organiser: entry
            .property(&ICalendarProperty::Organizer)
            .and_then(person),
        people: people
            .take(PEOPLE_MAX)
            .filter_map(|entry| Some((person(entry)?, attendance(entry))))
            .collect(),
        notes: prefix(text(&ICalendarProperty::Description), NOTES_MAX)
            .replace("\r\n", "\n")
            .trim()
            .to_owned(),
    }
}

fn value<'a>(
    entry: &'a ICalendarComponent,
    name: &ICalendarProperty,
) -> Option<&'a ICalendarValue> {
    entry.property(name)?.values.first()
}

/// The end of an entry: as it says, or after as long as it takes.
fn end(
    entry: &ICalendarComponent,
    starts: Option<EventTime>,
    zones: &TzResolver<&str>,
) -> Option<EventTime> {
    let named = entry
        .property(&ICalendarProperty::Dtend)
        .and_then(|at| time(at, zones));
    match (named, value(entry, &ICalendarProperty::Duration)) {
        // The day after the last (RFC 5545, 3.6.1).
        (Some(EventTime::Day(day)), _) => {
            let last = day.pred_opt()?;
            let is_later = |start| matches!(start, EventTime::Day(first) if first < last);
            starts.is_some_and(is_later).then_some(EventTime::Day(last))
        }
        (Some(named), _) => Some(named),
        (None, Some(ICalendarValue::Duration(duration))) => {
            let long: TimeDelta = duration.to_time_delta()?;
            match starts? {
                EventTime::At(start) => Some(EventTime::At(start.checked_add_signed(long)?)),
                EventTime::Local(start) => Some(EventTime::Local(start.checked_add_signed(long)?)),
                EventTime::Day(_) => None,
            }
        }
        _ => None,
    }
}

/// A time, in the zone it names. One that nobody knows is taken for the clock
/// at hand.
fn time(entry: &ICalendarEntry, zones: &TzResolver<&str>) -> Option<EventTime> {
    let written = entry.values.first()?.as_partial_date_time()?;
    moment(written, entry.tz_id().and_then(|zone| zones.resolve(zone)))
}

fn moment(
    written: &PartialDateTime,
    zone: Option<calcard::common::timezone::Tz>,
) -> Option<EventTime> {
    let local = written.to_date_time()?;
    if !written.has_time() {
        return Some(EventTime::Day(local.date_time.date()));
    }
    let zone = zone.filter(|zone| !zone.is_floating());
    match (local.offset, zone) {
        (None, None) => Some(EventTime::Local(local.date_time)),
        (_, zone) => {
            let at = local.to_date_time_with_tz(zone.unwrap_or_default())?;
            Some(EventTime::At(at.with_timezone(&Utc)))
        }
    }
}

fn person(entry: &ICalendarEntry) -> Option<Address> {
    let address = one_line(entry.calendar_address()?);
    let name = entry
        .parameter(&ICalendarParameterName::Cn)
        .and_then(|name| name.as_text())
        .map(one_line)
        .unwrap_or_default();
    let name = if name == address { String::new() } else { name };
    (!name.is_empty() || !address.is_empty()).then_some(Address { name, address })
}

fn attendance(entry: &ICalendarEntry) -> Attendance {
    let answer = entry
        .parameter(&ICalendarParameterName::Partstat)
        .and_then(|answer| answer.as_text());
    match answer.map(str::to_ascii_uppercase).as_deref() {
        Some("ACCEPTED") => Attendance::Comes,
        Some("TENTATIVE") => Attendance::Perhaps,
        Some("DECLINED") => Attendance::Declines,
        _ => Attendance::Unknown,
    }
}

/// How an entry comes again, in words (RFC 5545, 3.3.10).
fn repeats(rule: &ICalendarRecurrenceRule) -> String {
    let unit = match rule.freq {
        ICalendarFrequency::Yearly => "year",
        ICalendarFrequency::Monthly => "month",
        ICalendarFrequency::Weekly => "week",
        ICalendarFrequency::Daily => "day",
        ICalendarFrequency::Hourly => "hour",
        ICalendarFrequency::Minutely => "minute",
        ICalendarFrequency::Secondly => "second",
    };
    let mut words = match rule.interval {
        None | Some(0 | 1) => format!("every {unit}"),
        Some(interval) => format!("every {interval} {unit}s"),
    };
    let days: Vec<_> = rule.byday.iter().map(|day| weekday(day.weekday)).collect();
    if !days.is_empty() && rule.byday.iter().all(|day| day.ordwk.is_none()) {
        words.push_str(&format!(" on {}", days.join(", ")));
    }
    if let Some(count) = rule.count {
        words.push_str(&format!(", {count} times"));
    } else if let Some(until) = rule.until.as_ref().and_then(PartialDateTime::to_date_time) {
        let until = until.date_time.format("%-d %B %Y");
        words.push_str(&format!(" until {until}"));
    }
    words
}

fn weekday(day: ICalendarWeekday) -> &'static str {
    match day {
        ICalendarWeekday::Sunday => "Sunday",
        ICalendarWeekday::Monday => "Monday",
        ICalendarWeekday::Tuesday => "Tuesday",
        ICalendarWeekday::Wednesday => "Wednesday",
        ICalendarWeekday::Thursday => "Thursday",
        ICalendarWeekday::Friday => "Friday",
        ICalendarWeekday::Saturday => "Saturday",
    }
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, TimeZone};

    use super::*;

    fn one(lines: &str) -> Event {
        let text = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{lines}\r\nEND:VCALENDAR\r\n",
            lines = lines.replace('\n', "\r\n")
        );
        let mut events = events(&text);
        assert_eq!(events.len(), 1, "{events:?}");
        events.remove(0)
    }

    #[test]
    fn an_invitation_says_what_when_where_and_who() {
        let event = one(
            "METHOD:REQUEST\nBEGIN:VEVENT\nUID:1@x\nSUMMARY:River walk\\, long\n\
             DTSTART;TZID=Europe/Berlin:20260704T090000\nDTEND;TZID=Europe/Berlin:20260704T103000\n\
             LOCATION:Old mill\nORGANIZER;CN=Ada:mailto:ada@x.test\n\
             ATTENDEE;CN=Bob;PARTSTAT=ACCEPTED:mailto:bob@x.test\n\
             ATTENDEE;PARTSTAT=NEEDS-ACTION:MAILTO:eve@x.test\n\
             RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SA;UNTIL=20261001T000000Z\n\
             DESCRIPTION:Bring boots.\\nAnd tea.\nEND:VEVENT",
        );
        assert_eq!(event.kind, EventKind::Invitation);
        assert_eq!(event.title, "River walk, long");
        let at = |hour, minute| {
            let at = Utc.with_ymd_and_hms(2026, 7, 4, hour, minute, 0).unwrap();
            Some(EventTime::At(at))
        };
        assert_eq!((event.starts, event.ends), (at(7, 0), at(8, 30)));
        assert_eq!(event.place, "Old mill");
        assert_eq!(event.organiser, Some(Address::new("Ada", "ada@x.test")));
        assert_eq!(
            event.people,
            [
                (Address::new("Bob", "bob@x.test"), Attendance::Comes),
                (Address::new("", "eve@x.test"), Attendance::Unknown)
            ]
        );
        assert_eq!(
            event.repeats.as_deref(),
            Some("every 2 weeks on Saturday until 1 October 2026")
        );
        assert_eq!(event.notes, "Bring boots.\nAnd tea.");
    }

    #[test]
    fn days_zones_and_lengths_are_understood() {
        let day = |day| {
            Some(EventTime::Day(
                NaiveDate::from_ymd_opt(2026, 7, day).unwrap(),
            ))
        };
        let event =
            one("BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260704\nDTEND;VALUE=DATE:20260707\nEND:VEVENT");
        assert_eq!((event.starts, event.ends), (day(4), day(6)));
        let event =
            one("BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260704\nDTEND;VALUE=DATE:20260705\nEND:VEVENT");
        assert_eq!((event.starts, event.ends), (day(4), None));
        // Outlook's name of a zone, which its own table explains.
        let event = one(
            "BEGIN:VTIMEZONE\nTZID:W. Europe Standard Time\nBEGIN:STANDARD\n\
             DTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\n\
             BEGIN:VEVENT\nDTSTART;TZID=W. Europe Standard Time:20260704T090000\nDURATION:PT45M\nEND:VEVENT",
        );
        let at = |hour, minute| {
            let at = Utc.with_ymd_and_hms(2026, 7, 4, hour, minute, 0).unwrap();
            Some(EventTime::At(at))
        };
        assert_eq!((event.starts, event.ends), (at(7, 0), at(7, 45)));
        let event = one("BEGIN:VEVENT\nDTSTART:20260704T090000Z\nSTATUS:CANCELLED\nEND:VEVENT");
        assert_eq!((event.starts, event.kind), (at(9, 0), EventKind::Cancelled));
        let event = one("BEGIN:VEVENT\nDTSTART;TZID=Moon:20260704T090000\nEND:VEVENT");
        assert!(matches!(event.starts, Some(EventTime::Local(_))));
    }

    #[test]
    fn no_calendar_no_entries() {
        assert_eq!(events("Hello"), []);
        assert_eq!(
            events("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:99"),
            events("")
        );
    }
}
