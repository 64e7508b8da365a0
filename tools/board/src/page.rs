//! The room as a page.

use std::fmt::Write as _;

use timeline::escaped;
use workbook::learner::progress::State;

use crate::room::{Person, Room};

/// The style sheet.
pub const STYLE: &str = include_str!("board.css");
/// The script that asks for the table again and again.
pub const SCRIPT: &str = include_str!("board.js");

/// The page. `address`: where learners find the board. The code is on it only where `shows_code`.
pub fn page(room: &Room, address: &str, shows_code: bool) -> String {
    let code = if shows_code {
        format!(
            "<p class=\"join\">To be on it, type in your copy of the workbook:</p>\n\
             <p class=\"command\"><code>cargo workbook join {} <b>{}</b></code></p>",
            escaped(address),
            escaped(room.code())
        )
    } else {
        "<p class=\"join\">To be on it, ask the facilitator for the code.</p>".to_owned()
    };
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>Board: async patterns workbook</title>\n\
         <link rel=\"stylesheet\" href=\"/board.css\">\n\
         <noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>\n\
         <script src=\"/board.js\" defer></script>\n</head>\n<body>\n\
         <header>\n<h1>Async patterns workbook</h1>\n{code}\n</header>\n\
         <main id=\"table\" aria-live=\"polite\">\n{}</main>\n\
         <p id=\"ended\" role=\"status\" hidden>The board has ended, or the network has.</p>\n\
         <footer>✓ solved <span class=\"started\">…</span> started. The board knows a name \
         and these states, and forgets them when it ends.</footer>\n\
         </body>\n</html>\n",
        table(room)
    )
}

/// What of the page changes.
pub fn table(room: &Room) -> String {
    let people = room.people();
    if people.is_empty() {
        return "<p class=\"nobody\">Nobody is here yet.</p>\n".to_owned();
    }
    let mut html = String::from("<table>\n<thead>\n<tr><th scope=\"col\" class=\"who\">");
    let is = if people.len() == 1 { "person" } else { "people" };
    // Writing to a string cannot fail.
    write!(html, "{} {is}</th><th scope=\"col\" class=\"sum\">solved</th>", people.len()).ok();
    for exercise in room.exercises() {
        let name = escaped(exercise);
        write!(html, "<th scope=\"col\" class=\"exercise\"><span>{name}</span></th>").ok();
    }
    html.push_str("</tr>\n</thead>\n<tbody>\n");
    for person in people {
        row(&mut html, room, person);
    }
    html.push_str(
        "</tbody>\n<tfoot>\n<tr><th scope=\"row\" class=\"who\">all</th><td class=\"sum\"></td>",
    );
    for exercise in room.exercises() {
        let solved = |person: &&Person| person.states.get(exercise) == Some(&State::Solved);
        let count = people.iter().filter(solved).count();
        let shown = if count == 0 { String::new() } else { count.to_string() };
        write!(html, "<td class=\"count\">{shown}</td>").ok();
    }
    html.push_str("</tr>\n</tfoot>\n</table>\n");
    html
}

fn row(html: &mut String, room: &Room, person: &Person) {
    let (name, solved, all) = (escaped(&person.name), person.solved(), room.exercises().len());
    write!(
        html,
        "<tr><th scope=\"row\" class=\"who\">{name}</th><td class=\"sum\">{solved}<span> of \
         {all}</span></td>"
    )
    .ok();
    for exercise in room.exercises() {
        let (class, sign, word) = match person.states.get(exercise) {
            Some(State::Solved) => ("solved", "✓", "solved"),
            Some(State::Started) => ("started", "…", "started"),
            Some(State::Untouched) | None => ("untouched", "", "untouched"),
        };
        let title = format!("{}: {word}", escaped(exercise));
        write!(html, "<td class=\"{class}\" title=\"{title}\">{sign}</td>").ok();
    }
    html.push_str("</tr>\n");
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};
    use std::time::Instant;

    use workbook::learner::board::message::Join;

    use super::*;

    #[test]
    fn a_name_is_text_and_the_code_is_not_for_everybody() {
        let mut room = Room::new(vec!["gather".to_owned()]);
        let join = Join::new(room.code(), "<img src=x>&\"'");
        room.join(IpAddr::V4(Ipv4Addr::LOCALHOST), &join, Instant::now()).expect("it may");
        let page = page(&room, "10.0.0.5:4880", false);
        assert!(!page.contains("<img") && page.contains("&lt;img src=x&gt;&amp;&quot;&#39;"));
        assert!(!page.contains(room.code()));
        let own = super::page(&room, "10.0.0.5:4880", true);
        assert!(own.contains(&format!("cargo workbook join 10.0.0.5:4880 <b>{}</b>", room.code())));
    }
}
