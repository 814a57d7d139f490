//! The closed list of event types.

use std::fmt;
use std::str::FromStr;

/// A text that is no event type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no event type")]
pub struct UnknownEventType(String);

macro_rules! event_types {
    ( $( $(#[$doc:meta])* $variant:ident = $entity:literal $token:literal of $body:literal, )+ ) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EventType {
            $( $(#[$doc])* $variant, )+
        }

        impl EventType {
            /// Every type.
            pub const ALL: &'static [EventType] = &[ $( EventType::$variant, )+ ];

            /// The type: `order.placed`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $( EventType::$variant => concat!($entity, ".", $token), )+ }
            }

            /// What it is about, as in subjects: `order`.
            #[must_use]
            pub const fn entity(self) -> &'static str {
                match self { $( EventType::$variant => $entity, )+ }
            }

            /// What happened to it, as in subjects: `placed`.
            #[must_use]
            pub const fn token(self) -> &'static str {
                match self { $( EventType::$variant => $token, )+ }
            }

            /// The type in a CloudEvents envelope: `io.crossdock.order.placed`.
            #[must_use]
            pub const fn ce_type(self) -> &'static str {
                match self { $( EventType::$variant => concat!("io.crossdock.", $entity, ".", $token), )+ }
            }

            /// Which body its data has: `order` for `order.placed`, `aftersale` for `refund.agreed`.
            #[must_use]
            pub const fn body(self) -> &'static str {
                match self { $( EventType::$variant => $body, )+ }
            }

            /// The schema its data obeys: `urn:crossdock:schema:order:1.0`.
            #[must_use]
            pub const fn dataschema(self) -> &'static str {
                match self {
                    $( EventType::$variant => concat!("urn:crossdock:schema:", $body, ":1.0"), )+
                }
            }
        }

        impl FromStr for EventType {
            type Err = UnknownEventType;

            /// Reads `order.placed` as well as `io.crossdock.order.placed`.
            fn from_str(text: &str) -> Result<Self, UnknownEventType> {
                match text.strip_prefix("io.crossdock.").unwrap_or(text) {
                    $( concat!($entity, ".", $token) => Ok(EventType::$variant), )+
                    _ => Err(UnknownEventType(text.chars().take(64).collect())),
                }
            }
        }
    };
}

