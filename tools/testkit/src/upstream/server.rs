//! The server's thread: accepts, journals, answers.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, PoisonError, atomic::Ordering, mpsc},
    thread,
};

use axum::{
    Router,
    extract::{Request, State},
    response::Response,
    serve::Listener,
};
use tokio::{
    net::{TcpListener, TcpStream},
    runtime,
    sync::{oneshot, watch},
};

use super::{
    Answer, Plan, Received, Seen, Upstream,
    body::{UnderWay, told},
};
use crate::{context::Run, probe::InFlight, refusal::provided};

pub(super) fn start(plan: Plan) -> Upstream {
    let run = Run::current();
    let seen = Arc::new(Seen {
        plan,
        run: Arc::clone(&run),
        journal: run.journal.clone(),
        requests: std::sync::Mutex::default(),
        arrived: watch::Sender::new(0),
        in_flight: InFlight::default(),
        connections: std::sync::atomic::AtomicUsize::new(0),
    });
    let (stop, stopped) = oneshot::channel();
    let (bound, address) = mpsc::channel();
    let serving = Arc::clone(&seen);
    let thread = thread::Builder::new().name("upstream".to_owned()).spawn(move || {
        run.adopt();
        let mut builder = runtime::Builder::new_current_thread();
        builder.enable_all();
        run.rest.watch(&mut builder, 1);
        let runtime = provided(builder.build(), "a test needs a runtime for its upstream");
        runtime.block_on(serve(serving, &bound, stopped));
        runtime.shutdown_background();
        run.rest.leave(1);
    });
    let thread = provided(thread, "a test needs a thread for its upstream");
    let address = address.recv().expect("the upstream sends its address as soon as it listens");
    Upstream { address, seen, stop: Some(stop), thread: Some(thread) }
}

async fn serve(seen: Arc<Seen>, bound: &mpsc::Sender<SocketAddr>, stopped: oneshot::Receiver<()>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let listener = provided(listener, "loopback has a free port for a test");
    let address = listener.local_addr().expect("a bound listener has an address");
    // The receiver waits for exactly this.
    let _ = bound.send(address);
    let counting = Counting { listener, seen: Arc::clone(&seen) };
    let router = Router::new().fallback(answer).with_state(seen);
    tokio::select! {
        // Serving never ends by itself; its errors are those of single connections.
        _ = axum::serve(counting, router) => {}
        // Sent, or the `Upstream` was dropped: both mean stop.
        _ = stopped => {}
    }
}

/// A listener that counts the connections it accepts.
struct Counting {
    listener: TcpListener,
    seen: Arc<Seen>,
}

impl Listener for Counting {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        let accepted = Listener::accept(&mut self.listener).await;
        self.seen.connections.fetch_add(1, Ordering::SeqCst);
        // Small answers must not wait for the acknowledgement of the one before.
        let _ = accepted.0.set_nodelay(true);
        accepted
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Answers one request. When the client goes away, hyper drops this future or the body it returned;
/// the call dropped with it is journaled as cancelled.
async fn answer(State(seen): State<Arc<Seen>>, request: Request) -> Response {
    let received = received(&request);
    seen.run.is_called().await;
    seen.requests.lock().unwrap_or_else(PoisonError::into_inner).push(received.clone());
    seen.arrived.send_modify(|arrived| *arrived += 1);
    let Answer { status, headers, body, lane, gate, after, piece, ending } = (seen.plan)(&received);
    if let Some(gate) = &gate {
        gate.arrive().await;
    }
    let lane = lane.unwrap_or_else(|| format!("{} {}", received.method, received.path));
    let under_way = UnderWay {
        call: seen.journal.call(&lane),
        counted: seen.in_flight.enter(),
        gate: gate.clone(),
    };
    if let Some(gate) = &gate {
        gate.pass(&under_way.call).await;
        if gate.has_turns() {
            // What leaves in turn is drawn in turn.
            seen.journal.step();
        }
    }
    if !after.is_zero() {
        tokio::time::sleep(after).await;
    }
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(name, value);
    }
    response
        .body(told(body, piece, ending, under_way))
        .expect("a test answers with a status and headers that exist")
}

fn received(request: &Request) -> Received {
    let headers = request.headers().iter().map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    Received {
        method: request.method().as_str().to_owned(),
        path: request.uri().path().to_owned(),
        query: request.uri().query().unwrap_or_default().to_owned(),
        headers: headers.collect(),
    }
}
