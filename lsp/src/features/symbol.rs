//! What a word in a file means.

use nbc_model::expression::scope::Home;
use nbc_model::kinds::{ActionId, EnumId, Field, FieldId, KindId, RecordId, Type, TypeId, VariantId};
use nbc_model::value::StageId;
use nbc_model::world::EntityId;
use nbc_source::Span;
use nbc_syntax::ast::{self, AstNode};
use nbc_syntax::{SyntaxKind, SyntaxNode, SyntaxToken, TextRange};

use super::place::{Holder, View};

/// Something that has a name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Symbol {
    Entity(EntityId),
    Kind(KindId),
    Field(Home, FieldId),
    Enum(EnumId),
    EnumValue(EnumId, u16),
    Record(RecordId),
    Variant(VariantId),
    Case(VariantId, u16),
    Type(TypeId),
    Action(ActionId),
    Stage(StageId),
    /// A `let`, a function or a rule, by the place of its name or declaration.
    Global(Global, Span),
    /// A variable, by the place that introduces it.
    Local(Span),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Global {
    Let(nbc_model::expression::LetId),
    Function(nbc_model::expression::FunctionId),
    /// By its position in the model.
    Rule(usize),
}

impl<'a> View<'a> {
    /// What a token means.
    pub fn symbol(&self, token: &SyntaxToken) -> Option<Symbol> {
        use SyntaxKind::*;
        if !matches!(token.kind(), NAME | TYPE_NAME | QUALIFIED_NAME | TEXT | KEYWORD) {
            return None;
        }
        let node = token.parent()?;
        if token.kind() == KEYWORD {
            return None;
        }
        let text = text_of(token);
        let is_first = first_name(&node).as_ref() == Some(token);
        match node.kind() {
            INSTANCE if is_first => self.kind(&text),
            INSTANCE => {
                let instance = ast::Instance::cast(node)?;
                instance.handle()?;
                self.instance(&instance).map(Symbol::Entity)
            }
            EXTENDS_CLAUSE => self.extended(&node.parent()?, &text),
            ITEM => self.key(&node, &text),
            TAGGED_VALUE => self.value_of(&self.expected(&node)?, &text, &node),
            PATH => {
                let segments = ast::Path::cast(node.clone())?.segments();
                self.path(&segments.map(|key| (key.text().into_owned(), key.range())).collect::<Vec<_>>(), token, &node)
            }
            PATH_EXPR => {
                let path = ast::PathExpr::cast(node.clone())?;
                let segments: Vec<_> =
                    path.segments().map(|segment| (segment.text().into_owned(), segment.range())).collect();
                self.expression_path(&segments, token, &node)
            }
            NAMED_TYPE => self.named_type(&text),
            KIND_DECL | SUBJECT if is_first => self.kind(&text),
            SUBJECT | FOR_DECL | QUANTIFIER_EXPR | COMPREHENSION | PARAMETER => {
                Some(Symbol::Local(self.span(token.text_range())))
            }
            ENUM_DECL | EXTEND_ENUM_DECL | RECORD_DECL | VARIANT_DECL | TYPE_DECL => self.named_type(&text),
            FIELD | COMPUTED_FIELD => self.declared_field(&node, &text),
            ENUM_VALUE | CASE => {
                let declaration =
                    node.ancestors().find(|node| matches!(node.kind(), ENUM_DECL | EXTEND_ENUM_DECL | VARIANT_DECL))?;
                let ty = self.type_named(first_name(&declaration)?.text())?;
                self.value_of(&ty, &text, &node)
            }
            ACTION => {
                let kind = node.ancestors().find_map(ast::KindDecl::cast)?.name()?;
                let kind = self.model().kind(kind.text())?;
                self.model().kinds.action_on(kind, self.model().names.find(&text)?).map(Symbol::Action)
            }
            GRANTS_CLAUSE | ACCESS => {
                self.model().names.find(&text).and_then(|name| self.model().kinds.action_of(name)).map(Symbol::Action)
            }
            STAGE_DECL | IN_STAGE_CLAUSE => self.stage_named(&text).map(Symbol::Stage),
            LET_DECL | FN_DECL | CALL_EXPR => self.global(&text),
            RULE_DECL | WAIVER_DECL | RULE_VERDICT | BECAUSE_CLAUSE => self.rule(&text),
            _ => None,
        }
    }

    fn kind(&self, name: &str) -> Option<Symbol> {
        self.model().kind(name).map(Symbol::Kind)
    }

