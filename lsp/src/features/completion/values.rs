//! Values: declarations by what people call them, words of enums, units, names in expressions.

use nbc_model::expression::builtins::Builtin;
use nbc_model::kinds::{KindId, Type};
use nbc_model::value::{Dimension, Per};
use nbc_model::world::EntityId;
use nbc_syntax::ast::{self, AstNode};
use nbc_syntax::{SyntaxKind, SyntaxNode, SyntaxToken};

use super::super::hover::signature;
use super::super::place::{View, people_name};
use super::{Completion, Sort};

/// What can stand where a value of this type is expected.
pub(super) fn of_type(view: &View<'_>, ty: &Type, node: &SyntaxNode) -> Vec<Completion> {
    let model = view.model();
    let plain = |words: &[(&str, &str)]| {
        let word = |(word, doc): &(&str, &str)| value(word, "", doc, Sort::Value);
        words.iter().map(word).collect()
    };
    match model.kinds.base(ty) {
        Type::Bool => plain(&[("true", ""), ("false", "")]),
        Type::Entity(kind) => declarations(view, *kind, node),
        Type::Enum(of) => {
            let of = &model.kinds.enums[*of];
            let word = |found: &nbc_model::kinds::EnumValue| {
                value(model.text(found.name), model.text(of.name), &found.title, Sort::Value)
            };
            of.values.iter().map(word).collect()
        }
        Type::Variant(of) => {
            let of = &model.kinds.variants[*of];
            let case = |case: &nbc_model::kinds::VariantCase| {
                let name = model.text(case.name);
                let mut found = value(name, model.text(of.name), "", Sort::Value);
                if !case.fields.is_empty() {
                    found.insert = format!("{name} {{ $1 }}");
                }
                found
            };
            of.cases.iter().map(case).collect()
        }
        Type::Permission => actions(view),
        Type::OneOf(types) => types.iter().flat_map(|ty| of_type(view, ty, node)).collect(),
        Type::Quantity(dimension) => samples(view, *dimension),
        Type::List(element, _) => {
            let mut all = of_type(view, element, node);
            all.iter_mut().for_each(|found| found.insert = format!("[{}$1]", found.insert));
            all
        }
        Type::Date => vec![value(&today(view), "year-month-day", "", Sort::Value)],
        Type::Invalid | Type::Int | Type::Count | Type::Text | Type::Named(_) | Type::Record(_) | Type::Map(..) => {
            Vec::new()
        }
    }
}

fn value(word: &str, detail: &str, documentation: &str, sort: Sort) -> Completion {
    Completion {
        label: word.to_owned(),
        detail: detail.to_owned(),
        documentation: documentation.to_owned(),
        insert: word.to_owned(),
        sort,
        rank: (0, 0),
    }
}

fn today(view: &View<'_>) -> String {
    view.model().worlds.first().map_or_else(|| "2027-01-31".to_owned(), |world| world.as_of.to_string())
}

/// Everything of a kind that can be named here, by what people call it.
fn declarations(view: &View<'_>, kind: KindId, node: &SyntaxNode) -> Vec<Completion> {
    let model = view.model();
    let listed = listed(node);
    let itself = view.declaration(node);
    let stage = view.stage(node);
    let visible = model.entities.iter().filter(|(_, row)| {
        row.kind == kind && row.owner.is_none() && row.test.is_none() && (row.stage.is_none() || row.stage == stage)
    });
    let kind = model.text(model.kinds.kinds[kind].name);
    let offered = visible.filter_map(|(id, row)| {
        let handle = model.handle(id);
        let insert = match row.package {
            Some(package) => format!("{}/{handle}", model.text(package)),
            None => handle.to_owned(),
        };
        if listed.contains(&insert) || itself == Some(id) {
            return None;
        }
        let nearness = match (row.span.file == view.file, row.package) {
            (true, _) => 0,
            (false, None) => 1,
            (false, Some(_)) => 2,
        };
        Some(declaration(view, id, insert, kind, nearness))
    });
    offered.collect()
}

fn declaration(view: &View<'_>, id: EntityId, insert: String, kind: &str, nearness: u8) -> Completion {
    let model = view.model();
    let (label, detail) = match people_name(model, id) {
        Some(called) => (called, insert.clone()),
        None => (insert.clone(), kind.to_owned()),
    };
    let documentation = model.entities[id].doc.clone();
    Completion { label, detail, documentation, insert, sort: Sort::Declaration, rank: (0, nearness) }
}

/// What the list around a node names already.
fn listed(node: &SyntaxNode) -> Vec<String> {
    let list = node.ancestors().take(3).find_map(ast::ListExpr::cast);
    let elements = list.into_iter().flat_map(|list| list.elements());
    elements
        .filter(|element| element.syntax() != node)
        .map(|element| {
            let text = element.syntax().text().to_string();
            text.split_whitespace().next().unwrap_or_default().to_owned()
        })
        .collect()
}

