//! The book on this machine while it is written: rebuilt at each change, pages reload themselves.

use crate::build::{self, Options};
use crate::watch::Watch;
use anyhow::{Context, Result, bail};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower_http::services::{ServeDir, ServeFile};
use tower_livereload::{LiveReloadLayer, Reloader};
#[cfg(unix)]
use workbook::engine::signals;
use workbook::engine::temporary_folder::{self, TemporaryFolder};

/// The port where one looks first.
const USUAL_PORT: u16 = 3000;

/// The names of this machine that no other machine has.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Builds the book in `folder` and serves it on loopback, until Ctrl-C or a signal that asks it to
/// end. Nothing of its builds is left then.
pub fn run(folder: &Path, port: Option<u16>) -> Result<()> {
    let folder = folder
        .canonicalize()
        .with_context(|| format!("there is no book in {}", folder.display()))?;
    let root = folder.parent().context("the book's folder has no folder above it")?.to_owned();
    // Builds go to folders of their own in turn, so that what is being served stays whole.
    let builds = TemporaryFolder::new().context("no temporary folder can be made")?;
    let turns = builds.path().to_owned();
    let watch = Watch::start(&root, &folder)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ended = runtime.block_on(async {
        tokio::select! {
            ended = serve(folder, turns, watch, port) => ended,
            asked = asked_to_end() => asked,
        }
    });
    // Without waiting for a build that may be under way.
    runtime.shutdown_background();
    temporary_folder::remove_all();
    ended
}

async fn serve(folder: PathBuf, builds: PathBuf, watch: Watch, port: Option<u16>) -> Result<()> {
    let (its, turns) = (folder.clone(), builds.clone());
    let building = tokio::task::spawn_blocking(move || {
        let first = first_build(&its, &turns, &watch);
        (first, watch)
    });
    let (first, watch) = building.await.context("building ended")?;
    let first = first?;
    let (tell, built) = watch::channel(first);
    let reload = LiveReloadLayer::new();
    let reloader = reload.reloader();
    std::thread::spawn(move || rebuild(&watch, &folder, &builds, &tell, &reloader));
    let listener = listen(port).await?;
    println!("The book is at http://{}/ (Ctrl-C ends it)", listener.local_addr()?);
    axum::serve(listener, router(built, reload)).await.context("serving ended")
}

/// The first build that succeeds: a book with a mistake waits for a change.
fn first_build(folder: &Path, builds: &Path, watch: &Watch) -> Result<PathBuf> {
    loop {
        match build_into(folder, builds, 0) {
            Ok(built) => return Ok(built),
            Err(error) => eprintln!("{error:#}\nWaiting for a change."),
        }
        if !watch.wait() {
            bail!("changes can no longer be seen");
        }
    }
}

/// Waits for Ctrl-C, or for another signal that asks this process to end.
#[cfg(unix)]
async fn asked_to_end() -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminated = signal(SignalKind::terminate()).context("SIGTERM cannot be heard")?;
    let hangup = SignalKind::hangup();
    // Under `nohup` it is, and stays so.
    let ignored = signals::is_ignored(hangup.as_raw_value());
    let terminal_gone = async {
        if ignored {
            return std::future::pending().await;
        }
        signal(hangup).context("SIGHUP cannot be heard")?.recv().await;
        Ok(())
    };
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed.context("Ctrl-C cannot be heard"),
        _ = terminated.recv() => Ok(()),
        terminal_gone = terminal_gone => terminal_gone,
    }
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
async fn asked_to_end() -> Result<()> {
    tokio::signal::ctrl_c().await.context("Ctrl-C cannot be heard")
}

fn build_into(folder: &Path, builds: &Path, turn: u8) -> Result<PathBuf> {
    let destination = builds.join(turn.to_string());
    let options = Options { destination: Some(destination), site_url: Some("/") };
    build::book(folder, options)
}

fn rebuild(
    watch: &Watch,
    folder: &Path,
    builds: &Path,
    tell: &watch::Sender<PathBuf>,
    reloader: &Reloader,
) {
    let mut turn = 1;
    while watch.wait() {
        match build_into(folder, builds, turn) {
            Ok(built) => {
                tell.send_replace(built);
                reloader.reload();
                println!("Built again.");
                turn = 1 - turn;
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

fn router(built: watch::Receiver<PathBuf>, reload: LiveReloadLayer) -> Router {
    Router::new()
        .fallback(file)
        .with_state(built)
        .layer(reload)
        .layer(middleware::from_fn(only_loopback))
}

/// A file of the newest build.
async fn file(State(built): State<watch::Receiver<PathBuf>>, request: Request) -> Response {
    let folder = built.borrow().clone();
    let not_found = ServeFile::new(folder.join("404.html"));
    let found = ServeDir::new(folder).not_found_service(not_found).try_call(request).await;
    let found = found.map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()));
    ([(header::CACHE_CONTROL, "no-store")], found).into_response()
}

/// Answers a request only if it names this machine. Any page on the web could otherwise read what
/// is served here, under a name of its own that it lets point to 127.0.0.1.
async fn only_loopback(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST);
    let host = host.and_then(|host| Authority::try_from(host.as_bytes()).ok());
    if host.is_some_and(|host| LOOPBACK.contains(&host.host())) {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "The book is at http://127.0.0.1 and http://localhost only.\n")
            .into_response()
    }
}
