//! What `demo` is asked for: one behaviour a test.

use testkit::{Gate, expect, journal};

#[path = "demo/causes.rs"]
mod causes;

use causes::*;

#[test]
fn asks_for_the_prices_together() {
    testkit::run(async || {
        let gate = Gate::of(3);

        demo::total(
            async |item| {
                let call = journal().call(&format!("item {item}"));
                gate.pass(&call).await;
                call.finished();
                item * 10
            },
            [1, 2, 3],
        )
        .await;

        expect(gate.was_reached(), "the prices were asked for in turn")
            .because([(gate.most_inside() == 1, IN_SEQUENCE)]);
    });
}

#[test]
fn adds_every_item() {
    testkit::run(async || {
        let total = demo::total(async |item| item * 10, [1, 1, 2]).await;

        expect(total == 40, "the total is not that of the basket")
            .fact(format!("total: {total}, wanted: 40"))
            .without_drawing()
            .because([(total == 30, ONCE_EACH)]);
    });
}
