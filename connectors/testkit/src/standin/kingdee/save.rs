//! Saving: codes checked or blanked, numbers unique, lines kept or lost, prices set field by field.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::Counts;
use super::books::{Bill, Books, Line, Refusal, told};

type Masters = BTreeMap<String, BTreeSet<String>>;

/// What the price list says: nobody meant it.
const LIST_PRICE: &str = "9999";

pub(super) fn one(
    books: &mut Books,
    counts: &mut Counts,
    masters: &Masters,
    form: &str,
    data: &Value,
) -> Result<Value, Refusal> {
    let model = data.get("Model").and_then(Value::as_object).ok_or(Refusal::new(8, "示例:缺少 Model"))?;
    let (id, number) = save(books, counts, masters, form, data, model)?;
    told(vec![(id, number, 0)], None)
}

pub(super) fn many(
    books: &mut Books,
    counts: &mut Counts,
    masters: &Masters,
    form: &str,
    data: &Value,
) -> Result<Value, Refusal> {
    let models = data.get("Model").and_then(Value::as_array).ok_or(Refusal::new(8, "示例:缺少 Model"))?;
    let (mut done, mut refused) = (Vec::new(), None::<Refusal>);
    for (at, model) in models.iter().enumerate() {
        let empty = Map::new();
        match save(books, counts, masters, form, data, model.as_object().unwrap_or(&empty)) {
            Ok((id, number)) => done.push((id, number, at)),
            Err(refusal) => {
                let words = refusal.errors.into_iter().map(|(field, words, _)| (field, words, at));
                let all =
                    refused.get_or_insert(Refusal { errors: Vec::new(), ..Refusal::new(refusal.code, "") });
                all.errors.extend(words);
            }
        }
    }
    told(done, refused)
}

/// Flags are texts or booleans; each has its default.
fn flag(data: &Value, name: &str, default: bool) -> bool {
    match data.get(name) {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) if !text.is_empty() => text.eq_ignore_ascii_case("true"),
        _ => default,
    }
}

/// The list of lines of a form.
fn entry_name(form: &str) -> &'static str {
    match form {
        "SAL_SaleOrder" => "FSaleOrderEntry",
        "AR_REFUNDBILL" => "FREFUNDBILLENTRY",
        _ => "FEntity",
    }
}

fn required(form: &str) -> &'static [&'static str] {
    match form {
        "SAL_SaleOrder" => {
            &["FBillTypeID", "FDate", "FSaleOrgId", "FCustId", "FSaleOrderFinance", "FSaleOrderEntry"]
        }
        "SAL_OUTSTOCK" => &["FDate", "FCustomerID", "FSaleOrgId", "FStockOrgId", "FEntity"],
        "SAL_RETURNSTOCK" => &["FDate", "FRetcustId", "FSaleOrgId", "FStockOrgId", "FEntity"],
        _ => &["FDate"],
    }
}

fn save(
    books: &mut Books,
    counts: &mut Counts,
    masters: &Masters,
    form: &str,
    data: &Value,
    model: &Map<String, Value>,
) -> Result<(u64, String), Refusal> {
    let verify = flag(data, "IsVerifyBaseDataField", false);
    let mut model = model.clone();
    checked(&mut model, masters, verify, counts)?;
    let entry = entry_name(form);
    let given: Vec<Map<String, Value>> = match model.remove(entry) {
        Some(Value::Array(lines)) => lines.into_iter().filter_map(|line| line.as_object().cloned()).collect(),
        _ => Vec::new(),
    };
    let id = model.remove("FID").and_then(|id| id.as_u64()).unwrap_or(0);
    if id != 0 {
        return update(books, counts, form, data, id, model, given);
    }
    for name in required(form) {
        let there = if *name == entry { !given.is_empty() } else { model.contains_key(*name) };
        if !there {
            return Err(Refusal::field(9, name, "示例:字段是必填项"));
        }
    }
    let number = model.get("FBillNo").and_then(Value::as_str).filter(|number| !number.is_empty());
    let number = match number {
        Some(number) => number.to_owned(),
        None => format!("AUTO{:06}", books.next_id()),
    };
    if books.find(form, &number).is_some() {
        return Err(Refusal::field(11, "FBillNo", &format!("示例:单据编号 {number} 已存在")));
    }
    let mut lines = Vec::new();
    for fields in given {
        lines.push(Line { id: books.next_id(), fields: priced(fields) });
    }
    let id = books.next_id();
    books.add(form, Bill { id, number: number.clone(), status: 'A', fields: model, lines, saved: 1 });
    counts.created += 1;
    Ok((id, number))
}

