//! `cargo workbook --help`, and the help of each command, made readable.
//!
//! clap lists subcommands in one heap. Here the learner's come first, and everything that is said
//! of them is what they say of themselves. And clap breaks lines only with another library.

use std::fmt::Write as _;

use clap::Command;
use clap::builder::StyledStr;

use crate::terminal::text::wrap;

/// A command that is in no group is the learner's.
const LEARNERS: &str = "Commands";
/// The others, in the order in which they are shown.
const GROUPS: [(&str, &[&str]); 2] = [
    ("For a workshop", &["prepare", "board", "join"]),
    ("For authors", &["verify", "new", "bench"]),
];

/// The narrowest terminal that the workbook is made for.
const COLUMNS: usize = 80;
/// How far clap moves in what it says of an argument.
const ARGUMENT: usize = 10;

/// The command line, with help that shows the commands in groups, on lines of at most 80 columns.
pub fn readable(command: Command) -> Command {
    let command = broken_into_lines(command).mut_subcommands(broken_into_lines);
    let groups = groups(&command);
    let header = *command.get_styles().get_header();
    let template = format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{groups}\
         `cargo workbook COMMAND --help` says more about one of them.\n\n\
         {header}Options:{header:#}\n{{options}}{{after-help}}"
    );
    command.help_template(template)
}

/// With line breaks in what is said of it, and of its arguments.
fn broken_into_lines(mut command: Command) -> Command {
    if let Some(about) = command.get_long_about() {
        let about = broken(about, 0);
        command = command.long_about(about);
    }
    if let Some(after) = command.get_after_help() {
        let after = broken(after, 0);
        command = command.after_help(after);
    }
    command.mut_args(|mut argument| {
        let short = argument.get_help().filter(|help| too_long(help));
        if let Some(help) = argument.get_long_help().or(short) {
            let help = broken(help, ARGUMENT);
            argument = argument.long_help(help);
        }
        argument
    })
}

/// Whether it would not fit beside what clap moves it in by.
fn too_long(help: &StyledStr) -> bool {
    help.to_string().chars().count() > COLUMNS - ARGUMENT
}

/// Each paragraph on lines that leave room for `indented` columns.
fn broken(text: &StyledStr, indented: usize) -> String {
    let text = text.to_string();
    let paragraphs = text.split("\n\n").map(|one| wrap(one, COLUMNS - indented).join("\n"));
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

fn groups(command: &Command) -> String {
    let (header, literal) = (command.get_styles().get_header(), command.get_styles().get_literal());
    let width = shown(command).map(|one| one.get_name().len()).max().unwrap_or(0);
    let mut text = String::new();
    for (heading, members) in members(command) {
        // Writing to a string cannot fail.
        writeln!(text, "{header}{heading}:{header:#}").ok();
        for one in members {
            let name = one.get_name();
            let about = one.get_about().map(ToString::to_string).unwrap_or_default();
            let lines = wrap(&about, COLUMNS - width - 4);
            let below = format!("\n{}", " ".repeat(width + 4));
            let about = lines.join(&below);
            writeln!(text, "  {literal}{name}{literal:#}{:1$}  {about}", "", width - name.len())
                .ok();
        }
        text.push('\n');
    }
    text
}

/// The headings, and the commands below each.
fn members(command: &Command) -> Vec<(&'static str, Vec<&Command>)> {
    let grouped = |name: &str| GROUPS.iter().any(|(_, names)| names.contains(&name));
    let learners = shown(command).filter(|one| !grouped(one.get_name())).collect();
    let named = |name: &&str| shown(command).find(|one| one.get_name() == *name);
    let others = GROUPS
        .iter()
        .map(|(heading, names)| (*heading, names.iter().filter_map(named).collect::<Vec<_>>()));
    [(LEARNERS, learners)].into_iter().chain(others).collect()
}

fn shown(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|one| !one.is_hide_set())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::commands::cli::Cli;

    #[test]
    fn every_command_is_in_one_group_and_every_grouped_name_is_a_command() {
        let command = Cli::command();
        let there: Vec<&str> = shown(&command).map(Command::get_name).collect();
        for name in GROUPS.iter().flat_map(|(_, names)| *names) {
            assert!(there.contains(name), "{name} is no command any more");
        }
        let mut listed: Vec<&str> = members(&command)
            .into_iter()
            .flat_map(|(_, members)| members.into_iter().map(Command::get_name))
            .collect();
        let mut there = there;
        listed.sort_unstable();
        there.sort_unstable();
        assert_eq!(listed, there);
    }

    #[test]
    fn help_fits_a_terminal_and_leaves_out_what_is_hidden() {
        for long in [false, true] {
            let mut command = readable(Cli::command());
            let help = if long { command.render_long_help() } else { command.render_help() };
            let help = help.to_string();
            for line in help.lines() {
                assert!(line.chars().count() <= COLUMNS, "{line:?} in\n{help}");
            }
            let at = |text: &str| help.find(text).unwrap_or_else(|| panic!("{text}:\n{help}"));
            let order = ["\nUsage: ", "\nCommands:\n", "  list ", "  test ", "  book "];
            let rest = ["\nFor a workshop:\n", "\nFor authors:\n", "  verify ", "\nOptions:\n"];
            let places: Vec<usize> = order.iter().chain(&rest).map(|text| at(text)).collect();
            assert!(places.is_sorted(), "{help}");
            assert!(!help.contains("confined") && !help.contains('{'), "{help}");
        }
    }

    #[test]
    fn the_help_of_each_command_has_short_paragraphs() {
        let mut command = readable(Cli::command());
        command.build();
        for one in command.get_subcommands_mut() {
            for text in [one.get_long_about(), one.get_after_help()].into_iter().flatten() {
                let text = text.to_string();
                assert!(text.lines().all(|line| line.chars().count() <= COLUMNS), "{text}");
            }
            // Lists of values are clap's own, and only authors have one.
            if one.get_name() == "verify" {
                continue;
            }
            let help = one.render_long_help().to_string();
            let long = help.lines().find(|line| line.chars().count() > COLUMNS);
            assert_eq!(long, None, "{help}");
        }
        let check = command.find_subcommand("check").expect("it is there");
        let about = check.get_long_about().map(ToString::to_string).unwrap_or_default();
        assert!(about.contains("\n\nThe file replaces exercises/NAME"), "{about}");
    }
}
