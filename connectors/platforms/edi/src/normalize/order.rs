//! An order in full.

use serde_json::{Map, Value};

use crossdock_connector::IssueKind;
use crossdock_schemas::{
    Dec, Delivery, Ext, Fulfillment, Hold, Lifecycle, LineStatus, LineTax, Order, OrderKind, OrderLine,
    PaymentState, Ts, Window,
};

use super::{Teller, money, people};
use crate::PLATFORM;
use crate::codes::{self, Article, Role};
use crate::read::{Call, Dates, Line, Part, Purchase, line_refs};

/// The order, without source and number.
pub(super) fn order(teller: &mut Teller<'_>, read: &Purchase) -> Order {
    let refs = names(&read.lines);
    let mut lines: Vec<OrderLine> = Vec::with_capacity(read.lines.len());
    for (at, (line, name)) in read.lines.iter().zip(&refs).enumerate() {
        if is_wanted(teller, line) {
            lines.push(order_line(line, name.clone(), at));
        }
    }
    let (kind, flag) = kind(teller, read.kind.as_deref());
    let config = &teller.profile.config;
    let mut order = Order {
        order_no: read.number.clone(),
        parent_no: read.blanket.clone(),
        merchant_no: reference(read, "VN"),
        kind,
        kind_raw: read.kind.clone(),
        placed_at: read.placed.or(teller.sent),
        currency: Some(
            read.currency.clone().filter(|code| code.len() == 3).unwrap_or_else(|| config.currency.clone()),
        ),
        lines,
        buyer: people::buyer(&read.parties),
        delivery: delivery(read),
        buyer_note: Some(read.notes.join("\n")).filter(|text| !text.is_empty()),
        flags: flag.into_iter().map(str::to_owned).collect(),
        ..Order::default()
    };
    order.status.lifecycle = Some(Lifecycle::Placed);
    order.status.lifecycle_raw = Some(read.purpose.0.clone());
    order.status.payment =
        Some(if config.counts_as_paid { PaymentState::Paid } else { PaymentState::Unpaid });
    order.status.fulfillment = Some(Fulfillment::Unfulfilled);
    if config.counts_as_paid {
        order.paid_at = order.placed_at;
    }
    if flag == Some(codes::BLANKET) {
        // Only its releases are shipped.
        order.status.hold.push(Hold::Platform);
        order.status.hold_raw = read.kind.clone();
    }
    addresses(teller, &mut order, read);
    dates(teller, &mut order, read);
    // Where only the lines have dates, and all the same ones, they are the order's.
    order.ship_by = order.ship_by.or_else(|| shared(&read.lines, |dates| &dates.ship));
    order.deliver_by = order.deliver_by.or_else(|| shared(&read.lines, |dates| &dates.deliver));
    money::fill(teller, &mut order, read, &refs);
    order.ext = ext(read);
    order
}

/// The names of all lines.
pub(super) fn names(lines: &[Line]) -> Vec<Option<String>> {
    line_refs(&lines.iter().map(|line| line.id.as_deref()).collect::<Vec<_>>())
}

fn is_wanted(teller: &mut Teller<'_>, line: &Line) -> bool {
    let deleted = line.action.as_deref().and_then(|code| codes::line_change(teller.syntax, code));
    if deleted == Some(codes::DELETED) {
        return false;
    }
    let some = line.quantity > crossdock_schemas::Dec::ZERO;
    if !some {
        let name = line.id.as_deref().unwrap_or_default().to_owned();
        teller.issue(
            IssueKind::BadValue,
            &format!("line[{name}]"),
            "a line without any quantity is left out",
        );
    }
    some
}

fn kind(teller: &mut Teller<'_>, code: Option<&str>) -> (OrderKind, Option<&'static str>) {
    let Some(code) = code else { return (OrderKind::B2b, None) };
    codes::order_kind(teller.syntax, code).unwrap_or_else(|| {
        teller.unmapped("kind", code);
        (OrderKind::Unknown, None)
    })
}

fn reference(read: &Purchase, kind: &str) -> Option<String> {
    read.references.iter().find(|(found, _)| found == kind).map(|(_, value)| value.clone())
}

fn delivery(read: &Purchase) -> Option<Delivery> {
    (read.carrier.is_some() || read.routing.is_some()).then(|| Delivery {
        method_code: read.carrier.clone(),
        method_name: read.routing.clone(),
        ..Delivery::default()
    })
}

fn addresses(teller: &Teller<'_>, order: &mut Order, read: &Purchase) {
    let of = |role| people::of(&read.parties, role).and_then(|party| people::address(party, teller.profile));
    // Who gets the goods in the end, where nobody else does.
    order.ship_to = of(Role::ShipTo).or_else(|| of(Role::MarkFor));
    order.bill_to = of(Role::BillTo);
    order.ship_from = of(Role::ShipFrom);
}

/// Windows that can be; one that ends before it begins keeps only its end.
pub(super) fn dates(teller: &mut Teller<'_>, order: &mut Order, read: &Purchase) {
    order.ship_by = window(teller, "ship_by", read.dates.ship.clone());
    order.deliver_by = window(teller, "deliver_by", read.dates.deliver.clone());
}

fn window(teller: &mut Teller<'_>, name: &str, mut window: Window) -> Option<Window> {
    if let (Some(from), Some(to)) = (window.from, window.to)
        && from > to
    {
        teller.issue(IssueKind::BadValue, name, "ends before it begins");
        window.from = None;
    }
    (window.from.is_some() || window.to.is_some()).then_some(window)
}

