//! A panic, as it is told: its message and its place, the same on every machine.

use std::{any::Any, fmt, panic::PanicHookInfo};

/// One panic, as the hook saw it.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    pub(crate) message: String,
    pub(crate) place: String,
}

impl Note {
    pub(crate) fn of(info: &PanicHookInfo<'_>) -> Self {
        let message = info.payload_as_str().unwrap_or("a panic without a message");
        let place = info.location().map_or_else(
            || "an unknown place".to_owned(),
            |at| format!("{}:{}", short(at.file()), at.line()),
        );
        Self { message: without_port(message), place }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {}: {}", self.place, self.message)
    }
}

/// What a panic carried, in words, where its place is not known.
pub(crate) fn message_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let owned = || payload.downcast_ref::<String>().map(String::as_str);
    without_port(text.or_else(owned).unwrap_or("a panic without a message"))
}

/// Replaces the ports of loopback addresses, which differ from run to run, by `PORT`.
fn without_port(message: &str) -> String {
    const ADDRESS: &str = "127.0.0.1:";
    let mut parts = message.split(ADDRESS);
    let mut clean = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        clean.push_str(ADDRESS);
        clean.push_str("PORT");
        clean.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    clean
}

/// A path that reads the same on every machine: an absolute one is cut to the workbook's folders,
/// or to the crate's.
fn short(file: &str) -> String {
    let file = file.replace('\\', "/");
    let absolute = file.starts_with('/') || file.as_bytes().get(1) == Some(&b':');
    if !absolute {
        return file;
    }
    for folder in ["/exercises/", "/solutions/"] {
        if let Some(at) = file.rfind(folder) {
            return file[at + 1..].to_owned();
        }
    }
    match file.rfind("/src/") {
        Some(src) => {
            let folder = file[..src].rfind('/').map_or(0, |slash| slash + 1);
            file[folder..].to_owned()
        }
        None => file,
    }
}
