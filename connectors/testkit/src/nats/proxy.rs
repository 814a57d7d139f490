//! A wire that can be cut: a TCP proxy in front of a server.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

const CHUNK: usize = 16 << 10;
/// Chunks on their way in one direction; then the sender waits, as on a real wire.
const ON_THE_WAY: usize = 256;

/// A proxy on loopback. Dropping it breaks off all its connections.
#[derive(Debug)]
pub struct Proxy {
    shared: Arc<Shared>,
    addr: SocketAddr,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    to: SocketAddr,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    cut: bool,
    stalled: bool,
    mute: bool,
    over: bool,
    delay: Duration,
    turned_away: u64,
    links: Vec<Arc<Link>>,
}

/// A connection: both of its ends.
#[derive(Debug)]
struct Link {
    client: TcpStream,
    server: TcpStream,
    broken: Mutex<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    ToServer,
    ToClient,
}

/// What becomes of a chunk.
enum Passage {
    Through,
    Lost,
    Broken,
}

impl Proxy {
    /// Starts a proxy to an address, whether or not anybody listens there yet.
    ///
    /// # Errors
    /// When there is no port.
    pub fn start(to: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let addr = listener.local_addr()?;
        let shared = Arc::new(Shared { to, state: Mutex::default(), changed: Condvar::new() });
        let inside = Arc::clone(&shared);
        let accepting =
            thread::Builder::new().name("proxy".to_owned()).spawn(move || accept(&listener, &inside))?;
        Ok(Self { shared, addr, accepting: Some(accepting) })
    }

    /// Where clients connect: `nats://127.0.0.1:40000`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("nats://{}", self.addr)
    }

    /// Breaks off all connections, with what is on its way, and turns away new ones, until [`heal`](Self::heal).
    pub fn cut(&self) {
        let mut state = self.shared.state();
        state.cut = true;
        state.break_off();
        self.shared.changed.notify_all();
    }

    /// Nothing gets through any more, and nobody is told: connections stay open, until [`heal`](Self::heal).
    pub fn stall(&self) {
        self.shared.state().stalled = true;
    }

    /// What the server says is lost, what clients say arrives, until [`heal`](Self::heal); a connection it was lost on
    /// is broken off then, for nobody could make sense of the rest.
    pub fn mute(&self) {
        self.shared.state().mute = true;
    }

    /// Everything gets through from now on, after this time in each direction.
    pub fn delay(&self, delay: Duration) {
        self.shared.state().delay = delay;
    }

    /// Ends the server's side of every open connection: the client reads an end, and what it still sends arrives.
    pub fn half_close(&self) {
        for link in &self.shared.state().links {
            // One that is closed already needs no closing.
            drop(link.client.shutdown(Shutdown::Write));
        }
    }

    /// As if nothing had been. Connections that were broken off stay so; clients open new ones.
    pub fn heal(&self) {
        let mut state = self.shared.state();
        if state.mute {
            state.break_off();
        }
        (state.cut, state.stalled, state.mute) = (false, false, false);
        state.delay = Duration::ZERO;
        self.shared.changed.notify_all();
    }

    /// Connections that were turned away while the wire was cut.
    #[must_use]
    pub fn turned_away(&self) -> u64 {
        self.shared.state().turned_away
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.state().over = true;
        self.cut();
        // It waits for a connection: here is one.
        drop(TcpStream::connect_timeout(&self.addr, Duration::from_secs(1)));
        if let Some(accepting) = self.accepting.take() {
            // A thread that panicked is over too.
            drop(accepting.join());
        }
    }
}

impl State {
    fn break_off(&mut self) {
        for link in self.links.drain(..) {
            *link.broken.lock().unwrap_or_else(PoisonError::into_inner) = true;
            // One that is closed already needs no closing.
            drop(link.client.shutdown(Shutdown::Both));
            drop(link.server.shutdown(Shutdown::Both));
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a chunk may arrive, or never will.
    fn passage(&self, link: &Link, direction: Direction, due: Instant) -> Passage {
        let mut state = self.state();
        loop {
            if *link.broken.lock().unwrap_or_else(PoisonError::into_inner) {
                return Passage::Broken;
            }
            let left = due.saturating_duration_since(Instant::now());
            if state.stalled {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            } else if !left.is_zero() {
                state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
            } else if state.mute && direction == Direction::ToClient {
                return Passage::Lost;
            } else {
                return Passage::Through;
            }
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for client in listener.incoming() {
        let mut state = shared.state();
        if state.over {
            return;
        }
        let Ok(client) = client else { continue };
        if state.cut {
            state.turned_away += 1;
            continue;
        }
        drop(state);
        // A client whose server is not there is hung up on.
        drop(open(client, shared));
    }
}

fn open(client: TcpStream, shared: &Arc<Shared>) -> io::Result<()> {
    let server = TcpStream::connect_timeout(&shared.to, Duration::from_secs(2))?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let link = Arc::new(Link { client, server, broken: Mutex::new(false) });
    let mut state = shared.state();
    if state.cut {
        state.turned_away += 1;
        return Ok(());
    }
    // Only the list still knows those that have ended.
    state.links.retain(|link| Arc::strong_count(link) > 1);
    state.links.push(Arc::clone(&link));
    drop(state);
    for direction in [Direction::ToServer, Direction::ToClient] {
        let (sender, receiver) = sync_channel(ON_THE_WAY);
        let (reads, writes) =
            ((Arc::clone(&link), Arc::clone(shared)), (Arc::clone(&link), Arc::clone(shared)));
        thread::Builder::new().spawn(move || read(&reads.0, direction, &sender, &reads.1))?;
        thread::Builder::new().spawn(move || write(&writes.0, direction, receiver, &writes.1))?;
    }
    Ok(())
}

type Chunk = (Instant, Vec<u8>);

fn read(link: &Link, direction: Direction, onward: &SyncSender<Chunk>, shared: &Shared) {
    let mut from = match direction {
        Direction::ToServer => &link.client,
        Direction::ToClient => &link.server,
    };
    let mut buffer = vec![0; CHUNK];
    while let Ok(length) = from.read(&mut buffer) {
        let Some(bytes) = buffer.get(..length).filter(|bytes| !bytes.is_empty()) else { return };
        let due = Instant::now() + shared.state().delay;
        if onward.send((due, bytes.to_vec())).is_err() {
            return;
        }
    }
}

fn write(link: &Link, direction: Direction, chunks: Receiver<Chunk>, shared: &Shared) {
    let mut to = match direction {
        Direction::ToServer => &link.server,
        Direction::ToClient => &link.client,
    };
    for (due, bytes) in chunks {
        match shared.passage(link, direction, due) {
            Passage::Through if to.write_all(&bytes).is_ok() => {}
            Passage::Lost => {}
            Passage::Through | Passage::Broken => return,
        }
    }
    // The other side has ended; so it ends here. One that is closed already needs no closing.
    drop(to.shutdown(Shutdown::Write));
}
