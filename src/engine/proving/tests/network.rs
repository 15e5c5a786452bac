//! Networks that do not lead to a server, played with ports and a name service
//! of this computer.

use std::net::{SocketAddr, TcpListener, TcpStream};

use socket2::{Domain, Socket, Type};

use super::*;
use crate::net::names::{Names, Written};

const HOST: &str = "mail.example.org";

/// A port whose packets nobody answers: its listener takes no more.
struct Full {
    listener: Socket,
    _waiting: Vec<TcpStream>,
}

impl Full {
    fn new() -> Self {
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
        listener.bind(&any.into()).unwrap();
        listener.listen(0).unwrap();
        let place = listener.local_addr().unwrap().as_socket().unwrap();
        let soon = Duration::from_millis(300);
        let knock = || TcpStream::connect_timeout(&place, soon).ok();
        let waiting = std::iter::from_fn(knock).take(100).collect();
        Self {
            listener,
            _waiting: waiting,
        }
    }

    fn place(&self) -> SocketAddr {
        self.listener.local_addr().unwrap().as_socket().unwrap()
    }
}

/// What there is beside the server.
struct World {
    names: Written,
    network: bool,
}

impl World {
    /// A network whose name service knows these ports of the host.
    fn with(ports: &[(u16, SocketAddr)]) -> Self {
        let ports = ports.iter();
        let ports = ports.map(|(port, place)| ((HOST.to_owned(), *port), *place));
        Self {
            names: Written {
                ports: ports.collect(),
                ..Written::default()
            },
            network: true,
        }
    }

    /// Proves a server in it; gives what a person reads.
    async fn row(self, fault: Fault, about: &str, protocol: Protocol, port: u16) -> Row {
        let mut settings = settings(protocol, Security::Tls, port);
        HOST.clone_into(&mut settings.host);
        let connector = Connector::new()
            .asking(Names::written(self.names))
            .with_network(self.network)
            .within(Duration::from_millis(300));
        let (proof, told) = proof(connector, settings.clone(), "secret");
        proof.run().await;
        let (error, message) = end_of(told).await;
        let error = error.unwrap_or_else(|| panic!("{about}: no failure, but {message:?}"));
        let diagnosis = error.diagnosis().expect(about);
        assert_eq!(diagnosis.fault, fault, "{about}: {error}");
        Row::new(about, diagnosis, &settings, port)
    }
}

/// All of them.
pub(super) async fn rows() -> Vec<Row> {
    use Protocol::{Imap, Smtp};
    let live = TcpListener::bind("127.0.0.1:0").unwrap();
    let live = (live.local_addr().unwrap(), live);
    let full = Full::new();
    // Nobody listens there any more.
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut nowhere = World::with(&[]);
    nowhere.network = false;
    let mut unanswered = World::with(&[]);
    unanswered.names.silent = vec![HOST.to_owned()];
    let refused = World::with(&[(993, closed), (143, live.0)]);
    let silent = World::with(&[(993, full.place())]);
    let blocked = World::with(&[(587, full.place()), (465, live.0)]);
    vec![
        nowhere
            .row(Fault::NoNetwork, "No network at all", Imap, 993)
            .await,
        unanswered
            .row(Fault::NoNameService, "No name service", Imap, 993)
            .await,
        World::with(&[])
            .row(Fault::UnknownHost, "A name that nobody knows", Imap, 993)
            .await,
        refused
            .row(Fault::Refused, "A port on which nothing listens", Imap, 993)
            .await,
        silent
            .row(Fault::Silent, "A host that does not answer", Imap, 993)
            .await,
        blocked
            .row(
                Fault::PortBlocked,
                "A network that closes the ports of sending",
                Smtp,
                587,
            )
            .await,
    ]
}
