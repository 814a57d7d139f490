//! The form's own list of widgets against the settings: a value for a widget that is not there, or is another, would
//! vanish without a word.

use serde_json::Value;

use crossdock_connector::{Error, ErrorKind, Result};

use crate::form::{Entity, Form, Kind};

/// Compares.
///
/// # Errors
/// `Rejected`, naming the widget and what is wrong with it.
pub(crate) fn check(form: &Form, entity: Entity, answer: &Value) -> Result<()> {
    let listed = answer.get("widgets").and_then(Value::as_array);
    let listed = listed.ok_or_else(|| Error::malformed("the list of widgets is not of the expected form"))?;
    let setting = entity.setting();
    one(listed, &form.key, &["text", "textarea"], &format!("{setting}.key"))?;
    one(listed, &form.revision, &["number"], &format!("{setting}.revision"))?;
    for (widget, field) in &form.fields {
        one(listed, widget, types(field.kind), &format!("{setting}.fields.{widget}"))?;
    }
    let Some(lines) = &form.lines else { return Ok(()) };
    let subform = one(listed, &lines.widget, &["subform"], &format!("{setting}.lines.widget"))?;
    let inner = subform.get("items").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    one(inner, &lines.key, &["text", "textarea"], &format!("{setting}.lines.key"))?;
    for (widget, field) in &lines.fields {
        one(inner, widget, types(field.kind), &format!("{setting}.lines.fields.{widget}"))?;
    }
    Ok(())
}

fn one<'a>(listed: &'a [Value], name: &str, types: &[&str], setting: &str) -> Result<&'a Value> {
    let text = |widget: &'a Value, key: &str| widget.get(key).and_then(Value::as_str).unwrap_or_default();
    let wrong = |what: String| Error::new(ErrorKind::Rejected, what).at(format!("settings.{setting}"));
    let Some(widget) = listed.iter().find(|widget| text(widget, "name") == name) else {
        return Err(wrong(format!(
            "the form has no widget `{name}`: give its alias, or its id if it has none"
        )));
    };
    let found = text(widget, "type");
    if !types.contains(&found) {
        return Err(wrong(format!("the widget `{name}` is a `{found}`, expected {}", types.join(" or "))));
    }
    Ok(widget)
}

/// The vendor's types of widgets that take a kind of value.
fn types(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Text => &["text", "textarea", "radiogroup", "combo"],
        Kind::Number => &["number"],
        Kind::Datetime => &["datetime"],
        Kind::List => &["checkboxgroup", "combocheck"],
        Kind::Address => &["address"],
        Kind::Phone => &["phone"],
        Kind::Member => &["user"],
        Kind::Department => &["dept"],
    }
}
