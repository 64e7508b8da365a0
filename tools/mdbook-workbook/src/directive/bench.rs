//! Recorded numbers, as a figure and as a table.

use super::Place;
use crate::chart;
use crate::html::{escape, inline, plain, seal};
use crate::number::{ratio, value};
use std::fmt::Write as _;
use workbook::bench::Bench;

pub fn figure(recorded: &Bench, Place { id }: &Place) -> String {
    let versions: Vec<String> = recorded
        .versions
        .iter()
        .map(|(name, version)| format!("{} {}", escape(name), escape(version)))
        .collect();
    seal(&format!(
        "<figure class=\"bench\">\n<p class=\"bench-title\">{title}</p>\n{svg}\n\
         <div class=\"table-scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table: {label}\">\n\
         {table}</div>\n<figcaption>Median of what <code>{command}</code> measured on {machine}; \
         {versions}.</figcaption>\n</figure>\n",
        title = inline(&recorded.title),
        svg = if chart::is_worth_drawing(recorded) {
            chart::svg(recorded, id)
        } else {
            String::new()
        },
        label = escape(&plain(&recorded.title)),
        table = table(recorded),
        command = escape(&recorded.command),
        machine = escape(&recorded.machine),
        versions = versions.join(", "),
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
