//! A U8 behind its platform: tokens, and sales orders that are added and verified.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex};

use hyper::Method;
use serde_json::{Map, Value, json};

use super::{Counts, Fault, Faults, Planned, is, once, query, take, text};
use crate::standin::Rng;
use crate::standin::server::{Answer, Asked, Server, lock};

/// How an installation is set up.
pub struct Options {
    /// Account of the caller.
    pub from_account: String,
    /// Its own account.
    pub to_account: String,
    /// The application.
    pub app_key: String,
    /// Its secret.
    pub app_secret: String,
    /// Products that exist; none means all.
    pub products: BTreeSet<String>,
}

/// An order.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Its number.
    pub code: String,
    /// Who verified it; nobody yet when empty.
    pub verifier: String,
    /// What was added.
    pub fields: Map<String, Value>,
}

#[derive(Default)]
struct State {
    tokens: BTreeSet<String>,
    orders: Vec<Order>,
    /// Answers by the caller's own id.
    answers: BTreeMap<String, Value>,
    counts: Counts,
    faults: Faults,
    planned: Planned,
}

struct Shared {
    options: Options,
    state: Mutex<State>,
}

/// A running installation.
pub struct U8 {
    server: Server,
    shared: Arc<Shared>,
}

fn refused(code: &str, words: &str) -> Value {
    json!({"errcode": code, "errmsg": words})
}

impl U8 {
    /// Starts it on a free port, without an order.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(options: Options) -> io::Result<Self> {
        let shared = Arc::new(Shared { options, state: Mutex::default() });
        let server = Server::of(&shared, Shared::answer).await?;
        Ok(Self { server, shared })
    }

    /// Its address: `http://127.0.0.1:40000`.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The server, to take it down and up by hand.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The next call (`saleorder/add`) meets a fault; several wait in line.
    pub fn next_meets(&self, call: &str, fault: Fault) {
        lock(&self.shared.state).planned.push_back((call.to_owned(), fault));
    }

    /// From now on other things go wrong by chance.
    pub fn set_faults(&self, faults: Faults) {
        lock(&self.shared.state).faults = faults;
    }

    /// All tokens end now.
    pub fn end_tokens(&self) {
        lock(&self.shared.state).tokens.clear();
    }

    /// The orders, by number.
    #[must_use]
    pub fn orders(&self) -> Vec<Order> {
        let mut orders = lock(&self.shared.state).orders.clone();
        orders.sort_by(|one, other| one.code.cmp(&other.code));
        orders
    }

    /// What was asked so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        lock(&self.shared.state).counts.clone()
    }

    /// Stops it.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

const JSON: &str = "application/json; charset=utf-8";

impl Shared {
    fn answer(&self, asked: &Asked) -> Answer {
        let mut state = lock(&self.state);
        state.counts.calls += 1;
        let pairs = query(asked);
        let path = asked.head.uri.path();
        if path == "/system/token" && is(asked, Method::GET) {
            return Answer::reply(200, JSON, self.token(&mut state, &pairs).to_string());
        }
        let Some(call) = path.strip_prefix("/api/") else {
            return Answer::reply(404, "text/html", "<html>404</html>");
        };
        let number = state.counts.calls;
        let mut rng = Rng::named(state.faults.seed, &format!("call {number}"));
        if rng.chance(state.faults.token_ended) {
            state.tokens.clear();
        }
        let mut fault = take(&mut state.planned, call);
        for (chance, drawn) in
            [(state.faults.broken, Fault::Status(500)), (state.faults.lost_reply, Fault::LostReply)]
        {
            let drawn = rng.chance(chance).then_some(drawn);
            fault = fault.or(drawn);
        }
        let body = match &fault {
            Some(Fault::Status(status)) => return Answer::reply(*status, "text/html", "<html>error</html>"),
            Some(Fault::Text(text)) => return Answer::reply(200, "text/plain", *text),
            Some(Fault::HangUp) => return Answer::HangUp,
            Some(Fault::Code(code)) => refused(code, "示例:故障"),
            Some(Fault::LostReply) | None => self.call(&mut state, call, &pairs, asked),
        };
        if fault == Some(Fault::LostReply) {
            return Answer::HangUp;
        }
        Answer::reply(200, JSON, body.to_string())
    }

