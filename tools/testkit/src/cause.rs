//! Why an answer fails, as an id that a manifest can list.
//!
//! A test that only said *why* in prose could be compared with nothing: `exercise.toml` would repeat
//! its words, and drift. So each reason has an id. It is a constant, so that a misspelt one does not
//! compile and one that is not used is a warning; `verify` finds one that no anti-pattern reaches.

use timeline::outcome::ReadOn;

/// One reason for which an answer can fail, with the sentence that the learner reads. Declared by
/// [`causes!`](crate::causes), all those of an exercise in `tests/NAME/causes.rs`.
#[derive(Clone, Copy, Debug)]
pub struct Cause {
    page: &'static str,
    manifest: &'static str,
    id: &'static str,
    why: &'static str,
    section: &'static str,
}

impl Cause {
    /// A cause of the exercise whose page is `page` and whose `exercise.toml` is `manifest`.
    ///
    /// `id`, in lower case, is the name of the anti-pattern that the cause belongs to, where there is
    /// one. Its title is then where the reader is sent, and is written in the manifest alone.
    pub const fn new(
        page: &'static str,
        manifest: &'static str,
        id: &'static str,
        why: &'static str,
    ) -> Self {
        Self { page, manifest, id, why, section: "" }
    }

    /// Sends the reader to this heading instead: for a cause that is no anti-pattern's own.
    #[must_use]
    pub const fn explained_in(mut self, page: &'static str, section: &'static str) -> Self {
        self.page = page;
        self.section = section;
        self
    }

    /// The id, as `exercise.toml` lists it: the constant's name in lower case.
    pub fn id(self) -> String {
        self.id.to_ascii_lowercase()
    }

    /// The sentence that the learner reads.
    pub const fn why(self) -> &'static str {
        self.why
    }

    /// Where the book explains it: the heading given, or the title of the anti-pattern of this id.
    pub fn read_on(self) -> Option<ReadOn> {
        let section = if self.section.is_empty() { self.title()? } else { self.section };
        Some(ReadOn { page: self.page.to_owned(), section: section.to_owned() })
    }

    /// The title of the anti-pattern of this id. Three lines of TOML need no parser, which every
    /// learner would compile.
    fn title(self) -> Option<&'static str> {
        let own = |line: &str| {
            let table = line.strip_prefix('[').and_then(|line| line.strip_suffix(']'));
            table.and_then(|table| table.split_once('.')).is_some_and(|(kind, name)| {
                matches!(kind, "anti" | "refused") && name.eq_ignore_ascii_case(self.id)
            })
        };
        let table = self.manifest.lines().map(str::trim_end).skip_while(|line| !own(line)).skip(1);
        table
            .take_while(|line| !line.starts_with('['))
            .find_map(|line| line.strip_prefix("title = \"")?.strip_suffix('"'))
    }
}

