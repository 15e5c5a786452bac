//! Dates in words.

use chrono::{DateTime, Datelike, Local, NaiveDate, TimeZone};

/// Short, for a row: the time today, the day this year, else the date.
pub(crate) fn short<Z: TimeZone>(date: &DateTime<Z>, now: &DateTime<Local>) -> String {
    let date = date.with_timezone(&Local);
    let (day, today) = (date.date_naive(), now.date_naive());
    if day == today {
        date.format("%H:%M").to_string()
    } else if (today - day).num_days() == 1 {
        "Yesterday".into()
    } else if day < today && (today - day).num_days() < 7 {
        date.format("%A").to_string()
    } else if day.year() == today.year() {
        date.format("%-d %b").to_string()
    } else {
        date.format("%-d %b %Y").to_string()
    }
}

/// In words, for the head of a message: "Today at 09:14", "Monday, 3 March 2025 at 18:00".
pub(crate) fn long<Z: TimeZone>(date: &DateTime<Z>, now: &DateTime<Local>) -> String {
    let date = date.with_timezone(&Local);
    let time = date.format("%H:%M");
    match (now.date_naive() - date.date_naive()).num_days() {
        0 => format!("Today at {time}"),
        1 => format!("Yesterday at {time}"),
        2..=6 => format!("{} at {time}", date.format("%A")),
        _ => format!("{} at {time}", date.format("%-d %B %Y")),
    }
}

/// To the second, with the zone the writer gave, for the curious.
pub(crate) fn exact(date: &DateTime<chrono::FixedOffset>) -> String {
    date.format("%A, %-d %B %Y, %H:%M:%S %:z").to_string()
}

/// How long ago, for a state: "just now", "12 s ago", "3 min ago", "at 09:14".
pub(crate) fn ago<Z: TimeZone>(date: &DateTime<Z>, now: &DateTime<Local>) -> String {
    let date = date.with_timezone(&Local);
    let seconds = (*now - date).num_seconds();
    match seconds {
        ..5 => "just now".into(),
        5..60 => format!("{seconds} s ago"),
        60..3600 => format!("{} min ago", seconds / 60),
        _ if date.date_naive() == now.date_naive() => format!("at {}", date.format("%H:%M")),
        _ => format!("on {}", short(&date, now)),
    }
}

/// The group of a list a date belongs to.
pub(crate) fn group<Z: TimeZone>(date: &DateTime<Z>, now: &DateTime<Local>) -> String {
    let day = date.with_timezone(&Local).date_naive();
    let today = now.date_naive();
    let monday =
        |day: NaiveDate| day - chrono::Days::new(u64::from(day.weekday().num_days_from_monday()));
    match (today - day).num_days() {
        ..0 => "Later".into(),
        0 => "Today".into(),
        1 => "Yesterday".into(),
        _ if monday(day) == monday(today) => "Earlier this week".into(),
        _ if (monday(today) - monday(day)).num_days() == 7 => "Last week".into(),
        _ if day.year() == today.year() && day.month() == today.month() => {
            "Earlier this month".into()
        }
        _ if day.year() == today.year() => day.format("%B").to_string(),
        _ => day.format("%B %Y").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Local> {
        let naive = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap();
        Local.from_local_datetime(&naive).unwrap()
    }

    #[test]
    fn dates_near_and_far() {
        let now = at("2026-11-21 12:00:00"); // a Saturday
        for (date, short_word, group_word) in [
            ("2026-11-21 09:14:00", "09:14", "Today"),
            ("2026-11-20 23:59:00", "Yesterday", "Yesterday"),
            ("2026-11-17 08:00:00", "Tuesday", "Earlier this week"),
            ("2026-11-11 08:00:00", "11 Nov", "Last week"),
            ("2026-11-02 08:00:00", "2 Nov", "Earlier this month"),
            ("2026-03-02 08:00:00", "2 Mar", "March"),
            ("2024-03-02 08:00:00", "2 Mar 2024", "March 2024"),
            ("2026-11-23 08:00:00", "23 Nov", "Later"),
        ] {
            assert_eq!(short(&at(date), &now), short_word, "{date}");
            assert_eq!(group(&at(date), &now), group_word, "{date}");
        }
        assert_eq!(long(&at("2026-11-21 09:14:00"), &now), "Today at 09:14");
        assert_eq!(
            long(&at("2025-03-03 18:00:00"), &now),
            "3 March 2025 at 18:00"
        );
        assert_eq!(ago(&at("2026-11-21 11:59:48"), &now), "12 s ago");
        assert_eq!(ago(&at("2026-11-21 11:40:00"), &now), "20 min ago");
        assert_eq!(ago(&at("2026-11-21 09:00:00"), &now), "at 09:00");
    }
}
