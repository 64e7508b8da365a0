//! Screens as a picture: an SVG that shows them one after another.

use std::fmt::Write as _;

use vt100::{Color, Screen};

const CELL: (f32, f32) = (8.4, 18.0);
const MARGIN: f32 = 12.0;
/// How long each screen is shown, in seconds.
const SECONDS: usize = 5;

/// A screen, and what the learner has just done.
pub struct Scene {
    pub caption: String,
    pub screen: Screen,
}

/// The picture. Who wants no motion, or cannot have it, sees the scene `still`.
pub fn svg(title: &str, scenes: &[Scene], still: usize) -> String {
    let (rows, columns) = scenes[0].screen.size();
    let (rows, columns) = (rows.get(), columns.get());
    let width = f32::from(columns) * CELL.0 + 2.0 * MARGIN;
    let height = f32::from(rows + 2) * CELL.1 + 2.0 * MARGIN;
    let all = scenes.len() * SECONDS;
    let share = 100.0 / f32::from(u16::try_from(scenes.len()).expect("few scenes"));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         role=\"img\" aria-labelledby=\"t d\">\n<title id=\"t\">{}</title>\n<desc id=\"d\">{}</desc>\n\
         <style>\n\
         text {{ font: 14px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; \
         white-space: pre; fill: #d8dee9; }}\n\
         .b {{ font-weight: bold; fill: #fff; }} .d {{ fill: #8b93a5; }} \
         .g {{ fill: #8fd19e; }} .r {{ fill: #ff8f8f; }} .y {{ fill: #e6c77a; }} \
         .c {{ fill: #8fc7ff; }} .k {{ font-style: italic; fill: #e6c77a; }}\n\
         .scene {{ visibility: hidden; }} .s{still} {{ visibility: visible; }}\n\
         @media (prefers-reduced-motion: no-preference) {{\n\
         .scene {{ animation: show {all}s step-end infinite; }}\n\
         @keyframes show {{ 0% {{ visibility: visible; }} {share:.3}% {{ visibility: hidden; }} }}\n",
        escaped(title),
        escaped(&description(scenes)),
    );
    for number in 0..scenes.len() {
        // Before its turn a scene is as if it had been shown already.
        let ahead = all - number * SECONDS;
        let _ = writeln!(svg, ".s{number} {{ animation-delay: -{ahead}s; }}");
    }
    let _ = writeln!(
        svg,
        "}}\n</style>\n<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#1d2129\"/>"
    );
    for (number, scene) in scenes.iter().enumerate() {
        let _ = writeln!(svg, "<g class=\"scene s{number}\">");
        let caption = format!("<tspan class=\"k\">{}</tspan>", escaped(&scene.caption));
        line(&mut svg, 0, &caption);
        for row in 0..rows {
            let words = spans(&scene.screen, row, columns);
            if !words.is_empty() {
                line(&mut svg, row + 2, &words);
            }
        }
        svg.push_str("</g>\n");
    }
    svg.push_str("</svg>\n");
    svg
}

fn line(svg: &mut String, row: u16, words: &str) {
    let y = MARGIN + f32::from(row + 1) * CELL.1 - 4.0;
    let _ = writeln!(svg, "<text x=\"{MARGIN}\" y=\"{y:.0}\">{words}</text>");
}

/// The words of a row, those that look alike together. Each starts in its own column, whatever
/// the font makes of the characters before it.
fn spans(screen: &Screen, row: u16, columns: u16) -> String {
    let mut spans = String::new();
    let mut current: (u16, &str, String) = (0, "", String::new());
    let mut flush = |(from, class, text): (u16, &str, String)| {
        if text.trim().is_empty() {
            return;
        }
        let blanks = text.len() - text.trim_start().len();
        let from = from + u16::try_from(blanks).unwrap_or(0);
        let x = MARGIN + f32::from(from) * CELL.0;
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        let _ = write!(spans, "<tspan x=\"{x:.1}\"{class}>{}</tspan>", escaped(text.trim()));
    };
    for column in 0..columns {
        let Some(cell) = screen.cell(row, column) else { continue };
        let class = match (cell.fgcolor(), cell.bold(), cell.dim()) {
            (Color::Idx(1 | 9), ..) => "r",
            (Color::Idx(2 | 10), ..) => "g",
            (Color::Idx(3 | 11), ..) => "y",
            (Color::Idx(4 | 6 | 12 | 14), ..) => "c",
            (_, true, _) => "b",
            (_, _, true) => "d",
            _ => "",
        };
        let blank = !cell.has_contents() || cell.contents() == " ";
        if !blank && class != current.1 && !current.2.trim().is_empty() {
            flush(std::mem::replace(&mut current, (column, class, String::new())));
        } else if !blank && current.2.trim().is_empty() {
            current = (column, class, String::new());
        }
        current.2.push_str(if blank { " " } else { cell.contents() });
    }
    flush(current);
    spans
}

fn description(scenes: &[Scene]) -> String {
    let captions: Vec<&str> = scenes.iter().map(|scene| scene.caption.as_str()).collect();
    captions.join("; ")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
