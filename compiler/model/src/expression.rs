//! Expressions after binding: every name is resolved and every node has a type, so evaluation looks nothing up by text.
//!
//! This file is the data. `bind` makes it of syntax trees, `evaluate` computes it, `reads` says what it depends on,
//! `builtins` are the functions that come with the language, `text` turns values into words.

pub mod arithmetic;
pub mod bind;
pub mod builtins;
pub mod codes;
pub mod declare;
pub mod evaluate;
pub mod operands;
pub mod reads;
pub mod scope;
pub mod text;
pub mod work;
pub mod world;

use nbc_source::Span;

use crate::index::{Table, ids};
use crate::kinds::{ActionId, FieldId, KindId, RecordId, Type, VariantId};
use crate::names::Name;
use crate::value::{ExpansionId, Value};
use crate::world::EntityId;

ids! {
    /// A bound expression.
    ExpressionId(u32);
    /// A `let`, constant for the whole run.
    LetId(u32);
    /// A user's function.
    FunctionId(u32);
    /// A variable of `for`, `any`, `all`, a comprehension, a function or a rule: its position in the frame.
    LocalId(u16);
}

/// All bound expressions of a run.
pub type Expressions = Table<ExpressionId, Expression>;

/// One node: what to do, the type of the result, and where it stands.
#[derive(Clone, Debug)]
pub struct Expression {
    pub node: Node,
    pub ty: Type,
    /// The value may be absent: a field that nobody has to set, an entry that a map may lack.
    pub optional: bool,
    /// Nodes from here to the deepest leaf; binding keeps it below a limit, so that a walk over one expression needs no
    /// limit of its own.
    pub depth: u16,
    pub span: Span,
    pub expansion: ExpansionId,
}

#[derive(Clone, Debug)]
pub enum Node {
    /// Failed to bind, and was reported.
    Poisoned,
    Constant(Value),
    Let(LetId),
    Local(LocalId),
    /// A field of the entity or record that the expression belongs to.
    Own(FieldId),
    /// `handle`
    Handle,
    /// The one platform; absent without one.
    Platform,
    /// Every entity of a kind, sorted by handle: `any u in user: …`
    Every(KindId),
    /// `g.quota`: a field of an entity or record.
    Field(ExpressionId, FieldId),
    /// `namespace.owners`, where the value is of one of several kinds or cases: absent where its own has no such field.
    Part(ExpressionId, Name),
    /// `at == bucket`: whether a variant is of this case.
    IsCase(ExpressionId, u16, Negated),
    /// `gpu.a100`: an entry of a map; absent when there is none.
    Entry(ExpressionId, Value),
    /// `path set`
    IsSet(ExpressionId),
    /// `path otherwise value`
    Otherwise(ExpressionId, ExpressionId),
    Not(ExpressionId),
    And(Vec<ExpressionId>),
    Or(Vec<ExpressionId>),
    Compare(Comparison, ExpressionId, ExpressionId),
    /// `x in list`; the flag says `not in`.
    In(ExpressionId, ExpressionId, Negated),
    /// `x in a..b`, both ends included.
    InRange(ExpressionId, ExpressionId, ExpressionId, Negated),
    Arithmetic(Arithmetic, ExpressionId, ExpressionId),
    Negate(ExpressionId),
    /// A whole number where a count or a number with decimals is needed.
    Convert(Conversion, ExpressionId),
    If(ExpressionId, ExpressionId, ExpressionId),
    /// `any x in xs: condition`; with `Quantifier::All`, `all x in xs: condition`.
    Quantify(Quantifier, LocalId, ExpressionId, ExpressionId),
    /// `[item for x in xs if condition]`
    Comprehension {
        item: ExpressionId,
        local: LocalId,
        of: ExpressionId,
        condition: Option<ExpressionId>,
    },
    /// Elements with `from` and `until`.
    List(Vec<(ExpressionId, Option<ExpressionId>, Option<ExpressionId>)>),
    /// A record written in place, by field; unsaid fields take their defaults.
    Record(RecordId, Vec<(FieldId, ExpressionId)>),
    /// The case of a variant and the fields that are said.
    Variant(VariantId, u16, Vec<(FieldId, ExpressionId)>),
    /// A map written in place: its keys, already converted to the type of the map's keys.
    Map(Vec<(Value, ExpressionId)>),
    /// Interpolated text.
    Text(Vec<TextPart>),
    Builtin(builtins::Builtin, Vec<ExpressionId>),
    Call(FunctionId, Vec<ExpressionId>),
}

