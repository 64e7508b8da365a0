//! A task asks for pages and sends them through a channel: it does not know the
//! deadline, and its panic is lost.

use tokio::{
    sync::mpsc,
    time::{Instant, timeout_at},
};

use crate::given::*;

/// Collects offers until `deadline`.
pub async fn search<S: SearchService>(
    service: &S,
    from: Cursor,
    deadline: Instant,
) -> Found {
    let (tx, mut rx) = mpsc::channel(1);
    let service = service.clone();
    let producer = tokio::spawn(async move {
        let mut cursor = Some(from);
        while let Some(next) = cursor {
            let answer = service.page(next).await;
            cursor = answer.as_ref().ok().and_then(|page| page.next);
            if tx.send(answer).await.is_err() {
                break;
            }
        }
    });
    let mut offers = Vec::new();
    let mut ended = Ended::Cut { next: from };
    while let Ok(Some(answer)) = timeout_at(deadline, rx.recv()).await {
        match answer {
            Ok(page) => {
                offers.extend(page.offers);
                ended = match page.next {
                    Some(next) => Ended::Cut { next },
                    None => Ended::Complete,
                };
            }
            Err(error) => ended = Ended::Failed(error),
        }
    }
    producer.abort();
    let _ = producer.await;
    Found { offers, ended }
}
