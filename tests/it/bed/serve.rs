//! `tests/run --serve`: the bed for an afternoon of trying things by hand.

use super::Bed;

/// Prints where everything is, then waits until the process is ended. With
/// `WAXWING_BED_FILL=20000` the first user has so many messages, and with
/// `WAXWING_BED_STATE=FILE` the same facts go to a file as shell variables.
#[test]
#[ignore = "not a test: tests/run --serve keeps the servers running"]
fn serve() {
    let bed = Bed::start();
    if let Ok(count) = std::env::var("WAXWING_BED_FILL") {
        let count = count.parse().expect("WAXWING_BED_FILL is a number");
        let user = bed.user(1);
        bed.fill(&user, "INBOX", count);
        // The server's own caches too, so that the first client does not pay.
        bed.doveadm(&["index", "-u", &user.address, "INBOX"]);
    }
    let (first, state) = (bed.user(1), facts(&bed));
    println!("{state}");
    for n in 1..=5 {
        let user = bed.user(n);
        println!("user {}  password {:?}", user.address, user.password);
    }
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
    if let Ok(file) = std::env::var("WAXWING_BED_STATE") {
        std::fs::write(file, state).unwrap();
    }
    // Ctrl+C ends this process; the closing pipe then ends the servers.
    loop {
        std::thread::park();
    }
}

fn facts(bed: &Bed) -> String {
    let user = bed.user(1);
    format!(
        "IMAP_TLS={}\nIMAP_PLAIN={}\nPOP3_TLS={}\nPOP3_PLAIN={}\n\
         SMTP_TLS={}\nSMTP_STARTTLS={}\nSMTP_PLAIN={}\n\
         CA_FILE='{}'\nBED_USER='{}'\nBED_PASSWORD='{}'\n",
        bed.imap_tls(),
        bed.imap_plain(),
        bed.pop3_tls(),
        bed.pop3_plain(),
        bed.smtp_tls(),
        bed.smtp_starttls(),
        bed.smtp_plain(),
        bed.ca_file().display(),
        user.address,
        user.password,
    )
}
