//! Codes of both standards and what they mean to us. A code that is not here is `unknown` with an issue.
//!
//! Sources: for X12 the public guides of partners named in the README (the licensed lists were not at hand), for EDIFACT
//! the UN/EDIFACT directory D.21A; read 2026-11.

use crossdock_connector::carrier as names;
use crossdock_schemas::{DiscountKind, FeeKind, OrderKind};

use crate::syntax::Syntax;

/// What a document is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum About {
    /// An order, or a change that is written as an order.
    Order,
    /// A change of an order.
    Change,
    /// The seller's answer to an order.
    Answer,
    /// The seller's answer to a change.
    ChangeAnswer,
    /// A ship notice.
    Shipment,
    /// An acknowledgement of what was received.
    Receipt,
    /// Known, and nothing of it is an order or a parcel of ours.
    Passed,
}

/// ST01, or the type of UNH.
pub(crate) fn about(kind: &str) -> Option<About> {
    Some(match kind {
        "850" | "ORDERS" => About::Order,
        "860" | "ORDCHG" => About::Change,
        "855" | "ORDRSP" => About::Answer,
        "865" => About::ChangeAnswer,
        "856" | "DESADV" => About::Shipment,
        "997" | "999" | "CONTRL" => About::Receipt,
        // Invoices, payments, catalogues, stock, receiving and return advices, application errors.
        "810" | "812" | "820" | "824" | "832" | "846" | "852" | "861" | "180" | "INVOIC" | "REMADV"
        | "PRICAT" | "INVRPT" | "SLSRPT" | "RECADV" | "RETANN" | "APERAK" => About::Passed,
        _ => return None,
    })
}

/// What a document is for: BEG01, BCH01, BSN01; 1225 of BGM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Something new.
    Original,
    /// It is called off.
    Cancel,
    /// Some of it changes.
    Change,
    /// All of it is said anew.
    Replace,
    /// A confirmation or a duplicate: no new order.
    Copy,
    /// The seller accepts.
    Accept,
    /// The seller does not accept.
    Refuse,
}

/// The purpose of a document.
pub(crate) fn purpose(syntax: Syntax, code: &str) -> Option<Purpose> {
    Some(match (syntax, code) {
        // 14 is the advance notification of ship notices.
        (Syntax::X12, "00" | "14") | (Syntax::Edifact, "9") => Purpose::Original,
        (Syntax::X12, "01") | (Syntax::Edifact, "1") => Purpose::Cancel,
        (Syntax::X12, "04") | (Syntax::Edifact, "4") => Purpose::Change,
        (Syntax::X12, "05") | (Syntax::Edifact, "5") => Purpose::Replace,
        (Syntax::X12, "06" | "07") | (Syntax::Edifact, "7" | "31") => Purpose::Copy,
        (Syntax::Edifact, "29") => Purpose::Accept,
        (Syntax::Edifact, "27") => Purpose::Refuse,
        _ => return None,
    })
}

/// The type of an order: BEG02; 1001 of BGM. The flag says what the kind does not.
pub(crate) fn order_kind(syntax: Syntax, code: &str) -> Option<(OrderKind, Option<&'static str>)> {
    Some(match (syntax, code) {
        // CP: an order that was changed.
        (Syntax::X12, "SA" | "NE" | "KN" | "CP") | (Syntax::Edifact, "220" | "230") => (OrderKind::B2b, None),
        (Syntax::X12, "DS") => (OrderKind::B2b, Some("drop_ship")),
        (Syntax::X12, "BK") | (Syntax::Edifact, "221") => (OrderKind::B2b, Some(BLANKET)),
        (Syntax::X12, "RL") | (Syntax::Edifact, "226") => (OrderKind::B2b, Some("release")),
        (Syntax::X12, "RO") | (Syntax::Edifact, "224") => (OrderKind::B2b, Some("rush")),
        (Syntax::Edifact, "227") => (OrderKind::B2b, Some("consignment")),
        _ => return None,
    })
}

/// An order of which only releases are shipped.
pub(crate) const BLANKET: &str = "blanket";

/// BAK02 and BCA02: whether the seller accepts.
pub(crate) fn accepted(code: &str) -> Option<bool> {
    Some(match code {
        "AC" | "AD" | "AK" => true,
        "RD" | "RJ" => false,
        _ => return None,
    })
}

/// What the seller says of a line: ACK01; 1229 of LIN.
pub(crate) fn line_answer(syntax: Syntax, code: &str) -> Option<&'static str> {
    Some(match (syntax, code) {
        (Syntax::X12, "IA") | (Syntax::Edifact, "5") => "accepted",
        (Syntax::X12, "IB") => "back_ordered",
        (Syntax::X12, "IC") | (Syntax::Edifact, "3" | "6") => "changed",
        (Syntax::X12, "ID") | (Syntax::Edifact, "2") => "deleted",
        (Syntax::X12, "IP") => "price_changed",
        (Syntax::X12, "IQ") => "quantity_changed",
        (Syntax::X12, "IR") | (Syntax::Edifact, "7") => "rejected",
        (Syntax::X12, "IS") => "substituted",
        (Syntax::X12, "DR") => "date_changed",
        _ => return None,
    })
}

