//! Reading our own shapes strictly: a misspelt field is a problem with its path, and several problems are
//! reported together.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_ignored::Path;
use serde_json::Value;
use serde_path_to_error::Segment;

/// Most problems reported for one item; nobody mends more at once.
const MOST: usize = 20;

/// Something in a message that has to be mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// JSON path.
    pub(crate) path: String,
    /// What is wrong, without the value.
    pub(crate) message: String,
}

impl Problem {
    pub(crate) fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into() }
    }
}

/// Reads a value and names the fields that nothing reads. `base` is the path of `text` in the message.
pub(crate) fn read<'t, T>(text: &'t str, base: &str) -> Result<(T, Vec<Problem>), Vec<Problem>>
where
    T: Deserialize<'t>,
{
    let mut unknown = Vec::new();
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = serde_ignored::deserialize(&mut reader, |path| {
        if unknown.len() < MOST {
            let mut at = base.to_owned();
            write(&path, &mut at);
            unknown.push(Problem::new(at, "is not a field of this shape"));
        }
    });
    match read {
        Ok(value) => Ok((value, unknown)),
        Err(error) => {
            let message = without_value(&error.to_string());
            Err(vec![Problem::new(base, message)])
        }
    }
}

/// Reads a value that is refused when anything in it is unknown; on failure all problems are looked for.
pub(crate) fn read_strictly<T: DeserializeOwned>(text: &str, base: &str) -> Result<T, Vec<Problem>> {
    match read::<T>(text, base) {
        Ok((value, unknown)) if unknown.is_empty() => Ok(value),
        Ok((_, mut unknown)) => {
            unknown.sort_by(|a, b| a.path.cmp(&b.path));
            Err(unknown)
        }
        Err(first) => Err(all::<T>(text, base).unwrap_or(first)),
    }
}

/// A path of `serde_ignored` as we write paths.
fn write(path: &Path<'_>, out: &mut String) {
    match path {
        Path::Root => {}
        Path::Seq { parent, index } => {
            write(parent, out);
            out.push_str(&format!("[{index}]"));
        }
        Path::Map { parent, key } => {
            write(parent, out);
            out.push('.');
            out.push_str(key);
        }
        Path::Some { parent } | Path::NewtypeStruct { parent } | Path::NewtypeVariant { parent } => {
            write(parent, out);
        }
    }
}

