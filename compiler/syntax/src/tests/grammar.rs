//! The grammar of `nbc.ebnf` as data: read, proven strong LL(2), and run as a recogniser beside the parser.
//!
//! FIRST₂ and FOLLOW₂ are sets of sequences of at most two terminals. A nonterminal is in order when no two of its
//! productions begin, in any context, with the same two terminals (Rosenkrantz and Stearns, 1970).

use std::collections::BTreeMap;

use crate::SyntaxKind::*;
use crate::tokens::Significant;
use crate::word::Word;

/// Sequences of at most two terminals; terminals are numbers below 128.
#[derive(Clone, PartialEq, Eq)]
struct Sequences {
    empty: bool,
    one: u128,
    two: Vec<u128>,
}

impl Sequences {
    fn none() -> Sequences {
        Sequences { empty: false, one: 0, two: vec![0; 128] }
    }

    fn empty() -> Sequences {
        Sequences { empty: true, ..Sequences::none() }
    }

    fn terminal(terminal: usize) -> Sequences {
        Sequences { one: 1 << terminal, ..Sequences::none() }
    }

    /// The terminals that sequences begin with.
    fn heads(&self) -> u128 {
        let pairs = self.two.iter().enumerate().filter(|(_, seconds)| **seconds != 0);
        pairs.fold(self.one, |heads, (first, _)| heads | 1 << first)
    }

    /// Every sequence followed by every other, cut to two.
    fn then(&self, next: &Sequences) -> Sequences {
        let mut out = if self.empty { next.clone() } else { Sequences::none() };
        let heads = next.heads();
        for first in 0..128 {
            out.two[first] |= self.two[first];
            if self.one >> first & 1 == 1 {
                out.two[first] |= heads;
                out.one |= u128::from(next.empty) << first;
            }
        }
        out
    }

    /// Adds the others; whether that added anything.
    fn add(&mut self, others: &Sequences) -> bool {
        let before = self.clone();
        self.empty |= others.empty;
        self.one |= others.one;
        self.two.iter_mut().zip(&others.two).for_each(|(mine, theirs)| *mine |= theirs);
        *self != before
    }

