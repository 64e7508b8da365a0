//! What the drawings look like, exactly.

use timeline::svg::Caption;
use timeline::text::{Style, by_order, by_time};
use timeline::{Clock, How, Recording, Timeline, svg};

const ASCII: Style = Style { width: 80, ascii: true };

fn wide(width: usize) -> Style {
    Style { width, ascii: false }
}

/// Compares a drawing, written with a newline before its first line so that its lines align.
#[track_caller]
fn assert_drawn(drawing: &str, expected: &str) {
    let expected = expected.strip_prefix('\n').unwrap_or(expected);
    assert!(drawing == expected, "\ndrawn:\n{drawing}\nexpected:\n{expected}");
}

/// Requests of 50 ms, each begun when the one before has ended.
fn in_sequence(requests: u64) -> Timeline {
    let mut recording = Recording::new(Clock::Virtual);
    for n in 0..requests {
        let request = recording.start(&format!("user {}", n + 1), n * 50_000);
        recording.end(request, How::Finished, (n + 1) * 50_000);
    }
    recording.timeline()
}

/// Requests begun together; one after the other ends.
fn together(hows: &[How]) -> Timeline {
    let mut recording = Recording::new(Clock::Virtual);
    let spans: Vec<_> =
        (1..=hows.len()).map(|n| recording.start(&format!("user {n}"), 0)).collect();
    for ((span, how), micros) in spans.into_iter().zip(hows).zip((10_000..).step_by(10_000)) {
        recording.step();
        if *how != How::Open {
            recording.end(span, *how, micros);
        }
    }
    recording.timeline()
}

/// One of each: waiting and then working, two calls at once, a thread held, a cancellation, marks.
fn a_bit_of_everything() -> Timeline {
    let mut recording = Recording::new(Clock::Virtual);
    recording.declare("client");
    let turn = recording.start("client", 0);
    let user_2 = recording.start("user 2", 0);
    recording.start("user 3", 0);
    let held = recording.start("thread", 0);
    recording.end(turn, How::Waiting, 10_000);
    let first = recording.start("client", 10_000);
    recording.mark("user 2", "connected", 20_000);
    recording.end(user_2, How::Cancelled, 30_000);
    let second = recording.start("client", 40_000);
    recording.end(first, How::Finished, 50_000);
    recording.mark("server", "closed", 60_000);
    recording.end(held, How::Blocked, 80_000);
    recording.end(second, How::Finished, 100_000);
    recording.timeline()
}

#[test]
fn requests_in_sequence_are_a_staircase() {
    assert_drawn(
        &by_order(&in_sequence(4), &Style::default()),
        "
  user 1 ▐▌
  user 2   ▐▌
  user 3     ▐▌
  user 4       ▐▌
",
    );
    assert_drawn(
        &by_order(&in_sequence(3), &ASCII),
        "
  user 1 []
  user 2   []
  user 3     []
",
    );
}

#[test]
fn requests_at_once_stand_one_above_the_other() {
    use How::Finished;
    assert_drawn(
        &by_order(&together(&[Finished, Finished, Finished]), &Style::default()),
        "
  user 1 ▐▌
  user 2 ▐█▌
  user 3 ▐██▌
",
    );
}

