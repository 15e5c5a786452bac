//! What a confined child can and cannot do, tried by children that misbehave.
//!
//! This program is parent and child, so it has a `main` of its own: as a child
//! it does what it is asked to, as a parent it runs the tests. Arguments are
//! parts of the names of those to run.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of it is tests, and without the harness nothing says so"
)]

use std::future::Future;
use std::io::Write;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::pin::Pin;
use std::process::{Command, ExitCode};
use std::time::Duration;
use std::{env, fs, thread};

use serde::{Deserialize, Serialize};
use waxwing::sandbox::{self, Kind, Sandbox, Trouble};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");

const STRICT: Kind = Kind {
    name: "strict",
    time: Duration::from_secs(10),
    memory: 64 << 20,
    question: 4 << 20,
    answer: 2 << 20,
    background: true,
    threads: false,
    folders: &[],
};

const SHORT: Kind = Kind {
    name: "short",
    time: Duration::from_millis(300),
    ..STRICT
};

const READER: Kind = Kind {
    name: "reader",
    threads: true,
    folders: &[FIXTURES, "/there/is/no/such/folder"],
    ..STRICT
};

#[derive(Debug, Serialize, Deserialize)]
enum Deed {
    Echo,
    Remember(String),
    Environment,
    Sleep,
    Spin,
    Abort,
    Panic,
    OverflowTheStack,
    TakeMemory(usize),
    AnswerBytes(usize),
    Leave,
    Open(String),
    Create(String),
    ConnectTo(u16),
    SendTo(u16),
    Run,
    Thread,

    /// Its process number.
    Number,
}

type Said = Result<String, String>;

fn main() -> ExitCode {
    let Some(kind) = sandbox::started_as() else {
        return run_tests();
    };
    match kind.to_str() {
        Some("strict") => serve(&STRICT),
        Some("short") => serve(&SHORT),
        Some("reader") => serve(&READER),
        _ => ExitCode::FAILURE,
    }
}

fn serve(kind: &Kind) -> ExitCode {
    sandbox::serve(kind, || {
        let mut memory = String::new();
        move |deed: Deed, bytes: Vec<u8>| match deed {
            Deed::Echo => (Ok(String::new()), bytes),
            Deed::AnswerBytes(count) => (Ok(String::new()), vec![7; count]),
            Deed::Remember(word) => (Ok(std::mem::replace(&mut memory, word)), Vec::new()),
            deed => (done(deed), Vec::new()),
        }
    })
}

/// Does it, if it can.
fn done(deed: Deed) -> Said {
    match deed {
        Deed::Sleep => thread::sleep(Duration::from_secs(1000)),
        Deed::Spin => loop {
            std::hint::spin_loop();
        },
        Deed::Abort => std::process::abort(),
        Deed::Panic => panic!("as it was told"),
        Deed::OverflowTheStack => return Ok(deep(1).to_string()),
        Deed::TakeMemory(bytes) => return Ok(vec![1_u8; bytes].len().to_string()),
        Deed::Leave => std::process::exit(0),
        Deed::Environment => {
            let names = env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned());
            return Ok(names.collect::<Vec<_>>().join(" "));
        }
        Deed::Number => return Ok(std::process::id().to_string()),
        deed => return tried(deed).map_err(|error| error.to_string()),
    }
    Ok(String::new())
}

fn tried(deed: Deed) -> std::io::Result<String> {
    match deed {
        Deed::Open(path) => return Ok(fs::read(path)?.len().to_string()),
        Deed::Create(path) => fs::write(path, b"was here")?,
        Deed::ConnectTo(port) => drop(TcpStream::connect(("127.0.0.1", port))?),
        Deed::SendTo(port) => {
            UdpSocket::bind("127.0.0.1:0")?.send_to(b"hello", ("127.0.0.1", port))?;
        }
        Deed::Run => drop(Command::new("/bin/true").status()?),
        Deed::Thread => {
            let other = thread::Builder::new().spawn(|| 40 + 2)?;
            return Ok(other.join().unwrap().to_string());
        }
        other => panic!("{other:?} is done elsewhere"),
    }
    Ok(String::new())
}

fn deep(level: u64) -> u64 {
    let room = std::hint::black_box([level; 128]);
    let below = if level == u64::MAX {
        0
    } else {
        deep(level + 1)
    };
    below.wrapping_add(room[usize::try_from(level % 128).unwrap()])
}

fn child_of(kind: &'static Kind) -> Sandbox {
    Sandbox::new(kind, sandbox::own_program())
}

