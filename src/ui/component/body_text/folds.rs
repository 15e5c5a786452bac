//! Which quoted stretches are hidden at first.

use waxwing::html::{Kind, Piece};

/// A quotation of no more lines is never hidden.
const SHORT: usize = 3;

/// A longer one is hidden even where an answer follows it.
const LONG: usize = 12;

/// A quotation that can be hidden, with all that is quoted within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fold {
    /// How many stretches it is made of.
    pub(super) pieces: usize,
    /// How many lines they have.
    pub(super) lines: usize,
    /// Whether it is hidden.
    pub(super) closed: bool,
}

/// The quotation that begins with each piece, where one does that can be
/// hidden. What is answered line by line is shown; what follows an answer as a
/// whole is not.
pub(super) fn folds(pieces: &[Piece]) -> Vec<Option<Fold>> {
    let all_quoted = pieces.iter().all(|piece| piece.depth > 0);
    let begins = |at: usize| {
        let piece = pieces.get(at)?;
        let before = at.checked_sub(1).and_then(|before| pieces.get(before));
        if piece.depth <= before.map_or(0, |before| before.depth) {
            return None;
        }
        let rest = pieces.get(at..).unwrap_or_default();
        let inside = rest.iter().take_while(|one| one.depth >= piece.depth);
        let (count, lines) = inside.fold((0, 0), |(count, lines), one| {
            (count + 1, lines + one.text.lines().count())
        });
        let after = rest.get(count..).unwrap_or_default();
        let is_last = after.iter().all(|one| one.kind == Kind::Signature);
        (lines > SHORT).then_some(Fold {
            pieces: count,
            lines,
            closed: (is_last || lines > LONG) && !(all_quoted && piece.depth == 1),
        })
    };
    (0..pieces.len()).map(begins).collect()
}
