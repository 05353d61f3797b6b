//! Types as they are written.

use super::{AstNode, Name, child, children, choices, keyword, name, nodes, tokens};
use crate::SyntaxKind::*;

nodes! {
    /// `Text`, `group`, `uni/small`
    NamedType: NAMED_TYPE,
    /// `[dated user]`
    ListType: LIST_TYPE,
    /// `{Gpu: Count}`
    MapType: MAP_TYPE,
    /// `user | group`
    UnionType: UNION_TYPE,
}

choices! {
    Type {
        Named(NamedType),
        List(ListType),
        Map(MapType),
        Union(UnionType),
    }
}

impl NamedType {
    pub fn name(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }
}

impl ListType {
    /// Whether elements take `from` and `until`.
    pub fn is_dated(&self) -> bool {
        keyword(self.syntax(), "dated").is_some()
    }

    pub fn element(&self) -> Option<Type> {
        child(self.syntax())
    }
}

impl MapType {
    pub fn key(&self) -> Option<Type> {
        let colon = tokens(self.syntax()).find(|token| token.kind() == COLON)?;
        super::child_before(self.syntax(), &colon)
    }

    pub fn value(&self) -> Option<Type> {
        let colon = tokens(self.syntax()).find(|token| token.kind() == COLON)?;
        super::child_after(self.syntax(), &colon)
    }
}

impl UnionType {
    pub fn alternatives(&self) -> impl Iterator<Item = Type> + use<> {
        children(self.syntax())
    }
}
