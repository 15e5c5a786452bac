//! The test bed: a real Dovecot (IMAP, POP3, LMTP) and a real Postfix
//! (submission) in a temporary directory, on loopback ports of their own.
//!
//! Most tests share one bed, [`bed`], and ask it for a user of their own with
//! [`Bed::fresh_user`]. A test that stops a server, or changes what all see,
//! starts its own with [`Bed::start`].
//!
//! A small shell script runs the servers (`bed/supervisor.sh`): it ends them
//! and removes the directory when the pipe to it closes, so nothing is left
//! behind even when the test process is killed. It must be root, because
//! Postfix insists on it; run by someone else the bed enters a user namespace
//! (`unshare --map-root-user --map-auto`, packages util-linux and uidmap).

pub(crate) mod certificates;
mod corpus;
pub(crate) mod dovecot;
mod line;
mod maildir;
mod ports;
mod postfix;
mod serve;

use std::fs;
use std::io::{ErrorKind, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certificates::Certificates;
use maildir::Filling;
use ports::Ports;

/// How many users [`Bed::fresh_user`] can hand out. They all exist from the
/// start, because Dovecot reads a changed password file a second late.
const FRESH_USERS: usize = 600;
/// Whoever the Maildirs belong to, seen by Dovecot: never root.
const MAIL_UID: u32 = 5000;
/// How long a server may take to answer on its port.
const PATIENCE: Duration = Duration::from_secs(30);

/// Someone with a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    /// The address, which is also the user name to sign in with.
    pub(crate) address: String,
    /// The password.
    pub(crate) password: String,
}

/// The running servers. Dropping it ends them and removes their directory.
#[derive(Debug)]
pub(crate) struct Bed {
    dir: PathBuf,
    ports: Ports,
    certificates: Certificates,
    ca_file: PathBuf,
    supervisor: Child,
    orders: Mutex<Option<ChildStdin>>,
    handed_out: AtomicUsize,
}

/// The bed all tests share. It ends with the test process.
pub(crate) fn bed() -> &'static Bed {
    static BED: OnceLock<Bed> = OnceLock::new();
    BED.get_or_init(Bed::start)
}

impl Bed {
    /// Starts servers for this test alone, and waits until all answer.
    ///
    /// # Panics
    /// When a server is not installed or does not come up. Tests against the
    /// real servers are never skipped silently.
    pub(crate) fn start() -> Self {
        Self::start_with(false)
    }

    /// The same, where one can sign in with a token, too
    /// ([`dovecot::TOKEN_KEY`]).
    pub(crate) fn start_with_tokens() -> Self {
        Self::start_with(true)
    }

    fn start_with(tokens: bool) -> Self {
        let master = required_servers().unwrap_or_else(|missing| panic!("{missing}"));
        for _ in 0..3 {
            if let Some(bed) = Self::attempt(&master, tokens) {
                return bed;
            }
        }
        panic!("other programs took the chosen ports three times");
    }

    /// One start; nothing when another program was quicker with a port.
    fn attempt(postfix_master: &Path, tokens: bool) -> Option<Self> {
        let dir = tempfile::Builder::new()
            .prefix("waxwing-bed-")
            .tempdir()
            .unwrap()
            .keep();
        open_to_all(&dir, 0o755);
        let ports = Ports::pick();
        let certificates = Certificates::create(&dir.join("tls"));
        write_settings(&dovecot::Place {
            dir: &dir,
            ports: &ports,
            certificates: &certificates,
            tokens,
        });

        let mut supervisor = as_root(&dir.join("supervisor.sh"))
            .arg(&dir)
            .arg(postfix_master)
            .stdin(Stdio::piped())
            .stdout(fs::File::create(dir.join("supervisor.out")).unwrap())
            .stderr(fs::File::create(dir.join("supervisor.err")).unwrap())
            // Ctrl+C at the terminal is for the tests; the pipe tells the rest.
            .process_group(0)
            .spawn()
            .unwrap();
        let orders = Mutex::new(supervisor.stdin.take());
        let bed = Self {
            ca_file: certificates.ca(),
            dir,
            ports,
            certificates,
            supervisor,
            orders,
            handed_out: AtomicUsize::new(0),
        };
        for n in 1..=5 {
            maildir::create_home(&bed.home(&format!("user{n}")));
        }
        bed.ports
            .all()
            .into_iter()
            .all(|port| bed.wait_for(port))
            .then_some(bed)
    }

    /// IMAP with TLS from the first byte (RFC 8314).
    pub(crate) fn imap_tls(&self) -> u16 {
        self.ports.imap_tls
    }