    fn extended(&self, declaration: &SyntaxNode, name: &str) -> Option<Symbol> {
        if declaration.kind() == SyntaxKind::STAGE_DECL {
            return self.stage_named(name).map(Symbol::Stage);
        }
        let kind = match declaration.kind() {
            SyntaxKind::INSTANCE => self.model().kind(first_name(declaration)?.text())?,
            _ => match self.item_type(declaration)? {
                Type::Entity(kind) => kind,
                _ => return None,
            },
        };
        self.entity(kind, name, declaration).map(Symbol::Entity)
    }

    fn key(&self, item: &SyntaxNode, name: &str) -> Option<Symbol> {
        match self.holder(&item.parent()?)? {
            Holder::Entries(key, _) => self.value_of(&key, name, item),
            holder => {
                let (id, _) = self.field(&holder, name)?;
                let Holder::Fields(home, _) = holder else { return None };
                Some(Symbol::Field(home, id))
            }
        }
    }

    /// What a name means where a value of this type is expected.
    pub fn value_of(&self, ty: &Type, name: &str, node: &SyntaxNode) -> Option<Symbol> {
        let model = self.model();
        match model.kinds.base(ty) {
            Type::Entity(kind) => self.entity(*kind, name, node).map(Symbol::Entity),
            Type::Enum(of) => {
                let at = model.kinds.enums[*of].values.iter().position(|value| model.text(value.name) == name)?;
                Some(Symbol::EnumValue(*of, at as u16))
            }
            Type::Variant(of) => {
                let at = model.kinds.variants[*of].cases.iter().position(|case| model.text(case.name) == name)?;
                Some(Symbol::Case(*of, at as u16))
            }
            Type::Permission => model.names.find(name).and_then(|name| model.kinds.action_of(name)).map(Symbol::Action),
            Type::OneOf(types) => types.iter().find_map(|ty| self.value_of(ty, name, node)),
            _ => None,
        }
    }

    /// `group.ml.quota.cpu`: the kind, the declaration, then fields.
    fn path(&self, segments: &[(String, TextRange)], token: &SyntaxToken, node: &SyntaxNode) -> Option<Symbol> {
        let [(kind, first), rest @ ..] = segments else { return None };
        let kind = self.model().kind(kind)?;
        if token.text_range() == *first {
            return Some(Symbol::Kind(kind));
        }
        let [(handle, second), rest @ ..] = rest else { return None };
        if token.text_range() == *second {
            return self.entity(kind, handle, node).map(Symbol::Entity);
        }
        self.steps(Type::Entity(kind), rest, token)
    }

    fn steps(&self, mut ty: Type, segments: &[(String, TextRange)], token: &SyntaxToken) -> Option<Symbol> {
        for (name, range) in segments {
            if *range == token.text_range()
                && let Type::Map(key, _) = self.model().kinds.base(&ty)
            {
                return self.value_of(&key.clone(), name, &token.parent()?);
            }
            let (field, next) = self.step(&ty, name)?;
            if *range == token.text_range() {
                return field.map(|(home, id)| Symbol::Field(home, id));
            }
            ty = next;
        }
        None
    }

    fn expression_path(
        &self,
        segments: &[(String, TextRange)],
        token: &SyntaxToken,
        node: &SyntaxNode,
    ) -> Option<Symbol> {
        let [(name, first), rest @ ..] = segments else { return None };
        let is_here = token.text_range() == *first;
        if let Some((place, ty)) = self.variable(name, node) {
            return if is_here { Some(Symbol::Local(place)) } else { self.steps(ty?, rest, token) };
        }
        if rest.is_empty() {
            return self.bare(name, node);
        }
        if let Some(kind) = self.model().kind(name) {
            let has_one = self.entity(kind, &rest.first()?.0, node).is_some();
            if has_one || is_here {
                return self.path(segments, token, node);
            }
            return self.steps(Type::Entity(kind), rest, token);
        }
        if let Some(ty) = self.type_named(name).filter(|ty| matches!(ty, Type::Enum(_))) {
            return if is_here { self.named_type(name) } else { self.value_of(&ty, &rest.first()?.0, node) };
        }
        let home = self.own_type(node)?;
        let (field, ty) = self.step(&home, name)?;
        if is_here {
            return field.map(|(home, id)| Symbol::Field(home, id));
        }
        self.steps(ty, rest, token)
    }

