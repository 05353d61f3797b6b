//! The cases of shipped packs, `ALLOW/*.json` and `DENY/*.json`: each is judged with the generated permits and its pack
//! alone. What the members of a case mean: `policies/README.md`.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::str::FromStr as _;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId as Eid, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression as Value,
};
use nbc_model::Model;
use nbc_model::kinds::{Field, Preset};
use nbc_model::value::Value as Evaluated;
use serde_json::Value as Json;

use crate::grants::PermitKind;
use crate::load::Policies;
use crate::mutants::{self, PolicyMutant};
use crate::shape::{Attribute, CedarType, EntityShape};
use crate::testing;

fn uid(type_name: &str, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(type_name.parse::<EntityTypeName>().unwrap(), Eid::new(id))
}

struct Case<'c> {
    model: &'c Model,
    policies: &'c Policies,
    json: &'c Json,
    pack: &'c str,
    /// A policy that lacks a part, in the place of the whole one.
    mutant: Option<&'c PolicyMutant>,
}

impl Case<'_> {
    fn uid_of(&self, end: &str) -> EntityUid {
        let end = &self.json[end];
        uid(end["type"].as_str().expect("type"), end["id"].as_str().expect("id"))
    }

    /// Ids of the policies that refuse; `None` where it is allowed.
    fn refused_by(&self) -> Option<Vec<String>> {
        let action_id = self.json["action"].as_str().expect("action");
        let action = self.policies.shapes.action_of(action_id).unwrap_or_else(|| panic!("no action `{action_id}`"));
        let entities =
            Entities::from_entities(self.entities(), Some(self.policies.schema(self.model).unwrap())).unwrap();
        let ids = PermitKind::ALL.map(|kind| kind.id(action));
        let permits = self.policies.permits.iter().filter(|policy| ids.contains(&policy.id().to_string()));
        let written = self.policies.written.iter().enumerate();
        let of_pack = written.filter(|(_, policy)| policy.pack.as_deref() == Some(self.pack));
        let written = of_pack.filter_map(|(at, written)| match self.mutant.filter(|mutant| mutant.policy == at) {
            Some(mutant) => mutant.replacement.as_ref(),
            None => Some(&written.policy),
        });
        let set = PolicySet::from_policies(permits.chain(written).cloned()).unwrap();
        let (principal, resource) = (self.uid_of("principal"), self.uid_of("resource"));
        let schema = Some(self.policies.schema(self.model).unwrap());
        let request = Request::new(principal, uid("Action", action_id), resource, Context::empty(), schema).unwrap();
        let response = Authorizer::new().is_authorized(&request, &set, &entities);
        assert_eq!(response.diagnostics().errors().count(), 0, "a policy failed");
        let mut reasons: Vec<String> = response.diagnostics().reason().map(ToString::to_string).collect();
        reasons.sort();
        (response.decision() == Decision::Deny).then_some(reasons)
    }

    fn entities(&self) -> Vec<Entity> {
        let (principal, resource) = (self.uid_of("principal"), self.uid_of("resource"));
        let mut parts: BTreeMap<String, (EntityUid, &Json)> = BTreeMap::new();
        parts.insert(resource.to_string(), (resource, &self.json["resource"]["attributes"]));
        parts.insert(principal.to_string(), (principal, &self.json["principal"]["attributes"]));
        let pack = uid("Pack", self.pack);
        parts.entry(pack.to_string()).or_insert((pack, &self.json["parameters"]));
        parts.insert("group".to_owned(), (uid("Group", "granted"), &Json::Null));
        parts.into_values().map(|(uid, attributes)| self.entity(uid, attributes)).collect()
    }

    fn entity(&self, uid: EntityUid, said: &Json) -> Entity {
        let kind = self.policies.shapes.kind_of(&uid.type_name().to_string()).expect("an entity type of the schema");
        let shape = self.policies.shapes.kind(kind).unwrap();
        let mut attributes: HashMap<String, Value> = HashMap::new();
        for attribute in &shape.attributes {
            let field = &self.model.kinds.kinds[kind].fields[attribute.field];
            let value = match said.get(&attribute.name) {
                Some(said) => Some(self.said(&attribute.ty, said)),
                None if attribute.optional => None,
                None => Some(self.default(attribute, field)),
            };
            attributes.extend(value.map(|value| (attribute.name.clone(), value)));
        }
        for name in said.as_object().into_iter().flat_map(|said| said.keys()) {
            assert!(attributes.contains_key(name), "`{uid}` has no attribute `{name}`");
        }
        self.generated(shape, &mut attributes);
        let mut parents = HashSet::new();
        if uid == self.uid_of("principal") {
            if self.json["granted"] == "group" {
                parents.insert(self::uid("Group", "granted"));
            }
            parents.insert(self::uid("Role", "granted"));
        }
        Entity::new(uid, attributes, parents).unwrap()
    }

    /// Who holds the actions of the resource's kind: the case's own is granted, the others are nobody's.
    fn generated(&self, shape: &EntityShape, out: &mut HashMap<String, Value>) {
        let granted = self.json["granted"].as_str().unwrap_or("user");
        for action in self.policies.shapes.actions_of(shape.kind) {
            let is_asked = self.json["action"] == action.id.as_str();
            let one =
                |wanted: bool, uid: EntityUid| Value::new_set((is_asked && wanted).then(|| Value::new_entity_uid(uid)));
            let alone = !action.by_grant.groups && !action.by_grant.users;
            if action.by_grant.groups {
                out.insert(format!("{}_groups", action.prefix), one(granted == "group", uid("Group", "granted")));
            }
            if action.by_grant.users {
                let is_user = self.json["principal"]["type"] == "User";
                out.insert(
                    format!("{}_users", action.prefix),
                    one(granted == "user" && is_user, self.uid_of("principal")),
                );
            }
            if action.by_role {
                out.insert(format!("{}_roles", action.prefix), one(alone, uid("Role", "granted")));
            }
        }
    }

    fn said(&self, ty: &CedarType, said: &Json) -> Value {
        match (ty, said) {
            (CedarType::Bool, Json::Bool(value)) => Value::new_bool(*value),
            (CedarType::Long | CedarType::MonthlyMinor, Json::Number(value)) => {
                Value::new_long(value.as_i64().unwrap())
            }
            (CedarType::String | CedarType::Permission, Json::String(value)) => Value::new_string(value.clone()),
            (CedarType::Duration, Json::String(value)) => Value::new_duration(value),
            (CedarType::Datetime, Json::String(value)) => Value::new_datetime(value),
            (CedarType::Decimal, Json::String(value)) => Value::new_decimal(value),
            (CedarType::Enum(of), Json::String(value)) => {
                Value::new_entity_uid(uid(&self.policies.shapes.enums[of], value))
            }
            (CedarType::Entity(kind), Json::String(value)) => {
                Value::new_entity_uid(uid(self.policies.shapes.type_name(*kind), value))
            }
            (CedarType::Set(of), Json::Array(values)) => {
                Value::new_set(values.iter().map(|value| self.said(of, value)))
            }
            (ty, said) => panic!("{said} is no {ty:?}"),
        }
    }

    /// The kind's default, else a harmless value.
    fn default(&self, attribute: &Attribute, field: &Field) -> Value {
        if let Preset::Constant(slot) = field.default {
            match (slot.value, &attribute.ty) {
                (Evaluated::Bool(value), CedarType::Bool) => return Value::new_bool(value),
                (Evaluated::Enum(of, at), CedarType::Enum(_)) => {
                    let name = self.model.text(self.model.kinds.enums[of].values[usize::from(at)].name);
                    return Value::new_entity_uid(uid(&self.policies.shapes.enums[&of], name));
                }
                _ => {}
            }
        }
        self.harmless(&attribute.ty)
    }

    fn harmless(&self, ty: &CedarType) -> Value {
        match ty {
            CedarType::Bool => Value::new_bool(false),
            CedarType::Long | CedarType::MonthlyMinor => Value::new_long(1),
            CedarType::String | CedarType::Permission => Value::new_string("any".to_owned()),
            CedarType::Duration => Value::new_duration("1h"),
            CedarType::Datetime => Value::new_datetime("2026-11-20"),
            CedarType::Decimal => Value::new_decimal("0.5"),
            CedarType::Enum(of) => {
                let values: Vec<&str> =
                    self.model.kinds.enums[*of].values.iter().map(|v| self.model.text(v.name)).collect();
                let name = values.iter().find(|name| **name == "internal").unwrap_or(&values[0]);
                Value::new_entity_uid(uid(&self.policies.shapes.enums[of], name))
            }
            CedarType::Entity(kind) => Value::new_entity_uid(uid(self.policies.shapes.type_name(*kind), "any")),
            CedarType::Set(_) => Value::new_set([]),
            CedarType::Record(attributes) => {
                let required = attributes.iter().filter(|attribute| !attribute.optional);
                Value::new_record(required.map(|attribute| (attribute.name.clone(), self.harmless(&attribute.ty))))
                    .unwrap()
            }
            CedarType::Variant(_) | CedarType::ByEnum(..) => Value::new_record([]).unwrap(),
        }
    }
}

