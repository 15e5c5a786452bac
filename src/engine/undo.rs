//! Taking things back: each verb leaves the verb that reverses it.

use std::collections::VecDeque;

use crate::model::{FlagChange, FolderId, KeywordChange, PlacementId};

/// How many verbs can be taken back.
const DEPTH: usize = 20;

/// What reverses a verb.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Inverse {
    /// Flags as they were.
    Flags(Vec<(PlacementId, FlagChange)>),
    /// Keywords as they were.
    Keywords(Vec<(PlacementId, KeywordChange)>),
    /// Folders as they were.
    Folders(Vec<(PlacementId, FolderId)>),
    /// Copies that were not there.
    Copies(Vec<PlacementId>),
    /// A folder's path as it was.
    Path(FolderId, String),
    /// One after the other.
    Several(Vec<Inverse>),
}

impl Inverse {
    /// Whether there is nothing to reverse.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Flags(list) => list.is_empty(),
            Self::Keywords(list) => list.is_empty(),
            Self::Folders(list) => list.is_empty(),
            Self::Copies(list) => list.is_empty(),
            Self::Path(..) => false,
            Self::Several(list) => list.iter().all(Self::is_empty),
        }
    }

    /// The same in steps of at most `size` messages, one after the other.
    pub(super) fn in_steps(self, size: usize) -> Vec<Self> {
        fn chunks<T: Clone>(
            list: &[T],
            size: usize,
            make: impl Fn(Vec<T>) -> Inverse,
        ) -> Vec<Inverse> {
            list.chunks(size)
                .map(|chunk| make(chunk.to_vec()))
                .collect()
        }
        match self {
            Self::Flags(list) => chunks(&list, size, Self::Flags),
            Self::Keywords(list) => chunks(&list, size, Self::Keywords),
            Self::Folders(list) => chunks(&list, size, Self::Folders),
            Self::Copies(list) => chunks(&list, size, Self::Copies),
            Self::Path(..) => vec![self],
            Self::Several(list) => {
                let steps = list.into_iter().flat_map(|inverse| inverse.in_steps(size));
                steps.collect()
            }
        }
    }

    /// The messages it touches.
    pub(super) fn rows(&self) -> Vec<PlacementId> {
        match self {
            Self::Flags(list) => list.iter().map(|(id, _)| *id).collect(),
            Self::Keywords(list) => list.iter().map(|(id, _)| *id).collect(),
            Self::Folders(list) => list.iter().map(|(id, _)| *id).collect(),
            Self::Copies(list) => list.clone(),
            Self::Path(..) => Vec::new(),
            Self::Several(list) => list.iter().flat_map(Self::rows).collect(),
        }
    }
}

/// The verbs that can be taken back, the last one first.
#[derive(Debug, Default)]
pub(super) struct UndoStack(VecDeque<(String, Inverse)>);

impl UndoStack {
    /// Remembers a verb. Says whether there is anything to take back.
    pub(super) fn push(&mut self, label: &str, inverse: Inverse) -> bool {
        if inverse.is_empty() {
            return false;
        }
        if self.0.len() == DEPTH {
            self.0.pop_front();
        }
        self.0.push_back((label.to_owned(), inverse));
        true
    }

    /// The last verb, no longer remembered.
    pub(super) fn pop(&mut self) -> Option<(String, Inverse)> {
        self.0.pop_back()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_one_comes_in_steps() {
        let moves: Vec<_> = (0..5).map(|n| (PlacementId(n), FolderId(1))).collect();
        let copies = vec![PlacementId(9)];
        let inverse = Inverse::Several(vec![
            Inverse::Folders(moves.clone()),
            Inverse::Copies(copies.clone()),
        ]);
        assert_eq!(inverse.rows().len(), 6);
        let steps = inverse.in_steps(2);
        assert_eq!(
            steps,
            [
                Inverse::Folders(moves[..2].to_vec()),
                Inverse::Folders(moves[2..4].to_vec()),
                Inverse::Folders(moves[4..].to_vec()),
                Inverse::Copies(copies),
            ]
        );
    }

    #[test]
    fn the_oldest_is_forgotten_and_nothing_is_not_remembered() {
        let mut stack = UndoStack::default();
        assert!(!stack.push("nothing", Inverse::Folders(vec![])));
        for n in 0..DEPTH as i64 + 5 {
            let inverse = Inverse::Folders(vec![(PlacementId(n), FolderId(1))]);
            assert!(stack.push(&n.to_string(), inverse));
        }
        assert_eq!(stack.pop().unwrap().0, "24");
        assert_eq!(std::iter::from_fn(|| stack.pop()).last().unwrap().0, "5");
    }
}
