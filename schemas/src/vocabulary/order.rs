//! Words of orders, lines and money.

vocabulary! {
    /// Where an order is in its life.
    pub enum Lifecycle {
        /// Not yet placed.
        Draft = "draft",
        /// Placed by the buyer.
        Placed = "placed",
        /// Accepted by the seller or the platform.
        Confirmed = "confirmed",
        /// Done, as the platform sees it.
        Completed = "completed",
        /// Called off.
        Cancelled = "cancelled",
        /// Archived: nothing more will happen.
        Closed = "closed",
    }
}

vocabulary! {
    /// Where the money of an order is.
    pub enum PaymentState {
        /// Nothing paid.
        Unpaid = "unpaid",
        /// Promised, not taken.
        Authorized = "authorized",
        /// A part is paid.
        PartiallyPaid = "partially_paid",
        /// All is paid.
        Paid = "paid",
        /// To be paid at the door.
        CodPending = "cod_pending",
        /// A part went back.
        PartiallyRefunded = "partially_refunded",
        /// All went back.
        Refunded = "refunded",
        /// The promise was given up.
        Voided = "voided",
        /// Payment failed.
        Failed = "failed",
    }
}

vocabulary! {
    /// Where the goods of an order or a line are.
    pub enum Fulfillment {
        /// Nothing shipped.
        Unfulfilled = "unfulfilled",
        /// A part is shipped.
        PartiallyShipped = "partially_shipped",
        /// All is shipped.
        Shipped = "shipped",
        /// A part has arrived.
        PartiallyDelivered = "partially_delivered",
        /// All has arrived.
        Delivered = "delivered",
        /// A part came back.
        PartiallyReturned = "partially_returned",
        /// All came back.
        Returned = "returned",
    }
}

vocabulary! {
    /// Whether an after-sale case is running.
    pub enum AftersaleState {
        /// There never was one.
        None = "none",
        /// One is running.
        Open = "open",
        /// There was one, all are closed.
        Closed = "closed",
    }
}

vocabulary! {
    /// Where a presale is.
    pub enum PresaleStage {
        /// No presale.
        None = "none",
        /// The deposit is due.
        DepositDue = "deposit_due",
        /// The deposit is paid.
        DepositPaid = "deposit_paid",
        /// The balance is due.
        BalanceDue = "balance_due",
        /// The balance is paid.
        BalancePaid = "balance_paid",
        /// Not paid in time.
        Failed = "failed",
    }
}

vocabulary! {
    /// Why an order must not be shipped for now.
    pub enum Hold {
        /// Suspected fraud or a risk rule.
        Risk = "risk",
        /// The address needs a look.
        Address = "address",
        /// Goods are missing.
        Stock = "stock",
        /// The payment is being looked at.
        PaymentReview = "payment_review",
        /// The platform forbids shipping.
        Platform = "platform",
        /// Customs.
        Customs = "customs",
        /// Somebody stopped it by hand.
        Manual = "manual",
    }
}

vocabulary! {
    /// What kind of order it is.
    pub enum OrderKind {
        /// An ordinary sale.
        Sale = "sale",
        /// Goods in exchange for returned ones.
        Exchange = "exchange",
        /// Goods sent again.
        Replacement = "replacement",
        /// A sample.
        Sample = "sample",
        /// An order of a company.
        B2b = "b2b",
        /// Sold in a shop.
        Pos = "pos",
        /// A service.
        Service = "service",
    }
}

vocabulary! {
    /// What kind of line it is. An absent kind is `product`.
    pub enum LineKind default Product {
        /// Ordinary goods.
        Product = "product",
        /// Several goods sold as one.
        Bundle = "bundle",
        /// A part of a bundle.
        Component = "component",
        /// A gift.
        Gift = "gift",
        /// A service.
        Service = "service",
        /// Nothing to ship.
        Virtual = "virtual",
        /// A deposit.
        Deposit = "deposit",
    }
}

vocabulary! {
    /// How another order is related.
    pub enum RelatedKind {
        /// That order replaces this one, or the other way round.
        Replacement = "replacement",
        /// Exchange.
        Exchange = "exchange",
        /// This order was split from that one.
        SplitFrom = "split_from",
        /// This order was merged into that one.
        MergedInto = "merged_into",
        /// This order is the deposit of that one.
        DepositOf = "deposit_of",
    }
}

