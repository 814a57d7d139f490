//! Which fields of an entity differ, as JSON pointers into it.

use crossdock_schemas::{Order, OrderLine};
use serde_json::Value;

use super::normal::{text, tree};

/// Pointers to everything that differs. Objects are entered; lists are named as a whole, because positions
/// in them mean nothing.
pub(super) fn pointers(before: &Value, after: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk(&mut found, String::new(), Some(before), Some(after));
    found.sort_unstable();
    found
}

/// The same for an order whose lines are in the order of `shown`: lines are matched by their names, and a
/// difference inside one is named by its place in the order as shown.
pub(super) fn order_pointers(was: &Order, is: &Order, shown: &[OrderLine]) -> Vec<String> {
    let bare = |order: &Order| tree(&Order { lines: Vec::new(), ..order.clone() });
    let mut found = Vec::new();
    walk(&mut found, String::new(), Some(&bare(was)), Some(&bare(is)));
    let names = |order: &Order| order.lines.iter().map(|line| line.line_key.clone()).collect::<Vec<_>>();
    if names(was) == names(is) {
        for (old, new) in was.lines.iter().zip(&is.lines) {
            let place = shown.iter().position(|line| line.line_key == new.line_key).unwrap_or_default();
            walk(&mut found, format!("/lines/{place}"), Some(&tree(old)), Some(&tree(new)));
        }
    } else {
        found.push("/lines".to_owned());
    }
    found.sort_unstable();
    found
}

fn walk(found: &mut Vec<String>, path: String, before: Option<&Value>, after: Option<&Value>) {
    if before == after || same(before, after) {
        return;
    }
    let (Some(Value::Object(old)), Some(Value::Object(new))) = (before, after) else {
        found.push(path);
        return;
    };
    for (name, value) in old {
        walk(found, step(&path, name), Some(value), new.get(name));
    }
    for (name, value) in new.iter().filter(|(name, _)| !old.contains_key(name.as_str())) {
        walk(found, step(&path, name), None, Some(value));
    }
}

/// Whether two values mean the same: `99.90` and `99.9` do.
fn same(before: Option<&Value>, after: Option<&Value>) -> bool {
    matches!((before, after), (Some(before), Some(after)) if text(before) == text(after))
}

fn step(path: &str, name: &str) -> String {
    format!("{path}/{}", name.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_differs() {
        let before: Value =
            serde_json::from_str(r#"{"a":1,"b":{"c":[1],"d":2},"gone":1,"same":{"x":"1.50"}}"#).unwrap();
        let after: Value =
            serde_json::from_str(r#"{"a":2,"b":{"c":[2],"d":2,"e/f~":3},"same":{"x":"1.5"}}"#).unwrap();
        assert_eq!(pointers(&before, &after), ["/a", "/b/c", "/b/e~1f~0", "/gone"]);
        assert!(pointers(&after, &after).is_empty());
    }
}
