//! Rules, waivers, tests and stages.

use super::{
    AstNode, Body, Expr, ForDecl, Instance, Name, Path, Text, Value, child, children, choices, name, nodes, text, token,
};
use crate::SyntaxKind::*;
use crate::{SyntaxNode, SyntaxToken, TextRange};

nodes! {
    /// `rule gpu-needs-budget "…" for group g { … }`
    RuleDecl: RULE_DECL,
    /// `group g`
    Subject: SUBJECT,
    /// `when g.quota set`
    WhenClause: WHEN_CLAUSE,
    /// `require u cannot read d else "…"`
    RequireClause: REQUIRE_CLAUSE,
    /// `cannot read d`
    Access: ACCESS,
    /// `waiver gpu-needs-budget on group.ml { … }`
    WaiverDecl: WAIVER_DECL,
    /// `test "…" in prod as-of 2027-01-01 { … }`
    TestDecl: TEST_DECL,
    /// `expect gus cannot launch gpu because r`
    Expectation: EXPECTATION,
    /// `keeps r`
    Verdict: RULE_VERDICT,
    /// `stage west extends prod { … }`
    StageDecl: STAGE_DECL,
    /// `override group.ml.quota.cpu: 8`
    Change: CHANGE,
}

choices! {
    /// What stands in a rule.
    Clause {
        When(WhenClause),
        Require(RequireClause),
    }
    /// What stands in a test.
    TestItem {
        Instance(Instance),
        For(ForDecl),
        Change(Change),
        Expectation(Expectation),
    }
    /// What stands in a stage.
    StageItem {
        Instance(Instance),
        For(ForDecl),
        Change(Change),
    }
}

/// What a change does to its slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeOperation {
    Override,
    Set,
    Add,
    Remove,
    Unset,
}

/// Whether a rule finds something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VerdictWord {
    Breaks,
    Keeps,
}

fn body_of<N: AstNode>(node: &SyntaxNode, kind: crate::SyntaxKind) -> impl Iterator<Item = N> + use<N> {
    let body = node.children().find(|child| child.kind() == kind);
    body.into_iter().flat_map(|body| children(&body))
}

/// The clause of that kind among the children.
fn clause(node: &SyntaxNode, kind: crate::SyntaxKind) -> Option<SyntaxNode> {
    node.children().find(|child| child.kind() == kind)
}

impl RuleDecl {
    /// The name in parentheses after `rule`.
    pub fn pack(&self) -> Option<Name> {
        name(&clause(self.syntax(), RULE_PACK)?, 0)
    }

    pub fn name(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }

    pub fn sentence(&self) -> Option<Text> {
        text(self.syntax())
    }

    pub fn subjects(&self) -> impl Iterator<Item = Subject> + use<> {
        children(self.syntax())
    }

    pub fn clauses(&self) -> impl Iterator<Item = Clause> + use<> {
        body_of(self.syntax(), RULE_BODY)
    }
}

impl Subject {
    pub fn kind_ref(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }

    /// The name of each one.
    pub fn name(&self) -> Option<Name> {
        name(self.syntax(), 1)
    }
}

impl WhenClause {
    pub fn condition(&self) -> Option<Expr> {
        child(self.syntax())
    }
}

impl RequireClause {
    /// The condition; of an invariant about access, who it is about.
    pub fn condition(&self) -> Option<Expr> {
        child(self.syntax())
    }

    /// `cannot read d`
    pub fn access(&self) -> Option<Access> {
        child(self.syntax())
    }

    /// What to do about it.
    pub fn otherwise(&self) -> Option<Text> {
        text(&clause(self.syntax(), ELSE_CLAUSE)?)
    }
}

impl Access {
    /// `can` rather than `cannot`, or what stands for one of them by mistake.
    pub fn is_allowed(&self) -> bool {
        token(self.syntax(), KEYWORD).is_some_and(|word| !matches!(word.text(), "cannot" | "not"))
    }

    pub fn action(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }

    pub fn resource(&self) -> Option<Expr> {
        child(self.syntax())
    }
}

impl WaiverDecl {
    /// The rule that is waived.
    pub fn rule(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }

    pub fn path(&self) -> Option<Path> {
        child(self.syntax())
    }

    pub fn body(&self) -> Option<Body> {
        child(self.syntax())
    }
}

impl TestDecl {
    pub fn sentence(&self) -> Option<Text> {
        text(self.syntax())
    }

    /// The stage that it runs in.
    pub fn stage(&self) -> Option<Name> {
        name(&clause(self.syntax(), IN_STAGE_CLAUSE)?, 0)
    }

    /// The token of the date that it runs as of; read it with `literal::date`.
    pub fn as_of(&self) -> Option<SyntaxToken> {
        token(&clause(self.syntax(), AS_OF_CLAUSE)?, DATE)
    }

    pub fn items(&self) -> impl Iterator<Item = TestItem> + use<> {
        body_of(self.syntax(), TEST_BODY)
    }
}

impl Expectation {
    /// The condition; with an access or a verdict, who or what it is about.
    pub fn subject(&self) -> Option<Expr> {
        child(self.syntax())
    }

    /// `can launch gpu-a100`
    pub fn access(&self) -> Option<Access> {
        child(self.syntax())
    }

    /// The rule after `because`.
    pub fn because(&self) -> Option<Name> {
        name(&clause(self.syntax(), BECAUSE_CLAUSE)?, 0)
    }

    /// `keeps gpu-needs-budget`
    pub fn verdict(&self) -> Option<Verdict> {
        child(self.syntax())
    }
}

impl Verdict {
    pub fn word(&self) -> Option<VerdictWord> {
        match token(self.syntax(), KEYWORD)?.text() {
            "breaks" => Some(VerdictWord::Breaks),
            "keeps" => Some(VerdictWord::Keeps),
            _ => None,
        }
    }

    pub fn rule(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }
}

impl StageDecl {
    pub fn name(&self) -> Option<Name> {
        name(self.syntax(), 0)
    }

    pub fn extends(&self) -> Option<Name> {
        super::declarations::extends(self.syntax())
    }

    pub fn items(&self) -> impl Iterator<Item = StageItem> + use<> {
        body_of(self.syntax(), STAGE_BODY)
    }
}

impl Change {
    pub fn operation(&self) -> Option<ChangeOperation> {
        Some(match token(self.syntax(), KEYWORD)?.text() {
            "override" => ChangeOperation::Override,
            "set" => ChangeOperation::Set,
            "add" => ChangeOperation::Add,
            "remove" => ChangeOperation::Remove,
            "unset" => ChangeOperation::Unset,
            _ => return None,
        })
    }

    /// Where the word of the operation stands.
    pub fn operation_range(&self) -> Option<TextRange> {
        token(self.syntax(), KEYWORD).map(|word| word.text_range())
    }

    pub fn path(&self) -> Option<Path> {
        child(self.syntax())
    }

    /// Of `override group.ml.quota extends base { … }`.
    pub fn extends(&self) -> Option<Name> {
        super::declarations::extends(self.syntax())
    }

    pub fn value(&self) -> Option<Value> {
        child(self.syntax())
    }
}
