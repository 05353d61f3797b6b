//! Kinds, fields and constraints.

use super::{
    AstNode, Expr, Name, Text, Type, Value, Verbatim, child, child_after, child_before, children, choices, keyword,
    name, nodes, text, token, verbatim,
};
use crate::SyntaxKind::*;
use crate::TextRange;

nodes! {
    /// `kind profile { … }`
    KindDecl: KIND_DECL,
    /// `own members: [dated user]`, `cpu?: Cpu in 1..256 = 8`
    Field: FIELD,
    /// `computed has-gpu: Bool = gpu set`
    ComputedField: COMPUTED_FIELD,
    /// `action launch implies view "start a server"`
    Action: ACTION,
    /// `require low <= high "…"`
    Requirement: REQUIREMENT,
    /// `emit kubernetes from "app.yaml.j2"`
    Emit: EMIT,
    /// `in 100m..256 "…"`
    InConstraint: IN_CONSTRAINT,
    /// `matching '…' "…"`
    MatchingConstraint: MATCHING_CONSTRAINT,
    /// `where cpu > 0 "…"`
    WhereConstraint: WHERE_CONSTRAINT,
}

choices! {
    /// What stands in a kind.
    KindItem {
        Field(Field),
        Computed(ComputedField),
        Action(Action),
        Requirement(Requirement),
        Emit(Emit),
    }
    /// What a value must satisfy, beside its type.
    Constraint {
        In(InConstraint),
        Matching(MatchingConstraint),
        Where(WhereConstraint),
    }
}

/// What a reference field means for access and ownership.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FieldRole {
    /// `grants launch`; the name is missing in a broken file.
    Grants(Option<Name>),
    Owns,
    Owned,
}

impl KindDecl {
    pub fn name(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }

    pub fn items(&self) -> impl Iterator<Item = KindItem> + use<> {
        let body = self.syntax().children().find(|child| child.kind() == KIND_BODY);
        body.into_iter().flat_map(|body| children(&body))
    }
}

impl Field {
    pub fn name(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }

    /// Whether children of an instance do not inherit it.
    pub fn is_own(&self) -> bool {
        keyword(self.syntax(), "own").is_some()
    }

    /// Whether it is written `name?`.
    pub fn is_optional(&self) -> bool {
        token(self.syntax(), QUESTION).is_some()
    }

    pub fn type_(&self) -> Option<Type> {
        child(self.syntax())
    }

    pub fn constraints(&self) -> impl Iterator<Item = Constraint> + use<> {
        children(self.syntax())
    }

    pub fn role(&self) -> Option<FieldRole> {
        if keyword(self.syntax(), "owns").is_some() {
            return Some(FieldRole::Owns);
        }
        if keyword(self.syntax(), "owned").is_some() {
            return Some(FieldRole::Owned);
        }
        let clause = self.syntax().children().find(|child| child.kind() == GRANTS_CLAUSE)?;
        Some(FieldRole::Grants(name(&clause, 0)))
    }

    pub fn default(&self) -> Option<Value> {
        let clause = self.syntax().children().find(|child| child.kind() == DEFAULT)?;
        child(&clause)
    }
}

impl ComputedField {
    pub fn name(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }

    pub fn type_(&self) -> Option<Type> {
        child(self.syntax())
    }

    pub fn expression(&self) -> Option<Expr> {
        child(self.syntax())
    }
}

impl Action {
    pub fn name(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }

    pub fn implies(&self) -> Option<Name> {
        keyword(self.syntax(), "implies")?;
        name(self.syntax(), 1)
    }

    /// The sentence after the name.
    pub fn description(&self) -> Option<Text> {
        text(self.syntax())
    }
}

impl Requirement {
    pub fn condition(&self) -> Option<Expr> {
        child(self.syntax())
    }

    /// What an error says.
    pub fn sentence(&self) -> Option<Text> {
        text(self.syntax())
    }
}

impl Emit {
    /// The name of the backend.
    pub fn backend(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }

    pub fn template(&self) -> Option<Text> {
        text(self.syntax())
    }
}

impl Constraint {
    /// What an error says.
    pub fn sentence(&self) -> Option<Text> {
        text(self.syntax())
    }
}

impl InConstraint {
    pub fn lower(&self) -> Option<Expr> {
        child_before(self.syntax(), &token(self.syntax(), DOT_DOT)?)
    }

    pub fn upper(&self) -> Option<Expr> {
        child_after(self.syntax(), &token(self.syntax(), DOT_DOT)?)
    }

    /// Both bounds, without the sentence.
    pub fn bounds_range(&self) -> TextRange {
        match (self.lower(), self.upper()) {
            (Some(lower), Some(upper)) => lower.range().cover(upper.range()),
            _ => self.range(),
        }
    }
}

impl MatchingConstraint {
    pub fn pattern(&self) -> Option<Verbatim> {
        verbatim(self.syntax())
    }
}

impl WhereConstraint {
    pub fn condition(&self) -> Option<Expr> {
        child(self.syntax())
    }
}