    /// IMAP without TLS, which `STARTTLS` may turn on.
    pub(crate) fn imap_plain(&self) -> u16 {
        self.ports.imap_plain
    }

    /// POP3 with TLS from the first byte.
    pub(crate) fn pop3_tls(&self) -> u16 {
        self.ports.pop3_tls
    }

    /// POP3 without TLS, which `STLS` may turn on.
    pub(crate) fn pop3_plain(&self) -> u16 {
        self.ports.pop3_plain
    }

    /// Submission with TLS from the first byte; wants a sign-in.
    pub(crate) fn smtp_tls(&self) -> u16 {
        self.ports.smtp_tls
    }

    /// Submission that wants `STARTTLS`, then a sign-in.
    pub(crate) fn smtp_starttls(&self) -> u16 {
        self.ports.smtp_starttls
    }

    /// SMTP without TLS (offered all the same) that takes mail for
    /// `example.test` without a sign-in too.
    pub(crate) fn smtp_plain(&self) -> u16 {
        self.ports.smtp_plain
    }

    /// The authority behind the servers' certificate, for `SSL_CERT_FILE`.
    pub(crate) fn ca_file(&self) -> &Path {
        &self.ca_file
    }

    /// The good and the bad certificates.
    pub(crate) fn certificates(&self) -> &Certificates {
        &self.certificates
    }

    /// One of the five users everybody knows, 1 to 5: for a person who tries
    /// things by hand. Tests take a [`Bed::fresh_user`].
    pub(crate) fn user(&self, n: usize) -> User {
        assert!((1..=5).contains(&n), "there are user1 to user5");
        user(&format!("user{n}"))
    }

    /// A user nobody else has, with an empty mailbox.
    pub(crate) fn fresh_user(&self) -> User {
        let n = self.handed_out.fetch_add(1, Ordering::Relaxed) + 1;
        assert!(n <= FRESH_USERS, "all {FRESH_USERS} fresh users are taken");
        let user = user(&format!("fresh{n}"));
        maildir::create_home(&self.home_of(&user));
        user
    }

    /// Gives the user another password and waits until the servers know it.
    pub(crate) fn set_password(&self, user: &User, password: &str) -> User {
        let changed = User {
            address: user.address.clone(),
            password: password.to_owned(),
        };
        let file = self.dir.join("passwd");
        let lines = fs::read_to_string(&file).unwrap();
        let prefix = format!("{}:", user.address);
        let lines: String = lines
            .lines()
            .map(|line| {
                if line.starts_with(&prefix) {
                    self.passwd_line(&changed)
                } else {
                    format!("{line}\n")
                }
            })
            .collect();
        // Replaced in one step, so that the servers never read half of it.
        let next = self.dir.join("passwd.next");
        fs::write(&next, lines).unwrap();
        open_to_all(&next, 0o644);
        fs::rename(&next, &file).unwrap();
        for instance in ["imap", "post"] {
            let test = ["auth", "test", &changed.address, password];
            let known = || self.doveadm_of(instance, &test).status.success();
            assert!(wait_until(PATIENCE, known), "the password did not change");
        }
        changed
    }

    /// Puts a message into the user's INBOX, as a new one. Line ends are kept.
    pub(crate) fn deliver(&self, user: &User, raw: &[u8]) {
        maildir::deliver(&self.home_of(user), "INBOX", raw);
    }

    /// The same for any folder; it must exist, or be named in ASCII.
    pub(crate) fn deliver_to(&self, user: &User, folder: &str, raw: &[u8]) {
        maildir::deliver(&self.home_of(user), folder, raw);
    }

    /// Puts `count` believable messages of the last three years into a folder,
    /// most of them read: median 7 kB, some of a hundred and more. The same
    /// count gives the same messages.
    pub(crate) fn fill(&self, user: &User, folder: &str, count: usize) {
        let filling = Filling {
            count,
            seed: count as u64,
            percent: 100,
        };
        self.fill_with(user, folder, filling);
    }

    /// The same with a say in what comes: the same seed gives the same messages.
    pub(crate) fn fill_with(&self, user: &User, folder: &str, filling: Filling) {
        maildir::fill(&self.home_of(user), folder, filling, &user.address);
    }

    /// Every message of a folder as IMAP would give it (CRLF), oldest first.
    pub(crate) fn raw_messages(&self, user: &User, folder: &str) -> Vec<Vec<u8>> {
        maildir::raw_messages(&self.home_of(user), folder)
    }

