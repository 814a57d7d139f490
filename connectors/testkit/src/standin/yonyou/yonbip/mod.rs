//! A tenant of YonBIP: tokens, and sales orders that are saved, submitted and audited.

mod rules;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::sync::{Arc, Mutex};

use crossdock_connector::sign::{base64, hmac_sha256};
use hyper::Method;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{Counts, Fault, Faults, Planned, is, once, query, take, text};
use crate::standin::server::{Answer, Asked, Server, lock};
use crate::standin::{Clock, Rng};

/// How long the platform keeps the result of a save, in seconds.
const KEPT: i64 = 3600;

/// How a tenant is set up.
pub struct Options {
    /// Its application.
    pub app_key: String,
    /// Its secret.
    pub app_secret: String,
    /// Codes that exist, by field: `agentId` -> `CUST-WEB`. A field without a list takes every code.
    pub master_data: BTreeMap<String, BTreeSet<String>>,
    /// Most calls in a minute of each of save, list and detail, where there is a limit.
    pub calls_a_minute: Option<usize>,
    /// Whether it numbers orders itself, whatever number was given.
    pub numbers_itself: bool,
    /// Its clock.
    pub clock: Clock,
}

/// An order.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Its id.
    pub id: String,
    /// Its number.
    pub code: String,
    /// `nextStatus`.
    pub status: String,
    /// What was saved.
    pub fields: Map<String, Value>,
}

#[derive(Default)]
struct State {
    tokens: BTreeSet<String>,
    orders: Vec<Order>,
    /// Results by the key of the call: when, and which order.
    results: BTreeMap<String, (Timestamp, String)>,
    /// Calls of the last minute, by kind.
    recent: BTreeMap<&'static str, VecDeque<Timestamp>>,
    counts: Counts,
    faults: Faults,
    planned: Planned,
}

struct Shared {
    options: Options,
    state: Mutex<State>,
}

/// A running tenant.
pub struct Yonbip {
    server: Server,
    shared: Arc<Shared>,
}

