//! The seller's answers to orders: 855 and ORDRSP.

use jiff::civil::Date;

use crossdock_connector::{Error, Result};
use crossdock_schemas::{Dec, Ts};

use crate::codes::{Article, Purpose};
use crate::config::Config;
use crate::normalize::{Content, House, Way, interchanges, judge};
use crate::read::{Line, Purchase, line_refs};
use crate::receipt::is_order;
use crate::scan::Profile;
use crate::syntax::{Document, Interchange, Syntax};
use crate::text;
use crate::write::{self, Out, released, x12_segment};

/// What the seller says of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The order's number as in `order.order_no`.
    pub order_no: String,
    /// Of the order as a whole.
    pub verdict: Verdict,
    /// Of its lines; one that is not named is accepted as it is, or rejected with the order.
    pub lines: Vec<LineDecision>,
}

/// What the seller says of an order as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Accepted as it is.
    Accepted,
    /// Accepted with the changes that its lines tell.
    Changed,
    /// Not accepted.
    Rejected,
}

/// What the seller says of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineDecision {
    /// The line as in `line_key`, where the buyer numbers lines.
    pub line: String,
    /// What becomes of it.
    pub verdict: LineVerdict,
    /// How much of it, where that is not what was ordered.
    pub quantity: Option<Dec>,
    /// When it is shipped.
    pub ships_on: Option<Date>,
}

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineVerdict {
    /// Accepted as it is.
    Accepted,
    /// Comes later.
    BackOrdered,
    /// Changed in more than one way.
    Changed,
    /// Another price.
    PriceChanged,
    /// Another quantity.
    QuantityChanged,
    /// Another date.
    DateChanged,
    /// Another article.
    Substituted,
    /// Taken off the order.
    Deleted,
    /// Not accepted.
    Rejected,
}

impl LineVerdict {
    /// ACK01.
    const fn x12(self) -> &'static str {
        match self {
            Self::Accepted => "IA",
            Self::BackOrdered => "IB",
            Self::Changed => "IC",
            Self::PriceChanged => "IP",
            Self::QuantityChanged => "IQ",
            Self::DateChanged => "DR",
            Self::Substituted => "IS",
            Self::Deleted => "ID",
            Self::Rejected => "IR",
        }
    }

    /// 1229.
    const fn edifact(self) -> &'static str {
        match self {
            Self::Accepted => "5",
            Self::BackOrdered
            | Self::Changed
            | Self::PriceChanged
            | Self::QuantityChanged
            | Self::DateChanged
            | Self::Substituted => "3",
            Self::Deleted => "2",
            Self::Rejected => "7",
        }
    }
}

/// Answers orders of a received interchange: the 855 or ORDRSP of each order that a decision names, in interchanges to its
/// sender.
///
/// # Errors
/// `Malformed` when it is no interchange or of no partner of the settings, or when a decision names an order that is not
/// in it; `Config` as the settings say.
pub fn answer(config: &Config, interchange: &[u8], decisions: &[Decision]) -> Result<String> {
    let house = House::new(config.clone())?;
    let text = text::decode(interchange)?;
    let mut out = String::new();
    let mut named = 0;
    for read in interchanges(&text)? {
        let (profile, way) = house.partner(&read)?;
        if way == Way::Out {
            continue;
        }
        let mut groups = Vec::new();
        let mut messages = Vec::new();
        for (document, order) in orders(&read, profile) {
            for decision in decisions.iter().filter(|decision| decision.order_no == order.number) {
                named += 1;
                match read.syntax {
                    Syntax::X12 => groups.push(("855", x12(&read, &order, decision))),
                    Syntax::Edifact => messages.push(edifact(&read, document, &order, decision)),
                }
            }
        }
        if !groups.is_empty() {
            out.push_str(&write::x12(&read, profile, None, &[Out { kind: "PR", documents: groups }]));
        }
        if !messages.is_empty() {
            out.push_str(&write::edifact(&read, "R", &messages));
        }
    }
    if named < decisions.len() {
        return Err(Error::malformed("a decision about an order that is not in the interchange"));
    }
    Ok(out)
}

/// Orders of an interchange that are new, or said anew.
fn orders<'r, 't>(
    read: &'r Interchange<'t>,
    profile: &'r Profile,
) -> impl Iterator<Item = (&'r Document<'t>, Box<Purchase>)> {
    let documents = read.groups.iter().flat_map(|group| &group.documents);
    documents.filter_map(move |document| {
        let judged = judge(profile, read.syntax, document);
        let is_order = is_order(&judged);
        match judged.content {
            Some(Content::Purchase(order))
                if is_order && matches!(order.purpose.1, Some(Purpose::Original | Purpose::Replace)) =>
            {
                Some((document, order))
            }
            _ => None,
        }
    })
}

fn accepts(order: &Purchase) -> Decision {
    Decision { order_no: order.number.clone(), verdict: Verdict::Accepted, lines: Vec::new() }
}

/// 855s that accept all orders of an interchange. A test that is not read is not accepted either.
pub(crate) fn accepted_x12(read: &Interchange<'_>, profile: &Profile) -> Option<Out> {
    let documents: Vec<_> = orders(read, profile)
        .filter(|_| !read.test || profile.config.accept_tests)
        .map(|(_, order)| ("855", x12(read, &order, &accepts(&order))))
        .collect();
    (!documents.is_empty()).then_some(Out { kind: "PR", documents })
}

