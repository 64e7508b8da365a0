//! The call in a task, on a runtime of several threads.

use std::sync::Arc;

use offload::{Image, Thumbnail, make_thumbnails};
use tokio::sync::Semaphore;

#[test]
fn it_can_be_spawned() {
    testkit::run_parallel(async || {
        let images = vec![Image(vec![1]), Image(vec![2]), Image(vec![3])];
        let render = |image: &Image| Thumbnail(image.0.clone());
        let slots = Arc::new(Semaphore::new(2));
        let call = tokio::spawn(make_thumbnails(render, images, slots));
        let wanted = [1, 2, 3].map(|byte| Ok(Thumbnail(vec![byte])));
        assert_eq!(call.await.expect("it returns"), wanted);
    });
}
