//! Days as people write them: `2026-05-01`, `May 2024`, `last week`, `7d`.
//!
//! What is the same in all languages is read here; the words are a table
//! ([`DateWords`]), one for each language.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use crate::model::Period;

/// How many words a date has at most: `3 days ago`, `1 May 2024`.
pub(super) const WORDS_MAX: usize = 3;

/// The words of a language for days, lower case; several forms of a word in
/// one string, with blanks between.
pub(super) struct DateWords {
    today: &'static str,
    yesterday: &'static str,
    /// Before `week`: the one that ended last.
    last: &'static str,
    /// Before `week`: the one that runs.
    this: &'static str,
    /// After `3 days`.
    ago: &'static str,
    day: &'static str,
    week: &'static str,
    month: &'static str,
    year: &'static str,
    /// From January.
    months: [&'static str; 12],
    /// From Monday.
    weekdays: [&'static str; 7],
}

pub(super) static ENGLISH: DateWords = DateWords {
    today: "today",
    yesterday: "yesterday",
    last: "last past previous",
    this: "this",
    ago: "ago",
    day: "day days",
    week: "week weeks",
    month: "month months",
    year: "year years",
    months: [
        "january jan",
        "february feb",
        "march mar",
        "april apr",
        "may",
        "june jun",
        "july jul",
        "august aug",
        "september sep sept",
        "october oct",
        "november nov",
        "december dec",
    ],
    weekdays: [
        "monday mon",
        "tuesday tue tues",
        "wednesday wed",
        "thursday thu thur thurs",
        "friday fri",
        "saturday sat",
        "sunday sun",
    ],
};

#[derive(Clone, Copy)]
enum Unit {
    Day,
    Week,
    Month,
    Year,
}

/// The days that are meant, seen from `today`; nothing where it is no date.
/// Words may be parted by blanks, dashes, underscores, commas or slashes; two
/// dots stand between the first and the last of many days.
pub(super) fn period(text: &str, today: NaiveDate, words: &DateWords) -> Option<Period> {
    let Some((first, last)) = text.split_once("..") else {
        return one_period(text, today, words);
    };
    let first = one_period(first, today, words)?.first;
    let end = one_period(last, today, words)?.end;
    (first < end).then_some(Period { first, end })
}

fn one_period(text: &str, today: NaiveDate, words: &DateWords) -> Option<Period> {
    let text = text.to_lowercase();
    let parts: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || "-_/,".contains(c))
        .filter(|part| !part.is_empty())
        .collect();
    match *parts.as_slice() {
        [one] => single(one, today, words),
        [first, second] => pair(first, second, today, words),
        [first, second, third] => {
            if is(words.ago, third) {
                let first = back(count(first)?, words.unit(second)?, today)?;
                return days(first, 1);
            }
            triple(first, second, third, words)
        }
        _ => None,
    }
}

/// So long before today: `7d`, `2w`, `3m`, `1y`.
pub(super) fn age(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let text = text.to_lowercase();
    let unit = text.chars().next_back()?;
    let number = text.strip_suffix(unit)?;
    let unit = match unit {
        'd' => Unit::Day,
        'w' => Unit::Week,
        'm' => Unit::Month,
        'y' => Unit::Year,
        _ => return None,
    };
    back(count(number)?, unit, today)
}

fn single(word: &str, today: NaiveDate, words: &DateWords) -> Option<Period> {
    if is(words.today, word) {
        return days(today, 1);
    }
    if is(words.yesterday, word) {
        return days(today.pred_opt()?, 1);
    }
    if let Some(weekday) = words.weekday(word) {
        return days(latest(weekday, today)?, 1);
    }
    if let Some(month) = words.month(word) {
        return months(latest_month(month, today)?, 1);
    }
    if let Some(year) = year(word) {
        return months(NaiveDate::from_ymd_opt(year, 1, 1)?, 12);
    }
    let parts: Vec<&str> = word.split('.').collect();
    if let [day, month, of] = *parts.as_slice() {
        return date(year(of)?, count(month)?, count(day)?);
    }
    days(age(word, today)?, 1)
}

fn pair(first: &str, second: &str, today: NaiveDate, words: &DateWords) -> Option<Period> {
    let back = if is(words.last, first) {
        1
    } else if is(words.this, first) {
        0
    } else {
        return of_month(first, second, today, words)
            .or_else(|| of_month(second, first, today, words));
    };
    if let Some(weekday) = words.weekday(second).filter(|_| back == 1) {
        return days(latest(weekday, today.pred_opt()?)?, 1);
    }
    let month = |months_back| {
        today
            .with_day(1)?
            .checked_sub_months(Months::new(months_back))
    };
    match words.unit(second)? {
        Unit::Day => None,
        Unit::Week => {
            let monday = latest(Weekday::Mon, today)?;
            days(monday.checked_sub_days(Days::new(7 * u64::from(back)))?, 7)
        }
        Unit::Month => months(month(back)?, 1),
        Unit::Year => months(month(12 * back)?.with_month(1)?, 12),
    }
}

/// `May 2024`, `2024 05`, `5 May`, with what tells the month first or last.
fn of_month(month: &str, other: &str, today: NaiveDate, words: &DateWords) -> Option<Period> {
    if let Some(year) = year(other) {
        let month = words.month(month).or_else(|| count(month))?;
        return months(NaiveDate::from_ymd_opt(year, month, 1)?, 1);
    }
    let month = words.month(month)?;
    // The last such day there was.
    let this_year = NaiveDate::from_ymd_opt(today.year(), month, count(other)?);
    let day = this_year.filter(|day| *day <= today);
    let day = day.or_else(|| NaiveDate::from_ymd_opt(today.year() - 1, month, count(other)?));
    days(day?, 1)
}

/// `2024 5 1`, `1 May 2024`, `May 1 2024`, `2024 May 1`.
fn triple(first: &str, second: &str, third: &str, words: &DateWords) -> Option<Period> {
    if let Some(year) = year(first) {
        let month = words.month(second).or_else(|| count(second))?;
        return date(year, month, count(third)?);
    }
    let year = year(third)?;
    if let Some(month) = words.month(second) {
        return date(year, month, count(first)?);
    }
    // Figures alone are the day and the month, or the other way round.
    date(year, words.month(first)?, count(second)?)
}

impl DateWords {
    fn unit(&self, word: &str) -> Option<Unit> {
        [
            (self.day, Unit::Day),
            (self.week, Unit::Week),
            (self.month, Unit::Month),
            (self.year, Unit::Year),
        ]
        .into_iter()
        .find_map(|(forms, unit)| is(forms, word).then_some(unit))
    }

