//! The client against a real Dovecot, without a network: its IMAP process
//! speaks over a socket pair, signed in from the start.

use std::os::fd::OwnedFd;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::super::conn::ImapConn;
use super::super::connect::greet_and_sign_in;
use crate::model::Password;
use crate::net::NetStream;

/// Whom the mailbox belongs to: Dovecot serves no mail to root.
const MAIL_UID: u32 = 5000;

/// A mailbox of its own. Dropping it ends the processes and removes it.
pub(super) struct Mailbox {
    dir: tempfile::TempDir,
    processes: Vec<Child>,
}

impl Mailbox {
    pub(super) fn new() -> Self {
        let dir = tempfile::Builder::new()
            .prefix("waxwing-imap-")
            .tempdir()
            .unwrap();
        let config = format!(
            "{}\nprotocols = imap\nssl = no\nlog_path = {dir}/log\nmail_home = {dir}\nbase_dir = {dir}/run\n",
            mail_settings(dir.path()),
            dir = dir.path().display(),
        );
        std::fs::write(dir.path().join("dovecot.conf"), config).unwrap();
        if is_root(dir.path()) {
            chown(dir.path(), Some(MAIL_UID), Some(MAIL_UID)).unwrap();
        }
        Self {
            dir,
            processes: Vec::new(),
        }
    }

    /// One more connection to it, signed in.
    pub(super) async fn connect(&mut self) -> ImapConn {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let theirs = OwnedFd::from(theirs);
        let mut command = Command::new(imap_program());
        command
            .arg("-c")
            .arg(self.dir.path().join("dovecot.conf"))
            .env("USER", "somebody")
            .env("HOME", self.dir.path())
            .stdin(Stdio::from(theirs.try_clone().unwrap()))
            .stdout(Stdio::from(theirs))
            .stderr(Stdio::null());
        if std::fs::metadata(self.dir.path()).unwrap().uid() == MAIL_UID {
            command.uid(MAIL_UID).gid(MAIL_UID);
        }
        self.processes.push(command.spawn().unwrap());
        ours.set_nonblocking(true).unwrap();
        let stream = tokio::net::UnixStream::from_std(ours).unwrap();
        let stream = NetStream::plain(stream, None);
        let mut conn = ImapConn::new(stream, "dovecot", Default::default());
        greet_and_sign_in(&mut conn, "somebody", &Password::new("not needed"))
            .await
            .unwrap();
        conn
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

/// Whether the tests run as root: what they make belongs to it.
fn is_root(made: &Path) -> bool {
    std::fs::metadata(made).unwrap().uid() == 0
}

fn imap_program() -> PathBuf {
    ["/usr/lib/dovecot/imap", "/usr/libexec/dovecot/imap"]
        .map(PathBuf::from)
        .into_iter()
        .find(|path| path.exists())
        .expect("Dovecot's IMAP server is needed: apt-get install dovecot-imapd")
}

/// Where the mail lies, in the words of 2.3 and of 2.4.
fn mail_settings(dir: &Path) -> String {
    let asked = Command::new("dovecot").arg("--version").output().unwrap();
    let version = String::from_utf8_lossy(&asked.stdout).into_owned();
    let dir = dir.display();
    if version.starts_with("2.3") {
        format!("mail_location = maildir:{dir}/Maildir\nmail_plugins = zlib imap_zlib")
    } else {
        let number = version.split(' ').next().unwrap_or_default().trim();
        format!(
            "dovecot_config_version = {number}\ndovecot_storage_version = {number}\n\
             mail_driver = maildir\nmail_path = {dir}/Maildir"
        )
    }
}
