//! A slow line before a server: so much delay, so many bits a second, and a
//! count of what the client waited for. No root and no kernel module needed.
//!
//! | Variable | What it is |
//! | --- | --- |
//! | `WAXWING_LINE_TARGET=143` | the loopback port of the server |
//! | `WAXWING_LINE_PORT=0` | the port to listen on; 0 takes a free one |
//! | `WAXWING_LINE_MS=40` | the round trip, in milliseconds |
//! | `WAXWING_LINE_MBIT=50` | each direction, in megabits a second |
//! | `WAXWING_LINE_STATE=FILE` | gets the port; at SIGTERM what the line carried |
//!
//! A new connection costs a round trip (TCP's handshake) before the server
//! hears of it. All connections share the line.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use std::{env, fs, io};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};

/// What is sent at a time: 2.6 ms of a line of 50 Mbit/s.
const CHUNK: usize = 16 * 1024;
/// Chunks under way before the sender must wait, as TCP's window would make it.
const WINDOW: usize = 256;
/// How much of its time a line may catch up on after a late wake-up.
const SLACK: Duration = Duration::from_millis(20);

/// One direction of the line, shared by all connections.
#[derive(Debug)]
struct Lane {
    bytes_per_second: f64,
    /// When all that was sent has left.
    free: Mutex<Instant>,
    bytes: AtomicU64,
}

impl Lane {
    fn new(mbit: f64) -> Self {
        Self {
            bytes_per_second: mbit * 1_000_000.0 / 8.0,
            free: Mutex::new(Instant::now()),
            bytes: AtomicU64::new(0),
        }
    }

    /// When the last of so many bytes leaves, after all sent before.
    fn send(&self, length: usize) -> Instant {
        self.bytes.fetch_add(length as u64, Ordering::Relaxed);
        let took = Duration::from_secs_f64(length as f64 / self.bytes_per_second);
        let now = Instant::now();
        let mut free = self.free.lock().unwrap();
        *free = (*free).max(now - SLACK) + took;
        (*free).max(now)
    }
}

/// The whole line.
#[derive(Debug)]
struct Line {
    target: u16,
    round_trip: Duration,
    up: Lane,
    down: Lane,
    connections: AtomicU64,
    turns: AtomicU64,
    waits: AtomicU64,
}

impl Line {
    fn new(target: u16, round_trip: Duration, mbit: f64) -> Arc<Self> {
        Arc::new(Self {
            target,
            round_trip,
            up: Lane::new(mbit),
            down: Lane::new(mbit),
            connections: AtomicU64::new(0),
            turns: AtomicU64::new(0),
            waits: AtomicU64::new(0),
        })
    }

    async fn accept(self: Arc<Self>, listener: TcpListener) {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(Arc::clone(&self).carry(client));
        }
    }

    /// One connection, until both sides are done.
    async fn carry(self: Arc<Self>, client: TcpStream) -> io::Result<()> {
        self.connections.fetch_add(1, Ordering::Relaxed);
        // SYN and its answer, and the half way of what follows.
        sleep(self.round_trip * 3 / 2).await;
        let server = TcpStream::connect((Ipv4Addr::LOCALHOST, self.target)).await?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        let talk = Arc::new(Talk::default());
        let up = Way {
            line: Arc::clone(&self),
            talk: Arc::clone(&talk),
            upwards: true,
        };
        let down = Way {
            line: self,
            talk,
            upwards: false,
        };
        tokio::join!(
            up.carry(from_client, to_server),
            down.carry(from_server, to_client)
        );
        Ok(())
    }

    /// What was carried, as shell variables. A turn is a word of the client's
    /// after one of the server's; a wait is a turn with nothing more on its
    /// way to the client. The handshake of a connection is one of each.
    fn figures(&self) -> String {
        let count = |number: &AtomicU64| number.load(Ordering::Relaxed);
        let connections = count(&self.connections);
        format!(
            "LINE_DOWN={}\nLINE_UP={}\nLINE_CONNECTIONS={connections}\nLINE_TURNS={}\nLINE_WAITS={}\n",
            count(&self.down.bytes),
            count(&self.up.bytes),
            connections + count(&self.turns),
            connections + count(&self.waits),
        )
    }
}

/// What the two directions of a connection know of each other.
#[derive(Debug, Default)]
struct Talk {
    /// Bytes on their way to the client.
    under_way: AtomicU64,
    /// Bytes the client got since it last spoke.
    heard: AtomicU64,
}

/// One direction of one connection.
struct Way {
    line: Arc<Line>,
    talk: Arc<Talk>,
    upwards: bool,
}