    /// A name alone: what fits the place, a field of the kind it stands in, a `let`, or the one thing of that name.
    fn bare(&self, name: &str, node: &SyntaxNode) -> Option<Symbol> {
        if let Some(found) = self.expected(node).and_then(|ty| self.value_of(&ty, name, node)) {
            return Some(found);
        }
        if let Some((Some((home, id)), _)) = self.own_type(node).and_then(|home| self.step(&home, name)) {
            return Some(Symbol::Field(home, id));
        }
        self.global(name).or_else(|| self.kind(name)).or_else(|| {
            let model = self.model();
            let handle = model.names.find(name)?;
            let mut named = model.entities.iter().filter(|(_, row)| row.handle == handle && row.owner.is_none());
            named.next().map(|(id, _)| Symbol::Entity(id))
        })
    }

    /// The kind or record whose fields a bare name can mean.
    pub fn own_type(&self, node: &SyntaxNode) -> Option<Type> {
        for above in node.ancestors() {
            match above.kind() {
                SyntaxKind::KIND_DECL | SyntaxKind::INSTANCE => {
                    return self.model().kind(first_name(&above)?.text()).map(Type::Entity);
                }
                SyntaxKind::RECORD_DECL => return self.type_named(first_name(&above)?.text()),
                _ => {}
            }
        }
        None
    }

    /// The type of a field of the kind or record around a node.
    pub fn own_step(&self, name: &str, node: &SyntaxNode) -> Option<Type> {
        self.step(&self.own_type(node)?, name).map(|(_, ty)| ty)
    }

    /// The variable of that name around a node: where it is introduced, and its type.
    pub fn variable(&self, name: &str, node: &SyntaxNode) -> Option<(Span, Option<Type>)> {
        let found = self.introduced(node).into_iter().find(|(token, _)| token.text() == name);
        found.map(|(token, ty)| (self.span(token.text_range()), ty))
    }

    /// The variables around a node, innermost first.
    pub fn variables(&self, node: &SyntaxNode) -> Vec<(String, Option<Type>)> {
        self.introduced(node).into_iter().map(|(token, ty)| (token.text().to_owned(), ty)).collect()
    }

    fn introduced(&self, node: &SyntaxNode) -> Vec<(SyntaxToken, Option<Type>)> {
        let mut all = Vec::new();
        for above in node.ancestors() {
            match above.kind() {
                SyntaxKind::RULE_DECL => {
                    let subjects = ast::RuleDecl::cast(above).into_iter().flat_map(|rule| rule.subjects());
                    all.extend(subjects.filter_map(|subject| {
                        let kind = subject.kind_ref().and_then(|kind| self.model().kind(kind.text()));
                        Some((subject.name()?.token().clone(), kind.map(Type::Entity)))
                    }));
                }
                SyntaxKind::FN_DECL => {
                    let parameters = ast::FnDecl::cast(above).into_iter().flat_map(|function| function.parameters());
                    all.extend(parameters.filter_map(|parameter| {
                        let ty = parameter.type_().and_then(|ty| self.written_type(&ty));
                        Some((parameter.name()?.token().clone(), ty))
                    }));
                }
                SyntaxKind::QUANTIFIER_EXPR | SyntaxKind::FOR_DECL => all.extend(self.element(&above)),
                SyntaxKind::LIST_EXPR => {
                    let each = above.children().find(|child| child.kind() == SyntaxKind::COMPREHENSION);
                    all.extend(each.and_then(|each| self.element(&each)));
                }
                _ => {}
            }
        }
        all
    }

    /// The variable that a node runs over the elements of a list.
    fn element(&self, node: &SyntaxNode) -> Option<(SyntaxToken, Option<Type>)> {
        let token = first_name(node)?;
        let list = node.children().next();
        let ty = list.and_then(|list| match self.type_of(&list)? {
            Type::List(element, _) => Some(*element),
            Type::Entity(kind) => Some(Type::Entity(kind)),
            _ => None,
        });
        Some((token, ty))
    }

    /// A type by its name.
    pub fn type_named(&self, name: &str) -> Option<Type> {
        self.model().kinds.type_of(self.model().names.find(name)?).cloned()
    }

    fn named_type(&self, name: &str) -> Option<Symbol> {
        if let Some(kind) = self.kind(name) {
            return Some(kind);
        }
        match self.type_named(name)? {
            Type::Enum(id) => Some(Symbol::Enum(id)),
            Type::Record(id) => Some(Symbol::Record(id)),
            Type::Variant(id) => Some(Symbol::Variant(id)),
            Type::Named(id) => Some(Symbol::Type(id)),
            _ => None,
        }
    }

