//! Payments, presales and wished invoices.

use crate::{
    Dec, InvoiceForm, InvoiceKind, InvoiceStatus, Money, PaymentKind, PaymentStatus, PresaleStage, Protected,
    Ts,
};

model! {
    /// One payment.
    pub struct Payment {
        /// Its id at the platform.
        pub payment_ref: Option<Id>,
        /// By what: `alipay`, `card`.
        pub method: String,
        /// The source's own text for `method`.
        pub method_raw: Option<String>,
        /// What it is.
        pub kind | kind_raw: PaymentKind,
        /// How much.
        pub amount: Money,
        /// Where it is.
        pub status | status_raw: PaymentStatus,
        /// When it reached that status.
        pub at: Option<Ts>,
        /// Its id at the payment provider.
        pub provider_ref: Option<Id>,
        /// The exchange that took place.
        pub fx: Option<Fx>,
    }
}

model! {
    /// An exchange of currencies.
    pub struct Fx {
        /// One unit of `from` is this many of `to`.
        pub rate: Dec,
        /// ISO 4217.
        pub from: String,
        /// ISO 4217.
        pub to: String,
    }
}

model! {
    /// A sale paid in two steps.
    pub struct Presale {
        /// Where it is.
        pub stage | stage_raw: PresaleStage,
        /// The deposit.
        pub deposit: Money,
        /// The balance.
        pub balance: Option<Money>,
        /// From when the balance can be paid.
        pub balance_from: Option<Ts>,
        /// Until when the balance can be paid.
        pub balance_to: Option<Ts>,
        /// Promised shipping time.
        pub ship_by: Option<Ts>,
    }
}

model! {
    /// The invoice the buyer wants.
    pub struct InvoiceRequest {
        /// Which one.
        pub kind | kind_raw: InvoiceKind,
        /// Electronic or paper.
        pub form | form_raw: InvoiceForm,
        /// On whose name.
        pub title: Option<Protected>,
        /// Tax number of the buyer.
        pub tax_no: Option<Protected>,
        /// Where to send it.
        pub email: Option<Protected>,
        /// Where it is.
        pub status | status_raw: Option<InvoiceStatus>,
        /// Its number.
        pub number: Option<Id>,
        /// Where to fetch it.
        pub url: Option<String>,
    }
}
