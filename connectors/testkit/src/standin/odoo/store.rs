//! The tables, and what Odoo computes when it writes into them.

use std::collections::BTreeMap;

use crossdock_schemas::Dec;
use serde_json::{Map, Value, json};

use super::answer::Refusal;
use super::model::{self, Kind};

/// The id of the one user.
pub(super) const USER: i64 = 7;

/// A record.
pub(super) type Record = Map<String, Value>;

#[derive(Clone, Debug, Default)]
pub(super) struct Store {
    tables: BTreeMap<String, BTreeMap<i64, Record>>,
    last: BTreeMap<String, i64>,
    custom: Vec<String>,
    pub(super) mails: u64,
}

impl Store {
    /// A company, two currencies and a price list for each.
    pub(super) fn new(custom: &[String]) -> Self {
        let mut store = Self { custom: custom.to_vec(), ..Self::default() };
        let named = |name: &str| Record::from_iter([("name".to_owned(), name.into())]);
        store.insert("res.company", named("Acme"));
        for (currency, name) in [(1, "CNY"), (2, "EUR")] {
            store.insert("res.currency", named(name));
            let mut list = named(name);
            list.insert("currency_id".to_owned(), currency.into());
            store.insert("product.pricelist", list);
        }
        store
    }

    /// What a field of a model holds; nothing when there is no such field.
    pub(super) fn kind(&self, model: &str, field: &str) -> Option<Kind> {
        if field == "id" {
            return Some(Kind::Whole);
        }
        if model == "sale.order" && self.custom.iter().any(|custom| custom == field) {
            return Some(if field.ends_with("revision") { Kind::Whole } else { Kind::Text });
        }
        model::fields(model)?.iter().find(|(name, _)| *name == field).map(|(_, kind)| *kind)
    }

    /// The names of a model's fields.
    pub(super) fn names(&self, model: &str) -> Vec<String> {
        let fields = model::fields(model).unwrap_or_default().iter().map(|(name, _)| (*name).to_owned());
        let custom: &[String] = if model == "sale.order" { &self.custom } else { &[] };
        fields.chain(custom.iter().cloned()).collect()
    }

    /// Adds a record with the defaults of its model.
    pub(super) fn insert(&mut self, model: &str, values: Record) -> i64 {
        let last = self.last.entry(model.to_owned()).or_insert(0);
        *last += 1;
        let id = *last;
        let mut record = Record::new();
        record.insert("id".to_owned(), id.into());
        for field in self.names(model) {
            let value = match (model, field.as_str()) {
                (_, "active") => Value::Bool(true),
                ("sale.order" | "account.move", "state") => "draft".into(),
                ("sale.order", "name") => format!("S{id:05}").into(),
                ("sale.order" | "account.move", "company_id") => json!(1),
                ("sale.order" | "account.move", "currency_id") => json!(1),
                ("stock.picking", "name") => format!("WH/OUT/{id:05}").into(),
                _ => Value::Bool(false),
            };
            record.insert(field, value);
        }
        self.tables.entry(model.to_owned()).or_default().insert(id, record);
        self.update(model, id, values);
        id
    }

    /// Changes a record, and computes what follows.
    pub(super) fn update(&mut self, model: &str, id: i64, values: Record) {
        if let Some(record) = self.tables.entry(model.to_owned()).or_default().get_mut(&id) {
            for (name, value) in values {
                record.insert(name, value);
            }
        }
        self.compute(model, id);
    }

    pub(super) fn remove(&mut self, model: &str, id: i64) -> bool {
        let order = self.link(model, id, "order_id");
        let gone = self.tables.entry(model.to_owned()).or_default().remove(&id).is_some();
        let names = self.tables.entry("ir.model.data".to_owned()).or_default();
        names.retain(|_, row| {
            row.get("model") != Some(&model.into()) || row.get("res_id") != Some(&id.into())
        });
        if let Some(order) = order {
            self.compute("sale.order", order);
        }
        gone
    }

    pub(super) fn get(&self, model: &str, id: i64) -> Option<&Record> {
        self.tables.get(model)?.get(&id)
    }

