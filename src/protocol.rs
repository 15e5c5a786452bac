//! The mail protocols as a client speaks them. Knows nothing of the store.

#[cfg_attr(
    not(test),
    expect(
        dead_code,
        reason = "verbs come in families: those for managing folders and searching are tested here \
                  and come into use with their commands"
    )
)]
pub(crate) mod imap;
#[cfg_attr(
    not(test),
    expect(
        dead_code,
        reason = "the account's pass over a POP3 mailbox comes with its own change"
    )
)]
#[expect(unused_imports, reason = "the same")]
pub(crate) mod pop3;
pub(crate) mod smtp;
