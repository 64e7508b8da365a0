//! `{{#bench gather}}`: the recorded numbers, as a figure and as a table. A second word names a
//! criterion group other than the one that is called like the exercise.

use super::{Place, plain};
use crate::chart;
use crate::html::{escape, inline, plain as unmarked, seal};
use crate::number::{duration, ratio};
use crate::page::Word;
use crate::problem::Trouble;
use crate::site::Site;
use std::fmt::Write as _;
use workbook::bench::Bench;
use workbook::record::bench_file;

pub fn expand(site: &Site, words: &[Word], place: &Place) -> Result<String, Trouble> {
    let (name, group) = match words {
        [_, _] => {
            plain(words, "{{#bench gather gather-500ms}}").map(|[name, group]| (name, group))?
        }
        _ => plain(words, "{{#bench gather}}").map(|[name]| (name, name))?,
    };
    let exercise = site.exercise(name)?;
    let file = site.shown(&bench_file(exercise, group));
    let remedy = format!(
        "record it with `cargo bench -p {name}-solution`, then `cargo workbook bench {name}`"
    );
    let recorded: Bench = serde_json::from_str(&site.read(&file, &remedy)?)
        .map_err(|error| Trouble::new(format!("{file} cannot be read: {error}"), &remedy))?;
    if recorded.series.iter().all(|series| series.points.is_empty()) {
        return Err(Trouble::new(format!("{file} has no numbers"), &remedy));
    }
    let wrong = |value: f64| !value.is_finite() || value <= 0.0;
    if recorded.series.iter().flat_map(|series| &series.points).any(|point| wrong(point.median_ns))
    {
        return Err(Trouble::new(format!("{file} has a duration that is no duration"), &remedy));
    }
    Ok(figure(&recorded, &place.id))
}

fn figure(recorded: &Bench, id: &str) -> String {
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
        svg = chart::svg(recorded, id),
        label = escape(&unmarked(&recorded.title)),
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
                duration(point.median_ns)
            );
            if ideal {
                _ = match point.ideal_ns {
                    Some(wanted) => write!(
                        html,
                        "<td class=\"number\">{}</td><td class=\"number\">{}</td>",
                        duration(wanted),
                        ratio(point.median_ns / wanted)
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
