//! Templates of kinds: `{{ cluster.name }}` names fields of each kind whose `emit` names the file, with `_` for `-`.

use std::ops::Range;

use nbc_driver::Analysis;
use nbc_model::kinds::{KindId, Type};
use nbc_source::{FileId, Span};

use super::place::View;
use super::symbol::Symbol;

/// What a word of a template means, and where it stands.
pub fn symbol(analysis: &Analysis, file: FileId, offset: u32) -> Option<(Symbol, Span)> {
    let text = &analysis.sources().get(file)?.text;
    let kinds: Vec<KindId> = templates(analysis).filter(|(_, of)| *of == file).map(|(kind, _)| kind).collect();
    if kinds.is_empty() {
        return None;
    }
    let is_here = |word: &Range<usize>| word.start <= offset as usize && offset as usize <= word.end;
    let (chain, at) = chains(text).into_iter().find_map(|chain| {
        let at = chain.iter().position(is_here)?;
        Some((chain, at))
    })?;
    let words = words(text, chain.get(..=at)?);
    let found = kinds.into_iter().find_map(|kind| field(analysis, kind, &words))?;
    Some((found, span(file, chain.get(at)?)))
}

/// Every place of the templates that means a symbol.
pub fn references(analysis: &Analysis, wanted: Symbol) -> Vec<Span> {
    let mut all = Vec::new();
    if !matches!(wanted, Symbol::Field(..)) {
        return all;
    }
    for (kind, file) in templates(analysis) {
        let text = analysis.sources().get(file).map_or("", |source| &*source.text);
        for chain in chains(text) {
            let whole = words(text, &chain);
            let means = |at: &usize| field(analysis, kind, whole.get(..=*at).unwrap_or_default()) == Some(wanted);
            all.extend((0..whole.len()).filter(means).filter_map(|at| chain.get(at)).map(|word| span(file, word)));
        }
    }
    all
}

/// The kinds that write by templates, and these.
fn templates(analysis: &Analysis) -> impl Iterator<Item = (KindId, FileId)> {
    let kinds = analysis.model.kinds.kinds.iter();
    kinds.flat_map(move |(id, kind)| {
        let files = kind.emits.iter().filter_map(move |emit| nbc_backends::template_of(analysis.sources(), emit));
        files.map(move |file| (id, file))
    })
}

/// The field that the last of some words means, from a declaration of the kind on. A reference is its handle in a
/// template, so nothing stands behind it.
fn field(analysis: &Analysis, kind: KindId, words: &[&str]) -> Option<Symbol> {
    let (last, before) = words.split_last()?;
    let view = View::new(analysis, analysis.workspace.parsed.first()?.file)?;
    let mut ty = Type::Entity(kind);
    for word in before {
        ty = view.step(&ty, &word.replace('_', "-"))?.1;
        if matches!(view.model().kinds.base(&ty), Type::Entity(_)) {
            return None;
        }
    }
    let (home, id) = view.step(&ty, &last.replace('_', "-"))?.0?;
    Some(Symbol::Field(home, id))
}

fn words<'t>(text: &'t str, chain: &[Range<usize>]) -> Vec<&'t str> {
    chain.iter().map(|word| text.get(word.clone()).unwrap_or_default()).collect()
}

fn span(file: FileId, word: &Range<usize>) -> Span {
    Span::new(file, word.start as u32..word.end as u32)
}

/// Words joined by dots, as `cluster.name`, in what a template asks for; those that it names itself are left out.
fn chains(text: &str) -> Vec<Vec<Range<usize>>> {
    let pieces = pieces(text);
    let own: Vec<&str> = pieces.iter().filter_map(|piece| text.get(piece.clone())).flat_map(introduced).collect();
    let mut all: Vec<_> = pieces.into_iter().flat_map(|piece| Words::new(text, piece).chains()).collect();
    all.retain(|chain| chain.first().and_then(|word| text.get(word.clone())).is_some_and(|word| !own.contains(&word)));
    all
}

