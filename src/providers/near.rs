//! Domains that were probably meant.

/// Whether one slip of the fingers leads from one word to the other: a letter
/// too many, too few, a wrong one, or two in the wrong order.
pub(crate) fn is_slip(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let same = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    match (
        one.get(same..).unwrap_or_default(),
        other.get(same..).unwrap_or_default(),
    ) {
        ([], []) => false,
        ([a, b, rest @ ..], [c, d, others @ ..]) if a == d && b == c && rest == others => true,
        ([_, rest @ ..], [_, others @ ..]) if rest == others => true,
        ([_, rest @ ..], others) if rest == others => true,
        (rest, [_, others @ ..]) => rest == others,
        _ => false,
    }
}
