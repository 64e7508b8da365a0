//! What the exercise gives you: constants and functions that are ready to use.

use std::error::Error as _;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, close_code};
use tokio_tungstenite::tungstenite::{Error, error::ProtocolError};

/// How many messages may wait for a member, besides what its socket has taken.
pub const WAITING: usize = 64;

/// The most bytes that a message may have.
pub const LONGEST: usize = 4 * 1024;

/// A close frame with this code. Codes have names in
/// `axum::extract::ws::close_code`.
pub fn goodbye(code: u16) -> Message {
    let reason = Utf8Bytes::default();
    Message::Close(Some(CloseFrame { code, reason }))
}

/// The code for a fault that reading from the socket has found: 1009 for a
/// message that is too long, 1007 for text that is not UTF-8, 1002 for anything
/// else against the protocol. `None` if the connection is broken.
pub fn code_for(error: &axum::Error) -> Option<u16> {
    // The socket reports tungstenite's errors, wrapped.
    match error.source()?.downcast_ref()? {
        Error::Capacity(_) => Some(close_code::SIZE),
        Error::Utf8(_) => Some(close_code::INVALID),
        // The connection has ended: no one is left to tell.
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => None,
        Error::Protocol(_) => Some(close_code::PROTOCOL),
        _ => None,
    }
}
