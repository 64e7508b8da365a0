//! What `NAME` is asked for: one behaviour a test.

use testkit::{Gate, expect, journal};

#[path = "NAME/causes.rs"]
mod causes;

use causes::*;

#[test]
fn makes_the_three_calls_together() {
    testkit::run(async || {
        let gate = Gate::of(3);

        NAME::call_each(async |number| {
            let call = journal().call(&format!("call {number}"));
            gate.pass(&call).await;
            call.finished();
        })
        .await;

        let most = gate.most_inside();
        expect(gate.was_reached(), "the calls were made one after another")
            .asked("three calls under way before the first returns")
            .fact(format!("under way at once: {most}, wanted: 3"))
            .because([(most == 1, IN_SEQUENCE)]);
    });
}
