//! `print!`, `println!` and `eprintln!`, in all of this crate, without the standard library's panic
//! where the reader has gone: `cargo workbook check … | head` is no reason to fail.

use std::fmt::Arguments;
use std::io::{self, Write as _};

macro_rules! print {
    ($($words:tt)*) => { $crate::terminal::print::out(format_args!($($words)*)) };
}

macro_rules! println {
    () => { print!("\n") };
    ($($words:tt)*) => { print!("{}\n", format_args!($($words)*)) };
}

macro_rules! eprintln {
    ($($words:tt)*) => {
        $crate::terminal::print::err(format_args!("{}\n", format_args!($($words)*)))
    };
}

pub fn out(words: Arguments) {
    io::stdout().write_fmt(words).ok();
}

pub fn err(words: Arguments) {
    io::stderr().write_fmt(words).ok();
}