event_types! {
    /// An order became known.
    OrderPlaced = "order" "placed" of "order",
    /// It is paid.
    OrderPaid = "order" "paid" of "order",
    /// It is confirmed.
    OrderConfirmed = "order" "confirmed" of "order",
    /// Something else about it changed.
    OrderChanged = "order" "changed" of "order",
    /// It goes somewhere else.
    OrderAddressChanged = "order" "address_changed" of "order",
    /// A note changed.
    OrderNoteChanged = "order" "note_changed" of "order",
    /// It must not be shipped for now.
    OrderHeld = "order" "held" of "order",
    /// It may be shipped again.
    OrderReleased = "order" "released" of "order",
    /// A part is shipped.
    OrderPartiallyShipped = "order" "partially_shipped" of "order",
    /// All is shipped.
    OrderShipped = "order" "shipped" of "order",
    /// All has arrived.
    OrderDelivered = "order" "delivered" of "order",
    /// It is done.
    OrderCompleted = "order" "completed" of "order",
    /// It is called off.
    OrderCancelled = "order" "cancelled" of "order",
    /// It is archived.
    OrderClosed = "order" "closed" of "order",
    /// It was split.
    OrderSplit = "order" "split" of "order",
    /// It was merged into another.
    OrderMerged = "order" "merged" of "order",
    /// The deposit of a presale is paid.
    OrderDepositPaid = "order" "deposit_paid" of "order",
    /// The balance of a presale is due.
    OrderBalanceDue = "order" "balance_due" of "order",
    /// The balance of a presale is paid.
    OrderBalancePaid = "order" "balance_paid" of "order",
    /// Money back is asked for.
    RefundRequested = "refund" "requested" of "aftersale",
    /// The case changed.
    RefundChanged = "refund" "changed" of "aftersale",
    /// The seller agreed.
    RefundAgreed = "refund" "agreed" of "aftersale",
    /// The seller refused.
    RefundRefused = "refund" "refused" of "aftersale",
    /// The money went back.
    RefundCompleted = "refund" "completed" of "aftersale",
    /// The case is over.
    RefundClosed = "refund" "closed" of "aftersale",
    /// The buyer sent the goods back.
    ReturnShipped = "return" "shipped" of "aftersale",
    /// The seller has the goods back.
    ReturnReceived = "return" "received" of "aftersale",
    /// Other goods are asked for.
    ExchangeRequested = "exchange" "requested" of "aftersale",
    /// The other goods are shipped.
    ExchangeShipped = "exchange" "shipped" of "aftersale",
    /// A parcel became known.
    ParcelCreated = "parcel" "created" of "parcel",
    /// Its order became known.
    ParcelLinked = "parcel" "linked" of "parcel",
    /// Its place in the journey changed.
    ParcelStatusChanged = "parcel" "status_changed" of "parcel",
    /// A scan came in.
    ParcelEventAdded = "parcel" "event_added" of "parcel",
    /// A scan was taken back.
    ParcelEventRetracted = "parcel" "event_retracted" of "parcel",
    /// It should arrive at another time.
    ParcelEtaChanged = "parcel" "eta_changed" of "parcel",
    /// It will not travel.
    ParcelCancelled = "parcel" "cancelled" of "parcel",
    /// The carrier has it.
    MilestonePickedUp = "milestone" "picked_up" of "milestone",
    /// It was handed over.
    MilestoneDelivered = "milestone" "delivered" of "milestone",
    /// Something went wrong.
    MilestoneException = "milestone" "exception" of "milestone",
    /// A delivery was taken back.
    MilestoneCorrected = "milestone" "corrected" of "milestone",
    /// A stock level changed.
    InventoryLevelChanged = "inventory" "level_changed" of "inventory",
    /// Stock is low.
    InventoryLow = "inventory" "low" of "inventory",
    /// A product is new or changed.
    ProductUpserted = "product" "upserted" of "product",
    /// A price changed.
    PriceChanged = "price" "changed" of "product",
    /// A risk was found.
    RiskTagged = "risk" "tagged" of "risk",
    /// A risk is gone.
    RiskCleared = "risk" "cleared" of "risk",
    /// An invoice is asked for.
    InvoiceRequested = "invoice" "requested" of "invoice",
    /// An invoice is issued.
    InvoiceIssued = "invoice" "issued" of "invoice",
    /// An invoice was taken back.
    InvoiceReversed = "invoice" "reversed" of "invoice",
    /// A connector works.
    ConnectorUp = "connector" "up" of "hub",
    /// A connector does not work.
    ConnectorFailed = "connector" "failed" of "hub",
    /// A payload could not be read.
    PayloadRejected = "payload" "rejected" of "hub",
    /// The platform's list and ours differ.
    ReconcileMismatch = "reconcile" "mismatch" of "hub",
    /// Somebody looked at protected data.
    AuditAccess = "audit" "access" of "hub",
}

impl EventType {
    /// Whether customers notice it: the only events a CRM gets.
    #[must_use]
    pub const fn is_milestone(self) -> bool {
        matches!(
            self,
            EventType::MilestonePickedUp
                | EventType::MilestoneDelivered
                | EventType::MilestoneException
                | EventType::MilestoneCorrected
        )
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl serde::Serialize for EventType {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for EventType {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for EventType {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "EventType".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let types: Vec<&str> = Self::ALL.iter().map(|event| event.as_str()).collect();
        schemars::json_schema!({ "type": "string", "enum": types })
    }
}
