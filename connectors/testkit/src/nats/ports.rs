//! Ports that stay ours while a server is down.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpSocket;

/// A port of loopback.
///
/// It is found by binding port 0. On Linux the socket stays bound, without listening, for as long as the server lives:
/// nobody else gets the port between two lives of the server, and no client that dials it meanwhile reaches itself. The
/// server can bind it all the same, because both ask to share and only one listens. Elsewhere that does not hold, and
/// the port is let go at once.
#[derive(Debug)]
pub(super) struct Port {
    addr: SocketAddr,
    _held: Option<TcpSocket>,
}

impl Port {
    pub(super) fn reserve() -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let addr = socket.local_addr()?;
        Ok(Self { addr, _held: cfg!(target_os = "linux").then_some(socket) })
    }

    pub(super) fn addr(&self) -> SocketAddr {
        self.addr
    }

    pub(super) fn number(&self) -> u16 {
        self.addr.port()
    }
}
