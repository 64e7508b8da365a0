//! Which threads of a run run, or would run if a processor were free.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// The threads of a run, as the system knows them.
///
/// A runtime counts as parked until its thread has really gone on, and on a machine with much to do
/// that may be half a second after it was woken. The system knows better. It tells on Linux, in
/// `/proc`; elsewhere the list is empty, and time alone decides.
#[derive(Default)]
pub(crate) struct Threads(Mutex<Vec<PathBuf>>);

impl Threads {
    /// Adds the thread that calls.
    pub(crate) fn add_this(&self) {
        let Ok(thread) = fs::read_link("/proc/thread-self") else { return };
        let stat = Path::new("/proc").join(thread).join("stat");
        let mut threads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !threads.contains(&stat) {
            threads.push(stat);
        }
    }

    /// The longest time that one of them has waited for a processor in its life; zero where the system
    /// does not tell. Those that have ended do not count.
    pub(crate) fn longest_wait(&self) -> Duration {
        let threads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = threads.iter().filter_map(|stat| {
            let schedule = fs::read_to_string(stat.with_file_name("schedstat")).ok()?;
            time_waited(&schedule)
        });
        waits.max().unwrap_or_default()
    }

    /// How long they have been running on a processor, all together.
    pub(crate) fn ran(&self) -> Duration {
        let threads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ran = |stat: &PathBuf| {
            let times = fs::read_to_string(stat.with_file_name("schedstat")).ok()?;
            times.split(' ').next()?.parse().ok().map(Duration::from_nanos)
        };
        threads.iter().filter_map(ran).sum()
    }

    /// Whether one of them has something to do. Those that have ended are forgotten.
    pub(crate) fn at_work(&self) -> bool {
        let mut at_work = false;
        let mut threads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        threads.retain(|stat| {
            let Ok(stat) = fs::read_to_string(stat) else { return false };
            at_work |= has_something_to_do(&stat);
            true
        });
        at_work
    }
}

/// How long a thread has waited for a processor, by its `schedstat`: the time that it ran, the time that
/// it waited, both in nanoseconds, and how often it ran.
fn time_waited(schedstat: &str) -> Option<Duration> {
    schedstat.split_whitespace().nth(1)?.parse().ok().map(Duration::from_nanos)
}

/// Whether a thread's `stat` says that it is running or runnable, or waits for a disk. The state
/// follows on the thread's name, which is in parentheses and may have some of its own.
fn has_something_to_do(stat: &str) -> bool {
    let state = stat.rsplit_once(')').map(|(_, rest)| rest.trim_start());
    state.is_some_and(|state| state.starts_with(['R', 'D']))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{has_something_to_do, time_waited};

    #[test]
    fn the_time_waited_is_the_second_number() {
        assert_eq!(time_waited("333124618 88904 27\n"), Some(Duration::from_nanos(88_904)));
        assert_eq!(time_waited(""), None);
    }

    #[test]
    fn the_state_is_read_behind_the_name() {
        assert!(has_something_to_do("12 (a (R) b) R 1 2"));
        assert!(has_something_to_do("12 (writer) D 1 2"));
        assert!(!has_something_to_do("12 (R) S 1 2"));
        assert!(!has_something_to_do(""));
    }
}