/// Reads again and again, each time without what failed: what one reading would only show after the problem
/// before it was mended. Slow, and only run for messages that are refused anyway.
#[cold]
fn all<T: DeserializeOwned>(text: &str, base: &str) -> Option<Vec<Problem>> {
    let mut rest: Value = serde_json::from_str(text).ok()?;
    let mut found: Vec<Problem> = Vec::new();
    let mut gone = Gone::default();
    while found.len() < MOST {
        let copy = rest.to_string();
        let mut reader = serde_json::Deserializer::from_str(&copy);
        let Err(error) = serde_path_to_error::deserialize::<_, T>(&mut reader) else {
            // What is left can be read; now the unknown fields show.
            if let Ok((_, unknown)) = read::<T>(&copy, base) {
                found.extend(unknown);
            }
            break;
        };
        let place: Vec<Segment> = error.path().iter().cloned().collect();
        let path = gone.path(base, &place);
        let message = without_value(&error.inner().to_string());
        match missing_field(&message) {
            // It was taken out here, so it is not missing in the message.
            Some(name) if gone.fields.contains(&format!("{path}.{name}")) => {}
            Some(name) => found.push(Problem::new(format!("{path}.{name}"), "is missing")),
            None => found.push(Problem::new(path, message)),
        }
        if !gone.take(&mut rest, base, &place) {
            break;
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    (!found.is_empty()).then_some(found)
}

/// What was taken out of a message, so that the paths of what is left stay those of the message.
#[derive(Default)]
struct Gone {
    /// Fields.
    fields: BTreeSet<String>,
    /// Entries of lists, by the path of the list, as places in the message, sorted.
    entries: BTreeMap<String, BTreeSet<usize>>,
}

impl Gone {
    /// The path in the message of a place in what is left.
    fn path(&self, base: &str, place: &[Segment]) -> String {
        let mut path = base.to_owned();
        for segment in place {
            match segment {
                Segment::Seq { index } => {
                    let at = self.place(&path, *index);
                    path.push_str(&format!("[{at}]"));
                }
                Segment::Map { key } => path.push_str(&format!(".{key}")),
                Segment::Enum { .. } | Segment::Unknown => {}
            }
        }
        path
    }

    /// Where the n-th entry that is left stands in the message.
    fn place(&self, list: &str, left: usize) -> usize {
        let mut at = left;
        for gone in self.entries.get(list).into_iter().flatten() {
            if *gone <= at {
                at += 1;
            }
        }
        at
    }

    /// Takes a place out; `false` when nothing can be taken out there.
    fn take(&mut self, rest: &mut Value, base: &str, place: &[Segment]) -> bool {
        let Some((last, parents)) = place.split_last() else { return false };
        let mut here = rest;
        for segment in parents {
            let next = match segment {
                Segment::Seq { index } => here.get_mut(*index),
                Segment::Map { key } => here.get_mut(key),
                Segment::Enum { .. } | Segment::Unknown => None,
            };
            let Some(next) = next else { return false };
            here = next;
        }
        let path = self.path(base, place);
        match (last, here) {
            (Segment::Map { key }, Value::Object(map)) => {
                self.fields.insert(path);
                map.shift_remove(key).is_some()
            }
            (Segment::Seq { index }, Value::Array(list)) if *index < list.len() => {
                let parent = self.path(base, parents);
                let at = self.place(&parent, *index);
                self.entries.entry(parent).or_default().insert(at);
                list.remove(*index);
                true
            }
            _ => false,
        }
    }
}

fn missing_field(message: &str) -> Option<&str> {
    message.strip_prefix("missing field `")?.split('`').next()
}

/// The message of a reader without the value it quotes and without the line, which is that of the item.
fn without_value(message: &str) -> String {
    let message = message.split(" at line ").next().unwrap_or(message);
    // "invalid type: string "...", expected a list": what is quoted before `expected` is the value.
    match message.rsplit_once(", expected ") {
        Some((head, expected)) => {
            let head = head.split(['"', '`']).next().unwrap_or_default().trim_end();
            format!("{head}, expected {expected}")
        }
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_not_repeated() {
        let shown = without_value("invalid type: string \"13800000000\", expected a list at line 1 column 9");
        assert_eq!(shown, "invalid type: string, expected a list");
        let shown = without_value("invalid type: integer `17`, expected an observation");
        assert_eq!(shown, "invalid type: integer, expected an observation");
        assert_eq!(without_value("missing field `sku` at line 3 column 1"), "missing field `sku`");
    }

    #[test]
    fn all_problems_at_once_whatever_their_order() {
        let one = r#"{"order_no":[],"source":{"platform":"p","shop":"s"},"currencyy":"EUR",
            "lines":[{"quantity":"two","unit_price":[]},{"quantity":"1","colour":"red"},{"sku":"X"}]}"#;
        let other = r#"{"lines":[{"unit_price":[],"quantity":"two"},{"colour":"red","quantity":"1"},{"sku":"X"}],
            "currencyy":"EUR","source":{"platform":"p","shop":"s"},"order_no":[]}"#;
        let problems = |text| read_strictly::<crossdock_schemas::Order>(text, "$").unwrap_err();
        let paths: Vec<String> = problems(one).into_iter().map(|problem| problem.path).collect();
        let expected = ["$.lines[0].quantity", "$.lines[0].unit_price", "$.lines[2].quantity", "$.order_no"];
        assert_eq!(paths, expected);
        assert_eq!(problems(one), problems(other));
        // With the rest mended, the unknown fields are all there is, each at its own place.
        let mended =
            one.replace("\"order_no\":[]", "\"order_no\":\"1\"").replace("two\",\"unit_price\":[]", "2\"");
        let mended = mended.replace("{\"sku\":\"X\"}", "{\"sku\":\"X\",\"quantity\":\"1\"}");
        let paths: Vec<String> = problems(&mended).into_iter().map(|problem| problem.path).collect();
        assert_eq!(paths, ["$.currencyy", "$.lines[1].colour"]);
    }
}
