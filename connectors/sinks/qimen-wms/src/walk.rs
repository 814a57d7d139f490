//! Finding out what is there: a delivery order by all codes it can have.

use crossdock_connector::{Error, ErrorKind, Outcome};

use crate::call::{self, Method};
use crate::config::Meaning;
use crate::names;
use crate::talk::{Said, Talk, end};
use crate::tree::Node;

/// Pages of lines that are asked for at most.
const MOST_PAGES: u32 = 5;

/// A delivery order over there.
#[derive(Debug, Default)]
pub(crate) struct Doc {
    pub(crate) code: String,
    pub(crate) status: String,
    pub(crate) warehouse: Option<String>,
    pub(crate) lines: Vec<Line>,
}

/// A line of it.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) number: Option<String>,
    pub(crate) item: String,
    pub(crate) pieces: Option<u64>,
}

/// How a delivery order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stand {
    /// It will be carried out. Words that are not known count as this.
    Live,
    /// It is called off.
    Dead,
    /// Goods have left, or it is over.
    Out,
    /// The warehouse does not want it.
    Refused,
}

impl Doc {
    /// How it stands.
    pub(crate) fn stand(&self) -> Stand {
        match self.status.to_ascii_uppercase().as_str() {
            "CANCELED" | "CANCELLED" => Stand::Dead,
            "PARTDELIVERED" | "DELIVERED" | "CLOSED" => Stand::Out,
            "REJECT" => Stand::Refused,
            _ => Stand::Live,
        }
    }
}

/// The delivery order of an order that counts: the first one, unless it is not there or called off; then the newest of
/// those that replaced it.
///
/// # Errors
/// The end of the conversation when the WMS cannot say, or there are too many codes to ask for.
pub(crate) fn last(talk: &mut Talk<'_>, owner: &str, base: &str, revision: u64) -> Said<Option<Doc>> {
    let first = one(talk, owner, base)?;
    if first.as_ref().is_some_and(|doc| doc.stand() != Stand::Dead) {
        return Ok(first);
    }
    let codes = names::replaced(base, revision).or_else(|error| end(Outcome::Rejected(error)))?;
    for code in codes {
        if let Some(doc) = one(talk, owner, &code)? {
            return Ok(Some(doc));
        }
    }
    Ok(first)
}

/// The delivery order under a code.
///
/// # Errors
/// The end of the conversation when the WMS cannot say.
pub(crate) fn one(talk: &mut Talk<'_>, owner: &str, code: &str) -> Said<Option<Doc>> {
    let Some(answer) = ask(talk, Method::Query, call::query(owner, code, 1))? else { return Ok(None) };
    let Some(head) = answer.child("deliveryOrder").filter(|head| head.children().next().is_some()) else {
        return Ok(None);
    };
    let mut doc = Doc {
        code: code.to_owned(),
        status: head.text("status").unwrap_or_default().to_owned(),
        warehouse: head.text("warehouseCode").map(str::to_owned),
        lines: lines(&answer),
    };
    let total: usize = answer.text("totalLines").and_then(|total| total.parse().ok()).unwrap_or(0);
    let mut page = 1;
    while !doc.lines.is_empty() && doc.lines.len() < total && page < MOST_PAGES {
        page += 1;
        let Some(more) = ask(talk, Method::Query, call::query(owner, code, page))? else { break };
        let more = lines(&more);
        if more.is_empty() {
            break;
        }
        doc.lines.extend(more);
    }
    Ok(Some(doc))
}

/// Whether a return order is there.
///
/// # Errors
/// The end of the conversation when the WMS cannot say.
pub(crate) fn has_return(talk: &mut Talk<'_>, owner: &str, code: &str) -> Said<bool> {
    let answer = ask(talk, Method::QueryReturn, call::query_return(owner, code))?;
    let head = answer.as_ref().and_then(|answer| answer.child("returnOrder"));
    Ok(head.is_some_and(|head| head.children().next().is_some()))
}

/// Asks; nothing when there is no such document.
fn ask(talk: &mut Talk<'_>, method: Method, body: String) -> Said<Option<Node>> {
    match talk.say(method, body)? {
        Ok(answer) => Ok(Some(answer)),
        Err(fault) if fault.meaning == Meaning::NotFound => Ok(None),
        Err(fault) if fault.meaning == Meaning::Reject => {
            let what = format!(
                "the WMS does not say whether it has the document: {}; \
                 if that means no, add it to the sink's settings.rules as not_found",
                fault.error.message()
            );
            let error = Error::new(ErrorKind::Rejected, what);
            end(Outcome::Rejected(match fault.error.vendor_code {
                Some(code) => error.vendor(code),
                None => error,
            }))
        }
        Err(fault) => end(fault.outcome()),
    }
}

fn lines(answer: &Node) -> Vec<Line> {
    let Some(list) = answer.child("orderLines") else { return Vec::new() };
    let rows = list.children().filter_map(|row| {
        Some(Line {
            number: row.text("orderLineNo").map(str::to_owned),
            item: row.text("itemCode")?.to_owned(),
            pieces: row.text("planQty").and_then(|pieces| pieces.parse().ok()),
        })
    });
    rows.collect()
}
