//! The code that the project's pages show is compiled as doctests of this package: a packed `wecom-client` has none of these files.

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
mod readme {}

#[cfg(doctest)]
#[doc = include_str!("../../../README.zh-CN.md")]
mod readme_zh {}

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod client {}

#[cfg(doctest)]
#[doc = include_str!("../../sandbox/README.md")]
mod sandbox {}
