//! What holds for every timeline, also for one that no recording would give.

use std::collections::HashSet;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use timeline::svg::Caption;
use timeline::text::{Style, by_order, by_time};
use timeline::{Clock, How, Lane, Mark, Moment, Recording, Span, SpanId, Timeline, svg, table};

fn how() -> impl Strategy<Value = How> {
    use How::{Blocked, Cancelled, Failed, Finished, Open, Waiting};
    prop::sample::select(vec![Finished, Failed, Cancelled, Waiting, Blocked, Open])
}

fn moment() -> impl Strategy<Value = Moment> {
    let micros = prop_oneof![8 => 0..200_000_u64, 1 => any::<u64>(), 1 => Just(u64::MAX)];
    let column = prop_oneof![8 => 0..30_u32, 1 => any::<u32>()];
    (micros, column).prop_map(|(micros, column)| Moment { micros, column })
}

/// Any characters, control characters and all.
fn text() -> impl Strategy<Value = String> {
    vec(any::<char>(), 0..10).prop_map(String::from_iter)
}

fn lane() -> impl Strategy<Value = Lane> {
    let span = (moment(), moment(), how()).prop_map(|(start, end, how)| Span { start, end, how });
    let mark = (moment(), text()).prop_map(|(at, label)| Mark { at, label });
    let name = prop_oneof![
        (0..1000).prop_map(|n| format!("user {n}")),
        text(),
        (20..90_usize).prop_map(|length| "long ".repeat(length / 5)),
    ];
    (name, vec(span, 0..6), vec(mark, 0..4)).prop_map(|(name, spans, marks)| Lane {
        name,
        spans,
        marks,
    })
}

fn timeline() -> impl Strategy<Value = Timeline> {
    let clock = prop::sample::select(vec![Clock::Real, Clock::Virtual]);
    (clock, vec(lane(), 0..24)).prop_map(|(clock, lanes)| Timeline { clock, lanes })
}

/// A run of events of one kind, or a step between runs.
#[derive(Clone, Debug)]
enum Run {
    /// Starts on these lanes.
    Starts(Vec<u8>),
    /// Ends of these spans, by their place among all started so far.
    Ends(Vec<(prop::sample::Index, How)>),
    Marks(Vec<(u8, bool)>),
    Step,
}

fn run() -> impl Strategy<Value = Run> {
    prop_oneof![
        vec(0..5_u8, 1..5).prop_map(Run::Starts),
        vec((any::<prop::sample::Index>(), how()), 1..5).prop_map(Run::Ends),
        vec((0..5_u8, any::<bool>()), 1..4).prop_map(Run::Marks),
        Just(Run::Step),
    ]
}

/// Journals the runs. The events of each are taken in the order of the keys, which are reused from
/// their beginning when they run out.
fn journal(runs: &[Run], keys: &[u16]) -> Timeline {
    let mut recording = Recording::new(Clock::Real);
    let mut keys = keys.iter().cycle();
    let mut order = move |length: usize| {
        let mut places: Vec<_> =
            (0..length).map(|place| (keys.next().copied().unwrap_or(0), place)).collect();
        places.sort_unstable();
        places.into_iter().map(|(_, place)| place).collect::<Vec<_>>()
    };
    let mut spans: Vec<SpanId> = Vec::new();
    let mut ended = HashSet::new();
    for run in runs {
        match run {
            Run::Starts(lanes) => {
                let mut started = Vec::new();
                for place in order(lanes.len()) {
                    started.push((place, recording.start(&format!("lane {}", lanes[place]), 0)));
                }
                started.sort_unstable_by_key(|(place, _)| *place);
                spans.extend(started.into_iter().map(|(_, span)| span));
            }
            Run::Ends(ends) if !spans.is_empty() => {
                // Which of two ends of one span counts depends on the order: only one here.
                let ends: Vec<_> = ends
                    .iter()
                    .map(|(index, how)| (index.index(spans.len()), *how))
                    .filter(|(span, _)| ended.insert(*span))
                    .collect();
                for place in order(ends.len()) {
                    recording.end(spans[ends[place].0], ends[place].1, 0);
                }
            }
            Run::Marks(marks) => {
                for place in order(marks.len()) {
                    let (lane, label) = marks[place];
                    recording.mark(&format!("lane {lane}"), if label { "sent" } else { "seen" }, 0);
                }
            }
            Run::Ends(_) => {}
            Run::Step => recording.step(),
        }
    }
    recording.timeline()
}

fn in_flight_at(timeline: &Timeline, column: u32) -> usize {
    let spans = timeline.lanes.iter().flat_map(|lane| &lane.spans);
    spans
        .filter(|span| !matches!(span.how, How::Waiting | How::Blocked))
        .filter(|span| span.start.column <= column)
        .filter(|span| column <= span.end.column.max(span.start.column))
        .count()
}

