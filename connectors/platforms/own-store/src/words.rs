//! Words that are none of the model's: the observation stands with `unknown`, but somebody should know.

use std::fmt::Write as _;

use crossdock_connector::Issue;

use crossdock_schemas::{
    Aftersale, Entity, InventoryLevel, Observation, Order, OrderLine, Parcel, TrackingEvent,
};

/// Gathers issues of one observation.
struct Gather<'g> {
    base: String,
    issues: &'g mut Vec<Issue>,
}

impl Gather<'_> {
    /// A field whose text is not one of the words. The reader keeps the text only then, or when the message
    /// gives it itself beside a word that is known.
    fn field(&mut self, unknown: bool, raw: &Option<String>, path: &str) {
        if let Some(raw) = raw.as_ref().filter(|_| unknown) {
            self.issues.push(Issue::unmapped(format!("{}{path}", self.base), raw));
        }
    }

    fn each<T>(&mut self, list: &[T], path: &str, look: fn(&mut Gather<'_>, &T)) {
        for (i, item) in list.iter().enumerate() {
            self.inside(&format_args!("{path}[{i}]"), |gather| look(gather, item));
        }
    }

    /// Looks below the place it stands at. One buffer serves all paths, as hardly any is ever shown.
    fn inside(&mut self, path: &dyn std::fmt::Display, look: impl FnOnce(&mut Gather<'_>)) {
        let length = self.base.len();
        // Writing to a String cannot fail.
        write!(self.base, "{path}").ok();
        look(self);
        self.base.truncate(length);
    }
}

macro_rules! words {
    ($gather:ident, $of:expr, $($field:ident | $raw:ident: $type:ident,)*) => {{
        $( $gather.field($of.$field == crossdock_schemas::$type::Unknown, &$of.$raw, concat!(".", stringify!($field))); )*
    }};
}

macro_rules! optional_words {
    ($gather:ident, $of:expr, $($field:ident | $raw:ident: $type:ident,)*) => {{
        $( $gather.field($of.$field == Some(crossdock_schemas::$type::Unknown), &$of.$raw, concat!(".", stringify!($field))); )*
    }};
}

/// Notes every word that is not in its vocabulary.
pub(crate) fn unknown(observation: &Observation, base: &str, issues: &mut Vec<Issue>) {
    let mut gather = Gather { base: format!("{base}.{}", observation.kind()), issues };
    match &observation.entity {
        Entity::Order(order) => self::order(&mut gather, order),
        Entity::Aftersale(case) => aftersale(&mut gather, case),
        Entity::Parcel(parcel) => self::parcel(&mut gather, parcel),
        Entity::Inventory(level) => inventory(&mut gather, level),
    }
}

fn order(gather: &mut Gather<'_>, order: &Order) {
    words!(gather, order, kind | kind_raw: OrderKind,);
    gather.inside(&".status", |gather| {
        optional_words!(gather, order.status,
            lifecycle | lifecycle_raw: Lifecycle,
            payment | payment_raw: PaymentState,
            fulfillment | fulfillment_raw: Fulfillment,
            aftersale | aftersale_raw: AftersaleState,
            presale | presale_raw: PresaleStage,
        );
    });
    gather.each(&order.lines, ".lines", line);
    gather.each(&order.fees, ".fees", |gather, fee| words!(gather, fee, kind | kind_raw: FeeKind,));
    gather.each(&order.discounts, ".discounts", |gather, discount| {
        words!(gather, discount, kind | kind_raw: DiscountKind, target | target_raw: DiscountTarget,);
        optional_words!(gather, discount, funded_by | funded_by_raw: FundedBy,);
    });
    gather.each(&order.payments, ".payments", |gather, payment| {
        words!(gather, payment, kind | kind_raw: PaymentKind, status | status_raw: PaymentStatus,);
    });
}

fn line(gather: &mut Gather<'_>, line: &OrderLine) {
    words!(gather, line, kind | kind_raw: LineKind,);
    if let Some(of) = &line.status {
        gather.inside(&".status", |gather| {
            optional_words!(gather, of,
                fulfillment | fulfillment_raw: Fulfillment, aftersale | aftersale_raw: AftersaleState,);
        });
    }
    if let Some(of) = &line.tax {
        gather.inside(&".tax", |gather| {
            optional_words!(gather, of, collected_by | collected_by_raw: CollectedBy,);
        });
    }
}

fn aftersale(gather: &mut Gather<'_>, case: &Aftersale) {
    optional_words!(gather, case,
        kind | kind_raw: AftersaleKind,
        phase | phase_raw: AftersalePhase,
        status | status_raw: AftersaleStatus,
        goods_state | goods_state_raw: GoodsState,
    );
}

fn parcel(gather: &mut Gather<'_>, parcel: &Parcel) {
    words!(gather, parcel, direction | direction_raw: Direction,);
    optional_words!(gather, parcel,
        status | status_raw: ParcelStatus, tracking_state | tracking_state_raw: TrackingState,);
    gather.each(&parcel.events, ".events", event);
}

fn event(gather: &mut Gather<'_>, event: &TrackingEvent) {
    words!(gather, event,
        status | status_raw: ParcelStatus, at_quality | at_quality_raw: AtQuality, effect | effect_raw: Effect,);
    optional_words!(gather, event,
        step | step_raw: Step, reason | reason_raw: Reason, delivered_to | delivered_to_raw: DeliveredTo,);
}

fn inventory(gather: &mut Gather<'_>, level: &InventoryLevel) {
    words!(gather, level, mode | mode_raw: InventoryMode,);
}
