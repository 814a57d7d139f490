//! Connections that are kept: never more than configured, each used by one batch at a time.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::config::Config;
use crate::connection::Connection;
use crate::failure::Failure;

/// Open connections and the right to open more.
pub(crate) struct Pool {
    config: Config,
    idle: Mutex<Vec<Connection>>,
    permits: Semaphore,
}

/// A connection in use. It is closed when this is dropped, unless it is given back.
pub(crate) struct Lease<'a> {
    pub(crate) connection: Connection,
    pool: &'a Pool,
    _permit: SemaphorePermit<'a>,
}

impl Pool {
    pub(crate) fn new(config: Config) -> Self {
        let most = usize::try_from(config.connections).unwrap_or(1);
        Self { config, idle: Mutex::new(Vec::new()), permits: Semaphore::new(most) }
    }

    /// A connection that is open as far as anybody knows.
    ///
    /// # Errors
    /// When none can be opened.
    pub(crate) async fn lease(&self) -> Result<Lease<'_>, Failure> {
        let permit = self.permits.acquire().await;
        let permit = permit.map_err(|_| Failure::later("the connections were closed"))?;
        let kept = std::iter::from_fn(|| self.idle().pop()).find(|connection| !connection.is_closed());
        let connection = match kept {
            Some(connection) => connection,
            None => Connection::open(&self.config).await?,
        };
        Ok(Lease { connection, pool: self, _permit: permit })
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        // Nothing in here can panic half way.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease<'_> {
    /// Gives a connection back that is outside of any transaction.
    pub(crate) fn give_back(self) {
        self.pool.idle().push(self.connection);
    }
}
