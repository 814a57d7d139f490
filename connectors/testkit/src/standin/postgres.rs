//! A PostgreSQL server of one's own: the real one, with its data in a temporary folder, on a Unix socket there and on
//! a port of loopback, gone when it is dropped. Nothing is made up here, so nothing can be made up wrongly.
//!
//! The programs come from the folder that `CROSSDOCK_POSTGRES` names, else from the `PATH`, else from where Debian puts
//! them. Without any of these it does not start: a test that needs a database fails and says what to do.
//!
//! PostgreSQL refuses to run as root. There it runs as the user `postgres` or `nobody`, who then owns the data.

mod home;
mod programs;

use std::fs;
use std::io::{self, Error};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use home::Home;
use programs::Programs;

/// Longest that a start or a stop may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Ends with the server, and ends the server when its own standard input ends: also when the test process is killed,
/// no server is left behind.
const SUPERVISED: &str = r#"
exec 3<&0
"$0" "$@" 3<&- & server=$!
{ read -r _ <&3; kill -QUIT "$server"; } & reader=$!
wait "$server"; status=$?
kill "$reader" 2>/dev/null
exit "$status"
"#;

/// How a server differs from the usual one.
#[derive(Clone, Debug, Default)]
pub struct PostgresOptions {
    /// Settings of the server: `("max_connections", "10")`.
    pub settings: Vec<(String, String)>,
    /// Files in its data folder that only it can read: `("server.key", "...")`.
    pub files: Vec<(String, String)>,
}

/// A running server. Dropping it stops it at once and removes its data.
#[derive(Debug)]
pub struct Postgres {
    home: Home,
    programs: Programs,
    options: PostgresOptions,
    port: u16,
    running: Option<Child>,
}

impl Postgres {
    /// The user that owns everything.
    pub const USER: &'static str = "crossdock";
    /// Its password: what the conformance suite takes for each secret that nothing is said about.
    pub const PASSWORD: &'static str = "example-secret";
    /// The database that is there.
    pub const DATABASE: &'static str = "postgres";

    /// Starts a server and waits until it answers.
    ///
    /// # Errors
    /// When there are no programs, or they do not do their work; with their own words.
    pub fn start() -> io::Result<Self> {
        Self::start_with(PostgresOptions::default())
    }

    /// The same with settings of its own.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_with(options: PostgresOptions) -> io::Result<Self> {
        let home = Home::new()?;
        let programs = Programs::find()?.reachable(&home)?;
        let mut server = Self { home, programs, options, port: 0, running: None };
        server.initialize()?;
        server.start_again()?;
        Ok(server)
    }

    /// The folder with its socket: the host of a connection that needs no network.
    #[must_use]
    pub fn socket_folder(&self) -> &Path {
        self.home.folder()
    }

    /// Its port, on loopback, and the number in the name of its socket. It stays the same after a stop.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What it wrote to its log so far.
    #[must_use]
    pub fn log(&self) -> String {
        let bytes = fs::read(self.home.path("log")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Stops it at once, as a crash would: connections break off, what was committed stays.
    ///
    /// # Errors
    /// When it does not stop.
    pub fn stop(&mut self) -> io::Result<()> {
        let Some(mut child) = self.running.take() else { return Ok(()) };
        drop(child.stdin.take());
        let begun = Instant::now();
        while child.try_wait()?.is_none() {
            if begun.elapsed() > PATIENCE {
                child.kill()?;
                child.wait()?;
                return Err(Error::other("the server did not stop and was killed"));
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Starts it again after a stop, with the data it had.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_again(&mut self) -> io::Result<()> {
        self.stop()?;
        let mut last = Error::other("no attempt was made");
        // Another process can take the port between our looking and the server's.
        for _ in 0..5 {
            let port = if self.port == 0 { free_port()? } else { self.port };
            match self.launch(port) {
                Ok(child) => {
                    self.port = port;
                    self.running = Some(child);
                    return Ok(());
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn initialize(&self) -> io::Result<()> {
        self.home.write("password", Self::PASSWORD)?;
        let output = self
            .home
            .command(&self.programs.initdb())
            .args(["--username", Self::USER, "--auth", "scram-sha-256", "--pwfile"])
            .arg(self.home.path("password"))
            .args(["--encoding", "UTF8", "--locale", "C", "--no-sync", "--pgdata"])
            .arg(self.data())
            .stdin(Stdio::null())
            .output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(Error::other(format!("initdb failed: {}", said.trim())));
        }
        for (name, content) in &self.options.files {
            self.home.write(&format!("data/{name}"), content)?;
        }
        Ok(())
    }

    fn launch(&self, port: u16) -> io::Result<Child> {
        let mut command = self.home.command(Path::new("sh"));
        command.arg("-c").arg(SUPERVISED).arg(self.programs.postgres()).arg("-D").arg(self.data());
        let folder = self.home.folder().display().to_string();
        let port_text = port.to_string();
        let usual = [
            ("port", port_text.as_str()),
            ("listen_addresses", "127.0.0.1"),
            ("unix_socket_directories", folder.as_str()),
            // The data is thrown away anyway.
            ("fsync", "off"),
            ("full_page_writes", "off"),
            ("shared_buffers", "32MB"),
            ("log_line_prefix", "%e "),
        ];
        for (name, value) in usual {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        for (name, value) in &self.options.settings {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        let log = self.home.log()?;
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::from(log)).spawn()?;
        match self.until_ready(&mut child) {
            Ok(()) => Ok(child),
            Err(error) => {
                drop(child.stdin.take());
                child.kill()?;
                child.wait()?;
                Err(error)
            }
        }
    }

    /// The server writes into its own file how far it is.
    fn until_ready(&self, child: &mut Child) -> io::Result<()> {
        let begun = Instant::now();
        let file = self.data().join("postmaster.pid");
        let words = self.log().len();
        loop {
            let status = fs::read_to_string(&file).unwrap_or_default();
            if status.lines().nth(7).is_some_and(|word| word.trim() == "ready") {
                return Ok(());
            }
            if child.try_wait()?.is_some() || begun.elapsed() > PATIENCE {
                let log = self.log();
                let said = log.get(words..).unwrap_or_default().trim();
                return Err(Error::other(format!("the server does not start: {said}")));
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn data(&self) -> PathBuf {
        self.home.path("data")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Whoever waits for a database of its own no longer does; a server that had to be killed is gone as well.
        let _stopped = self.stop();
    }
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn it_stops_and_comes_back_at_the_same_place() {
        let mut server = Postgres::start().unwrap();
        let folder = server.socket_folder().to_owned();
        let socket = folder.join(format!(".s.PGSQL.{}", server.port()));
        let answers = || UnixStream::connect(&socket).is_ok();
        assert!(answers());
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, server.port())).is_ok());
        server.stop().unwrap();
        assert!(!answers());
        server.start_again().unwrap();
        assert!(answers());
        drop(server);
        assert!(!folder.exists());
    }

    #[test]
    fn a_server_that_does_not_start_says_why() {
        let settings = vec![("max_connections".to_owned(), "many".to_owned())];
        let error = Postgres::start_with(PostgresOptions { settings, ..Default::default() }).unwrap_err();
        assert!(error.to_string().contains("max_connections"), "{error}");
    }
}
