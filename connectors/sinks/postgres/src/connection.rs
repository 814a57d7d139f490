//! One connection with everything prepared on it.

use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_postgres::config::SslMode as Tls;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Row, Socket, Statement};

use crate::config::{Config, SslMode};
use crate::failure::{Failure, Stage};
use crate::tables::Table;
use crate::{migrate, statement, tls};

/// How long the server's own limit may be overrun before we stop listening.
const GRACE: Duration = Duration::from_secs(5);
/// A firewall forgets connections that say nothing for minutes.
const KEEP_ALIVE: Duration = Duration::from_secs(60);

/// An open connection. Dropping it closes it, and what was not committed is gone.
pub(crate) struct Connection {
    client: Client,
    writes: HashMap<Table, Statement>,
    remove_lines: Statement,
    begin: String,
    limit: Duration,
    /// Carries the bytes; ends by itself when the client is gone.
    carrier: JoinHandle<()>,
}

impl Connection {
    /// Connects, looks after the tables and prepares all statements.
    ///
    /// # Errors
    /// When any of it cannot be done: always something that can be tried again.
    pub(crate) async fn open(config: &Config) -> Result<Self, Failure> {
        let limit = config.connect_timeout();
        let (client, carrier) = match tokio::time::timeout(limit, connect(config)).await {
            Ok(connected) => connected?,
            Err(_) => return Err(Failure::late(Stage::Connect, limit)),
        };
        let limit = config.timeout() + GRACE;
        let ready = tokio::time::timeout(limit, Self::prepared(client, carrier, config));
        ready.await.unwrap_or_else(|_| Err(Failure::late(Stage::Connect, limit)))
    }

    async fn prepared(client: Client, carrier: JoinHandle<()>, config: &Config) -> Result<Self, Failure> {
        let failed = |error: tokio_postgres::Error| Failure::of(&error, Stage::Connect);
        migrate::prepare(&client, config).await?;
        let mut writes = HashMap::new();
        for table in Table::ALL {
            let sql = statement::write(&config.schema, table);
            writes.insert(table, client.prepare(&sql).await.map_err(failed)?);
        }
        let remove_lines = client.prepare(&statement::remove_lines(&config.schema)).await.map_err(failed)?;
        let milliseconds = config.timeout().as_millis();
        // In the same message as the beginning, and only for this transaction: a pooler hands the session on.
        let begin = format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = {milliseconds}; \
             SET LOCAL idle_in_transaction_session_timeout = {milliseconds}"
        );
        let limit = config.timeout() + GRACE;
        Ok(Self { client, writes, remove_lines, begin, limit, carrier })
    }

    /// Whether it is known to be closed.
    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed() || self.carrier.is_finished()
    }

    /// Begins a transaction.
    pub(crate) async fn begin(&self) -> Result<(), Failure> {
        self.within(Stage::Work, self.client.batch_execute(&self.begin)).await
    }

    /// Writes rows; the rows that come back name the events whose rows were really written.
    pub(crate) async fn write(
        &self,
        table: Table,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Failure> {
        let Some(statement) = self.writes.get(&table) else {
            return Err(Failure::later(format!("nothing is prepared for {}", table.name())));
        };
        self.within(Stage::Work, self.client.query(statement, parameters)).await
    }

    /// Removes the lines that orders no longer have.
    pub(crate) async fn remove_lines(&self, parameters: &[&(dyn ToSql + Sync)]) -> Result<(), Failure> {
        self.within(Stage::Work, self.client.execute(&self.remove_lines, parameters)).await.map(drop)
    }

    /// Ends a transaction: what it wrote is there.
    pub(crate) async fn commit(&self) -> Result<(), Failure> {
        self.within(Stage::Commit, self.client.batch_execute("COMMIT")).await
    }

    /// Ends a transaction: what it wrote is gone.
    pub(crate) async fn roll_back(&self) -> Result<(), Failure> {
        self.within(Stage::Work, self.client.batch_execute("ROLLBACK")).await
    }

    /// A server that vanished says nothing: we do not wait longer than its own limit and a little.
    async fn within<T>(
        &self,
        stage: Stage,
        call: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, Failure> {
        match tokio::time::timeout(self.limit, call).await {
            Ok(answer) => answer.map_err(|error| Failure::of(&error, stage)),
            Err(_) => Err(Failure::late(stage, self.limit)),
        }
    }
}

async fn connect(config: &Config) -> Result<(Client, JoinHandle<()>), Failure> {
    let mut target = tokio_postgres::Config::new();
    target
        .host(&config.host)
        .port(config.port)
        .dbname(&config.database)
        .user(&config.user)
        .application_name("crossdock")
        .connect_timeout(config.connect_timeout())
        .keepalives_idle(KEEP_ALIVE)
        .tcp_user_timeout(config.timeout() + GRACE);
    if let Some(password) = &config.password {
        let login = password.expose();
        target.password(login);
    }
    if config.protection() == SslMode::Disable {
        return carried(target.ssl_mode(Tls::Disable), NoTls).await;
    }
    let tls = tls::connector(config).map_err(Failure::later)?;
    carried(target.ssl_mode(Tls::Require), tls).await
}

async fn carried<T>(target: &tokio_postgres::Config, tls: T) -> Result<(Client, JoinHandle<()>), Failure>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
{
    let (client, connection) =
        target.connect(tls).await.map_err(|error| Failure::of(&error, Stage::Connect))?;
    let carrier = tokio::spawn(async move {
        // What ends a connection is also said to whoever waits for an answer on it.
        let _ended = connection.await;
    });
    Ok((client, carrier))
}
