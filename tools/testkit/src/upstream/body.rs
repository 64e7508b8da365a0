//! A body that journals its own end.

use std::{
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::{Body, Bytes};
use futures::Stream;
use tokio::time::{Sleep, sleep};

use super::answer::Ending;
use crate::{gate::Gate, journal::Call, probe::Entered};

/// What lasts as long as a request is in flight: until its last byte is handed over, or until the
/// client goes away and the server drops it.
pub(super) struct UnderWay {
    pub(super) call: Call,
    pub(super) counted: Entered,
    pub(super) gate: Option<Gate>,
}

impl UnderWay {
    fn finished(self) {
        drop(self.counted);
        self.call.finished();
        if let Some(gate) = self.gate {
            gate.answered();
        }
    }
}

/// Long enough for a few bytes to cross loopback.
const BEFORE_THE_BREAK: Duration = Duration::from_millis(5);

/// Sends `bytes` piece by piece, then ends as `ending` says.
struct Told {
    bytes: Bytes,
    /// The most bytes that are sent at once.
    piece: usize,
    /// What was sent has to reach the client before the connection is cut.
    before_the_break: Pin<Box<Sleep>>,
    ending: Ending,
    under_way: Option<UnderWay>,
}

pub(super) fn told(mut bytes: Vec<u8>, piece: usize, ending: Ending, under_way: UnderWay) -> Body {
    if let Ending::StallsAfter(sent) | Ending::BreaksAfter(sent) = ending {
        bytes.truncate(sent);
    }
    let bytes = Bytes::from(bytes);
    let before_the_break = Box::pin(sleep(BEFORE_THE_BREAK));
    Body::from_stream(Told { bytes, piece, before_the_break, ending, under_way: Some(under_way) })
}

impl Stream for Told {
    type Item = Result<Bytes, io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if !self.bytes.is_empty() {
            let end = self.piece.min(self.bytes.len());
            return Poll::Ready(Some(Ok(self.bytes.split_to(end))));
        }
        match self.ending {
            Ending::Whole => {
                if let Some(under_way) = self.under_way.take() {
                    under_way.finished();
                }
                Poll::Ready(None)
            }
            // No waker is kept: nothing but the client's departure ends this.
            Ending::StallsAfter(_) => Poll::Pending,
            Ending::BreaksAfter(_) => {
                ready!(self.before_the_break.as_mut().poll(context));
                if let Some(under_way) = self.under_way.take() {
                    under_way.finished();
                }
                Poll::Ready(Some(Err(io::Error::other("the upstream breaks off, as planned"))))
            }
        }
    }
}
