//! A finding of phases 10 and 11, and the rule behind it when there is one: what levels and waivers apply to.

use nbc_model::expression::RuleLevel;
use nbc_model::world::EntityId;
use nbc_source::Diagnostic;

/// What was found, and which rule it breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub diagnostic: Diagnostic,
    /// `None` for what no pack, waiver or level has a say in.
    pub broken: Option<Broken>,
}

/// A rule or a policy that a declaration breaks. Rule names are unique in a workspace, packs included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The rule's name, or the `@id` of a policy.
    pub rule: String,
    /// The pack that brings it; `None` for the site's own.
    pub pack: Option<String>,
    /// What the rule itself says; [`crate::seal`] asks the pack.
    pub level: RuleLevel,
    /// What breaks it, in the order of the rule's subjects. A waiver on any of them waives it.
    pub on: Vec<EntityId>,
}

impl Finding {
    pub fn plain(diagnostic: Diagnostic) -> Finding {
        Finding { diagnostic, broken: None }
    }

    pub fn of_rule(diagnostic: Diagnostic, broken: Broken) -> Finding {
        Finding { diagnostic, broken: Some(broken) }
    }
}

impl From<Diagnostic> for Finding {
    fn from(diagnostic: Diagnostic) -> Finding {
        Finding::plain(diagnostic)
    }
}
