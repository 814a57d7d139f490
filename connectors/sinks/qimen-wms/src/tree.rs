//! Reading XML: a small tree of elements and their text. Attributes are not used in this protocol.

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::Event;
use quick_xml::reader::Reader;

/// Deeper answers are nobody's.
const MOST_DEPTH: usize = 32;

/// An element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Node {
    name: String,
    text: String,
    children: Vec<Node>,
}

impl Node {
    /// The name of the element.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The first element inside with this name.
    pub(crate) fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first element inside with this name; nothing when it is empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.trim()).filter(|text| !text.is_empty())
    }

    /// The elements inside.
    pub(crate) fn children(&self) -> impl Iterator<Item = &Node> {
        self.children.iter()
    }
}

/// Reads a document; nothing when it is not well-formed to its end, not UTF-8, or holds a document type.
pub(crate) fn parse(body: &[u8]) -> Option<Node> {
    let text = std::str::from_utf8(body).ok()?.trim_start_matches('\u{feff}').trim();
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Node> = Vec::new();
    let mut root = None;
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) => {
                if open.len() >= MOST_DEPTH || root.is_some() {
                    return None;
                }
                open.push(Node { name: element.name().as_ref().to_owned(), ..Node::default() });
            }
            Event::Empty(element) => {
                let node = Node { name: element.name().as_ref().to_owned(), ..Node::default() };
                close(node, &mut open, &mut root)?;
            }
            Event::End(_) => {
                let node = open.pop()?;
                close(node, &mut open, &mut root)?;
            }
            Event::Text(text) => add(&mut open, &text.xml10_content()),
            Event::CData(text) => add(&mut open, &text.xml10_content()),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().ok()? {
                Some(letter) => add(&mut open, letter.encode_utf8(&mut [0; 4])),
                None => add(&mut open, resolve_xml_entity(&reference.xml10_content())?),
            },
            // A document type could define entities.
            Event::DocType(_) => return None,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    if open.is_empty() { root } else { None }
}

fn close(node: Node, open: &mut [Node], root: &mut Option<Node>) -> Option<()> {
    match open.last_mut() {
        Some(parent) => parent.children.push(node),
        // Two roots are no document.
        None if root.is_some() => return None,
        None => *root = Some(node),
    }
    Some(())
}

fn add(open: &mut [Node], text: &str) {
    if let Some(node) = open.last_mut() {
        node.text.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_texts_and_escapes() {
        let node = parse(
            "\u{feff}<?xml version=\"1.0\"?><!-- x --><response><flag> success </flag><message>a &lt;b&gt; &#20013;&amp;<![CDATA[<c>]]></message><empty/><orderLines><orderLine/><orderLine/></orderLines></response>"
                .as_bytes(),
        )
        .unwrap();
        assert_eq!(node.name(), "response");
        assert_eq!(node.text("flag"), Some("success"));
        assert_eq!(node.text("message"), Some("a <b> 中&<c>"));
        assert_eq!(node.text("empty"), None);
        assert_eq!(node.child("orderLines").unwrap().children().count(), 2);
    }

    #[test]
    fn what_is_no_document_is_none() {
        for bad in [
            "",
            "{}",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
            "<a>&unknown;</a>",
            "text",
        ] {
            assert_eq!(parse(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(parse(b"<a>\xff</a>"), None);
        let deep = format!("{}{}", "<a>".repeat(40), "</a>".repeat(40));
        assert_eq!(parse(deep.as_bytes()), None);
    }
}
