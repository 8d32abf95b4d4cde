//! What the commands of the project's command line do. `main.rs` lists them.

// What a command and its arguments are for stands in its help.
#![allow(missing_docs)]

/// `println!` that goes on when nobody reads any more (`| head`): how the command ends still says what it found.
macro_rules! say {
    () => { $crate::files::line(format_args!("")) };
    ($($text:tt)+) => { $crate::files::line(format_args!($($text)+)) };
}

pub mod agree;
pub mod bench;
pub mod ci;
pub mod codegen;
pub mod conform;
pub mod demo;
pub mod diff;
pub mod docs;
mod files;
pub mod lint;
mod manifest;
pub mod openapi;
pub mod prove;

/// How a command ended: all is well, or it found something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Well,
    Found,
}
