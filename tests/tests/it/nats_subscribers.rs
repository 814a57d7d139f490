//! The programs of deploy/nats/subscribers, those very files, against a real stream: an ERP team copies them.

use std::borrow::Cow;
use std::fs::Permissions;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crossdock_schemas::Event;
use crossdock_testkit::nats::Server;
use serde_json::{Value, json};

use crate::brokers::{User, file, options, set_up};
use crate::calls::send;
use crate::orders::order;
use crate::site::{Site, basics};

const PATIENCE: Duration = Duration::from_secs(60);

/// How a program is started, and what must stay there while it runs.
type Start = (Command, Option<tempfile::TempDir>);

#[tokio::test(flavor = "multi_thread")]
async fn in_rust() {
    // What the folder says for copies is what we build with.
    let own = manifest("deploy/nats/subscribers/rust/Cargo.toml");
    let ours = manifest("Cargo.toml");
    for (name, wanted) in own["dependencies"].as_table().unwrap() {
        let version =
            |value: &toml::Value| value.get("version").unwrap_or(value).as_str().unwrap().to_owned();
        assert_eq!(version(wanted), version(&ours["workspace"]["dependencies"][name]), "{name}");
    }
    story(|| (Command::new(env!("CARGO_BIN_EXE_subscriber-under-test")), None)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_python() {
    story(|| {
        let mut command = Command::new(provided("CROSSDOCK_PYTHON"));
        command.arg(root().join("deploy/nats/subscribers/python/subscribe.py"));
        (command, None)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_javascript() {
    story(|| {
        // Modules are looked for beside the file: so it is copied to where they are.
        let folder = tempfile::tempdir().unwrap();
        for name in ["subscribe.js", "package.json"] {
            std::fs::write(folder.path().join(name), file(&format!("subscribers/node/{name}"))).unwrap();
        }
        let modules = provided("CROSSDOCK_NODE_MODULES");
        std::os::unix::fs::symlink(modules, folder.path().join("node_modules")).unwrap();
        let mut command = Command::new(provided("CROSSDOCK_NODE"));
        command.arg(folder.path().join("subscribe.js"));
        (command, Some(folder))
    })
    .await;
}

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn manifest(name: &str) -> toml::Table {
    std::fs::read_to_string(root().join(name)).unwrap().parse().unwrap()
}

/// What the test command has to provide. Without it this test fails.
fn provided(variable: &str) -> PathBuf {
    let path = std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    let path = path.unwrap_or_else(|| {
        panic!("{variable} is not set: `cargo xtask test` sets it, `cargo xtask clients` prints what to set")
    });
    assert!(path.exists(), "{variable} is {}: there is nothing", path.display());
    path
}

/// The life of a subscriber, from the mistakes of its first minutes on.
async fn story(start: impl Fn() -> Start) {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("nats://{nobody}");
    fails(&start, &[("NATS_URL", &url)], "erp", &format!("cannot connect to {url}"));

    let server = Server::start_with(options("single.conf")).unwrap();
    let url = server.url();
    set_up(&url, 1).await;
    let wrong = [("NATS_URL", url.as_str()), ("NATS_USER", "erp"), ("NATS_PASSWORD", "guessed")];
    fails(&start, &wrong, "erp", "refuses user erp");
    let erp = [("NATS_URL", url.as_str()), ("NATS_USER", "erp"), ("NATS_PASSWORD", "a password of erp")];
    let said = fails(&start, &erp, "crm", "may not read consumer crm of stream XD_DEFAULT");
    assert!(said.to_lowercase().contains("permissions violation"), "{said}");

    let hub = User::connect("hub", &url).await;
    let mut told = Told { hub: &hub, count: 0 };
    told.event("A", "order.placed", 1, "e1-a1").await;
    told.event("A", "order.paid", 2, "e1-a2").await;
    told.event("B", "order.placed", 1, "e1-b1").await;
    told.event("A", "order.placed", 1, "e1-a1").await;
    told.event("A", "order.changed", 1, "e1-late").await;
    told.rubbish().await;
    told.event("A", "order.confirmed", 2, "e1-a2c").await;
    told.event("A", "order.confirmed", 2, "e1-a2c").await;
    // More digits than a float holds.
    told.event("A", "order.completed", 9_007_199_254_740_993, "e1-a3").await;
    told.event("A", "order.closed", 9_007_199_254_740_992, "e1-a4").await;

    let mut program = Program::start(start(), &erp, "erp");
    program.says("A\torder.placed\t1\t196.31 CNY");
    program.says("A\torder.paid\t2\t196.31 CNY");
    program.says("B\torder.placed\t1\t196.31 CNY");
    program.says("A\torder.confirmed\t2\t196.31 CNY");
    program.says("A\torder.completed\t9007199254740993\t196.31 CNY");
    program.complains(&["older: e1-a1", "older: e1-late", "not an event", "repeat: e1-a2c", "older: e1-a4"]);

    program.ends();

    // Everything it took was acknowledged; the rubbish was given up.
    let admin = User::connect("admin", &url).await;
    let info = admin.done("$JS.API.CONSUMER.INFO.XD_DEFAULT.erp", Value::Null).await;
    assert_eq!((&info["num_ack_pending"], &info["num_pending"]), (&json!(0), &json!(0)), "{info}");
    assert_eq!(info["ack_floor"]["stream_seq"], told.count, "{info}");
    told.event("C", "order.placed", 1, "e1-c1").await;
    let mut program = Program::start(start(), &erp, "erp");
    program.says("C\torder.placed\t1\t196.31 CNY");
    program.ends();

    on_a_server_that_crashes(start).await;
}

/// The guide, as a newcomer follows it: the streams, the hub, an order, the first line of a subscriber.
#[tokio::test(flavor = "multi_thread")]
async fn from_setup_to_the_first_order() {
    let server = Server::start_with(options("single.conf")).unwrap();
    let url = server.url();
    let site = Site::new("");
    let become_user = |name: &str| {
        let secret = site.path("nats-password");
        std::fs::write(&secret, format!("a password of {name}")).unwrap();
        std::fs::set_permissions(&secret, Permissions::from_mode(0o600)).unwrap();
        let nats = format!(
            r#"[nats]
servers = ["{url}"]
user = "{name}"
password = {{ file = "nats-password" }}
inbox_prefix = "_INBOX_{name}"
[nats.consumer.erp]
events = ["order.*", "refund.*"]
[nats.consumer.crm]
events = ["milestone.*"]
"#
        );
        site.configure(&(basics().replace("tenant = \"test\"", "tenant = \"default\"") + &nats));
    };
    let set_up = || {
        let output = site.call(&["nats", "setup"]);
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    become_user("hub");
    let (done, said) = set_up();
    assert!(!done && said.to_lowercase().contains("permissions violation"), "{said}");
    become_user("admin");
    let (done, said) = set_up();
    assert!(done && said.contains("done"), "{said}");
    let (done, said) = set_up();
    assert!(done && said.contains("everything is as it must be") && !said.contains("done"), "{said}");

    become_user("hub");
    let hub = site.start();
    assert_eq!(send(&hub, "1", &order("N-1", 1)).await.status, 200);
    let erp = [("NATS_URL", url.as_str()), ("NATS_USER", "erp"), ("NATS_PASSWORD", "a password of erp")];
    let rust = || (Command::new(env!("CARGO_BIN_EXE_subscriber-under-test")), None);
    let mut program = Program::start(rust(), &erp, "erp");
    program.says("N-1\torder.placed\t1\t1.00 EUR");
    program.says("N-1\torder.paid\t1\t1.00 EUR");
    program.ends();
    assert!(hub.terminate().0.success(), "{}", site.log());
    assert!(!site.log().to_lowercase().contains("permissions violation"), "{}", site.log());
}

/// As on a developer's machine, where nobody has a name; and the server goes and comes back.
async fn on_a_server_that_crashes(start: impl Fn() -> Start) {
    let mut server = Server::start().unwrap();
    let url = server.url();
    let nameless = [("NATS_URL", url.as_str())];
    fails(
        &start,
        &nameless,
        "erp",
        "there is no consumer erp on stream XD_DEFAULT: run `crossdock nats setup`",
    );
    let client = async_nats::connect(&url).await.unwrap();
    let everybody = User { client, heard: Arc::default() };
    let stream = json!({"name": "XD_DEFAULT", "subjects": ["xd.v1.default.>"], "storage": "file"});
    everybody.done("$JS.API.STREAM.CREATE.XD_DEFAULT", stream).await;
    let config = json!({"durable_name": "erp", "ack_policy": "explicit", "ack_wait": 2_000_000_000_u64});
    let consumer = json!({"stream_name": "XD_DEFAULT", "config": config});
    everybody.done("$JS.API.CONSUMER.CREATE.XD_DEFAULT.erp", consumer).await;
    let mut told = Told { hub: &everybody, count: 0 };
    told.event("A", "order.placed", 1, "e1-a1").await;
    let mut program = Program::start(start(), &nameless, "erp");
    program.says("A\torder.placed\t1\t196.31 CNY");
    server.kill9().unwrap();
    server.restart().unwrap();
    told.event("A", "order.paid", 2, "e1-a2").await;
    program.says("A\torder.paid\t2\t196.31 CNY");
    told.event("A", "milestone.delivered", 3, "e1-m").await;
    program.says("A\tmilestone.delivered\t3\t-");
    // A server of one copy forgets by a crash what was acknowledged just before, and brings it again. The subscriber
    // knows it, and says nothing twice.
    tokio::time::sleep(Duration::from_secs(3)).await;
    program.ends();
}

/// What the hub publishes.
struct Told<'a> {
    hub: &'a User,
    count: u64,
}

impl Told<'_> {
    /// An event as the hub writes it, from the published example.
    async fn event(&mut self, number: &str, event: &str, sequence: u64, id: &str) {
        let example = root().join(format!("schemas/examples/events/{event}.json"));
        let mut value: Value = serde_json::from_slice(&std::fs::read(example).unwrap()).unwrap();
        value["id"] = json!(id);
        value["source"] = json!("/default/taobao/2208812345");
        value["tenant"] = json!("default");
        value["subject"] = json!(format!("o1-{number}"));
        value["sequence"] = json!(format!("{sequence:020}"));
        match value["data"].get_mut("order") {
            Some(order) => order["order_no"] = json!(number),
            None => value["data"]["order_nos"] = json!([number]),
        }
        let event = Event::from_json(&value.to_string()).unwrap();
        self.publish(event.subject(), event.headers(), event.data.get()).await;
    }

    async fn rubbish(&mut self) {
        let subject = "xd.v1.default.order.placed.taobao.x.n.p00".to_owned();
        self.publish(subject, vec![("ce-id", "e1-x".into())], "{").await;
    }

    /// Without a message id, so that the servers take what is told twice.
    async fn publish(&mut self, subject: String, headers: Vec<(&str, Cow<'_, str>)>, data: &str) {
        self.count += 1;
        let mut map = async_nats::HeaderMap::new();
        for (name, value) in headers {
            map.insert(name, &*value);
        }
        let begun = Instant::now();
        // A client that is just coming back may have to ask again; that of a server that is there need not.
        loop {
            let data = data.to_owned().into();
            match self.hub.client.request_with_headers(subject.clone(), map.clone(), data).await {
                Ok(answer) => {
                    let answer: Value = serde_json::from_slice(&answer.payload).unwrap();
                    assert_eq!(answer["seq"], self.count, "{answer}");
                    return;
                }
                Err(error) => assert!(begun.elapsed() < PATIENCE, "{error}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// A subscriber that runs.
struct Program {
    child: Child,
    lines: Receiver<String>,
    errors: Arc<Mutex<String>>,
    _folder: Option<tempfile::TempDir>,
}

fn command((mut command, folder): Start, env: &[(&str, &str)], consumer: &str) -> Start {
    for name in ["NATS_URL", "NATS_USER", "NATS_PASSWORD"] {
        command.env_remove(name);
    }
    command.args(["XD_DEFAULT", consumer]).envs(env.iter().copied()).stdin(Stdio::null());
    (command, folder)
}

/// Runs it to its end, which must be a failure in these words; gives all of them.
fn fails(start: &impl Fn() -> Start, env: &[(&str, &str)], consumer: &str, words: &str) -> String {
    let (mut command, _folder) = command(start(), env, consumer);
    let Output { status, stdout, stderr } = command.output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(stdout.is_empty());
    assert!(said.contains(words), "{said}");
    said
}

impl Program {
    fn start(start: Start, env: &[(&str, &str)], consumer: &str) -> Self {
        let (mut command, folder) = command(start, env, consumer);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        let errors = Arc::new(Mutex::new(String::new()));
        let heard = Arc::clone(&errors);
        let mut stderr = child.stderr.take().unwrap();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(length @ 1..) = stderr.read(&mut bytes) {
                heard.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..length]));
            }
        });
        Self { child, lines, errors, _folder: folder }
    }

    fn says(&mut self, wanted: &str) {
        let line = self.lines.recv_timeout(PATIENCE);
        assert_eq!(line.as_deref(), Ok(wanted), "{}", self.errors.lock().unwrap());
    }

    fn complains(&self, words: &[&str]) {
        let begun = Instant::now();
        for word in words {
            while !self.errors.lock().unwrap().contains(word) {
                assert!(begun.elapsed() < PATIENCE, "{word}: {}", self.errors.lock().unwrap());
                std::thread::sleep(Duration::from_millis(5));
            }
        }
    }

    /// SIGTERM ends it well, and it has nothing more to say.
    fn ends(mut self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(begun.elapsed() < PATIENCE, "it does not stop");
            std::thread::sleep(Duration::from_millis(5));
        };
        assert!(status.success(), "{status}: {}", self.errors.lock().unwrap());
        assert_eq!(self.lines.recv_timeout(PATIENCE).ok(), None);
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // A test that failed leaves nothing behind; one that ended it has nothing to end.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