    fn token(&self, state: &mut State, pairs: &[(String, String)]) -> Value {
        let options = &self.options;
        let given = [once(pairs, "from_account"), once(pairs, "app_key"), once(pairs, "app_secret")];
        if given != [options.from_account.as_str(), &options.app_key, &options.app_secret] {
            return refused("10001", "示例:应用或密钥错误");
        }
        state.counts.tokens += 1;
        let id = format!("u8token{:04}", state.counts.tokens);
        state.tokens.insert(id.clone());
        json!({"errcode": "0", "errmsg": "", "token": {"appkey": options.app_key, "expiresIn": 7200, "id": id}})
    }

    fn call(&self, state: &mut State, call: &str, pairs: &[(String, String)], asked: &Asked) -> Value {
        if !state.tokens.contains(once(pairs, "token")) {
            state.counts.strangers += 1;
            return refused("10002", "示例:token 已失效");
        }
        if once(pairs, "to_account") != self.options.to_account {
            return refused("10003", "示例:账号错误");
        }
        if call == "saleorder/get" && is(asked, Method::GET) {
            let found = state.orders.iter().find(|order| order.code == once(pairs, "id"));
            return match found {
                Some(order) => {
                    let mut fields = order.fields.clone();
                    fields.insert("verifier".into(), order.verifier.as_str().into());
                    json!({"errcode": "0", "errmsg": "", "saleorder": fields})
                }
                None => refused("20002", "示例:未检索到数据"),
            };
        }
        // Exactly one of the two tells a call apart from all others.
        let own = once(pairs, "biz_id").to_owned();
        if own.is_empty() == once(pairs, "tradeid").is_empty() {
            return refused("30001", "示例:tradeid 与 biz_id 必须且只能传一个");
        }
        if let Some(answer) = state.answers.get(&own) {
            let answer = answer.clone();
            state.counts.repeated += 1;
            return answer;
        }
        let body: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
        let order = body.get("saleorder").and_then(Value::as_object).cloned().unwrap_or_default();
        let answer = match call {
            "saleorder/add" => self.add(state, order),
            "saleorder/verify" | "saleorder/unverify" => verify(state, call, &order),
            _ => refused("40004", "示例:接口不存在"),
        };
        if text(answer.get("errcode")) == "0" {
            state.answers.insert(own, answer.clone());
        }
        answer
    }

    fn add(&self, state: &mut State, order: Map<String, Value>) -> Value {
        for name in ["businesstype", "typecode", "custcode", "deptcode", "entry"] {
            if !order.contains_key(name) {
                return refused("50001", &format!("示例:缺少 {name}"));
            }
        }
        let lines = order.get("entry").and_then(Value::as_array).cloned().unwrap_or_default();
        for line in &lines {
            for name in ["inventorycode", "quantity", "bgift", "rowno"] {
                // Numbers are texts.
                if !line.get(name).is_some_and(Value::is_string) {
                    return refused("50001", &format!("示例:明细缺少 {name}"));
                }
            }
            let product = text(line.get("inventorycode"));
            if !self.options.products.is_empty() && !self.options.products.contains(&product) {
                return refused("50002", &format!("示例:存货 {product} 不存在"));
            }
        }
        let code = text(order.get("code"));
        if lines.is_empty() || code.is_empty() || state.orders.iter().any(|order| order.code == code) {
            return refused("50003", "示例:单据号重复或为空");
        }
        state.counts.created += 1;
        state.orders.push(Order { code, verifier: String::new(), fields: order });
        let number = state.counts.created;
        json!({"errcode": "0", "errmsg": "", "id": format!("10000{number:05}"), "tradeid": format!("trade-{number}")})
    }
}

fn verify(state: &mut State, call: &str, order: &Map<String, Value>) -> Value {
    let code = text(order.get("voucher_code"));
    let Some(order) = state.orders.iter_mut().find(|order| order.code == code) else {
        return refused("20002", "示例:未检索到数据");
    };
    match (call, order.verifier.is_empty()) {
        ("saleorder/verify", true) => order.verifier = "demo".to_owned(),
        ("saleorder/unverify", false) => order.verifier.clear(),
        ("saleorder/verify", false) => return refused("50004", "示例:单据已审核"),
        _ => return refused("50005", "示例:单据未审核"),
    }
    json!({"errcode": "0", "errmsg": ""})
}
