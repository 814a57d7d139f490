//! What it holds, and how a push changes it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::gate::{Call, text};
use super::{Counts, Generation, Options, check};

#[derive(Default)]
pub(super) struct Book {
    orders: BTreeMap<String, Order>,
    /// Whose line a number is.
    lines: BTreeMap<String, String>,
    refunds: BTreeMap<String, Value>,
    counts: Counts,
}

#[derive(Default)]
struct Order {
    head: Map<String, Value>,
    lines: BTreeMap<String, Value>,
}

type Refusal = (u32, String);

impl Book {
    pub(super) fn order(&self, tid: &str) -> Option<Value> {
        let order = self.orders.get(tid)?;
        let mut whole = order.head.clone();
        whole.insert("order_list".to_owned(), Value::Array(order.lines.values().cloned().collect()));
        Some(Value::Object(whole))
    }

    pub(super) fn refund(&self, number: &str) -> Option<Value> {
        self.refunds.get(number).cloned()
    }

    pub(super) fn documents(&self) -> (usize, usize) {
        (self.orders.len(), self.refunds.len())
    }

    pub(super) fn counts(&self) -> Counts {
        self.counts
    }

    /// Takes a push: the whole of it or nothing, but for qjb.
    pub(super) fn take(&mut self, options: &Options, call: &Call, now: Timestamp) -> Result<Value, Refusal> {
        match call {
            Call::Orders { shop, orders } => self.orders(options, shop, orders, now),
            Call::Refunds(refunds) => self.refunds(options, refunds),
        }
    }

    fn orders(
        &mut self,
        options: &Options,
        shop: &str,
        orders: &[Value],
        now: Timestamp,
    ) -> Result<Value, Refusal> {
        let flagship = options.generation == Generation::Qjb;
        if !options.shops.iter().any(|known| known == shop) {
            return Err(if flagship {
                (100, "店铺不存在或非自有平台".to_owned())
            } else {
                (2310, "店铺不存在".to_owned())
            });
        }
        if orders.len() > if flagship { 100 } else { 50 } {
            return Err((if flagship { 100 } else { 2830 }, "单次推送订单数超过限制".to_owned()));
        }
        same_nick(orders).map_err(|words| (if flagship { 100 } else { 99 }, words))?;
        let checked = orders.iter().map(|order| check::order(options.generation, order, now));
        let faults: Vec<Option<String>> = checked.map(Result::err).collect();
        if let (false, Some(words)) = (flagship, faults.iter().flatten().next()) {
            return Err((99, words.clone()));
        }
        let before = self.counts;
        let mut errors = Vec::new();
        for (order, fault) in orders.iter().zip(faults) {
            match fault {
                Some(words) => errors.push(json!({"no": text(order, "tid"), "error": words})),
                None => self.put(order),
            }
        }
        Ok(self.said(options, before, errors))
    }

    fn put(&mut self, order: &Value) {
        let tid = text(order, "tid");
        let mut head = order.as_object().cloned().unwrap_or_default();
        let lines = head.remove("order_list").unwrap_or_default();
        if self.orders.contains_key(&tid) {
            self.counts.changed += 1;
        } else {
            self.counts.created += 1;
        }
        let known = self.orders.entry(tid.clone()).or_default();
        known.head = head;
        for line in lines.as_array().into_iter().flatten() {
            let mut line = line.clone();
            let oid = text(&line, "oid");
            if *self.lines.entry(oid.clone()).or_insert_with(|| tid.clone()) != tid {
                self.counts.collisions += 1;
            }
            if let Some(first) = known.lines.get(&oid) {
                // Frozen with the first push.
                for name in ["num", "price"] {
                    if first.get(name) != line.get(name) {
                        self.counts.frozen += 1;
                        if let (Some(line), Some(value)) = (line.as_object_mut(), first.get(name)) {
                            line.insert(name.to_owned(), value.clone());
                        }
                    }
                }
            }
            known.lines.insert(oid, line);
        }
    }

    fn refunds(&mut self, options: &Options, refunds: &[(String, Value)]) -> Result<Value, Refusal> {
        let flagship = options.generation == Generation::Qjb;
        if refunds.len() > if flagship { 100 } else { 10 } {
            return Err((if flagship { 100 } else { 2830 }, "单次推送退款单数超过限制".to_owned()));
        }
        let mut faults = Vec::with_capacity(refunds.len());
        for (shop, refund) in refunds {
            let fault = if !options.shops.contains(shop) {
                Some((2310, "店铺不存在".to_owned()))
            } else if let Err(words) = check::refund(options.generation, refund) {
                Some((99, words))
            } else if !self.orders.contains_key(&text(refund, "tid")) {
                Some((5040, "原始订单不存在".to_owned()))
            } else {
                None
            };
            faults.push(fault);
        }
        if let (false, Some(fault)) = (flagship, faults.iter().flatten().next()) {
            return Err(fault.clone());
        }
        let before = self.counts;
        let mut errors = Vec::new();
        for ((_, refund), fault) in refunds.iter().zip(faults) {
            let number = text(refund, "refund_no");
            if let Some((_, words)) = fault {
                errors.push(json!({"no": number, "error": words}));
            } else if self.refunds.insert(number, refund.clone()).is_some() {
                self.counts.changed += 1;
            } else {
                self.counts.created += 1;
            }
        }
        Ok(self.said(options, before, errors))
    }

    fn said(&self, options: &Options, before: Counts, errors: Vec<Value>) -> Value {
        let new = self.counts.created - before.created;
        let changed = self.counts.changed - before.changed;
        if options.generation == Generation::Qjb {
            return json!({"status": 0, "data": {"new_count": new, "chg_count": changed, "error_list": errors}});
        }
        // A number when something is new, a text when not: callers have to read both.
        let code = if new > 0 { json!(0) } else { json!("0") };
        json!({"code": code, "message": "OK", "new_count": new, "chg_count": changed})
    }
}

/// Orders that all come from one buyer, or too many that do, look like a mistake.
fn same_nick(orders: &[Value]) -> Result<(), String> {
    let nicks: BTreeSet<String> = orders.iter().map(|order| text(order, "buyer_nick")).collect();
    if orders.len() > 1 && nicks.len() == 1 {
        return Err("同一批订单买家昵称全部相同,请检查".to_owned());
    }
    for nick in nicks {
        if orders.iter().filter(|order| text(order, "buyer_nick") == nick).count() > 30 {
            return Err("同一买家昵称订单过多,请检查".to_owned());
        }
    }
    Ok(())
}
