//! Interchanges posted over HTTP: by an AS2 gateway, a VAN, or a script that watches a folder.
//!
//! The documents are not signed, the transport before us is: the token in the path keeps strangers out. The answer to a
//! stored interchange is its acknowledgement.

use std::sync::Arc;

use crossdock_connector::{Ack, Captured, Error, HttpReply, Push, Request, Result, SignedParts, Verified};

use crate::INTERCHANGE;
use crate::normalize::House;

/// The push part.
pub(crate) struct EdiPush {
    pub(crate) house: Arc<House>,
}

impl Push for EdiPush {
    fn signed_parts<'a>(&'a self, request: &Request<'a>) -> Result<SignedParts<'a>> {
        let token = request.path_token.ok_or_else(|| Error::auth("path token is missing"))?;
        Ok(SignedParts::shared(token, &self.house.tokens))
    }

    fn capture(&self, request: &Verified<'_>) -> Captured {
        Captured::new(INTERCHANGE, request.request().body.to_vec())
    }

    fn reply(&self, ack: Ack) -> HttpReply {
        match ack {
            Ack::Stored => HttpReply::empty(200),
            Ack::TryLater => HttpReply::empty(503),
            Ack::Refused => HttpReply::empty(401),
        }
    }

    fn reply_to(&self, ack: Ack, request: &Request<'_>) -> HttpReply {
        // What cannot be acknowledged is stored all the same, and waits in quarantine.
        match self.house.receipt(request.body) {
            Ok(Some(text)) if ack == Ack::Stored => {
                let x12 = text.starts_with("ISA");
                let content_type = if x12 { "application/edi-x12" } else { "application/edifact" };
                HttpReply { status: 200, content_type, body: text.into_bytes().into() }
            }
            _ => self.reply(ack),
        }
    }
}

#[cfg(test)]
mod tests {
    use crossdock_connector::{Connector, ConnectorConfig, Headers, settings};

    use super::*;

    #[test]
    fn the_answer_is_the_acknowledgement() {
        let mut table: toml::Table = crate::Config::example().parse().unwrap();
        settings::resolve(&mut table, &|_| Ok("example-secret".to_owned())).unwrap();
        let parts = crate::Edi::build(settings::read(table).unwrap()).unwrap();
        let push = parts.push.unwrap();
        let headers = Headers::default();
        let told = |body: &[u8], ack| {
            let request = Request { headers: &headers, query: "", path_token: None, body };
            let reply = push.reply_to(ack, &request);
            (reply.status, reply.content_type, String::from_utf8(reply.body.to_vec()).unwrap())
        };
        let order = include_bytes!("../fixtures/interchange/x12-850/input.edi");
        let (status, kind, body) = told(order, Ack::Stored);
        assert_eq!((status, kind), (200, "application/edi-x12"));
        assert!(body.contains("AK1*PO*2201~") && body.contains("AK9*A*1*1*1~"), "{body}");
        assert_eq!(told(order, Ack::TryLater), (503, "text/plain; charset=utf-8", String::new()));
        let edifact = include_bytes!("../fixtures/interchange/edifact-orders/input.edi");
        assert_eq!(told(edifact, Ack::Stored).1, "application/edifact");
        // An acknowledgement is never acknowledged; what is nothing is stored without one.
        let receipt = include_bytes!("../fixtures/interchange/x12-997-rejected/input.edi");
        assert_eq!(told(receipt, Ack::Stored).2, "");
        assert_eq!(told(b"nonsense", Ack::Stored).0, 200);
    }
}