async fn ask(child: &Sandbox, deed: Deed) -> Result<Said, Trouble> {
    child.ask(&deed, &[]).await.map(|(said, _)| said)
}

/// Asks and finds that the child did not live, and that the next one does.
async fn dies_of(child: &Sandbox, deed: Deed) -> String {
    let told = format!("{deed:?}");
    let trouble = ask(child, deed).await.expect_err(&told);
    let (_, bytes) = child.ask::<_, Said>(&Deed::Echo, b"again").await.unwrap();
    assert_eq!(bytes, b"again", "after {told}");
    let Trouble::Died(how) = trouble else {
        panic!("{told}: {trouble:?}");
    };
    how
}

async fn large_and_small_questions_come_back() {
    let child = child_of(&STRICT);
    for size in [0, 1, 70_000, 2_000_000] {
        let bytes = vec![b'\n'; size];
        let (said, back) = child.ask::<_, Said>(&Deed::Echo, &bytes).await.unwrap();
        assert_eq!((said, back.len()), (Ok(String::new()), size));
    }
    // It is the same child all the time.
    for (word, before) in [("one", ""), ("two", "one")] {
        let said = ask(&child, Deed::Remember(word.to_owned())).await;
        assert_eq!(said, Ok(Ok(before.to_owned())));
    }
    child.rest().await;
    let said = ask(&child, Deed::Remember(String::new())).await;
    assert_eq!(said, Ok(Ok(String::new())));
}

async fn what_is_too_large_is_refused() {
    let child = child_of(&STRICT);
    let asked = child.ask::<_, Said>(&Deed::Echo, &vec![0; 5 << 20]).await;
    assert_eq!(asked, Err(Trouble::TooLarge { limit: 4 << 20 }));
    let asked = ask(&child, Deed::AnswerBytes(3 << 20)).await;
    assert_eq!(asked, Err(Trouble::TooLarge { limit: 2 << 20 }));
    assert_eq!(
        ask(&child, Deed::AnswerBytes(9)).await,
        Ok(Ok(String::new()))
    );
}

async fn a_child_that_does_not_end_is_ended() {
    let child = child_of(&SHORT);
    for deed in [Deed::Sleep, Deed::Spin] {
        assert_eq!(ask(&child, deed).await, Err(Trouble::TimedOut(SHORT.time)));
        assert!(ask(&child, Deed::Echo).await.is_ok());
    }
}

async fn a_child_that_dies_costs_one_question() {
    let child = child_of(&STRICT);
    assert!(dies_of(&child, Deed::Abort).await.contains("signal"));
    assert!(
        dies_of(&child, Deed::OverflowTheStack)
            .await
            .contains("signal")
    );
    assert!(dies_of(&child, Deed::Panic).await.contains("101"));
    dies_of(&child, Deed::Leave).await;
}

async fn memory_is_bounded() {
    let child = child_of(&STRICT);
    let said = ask(&child, Deed::TakeMemory(32 << 20)).await;
    assert_eq!(said, Ok(Ok((32 << 20).to_string())));
    assert!(
        dies_of(&child, Deed::TakeMemory(80 << 20))
            .await
            .contains("signal")
    );
}

async fn who_goes_away_gets_nobody_elses_answer() {
    let child = child_of(&STRICT);
    let impatient = tokio::time::timeout(Duration::from_millis(200), ask(&child, Deed::Sleep));
    assert!(impatient.await.is_err());
    let (_, bytes) = child.ask::<_, Said>(&Deed::Echo, b"mine").await.unwrap();
    assert_eq!(bytes, b"mine");
}

async fn nothing_of_the_environment_and_no_open_file_comes_along() {
    let child = child_of(&STRICT);
    let said = ask(&child, Deed::Environment).await.unwrap().unwrap();
    let names = ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SystemRoot"];
    let others: Vec<&str> = said
        .split(' ')
        .filter(|name| !names.contains(name))
        .collect();
    assert_eq!(others.join(""), "");
    if cfg!(target_os = "linux") {
        let open = tempfile::NamedTempFile::new().unwrap();
        // Started while the file is open.
        child.rest().await;
        let said = ask(&child, Deed::Number).await.unwrap().unwrap();
        let files = fs::read_dir(format!("/proc/{said}/fd")).unwrap();
        let mut files = files.map(|file| fs::read_link(file.unwrap().path()).unwrap());
        assert!(files.all(|file| file != open.path()));
    }
}