impl Way {
    async fn carry(&self, mut from: OwnedReadHalf, to: OwnedWriteHalf) {
        let (sender, chunks) = mpsc::channel(WINDOW);
        tokio::join!(
            async move {
                let mut buffer = vec![0; CHUNK];
                while let Ok(length @ 1..) = from.read(&mut buffer).await {
                    let left = self.leave(length);
                    let arrives = left + self.line.round_trip / 2;
                    if sender
                        .send((arrives, buffer[..length].to_vec()))
                        .await
                        .is_err()
                    {
                        return;
                    }
                    // Read no faster than the line sends: others share it.
                    sleep_until(left).await;
                }
            },
            self.deliver(chunks, to),
        );
    }

    fn leave(&self, length: usize) -> Instant {
        if !self.upwards {
            let on_its_way = &self.talk.under_way;
            on_its_way.fetch_add(length as u64, Ordering::Relaxed);
            return self.line.down.send(length);
        }
        if self.talk.heard.swap(0, Ordering::Relaxed) > 0 {
            self.line.turns.fetch_add(1, Ordering::Relaxed);
            if self.talk.under_way.load(Ordering::Relaxed) == 0 {
                self.line.waits.fetch_add(1, Ordering::Relaxed);
            }
        }
        self.line.up.send(length)
    }

    /// Hands over what arrives, then the end of the connection.
    async fn deliver(
        &self,
        mut chunks: mpsc::Receiver<(Instant, Vec<u8>)>,
        mut to: OwnedWriteHalf,
    ) {
        while let Some((arrives, chunk)) = chunks.recv().await {
            sleep_until(arrives).await;
            if !self.upwards {
                let length = chunk.len() as u64;
                self.talk.heard.fetch_add(length, Ordering::Relaxed);
                self.talk.under_way.fetch_sub(length, Ordering::Relaxed);
            }
            if to.write_all(&chunk).await.is_err() {
                return;
            }
        }
    }
}

/// Keeps a line until SIGTERM, then tells what it carried.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[ignore = "not a test: benches/folders puts it between client and server"]
async fn serve() {
    let setting = |name: &str| env::var(format!("WAXWING_LINE_{name}"));
    let number = |name: &str, fallback: f64| {
        setting(name).map_or(fallback, |text| text.parse::<f64>().unwrap())
    };
    let target = setting("TARGET").unwrap().parse().unwrap();
    let port = setting("PORT").map_or(0, |text| text.parse().unwrap());
    let round_trip = Duration::from_secs_f64(number("MS", 40.0) / 1000.0);
    let line = Line::new(target, round_trip, number("MBIT", 50.0));

    let mut ended = signal(SignalKind::terminate()).unwrap();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .unwrap();
    let port = format!("LINE_PORT={}\n", listener.local_addr().unwrap().port());
    let tell = |text: &str| {
        print!("{text}");
        if let Ok(file) = setting("STATE") {
            fs::write(file, text).unwrap();
        }
    };
    tell(&port);
    tokio::select! {
        () = Arc::clone(&line).accept(listener) => {}
        _ = ended.recv() => {}
    }
    tell(&format!("{port}{}", line.figures()));
}

/// A server that greets, then answers each word with so many bytes.
async fn answering(bytes: usize) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        client.write_all(b"hello").await.unwrap();
        let mut word = [0; 4];
        while client.read_exact(&mut word).await.is_ok() {
            client.write_all(&vec![b'x'; bytes]).await.unwrap();
        }
    });
    port
}

#[tokio::test]
async fn a_line_is_as_slow_as_it_says_and_counts_what_was_waited_for() {
    let answer = 500_000;
    let line = Line::new(answering(answer).await, Duration::from_millis(40), 50.0);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(Arc::clone(&line).accept(listener));

    let began = Instant::now();
    let mut client = TcpStream::connect((Ipv4Addr::LOCALHOST, port))
        .await
        .unwrap();
    client.read_exact(&mut [0; 5]).await.unwrap();
    // The handshake, and the way of the greeting.
    assert!(began.elapsed() >= Duration::from_millis(80));

    let began = Instant::now();
    client.write_all(b"more").await.unwrap();
    client.read_exact(&mut vec![0; answer]).await.unwrap();
    // 40 ms for the round trip, 80 ms for the bytes, less what may be caught up.
    assert!(began.elapsed() >= Duration::from_millis(100));

    // Two at once: one wait, whatever comes back.
    client.write_all(b"moremore").await.unwrap();
    client.read_exact(&mut vec![0; 2 * answer]).await.unwrap();
    let figures = line.figures();
    assert!(figures.contains("LINE_WAITS=3\n"), "{figures}");
    assert!(figures.contains("LINE_DOWN=1500005\n"), "{figures}");
    assert!(figures.contains("LINE_UP=12\n"), "{figures}");
}
