//! What the page *chat* says of axum's WebSockets, and of tungstenite under them.

use std::{error::Error as _, net::SocketAddr, time::Duration};

use axum::{
    Router,
    extract::ws::{self, WebSocket, WebSocketUpgrade},
    routing::get,
};
use futures::{FutureExt, SinkExt, StreamExt};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{
        Error, Message,
        error::{CapacityError, ProtocolError},
        protocol::{Role, WebSocketConfig},
    },
};

const SOON: Duration = Duration::from_secs(10);

/// A server whose handler is `handle`, and a client that is connected to it.
async fn connected<F: Future<Output = ()> + Send + 'static>(
    handle: impl FnOnce(WebSocket) -> F + Clone + Send + Sync + 'static,
) -> WebSocketStream<TcpStream> {
    let upgrade = |upgrade: WebSocketUpgrade| async move {
        upgrade.max_message_size(100).on_upgrade(handle)
    };
    let router = Router::new().route("/", get(upgrade));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address: SocketAddr = listener.local_addr().expect("it is bound");
    tokio::spawn(async move { axum::serve(listener, router).await });
    let stream = TcpStream::connect(address).await.expect("loopback");
    let opened = client_async(format!("ws://{address}/"), stream).await;
    opened.expect("it upgrades").0
}

async fn read(
    socket: &mut (impl StreamExt<Item = Result<Message, Error>> + Unpin),
) -> Option<Result<Message, Error>> {
    timeout(SOON, socket.next()).await.expect("something comes")
}

fn ended_without_a_close_frame(read: Option<&Result<Message, Error>>) -> bool {
    use ProtocolError::ResetWithoutClosingHandshake as Reset;
    matches!(read, Some(Err(Error::Protocol(Reset) | Error::Io(_))))
}

/// "tungstenite queues the answer, and sends it with the next read or flush."
#[tokio::test]
async fn a_handler_that_returns_at_the_close_frame_has_not_answered_it() {
    let mut client = connected(async |mut socket: WebSocket| {
        let _ = socket.recv().await;
    })
    .await;

    client.send(Message::Close(None)).await.expect("it is open");

    let end = read(&mut client).await;
    assert!(ended_without_a_close_frame(end.as_ref()), "{end:?}");
}

#[tokio::test]
async fn a_handler_that_reads_on_has_answered_it() {
    let mut client = connected(
        async |mut socket: WebSocket| {
            while socket.recv().await.is_some() {}
        },
    )
    .await;

    client.send(Message::Close(None)).await.expect("it is open");

    let end = read(&mut client).await;
    assert!(matches!(end, Some(Ok(Message::Close(_)))), "{end:?}");
}

/// "A message over the limit: reading returns an error; the close frame is
/// yours. A read has failed; a send still works."
#[tokio::test]
async fn a_fault_is_answered_by_nobody_but_the_handler() {
    let mut client = connected(async |mut socket: WebSocket| {
        let read = socket.recv().await;
        assert!(matches!(read, Some(Err(_))), "{read:?}");
    })
    .await;
    client
        .send(Message::text("x".repeat(101)))
        .await
        .expect("it is open");
    let end = read(&mut client).await;
    assert!(ended_without_a_close_frame(end.as_ref()), "{end:?}");

    let mut client = connected(async |mut socket: WebSocket| {
        let read = socket.recv().await;
        let fault = read.expect("not the end").expect_err("too long");
        let fault: Option<&Error> =
            fault.source().and_then(|it| it.downcast_ref());
        let too_long = CapacityError::MessageTooLong {
            size: 101,
            max_size: 100,
        };
        assert!(matches!(fault, Some(Error::Capacity(it)) if *it == too_long));
        let frame = ws::CloseFrame {
            code: 1009,
            reason: "".into(),
        };
        let sent = socket.send(ws::Message::Close(Some(frame))).await;
        sent.expect("a send still works");
    })
    .await;
    client
        .send(Message::text("x".repeat(101)))
        .await
        .expect("it is open");
    let end = read(&mut client).await;
    let Some(Ok(Message::Close(Some(frame)))) = end else {
        panic!("{end:?}")
    };
    assert_eq!(u16::from(frame.code), 1009);
}

/// The two ends of a connection: tungstenite as a server, and bytes.
async fn server(
    config: WebSocketConfig,
) -> (WebSocketStream<DuplexStream>, DuplexStream) {
    let (ours, theirs) = duplex(1 << 20);
    let role = Role::Server;
    (
        WebSocketStream::from_raw_socket(ours, role, Some(config)).await,
        theirs,
    )
}

