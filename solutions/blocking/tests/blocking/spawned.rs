//! It can be spawned on a multi-thread runtime, as a server would.

use std::{
    io,
    sync::{Arc, Mutex},
};

use blocking::{Courier, Scale, quote};
use testkit::mock::{self, ResponseTemplate};

struct Parcel(u32);

impl Scale for Parcel {
    fn weigh(&mut self) -> io::Result<u32> {
        Ok(self.0)
    }
}

#[test]
fn in_a_task_of_a_server() {
    testkit::run_parallel(async || {
        let courier = mock::start().await;
        let reply = ResponseTemplate::new(200).set_body_string("410");
        mock::any(&courier, reply).await;
        let scale = Arc::new(Mutex::new(Parcel(700)));

        let task = tokio::spawn(quote(Courier::new(&courier.uri()), scale));

        let cents = task.await.expect("no panic").expect("a price");
        assert_eq!(cents, 410);
    });
}