/// What stands between `{{` and `}}` or `{%` and `%}`.
fn pieces(text: &str) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find('{')) {
        let start = from + at + 1;
        let close = match text.as_bytes().get(start) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            Some(b'#') => "#}",
            _ => {
                from = start;
                continue;
            }
        };
        let inside = start + 1;
        let end = text.get(inside..).and_then(|rest| rest.find(close)).map_or(text.len(), |at| inside + at);
        if close != "#}" {
            pieces.push(inside..end);
        }
        from = end;
    }
    pieces
}

/// The names that `for a, b in …`, `set a = …` and `macro f(a)` introduce, and that of the loop.
fn introduced(piece: &str) -> Vec<&str> {
    let piece = piece.trim_start_matches(['-', '+']).trim_start();
    let (word, rest) = piece.split_once(' ').unwrap_or((piece, ""));
    let names = match word {
        "for" => rest.split_once(" in ").map_or("", |(names, _)| names),
        "set" => rest.split_once('=').map_or(rest, |(names, _)| names),
        "macro" => rest,
        _ => return Vec::new(),
    };
    names.split(|c: char| !is_of_word(c)).filter(|name| !name.is_empty()).chain(["loop"]).collect()
}

fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Reads a piece word by word.
struct Words<'t> {
    text: &'t str,
    at: usize,
    end: usize,
    /// The last sign that is no blank; `a` for a word.
    before: char,
    chains: Vec<Vec<Range<usize>>>,
    /// The last chain goes on behind a dot.
    is_open: bool,
}

impl<'t> Words<'t> {
    fn new(text: &'t str, piece: Range<usize>) -> Words<'t> {
        Words { text, at: piece.start, end: piece.end, before: ' ', chains: Vec::new(), is_open: false }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..self.end).unwrap_or_default()
    }

    fn chains(mut self) -> Vec<Vec<Range<usize>>> {
        while let Some(first) = self.rest().chars().next() {
            match first {
                '"' | '\'' => self.quoted(first),
                _ if is_of_word(first) => self.word(),
                _ => {
                    self.is_open &= first == '.' || first.is_whitespace();
                    if !first.is_whitespace() {
                        self.before = first;
                    }
                    self.at += first.len_utf8();
                }
            }
        }
        self.chains
    }

    fn quoted(&mut self, quote: char) {
        let body = self.rest().get(1..).unwrap_or_default();
        let mut is_escaped = false;
        let end = body.find(|c| {
            let ends = c == quote && !is_escaped;
            is_escaped = c == '\\' && !is_escaped;
            ends
        });
        self.at = end.map_or(self.end, |end| self.at + end + 2);
        (self.before, self.is_open) = (quote, false);
    }

    fn word(&mut self) {
        let length = self.rest().find(|c| !is_of_word(c)).unwrap_or(self.end - self.at);
        let word = self.at..self.at + length;
        self.at = word.end;
        let behind = self.rest().trim_start();
        let is_called = behind.starts_with('(');
        let is_number = self.text.as_bytes().get(word.start).is_some_and(u8::is_ascii_digit);
        let is_argument = behind.starts_with('=') && !behind.starts_with("==");
        match (self.before, self.is_open) {
            ('.', true) => self.chains.last_mut().into_iter().for_each(|chain| chain.push(word.clone())),
            // A filter, a function, the name of an argument, a number: none of them is a field.
            ('.' | '|', _) => self.is_open = false,
            _ if is_called || is_argument || is_number => self.is_open = false,
            _ => {
                self.chains.push(vec![word]);
                self.is_open = true;
            }
        }
        self.before = 'a';
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_could_name_fields() {
        let text = "{# {{ no }} #}a: {{ text }} {{- cluster.node_pool . size | upper }}\n\
            {% for team in teams %}{{ team.title }} {{ loop.index }}{% endfor %}\
            {% if size == 'a.b' and not \"x\\\"y\".z %}{{ range(1, most) | join(sep = comma) }}{ no }{{ é.x }}";
        let shown: Vec<String> = chains(text).iter().map(|chain| words(text, chain).join(".")).collect();
        insta::assert_snapshot!(shown.join(" "), @"text cluster.node_pool.size for in teams endfor if size and not most comma");
    }

    #[test]
    fn no_text_breaks_it() {
        for text in ["{{", "{{ '", "{% \"\\", "{{ a.", "{", "é{{é", "{{ a.b(c }}", "{{}}{%%}"] {
            chains(text);
        }
    }
}
