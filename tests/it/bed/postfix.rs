//! Postfix's settings: submission for `example.test` and nothing else.
//!
//! No message leaves the machine: a recipient elsewhere is refused at `RCPT`,
//! and were one ever accepted, the default transport only bounces it.

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::certificates::Leaf;
use super::dovecot::Place;

/// The largest message taken, in octets; larger ones get a 552.
pub(crate) const SIZE_LIMIT: usize = 30 * 1024 * 1024;

/// Writes `main.cf`, `master.cf` and the tables into `dir/postfix`.
pub(crate) fn write(place: &Place<'_>) {
    let config = place.dir.join("postfix");
    fs::create_dir_all(&config).unwrap();
    write_old(&config.join("main.cf"), &main(place, &config));
    write_old(&config.join("master.cf"), &master(place));
    write_old(
        &config.join("mailboxes"),
        "/^(user|fresh)[0-9]+@example\\.test$/ present\n\
         /^(later|full)@example\\.test$/ present\n",
    );
    write_old(
        &config.join("answers"),
        "/^later@/ 450 4.2.0 Mailbox busy, try again later\n\
         /^full@/ 552 5.2.2 Mailbox full\n",
    );
}

/// Writes a file that looks a minute old: Postfix reads a fresh one again and
/// again for up to two seconds, in case it is still being written.
fn write_old(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    let minute_ago = SystemTime::now() - Duration::from_secs(60);
    let file = File::options().write(true).open(path).unwrap();
    file.set_modified(minute_ago).unwrap();
}

fn main(place: &Place<'_>, config: &Path) -> String {
    let dir = place.dir.display();
    let config = config.display();
    let certificate = place.certificates.certificate(Leaf::Good);
    let key = place.certificates.key(Leaf::Good);
    let (lmtp, auth) = (place.ports.lmtp, place.ports.auth);
    format!(
        "compatibility_level = 3.6
queue_directory = {dir}/spool
data_directory = {dir}/postfix-data
maillog_file = {dir}/postfix.log
maillog_file_prefixes = {dir}
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.example.test
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
biff = no
disable_dns_lookups = yes
smtpd_peername_lookup = no
in_flow_delay = 0
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = 0
message_size_limit = {SIZE_LIMIT}
mailbox_size_limit = 0
virtual_mailbox_domains = example.test
virtual_mailbox_maps = regexp:{config}/mailboxes
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
local_transport = error:no local delivery
default_transport = error:mail never leaves the test bed
relay_transport = error:mail never leaves the test bed
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access regexp:{config}/answers
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth}
smtpd_sasl_auth_enable = yes
smtpd_sasl_security_options = noanonymous
smtpd_tls_cert_file = {}
smtpd_tls_key_file = {}
smtpd_tls_loglevel = 0
",
        certificate.display(),
        key.display(),
    )
}

/// The three doors and the daemons behind them. Nothing runs in a chroot.
fn master(place: &Place<'_>) -> String {
    let p = place.ports;
    let signed_in = "-o smtpd_client_restrictions=permit_sasl_authenticated,reject";
    format!(
        "127.0.0.1:{} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes {signed_in}
127.0.0.1:{} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt {signed_in}
127.0.0.1:{} inet n - n - - smtpd
cleanup   unix  n - n -   0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n -   - trivial-rewrite
bounce    unix  - - n -   0 bounce
defer     unix  - - n -   0 bounce
trace     unix  - - n -   0 bounce
verify    unix  - - n -   1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n -   - proxymap
error     unix  - - n -   - error
retry     unix  - - n -   - error
lmtp      unix  - - n -   - lmtp
anvil     unix  - - n -   1 anvil
scache    unix  - - n -   1 scache
postlog   unix-dgram n - n - 1 postlogd
",
        p.smtp_tls, p.smtp_starttls, p.smtp_plain,
    )
}
