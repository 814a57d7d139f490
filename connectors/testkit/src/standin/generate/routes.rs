//! A parcel's journey with SF Express, and the milestones a customer should hear of.
//!
//! Operation codes and sentences are those of the fact sheet and its samples.

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use crate::standin::Rng;
use crate::standin::sf::Route;

/// How a journey goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Straight to the recipient.
    Happy,
    /// Nobody answered at first.
    Attempted,
    /// Into a locker, and taken out by the customer.
    Locker,
    /// Stuck at a hub for a day, then delivered.
    Exception,
    /// Not delivered, sent back under a new number.
    Return,
}

impl Kind {
    /// Every kind.
    pub const ALL: &'static [Self] =
        &[Self::Happy, Self::Attempted, Self::Locker, Self::Exception, Self::Return];

    /// Drawn: most journeys go well.
    #[must_use]
    pub fn draw(rng: &mut Rng) -> Self {
        match rng.below(100) {
            0..70 => Self::Happy,
            70..80 => Self::Attempted,
            80..90 => Self::Locker,
            90..96 => Self::Exception,
            _ => Self::Return,
        }
    }
}

/// A journey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journey {
    /// How it goes.
    pub kind: Kind,
    /// Its number.
    pub mailno: String,
    /// Its scans in the order in which they happened.
    pub routes: Vec<Route>,
    /// When it was picked up.
    pub picked_up: Timestamp,
    /// When somebody got it; never for a return.
    pub delivered: Option<Timestamp>,
    /// When something went wrong on the way: a scan in the sense of the sheet's `exception`.
    pub exception: Option<Timestamp>,
}

/// A number of the form of SF's: `SF` and 13 digits, in a range that samples use.
#[must_use]
pub fn waybill(nth: u64) -> String {
    format!("SF7444{:09}", nth % 1_000_000_000)
}

struct Writer {
    routes: Vec<Route>,
    mailno: String,
    orderid: String,
    at: Timestamp,
}

impl Writer {
    /// Adds a scan some seconds after the one before.
    fn scan(&mut self, after: i64, city: &str, op_code: &str, remark: &str) -> Timestamp {
        self.at = self.at.checked_add(SignedDuration::from_secs(after)).unwrap_or(self.at);
        let time = Offset::constant(8).to_datetime(self.at);
        self.routes.push(Route {
            mailno: self.mailno.clone(),
            accept_address: city.to_owned(),
            reason_name: String::new(),
            orderid: self.orderid.clone(),
            accept_time: time.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            remark: remark.to_owned(),
            op_code: op_code.to_owned(),
            // The sheet: unique for each route.
            id: format!("{}{:02}", self.mailno.trim_start_matches("SF"), self.routes.len()),
            reason_code: String::new(),
        });
        self.at
    }

    fn out_for_delivery(&mut self, after: i64, both: bool) {
        if both {
            self.scan(after, "上海市", "44", "正在派送途中,请您准备签收(派件人:林测试,电话:13800000035)");
            self.scan(325, "上海市", "204", "快件交给林测试，正在派送途中（联系电话：13800000035）");
        } else {
            self.scan(after, "上海市", "204", "快件交给林测试，正在派送途中");
        }
    }

    fn signed(&mut self, after: i64) -> Timestamp {
        self.scan(after, "上海市", "80", "已签收,签收人:本人")
    }
}

