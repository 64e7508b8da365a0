//! Times in words, and round ticks along an axis.

/// A stretch of time that a drawing spans, in microseconds, from zero.
pub(crate) struct Axis {
    end: u64,
}

impl Axis {
    /// An axis that reaches to `end`. When there is nothing to scale it spans one millisecond.
    pub(crate) fn new(end: u64) -> Self {
        Self { end: if end < 2 { 1000 } else { end } }
    }

    /// Where a time lies, on a scale on which the whole axis is `length` long.
    pub(crate) fn place(&self, micros: u64, length: u64) -> u64 {
        let place = u128::from(micros.min(self.end)) * u128::from(length) / u128::from(self.end);
        // Never above `length`, which fits.
        u64::try_from(place).unwrap_or(length)
    }

    /// Three to five round times from zero, in microseconds. Steps of 1, 2 and 5 suffice: each is
    /// at most 2.5 times the one before, and so one of them fits between two and five times.
    pub(crate) fn ticks(&self) -> Vec<u64> {
        let mut step = 1;
        let mut factors = [2, 5, 10].into_iter().cycle();
        let mut ten = 1;
        while self.end / step >= 5 {
            let factor = factors.next().unwrap_or(10);
            step = ten * factor;
            if factor == 10 {
                ten = step;
            }
        }
        (0..=self.end / step).map(|tick| tick * step).collect()
    }
}

/// A time in milliseconds, exact: "40", "40.25".
pub(crate) fn millis(micros: u64) -> String {
    let text = format!("{}.{:03}", micros / 1000, micros % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_three_to_five() {
        assert_eq!(Axis::new(100_000).ticks(), [0, 50_000, 100_000]);
        assert_eq!(Axis::new(99_000).ticks(), [0, 20_000, 40_000, 60_000, 80_000]);
        assert_eq!(Axis::new(0).ticks(), [0, 500, 1000]);
        for end in (2..5000).chain([u64::MAX / 2, u64::MAX - 1, u64::MAX]) {
            let ticks = Axis::new(end).ticks();
            assert!((3..=5).contains(&ticks.len()), "{end}: {ticks:?}");
        }
    }

    #[test]
    fn milliseconds_are_exact() {
        assert_eq!(millis(0), "0");
        assert_eq!(millis(40_000), "40");
        assert_eq!(millis(40_250), "40.25");
        assert_eq!(millis(7), "0.007");
    }
}
