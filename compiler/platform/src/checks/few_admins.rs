//! Fewer people than `safety.min-admins` hold a privileged role over everything: one departure locks everybody out.

use std::collections::BTreeSet;

use nbc_model::world::EntityId;
use nbc_source::{Diagnostic, Diagnostics};

use crate::codes::FEW_ADMINS;
use crate::draft::Draft;
use crate::kinds::{Role, RoleExtent};
use crate::values::{Id, Item};

pub(super) fn run(draft: &Draft<'_>, out: &mut Diagnostics) {
    let Some(platform) = draft.platform() else { return };
    let wanted = platform.safety.value.min_admins;
    let mut admins: BTreeSet<EntityId> = BTreeSet::new();
    let mut unknown = false;
    for user in draft.declared.users.iter().filter(|user| draft.is_active(user)) {
        if draft.current(&user.roles.value).any(|item| is_admin(draft, item)) {
            admins.insert(user.id.entity);
        }
    }
    for group in draft.declared.groups.iter().filter(|group| draft.is_running(group.id)) {
        if draft.current(&group.roles.value).any(|item| is_admin(draft, item)) {
            unknown |= group.members_from.is_some();
            admins.extend(draft.membership().of(group.id.entity).iter().map(|member| member.user));
        }
    }
    // A site whose people are all in an identity provider has its admins there.
    if unknown || draft.declared.users.is_empty() || i64::try_from(admins.len()).is_ok_and(|have| have >= wanted.value)
    {
        return;
    }
    let have = match admins.len() {
        0 => "nobody administers".to_owned(),
        1 => "one person administers".to_owned(),
        many => format!("{many} people administer"),
    };
    out.push(
        Diagnostic::new(&FEW_ADMINS, platform.span, format!("{have} `{}`; {} should", platform.handle, wanted.value))
            .label("a departure would lock everybody out")
            .related(draft.span(wanted.origin), "`safety.min-admins` is set here")
            .help("give a group the role `admin`: `group admins { members: […], roles: [admin] }`"),
    );
}

fn is_admin<'m>(draft: &Draft<'m>, item: &Item<Id<Role<'m>>>) -> bool {
    let role = draft.declared.get(item.value);
    role.is_some_and(|role| role.privileged.value && role.over.value == RoleExtent::Everything)
}
