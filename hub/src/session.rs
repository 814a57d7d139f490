//! Sessions with vendors: opened once for all calls of a connector, renewed before they end, thrown away when refused.

use std::sync::Arc;

use crossdock_connector::{Error, ErrorKind, Session, Token};
use tokio::sync::Mutex;

use crate::backbone::Micros;
use crate::clock;
use crate::http::Client;

/// A token is renewed when it holds no longer than this many seconds.
const AHEAD: i64 = 60;
/// After a refusal nobody asks again before this.
const PATIENCE: Micros = 5_000_000;

/// The session of one source or sink.
pub struct Sessions {
    part: Arc<dyn Session>,
    client: Client,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Arc<Token>>,
    /// The last one, for vendors that renew.
    last: Option<Arc<Token>>,
    failed: Option<(Micros, ErrorKind, String)>,
}

impl Sessions {
    /// Sessions opened with this part. Nothing is called yet.
    pub fn new(part: Arc<dyn Session>, client: Client) -> Self {
        Self { part, client, state: Mutex::new(State::default()) }
    }

    /// The open session; opens one when there is none. Whoever comes meanwhile waits for the same.
    ///
    /// # Errors
    /// Why none could be opened. It is not tried again at once.
    pub async fn token(&self) -> Result<Arc<Token>, Error> {
        let mut state = self.state.lock().await;
        let now = clock::now();
        if let Some(token) = &state.token
            && token.holds(now, AHEAD)
        {
            return Ok(Arc::clone(token));
        }
        if let Some((at, kind, words)) = &state.failed
            && clock::now_micros().saturating_sub(*at) < PATIENCE
        {
            return Err(Error::new(*kind, words.clone()));
        }
        let last = state.last.clone();
        match self.open(last.as_deref()).await {
            Ok(token) => {
                let token = Arc::new(token);
                *state =
                    State { token: Some(Arc::clone(&token)), last: Some(Arc::clone(&token)), failed: None };
                Ok(token)
            }
            Err(error) => {
                // What was refused for renewal is of no use for it: the next one begins anew.
                *state = State {
                    token: None,
                    last: None,
                    failed: Some((clock::now_micros(), error.kind(), error.to_string())),
                };
                Err(error)
            }
        }
    }

    async fn open(&self, last: Option<&Token>) -> Result<Token, Error> {
        let request = self.part.open(last, clock::now())?;
        let reply = self.client.send(request).await.map_err(|failure| {
            Error::new(ErrorKind::Unavailable, format!("no session: {}", failure.words()))
        })?;
        self.part.opened(last, &reply, clock::now())
    }

    /// The vendor refused this token: the next call opens another one.
    pub async fn refused(&self, token: &Arc<Token>) {
        let mut state = self.state.lock().await;
        if state.token.as_ref().is_some_and(|open| Arc::ptr_eq(open, token)) {
            state.token = None;
        }
    }
}
