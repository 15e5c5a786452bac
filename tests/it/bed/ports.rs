//! The loopback ports the servers listen on.

use std::net::{Ipv4Addr, TcpListener};

/// Where each server of a bed listens on 127.0.0.1.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ports {
    pub(crate) imap_tls: u16,
    pub(crate) imap_plain: u16,
    pub(crate) pop3_tls: u16,
    pub(crate) pop3_plain: u16,
    pub(crate) smtp_tls: u16,
    pub(crate) smtp_starttls: u16,
    pub(crate) smtp_plain: u16,
    pub(crate) lmtp: u16,
    pub(crate) auth: u16,
}

impl Ports {
    /// Nine ports nobody listens on now.
    pub(crate) fn pick() -> Self {
        // Held until all are found, so that none is given out twice.
        let held: Vec<TcpListener> = (0..9).map(|_| free()).collect();
        let port = |i: usize| held[i].local_addr().unwrap().port();
        Self {
            imap_tls: port(0),
            imap_plain: port(1),
            pop3_tls: port(2),
            pop3_plain: port(3),
            smtp_tls: port(4),
            smtp_starttls: port(5),
            smtp_plain: port(6),
            lmtp: port(7),
            auth: port(8),
        }
    }

    /// Every port, to wait for.
    pub(crate) fn all(&self) -> [u16; 9] {
        [
            self.imap_tls,
            self.imap_plain,
            self.pop3_tls,
            self.pop3_plain,
            self.smtp_tls,
            self.smtp_starttls,
            self.smtp_plain,
            self.lmtp,
            self.auth,
        ]
    }
}

/// A listener below the range the kernel takes outgoing ports from, so that a
/// stopped server finds its port free when it comes back.
fn free() -> TcpListener {
    for _ in 0..1000 {
        let port = rand::random_range(20_000..32_000);
        if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            return listener;
        }
    }
    panic!("no free loopback port between 20000 and 32000");
}
