use std::collections::BTreeSet;

use super::*;
use crate::standin::generate::rows;

fn lives() -> Vec<(Sale, Life)> {
    let sales = rows::read(rows::tests::ROWS.as_bytes()).unwrap().sales;
    let placed = "2026-11-21T12:00:00Z".parse().unwrap();
    (1..200)
        .map(|nth| {
            let sale = sales[usize::try_from(nth).unwrap() % sales.len()].clone();
            let life = life(&sale, nth, placed, 7);
            (sale, life)
        })
        .collect()
}

fn amount(value: &Value) -> Mills {
    Mills::parse(value.as_str().unwrap()).unwrap()
}

#[test]
fn all_courses_happen_and_the_seed_decides() {
    let lives = lives();
    let courses: BTreeSet<Course> = lives.iter().map(|(_, life)| life.course).collect();
    assert_eq!(courses.len(), 3);
    assert_eq!(lives, self::lives());
    let tids: BTreeSet<u64> = lives.iter().map(|(_, life)| life.tid).collect();
    assert_eq!(tids.len(), lives.len());
}

#[test]
fn shares_and_postage_are_the_payment() {
    for (_, life) in lives() {
        for state in &life.states {
            let trade = &state.trade;
            let orders = trade["orders"]["order"].as_array().unwrap();
            let shares: Mills = orders.iter().map(|order| amount(&order["divide_order_fee"])).sum();
            assert_eq!(amount(&trade["payment"]), shares + amount(&trade["post_fee"]));
            for order in orders {
                assert_eq!(
                    amount(&order["total_fee"]) - amount(&order["part_mjz_discount"]),
                    amount(&order["divide_order_fee"])
                );
                assert!(!order["price"].as_str().unwrap().ends_with("001"), "two decimals only");
            }
            if orders.len() == 1 {
                assert_eq!(orders[0]["oid"], trade["tid"]);
                assert_eq!(orders[0]["payment"], trade["payment"]);
            }
        }
    }
}

#[test]
fn states_go_forward_and_times_are_those_of_china() {
    for (_, life) in lives() {
        assert!(life.states.is_sorted_by(|one, next| one.at < next.at));
        assert_eq!(life.states[0].trade["created"], "2026-11-21 20:00:00");
        let last = &life.states.last().unwrap().trade;
        match life.course {
            Course::Closed => assert_eq!(last["status"], "TRADE_CLOSED_BY_TAOBAO"),
            Course::Finished | Course::Refunded => {
                assert_eq!(last["status"], "TRADE_FINISHED");
                assert_eq!(last["orders"]["order"][0]["invoice_no"].as_str(), life.parcel.as_deref());
            }
        }
    }
}

#[test]
fn a_refund_is_announced_and_closes_its_line() {
    let (_, life) = lives().into_iter().find(|(_, life)| life.course == Course::Refunded).unwrap();
    let refunds: Vec<&State> = life.states.iter().filter(|state| state.refund.is_some()).collect();
    let statuses: Vec<&str> =
        refunds.iter().map(|state| state.refund.as_ref().unwrap()["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["WAIT_SELLER_AGREE", "SUCCESS"]);
    let done = refunds[1];
    let content: Value = serde_json::from_str(done.message["content"].as_str().unwrap()).unwrap();
    let refund = done.refund.as_ref().unwrap();
    assert_eq!((&content["refund_id"], &content["oid"]), (&refund["refund_id"], &refund["oid"]));
    let line = done.trade["orders"]["order"].as_array().unwrap().last().unwrap();
    assert_eq!((&line["oid"], line["status"].as_str()), (&refund["oid"], Some("TRADE_CLOSED")));
    assert_eq!(done.trade["status"], "WAIT_SELLER_SEND_GOODS", "the trade stays open");
    assert_eq!(line["divide_order_fee"], refund["refund_fee"]);
}

#[test]
fn receivers_are_masked() {
    for (_, life) in lives() {
        let trade = &life.states[0].trade;
        for field in ["receiver_name", "receiver_mobile", "receiver_address", "buyer_nick"] {
            assert!(trade[field].as_str().unwrap().contains('*'), "{field}");
        }
        assert!(trade["oaid"].as_str().unwrap().starts_with("1FictionalOaid"));
    }
}
