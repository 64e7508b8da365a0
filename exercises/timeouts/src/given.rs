//! What the exercise gives you: types and functions that are ready to use.

use reqwest::{Client, Response};

/// Why a store has nothing to give.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The store answered with a status that is not a success. 504 means that
    /// its own time was up.
    #[error("the store answered {0}")]
    Status(u16),
    /// There was no response, or it broke off, or the client gave it up: a
    /// client may have a time limit too.
    #[error("the connection failed")]
    Transport(#[source] reqwest::Error),
}

/// Why there is no file to return.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// The limit was over before the file was whole.
    #[error("the limit was over before the file was whole")]
    Elapsed,
    /// The store failed before the limit was over.
    #[error("the store failed")]
    Failed(#[from] StoreError),
}

/// Where files are kept.
pub trait Store: Clone + Send + Sync + 'static {
    type Body: Body;

    /// Asks for a file, and waits for the headers of the response. Dropping the
    /// future takes the request back.
    fn open(
        &self,
        name: &str,
    ) -> impl Future<Output = Result<Self::Body, StoreError>> + Send;
}

/// The rest of a response, still on its way. Dropping it ends the transfer.
pub trait Body: Send + 'static {
    /// Waits for the next piece, which may be empty. `None` means that the file
    /// is whole. Dropping the future half-way may lose a piece.
    fn piece(
        &mut self,
    ) -> impl Future<Output = Result<Option<Vec<u8>>, StoreError>> + Send;
}

/// A store that is reached over HTTP.
#[derive(Debug, Clone)]
pub struct Http {
    pub client: Client,
    /// Ends without a slash.
    pub base: String,
}

impl Store for Http {
    type Body = Response;

    async fn open(&self, name: &str) -> Result<Response, StoreError> {
        let url = format!("{}/{name}", self.base);
        let sent = self.client.get(url).send().await;
        let response = sent.map_err(StoreError::Transport)?;
        match response.status() {
            status if status.is_success() => Ok(response),
            status => Err(StoreError::Status(status.as_u16())),
        }
    }
}

impl Body for Response {
    async fn piece(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        let piece = self.chunk().await.map_err(StoreError::Transport)?;
        Ok(piece.map(|bytes| bytes.to_vec()))
    }
}
