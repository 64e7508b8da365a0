//! What was noted, from whichever thread.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A list that callbacks of the code under test add to, and that the test reads. Cheap to clone.
///
/// ```
/// use testkit::SharedList;
///
/// let reports = SharedList::default();
/// let report = { let reports = reports.clone(); move |what| reports.push(what) };
/// report("order 7");
/// assert_eq!((reports.len(), reports.to_vec()), (1, vec!["order 7"]));
/// ```
pub struct SharedList<T>(Arc<Mutex<Vec<T>>>);

impl<T> SharedList<T> {
    /// Adds one at the end.
    pub fn push(&self, one: T) {
        self.lock().push(one);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// All of them until now, in the order in which they came.
    pub fn to_vec(&self) -> Vec<T>
    where
        T: Clone,
    {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Default for SharedList<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> Clone for SharedList<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}
