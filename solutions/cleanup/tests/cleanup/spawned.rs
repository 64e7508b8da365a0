//! The call in a task, on a runtime of several threads.

use cleanup::{Cleaner, LicenceError, Licences, Seat, SeatError, with_seat};
use tokio::runtime::Handle;

#[derive(Clone)]
struct Server;

impl Licences for Server {
    async fn acquire(&self) -> Result<Seat, LicenceError> {
        Ok(Seat(7))
    }

    async fn release(&self, _seat: Seat) -> Result<(), LicenceError> {
        Ok(())
    }
}

#[test]
fn it_can_be_spawned() {
    testkit::run_parallel(async || {
        let cleaner = Cleaner::on(Handle::current());
        let call = tokio::spawn(async move {
            let work = async |seat: Seat| Err::<(), _>(seat.0);
            with_seat(&Server, &cleaner, work).await
        });
        assert_eq!(call.await.expect("it returns"), Err(SeatError::Work(7)));
    });
}
