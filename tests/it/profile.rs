//! A throw-away profile and the built program run on it, as a person would.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::bed::{Bed, User};

/// Where an account's mail comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Incoming {
    /// IMAP, TLS from the first byte.
    ImapTls,
    /// IMAP, TLS by `STARTTLS`.
    ImapStartTls,
    /// IMAP without TLS.
    ImapPlain,
    /// POP3, TLS from the first byte.
    Pop3Tls,
}

/// A server in the words of the account file.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    pub(crate) protocol: &'static str,
    pub(crate) port: u16,
    pub(crate) security: &'static str,
}

/// An account as it goes into a file. Change a field to test something odd.
#[derive(Debug, Clone)]
pub(crate) struct AccountFile {
    pub(crate) name: String,
    pub(crate) user: User,
    pub(crate) incoming: Server,
    pub(crate) outgoing: Server,
    /// Lines put at the end, for instance an `[incoming.pop3]` table.
    pub(crate) more: String,
}

impl AccountFile {
    /// The user's account on the bed, sending over TLS.
    pub(crate) fn on(bed: &Bed, user: &User, incoming: Incoming) -> Self {
        let (protocol, port, security) = match incoming {
            Incoming::ImapTls => ("imap", bed.imap_tls(), "tls"),
            Incoming::ImapStartTls => ("imap", bed.imap_plain(), "starttls"),
            Incoming::ImapPlain => ("imap", bed.imap_plain(), "none"),
            Incoming::Pop3Tls => ("pop3", bed.pop3_tls(), "tls"),
        };
        Self {
            name: "Bed".to_owned(),
            user: user.clone(),
            incoming: Server {
                protocol,
                port,
                security,
            },
            outgoing: Server {
                protocol: "smtp",
                port: bed.smtp_tls(),
                security: "tls",
            },
            more: String::new(),
        }
    }

    /// The TOML the program reads.
    pub(crate) fn to_toml(&self) -> String {
        format!(
            "name = \"{name}\"\nemail = \"{address}\"\ndisplay_name = \"Test Person\"\n\n\
             [incoming]\nprotocol = \"{protocol}\"\nhost = \"localhost\"\nport = {in_port}\n\
             security = \"{in_security}\"\nusername = \"{address}\"\nauth = \"password\"\n\n\
             [outgoing]\nhost = \"localhost\"\nport = {out_port}\n\
             security = \"{out_security}\"\nusername = \"{address}\"\nauth = \"password\"\n\n\
             {more}",
            name = self.name,
            address = self.user.address,
            protocol = self.incoming.protocol,
            in_port = self.incoming.port,
            in_security = self.incoming.security,
            out_port = self.outgoing.port,
            out_security = self.outgoing.security,
            more = self.more,
        )
    }
}

/// A profile of its own; removed when dropped.
#[derive(Debug)]
pub(crate) struct Profile {
    dir: TempDir,
    ca_file: PathBuf,
    /// Words put before the program's own, to run it inside something.
    inside: Vec<String>,
}

