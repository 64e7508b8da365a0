//! Which threads of a run run, or would run if a processor were free.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, OnceLock, PoisonError},
    thread,
    time::{Duration, Instant},
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

    /// How long they have been running on a processor, all together.
    pub(crate) fn ran(&self) -> Duration {
        self.schedules().into_iter().map(|times| times.ran).sum()
    }

    /// The longest time that one of them has waited for a processor in its life; zero where the system
    /// does not tell. Those that have ended do not count.
    pub(crate) fn longest_wait(&self) -> Duration {
        let waits = self.schedules().into_iter().map(|times| times.waited);
        waits.max().unwrap_or_default()
    }

    /// The part of that time in which other programs had the processors. Threads of this process that
    /// have kept all of them busy have waited for each other.
    pub(crate) fn kept_waiting_by_others(&self) -> Duration {
        self.longest_wait().mul_f64(1.0 - own_share().unwrap_or(1.0))
    }

    fn schedules(&self) -> Vec<Schedule> {
        let threads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let schedule = |stat: &PathBuf| {
            Schedule::read(&fs::read_to_string(stat.with_file_name("schedstat")).ok()?)
        };
        threads.iter().filter_map(schedule).collect()
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

/// When this was asked first, which is early in the life of a process.
pub(crate) fn began() -> Instant {
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    *BEGAN.get_or_init(Instant::now)
}

/// Which part of all processors' time this process has had, from 0 to 1; `None` where the system does
/// not tell.
fn own_share() -> Option<f64> {
    let had = time_had(&fs::read_to_string("/proc/self/stat").ok()?)?;
    let processors = thread::available_parallelism().ok()?.get();
    let all = began().elapsed().as_secs_f64() * f64::from(u32::try_from(processors).ok()?);
    Some((had.as_secs_f64() / all).clamp(0.0, 1.0))
}

/// How much time on processors a process has had, by its `stat`: in its own code, and in the system for
/// it, both in hundredths of a second.
fn time_had(stat: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11);
    let mut next = || times.next()?.parse::<u64>().ok();
    Some(Duration::from_millis(10) * u32::try_from(next()? + next()?).ok()?)
}

/// What a thread has had of the processors in its life, and how long it has waited for one.
#[derive(Debug, PartialEq, Eq)]
struct Schedule {
    ran: Duration,
    waited: Duration,
}

impl Schedule {
    /// By its `schedstat`: both times in nanoseconds, and how often it ran.
    fn read(schedstat: &str) -> Option<Self> {
        let mut times = schedstat.split_whitespace();
        let mut next = || Some(Duration::from_nanos(times.next()?.parse().ok()?));
        Some(Self { ran: next()?, waited: next()? })
    }
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

    use super::{Schedule, has_something_to_do, time_had};

    #[test]
    fn the_time_of_a_process_is_its_own_and_the_systems() {
        let stat = "77 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 120 30 4 5 20 0 3 0";
        assert_eq!(time_had(stat), Some(Duration::from_millis(1500)));
        assert_eq!(time_had("77 (a) S 1"), None);
    }

    #[test]
    fn the_time_waited_is_the_second_number() {
        let [ran, waited] = [333_124_618, 88_904].map(Duration::from_nanos);
        assert_eq!(Schedule::read("333124618 88904 27\n"), Some(Schedule { ran, waited }));
        assert_eq!(Schedule::read(""), None);
    }

    #[test]
    fn the_state_is_read_behind_the_name() {
        assert!(has_something_to_do("12 (a (R) b) R 1 2"));
        assert!(has_something_to_do("12 (writer) D 1 2"));
        assert!(!has_something_to_do("12 (R) S 1 2"));
        assert!(!has_something_to_do(""));
    }
}