/// Every action, by its name.
pub(super) fn actions(view: &View<'_>) -> Vec<Completion> {
    let model = view.model();
    let action = |action: &nbc_model::kinds::Action| {
        value(
            model.text(action.qualified),
            model.text(model.kinds.kinds[action.kind].name),
            &action.title,
            Sort::Function,
        )
    };
    model.kinds.actions.iter().map(|(_, found)| action(found)).collect()
}

/// Quantities of usual sizes.
fn samples(view: &View<'_>, dimension: Dimension) -> Vec<Completion> {
    let money = money(view);
    let samples: Vec<String> = match dimension {
        Dimension::Cpu => ["500m", "1", "2", "4", "8"].map(str::to_owned).to_vec(),
        Dimension::Memory => ["512Mi", "2Gi", "8Gi", "64Gi"].map(str::to_owned).to_vec(),
        Dimension::Storage => ["10Gi", "100Gi", "1Ti"].map(str::to_owned).to_vec(),
        Dimension::Duration => ["30min", "2h", "7d"].map(str::to_owned).to_vec(),
        Dimension::Money => [100, 1_000].map(|amount| written(&money, amount)).to_vec(),
        Dimension::Rate(per) => {
            [100, 1_000].map(|amount| format!("{}/{}", written(&money, amount), period(per))).to_vec()
        }
        Dimension::Percent => ["80%".to_owned()].to_vec(),
        Dimension::Decimal => ["0.5".to_owned()].to_vec(),
    };
    samples
        .iter()
        .enumerate()
        .map(|(at, sample)| Completion { rank: (1, at as u8), ..value(sample, dimension.name(), "", Sort::Value) })
        .collect()
}

fn period(per: Per) -> &'static str {
    match per {
        Per::Hour => "hour",
        Per::Day => "day",
        Per::Month => "month",
        Per::Year => "year",
    }
}

fn money(view: &View<'_>) -> String {
    view.model().currency().to_owned()
}

fn written(currency: &str, amount: u32) -> String {
    match currency {
        "EUR" => format!("€{amount}"),
        "USD" => format!("${amount}"),
        "GBP" => format!("£{amount}"),
        other => format!("{amount}{other}"),
    }
}

/// Units that can follow the number that is being written.
pub(super) fn units(view: &View<'_>, ty: &Type, typed: &str) -> Vec<Completion> {
    let Type::Quantity(dimension) = view.model().kinds.base(ty) else { return Vec::new() };
    let begun = typed.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_' || c == '.');
    let number = typed.strip_suffix(begun).unwrap_or(typed);
    let units: &[(&str, &str)] = match dimension {
        Dimension::Cpu => &[("", "cores"), ("m", "thousandths of a core")],
        Dimension::Memory | Dimension::Storage => &[
            ("Mi", "1024 × 1024 bytes"),
            ("Gi", "1024 Mi"),
            ("Ti", "1024 Gi"),
            ("M", "1000 × 1000 bytes"),
            ("G", "1000 M"),
        ],
        Dimension::Duration => &[("min", "minutes"), ("h", "hours"), ("d", "days"), ("s", "seconds")],
        Dimension::Percent => &[("%", "percent")],
        Dimension::Money | Dimension::Rate(_) | Dimension::Decimal => &[],
    };
    let fitting = units.iter().enumerate().filter(|(_, (unit, _))| unit.starts_with(begun) && *unit != begun);
    fitting
        .map(|(at, (unit, meaning))| Completion {
            label: format!("{number}{unit}"),
            detail: (*meaning).to_owned(),
            documentation: String::new(),
            insert: unit.strip_prefix(begun).unwrap_or(unit).to_owned(),
            sort: Sort::Unit,
            rank: (0, at as u8),
        })
        .collect()
}

/// A path in an expression: its first step is a name, the others fields.
pub(super) fn path(view: &View<'_>, node: &SyntaxNode, token: &SyntaxToken) -> Vec<Completion> {
    let Some(path) = ast::PathExpr::cast(node.clone()) else { return Vec::new() };
    let segments: Vec<_> = path.segments().collect();
    let at = segments.iter().position(|segment| segment.range() == token.text_range()).unwrap_or(0);
    if at == 0 {
        return match view.expected(node) {
            Some(ty) => {
                let mut all = of_type(view, &ty, node);
                let fitting = names(view, node).into_iter().filter(|found| may_give(view, &ty, found));
                all.extend(fitting.map(|found| Completion { rank: (3, found.rank.1), ..found }));
                all
            }
            None => names(view, node),
        };
    }
    let before: Vec<String> = segments.iter().take(at).map(|segment| segment.text().into_owned()).collect();
    let Some(ty) = type_before(view, &before, node) else { return Vec::new() };
    match ty {
        Before::Type(ty) => fields(view, &ty),
        Before::Kind(kind) => declarations(view, kind, node),
    }
}

/// Functions work out numbers and texts; what is a name or one of a few words is written.
fn may_give(view: &View<'_>, ty: &Type, found: &Completion) -> bool {
    let is_written = matches!(
        view.model().kinds.base(ty),
        Type::Entity(_) | Type::Enum(_) | Type::Variant(_) | Type::Permission | Type::Bool | Type::OneOf(_)
    );
    found.sort == Sort::Variable || !is_written
}

