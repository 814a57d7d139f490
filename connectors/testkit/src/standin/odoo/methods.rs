//! The methods of the models.

use serde_json::{Map, Value, json};

use super::Call;
use super::answer::Refusal;
use super::model::{self, Kind};
use super::store::{Record, Store};
use super::{domain, load};

/// Makes a call.
pub(super) fn call(store: &mut Store, call: &Call) -> Result<Value, Refusal> {
    let model = call.model.as_str();
    if model::fields(model).is_none() {
        return Err(Refusal::new("builtins.KeyError", format!("the model {model:?} does not exist")));
    }
    let named = |name: &str| call.named.get(name).cloned().unwrap_or_default();
    match (model, call.method.as_str()) {
        (_, "search_read") => search_read(store, call),
        (_, "read") => {
            let foreign = |id: &&i64| store.get(model, **id).is_some_and(|record| !seen(call, record));
            if let Some(id) = call.ids.iter().find(foreign) {
                let words = format!("{model}({id}) belongs to a company that is not among the allowed ones");
                return Err(Refusal::new("odoo.exceptions.AccessError", words));
            }
            read(store, model, &call.ids, &named("fields"))
        }
        (_, "load") => {
            let fields: Vec<String> =
                serde_json::from_value(named("fields")).map_err(|_| arguments("fields"))?;
            let data: Vec<Vec<String>> =
                serde_json::from_value(named("data")).map_err(|_| arguments("data"))?;
            load::load(store, model, &fields, &data)
        }
        (_, "create") => create(store, model, &named("vals_list")),
        (_, "write") => write(store, call),
        (_, "unlink") => {
            for id in &call.ids {
                let order = store.link(model, *id, "order_id");
                let confirmed = order.is_some_and(|order| state(store, "sale.order", order) == "sale");
                if confirmed {
                    return Err(Refusal::user("a line of a confirmed order cannot be deleted"));
                }
                if !store.remove(model, *id) {
                    return Err(missing(model, *id));
                }
            }
            Ok(Value::Bool(true))
        }
        ("sale.order", "action_confirm") => each(store, call, confirm),
        ("sale.order", "action_cancel") => each(store, call, cancel),
        ("account.move", "action_post") => each(store, call, post),
        (_, other) => {
            Err(Refusal::new("builtins.AttributeError", format!("{model} has no method {other:?}")))
        }
    }
}

fn arguments(name: &str) -> Refusal {
    Refusal::new("builtins.TypeError", format!("argument {name:?} is missing or of the wrong type"))
}

fn missing(model: &str, id: i64) -> Refusal {
    Refusal::new(
        "odoo.exceptions.MissingError",
        format!("Record does not exist or has been deleted: {model}({id})"),
    )
}

fn state(store: &Store, model: &str, id: i64) -> String {
    let state = store.get(model, id).and_then(|record| record.get("state")?.as_str().map(str::to_owned));
    state.unwrap_or_default()
}

fn set_state(store: &mut Store, model: &str, id: i64, state: &str) {
    store.update(model, id, Record::from_iter([("state".to_owned(), state.into())]));
}

fn each(
    store: &mut Store,
    call: &Call,
    act: impl Fn(&mut Store, i64) -> Result<(), Refusal>,
) -> Result<Value, Refusal> {
    if call.ids.is_empty() {
        return Err(arguments("ids"));
    }
    for id in &call.ids {
        if store.get(&call.model, *id).is_none() {
            return Err(missing(&call.model, *id));
        }
        act(store, *id)?;
    }
    Ok(Value::Bool(true))
}

/// Confirming makes the delivery and mails the customer.
fn confirm(store: &mut Store, id: i64) -> Result<(), Refusal> {
    let now = state(store, "sale.order", id);
    if now != "draft" && now != "sent" {
        return Err(Refusal::user(format!(
            "The following orders are not in a state requiring confirmation: {id} ({now})"
        )));
    }
    if store.linked("sale.order.line", "order_id", id).is_empty() {
        return Err(Refusal::user("an order without lines cannot be confirmed"));
    }
    set_state(store, "sale.order", id, "sale");
    let company = store.link("sale.order", id, "company_id");
    let picking =
        json!({"sale_id": id, "company_id": company, "picking_type_code": "outgoing", "state": "confirmed"});
    store.insert("stock.picking", picking.as_object().cloned().unwrap_or_default());
    store.mails += 1;
    Ok(())
}

fn cancel(store: &mut Store, id: i64) -> Result<(), Refusal> {
    let pickings = store.linked("stock.picking", "sale_id", id);
    if pickings.iter().any(|picking| state(store, "stock.picking", *picking) == "done") {
        return Err(Refusal::user("an order with a done delivery cannot be cancelled"));
    }
    for picking in pickings {
        set_state(store, "stock.picking", picking, "cancel");
    }
    set_state(store, "sale.order", id, "cancel");
    Ok(())
}

