//! Products by their internal reference (`default_code`).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crossdock_connector::{Error, ErrorKind};

use super::content::Line;
use crate::config::Config;
use crate::rpc::Call;
use crate::talk::{Said, Talk};
use crate::value;

/// Database ids by internal reference.
#[derive(Debug)]
pub(crate) struct Products(BTreeMap<String, Vec<i64>>);

/// Asks for all products of some lines at once.
pub(crate) fn find(
    talk: &mut Talk<'_>,
    config: &Config,
    company: Option<i64>,
    codes: BTreeSet<&str>,
) -> Said<Products> {
    let mut wanted = codes;
    wanted.extend(config.fallback_product.as_deref());
    if wanted.is_empty() {
        return Ok(Products(BTreeMap::new()));
    }
    let mut domain = vec![json!(["default_code", "in", wanted])];
    if let Some(company) = company {
        domain.push(json!(["company_id", "in", [false, company]]));
    }
    let fields = ["default_code", "active"];
    let call = Call::search("product.product", Value::Array(domain), &fields).inside(company);
    let records = talk.records("products", &call)?;
    Ok(Products::of(&records))
}

impl Products {
    /// Those in use, and those laid aside where there is none in use.
    fn of(records: &[Value]) -> Self {
        let (mut used, mut aside) = (BTreeMap::<_, Vec<i64>>::new(), BTreeMap::<_, Vec<i64>>::new());
        for record in records {
            let (Some(code), Some(id)) = (value::text(record, "default_code"), value::whole(record, "id"))
            else {
                continue;
            };
            let active = record.get("active").and_then(Value::as_bool).unwrap_or(true);
            let table = if active { &mut used } else { &mut aside };
            table.entry(code.to_owned()).or_default().push(id);
        }
        for (code, ids) in aside {
            used.entry(code).or_insert(ids);
        }
        Self(used)
    }

    /// The product with a reference. Nothing when there is none.
    ///
    /// # Errors
    /// `Rejected` when several share it: any choice would be a guess.
    pub(crate) fn id(&self, code: &str) -> Result<Option<i64>, Error> {
        match self.0.get(code).map(Vec::as_slice) {
            None | Some([]) => Ok(None),
            Some([id]) => Ok(Some(*id)),
            Some(several) => {
                let what = format!(
                    "{} products have the internal reference `{code}`: it has to be one",
                    several.len()
                );
                Err(Error::new(ErrorKind::Rejected, what))
            }
        }
    }

    /// The product of a line and how the line is called: one that is not found is stood for, visibly.
    ///
    /// # Errors
    /// `Rejected` when nothing can stand for it.
    pub(crate) fn of_line(&self, line: &Line, config: &Config) -> Result<(i64, String), Error> {
        if let Some(code) = &line.code
            && let Some(id) = self.id(code)?
        {
            return Ok((id, line.name.clone()));
        }
        let code = line.code.as_deref().unwrap_or("no SKU");
        if let Some(fallback) = &config.fallback_product
            && let Some(id) = self.id(fallback)?
        {
            return Ok((id, format!("[{code} not found] {}", line.name)));
        }
        let what = format!(
            "no product with the internal reference `{code}`: add one in odoo, or a row to the sink's settings.skus"
        );
        Err(Error::new(ErrorKind::Rejected, what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archived_ones_count_only_where_none_is_in_use() {
        let products = Products::of(&[
            json!({"id": 1, "default_code": "A", "active": false}),
            json!({"id": 2, "default_code": "A", "active": true}),
            json!({"id": 3, "default_code": "B", "active": false}),
            json!({"id": 4, "default_code": "C", "active": true}),
            json!({"id": 5, "default_code": "C", "active": true}),
            json!({"id": 6, "default_code": false, "active": true}),
        ]);
        assert_eq!(products.id("A").unwrap(), Some(2));
        assert_eq!(products.id("B").unwrap(), Some(3));
        assert_eq!(products.id("D").unwrap(), None);
        assert!(products.id("C").unwrap_err().to_string().starts_with("2 products have"));
    }
}
