//! One shape for each kind of span, told apart without colour.

use std::fmt::Write as _;

use super::measure::n;
use crate::clean::escaped;
use crate::model::How;

/// The height of a bar.
pub(super) const HEIGHT: f64 = 12.0;
/// Half the width of a numbered mark.
pub(super) const RADIUS: f64 = 7.5;
/// The narrowest bar: what took no time is still seen, and four pixels wide on the narrowest phone.
const NARROWEST: f64 = 4.6;

/// A bar from `start` to `end` around the line `middle`.
pub(super) fn bar(how: How, start: f64, end: f64, middle: f64, id: &str, title: &str) -> String {
    let end = end.max(start + NARROWEST);
    let top = middle - HEIGHT / 2.0;
    let rect = format!(
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"1.5\"",
        n(start),
        n(top),
        n(end - start),
        n(HEIGHT)
    );
    let (class, colour) = look(how);
    let (solid, drawn, both) = (colour.fill(), colour.stroke(), colour.fill_and_stroke());
    let shape = match how {
        How::Finished => format!("{rect} {solid}/>"),
        How::Failed => format!(
            "{rect} {solid}/><path d=\"M{} {}v{}\" stroke-width=\"3\" {drawn}/>",
            n(end - 1.5),
            n(top - 3.0),
            n(HEIGHT + 6.0)
        ),
        How::Cancelled => format!(
            "{rect} fill-opacity=\"0.3\" {both}/>\
             <path d=\"M{} {}l9 12m0 -12l-9 12\" stroke-width=\"2.5\" stroke-linecap=\"round\" {drawn}/>",
            n(end - 4.5),
            n(top)
        ),
        How::Open => format!(
            "<path d=\"M{0} {1}H{2}v{3}H{0}\" fill-opacity=\"0.12\" stroke-dasharray=\"4 2\" \
             stroke-width=\"1.5\" {both}/><path d=\"M{0} {4}l7 8l-7 8z\" {solid}/>",
            n(end),
            n(top),
            n(start),
            n(HEIGHT),
            n(middle - 8.0)
        ),
        How::Waiting => format!(
            "<path d=\"M{} {}H{}\" stroke-width=\"2.4\" stroke-linecap=\"round\" \
             stroke-dasharray=\"0.1 4.5\" {drawn}/>",
            n(start + 1.2),
            n(middle),
            n(end)
        ),
        How::Blocked => {
            format!("{rect} fill=\"url(#{id}-hatch)\" stroke-width=\"1.5\" {}/>", colour.outline())
        }
    };
    format!("<g class=\"tl-bar {class}\">{}{shape}</g>\n", self::title(title))
}

/// The pattern of blocked bars. Its id is the drawing's own: a page may hold several.
pub(super) fn hatch(id: &str) -> String {
    let (_, colour) = look(How::Blocked);
    format!(
        "<defs><pattern id=\"{id}-hatch\" width=\"5\" height=\"5\" \
         patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
         <path d=\"M1 0V5\" stroke-width=\"2\" {}/></pattern></defs>\n",
        colour.stroke()
    )
}

/// A dot, or a number in a disc. Where the disc had to be moved, a line stays at the exact time.
pub(super) fn mark(number: Option<usize>, exact: f64, x: f64, middle: f64, title: &str) -> String {
    const DISC: Colour = Colour("--tl-mark", "#7e57c2");
    const ON_DISC: Colour = Colour("--tl-mark-ink", "#fff");
    let mut out = format!("<g class=\"tl-mark\">{}", self::title(title));
    if (exact - x).abs() > 0.5 {
        _ = write!(
            out,
            "<path d=\"M{} {}v18\" stroke-width=\"1.5\" {}/>",
            n(exact),
            n(middle - 9.0),
            DISC.stroke()
        );
    }
    let radius = if number.is_some() { RADIUS } else { 4.5 };
    _ = write!(
        out,
        "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {}/>",
        n(x),
        n(middle),
        n(radius),
        DISC.fill_with_rim(&ON_DISC)
    );
    if let Some(number) = number {
        _ = write!(
            out,
            "<text x=\"{}\" y=\"{}\" font-size=\"11\" text-anchor=\"middle\" {}>{number}</text>",
            n(x),
            n(middle + 4.0),
            ON_DISC.fill()
        );
    }
    out.push_str("</g>\n");
    out
}

/// A `<title>` element, if there is anything to say.
pub(super) fn title(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!("<title>{}</title>", escaped(words)) }
}

/// A colour that the page may choose, and the one used if it does not.
///
/// Given twice, as a style and as an attribute: what reads CSS variables takes the style, and what
/// does not (image viewers, e-books) the attribute.
pub(super) struct Colour(&'static str, &'static str);

/// The colour of all text.
pub(super) const INK: Colour = Colour("--tl-ink", "currentColor");
/// The colour of a line through all rows.
pub(super) const LINE: Colour = Colour("--tl-line", "currentColor");
/// The colour of the lines behind.
pub(super) const GRID: Colour = Colour("--tl-grid", "currentColor");

impl Colour {
    pub(super) fn fill(&self) -> String {
        let Self(variable, else_this) = self;
        format!("fill=\"{else_this}\" style=\"fill:var({variable},{else_this})\"")
    }

    pub(super) fn stroke(&self) -> String {
        format!("fill=\"none\" {}", self.outline())
    }

    /// The stroke alone; the shape says what fills it.
    fn outline(&self) -> String {
        let Self(variable, else_this) = self;
        format!("stroke=\"{else_this}\" style=\"stroke:var({variable},{else_this})\"")
    }

    fn fill_and_stroke(&self) -> String {
        self.fill_with_rim(self)
    }

    fn fill_with_rim(&self, rim: &Self) -> String {
        let (Self(inner, else_inner), Self(outer, else_outer)) = (self, rim);
        format!(
            "fill=\"{else_inner}\" stroke=\"{else_outer}\" \
             style=\"fill:var({inner},{else_inner});stroke:var({outer},{else_outer})\""
        )
    }
}

/// The class of a kind, and its colour: dark enough on white and light enough on a dark page.
fn look(how: How) -> (&'static str, Colour) {
    match how {
        How::Finished => ("tl-finished", Colour("--tl-finished", "#2e7d32")),
        How::Failed => ("tl-failed", Colour("--tl-failed", "#c62828")),
        How::Cancelled => ("tl-cancelled", Colour("--tl-cancelled", "#546072")),
        How::Open => ("tl-open", Colour("--tl-open", "#1976d2")),
        How::Waiting => ("tl-waiting", Colour("--tl-waiting", "#757575")),
        How::Blocked => ("tl-blocked", Colour("--tl-blocked", "#b26a00")),
    }
}
