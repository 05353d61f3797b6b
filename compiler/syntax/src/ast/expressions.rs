//! Expressions. Chains of one operator are one node with all its operands.

use super::names::{self, Segment};
use super::{
    AstNode, Name, Text, Value, Verbatim, child, child_after, child_before, children, choices, keyword, name, nodes,
    token, tokens,
};
use crate::SyntaxKind::{self, *};
use crate::{SyntaxElement, SyntaxNode, SyntaxToken};

nodes! {
    /// `8`, `"text"`, `true`, `2026-12-31`
    Literal: LITERAL,
    /// `g.quota.budget`, `ana`, `Level.low`, `uni/small`
    PathExpr: PATH_EXPR,
    /// `first(xs).title`
    MemberExpr: MEMBER_EXPR,
    /// `count(xs)`
    CallExpr: CALL_EXPR,
    /// `(a + b)`
    ParenExpr: PAREN_EXPR,
    /// `[ana, bob until 2027-01-31]`
    ListExpr: LIST_EXPR,
    /// `for x in xs if x.open`
    Comprehension: COMPREHENSION,
    /// `if a then b else c`
    IfExpr: IF_EXPR,
    /// `any p in ps: p.gpu set`
    QuantifierExpr: QUANTIFIER_EXPR,
    /// `a and b and c`
    LogicExpr: LOGIC_EXPR,
    /// `not a`
    NotExpr: NOT_EXPR,
    /// `a <= b`, `a not in 1..5`
    ComparisonExpr: COMPARISON_EXPR,
    /// `a + b - c`
    SumExpr: SUM_EXPR,
    /// `a * b / c`
    ProductExpr: PRODUCT_EXPR,
    /// `-a`
    NegativeExpr: NEGATIVE_EXPR,
    /// `a set`
    SetExpr: SET_EXPR,
    /// `a otherwise b`
    OtherwiseExpr: OTHERWISE_EXPR,
}

choices! {
    Expr {
        Literal(Literal),
        Path(PathExpr),
        Member(MemberExpr),
        Call(CallExpr),
        Paren(ParenExpr),
        List(ListExpr),
        If(IfExpr),
        Quantifier(QuantifierExpr),
        Logic(LogicExpr),
        Not(NotExpr),
        Comparison(ComparisonExpr),
        Sum(SumExpr),
        Product(ProductExpr),
        Negative(NegativeExpr),
        Set(SetExpr),
        Otherwise(OtherwiseExpr),
    }
}

/// What a literal is, with the token to read by the functions of [`crate::literal`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum LiteralKind {
    Number(SyntaxToken),
    Quantity(SyntaxToken),
    Money(SyntaxToken),
    Date(SyntaxToken),
    Text(Text),
    Verbatim(Verbatim),
    Bool(bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogicOperator {
    And,
    Or,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantifier {
    Any,
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
}

/// How a term enters a sum. The first is always added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TermOperator {
    Add,
    Subtract,
}

/// How a factor enters a product. The first always multiplies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactorOperator {
    Multiply,
    Divide,
}

impl Literal {
    pub fn token(&self) -> Option<SyntaxToken> {
        tokens(self.syntax()).next()
    }

    pub fn kind(&self) -> Option<LiteralKind> {
        let token = self.token()?;
        Some(match token.kind() {
            NUMBER => LiteralKind::Number(token),
            QUANTITY => LiteralKind::Quantity(token),
            MONEY => LiteralKind::Money(token),
            DATE => LiteralKind::Date(token),
            TEXT => LiteralKind::Text(Text::cast(token)?),
            VERBATIM => LiteralKind::Verbatim(Verbatim::cast(token)?),
            KEYWORD => LiteralKind::Bool(token.text() == "true"),
            _ => return None,
        })
    }
}

impl PathExpr {
    /// At least one; the first may be a type name or qualified.
    pub fn segments(&self) -> impl Iterator<Item = Segment> + use<> {
        names::segments(self.syntax())
    }

    /// The name, if the path is that alone.
    pub fn as_name(&self) -> Option<Name> {
        let mut tokens = tokens(self.syntax());
        let first = tokens.next()?;
        if tokens.next().is_some() {
            return None;
        }
        Name::cast(first)
    }
}

impl MemberExpr {
    pub fn base(&self) -> Option<Expr> {
        child(self.syntax())
    }

    /// What follows the base, without the dots.
    pub fn segments(&self) -> impl Iterator<Item = Segment> + use<> {
        names::segments(self.syntax())
    }
}

impl CallExpr {
    pub fn function(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }

    pub fn arguments(&self) -> impl Iterator<Item = Value> + use<> {
        children(self.syntax())
    }
}

impl ParenExpr {
    pub fn inner(&self) -> Option<Expr> {
        child(self.syntax())
    }
}

impl ListExpr {
    /// With a comprehension, the one before the `for`.
    pub fn elements(&self) -> impl Iterator<Item = Element> + use<> {
        children(self.syntax())
    }

    pub fn comprehension(&self) -> Option<Comprehension> {
        child(self.syntax())
    }
}

/// An element of a list: a value, perhaps with dates.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Element(SyntaxNode);

impl AstNode for Element {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == DATED_ELEMENT || Value::can_cast(kind)
    }

    fn cast(node: SyntaxNode) -> Option<Element> {
        Element::can_cast(node.kind()).then_some(Element(node))
    }

    fn syntax(&self) -> &SyntaxNode {
        &self.0
    }
}

