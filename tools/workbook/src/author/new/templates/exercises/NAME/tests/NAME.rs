//! What `NAME` is asked for: one behaviour a test. The clock is paused, so
//! every moment is exact.

use testkit::{CallLog, expect};

#[path = "NAME/causes.rs"]
mod causes;

use causes::*;

#[test]
fn makes_the_three_calls_together() {
    testkit::run_paused(async || {
        let log = CallLog::new();

        NAME::call_each(async |number| {
            let call = log.begin(format!("call {number}"));
            call.takes(50).await;
            call.finish();
        })
        .await;

        let most = log.most();
        expect(most == 3, "the calls were not under way together")
            .asked("three calls under way before the first returns")
            .fact(format!("under way at once: {most}, wanted: 3"))
            .because([(log.one_by_one(), IN_SEQUENCE)]);
    });
}
