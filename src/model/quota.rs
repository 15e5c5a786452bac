//! How full an account is on its server.

use std::fmt;

/// How much of the room that the server gives is used (RFC 9208).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quota {
    /// Bytes used.
    pub used: u64,
    /// Bytes allowed.
    pub limit: u64,
}

impl fmt::Display for Quota {
    /// "1.5 GB of 15.0 GB"
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", Amount(self.used), Amount(self.limit))
    }
}

/// So many bytes, as people say it: "1.5 GB".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount(pub u64);

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
        match UNITS.into_iter().find(|(size, _)| self.0 >= *size) {
            Some((size, unit)) => {
                let tenths = self.0 / (size / 10);
                write!(f, "{}.{} {unit}", tenths / 10, tenths % 10)
            }
            None => write!(f, "{} bytes", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_in_units_of_people() {
        for (used, limit, said) in [
            (0, 15_000_000_000, "0 bytes of 15.0 GB"),
            (1_024, 10_240_000, "1.0 kB of 10.2 MB"),
            (1_599_999_999, u64::MAX, "1.5 GB of 18446744073.7 GB"),
        ] {
            assert_eq!(Quota { used, limit }.to_string(), said);
        }
    }
}
