//! Headers of entities: entering them, blocks owned by others, and the numbering at the end.

use nbc_source::{Diagnostic, Span};

use super::*;

impl<'s> Expander<'_, 's> {
    pub(super) fn header(&self, setting: &Setting, kind: KindId, handle: Name, span: Span) -> Header {
        Header {
            kind,
            handle,
            home: setting.home,
            package: setting.viewpoint.package,
            owner: None,
            extends: None,
            inherits: Vec::new(),
            span,
            doc: String::new(),
            expansion: setting.expansion,
            viewpoint: setting.viewpoint,
        }
    }

    /// Adds an entity unless its name is taken where it would be seen.
    pub(super) fn enter(&mut self, header: Header) -> Option<usize> {
        if self.is_full(header.span) {
            return None;
        }
        let name = self.known_as(&header);
        if let Some(first) = self.taken(&header, name) {
            let kind = self.names.text(self.kinds.kinds[header.kind].name);
            let handle = self.names.text(header.handle);
            let message = format!("{kind} `{handle}` is declared twice");
            let twice = Diagnostic::new(&codes::DUPLICATE_NAME, header.span, message).label("declared a second time");
            self.diagnostics.push(twice.related(first, "first declared here"));
            return None;
        }
        self.by_name.insert((header.kind, name, header.home), self.headers.len());
        self.headers.push(header);
        Some(self.headers.len() - 1)
    }

    /// Two packages may share a handle: what is in one is known as `uni/small`.
    fn known_as(&mut self, header: &Header) -> Name {
        match header.package {
            Some(package) => qualified(self.names, package, header.handle),
            None => header.handle,
        }
    }

    fn is_full(&mut self, span: Span) -> bool {
        if self.headers.len() < MOST_ENTITIES {
            return false;
        }
        self.too_large(span, &format!("the workspace declares more than {MOST_ENTITIES} things"));
        true
    }

    /// Stops loops; said once.
    pub(super) fn too_large(&mut self, span: Span, message: &str) {
        if !self.full {
            self.diagnostics.push(Diagnostic::new(&codes::TOO_LARGE, span, message).label("the rest was not read"));
            self.full = true;
        }
    }

    /// Who has the name already: the same scope, or the base for what stands in a stage or test.
    fn taken(&self, header: &Header, name: Name) -> Option<Span> {
        let at = |home| self.by_name.get(&(header.kind, name, home));
        let mut taken = at(header.home);
        if matches!(header.home, Home::Stage(_) | Home::Test(_)) {
            taken = taken.or_else(|| at(Home::Base));
        }
        taken.and_then(|at| self.headers.get(*at)).map(|first| first.span)
    }

    /// The entity of an owned block, made at its first mention in a scope that does not see one yet.
    pub(super) fn owned_block(
        &mut self,
        setting: &Setting,
        owner: usize,
        field: FieldId,
        span: Span,
        extends: Option<(String, Span)>,
    ) -> Option<usize> {
        if let Some(present) = self.owned_header(owner, field, setting.viewpoint) {
            return Some(present);
        }
        let owner_kind = self.headers.get(owner)?.kind;
        let kind = owned_kind(self.kinds, owner_kind, field)?;
        let handle = self.kinds.kinds[owner_kind].fields[field].name;
        if self.is_full(span) {
            return None;
        }
        let header = Header { owner: Some((owner, field)), extends, ..self.header(setting, kind, handle, span) };
        self.headers.push(header);
        let at = self.headers.len() - 1;
        self.owned_by.entry((owner, field)).or_default().push(at);
        Some(at)
    }

    fn owned_header(&self, owner: usize, field: FieldId, from: Viewpoint) -> Option<usize> {
        let present = self.owned_by.get(&(owner, field))?;
        let visible = |at: &&usize| self.headers.get(**at).is_some_and(|header| self.is_seen(header.home, from));
        present.iter().find(visible).copied()
    }

    /// Whether what stands in a scope is there for somebody who looks from another.
    fn is_seen(&self, home: Home, from: Viewpoint) -> bool {
        match home {
            Home::Base | Home::Package => true,
            Home::Stage(stage) => self.is_in_chain(stage, from.stage),
            Home::Test(test) => from.test == Some(test),
        }
    }

    fn is_in_chain(&self, stage: StageId, from: Option<StageId>) -> bool {
        crate::fold::stage_chain(&self.stages, from).contains(&stage)
    }

    /// `override group.ml.quota.cpu: 8` where the base says no quota: the block is the stage's own.
    pub(super) fn owned_of_changes(&mut self) {
        // A stage sees the blocks of those below it, which therefore come first.
        let depth = |job: &ChangeJob| crate::fold::stage_chain(&self.stages, job.viewpoint.stage).len();
        let mut order: Vec<usize> = (0..self.changes.len()).collect();
        order.sort_by_key(|at| self.changes.get(*at).map(depth));
        for at in order {
            let Some(job) = self.changes.get(at) else { return };
            let (file, viewpoint, change) = (job.file, job.viewpoint, job.change.clone());
            let Some(path) = change.path() else { continue };
            let keys: Vec<ast::Key> = path.segments().collect();
            let [kind, handle, field, ..] = keys.as_slice() else { continue };
            let Some((owner, field)) = self.owned_path(kind, handle, field, viewpoint) else { continue };
            let home = match (viewpoint.test, viewpoint.stage) {
                (Some(test), _) => Home::Test(test),
                (None, Some(stage)) => Home::Stage(stage),
                (None, None) => Home::Base,
            };
            let setting = Setting { file, home, viewpoint, expansion: WRITTEN, bindings: Rc::default() };
            let span = keys.get(2).map_or(Span::default(), |key| span_of(file, key.range()));
            self.owned_block(&setting, owner, field, span, None);
        }
    }

    fn owned_path(
        &self,
        kind: &ast::Key,
        handle: &ast::Key,
        field: &ast::Key,
        from: Viewpoint,
    ) -> Option<(usize, FieldId)> {
        let kind = self.kinds.kind_of(self.names.find(&kind.text())?)?;
        let handle = self.names.find(&handle.text())?;
        let field = self.kinds.kinds[kind].field(self.names.find(&field.text())?)?;
        if !self.kinds.kinds[kind].fields[field].owned {
            return None;
        }
        Some((self.visible(kind, handle, from)?, field))
    }

    fn visible(&self, kind: KindId, handle: Name, from: Viewpoint) -> Option<usize> {
        let at = |home| self.by_name.get(&(kind, handle, home)).copied();
        let chain = crate::fold::stage_chain(&self.stages, from.stage);
        at(Home::Base)
            .or_else(|| from.test.and_then(|test| at(Home::Test(test))))
            .or_else(|| chain.into_iter().find_map(|stage| at(Home::Stage(stage))))
    }

    /// A child has its parent's block wherever the parent has one; where it has none of its own, one that says nothing.
    pub(super) fn inherited_blocks(&mut self) {
        let mut done = vec![false; self.headers.len()];
        for at in 0..done.len() {
            if self.headers.get(at).is_none_or(|header| header.extends.is_none()) {
                continue;
            }
            // From the eldest down, so that each looks at its own parent alone.
            for child in self.family(at, &mut done).into_iter().rev() {
                let Some(parent) = self.parent_of(child) else { continue };
                for (field, block) in self.blocks_of(parent) {
                    self.inherit_block(child, field, block);
                }
            }
        }
    }

    /// An entity and its ancestors, up to one that was looked at before.
    fn family(&self, at: usize, done: &mut [bool]) -> Vec<usize> {
        let mut family = Vec::new();
        let mut next = Some(at);
        while let Some(member) = next {
            match done.get_mut(member) {
                Some(seen) if !*seen => *seen = true,
                _ => break,
            }
            family.push(member);
            next = self.parent_of(member);
        }
        family
    }

    fn parent_of(&self, at: usize) -> Option<usize> {
        let header = self.headers.get(at)?;
        let written = header.extends.as_ref()?.0.as_str();
        let packaged = match header.package {
            Some(package) if !written.contains('/') => {
                self.names.find(&format!("{}/{written}", self.names.text(package)))
            }
            _ => self.names.find(written),
        };
        let packaged = packaged.and_then(|name| self.by_name.get(&(header.kind, name, Home::Package)).copied());
        packaged.or_else(|| self.visible(header.kind, self.names.find(written)?, header.viewpoint))
    }

    fn blocks_of(&self, owner: usize) -> Vec<(FieldId, usize)> {
        let Some(kind) = self.headers.get(owner).map(|header| header.kind) else { return Vec::new() };
        let owned = self.kinds.kinds[kind].fields.iter().filter(|(_, field)| field.owned && !field.own);
        let blocks = |field| self.owned_by.get(&(owner, field)).map_or(&[][..], Vec::as_slice);
        owned.flat_map(|(field, _)| blocks(field).iter().map(move |block| (field, *block))).collect()
    }

    fn inherit_block(&mut self, child: usize, field: FieldId, block: usize) {
        let Some((home, viewpoint)) = self.shared_scope(child, block) else { return };
        let Some(header) = self.headers.get(child) else { return };
        let (span, expansion) = (header.span, header.expansion);
        let setting = Setting { file: span.file, home, viewpoint, expansion, bindings: Rc::default() };
        let Some(own) = self.owned_block(&setting, child, field, span, None) else { return };
        if let Some(own) =
            self.headers.get_mut(own).filter(|own| own.extends.is_none() && !own.inherits.contains(&block))
        {
            own.inherits.push(block);
        }
    }

    /// The scope in which both a child and a block of its parent are there: the narrower of the two.
    fn shared_scope(&self, child: usize, block: usize) -> Option<(Home, Viewpoint)> {
        let (child, block) = (self.headers.get(child)?, self.headers.get(block)?);
        if self.is_seen(block.home, child.viewpoint) {
            return Some((child.home, child.viewpoint));
        }
        self.is_seen(child.home, block.viewpoint).then_some((block.home, block.viewpoint))
    }

    /// Numbers entities by kind, path and scope, and hands everything over.
    pub(super) fn finish(self) -> Expanded<'s> {
        let order = self.order();
        let mut ids: Vec<EntityId> = vec![EntityId::new(0); order.len()];
        for (number, at) in order.iter().enumerate() {
            if let Some(slot) = ids.get_mut(*at) {
                *slot = EntityId::new(number);
            }
        }
        let id = |at: usize| ids.get(at).copied().unwrap_or(EntityId::new(0));
        let mut entities = Rows::with_capacity(order.len());
        let mut directory = Directory::for_entities(order.len());
        directory.set_incomplete(self.incomplete);
        let mut parents = Vec::new();
        let mut owned = Owned::default();
        for at in &order {
            let Some(header) = self.headers.get(*at) else { continue };
            let entity: EntityId = entities.push(entity_of(header, id));
            if let Some((owner, field)) = header.owner {
                owned.entry((id(owner), field)).or_default().push(entity);
            }
            if let Some((name, span)) = &header.extends {
                parents.push(Parent { entity, name: name.clone(), span: *span, viewpoint: header.viewpoint });
            }
        }
        for (entity, row) in entities.iter() {
            let header: &Entity = row;
            if header.owner.is_none() {
                let home = order
                    .get(entity.index())
                    .and_then(|at| self.headers.get(*at))
                    .map_or(Home::Base, |header| header.home);
                enter_names(&mut directory, self.kinds, self.names, entity, header, home);
            }
        }
        let jobs = self.bodies.into_iter().map(|body| Job {
            entity: id(body.header),
            file: body.file,
            body: body.body,
            viewpoint: body.viewpoint,
            expansion: body.expansion,
            bindings: body.bindings,
        });
        let rows = self.row_bodies.into_iter().map(|body| RowsJob {
            kind: body.kind,
            file: body.file,
            body: body.body,
            table: body.table,
            viewpoint: body.viewpoint,
            rows: body.rows.into_iter().map(|(row, header, expansion)| (row, id(header), expansion)).collect(),
        });
        Expanded {
            jobs: jobs.collect(),
            rows: rows.collect(),
            entities,
            directory,
            stages: self.stages,
            expansions: self.expansions,
            tables: self.tables,
            changes: self.changes,
            parents,
            owned,
            tests: self.tests,
        }
    }

    /// Positions of headers by kind, then handle (an owned block: its owner's), then scope.
    fn order(&self) -> Vec<usize> {
        let key = |at: &usize| {
            let header = self.headers.get(*at);
            let owner = header.and_then(|header| header.owner).and_then(|(owner, _)| self.headers.get(owner));
            let handle = |header: &Header| by_text(self.names.text(header.handle));
            // Nobody is no text: to compare empty ones, which lie nowhere, costs some processors more than all else.
            (header.map(|header| header.kind), owner.map(handle), header.map(handle), header.map(|header| header.home))
        };
        let mut order: Vec<usize> = (0..self.headers.len()).collect();
        order.sort_by_cached_key(key);
        order
    }
}

