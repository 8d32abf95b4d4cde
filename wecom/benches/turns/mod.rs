//! Two ways of doing the same, by turns in one run, so that what else the machine does befalls both. Each figure is the median of the
//! rounds' ratios with its quartiles: above 1, ours is the faster one.

use std::time::{Duration, Instant};

/// What one round took, for one operation.
#[derive(Clone, Copy)]
struct Took {
    time: f64,
    cpu: f64,
}

/// Processor time of this process so far; nothing where the system is not asked.
#[cfg(unix)]
fn cpu() -> Duration {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike as _;

    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("the system tells what a process has used");
    let micros = (usage.user_time() + usage.system_time()).num_microseconds();
    Duration::from_micros(micros.try_into().unwrap_or_default())
}

#[cfg(not(unix))]
fn cpu() -> Duration {
    Duration::ZERO
}

fn measure(operations: usize, work: &mut dyn FnMut(usize)) -> Took {
    let (began, before) = (Instant::now(), cpu());
    work(operations);
    let (time, cpu) = (began.elapsed(), cpu() - before);
    let each = |all: Duration| all.as_secs_f64() * 1e6 / operations as f64;
    Took { time: each(time), cpu: each(cpu) }
}

/// Runs both by turns, `operations` of each in a round, and prints two figures: time on the clock and of the processor.
pub(crate) fn by_turns(
    name: &str,
    rounds: usize,
    operations: usize,
    mut ours: impl FnMut(usize),
    mut theirs: impl FnMut(usize),
) {
    // What is done once is not measured: connections, tokens, caches.
    ours(operations / 10 + 1);
    theirs(operations / 10 + 1);
    let mut all = Vec::with_capacity(rounds);
    for round in 0..rounds {
        // Whoever comes second finds the machine as the first one left it.
        all.push(if round % 2 == 0 {
            let one = measure(operations, &mut ours);
            (one, measure(operations, &mut theirs))
        } else {
            let other = measure(operations, &mut theirs);
            (measure(operations, &mut ours), other)
        });
    }
    for (what, of) in [("time", (|took| took.time) as fn(Took) -> f64), ("cpu", |took| took.cpu)] {
        let rounds: Vec<(f64, f64)> = all.iter().map(|(one, other)| (of(*one), of(*other))).collect();
        if rounds.iter().all(|(ours, theirs)| *ours > 0.0 && *theirs > 0.0) {
            figure(&format!("{name}.{what}"), "us", &rounds);
        }
    }
}

/// Prints a figure of rounds, each with what ours took and what theirs did.
pub(crate) fn figure(name: &str, unit: &str, rounds: &[(f64, f64)]) {
    let ratios = sorted(rounds.iter().map(|(ours, theirs)| theirs / ours));
    let (ours, theirs) = (sorted(rounds.iter().map(|r| r.0)), sorted(rounds.iter().map(|r| r.1)));
    println!(
        "FIGURE name={name} ratio={:.3} q1={:.3} q3={:.3} ours={:.3} theirs={:.3} unit={unit}",
        at(&ratios, 2),
        at(&ratios, 1),
        at(&ratios, 3),
        at(&ours, 2),
        at(&theirs, 2),
    );
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut all: Vec<f64> = values.collect();
    all.sort_by(f64::total_cmp);
    all
}

/// A quartile.
fn at(sorted: &[f64], quarter: usize) -> f64 {
    sorted[(sorted.len() - 1) * quarter / 4]
}
