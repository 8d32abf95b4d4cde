//! What a command costs: seconds, processor time, and the memory of the largest process that it started.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::Outcome;

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cost {
    /// Seconds on the clock; on a busy machine that measures the others too.
    pub(super) wall: f64,
    /// Seconds of processor time, user and system.
    pub(super) cpu: f64,
    /// Kilobytes, of the largest process; 0 where the system does not tell.
    pub(super) peak: u64,
}

/// Runs a command in a process of its own that does nothing else, so that what the system says of its children is of this
/// command alone.
pub(super) fn of(command: &[String], dir: &Path, env: &[(&str, &OsStr)]) -> Result<Cost, String> {
    let own = std::env::current_exe().map_err(|e| format!("cannot find this program: {e}"))?;
    let done = Command::new(own)
        .args(["bench", "--child", "--"])
        .args(command)
        .current_dir(dir)
        .envs(env.iter().copied())
        // What is measured is what a user of the crate pays once: dependencies are never compiled incrementally.
        .env("CARGO_INCREMENTAL", "0")
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| format!("cannot run {}: {e}", command.join(" ")))?;
    let text = String::from_utf8_lossy(&done.stdout);
    let mut numbers = text.split_whitespace();
    let mut next = || numbers.next().and_then(|n| n.parse::<f64>().ok());
    match (done.status.success(), next(), next(), next()) {
        (true, Some(wall), Some(cpu), Some(peak)) => Ok(Cost { wall, cpu, peak: peak as u64 }),
        _ => Err(format!("{} failed in {}", command.join(" "), dir.display())),
    }
}

/// The process that runs the command.
pub(super) fn child(command: &[String]) -> Result<Outcome, String> {
    let [program, args @ ..] = command else { return Err("no command to run".into()) };
    let start = Instant::now();
    let status = Command::new(program)
        .args(args)
        .stdout(Stdio::null())
        .status()
        .map_err(|e| format!("cannot run {program}: {e}"))?;
    let wall = start.elapsed().as_secs_f64();
    let (cpu, peak) = usage();
    say!("{wall} {cpu} {peak}");
    Ok(if status.success() { Outcome::Well } else { Outcome::Found })
}

#[cfg(unix)]
fn usage() -> (f64, u64) {
    use nix::sys::resource::{UsageWho, getrusage};
    let Ok(usage) = getrusage(UsageWho::RUSAGE_CHILDREN) else { return (0.0, 0) };
    let seconds = |t: nix::sys::time::TimeVal| t.tv_sec() as f64 + t.tv_usec() as f64 / 1e6;
    // Bytes on a Mac, kilobytes elsewhere.
    let unit = if cfg!(target_os = "macos") { 1024 } else { 1 };
    (seconds(usage.user_time()) + seconds(usage.system_time()), usage.max_rss().unsigned_abs() / unit)
}

#[cfg(not(unix))]
fn usage() -> (f64, u64) {
    (0.0, 0)
}
