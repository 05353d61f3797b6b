//! A place in a file: the token there, and the type that is expected of what stands there.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::rc::Rc;

use nbc_driver::Analysis;
use nbc_model::Model;
use nbc_model::expression::scope::Home;
use nbc_model::index::Table;
use nbc_model::kinds::{Field, FieldId, KindId, Type};
use nbc_model::names::Name;
use nbc_model::value::{Layer, StageId, Value};
use nbc_model::world::EntityId;
use nbc_source::{FileId, Span};
use nbc_syntax::ast::{self, AstNode};
use nbc_syntax::{SyntaxKind, SyntaxNode, SyntaxToken, TextRange, TextSize};

/// One `.nbc` file of an analysed workspace.
#[derive(Clone, Debug)]
pub struct View<'a> {
    pub analysis: &'a Analysis,
    pub file: FileId,
    pub root: SyntaxNode,
    /// Declarations by kind and handle, made at the first question.
    named: Rc<OnceCell<Named>>,
}

type Named = HashMap<(KindId, Name), Vec<EntityId>>;

/// What stands between two braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Fields, and of a declaration its handle: a pack has fields of its own.
    Fields(Home, Option<Name>),
    /// Entries of a map.
    Entries(Type, Type),
}

impl<'a> View<'a> {
    /// `None` for a file that is no `.nbc` file of the workspace.
    pub fn new(analysis: &'a Analysis, file: FileId) -> Option<View<'a>> {
        let parsed = analysis.workspace.parsed.iter().find(|parsed| parsed.file == file)?;
        Some(View { analysis, file, root: parsed.parse.syntax(), named: Rc::default() })
    }

    /// The same file with another text.
    pub fn with_root(&self, root: SyntaxNode) -> View<'a> {
        View { root, ..self.clone() }
    }

