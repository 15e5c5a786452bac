//! Which messages are selected. By id, so that a list that changes its order
//! never changes what a command is done to.

use std::collections::HashSet;

use iced::keyboard::Modifiers;
use waxwing::model::PlacementId;

/// What is selected.
#[derive(Debug, Default, Clone)]
pub(crate) struct Selection {
    ids: HashSet<PlacementId>,
    /// The row the keyboard is at, and the end of a range that moves.
    cursor: Option<PlacementId>,
    /// The end of a range that stays.
    anchor: Option<PlacementId>,
}

fn position(order: &[PlacementId], id: Option<PlacementId>) -> Option<usize> {
    let id = id?;
    order.iter().position(|other| *other == id)
}

impl Selection {
    /// Whether the row is selected.
    pub(crate) fn has(&self, id: PlacementId) -> bool {
        self.ids.contains(&id)
    }

    /// How many are.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The one that is selected, when it is only one.
    pub(crate) fn single(&self) -> Option<PlacementId> {
        match self.ids.len() {
            1 => self.ids.iter().next().copied(),
            _ => None,
        }
    }

    /// What is selected, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = PlacementId> {
        self.ids.iter().copied()
    }

    /// Where the keyboard is.
    pub(crate) fn cursor(&self) -> Option<PlacementId> {
        self.cursor
    }

    /// The place of the cursor in a list.
    pub(crate) fn cursor_index(&self, order: &[PlacementId]) -> Option<usize> {
        position(order, self.cursor)
    }

    /// What is selected, in the order of the list.
    pub(crate) fn ids(&self, order: &[PlacementId]) -> Vec<PlacementId> {
        order.iter().copied().filter(|id| self.has(*id)).collect()
    }

    /// Nothing any more.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// This one alone.
    pub(crate) fn only(&mut self, id: PlacementId) {
        self.ids.clear();
        self.ids.insert(id);
        self.cursor = Some(id);
        self.anchor = Some(id);
    }

    /// All of them.
    pub(crate) fn all(&mut self, order: &[PlacementId]) {
        self.ids = order.iter().copied().collect();
        self.cursor = self.cursor.or_else(|| order.first().copied());
    }

    /// A press on a row: alone, a range with Shift, one more or less with Ctrl.
    pub(crate) fn click(&mut self, order: &[PlacementId], index: usize, modifiers: Modifiers) {
        let Some(id) = order.get(index).copied() else {
            return;
        };
        if modifiers.shift() {
            self.range_to(order, index);
        } else if modifiers.command() {
            if !self.ids.remove(&id) {
                self.ids.insert(id);
            }
            self.cursor = Some(id);
            self.anchor = Some(id);
        } else {
            self.only(id);
        }
    }

    fn range_to(&mut self, order: &[PlacementId], index: usize) {
        let from = position(order, self.anchor).unwrap_or(index);
        let range = order
            .get(from.min(index)..=from.max(index))
            .unwrap_or_default();
        self.ids = range.iter().copied().collect();
        self.cursor = order.get(index).copied();
        self.anchor = order.get(from).copied();
    }

    /// Moves the cursor by rows; with `extend` the range grows.
    pub(crate) fn step(&mut self, order: &[PlacementId], by: isize, extend: bool) {
        let Some(last) = order.len().checked_sub(1) else {
            return;
        };
        let target = match self.cursor_index(order) {
            Some(at) => at.saturating_add_signed(by).min(last),
            None => 0,
        };
        if extend {
            self.range_to(order, target);
        } else if let Some(id) = order.get(target) {
            self.only(*id);
        }
    }

    /// What to select once the selected rows are gone: the one below them, else
    /// the one above.
    pub(crate) fn successor(&self, order: &[PlacementId]) -> Option<PlacementId> {
        let last = order.iter().rposition(|id| self.has(*id))?;
        order
            .get(last + 1..)
            .and_then(|below| below.first())
            .or_else(|| {
                order
                    .get(..last)
                    .and_then(|above| above.iter().rev().find(|id| !self.has(**id)))
            })
            .copied()
    }

    /// Forgets what the list no longer has.
    pub(crate) fn retain(&mut self, order: &[PlacementId]) {
        // The usual case, one row, is not worth a set of the whole list.
        if self.ids.len() <= 4 {
            self.ids.retain(|id| order.contains(id));
        } else {
            let there: HashSet<_> = order.iter().collect();
            self.ids.retain(|id| there.contains(id));
        }
        for end in [&mut self.cursor, &mut self.anchor] {
            if end.is_some_and(|id| !order.contains(&id)) {
                *end = None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order() -> Vec<PlacementId> {
        (10..20).map(PlacementId).collect()
    }

    fn ids(selection: &Selection) -> Vec<i64> {
        selection.ids(&order()).iter().map(|id| id.0).collect()
    }

    #[test]
    fn shift_selects_from_the_first_press_on() {
        let mut s = Selection::default();
        s.click(&order(), 3, Modifiers::empty());
        s.click(&order(), 5, Modifiers::SHIFT);
        assert_eq!(ids(&s), [13, 14, 15]);
        s.click(&order(), 1, Modifiers::SHIFT);
        assert_eq!(ids(&s), [11, 12, 13]);
    }

    #[test]
    fn ctrl_adds_and_takes_away() {
        let mut s = Selection::default();
        s.click(&order(), 3, Modifiers::empty());
        s.click(&order(), 7, Modifiers::COMMAND);
        assert_eq!(ids(&s), [13, 17]);
        s.click(&order(), 3, Modifiers::COMMAND);
        assert_eq!(ids(&s), [17]);
        assert_eq!(s.single(), Some(PlacementId(17)));
    }

    #[test]
    fn steps_stop_at_the_ends() {
        let mut s = Selection::default();
        s.step(&order(), 1, false);
        assert_eq!(ids(&s), [10]);
        s.step(&order(), -1, false);
        assert_eq!(ids(&s), [10]);
        s.step(&order(), 100, false);
        assert_eq!(ids(&s), [19]);
        s.step(&order(), -2, true);
        assert_eq!(ids(&s), [17, 18, 19]);
    }

    #[test]
    fn after_removal_the_next_below_is_taken_else_the_one_above() {
        let mut s = Selection::default();
        s.click(&order(), 3, Modifiers::empty());
        s.click(&order(), 5, Modifiers::SHIFT);
        assert_eq!(s.successor(&order()), Some(PlacementId(16)));
        s.click(&order(), 8, Modifiers::empty());
        s.click(&order(), 9, Modifiers::SHIFT);
        assert_eq!(s.successor(&order()), Some(PlacementId(17)));
        s.all(&order());
        assert_eq!(s.successor(&order()), None);
    }

    #[test]
    fn what_is_gone_is_forgotten() {
        let mut s = Selection::default();
        s.only(PlacementId(12));
        s.retain(&[PlacementId(11)]);
        assert_eq!(s.len(), 0);
        assert_eq!(s.cursor(), None);
    }
}