impl Element {
    pub fn value(&self) -> Option<Value> {
        if self.0.kind() == DATED_ELEMENT { child(&self.0) } else { Value::cast(self.0.clone()) }
    }

    pub fn from(&self) -> Option<Expr> {
        self.dated("from")
    }

    pub fn until(&self) -> Option<Expr> {
        self.dated("until")
    }

    fn dated(&self, word: &str) -> Option<Expr> {
        if self.0.kind() != DATED_ELEMENT {
            return None;
        }
        child_after(&self.0, &keyword(&self.0, word)?)
    }
}

impl Comprehension {
    /// The name of each element.
    pub fn name(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }

    pub fn list(&self) -> Option<Expr> {
        child_after(self.syntax(), &keyword(self.syntax(), "in")?)
    }

    pub fn condition(&self) -> Option<Expr> {
        child_after(self.syntax(), &keyword(self.syntax(), "if")?)
    }
}

impl IfExpr {
    pub fn condition(&self) -> Option<Expr> {
        child_before(self.syntax(), &keyword(self.syntax(), "then")?)
    }

    pub fn then(&self) -> Option<Expr> {
        child_after(self.syntax(), &keyword(self.syntax(), "then")?)
    }

    pub fn otherwise(&self) -> Option<Expr> {
        child_after(self.syntax(), &keyword(self.syntax(), "else")?)
    }
}

impl QuantifierExpr {
    pub fn quantifier(&self) -> Quantifier {
        if keyword(self.syntax(), "all").is_some() { Quantifier::All } else { Quantifier::Any }
    }

    /// The name of each element.
    pub fn name(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }

    pub fn list(&self) -> Option<Expr> {
        child_after(self.syntax(), &keyword(self.syntax(), "in")?)
    }

    pub fn condition(&self) -> Option<Expr> {
        child_after(self.syntax(), &token(self.syntax(), COLON)?)
    }
}

impl LogicExpr {
    pub fn operator(&self) -> LogicOperator {
        if keyword(self.syntax(), "or").is_some() { LogicOperator::Or } else { LogicOperator::And }
    }

    pub fn operands(&self) -> impl Iterator<Item = Expr> + use<> {
        children(self.syntax())
    }
}

impl NotExpr {
    pub fn operand(&self) -> Option<Expr> {
        child(self.syntax())
    }
}

impl ComparisonExpr {
    /// With the token that shows where it stands.
    pub fn operator(&self) -> Option<(Comparison, SyntaxToken)> {
        tokens(self.syntax()).find_map(|token| {
            let comparison = match token.kind() {
                EQUAL_EQUAL => Comparison::Equal,
                NOT_EQUAL => Comparison::NotEqual,
                LESS => Comparison::Less,
                LESS_EQUAL => Comparison::LessOrEqual,
                GREATER => Comparison::Greater,
                GREATER_EQUAL => Comparison::GreaterOrEqual,
                KEYWORD if token.text() == "in" => Comparison::In,
                KEYWORD if token.text() == "not" => Comparison::NotIn,
                _ => return None,
            };
            Some((comparison, token))
        })
    }

    pub fn left(&self) -> Option<Expr> {
        child_before(self.syntax(), &self.operator()?.1)
    }

    /// Of `in a..b`, the lower bound.
    pub fn right(&self) -> Option<Expr> {
        child_after(self.syntax(), &self.operator()?.1)
    }

    /// Of `in a..b`, the upper bound.
    pub fn upper(&self) -> Option<Expr> {
        child_after(self.syntax(), &token(self.syntax(), DOT_DOT)?)
    }
}

impl SumExpr {
    /// The terms in order, each with its sign.
    pub fn terms(&self) -> impl Iterator<Item = (TermOperator, Expr)> + use<> {
        operands(self.syntax(), TermOperator::Add, |kind| match kind {
            PLUS => Some(TermOperator::Add),
            MINUS => Some(TermOperator::Subtract),
            _ => None,
        })
    }
}

impl ProductExpr {
    /// The factors in order, each with how it enters.
    pub fn factors(&self) -> impl Iterator<Item = (FactorOperator, Expr)> + use<> {
        operands(self.syntax(), FactorOperator::Multiply, |kind| match kind {
            STAR => Some(FactorOperator::Multiply),
            SLASH => Some(FactorOperator::Divide),
            _ => None,
        })
    }
}

/// The operands of a chain, each with the operator before it.
fn operands<O: Copy>(
    node: &SyntaxNode,
    first: O,
    operator: fn(SyntaxKind) -> Option<O>,
) -> impl Iterator<Item = (O, Expr)> + use<O> {
    let mut last = first;
    node.children_with_tokens().filter_map(move |element| match element {
        SyntaxElement::Token(token) => {
            last = operator(token.kind()).unwrap_or(last);
            None
        }
        SyntaxElement::Node(node) => Expr::cast(node).map(|expr| (last, expr)),
    })
}

impl NegativeExpr {
    pub fn operand(&self) -> Option<Expr> {
        child(self.syntax())
    }
}

impl SetExpr {
    pub fn operand(&self) -> Option<Expr> {
        child(self.syntax())
    }
}

impl OtherwiseExpr {
    pub fn operand(&self) -> Option<Expr> {
        child_before(self.syntax(), &keyword(self.syntax(), "otherwise")?)
    }

    pub fn fallback(&self) -> Option<Expr> {
        child_after(self.syntax(), &keyword(self.syntax(), "otherwise")?)
    }
}
