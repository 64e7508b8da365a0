//! What an exercise has is on its page: the code of each alternative, the code and a failing test of
//! each anti-pattern that is taught, each figure, each bench, the table of lints.

use super::report::Problem;
use crate::catalogue::Exercise;
use crate::catalogue::manifest::WrongAnswer;
use crate::catalogue::workspace::Workspace;
use crate::pages::directives::{Content, Expanded};

/// What stands in the manifest and not among the `expanded` of the page.
pub fn all(workspace: &Workspace, exercise: &Exercise, expanded: &[Expanded]) -> Vec<Problem> {
    let manifest = &exercise.manifest;
    let page = Page { workspace, exercise, expanded };
    let mut missing = Vec::new();
    for name in manifest.alternatives.keys() {
        missing.extend(page.code(name, "alt"));
    }
    for wrong in manifest.taught().filter(|wrong| !page.teaches(wrong)) {
        match (page.code(&wrong.name, "anti"), page.failure(&wrong.name, &wrong.title)) {
            (Some(_), Some(_)) => {
                let directive = format!("{{{{#anti {}/{}}}}}", exercise.name, wrong.name);
                missing.push(page.misses(&directive).candidate(&wrong.name));
            }
            (code, failure) => missing.extend(code.into_iter().chain(failure)),
        }
    }
    for figure in &manifest.figures {
        missing.extend(page.figure(&figure.of, &figure.test));
    }
    for (group, plan) in &manifest.bench {
        missing.extend(page.numbers(group, &plan.title));
    }
    if !manifest.lints.is_empty() {
        missing.extend(page.lints());
    }
    missing
}

struct Page<'a> {
    workspace: &'a Workspace,
    exercise: &'a Exercise,
    expanded: &'a [Expanded<'a>],
}

impl Page<'_> {
    /// Whether one directive shows all that there is to show of it.
    fn teaches(&self, wrong: &WrongAnswer) -> bool {
        self.has(|content| match content {
            Content::Anti(anti) => {
                anti.transcript.exercise == self.exercise.name && anti.wrong.name == wrong.name
            }
            _ => false,
        })
    }

    fn code(&self, candidate: &str, folder: &str) -> Option<Problem> {
        let file = self.exercise.solution().join("src").join(folder);
        let file = self.workspace.shown(&file.join(format!("{candidate}.rs")));
        let shown = self.has(|content| match content {
            Content::Listing(listing) => listing.file == file,
            Content::Quiz(quiz) => {
                let mut listings = quiz.questions.iter().filter_map(|it| it.listing.as_ref());
                listings.any(|listing| listing.file == file)
            }
            _ => false,
        });
        let directive = format!("{{{{#item {file} …}}}}");
        (!shown).then(|| self.misses(&directive).candidate(candidate))
    }

    fn failure(&self, candidate: &str, title: &str) -> Option<Problem> {
        let shown = self.has(|content| {
            matches!(content, Content::Transcript(of)
                if of.exercise == self.exercise.name && of.title == title)
        });
        let directive = format!("{{{{#transcript {}/{candidate}}}}}", self.exercise.name);
        (!shown).then(|| self.misses(&directive).candidate(candidate))
    }

    fn figure(&self, candidate: &str, test: &str) -> Option<Problem> {
        let title = self.exercise.manifest.title_of(candidate);
        let shown = self.has(|content| {
            matches!(content, Content::Timeline(of)
                if of.traces.iter().any(|trace| trace.title == title && trace.test == test))
        });
        let directive = format!("{{{{#timeline {} {candidate}.{test} …}}}}", self.exercise.name);
        (!shown).then(|| self.misses(&directive).candidate(candidate).test(test))
    }

    fn numbers(&self, group: &str, title: &str) -> Option<Problem> {
        let shown =
            self.has(|content| matches!(content, Content::Bench(bench) if bench.title == title));
        let directive = format!("{{{{#bench {} {group}}}}}", self.exercise.name);
        (!shown).then(|| self.misses(&directive))
    }

    fn lints(&self) -> Option<Problem> {
        let name = &self.exercise.name;
        let shown =
            self.has(|content| matches!(content, Content::Lints(of) if of.exercise == name));
        (!shown).then(|| self.misses(&format!("{{{{#lints {name}}}}}")))
    }

    fn has(&self, wanted: impl Fn(&Content) -> bool) -> bool {
        self.expanded.iter().any(|one| wanted(&one.content))
    }

    fn misses(&self, directive: &str) -> Problem {
        Problem::of(&self.exercise.name).says(
            "what exercise.toml lists stands on the page",
            format!("{} has no {directive}", self.workspace.shown(&self.exercise.page())),
            "Show it there, or take it out of exercise.toml.",
        )
    }
}
