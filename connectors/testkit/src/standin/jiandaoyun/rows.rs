//! Forms and their rows.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Refusal;

/// A widget of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Widget {
    /// Its alias, or its id.
    pub name: String,
    /// The vendor's word for its type: `text`, `number`, `subform`.
    pub kind: &'static str,
    /// Widgets of a subform.
    pub items: Vec<Widget>,
}

impl Widget {
    /// A widget.
    #[must_use]
    pub fn new(name: &str, kind: &'static str) -> Self {
        Self { name: name.to_owned(), kind, items: Vec::new() }
    }

    /// A subform.
    #[must_use]
    pub fn subform(name: &str, items: Vec<Widget>) -> Self {
        Self { name: name.to_owned(), kind: "subform", items }
    }

    fn listed(&self) -> Value {
        let mut listed = json!({"label": self.name, "name": self.name, "type": self.kind});
        if let (false, Some(listed)) = (self.items.is_empty(), listed.as_object_mut()) {
            listed.insert("items".to_owned(), self.items.iter().map(Self::listed).collect());
        }
        listed
    }
}

type Row = Map<String, Value>;

#[derive(Default)]
struct Form {
    widgets: Vec<Widget>,
    /// Rows with the number of searches they still hide from.
    rows: Vec<(Row, u32)>,
    transactions: BTreeMap<String, Vec<String>>,
}

pub(super) struct Forms {
    forms: BTreeMap<(String, String), Form>,
    members: Vec<String>,
    hidden_for: u32,
    ids: u64,
    pub(super) started: u64,
}

const INVALID: Refusal = Refusal(1, "The request is invalid.");
const NO_MEMBER: Refusal = Refusal(1010, "The member doesn't exist.");

impl Forms {
    pub(super) fn new(members: Vec<String>, hidden_for: u32) -> Self {
        Self { forms: BTreeMap::new(), members, hidden_for, ids: 0, started: 0 }
    }

    pub(super) fn put_form(&mut self, app: &str, entry: &str, widgets: Vec<Widget>) {
        self.forms.insert((app.to_owned(), entry.to_owned()), Form { widgets, ..Form::default() });
    }

    pub(super) fn put_row(&mut self, app: &str, entry: &str, mut values: Row) -> String {
        let id = self.id();
        values.insert("_id".to_owned(), id.as_str().into());
        if let Some(form) = self.forms.get_mut(&(app.to_owned(), entry.to_owned())) {
            form.rows.push((values, 0));
        }
        id
    }

    pub(super) fn rows(&self, app: &str, entry: &str) -> Vec<Row> {
        let form = self.forms.get(&(app.to_owned(), entry.to_owned()));
        form.into_iter().flat_map(|form| &form.rows).map(|(row, _)| row.clone()).collect()
    }

    fn id(&mut self) -> String {
        self.ids += 1;
        format!("64f0{:020x}", self.ids)
    }

    /// Makes a call.
    pub(super) fn call(&mut self, path: &str, body: &Row) -> Result<Value, Refusal> {
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let place = (text("app_id"), text("entry_id"));
        if !self.forms.contains_key(&place) {
            return Err(INVALID);
        }
        match path {
            "widget/list" => self.widgets(&place),
            "data/list" => self.list(&place, body),
            "data/create" => {
                let data = body.get("data").and_then(Value::as_object).ok_or(INVALID)?;
                let id = self.create(&place, data)?;
                self.show(&place, &id)
            }
            "data/batch_create" => self.batch_create(&place, body),
            "data/update" => self.update(&place, body),
            _ => Err(INVALID),
        }
    }

    fn form(&mut self, place: &(String, String)) -> Result<&mut Form, Refusal> {
        self.forms.get_mut(place).ok_or(INVALID)
    }

    fn widgets(&mut self, place: &(String, String)) -> Result<Value, Refusal> {
        let listed: Vec<Value> = self.form(place)?.widgets.iter().map(Widget::listed).collect();
        Ok(json!({"widgets": listed, "sysWidgets": [], "dataModifyTime": "2026-01-05T01:00:00.000Z"}))
    }

    fn list(&mut self, place: &(String, String), body: &Row) -> Result<Value, Refusal> {
        let limit = body.get("limit").and_then(Value::as_u64).unwrap_or(10);
        if limit == 0 || limit > 100 {
            return Err(INVALID);
        }
        let conditions = body.get("filter").and_then(|filter| filter.get("cond")).and_then(Value::as_array);
        let conditions = conditions.cloned().unwrap_or_default();
        let fields: Vec<&str> = body
            .get("fields")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let form = self.form(place)?;
        let mut found = Vec::new();
        for (row, hidden) in &mut form.rows {
            if *hidden > 0 {
                *hidden -= 1;
                continue;
            }
            if !conditions.iter().all(|condition| fits(row, condition)) {
                continue;
            }
            let shown =
                |name: &&String| fields.is_empty() || *name == "_id" || fields.contains(&name.as_str());
            let row: Row = row
                .iter()
                .filter(|(name, _)| shown(name))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            found.push(Value::Object(row));
        }
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(json!({"data": found}))
    }

    fn show(&mut self, place: &(String, String), id: &str) -> Result<Value, Refusal> {
        let form = self.form(place)?;
        let row = form.rows.iter().find(|(row, _)| row.get("_id") == Some(&id.into()));
        row.map(|(row, _)| json!({"data": row})).ok_or(INVALID)
    }

