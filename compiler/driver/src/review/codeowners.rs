//! Who answers for each file of a workspace, for forges that ask by file.

use std::collections::{BTreeMap, BTreeSet};

use nbc_model::Model;
use nbc_model::value::Value;
use nbc_model::world::{EntityId, World};

use super::authority::{Authority, People};
use crate::difference::causes::Revision;
use crate::difference::side;
use crate::pipeline::Compiled;

/// Owners by file.
#[derive(Debug, Default)]
pub struct Owners {
    /// Paths of the workspace; files without a line here belong to the administrators.
    pub files: BTreeMap<String, FileOwners>,
    pub administrators: FileOwners,
    /// People who decide and have no login, by handle.
    pub without_login: BTreeSet<String>,
}

/// Logins at the forge, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileOwners {
    pub logins: BTreeSet<String>,
}

/// A file belongs to those who answer for *everything* that it declares, in every stage; to administrators otherwise.
pub fn owners(compiled: &Compiled<'_>, forge: &str) -> Owners {
    let mut owners = Owners::default();
    let mut files: BTreeMap<String, People> = BTreeMap::new();
    let mut administrators: Option<People> = None;
    for stage in &compiled.stages {
        let authority = Authority(side(compiled, stage, Revision::Base));
        let of_stage = authority.administrators();
        for (id, entity) in compiled.model.entities.iter() {
            let is_own = entity.package.is_none() && entity.owner.is_none() && entity.test.is_none();
            if !is_own || !stage.world.has(id) || compiled.workspace.is_shipped(entity.span.file) {
                continue;
            }
            let path = compiled.sources.path(entity.span.file).to_owned();
            let found = Some(authority.owners(id)).filter(|people| !people.is_empty());
            let found = found.unwrap_or_else(|| of_stage.clone());
            files.entry(path).and_modify(|people| people.retain(|who| found.contains(who))).or_insert(found);
        }
        administrators = Some(match administrators {
            Some(known) => known.intersection(&of_stage).cloned().collect(),
            None => of_stage,
        });
    }
    let Some(stage) = compiled.stages.first() else { return owners };
    let mut logins = |people: &People| {
        let mut found = FileOwners::default();
        for handle in people {
            match login(compiled.model, stage.world, forge, handle) {
                Some(login) => found.logins.extend([login]),
                None => owners.without_login.extend([handle.clone()]),
            }
        }
        found
    };
    let administrators = logins(&administrators.unwrap_or_default());
    let files: BTreeMap<String, FileOwners> =
        files.iter().map(|(path, people)| (path.clone(), logins(people))).collect();
    owners.files =
        files.into_iter().filter(|(_, found)| !found.logins.is_empty() && *found != administrators).collect();
    owners.administrators = administrators;
    owners
}

fn login(model: &Model, world: &World, forge: &str, handle: &str) -> Option<String> {
    let user: EntityId =
        world.of_kind(model.kind("user")?).iter().copied().find(|user| model.handle(*user) == handle)?;
    let Value::Map(accounts) = model.slot_named(world, user, "accounts")?.value else { return None };
    model.store.entries(accounts).iter().find_map(|entry| match (entry.key, entry.value) {
        (Value::Text(key), Value::Text(login)) if model.text(key) == forge => Some(model.text(login).to_owned()),
        _ => None,
    })
}
