//! `cargo workbook join`: the learner's state on the facilitator's board, from now on.

use std::env;
use std::io::{self, IsTerminal as _, Write as _};

use anyhow::{Context as _, Result, bail};

use crate::catalogue::Catalogue;
use crate::catalogue::workspace::Workspace;
use crate::commands::survey::Survey;
use crate::learner::board::{self, Membership};
use crate::learner::progress::Progress;
use crate::learner::progress::totals::Totals;
use crate::terminal::report_text::notices;

/// Joins the board at that address. `name`: what it shows; the learner is asked where there is none.
pub fn run(workspace: &Workspace, address: &str, code: &str, name: Option<&str>) -> Result<()> {
    let name = match name {
        Some(name) => name.to_owned(),
        None => asked()?,
    };
    let Survey { catalogue, progress, .. } = Survey::read(workspace)?;
    let states = board::states(&Totals::of(&progress, &catalogue));
    let Membership { address, name, .. } = board::join(workspace, address, code, &name, states)?;
    println!("The board at {address} shows you as {name}.");
    println!(
        "Each verdict now sends that name and the state of each exercise: untouched, started or \
         solved.\nNothing else is sent. `cargo workbook join --leave` ends it."
    );
    Ok(())
}

/// Leaves the board that was joined.
pub fn leave(workspace: &Workspace) -> Result<()> {
    match board::leave(workspace)? {
        Some(Membership { address, .. }) => {
            println!("You have left the board at {address}. Nothing is sent any more.");
        }
        None => println!("Nothing to do: you are on no board."),
    }
    Ok(())
}

/// Asks for a name, and proposes that of the account.
fn asked() -> Result<String> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        bail!("which name is the board to show?\nNobody can be asked here: add --name NAME.");
    }
    let account = env::var("USER").or_else(|_| env::var("USERNAME")).unwrap_or_default();
    let proposed = if account.is_empty() { String::new() } else { format!(" [{account}]") };
    print!("Which name is the board to show?{proposed} ");
    io::stdout().flush().context("cannot ask")?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).context("cannot read the answer")?;
    let answer = answer.trim();
    Ok(if answer.is_empty() { account } else { answer.to_owned() })
}

/// Sends how far the learner is, if a board was joined, and waits until it has arrived, for two
/// seconds at most. For a command that ends with its verdict, which is printed by now: what there
/// is to say of the exercises has been said.
pub fn tell(workspace: &Workspace) {
    if board::joined(workspace).is_none() {
        return;
    }
    let Ok((catalogue, _)) = Catalogue::load_sound(&workspace.root) else { return };
    let progress = Progress::read(workspace, &catalogue);
    let states = board::states(&Totals::of(&progress, &catalogue));
    notices(board::tell(workspace, states).and_then(board::Telling::wait).as_slice());
}
