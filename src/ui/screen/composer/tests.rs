mod looks;
mod saving;
mod text;
mod undo;
mod window;

use chrono::Local;
use waxwing::ErrorKind;
use waxwing::model::{
    Account, AccountSettings, Address, AuthMethod, OutboxId, PrefetchPolicy, Protocol, Security,
    SendState, ServerSettings,
};

use super::*;
use crate::ui::Options;
use crate::ui::tests::fixture;

/// What a composer sees of the app, without one.
struct World {
    accounts: Vec<Account>,
    options: Options,
}

impl World {
    fn new() -> Self {
        Self {
            accounts: vec![account(1, "Ann Lee", "ann@x.test")],
            options: Options::default(),
        }
    }

    fn context(&self) -> Context<'_> {
        Context {
            now: Local::now(),
            ..fixture::context(&self.options, &self.accounts)
        }
    }

    /// A composer with an empty message.
    fn composer(&self) -> State {
        self.open(draft())
    }

    fn open(&self, draft: Draft) -> State {
        let mut state = State::blank(&self.context());
        self.follow(&mut state, Message::Started(Ok(Box::new(draft))));
        state
    }

    fn follow(&self, state: &mut State, message: Message) -> Vec<Effect> {
        state.follow(message, &self.context())
    }

    /// A composer with a message that can leave as it is.
    fn written(&self) -> State {
        let mut state = self.composer();
        self.address(&mut state, "bob@y.test,");
        self.follow(&mut state, Message::Subject("Hello".into()));
        self.write(&mut state, "Hi Bob");
        state
    }

    fn address(&self, state: &mut State, text: &str) {
        let message = address_field::Message::Input(text.to_owned());
        self.follow(state, Message::Address(Field::To, message));
    }

    fn write(&self, state: &mut State, text: &str) -> Vec<Effect> {
        let edit = text_editor::Edit::Paste(std::sync::Arc::new(text.to_owned()));
        self.follow(state, Message::Edit(text_editor::Action::Edit(edit)))
    }
}

fn account(id: i64, name: &str, email: &str) -> Account {
    let server = |protocol| ServerSettings {
        protocol,
        host: "mail.x.test".into(),
        port: 993,
        security: Security::Tls,
        username: email.into(),
        auth: AuthMethod::Password,
    };
    Account {
        id: AccountId(id),
        disabled: false,
        secrets: 0,
        settings: AccountSettings {
            name: email.into(),
            email: email.into(),
            display_name: name.into(),
            incoming: server(Protocol::Imap),
            pop3: None,
            outgoing: server(Protocol::Smtp),
            prefetch: PrefetchPolicy::default(),
            identities: Vec::new(),
            connections: None,
        },
    }
}

fn draft() -> Draft {
    Draft {
        account: AccountId(1),
        from: Address::new("Ann Lee", "ann@x.test"),
        reply_to: Vec::new(),
        to: Vec::new(),
        cc: Vec::new(),
        bcc: Vec::new(),
        subject: String::new(),
        body: String::new(),
        html: None,
        attachments: Vec::new(),
        in_reply_to: Vec::new(),
        references: Vec::new(),
        origin: None,
    }
}

fn reply() -> Draft {
    Draft {
        reply_to: Vec::new(),
        to: vec![Address::new("Bob Ray", "bob@y.test")],
        subject: "Re: Plans".into(),
        body: "\n\nOn Monday, Bob Ray wrote:\n> see attached\n".into(),
        in_reply_to: vec![MessageId("1@y.test".into())],
        origin: Some((ComposeMode::Reply, PlacementId(7))),
        ..draft()
    }
}

fn item() -> Box<OutboxItem> {
    Box::new(OutboxItem {
        id: OutboxId(3),
        account: AccountId(1),
        message_id: MessageId("2@x.test".into()),
        subject: "Hello".into(),
        recipients: Vec::new(),
        state: SendState::Waiting,
        attempts: 0,
        last_error: None,
        next_attempt: None,
    })
}

fn offline() -> Error {
    Error::new(ErrorKind::DiskFull, "The disk is full.")
}

fn file(name: &str, size: usize) -> DraftAttachment {
    DraftAttachment {
        name: name.into(),
        content_type: "application/pdf".into(),
        content_id: None,
        bytes: vec![0; size].into(),
    }
}
