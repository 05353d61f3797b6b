//! People × one thing: profiles, environments, groups, services, storage, the realm.

use std::collections::BTreeSet;

use nbc_backends::coverage::Reach;
use nbc_model::world::EntityId;

use super::{Compared, Comparison, Doors, Kind, by_name, door_of};
use crate::decided::Decided;
use crate::directory::Directory;
use crate::grant::{Grant, Permission, Place};
use crate::set::Set;

impl Comparison<'_> {
    pub(super) fn things(
        &self,
        permission: Permission,
        grants: &[Grant],
        decided: &Decided<'_, '_>,
        directory: &Directory,
        compared: &mut Compared,
    ) {
        let declared = decided.things(self.target, permission.kind);
        let granted = by_name(grants);
        let names: BTreeSet<&str> = declared.keys().map(String::as_str).chain(granted.keys().copied()).collect();
        let (reach, nobody) = (self.reach(permission), Vec::new());
        for name in names {
            // Namespaces of the hub and of single people are no group's, so nothing was decided about them.
            if permission.kind == "group" && !declared.contains_key(name) {
                continue;
            }
            let entities = declared.get(name).unwrap_or(&nobody);
            let doors = granted.get(name).map_or(&[][..], Vec::as_slice);
            let thing = Thing { permission, name, entities, doors };
            self.thing(&thing, reach, decided, directory, compared);
        }
    }

    fn thing(
        &self,
        thing: &Thing<'_>,
        reach: Reach,
        decided: &Decided<'_, '_>,
        directory: &Directory,
        compared: &mut Compared,
    ) {
        let mut through = Doors::default();
        thing.doors.iter().for_each(|grant| through.add(&grant.who, grant.by_nature));
        let answer = decided.answer(thing.permission, thing.entities);
        let path = thing.entities.first().map(|entity| decided.platform.draft().path(*entity));
        let path = path.unwrap_or_else(|| format!("{} {}", thing.permission.kind, thing.name));
        let all = through.all();
        compared.pairs += all.and(&answer.allowed).and(&decided.listed).len() as u64;

        let not_decided = |who: &Set| who.without(&answer.allowed).without(&answer.depends);
        let stated = if reach == Reach::Wider { &through.by_nature } else { &Set::new() };
        let wider = not_decided(&all).without(&stated.without(&through.said));
        self.tell(thing, &path, Kind::Wider, &wider, directory, compared);
        // What `left out` tells already is not told twice.
        let is_left_out = self.is_left_out(&path, thing.permission.kind);
        if !is_left_out && !self.is_asked_elsewhere(thing) {
            let more = not_decided(stated).without(&through.said);
            self.tell(thing, &path, Kind::ByNature, &more, directory, compared);
        }
        let is_known = self.effective.known.get(thing.permission.kind).is_none_or(|known| known.contains(thing.name));
        if reach == Reach::Narrower || !is_known || is_left_out {
            return;
        }
        let mut asked = decided.listed.clone();
        asked.join(&decided.arriving);
        let served = self.effective.served.get(thing.permission.kind);
        let asked = served.map_or_else(|| asked.clone(), |served| asked.and(served));
        let narrower = answer.allowed.and(&asked).without(&all);
        let nobody = Set::new();
        let elsewhere = self.effective.elsewhere.get(thing.name).filter(|_| thing.permission.kind == "storage");
        let elsewhere = elsewhere.unwrap_or(&nobody);
        self.tell(thing, &path, Kind::Narrower, &narrower.without(elsewhere), directory, compared);
        self.tell(thing, &path, Kind::Elsewhere, &narrower.and(elsewhere).and(&decided.listed), directory, compared);
    }

    /// Whether another target asks again behind the sign-in, and lets in exactly whom it should.
    fn is_asked_elsewhere(&self, thing: &Thing<'_>) -> bool {
        if self.target != "keycloak" {
            return false;
        }
        let asks = |effective: &crate::grant::Effective| {
            effective.grants.contains_key(&thing.permission)
                && effective.known.get(thing.permission.kind).is_some_and(|known| known.contains(thing.name))
        };
        self.others.iter().any(|(target, effective)| *target != self.target && asks(effective))
    }

    fn tell(
        &self,
        thing: &Thing<'_>,
        path: &str,
        kind: Kind,
        who: &Set,
        directory: &Directory,
        compared: &mut Compared,
    ) {
        if who.is_empty() {
            return;
        }
        let mut difference = self.difference(thing.permission, kind, path.to_owned(), who, directory);
        difference.entity = thing.entities.first().copied();
        let door = door_of(thing.doors, who, kind == Kind::ByNature).or_else(|| thing.doors.first().copied());
        difference.place = door.map_or_else(Place::default, |grant| grant.place.clone());
        compared.differences.push(difference);
    }
}

/// One thing with everything that a target says of it.
struct Thing<'t> {
    permission: Permission,
    name: &'t str,
    entities: &'t [EntityId],
    doors: &'t [&'t Grant],
}
