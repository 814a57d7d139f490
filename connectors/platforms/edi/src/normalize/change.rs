//! What orders, changes and answers say of an order's history.

use serde_json::{Map, Value};

use crossdock_connector::{Error, IssueKind, Result};
use crossdock_schemas::{Dec, Hold, Lifecycle, Observation, Order};

use super::{Teller, Told, order};
use crate::codes::{self, About, Article, Purpose};
use crate::config::{ChangeQuantity, Changes, Copies};
use crate::read::answer::Answer;
use crate::read::{Line, Purchase};

/// Lines of a change that are kept: what an order may carry beside its own fields is bounded.
const KEPT: usize = 100;

/// An order or a change.
pub(super) fn purchase(teller: &mut Teller<'_>, read: Purchase, about: Option<About>) -> Result<Told> {
    let change = about == Some(About::Change);
    match read.purpose.1 {
        Some(Purpose::Cancel) => cancelled(teller, &read),
        Some(Purpose::Original | Purpose::Replace) if !change => full(teller, &read),
        Some(Purpose::Copy) if !change => copy(teller, &read),
        Some(Purpose::Original | Purpose::Change | Purpose::Replace) => changed(teller, &read),
        // A code we do not know decides nothing.
        Some(Purpose::Copy | Purpose::Accept | Purpose::Refuse) | None => {
            let mut order = empty(teller, &read.number, read.sequence.as_deref())?;
            order.status.lifecycle = Some(Lifecycle::Unknown);
            order.status.lifecycle_raw = Some(read.purpose.0.clone());
            if read.purpose.1.is_some() {
                teller.unmapped("purpose", &read.purpose.0);
            }
            Ok(partial(order))
        }
    }
}

fn partial(order: Order) -> Told {
    Told::Observations(vec![Observation::order(order).partial()])
}

fn empty(teller: &Teller<'_>, number: &str, sequence: Option<&str>) -> Result<Order> {
    let source = teller.source(teller.said(sequence)?);
    Ok(Order { source, order_no: number.to_owned(), ..Order::default() })
}

/// An order that is new, or said anew as a whole.
fn full(teller: &mut Teller<'_>, read: &Purchase) -> Result<Told> {
    let mut order = order::order(teller, read);
    if order.lines.is_empty() {
        return Err(Error::malformed("an order without lines").at(teller.place.clone()));
    }
    // An original that is sent again under other control numbers is the same: only its own date counts. One that
    // replaces it counts from when it was sent.
    let replaces = read.purpose.1 == Some(Purpose::Replace);
    let own = read.placed.filter(|_| !replaces).map(|at| at.at);
    let sent = teller.sent.map(|at| at.at);
    let revision = match (own, sent) {
        (Some(own), Some(sent)) => own.min(sent),
        (own, sent) => own.or(sent).ok_or_else(|| teller.undated())?,
    };
    order.source = teller.source(if replaces { teller.said(None)? } else { revision });
    Ok(Told::Observations(vec![Observation::order(order)]))
}

/// A confirmation or duplicate: compared with what is known, never an order by itself.
fn copy(teller: &mut Teller<'_>, read: &Purchase) -> Result<Told> {
    if teller.profile.config.copies == Copies::Ignore {
        return Ok(Told::Nothing("copy"));
    }
    let mut order = order::order(teller, read);
    order.source = teller.source(teller.said(None)?);
    // Without the time of placing nothing becomes an order; states are not what is confirmed.
    order.placed_at = None;
    order.paid_at = None;
    order.status = crossdock_schemas::Status::default();
    Ok(partial(order))
}

fn cancelled(teller: &mut Teller<'_>, read: &Purchase) -> Result<Told> {
    let mut order = empty(teller, &read.number, read.sequence.as_deref())?;
    order.status.lifecycle = Some(Lifecycle::Cancelled);
    order.status.lifecycle_raw = Some(read.purpose.0.clone());
    order.cancelled_at = teller.sent;
    Ok(partial(order))
}