/// Declares the causes of an exercise: the page, the text of `exercise.toml`, then one constant for
/// each cause, whose name in lower case is its id.
///
/// ```
/// const MANIFEST: &str = "
/// [anti.in_sequence]
/// title = \"Awaiting in a loop\"
/// ";
///
/// testkit::causes! { "gather", MANIFEST;
///     IN_SEQUENCE = "Each request is finished before the next one is sent.";
///     WAITS = "Every task is waiting.", explained in "how-tests-see", "A hang";
/// }
///
/// assert_eq!(IN_SEQUENCE.id(), "in_sequence");
/// assert_eq!(IN_SEQUENCE.read_on().unwrap().section, "Awaiting in a loop");
/// assert_eq!(WAITS.read_on().unwrap().page, "how-tests-see");
/// ```
#[macro_export]
macro_rules! causes {
    ($page:expr, $manifest:expr; $(
        $(#[$doc:meta])*
        $name:ident = $why:literal $(, explained in $other:literal, $section:literal)?;
    )*) => {
        $(
            $(#[$doc])*
            pub const $name: $crate::Cause =
                $crate::Cause::new($page, $manifest, stringify!($name), $why)
                    $(.explained_in($other, $section))?;
        )*
    };
}

/// Reasons that every test has in common.
pub(crate) mod common {
    use super::Cause;

    const fn common(id: &'static str, section: &'static str, why: &'static str) -> Cause {
        Cause::new("", "", id, why).explained_in("how-tests-see", section)
    }

    pub(crate) const PANICKED: Cause = common(
        "panicked",
        "A panic",
        "A panic takes down everything that the same task has under way. What can go wrong from \
         outside belongs in a `Result`.",
    );

    pub(crate) const POLLED_AFTER_ITS_END: Cause = common(
        "polled_after_its_end",
        "A panic",
        "A future was polled again after it had ended. In a loop over `select!`, switch its branch \
         off with `, if !done`.",
    );

    pub(crate) const WAITS_FOR_EVER: Cause = common(
        "waits_for_ever",
        "A hang",
        "The runtime is idle: every task is waiting, and no timer is left that could wake one of \
         them.",
    );

    pub(crate) const LOOKS_IN_VAIN: Cause = common(
        "looks_in_vain",
        "A hang",
        "A timer wakes it again and again. It looks, finds nothing new, and sleeps. However far the \
         clock of the test is moved on, that does not change.",
    );

    pub(crate) const WAITS_LONG: Cause = common(
        "waits_long",
        "A hang",
        "The runtime is idle: every task is waiting. Either nothing is left that could wake one of \
         them, or they wait for a timer that is set too late.",
    );

    pub(crate) const WAITS_FOR_THE_POOL: Cause = common(
        "waits_for_the_pool",
        "A hang",
        "Every task is waiting, and something still runs in `spawn_blocking`. If that is what they \
         wait for, it takes seconds, or never ends.",
    );

    pub(crate) const TAKES_TOO_LONG: Cause = common(
        "takes_too_long",
        "A hang",
        "It comes to its end, but late. A test takes milliseconds, and nothing that it asks for \
         takes as long as that.",
    );

    pub(crate) const LOOKS_TOO_OFTEN: Cause = common(
        "looks_too_often",
        "A hang",
        "It comes to its end, and wakes up very often on the way, to look whether something is \
         there. Waiting takes no time on the paused clock of this test, but each look does. Await \
         what it looks for.",
    );

    pub(crate) const WAKES_AGAIN: Cause = common(
        "wakes_again",
        "A hang",
        "Tasks are woken again and again, and wait again. Either the code is slow, or it goes on for \
         ever: a retry that never gives up, a look for something that never comes.",
    );

    pub(crate) const STILL_AT_WORK: Cause = common(
        "still_at_work",
        "A hang",
        "Things still happened when the watchdog gave up. Either the code is slow, or it goes round \
         for ever: a retry that never gives up, a loop whose condition does not change.",
    );

    pub(crate) const HOLDS_THE_THREAD: Cause = common(
        "holds_the_thread",
        "A hang",
        "Between two awaits it blocks or loops. As long as it does, no other task runs on that \
         thread and no timeout can fire.",
    );

    pub(crate) const HOLDS_FOR_LONG: Cause = common(
        "holds_for_long",
        "A hang",
        "It gives the thread back, and then takes it again for long: with `std::thread::sleep`, \
         say, or a computation between two awaits. Meanwhile no other task runs on that thread and \
         no timeout can fire.",
    );

    pub(crate) const GOES_ROUND: Cause = common(
        "goes_round",
        "A hang",
        "The runtime is busy: tasks are woken again and again, and none of that brings the code \
         closer to returning.",
    );

    pub(crate) const CLOCK_OUTRUN: Cause = common(
        "clock_outrun",
        "A hang",
        "The paused clock of this test moves only when every task waits. Here one never does: it is \
         polled again and again without a break, and no timer fires meanwhile.",
    );

    pub(crate) const CLOCK_HELD: Cause = common(
        "clock_held",
        "A hang",
        "Something runs in `spawn_blocking`, and does not end. As long as it runs, tokio does not \
         move a paused clock on, and no timer of this test fires.",
    );
}
