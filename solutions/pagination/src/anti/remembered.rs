//! Pages that outlive their stream: they stay as they were.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use async_stream::try_stream;
use futures::Stream;
use reqwest::Client;

use crate::given::*;

static KNOWN: Mutex<Option<HashMap<String, Page>>> = Mutex::new(None);

fn known(key: &str) -> Option<Page> {
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.as_ref()?.get(key).cloned()
}

fn remember(key: String, page: &Page) {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.get_or_insert_default().insert(key, page.clone());
}

/// Every review of the service at `base`.
pub fn reviews<'a>(
    client: &'a Client,
    base: &'a str,
) -> impl Stream<Item = Result<Review, FetchError>> + Send {
    try_stream! {
        let mut next = Some(FIRST.to_owned());
        while let Some(path) = next {
            let key = format!("{base}{path}");
            let page = match known(&key) {
                Some(page) => page,
                None => fetch_page(client, base, &path).await?,
            };
            remember(key, &page);
            for review in page.reviews {
                yield review;
            }
            next = page.next;
        }
    }
}