    pub(super) fn all(&self, model: &str) -> Vec<Record> {
        self.tables.get(model).into_iter().flat_map(BTreeMap::values).cloned().collect()
    }

    /// The id of a link of a record.
    pub(super) fn link(&self, model: &str, id: i64, field: &str) -> Option<i64> {
        self.get(model, id)?.get(field)?.as_i64()
    }

    /// The record with an external id.
    pub(super) fn external(&self, name: &str) -> Option<(String, i64)> {
        let (module, name) = name.split_once('.')?;
        if module == "base" {
            // Countries: there are all of them.
            return (name.len() == 2).then(|| ("res.country".to_owned(), 1000));
        }
        let rows = self.tables.get("ir.model.data")?;
        let row = rows
            .values()
            .find(|row| row.get("module") == Some(&module.into()) && row.get("name") == Some(&name.into()))?;
        Some((row.get("model")?.as_str()?.to_owned(), row.get("res_id")?.as_i64()?))
    }

    /// Keeps an external id. They are unique.
    pub(super) fn keep_external(&mut self, name: &str, model: &str, id: i64) -> Result<(), Refusal> {
        let Some((module, name)) = name.split_once('.') else {
            return Err(Refusal::value("an external id needs a module"));
        };
        if self.external(&format!("{module}.{name}")).is_some() {
            return Err(Refusal::new(
                "psycopg2.errors.UniqueViolation",
                "duplicate key value violates unique constraint \"ir_model_data_module_name_uniq_index\"",
            ));
        }
        let row = json!({"module": module, "name": name, "model": model, "res_id": id});
        self.insert("ir.model.data", row.as_object().cloned().unwrap_or_default());
        Ok(())
    }

    /// Records of a model that link to an id.
    pub(super) fn linked(&self, model: &str, field: &str, id: i64) -> Vec<i64> {
        let rows = self.tables.get(model).into_iter().flatten();
        rows.filter(|(_, record)| record.get(field) == Some(&id.into())).map(|(id, _)| *id).collect()
    }

    fn number(&self, model: &str, id: i64, field: &str) -> Dec {
        match self.get(model, id).and_then(|record| record.get(field)) {
            Some(Value::Number(number)) => Dec::parse(number.as_str()).unwrap_or_default(),
            _ => Dec::ZERO,
        }
    }

    /// Totals follow from lines, the currency from the price list, the billed partner from the partner.
    fn compute(&mut self, model: &str, id: i64) {
        let (head, lines, quantity) = match model {
            "sale.order.line" => match self.link(model, id, "order_id") {
                Some(order) => return self.compute("sale.order", order),
                None => return,
            },
            "account.move.line" => match self.link(model, id, "move_id") {
                Some(head) => return self.compute("account.move", head),
                None => return,
            },
            "sale.order" => ("order_id", "sale.order.line", "product_uom_qty"),
            "account.move" => ("move_id", "account.move.line", "quantity"),
            _ => return,
        };
        let mut total = Dec::ZERO;
        for line in self.linked(lines, head, id) {
            let bare = (self.number(lines, line, quantity) * self.number(lines, line, "price_unit")).round(2);
            let product = self.link(lines, line, "product_id").unwrap_or_default();
            let percent = self.number("product.product", product, "tax");
            let tax = (bare * percent).checked_div(Dec::from(100)).unwrap_or_default();
            total = total + bare + tax.round(2);
        }
        let list = self.link(model, id, "pricelist_id");
        let currency = list.and_then(|list| self.link("product.pricelist", list, "currency_id"));
        let partner = self.link(model, id, "partner_id");
        if let Some(record) = self.tables.get_mut(model).and_then(|table| table.get_mut(&id)) {
            record.insert("amount_total".to_owned(), float(total));
            if let Some(currency) = currency {
                record.insert("currency_id".to_owned(), currency.into());
            }
            if let (Some(partner), "sale.order") = (partner, model) {
                record.insert("partner_invoice_id".to_owned(), partner.into());
            }
        }
    }
}

/// A number as Python prints a float.
pub(super) fn float(value: Dec) -> Value {
    let text = value.canonical();
    let text = if text.contains('.') { text } else { format!("{text}.0") };
    serde_json::from_str(&text).unwrap_or_default()
}