fn post(store: &mut Store, id: i64) -> Result<(), Refusal> {
    if state(store, "account.move", id) != "draft" {
        return Err(Refusal::user("the entry is posted already"));
    }
    set_state(store, "account.move", id, "posted");
    Ok(())
}

/// Nothing tells one order from another here: a second call makes a second order.
fn create(store: &mut Store, model: &str, list: &Value) -> Result<Value, Refusal> {
    let list = list.as_array().ok_or_else(|| arguments("vals_list"))?;
    let mut ids = Vec::new();
    for values in list {
        let mut values = values.as_object().cloned().ok_or_else(|| arguments("vals_list"))?;
        for field in model::required(model) {
            if values.get(*field).is_none_or(|value| *value == Value::Bool(false)) {
                let words = format!("Missing required value for the field '{field}'");
                return Err(Refusal::new("odoo.exceptions.ValidationError", words));
            }
        }
        known(store, model, &values)?;
        let lines = values.remove("order_line");
        let id = store.insert(model, values);
        for command in lines.as_ref().and_then(Value::as_array).into_iter().flatten() {
            let Some(mut line) = command.get(2).and_then(Value::as_object).cloned() else { continue };
            known(store, "sale.order.line", &line)?;
            line.insert("order_id".to_owned(), id.into());
            store.insert("sale.order.line", line);
        }
        ids.push(id);
    }
    Ok(json!(ids))
}

fn known(store: &Store, model: &str, values: &Map<String, Value>) -> Result<(), Refusal> {
    match values.keys().find(|name| store.kind(model, name).is_none()) {
        Some(name) => Err(Refusal::value(format!("Invalid field {name:?} on model {model:?}"))),
        None => Ok(()),
    }
}

fn write(store: &mut Store, call: &Call) -> Result<Value, Refusal> {
    let values = call.named.get("vals").and_then(Value::as_object).ok_or_else(|| arguments("vals"))?;
    known(store, &call.model, values)?;
    for (name, value) in values {
        if let (Some(Kind::Link(other)), Some(id)) = (store.kind(&call.model, name), value.as_i64())
            && store.get(other, id).is_none()
        {
            return Err(missing(other, id));
        }
    }
    let values = values.clone();
    each(store, call, move |store, id| {
        store.update(&call.model, id, values.clone());
        Ok(())
    })
}

/// Whether a record may be seen: those of other companies than the allowed ones hide.
fn seen(call: &Call, record: &Record) -> bool {
    let context = call.named.get("context");
    let told = context.and_then(|context| context.get("allowed_company_ids")).and_then(Value::as_array);
    let of = record.get("company_id").filter(|company| company.is_i64());
    match (of, told) {
        (None, _) => true,
        (Some(company), Some(allowed)) => allowed.contains(company),
        (Some(company), None) => company.as_i64() == Some(1),
    }
}

fn search_read(store: &Store, call: &Call) -> Result<Value, Refusal> {
    let model = call.model.as_str();
    let domain = call.named.get("domain").and_then(Value::as_array).cloned().unwrap_or_default();
    let all =
        call.named.get("context").and_then(|context| context.get("active_test")) == Some(&Value::Bool(false));
    let mut ids = Vec::new();
    for record in store.all(model) {
        let hidden = record.get("active") == Some(&Value::Bool(false)) && !all;
        if !hidden && seen(call, &record) && domain::fits(store, model, &record, &domain)? {
            ids.extend(record.get("id").and_then(Value::as_i64));
        }
    }
    if let Some(limit) = call.named.get("limit").and_then(Value::as_u64) {
        ids.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    read(store, model, &ids, &call.named.get("fields").cloned().unwrap_or_default())
}

fn read(store: &Store, model: &str, ids: &[i64], fields: &Value) -> Result<Value, Refusal> {
    let names: Vec<String> = match fields.as_array() {
        Some(names) => names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect(),
        None => store.names(model),
    };
    let mut rows = Vec::new();
    for id in ids {
        let record = store.get(model, *id).ok_or_else(|| missing(model, *id))?;
        let mut row = Record::new();
        row.insert("id".to_owned(), (*id).into());
        for name in &names {
            let kind = store
                .kind(model, name)
                .ok_or_else(|| Refusal::value(format!("Invalid field {name:?} on model {model:?}")))?;
            let value = record.get(name).cloned().unwrap_or(Value::Bool(false));
            let value = match (kind, value.as_i64()) {
                (Kind::Link(other), Some(id)) => {
                    let label = store.get(other, id).and_then(|record| record.get("name").cloned());
                    json!([id, label.unwrap_or_default()])
                }
                (Kind::Many(other, back), _) => json!(store.linked(other, back, *id)),
                _ => value,
            };
            row.insert(name.clone(), value);
        }
        rows.push(Value::Object(row));
    }
    Ok(Value::Array(rows))
}
