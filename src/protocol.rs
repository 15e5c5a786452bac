//! The mail protocols as a client speaks them. Knows nothing of the store.

mod bearer;
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
        reason = "verbs come in families: RSET and NOOP are tested here and wait for their use"
    )
)]
#[expect(
    unused_imports,
    reason = "what its verbs give is named here, whoever takes it"
)]
pub(crate) mod pop3;
pub(crate) mod smtp;

#[cfg(test)]
mod dovecot;