/// Orders as the text does. Its first bytes as a number come first: they tell most handles apart, and numbers are
/// compared without a look at the texts, which lie anywhere in memory.
fn by_text(text: &str) -> (u64, &str) {
    let bytes = text.bytes().chain(std::iter::repeat(0)).take(8);
    (bytes.fold(0, |number, byte| number << 8 | u64::from(byte)), text)
}

fn entity_of(header: &Header, id: impl Fn(usize) -> EntityId) -> Entity {
    Entity {
        kind: header.kind,
        handle: header.handle,
        owner: header.owner.map(|(owner, field)| (id(owner), field)),
        package: header.package,
        stage: match header.home {
            Home::Stage(stage) => Some(stage),
            Home::Base | Home::Package | Home::Test(_) => None,
        },
        test: match header.home {
            Home::Test(test) => Some(test),
            Home::Base | Home::Package | Home::Stage(_) => None,
        },
        has_lost_parent: false,
        extends: None,
        inherits: header.inherits.iter().copied().map(id).collect(),
        span: header.span,
        doc: header.doc.clone(),
        expansion: header.expansion,
    }
}

/// `uni/small`
fn qualified(names: &mut Names, package: Name, handle: Name) -> Name {
    let text = format!("{}/{}", names.text(package), names.text(handle));
    names.intern(&text)
}

