//! The parent's side: start a child, ask it, and end it in good time.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::frame::{Frame, LENGTHS, Lengths};
use super::{ARGUMENT, Kind, Trouble};

/// How long a child may take until it is confined and ready.
const READY: Duration = Duration::from_secs(10);

/// After a child could not be started, nobody tries again for so long.
const PAUSE: Duration = Duration::from_secs(60);

/// What a program may need to find its libraries; nothing else of the
/// environment reaches the child.
const KEPT: &[&str] = &["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SystemRoot"];

/// One child of a kind, started when somebody asks. Ends with this value. To be
/// used within a tokio runtime.
#[derive(Debug)]
pub struct Sandbox {
    kind: &'static Kind,
    program: Option<PathBuf>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    running: Option<Running>,
    /// When a child could last not be started, and why.
    refused: Option<(Instant, String)>,
}

#[derive(Debug)]
struct Running {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
}

impl Sandbox {
    /// A child of that kind, from a program that calls [`super::serve`] when it
    /// is told to. Without a program every question is [`Trouble::CannotStart`].
    #[must_use]
    pub fn new(kind: &'static Kind, program: Option<PathBuf>) -> Self {
        Self {
            kind,
            program,
            state: Mutex::default(),
        }
    }

    /// Asks the child, one question at a time; the others wait. Whoever drops
    /// this future ends the child with it, if it was at work on the answer.
    ///
    /// # Errors
    /// See [`Trouble`]. The next question goes to a new child.
    pub async fn ask<Q, A>(&self, question: &Q, bytes: &[u8]) -> Result<(A, Vec<u8>), Trouble>
    where
        Q: Serialize + Sync + ?Sized,
        A: DeserializeOwned,
    {
        let value =
            serde_json::to_vec(question).map_err(|error| Trouble::Died(error.to_string()))?;
        let limit = self.kind.question;
        let lengths = Lengths::of(&value, bytes, limit).ok_or(Trouble::TooLarge { limit })?;
        let mut state = self.state.lock().await;
        // Out of the state while it works: a caller who goes away in the middle
        // takes a child along that would answer the wrong question next.
        let mut running = self.running(&mut state).await?;
        let asked = async {
            running.write(lengths, &value, bytes).await?;
            running.read(self.kind.answer).await
        };
        let answer = match timeout(self.kind.time, asked).await {
            Ok(answer) => answer,
            Err(_) => Err(Failure::TimedOut),
        };
        let frame = match answer {
            Ok(frame) => frame,
            Err(failure) => return Err(running.end(failure, self.kind).await),
        };
        let Ok(value) = serde_json::from_slice(&frame.value) else {
            return Err(running.end(Failure::Senseless, self.kind).await);
        };
        state.running = Some(running);
        Ok((value, frame.bytes))
    }

    /// Starts the child unless it runs, so that the first question need not wait.
    ///
    /// # Errors
    /// [`Trouble::CannotStart`].
    pub async fn ready(&self) -> Result<(), Trouble> {
        let mut state = self.state.lock().await;
        let running = self.running(&mut state).await?;
        state.running = Some(running);
        Ok(())
    }

    /// Ends the child and gives its memory back; the next question starts one.
    pub async fn rest(&self) {
        self.state.lock().await.running = None;
    }

    async fn running(&self, state: &mut State) -> Result<Running, Trouble> {
        if let Some(mut running) = state.running.take() {
            // One that ended while nothing was asked is nobody's fault.
            if matches!(running.child.try_wait(), Ok(None)) {
                return Ok(running);
            }
        }
        if let Some((when, why)) = &state.refused
            && when.elapsed() < PAUSE
        {
            return Err(Trouble::CannotStart(why.clone()));
        }
        match self.start().await {
            Ok(running) => {
                state.refused = None;
                Ok(running)
            }
            Err(why) => {
                tracing::warn!(kind = self.kind.name, why, "no confined process");
                state.refused = Some((Instant::now(), why.clone()));
                Err(Trouble::CannotStart(why))
            }
        }
    }

    async fn start(&self) -> Result<Running, String> {
        let Some(program) = &self.program else {
            return Err("it is not known which program to start".to_owned());
        };
        let kept = KEPT
            .iter()
            .filter_map(|name| Some((name, std::env::var_os(name)?)));
        let mut command = Command::new(program);
        command
            .arg(ARGUMENT)
            .arg(self.kind.name)
            .env_clear()
            .envs(kept)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // What a parser says when it fails may be somebody's mail.
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| error.to_string())?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("it has no pipes".to_owned());
        };
        let mut running = Running {
            child,
            input,
            output,
        };
        let told = timeout(READY, running.read(self.kind.answer)).await;
        let failure = match told {
            Ok(Ok(frame)) => match serde_json::from_slice::<Result<(), String>>(&frame.value) {
                Ok(Ok(())) => return Ok(running),
                Ok(Err(why)) => return Err(why),
                Err(_) => Failure::Senseless,
            },
            Ok(Err(failure)) => failure,
            Err(_) => Failure::TimedOut,
        };
        Err(running.end(failure, self.kind).await.to_string())
    }
}

/// How a child failed, before it is known how it ended.
#[derive(Debug)]
enum Failure {
    TimedOut,
    TooLarge,
    Senseless,
    Pipe,
}

impl From<std::io::Error> for Failure {
    fn from(_: std::io::Error) -> Self {
        Self::Pipe
    }
}

impl Running {
    async fn write(&mut self, lengths: Lengths, value: &[u8], bytes: &[u8]) -> Result<(), Failure> {
        self.input.write_all(&lengths.written()).await?;
        self.input.write_all(value).await?;
        self.input.write_all(bytes).await?;
        self.input.flush().await?;
        Ok(())
    }

    async fn read(&mut self, limit: usize) -> Result<Frame, Failure> {
        let mut lengths = [0; LENGTHS];
        self.output.read_exact(&mut lengths).await?;
        let (value, bytes) = Lengths::read(lengths, limit)
            .ok_or(Failure::TooLarge)?
            .both();
        let mut frame = Frame::default();
        for (length, part) in [(value, &mut frame.value), (bytes, &mut frame.bytes)] {
            // Memory is taken for what comes, not for what is announced.
            let read = (&mut self.output).take(length).read_to_end(part).await?;
            if u64::try_from(read).is_ok_and(|read| read < length) {
                return Err(Failure::Pipe);
            }
        }
        Ok(frame)
    }

    /// Ends the child and says what it was.
    async fn end(mut self, failure: Failure, kind: &Kind) -> Trouble {
        let ended = match failure {
            // A broken pipe means that it ends by itself, and says how.
            Failure::Pipe => timeout(Duration::from_secs(1), self.child.wait()).await,
            _ => Ok(Err(std::io::ErrorKind::InvalidData.into())),
        };
        self.child.kill().await.ok();
        match failure {
            Failure::TimedOut => Trouble::TimedOut(kind.time),
            Failure::TooLarge => Trouble::TooLarge { limit: kind.answer },
            Failure::Senseless => Trouble::Died("its answer makes no sense".to_owned()),
            Failure::Pipe => Trouble::Died(match ended {
                Ok(Ok(status)) => status.to_string(),
                _ => "it closed its output".to_owned(),
            }),
        }
    }
}
