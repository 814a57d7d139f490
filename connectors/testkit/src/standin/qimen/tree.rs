//! XML as a tree of elements and texts.

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::Event;
use quick_xml::reader::Reader;

#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) children: Vec<Node>,
}

impl Node {
    /// The first element of this name inside.
    pub(super) fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Its text; empty when it is not there.
    pub(super) fn text(&self, name: &str) -> &str {
        self.child(name).map(|child| child.text.trim()).unwrap_or_default()
    }

    /// The first of these that is not there, or empty.
    pub(super) fn lacks<'n>(&self, names: &[&'n str]) -> Option<&'n str> {
        names.iter().find(|name| self.text(name).is_empty()).copied()
    }
}

pub(super) fn parse(body: &[u8]) -> Option<Node> {
    let mut reader = Reader::from_str(std::str::from_utf8(body).ok()?);
    let mut open = vec![Node::default()];
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) => {
                open.push(Node { name: element.name().as_ref().to_owned(), ..Node::default() });
            }
            Event::Empty(element) => {
                let node = Node { name: element.name().as_ref().to_owned(), ..Node::default() };
                open.last_mut()?.children.push(node);
            }
            Event::End(_) => {
                let node = open.pop()?;
                open.last_mut()?.children.push(node);
            }
            Event::Text(text) => open.last_mut()?.text.push_str(&text.xml10_content()),
            Event::CData(text) => open.last_mut()?.text.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().ok()? {
                Some(letter) => open.last_mut()?.text.push(letter),
                None => open.last_mut()?.text.push_str(resolve_xml_entity(&reference.xml10_content())?),
            },
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::DocType(_) => return None,
            Event::Eof => break,
        }
    }
    let top = open.pop().filter(|_| open.is_empty())?;
    top.children.into_iter().next()
}
