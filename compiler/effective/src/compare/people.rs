//! People × people: whose servers somebody opens, stops or sees.

use rustc_hash::FxHashMap;

use nbc_backends::coverage::Reach;

use super::{Compared, Comparison, Doors, Kind};
use crate::decided::Decided;
use crate::directory::Directory;
use crate::grant::{Grant, Permission, Place, Things};
use crate::set::Set;

impl Comparison<'_> {
    pub(super) fn people(
        &self,
        permission: Permission,
        grants: &[Grant],
        decided: &Decided<'_, '_>,
        directory: &Directory,
        compared: &mut Compared,
    ) {
        let mut granted: FxHashMap<usize, Doors> = FxHashMap::default();
        for grant in grants {
            let Things::People(over) = &grant.things else { continue };
            for person in grant.who.iter() {
                granted.entry(person).or_default().add(over, grant.by_nature);
            }
        }
        let rows = decided.over_people(permission);
        let (nobody, no_doors, reach) = (Set::new(), Doors::default(), self.reach(permission));
        let mut persons: Vec<usize> = granted.keys().chain(rows.keys()).copied().collect();
        persons.sort_unstable();
        persons.dedup();
        // By what is wrong, the people whom it is about and the first thing of it.
        let mut found: Vec<(Kind, Set, usize)> = Vec::new();
        for person in persons {
            // Servers are those of people who act today; one's own is not asked about.
            let own: Set = std::iter::once(person).collect();
            let over = |set: &Set| set.and(&decided.listed).without(&own);
            let doors = granted.get(&person).unwrap_or(&no_doors);
            let allowed = over(rows.get(&person).unwrap_or(&nobody));
            let here = Doors { said: over(&doors.said), by_nature: over(&doors.by_nature) };
            let all = here.all();
            let is_listed = decided.listed.contains(person);
            if is_listed {
                compared.pairs += all.and(&allowed).len() as u64;
            }
            let stated = if reach == Reach::Wider { &here.by_nature } else { &nobody };
            note(&mut found, Kind::Wider, person, &all.without(&allowed).without(&stated.without(&here.said)));
            note(&mut found, Kind::ByNature, person, &stated.without(&allowed).without(&here.said));
            if (is_listed || decided.arriving.contains(person)) && reach != Reach::Narrower {
                note(&mut found, Kind::Narrower, person, &allowed.without(&all));
            }
        }
        for (kind, who, over) in found {
            let name = directory.accounts().get(over).map_or("", |account| account.name.as_str());
            let mut difference = self.difference(permission, kind, format!("user.{name}"), &who, directory);
            difference.place = place(grants, &who, over, kind == Kind::ByNature);
            compared.differences.push(difference);
        }
    }
}

fn note(found: &mut Vec<(Kind, Set, usize)>, kind: Kind, person: usize, over: &Set) {
    let Some(first) = over.iter().next() else { return };
    match found.iter_mut().find(|(known, ..)| *known == kind) {
        Some((_, who, _)) => who.insert(person),
        None => found.push((kind, std::iter::once(person).collect(), first)),
    }
}

/// The first door that lets one of these people do it over that person.
fn place(grants: &[Grant], who: &Set, over: usize, by_nature: bool) -> Place {
    let opens = |grant: &&Grant| match &grant.things {
        Things::People(people) => people.contains(over) && !grant.who.and(who).is_empty(),
        Things::Named(_) => false,
    };
    let door = grants.iter().filter(opens).find(|grant| grant.by_nature == by_nature).or_else(|| grants.first());
    door.map_or_else(Place::default, |grant| grant.place.clone())
}
