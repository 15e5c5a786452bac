//! A client that sends lines and reads lines, over TCP or TLS: for tests that
//! look at a server without any of our own protocol code.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// What both kinds of connection can do.
trait Wire: Read + Write + Send {}
impl<T: Read + Write + Send> Wire for T {}

/// One connection to a loopback port. Each read waits at most ten seconds.
pub(crate) struct LineClient {
    stream: BufReader<Box<dyn Wire>>,
}

impl LineClient {
    /// Connects without TLS.
    pub(crate) fn plain(port: u16) -> Self {
        Self::over(Box::new(connect(port)))
    }

    /// Connects with TLS, as `localhost`, trusting the certificates of a file
    /// alone; the handshake is done on return.
    ///
    /// # Errors
    /// What TLS says about the server.
    pub(crate) fn tls(port: u16, ca_file: &Path) -> io::Result<Self> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&fs::read(ca_file)?) {
            roots.add(certificate.unwrap()).unwrap();
        }
        let config = ClientConfig::builder()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").unwrap();
        let mut session = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut socket = connect(port);
        while session.is_handshaking() {
            session.complete_io(&mut socket)?;
        }
        Ok(Self::over(Box::new(StreamOwned::new(session, socket))))
    }

    fn over(wire: Box<dyn Wire>) -> Self {
        Self {
            stream: BufReader::new(wire),
        }
    }

    /// The next line, without its end; nothing when the server has closed.
    pub(crate) fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.stream.read_line(&mut line) {
            Ok(0) => None,
            // A closed connection that never said so in TLS.
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => None,
            Err(e) if e.kind() == io::ErrorKind::ConnectionReset => None,
            Err(e) => panic!("reading a line: {e}"),
            Ok(_) => Some(line.trim_end_matches(['\r', '\n']).to_owned()),
        }
    }

    /// Sends a line.
    pub(crate) fn send(&mut self, line: &str) {
        let wire = self.stream.get_mut();
        wire.write_all(format!("{line}\r\n").as_bytes()).unwrap();
        wire.flush().unwrap();
    }

    /// Reads until a line starts with `start`, and gives it.
    pub(crate) fn until(&mut self, start: &str) -> String {
        let mut seen = Vec::new();
        while let Some(line) = self.line() {
            if line.starts_with(start) {
                return line;
            }
            seen.push(line);
        }
        panic!("the server closed without a line {start:?}; it said {seen:#?}");
    }

    /// Sends a line, then reads until one starts with `start`.
    pub(crate) fn ask(&mut self, line: &str, start: &str) -> String {
        self.send(line);
        self.until(start)
    }
}

fn connect(port: u16) -> TcpStream {
    let socket = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    let patience = Some(Duration::from_secs(10));
    socket.set_read_timeout(patience).unwrap();
    socket
}
