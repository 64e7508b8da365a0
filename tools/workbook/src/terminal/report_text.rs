//! How a judgement looks on the terminal.

use timeline::outcome::ReadOn;

use crate::engine::judge::{Judgement, TestOutcome, TestResult};
use crate::engine::signature::Lookalike;
use crate::pages::page;
use crate::terminal::locale;
use crate::terminal::paint::Paint;
use crate::terminal::text::{bounded, cut, wrap};

/// No line of a sentence is longer, as in the tests' own explanations.
const COLUMNS: usize = 76;

/// More of one explanation than anybody reads, in characters: a panic can carry any message.
pub const LONGEST: usize = 8_000;

/// No headline is longer, in columns.
const LONGEST_HEADLINE: usize = 300;

/// What is said below a failure that several runs agree on, each on a machine with too much to do.
pub const BUSY: &str = "\
The machine was busy each time that this ran, so it may be the reason. Run the
test again when other programs have done their work.";

/// What is said above what the code printed.
pub const PRINTED: &str = "What this test printed:";

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
        let sign = if judged.outcome.is_not_judged() { "?" } else { "✗" };
        lines.push(format!("  {} {}\n", paint.bad(sign), judged.test));
        let headline = judged.outcome.headline();
        if headline != said {
            lines.push(format!("      {}\n", paint.dim(cut(headline, LONGEST_HEADLINE, false))));
        }
        said = headline;
    }
    locale::shown(lines.concat())
}

/// The first test that has failed, in full; where none has, the first that was not judged. Empty if all
/// have passed.
pub fn first_failure(paint: Paint, judgement: &Judgement) -> String {
    let Some(judged) = first(judgement) else { return String::new() };
    let mut text = format!("{}\n\n", paint.bold(&judged.test));
    text.push_str(&indented(&bounded(judged.outcome.text().trim_end(), LONGEST)));
    if let TestOutcome::Failed(failure) = &judged.outcome
        && failure.doubtful
    {
        text = format!("{text}\n{}", indented(BUSY));
    }
    if let TestOutcome::NotFinished(crash) = &judged.outcome
        && !crash.output.is_empty()
    {
        let last = paint.dim("the last lines that the process printed:");
        text = format!("{text}\n  {last}\n\n{}", indented(&crash.output));
    }
    locale::shown(text)
}

/// The test to show first.
fn first(judgement: &Judgement) -> Option<&TestResult> {
    judgement.failing().chain(judgement.not_judged()).next()
}

/// What the code printed during the test that is shown. Empty if that is nothing.
pub fn printed(paint: Paint, judgement: &Judgement) -> String {
    let Some(printed) = first(judgement).and_then(|judged| judged.printed.as_ref()) else {
        return String::new();
    };
    let left_out = printed.left_out().map(|it| format!("  {}\n", paint.dim(format!("({it})"))));
    let (heading, left_out) = (paint.bold(PRINTED), left_out.unwrap_or_default());
    locale::shown(format!("{heading}\n\n{left_out}{}", indented(&printed.text)))
}

/// Names the recorded wrong answers that fail exactly as the answer does, and where to read on,
/// below the first failure. Empty if there are none.
pub fn lookalikes(paint: Paint, judgement: &Judgement, lookalikes: &[Lookalike]) -> String {
    let sentence = likeness(lookalikes);
    let sections = further_sections(judgement, lookalikes).map(read_on);
    let wrapped = |text: &str| wrap(text, COLUMNS).join("\n");
    let mut lines: Vec<String> =
        sentence.iter().map(|it| paint.bold(wrapped(it)).to_string()).collect();
    lines.extend(sections.map(|section| wrapped(&section)));
    locale::shown(lines.into_iter().map(|line| line + "\n").collect())
}

/// `This fails exactly as the anti-pattern "Awaiting in a loop" does.` `None` if there are none.
pub fn likeness(lookalikes: &[Lookalike]) -> Option<String> {
    let titles: Vec<String> =
        lookalikes.iter().map(|it| format!("\"{}\"", page::plain(&it.title))).collect();
    let (last, others) = titles.split_last()?;
    Some(if others.is_empty() {
        format!("This fails exactly as the anti-pattern {last} does.")
    } else {
        format!("This fails exactly as the anti-patterns {} and {last} do.", others.join(", "))
    })
}

/// The sections on the lookalikes, but for the one that the first failure names already.
pub fn further_sections<'a>(
    judgement: &'a Judgement,
    lookalikes: &'a [Lookalike],
) -> impl Iterator<Item = &'a ReadOn> {
    let named = judgement.failing().next().and_then(|judged| match &judged.outcome {
        TestOutcome::Failed(failure) => failure.read_on.as_ref(),
        _ => None,
    });
    let sections = lookalikes.iter().filter_map(|it| it.read_on.as_ref());
    sections.filter(move |section| Some(*section) != named)
}

/// Where the book explains something, as the tests say it.
pub fn read_on(on: &ReadOn) -> String {
    format!("Read on: {0}, \"{1}\" (book/src/{0}.md)", on.page, on.section)
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use timeline::outcome::{Failure, Kind};

    use super::*;

    fn lookalike(title: &str, taught: bool) -> Lookalike {
        let read_on = ReadOn { page: "gather".to_owned(), section: title.to_owned() };
        Lookalike {
            name: String::new(),
            title: title.to_owned(),
            read_on: taught.then_some(read_on),
        }
    }

    /// A failure that sends its reader to a section of the page.
    fn judgement(section: &str) -> Judgement {
        let read_on = Some(ReadOn { page: "gather".to_owned(), section: section.to_owned() });
        let failure = Failure { read_on, ..Failure::new(Kind::Verdict) };
        let outcome = TestOutcome::Failed(Box::new(failure));
        let judged = TestResult { test: "one".to_owned(), outcome, timeline: None, printed: None };
        Judgement { tests: vec![judged], took: Duration::ZERO }
    }

    fn said(section: &str, alike: &[Lookalike]) -> String {
        lookalikes(Paint::plain(), &judgement(section), alike)
    }

    #[test]
    fn a_section_that_has_just_been_named_is_not_named_again() {
        let alike = [lookalike("Awaiting in a loop", true)];
        let sentence = "This fails exactly as the anti-pattern \"Awaiting in a loop\" does.\n";
        assert_eq!(said("Awaiting in a loop", &alike), sentence);
        let section = "Read on: gather, \"Awaiting in a loop\" (book/src/gather.md)\n";
        assert_eq!(said("The pattern", &alike), format!("{sentence}{section}"));
    }

    #[test]
    fn all_lookalikes_are_named_and_the_taught_ones_have_sections() {
        let alike =
            [lookalike("`let _ =` here", true), lookalike("B", false), lookalike("C", true)];
        let wanted = "This fails exactly as the anti-patterns \"let _ = here\", \"B\" and \"C\" do.\n\
                      Read on: gather, \"`let _ =` here\" (book/src/gather.md)\n\
                      Read on: gather, \"C\" (book/src/gather.md)\n";
        assert_eq!(said("", &alike), wanted);
        assert_eq!(said("", &[]), "");
        let long = "a long title ".repeat(5);
        let long = said("", &[lookalike(&long, true), lookalike(&long, true)]);
        assert!(long.lines().all(|line| line.len() <= COLUMNS), "{long}");
    }
}
