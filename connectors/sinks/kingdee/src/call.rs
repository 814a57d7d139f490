//! Puts calls together: address, session or signature, body.

use crossdock_connector::{Context, HttpRequest, Result};
use serde_json::{Map, Value, json};

use crate::session::ASP_NET;
use crate::sign::Signer;

const FORMS: &str = "Kingdee.BOS.WebApi.ServicesStub.DynamicFormService";

/// Makes calls to one installation.
pub(crate) struct Caller {
    /// Without a slash at the end.
    base: String,
    signer: Option<Signer>,
    interaction_flags: String,
}

impl Caller {
    pub(crate) fn new(base_url: &str, signer: Option<Signer>, interaction_flags: &str) -> Self {
        Self {
            base: base_url.trim_end_matches('/').to_owned(),
            signer,
            interaction_flags: interaction_flags.to_owned(),
        }
    }

    /// URL and path of a service.
    pub(crate) fn address(&self, service: &str) -> (String, String) {
        let url = format!("{}/{service}.common.kdsvc", self.base);
        let after = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        let path = after.find('/').and_then(|at| after.get(at..)).unwrap_or("/").to_owned();
        (url, path)
    }

    fn call(&self, operation: &str, body: &Value, context: &Context<'_>) -> Result<HttpRequest> {
        let (url, path) = self.address(&format!("{FORMS}.{operation}"));
        let request = HttpRequest::post(url, "application/json", body.to_string());
        if let Some(signer) = &self.signer {
            return Ok(signer.sign(request, &path, context.now.as_second()));
        }
        let token = context.token()?;
        let id = token.access.expose_text().unwrap_or_default();
        let mut cookies = format!("kdservice-sessionid={id}");
        if let Some(other) = token.extra.get(ASP_NET) {
            cookies.push_str("; ASP.NET_SessionId=");
            cookies.push_str(other);
        }
        Ok(request.header("kdservice-sessionid", id).header("cookie", cookies))
    }

    /// Rows of bills: arrays in the order of `keys`.
    pub(crate) fn query(
        &self,
        form: &str,
        keys: &str,
        filter: &str,
        context: &Context<'_>,
    ) -> Result<HttpRequest> {
        let body = json!({"data": {
            "FormId": form,
            "FieldKeys": keys,
            "FilterString": filter,
            "OrderString": "",
            "StartRow": 0,
            "Limit": MOST_ROWS,
            "TopRowCount": 0,
        }});
        self.call("ExecuteBillQuery", &body, context)
    }

    /// Saves one bill, or several.
    pub(crate) fn save(&self, form: &str, models: &[&Model], context: &Context<'_>) -> Result<HttpRequest> {
        let mut data = Map::new();
        let update = models.first().map(|model| model.update.clone()).unwrap_or_default();
        data.insert("NeedUpDateFields".into(), update.into());
        data.insert("NeedReturnFields".into(), json!(["FBillNo"]));
        for (name, value) in [
            // Only an update can lose lines by it, and an update names every line that has to stay.
            ("IsDeleteEntry", "true"),
            // The server's default stores blanks for codes that do not exist.
            ("IsVerifyBaseDataField", "true"),
            ("IsEntryBatchFill", "true"),
            ("ValidateFlag", "true"),
            ("NumberSearch", "true"),
            ("InterationFlags", self.interaction_flags.as_str()),
        ] {
            data.insert(name.into(), value.into());
        }
        let operation = match models {
            [one] => {
                data.insert("Model".into(), one.value.clone());
                "Save"
            }
            many => {
                data.insert("BatchCount".into(), many.len().into());
                data.insert("Model".into(), many.iter().map(|model| model.value.clone()).collect());
                "BatchSave"
            }
        };
        self.call(operation, &json!({"formid": form, "data": data}), context)
    }

    /// Submits, audits, takes the audit back or deletes, by number.
    pub(crate) fn operate(
        &self,
        operation: &str,
        form: &str,
        numbers: &[&str],
        context: &Context<'_>,
    ) -> Result<HttpRequest> {
        let mut data = Map::new();
        data.insert("Numbers".into(), json!(numbers));
        if !self.interaction_flags.is_empty() {
            data.insert("InterationFlags".into(), self.interaction_flags.as_str().into());
        }
        self.call(operation, &json!({"formid": form, "data": data}), context)
    }
}

/// Most rows of a query.
pub(crate) const MOST_ROWS: usize = 2000;

/// A bill as it is written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Model {
    /// Its fields: their order matters to the server.
    pub(crate) value: Value,
    /// Fields an update touches; empty for a new bill.
    pub(crate) update: Vec<String>,
}

/// A text in a filter: quotes are doubled, so that it ends where it should.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A filter for bills by their numbers.
pub(crate) fn by_number(numbers: &[&str]) -> String {
    let each: Vec<String> = numbers.iter().map(|number| format!("FBillNo={}", quoted(number))).collect();
    each.join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_does_not_end_the_text() {
        assert_eq!(quoted("A-1"), "'A-1'");
        assert_eq!(quoted("x' or '1'='1"), "'x'' or ''1''=''1'");
        assert_eq!(by_number(&["A", "B'"]), "FBillNo='A' or FBillNo='B'''");
    }

    #[test]
    fn the_path_is_what_follows_the_host() {
        let caller = Caller::new("https://erp.example.test:8443/k3cloud/", None, "");
        let (url, path) = caller.address("X.Save");
        assert_eq!(url, "https://erp.example.test:8443/k3cloud/X.Save.common.kdsvc");
        assert_eq!(path, "/k3cloud/X.Save.common.kdsvc");
    }
}
