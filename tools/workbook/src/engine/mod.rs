//! From a file to a judgement. Each step knows only the ones before it.
//!
//! - [`process_group`]: the processes that we start, and how none of them is left behind
//! - `job`: how Windows groups processes; no other system has it
//! - [`scratch_workspace`]: a workspace under `target/` in which any file stands in an exercise's
//!   place
//! - [`snapshot`]: the contents of files at one moment
//! - [`build_record`]: whether what cargo has built was built from the files as they are
//! - [`compile`]: runs cargo, and sorts what it says by candidate
//! - [`obstacle`]: what on the machine keeps cargo from building
//! - [`test_binary`]: a copy of a test binary that the code in it cannot change
//! - [`cargo_progress`]: cargo's lines as they come, and how far a first build is
//! - [`temporary_folder`]: folders that are gone when this command is
//! - [`run_journal`]: where a run leaves its outcomes, and how they are known to be its own
//! - [`sandbox`]: what `check --sandbox` keeps a file from
//! - [`printed`]: what the code prints while it is tested, to be shown
//! - [`test_process`]: one test process, bounded in time and output, ended with all that it started
//! - [`side_by_side`]: pieces of work that wait more than they compute, a few at once
//! - [`account`]: what the command says of a test, in the form of the tests' own accounts
//! - [`held_up`]: tests that hang because of another one in the same process
//! - [`judge`]: what became of each test, without trust in what the process printed
//! - [`signature`]: which recorded wrong answers fail exactly as an answer does
//! - [`signals`]: on Ctrl-C and the like, ends what was started, then the command
//! - [`cpu_load`]: threads that keep every core busy

pub mod account;
pub mod build_record;
pub mod cargo_progress;
pub mod compile;
pub mod cpu_load;
pub mod held_up;
#[cfg(not(unix))]
pub mod job;
pub mod judge;
pub mod obstacle;
pub mod printed;
pub mod process_group;
pub mod run_journal;
pub mod sandbox;
pub mod scratch_workspace;
pub mod side_by_side;
pub mod signals;
pub mod signature;
pub mod snapshot;
pub mod temporary_folder;
pub mod test_binary;
pub mod test_process;
