//! `{{#timeline gather reference.asks_once_for_each_user "What to notice"}}`: recorded traces,
//! several one above another on the same scale.

use super::{Place, unlike};
use crate::html::{self, escape, inline, plain, seal};
use crate::page::Word;
use crate::problem::{Trouble, listed};
use crate::site::Site;
use std::fmt::Write as _;
use timeline::svg::{self, Caption};
use timeline::{Timeline, table};
use workbook::catalogue::Exercise;
use workbook::manifest::{REFERENCE, START, nearest};
use workbook::record::trace_name;

const USAGE: &str = "{{#timeline gather reference.TEST \"What to notice\"}}";

/// A recorded trace and whose it is.
struct Trace {
    /// The candidate's title, as Markdown.
    title: String,
    test: String,
    timeline: Timeline,
}

pub fn expand(site: &Site, words: &[Word], place: &Place) -> Result<String, Trouble> {
    let [exercise, traces @ .., caption] = words else { return Err(unlike(USAGE)) };
    if traces.is_empty() || traces.iter().any(|trace| trace.quoted) {
        return Err(unlike(USAGE));
    }
    if !caption.quoted || caption.text.trim().is_empty() {
        return Err(Trouble::new(
            "the timeline has no caption",
            format!("say in quotation marks what the reader is to notice: `{USAGE}`"),
        ));
    }
    let exercise = site.exercise(&exercise.text)?;
    let traces: Result<Vec<Trace>, Trouble> =
        traces.iter().map(|trace| read(site, exercise, &trace.text)).collect();
    Ok(figure(&traces?, &caption.text, &place.id))
}

fn read(site: &Site, exercise: &Exercise, name: &str) -> Result<Trace, Trouble> {
    let manifest = &exercise.manifest;
    let known: Vec<String> =
        manifest.figures.iter().map(|figure| format!("{}.{}", figure.of, figure.test)).collect();
    let listed_one = manifest.figures.iter().find(|f| format!("{}.{}", f.of, f.test) == name);
    let Some(listed_one) = listed_one else {
        return Err(Trouble::new(
            format!("`{name}` is not among the [[figures]] of {}", exercise.name),
            format!(
                "add it to its exercise.toml, or name one of {}.{}",
                listed(known.iter().map(String::as_str)),
                nearest(name, known.iter().map(String::as_str))
            ),
        ));
    };
    let (of, test) = (&listed_one.of, &listed_one.test);
    let file = site.shown(&exercise.recorded().join(trace_name(of, test)));
    let bless = format!("record it with `cargo workbook verify {} --bless`", exercise.name);
    let timeline: Timeline = serde_json::from_str(&site.read(&file, &bless)?)
        .map_err(|error| Trouble::new(format!("{file} is not a trace: {error}"), &bless))?;
    if timeline.lanes.is_empty() {
        return Err(Trouble::new(
            format!("nothing was recorded in {file}"),
            "choose a test in which something happens",
        ));
    }
    let title = match of.as_str() {
        START => "The starting point",
        REFERENCE => "The pattern",
        other => match (manifest.alternatives.get(other), manifest.anti.get(other)) {
            (Some(alternative), _) => &alternative.title,
            (None, Some(anti)) => &anti.title,
            (None, None) => other,
        },
    };
    Ok(Trace { title: title.to_owned(), test: test.clone(), timeline })
}

fn figure(traces: &[Trace], caption: &str, id: &str) -> String {
    let until_micros = traces.iter().map(|trace| trace.timeline.end_micros()).max();
    let mut html = String::from("<figure class=\"timeline\">\n");
    for (number, trace) in (1..).zip(traces) {
        let svg = svg::by_time(
            &trace.timeline,
            &Caption {
                id: &format!("{id}-{number}"),
                title: &plain(&trace.title),
                desc: &format!("{} The same as a table is below the drawing.", plain(caption)),
                until_micros,
            },
        );
        // Writing to a String cannot fail.
        _ = writeln!(html, "<p class=\"timeline-of\">{}</p>\n{svg}", inline(&trace.title));
    }
    _ = writeln!(html, "<figcaption>{}</figcaption>", inline(caption));
    html.push_str("<details class=\"figure-table\"><summary>The same as a table</summary>\n");
    for trace in traces {
        _ = writeln!(
            html,
            "<p>{}, recorded from the test {}</p>\n\
             <div class=\"table-scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table: {}\">\n\
             {}</div>",
            inline(&trace.title),
            html::name(&trace.test),
            escape(&plain(&trace.title)),
            table::html(&trace.timeline)
        );
    }
    html.push_str("</details>\n</figure>\n");
    seal(&html)
}
