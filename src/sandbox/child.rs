//! The child's side: confine, then answer until nobody asks.

use std::io::{self, Read, Write};
use std::process::ExitCode;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Kind;
use super::frame::{Frame, LENGTHS, Lengths, read_exactly};

/// Runs this process as a child of `kind`: confines it, then answers every
/// question on standard input with `work` on standard output, until the parent
/// closes the pipe. `begin` makes `work` before the walls are up.
///
/// There is no signal for a parent that died: the end of standard input is it,
/// and [`Kind::time`] ends what is under way then.
pub fn serve<Q, A, W>(kind: &Kind, begin: impl FnOnce() -> W) -> ExitCode
where
    Q: DeserializeOwned,
    A: Serialize,
    W: FnMut(Q, Vec<u8>) -> (A, Vec<u8>),
{
    let mut work = begin();
    let confined = confine(kind);
    let mut output = io::stdout().lock();
    let told = answer(&mut output, kind, &confined, &[]);
    if told.is_err() || confined.is_err() {
        return ExitCode::FAILURE;
    }
    let mut input = io::stdin().lock();
    loop {
        let Ok(Some(frame)) = question(&mut input, kind) else {
            return ExitCode::SUCCESS;
        };
        let Ok(question) = serde_json::from_slice(&frame.value) else {
            return ExitCode::FAILURE;
        };
        allow_time(kind);
        let (value, bytes) = work(question, frame.bytes);
        if answer(&mut output, kind, &value, &bytes).is_err() {
            return ExitCode::FAILURE;
        }
    }
}

/// The next question; nothing at the end of the input.
fn question(input: &mut impl Read, kind: &Kind) -> io::Result<Option<Frame>> {
    let mut lengths = [0; LENGTHS];
    if let Err(error) = input.read_exact(&mut lengths) {
        let end = error.kind() == io::ErrorKind::UnexpectedEof;
        return if end { Ok(None) } else { Err(error) };
    }
    let lengths = Lengths::read(lengths, kind.question).ok_or(io::ErrorKind::InvalidData)?;
    let (value, bytes) = lengths.both();
    Ok(Some(Frame {
        value: read_exactly(input, value)?,
        bytes: read_exactly(input, bytes)?,
    }))
}

/// Writes an answer. One that is too large is announced with its length and
/// refused by the parent, which knows the limit too.
fn answer(
    output: &mut impl Write,
    kind: &Kind,
    value: &impl Serialize,
    bytes: &[u8],
) -> io::Result<()> {
    let value = serde_json::to_vec(value)?;
    let lengths = Lengths::of(&value, bytes, kind.answer);
    let lengths = lengths.map_or([u8::MAX; LENGTHS], Lengths::written);
    output.write_all(&lengths)?;
    output.write_all(&value)?;
    output.write_all(bytes)?;
    output.flush()
}

#[cfg(target_os = "linux")]
use super::confine::{allow_time, confine};

#[cfg(not(target_os = "linux"))]
fn confine(_kind: &Kind) -> Result<(), String> {
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn allow_time(_kind: &Kind) {}
