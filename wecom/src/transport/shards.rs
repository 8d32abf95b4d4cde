//! What calls on all threads use, parted by thread: a place of memory that two processors write by turns costs each of them a miss.

use std::sync::atomic::{AtomicUsize, Ordering};

/// More than processors are mostly busy with one client.
const PARTS: usize = 16;

/// One value for each of a few groups of threads.
#[derive(Default)]
pub(super) struct Shards<T>([Apart<T>; PARTS]);

/// Shares no line of the cache with another value; processors fetch two of 64 bytes at once.
#[derive(Default)]
#[repr(align(128))]
struct Apart<T>(T);

impl<T> Shards<T> {
    /// The value of this thread.
    pub(super) fn own(&self) -> &T {
        &self.0[place()].0
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|part| &part.0)
    }
}

/// The threads by turns.
fn place() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static OWN: usize = NEXT.fetch_add(1, Ordering::Relaxed) % PARTS;
    }
    OWN.try_with(|own| *own).unwrap_or_default()
}

#[cfg(test)]
#[test]
fn threads_have_values_of_their_own() {
    use std::sync::Arc;

    let shards = Arc::<Shards<AtomicUsize>>::default();
    let threads: Vec<_> = (1..=PARTS)
        .map(|number| {
            let shards = Arc::clone(&shards);
            std::thread::spawn(move || {
                let own = shards.own();
                own.fetch_add(number, Ordering::Relaxed);
                assert!(std::ptr::eq(own, shards.own()));
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
    let sum: usize = shards.iter().map(|own| own.load(Ordering::Relaxed)).sum();
    assert_eq!(sum, (1..=PARTS).sum::<usize>());
    // However many threads other tests have begun in between, these were not all in one place.
    assert!(shards.iter().filter(|own| own.load(Ordering::Relaxed) > 0).count() > 1);
}
