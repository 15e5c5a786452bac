//! Ranges of numbers as a server writes them (RFC 9051, 9: `sequence-set`).
//! They are never expanded: a few bytes can name four thousand million.

/// Ranges of UIDs, both ends included.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Ranges {
    list: Vec<(u32, u32)>,
    /// Whether there were more than are kept.
    cut: bool,
}

/// The most ranges kept: 8 MB of memory.
const RANGES_MAX: usize = 1 << 20;

impl Ranges {
    /// Reads a set such as `41,43:116`. Members that are no numbers are left
    /// out.
    pub(super) fn read(set: &str) -> Self {
        let mut ranges = Self::default();
        for member in set.split(',') {
            let (first, last) = member.split_once(':').unwrap_or((member, member));
            let (Ok(first), Ok(last)) = (first.parse::<u32>(), last.parse::<u32>()) else {
                continue;
            };
            let (first, last) = (first.min(last).max(1), first.max(last));
            if last == 0 {
                continue;
            }
            ranges.push((first, last));
        }
        merge(&mut ranges.list);
        ranges
    }

    /// Adds others.
    pub(super) fn add(&mut self, others: &Self) {
        self.cut |= others.cut;
        for range in &others.list {
            self.push(*range);
        }
    }

    fn push(&mut self, range: (u32, u32)) {
        if self.list.len() == RANGES_MAX {
            merge(&mut self.list);
        }
        if self.list.len() < RANGES_MAX {
            self.list.push(range);
        } else {
            self.cut = true;
        }
    }

    /// How many numbers they name.
    pub(super) fn count(&self) -> u64 {
        let width = |&(first, last): &(u32, u32)| u64::from(last - first) + 1;
        self.list.iter().map(width).sum()
    }

    /// The ranges in order, none touching another; none where there were
    /// more than are kept.
    pub(super) fn into_vec(mut self) -> Option<Vec<(u32, u32)>> {
        merge(&mut self.list);
        (!self.cut).then_some(self.list)
    }
}

fn merge(ranges: &mut Vec<(u32, u32)>) {
    ranges.sort_unstable();
    ranges.dedup_by(|later, earlier| {
        let touches = later.0 <= earlier.1.saturating_add(1);
        if touches {
            earlier.1 = earlier.1.max(later.1);
        }
        touches
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_read_in_order_and_without_doubles() {
        for (set, wanted, count) in [
            ("7", vec![(7, 7)], 1),
            ("9,1:3,4,2:3", vec![(1, 4), (9, 9)], 5),
            ("8:5", vec![(5, 8)], 4),
            ("0,x,3:y,12", vec![(12, 12)], 1),
            ("0:2", vec![(1, 2)], 2),
            (
                "4294967295,1:4294967295",
                vec![(1, u32::MAX)],
                4_294_967_295,
            ),
            ("", vec![], 0),
        ] {
            let ranges = Ranges::read(set);
            assert_eq!(ranges.count(), count, "{set}");
            assert_eq!(ranges.into_vec().unwrap(), wanted, "{set}");
        }
    }

    #[test]
    fn too_many_ranges_are_told_not_cut_short() {
        let set: String = (1..=RANGES_MAX).map(|n| format!("{},", 2 * n)).collect();
        let mut ranges = Ranges::read(&set);
        assert_eq!(ranges.clone().into_vec().unwrap().len(), RANGES_MAX);
        ranges.add(&Ranges::read("1"));
        assert_eq!(ranges.into_vec(), None);
        let same = Ranges::read(&"1:4294967295,".repeat(2 * RANGES_MAX));
        assert_eq!(same.into_vec(), Some(vec![(1, u32::MAX)]));
    }
}
