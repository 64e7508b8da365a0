//! Whether something is kept each time that the same is done.

/// So many rounds, of which a third may be disturbed.
const ROUNDS: usize = 15;

/// By how many bytes `in_use` grows with each round. The first rounds grow queues and tables to their
/// size, and other tests of the process take and give back memory, too; but what is kept is kept in
/// almost every round, so the answer is the sixth smallest of fifteen.
///
/// ```
/// use std::sync::Mutex;
///
/// testkit::run(async || {
///     let kept = Mutex::new(Vec::new());
///     let in_use = || kept.lock().unwrap().len();
///     let round = async || kept.lock().unwrap().extend([0; 7]);
///     assert_eq!(testkit::growth(in_use, round).await, 7);
/// });
/// ```
pub async fn growth(in_use: impl Fn() -> usize, round: impl AsyncFn()) -> usize {
    let mut rounds = [0; ROUNDS];
    for kept in &mut rounds {
        let before = in_use();
        round().await;
        *kept = in_use().saturating_sub(before);
    }
    rounds.sort_unstable();
    rounds[ROUNDS / 3]
}
