//! Any permutation and duplication of what was said about an order ends in the same order.

use crossdock_schemas::{
    AftersaleState, Fulfillment, Hold, Lifecycle, Order, PaymentState, PresaleStage, Totals,
};
use proptest::prelude::*;

use super::*;
use crate::history::axes::Axis;

/// How a delivery differs from another one of the same statement: in nothing that means anything.
#[derive(Debug, Clone, Copy)]
struct Way {
    zeros: bool,
    reversed: bool,
    connector: bool,
}

prop_compose! {
    fn way()(zeros in any::<bool>(), reversed in any::<bool>(), connector in any::<bool>()) -> Way {
        Way { zeros, reversed, connector }
    }
}

fn axis<T: Clone + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = Option<T>> {
    prop::option::of(prop::sample::select(all))
}

prop_compose! {
    fn status()(
        lifecycle in axis(Lifecycle::ALL),
        payment in axis(PaymentState::ALL),
        fulfillment in axis(Fulfillment::ALL),
        aftersale in axis(AftersaleState::ALL),
        presale in axis(PresaleStage::ALL),
        payment_raw in prop::option::of(prop::sample::select(&["x", "y"][..])),
        hold in prop::collection::vec(prop::sample::select(Hold::ALL), 0..3),
    ) -> Status {
        let payment_raw = payment.and(payment_raw).map(str::to_owned);
        Status { lifecycle, payment, fulfillment, aftersale, presale, payment_raw, hold, ..Status::default() }
    }
}

prop_compose! {
    /// One statement: full or partial, at one of few revisions, with few values, so that rivals are common.
    fn statement()(
        number in 1_u32..5,
        part in any::<bool>(),
        status in status(),
        lines in prop::collection::vec((prop::sample::select(&["1", "2", "3"][..]), prop::sample::select(&["10", "20.5"][..])), 0..4),
        note in prop::option::of(prop::sample::select(&["a", "b", "c"][..])),
        currency in prop::option::of(prop::sample::select(&["CNY", "USD"][..])),
        total in prop::option::of(prop::sample::select(&["30", "40.5"][..])),
        ext in prop::option::of((prop::sample::select(&["k", "l"][..]), 0_u8..3)),
    ) -> (Order, bool) {
        let mut order = fragment(Some(number));
        if !part {
            order.placed_at = Some(at(0));
            order.currency = Some("CNY".into());
        }
        order.currency = currency.map(str::to_owned).or(order.currency);
        order.status = status;
        order.lines = lines.into_iter().map(|(name, price)| line(name, price)).collect();
        order.lines.sort_by(|a, b| a.line_ref.cmp(&b.line_ref));
        order.lines.dedup_by(|a, b| a.line_ref == b.line_ref);
        order.buyer_note = note.map(str::to_owned);
        order.totals = Totals { payable: total.map(dec), ..Totals::default() };
        if let Some((name, value)) = ext {
            order.ext.entry("x".into()).or_default().insert(name.into(), value.into());
        }
        (order, part)
    }
}

fn seen(order: &Order, part: bool, way: Way) -> Observation {
    let mut order = order.clone();
    let wider = |dec: Dec| {
        let text = dec.canonical();
        let zeros = if text.contains('.') { "00" } else { ".00" };
        if way.zeros { Dec::parse(&format!("{text}{zeros}")).unwrap() } else { dec }
    };
    for line in &mut order.lines {
        line.unit_price = line.unit_price.map(wider);
        line.quantity = wider(line.quantity);
    }
    order.totals.payable = order.totals.payable.map(wider);
    if way.reversed {
        order.lines.reverse();
        order.status.hold.reverse();
    }
    order.source.connector = way.connector.then(|| "taobao@9.9.9".into());
    if part { partial(order) } else { full(order) }
}

/// The order and its stamps, without how they reached us and how often.
fn end(history: &History) -> (Order, serde_json::Value) {
    let Some(State::Order(state)) = &history.state else { panic!("no order") };
    let source = Source { revision: state.order.source.revision.clone(), ..Source::default() };
    let order = Order { source, hub_revision: None, ..state.order.clone() };
    let aux: serde_json::Value = serde_json::from_str(&state.aux()).unwrap();
    (order, aux["memory"]["stamps"].clone())
}

