//! A value that another thread will give: all of async that this sink needs.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

struct Shared<T> {
    value: Option<T>,
    waker: Option<Waker>,
    abandoned: bool,
}

/// The side that gives.
pub(crate) struct Giver<T>(Arc<Mutex<Shared<T>>>);

/// The side that waits. `None` when the giver went away without giving.
pub(crate) struct Promise<T>(Arc<Mutex<Shared<T>>>);

/// Both sides.
pub(crate) fn promise<T>() -> (Giver<T>, Promise<T>) {
    let shared = Arc::new(Mutex::new(Shared { value: None, waker: None, abandoned: false }));
    (Giver(Arc::clone(&shared)), Promise(shared))
}

fn lock<T>(shared: &Mutex<Shared<T>>) -> MutexGuard<'_, Shared<T>> {
    // Nothing in here can panic half way.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T> Giver<T> {
    /// Gives the value and wakes who waits.
    pub(crate) fn give(self, value: T) {
        lock(&self.0).value = Some(value);
    }
}

impl<T> Drop for Giver<T> {
    fn drop(&mut self) {
        let waker = {
            let mut shared = lock(&self.0);
            shared.abandoned = true;
            shared.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl<T> Future for Promise<T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let mut shared = lock(&self.0);
        match shared.value.take() {
            Some(value) => Poll::Ready(Some(value)),
            None if shared.abandoned => Poll::Ready(None),
            None => {
                shared.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}
