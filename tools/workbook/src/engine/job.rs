//! Windows' groups of processes: a job holds a process and all that it starts.
//!
//! Windows does not know which processes a dead one has started, so they can be found only by the
//! job that they are in. The system closes our jobs when this command ends, however that comes
//! about, and what is in one ends with it.
//!
//! A process is put into its job when it runs already: what it has started before that is missed. Of
//! a test process it is nothing, because the code under test waits for a key that comes later (see
//! [`run_journal`](super::run_journal)).

#![expect(
    unsafe_code,
    reason = "these are calls of the system; what wraps them is as large as a third of all our libraries"
)]

use std::collections::BTreeMap;
use std::io;
use std::os::windows::io::{AsRawHandle as _, FromRawHandle as _, OwnedHandle};
use std::process::Child;
use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use windows_sys::Win32::System::JobObjects::{
    AssignProcessToJobObject, CreateJobObjectW, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION, JobObjectExtendedLimitInformation,
    SetInformationJobObject, TerminateJobObject,
};

/// By the id of the process that was started.
static JOBS: Mutex<BTreeMap<u32, Job>> = Mutex::new(BTreeMap::new());

/// What is ended gets this exit code.
const ENDED: u32 = 1;

struct Job(OwnedHandle);

impl Job {
    fn new() -> io::Result<Self> {
        // SAFETY: both may be null: it has no attributes and no name.
        let handle = unsafe { CreateJobObjectW(ptr::null(), ptr::null()) };
        if handle.is_null() {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: it has just been made, and nobody else has it.
        Ok(Self(unsafe { OwnedHandle::from_raw_handle(handle) }))
    }

    fn take_in(&self, child: &Child) -> io::Result<()> {
        // SAFETY: both handles are open.
        done(unsafe { AssignProcessToJobObject(self.0.as_raw_handle(), child.as_raw_handle()) })
    }

    /// Whether all that is in it ends when it is closed, or goes on.
    fn ends_when_closed(&self, ends: bool) -> io::Result<()> {
        let mut limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
        if ends {
            limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
        }
        let length = u32::try_from(size_of_val(&limits)).expect("it is short");
        // SAFETY: the handle is open, and `limits` is what this class of information is made of.
        done(unsafe {
            SetInformationJobObject(
                self.0.as_raw_handle(),
                JobObjectExtendedLimitInformation,
                (&raw const limits).cast(),
                length,
            )
        })
    }

    fn end(&self) -> io::Result<()> {
        // SAFETY: the handle is open.
        done(unsafe { TerminateJobObject(self.0.as_raw_handle(), ENDED) })
    }
}

/// What a call of the system comes to that returns whether it succeeded.
fn done(succeeded: i32) -> io::Result<()> {
    if succeeded == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Puts a process into a job of its own. An error means that it has ended, or that it is in none.
pub fn open(child: &Child) -> io::Result<()> {
    let job = Job::new()?;
    job.ends_when_closed(true)?;
    job.take_in(child)?;
    jobs().insert(child.id(), job);
    Ok(())
}

/// Ends all that is in the job of this process. Whether it has one.
pub fn end(id: u32) -> bool {
    // If this fails, it ends when the job is closed.
    jobs().get(&id).map(|job| job.end().ok()).is_some()
}

/// Lets go of what is left in the job, such as a compiler's cache that serves later builds as well.
pub fn release(id: u32) {
    if let Some(job) = jobs().remove(&id) {
        // If this fails, what is left ends after all.
        job.ends_when_closed(false).ok();
    }
}

fn jobs() -> MutexGuard<'static, BTreeMap<u32, Job>> {
    JOBS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::env;
    use std::io::{Read as _, Write as _, stdin};
    use std::process::{Command, Stdio};
    use std::thread;
    use std::time::Duration;

    use crate::engine::process_group::{CancelToken, ChildGroup};

    /// What a process is that one of these tests has started.
    const ROLE: &str = "WORKBOOK_JOB_TEST";

    /// This binary again, for the one test that plays both roles.
    fn this_as(role: &str) -> Command {
        let mut command = Command::new(env::current_exe().expect("a test has a binary"));
        command.args(["--exact", "engine::job::tests::plays_its_role", "--nocapture"]);
        command.env(ROLE, role);
        command
    }

    #[test]
    #[expect(clippy::zombie_processes, reason = "that somebody leaves one behind is what is tried")]
    fn plays_its_role() {
        match env::var(ROLE).as_deref() {
            // It leaves another process behind, as soon as it is told to.
            Ok("parent") => {
                stdin().read_line(&mut String::new()).expect("a line comes");
                this_as("orphan").spawn().expect("another process");
            }
            // It says that it lives when its input ends.
            Ok("orphan") => {
                stdin().read_to_end(&mut Vec::new()).expect("the input ends");
                println!("it lives");
            }
            _ => {}
        }
    }

    /// What the orphan says, when `after` has been done with the group of its dead parent.
    fn orphan_says(after: impl FnOnce(&mut ChildGroup)) -> String {
        let mut parent = this_as("parent");
        parent.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut group = CancelToken::default().start(&mut parent).expect("a process");
        let mut input = group.child.stdin.take().expect("it is piped");
        writeln!(input).expect("it listens");
        while !group.has_ended().expect("it can be looked at") {
            thread::sleep(Duration::from_millis(2));
        }
        after(&mut group);
        drop(input);
        let mut said = String::new();
        let mut output = group.child.stdout.take().expect("it is piped");
        output.read_to_string(&mut said).expect("it is text");
        said
    }

    #[test]
    fn what_a_dead_process_has_started_ends_with_its_job() {
        let said = orphan_says(|group| group.end());
        assert!(said.contains("plays_its_role") && !said.contains("it lives"), "{said}");
    }

    #[test]
    fn what_is_released_goes_on() {
        let said = orphan_says(|group| {
            assert!(group.wait().expect("it has ended").success());
        });
        assert!(said.contains("it lives"), "{said}");
    }

    #[test]
    fn what_is_ended_has_not_succeeded() {
        let mut parent = this_as("parent");
        parent.stdin(Stdio::piped()).stdout(Stdio::null());
        let mut group = CancelToken::default().start(&mut parent).expect("a process");
        group.end();
        assert!(!group.wait().expect("it has ended").success());
    }
}
