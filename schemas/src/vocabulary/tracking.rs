//! Words of parcels and their scans: the place in the journey, why something went wrong, the finer
//! step, who took the parcel, and whether a scan asserts or withdraws.

vocabulary! {
    /// A parcel's place in its journey.
    pub enum ParcelStatus {
        /// The carrier knows of it and does not have it.
        LabelCreated = "label_created",
        /// The carrier came and did not get it.
        PickupFailed = "pickup_failed",
        /// The carrier has it.
        PickedUp = "picked_up",
        /// On the way.
        InTransit = "in_transit",
        /// At a sorting centre or branch.
        ArrivedAtHub = "arrived_at_hub",
        /// With customs.
        Customs = "customs",
        /// With the courier who delivers it.
        OutForDelivery = "out_for_delivery",
        /// Waits in a locker or at a counter.
        AvailableForPickup = "available_for_pickup",
        /// The courier came in vain.
        DeliveryAttempted = "delivery_attempted",
        /// Handed over; ends the forward leg.
        Delivered = "delivered",
        /// Something went wrong.
        Exception = "exception",
        /// On the way back.
        Returning = "returning",
        /// Back with the sender; ends the return leg.
        Returned = "returned",
        /// Called off.
        Cancelled = "cancelled",
        /// A notice that changes nothing.
        Info = "info",
    }
}

impl ParcelStatus {
    /// Which of two scans at the same moment is the later one: the higher rank.
    #[must_use]
    pub const fn rank(self) -> u8 {
        match self {
            Self::LabelCreated | Self::Info | Self::Unknown => 0,
            Self::PickupFailed => 5,
            Self::PickedUp => 10,
            Self::InTransit | Self::ArrivedAtHub | Self::Customs => 20,
            Self::OutForDelivery => 30,
            Self::DeliveryAttempted | Self::Exception => 40,
            Self::AvailableForPickup => 50,
            Self::Delivered => 60,
            Self::Returning => 70,
            Self::Returned => 80,
            Self::Cancelled => 90,
        }
    }
}

vocabulary! {
    /// Why something went wrong.
    pub enum Reason {
        /// The address is wrong or incomplete.
        AddressProblem = "address_problem",
        /// Nobody was there.
        RecipientUnavailable = "recipient_unavailable",
        /// The recipient refused it.
        Refused = "refused",
        /// Damaged.
        Damaged = "damaged",
        /// Lost.
        Lost = "lost",
        /// Late.
        Delayed = "delayed",
        /// Customs keeps it.
        CustomsHold = "customs_hold",
        /// A security matter.
        Security = "security",
        /// Outside the area the carrier serves.
        OutOfArea = "out_of_area",
        /// Nobody fetched it in time.
        Unclaimed = "unclaimed",
        /// Sent to a wrong place.
        Misrouted = "misrouted",
        /// Duty, cash on delivery or freight is due.
        PaymentDue = "payment_due",
        /// Weather.
        Weather = "weather",
        /// The sender or an authority stopped it.
        Intercepted = "intercepted",
        /// Disposed of.
        Destroyed = "destroyed",
        /// The recipient asked for another day or place; no alarm.
        HeldOnRequest = "held_on_request",
        /// Something else.
        Other = "other",
    }
}

vocabulary! {
    /// Who caused a problem.
    pub enum CausedBy {
        /// The carrier.
        Carrier = "carrier",
        /// The sender.
        Shipper = "shipper",
        /// The recipient.
        Consignee = "consignee",
        /// Customs.
        Customs = "customs",
        /// Nobody.
        ForceMajeure = "force_majeure",
    }
}

impl Reason {
    /// Who usually causes it; `Unknown` where the reason alone does not say.
    #[must_use]
    pub const fn caused_by(self) -> CausedBy {
        match self {
            Self::Damaged | Self::Lost | Self::Misrouted | Self::OutOfArea => CausedBy::Carrier,
            Self::AddressProblem | Self::Intercepted => CausedBy::Shipper,
            Self::RecipientUnavailable
            | Self::Refused
            | Self::Unclaimed
            | Self::PaymentDue
            | Self::HeldOnRequest => CausedBy::Consignee,
            Self::CustomsHold => CausedBy::Customs,
            Self::Weather => CausedBy::ForceMajeure,
            Self::Delayed | Self::Security | Self::Destroyed | Self::Other | Self::Unknown => {
                CausedBy::Unknown
            }
        }
    }
}

vocabulary! {
    /// The finer grain of a status; never moves a milestone.
    pub enum Step {
        /// A pick-up is arranged or a courier is assigned.
        PickupScheduled = "pickup_scheduled",
        /// The sender left it in a locker or at a counter; no courier has it.
        DroppedOff = "dropped_off",
        /// Left a place.
        Departed = "departed",
        /// Came to a place.
        Arrived = "arrived",
        /// Came to the place it will be delivered from.
        ArrivedDestination = "arrived_destination",
        /// Given to another carrier.
        HandedOver = "handed_over",
        /// Goes to another address now.
        Readdressed = "readdressed",
        /// Security check.
        SecurityCheck = "security_check",
        /// Being looked at.
        Inspection = "inspection",
        /// Clearance began.
        Started = "started",
        /// Kept.
        Held = "held",
        /// Let go.
        Released = "released",
        /// Duty was assessed.
        Duty = "duty",
        /// Only some of the pieces.
        Partial = "partial",
    }
}

vocabulary! {
    /// Who or what took a parcel.
    pub enum DeliveredTo {
        /// The recipient.
        Recipient = "recipient",
        /// Somebody on the recipient's behalf.
        Agent = "agent",
        /// A neighbour.
        Neighbour = "neighbour",
        /// Somebody of the household.
        Household = "household",
        /// A locker.
        Locker = "locker",
        /// A parcel station.
        Station = "station",
        /// An agreed place.
        SafePlace = "safe_place",
        /// The mailbox.
        Mailbox = "mailbox",
        /// A post office.
        PostOffice = "post_office",
        /// The sender.
        Sender = "sender",
    }
}

vocabulary! {
    /// Whether a scan says something or takes it back. An absent effect is `assert`.
    pub enum Effect default Assert {
        /// It happened.
        Assert = "assert",
        /// An earlier scan was wrong.
        Retract = "retract",
    }
}

vocabulary! {
    /// How well a time is known.
    pub enum AtQuality default Exact {
        /// As given.
        Exact = "exact",
        /// The zone is a guess.
        NoZone = "no_zone",
        /// Only the day is known; the time of day means nothing.
        DateOnly = "date_only",
        /// Nobody reported it; a later scan proves it.
        Inferred = "inferred",
    }
}

vocabulary! {
    /// Which way a parcel goes.
    pub enum Direction {
        /// To the buyer.
        Outbound = "outbound",
        /// Back to the seller.
        Return = "return",
        /// New goods in an exchange.
        Exchange = "exchange",
    }
}

vocabulary! {
    /// What an aggregator says about its own watching.
    pub enum TrackingState {
        /// It watches.
        Active = "active",
        /// It gave up because nothing came.
        Expired = "expired",
        /// It was told to stop.
        Stopped = "stopped",
    }
}

vocabulary! {
    /// Who estimated the arrival.
    pub enum EtaBy {
        /// The carrier.
        Carrier = "carrier",
        /// The platform.
        Platform = "platform",
        /// The hub.
        Hub = "hub",
    }
}

vocabulary! {
    /// Which part of the way another carrier takes.
    pub enum LegKind {
        /// From the sender.
        FirstMile = "first_mile",
        /// Between the ends.
        LineHaul = "line_haul",
        /// To the recipient.
        LastMile = "last_mile",
    }
}
