//! Few calls to a service: what async is worth there.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use futures::future::try_join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net;
use tokio::runtime::{self, Runtime};
use tokio::time::sleep;
use workbook::catalogue::bench::Series;

use crate::sample::{Way, compare, nanos};

/// No more, since each is a connection with two ends in this process.
const COUNTS: [u64; 4] = [1, 4, 16, 64];
/// The way whose times add up.
const IN_SEQUENCE: &str = "in_sequence";
/// How long the service takes for an answer.
const LATENCY: Duration = Duration::from_millis(20);

/// Measures three ways to do the same.
pub fn measure() -> Result<Vec<Series>> {
    eprintln!("calls …");
    let serving = runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let service = serving.block_on(serve(&serving))?;
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let ways = [
        Way {
            name: IN_SEQUENCE,
            label: "one after another, without async",
            run: &|calls| (0..calls).try_for_each(|_| call(service)),
        },
        Way {
            name: "threads",
            label: "a thread each, without async",
            run: &|calls| in_threads(service, calls),
        },
        Way {
            name: "async",
            label: "async, on one thread",
            run: &|calls| runtime.block_on(all_async(service, calls)),
        },
    ];
    let mut lines = compare(&ways, &COUNTS)?;
    for line in &mut lines {
        for point in &mut line.points {
            let rounds = if line.name == IN_SEQUENCE { point.x } else { 1 };
            point.ideal = Some(nanos(LATENCY * u32::try_from(rounds)?));
        }
    }
    Ok(lines)
}

/// A service that answers each question after [`LATENCY`], on a thread of its own.
async fn serve(runtime: &Runtime) -> Result<SocketAddr> {
    let listener = net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    runtime.spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let question = stream.read_u8().await?;
                sleep(LATENCY).await;
                stream.write_u8(question + 1).await
            });
        }
    });
    Ok(address)
}

fn call(service: SocketAddr) -> Result<()> {
    let mut stream = TcpStream::connect(service)?;
    stream.write_all(&[7])?;
    let mut answer = [0];
    stream.read_exact(&mut answer)?;
    ensure!(answer == [8], "the service answers with the next number");
    Ok(())
}

async fn call_async(service: SocketAddr) -> Result<()> {
    let mut stream = net::TcpStream::connect(service).await?;
    stream.write_u8(7).await?;
    ensure!(
        stream.read_u8().await? == 8,
        "the service answers with the next number"
    );
    Ok(())
}

async fn all_async(service: SocketAddr, calls: u64) -> Result<()> {
    try_join_all((0..calls).map(|_| call_async(service))).await?;
    Ok(())
}

fn in_threads(service: SocketAddr, calls: u64) -> Result<()> {
    thread::scope(|scope| {
        let threads: Vec<_> = (0..calls)
            .map(|_| scope.spawn(move || call(service)))
            .collect();
        threads.into_iter().try_for_each(|thread| {
            thread.join().ok().context("a call has panicked")?
        })
    })
}