/// A package's names are qualified; its roles and channels, and `everyone`, are in scope bare too.
fn enter_names(
    directory: &mut Directory,
    kinds: &KindSet,
    names: &mut Names,
    entity: EntityId,
    row: &Entity,
    home: Home,
) {
    let Some(package) = row.package else {
        directory.enter(row.kind, row.handle, home, entity);
        return;
    };
    let qualified = qualified(names, package, row.handle);
    directory.enter(row.kind, qualified, Home::Package, entity);
    let standard = names.text(package) == "std";
    // A site may replace what the standard library declares, for the library's own files too.
    if !standard {
        directory.enter_inside(row.kind, package, row.handle, entity);
    }
    let kind = names.text(kinds.kinds[row.kind].name);
    if standard && (matches!(kind, "role" | "channel") || names.text(row.handle) == "everyone") {
        directory.enter_bare(row.kind, row.handle, entity);
    }
}

#[cfg(test)]
mod tests {
    use super::by_text;

    #[test]
    fn numbers_order_as_texts_do() {
        let mut texts = ["", "a", "ab", "abcdefgh", "abcdefgha", "abcdefghb", "abcdefg", "b", "é", "zz", "a\0", "aé"];
        let mut other = texts;
        texts.sort_unstable();
        other.sort_unstable_by_key(|text| by_text(text));
        assert_eq!(texts, other);
    }
}
