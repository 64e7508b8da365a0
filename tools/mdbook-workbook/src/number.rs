//! Numbers as a person would say them.

use workbook::catalogue::bench::Unit;

/// A value of a benchmark.
pub fn value(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Nanoseconds => duration(value),
        Unit::Bytes => size(value),
    }
}

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

/// Memory in bytes, by thousands: "1.2 GB", "43 MB", "5.0 kB", "850 bytes".
pub fn size(bytes: f64) -> String {
    let (value, unit) = match bytes {
        b if b >= 999.5e6 => (b / 1e9, "GB"),
        b if b >= 999.5e3 => (b / 1e6, "MB"),
        b if b >= 999.5 => (b / 1e3, "kB"),
        b => (b, "bytes"),
    };
    let decimals = usize::from(value < 9.95 && unit != "bytes");
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
    fn sizes_have_the_unit_that_fits() {
        let said = [1.23e9, 43.1e6, 999.7e3, 5000.0, 850.0].map(|bytes| value(bytes, Unit::Bytes));
        let said = said.map(|size| size.replace('\u{a0}', " "));
        assert_eq!(said, ["1.2 GB", "43 MB", "1.0 MB", "5.0 kB", "850 bytes"]);
    }

    #[test]
    fn ratios_show_what_matters() {
        assert_eq!([1.0, 1.024, 10.2, 95.4].map(ratio), ["1.00×", "1.02×", "10×", "95×"]);
    }
}
