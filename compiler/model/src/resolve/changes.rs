//! What stages and tests say of others: `override group.ml.quota.gpu.a100: 8`.

use super::*;
use crate::scope::visible_block;

impl<'a> Resolver<'a> {
    pub(super) fn change(&mut self, job: &ChangeJob) {
        let (Some(path), Some(operation)) = (job.change.path(), job.change.operation()) else { return };
        let keys: Vec<ast::Key> = path.segments().collect();
        if let (Some(last), Some(word)) = (keys.last(), job.change.operation_range()) {
            let whole = span_of(job.file, ast::removal(job.change.syntax()));
            self.words.insert(span_of(job.file, last.range()), (span_of(job.file, word), whole));
        }
        let Some((place, rest)) = self.start(job, &keys) else { return };
        let operation = match operation {
            ast::ChangeOperation::Override => Operation::Override,
            ast::ChangeOperation::Set => Operation::Set,
            ast::ChangeOperation::Add => Operation::Add,
            ast::ChangeOperation::Remove => Operation::Remove,
            ast::ChangeOperation::Unset => Operation::Unset,
        };
        self.follow(job, place, rest, operation);
    }

    /// The entity that the first two steps name.
    fn start<'k>(&mut self, job: &ChangeJob, keys: &'k [ast::Key]) -> Option<(Place, &'k [ast::Key])> {
        let [kind, handle, rest @ ..] = keys else { return None };
        let kind_span = span_of(job.file, kind.range());
        let found = self.names.find(&kind.text()).and_then(|name| self.kinds.kind_of(name));
        let Some(kind) = found else {
            let unknown = self.unknown_start(&kind.text(), kind_span);
            self.diagnostics.push(unknown);
            return None;
        };
        let span = span_of(job.file, handle.range());
        let name = handle.text();
        if let Some(unnamed) = self.unnamed(kind, &name, span, job.viewpoint) {
            self.diagnostics.push(unnamed);
            return None;
        }
        let written = Written { kind: None, name: &name, span, quoted: false };
        let Value::Entity(entity) = self.reference(&Type::Entity(kind), written, job.viewpoint) else { return None };
        Some((self.place(job, entity), rest))
    }

    /// A path starts with a kind; a thing's own name shows that the kind was left out.
    fn unknown_start(&self, word: &str, span: Span) -> Diagnostic {
        let unknown = Diagnostic::new(&codes::UNKNOWN_KIND, span, format!("there is no kind `{word}`"));
        let text = |name| self.names.text(name);
        let named = self.entities.iter().filter(|(_, row)| row.owner.is_none() && row.package.is_none());
        let mut kinds: Vec<&str> = named
            .filter(|(_, row)| text(row.handle) == word)
            .map(|(_, row)| text(self.kinds.kinds[row.kind].name))
            .collect();
        kinds.dedup();
        if kinds.is_empty() {
            let known = self.kinds.kinds.iter().map(|(_, kind)| text(kind.name));
            return unknown.label("no such kind").did_you_mean(span, &suggest::nearest(word, known));
        }
        let paths: Vec<String> = kinds.iter().map(|kind| format!("{kind}.{word}")).collect();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        unknown.label("a path starts with a kind").did_you_mean(span, &paths)
    }

    /// `platform.domain`: a path that passes over which platform it is.
    fn unnamed(&self, kind: KindId, name: &str, span: Span, from: Viewpoint) -> Option<Diagnostic> {
        let is_field = self.names.find(name).is_some_and(|name| self.kinds.kinds[kind].field(name).is_some());
        if !is_field || self.references().knows(&Type::Entity(kind), name, from) {
            return None;
        }
        let word = self.names.text(self.kinds.kinds[kind].name);
        let message = format!("`{name}` is a field: the path names the {word} first");
        let unknown = Diagnostic::new(&codes::UNKNOWN_NAME, span, message).label(format!("no {word} of this name"));
        let of_kind = self.entities.iter().map(|(_, row)| row);
        let own = of_kind.filter(|row| row.kind == kind && row.package.is_none() && row.stage.is_none());
        let mut paths =
            own.filter(|row| row.test.is_none()).map(|row| format!("{}.{name}", self.names.text(row.handle)));
        Some(match (paths.next(), paths.next()) {
            (Some(only), None) => unknown.did_you_mean(span, &[&only]),
            _ => unknown.help(format!("write `{word}.NAME.{name}`")),
        })
    }

    fn place(&self, job: &ChangeJob, entity: EntityId) -> Place {
        Place {
            entity,
            kind: self.entities[entity].kind,
            file: job.file,
            viewpoint: job.viewpoint,
            layer: self.layer(entity, job.viewpoint),
            expansion: WRITTEN,
            bindings: Bindings::default(),
        }
    }

    /// Walks the fields of the path: into owned blocks, then into records and maps.
    fn follow(&mut self, job: &ChangeJob, place: Place, keys: &[ast::Key], operation: Operation) {
        let Some((key, rest)) = keys.split_first() else {
            // `override group.ml { … }`: each item does what the change does.
            if let Some(ast::Value::Body(body)) = job.change.value() {
                self.body(&place, &body, operation);
            }
            return;
        };
        let kinds: &'a KindSet = self.kinds;
        let span = span_of(job.file, key.range());
        let Some(field) = self.field_named(&place, &key.text(), span, None) else { return };
        let row = &kinds.kinds[place.kind].fields[field];
        let whole_block = matches!(job.change.value(), Some(ast::Value::Body(_)));
        if row.owned && (!rest.is_empty() || whole_block) {
            match self.block_of(place.entity, field, job.viewpoint) {
                Some(block) => self.follow(job, self.place(job, block), rest, operation),
                None => self.leads_nowhere(span, "nothing stands here yet"),
            }
            return;
        }
        if row.computed.is_some() {
            let message = format!("`{}` is computed, nobody writes it", key.text());
            let refused = Diagnostic::new(&codes::COMPUTED_FIELD, span, message).label("changed by hand");
            self.diagnostics.push(refused.related(row.span, "computed here"));
            return;
        }
        let Some((steps, ty, last)) = self.steps(job, &place, field, &row.ty, rest, span) else { return };
        let target = Target { field, steps: &steps, operation, locked: false, key: last };
        match (operation, job.change.value()) {
            (Operation::Unset, _) => self.push(&place, &target, Operand::Nothing, last),
            (_, Some(value)) => self.value(&place, &target, ty, &value),
            (_, None) => {}
        }
    }

    /// The owned block that the viewpoint sees.
    fn block_of(&self, owner: EntityId, field: FieldId, from: Viewpoint) -> Option<EntityId> {
        visible_block(self.entities, self.stages, self.owned.get(&(owner, field))?, from)
    }

    /// The steps below a field, the type they lead to, and where the last one stands.
    fn steps(
        &mut self,
        job: &ChangeJob,
        place: &Place,
        field: FieldId,
        ty: &'a Type,
        keys: &[ast::Key],
        first: Span,
    ) -> Option<(Vec<Step>, &'a Type, Span)> {
        let kinds: &'a KindSet = self.kinds;
        let (mut steps, mut ty, mut last) = (Vec::new(), ty, first);
        for key in keys {
            let span = span_of(job.file, key.range());
            let (step, inner) = match kinds.base(ty) {
                Type::Map(key_type, value) => (Step::Key(self.key(place, key_type, key, span)?), &**value),
                Type::Record(_) => self.inner_field(ty, None, &key.text(), span)?,
                Type::Variant(_) => {
                    let case = self.declared_case(place.entity, field, &steps);
                    if case.is_none() {
                        self.leads_nowhere(span, "nothing below says which case this is");
                    }
                    self.inner_field(ty, Some(case?), &key.text(), span)?
                }
                _ => {
                    self.leads_nowhere(span, "a path never passes through a reference or a plain value");
                    return None;
                }
            };
            steps.push(step);
            (ty, last) = (inner, span);
        }
        Some((steps, ty, last))
    }

    fn inner_field(&mut self, ty: &'a Type, case: Option<u16>, name: &str, span: Span) -> Option<(Step, &'a Type)> {
        let kinds: &'a KindSet = self.kinds;
        let (fields, names) = kinds.fields_of(ty, case)?;
        match self.names.find(name).and_then(|name| names.get(&name)) {
            Some(field) => Some((Step::Field(*field), &fields[*field].ty)),
            None => {
                let unknown =
                    self.unknown_field(fields.iter().map(|(_, field)| field), name, span, Owner::Block("this block"));
                self.diagnostics.push(unknown);
                None
            }
        }
    }

    /// The case that the declaration says, so that a path can enter it.
    fn declared_case(&self, entity: EntityId, field: FieldId, steps: &[Step]) -> Option<u16> {
        let said = self.layers.declared(entity).iter().rev();
        said.filter(|candidate| candidate.field == field && *candidate.steps == *steps).find_map(|candidate| {
            match candidate.operand {
                Operand::Block(case) => case,
                Operand::Value(_) | Operand::Expression(_) | Operand::MapBlock | Operand::Nothing => None,
            }
        })
    }

    fn leads_nowhere(&mut self, span: Span, why: &str) {
        let message = format!("this path leads nowhere: {why}");
        self.diagnostics.push(Diagnostic::new(&codes::UNKNOWN_PATH, span, message).label("here it ends"));
    }
}
