//! What one scan means: its opCode, its reasonCode, the coarse status of newer accounts, and for a few
//! codes the remark and the other scans of the same capture.
//!
//! In this order:
//! 1. opCode with reasonCode, where the table has that pair;
//! 2. for returns and forwards (99, 631, 648, 215) the opCode alone;
//! 3. secondaryStatusCode, else firstStatusCode: they decide, the opCode only makes it finer;
//! 4. the opCode, with the locker rule for 80 and the photo rule for 8000.
//!
//! An opCode without a row is `unknown` and an issue, also beside a coarse status.

use crossdock_connector::carrier::Meaning;
use crossdock_connector::codes::TrackingCode;
use crossdock_connector::{Issue, IssueKind};
use crossdock_schemas::{DeliveredTo, ParcelStatus, Reason, Step, Ts};

use crate::codes::Codes;
use crate::remark::{self, Taken};
use crate::wire::{Place, Route};

/// Returns and forwards: newer accounts send no useful status with them.
const ELSEWHERE: [&str; 4] = ["99", "631", "648", "215"];
/// Scans that put a parcel where somebody has to collect it. An 80 right after them is not a signature.
const PUT_AWAY: [&str; 4] = ["125", "130", "642", "678"];
/// How long "right after" is.
const PUT_AWAY_SECONDS: i64 = 60;
/// Scans that say a parcel was signed for.
const SIGNED: [&str; 5] = ["80", "128", "679", "935", "97"];
/// The customer took it out of the locker.
const COLLECTED: &str = "128";

/// One scan with its time.
pub(crate) struct Scan<'a> {
    pub(crate) place: Place,
    pub(crate) at: Ts,
    pub(crate) route: Route<'a>,
}

impl Scan<'_> {
    pub(crate) fn op_code(&self) -> &str {
        self.route.op_code.text().unwrap_or_default()
    }

    pub(crate) fn remark(&self) -> &str {
        self.route.remark.text().unwrap_or_default()
    }
}

fn plain(status: ParcelStatus, delivered_to: Option<DeliveredTo>) -> Meaning {
    Meaning { status, delivered_to, ..Meaning::default() }
}

/// What else a decision may look at.
pub(crate) struct Context<'c, 'a> {
    pub(crate) codes: &'c Codes,
    /// All scans of the same waybill in the capture.
    pub(crate) scans: &'c [Scan<'a>],
    /// Whether these are the whole history.
    pub(crate) history: bool,
}

/// Decides one scan.
pub(crate) fn decide(scan: &Scan<'_>, context: &Context<'_, '_>, issues: &mut Vec<Issue>) -> Meaning {
    let op_code = scan.op_code();
    let operation = context.codes.operation(op_code);
    if op_code.is_empty() {
        issues.push(Issue::new(IssueKind::BadValue, format!("{}.opCode", scan.place), "empty"));
    } else if operation.is_none() {
        issues.push(Issue::unmapped(format!("{}.opCode", scan.place), op_code));
    }
    let stated = stated(scan, context.codes, issues);
    // Some say nothing that the opCode does not say better.
    let decides = stated.filter(|(said, _)| said.status != ParcelStatus::Info);
    let mut meaning = match combination(scan, context.codes, issues) {
        Some(code) => Meaning::from(&code),
        None => match (operation, decides) {
            (Some(code), _) if ELSEWHERE.contains(&op_code) => elsewhere(scan, code),
            (Some(code), Some((said, _))) => Meaning::from(&finer(code, said, scan, context)),
            (None, Some((said, _))) if op_code.is_empty() => Meaning::from(&said),
            (Some(code), None) => by_operation(scan, code, context),
            // Whatever the coarse status says: only the opCode tells a return or a photo from the rest.
            (None, _) => plain(ParcelStatus::Unknown, None),
        },
    };
    if meaning.delivered_to.is_none() {
        meaning.delivered_to = taker(meaning.status, scan.remark());
    }
    if meaning.status == ParcelStatus::DeliveryAttempted && meaning.reason.is_none() {
        let code = scan.route.reason_code.text();
        let told = code.and_then(|code| context.codes.reason(code));
        meaning.reason = told.or_else(|| remark::reason(scan.remark()));
        if meaning.reason.is_none() && code.is_some() {
            meaning.reason = Some(Reason::Unknown);
        }
    }
    meaning.status_raw = stated.map(|(_, code)| code.to_owned());
    if meaning.status == ParcelStatus::Unknown && meaning.status_raw.is_none() && !op_code.is_empty() {
        meaning.status_raw = Some(op_code.to_owned());
    }
    meaning
}

/// opCode with reasonCode. A reasonCode that adds nothing we know is an issue: its list is not published.
fn combination(scan: &Scan<'_>, codes: &Codes, issues: &mut Vec<Issue>) -> Option<TrackingCode> {
    let reason = scan.route.reason_code.text()?;
    let found = codes.combination(scan.op_code(), reason);
    if found.is_none() && codes.reason(reason).is_none() {
        issues.push(Issue::unmapped(format!("{}.reasonCode", scan.place), reason));
    }
    found
}