impl Profile {
    /// An empty profile that trusts the bed's certificates and no others.
    pub(crate) fn new(bed: &Bed) -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            ca_file: bed.ca_file().to_owned(),
            inside: Vec::new(),
        }
    }

    /// From now on the program runs by way of this command.
    pub(crate) fn run_inside(&mut self, words: Vec<String>) {
        self.inside = words;
    }

    /// From now on the bed's certificates are those of a stranger.
    pub(crate) fn trust_nobody(&mut self) {
        // Any other authority does: an empty file would be no authority at all.
        let other = rcgen::generate_simple_self_signed(["elsewhere.test".to_owned()]).unwrap();
        self.ca_file = self.file("other-ca.pem", other.cert.pem().as_bytes());
    }

    /// The file of that name, wherever in the profile it is.
    pub(crate) fn find(&self, name: &str) -> PathBuf {
        let mut folders = vec![self.path()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.file_name().is_some_and(|found| found == name) {
                    return path;
                }
                if path.is_dir() {
                    folders.push(path);
                }
            }
        }
        panic!("the profile has no {name}");
    }

    /// Removes all mail that is here, as if the account were new.
    pub(crate) fn forget_mail(&self) {
        let data = self.find("mail.db");
        for entry in fs::read_dir(data.parent().unwrap()).unwrap() {
            let path = entry.unwrap().path();
            if path.to_string_lossy().contains(".db") {
                fs::remove_file(path).unwrap();
            }
        }
    }

    /// What `--profile` names.
    pub(crate) fn path(&self) -> PathBuf {
        self.dir.path().join("profile")
    }

    /// Where tests put their own files.
    pub(crate) fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.dir.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// `account add` with the user's password for both servers.
    pub(crate) fn add_account(&self, account: &AccountFile) -> Outcome {
        let name = format!("{}.toml", account.name);
        let file = self.file(&name, account.to_toml().as_bytes());
        let file = file.to_str().unwrap();
        let password = format!("{}\n", account.user.password);
        self.run_with(
            &["account", "add", file, "--password-stdin"],
            password.as_bytes(),
        )
    }

    /// Runs `waxwing ARGUMENTS` with `--json` and waits for its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        self.run_with(arguments, b"")
    }

    /// The same, with something on standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &[u8]) -> Outcome {
        let mut child = self.spawn(arguments);
        let mut pipe = child.stdin.take().unwrap();
        // A program that does not read its input is no failure.
        std::io::Write::write_all(&mut pipe, input).ok();
        drop(pipe);
        let output = child.wait_with_output().unwrap();
        Outcome {
            command: arguments.join(" "),
            status: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Starts the program and leaves it running, all its streams being pipes.
    pub(crate) fn spawn(&self, arguments: &[&str]) -> Child {
        // The release build, where a test is about how long something takes.
        let named = std::env::var("WAXWING_BINARY").ok();
        let program = named.unwrap_or_else(|| env!("CARGO_BIN_EXE_waxwing").to_owned());
        let mut words = self.inside.iter().chain([&program]);
        Command::new(words.next().unwrap())
            .args(words)
            .arg("--profile")
            .arg(self.path())
            .args(["--secrets", "file", "--json"])
            .args(arguments)
            .env("WAXWING_PASSPHRASE", "open sesame")
            .env("SSL_CERT_FILE", &self.ca_file)
            .env_remove("SSL_CERT_DIR")
            .env_remove("WAXWING_PROFILE")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }
}

/// What a run of the program left.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) command: String,
    /// The exit status; nothing when a signal ended it.
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    /// The objects on standard output, one a line.
    ///
    /// # Panics
    /// When the program failed, or printed something else than JSON.
    pub(crate) fn objects(&self) -> Vec<Value> {
        assert_eq!(self.status, Some(0), "{self:#?}");
        self.lines()
    }

    /// The kind of the error, as in `{"error":{"kind":"auth",…}}`.
    ///
    /// # Panics
    /// When the program did not fail with status 1 and say so.
    pub(crate) fn error_kind(&self) -> String {
        assert_eq!(self.status, Some(1), "{self:#?}");
        let lines = self.lines();
        let kind = lines.iter().find_map(|line| line["error"]["kind"].as_str());
        kind.unwrap_or_else(|| panic!("no error kind: {self:#?}"))
            .to_owned()
    }

    /// The objects on standard output, one a line, whatever became of the run.
    pub(crate) fn lines(&self) -> Vec<Value> {
        let parse = |line: &str| {
            serde_json::from_str(line)
                .unwrap_or_else(|e| panic!("not JSON ({e}): {line:?} in {self:#?}"))
        };
        self.stdout.lines().map(parse).collect()
    }
}

#[test]
fn outcomes_are_read_from_lines() {
    let mut outcome = Outcome {
        command: "folders".to_owned(),
        status: Some(0),
        stdout: "{\"folder\":\"INBOX\"}\n{\"folder\":\"Sent\"}\n".to_owned(),
        stderr: String::new(),
    };
    assert_eq!(outcome.objects()[1]["folder"], "Sent");

    outcome.status = Some(1);
    outcome.stdout = "{\"error\":{\"kind\":\"auth\",\"message\":\"no\"}}\n".to_owned();
    assert_eq!(outcome.error_kind(), "auth");
}
