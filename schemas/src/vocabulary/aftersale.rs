//! Words of refunds, returns and exchanges.

vocabulary! {
    /// What the buyer asks for.
    pub enum AftersaleKind {
        /// Money back, goods stay.
        RefundOnly = "refund_only",
        /// Money back for returned goods.
        ReturnRefund = "return_refund",
        /// Other goods for returned ones.
        Exchange = "exchange",
        /// Goods once more.
        Resend = "resend",
        /// The difference to a later lower price.
        PriceProtection = "price_protection",
        /// Something for the trouble.
        Compensation = "compensation",
    }
}

vocabulary! {
    /// When the case was opened.
    pub enum AftersalePhase {
        /// Before shipping.
        BeforeShipping = "before_shipping",
        /// On the way.
        InTransit = "in_transit",
        /// After delivery.
        AfterDelivery = "after_delivery",
    }
}

vocabulary! {
    /// Where the case is.
    pub enum AftersaleStatus {
        /// Asked for.
        Requested = "requested",
        /// The seller agreed.
        SellerAgreed = "seller_agreed",
        /// The seller refused.
        SellerRefused = "seller_refused",
        /// The buyer is sending the goods back.
        BuyerReturning = "buyer_returning",
        /// The seller has the goods.
        Received = "received",
        /// The money is on its way.
        Refunding = "refunding",
        /// The money went back.
        Refunded = "refunded",
        /// Over.
        Closed = "closed",
        /// The platform decides.
        Arbitration = "arbitration",
    }
}

vocabulary! {
    /// Where the goods of a case are.
    pub enum GoodsState {
        /// The buyer never got them.
        NotReceived = "not_received",
        /// The buyer has them.
        Received = "received",
        /// They went back.
        Returned = "returned",
    }
}
