//! A database of one's own on a server that the tests share.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crossdock_connector::{Connector, Delivery, Outcome, Secret, Sink, SinkPart};
use crossdock_postgres::Config;
use crossdock_testkit::standin::postgres::{Postgres as Server, PostgresOptions};
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

/// Gone when the last test that uses it is: nothing is left behind.
static SHARED: Mutex<Weak<Server>> = Mutex::new(Weak::new());
static NUMBER: AtomicU32 = AtomicU32::new(0);

/// A database of one's own.
pub(crate) struct Site {
    pub(crate) server: Arc<Server>,
    pub(crate) database: String,
    admin: Client,
}

impl Site {
    pub(crate) async fn new() -> Self {
        let server = {
            let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
            shared.upgrade().unwrap_or_else(|| {
                let server = Arc::new(Server::start().unwrap());
                *shared = Arc::downgrade(&server);
                server
            })
        };
        Self::on(server).await
    }

    /// With a server of its own.
    pub(crate) async fn alone(options: PostgresOptions) -> Self {
        Self::on(Arc::new(Server::start_with(options).unwrap())).await
    }

    async fn on(server: Arc<Server>) -> Self {
        let database = format!("site{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let first = client(&server, Server::DATABASE).await;
        first.batch_execute(&format!("CREATE DATABASE {database}")).await.unwrap();
        let admin = client(&server, &database).await;
        Self { server, database, admin }
    }

    pub(crate) fn config(&self) -> Config {
        Config {
            host: self.server.socket_folder().to_str().unwrap().to_owned(),
            port: self.server.port(),
            database: self.database.clone(),
            user: Server::USER.to_owned(),
            password: Some(Secret::new(Server::PASSWORD)),
            sslmode: None,
            ca_file: None,
            schema: "crossdock".to_owned(),
            create_tables: true,
            connections: 8,
            connect_timeout_seconds: 10,
            timeout_seconds: 20,
        }
    }

    pub(crate) fn sink(&self) -> Arc<dyn Sink> {
        sink(self.config())
    }

    /// Runs SQL as the owner of everything.
    pub(crate) async fn run(&self, sql: &str) {
        self.admin.batch_execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }

    /// The rows of a query, each as its values joined by `|`, NULL as `-`.
    pub(crate) async fn rows(&self, sql: &str) -> Vec<String> {
        let messages = self.admin.simple_query(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        let rows = messages.into_iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => {
                let values: Vec<&str> = (0..row.len()).map(|at| row.get(at).unwrap_or("-")).collect();
                Some(values.join("|"))
            }
            _ => None,
        });
        rows.collect()
    }

    /// The one row of a query.
    pub(crate) async fn row(&self, sql: &str) -> String {
        let rows = self.rows(sql).await;
        assert_eq!(rows.len(), 1, "{sql}: {rows:?}");
        rows[0].clone()
    }
}

pub(crate) fn sink(config: Config) -> Arc<dyn Sink> {
    match crossdock_postgres::Postgres::build(config).unwrap().sink {
        Some(SinkPart::Native(sink)) => sink,
        _ => panic!("not a native sink"),
    }
}

async fn client(server: &Server, database: &str) -> Client {
    let mut config = tokio_postgres::Config::new();
    config.host_path(server.socket_folder()).port(server.port()).dbname(database);
    config.user(Server::USER).password(Server::PASSWORD);
    let (client, connection) = config.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Delivers and gives each outcome as its word.
pub(crate) async fn words(sink: &Arc<dyn Sink>, batch: &[Delivery]) -> Vec<&'static str> {
    sink.deliver(batch).await.iter().map(Outcome::as_str).collect()
}

/// Delivers something that is taken as new.
pub(crate) async fn deliver(sink: &Arc<dyn Sink>, batch: &[Delivery]) {
    let outcomes = sink.deliver(batch).await;
    assert_eq!(outcomes.len(), batch.len());
    for outcome in outcomes {
        assert!(matches!(outcome, Outcome::Delivered), "{outcome:?}");
    }
}

/// Delivers one event that fails: the word of its outcome, the server's code and the message.
pub(crate) async fn failure(sink: &Arc<dyn Sink>, one: &Delivery) -> (&'static str, String, String) {
    let outcome = sink.deliver(std::slice::from_ref(one)).await.pop().unwrap();
    let word = outcome.as_str();
    match outcome {
        Outcome::Retry(None, error) | Outcome::Uncertain(error) | Outcome::Rejected(error) => {
            (word, error.vendor_code.clone().unwrap_or_default(), error.to_string())
        }
        other => panic!("expected a failure, got {other:?}"),
    }
}
