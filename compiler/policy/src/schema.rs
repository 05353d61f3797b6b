//! Cedar's schema of all kinds: as text for people and other programs, as JSON for Cedar itself, which reads that in a
//! fraction of the time. Same kinds, same bytes.

mod json;
#[cfg(test)]
mod tests;

pub(crate) use json::json;

use nbc_model::Model;
use nbc_source::Diagnostics;

use crate::names::{quoted, type_name};
use crate::shape::{ActionShape, Attribute, CedarType, EntityShape, Shapes};

/// The schema of the standard kinds and of the user's, sorted by name.
pub fn text(model: &Model) -> String {
    print(model, &Shapes::of(model))
}

/// Names that collide in the schema, and fields that policies could not read.
pub fn diagnostics(model: &Model) -> Diagnostics {
    Shapes::of(model).diagnostics
}

pub(crate) fn print(model: &Model, shapes: &Shapes) -> String {
    let mut out = String::from(
        "// Made from the kinds by nbc. Changes here are lost; change the kinds.\n\
         // Quantities carry their unit: CPU in millicores, memory and disk in bytes, money in minor units (cents).\n",
    );
    let mut entities: Vec<&EntityShape> = shapes.kinds.iter().flatten().collect();
    entities.sort_by(|a, b| a.type_name.cmp(&b.type_name));
    for shape in entities {
        out.push('\n');
        print_entity(model, shapes, shape, &mut out);
    }
    let mut enums: Vec<_> = shapes.enums.iter().collect();
    enums.sort_by(|a, b| a.1.cmp(b.1));
    out.push('\n');
    for (id, name) in enums {
        let values = model.kinds.enums[*id].values.iter().map(|value| quoted(model.text(value.name)));
        out.push_str(&format!("entity {name} enum [{}];\n", values.collect::<Vec<_>>().join(", ")));
    }
    let mut actions: Vec<&ActionShape> = shapes.actions.iter().filter(|a| shapes.kind(a.kind).is_some()).collect();
    actions.sort_by(|a, b| a.id.cmp(&b.id));
    let principals = principals(shapes).join(", ");
    for action in actions {
        out.push('\n');
        print_doc(&action.title, "", &mut out);
        out.push_str(&format!(
            "action {} appliesTo {{ principal: [{principals}], resource: [{}] }};\n",
            quoted(&action.id),
            shapes.type_name(action.kind)
        ));
    }
    out
}

/// The types that can act: people, and services with an account.
pub(crate) fn principals(shapes: &Shapes) -> Vec<&str> {
    let kinds = shapes.roles_of_kinds;
    [kinds.user, kinds.service].into_iter().flatten().map(|kind| shapes.type_name(kind)).collect()
}

fn print_entity(model: &Model, shapes: &Shapes, shape: &EntityShape, out: &mut String) {
    print_doc(&shape.doc, "", out);
    let parents = parents(shapes, shape);
    let parents = if parents.is_empty() { String::new() } else { format!(" in [{}]", parents.join(", ")) };
    out.push_str(&format!("entity {}{parents} {{\n", shape.type_name));
    let kind = &model.kinds.kinds[shape.kind];
    let mut lines: Vec<(String, String)> = Vec::new();
    for attribute in &shape.attributes {
        let mut line = String::new();
        print_doc(&kind.fields[attribute.field].doc, "  ", &mut line);
        line.push_str(&format!("  {},\n", attribute_text(model, shapes, attribute, 1)));
        lines.push((attribute.name.clone(), line));
    }
    for Generated { name, ty, optional, doc } in generated(shapes, shape) {
        let mut line = String::new();
        print_doc(&doc, "  ", &mut line);
        let (mark, ty) = (if optional { "?" } else { "" }, type_text(model, shapes, &ty, 1));
        line.push_str(&format!("  {name}{mark}: {ty},\n"));
        lines.push((name, line));
    }
    lines.sort();
    lines.dedup_by(|next, first| next.0 == first.0);
    out.extend(lines.into_iter().map(|(_, line)| line));
    out.push('}');
    if let Some((_, ty)) = &shape.tags {
        out.push_str(&format!(" tags {}", type_text(model, shapes, ty, 0)));
    }
    out.push_str(";\n");
}

