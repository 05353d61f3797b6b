//! The permits that make declared grants count: at most three for each action, the same for every platform.
//!
//! Who holds an action is data on the resource (`read_groups`, `read_users`, `read_roles`, `owner_user`), never a
//! policy of its own: Cedar asks every policy about every question, so one policy for each grant would be slow.

use nbc_model::Model;

use crate::names::quoted;
use crate::shape::{ActionShape, Shapes};

/// Which of the three permits of an action applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PermitKind {
    /// Groups and people that hold it on this resource.
    Granted,
    /// Roles over everything.
    Role,
    /// The person who owns the resource.
    Owner,
}

impl PermitKind {
    pub const ALL: [PermitKind; 3] = [PermitKind::Granted, PermitKind::Role, PermitKind::Owner];

    /// The `@id` of the permit: `launch-granted`.
    pub fn id(self, action: &ActionShape) -> String {
        let ending = match self {
            PermitKind::Granted => "granted",
            PermitKind::Role => "by-role",
            PermitKind::Owner => "by-owner",
        };
        format!("{}-{ending}", action.id)
    }
}

/// The generated permits of all actions, sorted by action.
pub fn text(model: &Model) -> String {
    print(&Shapes::of(model))
}

pub(crate) fn print(shapes: &Shapes) -> String {
    let mut out = String::from(
        "// Made from the kinds by nbc. Changes here are lost. A permit that no declaration could use is left out.\n",
    );
    let mut actions: Vec<&ActionShape> = shapes.actions.iter().filter(|a| shapes.kind(a.kind).is_some()).collect();
    actions.sort_by(|a, b| a.id.cmp(&b.id));
    for action in actions {
        for kind in PermitKind::ALL {
            if let Some(permit) = permit(shapes, action, kind) {
                out.push('\n');
                out.push_str(&permit);
            }
        }
    }
    out
}

fn permit(shapes: &Shapes, action: &ActionShape, kind: PermitKind) -> Option<String> {
    let prefix = &action.prefix;
    let (principal, condition, sentence) = match kind {
        PermitKind::Granted => {
            let groups = action.by_grant.groups.then(|| format!("principal in resource.{prefix}_groups"));
            let users = action.by_grant.users.then(|| format!("principal in resource.{prefix}_users"));
            let parts: Vec<String> = [groups, users].into_iter().flatten().collect();
            if parts.is_empty() {
                return None;
            }
            ("principal".to_owned(), parts.join(" || "), "Whoever was granted it may")
        }
        PermitKind::Role if action.by_role => (
            "principal".to_owned(),
            format!("principal in resource.{prefix}_roles"),
            "Holders of a role over everything may",
        ),
        PermitKind::Owner if action.by_owner => {
            let user = shapes.roles_of_kinds.user.map(|kind| shapes.type_name(kind))?;
            let condition = "resource has owner_user && resource.owner_user == principal".to_owned();
            (format!("principal is {user}"), condition, "The owner may")
        }
        PermitKind::Role | PermitKind::Owner => return None,
    };
    let sentence = format!("{sentence} {}.", action.title);
    Some(format!(
        "@id({})\n@sentence({})\npermit ({principal}, action == Action::{}, resource is {})\nwhen {{ {condition} }};\n",
        quoted(&kind.id(action)),
        quoted(&sentence),
        quoted(&action.id),
        shapes.type_name(action.kind),
    ))
}