    /// Gives the INBOX a new UIDVALIDITY and its messages new UIDs, as a
    /// server does that lost its index.
    pub(crate) fn renumber(&self, user: &User) {
        let before = self.uid_validity(user);
        let changed = || {
            maildir::forget_uids(&self.home_of(user));
            self.doveadm(&["force-resync", "-u", &user.address, "INBOX"]);
            self.uid_validity(user) != before
        };
        assert!(
            wait_until(PATIENCE, changed),
            "the INBOX was not renumbered"
        );
    }

    fn uid_validity(&self, user: &User) -> String {
        self.doveadm(&[
            "mailbox",
            "status",
            "-u",
            &user.address,
            "uidvalidity",
            "INBOX",
        ])
    }

    /// Waits until a folder holds `count` messages, and gives them.
    pub(crate) fn wait_for_messages(
        &self,
        user: &User,
        folder: &str,
        count: usize,
    ) -> Vec<Vec<u8>> {
        let there = || self.raw_messages(user, folder).len() >= count;
        if !wait_until(PATIENCE, there) {
            let found = self.raw_messages(user, folder).len();
            panic!(
                "{folder} holds {found} of {count} messages\n{}",
                self.logs()
            );
        }
        self.raw_messages(user, folder)
    }

    /// Runs `doveadm` on the incoming server and gives what it prints.
    pub(crate) fn doveadm(&self, arguments: &[&str]) -> String {
        let output = self.doveadm_of("imap", arguments);
        assert!(
            output.status.success(),
            "doveadm {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Ends IMAP and POP3; connections break off. Sending still works. Only
    /// on a bed of one's own.
    pub(crate) fn stop_imap(&self) {
        self.order("stop-imap");
        self.wait_for_silence(self.ports.imap_plain);
    }

    /// Starts IMAP and POP3 again, on the same ports.
    pub(crate) fn start_imap(&self) {
        self.order("start-imap");
        assert!(self.wait_for(self.ports.imap_plain), "{}", self.logs());
    }

    /// Ends SMTP. Only on a bed of one's own.
    pub(crate) fn stop_smtp(&self) {
        self.order("stop-smtp");
        self.wait_for_silence(self.ports.smtp_plain);
    }

    /// Starts SMTP again, on the same ports.
    pub(crate) fn start_smtp(&self) {
        self.order("start-smtp");
        assert!(self.wait_for(self.ports.smtp_plain), "{}", self.logs());
    }

    /// Everything the servers logged, to be shown when a test fails.
    pub(crate) fn logs(&self) -> String {
        let mut text = String::new();
        for name in [
            "supervisor.err",
            "dovecot-imap.out",
            "dovecot-imap.log",
            "dovecot-post.out",
            "dovecot-post.log",
            "postfix.out",
            "postfix.log",
        ] {
            let log = fs::read(self.dir.join(name)).unwrap_or_default();
            text.push_str(&format!("== {name}\n{}", String::from_utf8_lossy(&log)));
        }
        text
    }

    fn home(&self, name: &str) -> PathBuf {
        self.dir.join("mail").join(name)
    }

    fn home_of(&self, user: &User) -> PathBuf {
        self.home(user.address.split('@').next().unwrap())
    }

    fn passwd_line(&self, user: &User) -> String {
        passwd_line(&self.dir, user)
    }

    fn doveadm_of(&self, instance: &str, arguments: &[&str]) -> Output {
        let config = self.dir.join(format!("dovecot-{instance}.conf"));
        self.inside("doveadm")
            .arg("-c")
            .arg(config)
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// A command that is root where the servers are.
    fn inside(&self, program: &str) -> Command {
        if is_root() {
            return Command::new(program);
        }
        let mut command = Command::new("nsenter");
        command
            .args(["--user", "--setuid", "0", "--setgid", "0", "--target"])
            .arg(self.supervisor.id().to_string())
            .arg(program);
        command
    }

    fn order(&self, order: &str) {
        let mut pipe = self.orders.lock().unwrap();
        writeln!(pipe.as_mut().unwrap(), "{order}").unwrap();
    }

    /// Waits for a server; `false` when another program holds one of the ports.
    fn wait_for(&self, port: u16) -> bool {
        let mut taken = false;
        let up = wait_until(PATIENCE, || {
            let logs = self.logs();
            let broken = "Fatal: Error in configuration";
            assert!(!logs.contains(broken), "{logs}");
            taken = logs.contains("Address already in use");
            taken || answers(port)
        });
        assert!(up, "no server answers on port {port}\n{}", self.logs());
        !taken
    }

    fn wait_for_silence(&self, port: u16) {
        assert!(
            wait_until(PATIENCE, || !answers(port)),
            "the server on port {port} does not end\n{}",
            self.logs()
        );
    }
}

impl Drop for Bed {
    fn drop(&mut self) {
        // The closed pipe is the order to end everything.
        if let Ok(mut pipe) = self.orders.lock() {
            *pipe = None;
        }
        self.supervisor.wait().ok();
    }
}

/// Checks again and again until it holds or the time is over.
pub(crate) fn wait_until(patience: Duration, mut holds: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + patience;
    loop {
        if holds() {
            return true;
        }
        if Instant::now() > deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn answers(port: u16) -> bool {
    match TcpStream::connect((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => true,
        Err(e) if e.kind() == ErrorKind::ConnectionRefused => false,
        Err(e) => panic!("loopback port {port}: {e}"),
    }
}

fn user(name: &str) -> User {
    User {
        address: format!("{name}@example.test"),
        password: format!("secret of {name}"),
    }
}

fn passwd_line(dir: &Path, user: &User) -> String {
    let name = user.address.split('@').next().unwrap();
    format!(
        "{}:{{PLAIN}}{}:{MAIL_UID}:{MAIL_UID}::{}/mail/{name}::\n",
        user.address,
        user.password,
        dir.display()
    )
}

fn write_settings(place: &dovecot::Place<'_>) {
    let dir = place.dir;
    let dialect = dovecot::Dialect::installed().unwrap();
    let write = |name: &str, text: String| fs::write(dir.join(name), text).unwrap();
    write("dovecot-imap.conf", dovecot::incoming(dialect, place));
    write("dovecot-post.conf", dovecot::behind_postfix(dialect, place));
    postfix::write(place);
    if place.tokens {
        let key = dir.join(dovecot::TOKEN_KEY_FILE);
        fs::create_dir_all(key.parent().unwrap()).unwrap();
        fs::write(key, STANDARD.encode(dovecot::TOKEN_KEY)).unwrap();
        write("dovecot-oauth2.conf", dovecot::tokens(dir));
    }
    write(
        "supervisor.sh",
        include_str!("bed/supervisor.sh").to_owned(),
    );
    let known = (1..=5).map(|n| format!("user{n}"));
    let fresh = (1..=FRESH_USERS).map(|n| format!("fresh{n}"));
    let names = known.chain(fresh);
    write(
        "passwd",
        names.map(|n| passwd_line(dir, &user(&n))).collect(),
    );
    let mail = dir.join("mail");
    fs::create_dir_all(&mail).unwrap();
    open_to_all(&mail, 0o777);
}

/// Sets a mode whatever the umask is: the servers run as other users.
fn open_to_all(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn is_root() -> bool {
    static ROOT: OnceLock<bool> = OnceLock::new();
    *ROOT.get_or_init(|| {
        let output = Command::new("id").arg("-u").output().unwrap();
        output.stdout.trim_ascii() == b"0"
    })
}

/// A shell for a script, as root: the real one, or that of a user namespace.
fn as_root(script: &Path) -> Command {
    let mut command = if is_root() {
        Command::new("sh")
    } else {
        let mut unshare = Command::new("unshare");
        unshare.args(["--user", "--map-root-user", "--map-auto", "sh"]);
        unshare
    };
    command.arg(script);
    command
}

/// Postfix's master program, when everything needed is installed.
fn required_servers() -> Result<PathBuf, String> {
    let wanted = "tests/run installs the servers: dovecot-imapd dovecot-pop3d \
                  dovecot-lmtpd postfix";
    dovecot::Dialect::installed().map_err(|e| format!("{e}; {wanted}"))?;
    let output = Command::new("postconf")
        .args(["-dh", "daemon_directory"])
        .output()
        .map_err(|e| format!("postfix is missing ({e}); {wanted}"))?;
    let directory = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let master = Path::new(&directory).join("master");
    if !master.exists() {
        return Err(format!("{} is missing; {wanted}", master.display()));
    }
    if !is_root() {
        let namespace = Command::new("unshare")
            .args(["--user", "--map-root-user", "--map-auto", "true"])
            .output()
            .is_ok_and(|output| output.status.success());
        if !namespace {
            return Err(
                "Postfix needs root, or a user namespace: run the tests as root, or \
                        install uidmap and let /etc/subuid and /etc/subgid name this user"
                    .to_owned(),
            );
        }
    }
    Ok(master)
}