/// "64 MiB, and 16 MiB for a frame, unless you set it." axum's own start from
/// these: `WebSocketUpgrade` shows them.
#[tokio::test]
async fn the_limits_that_nobody_has_set() {
    let config = WebSocketConfig::default();
    assert_eq!(config.max_message_size, Some(64 << 20));
    assert_eq!(config.max_frame_size, Some(16 << 20));

    let shown = |upgrade: WebSocketUpgrade| async move {
        let shown = format!("{upgrade:?}");
        assert!(
            shown.contains("max_message_size: Some(67108864)"),
            "{shown}"
        );
        assert!(shown.contains("max_frame_size: Some(16777216)"), "{shown}");
        upgrade.on_upgrade(async |_| {})
    };
    let router = Router::new().route("/", get(shown));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move { axum::serve(listener, router).await });
    let stream = TcpStream::connect(address).await.expect("loopback");
    client_async(format!("ws://{address}/"), stream)
        .await
        .expect("101");
}

/// "`max_message_size` is compared when a frame is complete, `max_frame_size`
/// when its header is there."
#[tokio::test]
async fn only_the_limit_of_a_frame_is_compared_with_its_header() {
    // A text of 1,000 bytes, of which only the header is sent.
    let header = b"\x81\xfe\x03\xe8mask";
    let limit = WebSocketConfig::default().max_message_size(Some(100));

    let (mut socket, mut client) = server(limit).await;
    client.write_all(header).await.expect("there is room");
    assert!(
        socket.next().now_or_never().is_none(),
        "it waits for the rest"
    );

    let (mut socket, mut client) =
        server(limit.max_frame_size(Some(100))).await;
    client.write_all(header).await.expect("there is room");
    let read = socket.next().now_or_never().flatten();
    assert!(matches!(read, Some(Err(Error::Capacity(_)))), "{read:?}");
}

/// "A ping is answered while somebody reads." "Pings are sent: you."
#[tokio::test(start_paused = true)]
async fn pings_are_answered_and_not_sent() {
    let (mut socket, mut client) = server(WebSocketConfig::default()).await;
    let mut bytes = [0; 64];
    client
        .write_all(b"\x89\x80mask")
        .await
        .expect("there is room");
    sleep(SOON).await;
    assert!(
        client.read(&mut bytes).now_or_never().is_none(),
        "nobody reads"
    );

    let reading =
        tokio::spawn(async move { while socket.next().await.is_some() {} });
    client.read_exact(&mut bytes[..2]).await.expect("a pong");
    assert_eq!(&bytes[..2], b"\x8a\x00");

    // A day without a word.
    sleep(Duration::from_hours(24)).await;
    assert!(client.read(&mut bytes).now_or_never().is_none());
    assert!(!reading.is_finished(), "and nobody minds");
}

/// "A message that is half read stays in the buffer of the socket."
#[tokio::test]
async fn a_dropped_read_loses_nothing() {
    let (mut socket, mut client) = server(WebSocketConfig::default()).await;
    // "hello", masked with zeros.
    client
        .write_all(b"\x81\x85\0\0\0\0hel")
        .await
        .expect("there is room");
    assert!(socket.next().now_or_never().is_none(), "it is dropped here");

    client.write_all(b"lo").await.expect("there is room");
    let read = read(&mut socket).await;
    assert!(matches!(read, Some(Ok(Message::Text(text))) if text == "hello"));
}

/// "`send` returns when it is flushed. Dropped before that it has been taken
/// over; dropped while the buffer is full, its message is lost."
#[tokio::test]
async fn a_dropped_send_may_lose_its_message() {
    let (ours, mut theirs) = duplex(8);
    let config = WebSocketConfig::default().write_buffer_size(0);
    let role = Role::Server;
    let mut socket =
        WebSocketStream::from_raw_socket(ours, role, Some(config)).await;

    let first = socket.send(Message::text("taken by the buffer"));
    assert!(
        first.now_or_never().is_none(),
        "the other side takes 8 bytes"
    );
    let second = socket.send(Message::text("lost"));
    assert!(second.now_or_never().is_none(), "the first is in its way");

    let reading = tokio::spawn(async move {
        let mut bytes = Vec::new();
        theirs.read_to_end(&mut bytes).await.expect("no error");
        bytes
    });
    socket
        .send(Message::text("third"))
        .await
        .expect("it is open");
    drop(socket);
    let bytes = reading.await.expect("no panic");
    assert_eq!(bytes, b"\x81\x13taken by the buffer\x81\x05third");
}
