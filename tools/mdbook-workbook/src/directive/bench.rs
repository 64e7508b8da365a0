//! Recorded numbers, as a figure and as a table.

use super::Place;
use crate::chart;
use crate::html::{escape, inline, plain, seal};
use crate::number::{ratio, value};
use std::fmt::Write as _;
use workbook::catalogue::bench::Bench;

pub fn figure(recorded: &Bench, Place { id, .. }: &Place) -> String {
    let versions: Vec<String> = recorded
        .versions
        .iter()
        .map(|(name, version)| format!("{} {}", escape(name), escape(version)))
        .collect();
    let title = inline(&recorded.title);
    let table = format!(
        "<div class=\"table-scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table: {}\">\n\
         {}</div>\n",
        escape(&plain(&recorded.title)),
        table(recorded)
    );
    let caption = format!(
        "<figcaption>Median of what <code>{command}</code> measured on {machine}; \
         {versions}.</figcaption>\n",
        command = escape(&recorded.command),
        machine = escape(&recorded.machine),
        versions = versions.join(", "),
    );
    // Beside a drawing the table says the same again; alone it is all there is.
    let body = if chart::is_worth_drawing(recorded) {
        format!(
            "{svg}\n{caption}<details class=\"figure-table\"><summary>The same as a table</summary>\n\
             {table}</details>\n",
            svg = chart::svg(recorded, id)
        )
    } else {
        table + &caption
    };
    seal(&format!(
        "<figure class=\"bench\">\n<p class=\"bench-title\">{title}</p>\n{body}</figure>\n"
    ))
}

fn table(recorded: &Bench) -> String {
    let ideal = chart::has_ideal(recorded);
    let mut html = format!(
        "<table>\n<thead><tr><th scope=\"col\">How</th><th scope=\"col\">{}</th>\
         <th scope=\"col\">Median</th>",
        escape(&recorded.x)
    );
    if ideal {
        html.push_str("<th scope=\"col\">Ideal</th><th scope=\"col\">Median ÷ ideal</th>");
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for series in &recorded.series {
        for (index, point) in series.points.iter().enumerate() {
            // The name stands once, so that the eye finds where the next one begins.
            let head = if index == 0 {
                format!(
                    "<th scope=\"rowgroup\" rowspan=\"{}\">{}</th>",
                    series.points.len(),
                    inline(&series.label)
                )
            } else {
                String::new()
            };
            // Writing to a String cannot fail.
            _ = write!(
                html,
                "<tr>{head}<td class=\"number\">{}</td><td class=\"number\">{}</td>",
                point.x,
                value(point.median, recorded.unit)
            );
            if ideal {
                _ = match point.ideal {
                    Some(wanted) => write!(
                        html,
                        "<td class=\"number\">{}</td><td class=\"number\">{}</td>",
                        value(wanted, recorded.unit),
                        ratio(point.median / wanted)
                    ),
                    None => write!(html, "<td></td><td></td>"),
                };
            }
            html.push_str("</tr>\n");
        }
    }
    html.push_str("</tbody>\n</table>\n");
    html
}
