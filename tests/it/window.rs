//! The release build's window from the outside: a person adds an account
//! through the form, reads, replies, and the reply is on the server.
//!
//! Ignored in a plain `cargo test`: `tests/run` builds the release binary and
//! runs it with `WAXWING_BINARY` naming it. Pictures of each stage are left in
//! the folder `WAXWING_SHOTS` names.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use super::bed::{bed, wait_until};
use super::profile::Profile;

const PATIENCE: Duration = Duration::from_secs(60);

/// How long the window gets to act on a key before the next one.
const BEAT: Duration = Duration::from_millis(350);

/// A virtual display with a window manager, and hands on its keyboard and mouse.
struct Desk {
    display: String,
    children: Vec<Child>,
    shots: Option<PathBuf>,
}

impl Desk {
    fn new() -> Self {
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1280x800x24",
                "-nolisten",
                "tcp",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb is installed by tests/run");
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap())
            .read_line(&mut number)
            .unwrap();
        let display = format!(":{}", number.trim());
        let mut desk = Self {
            display,
            children: vec![server],
            shots: std::env::var_os("WAXWING_SHOTS").map(PathBuf::from),
        };
        let manager = desk
            .command("openbox")
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        desk.children.push(manager);
        // A window that is there before its manager is framed late.
        sleep(Duration::from_millis(500));
        desk
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env("DISPLAY", &self.display)
            .env_remove("WAYLAND_DISPLAY");
        command
    }

    fn hands(&self, arguments: &[&str]) {
        let status = self.command("xdotool").args(arguments).status().unwrap();
        assert!(status.success(), "xdotool {arguments:?}");
        sleep(BEAT);
    }

    fn wait_for_window(&self, title: &str) {
        let there = || {
            let found = self
                .command("xdotool")
                .args(["search", "--name", title])
                .output()
                .unwrap();
            !found.stdout.is_empty()
        };
        assert!(wait_until(PATIENCE, there), "no window is called {title:?}");
        sleep(BEAT);
    }

    /// Waits until the screen shows a rich picture, twice the same: a window
    /// that is there and not drawn yet would lose what is typed.
    fn is_drawn_within(&self, patience: Duration) -> bool {
        let mut before = String::new();
        let drawn = || {
            let now = self.picture();
            let colours = now.split(' ').next().and_then(|n| n.parse().ok());
            let same = colours.is_some_and(|n: u32| n > 64) && now == before;
            before = now;
            same
        };
        let drawn = wait_until(patience, drawn);
        sleep(BEAT);
        drawn
    }

    /// How many colours the screen has, and a hash of it.
    fn picture(&self) -> String {
        let screen = self
            .command("import")
            .args(["-window", "root", "png:-"])
            .output()
            .unwrap();
        let mut identify = self
            .command("identify")
            .args(["-format", "%k %#", "png:-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut pipe = identify.stdin.take().unwrap();
        std::io::Write::write_all(&mut pipe, &screen.stdout).ok();
        drop(pipe);
        let output = identify.wait_with_output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn key(&self, key: &str) {
        self.hands(&["key", key]);
    }

    fn text(&self, text: &str) {
        self.hands(&["type", "--delay", "25", text]);
    }

    /// Types over what the focused field holds, and goes to the next one.
    fn field(&self, text: &str) {
        self.key("ctrl+a");
        self.text(text);
        self.key("Tab");
    }

    fn tab(&self, times: usize) {
        for _ in 0..times {
            self.key("Tab");
        }
    }

    fn shot(&self, name: &str) {
        if let Some(folder) = &self.shots {
            std::fs::create_dir_all(folder).unwrap();
            let file = folder.join(format!("{name}.png"));
            self.command("import")
                .args(["-window", "root"])
                .arg(file)
                .status()
                .unwrap();
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        for child in self.children.iter_mut().rev() {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

fn release_binary() -> PathBuf {
    let named = std::env::var_os("WAXWING_BINARY").expect("WAXWING_BINARY names the release build");
    assert!(
        Path::new(&named).is_file(),
        "{named:?} is not there: cargo build --release"
    );
    named.into()
}

#[test]
#[ignore = "needs the release build and a virtual display: tests/run runs it"]
fn a_person_adds_an_account_reads_and_replies() {
    let bed = bed();
    let (me, friend) = (bed.fresh_user(), bed.fresh_user());
    let letter = format!(
        "From: A Friend <{}>\r\nTo: {}\r\nSubject: Are you there?\r\n\
         Message-ID: <letter@example.test>\r\nDate: Fri, 20 Nov 2026 07:00:00 +0000\r\n\r\n\
         The rowan is full of berries.\r\n",
        friend.address, me.address
    );
    bed.deliver(&me, letter.as_bytes());
    let profile = Profile::new(bed);
    let desk = open(&profile, Some(bed.ca_file()));
    desk.shot("1-welcome");
    fill_form(&desk, bed, &me, &me.password);
    desk.shot("2-form");
    desk.key("Return");
    let done = is_saved(&profile, &me);
    desk.shot("2-proven");
    assert!(done, "the account was not saved");
    sleep(Duration::from_secs(2));
    desk.shot("3-mail");

    desk.key("j");
    let flagged = |flag: &str| {
        !bed.doveadm(&["search", "-u", &me.address, "mailbox", "INBOX", flag])
            .trim()
            .is_empty()
    };
    assert!(
        wait_until(PATIENCE, || flagged("SEEN")),
        "the opened message was not marked as read"
    );
    desk.shot("4-reading");

    desk.key("r");
    desk.wait_for_window("Re: Are you there?");
    assert!(desk.is_drawn_within(PATIENCE), "the composer was not drawn");
    desk.text("Yes, and the waxwings are too.");
    desk.shot("5-reply");
    desk.key("ctrl+Return");
    sleep(Duration::from_secs(1));
    desk.shot("6-sending");
    let arrived = bed.wait_for_messages(&friend, "INBOX", 1);
    let reply = String::from_utf8_lossy(&arrived[0]).into_owned();
    assert!(reply.contains("Yes, and the waxwings are too."), "{reply}");
    assert!(reply.contains("> The rowan is full of berries."), "{reply}");
    assert!(
        reply.contains("In-Reply-To: <letter@example.test>"),
        "{reply}"
    );
    bed.wait_for_messages(&me, "Sent", 1);
    assert!(
        wait_until(PATIENCE, || flagged("ANSWERED")),
        "the message was not marked as answered"
    );
    sleep(Duration::from_secs(1));
    desk.shot("7-answered");
}

#[test]
#[ignore = "needs the release build and a virtual display: tests/run runs it"]
fn a_person_trusts_two_certificates_and_corrects_a_password() {
    let bed = bed();
    let me = bed.fresh_user();
    let profile = Profile::new(bed);
    // Nobody here knows who signed the servers' certificates.
    let desk = open(&profile, None);
    fill_form(&desk, bed, &me, &me.password);
    desk.key("Return");
    for server in ["incoming", "outgoing"] {
        sleep(ANSWER);
        assert!(desk.is_drawn_within(PATIENCE), "{server}: no answer");
        desk.shot(&format!("8-{server}-unknown"));
        // Over "Try again".
        desk.tab(2);
        desk.key("Return");
        assert!(desk.is_drawn_within(PATIENCE), "{server}: no question");
        desk.shot(&format!("8-{server}-question"));
        // Over "Do not trust it".
        desk.tab(2);
        desk.key("Return");
    }
    let done = is_saved(&profile, &me);
    desk.shot("8-trusted");
    assert!(done, "the account was not saved");
    let trusted = std::fs::read_to_string(profile.path().join("certificates.toml")).unwrap();
    assert_eq!(trusted.matches("sha256").count(), 2, "{trusted}");
    drop(desk);

    let profile = Profile::new(bed);
    let desk = open(&profile, Some(bed.ca_file()));
    fill_form(&desk, bed, &me, "not the password");
    desk.key("Return");
    sleep(ANSWER);
    assert!(desk.is_drawn_within(PATIENCE), "no answer");
    desk.shot("9-refused");
    // The keyboard is in the password.
    desk.key("ctrl+a");
    desk.text(&me.password);
    desk.key("Return");
    let done = is_saved(&profile, &me);
    desk.shot("9-corrected");
    assert!(done, "the account was not saved");
}

fn is_saved(profile: &Profile, me: &super::bed::User) -> bool {
    let file = profile.path().join("accounts.toml");
    let saved = || std::fs::read_to_string(&file).is_ok_and(|text| text.contains(&me.address));
    wait_until(PATIENCE, saved)
}

/// A desk with the program's window on it. A virtual display now and then
/// comes up without showing anything: then another one is set up.
///
/// Without `ca_file` it trusts whom this computer trusts: not the bed.
fn open(profile: &Profile, ca_file: Option<&Path>) -> Desk {
    for _ in 0..3 {
        let mut desk = Desk::new();
        let mut program = desk.command(release_binary());
        if let Some(file) = ca_file {
            program
                .env("SSL_CERT_FILE", file)
                .env_remove("SSL_CERT_DIR");
        }
        let program = program
            .arg("--profile")
            .arg(profile.path())
            .args(["--secrets", "file"])
            .env("WAXWING_PASSPHRASE", "open sesame")
            .env("ICED_BACKEND", "tiny-skia")
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        desk.children.push(program);
        desk.wait_for_window("Waxwing");
        if desk.is_drawn_within(Duration::from_secs(20)) {
            return desk;
        }
        desk.shot("0-nothing");
    }
    panic!("the window was not drawn on three displays");
}

/// How long both servers take to answer, and a look around after a failure.
const ANSWER: Duration = Duration::from_secs(6);

/// How long a search for servers may take, and a little more.
const SEARCH: Duration = Duration::from_secs(8);

/// From the welcome: name, address and password; as nobody knows the servers,
/// these by hand: all by keyboard alone.
fn fill_form(desk: &Desk, bed: &super::bed::Bed, me: &super::bed::User, password: &str) {
    desk.tab(1);
    desk.key("Return");
    assert!(desk.is_drawn_within(PATIENCE), "the form was not drawn");
    desk.field("Test Person");
    desk.field(&me.address);
    desk.key("ctrl+a");
    desk.text(password);
    desk.shot("1-person");
    desk.key("Return");
    sleep(SEARCH);
    assert!(desk.is_drawn_within(PATIENCE), "the fields were not drawn");
    // The keyboard is at the name of the incoming server. A whole address says
    // port and security as well; the user name is the address.
    desk.field(&format!("imaps://localhost:{}", bed.imap_tls()));
    // Over the port, the three kinds of security, the ways to sign in and the
    // user name.
    desk.tab(TABS_TO_OUTGOING);
    desk.key("ctrl+a");
    desk.text(&format!("smtps://localhost:{}", bed.smtp_tls()));
}

/// From the port of the incoming server to the name of the outgoing one.
const TABS_TO_OUTGOING: usize = 7;
