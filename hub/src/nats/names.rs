//! Names of streams, buckets and subjects of one tenant.

use std::sync::Arc;

use crossdock_schemas::subject::token;

/// The names of one tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// Subject token of the tenant.
    pub tenant: Arc<str>,
    /// The stream: canonical events, and with the JetStream backbone everything else as well.
    pub stream: String,
}

impl Names {
    /// The names of a tenant.
    pub fn new(tenant: &str) -> Self {
        Self { tenant: token(tenant).into(), stream: format!("XD_{}", upper(tenant)) }
    }

    /// Subjects of canonical events.
    pub fn events(&self) -> String {
        format!("xd.v1.{}.>", self.tenant)
    }

    /// Subjects of the hub's own records; nobody else reads or writes them.
    pub fn records(&self) -> String {
        format!("xd.hub.{}.>", self.tenant)
    }

    /// The subject that others publish what a source saw to.
    pub fn inbound(&self, source: &str) -> String {
        format!("xd.in.{}.{}", self.tenant, token(source))
    }

    /// The stream that keeps what others published until it is captured.
    pub fn inbound_stream(&self) -> String {
        format!("{}_IN", self.stream)
    }

    /// The object store with duplicates of the hubs' copies.
    pub fn copies(&self) -> String {
        format!("{}_COPIES", self.stream)
    }

    /// The bucket with who does what.
    pub fn leases(&self) -> String {
        format!("{}_LEASES", self.stream)
    }

    /// A subject of the hub's own records.
    pub fn record(&self, what: &str) -> String {
        format!("xd.hub.{}.{what}", self.tenant)
    }
}

/// A tenant as part of a stream's name: upper case, with `_` for what such names cannot hold.
pub fn upper(tenant: &str) -> String {
    tenant
        .chars()
        .map(
            |letter| {
                if letter.is_ascii_alphanumeric() || letter == '-' {
                    letter.to_ascii_uppercase()
                } else {
                    '_'
                }
            },
        )
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn of_a_tenant() {
        let names = Names::new("acme-eu");
        assert_eq!(names.stream, "XD_ACME-EU");
        assert_eq!(names.events(), "xd.v1.acme-eu.>");
        assert_eq!(names.records(), "xd.hub.acme-eu.>");
        assert_eq!(names.inbound("shop.1"), "xd.in.acme-eu.shop_2E1");
    }
}