fn goes_back(before: &Status, after: &Status) -> bool {
    fn back<T: Axis>(before: Option<T>, after: Option<T>) -> bool {
        match (before, after) {
            (Some(before), Some(after)) => before.goes_back_to(after),
            (Some(_), None) => true,
            _ => false,
        }
    }
    back(before.lifecycle, after.lifecycle)
        || back(before.payment, after.payment)
        || back(before.fulfillment, after.fulfillment)
        || back(before.aftersale, after.aftersale)
        || back(before.presale, after.presale)
}

/// The statements of the newest revision at which any says something.
fn newest(said: &[(Order, bool)], says: impl Fn(&Order, bool) -> bool) -> Vec<&(Order, bool)> {
    let saying: Vec<&(Order, bool)> = said.iter().filter(|(order, part)| says(order, *part)).collect();
    let top = saying.iter().map(|(order, _)| order.source.revision.clone()).max();
    saying.into_iter().filter(|(order, _)| Some(&order.source.revision) == top.as_ref()).collect()
}

fn furthest<T: Axis>(said: &[(Order, bool)], axis: impl Fn(&Status) -> Option<T>) -> Option<u8> {
    let newest = newest(said, |order, _| axis(&order.status).is_some());
    newest.iter().filter_map(|(order, _)| axis(&order.status)).map(Axis::place).max()
}

/// Notes that may be held: full statements beat partial ones; which of several, their weight decides.
fn notes(said: &[(Order, bool)]) -> Vec<Option<String>> {
    let newest = newest(said, |order, part| !part || order.buyer_note.is_some());
    let full = newest.iter().filter(|(_, part)| !part).map(|(order, _)| order.buyer_note.clone());
    let full: Vec<Option<String>> = full.collect();
    if !full.is_empty() {
        return full;
    }
    vec![newest.iter().filter_map(|(order, _)| order.buyer_note.clone()).max()]
}

type Delivery = ((Order, bool), Way);

/// Statements as delivered twice over: once in their order, once doubled and shuffled.
fn deliveries() -> impl Strategy<Value = (Vec<Delivery>, Vec<Delivery>)> {
    prop::collection::vec(((statement(), way()), (way(), way())), 1..7).prop_flat_map(|all| {
        let first: Vec<Delivery> = all.iter().map(|((seen, way), _)| (seen.clone(), *way)).collect();
        let second: Vec<Delivery> =
            all.iter().flat_map(|((seen, _), (a, b))| [(seen.clone(), *a), (seen.clone(), *b)]).collect();
        (Just(first), Just(second).prop_shuffle())
    })
}