/// What the buyer does to a line: POC02; 1229 of LIN.
pub(crate) fn line_change(syntax: Syntax, code: &str) -> Option<&'static str> {
    Some(match (syntax, code) {
        (Syntax::X12, "AI") | (Syntax::Edifact, "1") => "added",
        (Syntax::X12, "DI") | (Syntax::Edifact, "2") => DELETED,
        (Syntax::X12, "QI") => MORE,
        (Syntax::X12, "QD") => LESS,
        (Syntax::X12, "PC") => "price_changed",
        (Syntax::X12, "CA") | (Syntax::Edifact, "3") => "changed",
        (Syntax::Edifact, "4") => "unchanged",
        _ => return None,
    })
}

/// A line that is not wanted any more.
pub(crate) const DELETED: &str = "deleted";
/// A quantity that goes up.
pub(crate) const MORE: &str = "quantity_up";
/// A quantity that goes down.
pub(crate) const LESS: &str = "quantity_down";

/// A unit as UN/ECE Rec 20 writes it: EDIFACT uses those codes, X12 has its own for many of them. What holds goods is a
/// code of Rec 21 with X before it, as Rec 20 wants it.
pub(crate) fn unit(syntax: Syntax, code: &str) -> Option<String> {
    let code = match (syntax, code) {
        (_, "PCE" | "PC") => "H87",
        (Syntax::X12, "UN") => "C62",
        // Hundred and thousand.
        (_, "C") => "CEN",
        (_, "M") => "MIL",
        (Syntax::X12, "DZ") => "DZN",
        (Syntax::X12, "ST") => "SET",
        (Syntax::X12, "LB") => "LBR",
        (Syntax::X12, "OZ") => "ONZ",
        (Syntax::X12, "KG") => "KGM",
        (Syntax::X12, "GR") => "GRM",
        (Syntax::X12, "IN") => "INH",
        (Syntax::X12, "FT") => "FOT",
        (Syntax::X12, "YD") => "YRD",
        (Syntax::X12, "MR") => "MTR",
        (Syntax::X12, "SF") => "FTK",
        (Syntax::X12, "SY") => "YDK",
        (Syntax::X12, "GA") => "GLL",
        (Syntax::X12, "LT") => "LTR",
        (Syntax::X12, "CA") => "XCS",
        (Syntax::X12, "BX") => "XBX",
        (Syntax::X12, "CT") => "XCT",
        (Syntax::X12, "PK") => "XPK",
        (Syntax::X12, "BG") => "XBG",
        (Syntax::X12, "RL") => "XRO",
        (_, other) => other,
    };
    let fits = (1..=3).contains(&code.len())
        && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    fits.then(|| code.to_owned())
}

/// What an article number is: the qualifiers of PO1, POC, LIN; 7143 of LIN and PIA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Article {
    /// The seller's.
    Seller,
    /// The buyer's.
    Buyer,
    /// UPC, EAN, GTIN, ISBN.
    Trade,
    /// Something else.
    Other,
}

/// What an article number is.
pub(crate) fn article(syntax: Syntax, qualifier: &str) -> Article {
    match (syntax, qualifier) {
        (Syntax::X12, "VN" | "VP" | "VA" | "SK") | (Syntax::Edifact, "SA") => Article::Seller,
        (_, "BP" | "IN") => Article::Buyer,
        (Syntax::X12, "UP" | "EN" | "UK" | "IB") | (Syntax::Edifact, "EN" | "SRV" | "UP" | "IB") => {
            Article::Trade
        }
        _ => Article::Other,
    }
}

/// A party: N101; 3035 of NAD.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Buyer,
    ShipTo,
    BillTo,
    ShipFrom,
    /// The seller: ourselves.
    Seller,
    /// For whom goods are marked, or who gets them in the end.
    MarkFor,
}

/// A party.
pub(crate) fn role(code: &str) -> Option<Role> {
    Some(match code {
        "BY" | "OB" => Role::Buyer,
        "ST" | "DP" => Role::ShipTo,
        "BT" | "IV" => Role::BillTo,
        "SF" => Role::ShipFrom,
        // SH: the shipper, whatever the place it ships from.
        "SU" | "VN" | "SE" | "SH" => Role::Seller,
        "Z7" | "UD" | "UC" => Role::MarkFor,
        _ => return None,
    })
}

/// Which date it is: DTM01; 2005 of DTM. `true`: it is said more strictly than the other of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Date {
    ShipFrom,
    ShipBy,
    DeliverFrom,
    DeliverBy,
    CancelAfter,
    Shipped,
    Arrives,
    Document,
}

