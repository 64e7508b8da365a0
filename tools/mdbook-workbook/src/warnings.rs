//! mdBook only logs some of what goes wrong, an HTML element without its end among them. Here the
//! log is kept, so that a build can be refused for it.

use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, PoisonError};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber, subscriber};

/// Runs `work` and gives its result with the warnings and errors that were logged meanwhile.
pub fn kept<T>(work: impl FnOnce() -> T) -> (T, Vec<String>) {
    let log = Log::default();
    let messages = Arc::clone(&log.0);
    let result = subscriber::with_default(log, work);
    let kept = messages.lock().unwrap_or_else(PoisonError::into_inner).clone();
    (result, kept)
}

#[derive(Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN
    }

    fn event(&self, event: &Event<'_>) {
        let mut message = Message(String::new());
        event.record(&mut message);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(message.0);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            // Writing to a String cannot fail.
            _ = write!(self.0, "{value:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_and_errors_are_kept_and_the_rest_is_not() {
        let ((), kept) = kept(|| {
            tracing::info!("working");
            tracing::warn!("unclosed <{}>", "b");
            tracing::error!("gone");
        });
        assert_eq!(kept, ["unclosed <b>", "gone"]);
    }
}
