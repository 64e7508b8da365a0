//! Recorded traces, several one above another on the same scale, and the same as a table.

use super::Place;
use crate::html::{self, escape, inline, plain, seal};
use std::fmt::Write as _;
use timeline::svg::{self, Caption};
use timeline::table;
use workbook::pages::directives::timeline::Timelines;

pub fn figure(Timelines { traces, caption }: &Timelines, Place { id, .. }: &Place) -> String {
    let until_micros = traces.iter().map(|trace| trace.timeline.end_micros()).max();
    let mut html = String::from("<figure class=\"timeline\">\n");
    for (number, trace) in (1..).zip(traces) {
        let svg = svg::by_time(
            &trace.timeline,
            &Caption {
                id: &format!("{id}-{number}"),
                title: &plain(trace.title),
                desc: &format!("{} The same as a table is below the drawing.", plain(caption)),
                until_micros,
            },
        );
        // Writing to a String cannot fail.
        _ = writeln!(html, "<p class=\"timeline-of\">{}</p>\n{svg}", inline(trace.title));
    }
    _ = writeln!(html, "<figcaption>{}</figcaption>", inline(caption));
    html.push_str("<details class=\"figure-table\"><summary>The same as a table</summary>\n");
    for trace in traces {
        _ = writeln!(
            html,
            "<p>{}, recorded from the test {}</p>\n\
             <div class=\"table-scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table: {}\">\n\
             {}</div>",
            inline(trace.title),
            html::name(trace.test),
            escape(&plain(trace.title)),
            table::html(&trace.timeline)
        );
    }
    html.push_str("</details>\n</figure>\n");
    seal(&html)
}
