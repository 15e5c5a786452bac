//! Mail that comes again and again: one template and a table of what changes.

use super::files;

/// The series written out in the format of the hand-written mail.
pub(super) fn all() -> Vec<String> {
    files::SERIES.iter().map(|file| write_out(file)).collect()
}

/// Copies the template once per `row:`, each `[[column]]` replaced by the
/// row's value; columns are separated by ` | `.
fn write_out(file: &str) -> String {
    let (table, template) = file.split_once("template:\n").unwrap_or((file, ""));
    let columns: Vec<String> = cells(table, "columns:")
        .next()
        .unwrap_or_default()
        .iter()
        .map(|name| format!("[[{name}]]"))
        .collect();
    cells(table, "row:")
        .map(|row| {
            columns
                .iter()
                .zip(row)
                .fold(template.to_owned(), |text, (column, value)| {
                    text.replace(column, value)
                })
        })
        .collect()
}

/// The cells of the lines that start with `key`.
fn cells<'a>(table: &'a str, key: &'a str) -> impl Iterator<Item = Vec<&'a str>> {
    table
        .lines()
        .filter_map(move |line| line.strip_prefix(key))
        .map(|line| line.split('|').map(str::trim).collect())
}
