//! Calls to the hub: well-behaved ones, and bytes written by hand for those that no client library would send.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use bytes::Bytes;
use crossdock_testkit::standin::{Client, Reply};

use crate::orders;
use crate::site::Running;

/// Posts a body with these headers.
pub(crate) async fn post(hub: &Running, path: &str, headers: &[(String, String)], body: &[u8]) -> Reply {
    let mut client = Client::new(&hub.webhook, Duration::from_secs(20)).unwrap();
    let headers: Vec<(&str, &str)> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    client.post(path, &headers, Bytes::copy_from_slice(body)).await.unwrap()
}

/// Posts a signed body to the store's address.
pub(crate) async fn send(hub: &Running, id: &str, body: &str) -> Reply {
    post(hub, "/in/store", &orders::signed(id, body.as_bytes()), body.as_bytes()).await
}

/// A connection to write on by hand.
pub(crate) fn connect(hub: &Running) -> TcpStream {
    let stream = TcpStream::connect(hub.authority()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

/// Everything the hub says until it closes the connection. A reset is a way to close.
pub(crate) fn rest(stream: &mut TcpStream) -> String {
    let mut said = Vec::new();
    let mut piece = [0; 4096];
    loop {
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => said.extend_from_slice(&piece[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => break,
            Err(error) => {
                panic!("it neither answers nor closes: {error}; so far {}", String::from_utf8_lossy(&said))
            }
        }
    }
    String::from_utf8_lossy(&said).into_owned()
}

/// The head of a signed request, without its empty line.
pub(crate) fn head(id: &str, body: &[u8]) -> String {
    let mut head = String::from("POST /in/store HTTP/1.1\r\nhost: hub\r\nconnection: close\r\n");
    for (name, value) in orders::signed(id, body) {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head
}

/// Sends bytes and gives the whole answer. That the hub closes before it has read all is no failure.
pub(crate) fn raw(hub: &Running, pieces: &[&[u8]]) -> String {
    let mut stream = connect(hub);
    for piece in pieces {
        if stream.write_all(piece).is_err() {
            break;
        }
    }
    rest(&mut stream)
}
