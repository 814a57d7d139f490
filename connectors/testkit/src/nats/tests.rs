use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::*;

/// A client in a few lines, so that these tests need none.
struct Talk {
    reads: BufReader<TcpStream>,
    writes: TcpStream,
}

impl Talk {
    fn to(addr: SocketAddr) -> std::io::Result<Self> {
        let writes = TcpStream::connect(addr)?;
        writes.set_read_timeout(Some(Duration::from_secs(20)))?;
        let mut talk = Self { reads: BufReader::new(writes.try_clone()?), writes };
        talk.say("CONNECT {\"verbose\":false,\"headers\":true,\"no_responders\":true}\r\nSUB answers 1\r\n")?;
        talk.ping()?;
        Ok(talk)
    }

    fn say(&mut self, text: &str) -> std::io::Result<()> {
        self.writes.write_all(text.as_bytes())
    }

    fn line(&mut self) -> std::io::Result<String> {
        let mut line = String::new();
        if self.reads.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line)
    }

    fn ping(&mut self) -> std::io::Result<()> {
        self.say("PING\r\n")?;
        while self.line()? != "PONG\r\n" {}
        Ok(())
    }

    /// A request; the answer must be JSON.
    fn ask(&mut self, subject: &str, body: &str) -> std::io::Result<Value> {
        self.say(&format!("PUB {subject} answers {}\r\n{body}\r\n", body.len()))?;
        loop {
            let line = self.line()?;
            if let Some(message) = line.strip_prefix("MSG ") {
                let length: usize = message.trim().rsplit(' ').next().unwrap().parse().unwrap();
                let mut body = vec![0; length + 2];
                self.reads.read_exact(&mut body)?;
                return Ok(serde_json::from_slice(&body[..length])?);
            }
        }
    }

    fn stream(&mut self, name: &str, replicas: u8) {
        let wanted = json!({"name": name, "subjects": [format!("{name}.>")], "num_replicas": replicas,
            "retention": "limits", "storage": "file", "max_msgs_per_subject": -1});
        let said = self.ask(&format!("$JS.API.STREAM.CREATE.{name}"), &wanted.to_string()).unwrap();
        assert!(said.get("error").is_none(), "{said}");
    }

    fn publish(&mut self, stream: &str) -> u64 {
        let said = self.ask(&format!("{stream}.x"), "something to keep").unwrap();
        said["seq"].as_u64().unwrap_or_else(|| panic!("{said}"))
    }

    fn messages(&mut self, stream: &str) -> u64 {
        let said = self.ask(&format!("$JS.API.STREAM.INFO.{stream}"), "").unwrap();
        said["state"]["messages"].as_u64().unwrap_or_else(|| panic!("{said}"))
    }
}

#[test]
fn a_server_is_killed_paused_and_comes_back_with_what_it_had() {
    let mut server = Server::start_with(Options::config("max_payload: 4096")).unwrap();
    assert_eq!(server.varz().unwrap()["max_payload"], 4096);
    assert!(server.memory().unwrap() > 1 << 20);
    let mut talk = Talk::to(server.addr()).unwrap();
    talk.stream("S", 1);
    assert_eq!((1..=10).map(|_| talk.publish("S")).last(), Some(10));
    assert_eq!(server.jsz().unwrap()["account_details"][0]["stream_detail"][0]["name"], "S");

    server.pause().unwrap();
    assert!(!server.is_running());
    talk.writes.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    assert!(talk.ping().is_err());
    server.resume().unwrap();
    assert_eq!(Talk::to(server.addr()).unwrap().messages("S"), 10);

    let (url, log) = (server.url(), server.log());
    server.kill9().unwrap();
    assert!(Talk::to(server.addr()).is_err());
    assert_eq!(server.pid(), None);
    assert!(server.truncate_last_block("T", 1).unwrap_err().to_string().contains("no block"));
    server.restart().unwrap();
    assert_eq!(server.url(), url);
    assert!(server.log().len() > log.len());
    assert_eq!(Talk::to(server.addr()).unwrap().messages("S"), 10);

    // Files are touched only while nobody else does.
    assert!(server.wipe_store().unwrap_err().to_string().contains("runs"));
    server.kill9().unwrap();
    assert_eq!(server.truncate_last_block("S", 30).unwrap(), 30);
    server.restart().unwrap();
    let left = Talk::to(server.addr()).unwrap().messages("S");
    assert!(left < 10, "{left}");

    server.stop().unwrap();
    server.wipe_store().unwrap();
    server.restart().unwrap();
    let said = Talk::to(server.addr()).unwrap().ask("$JS.API.STREAM.INFO.S", "").unwrap();
    assert_eq!(said["error"]["code"], 404);
}

