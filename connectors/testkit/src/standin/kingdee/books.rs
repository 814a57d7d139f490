//! The bills, and the steps they go through.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// A bill.
#[derive(Clone, Debug, PartialEq)]
pub struct Bill {
    /// `FID`.
    pub id: u64,
    /// `FBillNo`.
    pub number: String,
    /// `FDocumentStatus`: Z, A, B, C or D.
    pub status: char,
    /// Its header.
    pub fields: Map<String, Value>,
    /// Its lines.
    pub lines: Vec<Line>,
    /// How often it was saved.
    pub saved: u32,
}

/// A line of a bill.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// `FEntryID`.
    pub id: u64,
    /// Its fields.
    pub fields: Map<String, Value>,
}

/// Why a call was refused.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Refusal {
    pub(super) code: i64,
    pub(super) errors: Vec<(Option<String>, String, usize)>,
    pub(super) done: Vec<(u64, String, usize)>,
}

impl Refusal {
    pub(super) fn new(code: i64, words: &str) -> Self {
        Self { code, errors: vec![(None, words.to_owned(), 0)], done: Vec::new() }
    }

    pub(super) fn field(code: i64, field: &str, words: &str) -> Self {
        Self { errors: vec![(Some(field.to_owned()), words.to_owned(), 0)], ..Self::new(code, words) }
    }

    pub(super) fn json(&self) -> Value {
        let errors = self.errors.iter();
        let errors: Vec<Value> = errors
            .map(|(field, words, at)| json!({"FieldName": field, "Message": words, "DIndex": at}))
            .collect();
        json!({"Result": {
            "ResponseStatus": {
                "ErrorCode": 500,
                "IsSuccess": false,
                "Errors": errors,
                "SuccessEntitys": entities(&self.done),
                "SuccessMessages": [],
                "MsgCode": self.code,
            },
            "Id": "",
            "Number": "",
            "NeedReturnData": [{}],
        }})
    }
}

fn entities(done: &[(u64, String, usize)]) -> Vec<Value> {
    done.iter().map(|(id, number, at)| json!({"Id": id, "Number": number, "DIndex": at})).collect()
}

/// What the server says when all went well, or what did not.
pub(super) fn told(done: Vec<(u64, String, usize)>, refused: Option<Refusal>) -> Result<Value, Refusal> {
    match refused {
        Some(refusal) => Err(Refusal { done, ..refusal }),
        None => Ok(json!({"Result": {
            "ResponseStatus": {
                "ErrorCode": 0,
                "IsSuccess": true,
                "Errors": [],
                "SuccessEntitys": entities(&done),
                "SuccessMessages": [],
                "MsgCode": 0,
            },
            "Id": done.first().map(|(id, _, _)| *id),
            "Number": done.first().map(|(_, number, _)| number.clone()),
            "NeedReturnData": [{}],
        }})),
    }
}

/// All bills.
#[derive(Default)]
pub(super) struct Books {
    forms: BTreeMap<String, Vec<Bill>>,
    last_id: u64,
}

impl Books {
    pub(super) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        100_000 + self.last_id
    }

    pub(super) fn of(&self, form: &str) -> Vec<Bill> {
        let mut bills = self.forms.get(form).cloned().unwrap_or_default();
        bills.sort_by(|one, other| one.number.cmp(&other.number));
        bills
    }

    pub(super) fn find(&self, form: &str, number: &str) -> Option<&Bill> {
        self.forms.get(form)?.iter().find(|bill| bill.number == number)
    }

    pub(super) fn find_mut(&mut self, form: &str, number: &str) -> Option<&mut Bill> {
        self.forms.get_mut(form)?.iter_mut().find(|bill| bill.number == number)
    }

    pub(super) fn by_id(&mut self, form: &str, id: u64) -> Option<&mut Bill> {
        self.forms.get_mut(form)?.iter_mut().find(|bill| bill.id == id)
    }

    pub(super) fn add(&mut self, form: &str, bill: Bill) {
        self.forms.entry(form.to_owned()).or_default().push(bill);
    }

    /// Whether another bill was made from this one.
    fn is_followed(&self, number: &str) -> bool {
        let names = |line: &Line| line.fields.get("FSoorDerno").and_then(Value::as_str) == Some(number);
        self.forms.values().flatten().flat_map(|bill| &bill.lines).any(names)
    }

    /// Submits, audits, takes the audit back or deletes, bill by bill.
    pub(super) fn step(&mut self, operation: &str, form: &str, data: &Value) -> Result<Value, Refusal> {
        let numbers: Vec<String> = match data.get("Numbers").and_then(Value::as_array) {
            Some(numbers) if !numbers.is_empty() => {
                numbers.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
            _ => return Err(Refusal::new(8, "示例:缺少 Numbers")),
        };
        let (mut done, mut refused) = (Vec::new(), None::<Refusal>);
        for (at, number) in numbers.iter().enumerate() {
            match self.step_one(operation, form, number) {
                Ok(id) => done.push((id, number.clone(), at)),
                Err(refusal) => {
                    let words = refusal.errors.into_iter().map(|(field, words, _)| (field, words, at));
                    let all = refused
                        .get_or_insert(Refusal { errors: Vec::new(), ..Refusal::new(refusal.code, "") });
                    all.errors.extend(words);
                }
            }
        }
        told(done, refused)
    }

    fn step_one(&mut self, operation: &str, form: &str, number: &str) -> Result<u64, Refusal> {
        let followed = self.is_followed(number);
        let bill = self.find_mut(form, number).ok_or_else(|| Refusal::new(10, "示例:单据不存在"))?;
        let next = match (operation, bill.status) {
            ("Submit", 'A' | 'D') => 'B',
            ("Audit", 'B') => 'C',
            ("UnAudit", 'C') if followed => return Err(Refusal::new(11, "示例:存在下游单据，不允许反审核")),
            ("UnAudit", 'C') => 'D',
            ("Delete", 'Z' | 'A' | 'D') => 'X',
            ("Submit", _) => return Err(Refusal::new(12, "示例:单据已提交")),
            ("Audit", 'C') => return Err(Refusal::new(12, "示例:单据已审核")),
            _ => return Err(Refusal::new(12, "示例:当前状态不允许此操作")),
        };
        bill.status = next;
        let id = bill.id;
        if next == 'X' {
            self.forms.entry(form.to_owned()).or_default().retain(|bill| bill.id != id);
        }
        Ok(id)
    }
}
