//! Sessions with vendors: opened once for all calls of a connector, renewed before they end, thrown away when refused.
//!
//! A vendor that gives a new refresh token with each renewal makes the configured one useless: such sessions are kept
//! (see [`vault`]), so that a restart goes on where the last run was.

pub mod vault;

use std::sync::Arc;

use crossdock_connector::{Class, Error, ErrorKind, Session, Token};
use tokio::sync::Mutex;

use crate::backbone::{Backbone, Micros};
use crate::clock;
use crate::http::Client;
use vault::Vault;

/// A token is renewed when it holds no longer than this many seconds.
const AHEAD: i64 = 60;
/// After a refusal nobody asks again before this.
const PATIENCE: Micros = 5_000_000;

/// The session of one source or sink.
pub struct Sessions {
    part: Arc<dyn Session>,
    client: Client,
    vault: Option<Vault>,
    /// Another process opens and renews it.
    borrowed: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Arc<Token>>,
    /// The last one, for vendors that renew.
    last: Option<Arc<Token>>,
    failed: Option<(Micros, ErrorKind, String)>,
    /// The kept one that was of no use.
    spent: Option<Token>,
}

impl Sessions {
    /// Sessions opened with this part. Nothing is called yet.
    pub fn new(part: Arc<dyn Session>, client: Client) -> Self {
        Self { part, client, vault: None, borrowed: false, state: Mutex::new(State::default()) }
    }

    /// The same, kept over restarts where the vendor gives refresh tokens.
    #[must_use]
    pub fn kept(mut self, backbone: Arc<dyn Backbone>, source: &str) -> Self {
        self.vault = Vault::new(backbone, source, &*self.part);
        self
    }

    /// The same, and only those that the running hub has opened and kept: a renewal beside it would make its tokens useless.
    #[must_use]
    pub fn borrowed(mut self) -> Self {
        self.borrowed = true;
        self
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
        // Another hub, or the last run, may have renewed it meanwhile.
        let kept = match &self.vault {
            Some(vault) => vault.read().await.filter(|kept| state.spent.as_ref() != Some(kept)),
            None => None,
        };
        let last = match kept {
            Some(kept) if state.last.as_deref() != Some(&kept) => {
                let kept = Arc::new(kept);
                if kept.holds(now, AHEAD) {
                    let (token, last) = (Some(Arc::clone(&kept)), Some(Arc::clone(&kept)));
                    *state = State { token, last, ..State::default() };
                    return Ok(kept);
                }
                Some(kept)
            }
            _ => state.last.clone(),
        };
        match self.open(last.as_deref()).await {
            Ok(token) => {
                let token = Arc::new(token);
                if let Some(vault) = &self.vault {
                    vault.write(&token).await;
                }
                *state = State {
                    token: Some(Arc::clone(&token)),
                    last: Some(Arc::clone(&token)),
                    ..State::default()
                };
                Ok(token)
            }
            Err(error) => {
                // What was refused for renewal is of no use for it: the next one begins anew. A vendor that was down
                // refused nothing.
                let refused = error.class() != Class::Retryable;
                *state = State {
                    token: None,
                    last: if refused { None } else { last.clone() },
                    failed: Some((clock::now_micros(), error.kind(), error.to_string())),
                    spent: last.filter(|_| refused).map(|last| (*last).clone()).or(state.spent.take()),
                };
                Err(error)
            }
        }
    }