/// A code and words.
struct Refusal(&'static str, String);

fn refused<T>(code: &'static str, words: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal(code, words.into()))
}

impl Yonbip {
    /// Starts it on a free port, without an order.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(options: Options) -> io::Result<Self> {
        let shared = Arc::new(Shared { options, state: Mutex::default() });
        let server = Server::of(&shared, Shared::answer).await?;
        Ok(Self { server, shared })
    }

    /// Its `gatewayUrl`.
    #[must_use]
    pub fn gateway_url(&self) -> String {
        format!("{}/iuap-api-gateway", self.server.url())
    }

    /// Its `tokenUrl`.
    #[must_use]
    pub fn token_url(&self) -> String {
        format!("{}/iuap-api-auth", self.server.url())
    }

    /// The server, to take it down and up by hand.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The next call (`singleSave`, `list`, `batchaudit`) meets a fault; several wait in line.
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

    /// The platform forgets the results it keeps, as it does after an hour.
    pub fn an_hour_passes(&self) {
        for (at, _) in lock(&self.shared.state).results.values_mut() {
            *at = Timestamp::MIN;
        }
    }

    /// Somebody changes an order by hand. False when it is not there.
    pub fn by_hand(&self, code: &str, change: impl FnOnce(&mut Order)) -> bool {
        let mut state = lock(&self.shared.state);
        state.orders.iter_mut().find(|order| order.code == code).map(change).is_some()
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

fn reply(body: &Value) -> Answer {
    Answer::reply(200, JSON, body.to_string())
}

impl Shared {
    fn answer(&self, asked: &Asked) -> Answer {
        let mut state = lock(&self.state);
        state.counts.calls += 1;
        let pairs = query(asked);
        let path = asked.head.uri.path();
        if path == "/iuap-api-auth/open-auth/selfAppAuth/getAccessToken" && is(asked, Method::GET) {
            return reply(&self.token(&mut state, &pairs));
        }
        let call = path.strip_prefix("/iuap-api-gateway/yonbip/sd/voucherorder/");
        let Some(call) = call.filter(|call| CALLS.contains(call)) else {
            let words = json!({"code": "310404", "message": format!("网关上没有注册此API[{path}]，请确认后重新调用")});
            return Answer::reply(404, JSON, words.to_string());
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
        match &fault {
            Some(Fault::Status(status)) => return Answer::reply(*status, "text/html", "<html>error</html>"),
            Some(Fault::Text(text)) => return Answer::reply(200, "text/plain;charset=UTF-8", *text),
            Some(Fault::HangUp) => return Answer::HangUp,
            Some(Fault::Code(_) | Fault::LostReply) | None => {}
        }
        let done = self.admitted(&mut state, call, &pairs).and_then(|()| match &fault {
            Some(Fault::Code(code)) => refused(code, "示例:故障"),
            _ => self.call(&mut state, call, &pairs, asked),
        });
        if fault == Some(Fault::LostReply) {
            return Answer::HangUp;
        }
        match done {
            Ok(body) => reply(&body),
            Err(Refusal(code, words)) => reply(&json!({"code": code, "message": words})),
        }
    }

    fn token(&self, state: &mut State, pairs: &[(String, String)]) -> Value {
        let (key, time) = (once(pairs, "appKey"), once(pairs, "timestamp"));
        if key != self.options.app_key {
            return json!({"code": "10018", "message": "示例:appKey 无效"});
        }
        let signed =
            hmac_sha256(self.options.app_secret.as_bytes(), format!("appKey{key}timestamp{time}").as_bytes());
        if once(pairs, "signature") != base64(&signed) {
            return json!({"code": "50000", "message": "示例:签名错误"});
        }
        state.counts.tokens += 1;
        let token = format!("token/{:04}+=", state.counts.tokens);
        state.tokens.insert(token.clone());
        json!({"code": "00000", "message": "成功", "data": {"access_token": token, "expire": 7200}})
    }

    fn admitted(&self, state: &mut State, call: &str, pairs: &[(String, String)]) -> Result<(), Refusal> {
        let token = once(pairs, "access_token");
        if token.is_empty() || !state.tokens.contains(token) {
            state.counts.strangers += 1;
            return if token.is_empty() {
                refused("310001", "access_token不能为空。")
            } else {
                refused("310036", "非法token")
            };
        }
        let kind = ["singleSave", "list", "detail"].into_iter().find(|kind| *kind == call);
        let (Some(kind), Some(most)) = (kind, self.options.calls_a_minute) else { return Ok(()) };
        let now = (self.options.clock)();
        let recent = state.recent.entry(kind).or_default();
        while recent.front().is_some_and(|at| now.as_second() - at.as_second() >= 60) {
            recent.pop_front();
        }
        if recent.len() >= most {
            state.counts.limited += 1;
            return refused("310046", "示例:调用频率超限");
        }
        recent.push_back(now);
        Ok(())
    }

    fn call(
        &self,
        state: &mut State,
        call: &str,
        pairs: &[(String, String)],
        asked: &Asked,
    ) -> Result<Value, Refusal> {
        if call == "detail" {
            let id = once(pairs, "id");
            let found = state.orders.iter().find(|order| order.id == id);
            return match found {
                Some(order) if is(asked, Method::GET) => Ok(told(row(order))),
                _ => refused("1002", "数据不存在"),
            };
        }
        let body: Option<Value> = serde_json::from_slice(&asked.body).ok();
        let Some(body) = body.filter(|_| is(asked, Method::POST)) else {
            return refused("310008", "示例:参数错误");
        };
        match call {
            "list" => {
                if body.get("pageIndex").is_none() || body.get("pageSize").is_none() {
                    return refused("310008", "示例:缺少分页参数");
                }
                let code = text(body.get("code"));
                let found = state.orders.iter().filter(|order| code.is_empty() || order.code == code);
                let rows: Vec<Value> = found.map(row).collect();
                Ok(told(
                    json!({"pageIndex": 1, "pageSize": 10, "recordCount": rows.len(), "recordList": rows}),
                ))
            }
            "singleSave" => self.save(state, body.get("data")),
            "delete" => {
                let ids: Vec<String> = body
                    .pointer("/data/id")
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten()
                    .map(|id| text(Some(id)))
                    .collect();
                Ok(step(state, &ids, |status| (status == "CONFIRMORDER").then_some("GONE")))
            }
            _ => {
                let rows = body.get("data").and_then(Value::as_array).into_iter().flatten();
                let ids: Vec<String> = rows.map(|row| text(row.get("id"))).collect();
                Ok(step(state, &ids, |status| match (call, status) {
                    ("batchsubmit", "CONFIRMORDER") => Some("APPROVING"),
                    ("batchaudit", "APPROVING") => Some("DELIVERGOODS"),
                    ("batchunaudit", "DELIVERGOODS") => Some("CONFIRMORDER"),
                    _ => None,
                }))
            }
        }
    }

    fn save(&self, state: &mut State, data: Option<&Value>) -> Result<Value, Refusal> {
        let Some(order) = data.and_then(Value::as_object) else {
            return refused("310008", "示例:缺少 data");
        };
        let now = (self.options.clock)();
        let key = text(order.get("resubmitCheckKey"));
        if key.is_empty() || key.len() > 32 {
            return refused("999", "示例:resubmitCheckKey 不合法");
        }
        if let Some((at, id)) = state.results.get(&key).cloned() {
            state.counts.repeated += 1;
            if now.as_second().saturating_sub(at.as_second()) >= KEPT {
                return Ok(json!({"code": "10004", "message": "示例:请求已处理", "data": {"id": id}}));
            }
            let code = state.orders.iter().find(|order| order.id == id).map(|order| order.code.clone());
            return Ok(told(json!({"id": id, "code": code})));
        }
        rules::check(&self.options.master_data, order)?;
        let given = text(order.get("code"));
        let id = format!("18000000000000{:05}", state.counts.created + 1);
        let code = if self.options.numbers_itself || given.is_empty() { format!("UO-{id}") } else { given };
        if state.orders.iter().any(|order| order.code == code) {
            return refused("999", "示例:单据编号重复");
        }
        state.counts.created += 1;
        let saved = Order {
            id: id.clone(),
            code: code.clone(),
            status: "CONFIRMORDER".into(),
            fields: order.clone(),
        };
        state.orders.push(saved);
        state.results.insert(key, (now, id.clone()));
        Ok(told(json!({"id": id, "code": code})))
    }
}

const CALLS: [&str; 7] =
    ["singleSave", "list", "detail", "batchsubmit", "batchaudit", "batchunaudit", "delete"];

fn told(data: Value) -> Value {
    json!({"code": "200", "message": "操作成功", "data": data})
}

fn row(order: &Order) -> Value {
    json!({"id": order.id, "code": order.code, "nextStatus": order.status, "payMoney": order.fields.get("payMoney")})
}

/// Takes a step for each order; what could not take it is counted, and the code is 200 all the same.
fn step(state: &mut State, ids: &[String], next: impl Fn(&str) -> Option<&'static str>) -> Value {
    let (mut done, mut messages) = (0_u64, Vec::new());
    for id in ids {
        let order = state.orders.iter_mut().find(|order| order.id == *id);
        match order.and_then(|order| next(&order.status).map(|status| (order, status))) {
            Some((order, status)) => {
                order.status = status.to_owned();
                done += 1;
            }
            None => messages.push("示例:单据状态不允许此操作"),
        }
    }
    state.orders.retain(|order| order.status != "GONE");
    told(json!({
        "count": ids.len(), "sucessCount": done, "failCount": messages.len(), "messages": messages, "infos": [],
    }))
}
