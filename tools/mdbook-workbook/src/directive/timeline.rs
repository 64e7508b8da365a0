//! Recorded traces, several one above another on the same scale, and the same as a table.

use super::Place;
use crate::html::{self, escape, inline, plain, seal};
use std::fmt::Write as _;
use timeline::svg::{self, Caption, Line};
use timeline::table;
use workbook::catalogue::manifest::Axis;
use workbook::pages::directives::timeline::{Timelines, Trace};

pub fn figure(timelines: &Timelines, Place { id, .. }: &Place) -> String {
    let Timelines { traces, axis, caption } = timelines;
    let lines: Vec<Vec<Line>> = traces.iter().map(lines).collect();
    let columns = |(trace, lines): (&Trace, &Vec<Line>)| svg::columns(&trace.timeline, lines);
    let until_columns = traces.iter().zip(&lines).map(columns).max();
    let until_micros = traces.iter().map(|trace| trace.timeline.end_micros()).max();
    let mut html = String::from("<figure class=\"timeline\">\n");
    for (number, (trace, lines)) in (1..).zip(traces.iter().zip(&lines)) {
        let caption = Caption {
            id: &format!("{id}-{number}"),
            title: &plain(trace.title),
            desc: &format!("{} The same as a table is below the drawing.", plain(caption)),
            until_micros,
            until_columns,
            lines,
        };
        let (svg, total) = match axis {
            Axis::Time => (
                svg::by_time(&trace.timeline, &caption),
                format!("<span class=\"timeline-total\">{}</span>", table::total(&trace.timeline)),
            ),
            Axis::Order => (svg::by_order(&trace.timeline, &caption), String::new()),
        };
        let (class, sign) = if trace.right { ("right", "✓") } else { ("wrong", "✗") };
        // Writing to a String cannot fail.
        _ = writeln!(
            html,
            "<p class=\"timeline-of\"><span><span class=\"timeline-{class}\">{sign}</span> \
             {}</span>{total}</p>\n{svg}",
            inline(trace.title)
        );
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
            match axis {
                Axis::Time => table::html(&trace.timeline),
                Axis::Order => table::html_by_order(&trace.timeline),
            }
        );
    }
    html.push_str("</details>\n</figure>\n");
    seal(&html)
}

fn lines<'a>(trace: &Trace<'a>) -> Vec<Line<'a>> {
    trace.lines.iter().map(|(lane, words)| Line { lane, words }).collect()
}
