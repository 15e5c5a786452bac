//! The IMAP server: IMAP4rev1 (RFC 3501) with the extensions of
//! [`session::CAPABILITIES`], on the server half of imap-codec.

mod commands;
mod fetch;
mod folders;
mod messages;
mod search;
mod session;
mod structure;
mod view;

use std::io;
use std::sync::Arc;

use imap_codec::CommandCodec;
use imap_codec::decode::{CommandDecodeError, Decoder};
use imap_codec::imap_types::core::LiteralMode;
use tokio::net::TcpStream;

use self::session::{Next, Session};
use super::lines::{Line, Lines};
use super::mailstore::Mailstore;
use super::sasl;

/// The largest literal, in bytes: the largest message that can be appended.
const LITERAL_MAX: u32 = 32 * 1024 * 1024;
/// The largest command with all its literals.
const COMMAND_MAX: usize = 33 * 1024 * 1024;

/// Speaks with one client until it goes.
pub(super) async fn serve(stream: TcpStream, store: Arc<Mailstore>) -> io::Result<()> {
    let mut lines = Lines::new(stream);
    let mut session = Session::new(store);
    session.greet();
    loop {
        lines.send(&session.take_output()).await?;
        let Some(buffer) = read_command(&mut lines).await? else {
            return Ok(());
        };
        let next = match CommandCodec::new().decode(&buffer) {
            Ok((_, command)) => session.run(command),
            Err(_) => commands::run_other(&mut session, &buffer),
        };
        match next {
            Next::Command => {}
            Next::Idle { tag } => idle(&mut lines, &mut session, &tag).await?,
            Next::Authenticate { tag } => authenticate(&mut lines, &mut session, &tag).await?,
            Next::Close => return lines.send(&session.take_output()).await,
        }
    }
}

/// Reads one command with its literals. Nothing when the client has gone.
async fn read_command(lines: &mut Lines) -> io::Result<Option<Vec<u8>>> {
    let mut buffer = Vec::new();
    loop {
        match lines.read().await? {
            Line::End => return Ok(None),
            Line::TooLong => {
                lines.send(b"* BAD Line too long\r\n").await?;
                buffer.clear();
                continue;
            }
            Line::Text(line) => buffer.extend_from_slice(&line),
        }
        buffer.extend_from_slice(b"\r\n");
        match CommandCodec::new().decode(&buffer) {
            Err(CommandDecodeError::LiteralFound { tag, length, mode }) => {
                let waits = mode == LiteralMode::Sync;
                if length > LITERAL_MAX || buffer.len() > COMMAND_MAX {
                    let refusal = format!("{} NO [TOOBIG] Too large\r\n", tag.inner());
                    lines.send(refusal.as_bytes()).await?;
                    if !waits {
                        lines.skip_bytes(length).await?;
                        // The rest of the command's line.
                        lines.read().await?;
                    }
                    buffer.clear();
                    continue;
                }
                if waits {
                    lines.send(b"+ Go on\r\n").await?;
                }
                lines.read_bytes(length, &mut buffer).await?;
            }
            // Blank lines between commands are forgiven.
            Err(_) if buffer == b"\r\n" => buffer.clear(),
            Err(CommandDecodeError::Failed) => {
                // The bytes of a literal that is sent unasked must not be
                // taken for commands.
                if let Some(length) = unasked_literal(&buffer) {
                    lines.skip_bytes(length).await?;
                    lines.read().await?;
                }
                return Ok(Some(buffer));
            }
            _ => return Ok(Some(buffer)),
        }
    }
}

/// The length of the `{length+}` at the end of a line (RFC 7888).
fn unasked_literal(line: &[u8]) -> Option<u32> {
    let line = std::str::from_utf8(line).ok()?.strip_suffix("+}\r\n")?;
    line.rsplit_once('{')?.1.parse().ok()
}

/// IDLE (RFC 2177): tells changes until the client says DONE.
async fn idle(lines: &mut Lines, session: &mut Session, tag: &str) -> io::Result<()> {
    let mut changes = session.changes();
    lines.send(b"+ idling\r\n").await?;
    loop {
        session.announce(true);
        lines.send(&session.take_output()).await?;
        tokio::select! {
            ready = lines.wait() => {
                ready?;
                break;
            }
            changed = changes.changed() => {
                changed.map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
            }
        }
    }
    match lines.read().await? {
        Line::Text(line) if line.eq_ignore_ascii_case(b"DONE") => session.finish_idle(tag),
        Line::End => return Err(io::ErrorKind::UnexpectedEof.into()),
        _ => session.bad(tag, "DONE is wanted"),
    }
    Ok(())
}

/// The second half of AUTHENTICATE PLAIN without an initial response.
async fn authenticate(lines: &mut Lines, session: &mut Session, tag: &str) -> io::Result<()> {
    lines.send(b"+ \r\n").await?;
    match lines.read().await? {
        Line::Text(line) => match sasl::decode(&line) {
            Some(message) => session.sign_in_plain(tag, &message),
            None => session.bad(tag, "Cancelled"),
        },
        Line::TooLong => session.bad(tag, "Too long"),
        Line::End => return Err(io::ErrorKind::UnexpectedEof.into()),
    }
    Ok(())
}
