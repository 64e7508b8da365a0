//! The book on this machine while it is written: rebuilt at each change, pages reload themselves.

use crate::build::{self, Options};
use crate::watch::Watch;
use anyhow::{Context, Result, bail};
use axum::Router;
use axum::body::Body;
use axum::extract::{Path as UrlPath, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// The port where one looks first.
const USUAL_PORT: u16 = 3000;

/// How long a page's question for changes is kept open: shorter than a browser's own limit.
const PATIENCE: Duration = Duration::from_secs(25);

/// Asks until there is another build than the page's own, then loads the page again.
const RELOAD: &str = r#"<script>
(async function () {
    const own = "BUILD";
    for (;;) {
        try {
            const answer = await fetch("/--built/" + own);
            if (await answer.text() !== own) { location.reload(); return; }
        } catch (stopped) {
            await new Promise(function (later) { setTimeout(later, 1000); });
        }
    }
})();
</script>
"#;

/// The newest build that succeeded.
#[derive(Clone)]
struct Built {
    /// Rises with each build.
    number: u64,
    folder: PathBuf,
}

/// Builds the book in `folder` and serves it on loopback until Ctrl-C.
pub fn run(folder: &Path, port: Option<u16>) -> Result<()> {
    let folder = folder
        .canonicalize()
        .with_context(|| format!("there is no book in {}", folder.display()))?;
    let root = folder.parent().context("the book's folder has no folder above it")?.to_owned();
    // Builds go to folders of their own in turn, so that what is being served stays whole.
    let builds = tempfile::tempdir().context("no temporary folder can be made")?;
    let watch = Watch::start(&root, &folder)?;
    // Counted from the time, so that a page left open from an earlier run notices the new one.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let first = loop {
        match build_into(&folder, builds.path(), now) {
            Ok(built) => break built,
            Err(error) => eprintln!("{error:#}\nWaiting for a change."),
        }
        if !watch.wait() {
            bail!("changes can no longer be seen");
        }
    };
    let (tell, built) = watch::channel(first);
    let turns = builds.path().to_owned();
    std::thread::spawn(move || rebuild(&watch, &folder, &turns, &tell));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = listen(port).await?;
        println!("The book is at http://{}/ (Ctrl-C ends it)", listener.local_addr()?);
        tokio::select! {
            ended = axum::serve(listener, router(built)) => ended.context("serving ended"),
            pressed = tokio::signal::ctrl_c() => pressed.context("Ctrl-C cannot be heard"),
        }
    })
}

fn build_into(folder: &Path, builds: &Path, number: u64) -> Result<Built> {
    let destination = builds.join((number % 2).to_string());
    let options = Options { destination: Some(destination), site_url: Some("/") };
    Ok(Built { number, folder: build::book(folder, options)? })
}

fn rebuild(watch: &Watch, folder: &Path, builds: &Path, tell: &watch::Sender<Built>) {
    while watch.wait() {
        let number = tell.borrow().number + 1;
        match build_into(folder, builds, number) {
            Ok(built) => {
                tell.send_replace(built);
                println!("Built again.");
            }
            Err(error) => eprintln!("{error:#}\nThe book from before is still there."),
        }
    }
}

/// Listens on the port that was asked for, or on the usual one, or on any.
async fn listen(port: Option<u16>) -> Result<TcpListener> {
    let at = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    match port {
        Some(port) => TcpListener::bind(at(port))
            .await
            .with_context(|| format!("port {port} cannot be used; leave --port out for any")),
        None => match TcpListener::bind(at(USUAL_PORT)).await {
            Ok(listener) => Ok(listener),
            Err(_) => TcpListener::bind(at(0)).await.context("no port is free"),
        },
    }
}

fn router(built: watch::Receiver<Built>) -> Router {
    Router::new()
        .route("/--built/{seen}", get(changed))
        .route("/", get(index))
        .route("/{*path}", get(file))
        .with_state(built)
}

/// Answers with the number of the newest build, at once when it is not the one seen.
async fn changed(
    State(mut built): State<watch::Receiver<Built>>,
    UrlPath(seen): UrlPath<u64>,
) -> String {
    let newer = built.wait_for(|built| built.number != seen);
    // Out of patience, the old number is the answer, and the page asks again.
    _ = tokio::time::timeout(PATIENCE, newer).await;
    built.borrow().number.to_string()
}

async fn index(State(built): State<watch::Receiver<Built>>) -> Response {
    let built = built.borrow().clone();
    answer(&built, "index.html").await
}

async fn file(
    State(built): State<watch::Receiver<Built>>,
    UrlPath(path): UrlPath<String>,
) -> Response {
    let built = built.borrow().clone();
    answer(&built, &path).await
}

async fn answer(built: &Built, path: &str) -> Response {
    let (status, found) = match read(&built.folder, path).await {
        Some(found) => (StatusCode::OK, Some(found)),
        None => (StatusCode::NOT_FOUND, read(&built.folder, "404.html").await),
    };
    match found {
        Some((path, body)) => respond(status, &path, body, built.number),
        None => status.into_response(),
    }
}

/// The file of a path, or the index of the folder that it names. Nothing outside `folder`.
async fn read(folder: &Path, path: &str) -> Option<(PathBuf, Vec<u8>)> {
    let relative = Path::new(path);
    if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    let mut path = folder.join(relative);
    if path.is_dir() {
        path.push("index.html");
    }
    let body = tokio::fs::read(&path).await.ok()?;
    Some((path, body))
}

fn respond(status: StatusCode, path: &Path, mut body: Vec<u8>, number: u64) -> Response {
    let kind = match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css",
        Some("js") => "text/javascript",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    };
    if kind.starts_with("text/html") {
        body.extend(RELOAD.replace("BUILD", &number.to_string()).bytes());
    }
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")];
    (status, headers, Body::from(body)).into_response()
}
