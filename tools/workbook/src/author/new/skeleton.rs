//! The files of a new exercise, and what the author is to make of each.

/// A file of the skeleton.
#[derive(Clone, Debug)]
pub struct SkeletonFile {
    /// Its path from the workbook's root.
    pub path: String,
    /// What is written into it.
    pub text: String,
    /// What the author does with it; `None`: it is right as it is.
    pub remedy: Option<&'static str>,
}

/// The name, in the paths and the texts of the templates.
const NAME: &str = "NAME";

macro_rules! template {
    ($path:literal) => {
        ($path, include_str!(concat!("templates/", $path)), None)
    };
    ($path:literal, $remedy:literal) => {
        ($path, include_str!(concat!("templates/", $path)), Some($remedy))
    };
}

/// In the order in which an author writes them.
const TEMPLATES: [(&str, &str, Option<&str>); 18] = [
    template!("exercises/NAME/Cargo.toml"),
    template!("exercises/NAME/src/lib.rs"),
    template!("solutions/NAME/Cargo.toml"),
    template!("solutions/NAME/src/lib.rs"),
    template!("solutions/NAME/tests/NAME.rs"),
    template!(
        "exercises/NAME/exercise.toml",
        "Write these fields: what your exercise asks and teaches, and how a learner gets there."
    ),
    template!(
        "exercises/NAME/src/given.rs",
        "Write the types and functions that the learner gets, or one comment that there are none."
    ),
    template!(
        "solutions/NAME/src/start.rs",
        "Write the task, a sentence and at most eight bullets, and leave the work to the learner \
         with `todo!()`."
    ),
    (
        "exercises/NAME/src/answer.rs",
        include_str!("templates/solutions/NAME/src/start.rs"),
        // It has to equal the start, which is another check.
        None,
    ),
    template!(
        "exercises/NAME/tests/NAME.rs",
        "Write the tests: one for each bullet of the task, each a `testkit::run` or \
         `run_paused` or `run_parallel`."
    ),
    template!(
        "exercises/NAME/tests/NAME/causes.rs",
        "Declare why answers fail: an id and a sentence for each reason that a test can prove."
    ),
    template!(
        "solutions/NAME/src/reference.rs",
        "Write the right answer that the page shows as the pattern."
    ),
    template!(
        "solutions/NAME/src/alt/join.rs",
        "Write another right answer there, or delete the file and its table in exercise.toml."
    ),
    template!(
        "solutions/NAME/src/anti/in_sequence.rs",
        "Write a wrong answer that people give there, or delete the file and its table in \
         exercise.toml."
    ),
    template!(
        "solutions/NAME/tests/NAME/spawned.rs",
        "Call your function in `tokio::spawn` on a multi-thread runtime, as a server would."
    ),
    template!(
        "book/asyncio/NAME.py",
        "Write the pattern in asyncio, with an `assert` for each claim. Run it with python3: \
         `verify` does not."
    ),
    template!(
        "book/quiz/NAME.toml",
        "Ask what a reader should predict before reading on, with a reason for each option."
    ),
    template!("book/src/NAME.md", "Write these paragraphs for your pattern."),
];

/// The title that a new exercise has everywhere.
pub const TITLE: &str = "Three calls at once";

/// The files of the exercise `name`.
pub fn files(name: &str) -> Vec<SkeletonFile> {
    let named = |template: &str| template.replace(NAME, name).replace("\r\n", "\n");
    let file = |(path, text, remedy): (&str, &str, Option<&'static str>)| SkeletonFile {
        path: named(path),
        text: named(text),
        remedy,
    };
    TEMPLATES.map(file).into()
}
