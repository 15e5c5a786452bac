//! Sets of UIDs (RFC 9051, 9: `sequence-set`).

use std::fmt::Write as _;

use imap_proto::rfc4315::UidSetMember;

use crate::model::Uid;

/// The longest set put into one command; servers cut lines at about 8,000
/// bytes.
const SET_MAX: usize = 7000;

/// Writes UIDs as ranges, in as many sets as it takes to keep command lines
/// short. Order and doubles do not matter.
pub(super) fn sets(uids: &[Uid]) -> Vec<String> {
    let mut sorted: Vec<u32> = uids.iter().map(|uid| uid.get()).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let mut sets = Vec::new();
    let mut set = String::new();
    for group in sorted.chunk_by(|a, b| a.checked_add(1) == Some(*b)) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else {
            continue;
        };
        if !set.is_empty() {
            set.push(',');
        }
        // Writing to a string cannot fail.
        let _ = if first == last {
            write!(set, "{first}")
        } else {
            write!(set, "{first}:{last}")
        };
        if set.len() > SET_MAX {
            sets.push(std::mem::take(&mut set));
        }
    }
    if !set.is_empty() {
        sets.push(set);
    }
    sets
}

/// The UIDs a COPYUID or APPENDUID names, in its order, at most `most`: a few
/// bytes can name four thousand million.
pub(super) fn members(set: &[UidSetMember], most: usize) -> Vec<u32> {
    set.iter()
        .flat_map(|member| match member {
            UidSetMember::UidRange(range) => range.clone(),
            UidSetMember::Uid(uid) => *uid..=*uid,
        })
        .take(most)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uids(numbers: impl IntoIterator<Item = u32>) -> Vec<Uid> {
        numbers.into_iter().filter_map(Uid::new).collect()
    }

    #[test]
    fn neighbours_become_ranges() {
        assert_eq!(sets(&uids([7, 1, 2, 3, 9, 8, 2])), ["1:3,7:9"]);
        assert_eq!(sets(&uids([5])), ["5"]);
        assert_eq!(
            sets(&uids([u32::MAX, u32::MAX - 1])),
            ["4294967294:4294967295"]
        );
        assert!(sets(&[]).is_empty());
    }

    #[test]
    fn long_sets_are_split_and_lose_nothing() {
        let odd = uids((0..20_000).map(|n| 3_000_000_001 + 2 * n));
        let sets = sets(&odd);
        assert!(sets.len() > 1);
        assert!(sets.iter().all(|set| set.len() < 7900));
        let count: usize = sets.iter().map(|set| set.split(',').count()).sum();
        assert_eq!(count, odd.len());
    }

    #[test]
    fn a_huge_range_is_not_expanded() {
        let all = [UidSetMember::UidRange(1..=u32::MAX)];
        assert_eq!(members(&all, 3), [1, 2, 3]);
    }
}