async fn there_are_no_files_ports_programs_or_threads() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let child = child_of(&STRICT);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let folder = tempfile::tempdir().unwrap();
    let new = folder.path().join("new");
    for deed in [
        Deed::Open("/etc/passwd".to_owned()),
        Deed::Open(this_file()),
        Deed::Open("/proc/self/status".to_owned()),
        Deed::Create(new.to_str().unwrap().to_owned()),
        Deed::ConnectTo(port),
        Deed::SendTo(port),
        Deed::Run,
        Deed::Thread,
    ] {
        let told = format!("{deed:?}");
        let said = ask(&child, deed).await.unwrap();
        let refused = said.expect_err(&told);
        assert!(refused.contains("not implemented"), "{told}: {refused}");
    }
    assert!(!new.exists());
    assert!(listener.accept().is_err(), "somebody connected");
}

async fn only_the_folders_of_its_kind_can_be_read() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let child = child_of(&READER);
    let said = ask(&child, Deed::Open(this_file())).await.unwrap();
    assert!(said.unwrap().parse::<u64>().unwrap() > 0);
    let above = format!("{FIXTURES}/../../Cargo.toml");
    for path in ["/etc/passwd", "/proc/self/status", &above] {
        let said = ask(&child, Deed::Open(path.to_owned())).await.unwrap();
        assert!(said.unwrap_err().contains("denied"), "{path}");
    }
    let new = format!("{FIXTURES}/was-here");
    let said = ask(&child, Deed::Create(new.clone())).await.unwrap();
    assert!(said.unwrap_err().contains("denied"));
    assert!(!Path::new(&new).exists());
    // More threads, and still no other program.
    assert_eq!(ask(&child, Deed::Thread).await, Ok(Ok("42".to_owned())));
    assert!(ask(&child, Deed::Run).await.unwrap().is_err());
    assert!(ask(&child, Deed::ConnectTo(9)).await.unwrap().is_err());
}

/// A file that is there and in the folder that [`READER`] may read.
fn this_file() -> String {
    let entry = fs::read_dir(FIXTURES).unwrap().map(|entry| entry.unwrap());
    let mut folders: Vec<_> = entry.map(|entry| entry.path()).collect();
    while let Some(path) = folders.pop() {
        if path.is_file() {
            return path.to_str().unwrap().to_owned();
        }
        folders.extend(
            fs::read_dir(path)
                .unwrap()
                .map(|entry| entry.unwrap().path()),
        );
    }
    panic!("no fixtures");
}

async fn without_a_program_there_is_no_child() {
    let missing = Sandbox::new(&STRICT, Some("/there/is/no/such/program".into()));
    let other = Sandbox::new(&STRICT, Some("/bin/true".into()));
    for child in [Sandbox::new(&STRICT, None), missing, other] {
        for _ in 0..2 {
            let trouble = ask(&child, Deed::Echo).await.unwrap_err();
            assert!(matches!(trouble, Trouble::CannotStart(_)), "{trouble:?}");
        }
        assert!(child.ready().await.is_err());
    }
}

type Test = fn() -> Pin<Box<dyn Future<Output = ()>>>;

macro_rules! tests {
    ($($name:ident)*) => {
        &[$((stringify!($name), || Box::pin($name()))),*]
    };
}

const TESTS: &[(&str, Test)] = tests! {
    large_and_small_questions_come_back
    what_is_too_large_is_refused
    a_child_that_does_not_end_is_ended
    a_child_that_dies_costs_one_question
    memory_is_bounded
    who_goes_away_gets_nobody_elses_answer
    nothing_of_the_environment_and_no_open_file_comes_along
    there_are_no_files_ports_programs_or_threads
    only_the_folders_of_its_kind_can_be_read
    without_a_program_there_is_no_child
};

fn run_tests() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let mut wanted = arguments
        .iter()
        .filter(|word| !word.starts_with('-'))
        .peekable();
    let all = wanted.peek().is_none();
    let wanted: Vec<&String> = wanted.collect();
    let mut failed = 0_u8;
    let mut out = std::io::stdout();
    for (name, test) in TESTS {
        if !all && !wanted.iter().any(|part| name.contains(part.as_str())) {
            continue;
        }
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.enable_all().build().unwrap();
        let run = std::panic::AssertUnwindSafe(|| runtime.block_on(test()));
        let ok = std::panic::catch_unwind(run).is_ok();
        failed += u8::from(!ok);
        let word = if ok { "ok" } else { "FAILED" };
        writeln!(out, "test {name} ... {word}").unwrap();
    }
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
