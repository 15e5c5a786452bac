//! The TOML files of the profile: versioned, read softly, written atomically.

use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::file;
use super::migrate::{self, Step};
use crate::error::{Error, ErrorKind, Result};

/// What was read, and why it is only the default where reading failed.
#[derive(Debug, Clone)]
pub struct Loaded<T> {
    /// What the file holds; the default where it is missing or cannot be used.
    pub value: T,
    /// Why the file could not be used, for telling the person.
    pub report: Option<Error>,
}

/// What happens on saving to a file that is there and cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IfBroken {
    /// It is renamed and a new one is written.
    SetAside,
    /// Nothing is written: it matters too much.
    Refuse,
}

/// A kind of TOML file.
pub(crate) trait Document: Serialize + DeserializeOwned + Default {
    /// What brings older versions up to today's.
    const STEPS: &'static [Step] = &[];
    /// How saving treats a file that cannot be used.
    const IF_BROKEN: IfBroken;
    /// What to do about such a file.
    const REMEDY: &'static str;

    /// What serde cannot judge: a sentence about what contradicts itself.
    fn judge(&self) -> Result<(), String> {
        Ok(())
    }
}

#[derive(serde::Deserialize)]
struct Versioned {
    #[serde(default = "first")]
    version: u32,
}

fn first() -> u32 {
    1
}

/// A file with its version in front.
#[derive(Serialize)]
struct Stamped<'a, T> {
    version: u32,
    #[serde(flatten)]
    value: &'a T,
}

/// Reads a file; never fails and never changes it.
pub(crate) fn load<T: Document>(path: &Path) -> Loaded<T> {
    match read(path) {
        Ok(value) => Loaded {
            value: value.unwrap_or_default(),
            report: None,
        },
        Err(error) => Loaded {
            value: T::default(),
            report: Some(error),
        },
    }
}

/// Writes a file, unless a newer program wrote the one that is there.
pub(crate) fn save<T: Document>(path: &Path, value: &T) -> Result<()> {
    let version = migrate::version_after(T::STEPS);
    let text = toml::to_string_pretty(&Stamped { version, value }).map_err(|cause| {
        Error::new(
            ErrorKind::Bug,
            format!("{} cannot be written as TOML.", path.display()),
        )
        .source(cause)
    })?;
    if let Err(error) = read::<T>(path) {
        if T::IF_BROKEN == IfBroken::Refuse || is_newer::<T>(path) {
            return Err(error);
        }
        file::set_aside(path)?;
    }
    file::write_atomically(path, text.as_bytes())
}

fn is_newer<T: Document>(path: &Path) -> bool {
    let bytes = file::read(path).ok().flatten().unwrap_or_default();
    std::str::from_utf8(&bytes)
        .ok()
        .and_then(|text| toml::from_str::<Versioned>(text).ok())
        .is_some_and(|head| head.version > migrate::version_after(T::STEPS))
}

fn read<T: Document>(path: &Path) -> Result<Option<T>> {
    let place = path.display().to_string();
    let Some(bytes) = file::read(path)? else {
        return Ok(None);
    };
    let Ok(text) = String::from_utf8(bytes) else {
        return Err(unusable::<T>(format!("{place} is not text in UTF-8.")));
    };
    parse(&text, &place).map(Some)
}

fn parse<T: Document>(text: &str, place: &str) -> Result<T> {
    let broken = |cause: toml::de::Error| {
        unusable::<T>(format!("{}.", describe(place, text, &cause))).source(cause)
    };
    let head: Versioned = toml::from_str(text).map_err(broken)?;
    let known = migrate::version_after(T::STEPS);
    migrate::not_newer(place, head.version, known)?;
    let value: T = if head.version == known {
        // Straight from the text, so that a fault has its line.
        toml::from_str(text).map_err(broken)?
    } else {
        let mut table: toml::Table = toml::from_str(text).map_err(broken)?;
        migrate::bring_up(&mut table, head.version, T::STEPS);
        table.try_into().map_err(broken)?
    };
    value
        .judge()
        .map_err(|fault| unusable::<T>(format!("{place}: {fault}")))?;
    Ok(value)
}

fn unusable<T: Document>(message: String) -> Error {
    Error::new(ErrorKind::Config, message).hint(T::REMEDY)
}

/// `place, line 3: what is wrong there`.
pub(crate) fn describe(place: &str, text: &str, cause: &toml::de::Error) -> String {
    let message = cause.message().trim_end_matches('.').replace('\n', ", ");
    // The parser names the program's own types.
    let message = message.replace("expected u16", "expected a number from 0 to 65535");
    let message = message.replace("expected u32", "expected a whole number");
    match cause.span().and_then(|span| text.get(..span.start)) {
        Some(before) => {
            let line = before.matches('\n').count() + 1;
            format!("{place}, line {line}: {message}")
        }
        None => format!("{place}: {message}"),
    }
}