    pub fn model(&self) -> &'a Model {
        &self.analysis.model
    }

    pub fn span(&self, range: TextRange) -> Span {
        Span::new(self.file, range.start().into()..range.end().into())
    }

    /// The token at a byte; between two the one that is a word.
    pub fn token(&self, offset: u32) -> Option<SyntaxToken> {
        let end = self.root.text_range().end();
        let at = self.root.token_at_offset(TextSize::new(offset).min(end));
        at.max_by_key(|token| is_word(token.kind()))
    }

    /// The stage whose block a node stands in.
    pub fn stage(&self, node: &SyntaxNode) -> Option<StageId> {
        let name = node.ancestors().find_map(ast::StageDecl::cast)?.name()?;
        self.stage_named(name.text())
    }

    pub fn stage_named(&self, name: &str) -> Option<StageId> {
        let model = self.model();
        model.stages.iter().find(|(_, stage)| model.text(stage.name) == name).map(|(id, _)| id)
    }

    /// The declaration that a name means, seen from a node: one of the same stage, of the base, or a preset.
    pub fn entity(&self, kind: KindId, name: &str, node: &SyntaxNode) -> Option<EntityId> {
        let model = self.model();
        let (package, bare) = match name.split_once('/') {
            Some((package, bare)) => (Some(package), bare),
            None => (None, name),
        };
        let handle = model.names.find(bare)?;
        let stage = self.stage(node);
        let all = self.named.get_or_init(|| {
            let mut all = Named::new();
            for (id, entity) in model.entities.iter().filter(|(_, entity)| entity.owner.is_none()) {
                all.entry((entity.kind, entity.handle)).or_default().push(id);
            }
            all
        });
        // A package knows its own things alone.
        let package = package.or_else(|| package_of(self.analysis.sources().path(self.file)));
        let named = all.get(&(kind, handle))?.iter().map(|id| (*id, &model.entities[*id])).filter(|(_, entity)| {
            package.is_none_or(|package| entity.package.is_some_and(|of| model.text(of) == package))
        });
        let rank = |stage_of: Option<StageId>, is_preset: bool| match (stage_of, is_preset) {
            (Some(of), _) if Some(of) == stage => 0,
            (None, false) => 1,
            (Some(_), false) => 2,
            (_, true) => 3,
        };
        named.min_by_key(|(_, entity)| rank(entity.stage, entity.package.is_some())).map(|(id, _)| id)
    }

    /// The declaration that a node stands in.
    pub fn declaration(&self, node: &SyntaxNode) -> Option<EntityId> {
        let instance = node.ancestors().filter_map(ast::Instance::cast).last()?;
        self.instance(&instance)
    }

    /// What an instance declares.
    pub fn instance(&self, instance: &ast::Instance) -> Option<EntityId> {
        let kind = self.model().kind(instance.kind_ref()?.text())?;
        match instance.handle()? {
            ast::Handle::Name(name) => self.entity(kind, name.text(), instance.syntax()),
            ast::Handle::Foreign(_) => None,
            ast::Handle::Text(text) => {
                let span = self.span(text.range());
                let model = self.model();
                model.entities.iter().find(|(_, entity)| entity.kind == kind && entity.span == span).map(|(id, _)| id)
            }
        }
    }

    /// What the braces of a body hold.
    pub fn holder(&self, body: &SyntaxNode) -> Option<Holder> {
        let model = self.model();
        let parent = body.parent()?;
        match parent.kind() {
            SyntaxKind::INSTANCE => {
                let instance = ast::Instance::cast(parent)?;
                let kind = model.kind(instance.kind_ref()?.text())?;
                let handle = match instance.handle() {
                    Some(ast::Handle::Name(name)) => model.names.find(name.text()),
                    Some(ast::Handle::Text(_) | ast::Handle::Foreign(_)) | None => None,
                };
                Some(Holder::Fields(Home::Kind(kind), handle))
            }
            SyntaxKind::TAGGED_VALUE => {
                let tag = ast::TaggedValue::cast(parent.clone())?.tag()?;
                let Type::Variant(of) = *model.kinds.base(&self.expected(&parent)?) else { return None };
                let cases = &model.kinds.variants[of].cases;
                let at = cases.iter().position(|case| model.text(case.name) == tag.text())?;
                Some(Holder::Fields(Home::Case(of, at as u16), None))
            }
            _ => self.holder_of(&self.expected(body)?),
        }
    }

    /// What braces hold where a value of this type is expected.
    pub fn holder_of(&self, ty: &Type) -> Option<Holder> {
        match self.model().kinds.base(ty) {
            Type::Record(id) => Some(Holder::Fields(Home::Record(*id), None)),
            Type::Entity(kind) => Some(Holder::Fields(Home::Kind(*kind), None)),
            Type::Map(key, value) => Some(Holder::Entries((**key).clone(), (**value).clone())),
            Type::OneOf(types) => types.iter().find_map(|ty| self.holder_of(ty)),
            _ => None,
        }
    }

    /// The fields of a holder, in their order.
    pub fn fields(&self, holder: &Holder) -> Option<&'a Table<FieldId, Field>> {
        let kinds = &self.model().kinds;
        match holder {
            Holder::Fields(Home::Kind(kind), _) => Some(&kinds.kinds[*kind].fields),
            Holder::Fields(Home::Record(id), _) => Some(&kinds.records[*id].fields),
            Holder::Fields(Home::Case(of, at), _) => {
                kinds.variants[*of].cases.get(usize::from(*at)).map(|case| &case.fields)
            }
            Holder::Fields(Home::None, _) | Holder::Entries(..) => None,
        }
    }

    /// A field of a holder by its name.
    pub fn field(&self, holder: &Holder, name: &str) -> Option<(FieldId, &'a Field)> {
        let model = self.model();
        let wanted = model.names.find(name)?;
        let fields = self.fields(holder)?;
        if let Holder::Fields(Home::Kind(kind), Some(handle)) = holder {
            let id = model.kinds.kinds[*kind].field_of(*handle, wanted)?;
            return fields.row(id).map(|field| (id, field));
        }
        fields.iter().find(|(_, field)| field.name == wanted)
    }

    /// The type of what an item says.
    pub fn item_type(&self, item: &SyntaxNode) -> Option<Type> {
        let key = ast::Item::cast(item.clone())?.key()?;
        match self.holder(&item.parent()?)? {
            Holder::Entries(_, value) => Some(value),
            holder => self.field(&holder, &key.text()).map(|(_, field)| field.ty.clone()),
        }
    }

    /// The type that is expected of a value, where it stands.
    pub fn expected(&self, value: &SyntaxNode) -> Option<Type> {
        let parent = value.parent()?;
        let is_first = parent.first_child().as_ref() == Some(value);
        match parent.kind() {
            SyntaxKind::ITEM => self.item_type(&parent),
            SyntaxKind::CHANGE => self.path_type(&ast::Change::cast(parent)?.path()?),
            SyntaxKind::LIST_EXPR => match self.model().kinds.base(&self.expected(&parent)?) {
                Type::List(element, _) => Some((**element).clone()),
                _ => None,
            },
            SyntaxKind::DATED_ELEMENT if is_first => self.expected(&parent),
            SyntaxKind::DATED_ELEMENT => Some(Type::Date),
            SyntaxKind::IF_EXPR if is_first => Some(Type::Bool),
            SyntaxKind::IF_EXPR | SyntaxKind::PAREN_EXPR | SyntaxKind::OTHERWISE_EXPR => self.expected(&parent),
            SyntaxKind::DEFAULT => {
                let field = ast::Field::cast(parent.parent()?)?;
                self.written_type(&field.type_()?)
            }
            SyntaxKind::LET_DECL => self.written_type(&ast::LetDecl::cast(parent)?.type_()?),
            SyntaxKind::COMPARISON_EXPR => {
                let other = parent.children().find(|child| child != value)?;
                let ty = self.type_of(&other)?;
                match self.model().kinds.base(&ty) {
                    Type::List(element, _) if !is_first => Some((**element).clone()),
                    _ => Some(ty),
                }
            }
            _ => None,
        }
    }

    /// A type as it is written: one name, or a list of it.
    pub fn written_type(&self, ty: &ast::Type) -> Option<Type> {
        let model = self.model();
        match ty {
            ast::Type::Named(named) => {
                let name = model.names.find(named.name()?.text())?;
                model.kinds.kind_of(name).map(Type::Entity).or_else(|| model.kinds.type_of(name).cloned())
            }
            ast::Type::List(list) => {
                let element = self.written_type(&list.element()?)?;
                Some(Type::List(Box::new(element), nbc_model::kinds::Dated::No))
            }
            ast::Type::Map(map) => {
                Some(Type::Map(Box::new(self.written_type(&map.key()?)?), Box::new(self.written_type(&map.value()?)?)))
            }
            ast::Type::Union(union) => union.alternatives().find_map(|ty| self.written_type(&ty)),
        }
    }

    /// The type that was worked out for an expression.
    pub fn type_of(&self, expression: &SyntaxNode) -> Option<Type> {
        let span = self.span(own_range(expression));
        let expressions = &self.model().expressions;
        expressions.iter().find(|(_, bound)| bound.span == span).map(|(_, bound)| bound.ty.clone())
    }

    /// The type at the end of a path such as `group.ml.quota.cpu`.
    fn path_type(&self, path: &ast::Path) -> Option<Type> {
        let segments: Vec<ast::Key> = path.segments().collect();
        let [kind, handle, steps @ ..] = segments.as_slice() else { return None };
        let kind = self.model().kind(&kind.text())?;
        let handle = self.model().names.find(&handle.text());
        let mut holder = Holder::Fields(Home::Kind(kind), handle);
        let mut ty = Type::Entity(kind);
        for step in steps {
            ty = match &holder {
                Holder::Entries(_, value) => value.clone(),
                Holder::Fields(..) => self.field(&holder, &step.text())?.1.ty.clone(),
            };
            match self.holder_of(&ty) {
                Some(next) => holder = next,
                None => holder = Holder::Fields(Home::None, None),
            }
        }
        Some(ty)
    }

    /// What a step into a value of this type is: a field, or the type of an entry.
    pub fn step(&self, ty: &Type, name: &str) -> Option<(Option<(Home, FieldId)>, Type)> {
        match self.model().kinds.base(ty) {
            Type::OneOf(types) => types.iter().find_map(|ty| self.step(ty, name)),
            Type::Variant(of) => {
                let cases = self.model().kinds.variants[*of].cases.len();
                (0..cases as u16).find_map(|at| {
                    let holder = Holder::Fields(Home::Case(*of, at), None);
                    let (id, field) = self.field(&holder, name)?;
                    Some((Some((Home::Case(*of, at), id)), field.ty.clone()))
                })
            }
            other => match self.holder_of(other)? {
                Holder::Entries(_, value) => Some((None, value)),
                holder => {
                    let (id, field) = self.field(&holder, name)?;
                    let Holder::Fields(home, _) = holder else { return None };
                    Some((Some((home, id)), field.ty.clone()))
                }
            },
        }
    }
}

