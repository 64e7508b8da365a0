//! A shop in a process of its own, on a real socket, with a real signal.

use std::{process, time::Duration};

use futures::FutureExt;
use shutdown::{Mailer, serve, stop_at_signals};
use testkit::{
    expect,
    memory::Connection,
    process::{Process, is_child, say},
};
use tokio::{
    net::{TcpListener, TcpStream},
    runtime::Runtime,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    causes::*,
    service::{described, request},
};

/// Longer than anything takes that is going to happen.
const NEVER: Duration = Duration::from_millis(1500);

/// In the other process: serves, says what happens, and ends.
pub fn be_the_shop_if_asked() {
    if !is_child() {
        return;
    }
    let runtime = Runtime::new().expect("a runtime");
    let unsent = runtime.block_on(async {
        let stop = stop_at_signals().expect("signals can be listened to");
        let listener = listener().await;
        say(listener.local_addr().expect("it is bound").port());
        let stopped = stop.clone();
        let mailer = Mailer::new(move |number| {
            let stopped = stopped.clone();
            async move {
                say(format!("begun {number}"));
                stopped.cancelled().await;
                sleep(Duration::from_millis(30)).await;
                say(format!("sent {number}"));
                Ok(())
            }
        });
        serve(listener, mailer, stop, NEVER * 2).await
    });
    say(format!("returned {unsent:?}"));
    // As at the end of `main`.
    drop(runtime);
    process::exit(0);
}

async fn listener() -> TcpListener {
    let listener = TcpListener::bind("127.0.0.1:0").await;
    listener.expect("loopback has a free port")
}

/// Starts that process, stops it while it sends, and looks at its end.
pub async fn ends_in_good_order(test: &str) {
    // An answer that is not written says so itself.
    let mailer = Mailer::new(async |_| Ok(()));
    let token = CancellationToken::new();
    let _ =
        serve(listener().await, mailer, token, Duration::ZERO).now_or_never();

    let module = module_path!().trim_end_matches("::process");
    let mut shop = Process::start(module, test);
    let mut port = shop.says().await;
    if port.is_none() {
        // On a busy machine a process may start slowly.
        port = shop.says().await;
    }
    let port = port.unwrap_or_default();
    let stream = TcpStream::connect(format!("127.0.0.1:{port}")).await;
    let mut customer = Connection(stream.expect("the shop has a listener"));
    customer.send(&request(7).concat()).await;
    let status = timeout(NEVER, customer.status()).await.ok().flatten();
    let begun = shop.says().await.is_some_and(|line| line == "begun 7");
    expect(status == Some(202) && begun, "the process takes no order")
        .asked("202 at once, and a confirmation that begins")
        .fact(format!("status: {}", described(status)))
        .or_fail();

    shop.terminate().await;
    let sent = shop.says().await.is_some_and(|line| line == "sent 7");
    let returned = shop.says().await;
    let ended = shop.ended().await;

    expect(sent, "the process ends, and a confirmation is lost")
        .asked("after SIGTERM, confirmations under way have `grace` to finish")
        .because([(ended.is_some(), CONFIRMATION_LOST)]);
    expect(ended.is_some(), "the process does not end")
        .asked("the process ends when `serve` has returned")
        .fact_if(returned.is_some(), "`serve` has returned")
        .fact_if(returned.is_none(), "`serve` has not returned")
        .because([(returned.is_some(), BLOCKING_THREAD)]);
    let clean = ended.is_some_and(|ended| ended.success());
    let returned = returned.unwrap_or_else(|| "returned nothing".to_owned());
    expect(clean && returned == "returned []", "the process does not end well")
        .asked("exit code 0, and no order without a confirmation")
        .fact(format!("it said: {returned}"))
        .because([(returned == "returned [7]", SENT_REPORTED)]);
}
