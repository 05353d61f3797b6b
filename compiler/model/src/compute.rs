//! Phase 7: evaluates what is not constant, each slot once, after the slots it reads.
//!
//! What an expression reads is known without evaluating it, so the order is a walk over a static graph; a circle is
//! drawn with every place on it and poisons the slots that form it.

use std::rc::Rc;

use nbc_source::{Diagnostic, Diagnostics, Span};
use rustc_hash::FxHashMap;

use crate::codes;
use crate::expression::evaluate::{Evaluation, Evaluator, Frame, Slots};
use crate::expression::reads::{Read, Root, reads};
use crate::expression::scope::Globals;
use crate::expression::world::WorldSlots;
use crate::expression::{ExpressionId, Expressions};
use crate::fold::{Pending, Target};
use crate::index::Table;
use crate::kinds::KindSet;
use crate::names::Names;
use crate::shared::{Apart, Watched};
use crate::value::{Fields, Layer, Origin, OriginId, Store, Value};

/// What evaluation reads and writes beside the world.
pub(crate) struct Computing<'a> {
    pub(crate) names: &'a mut Names,
    pub(crate) kinds: &'a KindSet,
    pub(crate) store: &'a mut Store,
    pub(crate) origins: &'a mut Table<OriginId, Origin>,
    pub(crate) expressions: &'a Expressions,
    pub(crate) globals: &'a Globals,
    pub(crate) diagnostics: &'a mut Diagnostics,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    Open,
    Done,
}

/// Evaluates all pending slots of one stage. What asks the world, or is found wrong, is not what other worlds have.
pub(crate) fn compute(computing: Computing<'_>, slots: &WorldSlots<'_>, pending: &[Pending], apart: &mut Apart) {
    let by_target: FxHashMap<Target, usize> = pending.iter().enumerate().map(|(at, row)| (row.target, at)).collect();
    let mut walk = Walk {
        computing,
        slots,
        watched: Watched::new(slots),
        apart,
        pending,
        by_target,
        states: vec![State::Waiting; pending.len()],
        reads: FxHashMap::default(),
    };
    for at in 0..pending.len() {
        walk.settle(at);
    }
}

struct Walk<'w, 'a> {
    computing: Computing<'a>,
    slots: &'w WorldSlots<'w>,
    watched: Watched<'w>,
    apart: &'w mut Apart,
    pending: &'w [Pending],
    by_target: FxHashMap<Target, usize>,
    states: Vec<State>,
    reads: FxHashMap<ExpressionId, Rc<[Read]>>,
}

impl Walk<'_, '_> {
    fn state(&self, at: usize) -> State {
        self.states.get(at).copied().unwrap_or(State::Done)
    }

    fn set(&mut self, at: usize, state: State) {
        if let Some(row) = self.states.get_mut(at) {
            *row = state;
        }
    }

    /// Evaluates one slot after everything it needs; a walk with a stack of its own, however long the chain.
    fn settle(&mut self, first: usize) {
        let mut stack = vec![first];
        while let Some(at) = stack.last().copied() {
            if self.state(at) == State::Done {
                stack.pop();
                continue;
            }
            self.set(at, State::Open);
            let needs: Vec<usize> =
                self.needs(at).into_iter().filter(|need| self.state(*need) != State::Done).collect();
            if let Some(circle) = needs.iter().find(|need| self.state(**need) == State::Open) {
                self.circle(&stack, *circle);
                continue;
            }
            if needs.is_empty() {
                self.evaluate(at);
                stack.pop();
            } else {
                stack.extend(needs);
            }
        }
    }

    /// The pending slots that an expression reads.
    fn needs(&mut self, at: usize) -> Vec<usize> {
        let Some(row) = self.pending.get(at).copied() else { return Vec::new() };
        let computing = &self.computing;
        let found = self
            .reads
            .entry(row.expression)
            .or_insert_with(|| reads(computing.expressions, computing.globals, row.expression).into());
        let found = Rc::clone(found);
        let mut needs = Vec::new();
        for read in found.iter() {
            self.needs_of(read, row.own, &mut needs);
        }
        needs
    }

