//! What the exercise gives you: types that are ready to use.

use futures::stream::BoxStream;

/// How many prices are looked up at once.
pub const LOOKUPS: usize = 4;

/// What a supplier has for sale, as it arrives: a stream. After an error it may
/// go on.
pub type Offers = BoxStream<'static, Result<Offer, ImportError>>;

/// An article that a supplier offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub id: u64,
}

/// A row of the shop's table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub id: u64,
    pub cents: u64,
}

/// Why an import ended early.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// In the stream of offers.
    #[error("an offer cannot be read")]
    Offer,
    /// From [`Prices`], for the offer with this id.
    #[error("no answer about the price of offer {0}")]
    Price(u64),
    /// From [`Table`].
    #[error("the table takes no rows")]
    Insert,
}

/// The service that knows the prices.
pub trait Prices: Clone + Send + Sync + 'static {
    /// Looks up the price of an offer: its row, or `None` if it has no price.
    /// In flight from the first poll until it is ready or dropped.
    fn look_up(
        &self,
        offer: Offer,
    ) -> impl Future<Output = Result<Option<Row>, ImportError>> + Send;
}

/// The shop's table. It may share its connections with the lookups.
pub trait Table: Send + 'static {
    /// Inserts rows, which may take long. To insert no rows does nothing.
    fn insert(
        &mut self,
        rows: Vec<Row>,
    ) -> impl Future<Output = Result<(), ImportError>> + Send;
}
