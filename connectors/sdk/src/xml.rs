//! Small XML documents of vendors as a tree of elements with their texts and attributes.
//!
//! A document type is refused, and with it every entity that it could define: only the five of XML itself and character
//! references are known.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use crate::{Error, Result};

/// Deepest nesting that is read: no vendor comes near it.
const DEEPEST: usize = 32;

/// An element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// Its name without prefix.
    pub name: String,
    /// Its attributes, in order.
    pub attributes: Vec<(String, String)>,
    /// Its own text, without that of its children.
    pub text: String,
    /// Its children, in order.
    pub children: Vec<Node>,
}

impl Node {
    /// The first child of a name.
    pub fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first child of a name, without outer white space; `None` when it is absent or empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.trim()).filter(|text| !text.is_empty())
    }

    /// An attribute, without outer white space; `None` when it is absent or empty.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.trim()).filter(|text| !text.is_empty())
    }

    /// This element and all below it, in the order of the document.
    pub fn all(&self) -> Vec<&Node> {
        let mut found = vec![self];
        for child in &self.children {
            found.append(&mut child.all());
        }
        found
    }
}

/// Reads a document.
///
/// # Errors
/// `Malformed` when it is not well-formed to its end, has a document type, or entities that XML does not know.
pub fn read(text: &str) -> Result<Node> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    // The first entry is the document itself.
    let mut open = vec![Node::default()];
    loop {
        let event = reader
            .read_event()
            .map_err(|error| Error::malformed("not the XML expected").at("$").because(error))?;
        match event {
            Event::Start(element) if open.len() <= DEEPEST => open.push(node(&element)?),
            Event::Start(_) => return Err(Error::malformed("the XML is nested too deeply").at("$")),
            Event::Empty(element) => give(&mut open, node(&element)?),
            Event::End(_) => {
                if let Some(closed) = open.pop() {
                    give(&mut open, closed);
                }
            }
            Event::Text(text) => push(&mut open, &text.xml10_content()),
            Event::CData(text) => push(&mut open, &text.xml10_content()),
            Event::GeneralRef(reference) => {
                let name = reference.xml10_content();
                let known = match &*name {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => reference.resolve_char_ref().ok().flatten(),
                };
                let known = known.ok_or_else(|| Error::malformed("an unknown entity in the XML").at("$"))?;
                push(&mut open, known.encode_utf8(&mut [0; 4]));
            }
            Event::DocType(_) => return Err(Error::malformed("a document type is not allowed").at("$")),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    let [document] = open.as_mut_slice() else {
        return Err(Error::malformed("the XML ends too early").at("$"));
    };
    match (document.children.pop(), document.children.is_empty(), document.text.trim().is_empty()) {
        (Some(root), true, true) => Ok(root),
        _ => Err(Error::malformed("expected one XML element").at("$")),
    }
}

fn node(element: &BytesStart<'_>) -> Result<Node> {
    let mut attributes = Vec::new();
    for attribute in element.attributes() {
        let attribute = attribute
            .map_err(|error| Error::malformed("a broken attribute in the XML").at("$").because(error))?;
        // A bare `&` is against the rules but not ambiguous: then the text stands as it is.
        let value =
            attribute.normalized_value(XmlVersion::Implicit1_0).unwrap_or(Cow::Borrowed(&attribute.value));
        attributes.push((attribute.key.local_name().as_ref().to_owned(), value.into_owned()));
    }
    Ok(Node { name: element.local_name().as_ref().to_owned(), attributes, ..Node::default() })
}

fn give(open: &mut [Node], closed: Node) {
    if let Some(parent) = open.last_mut() {
        parent.children.push(closed);
    }
}

fn push(open: &mut [Node], text: &str) {
    if let Some(node) = open.last_mut() {
        node.text.push_str(text);
    }
}

/// Escapes a text for an element.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>']) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_texts_entities_and_nesting() {
        let root = read("\u{feff}<?xml version=\"1.0\"?><a><b> 1 &amp; 2&#x4e2d; </b><c/><d><b><![CDATA[<x>]]></b></d></a>").unwrap();
        assert_eq!(root.name, "a");
        assert_eq!(root.get("b"), Some("1 & 2中"));
        assert_eq!(root.get("c"), None);
        assert_eq!(root.child("d").unwrap().get("b"), Some("<x>"));
        assert_eq!(root.all().len(), 5);
        assert_eq!(escape("a<b&c"), "a&lt;b&amp;c");
    }

    #[test]
    fn reads_attributes() {
        let root = read("<a><b ID=' 1 &amp; 2 ' x:y=\"\"/></a>").unwrap();
        let inner = root.child("b").unwrap();
        assert_eq!(inner.attribute("ID"), Some("1 & 2"));
        assert_eq!((inner.attribute("y"), inner.attribute("z"), inner.attributes.len()), (None, None, 2));
        assert!(read("<a b='1' b='2'/>").is_err());
    }

    #[test]
    fn refuses_what_is_no_document() {
        let deep = "<a>".repeat(40);
        for text in [
            "",
            "x",
            "<a>",
            "<a><b></a>",
            "<a/><b/>",
            "<a/>x",
            "<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>",
            "<a>&e;</a>",
            "<a>&#0;</a>",
            &deep,
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
