//! How a judgement looks on the terminal.

use crate::judge::{Fate, Judgement};
use crate::paint::Paint;

/// One line for each test, and what went wrong below those that have not passed.
pub fn tests(paint: Paint, judgement: &Judgement) -> String {
    let mut text = String::new();
    for judged in &judgement.tests {
        let line = match &judged.fate {
            Fate::Passed => format!("  {} {}\n", paint.good("✓"), judged.test),
            fate => format!(
                "  {} {}\n      {}\n",
                paint.bad("✗"),
                judged.test,
                paint.dim(fate.headline())
            ),
        };
        text.push_str(&line);
    }
    text
}

/// The first test that has not passed, in full. Empty if all have.
pub fn first_failure(paint: Paint, judgement: &Judgement) -> String {
    let Some(judged) = judgement.failing().next() else { return String::new() };
    let mut text = format!("{}\n\n", paint.bold(&judged.test));
    text.push_str(&indented(judged.fate.text().trim_end()));
    if let Fate::NotFinished(death) = &judged.fate
        && !death.output.is_empty()
    {
        let last = paint.dim("the last lines that the process printed:");
        text = format!("{text}\n  {last}\n\n{}", indented(&death.output));
    }
    text
}

/// `1 test`, `2 tests`.
pub fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// The text, moved in by two columns.
pub fn indented(text: &str) -> String {
    text.lines()
        .map(|line| if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") })
        .collect()
}
