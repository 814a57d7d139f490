//! A SKU map as a CSV file or a table of the configuration: `sku,item,pieces`, one row for each item. Several rows of one
//! SKU are a bundle, `pieces` above 1 is a pack. An optional column `by` says which name of the line the first column is:
//! `sku` (the seller's, which it is without the column), `variant` or `product` (the platform's).

use std::collections::HashMap;

use crossdock_schemas::{Code, Dec};
use foldhash::fast::FixedState;
use serde::Deserialize;

/// Which name of a line a map goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// The seller's SKU.
    Sku,
    /// The platform's id of the variant.
    Variant,
    /// The platform's id of the product.
    Product,
}

/// Items with the pieces of one sold unit, by the name of what is sold.
pub type Sold = HashMap<String, Vec<(Code, Dec)>, FixedState>;

/// A map: what is sold by each kind of name.
#[derive(Debug, Default)]
pub struct Entries {
    sku: Sold,
    variant: Sold,
    product: Sold,
}

impl Entries {
    /// What goes by one kind of name.
    #[must_use]
    pub fn of(&self, by: By) -> &Sold {
        match by {
            By::Sku => &self.sku,
            By::Variant => &self.variant,
            By::Product => &self.product,
        }
    }

    fn of_mut(&mut self, by: By) -> &mut Sold {
        match by {
            By::Sku => &mut self.sku,
            By::Variant => &mut self.variant,
            By::Product => &mut self.product,
        }
    }

    /// Takes over the entries of another file; its entry counts where both have one.
    pub fn extend(&mut self, other: Entries) {
        self.sku.extend(other.sku);
        self.variant.extend(other.variant);
        self.product.extend(other.product);
    }

    /// Takes a row.
    fn take(&mut self, by: &str, sku: &str, item: &str, pieces: &str) -> Result<(), String> {
        let by = match by {
            "sku" | "" => By::Sku,
            "variant" => By::Variant,
            "product" => By::Product,
            other => return Err(format!("`{other}` is not sku, variant or product")),
        };
        if sku.is_empty() || item.is_empty() {
            return Err("a SKU and an item are needed".to_owned());
        }
        let each = Dec::parse(pieces).ok().filter(|each| !each.is_negative() && !each.is_zero());
        let each = each.ok_or_else(|| format!("pieces `{pieces}` is not a number above 0"))?;
        let items = self.of_mut(by).entry(sku.to_owned()).or_default();
        if items.iter().any(|(known, _)| *known == item) {
            return Err(format!("`{sku}` has the item `{item}` twice"));
        }
        items.push((item.into(), each));
        Ok(())
    }
}

/// A row of a map in the configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    sku: String,
    item: String,
    /// A whole number, or any number as text: money and pieces are never floats.
    pieces: toml::Value,
    #[serde(default)]
    by: String,
}

/// Reads a map from rows of the configuration.
///
/// # Errors
/// The first row that cannot be used, with its place from 1 on.
pub fn rows(rows: &[Row]) -> Result<Entries, String> {
    let mut entries = Entries::default();
    for (row, at) in rows.iter().zip(1..) {
        let Row { sku, item, pieces, by } = row;
        let pieces = pieces.as_str().map_or_else(|| pieces.to_string(), str::to_owned);
        entries.take(by, sku.trim(), item.trim(), &pieces).map_err(|error| format!("row {at}: {error}"))?;
    }
    Ok(entries)
}

/// Reads a map from a CSV file.
///
/// # Errors
/// The first row that cannot be used, with its line.
pub fn read(text: &str) -> Result<Entries, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).comment(Some(b'#')).from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|error| error.to_string())?.clone();
    let column = |name: &str| headers.iter().position(|header| header == name);
    let needed = |name: &str| column(name).ok_or_else(|| format!("the column `{name}` is missing"));
    let (sku, item, pieces, by) = (needed("sku")?, needed("item")?, needed("pieces")?, column("by"));
    if let Some(other) = headers.iter().find(|name| !["sku", "item", "pieces", "by"].contains(name)) {
        return Err(format!("the column `{other}` is not known: sku, item, pieces, by"));
    }
    let mut entries = Entries::default();
    for row in reader.records() {
        let row = row.map_err(|error| error.to_string())?;
        let line = row.position().map_or(0, csv::Position::line);
        let cell = |at: usize| row.get(at).unwrap_or_default();
        let taken = entries.take(by.map_or("sku", cell), cell(sku), cell(item), cell(pieces));
        taken.map_err(|error| format!("line {line}: {error}"))?;
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packs_and_bundles() {
        let map = read("sku,item,pieces\nTEA-6,TEA,6\nSET,CUP,2\nSET,POT,1\n").unwrap();
        assert_eq!(map.of(By::Sku)["TEA-6"], [("TEA".into(), Dec::from(6))]);
        assert_eq!(map.of(By::Sku)["SET"].len(), 2);
        let map = read("\u{feff}by,sku,item,pieces\nvariant,50001,TEA,0.5\n").unwrap();
        assert!(map.of(By::Variant).contains_key("50001"));
    }

    #[test]
    fn what_cannot_be_used_is_named_with_its_line() {
        for (text, says) in [
            ("sku,item\nA,B\n", "`pieces` is missing"),
            ("sku,item,pieces\nA,B,0\n", "line 2: pieces `0`"),
            ("sku,item,pieces\nA,B,1\nA,B,2\n", "line 3: `A` has the item `B` twice"),
            ("sku,item,pieces,by\nA,B,1,colour\n", "`colour` is not"),
            ("sku,item,pieces,price\nA,B,1,2\n", "`price` is not known"),
            ("sku,item,pieces\n,B,1\n", "line 2: a SKU and an item"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
