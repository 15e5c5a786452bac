//! Compressing a connection (RFC 4978).

use std::net::{IpAddr, SocketAddr};

use super::capability::Capabilities;
use super::command::Command;
use super::conn::ImapConn;
use super::error::Error;

/// Whether packing makes a connection quicker: not where the line is faster
/// than the packing, which is so on this machine and in the same house.
pub(super) fn pays(capabilities: &Capabilities, peer: Option<SocketAddr>) -> bool {
    let far = match peer.map(|peer| peer.ip().to_canonical()) {
        Some(IpAddr::V4(ip)) => !ip.is_loopback() && !ip.is_private() && !ip.is_link_local(),
        Some(IpAddr::V6(ip)) => {
            !ip.is_loopback() && !ip.is_unique_local() && !ip.is_unicast_link_local()
        }
        None => false,
    };
    far && capabilities.has("COMPRESS=DEFLATE")
}

impl ImapConn {
    /// Gives commands whose outcome matters to nobody and turns compression on
    /// after them, in one round trip. Where the server refuses, the connection
    /// goes on without: false.
    ///
    /// # Errors
    ///
    /// When the connection is lost.
    pub(super) async fn compress_after(
        &mut self,
        mut commands: Vec<Command<'_>>,
    ) -> Result<bool, Error> {
        commands.push(Command::new("COMPRESS").words("DEFLATE"));
        // Whatever follows the OK is compressed: nothing may be read ahead.
        self.read_by_byte(true);
        let mut flight = self.launch(commands, &mut |_| {}).await?;
        let mut on = false;
        while flight.len() > 0 {
            on = match self.land(&mut flight, &mut |_| {}).await {
                Ok(_) => true,
                Err(error) if self.is_lost() => return Err(error),
                Err(_) => false,
            };
        }
        self.read_by_byte(false);
        if on {
            self.deflate();
        }
        Ok(on)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_far_servers_that_offer_it_are_compressed() {
        let offers: Capabilities = ["compress=deflate".to_owned()].into_iter().collect();
        for (peer, wanted) in [
            ("127.0.0.1:993", false),
            ("[::1]:993", false),
            ("192.168.1.9:993", false),
            ("10.1.2.3:993", false),
            ("169.254.3.4:993", false),
            ("[fe80::1]:993", false),
            ("[fd00::1]:993", false),
            ("[::ffff:127.0.0.1]:993", false),
            ("203.0.113.7:993", true),
            ("[2001:db8::1]:993", true),
        ] {
            let peer = peer.parse().unwrap();
            assert_eq!(pays(&offers, Some(peer)), wanted, "{peer}");
            assert!(!pays(&Capabilities::default(), Some(peer)));
        }
        assert!(!pays(&offers, None));
    }
}
