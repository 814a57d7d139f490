//! Where an entity was seen.

use crate::{Channel, Ts};

model! {
    /// Where and how an entity was seen. Platform and shop are part of every identity; the rest is
    /// informative.
    pub struct Source {
        /// The platform, `[a-z0-9_]{2,32}`: `taobao`.
        pub platform: String,
        /// The platform's stable id of the shop; never the name of the connector or the title of the shop.
        pub shop: Id,
        /// Marketplace or country site.
        pub site: Option<Id>,
        /// Name and version of the connector, `taobao@0.3.1`. Informative.
        pub connector: Option<String>,
        /// How it reached the hub. Filled by the hub.
        pub channel | channel_raw: Option<Channel>,
        /// When the hub received it. Filled by the hub.
        pub received_at: Option<Ts>,
        /// The source's own revision; sorts as text: a version number padded with zeros to 20, else the time
        /// of change as `2026-11-21T03:30:58.000Z`.
        pub revision: Option<String>,
        /// Where the untouched bytes are kept. Filled by the hub.
        pub raw_ref: Option<String>,
        /// SHA-256 of the received bytes in lower-case hex. Filled by the hub.
        pub raw_sha256: Option<String>,
    }
}