    fn declared_field(&self, field: &SyntaxNode, name: &str) -> Option<Symbol> {
        let above = field
            .ancestors()
            .find(|node| matches!(node.kind(), SyntaxKind::KIND_DECL | SyntaxKind::RECORD_DECL | SyntaxKind::CASE))?;
        let holder = match above.kind() {
            SyntaxKind::KIND_DECL => Home::Kind(self.model().kind(first_name(&above)?.text())?),
            SyntaxKind::CASE => match self.symbol(&first_name(&above)?)? {
                Symbol::Case(of, at) => Home::Case(of, at),
                _ => return None,
            },
            _ => match self.type_named(first_name(&above)?.text())? {
                Type::Record(id) => Home::Record(id),
                _ => return None,
            },
        };
        self.field(&Holder::Fields(holder, None), name).map(|(id, _)| Symbol::Field(holder, id))
    }

    fn global(&self, name: &str) -> Option<Symbol> {
        let model = self.model();
        let interned = model.names.find(name)?;
        if let Some(id) = model.globals.let_named(interned, self.file) {
            return Some(Symbol::Global(Global::Let(id), model.globals.lets[id].span));
        }
        let id = model.globals.function_named(interned, self.file)?;
        Some(Symbol::Global(Global::Function(id), model.globals.functions[id].span))
    }

    fn rule(&self, name: &str) -> Option<Symbol> {
        let model = self.model();
        let at = model.rules.iter().position(|rule| model.text(rule.name) == name)?;
        Some(Symbol::Global(Global::Rule(at), model.rules.get(at)?.span))
    }

    /// Where a symbol is declared. `None` for what is built in.
    pub fn declared_at(&self, symbol: Symbol) -> Option<Span> {
        let model = self.model();
        let kinds = &model.kinds;
        let span = match symbol {
            Symbol::Entity(id) => model.entities[id].span,
            Symbol::Kind(id) => kinds.kinds[id].span,
            Symbol::Field(home, id) => self.field_of(home, id)?.span,
            Symbol::Enum(id) => kinds.enums[id].span,
            Symbol::EnumValue(of, at) => kinds.enums[of].values.get(usize::from(at))?.span,
            Symbol::Record(id) => kinds.records[id].span,
            Symbol::Variant(id) => kinds.variants[id].span,
            Symbol::Case(of, at) => kinds.variants[of].cases.get(usize::from(at))?.span,
            Symbol::Type(id) => kinds.types[id].span,
            Symbol::Action(id) => kinds.actions[id].span,
            Symbol::Stage(id) => model.stages[id].span,
            Symbol::Global(_, span) | Symbol::Local(span) => span,
        };
        (!span.is_empty()).then_some(span)
    }

    /// The field of a symbol.
    pub fn field_of(&self, home: Home, id: FieldId) -> Option<&'a Field> {
        self.fields(&Holder::Fields(home, None))?.row(id)
    }

    /// The name of a symbol as it is written.
    pub fn name_of(&self, symbol: Symbol) -> Option<String> {
        let model = self.model();
        let kinds = &model.kinds;
        let name = match symbol {
            Symbol::Entity(id) => model.entities[id].handle,
            Symbol::Kind(id) => kinds.kinds[id].name,
            Symbol::Field(home, id) => self.field_of(home, id)?.name,
            Symbol::Enum(id) => kinds.enums[id].name,
            Symbol::EnumValue(of, at) => kinds.enums[of].values.get(usize::from(at))?.name,
            Symbol::Record(id) => kinds.records[id].name,
            Symbol::Variant(id) => kinds.variants[id].name,
            Symbol::Case(of, at) => kinds.variants[of].cases.get(usize::from(at))?.name,
            Symbol::Type(id) => kinds.types[id].name,
            Symbol::Action(id) => kinds.actions[id].name,
            Symbol::Stage(id) => model.stages[id].name,
            Symbol::Global(Global::Let(id), _) => model.globals.lets[id].name,
            Symbol::Global(Global::Function(id), _) => model.globals.functions[id].name,
            Symbol::Global(Global::Rule(at), _) => model.rules.get(at)?.name,
            Symbol::Local(span) => return Some(self.analysis.sources().text(span).to_owned()),
        };
        Some(model.text(name).to_owned())
    }
}

/// The first name among the tokens of a node itself.
pub fn first_name(node: &SyntaxNode) -> Option<SyntaxToken> {
    let tokens = node.children_with_tokens().filter_map(|element| element.into_token());
    tokens
        .into_iter()
        .find(|token| matches!(token.kind(), SyntaxKind::NAME | SyntaxKind::TYPE_NAME | SyntaxKind::QUALIFIED_NAME))
}

/// What a name says; a quoted one without its quotes.
fn text_of(token: &SyntaxToken) -> String {
    match token.kind() {
        SyntaxKind::TEXT => nbc_syntax::literal::text(token.text()).plain().unwrap_or_default().into_owned(),
        _ => token.text().to_owned(),
    }
}
