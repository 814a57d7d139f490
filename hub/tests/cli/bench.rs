//! A folder with a configuration, and the binary called in it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder to work in.
pub(crate) struct Bench {
    dir: TempDir,
}

/// What a call gave back.
pub(crate) struct Called {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Called {
    /// Stdout as values, one a line.
    pub(crate) fn values(&self) -> Vec<Value> {
        self.out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
            .collect()
    }

    /// The only value on stdout.
    pub(crate) fn value(&self) -> Value {
        let mut values = self.values();
        assert_eq!(values.len(), 1, "{}\n{}", self.out, self.err);
        values.remove(0)
    }

    /// The same, when it ended with this code.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }
}

impl From<Output> for Called {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().expect("ended by a signal"),
            out: String::from_utf8(output.stdout).expect("stdout is text"),
            err: String::from_utf8(output.stderr).expect("stderr is text"),
        }
    }
}

impl Bench {
    pub(crate) fn new(config: &str) -> Self {
        let bench = Self { dir: tempfile::tempdir().expect("a folder") };
        bench.write("crossdock.toml", config);
        bench
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("written");
    }

    /// Writes a file that only its owner may read.
    pub(crate) fn secret(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt;
        self.write(name, text);
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o600)).expect("permissions");
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crossdock"));
        command.args(args).current_dir(self.dir.path());
        command
    }

    /// Calls the binary.
    pub(crate) fn call(&self, args: &[&str]) -> Called {
        self.pipe(args, b"")
    }

    /// Calls the binary with something on its stdin.
    pub(crate) fn pipe(&self, args: &[&str], input: &[u8]) -> Called {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("runs");
        let mut stdin = child.stdin.take().expect("stdin");
        // A command that does not read its input may be gone already.
        if let Err(error) = stdin.write_all(input) {
            assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe);
        }
        drop(stdin);
        ends(child, args)
    }

    /// Starts the hub and waits until it says where it is.
    pub(crate) fn hub(&self) -> RunningHub {
        let mut child =
            self.command(&["run"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("runs");
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().expect("stdout"));
        stdout.read_line(&mut line).expect("a line");
        if line.is_empty() {
            let mut err = String::new();
            child.stderr.take().expect("stderr").read_to_string(&mut err).expect("text");
            panic!("the hub did not start: {err}");
        }
        RunningHub { child, says: serde_json::from_str(&line).expect("JSON") }
    }

    /// Waits until `look` finds what it looks for.
    pub(crate) fn until<T>(&self, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let began = Instant::now();
        loop {
            if let Some(found) = look() {
                return found;
            }
            assert!(began.elapsed() < PATIENCE, "no {what} in time");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// Waits for a command; one that hangs is ended, so that the test says so instead of hanging too.
pub(crate) fn ends(child: Child, args: &[&str]) -> Called {
    let id = child.id().to_string();
    let (done, waits) = std::sync::mpsc::channel();
    let watch = std::thread::spawn(move || {
        let late = waits.recv_timeout(PATIENCE).is_err();
        if late {
            Command::new("kill").args(["-KILL", &id]).status().expect("kill runs");
        }
        late
    });
    let output = child.wait_with_output().expect("ends");
    // An error says that the watch gave up waiting, which it tells itself.
    done.send(()).ok();
    assert!(!watch.join().expect("watched"), "{args:?} did not end");
    output.into()
}

/// A hub of its own process.
pub(crate) struct RunningHub {
    child: Child,
    pub(crate) says: Value,
}

impl RunningHub {
    /// Posts a body to a source; gives the status back.
    pub(crate) fn post(&self, source: &str, body: &[u8]) -> u16 {
        let answer = self.answer(source, body);
        answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status")
    }

    /// Posts a body to a source; gives the whole answer back.
    pub(crate) fn answer(&self, source: &str, body: &[u8]) -> String {
        let address = self.says["webhook"].as_str().expect("address").trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).expect("connects");
        let head = format!(
            "POST /in/{source} HTTP/1.1\r\nhost: hub\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).expect("sent");
        stream.write_all(body).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answered");
        answer
    }

    /// Asks it to stop; gives its exit code and what it said on stderr.
    pub(crate) fn stop(mut self) -> (i32, String) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill runs").success());
        let mut err = String::new();
        self.child.stderr.take().expect("stderr").read_to_string(&mut err).expect("text");
        let status = self.child.wait().expect("ends");
        (status.code().expect("ended by itself"), err)
    }
}

impl Drop for RunningHub {
    fn drop(&mut self) {
        // A test that fails leaves no hub behind; one that was stopped has ended already.
        if let Ok(None) = self.child.try_wait() {
            self.child.kill().expect("killed");
            self.child.wait().expect("ends");
        }
    }
}

/// A receiver that answers every call with the status it is set to.
pub(crate) struct Receiver {
    pub(crate) url: String,
    pub(crate) status: Arc<AtomicU16>,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Receiver {
    pub(crate) fn new(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let status = Arc::new(AtomicU16::new(status));
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (answers, ear) = (Arc::clone(&status), Arc::clone(&heard));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let status = answers.load(Ordering::SeqCst);
                let ear = Arc::clone(&ear);
                std::thread::spawn(move || answer(stream, status, &ear));
            }
        });
        Self { url, status, heard }
    }

    /// Everything it was told so far.
    pub(crate) fn heard(&self) -> String {
        String::from_utf8_lossy(&self.heard.lock().expect("heard")).into_owned()
    }
}

/// Reads one request and answers it.
fn answer(stream: TcpStream, status: u16, ear: &Mutex<Vec<u8>>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    ear.lock().ok()?.extend_from_slice(&body);
    let mut stream = stream;
    write!(stream, "HTTP/1.1 {status} answer\r\nconnection: close\r\ncontent-length: 4\r\n\r\nwell").ok()
}

/// A connector's fixture.
pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../connectors").join(name)
}

/// A spreadsheet source that reads [`ROWS`].
pub(crate) const SHEET: &str = r#"
[[source]]
id = "shop"
use = "sheet"
[source.settings]
platform = "corner_shop"
shop = "main"
currency = "EUR"
zone = "Europe/Berlin"
[source.settings.columns]
order_no = "order"
sku = "sku"
quantity = "quantity"
unit_price = "price"
time = "time"
"#;

/// Three orders; the rows of the first lie apart.
pub(crate) const ROWS: &str = "order,sku,quantity,price,time
A-1,MUG,2,12.50,2026-11-20 08:00:00
A-2,TRAY,1,20.00,2026-11-20 09:00:00
A-1,CUP,1,5.00,2026-11-20 08:00:00
A-3,MUG,4,12.50,2026-11-20 10:00:00
";