fn shared(lines: &[Line], of: fn(&Dates) -> &Window) -> Option<Window> {
    let first = of(&lines.first()?.dates);
    let sound = first.from.zip(first.to).is_none_or(|(from, to)| from <= to);
    let told = sound && *first != Window::default();
    (told && lines.iter().all(|line| of(&line.dates) == first)).then(|| first.clone())
}

fn order_line(line: &Line, line_ref: Option<String>, at: usize) -> OrderLine {
    let of =
        |article| line.articles.iter().find(|(found, _, _)| *found == article).map(|(_, _, number)| number);
    OrderLine {
        line_ref,
        position: u32::try_from(at + 1).ok(),
        sku: of(Article::Seller).cloned(),
        product_ref: of(Article::Buyer).cloned(),
        gtin: line.articles.iter().find_map(trade),
        title: line.title.clone(),
        quantity: line.quantity,
        unit: line.unit.clone(),
        unit_price: line.price,
        line_total: money::line_total(line),
        tax: line.with_tax.then(|| LineTax { included: true, ..LineTax::default() }),
        currency: line.currency.clone().filter(|code| code.len() == 3),
        status: Some(LineStatus { fulfillment: Some(Fulfillment::Unfulfilled), ..LineStatus::default() }),
        ext: line_ext(line),
        ..OrderLine::default()
    }
}

/// A number of trade with 14 digits; an old ISBN is another one than its digits.
fn trade((article, kind, number): &(Article, String, String)) -> Option<String> {
    match article {
        Article::Trade if kind == "IB" => crate::text::isbn(number).or_else(|| crate::text::gtin(number)),
        Article::Trade => crate::text::gtin(number),
        _ => None,
    }
}

fn line_ext(line: &Line) -> Ext {
    let mut own = Map::new();
    // Those that are no field of the line: of one kind only the first is.
    let mut used: Vec<Article> = Vec::new();
    let mut others = Map::new();
    for told @ (article, kind, number) in &line.articles {
        let field = match article {
            Article::Other => false,
            Article::Trade => trade(told).is_some(),
            Article::Seller | Article::Buyer => true,
        };
        if field && !used.contains(article) {
            used.push(*article);
        } else {
            others.insert(kind.clone(), Value::from(number.as_str()));
        }
    }
    if !others.is_empty() {
        own.insert("articles".to_owned(), Value::Object(others));
    }
    if !line.references.is_empty() {
        own.insert("references".to_owned(), Value::Object(pairs(&line.references)));
    }
    if let (None, Some(unit)) = (&line.unit, &line.unit_raw) {
        own.insert("unit".to_owned(), Value::from(unit.as_str()));
    }
    let windows = [("ship", &line.dates.ship), ("deliver", &line.dates.deliver)];
    for (name, window) in windows {
        for (end, at) in [("from", window.from), ("by", window.to)] {
            if let Some(at) = at {
                own.insert(format!("{name}_{end}"), Value::from(at.to_string()));
            }
        }
    }
    if !line.parts.is_empty() {
        own.insert("parts".to_owned(), line.parts.iter().map(part).collect());
    }
    if !line.schedule.is_empty() {
        own.insert("schedule".to_owned(), line.schedule.iter().map(call).collect());
    }
    if !line.stores.is_empty() {
        let stores =
            line.stores.iter().map(|(place, quantity)| (place.clone(), Value::from(quantity.canonical())));
        own.insert("stores".to_owned(), Value::Object(stores.collect()));
    }
    if let Some(pack) = line.pack {
        own.insert("pack".to_owned(), Value::from(pack.canonical()));
    }
    if !line.notes.is_empty() {
        own.insert("note".to_owned(), Value::from(line.notes.join("\n")));
    }
    wrap(own)
}

fn call(call: &Call) -> Value {
    let (kind, day) = call.date.clone().unzip();
    let fields = [("quantity", call.quantity.map(Dec::canonical)), ("date", day), ("date_kind", kind)];
    let said = fields.into_iter().filter_map(|(key, text)| Some((key.to_owned(), Value::from(text?))));
    Value::Object(said.collect())
}

fn part(part: &Part) -> Value {
    let fields = [
        ("line", part.id.clone()),
        ("relation", part.relation.clone()),
        ("quantity", part.quantity.map(Dec::canonical)),
        ("unit", part.unit.clone()),
    ];
    let said = fields.into_iter().filter_map(|(key, text)| Some((key.to_owned(), Value::from(text?))));
    let mut own: Map<String, Value> = said.collect();
    if !part.articles.is_empty() {
        own.insert("articles".to_owned(), Value::Object(pairs(&part.articles)));
    }
    Value::Object(own)
}

/// Names and values.
pub(super) fn pairs(pairs: &[(String, String)]) -> Map<String, Value> {
    pairs.iter().map(|(kind, value)| (kind.clone(), Value::from(value.as_str()))).collect()
}

/// Fields under our name; nothing when there are none.
pub(super) fn wrap(own: Map<String, Value>) -> Ext {
    if own.is_empty() { Ext::new() } else { Ext::from([(PLATFORM.to_owned(), own)]) }
}

fn ext(read: &Purchase) -> Ext {
    let mut own = Map::new();
    if !read.references.is_empty() {
        own.insert("references".to_owned(), Value::Object(pairs(&read.references)));
    }
    for (name, role) in [("ship_to", Role::ShipTo), ("mark_for", Role::MarkFor), ("seller", Role::Seller)] {
        let place = people::of(&read.parties, role).and_then(people::place);
        if let Some(place) = place {
            own.insert(name.to_owned(), Value::from(place));
        }
    }
    let dated = |at: Option<Ts>| at.map(|at| Value::from(at.to_string()));
    if let Some(at) = dated(read.dates.cancel_after) {
        own.insert("cancel_after".to_owned(), at);
    }
    wrap(own)
}