enum Before {
    Type(Type),
    Kind(KindId),
}

fn type_before(view: &View<'_>, names: &[String], node: &SyntaxNode) -> Option<Before> {
    let model = view.model();
    let (first, rest) = names.split_first()?;
    let variable = view.variable(first, node).and_then(|(_, ty)| ty);
    let kind = model.kind(first);
    let (mut ty, rest) = match (variable, kind, rest) {
        (Some(ty), _, rest) => (ty, rest),
        (None, Some(kind), []) if first != "platform" => return Some(Before::Kind(kind)),
        (None, Some(kind), [_, rest @ ..]) if first != "platform" => (Type::Entity(kind), rest),
        (None, Some(kind), rest) => (Type::Entity(kind), rest),
        (None, None, rest) => match view.type_named(first) {
            Some(ty) => (ty, rest),
            None => (view.own_step(first, node)?, rest),
        },
    };
    for name in rest {
        ty = view.step(&ty, name)?.1;
    }
    Some(Before::Type(ty))
}

/// The fields behind a dot, or the words of an enum.
fn fields(view: &View<'_>, ty: &Type) -> Vec<Completion> {
    let model = view.model();
    match model.kinds.base(ty) {
        Type::Enum(_) => of_type(view, ty, &view.root),
        Type::OneOf(types) => types.iter().flat_map(|ty| fields(view, ty)).collect(),
        other => {
            let Some(super::Holder::Fields(home, _)) = view.holder_of(other) else { return Vec::new() };
            let holder = super::Holder::Fields(home, None);
            let all = view.fields(&holder).into_iter().flat_map(|fields| fields.iter());
            all.map(|(_, field)| Completion {
                rank: (u8::from(field.every), 0),
                ..value(model.text(field.name), &model.type_text(&field.ty), &field.doc, Sort::Field)
            })
            .collect()
        }
    }
}

/// The path of a change: `group.ml.quota.cpu`.
pub(super) fn slot_path(view: &View<'_>, node: &SyntaxNode, token: &SyntaxToken) -> Vec<Completion> {
    let Some(path) = ast::Path::cast(node.clone()) else { return Vec::new() };
    let segments: Vec<_> = path.segments().collect();
    let at = segments.iter().position(|segment| segment.range() == token.text_range()).unwrap_or(0);
    let model = view.model();
    let names: Vec<String> = segments.iter().take(at).map(|segment| segment.text().into_owned()).collect();
    match names.as_slice() {
        [] => {
            let kinds = model.kinds.kinds.iter();
            kinds.map(|(_, kind)| value(model.text(kind.name), "", &kind.doc, Sort::Kind)).collect()
        }
        [kind] => model.kind(kind).map(|kind| declarations(view, kind, node)).unwrap_or_default(),
        [kind, _, rest @ ..] => {
            let mut ty = model.kind(kind).map(Type::Entity);
            for name in rest {
                ty = ty.and_then(|ty| view.step(&ty, name)).map(|(_, ty)| ty);
            }
            ty.map(|ty| fields(view, &ty)).unwrap_or_default()
        }
    }
}

/// Variables, constants and functions that an expression can begin with; and people, in what a test expects.
pub(super) fn names(view: &View<'_>, node: &SyntaxNode) -> Vec<Completion> {
    let model = view.model();
    let mut all = Vec::new();
    for (name, ty) in view.variables(node) {
        let ty = ty.map(|ty| model.type_text(&ty)).unwrap_or_default();
        all.push(Completion { rank: (0, 0), ..value(&name, &ty, "", Sort::Variable) });
    }
    for (_, found) in model.globals.lets.iter() {
        all.push(Completion {
            rank: (1, 0),
            ..value(model.text(found.name), &model.type_text(&found.ty), "", Sort::Variable)
        });
    }
    for (id, found) in model.globals.functions.iter() {
        let name = model.text(found.name);
        let insert = format!("{name}($1)");
        all.push(Completion { rank: (1, 1), insert, ..value(name, &signature(model, id), "", Sort::Function) });
    }
    for builtin in Builtin::ALL {
        let insert = format!("{}($1)", builtin.name());
        all.push(Completion { rank: (2, 0), insert, ..value(builtin.name(), builtin.usage(), "", Sort::Function) });
    }
    if node.ancestors().any(|node| node.kind() == SyntaxKind::EXPECTATION) {
        all.extend(model.kind("user").map(|kind| declarations(view, kind, node)).unwrap_or_default());
    }
    if let Some(ty) = view.own_type(node).filter(|_| node.ancestors().any(|node| node.kind() == SyntaxKind::KIND_DECL))
    {
        all.extend(fields(view, &ty));
    }
    if node.ancestors().any(|node| matches!(node.kind(), SyntaxKind::RULE_DECL | SyntaxKind::EXPECTATION)) {
        let kinds = model.kinds.kinds.iter();
        all.extend(
            kinds.map(|(_, kind)| Completion {
                rank: (2, 1),
                ..value(model.text(kind.name), "", &kind.doc, Sort::Kind)
            }),
        );
    }
    all
}
