//! What has to be settled before a message leaves.

/// A question asked once before sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Question {
    /// There is no subject.
    NoSubject,
    /// The text speaks of an attachment and there is none.
    NoAttachment,
    /// What was written is to be thrown away.
    Discard,
}

impl Question {
    /// What is asked.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::NoSubject => "There is no subject. Send it without one?",
            Self::NoAttachment => "You wrote of an attachment, but nothing is attached.",
            Self::Discard => "Throw this message away?",
        }
    }

    /// The button that goes on.
    pub(crate) fn go_on(self) -> &'static str {
        match self {
            Self::NoSubject | Self::NoAttachment => "Send anyway",
            Self::Discard => "Discard",
        }
    }

    /// The button that goes back.
    pub(crate) fn go_back(self) -> &'static str {
        match self {
            Self::NoSubject => "Write a subject",
            Self::NoAttachment => "Go back",
            Self::Discard => "Keep writing",
        }
    }
}

/// Words that announce an attachment, in the languages of Europe most mail is
/// written in; lower case.
const ANNOUNCING: [&str; 36] = [
    "attached",
    "attachment",
    "attachments",
    "i attach",
    "i am attaching",
    "enclosed",
    "anbei",
    "angehängt",
    "angehängte",
    "angehängten",
    "beigefügt",
    "beigefügte",
    "beigefügten",
    "beiliegend",
    "im anhang",
    "ci-joint",
    "ci-jointe",
    "ci-joints",
    "ci-jointes",
    "pièce jointe",
    "pièces jointes",
    "adjunto",
    "adjunta",
    "adjuntos",
    "adjuntas",
    "allegato",
    "allegati",
    "in allegato",
    "bijlage",
    "bijgevoegd",
    "em anexo",
    "anexo",
    "bifogad",
    "bifogat",
    "vedhæftet",
    "w załączniku",
];

/// Whether the person's own lines speak of an attachment.
pub(crate) fn announces_attachment(lines: impl Iterator<Item = String>) -> bool {
    let text = lines
        .map(|line| line.to_lowercase())
        .collect::<Vec<_>>()
        .join(" ");
    ANNOUNCING.iter().any(|word| has_word(&text, word))
}

/// Whether `word` stands in `text` with no letter before or after it.
fn has_word(text: &str, word: &str) -> bool {
    let is_letter = |c: char| c.is_alphanumeric();
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text
            .get(at + word.len()..)
            .and_then(|text| text.chars().next());
        !before.is_some_and(is_letter) && !after.is_some_and(is_letter)
    })
}