vocabulary! {
    /// What a fee is for.
    pub enum FeeKind {
        /// Shipping.
        Shipping = "shipping",
        /// Cash on delivery.
        Cod = "cod",
        /// Gift wrapping.
        GiftWrap = "gift_wrap",
        /// Insurance.
        Insurance = "insurance",
        /// Tip.
        Tip = "tip",
        /// Service.
        Service = "service",
        /// Duty.
        Duty = "duty",
        /// Rounding of the payable amount.
        Rounding = "rounding",
        /// Changed by hand.
        Adjustment = "adjustment",
    }
}

vocabulary! {
    /// Why something got cheaper.
    pub enum DiscountKind {
        /// Coupon.
        Coupon = "coupon",
        /// Promotion.
        Promotion = "promotion",
        /// Member price.
        Member = "member",
        /// Points.
        Points = "points",
        /// Gift card.
        GiftCard = "gift_card",
        /// Bundle price.
        Bundle = "bundle",
        /// Changed by hand.
        Hand = "hand",
        /// Paid by the platform.
        PlatformSubsidy = "platform_subsidy",
        /// Shipping made cheaper.
        Shipping = "shipping",
    }
}

vocabulary! {
    /// What a discount applies to.
    pub enum DiscountTarget {
        /// The whole order.
        Order = "order",
        /// A line.
        Line = "line",
        /// Shipping.
        Shipping = "shipping",
    }
}

vocabulary! {
    /// Who bears a discount.
    pub enum FundedBy {
        /// The platform.
        Platform = "platform",
        /// The seller.
        Seller = "seller",
        /// The brand.
        Brand = "brand",
    }
}

vocabulary! {
    /// Who collects a tax.
    pub enum CollectedBy {
        /// The seller.
        Seller = "seller",
        /// The marketplace.
        Marketplace = "marketplace",
    }
}

vocabulary! {
    /// Who computed the totals.
    pub enum ComputedBy {
        /// The platform stated them.
        Platform = "platform",
        /// The hub added them up.
        Hub = "hub",
    }
}

vocabulary! {
    /// Whether totals add up.
    pub enum TotalsCheck {
        /// They do.
        Ok = "ok",
        /// They do not; `off_by` says by how much.
        Mismatch = "mismatch",
    }
}

vocabulary! {
    /// What a payment is.
    pub enum PaymentKind {
        /// Ordinary payment.
        Tender = "tender",
        /// Deposit of a presale.
        Deposit = "deposit",
        /// Balance of a presale.
        Balance = "balance",
        /// Cash on delivery.
        Cod = "cod",
        /// Gift card.
        GiftCard = "gift_card",
        /// Points.
        Points = "points",
    }
}

vocabulary! {
    /// Where a payment is.
    pub enum PaymentStatus {
        /// Started.
        Pending = "pending",
        /// Promised.
        Authorized = "authorized",
        /// Taken.
        Captured = "captured",
        /// Failed.
        Failed = "failed",
        /// Given up.
        Voided = "voided",
        /// Went back.
        Refunded = "refunded",
    }
}

vocabulary! {
    /// How an observation reached the hub.
    pub enum Channel {
        /// Pushed by the source.
        Webhook = "webhook",
        /// Asked for by the hub.
        Poll = "poll",
        /// Read from a file.
        File = "file",
        /// Entered by a person.
        Manual = "manual",
        /// Read again from stored captures.
        Replay = "replay",
    }
}

vocabulary! {
    /// What a stock figure means.
    pub enum InventoryMode {
        /// The level itself.
        Absolute = "absolute",
        /// A change of the level.
        Delta = "delta",
    }
}

vocabulary! {
    /// Which risk was seen.
    pub enum RiskCode {
        /// A phone on the list.
        BlacklistPhone = "blacklist_phone",
        /// An address on the list.
        BlacklistAddress = "blacklist_address",
        /// A buyer on the list.
        BlacklistBuyer = "blacklist_buyer",
        /// An unusually high amount.
        OverAmount = "over_amount",
        /// An unusually high quantity.
        OverQuantity = "over_quantity",
        /// Too many orders in a short time.
        Frequency = "frequency",
        /// The totals do not add up.
        AmountMismatch = "amount_mismatch",
        /// The address could not be resolved well.
        AddressGrade = "address_grade",
        /// A remote area.
        RemoteArea = "remote_area",
        /// The same address as another order.
        DuplicateAddress = "duplicate_address",
        /// A rule of the merchant's own.
        Custom = "custom",
    }
}

vocabulary! {
    /// How serious a risk is.
    pub enum RiskSeverity {
        /// Good to know.
        Info = "info",
        /// Somebody should look.
        Review = "review",
        /// Must not ship.
        Block = "block",
    }
}