    fn needs_of(&self, read: &Read, own: Fields, needs: &mut Vec<usize>) {
        let mut run = match read.root {
            Root::Own => Some(own),
            Root::Entity(entity) => self.slots.world.fields(entity),
            Root::Platform => self.slots.platform.and_then(|platform| self.slots.world.fields(platform)),
        };
        for field in &read.fields {
            let Some(fields) = run else { return };
            let slot = fields.start + u32::from(field.0);
            if let Some(at) = self.by_target.get(&Target::Slot(slot)) {
                needs.push(*at);
                return;
            }
            let Some(value) = self.computing.store.slot_at(slot).map(|slot| slot.value) else { return };
            run = match value {
                Value::Record(_, fields) | Value::Variant(_, _, fields) => Some(fields),
                Value::Entity(entity) => self.slots.world.fields(entity),
                _ => None,
            };
            self.needs_inside(value, needs);
        }
    }

    /// Pending slots and entries inside an aggregate that is read whole.
    fn needs_inside(&self, value: Value, needs: &mut Vec<usize>) {
        let store = &self.computing.store;
        let mut see = |target: Target, value: Value| match self.by_target.get(&target) {
            Some(at) => needs.push(*at),
            None => self.needs_inside(value, needs),
        };
        match value {
            Value::Record(_, fields) | Value::Variant(_, _, fields) => {
                for (at, slot) in store.slots(fields).iter().enumerate() {
                    see(Target::Slot(fields.start + at as u32), slot.value);
                }
            }
            Value::Map(map) => {
                for (at, entry) in store.entries(map).iter().enumerate() {
                    see(Target::Entry(map.start + at as u32), entry.value);
                }
            }
            _ => {}
        }
    }

    fn evaluate(&mut self, at: usize) {
        let Some(row) = self.pending.get(at).copied() else { return };
        let handle = self.slots.handle(row.entity);
        let mut frame = Frame::new(row.own, handle, Layer::Declaration);
        let known = self.computing.diagnostics.len();
        let Computing { names, kinds, store, origins, expressions, globals, diagnostics } = &mut self.computing;
        let mut evaluator = Evaluator::new(Evaluation {
            names,
            kinds,
            store,
            origins,
            expressions,
            globals,
            diagnostics,
            slots: &self.watched,
        });
        let value = evaluator.run(row.expression, &mut frame);
        let is_found = self.computing.diagnostics.len() > known;
        self.apart.add_if(row.entity, self.watched.take_asked() || is_found);
        self.write(at, row.target, value);
    }

    fn write(&mut self, at: usize, target: Target, value: Value) {
        match target {
            Target::Slot(slot) => self.computing.store.write_slot(slot, value),
            Target::Entry(entry) => self.computing.store.write_entry(entry, value),
        }
        self.set(at, State::Done);
    }

    /// Slots that read each other in a circle: said once, at the first place of the circle in the text.
    fn circle(&mut self, stack: &[usize], closing: usize) {
        let start = stack.iter().position(|at| *at == closing).unwrap_or(0);
        let mut members: Vec<usize> = stack.get(start..).unwrap_or_default().to_vec();
        members.retain(|at| self.state(*at) == State::Open);
        let span = |at: &usize| {
            let row = self.pending.get(*at);
            row.map_or(Span::default(), |row| self.computing.expressions[row.expression].span)
        };
        let mut spans: Vec<Span> = members.iter().map(span).collect();
        // Defaults stand in the first files; what the site itself says is what can be changed.
        spans.sort_by_key(|span| (std::cmp::Reverse(span.file), span.start));
        spans.dedup();
        let first = spans.first().copied().unwrap_or_default();
        let message = "these values need each other: none of them can be known";
        let diagnostic = Diagnostic::new(&codes::CYCLE, first, message).label("needs itself");
        let diagnostic =
            spans.iter().skip(1).fold(diagnostic, |found, span| found.related(*span, "through this value"));
        self.computing.diagnostics.push(diagnostic);
        for at in members {
            if let Some(row) = self.pending.get(at).copied() {
                self.apart.add_if(row.entity, true);
                self.write(at, row.target, Value::Poisoned);
            }
        }
    }
}
