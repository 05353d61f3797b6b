//! Fields that no target has a word for, and that nbc does not judge either: saying one changes nothing, so it is told.
//!
//! A field that only one target lacks is told by that target. What checks, policies, reports or reviews read is not here.

use nbc_model::Model;
use nbc_model::index::Table;
use nbc_model::kinds::{Field, FieldId};
use nbc_model::value::{OriginId, Slot, Value};
use nbc_platform::{Draft, Platform};

use crate::artifact::NotExpressed;

/// The path of a field from its kind, and why nothing comes of it.
const FIELDS: &[(&str, &str)] = &[
    ("alert.owners-too", ALERTMANAGER),
    ("alert.about", "the alert is told for the whole platform"),
    ("node-pool.min-nodes", MACHINES),
    ("node-pool.spot", MACHINES),
    ("node-pool.node-labels", MACHINES),
    ("platform.dask.workers-per-cluster", "dask-gateway's settings are not written yet"),
    ("platform.leavers", "nothing is removed from live systems yet"),
    ("platform.safety.max-removals", "nothing is removed from live systems yet"),
    ("platform.safety.never-remove", "nothing is removed from live systems yet"),
    ("role.argo", "Argo Workflows' settings are not written yet"),
    ("role.grafana", "Grafana's settings are not written yet"),
    ("service.open-paths", GATEWAY),
    ("service.target", GATEWAY),
    ("service.tile", "no landing page is written yet"),
    ("service.visibility", GATEWAY),
];

const ALERTMANAGER: &str = "receivers are Alertmanager's, which routes by the label `severity`";
const GATEWAY: &str = "gateways and their routes are not written yet";
const MACHINES: &str = "nbc describes machines and does not create them";

/// Every such field that the site itself says, in the order of the table; presets say more than a site knows of.
pub fn report(platform: &Platform<'_>) -> Vec<NotExpressed> {
    let (model, world) = (platform.draft().model, platform.draft().world);
    let mut told = Vec::new();
    for (path, why) in FIELDS {
        let Some((kind, steps)) = path.split_once('.') else { continue };
        let Some(kind) = model.kind(kind) else { continue };
        for entity in world.of_kind(kind) {
            let Some(own) = world.fields(*entity) else { continue };
            let slot = field(model, &model.kinds.kinds[kind].fields, model.slots(own), steps);
            if let Some(slot) = slot.filter(|slot| is_of_site(platform.draft(), slot.origin)) {
                let what = format!("{}.{steps}", model.path(*entity));
                told.push(NotExpressed { what, origin: Some(slot.origin), why: (*why).to_owned() });
            }
        }
    }
    told
}

fn is_of_site(draft: &Draft<'_>, origin: OriginId) -> bool {
    draft.is_said(origin) && !draft.sources.path(draft.span(origin).file).starts_with("std/")
}

/// The slot at the end of the steps, through records. `None` where a record in between is absent.
fn field(model: &Model, fields: &Table<FieldId, Field>, slots: &[Slot], steps: &str) -> Option<Slot> {
    let (first, rest) = steps.split_once('.').map_or((steps, None), |(first, rest)| (first, Some(rest)));
    let at = fields.iter().position(|(_, field)| model.text(field.name) == first)?;
    let slot = *slots.get(at)?;
    match (rest, slot.value) {
        (None, _) => Some(slot),
        (Some(rest), Value::Record(of, fields)) => {
            field(model, &model.kinds.records[of].fields, model.slots(fields), rest)
        }
        (Some(_), _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{FIELDS, report};
    use crate::testing::with_platform;
    use nbc_model::kinds::Type;

    #[test]
    fn every_row_names_a_field_that_kinds_have() {
        let source = "platform lab { domain: \"lab.example\" }";
        with_platform(source, |platform, _| {
            let model = platform.draft().model;
            for (path, _) in FIELDS {
                let mut steps = path.split('.');
                let mut fields =
                    steps.next().and_then(|kind| model.kind(kind)).map(|kind| &model.kinds.kinds[kind].fields);
                for step in steps {
                    let found =
                        fields.and_then(|fields| fields.iter().find(|(_, field)| model.text(field.name) == step));
                    assert!(found.is_some(), "{path}");
                    fields = found.and_then(|(_, field)| match field.ty {
                        Type::Record(of) => Some(&model.kinds.records[of].fields),
                        _ => None,
                    });
                }
            }
        });
    }

    #[test]
    fn what_is_said_is_told_and_what_is_not_said_is_not() {
        let source = "platform lab { domain: \"lab.example\", safety { max-removals: 3% } }\n\
                      service wiki { visibility: public }\nservice blog extends std/grafana {}";
        with_platform(source, |platform, _| {
            let told: String = report(platform).into_iter().map(|row| format!("{}: {}\n", row.what, row.why)).collect();
            insta::assert_snapshot!(told, @"
            platform.lab.safety.max-removals: nothing is removed from live systems yet
            service.wiki.visibility: gateways and their routes are not written yet
            ");
        });
    }
}
