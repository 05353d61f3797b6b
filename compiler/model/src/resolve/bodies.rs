//! What stands between braces: fields of entities, records and cases, entries of maps.

use nbc_source::Fix;

use super::*;

impl Resolver<'_> {
    /// Resolves a body of an entity. `operation` is what each plain item does: says, sets or overrides.
    pub(super) fn body(&mut self, place: &Place, body: &ast::Body, operation: Operation) {
        for item in body.items() {
            let Some(key) = item.key() else { continue };
            let span = span_of(place.file, key.range());
            let Some(field) = self.field_named(place, &key.text(), span, Some(body)) else { continue };
            let kinds = self.kinds;
            let row = &kinds.kinds[place.kind].fields[field];
            if row.computed.is_some() {
                self.computed_by_hand(place, &item, row.span, span);
                continue;
            }
            if row.owned && item.value().is_some() && item.body().is_none() {
                self.refuse_owned(
                    &key.text(),
                    row.span,
                    span_of(place.file, item.value().map_or(key.range(), |value| value.range())),
                );
                continue;
            }
            let own = item.operation();
            let locked = own == ast::Operation::Locked;
            if row.owned && item.body().is_some() {
                if locked {
                    let locks = self.layers.locked_blocks.entry((place.entity, field)).or_default();
                    locks.push(Lock { layer: place.layer, key: span });
                }
                continue; // An entity of its own; its body is a job of its own.
            }
            let target = Target { field, steps: &[], operation: operation_of(own, operation), locked, key: span };
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
        match item.value() {
            Some(value) => self.value(place, target, ty, &value),
            // Its text could not be read, which was reported.
            None => self.poison(place, target, target.key),
        }
    }

    fn refuse_owned(&mut self, name: &str, declared: Span, span: Span) {
        let refused = Diagnostic::new(&codes::WRONG_VALUE, span, format!("`{name}` is a block"));
        let refused = refused.label("no block stands here").related(declared, "declared here");
        self.diagnostics.push(refused.help(format!("write `{name} {{ … }}`")));
    }

    /// The field of that name. A misspelt one is reported and read as what was surely meant, unless `body` says that too.
    pub(super) fn field_named(
        &mut self,
        place: &Place,
        name: &str,
        span: Span,
        body: Option<&ast::Body>,
    ) -> Option<FieldId> {
        let kind = &self.kinds.kinds[place.kind];
        let handle = self.entities[place.entity].handle;
        let found = self.names.find(name).and_then(|name| kind.field_of(handle, name));
        if found.is_none() {
            let fields = kind.fields.iter().map(|(_, field)| field);
            let own = fields.filter(|field| field.pack.is_none_or(|pack| pack == handle));
            let unknown = self.unknown_field(own, name, span, Owner::Kind(self.names.text(kind.name)));
            let meant = self.report_unknown(unknown, body);
            return meant.and_then(|name| self.kinds.kinds[place.kind].field_of(handle, name));
        }
        found
    }

    /// Reports an unknown field; the name of the field that was surely meant, where `body` does not say that as well.
    fn report_unknown(&mut self, mut unknown: Diagnostic, body: Option<&ast::Body>) -> Option<Name> {
        let sure = unknown.fix.as_ref().filter(|fix| fix.safe).and_then(|fix| fix.edits.first());
        let meant = sure.map(|edit| edit.text.clone()).filter(|name| {
            let mut keys = body.into_iter().flat_map(ast::Body::items).filter_map(|item| item.key());
            !keys.any(|key| key.text() == *name)
        });
        if meant.is_none() {
            unknown.fix = unknown.fix.filter(|fix| !fix.safe);
        }
        self.diagnostics.push(unknown);
        meant.and_then(|name| self.names.find(&name))
    }

    fn computed_by_hand(&mut self, place: &Place, item: &ast::Item, declared: Span, span: Span) {
        let name = item.key().map(|key| key.text().into_owned()).unwrap_or_default();
        let message = format!("`{name}` is computed, nobody writes it");
        let diagnostic = Diagnostic::new(&codes::COMPUTED_FIELD, span, message).label("written by hand");
        let whole = span_of(place.file, ast::removal(item.syntax()));
        let diagnostic = diagnostic.fix(Fix::replace(whole, "", format!("remove `{name}`")));
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
            let mut found = self.names.find(&key.text()).and_then(|name| names.get(&name));
            if found.is_none() {
                let owner = self.block_name(ty, case);
                let unknown =
                    self.unknown_field(fields.iter().map(|(_, field)| field), &key.text(), span, Owner::Block(&owner));
                found = self.report_unknown(unknown, Some(body)).and_then(|name| names.get(&name));
            }
            let Some(field) = found else { continue };
            let steps = extended(target.steps, Step::Field(*field));
            let mut below = target.below(&steps, span);
            let own = item.operation();
            below.operation = operation_of(own, target.operation);
            below.locked = own == ast::Operation::Locked;
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

/// The operation of an item: its own word's, or what the block around it does.
fn operation_of(own: ast::Operation, around: Operation) -> Operation {
    match own {
        ast::Operation::Plain | ast::Operation::Locked => around,
        ast::Operation::Add => Operation::Add,
        ast::Operation::Remove => Operation::Remove,
        ast::Operation::Unset => Operation::Unset,
    }
}

pub(super) fn extended(steps: &[Step], step: Step) -> Vec<Step> {
    steps.iter().copied().chain([step]).collect()
}
