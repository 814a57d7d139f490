//! Three servers that are one.

use std::io::{self, Error};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::ports::Port;
use super::server::{Member, PATIENCE};
use super::{Options, Server};

/// Three servers on loopback with routes between them. Dropping it kills them and removes their data.
#[derive(Debug)]
pub struct Cluster {
    nodes: [Server; 3],
}

impl Cluster {
    /// Starts three servers and waits until they have a leader and are ready.
    ///
    /// # Errors
    /// When there is no program, or they do not come together; with their own words.
    pub fn start() -> io::Result<Self> {
        Self::start_with(|_| Options::default())
    }

    /// The same with settings for each node: 0, 1 and 2.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_with(options: impl Fn(usize) -> Options) -> io::Result<Self> {
        let ports = [Port::reserve()?, Port::reserve()?, Port::reserve()?];
        let addrs: Vec<_> = ports.iter().map(Port::addr).collect();
        let [a, b, c] = ports;
        let node = |at: usize, port: Port| {
            let options = options(at);
            let login = options.route_login.as_ref().map(|login| format!("{login}@")).unwrap_or_default();
            let routes: Vec<String> = addrs.iter().map(|addr| format!("nats://{login}{addr}")).collect();
            let member = Member { port, cluster: "crossdock".to_owned(), routes: routes.join(",") };
            Server::new(options, Some(member))
        };
        let mut cluster = Self { nodes: [node(0, a)?, node(1, b)?, node(2, c)?] };
        for server in &mut cluster.nodes {
            server.launch()?;
        }
        cluster.until_healthy()?;
        Ok(cluster)
    }

    /// A node. Counted around: 3 is 0 again.
    #[must_use]
    pub fn node(&self, at: usize) -> &Server {
        let [a, b, c] = &self.nodes;
        match at % 3 {
            0 => a,
            1 => b,
            _ => c,
        }
    }

    /// The same, to do something to it.
    pub fn node_mut(&mut self, at: usize) -> &mut Server {
        let [a, b, c] = &mut self.nodes;
        match at % 3 {
            0 => a,
            1 => b,
            _ => c,
        }
    }

    /// Where clients connect.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        self.nodes.iter().map(Server::url).collect()
    }

    /// SIGKILL to a node.
    ///
    /// # Errors
    /// As [`Server::kill9`].
    pub fn kill9(&mut self, at: usize) -> io::Result<()> {
        self.node_mut(at).kill9()
    }

    /// SIGSTOP to a node.
    ///
    /// # Errors
    /// As [`Server::pause`].
    pub fn pause(&mut self, at: usize) -> io::Result<()> {
        self.node_mut(at).pause()
    }

    /// SIGCONT to a node.
    ///
    /// # Errors
    /// As [`Server::resume`].
    pub fn resume(&mut self, at: usize) -> io::Result<()> {
        self.node_mut(at).resume()
    }

    /// Starts a node again, with the same ports and store; it takes connections afterwards.
    ///
    /// # Errors
    /// As [`Server::restart`].
    pub fn restart(&mut self, at: usize) -> io::Result<()> {
        self.node_mut(at).restart()
    }

    /// Throws away what a node has, while it does not run.
    ///
    /// # Errors
    /// As [`Server::wipe_store`].
    pub fn wipe_store(&mut self, at: usize) -> io::Result<()> {
        self.node_mut(at).wipe_store()
    }

    /// Waits until all three are healthy: they have a leader, and each is current.
    ///
    /// # Errors
    /// When one does not run, or it takes too long.
    pub fn until_healthy(&mut self) -> io::Result<()> {
        self.nodes.iter_mut().try_for_each(Server::until_healthy)?;
        self.until_some("leader of the cluster", Self::leader).map(drop)
    }

    /// Who leads the cluster, if anybody does at the moment.
    pub fn leader(&mut self) -> Option<usize> {
        self.who_leads(|jsz| jsz.pointer("/meta_cluster/leader").cloned())
    }

    /// Who leads a stream, if anybody does at the moment.
    pub fn leader_of(&mut self, stream: &str) -> Option<usize> {
        self.who_leads(|jsz| {
            let streams =
                list(jsz, "account_details").iter().flat_map(|account| list(account, "stream_detail"));
            let found = streams.filter(|found| found.get("name").and_then(Value::as_str) == Some(stream));
            found.filter_map(|found| found.pointer("/cluster/leader")).next().cloned()
        })
    }

    /// Waits until somebody leads a stream.
    ///
    /// # Errors
    /// When it takes too long.
    pub fn until_led(&mut self, stream: &str) -> io::Result<usize> {
        self.until_some(stream, |cluster| cluster.leader_of(stream))
    }

    /// Each running node says who it takes for the leader; the one that names itself is.
    fn who_leads(&mut self, leader: impl Fn(&Value) -> Option<Value>) -> Option<usize> {
        self.nodes.iter_mut().position(|server| {
            let says = server.is_running().then(|| server.jsz().ok()).flatten();
            says.and_then(|jsz| leader(&jsz)).is_some_and(|name| name.as_str() == Some(server.name()))
        })
    }

    fn until_some<T>(&mut self, what: &str, mut tried: impl FnMut(&mut Self) -> Option<T>) -> io::Result<T> {
        let begun = Instant::now();
        loop {
            if let Some(found) = tried(self) {
                return Ok(found);
            }
            if begun.elapsed() > PATIENCE {
                return Err(Error::other(format!("there is no leader: {what}")));
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
