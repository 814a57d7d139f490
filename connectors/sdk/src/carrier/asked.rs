//! Replies that do not say whose they are: the number asked for is kept beside them.

use crate::{Captured, HttpResponse, Topic, Waybill};

/// Header under which the number asked for is kept beside a reply.
pub const ASKED: &str = "waybill";

/// What to keep of a reply; the number goes along where one waybill was asked for.
pub fn asked(topic: Topic, waybills: &[Waybill], reply: &HttpResponse) -> Captured {
    let mut captured = Captured::new(topic, reply.body.clone());
    if let [waybill] = waybills {
        captured.headers.push(ASKED, waybill.number.as_str());
    }
    captured
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Headers;

    #[test]
    fn one_number_is_kept_and_no_other() {
        let reply = HttpResponse { status: 200, headers: Headers::default(), body: "{}".into() };
        let waybill = |number: &str| Waybill { number: number.to_owned(), phone_tail: None };
        let one = asked("t", &[waybill("A")], &reply);
        assert_eq!((one.headers.get(ASKED), &one.body[..]), (Some("A"), &b"{}"[..]));
        assert_eq!(asked("t", &[waybill("A"), waybill("B")], &reply).headers.get(ASKED), None);
    }
}
