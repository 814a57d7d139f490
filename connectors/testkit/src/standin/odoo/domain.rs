//! Search domains: conditions with the operators in front of what they join.

use serde_json::Value;

use super::answer::Refusal;
use super::store::{Record, Store};

/// Whether a record fits a domain.
pub(super) fn fits(store: &Store, model: &str, record: &Record, domain: &[Value]) -> Result<bool, Refusal> {
    let mut stack = Vec::new();
    for term in domain.iter().rev() {
        match term.as_str() {
            Some("&") => join(&mut stack, |one, other| one && other)?,
            Some("|") => join(&mut stack, |one, other| one || other)?,
            Some("!") => {
                let top = stack.pop().ok_or_else(broken)?;
                stack.push(!top);
            }
            Some(_) => return Err(broken()),
            None => stack.push(condition(store, model, record, term)?),
        }
    }
    // Conditions that nothing joins have to hold all.
    Ok(stack.into_iter().all(|holds| holds))
}

fn join(stack: &mut Vec<bool>, how: impl Fn(bool, bool) -> bool) -> Result<(), Refusal> {
    match (stack.pop(), stack.pop()) {
        (Some(one), Some(other)) => stack.push(how(one, other)),
        _ => return Err(broken()),
    }
    Ok(())
}

fn condition(store: &Store, model: &str, record: &Record, term: &Value) -> Result<bool, Refusal> {
    let parts = term.as_array().map(Vec::as_slice).unwrap_or_default();
    let [Value::String(field), Value::String(operator), wanted] = parts else { return Err(broken()) };
    if store.kind(model, field).is_none() {
        return Err(Refusal::value(format!("Invalid field {model}.{field} in leaf {term}")));
    }
    let found = record.get(field).unwrap_or(&Value::Null);
    let among = || wanted.as_array().is_some_and(|list| list.contains(found));
    Ok(match operator.as_str() {
        "=" => found == wanted,
        "!=" => found != wanted,
        "in" => among(),
        "not in" => !among(),
        "=like" => like(found.as_str().unwrap_or_default(), wanted.as_str().unwrap_or_default()),
        other => return Err(Refusal::value(format!("Invalid operator {other:?} in leaf {term}"))),
    })
}

/// SQL's LIKE: `%` stands for anything, `_` for any one letter.
fn like(text: &str, pattern: &str) -> bool {
    let mut rest = pattern.chars();
    match rest.next() {
        None => text.is_empty(),
        Some('%') => {
            let pattern = rest.as_str();
            let mut tails = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            tails.any(|at| like(text.get(at..).unwrap_or_default(), pattern))
        }
        Some(letter) => {
            let mut letters = text.chars();
            letters.next().is_some_and(|found| letter == '_' || found == letter)
                && like(letters.as_str(), rest.as_str())
        }
    }
}

fn broken() -> Refusal {
    Refusal::value("the domain is not well formed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (text, pattern, fits) in [
            ("order_1", "order_1%", true),
            ("order_1_line", "order_1%", true),
            ("orderx1", "order_1", true),
            ("a", "", false),
        ] {
            assert_eq!(like(text, pattern), fits, "{text} {pattern}");
        }
    }
}
