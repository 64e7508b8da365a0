//! What the page *pagination* says of the crates futures and async-stream.

use std::panic::{AssertUnwindSafe, catch_unwind};

use async_stream::try_stream;
use futures::{
    FutureExt, Stream, StreamExt, TryStreamExt, stream, task::noop_waker_ref,
};
use tokio::sync::mpsc;

/// One item, then an error, then nothing, however often it is asked.
fn ends_after_its_error(stream: impl Stream<Item = Result<u32, &'static str>>) {
    let mut stream = Box::pin(stream);
    let mut next =
        || stream.next().now_or_never().expect("nothing to wait for");
    assert_eq!(next(), Some(Ok(1)));
    assert_eq!(next(), Some(Err("page 2")));
    for _ in 0..3 {
        assert_eq!(next(), None);
    }
}

#[test]
fn try_unfold_and_try_flatten_stay_ended() {
    let pages = stream::try_unfold(1, |page| async move {
        if page == 2 {
            return Err("page 2");
        }
        Ok(Some((stream::iter([Ok(page)]), page + 1)))
    });
    ends_after_its_error(pages.try_flatten());
}

#[test]
fn a_question_mark_in_try_stream_yields_the_error_and_ends_it() {
    ends_after_its_error(try_stream! {
        yield 1;
        Err("page 2")?;
        yield 3;
    });
}

#[test]
fn unfold_panics_after_its_end_unless_it_is_fused() {
    let empty = || stream::unfold((), |()| async { None::<(u32, ())> }).boxed();
    let mut fused = empty().fuse();
    for _ in 0..3 {
        assert_eq!(fused.next().now_or_never(), Some(None));
    }

    let mut bare = empty();
    assert_eq!(bare.next().now_or_never(), Some(None));
    let again = AssertUnwindSafe(|| bare.next().now_or_never());
    let payload = catch_unwind(again).expect_err("it panics");
    let message = payload.downcast_ref::<&str>().copied();
    let words =
        "Unfold must not be polled after it returned `Poll::Ready(None)`";
    assert_eq!(message, Some(words));
}

#[test]
fn an_async_fn_that_has_ended_panics_when_it_is_polled() {
    async fn page() {}
    let mut page = Box::pin(page());
    let mut context = std::task::Context::from_waker(noop_waker_ref());
    assert!(page.as_mut().poll(&mut context).is_ready());
    let again = AssertUnwindSafe(|| page.as_mut().poll(&mut context));
    let payload = catch_unwind(again).expect_err("it panics");
    let message = payload.downcast_ref::<&str>().copied();
    assert_eq!(message, Some("`async fn` resumed after completion"));
}

#[test]
fn a_channel_has_at_least_one_place() {
    assert!(catch_unwind(|| mpsc::channel::<()>(0)).is_err());
}
