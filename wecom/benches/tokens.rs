//! Looking up a token that is there: what each call does before it is sent. Against what one would write by hand for a token that a
//! background task renews: a text behind a lock, with the time until which it is good.
//!
//! ```sh
//! cargo bench -p wecom-client --bench tokens -- ROUNDS
//! ```

use std::error::Error;
use std::hint::black_box;
use std::sync::{Arc, RwLock};
use std::time::{Duration, SystemTime};

use tokio::runtime::Builder;
use tokio::task::JoinSet;
use wecom::Client;
use wecom::exchange::{Response, stub};

mod turns;

const TOKEN: &str = "hMZ0-ZdQPDvxRtlQsZ5gAKlX9xC-rNz5pR7wA";

/// A token by hand.
struct Held {
    token: Arc<str>,
    until: SystemTime,
}

/// So many look-ups, shared out among so many tasks.
async fn run<C, F>(lookups: usize, tasks: usize, of: &C, look: fn(C, usize) -> F)
where
    C: Clone + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let mut all = JoinSet::new();
    for _ in 0..tasks {
        all.spawn(look(of.clone(), lookups / tasks));
    }
    all.join_all().await;
}

async fn ours(client: Client, lookups: usize) {
    for _ in 0..lookups {
        let token = client.access_token().await.expect("a token");
        assert!(!black_box(token).is_empty());
    }
}

async fn theirs(held: Arc<RwLock<Held>>, lookups: usize) {
    for _ in 0..lookups {
        let token = {
            let held = held.read().expect("nobody panics");
            assert!(SystemTime::now() < held.until);
            Arc::clone(&held.token)
        };
        assert!(!black_box(token).is_empty());
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let rounds = match std::env::args().skip(1).find(|argument| argument != "--bench") {
        Some(text) => text.parse().map_err(|_| format!("usage: tokens [ROUNDS], not {text:?}"))?,
        None => 21,
    };
    let server =
        stub(|_| Response::refusal(-1, "only tokens are asked for, and those a stub gives by itself"));
    let client = Client::builder("ww0123456789abcdef", "secret").exchange(server).build()?;
    let until = SystemTime::now() + Duration::from_secs(7200);
    let held = Arc::new(RwLock::new(Held { token: TOKEN.into(), until }));
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    for tasks in [1, 16, 256] {
        turns::by_turns(
            &format!("tokens.{tasks}"),
            rounds,
            200_000,
            |lookups| runtime.block_on(run(lookups, tasks, &client, ours)),
            |lookups| runtime.block_on(run(lookups, tasks, &held, theirs)),
        );
    }
    Ok(())
}