/// A journey that starts at a time. Whole seconds, because SF has no more.
#[must_use]
pub fn journey(kind: Kind, mailno: &str, orderid: &str, start: Timestamp, seed: u64) -> Journey {
    let mut rng = Rng::named(seed, mailno);
    let mut pause =
        |from: i64, to: i64| from + i64::try_from(rng.below((to - from).unsigned_abs())).unwrap_or(0);
    let start = Timestamp::from_second(start.as_second()).unwrap_or(start);
    let mut way =
        Writer { routes: Vec::new(), mailno: mailno.to_owned(), orderid: orderid.to_owned(), at: start };
    let picked_up = way.scan(0, "杭州市", "50", "顺丰速运 已收取快件");
    way.scan(
        pause(3600, 9000),
        "杭州市",
        "30",
        "快件在【杭州西湖测试营业点】完成分拣,准备发往 【杭州中转场】",
    );
    way.scan(pause(5000, 10_000), "杭州市", "31", "快件到达 【杭州中转场】");
    way.scan(pause(3000, 6000), "杭州市", "36", "快件在【杭州中转场】已装车");
    way.scan(pause(15_000, 25_000), "上海市", "31", "快件到达 【上海浦东中转场】");
    let mut exception = None;
    if kind == Kind::Exception {
        exception = Some(way.scan(pause(3000, 6000), "上海市", "77", "快件在【上海浦东中转场】滞留"));
        way.scan(pause(70_000, 90_000), "上海市", "36", "快件在【上海浦东中转场】已装车");
    }
    way.out_for_delivery(pause(6000, 12_000), true);
    let delivered = match kind {
        Kind::Happy | Kind::Exception => Some(way.signed(pause(3000, 12_000))),
        Kind::Attempted => {
            way.scan(pause(3000, 12_000), "上海市", "70", "因电话无人接听,派送不成功,将再次派送");
            way.out_for_delivery(pause(70_000, 80_000), false);
            Some(way.signed(pause(3000, 9000)))
        }
        Kind::Locker => {
            way.scan(pause(3000, 9000), "上海市", "125", "快件已放入丰巢柜,请凭取件码取件");
            way.scan(20, "上海市", "80", "已签收,快件已存放至丰巢智能柜");
            Some(way.scan(pause(10_000, 40_000), "上海市", "128", "客户已从丰巢取件"))
        }
        Kind::Return => {
            way.scan(pause(3000, 12_000), "上海市", "70", "客户拒收,派送不成功");
            let back = waybill(900_000_000 + rng.below(99_999_999));
            let words = format!("快件已退回/转寄,新单号为 {back}");
            way.scan(7200, "上海市", "648", &words);
            None
        }
    };
    Journey { kind, mailno: mailno.to_owned(), routes: way.routes, picked_up, delivered, exception }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(kind: Kind, seed: u64) -> Journey {
        journey(kind, &waybill(7), "XD-1", "2026-11-21T01:00:00.5Z".parse().unwrap(), seed)
    }

    fn codes(journey: &Journey) -> Vec<&str> {
        journey.routes.iter().map(|route| route.op_code.as_str()).collect()
    }

    #[test]
    fn journeys_go_as_they_are_called() {
        for (kind, end) in [
            (Kind::Happy, &["44", "204", "80"][..]),
            (Kind::Attempted, &["44", "204", "70", "204", "80"]),
            (Kind::Locker, &["44", "204", "125", "80", "128"]),
            (Kind::Exception, &["77", "36", "44", "204", "80"]),
            (Kind::Return, &["44", "204", "70", "648"]),
        ] {
            let journey = one(kind, 1);
            assert!(codes(&journey).ends_with(end), "{:?}", codes(&journey));
            assert_eq!(codes(&journey)[0], "50");
            assert_eq!(journey.delivered.is_some(), kind != Kind::Return);
            assert_eq!(journey.exception.is_some(), kind == Kind::Exception);
        }
    }

    #[test]
    fn times_go_forward_in_china_and_ids_are_unique() {
        for kind in Kind::ALL {
            let journey = one(*kind, 2);
            assert_eq!(journey.routes[0].accept_time, "2026-11-21 09:00:00");
            assert_eq!(journey.picked_up.to_string(), "2026-11-21T01:00:00Z");
            assert!(journey.routes.is_sorted_by(|one, next| one.accept_time < next.accept_time));
            let mut ids: Vec<&str> = journey.routes.iter().map(|route| route.id.as_str()).collect();
            ids.dedup();
            assert_eq!(ids.len(), journey.routes.len());
            assert_eq!(journey, one(*kind, 2));
            assert_ne!(journey, one(*kind, 3));
        }
    }

    #[test]
    fn a_locker_is_not_yet_delivered_when_sf_says_signed() {
        let journey = one(Kind::Locker, 1);
        let signed = journey.routes.iter().position(|route| route.op_code == "80").unwrap();
        assert!(journey.routes[signed].remark.contains("丰巢"));
        assert_eq!(journey.routes[signed + 1].op_code, "128");
    }

    #[test]
    fn a_return_names_its_new_number() {
        let journey = one(Kind::Return, 1);
        let words = &journey.routes.last().unwrap().remark;
        let number = words.split(' ').next_back().unwrap();
        assert_eq!(number.len(), 15);
        assert!(number.starts_with("SF") && number != journey.mailno);
    }
}
