//! What the shapes of a drawing mean.

use super::measure::{shorten, units};
use super::shapes::{RADIUS, bar, mark};
use super::{Drawing, LINE, NUMBERED, WIDTH};
use crate::model::How;

/// The sample of a bar.
const SAMPLE: f64 = 24.0;

enum Sign {
    Bar(How),
    Mark(Option<usize>),
}

impl Drawing<'_> {
    pub(super) fn legend(&mut self) {
        let kinds = self.rows.kinds();
        // A drawing of finished bars alone needs no word; beside others they have one too.
        if self.labels.is_empty() && kinds.iter().all(|how| *how == How::Finished) {
            return;
        }
        let mut items: Vec<_> =
            kinds.into_iter().map(|how| (Sign::Bar(how), how.words())).collect();
        let labels = self.labels.clone();
        match labels.len() {
            0 => {}
            1 => items.push((Sign::Mark(None), labels[0])),
            2..=NUMBERED => items
                .extend(labels.iter().zip(1..).map(|(label, at)| (Sign::Mark(Some(at)), *label))),
            _ => items.push((Sign::Mark(None), "marks, named in the table")),
        }
        let mut x = 2.0;
        self.y += 4.0;
        for (sign, words) in items {
            let sample = if matches!(sign, Sign::Bar(_)) { SAMPLE } else { 2.0 * RADIUS };
            let left = sample + 6.0;
            let short = shorten(words, WIDTH - left - 4.0);
            let width = left + units(&short);
            if x > 2.0 && x + width > WIDTH {
                x = 2.0;
                self.y += LINE;
            }
            let middle = self.y + LINE / 2.0;
            match sign {
                Sign::Bar(how) => {
                    // Leaves room for the cross or the arrow head.
                    let end = x + sample - 5.0;
                    self.out.push_str(&bar(how, x + 1.0, end, middle, &self.id, ""));
                }
                Sign::Mark(number) => {
                    let at = x + RADIUS;
                    self.out.push_str(&mark(number, at, at, middle, ""));
                }
            }
            let title = if short == words { "" } else { words };
            self.text("tl-legend", x + left, self.y + 14.0, title, &short);
            x += width + 14.0;
        }
        self.y += LINE + 2.0;
    }
}