fn update(
    books: &mut Books,
    counts: &mut Counts,
    form: &str,
    data: &Value,
    id: u64,
    model: Map<String, Value>,
    given: Vec<Map<String, Value>>,
) -> Result<(u64, String), Refusal> {
    let named: Vec<&str> = data
        .get("NeedUpDateFields")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let touches = |name: &str| named.is_empty() || named.contains(&name);
    let deletes = flag(data, "IsDeleteEntry", true);
    let fresh: Vec<u64> = given.iter().map(|_| books.next_id()).collect();
    let bill = books.by_id(form, id).ok_or_else(|| Refusal::new(10, "示例:单据不存在"))?;
    if !matches!(bill.status, 'Z' | 'A' | 'D') {
        return Err(Refusal::new(12, "示例:已审核或审核中的单据不允许修改"));
    }
    for (name, value) in model {
        if touches(&name) {
            bill.fields.insert(name, value);
        }
    }
    if touches(entry_name(form)) {
        let mut kept = Vec::new();
        for (mut fields, fresh) in given.into_iter().zip(fresh) {
            let id = fields.remove("FEntryID").and_then(|id| id.as_u64());
            let there = id.and_then(|id| bill.lines.iter().find(|line| line.id == id)).cloned();
            if id.is_some() && there.is_none() {
                return Err(Refusal::new(10, "示例:分录不存在"));
            }
            let mut line = there.unwrap_or(Line { id: fresh, fields: Map::new() });
            for (name, value) in priced(fields) {
                if touches(&name) {
                    line.fields.insert(name, value);
                }
            }
            kept.push(line);
        }
        if !deletes {
            let others = bill.lines.iter().filter(|line| !kept.iter().any(|kept| kept.id == line.id));
            let others: Vec<Line> = others.cloned().collect();
            kept.extend(others);
        }
        bill.lines = kept;
    }
    bill.status = if bill.status == 'D' { 'D' } else { 'A' };
    bill.saved += 1;
    counts.updated += 1;
    Ok((id, bill.number.clone()))
}

/// Refuses unknown codes, or blanks them as the server does by default.
fn checked(
    fields: &mut Map<String, Value>,
    masters: &Masters,
    verify: bool,
    counts: &mut Counts,
) -> Result<(), Refusal> {
    for (name, value) in fields.iter_mut() {
        match value {
            Value::Object(inner) => {
                let code = inner.get("FNumber").or_else(|| inner.get("FNUMBER")).and_then(Value::as_str);
                let unknown =
                    code.is_some_and(|code| masters.get(name).is_some_and(|known| !known.contains(code)));
                if unknown && verify {
                    return Err(Refusal::field(11, name, "示例:编码不存在"));
                }
                if unknown {
                    counts.blanks += 1;
                    *value = Value::Null;
                } else {
                    checked(inner, masters, verify, counts)?;
                }
            }
            Value::Array(items) => {
                for item in items.iter_mut().filter_map(Value::as_object_mut) {
                    checked(item, masters, verify, counts)?;
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    Ok(())
}

/// The server fills field by field: a quantity brings the list price with it, over what stood there before.
fn priced(fields: Map<String, Value>) -> Map<String, Value> {
    let mut filled = Map::new();
    for (name, value) in fields {
        if name == "FQty" {
            for price in ["FTaxPrice", "FPrice"] {
                if let Some(there) = filled.get_mut(price) {
                    *there = LIST_PRICE.parse::<serde_json::Number>().map_or(Value::Null, Value::Number);
                }
            }
        }
        filled.insert(name, value);
    }
    filled
}
