//! `cargo workbook board` runs this.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Parser;
use tokio::net::TcpListener;
use workbook::catalogue::Catalogue;
use workbook::commands::board::Options;
use workbook_board::address;
use workbook_board::room::Room;
use workbook_board::server::Board;

/// The port where one looks first.
const USUAL_PORT: u16 = 4880;

#[derive(Debug, Parser)]
#[command(bin_name = "cargo workbook board", about)]
struct Arguments {
    /// The workbook's folder
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    root: PathBuf,
    #[command(flatten)]
    options: Options,
}

fn main() -> Result<()> {
    let Arguments { root, options } = Arguments::parse();
    let (catalogue, _) = Catalogue::load_sound(&root)?;
    let exercises = catalogue.exercises.into_iter().map(|exercise| exercise.name).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = listen(&options).await?;
        let port = listener.local_addr()?.port();
        let shown = match (options.local, options.address) {
            (true, _) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            (false, Some(address)) => address,
            (false, None) => address::of_this_machine(),
        };
        let shown = SocketAddr::new(shown, port).to_string();
        let mut room = Room::new(exercises);
        if let Some(most) = options.at_one_address {
            room = room.with_room_at_one_address(most.into());
        }
        println!("The board is at http://127.0.0.1:{port}/ on this machine. Show that page.");
        println!("Learners type:  cargo workbook join {shown} {}", room.code());
        println!(
            "What is sent goes over the local network as it is: a name that the learner chooses, \
             and the\nstate of each exercise. Nothing is kept: Ctrl-C ends the board, and it is \
             all forgotten."
        );
        tokio::select! {
            () = Board::new(room, shown).serve(listener) => Ok(()),
            pressed = tokio::signal::ctrl_c() => {
                println!("\nThe board has ended. Nothing was kept.");
                pressed.context("Ctrl-C cannot be heard")
            }
        }
    })
}

async fn listen(options: &Options) -> Result<TcpListener> {
    let on = if options.local { Ipv4Addr::LOCALHOST } else { Ipv4Addr::UNSPECIFIED };
    let wanted = options.port.unwrap_or(USUAL_PORT);
    match (TcpListener::bind((on, wanted)).await, options.port) {
        (Ok(listener), _) => Ok(listener),
        (Err(_), None) => TcpListener::bind((on, 0)).await.context("no port is free"),
        (Err(error), Some(port)) => Err(error).with_context(|| {
            format!("port {port} cannot be had; leave --port out, and a free one is taken")
        }),
    }
}
