//! `nbc graph`: declarations and what they refer to, as dot, mermaid, or SVG laid out here.

use std::collections::{BTreeMap, BTreeSet};

use nbc_graph::Dependencies;
use nbc_model::Model;
use nbc_model::value::Value;
use nbc_model::world::{EntityId, World};

use super::show::entity_at;

/// Which part of the graph is drawn.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Around this declaration.
    pub focus: Option<String>,
    /// So many references away; 1 where nothing is said.
    pub depth: Option<usize>,
    /// What refers to this declaration, directly or through others.
    pub affected_by: Option<String>,
}

/// Graphviz.
///
/// # Errors
/// When the selection names nothing.
pub fn dot(model: &Model, world: &World, selection: &Selection) -> Result<String, String> {
    let graph = select(model, world, selection)?;
    let mut text = String::from("digraph nbc {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n");
    for node in graph.nodes() {
        text += &format!("  \"{}\";\n", quoted(&model.path(node)));
    }
    for (from, to) in graph.edges() {
        text += &format!("  \"{}\" -> \"{}\";\n", quoted(&model.path(from)), quoted(&model.path(to)));
    }
    text += "}\n";
    Ok(text)
}

/// Mermaid, as GitHub and GitLab draw it.
///
/// # Errors
/// As [`dot`].
pub fn mermaid(model: &Model, world: &World, selection: &Selection) -> Result<String, String> {
    let graph = select(model, world, selection)?;
    let number = |node: EntityId| nbc_model::index::Id::index(node);
    let mut text = String::from("graph LR\n");
    for node in graph.nodes() {
        text += &format!("  n{}[\"{}\"]\n", number(node), quoted(&model.path(node)));
    }
    for (from, to) in graph.edges() {
        text += &format!("  n{} --> n{}\n", number(from), number(to));
    }
    Ok(text)
}

/// One SVG file without scripts or outside parts: columns by rank, what refers to nothing at the right.
///
/// # Errors
/// As [`dot`].
pub fn svg(model: &Model, world: &World, selection: &Selection) -> Result<String, String> {
    let graph = select(model, world, selection)?;
    Ok(draw(model, &graph))
}

/// Every reference from a declaration to another, parents and owned blocks included.
pub fn references(model: &Model, world: &World) -> BTreeSet<(EntityId, EntityId)> {
    let mut edges = BTreeSet::new();
    for from in model.entities.ids() {
        let Some(fields) = world.fields(from) else { continue };
        if let Some(parent) = model.family(world, from).get(1).filter(|parent| world.has(**parent)) {
            edges.insert((from, *parent));
        }
        for slot in model.slots(fields) {
            model.store.walk(*slot, &mut |inside| match inside.value {
                Value::Entity(to) if to != from => {
                    edges.insert((from, to));
                }
                _ => {}
            });
        }
    }
    edges
}

fn select(model: &Model, world: &World, selection: &Selection) -> Result<Dependencies<EntityId>, String> {
    let nodes = model.entities.ids().filter(|entity| world.has(*entity));
    let mut graph = Dependencies::new(nodes, references(model, world));
    if let Some(path) = &selection.affected_by {
        let entity = entity_at(model, world, path)?;
        graph = graph.only(&graph.affected_by(entity));
    }
    if let Some(path) = &selection.focus {
        let entity = entity_at(model, world, path)?;
        graph = graph.only(&graph.around(entity, selection.depth.unwrap_or(1)));
    }
    Ok(graph)
}

fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

const COLUMN: usize = 260;
const ROW: usize = 34;
const BOX_WIDTH: usize = 200;
const BOX_HEIGHT: usize = 24;
const MARGIN: usize = 16;

fn draw(model: &Model, graph: &Dependencies<EntityId>) -> String {
    let mut ranks = graph.ranks();
    ranks.reverse();
    let rows = ranks.iter().map(Vec::len).max().unwrap_or(0);
    let (width, height) = (ranks.len() * COLUMN + MARGIN, rows * ROW + 2 * MARGIN);
    let mut places: BTreeMap<EntityId, (usize, usize)> = BTreeMap::new();
    for (column, rank) in ranks.iter().enumerate() {
        let rows = rank.iter().enumerate();
        places.extend(rows.map(|(row, node)| (*node, (MARGIN + column * COLUMN, MARGIN + row * ROW))));
    }
    let place = |node: EntityId| places.get(&node).copied();
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n"
    );
    for (from, to) in graph.edges() {
        if let (Some((x1, y1)), Some((x2, y2))) = (place(from), place(to)) {
            let (start, middle) = (x1 + BOX_WIDTH, BOX_HEIGHT / 2);
            text += &format!(
                "<path d=\"M{start} {} C{} {} {} {} {x2} {}\" fill=\"none\" stroke=\"#888\"/>\n",
                y1 + middle,
                start + 30,
                y1 + middle,
                x2.saturating_sub(30),
                y2 + middle,
                y2 + middle
            );
        }
    }
    for node in graph.nodes() {
        if let Some((x, y)) = place(node) {
            text += &format!(
                "<rect x=\"{x}\" y=\"{y}\" width=\"{BOX_WIDTH}\" height=\"{BOX_HEIGHT}\" rx=\"4\" fill=\"#fff\" stroke=\"#333\"/>\n\
                 <text x=\"{}\" y=\"{}\">{}</text>\n",
                x + 8,
                y + 16,
                escaped(&model.path(node))
            );
        }
    }
    text += "</svg>\n";
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