/// Which date it is.
pub(crate) fn date(syntax: Syntax, qualifier: &str) -> Option<(Date, bool)> {
    Some(match (syntax, qualifier) {
        (Syntax::X12, "037") => (Date::ShipFrom, true),
        (Syntax::X12, "038") => (Date::ShipBy, true),
        (_, "010") | (Syntax::Edifact, "10") => (Date::ShipBy, false),
        (Syntax::X12, "064") | (Syntax::Edifact, "64") => (Date::DeliverFrom, true),
        (Syntax::X12, "063") | (Syntax::Edifact, "63") => (Date::DeliverBy, true),
        (Syntax::X12, "002" | "106") | (Syntax::Edifact, "2") => (Date::DeliverBy, false),
        (Syntax::X12, "001") => (Date::CancelAfter, true),
        (Syntax::X12, "011") | (Syntax::Edifact, "11") => (Date::Shipped, true),
        (Syntax::X12, "017") | (Syntax::Edifact, "17" | "132") => (Date::Arrives, true),
        (Syntax::Edifact, "137") => (Date::Document, true),
        // When the order was placed.
        (Syntax::Edifact, "4") => (Date::Document, false),
        _ => return None,
    })
}

/// What one price is for: PO105. `Some(100)` is a price for a hundred.
pub(crate) fn price_of(basis: &str) -> u32 {
    match basis {
        "HP" => 100,
        "TP" => 1000,
        _ => 1,
    }
}

/// Why something is cheaper: SAC02; 7161 of ALC.
pub(crate) fn allowance(syntax: Syntax, code: &str) -> Option<DiscountKind> {
    Some(match (syntax, code) {
        (Syntax::X12, "C300" | "C310" | "F800" | "H000") => DiscountKind::Promotion,
        (Syntax::Edifact, "PAD" | "DI" | "TD" | "QD" | "RAA") => DiscountKind::Promotion,
        _ => return None,
    })
}

/// What is charged: SAC02; 7161 of ALC.
pub(crate) fn charge(syntax: Syntax, code: &str) -> Option<FeeKind> {
    Some(match (syntax, code) {
        (Syntax::X12, "D240" | "D200" | "C040" | "G821" | "G830") | (Syntax::Edifact, "FC" | "DL") => {
            FeeKind::Shipping
        }
        (Syntax::X12, "D920" | "D980") | (Syntax::Edifact, "IN") => FeeKind::Insurance,
        (Syntax::X12, "H090") | (Syntax::Edifact, "SH" | "HD") => FeeKind::Service,
        _ => return None,
    })
}

/// Carriers by their SCAC or the name that guides use, alone or before the service (`FedEx Ground`). Slugs are those of
/// the carriers' own connectors.
pub(crate) fn carrier(code: &str) -> Option<&'static str> {
    let known = match code.to_ascii_uppercase().as_str() {
        "UPSN" | "UPSG" | "UPSS" | "UPSMI" => Some("ups"),
        "FDEG" | "FDXG" | "FDXE" | "FDE" | "FDEN" | "FXFE" | "FEDX" => Some("fedex"),
        "DHLC" | "DHLX" => Some("dhl"),
        _ => None,
    };
    known.or_else(|| names::known(code)).or_else(|| names::known(service_of(code)?))
}

/// The first word of several, where the others are a service; freight and forwarding are other houses of that name.
fn service_of(name: &str) -> Option<&str> {
    let mut words = name.split_whitespace();
    let first = words.next().filter(|first| first.len() >= 3)?;
    let elsewhere =
        |word: &str| ["freight", "forwarding"].iter().any(|house| word.eq_ignore_ascii_case(house));
    (!words.any(elsewhere)).then_some(first)
}

/// A country of two or of three letters, as far as partners write three.
pub(crate) fn country(code: &str) -> Option<String> {
    let code = code.trim().to_ascii_uppercase();
    let three = match code.as_str() {
        "USA" => "US",
        "CAN" => "CA",
        "MEX" => "MX",
        "GBR" => "GB",
        "DEU" => "DE",
        "FRA" => "FR",
        "NLD" => "NL",
        "BEL" => "BE",
        "AUT" => "AT",
        "CHE" => "CH",
        "ITA" => "IT",
        "ESP" => "ES",
        "POL" => "PL",
        "CHN" => "CN",
        "AUS" => "AU",
        other => other,
    };
    let fits = three.len() == 2 && three.bytes().all(|byte| byte.is_ascii_uppercase());
    fits.then(|| three.to_owned())
}

/// The zone of a time of X12 (DTM04); `None` for those that are written otherwise.
pub(crate) fn zone(code: &str) -> Option<&'static str> {
    Some(match code {
        "UT" | "GM" => "UTC",
        "ET" => "America/New_York",
        "CT" => "America/Chicago",
        "MT" => "America/Denver",
        "PT" => "America/Los_Angeles",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carriers_by_code_and_by_name() {
        for (told, ours) in [
            ("UPSN", Some("ups")),
            ("fdeg", Some("fedex")),
            ("FedEx", Some("fedex")),
            ("FedEx Ground", Some("fedex")),
            ("UPS Next Day Air", Some("ups")),
            ("DHL eCommerce", Some("dhl")),
            ("DHL Global Forwarding", None),
            ("UPS Freight", None),
            ("SF of somewhere", None),
            ("Demo Parcel", None),
        ] {
            assert_eq!(carrier(told), ours, "{told}");
        }
    }
}