/// People are in groups and roles, groups in groups and roles, services in both.
fn parents<'s>(shapes: &'s Shapes, shape: &EntityShape) -> Vec<&'s str> {
    let kinds = shapes.roles_of_kinds;
    let holds = [kinds.user, kinds.group, kinds.service].contains(&Some(shape.kind));
    if !holds {
        return Vec::new();
    }
    [kinds.group, kinds.role].into_iter().flatten().map(|kind| shapes.type_name(kind)).collect()
}

/// An attribute that nbc computes.
pub(crate) struct Generated {
    pub(crate) name: String,
    ty: CedarType,
    optional: bool,
    doc: String,
}

pub(crate) fn generated(shapes: &Shapes, shape: &EntityShape) -> Vec<Generated> {
    let kinds = shapes.roles_of_kinds;
    let mut attributes = Vec::new();
    for action in shapes.actions_of(shape.kind) {
        let mut add = |ending: &str, of: Option<_>, who: &str| {
            if let Some(of) = of {
                attributes.push(Generated {
                    name: format!("{}_{ending}", action.prefix),
                    ty: CedarType::Set(Box::new(CedarType::Entity(of))),
                    optional: false,
                    doc: format!("{who} may {}, as nbc computed it.", action.title),
                });
            }
        };
        if action.by_grant.groups {
            add("groups", kinds.group, "Groups whose members");
        }
        if action.by_grant.users {
            add("users", kinds.user, "People who");
        }
        if action.by_role {
            add("roles", kinds.role, "Roles over everything that");
        }
    }
    if shape.owner_user
        && let Some(user) = kinds.user
    {
        attributes.push(Generated {
            name: "owner_user".to_owned(),
            ty: CedarType::Entity(user),
            optional: true,
            doc: "The person who owns it.".to_owned(),
        });
    }
    attributes
}

fn print_doc(doc: &str, indent: &str, out: &mut String) {
    let doc = doc.split_whitespace().collect::<Vec<_>>().join(" ");
    if !doc.is_empty() {
        out.push_str(&format!("{indent}@doc({})\n", quoted(&doc)));
    }
}

fn attribute_text(model: &Model, shapes: &Shapes, attribute: &Attribute, depth: usize) -> String {
    let mark = if attribute.optional { "?" } else { "" };
    format!("{}{mark}: {}", attribute.name, type_text(model, shapes, &attribute.ty, depth))
}

fn type_text(model: &Model, shapes: &Shapes, ty: &CedarType, depth: usize) -> String {
    match ty {
        CedarType::Bool => "Bool".to_owned(),
        CedarType::Long | CedarType::MonthlyMinor => "Long".to_owned(),
        CedarType::String | CedarType::Permission => "String".to_owned(),
        CedarType::Duration => "duration".to_owned(),
        CedarType::Datetime => "datetime".to_owned(),
        CedarType::Decimal => "decimal".to_owned(),
        CedarType::Enum(id) => type_name(model.text(model.kinds.enums[*id].name)),
        CedarType::Entity(kind) => shapes.type_name(*kind).to_owned(),
        CedarType::Set(of) => format!("Set<{}>", type_text(model, shapes, of, depth)),
        CedarType::Record(attributes) => record_text(model, shapes, attributes, depth),
        CedarType::Variant(cases) => {
            let members = cases
                .iter()
                .map(|(name, attributes)| format!("{name}?: {}", record_text(model, shapes, attributes, depth + 1)));
            braces(members.collect(), depth)
        }
        CedarType::ByEnum(values, of) => {
            let of = type_text(model, shapes, of, depth + 1);
            braces(values.iter().map(|value| format!("{value}?: {of}")).collect(), depth)
        }
    }
}

fn record_text(model: &Model, shapes: &Shapes, attributes: &[Attribute], depth: usize) -> String {
    braces(attributes.iter().map(|attribute| attribute_text(model, shapes, attribute, depth + 1)).collect(), depth)
}

fn braces(members: Vec<String>, depth: usize) -> String {
    if members.is_empty() {
        return "{}".to_owned();
    }
    let indent = "  ".repeat(depth + 1);
    let lines = members.iter().map(|member| format!("{indent}{member},\n"));
    format!("{{\n{}{}}}", lines.collect::<String>(), "  ".repeat(depth))
}
