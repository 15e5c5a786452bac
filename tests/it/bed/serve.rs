//! `tests/run --serve`: the bed for an afternoon of trying things by hand, and
//! for `benches/`.
//!
//! | Variable | What it does |
//! | --- | --- |
//! | `WAXWING_BED_FILL="20000 500"` | messages in the inbox of the first user, of the second, ... (at most four) |
//! | `WAXWING_BED_FOLDERS=50x400` | the fifth user has 50 folders of 400 messages besides |
//! | `WAXWING_BED_PERCENT=60` | bodies of that size; 100 is that of real mail |
//! | `WAXWING_BED_STATE=FILE` | the ports and users go to a file too, as shell variables, when all is ready |

use std::env;
use std::fmt::Write as _;

use super::Bed;
use super::maildir::Filling;

/// Prints where everything is, then waits until the process is ended.
#[test]
#[ignore = "not a test: tests/run --serve keeps the servers running"]
fn serve() {
    let bed = Bed::start();
    let percent = env::var("WAXWING_BED_PERCENT").map_or(100, |n| number(&n));
    if let Ok(counts) = env::var("WAXWING_BED_FILL") {
        fill_inboxes(&bed, &counts, percent);
    }
    if let Ok(folders) = env::var("WAXWING_BED_FOLDERS") {
        fill_folders(&bed, &folders, percent);
    }
    let (first, state) = (bed.user(1), facts(&bed));
    println!("{state}");
    println!(
        "\nTrust the servers: export SSL_CERT_FILE={}\n\
         An account file (waxwing account add account.toml):\n\n\
         name = \"Bed\"\nemail = \"{address}\"\ndisplay_name = \"User One\"\n\n\
         [incoming]\nprotocol = \"imap\"\nhost = \"localhost\"\nport = {}\n\
         security = \"tls\"\nusername = \"{address}\"\nauth = \"password\"\n\n\
         [outgoing]\nhost = \"localhost\"\nport = {}\nsecurity = \"tls\"\n\
         username = \"{address}\"\nauth = \"password\"\n\n\
         Ctrl+C ends the servers and removes their mail.",
        bed.ca_file().display(),
        bed.imap_tls(),
        bed.smtp_tls(),
        address = first.address,
    );
    if let Ok(file) = env::var("WAXWING_BED_STATE") {
        std::fs::write(file, state).unwrap();
    }
    // Ctrl+C ends this process; the closing pipe then ends the servers.
    loop {
        std::thread::park();
    }
}

fn fill_inboxes(bed: &Bed, counts: &str, percent: usize) {
    for (n, count) in counts.split_whitespace().enumerate() {
        assert!(n < 4, "WAXWING_BED_FILL is for four users");
        let count = number(count);
        let filling = Filling {
            count,
            seed: count as u64,
            percent,
        };
        let user = bed.user(n + 1);
        bed.fill_with(&user, "INBOX", filling);
        // The server's own caches too, so that the first client does not pay.
        bed.doveadm(&["index", "-u", &user.address, "INBOX"]);
    }
}

fn fill_folders(bed: &Bed, folders: &str, percent: usize) {
    let (folders, count) = folders.split_once('x').expect("WAXWING_BED_FOLDERS=50x400");
    let user = bed.user(5);
    for n in 1..=number(folders) {
        let filling = Filling {
            count: number(count),
            // Else all folders would hold the same messages.
            seed: 1_000_000 + n as u64,
            percent,
        };
        bed.fill_with(&user, &format!("Folder {n:02}"), filling);
    }
    bed.doveadm(&["index", "-u", &user.address, "*"]);
}

fn number(text: &str) -> usize {
    text.parse()
        .unwrap_or_else(|_| panic!("{text:?} is no number"))
}

fn facts(bed: &Bed) -> String {
    let mut facts = format!(
        "IMAP_TLS={}\nIMAP_PLAIN={}\nPOP3_TLS={}\nPOP3_PLAIN={}\n\
         SMTP_TLS={}\nSMTP_STARTTLS={}\nSMTP_PLAIN={}\nCA_FILE='{}'\n",
        bed.imap_tls(),
        bed.imap_plain(),
        bed.pop3_tls(),
        bed.pop3_plain(),
        bed.smtp_tls(),
        bed.smtp_starttls(),
        bed.smtp_plain(),
        bed.ca_file().display(),
    );
    for n in 1..=5 {
        let user = bed.user(n);
        writeln!(facts, "BED_USER_{n}='{}'", user.address).unwrap();
        writeln!(facts, "BED_PASSWORD_{n}='{}'", user.password).unwrap();
    }
    facts
}
