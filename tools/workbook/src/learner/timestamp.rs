//! Moments as they stand in the names of files: `2026-02-14T09-30-00.250Z`.
//!
//! In Coordinated Universal Time, without colons, which Windows does not allow; sorted by name is
//! sorted by time.

use std::time::{Duration, SystemTime};

use humantime::{format_rfc3339_millis, parse_rfc3339};

/// Now.
pub fn now() -> String {
    of(SystemTime::now())
}

/// Now, or just after `last` where the clock has not come that far.
pub fn after(last: &str) -> String {
    let now = now();
    if *now > *last {
        return now;
    }
    time(last).map_or(now, |last| of(last + Duration::from_millis(1)))
}

/// The moment as a time; `None` if the text is not one of these.
pub fn time(stamp: &str) -> Option<SystemTime> {
    let (date, clock) = stamp.split_once('T')?;
    parse_rfc3339(&format!("{date}T{}", clock.replace('-', ":"))).ok()
}

fn of(time: SystemTime) -> String {
    format_rfc3339_millis(time).to_string().replace(':', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_moments_have_greater_names() {
        let first = now();
        let second = after(&first);
        let third = after(&second);
        assert!(first < second && second < third, "{first} {second} {third}");
        assert!(time(&third) > time(&second));
        assert_eq!(time("progress"), None);
        assert_eq!(after("2999-12-31T23-59-59.999Z"), "3000-01-01T00-00-00.000Z");
    }
}
