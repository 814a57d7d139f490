//! One installation of crossdock: a folder, a configuration, and the command run on it.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use crossdock::ledger::Ledger;
use crossdock_testkit::standin::receiver::{Options, Receiver, demo_secret};
use serde_json::Value;

use crate::orders;

/// How long anything may take before a test gives up on it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// A folder with a configuration.
pub(crate) struct Site {
    dir: tempfile::TempDir,
    /// Further variables of its commands.
    env: std::sync::Mutex<Vec<(String, String)>>,
}

/// A way to limit what the process gets: a shell line that ends in `exec "$@"`.
pub(crate) type Limits<'a> = Option<&'a str>;

impl Site {
    /// An own store that pushes to `store`, a spreadsheet source `sheet`, and what `more` adds.
    pub(crate) fn new(more: &str) -> Self {
        let site = Self { dir: tempfile::tempdir().unwrap(), env: std::sync::Mutex::default() };
        site.configure(&format!("{}{more}", basics()));
        site
    }

    /// A variable for all its commands.
    pub(crate) fn remember(&self, name: &str, value: &str) {
        self.env.lock().unwrap().push((name.to_owned(), value.to_owned()));
    }

    /// Replaces the configuration.
    pub(crate) fn configure(&self, text: &str) {
        std::fs::write(self.path("crossdock.toml"), text).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The command with these arguments, in this folder.
    pub(crate) fn command(&self, limits: Limits<'_>, arguments: &[&str]) -> Command {
        let binary = env!("CARGO_BIN_EXE_crossdock-under-test");
        let mut command = match limits {
            None => Command::new(binary),
            Some(line) => {
                let mut shell = Command::new("sh");
                shell.args(["-c", line, "sh", binary]);
                shell
            }
        };
        command.args(arguments).current_dir(self.dir.path()).stdin(Stdio::null()).env("RUST_BACKTRACE", "0");
        command.env("STORE_SECRET", orders::secret()).env("SINK_SECRET", demo_secret(1));
        command.env("BOT_KEY", "0a1b2c3d4e5f60718293a4b5c6d7e8f9");
        command.envs(self.env.lock().unwrap().iter().cloned());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn call(&self, arguments: &[&str]) -> Output {
        self.command(None, arguments).output().unwrap()
    }

    /// Runs a command that must end well; gives the lines it wrote, as JSON.
    pub(crate) fn ask(&self, arguments: &[&str]) -> Vec<Value> {
        let output = self.call(arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {} {errors}", output.status);
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The ledger, which must balance.
    pub(crate) fn ledger(&self) -> Ledger {
        let ledger: Ledger = serde_json::from_value(self.ask(&["ledger", "--json"]).remove(0)).unwrap();
        assert!(ledger.balanced, "{ledger:?}");
        ledger
    }

    /// Starts the hub and waits until it says where it is.
    pub(crate) fn start(&self) -> Running {
        self.start_within(None)
    }

    /// Starts the hub and waits until it says where it is; none when it ended before.
    pub(crate) fn try_start(&self) -> Option<Running> {
        let mut running = self.spawn(None);
        running.hear().then_some(running)
    }

    /// As [`Site::start`], with limits.
    pub(crate) fn start_within(&self, limits: Limits<'_>) -> Running {
        let mut running = self.spawn(limits);
        assert!(running.hear(), "it did not start:\n{}", self.log());
        running
    }

    /// Starts the hub and does not wait.
    pub(crate) fn spawn(&self, limits: Limits<'_>) -> Running {
        let log = std::fs::File::options().create(true).append(true).open(self.path("log")).unwrap();
        let mut child = self.command(limits, &["run"]).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        Running { child, said, webhook: String::new(), admin: String::new() }
    }

    /// What the hub wrote to stderr in all its lives.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// Waits until nothing is pending at any source or sink; gives the ledger.
    pub(crate) fn settled(&self) -> Ledger {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let ledger = self.ledger();
            let pending: u64 = ledger.sources.iter().map(|line| line.pending).sum::<u64>()
                + ledger.sinks.iter().map(|line| line.pending).sum::<u64>();
            if pending == 0 {
                return ledger;
            }
            assert!(Instant::now() < deadline, "{ledger:?}\n{}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// A hub that runs.
pub(crate) struct Running {
    child: Child,
    said: BufReader<std::process::ChildStdout>,
    /// `http://127.0.0.1:40000`.
    pub(crate) webhook: String,
    pub(crate) admin: String,
}

impl Running {
    /// Reads the line in which it says where it is. False when it ended before.
    pub(crate) fn hear(&mut self) -> bool {
        let mut line = String::new();
        let read = self.said.read_line(&mut line).unwrap();
        if read == 0 {
            return false;
        }
        let says: Value = serde_json::from_str(&line).unwrap();
        let text = |name: &str| says[name].as_str().unwrap().to_owned();
        (self.webhook, self.admin) = (text("webhook"), text("admin"));
        true
    }

    /// The address without its scheme.
    pub(crate) fn authority(&self) -> &str {
        self.webhook.strip_prefix("http://").unwrap()
    }

    /// The end without warning.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM; gives how it ended, and after how long.
    pub(crate) fn terminate(mut self) -> (ExitStatus, Duration) {
        let began = Instant::now();
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status, began.elapsed());
            }
            assert!(began.elapsed() < PATIENCE, "it does not stop");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Lifts its limit on the size of files, while it runs. False when that cannot be done here.
    pub(crate) fn unlimit(&self) -> bool {
        let pid = self.child.id().to_string();
        let lifted = Command::new("prlimit").args(["--fsize=unlimited:unlimited", "--pid", &pid]).status();
        lifted.is_ok_and(|status| status.success())
    }

    /// Whether it still runs.
    pub(crate) fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A test that failed leaves nothing behind; one that ended it has nothing to end.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Everything but sinks.
pub(crate) fn basics() -> String {
    String::from(
        r#"tenant = "test"
shutdown_deadline = "40s"
[data]
dir = "data"
[webhook]
listen = "127.0.0.1:0"
max_body = 20000
max_decompressed = 60000
header_timeout = "1s"
body_timeout = "1s"
[admin]
listen = "127.0.0.1:0"
[telemetry]
logs = "text"
level = "warn"
[[source]]
id = "store"
use = "own-store"
[source.settings]
shop = "main"
secrets = [{ env = "STORE_SECRET" }]
[[source]]
id = "sheet"
use = "sheet"
live_files = true
[source.settings]
platform = "sheet"
shop = "main"
currency = "EUR"
zone = "UTC"
[source.settings.columns]
order_no = "order"
sku = "sku"
quantity = "quantity"
unit_price = "price"
time = "time"
[source.settings.default_status]
lifecycle = "placed"
payment = "paid"
fulfillment = "unfulfilled"
"#,
    )
}

/// A webhook sink.
pub(crate) fn sink(id: &str, url: &str, events: &str) -> String {
    format!(
        r#"[[sink]]
id = "{id}"
use = "webhook"
events = ["{events}"]
retry_base = "20ms"
retry_max = "200ms"
[sink.settings]
url = "{url}"
secret = {{ env = "SINK_SECRET" }}
"#
    )
}

/// A receiver that knows the secret of [`sink`].
pub(crate) async fn receiver() -> Receiver {
    let clock = std::sync::Arc::new(crossdock::clock::now);
    Receiver::start(Options::new(orders::key(&demo_secret(1)), clock)).await.unwrap()
}
