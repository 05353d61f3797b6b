//! What is emitted from a piece of text.

use nbc_driver::{Compiled, Emission};
use nbc_source::Span;

/// So many places are listed before the rest is counted.
const MOST: usize = 6;

/// A place of an emitted file, and the texts that it was made from.
#[derive(Clone, Debug)]
pub struct Piece {
    pub stage: Option<String>,
    /// `kubernetes/lab/quota.yaml:9  /0/spec/hard/requests.cpu`
    pub place: String,
    pub from: Vec<Span>,
}

impl Piece {
    /// Every place of what would be written that leads back to a text.
    pub fn all(compiled: &Compiled<'_>, emission: &Emission) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for output in &emission.outputs {
            for artifact in &output.artifacts {
                pieces.extend(artifact.origins.iter().map(|sourced| Piece {
                    stage: output.stage.clone(),
                    place: format!("{}:{}  {}", artifact.path, sourced.line, sourced.pointer).trim_end().to_owned(),
                    from: sourced.from.iter().map(|origin| compiled.model.origin(*origin).span).collect(),
                }));
            }
        }
        pieces
    }
}

/// The lines of an answer that say what of a stage is emitted from the text; nothing where nothing is.
pub(super) fn lines(pieces: &[Piece], stage: Option<&str>, from: Span) -> String {
    let is_within = |span: &Span| span.file == from.file && from.start <= span.start && span.end <= from.end;
    let mut made = pieces
        .iter()
        .filter(|piece| piece.stage.as_deref() == stage && piece.from.iter().any(is_within))
        .map(|piece| piece.place.as_str());
    let first: Vec<&str> = made.by_ref().take(MOST).collect();
    let mut text = String::new();
    for (at, place) in first.iter().enumerate() {
        text += &format!("{:<10}{place}\n", if at == 0 { "emitted" } else { "" });
    }
    match made.count() {
        0 => text,
        more => text + &format!("{:<10}and {more} more\n", ""),
    }
}
