//! One server.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Error};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::ports::Port;
use super::process::Process;
use super::{Options, http, program, store};

/// Longest that a start or a stop may take. Nobody waits that long but on a machine that does much else.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// A nats-server with JetStream on loopback, with a store of its own. Dropping it kills it and removes its data.
#[derive(Debug)]
pub struct Server {
    home: TempDir,
    program: PathBuf,
    options: Options,
    name: String,
    client: Port,
    monitor: Port,
    pub(super) cluster: Option<Member>,
    running: Option<Process>,
    paused: bool,
}

/// How it belongs to a cluster.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) port: Port,
    pub(super) cluster: String,
    /// Addresses of all members.
    pub(super) routes: String,
}

impl Server {
    /// Starts a server and waits until it is ready.
    ///
    /// # Errors
    /// When there is no program, or it does not start; with its own words.
    pub fn start() -> io::Result<Self> {
        Self::start_with(Options::default())
    }

    /// The same with settings of its own.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_with(options: Options) -> io::Result<Self> {
        let mut server = Self::new(options, None)?;
        server.restart()?;
        Ok(server)
    }

    /// A server that does not run yet.
    pub(super) fn new(options: Options, cluster: Option<Member>) -> io::Result<Self> {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        let program = match &options.program {
            Some(program) => program.clone(),
            None => program()?,
        };
        let home = tempfile::Builder::new().prefix("xdnats").tempdir()?;
        fs::write(home.path().join("nats.conf"), &options.config)?;
        for (name, content) in &options.files {
            fs::write(home.path().join(name), content)?;
        }
        let name = format!("xd-{}-{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
        let (client, monitor) = (Port::reserve()?, Port::reserve()?);
        let server =
            Self { home, program, options, name, client, monitor, cluster, running: None, paused: false };
        fs::create_dir_all(server.store())?;
        Ok(server)
    }

    /// Where clients connect: `nats://127.0.0.1:40000`. It stays the same in all its lives.
    #[must_use]
    pub fn url(&self) -> String {
        format!("nats://{}", self.addr())
    }

    /// The same as an address.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.client.addr()
    }

    /// Its name, unlike that of any other server.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number of its process, while there is one.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.running.as_ref().map(Process::pid)
    }

    /// Whether its process is there, and not paused.
    pub fn is_running(&mut self) -> bool {
        !self.paused && self.running.as_mut().is_some_and(Process::is_running)
    }

    /// The folder of its data.
    #[must_use]
    pub fn store(&self) -> PathBuf {
        self.options.store.clone().unwrap_or_else(|| self.home.path().join("store"))
    }

    /// What it wrote to its log in all its lives.
    #[must_use]
    pub fn log(&self) -> String {
        let bytes = fs::read(self.home.path().join("log")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// A page of its monitoring port: `/connz?subs=1`.
    ///
    /// # Errors
    /// When it does not answer, or not with 200.
    pub fn monitor(&self, path: &str) -> io::Result<Value> {
        match http::get(self.monitor.addr(), path)? {
            (200, value) => Ok(value),
            (status, value) => Err(Error::other(format!("{path} answers {status}: {value}"))),
        }
    }

    /// All there is to know about its streams and consumers, their configuration and leaders included.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn jsz(&self) -> io::Result<Value> {
        self.monitor("/jsz?accounts=true&streams=true&consumers=true&config=true")
    }

    /// How it is: `mem` is its resident memory in bytes.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn varz(&self) -> io::Result<Value> {
        self.monitor("/varz")
    }

    /// Its resident memory in bytes.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn memory(&self) -> io::Result<u64> {
        self.varz()?.get("mem").and_then(Value::as_u64).ok_or_else(|| Error::other("/varz says no mem"))
    }

    /// SIGKILL. Connections break off; what it wrote stays. Nothing happens when it does not run.
    ///
    /// # Errors
    /// When it is still there.
    pub fn kill9(&mut self) -> io::Result<()> {
        self.paused = false;
        self.running.take().map_or(Ok(()), Process::kill)
    }

    /// SIGTERM, and waits until it has put everything away.
    ///
    /// # Errors
    /// When it had to be killed.
    pub fn stop(&mut self) -> io::Result<()> {
        self.resume()?;
        self.running.take().map_or(Ok(()), |process| process.terminate(PATIENCE))
    }

    /// From now on no file of it grows beyond so many bytes, as if the disk were full, until it starts again.
    ///
    /// # Errors
    /// When it does not run, or there is no `prlimit` here.
    pub fn limit_files(&mut self, bytes: u64) -> io::Result<()> {
        let pid = self.pid().ok_or_else(|| Error::other("the server does not run"))?;
        let status =
            Command::new("prlimit").arg(format!("--pid={pid}")).arg(format!("--fsize={bytes}")).status()?;
        if status.success() { Ok(()) } else { Err(Error::other("prlimit failed")) }
    }

    /// SIGSTOP: connections stay open, and nobody answers any more.
    ///
    /// # Errors
    /// When it does not run.
    pub fn pause(&mut self) -> io::Result<()> {
        let process = self.running.as_mut().ok_or_else(|| Error::other("the server does not run"))?;
        process.pause(PATIENCE)?;
        self.paused = true;
        Ok(())
    }

    /// SIGCONT. Nothing happens when it is not paused.
    ///
    /// # Errors
    /// When its process is gone.
    pub fn resume(&mut self) -> io::Result<()> {
        if let Some(process) = self.running.as_mut().filter(|_| self.paused) {
            process.signal("CONT")?;
        }
        self.paused = false;
        Ok(())
    }

    /// Kills it if it runs, and starts it with the same ports, name and store. A server of its own is ready afterwards,
    /// one of a cluster takes connections: it may have to wait for others.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn restart(&mut self) -> io::Result<()> {
        self.kill9()?;
        self.launch()?;
        self.until("takes connections", Self::greets)?;
        if self.cluster.is_none() { self.until_healthy() } else { Ok(()) }
    }

    /// Waits until it says that it is healthy: JetStream is up, and what it holds is current.
    ///
    /// # Errors
    /// When that takes too long, or its process ends.
    pub fn until_healthy(&mut self) -> io::Result<()> {
        self.until("is healthy", |server| server.monitor("/healthz").map(drop))
    }

    /// Throws its data away, as a new disk would. Only while it does not run.
    ///
    /// # Errors
    /// When it runs, or files cannot be removed.
    pub fn wipe_store(&mut self) -> io::Result<()> {
        self.must_be_down()?;
        store::wipe(&self.store())
    }

    /// Cuts bytes off the newest block file of a stream, as a power loss might; gives how many there were to cut.
    /// Only while it does not run.
    ///
    /// # Errors
    /// When it runs, or the stream has no block.
    pub fn truncate_last_block(&mut self, stream: &str, bytes: u64) -> io::Result<u64> {
        self.must_be_down()?;
        store::truncate(&store::last_block(&self.store(), stream)?, bytes)
    }

    pub(super) fn launch(&mut self) -> io::Result<()> {
        let log = File::options().create(true).append(true).open(self.home.path().join("log"))?;
        let arguments = self.arguments();
        let process = Process::start(&self.program, &arguments, &self.options.env, self.home.path(), log)?;
        self.running = Some(process);
        Ok(())
    }

    /// Tries until it works, for as long as its process is there.
    pub(super) fn until(
        &mut self,
        what: &str,
        mut tried: impl FnMut(&Self) -> io::Result<()>,
    ) -> io::Result<()> {
        let begun = Instant::now();
        loop {
            let Err(error) = tried(self) else { return Ok(()) };
            let gone = !self.running.as_mut().is_some_and(Process::is_running);
            if gone || begun.elapsed() > PATIENCE {
                return Err(Error::other(format!(
                    "nats-server never {what}: {error}\n{}",
                    last_lines(&self.log())
                )));
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// It is our own process that answers at the port, and nobody else's.
    fn greets(&self) -> io::Result<()> {
        let patience = Duration::from_secs(3);
        let stream = TcpStream::connect_timeout(&self.addr(), patience)?;
        stream.set_read_timeout(Some(patience))?;
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line)?;
        let info = line.strip_prefix("INFO ").ok_or_else(|| Error::other("no INFO at the port"))?;
        let info: Value = serde_json::from_str(info)?;
        match info.get("server_name").and_then(Value::as_str) {
            Some(name) if name == self.name => Ok(()),
            other => Err(Error::other(format!("another server answers at the port: {other:?}"))),
        }
    }

    fn arguments(&self) -> Vec<String> {
        let store = self.store();
        let text = |path: &Path| path.display().to_string();
        let mut arguments: Vec<String> =
            ["-c", "nats.conf", "-a", "127.0.0.1", "-js", "-sd"].map(str::to_owned).into();
        arguments.push(text(&store));
        arguments.extend(["-n".to_owned(), self.name.clone()]);
        arguments.extend(["-p".to_owned(), self.client.number().to_string()]);
        arguments.extend(["-m".to_owned(), self.monitor.number().to_string()]);
        if let Some(member) = &self.cluster {
            let login =
                self.options.route_login.as_ref().map(|login| format!("{login}@")).unwrap_or_default();
            arguments.extend(["--cluster_name".to_owned(), member.cluster.clone()]);
            arguments.extend(["--cluster".to_owned(), format!("nats://{login}{}", member.port.addr())]);
            arguments.extend(["--routes".to_owned(), member.routes.clone()]);
            // Clients go where they were told to, through a proxy for example, and nowhere else.
            arguments.push("--no_advertise=true".to_owned());
        }
        arguments
    }

    fn must_be_down(&mut self) -> io::Result<()> {
        if self.running.as_mut().is_some_and(Process::is_running) {
            return Err(Error::other("the server runs: kill it before you touch its files"));
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A process that was told to end by a closed pipe ends; there is nobody left to tell otherwise.
        drop(self.kill9());
    }
}

fn last_lines(log: &str) -> String {
    let lines: Vec<&str> = log.lines().rev().take(12).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}
