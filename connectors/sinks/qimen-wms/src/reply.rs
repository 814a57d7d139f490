//! What a WMS answers. Failures come in HTTP 200, and their codes have no shared meaning: this company's rules are
//! looked at first, then the gateway's own codes, then common words.

use crossdock_connector::{Class, Error, ErrorKind, HttpResponse, Outcome};

use crate::call::Method;
use crate::config::{Config, Meaning};
use crate::tree::{self, Node};

/// Why a call was not carried out.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) meaning: Meaning,
    pub(crate) error: Error,
}

impl Fault {
    /// The outcome that it is when nothing else is known.
    pub(crate) fn outcome(self) -> Outcome {
        match self.meaning {
            Meaning::Retry | Meaning::Auth => Outcome::Retry(self.error.retry_after, self.error),
            Meaning::Exists | Meaning::Cancelled => Outcome::AlreadyThere,
            Meaning::Uncertain => Outcome::Uncertain(self.error),
            Meaning::NotFound | Meaning::Reject => Outcome::Rejected(self.error),
        }
    }
}

/// Words for a document that is there.
const EXISTS: [&str; 5] = ["已存在", "已经存在", "重复", "already exist", "duplicate"];
/// Words for one that is not.
const NOT_FOUND: [&str; 6] = ["不存在", "未找到", "找不到", "查无", "not exist", "not found"];
/// Words for one that is called off already.
const CANCELLED: [&str; 4] = ["已取消", "已经取消", "already cancel", "already been cancel"];
/// Words of the gateway for a counterpart that did not answer.
const NO_ANSWER: [&str; 4] = ["timeout", "time out", "timed out", "connection"];

/// Reads an answer.
///
/// # Errors
/// What the failure means, with the other side's own code and words.
pub(crate) fn read(config: &Config, method: Method, reply: &HttpResponse) -> Result<Node, Fault> {
    if !reply.is_success() {
        return Err(http(method, reply));
    }
    let answer = tree::parse(&reply.body).filter(|node| node.name() == "response");
    let flag = answer.as_ref().and_then(|node| node.text("flag")).unwrap_or_default();
    match (answer.as_ref(), flag.to_ascii_lowercase().as_str()) {
        (Some(node), "success") => Ok(node.clone()),
        (Some(node), "failure") => Err(failure(config, method, node)),
        _ => {
            let error = Error::malformed("the answer is not a Qimen response");
            Err(Fault { meaning: unclear(method), error })
        }
    }
}

/// Something between us and them failed: a write may have been carried out, and has to be asked for first.
const fn unclear(method: Method) -> Meaning {
    if method.writes() { Meaning::Uncertain } else { Meaning::Retry }
}

fn http(method: Method, reply: &HttpResponse) -> Fault {
    let error = Error::from_response(reply);
    let meaning = match (error.kind(), error.class()) {
        (ErrorKind::RateLimited, _) => Meaning::Retry,
        (_, Class::Retryable) => unclear(method),
        (_, Class::Auth) => Meaning::Auth,
        (_, Class::Malformed | Class::Permanent) => Meaning::Reject,
    };
    Fault { meaning, error }
}

fn failure(config: &Config, method: Method, node: &Node) -> Fault {
    let code = node.text("code").unwrap_or_default();
    let words =
        ["message", "sub_msg"].iter().filter_map(|name| node.text(name)).collect::<Vec<_>>().join("; ");
    let meaning = meaning(config, method, code, &words);
    let kind = match meaning {
        Meaning::Retry => ErrorKind::Unavailable,
        Meaning::Uncertain => ErrorKind::Timeout,
        Meaning::Auth => ErrorKind::Auth,
        Meaning::NotFound => ErrorKind::NotFound,
        Meaning::Exists | Meaning::Cancelled | Meaning::Reject => ErrorKind::Rejected,
    };
    let shown: String = words.chars().take(200).collect();
    let mut error =
        Error::new(kind, if shown.is_empty() { "refused without a word".to_owned() } else { shown });
    if !code.is_empty() {
        error = error.vendor(code);
    }
    // The gateway's spelling first; support asks for it.
    if let Some(id) = node.text("top_reuqest_id").or_else(|| node.text("top_request_id")) {
        error = error.with("top_request_id", id.chars().take(64).collect::<String>());
    }
    Fault { meaning, error }
}

fn meaning(config: &Config, method: Method, code: &str, words: &str) -> Meaning {
    let lower = words.to_lowercase();
    let says = |texts: &[&str]| texts.iter().any(|text| lower.contains(text));
    for rule in &config.rules {
        let fits = rule.code.as_deref().is_none_or(|wanted| wanted == code)
            && rule.text.as_deref().is_none_or(|wanted| words.contains(wanted));
        if fits {
            return rule.meaning(method);
        }
    }
    match code {
        "TOP1" => return unclear(method),
        "TOP15" | "TOP60" if says(&NO_ANSWER) => return unclear(method),
        "TOP15" | "TOP60" if says(&["sign"]) => return Meaning::Auth,
        "TOP15" | "TOP60" => return Meaning::Reject,
        _ => {}
    }
    match method {
        // Asked here, "does not exist" is about the document; in a creation it is about goods or a warehouse.
        Method::Create | Method::CreateReturn if says(&EXISTS) => Meaning::Exists,
        Method::Query | Method::QueryReturn | Method::Cancel if says(&NOT_FOUND) => Meaning::NotFound,
        Method::Cancel if says(&CANCELLED) => Meaning::Cancelled,
        Method::Create | Method::CreateReturn | Method::Query | Method::QueryReturn | Method::Cancel => {
            Meaning::Reject
        }
    }
}

impl crate::config::Rule {
    /// "Not now" about a write that may have been carried out is "not known".
    fn meaning(&self, method: Method) -> Meaning {
        match self.means {
            Meaning::Uncertain => unclear(method),
            other => other,
        }
    }
}
