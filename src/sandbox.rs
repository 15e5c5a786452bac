//! A child process that reads what strangers wrote, and can do nothing else.
//!
//! Programs that take apart PDF files, word processors' files and HTML are
//! large, and mail brings them whatever an attacker likes. They run in a child:
//! the same program, started with [`ARGUMENT`] and the name of a [`Kind`]. It
//! has an empty environment and three pipes; before it reads the first byte of
//! mail it confines itself ([`serve`]). What goes wrong there costs one question
//! ([`Trouble`]) and the child, which the next question starts anew.
//!
//! | | Linux | elsewhere |
//! | --- | --- | --- |
//! | time for a question, size of question and answer | yes | yes |
//! | memory, processor time, open files, no core file | yes (`setrlimit`) | no |
//! | no network, no programs, no memory that can be written and run | yes (seccomp) | no |
//! | no files, but to read in [`Kind::folders`] | yes (seccomp, Landlock) | no |
//!
//! On Linux a child that cannot be confined answers nothing. Folders are open to
//! it only where Landlock (Linux 5.13) guards them; elsewhere it has no files.
//!
//! Questions and answers are a JSON value and bytes (`frame`), one at a time.

mod child;
#[cfg(target_os = "linux")]
mod confine;
mod frame;
mod parent;
#[cfg(target_os = "linux")]
mod syscalls;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

pub use child::serve;
pub use parent::Sandbox;

/// The first argument of a program that is started as a child; the second is
/// the name of the kind.
pub const ARGUMENT: &str = "__child";

/// What a kind of child is for and how much of the machine it may have.
#[derive(Debug)]
pub struct Kind {
    /// Its name on the command line.
    pub name: &'static str,
    /// How long a question may take before the child is killed.
    pub time: Duration,
    /// Bytes of memory beyond what the program takes by itself.
    pub memory: u64,
    /// The largest question, in bytes.
    pub question: usize,
    /// The largest answer, in bytes.
    pub answer: usize,
    /// Whether it gives way to everything else that computes.
    pub background: bool,
    /// Whether it may have more than one thread.
    pub threads: bool,
    /// Folders in which it may read files. Those that are missing do no harm.
    pub folders: &'static [&'static str],
}

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// There is no child and none can be started.
    #[error("no confined process can be started: {0}")]
    CannotStart(String),
    /// The child took too long and was killed.
    #[error("it took more than {} seconds", .0.as_secs_f32())]
    TimedOut(Duration),
    /// The child ended, or answered what makes no sense.
    #[error("the process that read it ended ({0})")]
    Died(String),
    /// The question or its answer is larger than allowed.
    #[error("it is larger than {} MB", limit >> 20)]
    TooLarge {
        /// What is allowed.
        limit: usize,
    },
}

/// The kind of child this program was started as, if it was.
#[must_use]
pub fn started_as() -> Option<OsString> {
    let mut arguments = std::env::args_os().skip(1);
    let first = arguments.next()?;
    (first == ARGUMENT).then(|| arguments.next().unwrap_or_default())
}

/// The running program, to start children from. On Linux that is the very file
/// it was started from, even when an update has replaced it since.
#[must_use]
pub fn own_program() -> Option<PathBuf> {
    #[cfg(target_os = "linux")]
    {
        let link = PathBuf::from("/proc/self/exe");
        if link.exists() {
            return Some(link);
        }
    }
    std::env::current_exe().ok()
}
