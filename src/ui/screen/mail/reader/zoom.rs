//! How large messages are shown.

/// What one step leads to, in percent, as browsers have it.
const STEPS: [u16; 14] = [
    50, 67, 75, 80, 90, 100, 110, 125, 150, 175, 200, 250, 300, 400,
];

/// How large messages are shown, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Zoom(u16);

impl Default for Zoom {
    fn default() -> Self {
        Self(100)
    }
}

impl Zoom {
    /// As it was kept; a file edited by hand may hold anything.
    pub(crate) fn kept(percent: u16) -> Self {
        let [least, .., most] = STEPS;
        Self(percent.clamp(least, most))
    }

    /// In percent, to be kept.
    pub(crate) fn percent(self) -> u16 {
        self.0
    }

    /// One step larger, or else smaller.
    pub(crate) fn step(self, larger: bool) -> Self {
        let next = if larger {
            STEPS.into_iter().find(|step| *step > self.0)
        } else {
            STEPS.into_iter().rev().find(|step| *step < self.0)
        };
        next.map_or(self, Self)
    }

    /// As a factor.
    pub(crate) fn factor(self) -> f32 {
        f32::from(self.0) / 100.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_lead_up_and_down_and_end() {
        let zoom = Zoom::default();
        assert_eq!(zoom.step(true).percent(), 110);
        assert_eq!(zoom.step(true).step(false), zoom);
        // Between two steps the next one counts.
        assert_eq!(Zoom::kept(105).step(false), zoom);
        assert_eq!(Zoom::kept(0).percent(), 50);
        assert_eq!(Zoom::kept(9_000).step(true).percent(), 400);
    }
}