    fn has(&self, first: usize, second: usize) -> bool {
        self.two[first] >> second & 1 == 1
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Symbol {
    Terminal(usize),
    Nonterminal(usize),
}

/// A grammar and its table.
pub(super) struct Grammar {
    terminals: BTreeMap<String, usize>,
    nonterminals: BTreeMap<String, usize>,
    productions: Vec<Vec<Vec<Symbol>>>,
    /// For each production of each nonterminal, the pairs that choose it.
    chosen_by: Vec<Vec<Sequences>>,
}

const END: &str = "$";

impl Grammar {
    pub(super) fn read() -> Grammar {
        let source = include_str!("../../nbc.ebnf");
        let source = source.split_once("*)").unwrap().1;
        let mut reader = Reader { words: split(source), at: 0, rules: BTreeMap::new(), inner: 0 };
        reader.rules();
        let mut rules = reader.rules;
        word_classes(&mut rules);
        let mut grammar = Grammar {
            terminals: BTreeMap::new(),
            nonterminals: rules.keys().enumerate().map(|(at, name)| (name.clone(), at)).collect(),
            productions: Vec::new(),
            chosen_by: Vec::new(),
        };
        for alternatives in rules.values() {
            let mut productions = Vec::new();
            for sequence in alternatives {
                productions.push(sequence.iter().map(|symbol| grammar.symbol(symbol)).collect());
            }
            grammar.productions.push(productions);
        }
        grammar.symbol(END);
        assert!(grammar.terminals.len() < 128);
        grammar.chosen_by = grammar.table();
        grammar
    }

    fn symbol(&mut self, name: &str) -> Symbol {
        if let Some(at) = self.nonterminals.get(name) {
            return Symbol::Nonterminal(*at);
        }
        let lexical = ["nl", "text", "verbatim", "date", "number", "quantity", "money", "Type", "qname", "id", END];
        assert!(name.starts_with('"') || lexical.contains(&name), "{name} is not defined");
        let next = self.terminals.len();
        Symbol::Terminal(*self.terminals.entry(name.to_owned()).or_insert(next))
    }

    fn first(&self, sequence: &[Symbol], firsts: &[Sequences]) -> Sequences {
        let parts = sequence.iter().map(|symbol| match symbol {
            Symbol::Terminal(terminal) => Sequences::terminal(*terminal),
            Symbol::Nonterminal(at) => firsts[*at].clone(),
        });
        parts.fold(Sequences::empty(), |before, next| before.then(&next))
    }

    fn table(&self) -> Vec<Vec<Sequences>> {
        let mut firsts = vec![Sequences::none(); self.productions.len()];
        while self.productions.iter().enumerate().fold(false, |changed, (at, productions)| {
            productions.iter().fold(changed, |changed, sequence| {
                let first = self.first(sequence, &firsts);
                firsts[at].add(&first) || changed
            })
        }) {}
        let follows = self.follows(&firsts);
        let choose = |at: usize, sequence: &Vec<Symbol>| self.first(sequence, &firsts).then(&follows[at]);
        let row = |(at, productions): (usize, &Vec<Vec<Symbol>>)| productions.iter().map(|p| choose(at, p)).collect();
        self.productions.iter().enumerate().map(row).collect()
    }

    fn follows(&self, firsts: &[Sequences]) -> Vec<Sequences> {
        let end = Sequences::terminal(self.terminals[END]);
        let mut follows = vec![Sequences::none(); self.productions.len()];
        follows[self.nonterminals["file"]] = end.then(&end);
        let mut changed = true;
        while changed {
            changed = false;
            for (at, productions) in self.productions.iter().enumerate() {
                for sequence in productions {
                    let mut after = follows[at].clone();
                    for symbol in sequence.iter().rev() {
                        if let Symbol::Nonterminal(inner) = symbol {
                            changed |= follows[*inner].add(&after);
                        }
                        after = self.first(&[*symbol], firsts).then(&after);
                    }
                }
            }
        }
        follows
    }

    /// Pairs of productions that two terminals cannot tell apart.
    fn conflicts(&self) -> Vec<String> {
        let mut conflicts = Vec::new();
        let names: BTreeMap<usize, &String> = self.nonterminals.iter().map(|(name, at)| (*at, name)).collect();
        for (at, row) in self.chosen_by.iter().enumerate() {
            for (number, one) in row.iter().enumerate() {
                for (other_number, other) in row.iter().enumerate().skip(number + 1) {
                    if one.two.iter().zip(&other.two).any(|(one, other)| one & other != 0) {
                        conflicts.push(format!("{}: {number} and {other_number}", names[&at]));
                    }
                }
            }
        }
        conflicts
    }

    /// Whether the grammar accepts the tokens; if not, the number of the token that it stops at.
    pub(super) fn accepts(&self, text: &str) -> Result<(), usize> {
        let tokens = crate::lex(text);
        let (significant, _) = crate::tokens::significant(text, &tokens);
        let mut input = Vec::new();
        for (at, token) in significant.iter().enumerate() {
            input.push(*self.terminals.get(&terminal(token)).ok_or(at)?);
        }
        let end = self.terminals[END];
        let look = |at: usize| input.get(at).copied().unwrap_or(end);
        let mut stack = vec![Symbol::Nonterminal(self.nonterminals["file"])];
        let mut at = 0;
        while let Some(symbol) = stack.pop() {
            match symbol {
                Symbol::Terminal(terminal) if look(at) == terminal => at += 1,
                Symbol::Terminal(_) => return Err(at),
                Symbol::Nonterminal(inner) => {
                    let row = &self.chosen_by[inner];
                    let chosen = row.iter().position(|pairs| pairs.has(look(at), look(at + 1))).ok_or(at)?;
                    stack.extend(self.productions[inner][chosen].iter().rev());
                }
            }
        }
        if at == input.len() { Ok(()) } else { Err(at) }
    }
}

fn terminal(token: &Significant) -> String {
    match token.kind {
        NAME if token.word == Word::Other => "id".to_owned(),
        NAME => format!("\"{}\"", token.word.text()),
        NEWLINE => "nl".to_owned(),
        TEXT => "text".to_owned(),
        VERBATIM => "verbatim".to_owned(),
        DATE => "date".to_owned(),
        NUMBER => "number".to_owned(),
        QUANTITY => "quantity".to_owned(),
        MONEY => "money".to_owned(),
        TYPE_NAME => "Type".to_owned(),
        QUALIFIED_NAME => "qname".to_owned(),
        kind => format!("\"{}\"", kind.punctuation().unwrap_or("no terminal")),
    }
}

type Rules = BTreeMap<String, Vec<Vec<String>>>;

/// Adds the nonterminals that stand for classes of words.
fn word_classes(rules: &mut Rules) {
    let quoted = rules.values().flatten().flatten().filter_map(|symbol| symbol.strip_prefix('"')?.strip_suffix('"'));
    let mut words: Vec<Word> = quoted.filter(|word| word.starts_with(char::is_alphabetic)).map(Word::of).collect();
    assert!(!words.contains(&Word::Other), "every word of the grammar is in the table of words");
    words.sort();
    words.dedup();
    let mut class = |name: &str, lexical: &[&str], belongs: fn(Word) -> bool| {
        let mut alternatives: Vec<Vec<String>> = lexical.iter().map(|kind| vec![(*kind).to_owned()]).collect();
        let words = words.iter().filter(|word| belongs(**word));
        alternatives.extend(words.map(|word| vec![format!("\"{}\"", word.text())]));
        rules.insert(name.to_owned(), alternatives);
    };
    class("name", &["id"], |word| !word.is_reserved());
    class("field_name", &["id"], |_| true);
    class("key", &["id", "qname", "text"], |_| true);
    class("op_key", &["id", "qname", "text"], |word| word != Word::Extends);
    class("kind_name", &["id"], |word| !word.is_barred_as_kind());
    class("kind_ref", &["id", "qname"], |word| !word.is_barred_as_kind());
}

fn split(source: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = source.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => rest.match_indices('"').nth(1).unwrap().0 + 1,
            c if c.is_alphabetic() => rest.find(|c: char| !c.is_alphabetic() && c != '_').unwrap(),
            _ => 1,
        };
        let (word, after) = rest.split_at(length);
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    words
}

/// Reads EBNF; what stands in `[ ]` and `( )` becomes a nonterminal of its own.
struct Reader {
    words: Vec<String>,
    at: usize,
    rules: Rules,
    inner: usize,
}

impl Reader {
    fn next(&mut self) -> String {
        self.at += 1;
        self.words[self.at - 1].clone()
    }

