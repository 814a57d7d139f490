//! What each vendor checks, and how it answers.

use crossdock_connector::sign;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Options;
use crate::standin::form;
use crate::standin::server::{Answer, Asked};

/// How far the signed time may be off, in seconds.
const TOLERANCE_SECONDS: u64 = 3600;

/// Most bytes of a body, DingTalk and Feishu.
const MOST_BODY: usize = 20 * 1024;

const JSON: &str = "application/json; charset=utf-8";

/// Whose bot it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vendor {
    /// DingTalk 钉钉.
    DingTalk,
    /// WeCom 企业微信.
    WeCom,
    /// Feishu 飞书.
    Feishu,
}

/// A message that may be shown.
pub(super) struct Message {
    pub(super) title: Option<String>,
    pub(super) text: String,
    pub(super) mentions: bool,
}

/// Why a message is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    NoSuchPage,
    Code(i64, &'static str),
}

/// The signature of a message at a moment: for DingTalk in milliseconds, for Feishu in seconds.
#[must_use]
pub fn signature(vendor: Vendor, timestamp: i64, secret: &str) -> String {
    let line = format!("{timestamp}\n{secret}");
    let mac = match vendor {
        // The secret is the key of one and part of the key of the other.
        Vendor::DingTalk => sign::hmac_sha256(secret.as_bytes(), line.as_bytes()),
        Vendor::WeCom | Vendor::Feishu => sign::hmac_sha256(line.as_bytes(), b""),
    };
    sign::base64(&mac)
}

impl Vendor {
    /// Messages in so many seconds.
    pub(super) fn limits(self) -> &'static [(usize, i64)] {
        match self {
            Self::DingTalk | Self::WeCom => &[(20, 60)],
            Self::Feishu => &[(100, 60), (5, 1)],
        }
    }

    pub(super) fn too_many(self) -> Refusal {
        match self {
            Self::DingTalk => Refusal::Code(130_101, "send too fast, exceed 20 times per minute"),
            Self::WeCom => Refusal::Code(45_009, "api freq out of limit"),
            Self::Feishu => Refusal::Code(11_232, "frequency limited"),
        }
    }

    pub(super) fn success(self) -> Answer {
        match self {
            Self::DingTalk | Self::WeCom => self.reply(0, "ok"),
            Self::Feishu => self.reply(0, "success"),
        }
    }

    pub(super) fn reply(self, code: i64, words: &str) -> Answer {
        let body = match self {
            Self::DingTalk | Self::WeCom => json!({"errcode": code, "errmsg": words}),
            Self::Feishu => json!({"code": code, "msg": words, "data": {}}),
        };
        Answer::reply(200, JSON, body.to_string())
    }

    /// Looks at a call as the vendor does.
    pub(super) fn admit(self, options: &Options, asked: &Asked, now: Timestamp) -> Result<Message, Refusal> {
        let head = &asked.head;
        let query = form::parse(head.uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
        let path = head.uri.path();
        let (page, key, wrong_key) = match self {
            Self::DingTalk => {
                (path == "/robot/send", form::once(&query, "access_token"), (300_001, "token is not exist"))
            }
            Self::WeCom => {
                (path == "/cgi-bin/webhook/send", form::once(&query, "key"), (93_000, "invalid webhook url"))
            }
            Self::Feishu => {
                let hook = path.strip_prefix("/open-apis/bot/v2/hook/");
                (hook.is_some(), hook, (19_001, "param invalid: incoming webhook access token invalid"))
            }
        };
        if head.method != hyper::Method::POST || !page {
            return Err(Refusal::NoSuchPage);
        }
        if key != Some(options.key.as_str()) {
            return Err(Refusal::Code(wrong_key.0, wrong_key.1));
        }
        let is_json = asked.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
        let body: Value = serde_json::from_slice(&asked.body).map_err(|_| self.no_form())?;
        if !is_json || (self != Self::WeCom && asked.body.len() > MOST_BODY) {
            return Err(self.no_form());
        }
        self.signed(options, &query, &body, now)?;
        let message = match self {
            Self::DingTalk => dingtalk(&body),
            Self::WeCom => wecom(&body),
            Self::Feishu => feishu(&body),
        };
        let message = message.filter(|message| !message.text.is_empty()).ok_or_else(|| self.no_form())?;
        let held = |keyword: &String| {
            let title = message.title.as_deref().unwrap_or_default();
            message.text.contains(keyword.as_str()) || title.contains(keyword.as_str())
        };
        if !options.keyword.as_ref().is_none_or(held) {
            return Err(match self {
                Self::DingTalk | Self::WeCom => Refusal::Code(310_000, "keywords not in content"),
                Self::Feishu => Refusal::Code(19_024, "Key Words Not Found"),
            });
        }
        Ok(message)
    }

    fn no_form(self) -> Refusal {
        match self {
            Self::DingTalk => Refusal::Code(40_035, "invalid parameter"),
            Self::WeCom => Refusal::Code(40_058, "invalid Request Parameter"),
            Self::Feishu => Refusal::Code(9_499, "Bad Request"),
        }
    }

    fn signed(
        self,
        options: &Options,
        query: &[(String, String)],
        body: &Value,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let Some(secret) = options.secret.as_deref().filter(|_| self != Self::WeCom) else { return Ok(()) };
        let (timestamp, claim, refusal) = match self {
            Self::DingTalk | Self::WeCom => (
                form::once(query, "timestamp"),
                form::once(query, "sign"),
                Refusal::Code(310_000, "sign not match"),
            ),
            Self::Feishu => (
                // A number is refused: the vendor's form is text.
                body.get("timestamp").and_then(Value::as_str),
                body.get("sign").and_then(Value::as_str),
                Refusal::Code(
                    19_021,
                    "sign match fail or timestamp is not within one hour from current time",
                ),
            ),
        };
        let at: i64 = timestamp.and_then(|text| text.parse().ok()).ok_or(refusal)?;
        let seconds = if self == Self::DingTalk { at.div_euclid(1000) } else { at };
        let timely = seconds.abs_diff(now.as_second()) <= TOLERANCE_SECONDS;
        let fits = claim == Some(signature(self, at, secret).as_str());
        if timely && fits { Ok(()) } else { Err(refusal) }
    }
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}

