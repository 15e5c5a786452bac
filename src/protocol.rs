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
pub(crate) mod smtp;
