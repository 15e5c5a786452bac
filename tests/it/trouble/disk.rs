//! A disk that is full, and one that takes nothing.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use super::super::bed::{Bed, User, bed};
use super::super::fetching::{list, mail};
use super::super::profile::{AccountFile, Incoming, Profile};
use super::assert_in_step;

/// A profile on a disk of its own: a tmpfs in a mount namespace that ends with
/// the shell which holds it.
struct SmallDisk {
    profile: Profile,
    holder: Child,
}

impl SmallDisk {
    /// # Panics
    /// Where nothing can be mounted: these promises are never skipped silently.
    fn new(bed: &Bed, size: &str) -> Self {
        let mut profile = Profile::new(bed);
        std::fs::create_dir(profile.path()).unwrap();
        let mut holder = Command::new("unshare");
        holder.args(["--mount", "--propagation", "private"]);
        let own_user = !is_root();
        if own_user {
            holder.args(["--user", "--map-root-user"]);
        }
        let script =
            format!("mount -t tmpfs -o mode=700,size={size} tmpfs \"$0\" && echo ready && cat");
        let mut holder = holder
            .args(["sh", "-c", &script])
            .arg(profile.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut answer = String::new();
        let told = holder.stdout.as_mut().unwrap();
        BufReader::new(told).read_line(&mut answer).unwrap();
        assert_eq!(
            answer, "ready\n",
            "a small disk could not be mounted: run the tests as root, or where \
             `unshare --mount --user --map-root-user` may mount a tmpfs"
        );
        let mut words = vec!["nsenter".to_owned(), "--mount".to_owned()];
        if own_user {
            words.extend(["--user".to_owned(), "--preserve-credentials".to_owned()]);
        }
        words.extend(["--target".to_owned(), holder.id().to_string()]);
        profile.run_inside(words);
        Self { profile, holder }
    }

    fn add_account(&self, bed: &Bed, user: &User) {
        let account = AccountFile::on(bed, user, Incoming::ImapPlain);
        self.profile.add_account(&account).objects();
    }

    fn remount(&self, options: &str) {
        let mut command = Command::new("nsenter");
        command.arg("--mount");
        if !is_root() {
            command.args(["--user", "--preserve-credentials"]);
        }
        let status = command
            .args(["--target", &self.holder.id().to_string(), "mount", "-o"])
            .arg(format!("remount,{options}"))
            .arg(self.profile.path())
            .status()
            .unwrap();
        assert!(status.success(), "remount,{options}");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        self.holder.wait().ok();
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}

/// Text that does not shrink when it is packed.
fn noise(seed: u32, length: usize) -> String {
    let mut state = seed.wrapping_mul(2_654_435_761).max(1);
    let mut text = String::with_capacity(length + length / 35);
    while text.len() < length {
        for _ in 0..70 {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            text.push(char::from(b'!' + (state % 90) as u8));
        }
        text.push_str("\r\n");
    }
    text
}

#[test]
fn a_full_disk_is_said_and_fetching_goes_on_once_there_is_room() {
    let bed = bed();
    let user = bed.fresh_user();
    for n in 0..40_u32 {
        let body = format!("\r\n{}", noise(n + 1, 200_000));
        bed.deliver(&user, &mail(&format!("big {n}"), &body));
    }
    let disk = SmallDisk::new(bed, "4m");
    disk.add_account(bed, &user);
    for _ in 0..2 {
        let outcome = disk.profile.run(&["sync"]);
        assert_eq!(outcome.error_kind(), "disk_full", "{outcome:#?}");
        assert!(!outcome.stderr.contains("panicked"), "{outcome:#?}");
    }
    disk.remount("size=64m");
    assert_in_step(bed, &user, &disk.profile, &["INBOX"]);
}

#[test]
fn what_is_here_can_be_read_on_a_full_disk() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, &mail("small", ""));
    let disk = SmallDisk::new(bed, "4m");
    disk.add_account(bed, &user);
    assert_in_step(bed, &user, &disk.profile, &["INBOX"]);
    for n in 0..40_u32 {
        let body = format!("\r\n{}", noise(n + 1, 200_000));
        bed.deliver(&user, &mail(&format!("big {n}"), &body));
    }
    assert_eq!(disk.profile.run(&["sync"]).error_kind(), "disk_full");
    let rows = list(&disk.profile, "INBOX");
    let small = rows.iter().find(|row| row["subject"] == "small").unwrap();
    let shown = disk.profile.run(&["show", small["id"].as_str().unwrap()]);
    assert_eq!(shown.status, Some(0), "{shown:#?}");
}

#[test]
fn a_profile_that_cannot_be_written_is_said_so() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, &mail("a", ""));
    let disk = SmallDisk::new(bed, "4m");
    disk.add_account(bed, &user);
    disk.remount("ro");
    for command in ["sync", "folders"] {
        let outcome = disk.profile.run(&[command]);
        assert_eq!(outcome.error_kind(), "config", "{outcome:#?}");
        let path = disk.profile.path();
        assert!(
            outcome.stdout.contains(path.to_str().unwrap()) && outcome.stdout.contains("writable"),
            "{outcome:#?}"
        );
    }
    disk.remount("rw");
    assert_in_step(bed, &user, &disk.profile, &["INBOX"]);
}
