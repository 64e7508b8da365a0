//! The board of a workshop, as the learner's side sees it.
//!
//! Nothing is sent before the learner has joined one. From then on each verdict sends the state of
//! every exercise: what was not heard of once, because the wifi was gone, is told with the next one.
//!
//! - [`message`]: what is sent and answered, in the words of both sides
//! - `post`: one request, and no HTTP library: the command stays quick to build

pub mod message;
mod post;

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::catalogue::workspace::Workspace;
use crate::learner::atomic_write;
use crate::learner::progress::State;
use crate::learner::progress::store;
use crate::learner::progress::totals::Totals;
use message::{Join, Joined, Leave, Report, States};

/// What is remembered of the board that was joined, in `.workbook/board.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// Where it is: a host and a port.
    pub address: String,
    /// The name that it shows.
    pub name: String,
    /// What only this learner and the board know: with it, nobody speaks for another.
    secret: String,
    /// Whether the learner was told that it cannot be reached, and it has not been since.
    #[serde(default)]
    unreachable: bool,
}

/// A report that is on its way to the board.
pub struct Telling(Receiver<Option<String>>);

fn file(workspace: &Workspace) -> PathBuf {
    store::folder(workspace).join("board.toml")
}

/// The board that was joined, if there is one. A file that cannot be understood is none.
pub fn joined(workspace: &Workspace) -> Option<Membership> {
    toml::from_str(&fs::read_to_string(file(workspace)).ok()?).ok()
}

/// Joins the board at that address, and sends it how far the learner is. The place that the learner
/// had before, there or elsewhere, is given up for the new one: nobody takes two, or loses their name
/// to themselves.
///
/// An error if it cannot be reached, or does not take the code or the name. The learner then stays
/// where they were.
pub fn join(
    workspace: &Workspace,
    address: &str,
    code: &str,
    name: &str,
    states: States,
) -> Result<Membership> {
    let address = address.trim().trim_start_matches("http://").trim_end_matches('/').to_owned();
    let before = joined(workspace);
    let (here, elsewhere) = match before {
        Some(before) if before.address == address => (Some(before.secret), None),
        before => (None, before),
    };
    let asked = Join { instead_of: here, ..Join::new(&code.trim().to_uppercase(), name.trim()) };
    let answer = post::post(&address, "/join", &asked)
        .with_context(|| format!("the board at {address} cannot be reached"))
        .context("is this machine on the same network, and is the address as it is shown there?")?;
    if answer.status != 200 {
        bail!("the board says: {}", answer.text());
    }
    let Joined { secret, name } = serde_json::from_slice(&answer.body)
        .with_context(|| format!("what answers at {address} is no board of the workbook"))?;
    let membership = Membership { address, name, secret, unreachable: false };
    remember(workspace, &membership).context("cannot remember the board in .workbook")?;
    if let Some(elsewhere) = elsewhere {
        give_up(&elsewhere);
    }
    if let Some(notice) = tell(workspace, states).and_then(Telling::wait) {
        bail!("{notice}");
    }
    Ok(membership)
}

/// Leaves the board: it forgets the learner, and nothing is sent any more. The membership that was
/// given up; `None` if there was none.
pub fn leave(workspace: &Workspace) -> Result<Option<Membership>> {
    let Some(membership) = joined(workspace) else { return Ok(None) };
    forget(workspace).context("cannot forget the board in .workbook")?;
    give_up(&membership);
    Ok(Some(membership))
}

/// Gives the place on the board up.
fn give_up(membership: &Membership) {
    // A board that cannot be reached has heard the last of this learner in any case.
    post::post(&membership.address, "/leave", &Leave { secret: membership.secret.clone() }).ok();
}

/// Sends the states to the board that was joined, on a thread of its own. `None`: there is no board.
pub fn tell(workspace: &Workspace, states: States) -> Option<Telling> {
    let membership = joined(workspace)?;
    let workspace = workspace.clone();
    let (done, told) = mpsc::channel();
    thread::spawn(move || {
        // Nobody listens any more where the command has ended.
        done.send(report(&workspace, membership, states)).ok();
    });
    Some(Telling(told))
}

impl Telling {
    /// Waits until it has arrived, or will not. What the learner should know of it.
    pub fn wait(self) -> Option<String> {
        self.0.recv_timeout(post::WHOLE + Duration::from_millis(100)).ok().flatten()
    }

    /// What the learner should know of it by now.
    pub fn news(&self) -> Option<String> {
        self.0.try_recv().ok().flatten()
    }
}

/// Sends a report. What the learner should know, each thing once.
fn report(workspace: &Workspace, mut membership: Membership, states: States) -> Option<String> {
    let secret = membership.secret.clone();
    let address = &membership.address;
    match post::post(address, "/report", &Report { secret, states }) {
        // One that was too quick for the board is made up for by the next.
        Ok(answer) if matches!(answer.status, 204 | 429) => {
            if membership.unreachable {
                membership.unreachable = false;
                remember(workspace, &membership).ok();
            }
            None
        }
        Ok(answer) => {
            forget(workspace).ok();
            // It may still have the place, and does not take what is reported.
            give_up(&membership);
            let why = answer.text();
            Some(format!("nothing is sent to the board at {address} any more; it says: {why}"))
        }
        Err(_) if membership.unreachable => None,
        Err(error) => {
            let notice = format!(
                "the board at {address} cannot be reached ({error:#}); the next verdict tries \
                 again, and `cargo workbook join --leave` leaves it"
            );
            membership.unreachable = true;
            remember(workspace, &membership).ok();
            Some(notice)
        }
    }
}

fn remember(workspace: &Workspace, membership: &Membership) -> Result<()> {
    let _lock = store::lock(workspace)?;
    let text = toml::to_string(membership)?;
    Ok(atomic_write::write(&file(workspace), text.as_bytes())?)
}

fn forget(workspace: &Workspace) -> io::Result<()> {
    match fs::remove_file(file(workspace)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The states as they are sent: what is untouched goes without saying.
pub fn states(totals: &Totals<'_>) -> States {
    let told = totals.states.iter().filter(|(_, state)| *state != State::Untouched);
    told.map(|(exercise, state)| (exercise.name.clone(), *state)).collect()
}
