//! WeCom sandbox.