/// The package that a file belongs to: `std`, or the folder below `packages`.
fn package_of(path: &str) -> Option<&str> {
    let (first, rest) = path.split_once('/')?;
    match first {
        "std" => Some(first),
        "packages" => rest.split_once('/').map(|(package, _)| package),
        _ => None,
    }
}

/// Whether a token is what people point at.
fn is_word(kind: SyntaxKind) -> bool {
    use SyntaxKind::*;
    matches!(
        kind,
        NAME | KEYWORD | TYPE_NAME | QUALIFIED_NAME | NUMBER | QUANTITY | MONEY | DATE | TEXT | VERBATIM | FOREIGN_WORD
    )
}

/// Where a node stands without the space and comments in front of it.
pub fn own_range(node: &SyntaxNode) -> TextRange {
    let first = node.children_with_tokens().find(|element| !element.kind().is_trivia());
    let start = first.map_or(node.text_range().start(), |first| first.text_range().start());
    TextRange::new(start, node.text_range().end())
}

/// What a person is called, or what somebody titled a thing: never only its identifier in other letters.
pub fn people_name(model: &Model, entity: EntityId) -> Option<String> {
    let world = model.worlds.iter().find(|world| world.has(entity))?;
    let text = |field: &str| {
        let slot = model.slot_named(world, entity, field)?;
        match slot.value {
            Value::Text(name) if model.origin(slot.origin).layer != Layer::Default => Some(model.text(name).to_owned()),
            _ => None,
        }
    };
    let parts: Vec<String> = ["first-name", "last-name"].iter().filter_map(|field| text(field)).collect();
    if parts.is_empty() { text("title") } else { Some(parts.join(" ")) }
}
