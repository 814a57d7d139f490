//! The form variant of the push: a field `content` with XML, whose data stand in attributes.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use crossdock_connector::{Error, Result, wire::Scalar};

use crate::wire::{Place, Route, Rows, malformed};

/// The XML inside a form body. A body that is bare XML is taken as it is.
///
/// # Errors
/// `Malformed` when there is no field `content`, or it is not URL-encoded UTF-8.
pub(crate) fn content(body: &[u8]) -> Result<String> {
    let body = body.trim_ascii();
    if body.first() == Some(&b'<') {
        return String::from_utf8(body.to_vec()).map_err(|_| not_text());
    }
    let field = body
        .split(|byte| *byte == b'&')
        .find_map(|pair| pair.strip_prefix(b"content="))
        .ok_or_else(|| Error::malformed("expected JSON, or a form with a field `content`").at("$"))?;
    let field = std::str::from_utf8(field).map_err(|_| not_text())?;
    let broken = || Error::malformed("broken URL encoding").at("$.content");
    crossdock_connector::form::decode(field).map(Cow::into_owned).ok_or_else(broken)
}

fn not_text() -> Error {
    Error::malformed("not UTF-8 text").at("$.content")
}

/// The rows of the XML of a push.
///
/// # Errors
/// `Malformed` when it is not well-formed to its end or not such a request.
pub(crate) fn rows(xml: &str) -> Result<Rows<'_>> {
    let mut reader = Reader::from_str(xml);
    let mut found = Rows::default();
    let mut depth: usize = 0;
    let mut bodies: usize = 0;
    loop {
        let event = reader
            .read_event()
            .map_err(|error| Error::malformed("not the XML expected").at("$.content").because(error))?;
        match event {
            Event::Start(element) => {
                depth = depth.saturating_add(1);
                bodies = bodies.saturating_add(usize::from(visit(&element, depth, &mut found)?));
            }
            Event::Empty(element) => {
                let depth = depth.saturating_add(1);
                bodies = bodies.saturating_add(usize::from(visit(&element, depth, &mut found)?));
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            // A document type could define entities; SF sends none.
            Event::DocType(_) => {
                return Err(Error::malformed("a document type is not allowed").at("$.content"));
            }
            Event::Eof => break,
            Event::Text(_)
            | Event::CData(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::GeneralRef(_) => {}
        }
    }
    if depth > 0 {
        return Err(Error::malformed("the XML ends too early").at("$.content"));
    }
    if bodies == 0 {
        return Err(Error::malformed("expected Request with a Body").at("$.Request.Body"));
    }
    if let Some(issue) = found.issues.first()
        && found.rows.is_empty()
    {
        return Err(Error::malformed(issue.detail.clone()).at(issue.path.clone()));
    }
    Ok(found)
}

/// Takes in one element; true for the body.
fn visit<'a>(element: &BytesStart<'a>, depth: usize, found: &mut Rows<'a>) -> Result<bool> {
    match (depth, element.name().as_ref()) {
        (1, "Request") => Ok(false),
        (1, _) => Err(Error::malformed("expected Request").at("$")),
        (2, "Body") => Ok(true),
        (3, "WaybillRoute") => {
            let place = Place::Xml(found.rows.len().saturating_add(found.issues.len()));
            match route(element) {
                Ok(route) => found.rows.push((place, route)),
                Err(error) => found.issues.push(malformed(place, &error)),
            }
            Ok(false)
        }
        _ => Ok(false),
    }
}

fn route<'a>(element: &BytesStart<'_>) -> Result<Route<'a>> {
    let mut route = Route::default();
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|error| Error::malformed("broken attribute").because(error))?;
        let field = match attribute.key.as_ref() {
            "mailno" | "mailNo" => &mut route.mailno,
            "orderid" => &mut route.orderid,
            "acceptTime" => &mut route.accept_time,
            "acceptAddress" => &mut route.accept_address,
            "remark" => &mut route.remark,
            "opCode" | "opcode" => &mut route.op_code,
            "reasonCode" => &mut route.reason_code,
            "reasonName" => &mut route.reason_name,
            "deptLng" => &mut route.dept_lng,
            "deptLat" => &mut route.dept_lat,
            "firstStatusCode" => &mut route.first_status_code,
            "secondaryStatusCode" => &mut route.secondary_status_code,
            _ => continue,
        };
        // A bare `&` in a remark is against the rules but not ambiguous: then the text stands as it is.
        let value =
            attribute.normalized_value(XmlVersion::Implicit1_0).unwrap_or(Cow::Borrowed(&attribute.value));
        *field = Scalar::from(value.into_owned());
    }
    Ok(route)
}