#[test]
fn each_kind_has_a_shape_and_a_word() {
    use How::{Blocked, Cancelled, Failed, Finished, Open, Waiting};
    let timeline = together(&[Open, Finished, Cancelled, Waiting, Blocked, Failed]);
    assert_drawn(
        &by_order(&timeline, &Style::default()),
        "
  user 1 ▐█████▶
  user 2 ▐▌
  user 3 ▐█╳
  user 4 ▐┄┄▌
  user 5 ▓▓▓▓▓
  user 6 ▐████✗

  ✗ failed   ╳ cut off   ┄ waiting   ▓ blocked   ▶ still under way
",
    );
    assert_drawn(
        &by_order(&timeline, &ASCII),
        "
  user 1 [=====>
  user 2 []
  user 3 [=x
  user 4 [..]
  user 5 [###]
  user 6 [====!

  ! failed   x cut off   . waiting   # blocked   > still under way
",
    );
}

#[test]
fn in_two_columns_no_kind_looks_like_another() {
    let mut recording = Recording::new(Clock::Real);
    for how in [How::Finished, How::Cancelled, How::Waiting, How::Blocked] {
        let span = recording.start(&format!("{} lane", how.words()), 0);
        recording.end(span, how, 1);
    }
    recording.start("open lane", 0);
    assert_drawn(
        &by_order(&recording.timeline(), &Style::default()),
        "
  blocked lane        ▓▓
  cut off lane    ▐╳
  finished lane ▐▌
  open lane             ▐▶
  waiting lane      ┄┄

  ╳ cut off   ┄ waiting   ▓ blocked   ▶ still under way
",
    );
}

#[test]
fn spans_that_overlap_have_rows_of_their_own_and_marks_are_named() {
    assert_drawn(
        &by_order(&a_bit_of_everything(), &Style::default()),
        "
  client ┄┄▐███▌
              ▐██▌
  server        ●    ● closed
  thread ▓▓▓▓▓▓▓▓▓
  user 2 ▐██●╳       ● connected
  user 3 ▐████████▶

  ╳ cut off   ┄ waiting   ▓ blocked   ▶ still under way
",
    );
}

#[test]
fn one_label_that_all_marks_share_stands_in_the_legend() {
    let mut recording = Recording::new(Clock::Real);
    for user in ["user 1", "user 2"] {
        let request = recording.start(user, 0);
        recording.mark(user, "sent", 1);
        recording.end(request, How::Finished, 2);
    }
    assert_drawn(
        &by_order(&recording.timeline(), &Style::default()),
        "
  user 1 ▐●▌
  user 2    ▐●▌

  ● sent
",
    );
}

#[test]
fn the_middle_of_many_is_folded_and_says_what_it_has_in_common() {
    assert_drawn(
        &by_order(&in_sequence(100), &Style::default()),
        "
  user 1   ▐▌
  user 2     ▐▌
  user 3       ▐▌
  user 4         ▐▌
  user 5           ▐▌
  user 6             ▐▌
  user 7               ▐▌
  user 8                 ▐▌
  … 84 more, one after another, all finished …
  user 93                  ▐▌
  user 94                    ▐▌
  user 95                      ▐▌
  user 96                        ▐▌
  user 97                          ▐▌
  user 98                            ▐▌
  user 99                              ▐▌
  user 100                               ▐▌
",
    );
}

#[test]
fn what_the_folded_rows_do_not_share_is_counted() {
    let fold = |timeline: &Timeline| {
        let drawing = by_order(timeline, &Style::default());
        drawing.lines().nth(8).map(|line| line.trim().to_owned())
    };
    let mut hows = [How::Finished; 30];
    assert_eq!(fold(&together(&hows)).as_deref(), Some("… 14 more, all at once, all finished …"));
    hows[10] = How::Cancelled;
    assert_eq!(
        fold(&together(&hows)).as_deref(),
        Some("… 14 more, all at once: 13 finished, 1 cut off …")
    );

    let mut recording = Recording::new(Clock::Real);
    for n in 0..20 {
        recording.declare(&format!("user {n}"));
    }
    assert_eq!(fold(&recording.timeline()).as_deref(), Some("… 4 more, nothing recorded …"));
    for how in [How::Waiting, How::Finished] {
        let spans: Vec<_> = (0..20).map(|n| recording.start(&format!("user {n}"), 0)).collect();
        for span in spans {
            recording.end(span, how, 1);
        }
    }
    assert_eq!(
        fold(&recording.timeline()).as_deref(),
        Some("… 4 more, all at once, each waiting, then finished …")
    );
}

#[test]
fn seventeen_lanes_need_no_fold() {
    // Folding one row would save no line.
    let drawing = by_order(&in_sequence(17), &Style::default());
    assert_eq!(drawing.lines().count(), 17);
    assert!(!drawing.contains("more"));
}

#[test]
fn more_columns_than_fit_are_squeezed() {
    assert_drawn(
        &by_order(&in_sequence(10), &wide(24)),
        "
  user 1  █
  user 2   ▐▌
  user 3    ▐▌
  user 4      █
  user 5       ▐▌
  user 6        ▐▌
  user 7          █
  user 8           ▐▌
  user 9            ▐▌
  user 10             ▐▌
",
    );
}

#[test]
fn long_names_are_cut() {
    let mut recording = Recording::new(Clock::Real);
    let request = recording.start("the client that never gives up", 0);
    recording.end(request, How::Finished, 1);
    let timeline = recording.timeline();
    assert_drawn(&by_order(&timeline, &wide(20)), "\n  the client tha… ▐▌\n");
    assert_drawn(
        &by_order(&timeline, &Style { width: 20, ascii: true }),
        "\n  the client tha~ []\n",
    );
    assert_drawn(&by_order(&timeline, &wide(1)), "\n█\n");
}

#[test]
fn by_time_is_to_scale() {
    assert_drawn(
        &by_time(&in_sequence(3), &wide(48)),
        "
  user 1 ▐███████████▌
  user 2             ▐████████████▌
  user 3                          ▐████████████▌
         ┬───────────┬────────────┬────────────┬
         0 ms       50           100         150
",
    );
    assert_drawn(
        &by_time(&a_bit_of_everything(), &Style { width: 60, ascii: true }),
        "
  client [....[===================]
                             [=============================]
  server                               *
  thread [#######################################]
  user 2 [=========*====x
  user 3 [=================================================>
         +------------------------+------------------------+
         0 ms                    50                      100

  x cut off   . waiting   # blocked   > still under way
  * server: closed   * user 2: connected
",
    );
}

#[test]
fn nothing_is_drawn_of_nothing() {
    let nothing = Recording::new(Clock::Real).timeline();
    assert_eq!(by_order(&nothing, &Style::default()), "");
    assert_eq!(by_time(&nothing, &Style::default()), "");
    assert!(svg::by_time(&nothing, &Caption::default()).contains(">nothing recorded</text>"));
}

#[test]
fn a_declared_lane_is_drawn_though_nothing_happened_on_it() {
    let mut recording = Recording::new(Clock::Virtual);
    recording.declare("user 1");
    recording.declare("user 2");
    let request = recording.start("user 2", 0);
    recording.end(request, How::Finished, 0);
    assert_drawn(&by_order(&recording.timeline(), &Style::default()), "\n  user 1\n  user 2 ▐▌\n");
}

#[test]
fn an_svg_is_this() {
    let caption = Caption {
        id: "gather-in_sequence",
        title: "One after another",
        desc: "Two requests, \"a\" & b",
        ..Caption::default()
    };
    assert_drawn(
        &svg::by_time(&in_sequence(2), &caption),
        r##"
<svg class="tl" viewBox="0 0 360 64" role="img" aria-labelledby="gather-in_sequence-title gather-in_sequence-desc" font-size="12" xmlns="http://www.w3.org/2000/svg">
<title id="gather-in_sequence-title">One after another</title>
<desc id="gather-in_sequence-desc">Two requests, &quot;a&quot; &amp; b</desc>
<path class="tl-grid" d="M46.6 44H350M46.6 2V47M198.3 2V47M350 2V47" stroke-opacity="0.3" fill="none" stroke="currentColor" style="stroke:var(--tl-grid,currentColor)"/>
<text class="tl-name" x="2" y="16" fill="currentColor" style="fill:var(--tl-ink,currentColor)">user 1</text>
<g class="tl-bar tl-finished"><title>user 1: finished, 0 ms to 50 ms</title><rect x="46.6" y="6" width="151.7" height="12" rx="1.5" fill="#2e7d32" style="fill:var(--tl-finished,#2e7d32)"/></g>
<text class="tl-name" x="2" y="36" fill="currentColor" style="fill:var(--tl-ink,currentColor)">user 2</text>
<g class="tl-bar tl-finished"><title>user 2: finished, 50 ms to 100 ms</title><rect x="198.3" y="26" width="151.7" height="12" rx="1.5" fill="#2e7d32" style="fill:var(--tl-finished,#2e7d32)"/></g>
<text class="tl-time" x="46.6" y="59" text-anchor="middle" fill="currentColor" style="fill:var(--tl-ink,currentColor)">0 ms</text>
<text class="tl-time" x="198.3" y="59" text-anchor="middle" fill="currentColor" style="fill:var(--tl-ink,currentColor)">50 ms</text>
<text class="tl-time" x="336.2" y="59" text-anchor="middle" fill="currentColor" style="fill:var(--tl-ink,currentColor)">100 ms</text>
</svg>
"##,
    );
}

#[test]
fn several_svgs_can_have_one_scale() {
    let drawn = |until_micros| {
        let caption = Caption { id: "a", until_micros, ..Caption::default() };
        svg::by_time(&in_sequence(2), &caption)
    };
    assert!(drawn(Some(400_000)).contains(">400 ms</text>"));
    // Nothing is cut off.
    assert_eq!(drawn(Some(10)), drawn(None));
}

#[test]
fn in_the_order_of_events_an_svg_tells_no_time() {
    let drawn = |until_columns| {
        let caption = Caption { id: "a", until_columns, ..Caption::default() };
        svg::by_order(&in_sequence(2), &caption)
    };
    let svg = drawn(None);
    assert!(svg.contains(">in the order of events</text>") && !svg.contains("ms"), "{svg}");
    assert!(svg.contains("<title>user 2: finished</title>"), "{svg}");
    assert_eq!(svg::columns(&in_sequence(2), &[]), 4);
    // Room for twice as many columns: bars of half the width.
    assert_eq!((bars(&svg), bars(&drawn(Some(8)))), (vec![145.6, 145.6], vec![72.8, 72.8]));
    assert_eq!(drawn(Some(1)), svg, "nothing is cut off");
}

/// How wide the bars of a drawing are.
fn bars(svg: &str) -> Vec<f64> {
    let widths = svg.split("<rect ").skip(1).filter_map(|bar| bar.split("width=\"").nth(1));
    widths.filter_map(|width| width.split('"').next()?.parse().ok()).collect()
}

#[test]
fn what_took_no_time_is_seen() {
    let mut recording = Recording::new(Clock::Virtual);
    let short = recording.start("a", 0);
    recording.end(short, How::Failed, 1);
    let long = recording.start("b", 1);
    recording.end(long, How::Finished, 1_000_000);
    let svg = svg::by_time(&recording.timeline(), &Caption::default());
    assert!(bars(&svg)[0] * 320.0 / 360.0 >= 4.0, "four pixels on the narrowest screen: {svg}");
    assert!(svg.contains("class=\"tl-bar tl-failed\"") && svg.contains(">failed</text>"), "{svg}");
}

#[test]
fn a_deadline_is_a_line_through_all_rows_and_no_row() {
    let mut recording = Recording::new(Clock::Virtual);
    let limit = recording.start("limit", 0);
    let page = recording.start("page 1", 0);
    recording.end(page, How::Finished, 100_000);
    let late = recording.start("page 2", 100_000);
    recording.end(limit, How::Finished, 150_000);
    recording.end(late, How::Cancelled, 200_000);
    let timeline = recording.timeline();
    let lines = [svg::Line { lane: "limit", words: "the <limit>" }];
    let caption = Caption { lines: &lines, ..Caption::default() };
    let svg = svg::by_time(&timeline, &caption);
    // Below its words and the two rows.
    assert!(
        svg.contains("<g class=\"tl-line\"><title>limit: 150 ms</title><path d=\"M274.9 20V64\""),
        "{svg}"
    );
    assert!(svg.contains(">the &lt;limit&gt;</text>") && !svg.contains(">limit</text>"), "{svg}");
    let svg = svg::by_order(&timeline, &caption);
    assert!(svg.contains("<title>limit</title>"), "{svg}");
    assert_eq!(svg::columns(&timeline, &lines), 4);
}

#[test]
fn the_kinds_of_an_svg_differ_by_shape_and_are_explained() {
    let svg = svg::by_time(&a_bit_of_everything(), &Caption { id: "x y", ..Caption::default() });
    for part in [
        "<pattern id=\"x-y-hatch\"",
        "fill=\"url(#x-y-hatch)\"",
        "stroke-dasharray=\"0.1 4.5\"",
        "style=\"fill:var(--tl-finished,#2e7d32)\"",
        "class=\"tl-bar tl-cancelled\"",
        ">still under way</text>",
        ">connected</text>",
        "<title>user 2: cut off, 0 ms to 30 ms</title>",
        "<title>server: closed, 60 ms</title>",
    ] {
        assert!(svg.contains(part), "{part} is missing in\n{svg}");
    }
    let plain = svg::by_time(&in_sequence(2), &Caption::default());
    assert!(!plain.contains("pattern") && !plain.contains("tl-legend"), "{plain}");
}
