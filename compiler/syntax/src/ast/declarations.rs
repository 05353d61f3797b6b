//! Declarations other than kinds, rules, tests and stages.

use rowan::Language as _;

use super::{
    AstNode, Body, Constraint, Elements, Expr, Field, Handle, Name, Path, Text, Type, Value, Verbatim, child, children,
    choices, has, keyword, name, nodes, text, token, verbatim,
};
use crate::SyntaxKind::*;
use crate::{NbcLanguage, SyntaxNode};

nodes! {
    /// `group ml extends base { … }`, `user from "people.csv" { … }`
    Instance: INSTANCE,
    /// `enum Level { low, high }`
    EnumDecl: ENUM_DECL,
    /// `extend enum Level { highest }`
    ExtendEnumDecl: EXTEND_ENUM_DECL,
    /// `low "nobody notices"`
    EnumValue: ENUM_VALUE,
    /// `record Tile { … }`
    RecordDecl: RECORD_DECL,
    /// `variant SignIn { … }`
    VariantDecl: VARIANT_DECL,
    /// `oidc { issuer: Url }`
    VariantCase: CASE,
    /// `type Image = Text matching '…'`
    TypeDecl: TYPE_DECL,
    /// `let limit: Count = 4`
    LetDecl: LET_DECL,
    /// `fn double(n: Count) -> Count = n * 2`
    FnDecl: FN_DECL,
    /// `n: Count`
    Parameter: PARAMETER,
    /// `for team in teams { … }`
    ForDecl: FOR_DECL,
    /// `raw kubernetes on group.ml '''…'''`
    RawDecl: RAW_DECL,
}

choices! {
    /// What stands in a `for`.
    Generated {
        Instance(Instance),
        For(ForDecl),
    }
}

impl Instance {
    pub fn kind_ref(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }

    /// Whether it is of the kind of this name; asked of thousands, so no view is made for it.
    pub fn is_of(&self, kind: &str) -> bool {
        let mut tokens = self.syntax().green().children().filter_map(|part| part.into_token());
        let name = tokens.find(|token| Name::can_cast(NbcLanguage::kind_from_raw(token.kind())));
        name.is_some_and(|name| name.text() == kind)
    }

    /// `None` for `kind from "file.csv"`.
    pub fn handle(&self) -> Option<Handle> {
        if self.from().is_some() {
            return None;
        }
        // The kind is a token too.
        Elements::after(self.syntax(), Name::can_cast, Handle::can_cast)?.find_map(Handle::cast)
    }

    pub fn extends(&self) -> Option<Name> {
        extends(self.syntax())
    }

    /// The file of `kind from "file.csv"`.
    pub fn from(&self) -> Option<Text> {
        keyword(self.syntax(), "from")?;
        text(self.syntax())
    }

    pub fn body(&self) -> Option<Body> {
        child(self.syntax())
    }
}

/// What the `extends` of a node names.
pub(super) fn extends(node: &SyntaxNode) -> Option<Name> {
    if !has(node, EXTENDS_CLAUSE) {
        return None;
    }
    let clause = node.children().find(|child| child.kind() == EXTENDS_CLAUSE)?;
    name(&clause, 0)
}

fn enum_values(node: &SyntaxNode) -> impl Iterator<Item = EnumValue> + use<> {
    let body = node.children().find(|child| child.kind() == ENUM_BODY);
    body.into_iter().flat_map(|body| children(&body))
}

fn record_fields(node: &SyntaxNode) -> impl Iterator<Item = Field> + use<> {
    let body = node.children().find(|child| child.kind() == RECORD_BODY);
    body.into_iter().flat_map(|body| children(&body))
}

impl EnumDecl {
    pub fn name(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }

    pub fn values(&self) -> impl Iterator<Item = EnumValue> + use<> {
        enum_values(self.syntax())
    }
}

impl ExtendEnumDecl {
    pub fn name(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }

    pub fn values(&self) -> impl Iterator<Item = EnumValue> + use<> {
        enum_values(self.syntax())
    }
}

impl EnumValue {
    pub fn name(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }

    /// The sentence after the name.
    pub fn description(&self) -> Option<Text> {
        text(self.syntax())
    }
}

impl RecordDecl {
    pub fn name(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }

    pub fn fields(&self) -> impl Iterator<Item = Field> + use<> {
        record_fields(self.syntax())
    }
}

impl VariantDecl {
    pub fn name(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }

    pub fn cases(&self) -> impl Iterator<Item = VariantCase> + use<> {
        let body = self.syntax().children().find(|child| child.kind() == VARIANT_BODY);
        body.into_iter().flat_map(|body| children(&body))
    }
}

impl VariantCase {
    pub fn name(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }

    pub fn fields(&self) -> impl Iterator<Item = Field> + use<> {
        record_fields(self.syntax())
    }

    /// Whether it has braces, with fields or without.
    pub fn has_body(&self) -> bool {
        self.syntax().children().any(|child| child.kind() == RECORD_BODY)
    }
}

impl TypeDecl {
    pub fn name(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }

    pub fn type_(&self) -> Option<Type> {
        child(self.syntax())
    }

    pub fn constraints(&self) -> impl Iterator<Item = Constraint> + use<> {
        children(self.syntax())
    }
}

impl LetDecl {
    pub fn name(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }

    pub fn type_(&self) -> Option<Type> {
        child(self.syntax())
    }

    pub fn value(&self) -> Option<Value> {
        child(self.syntax())
    }
}

impl FnDecl {
    pub fn name(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }

    pub fn parameters(&self) -> impl Iterator<Item = Parameter> + use<> {
        let list = self.syntax().children().find(|child| child.kind() == PARAMETERS);
        list.into_iter().flat_map(|list| children(&list))
    }

    pub fn result(&self) -> Option<Type> {
        child(self.syntax())
    }

    pub fn expression(&self) -> Option<Expr> {
        child(self.syntax())
    }
}

impl Parameter {
    pub fn name(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }

    pub fn type_(&self) -> Option<Type> {
        child(self.syntax())
    }
}

impl ForDecl {
    /// The name of each element.
    pub fn name(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }

    pub fn list(&self) -> Option<Expr> {
        child(self.syntax())
    }

    pub fn declarations(&self) -> impl Iterator<Item = Generated> + use<> {
        let body = self.syntax().children().find(|child| child.kind() == FOR_BODY);
        body.into_iter().flat_map(|body| children(&body))
    }
}

/// Where the text of a `raw` comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RawSource {
    Verbatim(Verbatim),
    File(Text),
}

impl RawDecl {
    /// The name of the backend.
    pub fn backend(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }

    pub fn path(&self) -> Option<Path> {
        child(self.syntax())
    }

    pub fn source(&self) -> Option<RawSource> {
        if let Some(verbatim) = verbatim(self.syntax()) {
            return Some(RawSource::Verbatim(verbatim));
        }
        token(self.syntax(), TEXT).and_then(Text::cast).map(RawSource::File)
    }
}
