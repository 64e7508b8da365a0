//! How often somebody may ask: some at once, and then as many as drip in.

use std::time::{Duration, Instant};

/// What is left for one who asks.
#[derive(Clone, Copy, Debug)]
pub struct Bucket {
    left: f64,
    looked: Instant,
}

/// How much there is at most, and how long it takes until one more may ask.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// How many may ask at once.
    pub at_once: u32,
    /// After so long, one more may.
    pub every: Duration,
}

impl Bucket {
    /// A full one.
    pub fn full(rate: Rate, now: Instant) -> Self {
        Self { left: f64::from(rate.at_once), looked: now }
    }

    /// Takes one, if there is one.
    pub fn take(&mut self, rate: Rate, now: Instant) -> bool {
        self.refill(rate, now);
        let may = self.left >= 1.0;
        if may {
            self.left -= 1.0;
        }
        may
    }

    /// Whether nothing was taken for so long that it is full again.
    pub fn is_full(&mut self, rate: Rate, now: Instant) -> bool {
        self.refill(rate, now);
        self.left >= f64::from(rate.at_once)
    }

    fn refill(&mut self, rate: Rate, now: Instant) {
        let since = now.saturating_duration_since(self.looked);
        let more = since.as_secs_f64() / rate.every.as_secs_f64();
        self.left = (self.left + more).min(f64::from(rate.at_once));
        self.looked = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_may_ask_at_once_and_then_one_in_each_second() {
        let rate = Rate { at_once: 3, every: Duration::from_secs(1) };
        let began = Instant::now();
        let mut bucket = Bucket::full(rate, began);
        let taken = |bucket: &mut Bucket, at: u64| {
            let now = began + Duration::from_millis(at);
            (0..10).filter(|_| bucket.take(rate, now)).count()
        };
        assert_eq!(taken(&mut bucket, 0), 3);
        assert_eq!(taken(&mut bucket, 500), 0);
        assert_eq!(taken(&mut bucket, 1000), 1);
        assert_eq!(taken(&mut bucket, 60_000), 3, "what was not asked is not saved up");
        assert!(bucket.is_full(rate, began + Duration::from_secs(90)));
    }
}
