//! A real Dovecot for tests of the clients, without a network: its processes
//! speak over socket pairs, signed in from the start.

use std::os::fd::OwnedFd;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::net::NetStream;

/// Whom the mailbox belongs to: Dovecot serves no mail to root.
const MAIL_UID: u32 = 5000;

/// A mailbox of its own. Dropping it ends the processes and removes it.
pub(super) struct Mailbox {
    protocol: &'static str,
    dir: tempfile::TempDir,
    processes: Vec<Child>,
}

impl Mailbox {
    /// One that is served over `imap` or `pop3`; with these further settings
    /// where Dovecot is a 2.3.
    pub(super) fn new(protocol: &'static str, of_2_3: &str) -> Self {
        let dir = tempfile::Builder::new()
            .prefix(&format!("waxwing-{protocol}-"))
            .tempdir()
            .unwrap();
        let config = format!(
            "{}\nprotocols = {protocol}\nssl = no\nlog_path = {dir}/log\nmail_home = {dir}\nbase_dir = {dir}/run\n",
            mail_settings(dir.path(), of_2_3),
            dir = dir.path().display(),
        );
        std::fs::write(dir.path().join("dovecot.conf"), config).unwrap();
        let mailbox = Self {
            protocol,
            dir,
            processes: Vec::new(),
        };
        if mailbox.is_roots() {
            mailbox.give_away(mailbox.path());
        }
        mailbox
    }

    pub(super) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Puts messages into it, in this order.
    pub(super) fn fill(&self, messages: &[Vec<u8>]) {
        let mail = self.path().join("Maildir");
        let mut made = vec![mail.clone()];
        for name in ["cur", "new", "tmp"] {
            std::fs::create_dir_all(mail.join(name)).unwrap();
            made.push(mail.join(name));
        }
        for (index, message) in messages.iter().enumerate() {
            let file = mail.join(format!("cur/{}.M{index}.test:2,", 1_600_000_000 + index));
            std::fs::write(&file, message).unwrap();
            made.push(file);
        }
        if self.is_mails() {
            made.iter().for_each(|path| self.give_away(path));
        }
    }

    /// One more connection to it.
    pub(super) fn connect(&mut self) -> NetStream {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let theirs = OwnedFd::from(theirs);
        let mut command = Command::new(program(self.protocol));
        command
            .arg("-c")
            .arg(self.path().join("dovecot.conf"))
            .env("USER", "somebody")
            .env("HOME", self.path())
            .stdin(Stdio::from(theirs.try_clone().unwrap()))
            .stdout(Stdio::from(theirs))
            .stderr(Stdio::null());
        if self.is_mails() {
            command.uid(MAIL_UID).gid(MAIL_UID);
        }
        self.processes.push(command.spawn().unwrap());
        ours.set_nonblocking(true).unwrap();
        let stream = tokio::net::UnixStream::from_std(ours).unwrap();
        NetStream::plain(stream, None)
    }

    fn owner(&self) -> u32 {
        std::fs::metadata(self.path()).unwrap().uid()
    }

    /// Whether the tests run as root: what they make belongs to it.
    fn is_roots(&self) -> bool {
        self.owner() == 0
    }

    fn is_mails(&self) -> bool {
        self.owner() == MAIL_UID
    }

    fn give_away(&self, path: &Path) {
        chown(path, Some(MAIL_UID), Some(MAIL_UID)).unwrap();
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        for process in &mut self.processes {
            // Most have seen the end of their connection already.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn program(protocol: &str) -> PathBuf {
    ["/usr/lib/dovecot", "/usr/libexec/dovecot"]
        .map(|dir| Path::new(dir).join(protocol))
        .into_iter()
        .find(|path| path.exists())
        .unwrap_or_else(|| {
            panic!("Dovecot's {protocol} server is needed: apt-get install dovecot-{protocol}d")
        })
}

/// Where the mail lies, in the words of 2.3 and of 2.4.
fn mail_settings(dir: &Path, of_2_3: &str) -> String {
    let asked = Command::new("dovecot").arg("--version").output().unwrap();
    let version = String::from_utf8_lossy(&asked.stdout).into_owned();
    let dir = dir.display();
    if version.starts_with("2.3") {
        format!("mail_location = maildir:{dir}/Maildir\n{of_2_3}")
    } else {
        let number = version.split(' ').next().unwrap_or_default().trim();
        format!(
            "dovecot_config_version = {number}\ndovecot_storage_version = {number}\n\
             mail_driver = maildir\nmail_path = {dir}/Maildir"
        )
    }
}
