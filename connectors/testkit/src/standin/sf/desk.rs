//! The answering side: `EXP_RECE_SEARCH_ROUTES`.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use crossdock_connector::{legacy, sign};
use serde_json::{Value, json};

use super::Route;
use crate::standin::form;
use crate::standin::server::{Answer, Asked, Server, lock};

/// Most numbers in one query.
const MOST_NUMBERS: usize = 10;

/// How the desk is set up.
pub struct Options {
    /// The partner it knows.
    pub partner_id: String,
    /// Its check word.
    pub checkword: String,
}

/// What was asked of the desk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Queries.
    pub queries: u64,
    /// Queries refused because of partner, signature or form.
    pub refused: u64,
}

#[derive(Default)]
struct Book {
    routes: BTreeMap<String, Vec<Route>>,
    /// Numbers that need the last digits of a phone.
    tails: BTreeMap<String, String>,
    seen: BTreeSet<String>,
    counts: Counts,
}

struct Shared {
    options: Options,
    book: Mutex<Book>,
}

/// A running desk.
pub struct Desk {
    server: Server,
    shared: Arc<Shared>,
}

/// `msgDigest`: base64 of the MD5 of the URL-encoded text, encoded as Java does it.
#[must_use]
pub fn digest(msg_data: &str, timestamp: &str, checkword: &str) -> String {
    let text = form::java_encode(&format!("{msg_data}{timestamp}{checkword}"));
    sign::base64(&legacy::md5(text.as_bytes()))
}

impl Desk {
    /// Starts it on a free port, knowing no parcel.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(options: Options) -> io::Result<Self> {
        let shared = Arc::new(Shared { options, book: Mutex::default() });
        let server = Server::of(&shared, Shared::answer).await?;
        Ok(Self { server, shared })
    }

    /// The address of the service: `http://127.0.0.1:40000/std/service`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/std/service", self.server.url())
    }

    /// The server, to take it down and up by hand.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Adds routes to what the desk knows.
    pub fn put(&self, routes: impl IntoIterator<Item = Route>) {
        let mut book = self.book();
        for route in routes {
            book.routes.entry(route.mailno.clone()).or_default().push(route);
        }
    }

    /// From now on this number is shown only to those who know the last four digits of a phone.
    pub fn ask_for_phone(&self, mailno: &str, tail: &str) {
        self.book().tails.insert(mailno.to_owned(), tail.to_owned());
    }

    /// What was asked so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.book().counts
    }

    /// Stops it.
    pub async fn stop(self) {
        self.server.stop().await;
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        lock(&self.shared.book)
    }
}

impl Shared {
    fn answer(&self, asked: &Asked) -> Answer {
        if asked.head.method != hyper::Method::POST || asked.head.uri.path() != "/std/service" {
            return Answer::reply(404, "text/plain", "no such page");
        }
        let mut book = lock(&self.book);
        book.counts.queries += 1;
        let reply = match self.read(asked, &mut book) {
            Ok(result) => json!({
                "apiErrorMsg": "", "apiResponseID": "0001987A1B2C3D4E5F60718293A4B5C6",
                "apiResultCode": "A1000", "apiResultData": result.to_string(),
            }),
            Err((code, words)) => {
                book.counts.refused += 1;
                json!({"apiErrorMsg": words, "apiResponseID": "", "apiResultCode": code, "apiResultData": null})
            }
        };
        Answer::reply(200, "application/json;charset=UTF-8", reply.to_string())
    }

    fn read(&self, asked: &Asked, book: &mut Book) -> Result<Value, (&'static str, &'static str)> {
        const MISSING: (&str, &str) = ("A1001", "必传参数不可为空");
        let pairs = form::parse(&asked.body).ok_or(MISSING)?;
        let given = |name: &str| form::once(&pairs, name).filter(|value| !value.is_empty()).ok_or(MISSING);
        if given("partnerID")? != self.options.partner_id || given("serviceCode")? != "EXP_RECE_SEARCH_ROUTES"
        {
            return Err(("A1004", "无对应服务权限"));
        }
        let (data, timestamp) = (given("msgData")?, given("timestamp")?);
        if given("msgDigest")? != digest(data, timestamp, &self.options.checkword) {
            return Err(("A1006", "数字签名无效"));
        }
        if !book.seen.insert(given("requestID")?.to_owned()) {
            return Err(("A1007", "重复请求"));
        }
        Ok(book.search(data))
    }
}

impl Book {
    fn search(&self, data: &str) -> Value {
        let failed = |code: &str, words: &str| json!({"success": false, "errorCode": code, "errorMsg": words, "msgData": null});
        let Ok(data) = serde_json::from_str::<Value>(data) else {
            return failed("S0001", "非法的JSON格式");
        };
        let Some(numbers) = data.get("trackingNumber").and_then(Value::as_array) else {
            return failed("S0002", "必填参数为空");
        };
        if numbers.len() > MOST_NUMBERS {
            return failed("S0002", "单号超过10个");
        }
        let tail = data.get("checkPhoneNo").and_then(Value::as_str);
        let found: Vec<Value> = numbers
            .iter()
            .filter_map(Value::as_str)
            .map(|number| {
                let shown = self.tails.get(number).is_none_or(|needed| tail == Some(needed));
                // A wrong phone is no error over there: the list is just empty.
                let routes = self.routes.get(number).filter(|_| shown).map(Vec::as_slice).unwrap_or_default();
                json!({"mailNo": number, "routes": routes.iter().map(answered).collect::<Vec<_>>()})
            })
            .collect();
        json!({"success": true, "errorCode": "S0000", "errorMsg": null, "msgData": {"routeResps": found}})
    }
}