    /// From 1.
    fn month(&self, word: &str) -> Option<u32> {
        let at = self.months.iter().position(|forms| is(forms, word))?;
        u32::try_from(at + 1).ok()
    }

    fn weekday(&self, word: &str) -> Option<Weekday> {
        let at = self.weekdays.iter().position(|forms| is(forms, word))?;
        Weekday::try_from(u8::try_from(at).ok()?).ok()
    }
}

fn is(forms: &str, word: &str) -> bool {
    forms.split(' ').any(|form| form == word)
}

/// A number of at most four figures, so that nothing overflows.
fn count(text: &str) -> Option<u32> {
    let is_number = (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

fn year(text: &str) -> Option<i32> {
    let year = count(text).filter(|year| text.len() == 4 && *year >= 1000)?;
    i32::try_from(year).ok()
}

fn back(count: u32, unit: Unit, today: NaiveDate) -> Option<NaiveDate> {
    match unit {
        Unit::Day => today.checked_sub_days(Days::new(count.into())),
        Unit::Week => today.checked_sub_days(Days::new(7 * u64::from(count))),
        Unit::Month => today.checked_sub_months(Months::new(count)),
        Unit::Year => today.checked_sub_months(Months::new(12 * count)),
    }
}

/// The last such day up to `today`.
fn latest(weekday: Weekday, today: NaiveDate) -> Option<NaiveDate> {
    let since = today.weekday().days_since(weekday);
    today.checked_sub_days(Days::new(since.into()))
}

/// The first day of the last such month that began up to `today`.
fn latest_month(month: u32, today: NaiveDate) -> Option<NaiveDate> {
    let year = today.year() - i32::from(month > today.month());
    NaiveDate::from_ymd_opt(year, month, 1)
}

fn date(year: i32, month: u32, day: u32) -> Option<Period> {
    days(NaiveDate::from_ymd_opt(year, month, day)?, 1)
}

fn days(first: NaiveDate, count: u64) -> Option<Period> {
    let end = first.checked_add_days(Days::new(count))?;
    Some(Period { first, end })
}

fn months(first: NaiveDate, count: u32) -> Option<Period> {
    let end = first.checked_add_months(Months::new(count))?;
    Some(Period { first, end })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_understood_as_people_write_them() {
        // A Thursday.
        let today = NaiveDate::from_ymd_opt(2026, 5, 14).unwrap();
        for (text, first, last) in [
            ("today", "2026-05-14", "2026-05-14"),
            ("Yesterday", "2026-05-13", "2026-05-13"),
            ("2026-05-01", "2026-05-01", "2026-05-01"),
            ("2026/5/1", "2026-05-01", "2026-05-01"),
            ("1.5.2026", "2026-05-01", "2026-05-01"),
            ("2024", "2024-01-01", "2024-12-31"),
            ("2024-02", "2024-02-01", "2024-02-29"),
            ("2024-2", "2024-02-01", "2024-02-29"),
            ("May 2024", "2024-05-01", "2024-05-31"),
            ("may-2024", "2024-05-01", "2024-05-31"),
            ("2024_May", "2024-05-01", "2024-05-31"),
            ("1 May 2024", "2024-05-01", "2024-05-01"),
            ("May 1, 2024", "2024-05-01", "2024-05-01"),
            ("5 May", "2026-05-05", "2026-05-05"),
            ("May 5", "2026-05-05", "2026-05-05"),
            ("June 5", "2025-06-05", "2025-06-05"),
            ("May", "2026-05-01", "2026-05-31"),
            ("June", "2025-06-01", "2025-06-30"),
            ("thursday", "2026-05-14", "2026-05-14"),
            ("fri", "2026-05-08", "2026-05-08"),
            ("last thursday", "2026-05-07", "2026-05-07"),
            ("last friday", "2026-05-08", "2026-05-08"),
            ("this week", "2026-05-11", "2026-05-17"),
            ("last week", "2026-05-04", "2026-05-10"),
            ("last_week", "2026-05-04", "2026-05-10"),
            ("last month", "2026-04-01", "2026-04-30"),
            ("this month", "2026-05-01", "2026-05-31"),
            ("last year", "2025-01-01", "2025-12-31"),
            ("3 days ago", "2026-05-11", "2026-05-11"),
            ("1 week ago", "2026-05-07", "2026-05-07"),
            ("3 months ago", "2026-02-14", "2026-02-14"),
            ("7d", "2026-05-07", "2026-05-07"),
            ("2W", "2026-04-30", "2026-04-30"),
            ("3m", "2026-02-14", "2026-02-14"),
            ("1y", "2025-05-14", "2025-05-14"),
            ("2024-05-03..2024-06", "2024-05-03", "2024-06-30"),
        ] {
            let found = period(text, today, &ENGLISH).map(|period| {
                let last = period.end.pred_opt().unwrap();
                (period.first.to_string(), last.to_string())
            });
            assert_eq!(found, Some((first.to_owned(), last.to_owned())), "{text}");
        }
        for text in [
            "",
            "soon",
            "may be",
            "2026-02-30",
            "2024-13",
            "24",
            "0024",
            "99999",
            "5/6/2024",
            "last day",
            "last",
            "29 February",
            "d",
            "99999d",
            "x y z w",
            "\u{661}d",
            "2024..2023",
            "2024..",
            "..",
            "1..2..3",
        ] {
            assert_eq!(period(text, today, &ENGLISH), None, "{text}");
        }
    }

    #[test]
    fn the_ends_of_the_calendar_do_no_harm() {
        for today in [NaiveDate::MIN, NaiveDate::MAX] {
            for text in [
                "today",
                "yesterday",
                "monday",
                "last week",
                "last month",
                "last year",
                "may",
                "29 feb",
                "9999y",
                "9999 years ago",
                "9999",
                "9999-12-31",
            ] {
                period(text, today, &ENGLISH);
            }
        }
    }
}