proptest! {
    // Enough to meet each rare shape, and still a second or two in an unoptimised build.
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn the_order_of_racing_arrivals_leaves_no_trace(
        runs in vec(run(), 0..12),
        keys in vec(any::<u16>(), 1..40),
    ) {
        let (one, other) = (journal(&runs, &[0]), journal(&runs, &keys));
        prop_assert!(one.same_order(&other));
        prop_assert_eq!(&one, &other);
        prop_assert_eq!(
            by_order(&one, &Style::default()),
            by_order(&other, &Style::default())
        );
    }

    #[test]
    fn a_recording_leaves_no_column_empty(runs in vec(run(), 0..12)) {
        let timeline = journal(&runs, &[0]);
        let mut used = HashSet::new();
        for lane in &timeline.lanes {
            for span in &lane.spans {
                prop_assert!(span.start.column < span.end.column);
                used.extend([span.start.column, span.end.column]);
            }
            used.extend(lane.marks.iter().map(|mark| mark.at.column));
        }
        let columns = u32::try_from(used.len()).expect("few columns");
        prop_assert!((0..columns).all(|column| used.contains(&column)));
    }

    #[test]
    fn no_line_is_too_long_or_breaks(
        timeline in timeline(),
        width in 0..100_usize,
        ascii in any::<bool>(),
    ) {
        let style = Style { width, ascii };
        for drawing in [by_order(&timeline, &style), by_time(&timeline, &style)] {
            prop_assert!(drawing.is_empty() || drawing.ends_with('\n'));
            prop_assert!(!ascii || drawing.is_ascii());
            for line in drawing.split_terminator('\n') {
                prop_assert!(line.chars().count() <= width.max(1), "{line:?}");
                prop_assert!(!line.contains(char::is_control), "{line:?}");
            }
        }
    }

    #[test]
    fn no_lane_is_lost(mut timeline in timeline()) {
        for (n, lane) in timeline.lanes.iter_mut().enumerate() {
            lane.name = format!("<lane {n}>");
        }
        let rows = by_order(&timeline, &Style::default());
        let times = by_time(&timeline, &Style::default());
        let svg = svg::by_time(&timeline, &Caption::default());
        let fold = rows.lines().position(|line| line.starts_with("  … "));
        for n in 0..timeline.lanes.len() {
            let drawn = rows.contains(&format!("<lane {n}>"));
            prop_assert!(drawn || fold == Some(8));
            prop_assert_eq!(times.contains(&format!("<lane {n}>")), drawn);
            prop_assert_eq!(svg.contains(&format!("&lt;lane {n}&gt;")), drawn);
        }
        let told: HashSet<_> = table::rows(&timeline).into_iter().map(|row| row.lane).collect();
        prop_assert_eq!(told.len(), timeline.lanes.len());
    }

    #[test]
    fn an_svg_is_well_formed_and_its_ids_are_unique(
        timeline in timeline(),
        id in text(),
        title in text(),
        until_micros in any::<Option<u64>>(),
        until_columns in option::of(0..100_usize),
        words in text(),
    ) {
        let lane = timeline.lanes.first().map(|lane| lane.name.clone()).unwrap_or_default();
        let lines = [svg::Line { lane: &lane, words: &words }];
        let caption = Caption { id: &id, title: &title, desc: &title, until_micros, until_columns, lines: &lines };
        for svg in [svg::by_time(&timeline, &caption), svg::by_order(&timeline, &caption)] {
        prop_assert!(!svg.contains("\n\n"), "Markdown ends an element at a blank line");
        let document = roxmltree::Document::parse(&svg).expect("well formed");
        let mut ids = HashSet::new();
        for node in document.descendants() {
            if let Some(id) = node.attribute("id") {
                prop_assert!(ids.insert(id.to_owned()), "{id} twice");
            }
            if let Some(size) = node.attribute("font-size") {
                prop_assert!(size.parse::<u32>().is_ok_and(|size| size >= 11));
            }
        }
        let named_by = document.root_element().attribute("aria-labelledby").unwrap_or_default();
        prop_assert!(named_by.split(' ').all(|id| ids.contains(id)), "{named_by}");
        }
    }

    #[test]
    fn a_table_is_well_formed(timeline in timeline()) {
        let html = table::html(&timeline);
        prop_assert!(!html.contains("\n\n"));
        let document = roxmltree::Document::parse(&html).expect("well formed");
        let rows = document.descendants().filter(|node| node.has_tag_name("tr")).count();
        prop_assert_eq!(rows, 1 + table::rows(&timeline).len());
    }

    #[test]
    fn the_most_in_flight_is_what_counting_at_each_column_gives(timeline in timeline()) {
        let starts = timeline.lanes.iter().flat_map(|lane| &lane.spans);
        let counted = starts.map(|span| in_flight_at(&timeline, span.start.column)).max();
        prop_assert_eq!(timeline.most_in_flight(), counted.unwrap_or(0));
    }

    #[test]
    fn stored_and_read_back_it_is_the_same(timeline in timeline()) {
        let json = serde_json::to_string(&timeline).expect("plain data");
        let back: Timeline = serde_json::from_str(&json).expect("what was written");
        prop_assert!(back.same_order(&timeline));
        prop_assert_eq!(back, timeline);
    }
}

#[test]
fn ten_thousand_lanes_fit_on_a_screen() {
    let mut recording = Recording::new(Clock::Real);
    let spans: Vec<_> = (0..10_000).map(|n| recording.start(&format!("user {n}"), n)).collect();
    for (span, micros) in spans.into_iter().zip(20_000..) {
        recording.end(span, How::Finished, micros);
    }
    let timeline = recording.timeline();
    assert_eq!(timeline.most_in_flight(), 10_000);
    let drawing = by_order(&timeline, &Style::default());
    assert_eq!(drawing.lines().count(), 17);
    assert!(drawing.contains("… 9984 more, all at once, all finished …"), "{drawing}");
    assert!(svg::by_time(&timeline, &Caption::default()).contains("… 9984 more"));
}
