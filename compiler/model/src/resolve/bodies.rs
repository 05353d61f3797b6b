//! What stands between braces: fields of entities, records and cases, entries of maps.

use super::*;

impl Resolver<'_> {
    /// Resolves a body of an entity. `operation` is what each plain item does: says, sets or overrides.
    pub(super) fn body(&mut self, place: &Place, body: &ast::Body, operation: Operation) {
        for item in body.items() {
            let Some(key) = item.key() else { continue };
            let span = span_of(place.file, key.range());
            let Some(field) = self.field_named(place, &key.text(), span) else { continue };
            let kinds = self.kinds;
            let row = &kinds.kinds[place.kind].fields[field];
            if row.computed.is_some() {
                self.computed_by_hand(&key.text(), row.span, span);
                continue;
            }
            if row.owned && item.body().is_some() {
                if item.operation() == ast::Operation::Locked {
                    let locks = self.layers.locked_blocks.entry((place.entity, field)).or_default();
                    locks.push(Lock { layer: place.layer, key: span });
                }
                continue; // An entity of its own; its body is a job of its own.
            }
            let target = Target {
                field,
                steps: &[],
                operation: item_operation(&item, operation),
                locked: item.operation() == ast::Operation::Locked,
                key: span,
            };
            self.item(place, &target, &row.ty, &item);
        }
    }

    /// One item: an operation word, a block, or a value.
    fn item(&mut self, place: &Place, target: &Target<'_>, ty: &Type, item: &ast::Item) {
        if target.operation == Operation::Unset {
            let span = target.key;
            self.push(place, target, Operand::Nothing, span);
            return;
        }
        if let Some(value) = item.value() {
            self.value(place, target, ty, &value);
        }
    }

    pub(super) fn field_named(&mut self, place: &Place, name: &str, span: Span) -> Option<FieldId> {
        let kind = &self.kinds.kinds[place.kind];
        let handle = self.entities[place.entity].handle;
        let found = self.names.find(name).and_then(|name| kind.field_of(handle, name));
        if found.is_none() {
            let owner = format!("kind `{}`", self.names.text(kind.name));
            let unknown = self.unknown_field(kind.fields.iter().map(|(_, field)| field), name, span, &owner);
            self.diagnostics.push(unknown);
        }
        found
    }

    fn computed_by_hand(&mut self, name: &str, declared: Span, span: Span) {
        let message = format!("`{name}` is computed, nobody writes it");
        let diagnostic = Diagnostic::new(&codes::COMPUTED_FIELD, span, message).label("written by hand");
        self.diagnostics.push(diagnostic.related(declared, "computed here").help("take the line away"));
    }

    /// The fields of a record or case, written as a block below `target`.
    pub(super) fn fields(
        &mut self,
        place: &Place,
        target: &Target<'_>,
        ty: &Type,
        case: Option<u16>,
        body: &ast::Body,
    ) {
        let kinds = self.kinds;
        let Some((fields, names)) = kinds.fields_of(ty, case) else { return };
        for item in body.items() {
            let Some(key) = item.key() else { continue };
            let span = span_of(place.file, key.range());
            let found = self.names.find(&key.text()).and_then(|name| names.get(&name));
            let Some(field) = found else {
                let owner = self.block_name(ty, case);
                let unknown = self.unknown_field(fields.iter().map(|(_, field)| field), &key.text(), span, &owner);
                self.diagnostics.push(unknown);
                continue;
            };
            let steps = extended(target.steps, Step::Field(*field));
            let mut below = target.below(&steps, span);
            below.operation = item_operation(&item, target.operation);
            below.locked = item.operation() == ast::Operation::Locked;
            self.item(place, &below, &fields[*field].ty, &item);
        }
    }

    fn block_name(&self, ty: &Type, case: Option<u16>) -> String {
        match (self.kinds.base(ty), case) {
            (Type::Record(id), _) => format!("record `{}`", self.names.text(self.kinds.records[*id].name)),
            (Type::Variant(id), Some(case)) => {
                let case = self.kinds.variants[*id].cases.get(usize::from(case));
                format!("`{}`", case.map_or("", |case| self.names.text(case.name)))
            }
            _ => "this".to_owned(),
        }
    }

    /// The entries of a map, written as a block: it replaces the map of lower layers.
    pub(super) fn entries(
        &mut self,
        place: &Place,
        target: &Target<'_>,
        key_type: &Type,
        value_type: &Type,
        body: &ast::Body,
    ) {
        for item in body.items() {
            let Some(key) = item.key() else { continue };
            let span = span_of(place.file, key.range());
            let Some(key) = self.key(place, key_type, &key, span) else { continue };
            let steps = extended(target.steps, Step::Key(key));
            let below = Target { operation: Operation::Say, ..target.below(&steps, span) };
            self.item(place, &below, value_type, &item);
        }
    }
}

/// The operation of an item: its own word, or what the block around it does.
fn item_operation(item: &ast::Item, around: Operation) -> Operation {
    match item.operation() {
        ast::Operation::Plain | ast::Operation::Locked => around,
        ast::Operation::Add => Operation::Add,
        ast::Operation::Remove => Operation::Remove,
        ast::Operation::Unset => Operation::Unset,
    }
}

pub(super) fn extended(steps: &[Step], step: Step) -> Vec<Step> {
    steps.iter().copied().chain([step]).collect()
}
