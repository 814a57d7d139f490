//! The demo over NATS: servers of its own, and with `--nodes 3` two more hubs beside this one, as processes that can
//! be killed.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crossdock_testkit::nats;
use serde::Deserialize;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::play::Score;

/// The server and the hub that are killed on the way: not the ones the play itself stands on.
const VICTIM: usize = 1;

/// The servers that everything is kept in.
enum Servers {
    Given(String),
    One(Box<nats::Server>),
    Three(Box<nats::Cluster>),
}

/// Servers and hubs beside this one.
pub(super) struct Cluster {
    servers: Mutex<Servers>,
    hubs: Mutex<Vec<Other>>,
    /// What happened to whom, for people.
    said: Mutex<Vec<String>>,
}

/// A hub in a process of its own.
struct Other {
    child: Child,
    webhook: SocketAddr,
}

/// What a hub says when it runs.
#[derive(Deserialize)]
struct Running {
    webhook: String,
}

impl Cluster {
    /// Starts servers, or takes the one that is named.
    pub(super) async fn start(url: &str, nodes: u8) -> Result<Self, String> {
        let (url, three) = (url.to_owned(), nodes == 3);
        let servers = blocking(move || {
            Ok(match (url.is_empty(), three) {
                (false, _) => Servers::Given(url),
                (true, false) => Servers::One(Box::new(nats::Server::start()?)),
                (true, true) => Servers::Three(Box::new(nats::Cluster::start()?)),
            })
        });
        let servers = servers.await.map_err(|error| format!("cannot start NATS: {error}"))?;
        Ok(Self { servers: Mutex::new(servers), hubs: Mutex::default(), said: Mutex::default() })
    }

    /// What the configuration says about it.
    pub(super) fn config(&self) -> String {
        let (servers, profile) = match &*lock(&self.servers) {
            Servers::Given(url) => (vec![url.clone()], "single"),
            Servers::One(server) => (vec![server.url()], "single"),
            Servers::Three(cluster) => (cluster.urls(), "standard"),
        };
        // Who watches wants to know soon that nobody is there.
        format!("\n[nats]\nservers = {servers:?}\nprofile = \"{profile}\"\nwait_at_start = \"20s\"\n")
    }

    /// How many servers there are.
    pub(super) fn servers(&self) -> usize {
        if matches!(&*lock(&self.servers), Servers::Three(_)) { 3 } else { 1 }
    }

    /// How many hubs there are beside this one.
    pub(super) fn others(&self) -> usize {
        lock(&self.hubs).len()
    }

    /// Starts hubs in processes of their own.
    pub(super) async fn hubs(
        &self,
        program: Option<&Path>,
        config: &Path,
        dir: &Path,
        many: usize,
    ) -> Result<(), String> {
        let program = match program {
            Some(program) => program.to_owned(),
            None => std::env::current_exe().map_err(|error| format!("cannot find this program: {error}"))?,
        };
        for at in 0..many {
            let (program, config) = (program.clone(), config.to_owned());
            let dir = dir.join(format!("hub-{}", at + 2));
            let other = blocking(move || Other::start(&program, &config, &dir));
            let other = other.await.map_err(|error| format!("cannot start hub {}: {error}", at + 2))?;
            lock(&self.hubs).push(other);
        }
        Ok(())
    }

    /// One address for all hubs: a connection goes to the next one that answers.
    pub(super) async fn balance(&self, own: SocketAddr) -> Result<(SocketAddr, JoinHandle<()>), String> {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|error| error.to_string())?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        let hubs: Arc<[SocketAddr]> =
            std::iter::once(own).chain(lock(&self.hubs).iter().map(|other| other.webhook)).collect();
        let turn = Arc::new(AtomicUsize::new(0));
        let task = tokio::spawn(async move {
            while let Ok((mut from, _)) = listener.accept().await {
                let (hubs, turn) = (Arc::clone(&hubs), Arc::clone(&turn));
                tokio::spawn(async move {
                    for _ in 0..hubs.len() {
                        let next = turn.fetch_add(1, Ordering::Relaxed) % hubs.len();
                        let Some(hub) = hubs.get(next) else { return };
                        if let Ok(mut to) = TcpStream::connect(hub).await {
                            // Whoever talks notices when it breaks, and says it again.
                            drop(copy_bidirectional(&mut from, &mut to).await);
                            return;
                        }
                    }
                });
            }
        });
        Ok((address, task))
    }

    /// Kills a server and a hub on the way, and lets the server come back.
    pub(super) async fn drama(&self, score: &Score) {
        let until = async |percent: u64| {
            while score.done.load(Ordering::Relaxed) < score.all * percent / 100 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if self.servers() < 3 || self.others() == 0 {
            return;
        }
        until(30).await;
        self.note("server 2 of 3 was killed", self.server(|cluster| cluster.kill9(VICTIM)));
        until(45).await;
        let killed = lock(&self.hubs).first_mut().map_or(Ok(()), |other| other.child.kill());
        self.note("hub 2 of 3 was killed", killed);
        until(60).await;
        self.note("server 2 came back", self.server(|cluster| cluster.restart(VICTIM)));
    }

    fn server(&self, what: impl FnOnce(&mut nats::Cluster) -> std::io::Result<()>) -> std::io::Result<()> {
        // A few milliseconds; a restart waits for the port only.
        tokio::task::block_in_place(|| match &mut *lock(&self.servers) {
            Servers::Three(cluster) => what(cluster),
            _ => Ok(()),
        })
    }

    fn note(&self, what: &str, result: std::io::Result<()>) {
        lock(&self.said).push(match result {
            Ok(()) => what.to_owned(),
            Err(error) => format!("{what}: it did not work, {error}"),
        });
    }

    /// What happened to whom.
    pub(super) fn said(&self) -> Vec<String> {
        lock(&self.said).clone()
    }

    /// Stops the hubs beside this one; their end is not waited for longer than a moment.
    pub(super) fn stop_hubs(&self) {
        for mut other in lock(&self.hubs).drain(..) {
            drop(other.child.kill());
            drop(other.child.wait());
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop_hubs();
    }
}

impl Other {
    fn start(program: &Path, config: &Path, dir: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(dir)?;
        let log = File::create(dir.join("hub.log"))?;
        let mut child = Command::new(program)
            .args([
                Path::new("run"),
                Path::new("--json"),
                Path::new("--config"),
                config,
                Path::new("--data"),
                dir,
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let address = serde_json::from_str::<Running>(&line).ok();
        let address = address.and_then(|running| running.webhook.strip_prefix("http://")?.parse().ok());
        match address {
            Some(webhook) => Ok(Self { child, webhook }),
            None => {
                drop(child.kill());
                drop(child.wait());
                let said = std::fs::read_to_string(dir.join("hub.log")).unwrap_or_default();
                Err(std::io::Error::other(said.lines().last().unwrap_or("it said nothing").to_owned()))
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, String> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| error.to_string())?;
    done.map_err(|error| error.to_string())
}
