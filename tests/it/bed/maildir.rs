//! Maildirs, written and read beside the server (Maildir++: a sub-folder is a
//! directory whose name starts with a dot).

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::corpus::Corpus;
use super::open_to_all;

/// An empty mailbox, writable for the server, whose user is another.
pub(crate) fn create_home(home: &Path) {
    fs::create_dir_all(home).unwrap();
    open_to_all(home, 0o777);
    create_folder(&home.join("Maildir"));
}

/// Puts a message into `new`, in the one step a Maildir promises.
pub(crate) fn deliver(home: &Path, folder: &str, raw: &[u8]) {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let folder = folder_dir(home, folder);
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!(
        "{}.M{}P{}Q{count:06}.bed",
        since.as_secs(),
        since.subsec_micros(),
        std::process::id()
    );
    let draft = folder.join("tmp").join(&name);
    fs::write(&draft, raw).unwrap();
    open_to_all(&draft, 0o666);
    fs::rename(&draft, folder.join("new").join(&name)).unwrap();
}

/// What a folder is filled with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Filling {
    pub(crate) count: usize,
    /// Folders with the same seed hold the same messages.
    pub(crate) seed: u64,
    /// Size of the bodies; 100 is that of real mail.
    pub(crate) percent: usize,
}

/// Writes many messages quickly: straight into `cur`, and only for a folder no
/// server looks at yet.
pub(crate) fn fill(home: &Path, folder: &str, filling: Filling, to: &str) {
    let cur = folder_dir(home, folder).join("cur");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let three_years = 3 * 365 * 86_400;
    let count = filling.count as u64;
    let step = three_years / (count + 1);
    let mut corpus = Corpus::new(filling.seed, to).scaled(filling.percent);
    let mut raw = Vec::new();
    for index in 0..count {
        let sent = now.as_secs() - three_years + (index + 1) * step;
        raw.clear();
        corpus.write(index, sent, &mut raw);
        let size = raw.len();
        // The newest tenth is unread.
        let flags = if index * 10 < count * 9 { "S" } else { "" };
        let name = format!("{sent}.M{index:06}P1.bed,S={size},W={size}:2,{flags}");
        let mut file = File::create(cur.join(name)).unwrap();
        file.write_all(&raw).unwrap();
        // Dovecot takes INTERNALDATE from it.
        file.set_modified(UNIX_EPOCH + Duration::from_secs(sent))
            .unwrap();
    }
}

/// All messages with CRLF line ends, oldest first.
pub(crate) fn raw_messages(home: &Path, folder: &str) -> Vec<Vec<u8>> {
    let folder = folder_path(home, folder);
    let mut files: Vec<PathBuf> = ["new", "cur"]
        .iter()
        .filter_map(|part| fs::read_dir(folder.join(part)).ok())
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    // Names start with the second, then the microsecond, of their delivery.
    files.sort_by_key(|path| path.file_name().map(ToOwned::to_owned));
    files
        .iter()
        // A server may move a file from `new` to `cur` in between.
        .filter_map(|path| fs::read(path).ok())
        .map(|raw| with_crlf(&raw))
        .collect()
}

/// The directory of a folder, made when it is not there.
fn folder_dir(home: &Path, folder: &str) -> PathBuf {
    let path = folder_path(home, folder);
    if !path.exists() {
        create_folder(&path);
        fs::write(path.join("maildirfolder"), "").unwrap();
    }
    path
}

fn folder_path(home: &Path, folder: &str) -> PathBuf {
    assert!(folder.is_ascii(), "only ASCII folder names: {folder}");
    let maildir = home.join("Maildir");
    if folder.eq_ignore_ascii_case("INBOX") {
        maildir
    } else {
        maildir.join(format!(".{}", folder.replace('/', ".")))
    }
}

fn create_folder(path: &Path) {
    for directory in [
        path.to_owned(),
        path.join("cur"),
        path.join("new"),
        path.join("tmp"),
    ] {
        fs::create_dir_all(&directory).unwrap();
        open_to_all(&directory, 0o777);
    }
}

/// As IMAP gives it: Dovecot stores delivered mail with bare LF.
fn with_crlf(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len() + raw.len() / 32);
    let mut before = 0;
    for &byte in raw {
        if byte == b'\n' && before != b'\r' {
            out.push(b'\r');
        }
        out.push(byte);
        before = byte;
    }
    out
}

#[test]
fn line_ends_become_crlf_once() {
    assert_eq!(with_crlf(b"a\nb\r\nc\n"), b"a\r\nb\r\nc\r\n");
}

/// Loses what the server noted of the INBOX besides the messages.
pub(crate) fn forget_uids(home: &Path) {
    for entry in fs::read_dir(home.join("Maildir")).unwrap() {
        let path = entry.unwrap().path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.starts_with("dovecot") {
            fs::remove_file(path).ok();
        }
    }
}