    async fn open(&self, last: Option<&Token>) -> Result<Token, Error> {
        if self.borrowed {
            return Err(Error::auth(
                "the running hub renews the session of this source, and none is open: start the hub, wait for its next call, try again",
            ));
        }
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use axum::Router;
    use axum::extract::State as Shared;
    use axum::routing::get;
    use crossdock_connector::{HttpRequest, HttpResponse};
    use jiff::Timestamp;

    use super::*;
    use crate::config::{HumanDuration, Outbound};

    /// A vendor whose tokens are numbered, slow enough that callers meet at its door.
    struct Vendor(String);

    impl Session for Vendor {
        fn open(&self, _: Option<&Token>, _: Timestamp) -> crossdock_connector::Result<HttpRequest> {
            Ok(HttpRequest::get(self.0.clone()))
        }

        fn opened(
            &self,
            last: Option<&Token>,
            reply: &HttpResponse,
            now: Timestamp,
        ) -> crossdock_connector::Result<Token> {
            if !reply.is_success() {
                return Err(Error::auth("refused"));
            }
            let renewed = if last.is_some() { "renewed" } else { "new" };
            let number = String::from_utf8_lossy(&reply.body).into_owned();
            Ok(Token::new(format!("{renewed}-{number}")).lives(now, 3600))
        }
    }

    async fn sessions(refuses: bool) -> (Arc<Sessions>, Arc<AtomicU32>) {
        let opened = Arc::new(AtomicU32::new(0));
        let open = move |Shared(opened): Shared<Arc<AtomicU32>>| async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let number = opened.fetch_add(1, Ordering::SeqCst) + 1;
            let status = if refuses { 401 } else { 200 };
            (axum::http::StatusCode::from_u16(status).unwrap(), number.to_string())
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let router = Router::new().route("/", get(open)).with_state(Arc::clone(&opened));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let five = HumanDuration(Duration::from_secs(5));
        let client =
            Client::new(&Outbound { connect_timeout: five, timeout: five, max_reply: 4096 }).unwrap();
        (Arc::new(Sessions::new(Arc::new(Vendor(url)), client)), opened)
    }

    /// A vendor with whom each refresh token works once.
    struct Rotating(String);

    impl Session for Rotating {
        fn open(&self, last: Option<&Token>, _: Timestamp) -> crossdock_connector::Result<HttpRequest> {
            let refresh = last.and_then(|last| last.refresh.as_ref()?.expose_text()).unwrap_or("1");
            Ok(HttpRequest::get(format!("{}{refresh}", self.0)))
        }

        fn opened(
            &self,
            _: Option<&Token>,
            reply: &HttpResponse,
            now: Timestamp,
        ) -> crossdock_connector::Result<Token> {
            if reply.status == 503 {
                return Err(Error::from_response(reply));
            }
            let next = String::from_utf8_lossy(&reply.body).into_owned();
            match reply.is_success() {
                true => Ok(Token::new(format!("access-{next}")).lives(now, 30).renewed_by(next)),
                false => Err(Error::auth("this refresh token was used")),
            }
        }
    }

    #[tokio::test]
    async fn a_borrowed_session_is_the_one_that_is_kept_and_none_is_opened() {
        let dir = tempfile::tempdir().unwrap();
        let store: Arc<dyn Backbone> =
            Arc::new(crate::backbone::embedded::Embedded::open(dir.path(), "t").unwrap());
        // Nobody answers there: whoever opens a session fails otherwise than by being told so.
        let part: Arc<dyn Session> = Arc::new(Vendor("http://127.0.0.1:9/".into()));
        let five = HumanDuration(Duration::from_secs(5));
        let client =
            Client::new(&Outbound { connect_timeout: five, timeout: five, max_reply: 4096 }).unwrap();
        let borrowed =
            || Sessions::new(Arc::clone(&part), client.clone()).kept(Arc::clone(&store), "jd").borrowed();
        let refused = borrowed().token().await.unwrap_err();
        assert!(
            refused.kind() == ErrorKind::Auth && refused.to_string().contains("start the hub"),
            "{refused}"
        );
        let kept = Vault::new(Arc::clone(&store), "jd", &*part).unwrap();
        kept.write(&Token::new("of-the-hub").lives(clock::now(), 3600).renewed_by("next")).await;
        assert_eq!(text(&borrowed().token().await.unwrap()), "of-the-hub");
        kept.write(&Token::new("ended").lives(clock::now(), 10).renewed_by("next")).await;
        assert_eq!(borrowed().token().await.unwrap_err().kind(), ErrorKind::Auth);
    }

    #[tokio::test]
    async fn a_refresh_token_that_rotates_survives_restarts_and_outages() {
        let (next, down) = (Arc::new(AtomicU32::new(1)), Arc::new(AtomicU32::new(0)));
        let state = (Arc::clone(&next), Arc::clone(&down));
        let renew = |Shared((next, down)): Shared<(Arc<AtomicU32>, Arc<AtomicU32>)>,
                     axum::extract::Path(given): axum::extract::Path<u32>| async move {
            let fits = given == next.load(Ordering::SeqCst);
            match down.load(Ordering::SeqCst) {
                0 if fits => {
                    (axum::http::StatusCode::OK, (next.fetch_add(1, Ordering::SeqCst) + 1).to_string())
                }
                0 => (axum::http::StatusCode::UNAUTHORIZED, String::new()),
                _ => (axum::http::StatusCode::SERVICE_UNAVAILABLE, String::new()),
            }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let router = Router::new().route("/{refresh}", get(renew)).with_state(state);
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let dir = tempfile::tempdir().unwrap();
        let store: Arc<dyn Backbone> =
            Arc::new(crate::backbone::embedded::Embedded::open(dir.path(), "t").unwrap());
        let start = || {
            let five = HumanDuration(Duration::from_secs(5));
            let client =
                Client::new(&Outbound { connect_timeout: five, timeout: five, max_reply: 4096 }).unwrap();
            Sessions::new(Arc::new(Rotating(url.clone())), client).kept(Arc::clone(&store), "jd")
        };
        // Tokens that live for half a minute are renewed each time they are asked for.
        let sessions = start();
        assert_eq!(text(&sessions.token().await.unwrap()), "access-2");
        assert_eq!(text(&sessions.token().await.unwrap()), "access-3");
        down.store(1, Ordering::SeqCst);
        assert_eq!(sessions.token().await.unwrap_err().kind(), ErrorKind::Unavailable);
        down.store(0, Ordering::SeqCst);
        let sessions = start();
        assert_eq!(text(&sessions.token().await.unwrap()), "access-4", "where the last run was");
        // Somebody else renewed: what is kept is of no use, and what is configured neither. It says so.
        next.store(9, Ordering::SeqCst);
        assert_eq!(sessions.token().await.unwrap_err().kind(), ErrorKind::Auth);
        // Authorized anew under the same settings: what is configured is tried next.
        next.store(1, Ordering::SeqCst);
        sessions.state.lock().await.failed = None;
        assert_eq!(text(&sessions.token().await.unwrap()), "access-2");
    }

    fn text(token: &Token) -> &str {
        token.access.expose_text().unwrap()
    }

    #[tokio::test]
    async fn all_who_come_at_once_get_the_same_and_a_refused_one_is_renewed_once() {
        let (sessions, opened) = sessions(false).await;
        let ask = || {
            let sessions = Arc::clone(&sessions);
            tokio::spawn(async move { sessions.token().await.unwrap() })
        };
        let calls: Vec<_> = (0..20).map(|_| ask()).collect();
        let mut tokens = Vec::new();
        for call in calls {
            tokens.push(call.await.unwrap());
        }
        assert_eq!(opened.load(Ordering::SeqCst), 1, "one call opens it for all");
        assert!(tokens.iter().all(|token| text(token) == "new-1"));
        // Each of them finds it refused: only the first throws it away.
        for token in &tokens {
            sessions.refused(token).await;
            assert_eq!(text(&sessions.token().await.unwrap()), "renewed-2");
        }
        assert_eq!(opened.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_vendor_that_refuses_is_not_asked_again_at_once() {
        let (sessions, opened) = sessions(true).await;
        for _ in 0..5 {
            assert_eq!(sessions.token().await.unwrap_err().kind(), ErrorKind::Auth);
        }
        assert_eq!(opened.load(Ordering::SeqCst), 1);
    }
}
