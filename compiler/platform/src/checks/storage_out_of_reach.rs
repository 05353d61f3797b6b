//! A volume is mounted in its own namespace only: who may read it, and has servers elsewhere alone, never sees it.

use std::collections::BTreeSet;

use nbc_source::{Diagnostic, Diagnostics};

use super::default_profile::who;
use crate::codes::STORAGE_OUT_OF_REACH;
use crate::decisions::Decisions;
use crate::draft::Draft;
use crate::kinds::{Isolation, Purpose, Storage, User};
use crate::volumes::{Volumes, claimed_in};
use crate::who_pays::Payers;

pub(super) fn run(draft: &Draft<'_>, decisions: &Decisions, payers: &Payers, out: &mut Diagnostics) {
    let is_per_group = draft.platform().is_some_and(|settings| settings.isolation.value == Isolation::PerGroup);
    if !is_per_group || !draft.targets.has("jupyterhub") {
        return;
    }
    let mounted: Vec<&Storage<'_>> = draft.declared.storages.iter().filter(|storage| is_mounted(storage)).collect();
    if mounted.is_empty() {
        return;
    }
    let volumes = Volumes::of(draft, decisions, payers);
    for storage in mounted {
        judge(draft, decisions, &volumes, storage, out);
    }
}

/// Homes are volumes of single people, and environments are mounted by conda-store's chart.
fn is_mounted(storage: &Storage<'_>) -> bool {
    storage.purpose.value.iter().any(|item| matches!(item.value, Purpose::Shared | Purpose::Scratch))
}

fn judge(
    draft: &Draft<'_>,
    decisions: &Decisions,
    volumes: &Volumes<'_, '_>,
    storage: &Storage<'_>,
    out: &mut Diagnostics,
) {
    let claims = claimed_in(storage, volumes.mounted_in(storage));
    let Some(decision) = decisions.of(draft.actions.storage_read, storage.id.entity) else { return };
    if claims.is_empty() {
        return;
    }
    let (mut people, mut elsewhere): (Vec<&User<'_>>, BTreeSet<&str>) = (Vec::new(), BTreeSet::new());
    for user in decision.users.iter().filter_map(|allowed| draft.declared.find::<User<'_>>(allowed.user)) {
        let servers: Vec<&str> = volumes.servers_of(user.id.entity).collect();
        if !servers.is_empty() && !servers.iter().any(|namespace| claims.iter().any(|claim| claim == namespace)) {
            people.push(user);
            elsewhere.extend(servers);
        }
    }
    if people.is_empty() {
        return;
    }
    let elsewhere: Vec<&str> = elsewhere.into_iter().collect();
    // Who they are differs between stages, and it is one mistake.
    let message = format!("people may read storage `{}` whose servers do not mount it", storage.handle);
    let (people, elsewhere) = (who(&people), listed(&elsewhere));
    out.push(
        Diagnostic::new(&STORAGE_OUT_OF_REACH, storage.span, message)
            .label(format!("lies in {}; servers of {people} run in {elsewhere}", listed(&claims)))
            .help("a volume is mounted in its own namespace only: put it on a file server, `at: nfs { … }`")
            .help("or let a group that may read it pay for their servers; or set `isolation: shared`"),
    );
}

/// `a`, `a`, `b` and 3 more
fn listed<T: AsRef<str>>(names: &[T]) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{}`", name.as_ref())).collect();
    let more = names.len().saturating_sub(SHOWN);
    if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
}
