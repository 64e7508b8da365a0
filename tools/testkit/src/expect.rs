//! What a test asks of what it saw, and why that may not be so.

use std::fmt::Display;

use crate::{cause::Cause, verdict::Verdict};

/// Begins an expectation: nothing happens where it `holds`; otherwise the test fails with what is
/// said from here on.
///
/// ```
/// # use testkit::{Cause, expect};
/// # const NO_LIMIT: Cause = Cause::new("limits", "", "no_limit", "Nothing makes a request wait.");
/// # let failure = testkit::run::failure_of(async || {
/// let (most, limit, ids) = (12, 4, 12);
/// expect(most <= limit, "too many requests are in flight")
///     .asked(format!("at most {limit} in flight"))
///     .fact(format!("in flight at once: {most}, limit: {limit}"))
///     .because([(most == ids, NO_LIMIT)]);
/// # });
/// # let failure = failure.unwrap();
/// # assert_eq!(failure.cause, "no_limit");
/// # assert_eq!(failure.facts, ["in flight at once: 12, limit: 4"]);
/// ```
pub fn expect(holds: bool, headline: impl Into<String>) -> Expectation {
    Expectation((!holds).then(|| Verdict::new(headline)))
}

/// Begins the expectation that `got` is `wanted`: otherwise the test fails with both side by side.
pub fn expect_same<W: AsRef<str>, G: AsRef<str>>(
    wanted: &[W],
    got: &[G],
    headline: impl Into<String>,
) -> Expectation {
    Expectation(Verdict::new(headline).unless_same(wanted, got))
}

/// What of `wanted` is not in `got`, and what of `got` was not wanted, in whatever order.
pub fn unmatched<T: PartialEq>(wanted: Vec<T>, got: Vec<T>) -> (Vec<T>, Vec<T>) {
    let (mut missing, mut others) = (wanted, Vec::new());
    for one in got {
        match missing.iter().position(|other| *other == one) {
            Some(place) => drop(missing.remove(place)),
            None => others.push(one),
        }
    }
    (missing, others)
}

/// Whether both have the same members, in whatever order.
pub fn same_in_any_order<T: PartialEq>(
    one: impl IntoIterator<Item = T>,
    other: impl IntoIterator<Item = T>,
) -> bool {
    let (missing, others) = unmatched(one.into_iter().collect(), other.into_iter().collect());
    missing.is_empty() && others.is_empty()
}

/// An expectation. What it adds counts only where it does not hold.
#[must_use = "an expectation fails nothing until `because` or `or_fail` ends it"]
pub struct Expectation(Option<Verdict>);

impl Expectation {
    /// What the task asks for at this point.
    pub fn asked(self, asked: impl Into<String>) -> Self {
        Self(self.0.map(|verdict| verdict.asked(asked)))
    }

    /// An observation, with the figure seen and the figure wanted; no duration of a real clock.
    pub fn fact(self, fact: impl Into<String>) -> Self {
        Self(self.0.map(|verdict| verdict.fact(fact)))
    }

    /// The observation, where there is one to tell.
    pub fn fact_if(self, seen: bool, fact: impl Into<String>) -> Self {
        if seen { self.fact(fact) } else { self }
    }

    /// As many observations as there are.
    pub fn facts<F: Display>(self, facts: impl IntoIterator<Item = F>) -> Self {
        facts.into_iter().fold(self, |this, fact| this.fact(fact.to_string()))
    }

    /// Leaves the drawing out, where the order of events says nothing about the failure.
    pub fn without_drawing(self) -> Self {
        Self(self.0.map(Verdict::without_drawing))
    }

    /// Leaves the drawing out where it would be of something else.
    pub fn drawn_if(self, drawn: bool) -> Self {
        if drawn { self } else { self.without_drawing() }
    }

    /// Ends it. The first cause whose condition was seen is the reason; where none was, the facts
    /// speak alone. A condition must be false for every answer that does not have that fault.
    pub fn because<const N: usize>(self, causes: [(bool, Cause); N]) {
        let Some(verdict) = self.0 else { return };
        match causes.into_iter().find(|(seen, _)| *seen) {
            Some((_, cause)) => verdict.because(cause).fail(),
            None => verdict.fail(),
        }
    }

    /// Ends it where the facts say all that was seen.
    pub fn or_fail(self) {
        self.because([]);
    }
}
