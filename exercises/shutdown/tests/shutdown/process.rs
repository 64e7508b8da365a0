//! A shop in a process of its own, and a real signal.

use std::{
    env,
    io::{Read, Write, stdin, stdout},
    process::{self, Stdio},
    thread,
    time::Duration,
};

use futures::FutureExt;
use shutdown::{Mailer, serve, stop_at_signals};
use testkit::{expect, run};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    net::{TcpListener, TcpStream},
    process::{Child, ChildStdout, Command},
    runtime::Runtime,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{causes::*, service::Customer};

/// Set in the process that serves.
const SHOP: &str = "SHUTDOWN_SHOP";

/// Longer than anything takes that is going to happen.
const NEVER: Duration = Duration::from_millis(1500);

/// The test: this binary is started again, for this test alone, as a shop.
pub fn test() {
    if env::var_os(SHOP).is_some() {
        shop();
    }
    run(async || {
        // An answer that is not written says so itself.
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let mailer = Mailer::new(async |_| Ok(()));
        let stop = CancellationToken::new();
        let grace = Duration::ZERO;
        let _ = serve(listener.expect("a free port"), mailer, stop, grace)
            .now_or_never();
        observed().await;
    });
}

async fn observed() {
    let mut shop = start();
    // Closed, it ends the shop; `wait` would close it.
    let _held = shop.stdin.take();
    let mut says = BufReader::new(shop.stdout.take().expect("piped")).lines();
    let port = next(&mut says).await;
    let address = format!("127.0.0.1:{}", port.unwrap_or_default());
    let connected = TcpStream::connect(address).await;
    let mut customer = Customer(connected.expect("the shop has a listener"));
    customer.post(7).await;
    let status = timeout(NEVER, customer.status()).await.ok().flatten();
    let begun = next(&mut says).await;
    let served = status == Some(202) && begun.as_deref() == Some("begun 7");
    expect(served, "the process takes no order")
        .asked("202, and a confirmation that begins")
        .or_fail();

    terminate(&shop).await;
    let (sent, returned) = (next(&mut says).await, next(&mut says).await);
    let status = timeout(NEVER, shop.wait()).await;

    let sent = sent.as_deref() == Some("sent 7");
    expect(sent, "the process ends, and a confirmation is lost")
        .asked("SIGTERM leaves `grace` to confirmations under way")
        .because([(status.is_ok(), CONFIRMATION_LOST)]);
    let returned = returned.as_deref() == Some("returned []");
    let clean = matches!(&status, Ok(Ok(status)) if status.success());
    expect(clean && returned, "the process does not end")
        .asked("exit code 0, once all is confirmed")
        .fact_if(returned, "`serve` has returned")
        .fact_if(!returned, "`serve` has not returned")
        .because([(returned && status.is_err(), BLOCKING_THREAD)]);
}

/// Starts this test's binary again. It ends with this process, or before.
fn start() -> Child {
    let name = "ends_its_process_after_sigterm";
    let module = module_path!().trim_end_matches("::process");
    let name = match module.split_once("::") {
        Some((_, module)) => format!("{module}::{name}"),
        None => name.to_owned(),
    };
    let binary = env::current_exe().expect("a test is a file");
    Command::new(binary)
        .args(["--exact", &name, "--nocapture"])
        .env(SHOP, "open")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("a test can start a process")
}

/// The next line that the shop says; what libtest says is left out.
async fn next(says: &mut Lines<BufReader<ChildStdout>>) -> Option<String> {
    let line = async {
        loop {
            let line = says.next_line().await.ok()??;
            if let Some(line) = line.strip_prefix("shop: ") {
                return Some(line.to_owned());
            }
        }
    };
    timeout(NEVER, line).await.ok().flatten()
}

/// Sends SIGTERM, as a process manager does.
async fn terminate(shop: &Child) {
    let id = shop.id().expect("it has not been waited for");
    let kill = format!("kill -TERM {id}");
    let done = Command::new("sh").args(["-c", &kill]).status().await;
    done.expect("a shell has `kill`");
}

/// The other process: serves, and says what happens.
fn shop() -> ! {
    // Its test holds the other end. Whatever becomes of that, this ends.
    thread::spawn(|| {
        let _ = stdin().read(&mut [0]);
        process::exit(1);
    });
    let runtime = Runtime::new().expect("a runtime");
    let unsent = runtime.block_on(async {
        let stop = stop_at_signals().expect("handlers");
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a free port");
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

/// Past libtest, which captures what is printed.
fn say(what: impl std::fmt::Display) {
    let _ = writeln!(stdout(), "shop: {what}");
}
