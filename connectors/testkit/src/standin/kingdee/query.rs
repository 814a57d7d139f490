//! `ExecuteBillQuery`: rows as lists in the order of the keys; one row a bill, or a line as soon as a line is asked for.

use crossdock_schemas::Dec;
use serde_json::{Map, Number, Value};

use super::books::{Bill, Books, Line, Refusal};

pub(super) fn answer(books: &Books, data: &Value) -> Result<Value, Refusal> {
    let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
    let wrong = || Refusal::new(8, "示例:过滤条件错误");
    let keys: Vec<&str> = text("FieldKeys").split(',').map(str::trim).collect();
    let numbers = numbers(text("FilterString")).ok_or_else(wrong)?;
    let limit = data.get("Limit").and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok());
    let limit = limit.filter(|limit| (1..=2000).contains(limit)).ok_or_else(wrong)?;
    let mut rows = Vec::new();
    for bill in books.of(text("FormId")).iter().filter(|bill| numbers.contains(&bill.number)) {
        let by_line = keys.iter().any(|key| is_of_line(bill, key));
        if by_line {
            rows.extend(bill.lines.iter().map(|line| row(bill, Some(line), &keys)));
        } else {
            rows.push(row(bill, None, &keys));
        }
    }
    rows.truncate(limit);
    Ok(Value::Array(rows))
}

/// `FBillNo='A' or FBillNo='B'`, with quotes doubled inside; nothing else is understood.
fn numbers(filter: &str) -> Option<Vec<String>> {
    let mut numbers = Vec::new();
    let mut rest = filter.trim();
    loop {
        rest = rest.strip_prefix("FBillNo='")?;
        let mut number = String::new();
        loop {
            let (before, after) = rest.split_once('\'')?;
            number.push_str(before);
            match after.strip_prefix('\'') {
                Some(more) => {
                    number.push('\'');
                    rest = more;
                }
                None => {
                    rest = after;
                    break;
                }
            }
        }
        numbers.push(number);
        if rest.is_empty() {
            return Some(numbers);
        }
        rest = rest.strip_prefix(" or ")?;
    }
}

fn is_of_line(bill: &Bill, key: &str) -> bool {
    let name = key.split('.').next().unwrap_or_default();
    key.ends_with("_FEntryID")
        || name == "FAllAmount"
        || bill.lines.iter().any(|line| line.fields.contains_key(name))
}

fn row(bill: &Bill, line: Option<&Line>, keys: &[&str]) -> Value {
    keys.iter().map(|key| cell(bill, line, key)).collect()
}

fn cell(bill: &Bill, line: Option<&Line>, key: &str) -> Value {
    match key {
        "FID" => return bill.id.into(),
        "FBillNo" => return bill.number.as_str().into(),
        "FDocumentStatus" => return bill.status.to_string().into(),
        _ if key.ends_with("_FEntryID") => return line.map_or(Value::Null, |line| line.id.into()),
        "FAllAmount" => return line.and_then(|line| amount(&line.fields)).unwrap_or_default(),
        _ => {}
    }
    let found = line.and_then(|line| find(&line.fields, key)).or_else(|| find(&bill.fields, key));
    // Texts that nobody filled are blanks over there.
    found.cloned().unwrap_or_else(|| Value::from(" "))
}

/// A field by its key, also in the parts of the header; `A.FNumber` is the code inside.
fn find<'a>(fields: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    let (name, inner) = key.split_once('.').map_or((key, None), |(name, inner)| (name, Some(inner)));
    let direct = fields.get(name);
    let value =
        direct.or_else(|| fields.values().filter_map(Value::as_object).find_map(|part| part.get(name)))?;
    match inner {
        Some(inner) => value.get(inner),
        None => Some(value),
    }
}

/// The line with tax, to the cent.
fn amount(fields: &Map<String, Value>) -> Option<Value> {
    let dec = |name: &str| Dec::parse(&fields.get(name)?.as_number()?.to_string()).ok();
    let percent = dec("FEntryTaxRate").unwrap_or_default();
    let with_tax = || {
        let rate = Dec::ONE.checked_add(percent.checked_div(Dec::from(100))?)?;
        dec("FPrice")?.checked_mul(rate)
    };
    let amount = dec("FTaxPrice").or_else(with_tax)?.checked_mul(dec("FQty")?)?;
    amount.round(2).to_string().parse::<Number>().ok().map(Value::Number)
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn a_quote_inside_a_number_is_part_of_it() {
        assert_eq!(numbers("FBillNo='A' or FBillNo='B''C'"), Some(vec!["A".into(), "B'C".into()]));
        for bad in ["", "FBillNo=A", "FBillNo='A", "FBillNo='A' and 1=1", "1=1", "FBillNo='A' or "] {
            assert_eq!(numbers(bad), None, "{bad}");
        }
    }
}
