//! `demo` and `sandbox`: the generated crate at work. Both run as programs of their own, so that a crate that does not compile
//! cannot keep this command line from regenerating it.

use clap::Args;

use crate::{Outcome, ci, codegen, files};

#[derive(Args)]
pub struct Sandbox {
    /// Port on 127.0.0.1; a free one by default
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Lifetime of tokens in seconds
    #[arg(long, default_value_t = 7200)]
    token_seconds: i64,
}

pub fn demo() -> Result<Outcome, String> {
    let root = files::root();
    say!("== regenerate");
    let Some(changes) = codegen::compare(&root.join("spec"), &root)? else { return Ok(Outcome::Found) };
    if changes.is_none() {
        say!("the code is up to date with the spec: {}", changes.size());
    } else {
        changes.apply(&root)?;
        changes.done().iter().for_each(|line| say!("{line}"));
    }
    say!("\n== build and run the example client against the sandbox");
    ci::cargo(
        &root,
        &["run", "--quiet", "-p", "wecom-client", "--example", "demo", "--features", "full"],
        &[],
    )
}

pub fn sandbox(args: &Sandbox) -> Result<Outcome, String> {
    let (port, seconds) = (args.port.to_string(), args.token_seconds.to_string());
    let list = ["run", "--quiet", "-p", "wecom-sandbox", "--", "--port", &port, "--token-seconds", &seconds];
    ci::cargo(&files::root(), &list, &[])
}