    fn rules(&mut self) {
        while self.at < self.words.len() {
            let name = self.next();
            assert_eq!(self.next(), "=", "after {name}");
            let alternatives = self.alternatives();
            assert_eq!(self.next(), ";", "at the end of {name}");
            self.rules.insert(name, alternatives);
        }
    }

    fn alternatives(&mut self) -> Vec<Vec<String>> {
        let mut alternatives = vec![self.sequence()];
        while self.words[self.at] == "|" {
            self.at += 1;
            alternatives.push(self.sequence());
        }
        alternatives
    }

    fn sequence(&mut self) -> Vec<String> {
        let mut sequence = Vec::new();
        while !["|", "]", ")", ";"].contains(&self.words[self.at].as_str()) {
            let symbol = self.next();
            if symbol != "[" && symbol != "(" {
                sequence.push(symbol);
                continue;
            }
            let mut alternatives = self.alternatives();
            self.at += 1;
            if symbol == "[" {
                alternatives.push(Vec::new());
            }
            self.inner += 1;
            let name = format!("part {}", self.inner);
            sequence.push(name.clone());
            self.rules.insert(name, alternatives);
        }
        sequence
    }
}

#[test]
fn the_grammar_is_strong_ll_2() {
    let grammar = Grammar::read();
    assert_eq!(grammar.conflicts(), Vec::<String>::new());
    assert!(grammar.nonterminals.len() > 100, "the whole grammar was read");
}

#[test]
fn a_grammar_that_needs_three_terminals_is_caught() {
    let mut grammar = Grammar::read();
    let file = grammar.nonterminals["file"];
    let [a, b] = ["id", "nl"].map(|name| grammar.symbol(name));
    grammar.productions[file] = vec![vec![a, a, a], vec![a, a, b]];
    grammar.chosen_by = grammar.table();
    assert_eq!(grammar.conflicts(), ["file: 0 and 1"]);
}
