//! Puts rowan's tree together from the leaves up.
//!
//! rowan's own builder looks tokens and small nodes up in tables that grow with the file, so that equal ones are one.
//! Here the tables have a fixed size and keep what was last at each place: signs, spaces, words and references that come
//! again and again are found there, and what stands once takes no room in them.

use std::ptr;

use rowan::{GreenNode, GreenNodeData, GreenToken, GreenTokenData, NodeOrToken, SyntaxKind as Raw};

/// Longer texts seldom come twice.
const SHARED_LENGTH: usize = 16;
/// Nodes of more children seldom come twice.
const SHARED_CHILDREN: usize = 3;

type Element = NodeOrToken<GreenNode, GreenToken>;

pub(crate) struct GreenBuilder {
    tokens: Recent<GreenToken>,
    nodes: Recent<GreenNode>,
    /// Nodes that are open: their kind, and where their children begin.
    open: Vec<(Raw, usize)>,
    children: Vec<Element>,
}

impl GreenBuilder {
    /// For a text of so many bytes.
    pub(crate) fn new(length: usize) -> GreenBuilder {
        let places = (length / 32).next_power_of_two().clamp(16, 4096);
        let (tokens, nodes) = (Recent::new(places), Recent::new(places));
        GreenBuilder { tokens, nodes, open: Vec::new(), children: Vec::new() }
    }

    pub(crate) fn start_node(&mut self, kind: Raw) {
        self.open.push((kind, self.children.len()));
    }

    pub(crate) fn token(&mut self, kind: Raw, text: &str) {
        let token = if text.len() > SHARED_LENGTH {
            GreenToken::new(kind, text)
        } else {
            let place = self.tokens.place(mix(letters(text.as_bytes()), kind.0.into()));
            match place {
                Some(token) if token.kind() == kind && token.text() == text => token.clone(),
                place => place.insert(GreenToken::new(kind, text)).clone(),
            }
        };
        self.children.push(NodeOrToken::Token(token));
    }

    pub(crate) fn finish_node(&mut self) {
        let Some((kind, first)) = self.open.pop() else { return };
        let children = self.children.get(first..).unwrap_or_default();
        let node = if children.len() > SHARED_CHILDREN {
            GreenNode::new(kind, self.children.drain(first..))
        } else {
            let place = self.nodes.place(children.iter().fold(kind.0.into(), |hash, child| mix(hash, address(child))));
            match place {
                Some(node) if node.kind() == kind && holds(node, children) => {
                    let node = node.clone();
                    self.children.truncate(first);
                    node
                }
                place => place.insert(GreenNode::new(kind, self.children.drain(first..))).clone(),
            }
        };
        self.children.push(NodeOrToken::Node(node));
    }

    /// The node that was finished last; an empty one of `kind` where there is none.
    pub(crate) fn finish(mut self, kind: Raw) -> GreenNode {
        match self.children.pop() {
            Some(NodeOrToken::Node(node)) => node,
            _ => GreenNode::new(kind, []),
        }
    }
}

/// What was made lately, by its hash.
struct Recent<T> {
    /// A power of two of them.
    places: Vec<Option<T>>,
}

impl<T: Clone> Recent<T> {
    fn new(places: usize) -> Recent<T> {
        Recent { places: vec![None; places] }
    }

    /// Where something of this hash is kept, if anything is kept there.
    #[expect(clippy::indexing_slicing, reason = "the number is below the length, which is never 0")]
    fn place(&mut self, hash: u64) -> &mut Option<T> {
        let places = self.places.len();
        &mut self.places[(hash >> 40) as usize % places]
    }
}

/// Adds a number to a hash, the upper bits of which are then spread.
fn mix(hash: u64, number: u64) -> u64 {
    (hash ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The first and the last four letters of a text, of which most have no more, as one number.
fn letters(text: &[u8]) -> u64 {
    match (text.first_chunk(), text.last_chunk()) {
        (Some(first), Some(last)) => u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last)),
        _ => text.iter().fold(0, |letters, letter| letters << 8 | u64::from(*letter)),
    }
}

fn address(element: &Element) -> u64 {
    let address = match element {
        NodeOrToken::Node(node) => ptr::from_ref::<GreenNodeData>(node).addr(),
        NodeOrToken::Token(token) => ptr::from_ref::<GreenTokenData>(token).addr(),
    };
    address as u64
}

/// Whether these are the very children of the node. Equal children that are kept are the same ones.
fn holds(node: &GreenNodeData, children: &[Element]) -> bool {
    let is_same = |(one, other): (NodeOrToken<&GreenNodeData, &GreenTokenData>, &Element)| match (one, other) {
        (NodeOrToken::Node(one), NodeOrToken::Node(other)) => ptr::eq::<GreenNodeData>(one, &**other),
        (NodeOrToken::Token(one), NodeOrToken::Token(other)) => ptr::eq::<GreenTokenData>(one, &**other),
        _ => false,
    };
    node.children().len() == children.len() && node.children().zip(children).all(is_same)
}
