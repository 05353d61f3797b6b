//! Graphs over opaque ids: cycles, order, closure and neighbourhoods. It knows nothing of kinds or files.
//!
//! All answers are sorted by the ids handed in, so that the same edges in any order give the same answer.

use std::collections::BTreeSet;
use std::hash::Hash;

use petgraph::Direction;
use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;

/// What can be a node.
pub trait Node: Copy + Ord + Hash {}

impl<T: Copy + Ord + Hash> Node for T {}

/// Every cycle's nodes, following the edges, starting at the smallest; cycles sorted by their first node.
///
/// Of several cycles through the same nodes one is drawn: the shortest from the smallest node.
pub fn cycles<N: Node>(edges: impl IntoIterator<Item = (N, N)>) -> Vec<Vec<N>> {
    let graph = graph(edges);
    let mut cycles: Vec<Vec<N>> =
        tarjan_scc(&graph).into_iter().filter_map(|component| cycle_in(&graph, component)).collect();
    cycles.sort();
    cycles
}

fn graph<N: Node>(edges: impl IntoIterator<Item = (N, N)>) -> DiGraphMap<N, ()> {
    // Sorted edges make every walk below independent of the order in which they were found.
    let sorted: BTreeSet<(N, N)> = edges.into_iter().collect();
    DiGraphMap::from_edges(sorted)
}

fn cycle_in<N: Node>(graph: &DiGraphMap<N, ()>, component: Vec<N>) -> Option<Vec<N>> {
    let inside: BTreeSet<N> = component.into_iter().collect();
    let start = *inside.first()?;
    if inside.len() == 1 {
        return graph.contains_edge(start, start).then(|| vec![start]);
    }
    let next = |node: N| graph.neighbors(node).filter(|next| inside.contains(next)).collect();
    shortest(start, start, next)
}

/// The shortest way from `start` over at least one edge to `goal`, without the goal.
fn shortest<N: Node>(start: N, goal: N, next: impl Fn(N) -> Vec<N>) -> Option<Vec<N>> {
    let mut came_from: Vec<(N, usize)> = vec![(start, usize::MAX)];
    let mut seen = BTreeSet::new();
    let mut at = 0;
    while let Some((node, _)) = came_from.get(at).copied() {
        for neighbour in next(node) {
            if neighbour == goal {
                return Some(walk_back(&came_from, at));
            }
            if seen.insert(neighbour) {
                came_from.push((neighbour, at));
            }
        }
        at += 1;
    }
    None
}

fn walk_back<N: Node>(came_from: &[(N, usize)], from: usize) -> Vec<N> {
    let mut path = Vec::new();
    let mut at = from;
    while let Some((node, before)) = came_from.get(at) {
        path.push(*node);
        at = *before;
    }
    path.reverse();
    path
}

/// A drawn dependency graph: from a declaration to what it refers to.
#[derive(Clone, Debug)]
pub struct Dependencies<N: Node> {
    graph: DiGraphMap<N, ()>,
}

impl<N: Node> Dependencies<N> {
    pub fn new(nodes: impl IntoIterator<Item = N>, edges: impl IntoIterator<Item = (N, N)>) -> Self {
        let mut graph = graph(edges);
        for node in nodes {
            graph.add_node(node);
        }
        Dependencies { graph }
    }

    pub fn nodes(&self) -> BTreeSet<N> {
        self.graph.nodes().collect()
    }

    pub fn edges(&self) -> BTreeSet<(N, N)> {
        self.graph.all_edges().map(|(from, to, ())| (from, to)).collect()
    }

    /// Everything that refers to a node, directly or through others, and the node itself.
    pub fn affected_by(&self, node: N) -> BTreeSet<N> {
        self.within(node, usize::MAX, &[Direction::Incoming])
    }

    /// What lies at most `depth` references away, in either direction.
    pub fn around(&self, node: N, depth: usize) -> BTreeSet<N> {
        self.within(node, depth, &[Direction::Incoming, Direction::Outgoing])
    }

    fn within(&self, node: N, depth: usize, directions: &[Direction]) -> BTreeSet<N> {
        let mut reached = BTreeSet::from([node]);
        let mut border = vec![node];
        for _ in 0..depth {
            let neighbours = |node: &N| {
                let node = *node;
                directions
                    .iter()
                    .flat_map(move |direction| self.graph.neighbors_directed(node, *direction))
                    .collect::<Vec<N>>()
            };
            border = border.iter().flat_map(neighbours).filter(|next| reached.insert(*next)).collect();
            if border.is_empty() {
                break;
            }
        }
        reached
    }

    /// The same nodes, those kept, and the edges between them.
    pub fn only(&self, keep: &BTreeSet<N>) -> Self {
        let edges = self.edges().into_iter().filter(|(from, to)| keep.contains(from) && keep.contains(to));
        Dependencies::new(keep.iter().copied().filter(|node| self.graph.contains_node(*node)), edges)
    }

    /// Nodes in layers: what refers to nothing first, then what refers only to earlier layers. A cycle shares one layer.
    pub fn ranks(&self) -> Vec<Vec<N>> {
        let mut rank_of: std::collections::BTreeMap<N, usize> = std::collections::BTreeMap::new();
        // Tarjan's components come in reverse topological order: what is referred to comes first.
        for component in tarjan_scc(&self.graph) {
            let outside = component.iter().flat_map(|node| self.graph.neighbors(*node));
            let rank = outside.filter_map(|next| rank_of.get(&next)).max().map_or(0, |rank| rank + 1);
            rank_of.extend(component.into_iter().map(|node| (node, rank)));
        }
        let mut ranks: Vec<Vec<N>> = vec![Vec::new(); rank_of.values().max().map_or(0, |rank| rank + 1)];
        for (node, rank) in rank_of {
            if let Some(row) = ranks.get_mut(rank) {
                row.push(node);
            }
        }
        ranks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cycle_is_drawn_from_its_smallest_node_along_the_edges() {
        assert_eq!(cycles([(3, 1), (1, 2), (2, 3), (4, 1)]), [vec![1, 2, 3]]);
        assert_eq!(cycles([(5, 5), (1, 2)]), [vec![5]]);
        assert_eq!(cycles([(1, 2), (2, 1), (2, 3), (3, 1)]), [vec![1, 2]]);
        assert!(cycles([(1, 2), (2, 3), (1, 3)]).is_empty());
    }

    #[test]
    fn impact_follows_references_backwards() {
        let graph = Dependencies::new([9], [("group", "user"), ("rule", "group")].map(|(a, b)| (a.len(), b.len())));
        assert_eq!(graph.affected_by(4), BTreeSet::from([4, 5]));
        assert_eq!(graph.around(9, 3), BTreeSet::from([9]));
    }

    #[test]
    fn ranks_put_what_is_referred_to_first() {
        let graph = Dependencies::new([], [("b", "a"), ("c", "b"), ("d", "a")]);
        assert_eq!(graph.ranks(), [vec!["a"], vec!["b", "d"], vec!["c"]]);
    }
}
