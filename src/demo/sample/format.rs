//! The text format of the sample mail (`assets/demo/README.md`).

/// One message as the data gives it.
#[derive(Debug, Clone, Default)]
pub(super) struct Entry {
    /// The name by which other messages answer it; also the left part of its
    /// Message-ID.
    pub(super) id: String,
    /// The lines `key: value`; those of the file's head come last, so that the
    /// message's own win.
    fields: Vec<(String, String)>,
    /// The plain text.
    pub(super) text: String,
    /// Further parts: content type and content.
    pub(super) sections: Vec<(String, String)>,
}

impl Entry {
    /// The value of a field, if it is there and not empty.
    pub(super) fn get<'a>(&'a self, key: &'a str) -> Option<&'a str> {
        self.all(key).next().filter(|value| !value.is_empty())
    }

    /// All values of a field that may be repeated.
    pub(super) fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields
            .iter()
            .filter(move |(name, _)| name == key)
            .map(|(_, value)| value.as_str())
    }

    /// Whether the field is there, even if it is empty.
    pub(super) fn has(&self, key: &str) -> bool {
        self.all(key).next().is_some()
    }
}

/// Reads a data file. Lines before the first message are the file's head.
pub(super) fn entries(file: &str) -> Vec<Entry> {
    let mut head = Vec::new();
    let mut found = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in file.lines() {
        if let Some(id) = line.strip_prefix("=== ") {
            found.extend(open.take().map(|(id, lines)| entry(id, &lines, &head)));
            open = Some((id.trim().to_owned(), String::new()));
        } else if let Some((_, lines)) = open.as_mut() {
            lines.push_str(line);
            lines.push('\n');
        } else if !line.starts_with('#') {
            head.extend(field(line));
        }
    }
    found.extend(open.map(|(id, lines)| entry(id, &lines, &head)));
    found
}

fn entry(id: String, lines: &str, head: &[(String, String)]) -> Entry {
    let (fields, body) = lines.split_once("\n\n").unwrap_or((lines, ""));
    let mut entry = Entry {
        id,
        fields: fields.lines().filter_map(field).collect(),
        ..Entry::default()
    };
    entry.fields.extend(head.iter().cloned());
    for line in body.lines() {
        let content_type = match line {
            "%html" => Some("text/html"),
            _ => line.strip_prefix("%part "),
        };
        if let Some(content_type) = content_type {
            entry
                .sections
                .push((content_type.to_owned(), String::new()));
            continue;
        }
        let target = match entry.sections.last_mut() {
            Some((_, content)) => content,
            None => &mut entry.text,
        };
        target.push_str(line);
        target.push('\n');
    }
    let contents = entry.sections.iter_mut().map(|(_, content)| content);
    for content in std::iter::once(&mut entry.text).chain(contents) {
        content.truncate(content.trim_end_matches('\n').len());
    }
    entry
}

fn field(line: &str) -> Option<(String, String)> {
    let (key, value) = line.split_once(':')?;
    Some((key.trim().to_owned(), value.trim().to_owned()))
}
