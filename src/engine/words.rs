//! Short sentences for toasts.

/// "1 message" or "12 messages".
pub(super) fn messages(count: usize) -> String {
    if count == 1 {
        "1 message".to_owned()
    } else {
        format!("{count} messages")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_one() {
        assert_eq!(messages(1), "1 message");
        assert_eq!(messages(12), "12 messages");
    }
}
