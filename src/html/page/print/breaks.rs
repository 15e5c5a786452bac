//! Where one page ends and the next begins.

/// What is not to be cut: a line, a picture, a row. In pixels of CSS from the
/// beginning of all that is printed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Whole {
    /// Where it begins.
    pub(super) top: f32,
    /// Where it ends.
    pub(super) bottom: f32,
}

/// Things that touch do not cross.
const SLACK: f32 = 0.5;

/// The ends of the pages, for pages with that much room and a text that ends
/// there; of a text for more pages than `most` only those.
///
/// A page ends above what would be cut. What is higher than a page is cut
/// wherever the page ends; so is everything where no place on the page cuts
/// nothing.
pub(super) fn ends(mut wholes: Vec<Whole>, room: f32, end: f32, most: usize) -> Vec<f32> {
    wholes.retain(|one| one.bottom - one.top <= room);
    wholes.sort_by(|one, other| one.top.total_cmp(&other.top));
    let (mut ends, mut top) = (Vec::new(), 0.0);
    while ends.len() < most {
        if top + room >= end {
            ends.push(end);
            break;
        }
        top = page_end(&wholes, top, room);
        ends.push(top);
    }
    ends
}

/// Where the page ends that begins at `top`.
fn page_end(wholes: &[Whole], top: f32, room: f32) -> f32 {
    let mut at = top + room;
    loop {
        // Nothing is higher than a page: what crosses begins within one.
        let near = wholes.partition_point(|one| one.top < at - room);
        let above = wholes.iter().skip(near);
        let above = above.take_while(|one| one.top < at - SLACK);
        let crossing = above.filter(|one| one.bottom > at + SLACK);
        match crossing.map(|one| one.top).reduce(f32::min) {
            None => return at,
            Some(before) if before > top + SLACK => at = before,
            Some(_) => return top + room,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wholes(all: &[(f32, f32)]) -> Vec<Whole> {
        let all = all.iter();
        all.map(|&(top, bottom)| Whole { top, bottom }).collect()
    }

    #[test]
    fn no_line_and_no_picture_is_cut() {
        let lines: Vec<_> = (0_u16..100)
            .map(|line| f32::from(line) * 17.0)
            .map(|top| (top, top + 17.0))
            .collect();
        let ends = super::ends(wholes(&lines), 100.0, 1_700.0, 100);
        assert_eq!(ends.len(), 20);
        for end in &ends {
            assert_eq!(end % 17.0, 0.0, "{end}");
        }
        // A picture that would be cut goes to the next page, with its line.
        let picture = wholes(&[(0.0, 58.0), (58.0, 140.0), (60.0, 75.0)]);
        assert_eq!(super::ends(picture, 100.0, 140.0, 9), [58.0, 140.0]);
    }

    #[test]
    fn columns_are_parted_where_neither_is_cut() {
        let columns = wholes(&[(0.0, 40.0), (40.0, 80.0), (10.0, 55.0), (80.0, 120.0)]);
        let ends = super::ends(columns.clone(), 70.0, 120.0, 9);
        // 70 cuts a line of the left one, 40 one of the right, 10 the left one.
        assert_eq!(ends, [70.0, 120.0]);
        assert_eq!(super::ends(columns, 90.0, 120.0, 9), [80.0, 120.0]);
    }

    #[test]
    fn what_is_higher_than_a_page_is_cut_and_too_much_is_left_out() {
        let tall = wholes(&[(0.0, 100_000.0), (95.0, 105.0)]);
        let ends = super::ends(tall.clone(), 100.0, 100_000.0, 5_000);
        assert_eq!(ends.len(), 1_001);
        assert_eq!(ends.first(), Some(&95.0));
        assert_eq!(super::ends(tall, 100.0, 100_000.0, 10).len(), 10);
        assert_eq!(super::ends(Vec::new(), 100.0, 0.0, 10), [0.0]);
    }
}
