//! A question before something that the learner may not have meant.

use std::io::{self, IsTerminal as _, Write as _};

use anyhow::{Context, Result, bail};

/// Whether the answer is yes. `yes`: it was given on the command line. Where nobody can be asked,
/// that is an error that names the switch.
pub fn confirmed(question: &str, yes: bool) -> Result<bool> {
    if yes {
        return Ok(true);
    }
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        bail!("{question}\nNobody can be asked here: add --yes to the command if you mean it.");
    }
    print!("{question} [y/N] ");
    io::stdout().flush().context("cannot ask")?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).context("cannot read the answer")?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