#[test]
fn every_case_of_every_pack_is_judged_as_its_name_says() {
    let on: String = super::ALL.iter().map(|pack| format!("pack {} {{}}\n", pack.name)).collect();
    let workspace = testing::workspace(&[("site.nbc", &on)]);
    let policies = testing::policies(&workspace);
    let mut faults: Vec<String> = Vec::new();
    for pack in super::ALL {
        let mut proven: BTreeSet<String> = BTreeSet::new();
        for (path, text) in testing::files(&format!("../../policies/{}", pack.name), "json") {
            let json: Json = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
            let case =
                Case { model: &workspace.model, policies: &policies, json: &json, pack: pack.name, mutant: None };
            let expected = json["because"].as_str().map(|because| vec![because.to_owned()]);
            assert_eq!(expected.is_some(), path.contains("/DENY/"), "{path}");
            let found = case.refused_by();
            if found != expected {
                faults.push(format!("{path}: refused by {found:?}, expected {expected:?}"));
            }
            proven.extend(found.into_iter().flatten());
        }
        for policy in policies.written.iter().filter(|policy| policy.pack.as_deref() == Some(pack.name)) {
            if !proven.contains(&policy.id) {
                faults.push(format!("{}: no case proves {}", pack.name, policy.id));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_ids_of_a_pack_are_those_of_its_policies() {
    for pack in crate::packs::ALL {
        let policies = PolicySet::from_str(pack.access).unwrap();
        let mut parsed: Vec<&str> = policies.policies().filter_map(|policy| policy.annotation("id")).collect();
        let mut ids: Vec<&str> = crate::packs::policy_ids(pack).collect();
        parsed.sort_unstable();
        ids.sort_unstable();
        assert_eq!(ids, parsed, "{}", pack.name);
    }
}

/// Of a hundred parts of policies that could be forgotten, the cases of a pack would notice at least so many.
const KILLED_PERCENT: usize = 95;

#[test]
fn the_cases_of_every_pack_notice_what_is_taken_out_of_its_policies() {
    let on: String = super::ALL.iter().map(|pack| format!("pack {} {{}}\n", pack.name)).collect();
    let workspace = testing::workspace(&[("site.nbc", &on)]);
    let policies = testing::policies(&workspace);
    let mut faults = Vec::new();
    let mut mutants_in_all = 0;
    for pack in super::ALL {
        let cases: Vec<Json> = testing::files(&format!("../../policies/{}", pack.name), "json")
            .into_iter()
            .map(|(path, text)| serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}")))
            .collect();
        let asked = |mutant: Option<&PolicyMutant>| -> Vec<Option<Vec<String>>> {
            let case = |json| Case { model: &workspace.model, policies: &policies, json, pack: pack.name, mutant };
            cases.iter().map(|json| case(json).refused_by()).collect()
        };
        let whole = asked(None);
        let mutants = mutants::of_pack(&policies, Some(pack.name));
        let survivors: Vec<String> = mutants
            .iter()
            .filter(|mutant| asked(Some(mutant)) == whole)
            .map(|mutant| {
                let id = &policies.written[mutant.policy].id;
                format!("  {id} without {}", mutant.taken.as_deref().unwrap_or("itself"))
            })
            .collect();
        mutants_in_all += mutants.len();
        let killed = mutants.len() - survivors.len();
        if killed * 100 < mutants.len() * KILLED_PERCENT {
            faults.push(format!(
                "{}: {killed} of {} are noticed; not:\n{}",
                pack.name,
                mutants.len(),
                survivors.join("\n")
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(mutants_in_all > 40, "{mutants_in_all}");
}