proptest! {
    #[test]
    fn any_order_ends_in_the_same_order((first, second) in deliveries()) {
        let (mut a, mut b) = (History::new(), History::new());
        for ((order, part), way) in &first {
            a.see(seen(order, *part, *way));
        }
        for ((order, part), way) in &second {
            b.see(seen(order, *part, *way));
        }
        // Lines and numbers may be written in many ways; what they say is the same.
        prop_assert_eq!(spelled(end(&a)), spelled(end(&b)));
    }

    #[test]
    fn without_reordered_lines_even_the_writing_is_the_same((first, second) in deliveries()) {
        let still = |way: &Way| Way { reversed: false, zeros: false, ..*way };
        let (mut a, mut b) = (History::new(), History::new());
        for ((order, part), way) in &first {
            a.see(seen(order, *part, still(way)));
        }
        for ((order, part), way) in &second {
            b.see(seen(order, *part, still(way)));
        }
        prop_assert_eq!(end(&a), end(&b));
    }

    #[test]
    fn redelivery_tells_nothing((first, second) in deliveries()) {
        let mut history = History::new();
        for ((order, part), way) in &first {
            history.see(seen(order, *part, *way));
            let told = history.events.len();
            prop_assert!(history.see(seen(order, *part, *way)).state.is_none(), "at once again");
            prop_assert_eq!(history.events.len(), told);
        }
        let (told, before) = (history.events.len(), spelled(end(&history)));
        for ((order, part), way) in &second {
            prop_assert_ne!(history.see(seen(order, *part, *way)).verdict, Verdict::Folded);
        }
        prop_assert_eq!((history.events.len(), spelled(end(&history))), (told, before));
    }

    #[test]
    fn nothing_changes_untold_and_no_axis_goes_back_unsaid((first, _) in deliveries()) {
        let mut history = History::new();
        for ((order, part), way) in &first {
            let before = history.state.as_ref().map(|_| end(&history).0);
            let published = history.state.as_ref().is_some_and(State::is_published);
            let decision = history.see(seen(order, *part, *way));
            let (Some(before), true) = (before, published) else { continue };
            let after = end(&history).0;
            let content = |order: &Order| {
                let source = Source::default();
                spelled((Order { source, ..order.clone() }, serde_json::Value::Null)).0
            };
            if content(&before) != content(&after) {
                prop_assert!(!decision.events.is_empty(), "a change was not told");
            }
            if goes_back(&before.status, &after.status) {
                prop_assert_eq!(decision.events[0].event_type, EventType::OrderChanged);
                prop_assert_eq!(&json_of(&decision.events[0])["reason"], "regression");
            } else {
                prop_assert!(decision.events.iter().all(|event| !event.extra.contains("regression")));
            }
        }
    }

    /// Said once more in other words: an axis is the furthest of its newest statements, and so on.
    #[test]
    fn what_is_held_is_what_the_newest_statements_say((first, _) in deliveries()) {
        let mut history = History::new();
        let mut said: Vec<(Order, bool)> = Vec::new();
        for ((order, part), way) in &first {
            history.see(seen(order, *part, *way));
            said.push((order.clone(), *part));
            let held = end(&history).0;
            prop_assert_eq!(held.status.lifecycle.map(Axis::place), furthest(&said, |it| it.lifecycle));
            prop_assert_eq!(held.status.payment.map(Axis::place), furthest(&said, |it| it.payment));
            prop_assert_eq!(held.status.fulfillment.map(Axis::place), furthest(&said, |it| it.fulfillment));
            prop_assert_eq!(held.status.aftersale.map(Axis::place), furthest(&said, |it| it.aftersale));
            prop_assert_eq!(held.status.presale.map(Axis::place), furthest(&said, |it| it.presale));
            prop_assert!(notes(&said).contains(&held.buyer_note), "{:?}", held.buyer_note);
            let holds = |order: &Order| order.status.hold.clone();
            let newest = newest(&said, |order, part| !part || !holds(order).is_empty());
            let expected: BTreeSet<Hold> = newest.iter().flat_map(|(order, _)| holds(order)).collect();
            prop_assert_eq!(holds(&held), expected.into_iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn without_revisions_redelivery_is_still_nothing(orders in prop::collection::vec(statement(), 1..6), order in prop::collection::vec(any::<prop::sample::Index>(), 1..9)) {
        let mut history = History::new();
        let unnumbered = |(order, part): &(Order, bool)| {
            let order = Order { source: source(None), ..order.clone() };
            if *part { partial(order) } else { full(order) }
        };
        for (number, statement) in orders.iter().enumerate() {
            history.see_bytes(unnumbered(statement), &format!("{:016x}", number + 1));
        }
        let (told, before) = (history.events.len(), end(&history));
        for index in order {
            let number = index.index(orders.len());
            let decision = history.see_bytes(unnumbered(&orders[number]), &format!("{:016x}", number + 1));
            prop_assert_eq!((decision.verdict, decision.state), (Verdict::Duplicate, None));
        }
        prop_assert_eq!((history.events.len(), end(&history)), (told, before));
    }
}

/// Lines in one order: `Dec` already compares by value.
fn spelled((mut order, mut stamps): (Order, serde_json::Value)) -> (Order, serde_json::Value) {
    order.lines.sort_by(|a, b| a.line_ref.cmp(&b.line_ref));
    if let Some(stamps) = stamps.as_object_mut() {
        stamps.shift_remove("weight");
    }
    (order, stamps)
}
