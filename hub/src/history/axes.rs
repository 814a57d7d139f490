//! The forward order of each axis: what is further on, and what is a step back.
//!
//! The order is that of the canonical model's lists, with the exceptions noted at each axis. `unknown` comes
//! before everything: it never wins against a word, and going there is not a step back but a loss of sight.

use crossdock_schemas::{
    AftersaleState, AftersaleStatus, Fulfillment, Lifecycle, PaymentState, PresaleStage,
};

/// An axis of status.
pub(super) trait Axis: Copy + PartialEq {
    /// How far on it is; of two statements of the same revision the higher counts.
    fn place(self) -> u8;

    /// Whether going from here to `next` is a step back.
    fn goes_back_to(self, next: Self) -> bool {
        next.place() != 0 && next.place() < self.place()
    }
}

impl Axis for Lifecycle {
    fn place(self) -> u8 {
        match self {
            Lifecycle::Unknown => 0,
            Lifecycle::Draft => 1,
            Lifecycle::Placed => 2,
            Lifecycle::Confirmed => 3,
            Lifecycle::Completed => 4,
            Lifecycle::Cancelled => 5,
            Lifecycle::Closed => 6,
        }
    }

    /// Completed and cancelled are ends: only closed comes after them.
    fn goes_back_to(self, next: Self) -> bool {
        let end = matches!(self, Lifecycle::Completed | Lifecycle::Cancelled);
        next.place() != 0
            && (next.place() < self.place() || (end && next != self && next != Lifecycle::Closed))
    }
}

impl Axis for PaymentState {
    /// Unlike the list, cash on delivery comes before paid: it is paid at the door.
    fn place(self) -> u8 {
        match self {
            PaymentState::Unknown => 0,
            PaymentState::Unpaid => 1,
            PaymentState::Authorized => 2,
            PaymentState::CodPending => 3,
            PaymentState::PartiallyPaid => 4,
            PaymentState::Paid => 5,
            PaymentState::PartiallyRefunded => 6,
            PaymentState::Refunded => 7,
            PaymentState::Voided => 8,
            PaymentState::Failed => 9,
        }
    }

    /// A failed payment may be tried again: leaving `failed` is no step back.
    fn goes_back_to(self, next: Self) -> bool {
        self != PaymentState::Failed && next.place() != 0 && next.place() < self.place()
    }
}

impl Axis for Fulfillment {
    fn place(self) -> u8 {
        match self {
            Fulfillment::Unknown => 0,
            Fulfillment::Unfulfilled => 1,
            Fulfillment::PartiallyShipped => 2,
            Fulfillment::Shipped => 3,
            Fulfillment::PartiallyDelivered => 4,
            Fulfillment::Delivered => 5,
            Fulfillment::PartiallyReturned => 6,
            Fulfillment::Returned => 7,
        }
    }
}

impl Axis for AftersaleState {
    fn place(self) -> u8 {
        match self {
            AftersaleState::Unknown => 0,
            AftersaleState::None => 1,
            AftersaleState::Open => 2,
            AftersaleState::Closed => 3,
        }
    }

    /// A new case may be opened after the last one was closed.
    fn goes_back_to(self, next: Self) -> bool {
        next == AftersaleState::None && self != AftersaleState::None && self != AftersaleState::Unknown
    }
}

impl Axis for PresaleStage {
    fn place(self) -> u8 {
        match self {
            PresaleStage::Unknown => 0,
            PresaleStage::None => 1,
            PresaleStage::DepositDue => 2,
            PresaleStage::DepositPaid => 3,
            PresaleStage::BalanceDue => 4,
            PresaleStage::BalancePaid => 5,
            PresaleStage::Failed => 6,
        }
    }
}

impl Axis for AftersaleStatus {
    /// Unlike the list, arbitration comes before the goods and the money move: it is no end.
    fn place(self) -> u8 {
        match self {
            AftersaleStatus::Unknown => 0,
            AftersaleStatus::Requested => 1,
            AftersaleStatus::SellerRefused => 2,
            AftersaleStatus::Arbitration => 3,
            AftersaleStatus::SellerAgreed => 4,
            AftersaleStatus::BuyerReturning => 5,
            AftersaleStatus::Received => 6,
            AftersaleStatus::Refunding => 7,
            AftersaleStatus::Refunded => 8,
            AftersaleStatus::Closed => 9,
        }
    }

    /// A case may be refused, taken to arbitration and agreed on again: only leaving its end is a step back.
    fn goes_back_to(self, next: Self) -> bool {
        match self {
            AftersaleStatus::Refunded => next.place() != 0 && next.place() < self.place(),
            AftersaleStatus::Closed => next.place() != 0 && next != self,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places<T: Axis + std::fmt::Debug>(all: &[T], unknown: T) {
        assert_eq!(unknown.place(), 0);
        let mut places: Vec<u8> = all.iter().map(|value| value.place()).collect();
        places.sort_unstable();
        let expected: Vec<u8> = (0..).take(all.len()).collect();
        assert_eq!(places, expected, "{all:?} must have a total order");
        for value in all {
            assert!(!value.goes_back_to(*value), "{value:?} to itself");
            assert!(!value.goes_back_to(unknown) && !unknown.goes_back_to(*value), "{value:?} and unknown");
        }
    }

    #[test]
    fn every_axis_is_totally_ordered_with_unknown_first() {
        places(Lifecycle::ALL, Lifecycle::Unknown);
        places(PaymentState::ALL, PaymentState::Unknown);
        places(Fulfillment::ALL, Fulfillment::Unknown);
        places(AftersaleState::ALL, AftersaleState::Unknown);
        places(PresaleStage::ALL, PresaleStage::Unknown);
        places(AftersaleStatus::ALL, AftersaleStatus::Unknown);
    }

    #[test]
    fn ends_are_left_only_for_closed() {
        assert!(!Lifecycle::Completed.goes_back_to(Lifecycle::Closed));
        assert!(!Lifecycle::Cancelled.goes_back_to(Lifecycle::Closed));
        assert!(Lifecycle::Completed.goes_back_to(Lifecycle::Cancelled));
        assert!(Lifecycle::Cancelled.goes_back_to(Lifecycle::Completed));
        assert!(Lifecycle::Closed.goes_back_to(Lifecycle::Placed));
        assert!(!Lifecycle::Placed.goes_back_to(Lifecycle::Cancelled));
    }

    #[test]
    fn what_may_repeat_is_no_step_back() {
        assert!(!PaymentState::CodPending.goes_back_to(PaymentState::Paid));
        assert!(!PaymentState::Failed.goes_back_to(PaymentState::Paid));
        assert!(PaymentState::Paid.goes_back_to(PaymentState::Unpaid));
        assert!(!AftersaleState::Closed.goes_back_to(AftersaleState::Open));
        assert!(!AftersaleStatus::SellerRefused.goes_back_to(AftersaleStatus::Requested));
        assert!(AftersaleStatus::Refunded.goes_back_to(AftersaleStatus::Requested));
    }
}
