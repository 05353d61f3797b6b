//! The schema in Cedar's JSON form, without the sentences that only people read.

use nbc_model::Model;
use nbc_model::kinds::EnumId;

use super::{generated, parents, principals};
use crate::names::{quoted, type_name};
use crate::shape::{ActionShape, Attribute, CedarType, EntityShape, Shapes};

/// The same schema as [`super::print`] writes. Names are words, so that only what users choose freely needs quoting.
pub(crate) fn json(model: &Model, shapes: &Shapes) -> String {
    let mut writer = Writer { model, shapes, out: String::from("{\"\":{\"entityTypes\":") };
    let kinds = shapes.kinds.iter().flatten().map(EntityType::Kind);
    let enums = shapes.enums.iter().map(|(id, name)| EntityType::Choices(*id, name));
    writer.object(kinds.chain(enums), |writer, ty| match ty {
        EntityType::Kind(shape) => writer.entity(shape),
        EntityType::Choices(id, name) => writer.choices(id, name),
    });
    writer.out.push_str(",\"actions\":");
    let actions = shapes.actions.iter().filter(|action| shapes.kind(action.kind).is_some());
    writer.object(actions, |writer, action| writer.action(action));
    writer.out.push_str("}}");
    writer.out
}

enum EntityType<'s> {
    Kind(&'s EntityShape),
    Choices(EnumId, &'s str),
}

struct Writer<'s> {
    model: &'s Model,
    shapes: &'s Shapes,
    out: String,
}

impl Writer<'_> {
    fn entity(&mut self, shape: &EntityShape) {
        self.key(&shape.type_name);
        self.out.push_str("{\"memberOfTypes\":");
        self.texts(parents(self.shapes, shape).into_iter());
        self.out.push_str(",\"shape\":{\"type\":\"Record\",\"attributes\":");
        let own = shape.attributes.iter().map(|one| (one.name.clone(), one.ty.clone(), one.optional));
        let made = generated(self.shapes, shape).into_iter().map(|one| (one.name, one.ty, one.optional));
        // Of two attributes by one name the kind's own counts, which was reported.
        let made = made.filter(|(name, ..)| !shape.attributes.iter().any(|own| own.name == *name));
        self.object(own.chain(made), |writer, (name, ty, optional)| writer.attribute(&name, &ty, optional));
        self.out.push('}');
        if let Some((_, ty)) = &shape.tags {
            self.out.push_str(",\"tags\":");
            self.ty(ty, false);
        }
        self.out.push('}');
    }

    fn choices(&mut self, id: EnumId, name: &str) {
        self.key(name);
        self.out.push_str("{\"enum\":");
        let model = self.model;
        self.texts(model.kinds.enums[id].values.iter().map(|value| model.text(value.name)));
        self.out.push('}');
    }

    fn action(&mut self, action: &ActionShape) {
        let shapes = self.shapes;
        self.key(&action.id);
        self.out.push_str("{\"appliesTo\":{\"principalTypes\":");
        self.texts(principals(shapes).into_iter());
        self.out.push_str(",\"resourceTypes\":");
        self.texts(std::iter::once(shapes.type_name(action.kind)));
        self.out.push_str("}}");
    }

    fn attribute(&mut self, name: &str, ty: &CedarType, optional: bool) {
        self.key(name);
        self.ty(ty, optional);
    }

    fn ty(&mut self, ty: &CedarType, optional: bool) {
        self.out.push('{');
        if optional {
            self.out.push_str("\"required\":false,");
        }
        match ty {
            CedarType::Bool => self.named("Boolean", None),
            CedarType::Long | CedarType::MonthlyMinor => self.named("Long", None),
            CedarType::String | CedarType::Permission => self.named("String", None),
            CedarType::Duration => self.named("Extension", Some("duration")),
            CedarType::Datetime => self.named("Extension", Some("datetime")),
            CedarType::Decimal => self.named("Extension", Some("decimal")),
            CedarType::Enum(id) => {
                let name = type_name(self.model.text(self.model.kinds.enums[*id].name));
                self.named("Entity", Some(&name));
            }
            CedarType::Entity(kind) => self.named("Entity", Some(self.shapes.type_name(*kind))),
            CedarType::Set(of) => {
                self.out.push_str("\"type\":\"Set\",\"element\":");
                self.ty(of, false);
            }
            CedarType::Record(attributes) => self.record(attributes),
            CedarType::Variant(cases) => {
                self.out.push_str("\"type\":\"Record\",\"attributes\":");
                self.object(cases.iter(), |writer, (name, attributes)| {
                    writer.key(name);
                    writer.out.push_str("{\"required\":false,");
                    writer.record(attributes);
                    writer.out.push('}');
                });
            }
            CedarType::ByEnum(values, of) => {
                self.out.push_str("\"type\":\"Record\",\"attributes\":");
                self.object(values.iter(), |writer, value| writer.attribute(value, of, true));
            }
        }
        self.out.push('}');
    }

    fn named(&mut self, ty: &str, name: Option<&str>) {
        self.key("type");
        self.out.push_str(&quoted(ty));
        if let Some(name) = name {
            self.out.push(',');
            self.key("name");
            self.out.push_str(&quoted(name));
        }
    }

    fn record(&mut self, attributes: &[Attribute]) {
        self.out.push_str("\"type\":\"Record\",\"attributes\":");
        self.object(attributes.iter(), |writer, one| writer.attribute(&one.name, &one.ty, one.optional));
    }

    fn key(&mut self, name: &str) {
        self.out.push_str(&quoted(name));
        self.out.push(':');
    }

    fn texts<'t>(&mut self, texts: impl Iterator<Item = &'t str>) {
        let texts: Vec<String> = texts.map(quoted).collect();
        self.out.push_str(&format!("[{}]", texts.join(",")));
    }

    /// An object of what `member` writes for each, with its key.
    fn object<T>(&mut self, members: impl Iterator<Item = T>, member: impl Fn(&mut Self, T)) {
        self.out.push('{');
        for (at, one) in members.enumerate() {
            if at > 0 {
                self.out.push(',');
            }
            member(self, one);
        }
        self.out.push('}');
    }
}