#[test]
fn a_server_is_gone_when_it_is_dropped() {
    let server = Server::start().unwrap();
    let (addr, store, pid) = (server.addr(), server.store(), server.pid().unwrap());
    assert!(store.is_dir());
    drop(server);
    assert!(TcpStream::connect(addr).is_err());
    assert!(!store.exists());
    assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists());
}

#[test]
fn a_server_that_does_not_start_says_why() {
    let error = Server::start_with(Options::config("max_payload: many")).unwrap_err().to_string();
    assert!(error.contains("nats.conf:1"), "{error}");
    let program = Some("no/such/nats-server".into());
    assert!(Server::start_with(Options { program, ..Options::default() }).is_err());
}

#[test]
fn three_servers_lose_a_leader_and_find_another() {
    let mut cluster = Cluster::start().unwrap();
    assert!(cluster.leader().is_some());
    assert_eq!(cluster.urls().len(), 3);
    let mut talk = Talk::to(cluster.node(0).addr()).unwrap();
    talk.stream("R3", 3);
    for at in 1..=10 {
        assert_eq!(talk.publish("R3"), at);
    }
    let leader = cluster.until_led("R3").unwrap();
    cluster.kill9(leader).unwrap();
    let begun = Instant::now();
    let next = loop {
        match cluster.leader_of("R3") {
            Some(next) if next != leader => break next,
            _ => assert!(begun.elapsed() < Duration::from_secs(60), "nobody leads"),
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    assert_eq!(Talk::to(cluster.node(next).addr()).unwrap().publish("R3"), 11);
    // It comes back with nothing, and gets it all from the others.
    cluster.wipe_store(leader).unwrap();
    cluster.restart(leader).unwrap();
    cluster.until_healthy().unwrap();
    assert_eq!(Talk::to(cluster.node(leader).addr()).unwrap().messages("R3"), 11);
}

#[test]
fn a_wire_is_cut_and_heals() {
    let server = Server::start().unwrap();
    let wire = Proxy::start(server.addr()).unwrap();
    let addr: SocketAddr = wire.url().strip_prefix("nats://").unwrap().parse().unwrap();
    let mut talk = Talk::to(addr).unwrap();
    talk.stream("S", 1);
    assert_eq!(talk.publish("S"), 1);

    wire.cut();
    assert!(talk.ping().is_err());
    assert!(Talk::to(addr).is_err());
    assert!(wire.turned_away() > 0);
    wire.heal();
    let mut talk = Talk::to(addr).unwrap();

    wire.delay(Duration::from_millis(60));
    let begun = Instant::now();
    assert_eq!(talk.publish("S"), 2);
    assert!(begun.elapsed() >= Duration::from_millis(120), "{:?}", begun.elapsed());
    wire.heal();

    // Nothing gets through, and all of it does later.
    wire.stall();
    talk.writes.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    assert!(talk.ping().is_err());
    wire.heal();
    talk.writes.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    assert_eq!(talk.line().unwrap(), "PONG\r\n");

    // What it said arrives, what it was answered is lost.
    wire.mute();
    talk.writes.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    assert!(talk.ask("S.x", "kept").is_err());
    wire.heal();
    let mut talk = Talk::to(addr).unwrap();
    assert_eq!(talk.messages("S"), 3);

    wire.half_close();
    assert_eq!(talk.line().unwrap_err().kind(), std::io::ErrorKind::UnexpectedEof);
    talk.say("PUB S.x 4\r\nlast\r\n").unwrap();
    let mut beside = Talk::to(server.addr()).unwrap();
    let begun = Instant::now();
    while beside.messages("S") < 4 {
        assert!(begun.elapsed() < Duration::from_secs(20), "it did not arrive");
    }
}
