//! How a table's width is shared out among its columns (CSS 2.2, 17.5.2.2, as
//! browsers do it).

/// The width that a column was given in the mail.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Given {
    /// None.
    Nothing,
    /// So many pixels, with the padding of its cells.
    Pixels(f32),
    /// That part of the table, from 0 to 1.
    Part(f32),
}

impl Given {
    /// That of a column from those of two of its cells.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Part(one), Self::Part(other)) => Self::Part(one.max(other)),
            (part @ Self::Part(_), _) | (_, part @ Self::Part(_)) => part,
            (Self::Pixels(one), Self::Pixels(other)) => Self::Pixels(one.max(other)),
            (pixels @ Self::Pixels(_), _) | (_, pixels @ Self::Pixels(_)) => pixels,
            (Self::Nothing, Self::Nothing) => Self::Nothing,
        }
    }
}

/// What a column asks for, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Wish {
    pub(super) given: Given,
    /// As wide as its longest word.
    pub(super) least: f32,
    /// As wide as its longest line.
    pub(super) most: f32,
}

impl Wish {
    fn is_open(&self) -> bool {
        self.given == Given::Nothing
    }
}

/// The width of each column of a table that is so wide inside. Nothing where
/// the columns need more than that.
pub(super) fn shares(width: f32, wishes: &[Wish]) -> Option<Vec<f32>> {
    let mut left_of_parts = 1.0_f32;
    let mut shares: Vec<f32> = wishes
        .iter()
        .map(|wish| match wish.given {
            Given::Nothing => wish.least,
            Given::Pixels(pixels) => pixels.max(wish.least),
            Given::Part(part) => {
                let part = part.min(left_of_parts);
                left_of_parts -= part;
                wish.least.max(part * width)
            }
        })
        .collect();
    let rest = width - shares.iter().sum::<f32>();
    if rest < -0.5 {
        return None;
    }
    let open = || wishes.iter().filter(|wish| wish.is_open());
    let wanted: f32 = open().map(|wish| wish.most - wish.least).sum();
    let all: f32 = open().map(|wish| wish.most).sum();
    let fixed = |wish: &Wish| matches!(wish.given, Given::Pixels(_));
    let has_fixed = wishes.iter().any(fixed);
    let taken: f32 = wishes
        .iter()
        .zip(&shares)
        .filter(|(wish, _)| !has_fixed || fixed(wish))
        .map(|(_, share)| share)
        .sum();
    for (share, wish) in shares.iter_mut().zip(wishes) {
        *share = match wish.given {
            // Lines break: each gets nearer to its longest line.
            Given::Nothing if rest < wanted => {
                wish.least + rest * (wish.most - wish.least) / wanted
            }
            // All of it fits: the longer the line, the more of what is left.
            Given::Nothing if all > 0.0 => wish.most + (rest - wanted) * wish.most / all,
            _ if open().next().is_some() || taken <= 0.0 => *share,
            // Nobody is open for more: those of so many pixels get it, or all.
            _ if has_fixed && !fixed(wish) => *share,
            _ => *share + rest * *share / taken,
        };
    }
    Some(shares)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(least: f32, most: f32) -> Wish {
        let given = Given::Nothing;
        Wish { given, least, most }
    }

    fn given(given: Given, least: f32) -> Wish {
        let most = least;
        Wish { given, least, most }
    }

    #[test]
    fn open_columns_share_by_their_longest_lines() {
        assert_eq!(
            shares(400.0, &[open(20.0, 50.0), open(20.0, 150.0)]),
            Some(vec![100.0, 300.0])
        );
        assert_eq!(
            shares(120.0, &[open(20.0, 60.0), open(40.0, 160.0)]),
            Some(vec![35.0, 85.0])
        );
        assert_eq!(shares(50.0, &[open(20.0, 60.0), open(40.0, 160.0)]), None);
        assert_eq!(
            shares(50.0, &[open(0.0, 0.0), open(0.0, 0.0)]),
            Some(vec![0.0, 0.0])
        );
    }

    #[test]
    fn given_widths_come_first() {
        let part = |part| given(Given::Part(part), 10.0);
        let pixels = |pixels| given(Given::Pixels(pixels), 10.0);
        let open = open(10.0, 30.0);
        for (wishes, expected) in [
            ([part(0.5), part(0.5)], [100.0, 100.0]),
            ([part(0.25), open], [50.0, 150.0]),
            ([pixels(60.0), open], [60.0, 140.0]),
            ([pixels(60.0), part(0.5)], [100.0, 100.0]),
            ([pixels(20.0), pixels(60.0)], [50.0, 150.0]),
            ([part(0.1), part(0.3)], [50.0, 150.0]),
            // More than all of it is not to be had.
            ([part(0.7), part(0.8)], [140.0, 60.0]),
        ] {
            let shared = shares(200.0, &wishes).unwrap();
            let differs = shared
                .iter()
                .zip(expected)
                .any(|(one, other)| (one - other).abs() > 0.1);
            assert!(!differs, "{wishes:?}: {shared:?}");
        }
        assert_eq!(shares(200.0, &[pixels(150.0), part(0.5)]), None);
    }
}
