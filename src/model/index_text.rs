//! What the full-text index holds of a message.

/// The words of a message, field by field, as a search looks for them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct IndexText {
    /// Names and addresses of `From` and `Sender`.
    pub(crate) sender: String,
    /// Names and addresses of `To`.
    pub(crate) recipients: String,
    /// Names and addresses of `Cc` and `Bcc`.
    pub(crate) copies: String,
    /// The subject.
    pub(crate) subject: String,
    /// The readable text.
    pub(crate) body: String,
    /// The names of what is attached.
    pub(crate) attachments: String,
    /// Name and id of the mailing list.
    pub(crate) list: String,
    /// The text of attached text files.
    pub(crate) contents: String,
    /// Whether the body was read: not so while only the header is here.
    pub(crate) whole: bool,
    /// Whether documents are attached whose text is still to be read.
    pub(crate) has_unread_documents: bool,
    /// What was read of attached documents.
    pub(crate) documents: Vec<DocumentText>,
}

/// What was read of an attached document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct DocumentText {
    /// Its file name.
    pub(crate) name: String,
    /// What it says.
    pub(crate) text: String,
    /// Why it could not be read, to go on after its name; empty where it could.
    pub(crate) failure: String,
}

impl IndexText {
    /// How many bytes of text these are.
    pub(crate) fn size(&self) -> usize {
        let Self {
            sender,
            recipients,
            copies,
            subject,
            body,
            attachments,
            list,
            contents,
            whole: _,
            has_unread_documents: _,
            documents,
        } = self;
        let documents = documents.iter().map(|one| one.text.len()).sum::<usize>();
        [
            sender,
            recipients,
            copies,
            subject,
            body,
            attachments,
            list,
            contents,
        ]
        .into_iter()
        .map(String::len)
        .sum::<usize>()
            + documents
    }
}