/// A change: its dates are taken over; its lines are, where they are all lines, else they are noted and hold the order.
fn changed(teller: &mut Teller<'_>, read: &Purchase) -> Result<Told> {
    let config = &teller.profile.config;
    let whole = config.changes == Changes::Whole || read.purpose.1 == Some(Purpose::Replace);
    let (holds, by) = (config.hold_changes, config.change_quantity);
    let mut order = empty(teller, &read.number, read.sequence.as_deref())?;
    order::dates(teller, &mut order, read);
    if whole {
        let full = order::order(teller, read);
        order.lines = full.lines;
        order.discounts = full.discounts;
        order.fees = full.fees;
        order.totals = full.totals;
        order.currency = full.currency;
    } else if holds && !read.lines.is_empty() {
        order.status.hold.push(Hold::Platform);
        order.status.hold_raw = Some(format!("change {}", read.purpose.0));
    }
    let mut own = Map::new();
    own.insert("purpose".to_owned(), Value::from(read.purpose.0.as_str()));
    if !read.notes.is_empty() {
        own.insert("note".to_owned(), Value::from(read.notes.join("\n")));
    }
    if !whole {
        let names = order::names(&read.lines);
        let lines: Vec<Value> = read
            .lines
            .iter()
            .zip(names)
            .take(KEPT)
            .map(|(line, name)| Value::Object(changed_line(teller, line, name, by)))
            .collect();
        if read.lines.len() > KEPT {
            teller.issue(IssueKind::BadValue, "lines", format!("only the first {KEPT} of them are noted"));
        }
        own.insert("lines".to_owned(), Value::Array(lines));
    }
    let number = read.sequence.clone().unwrap_or_else(|| {
        // Without a number of its own a change is named by when it was sent.
        order.source.revision.clone().unwrap_or_default()
    });
    let name: String = number.chars().filter(|letter| letter.is_ascii_alphanumeric()).take(32).collect();
    order.ext = order::wrap(Map::from_iter([(format!("change_{name}"), Value::Object(own))]));
    Ok(partial(order))
}

fn changed_line(
    teller: &mut Teller<'_>,
    line: &Line,
    name: Option<String>,
    by: ChangeQuantity,
) -> Map<String, Value> {
    let mut own = Map::new();
    let mut put = |key: &str, text: Option<String>| {
        if let Some(text) = text {
            own.insert(key.to_owned(), Value::from(text));
        }
    };
    let said = |value: Option<Dec>| value.map(Dec::canonical);
    let action = line.action.as_deref();
    let word = action.and_then(|code| codes::line_change(teller.syntax, code));
    if let (None, Some(code)) = (word, action) {
        teller.issues.push(crossdock_connector::Issue::unmapped(format!("{}.action", teller.place), code));
    }
    let of = |article| {
        line.articles.iter().find(|(found, _, _)| *found == article).map(|(_, _, number)| number.clone())
    };
    put("line", name);
    put("action", Some(word.unwrap_or("unknown").to_owned()));
    put("action_raw", line.action.clone());
    put("sku", of(Article::Seller));
    let moves = matches!(word, Some(codes::MORE | codes::LESS));
    if moves && by == ChangeQuantity::Difference {
        let less = word == Some(codes::LESS);
        put("quantity_by", Some((if less { -line.quantity } else { line.quantity }).canonical()));
    } else {
        put("quantity", line.counted.then(|| line.quantity.canonical()));
    }
    put("left", said(line.left));
    put("unit", line.unit.clone());
    put("price", said(line.price));
    own
}

/// The seller's answer to an order or to a change.
pub(super) fn answer(teller: &mut Teller<'_>, read: Answer) -> Result<Told> {
    let mut order = empty(teller, &read.number, None)?;
    order.status.lifecycle_raw.clone_from(&read.code);
    let at = read.at.or(teller.sent);
    match read.accepted {
        // An answer to a change says nothing about the life of the order unless it is accepted.
        Some(true) => {
            order.status.lifecycle = Some(Lifecycle::Confirmed);
            order.confirmed_at = at;
        }
        Some(false) if !read.of_change => {
            order.status.lifecycle = Some(Lifecycle::Cancelled);
            order.cancelled_at = at;
        }
        Some(false) => order.status.lifecycle_raw = None,
        None => order.status.lifecycle = read.code.is_some().then_some(Lifecycle::Unknown),
    }
    if read.of_change {
        // Whatever the answer: the change that held the order is dealt with.
        let code = read.code.as_deref().unwrap_or_default();
        order.status.hold_raw = Some(format!("answered {code}").trim_end().to_owned());
    }
    let mut own = Map::new();
    if let Some(code) = &read.code {
        own.insert("code".to_owned(), Value::from(code.as_str()));
    }
    let lines: Vec<Value> = read
        .lines
        .iter()
        .take(KEPT)
        .map(|line| {
            let fields = [
                ("line", line.id.clone()),
                ("answer", Some(line.word.unwrap_or("unknown").to_owned()).filter(|_| line.code.is_some())),
                ("answer_raw", line.code.clone()),
                ("quantity", line.quantity.map(Dec::canonical)),
                ("date", line.date.clone()),
            ];
            let said =
                fields.into_iter().filter_map(|(key, text)| Some((key.to_owned(), Value::from(text?))));
            Value::Object(said.collect())
        })
        .collect();
    if !lines.is_empty() {
        own.insert("lines".to_owned(), Value::Array(lines));
    }
    let name = if read.of_change { "change_answer" } else { "answer" };
    order.ext = order::wrap(Map::from_iter([(name.to_owned(), Value::Object(own))]));
    Ok(partial(order))
}