fn dingtalk(body: &Value) -> Option<Message> {
    let (title, shown) = match text(body, "/msgtype")? {
        "text" => (None, text(body, "/text/content")?),
        "markdown" => (Some(text(body, "/markdown/title")?.to_owned()), text(body, "/markdown/text")?),
        _ => return None,
    };
    let all = body.pointer("/at/isAtAll").and_then(Value::as_bool).unwrap_or(false);
    let named =
        |list: &str| body.pointer(list).and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    let mentions = all || named("/at/atMobiles") || named("/at/atUserIds");
    Some(Message { title, text: shown.to_owned(), mentions })
}

fn wecom(body: &Value) -> Option<Message> {
    let (shown, most) = match text(body, "/msgtype")? {
        "text" => (text(body, "/text/content")?, 2048),
        "markdown" => (text(body, "/markdown/content")?, 4096),
        _ => return None,
    };
    if shown.len() > most {
        return None;
    }
    let list = |pointer: &str| body.pointer(pointer).is_some();
    let mentions =
        list("/text/mentioned_list") || list("/text/mentioned_mobile_list") || shown.contains("<@");
    Some(Message { title: None, text: shown.to_owned(), mentions })
}

fn feishu(body: &Value) -> Option<Message> {
    match text(body, "/msg_type")? {
        "text" => {
            let shown = text(body, "/content/text")?;
            Some(Message { title: None, text: shown.to_owned(), mentions: shown.contains("<at ") })
        }
        "post" => {
            let post = body.pointer("/content/post")?.as_object()?.values().next()?;
            let mut lines = Vec::new();
            let mut mentions = false;
            for paragraph in post.get("content")?.as_array()? {
                let mut line = String::new();
                for element in paragraph.as_array()? {
                    match text(element, "/tag")? {
                        "text" => line.push_str(text(element, "/text")?),
                        "at" => mentions = true,
                        _ => return None,
                    }
                }
                lines.push(line);
            }
            Some(Message { title: text(post, "/title").map(str::to_owned), text: lines.join("\n"), mentions })
        }
        _ => None,
    }
}
