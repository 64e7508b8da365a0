//! `cargo workbook test` and bare `cargo workbook`: the learner's own file against its tests.

use std::time::Duration;

use anyhow::Result;

use crate::catalogue::{Catalogue, Exercise};
use crate::children::Work;
use crate::compile;
use crate::judge::{self, Case, Judgement};
use crate::paint::Paint;
use crate::show;
use crate::verdict::Verdict;
use crate::workspace::Workspace;

/// Far more than any spec takes, hangs included: each test has a watchdog of its own.
const LIMIT: Duration = Duration::from_mins(1);

/// Tests the exercise of that name, or the first that is not solved.
pub fn run(workspace: &Workspace, name: Option<&str>) -> Result<Verdict> {
    let paint = Paint::stdout();
    if let Some(name) = name {
        let catalogue = Catalogue::load_for(&workspace.root, name)?;
        let exercise = catalogue.find(name)?;
        let judgement = judge_learners(workspace, exercise)?;
        return Ok(report(workspace, &catalogue, exercise, judgement.as_ref(), paint));
    }
    let catalogue = Catalogue::load(&workspace.root)?;
    for exercise in &catalogue.exercises {
        let judgement = judge_learners(workspace, exercise)?;
        match judgement {
            Some(judgement) if judgement.accepted() => {
                println!("{} {}  {}", paint.good("✓"), exercise.name, exercise.manifest.title);
            }
            other => return Ok(report(workspace, &catalogue, exercise, other.as_ref(), paint)),
        }
    }
    println!("\nEvery exercise is solved.");
    Ok(Verdict::Accepted)
}

/// `None`: it does not compile, and the compiler has said why.
fn judge_learners(workspace: &Workspace, exercise: &Exercise) -> Result<Option<Judgement>> {
    let Some(executable) = compile::exercise(workspace, &exercise.name)? else { return Ok(None) };
    let folder = exercise.folder();
    let order = exercise.manifest.test_names();
    let case = Case {
        work: &Work::default(),
        executable: &executable,
        folder: &folder,
        order: &order,
        limit: LIMIT,
    };
    judge::judge(case).map(Some)
}

fn report(
    workspace: &Workspace,
    catalogue: &Catalogue,
    exercise: &Exercise,
    judgement: Option<&Judgement>,
    paint: Paint,
) -> Verdict {
    let name = &exercise.name;
    let file = workspace.shown(&exercise.learners_file());
    let Some(judgement) = judgement else {
        println!("\n{}: {}", paint.bold(name), paint.bad("it does not compile"));
        println!("The compiler's messages are above. Edit {file}, then run");
        println!("`cargo workbook test {name}` again.");
        return Verdict::DoesNotCompile;
    };
    println!("\n{}  {}", paint.bold(name), exercise.manifest.title);
    println!("{}\n", exercise.manifest.goal);
    println!("{}", show::tests(paint, judgement));
    let seconds = judgement.took.as_secs_f64();
    if judgement.accepted() {
        println!("{} ({seconds:.1} s) {}", paint.good("Solved."), exercise.manifest.learnt);
        let after = catalogue.exercises.iter().skip_while(|other| other.name != *name).nth(1);
        if let Some(next) = after {
            println!("Next: `cargo workbook test {}`, {}.", next.name, next.manifest.title);
        }
        return Verdict::Accepted;
    }
    println!("{}", show::first_failure(paint, judgement));
    let failing = judgement.failing().count();
    let all = show::count(judgement.tests.len(), "test");
    println!("{} ({seconds:.1} s)", paint.bad(format!("{failing} of {all} to go.")));
    println!("Read {}, edit {file},", workspace.shown(&exercise.page()));
    println!("then run `cargo workbook test {name}` again.");
    Verdict::Rejected
}
