//! JD's errors, most of which come inside HTTP 200: the gateway's (`error_response`), those of the method behind it
//! (`apiResult`, `success`) and those of the seller interface (`errorList`).
//!
//! JD's list of codes is not published. Settings say what a code means, else a few plain words of its description do,
//! else it is taken for a passing fault: asking again loses nothing.

use std::collections::BTreeMap;

use crossdock_connector::refusal::{self, CodeKind};
use crossdock_connector::{Error, ErrorKind, Result};

use crate::config::Config;
use crate::wire::{ApiResult, SellerError, Trouble, Value, text};

/// Called from outside of JD's cloud, where applications with permission for orders have to run.
const OUTSIDE: &str = "99904030005";

/// What decides over a code.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'c> {
    codes: Option<&'c BTreeMap<String, CodeKind>>,
    has_session: bool,
}

impl<'c> Reader<'c> {
    /// For replies to calls of ours.
    pub(crate) fn new(config: &'c Config) -> Self {
        Self { codes: Some(&config.gateway_codes), has_session: config.refresh_token.is_some() }
    }

    /// For captures, whose errors are not acted upon.
    pub(crate) const fn plain() -> Self {
        Self { codes: None, has_session: false }
    }

    fn kind(self, code: &str, words: &str) -> ErrorKind {
        let kind = match self.codes.and_then(|codes| codes.get(code)) {
            Some(known) => ErrorKind::from(*known),
            None if code == OUTSIDE => ErrorKind::Auth,
            None => by_words(words),
        };
        refusal::renewable(kind, self.has_session)
    }

    /// The gateway's trouble.
    pub(crate) fn trouble(self, trouble: &Trouble<'_>) -> Error {
        let code = text(&trouble.code).unwrap_or_default();
        let kind = self.kind(code, &words(&[&trouble.zh_desc, &trouble.en_desc, &trouble.msg]));
        Error::new(kind, "the gateway refused the call").vendor(code).at("$.error_response")
    }

    /// A call succeeded when the code of the envelope is 0 and the method's own result does not say otherwise.
    ///
    /// # Errors
    /// What the envelope or the method says.
    pub(crate) fn said(self, code: &Value<'_>, result: Option<&ApiResult<'_>>) -> Result<()> {
        if let Some(code) = text(code).filter(|code| *code != "0") {
            let words = result.map(|result| words(&[&result.chinese_err_code, &result.english_err_code]));
            let kind = self.kind(code, &words.unwrap_or_default());
            return Err(Error::new(kind, "the envelope says that the call failed").vendor(code).at("$.code"));
        }
        let Some(result) = result else { return Ok(()) };
        if text(&result.success).is_none_or(|success| success == "true") {
            return Ok(());
        }
        let code = text(&result.error_code).or(text(&result.number_code));
        let words = words(&[&result.chinese_err_code, &result.english_err_code]);
        let kind = self.kind(code.unwrap_or_default(), &words);
        let error = Error::new(kind, "the method says that the call failed").at("$.apiResult");
        Err(match code {
            Some(code) => error.vendor(code),
            None => error,
        })
    }

    /// The seller interface succeeds when `success` is true and there are no errors.
    ///
    /// # Errors
    /// What it says.
    pub(crate) fn seller(self, success: &Value<'_>, errors: &[SellerError<'_>]) -> Result<()> {
        if let Some(error) = errors.first() {
            let code = text(&error.code).unwrap_or_default();
            let kind = self.kind(code, &words(&[&error.message, &error.details]));
            return Err(Error::new(kind, "the seller interface refused the call")
                .vendor(code)
                .at("$.errorList"));
        }
        match text(success) {
            Some("true") => Ok(()),
            _ => {
                Err(Error::new(ErrorKind::Unavailable, "no success, and no error that says why")
                    .at("$.success"))
            }
        }
    }
}

fn words(texts: &[&Value<'_>]) -> String {
    texts.iter().filter_map(|value| text(value)).collect::<Vec<_>>().join(" ").to_lowercase()
}

fn by_words(words: &str) -> ErrorKind {
    let says = |list: &[&str]| list.iter().any(|word| words.contains(word));
    if says(&["不存在", "not exist"]) && !says(&["token", "appkey", "app_key"]) {
        ErrorKind::NotFound
    } else if says(&["sign", "签名"]) {
        ErrorKind::Auth
    } else if says(&["token"]) {
        ErrorKind::Session
    } else if says(&["limit", "too many", "限流", "流控", "频率", "频繁"]) {
        ErrorKind::RateLimited
    } else if says(&["permission", "权限", "appkey", "app_key"]) {
        ErrorKind::Auth
    } else {
        ErrorKind::Unavailable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_decide_where_no_code_is_known() {
        for (words, kind) in [
            ("订单不存在 order not exist", ErrorKind::NotFound),
            ("token不存在", ErrorKind::Session),
            ("invalid signature", ErrorKind::Auth),
            ("调用频率超限", ErrorKind::RateLimited),
            ("没有权限", ErrorKind::Auth),
            ("系统繁忙", ErrorKind::Unavailable),
            ("", ErrorKind::Unavailable),
        ] {
            assert_eq!(by_words(words), kind, "{words}");
        }
    }

    #[test]
    fn without_a_refresh_token_somebody_has_to_give_another_one() {
        let reader = Reader { codes: None, has_session: false };
        assert_eq!(reader.kind("19", "token expire"), ErrorKind::Auth);
        assert_eq!(Reader { has_session: true, ..reader }.kind("19", "token expire"), ErrorKind::Session);
        assert_eq!(reader.kind(OUTSIDE, ""), ErrorKind::Auth);
    }
}