    /// The one way of making rows that knows a repetition.
    fn batch_create(&mut self, place: &(String, String), body: &Row) -> Result<Value, Refusal> {
        let list = body.get("data_list").and_then(Value::as_array).ok_or(INVALID)?;
        if list.is_empty() || list.len() > 100 {
            return Err(INVALID);
        }
        if let Some(creator) = body.get("data_creator").and_then(Value::as_str)
            && !self.members.iter().any(|member| member == creator)
        {
            return Err(NO_MEMBER);
        }
        let transaction = body.get("transaction_id").and_then(Value::as_str).unwrap_or_default().to_owned();
        let known = self.form(place)?.transactions.get(&transaction).cloned();
        let ids = match known {
            Some(ids) => ids,
            None => {
                let mut rows = Vec::new();
                for data in list {
                    rows.push(self.values(place, data.as_object().ok_or(INVALID)?, None)?);
                }
                let ids: Vec<String> =
                    rows.into_iter().map(|row| self.insert(place, row)).collect::<Result<_, _>>()?;
                if !transaction.is_empty() {
                    self.form(place)?.transactions.insert(transaction, ids.clone());
                }
                self.started += u64::from(body.get("is_start_workflow") == Some(&Value::Bool(true)));
                ids
            }
        };
        Ok(json!({"status": "success", "success_count": ids.len(), "success_ids": ids}))
    }

    fn create(&mut self, place: &(String, String), data: &Row) -> Result<String, Refusal> {
        let row = self.values(place, data, None)?;
        self.insert(place, row)
    }

    fn insert(&mut self, place: &(String, String), mut row: Row) -> Result<String, Refusal> {
        let id = self.id();
        row.insert("_id".to_owned(), id.as_str().into());
        let hidden = self.hidden_for;
        self.form(place)?.rows.push((row, hidden));
        Ok(id)
    }

    fn update(&mut self, place: &(String, String), body: &Row) -> Result<Value, Refusal> {
        let id = body.get("data_id").and_then(Value::as_str).ok_or(INVALID)?.to_owned();
        let data = body.get("data").and_then(Value::as_object).ok_or(INVALID)?;
        let is_it = |row: &Row| row.get("_id").and_then(Value::as_str) == Some(id.as_str());
        let old = self.form(place)?.rows.iter().find(|(row, _)| is_it(row)).map(|(row, _)| row.clone());
        let values = self.values(place, data, Some(&old.ok_or(INVALID)?))?;
        if let Some((row, _)) = self.form(place)?.rows.iter_mut().find(|(row, _)| is_it(row)) {
            row.extend(values);
        }
        self.started += u64::from(body.get("is_start_trigger") == Some(&Value::Bool(true)));
        self.show(place, &id)
    }

    /// Wrapped values as they are kept. What no widget takes vanishes.
    fn values(&mut self, place: &(String, String), data: &Row, old: Option<&Row>) -> Result<Row, Refusal> {
        let widgets = self.form(place)?.widgets.clone();
        let mut row = Row::new();
        for (name, wrapped) in data {
            let value = wrapped.as_object().and_then(|wrapped| wrapped.get("value")).ok_or(INVALID)?;
            let Some(widget) = widgets.iter().find(|widget| widget.name == *name) else { continue };
            let value = match widget.kind {
                "subform" => self.subform(widget, value, old)?,
                _ => self.value(widget, value)?,
            };
            row.insert(name.clone(), value);
        }
        Ok(row)
    }

    /// All rows of a subform are replaced; one that is sent with its id keeps it.
    fn subform(&mut self, widget: &Widget, value: &Value, old: Option<&Row>) -> Result<Value, Refusal> {
        let before =
            old.and_then(|row| row.get(&widget.name)).and_then(Value::as_array).cloned().unwrap_or_default();
        let mut rows = Vec::new();
        for line in value.as_array().ok_or(INVALID)? {
            let line = line.as_object().ok_or(INVALID)?;
            let unwrapped = |name: &str| line.get(name).and_then(|wrapped| wrapped.get("value"));
            let mut row = Row::new();
            let sent =
                unwrapped("_id").filter(|id| before.iter().any(|row| row.get("_id") == Some(id))).cloned();
            let id = match sent {
                Some(id) => id,
                None => self.id().into(),
            };
            row.insert("_id".to_owned(), id);
            for item in &widget.items {
                if let Some(value) = unwrapped(&item.name) {
                    row.insert(item.name.clone(), self.value(item, value)?);
                }
            }
            rows.push(Value::Object(row));
        }
        Ok(Value::Array(rows))
    }

    fn value(&self, widget: &Widget, value: &Value) -> Result<Value, Refusal> {
        let text = value.as_str();
        let fits = match widget.kind {
            "number" | "dept" => value.is_number(),
            "datetime" => text.is_some_and(|text| text.len() == 24 && text.ends_with('Z')),
            "checkboxgroup" | "combocheck" => {
                value.as_array().is_some_and(|list| list.iter().all(Value::is_string))
            }
            "address" => value.get("detail").is_some_and(Value::is_string),
            "phone" => value.get("phone").is_some_and(Value::is_string),
            "user" => {
                if !self.members.iter().any(|member| Some(member.as_str()) == text) {
                    return Err(NO_MEMBER);
                }
                true
            }
            _ => text.is_some(),
        };
        if fits { Ok(value.clone()) } else { Err(INVALID) }
    }
}

fn fits(row: &Row, condition: &Value) -> bool {
    let text = |name: &str| condition.get(name).and_then(Value::as_str).unwrap_or_default();
    let wanted = condition.get("value").and_then(Value::as_array).cloned().unwrap_or_default();
    let found = row.get(text("field")).cloned().unwrap_or_default();
    match text("method") {
        "eq" => wanted.first() == Some(&found),
        "in" => wanted.len() <= 200 && wanted.contains(&found),
        _ => false,
    }
}
