//! Visiting cards that come by mail (RFC 6350, and the older kinds).

use calcard::vcard::{VCard, VCardEntry, VCardProperty, VCardValue};
use calcard::{Entry, Parser};

use super::header::one_line;
use crate::model::Contact;

/// How many cards of one file are shown, and lines of one card.
const CONTACTS_MAX: usize = 20;
const LINES_MAX: usize = 30;

/// What is told of a card, as it is called.
const LINES: &[(VCardProperty, &str)] = &[
    (VCardProperty::Title, "Title"),
    (VCardProperty::Org, "Company"),
    (VCardProperty::Email, "Mail"),
    (VCardProperty::Tel, "Phone"),
    (VCardProperty::Adr, "Address"),
    (VCardProperty::Url, "Web"),
    (VCardProperty::Bday, "Birthday"),
    (VCardProperty::Note, "Note"),
];

/// The cards in a text.
pub(super) fn contacts(text: &str) -> Vec<Contact> {
    let mut parser = Parser::new(text);
    let mut found = Vec::new();
    while found.len() < CONTACTS_MAX {
        match parser.entry() {
            Entry::VCard(card) => found.extend(contact(&card)),
            Entry::Eof | Entry::TooManyComponents => break,
            _ => {}
        }
    }
    found
}

fn contact(card: &VCard) -> Option<Contact> {
    let lines: Vec<_> = LINES
        .iter()
        .flat_map(|(name, called)| {
            let entries = card.properties(name);
            entries.map(|entry| ((*called).to_owned(), words(entry)))
        })
        .filter(|(_, words)| !words.is_empty())
        .take(LINES_MAX)
        .collect();
    let of = |name| card.property(name).map(words).filter(|it| !it.is_empty());
    let name = of(&VCardProperty::Fn)
        .or_else(|| Some(spoken(card.property(&VCardProperty::N)?)))
        .filter(|name| !name.is_empty())
        .or_else(|| of(&VCardProperty::Org))
        .or_else(|| of(&VCardProperty::Email))?;
    Some(Contact { name, lines })
}

/// Family name, given name, …: as one says it.
fn spoken(entry: &VCardEntry) -> String {
    let parts = pieces(entry);
    let order = [3, 1, 2, 0, 4];
    let named = order.iter().filter_map(|&place| parts.get(place));
    let named: Vec<_> = named.filter(|part| !part.is_empty()).cloned().collect();
    named.join(" ")
}

/// Its values on one line.
fn words(entry: &VCardEntry) -> String {
    let parts: Vec<_> = pieces(entry)
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    let words = parts.join(", ");
    let plain = ["mailto:", "tel:"]
        .iter()
        .find_map(|scheme| words.strip_prefix(scheme));
    plain.unwrap_or(&words).to_owned()
}

fn pieces(entry: &VCardEntry) -> Vec<String> {
    entry.values.iter().flat_map(piece).collect()
}

fn piece(value: &VCardValue) -> Vec<String> {
    match value {
        VCardValue::Component(parts) => parts.iter().map(|part| one_line(part)).collect(),
        VCardValue::PartialDateTime(at) => {
            let day = match (at.year, at.month, at.day) {
                (Some(year), Some(month), Some(day)) => format!("{year}-{month:02}-{day:02}"),
                (None, Some(month), Some(day)) => format!("{month:02}-{day:02}"),
                _ => String::new(),
            };
            vec![day]
        }
        // A picture or a sound says nothing on a line.
        VCardValue::Binary(_) => Vec::new(),
        other => vec![other.as_text().map(one_line).unwrap_or_default()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(contact: &Contact) -> Vec<(&str, &str)> {
        let lines = contact.lines.iter();
        lines
            .map(|(name, words)| (name.as_str(), words.as_str()))
            .collect()
    }

    #[test]
    fn cards_of_every_age_are_read() {
        let text = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ada Lindqvist\r\nORG:Heron Ecology;Rivers\r\n\
            TITLE:Surveyor\r\nEMAIL;TYPE=work:ada@x.test\r\nTEL;VALUE=uri:tel:+44-20\r\n\
            ADR:;;1 Mill Lane;Aldmouth;;AB1 2CD;\r\nPHOTO:data:image/png;base64,AAAA\r\n\
            BDAY:19800704\r\nEND:VCARD\r\n\
            BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;Jo\r\n\
            TEL;CELL:0151 23\r\nEND:VCARD\r\n";
        let found = contacts(text);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[0].name, "Ada Lindqvist");
        assert_eq!(
            lines(&found[0]),
            [
                ("Title", "Surveyor"),
                ("Company", "Heron Ecology, Rivers"),
                ("Mail", "ada@x.test"),
                ("Phone", "+44-20"),
                ("Address", "1 Mill Lane, Aldmouth, AB1 2CD"),
                ("Birthday", "1980-07-04"),
            ]
        );
        assert_eq!(found[1].name, "Jo Müller");
        assert_eq!(lines(&found[1]), [("Phone", "0151 23")]);
    }

    #[test]
    fn what_is_no_card_has_none() {
        assert_eq!(contacts("Hello"), []);
        assert_eq!(contacts("BEGIN:VCARD\nVERSION:3.0\nEND:VCARD\n"), []);
    }
}
