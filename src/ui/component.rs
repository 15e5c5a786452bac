//! Small parts of views: functions and a little state, no engine.

pub(crate) mod address_field;
pub(crate) mod avatar;
pub(crate) mod body_text;
pub(crate) mod control;
pub(crate) mod date;
pub(crate) mod empty;
pub(crate) mod fingerprint;
pub(crate) mod form;
pub(crate) mod sheet;
pub(crate) mod toast;

pub(crate) use control::{icon, icon_button, icon_text_button, label, tip};

/// A number of bytes as people say it: "812 B", "14 kB", "2.3 MB".
#[allow(clippy::cast_precision_loss, reason = "one decimal is shown")]
pub(crate) fn bytes(count: u64) -> String {
    match count {
        0..1000 => format!("{count} B"),
        1000..1_000_000 => format!("{} kB", count.div_ceil(1000)),
        1_000_000..1_000_000_000 => format!("{:.1} MB", count as f64 / 1e6),
        _ => format!("{:.1} GB", count as f64 / 1e9),
    }
}