/// The coarse status, where the account sends one.
fn stated<'s>(scan: &'s Scan<'_>, codes: &Codes, issues: &mut Vec<Issue>) -> Option<(TrackingCode, &'s str)> {
    let fields = [
        ("secondaryStatusCode", &scan.route.secondary_status_code),
        ("firstStatusCode", &scan.route.first_status_code),
    ];
    for (name, value) in fields {
        // Returns and forwards carry `-`.
        let Some(code) = value.text().filter(|code| *code != "-") else { continue };
        match codes.status(code) {
            Some(said) => return Some((said, code)),
            None => issues.push(Issue::unmapped(format!("{}.{name}", scan.place), code)),
        }
    }
    None
}

/// The coarse status, made finer by the opCode where both agree.
fn finer(code: TrackingCode, said: TrackingCode, scan: &Scan<'_>, context: &Context<'_, '_>) -> TrackingCode {
    use ParcelStatus as S;
    if scan.op_code() == "8000" && said.status == S::Delivered && signed_beside(context) {
        return code;
    }
    let agree = match said.status {
        // 127, 138 and a failed pick-up are no pick-up, whatever stands beside them.
        S::PickedUp => matches!(code.status, S::PickedUp | S::LabelCreated | S::PickupFailed | S::Info),
        S::InTransit => matches!(
            code.status,
            S::InTransit | S::ArrivedAtHub | S::Customs | S::Exception | S::DeliveryAttempted | S::Info
        ),
        S::Customs => matches!(code.status, S::Customs | S::Exception | S::Info),
        S::OutForDelivery => {
            matches!(code.status, S::OutForDelivery | S::DeliveryAttempted | S::Exception | S::Info)
        }
        other => code.status == other,
    };
    if agree {
        return TrackingCode { step: code.step.or(said.step), ..code };
    }
    let waits_or_taken = matches!(said.status, S::Delivered | S::AvailableForPickup);
    TrackingCode { delivered_to: code.delivered_to.filter(|_| waits_or_taken), ..said }
}

fn elsewhere(scan: &Scan<'_>, code: TrackingCode) -> Meaning {
    if scan.op_code() == "648" && remark::says_forwarded(scan.remark()) {
        return Meaning { step: Some(Step::Readdressed), ..plain(ParcelStatus::InTransit, None) };
    }
    Meaning::from(&code)
}

fn by_operation(scan: &Scan<'_>, code: TrackingCode, context: &Context<'_, '_>) -> Meaning {
    match scan.op_code() {
        "80" => signed(scan, context),
        "8000" => photo(scan, context, code),
        _ => Meaning::from(&code),
    }
}

/// 80: signed, unless a locker or station signed.
fn signed(scan: &Scan<'_>, context: &Context<'_, '_>) -> Meaning {
    let taken = remark::taken(scan.remark());
    if let Taken::Person(to) = taken {
        return plain(ParcelStatus::Delivered, Some(to));
    }
    let collected = context.scans.iter().any(|other| other.op_code() == COLLECTED && other.at <= scan.at);
    match taken {
        Taken::Place(to) if collected => plain(ParcelStatus::Delivered, Some(to)),
        Taken::Place(to) => plain(ParcelStatus::AvailableForPickup, Some(to)),
        Taken::Person(_) | Taken::NotSaid if collected => plain(ParcelStatus::Delivered, None),
        Taken::Person(_) | Taken::NotSaid => match put_away(scan, context) {
            Some(to) => plain(ParcelStatus::AvailableForPickup, to),
            None => plain(ParcelStatus::Delivered, None),
        },
    }
}

/// Where a scan less than a minute earlier put the parcel.
fn put_away(scan: &Scan<'_>, context: &Context<'_, '_>) -> Option<Option<DeliveredTo>> {
    context
        .scans
        .iter()
        .filter(|other| PUT_AWAY.contains(&other.op_code()))
        .find(|other| {
            let after = scan.at.utc_seconds().saturating_sub(other.at.utc_seconds());
            (0..PUT_AWAY_SECONDS).contains(&after)
        })
        .map(|other| context.codes.operation(other.op_code()).and_then(|code| code.delivered_to))
}

/// 8000: a photo of the signature. It delivers only when nothing else does.
fn photo(scan: &Scan<'_>, context: &Context<'_, '_>, code: TrackingCode) -> Meaning {
    let alone = !signed_beside(context) && (context.history || remark::says_signed(scan.remark()));
    if !alone {
        return Meaning::from(&code);
    }
    match remark::taken(scan.remark()) {
        Taken::Place(to) => plain(ParcelStatus::AvailableForPickup, Some(to)),
        Taken::Person(to) => plain(ParcelStatus::Delivered, Some(to)),
        Taken::NotSaid => plain(ParcelStatus::Delivered, None),
    }
}

fn signed_beside(context: &Context<'_, '_>) -> bool {
    context.scans.iter().any(|other| SIGNED.contains(&other.op_code()))
}

/// Who took it, where the codes do not say and the remark does.
fn taker(status: ParcelStatus, remark: &str) -> Option<DeliveredTo> {
    if status == ParcelStatus::AvailableForPickup {
        return remark::place(remark);
    }
    if status != ParcelStatus::Delivered {
        return None;
    }
    match remark::taken(remark) {
        Taken::Person(to) | Taken::Place(to) => Some(to),
        Taken::NotSaid => None,
    }
}