/// ORDRSPs that accept all orders of an interchange.
pub(crate) fn accepted_edifact(read: &Interchange<'_>, profile: &Profile) -> String {
    let messages: Vec<_> = orders(read, profile)
        .filter(|_| !read.test || profile.config.accept_tests)
        .map(|(document, order)| edifact(read, document, &order, &accepts(&order)))
        .collect();
    if messages.is_empty() { String::new() } else { write::edifact(read, "R", &messages) }
}

/// What is said of each line, with the line.
fn lines<'o>(order: &'o Purchase, decision: &'o Decision) -> Vec<(&'o Line, LineVerdict, Dec, Option<Date>)> {
    let names = line_refs(&order.lines.iter().map(|line| line.id.as_deref()).collect::<Vec<_>>());
    let otherwise =
        if decision.verdict == Verdict::Rejected { LineVerdict::Rejected } else { LineVerdict::Accepted };
    let said = |(line, name): (&'o Line, Option<String>)| {
        let found = decision.lines.iter().find(|found| name.as_deref() == Some(&found.line));
        let verdict = found.map_or(otherwise, |found| found.verdict);
        let quantity = found.and_then(|found| found.quantity).unwrap_or(line.quantity);
        (line, verdict, quantity, found.and_then(|found| found.ships_on))
    };
    order.lines.iter().zip(names).map(said).collect()
}

fn day(at: Option<Ts>) -> String {
    at.map(|at| at.offset.to_datetime(at.at).strftime("%Y%m%d").to_string()).unwrap_or_default()
}

fn x12(read: &Interchange<'_>, order: &Purchase, decision: &Decision) -> Vec<String> {
    let code = match (decision.verdict, decision.lines.is_empty()) {
        (Verdict::Accepted, _) => "AD",
        (Verdict::Changed, _) => "AC",
        (Verdict::Rejected, false) => "RD",
        (Verdict::Rejected, true) => "RJ",
    };
    let today = write::moment(read).strftime("%Y%m%d").to_string();
    let (number, release) = match &order.blanket {
        Some(blanket) => (blanket.as_str(), order.number.get(blanket.len() + 1..).unwrap_or_default()),
        None => (order.number.as_str(), ""),
    };
    let mut out =
        vec![x12_segment("BAK", &["00", code, number, &day(order.placed), release, "", "", "", &today])];
    if code == "RJ" {
        return out;
    }
    for (line, verdict, quantity, ships_on) in lines(order, decision) {
        let id = line.id.as_deref().unwrap_or_default();
        let unit = line.unit_raw.as_deref().unwrap_or_default();
        let (ordered, quantity) = (line.quantity.canonical(), quantity.canonical());
        let price = line.price.map(Dec::canonical).unwrap_or_default();
        let mut elements = vec![id, &ordered, unit, &price, ""];
        for (_, kind, number) in &line.articles {
            elements.extend([kind.as_str(), number]);
        }
        out.push(x12_segment("PO1", &elements));
        let date = ships_on.map(|date| date.strftime("%Y%m%d").to_string()).unwrap_or_default();
        // 068: current schedule of shipping.
        let dated = if date.is_empty() { "" } else { "068" };
        out.push(x12_segment("ACK", &[verdict.x12(), &quantity, unit, dated, &date]));
    }
    out.push(x12_segment("CTT", &[&order.lines.len().to_string()]));
    out
}

fn edifact(
    read: &Interchange<'_>,
    document: &Document<'_>,
    order: &Purchase,
    decision: &Decision,
) -> (String, Vec<String>) {
    // Of the version of the order, without its association's code: that is another one for each message.
    let version: Vec<String> = document.version.iter().skip(1).take(3).map(|part| released(part)).collect();
    let kind = std::iter::once("ORDRSP".to_owned()).chain(version).collect::<Vec<_>>().join(":");
    let code = match decision.verdict {
        Verdict::Accepted => "29",
        Verdict::Changed => "4",
        Verdict::Rejected => "27",
    };
    let number = released(&order.number);
    let today = write::moment(read).strftime("%Y%m%d").to_string();
    let mut out =
        vec![format!("BGM+231+{number}+{code}"), format!("DTM+137:{today}:102"), format!("RFF+ON:{number}")];
    for party in &order.parties {
        let role = match party.role {
            crate::codes::Role::Buyer => "BY",
            crate::codes::Role::Seller => "SU",
            _ => continue,
        };
        if let Some((agency, code)) = &party.code {
            out.push(format!("NAD+{role}+{}::{}", released(code), released(agency)));
        }
    }
    let mut count = 0;
    for (line, verdict, quantity, ships_on) in lines(order, decision) {
        count += 1;
        let id = line.id.as_deref().map(released).unwrap_or_default();
        let of = |article| line.articles.iter().find(|(found, _, _)| *found == article);
        let trade =
            of(Article::Trade).map(|(_, kind, number)| format!("++{}:{}", released(number), released(kind)));
        out.push(format!("LIN+{id}+{}{}", verdict.edifact(), trade.unwrap_or_default()));
        if let Some((_, kind, number)) = of(Article::Seller) {
            out.push(format!("PIA+1+{}:{}", released(number), released(kind)));
        }
        let unit = line.unit_raw.as_deref().map(|unit| format!(":{}", released(unit))).unwrap_or_default();
        out.push(format!("QTY+21:{}{unit}", quantity.canonical()));
        if let Some(date) = ships_on {
            out.push(format!("DTM+10:{}:102", date.strftime("%Y%m%d")));
        }
    }
    out.push("UNS+S".to_owned());
    out.push(format!("CNT+2:{count}"));
    (kind, out)
}

#[cfg(test)]
mod tests;
