//! Numbers as a person would say them.

/// A duration in nanoseconds: "5.0 s", "503 ms", "1.3 ms", "850 ns".
pub fn duration(nanos: f64) -> String {
    let (value, unit) = match nanos {
        n if n >= 999.5e6 => (n / 1e9, "s"),
        n if n >= 999.5e3 => (n / 1e6, "ms"),
        n if n >= 999.5 => (n / 1e3, "µs"),
        n => (n, "ns"),
    };
    let decimals = usize::from(value < 9.95 && unit != "ns");
    format!("{value:.decimals$}\u{a0}{unit}")
}

/// A ratio: "1.02×", "12×", "95×".
pub fn ratio(ratio: f64) -> String {
    if ratio < 9.995 { format!("{ratio:.2}×") } else { format!("{ratio:.0}×") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_the_unit_that_fits() {
        let said: Vec<_> = [5.021e9, 503.2e6, 50.1e6, 1.34e6, 999.7e6, 850.0, 12.0e9, 9.96e6]
            .map(|nanos| duration(nanos).replace('\u{a0}', " "))
            .into();
        assert_eq!(
            said,
            ["5.0 s", "503 ms", "50 ms", "1.3 ms", "1.0 s", "850 ns", "12 s", "10 ms"]
        );
    }

    #[test]
    fn ratios_show_what_matters() {
        assert_eq!([1.0, 1.024, 10.2, 95.4].map(ratio), ["1.00×", "1.02×", "10×", "95×"]);
    }
}
