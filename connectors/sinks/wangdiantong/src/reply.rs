//! What WDT answers. Errors come in HTTP 200, in the newest generation even inside a success.

use std::time::Duration;

use serde::Deserialize;

use crossdock_connector::wire::{self, Scalar};
use crossdock_connector::{Error, ErrorKind, HttpResponse, Outcome};

use crate::config::{Config, Generation};

/// The answer of all generations; each has some of it.
#[derive(Default, Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    code: Option<Scalar<'a>>,
    #[serde(borrow)]
    status: Option<Scalar<'a>>,
    #[serde(borrow)]
    message: Option<Scalar<'a>>,
    #[serde(borrow)]
    data: Option<Data<'a>>,
}

#[derive(Default, Deserialize)]
struct Data<'a> {
    #[serde(borrow, default, deserialize_with = "wire::one_or_many")]
    error_list: Vec<Row<'a>>,
}

#[derive(Deserialize)]
struct Row<'a> {
    #[serde(borrow)]
    no: Option<Scalar<'a>>,
    #[serde(borrow)]
    error: Option<Scalar<'a>>,
}

/// One thing of a call that was refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    /// Its number.
    pub(crate) number: String,
    /// In WDT's words.
    pub(crate) words: String,
}

/// Reads an answer: what of the call was refused, or why nothing was taken.
///
/// # Errors
/// The outcome of all that was in the call.
pub(crate) fn read(config: &Config, reply: &HttpResponse) -> Result<Vec<Refused>, Outcome> {
    if !reply.is_success() {
        return Err(Outcome::from_status(reply));
    }
    let Ok(said) = wire::parse::<Envelope<'_>>(&reply.body) else { return Err(strange()) };
    let code = if config.generation == Generation::Qjb { &said.status } else { &said.code };
    let Some(code) = wire::text(code.as_ref()) else { return Err(strange()) };
    if code == "0" {
        let rows = said.data.unwrap_or_default().error_list.into_iter();
        return Ok(rows.map(refused).collect());
    }
    let words = wire::text(said.message.as_ref()).unwrap_or_default();
    Err(fault(config, &code, &words))
}

/// How long nobody shall call, when the answer is that there were too many calls.
pub(crate) fn pause(config: &Config, reply: &HttpResponse) -> Option<Duration> {
    let said = wire::parse::<Envelope<'_>>(&reply.body).ok()?;
    let words = wire::text(said.message.as_ref())?;
    too_many(&words).then(|| Duration::from_secs(u64::from(config.pause_seconds)))
}

/// What one refused thing is: most words mean that it cannot be taken.
pub(crate) fn one(config: &Config, words: &str) -> Outcome {
    let shown = shown(words);
    if shown.contains("此外部单已使用") {
        return Outcome::AlreadyThere;
    }
    if waits(config, &shown) {
        return Outcome::Wait(Error::new(ErrorKind::NotFound, shown));
    }
    Outcome::Rejected(Error::new(ErrorKind::Rejected, shown))
}

fn refused(row: Row<'_>) -> Refused {
    Refused {
        number: wire::text(row.no.as_ref()).unwrap_or_default(),
        words: wire::text(row.error.as_ref()).unwrap_or_default(),
    }
}

/// Not WDT's envelope. Both pushes replace what is there, so the hub sends again.
fn strange() -> Outcome {
    Outcome::Uncertain(Error::malformed("the answer is not WDT's envelope"))
}

fn too_many(words: &str) -> bool {
    words.contains("最大调用频率限制") || words.contains("最大并发次数限制")
}

fn waits(config: &Config, words: &str) -> bool {
    config.wait_texts.iter().any(|text| words.contains(text.as_str()))
}

fn fault(config: &Config, code: &str, words: &str) -> Outcome {
    let shown = shown(words);
    let error = |kind: ErrorKind| Error::new(kind, shown.clone()).vendor(code);
    let seconds = |count: u32| Duration::from_secs(u64::from(count));
    if too_many(words) {
        return Outcome::from_error(error(ErrorKind::RateLimited).after(seconds(config.pause_seconds)));
    }
    if words.contains("此外部单已使用") {
        return Outcome::AlreadyThere;
    }
    if waits(config, words) {
        return Outcome::Wait(error(ErrorKind::NotFound));
    }
    let kind = match (config.generation, code) {
        // Wrong credentials, an address that is not allowed, a clock that is off: people have to act.
        (Generation::Qjb, "1" | "6" | "7") => ErrorKind::Auth,
        (Generation::Qjb, "4" | "5" | "1064") => ErrorKind::Unavailable,
        (Generation::Qyb | Generation::Y, "1007" | "2310") => ErrorKind::Auth,
        (Generation::Qyb | Generation::Y, "1020") => {
            return Outcome::from_error(error(ErrorKind::Unavailable).after(seconds(60)));
        }
        (Generation::Qyb | Generation::Y, "5040") => return Outcome::Wait(error(ErrorKind::NotFound)),
        // The code of a wrong signature could not be established; the words give it away.
        _ if words.contains("签名") || words.to_ascii_lowercase().contains("sign") => ErrorKind::Auth,
        _ => ErrorKind::Rejected,
    };
    Outcome::from_error(error(kind))
}

/// WDT's words, as far as they are kept.
fn shown(words: &str) -> String {
    let words = words.trim();
    if words.is_empty() {
        return "refused without a word".to_owned();
    }
    words.chars().filter(|letter| !letter.is_control()).take(200).collect()
}
