//! How a judgement looks on the terminal.

use crate::engine::judge::{Judgement, TestOutcome};
use crate::terminal::paint::Paint;

/// One line for each test, and below those that have not passed what went wrong, said once where
/// it is the same for several.
pub fn tests(paint: Paint, judgement: &Judgement) -> String {
    let mut lines = Vec::new();
    let mut said = "";
    for judged in &judgement.tests {
        if let TestOutcome::Passed = judged.outcome {
            lines.push(format!("  {} {}\n", paint.good("✓"), judged.test));
            continue;
        }
        lines.push(format!("  {} {}\n", paint.bad("✗"), judged.test));
        let headline = judged.outcome.headline();
        if headline != said {
            lines.push(format!("      {}\n", paint.dim(headline)));
        }
        said = headline;
    }
    lines.concat()
}

/// The first test that has not passed, in full. Empty if all have.
pub fn first_failure(paint: Paint, judgement: &Judgement) -> String {
    let Some(judged) = judgement.failing().next() else { return String::new() };
    let mut text = format!("{}\n\n", paint.bold(&judged.test));
    text.push_str(&indented(judged.outcome.text().trim_end()));
    if let TestOutcome::NotFinished(crash) = &judged.outcome
        && !crash.output.is_empty()
    {
        let last = paint.dim("the last lines that the process printed:");
        text = format!("{text}\n  {last}\n\n{}", indented(&crash.output));
    }
    text
}

/// `1 test`, `2 tests`.
pub fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// Says what the learner should know beside what was asked for. Not on standard output: that may be
/// read by a program.
pub fn notices(notices: &[String]) {
    for notice in notices {
        eprintln!("note: {notice}");
    }
}

/// The text, moved in by two columns.
pub fn indented(text: &str) -> String {
    text.lines()
        .map(|line| if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") })
        .collect()
}
