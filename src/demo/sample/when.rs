//! Dates relative to now, and the placeholders that show them.

use chrono::{
    DateTime, Datelike, Duration, FixedOffset, NaiveDate, NaiveTime, Offset, TimeZone, Utc, Weekday,
};

/// Reads `12m`, `3h`, `2d 09:14` or `8d wed 20:00` (the last Wednesday that is
/// at least 8 days ago), each with an optional zone (`+0900`).
///
/// Days count back from the date in central Europe, whatever the sender's
/// zone, so that the order of a thread does not depend on the time of day.
pub(super) fn ago(text: &str, now: DateTime<Utc>) -> Option<DateTime<FixedOffset>> {
    let mut words = text.split_whitespace();
    let back = words.next()?;
    let rest: Vec<&str> = words.collect();
    let zone = rest.iter().find_map(|word| zone(word));
    let at = |moment: DateTime<Utc>| moment.with_timezone(&zone.unwrap_or_else(|| home(moment)));
    if let Some(minutes) = back.strip_suffix('m') {
        return Some(at(now - Duration::minutes(minutes.parse().ok()?)));
    }
    if let Some(hours) = back.strip_suffix('h') {
        return Some(at(now - Duration::hours(hours.parse().ok()?)));
    }
    let days: i64 = back.strip_suffix('d')?.parse().ok()?;
    let then = now - Duration::days(days);
    let mut day = then.with_timezone(&home(then)).date_naive();
    if let Some(weekday) = rest.iter().find_map(|word| word.parse::<Weekday>().ok()) {
        day -= Duration::days(i64::from(day.weekday().days_since(weekday)));
    }
    let time = rest
        .iter()
        .find_map(|word| NaiveTime::parse_from_str(word, "%H:%M").ok())?;
    at(then)
        .offset()
        .from_local_datetime(&day.and_time(time))
        .single()
}

/// A zone as RFC 5322 writes it: `+0900`.
fn zone(word: &str) -> Option<FixedOffset> {
    let (sign, digits) = match word.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, word.strip_prefix('+')?),
    };
    let number: i32 = digits.parse().ok()?;
    FixedOffset::east_opt(sign * (number / 100 * 3600 + number % 100 * 60))
}

/// Central European time, with summer time taken as April to October: close
/// enough for letters nobody sent.
fn home(moment: DateTime<Utc>) -> FixedOffset {
    let hours = if (4..=10).contains(&moment.month()) {
        2
    } else {
        1
    };
    FixedOffset::east_opt(hours * 3600).unwrap_or_else(|| Utc.fix())
}

/// Puts dates in for `{date+3}`, `{day-1}`, `{num+0}` and their like; braces
/// that hold anything else stay.
pub(super) fn expand(text: &str, date: NaiveDate) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let filled = after
            .split_once('}')
            .and_then(|(inner, tail)| Some((placeholder(inner, date)?, tail)));
        if let Some((value, tail)) = filled {
            out.push_str(&value);
            rest = tail;
        } else {
            out.push('{');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

fn placeholder(inner: &str, date: NaiveDate) -> Option<String> {
    let (name, days) = match inner.split_once('+') {
        Some((name, days)) => (name, days.parse::<i64>().ok()?),
        None => {
            let (name, days) = inner.split_once('-')?;
            (name, -days.parse::<i64>().ok()?)
        }
    };
    let format = match name {
        "date" => "%A %-d %B",
        "day" => "%A",
        "num" => "%d.%m.%Y",
        "iso" => "%Y-%m-%d",
        "ics" => "%Y%m%d",
        "month" => "%B %Y",
        "year" => "%Y",
        _ => return None,
    };
    let day = date.checked_add_signed(Duration::days(days))?;
    Some(day.format(format).to_string())
}