/// A route as a query shows it: other field names, no ids, and two levels of status where the sheet knows them.
fn answered(route: &Route) -> Value {
    let (first, first_name, second, second_name) = match route.op_code.as_str() {
        "50" | "54" => ("1", "已揽收", "101", "已揽收"),
        "30" | "31" | "36" | "302" | "304" => ("2", "运输中", "201", "运输中"),
        "44" | "204" => ("3", "派送中", "301", "派送中"),
        "80" | "128" | "8000" => ("4", "已签收", "401", "已签收"),
        "125" | "130" => ("11", "待取件", "1101", "待取件"),
        "33" | "70" => ("13", "待再次派送", "1301", "待再次派送"),
        _ => ("-", "", "", ""),
    };
    json!({
        "acceptAddress": route.accept_address, "acceptTime": route.accept_time, "remark": route.remark,
        "opCode": route.op_code, "firstStatusCode": first, "firstStatusName": first_name,
        "secondaryStatusCode": second, "secondaryStatusName": second_name,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;

    use super::*;
    use crate::standin::Client;

    /// The vectors of the fact sheet, section 2.
    #[test]
    fn digests_as_sf_does() {
        let word = "crossdockTestCheckword0001";
        let data = r#"{"language":"zh-CN","trackingType":"1","trackingNumber":["SF7444400031887"],"methodType":"1","checkPhoneNo":"0135"}"#;
        assert_eq!(digest(data, "1780300800", word), "QltRFBLEsMNIZ+Ku6nVRFg==");
        assert_eq!(digest(r#"{"note":"a b*c~d"}"#, "1780300800", word), "EHlzD51J2cJlOEdg3Zf5Mw==");
    }

    async fn ask(desk: &Desk, id: &str, data: &str, change: &[(&str, &str)]) -> Value {
        let signature = digest(data, "1780300800", "word");
        let mut fields = vec![
            ("partnerID", "PARTNER"),
            ("requestID", id),
            ("serviceCode", "EXP_RECE_SEARCH_ROUTES"),
            ("timestamp", "1780300800"),
            ("msgDigest", &signature),
            ("msgData", data),
        ];
        for (name, value) in change {
            fields.retain(|(other, _)| other != name);
            fields.push((name, value));
        }
        let body: Vec<String> = fields.iter().map(|(n, v)| format!("{n}={}", form::java_encode(v))).collect();
        let mut client = Client::new(&desk.url(), Duration::from_secs(5)).unwrap();
        let headers = [("content-type", "application/x-www-form-urlencoded; charset=UTF-8")];
        let reply = client.post("", &headers, Bytes::from(body.join("&"))).await.unwrap();
        serde_json::from_slice(&reply.body).unwrap()
    }

    #[tokio::test]
    async fn answers_signed_queries_with_json_inside_json() {
        let desk =
            Desk::start(Options { partner_id: "PARTNER".into(), checkword: "word".into() }).await.unwrap();
        let route =
            |mailno: &str, op: &str| Route { mailno: mailno.into(), op_code: op.into(), ..Route::default() };
        desk.put([route("SF1", "50"), route("SF1", "80"), route("SF2", "50")]);
        desk.ask_for_phone("SF2", "0135");
        let data = r#"{"trackingType":"1","trackingNumber":["SF1","SF2","SF3"],"methodType":"1"}"#;
        let answer = ask(&desk, "1", data, &[]).await;
        assert_eq!(answer["apiResultCode"], "A1000");
        let inner: Value = serde_json::from_str(answer["apiResultData"].as_str().unwrap()).unwrap();
        let counts: Vec<usize> = inner["msgData"]["routeResps"]
            .as_array()
            .unwrap()
            .iter()
            .map(|found| found["routes"].as_array().unwrap().len())
            .collect();
        assert_eq!(counts, [2, 0, 0]);
        let data = r#"{"trackingType":"1","trackingNumber":["SF2"],"methodType":"1","checkPhoneNo":"0135"}"#;
        let answer = ask(&desk, "2", data, &[]).await;
        assert!(answer["apiResultData"].as_str().unwrap().contains("\"firstStatusCode\":\"1\""));
        for (id, change, code) in [
            ("3", ("msgDigest", "QltRFBLEsMNIZ+Ku6nVRFg=="), "A1006"),
            ("4", ("msgData", "{}"), "A1006"),
            ("5", ("timestamp", "1780300801"), "A1006"),
            ("6", ("partnerID", "OTHER"), "A1004"),
            ("7", ("msgDigest", ""), "A1001"),
            ("2", ("language", "zh-CN"), "A1007"),
        ] {
            assert_eq!(ask(&desk, id, data, &[change]).await["apiResultCode"], code, "{change:?}");
        }
        let answer = ask(&desk, "8", "{", &[]).await;
        assert!(answer["apiResultData"].as_str().unwrap().contains("S0001"));
        assert_eq!(desk.counts(), Counts { queries: 9, refused: 6 });
        desk.stop().await;
    }
}
