//! Text to tree: lexer, resilient parser, lossless tree, typed views and literals.
//!
//! The road is `lexer` → `tokens` (the newline rule) → `grammar` over `parser` (events) → `events` (tree) → `ast` (views).
//! The text of the tree is the text of the file, whatever the file holds; mistakes are findings beside the tree.
//! The grammar is `nbc.ebnf`; a test shows that it is LL(2) and that parser and grammar accept the same files.
//! This room knows no kinds, resolves no names, and gives no value a meaning.

mod accents;
pub mod amounts;
pub mod ast;
pub mod codes;
mod events;
mod format;
mod grammar;
mod green;
mod invisible;
mod lexer;
pub mod literal;
mod parse;
mod parser;
mod same;
mod syntax_kind;
mod tokens;
mod validate;
mod word;

#[cfg(test)]
mod tests;

pub use accents::unaccented;
pub use format::format;
pub use lexer::{Token, lex};
pub use parse::{Parse, parse, parse_expression, parse_interpolation};
pub use parser::{camel, kebab};
pub use rowan::{TextRange, TextSize};
pub use same::says_the_same;
pub use syntax_kind::{NbcLanguage, SyntaxElement, SyntaxKind, SyntaxNode, SyntaxToken};
pub use word::WORDS;