#[derive(Clone, Debug)]
pub enum TextPart {
    Literal(String),
    Value(ExpressionId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Negated {
    Yes,
    No,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// From `Int` to what its place needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversion {
    /// Refused where the number is negative.
    ToCount,
    ToDecimal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    Any,
    All,
}

/// `let name = value`
#[derive(Clone, Debug)]
pub struct Let {
    pub name: Name,
    pub span: Span,
    pub ty: Type,
    pub value: ExpressionId,
}

/// `fn name(a: T) -> T = body`
#[derive(Clone, Debug)]
pub struct Function {
    pub name: Name,
    pub span: Span,
    pub parameters: Vec<(Name, Type)>,
    pub result: Type,
    pub body: ExpressionId,
    /// The body reads a field of something it reaches through a reference, so it cannot stand in a field.
    pub follows: bool,
}

/// `rule name "sentence" for group g { … }`
#[derive(Clone, Debug)]
pub struct Rule {
    pub name: Name,
    pub sentence: String,
    /// The word in parentheses, `advisory soft hard shadow`; hard where nothing is said.
    pub level: RuleLevel,
    /// Kinds ranged over; the position is the local.
    pub subjects: Vec<(crate::kinds::KindId, Name)>,
    pub when: Vec<ExpressionId>,
    pub require: Vec<Requirement>,
    pub span: Span,
    /// The pack that brings it, or the site's own.
    pub pack: Option<Name>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleLevel {
    Advisory,
    Soft,
    Hard,
    Shadow,
}

#[derive(Clone, Debug)]
pub struct Requirement {
    pub condition: Condition,
    /// The text after `else`, as an expression of type Text.
    pub otherwise: Option<ExpressionId>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum Condition {
    Holds(ExpressionId),
    /// `u can launch p`, `u cannot read d`: judged after decisions.
    Access {
        user: ExpressionId,
        may: bool,
        action: ActionId,
        resource: ExpressionId,
    },
}

/// `waiver rule-name on group.ml { until: …, because: …, approved-by: … }`
#[derive(Clone, Debug)]
pub struct Waiver {
    pub rule: Name,
    pub rule_span: Span,
    pub on: EntityId,
    pub until: Option<crate::value::Date>,
    pub because: String,
    pub approved_by: Option<EntityId>,
    pub span: Span,
}

/// `test "…" in prod as-of 2027-01-01 { … }`: its changes are a layer above the stage, its expectations are judged there.
#[derive(Clone, Debug)]
pub struct Test {
    pub name: String,
    pub stage: Option<crate::value::StageId>,
    pub as_of: Option<crate::value::Date>,
    pub expectations: Vec<Expectation>,
    pub span: Span,
}

impl Test {
    /// What stands for a test that could not be bound: it expects nothing, and was reported.
    pub(crate) fn unbound(span: Span) -> Test {
        Test { name: String::new(), stage: None, as_of: None, expectations: Vec::new(), span }
    }
}

#[derive(Clone, Debug)]
pub struct Expectation {
    pub what: Expected,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum Expected {
    Holds(ExpressionId),
    /// `because` names a policy or rule, `not-granted` included.
    Access {
        user: ExpressionId,
        may: bool,
        action: ActionId,
        resource: ExpressionId,
        because: Option<(Name, Span)>,
    },
    /// `group.ml breaks gpu-needs-budget`
    Rule {
        subject: ExpressionId,
        breaks: bool,
        rule: Name,
        rule_span: Span,
    },
}

#[cfg(test)]
mod tests;
