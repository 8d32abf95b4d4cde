//! Typed client for WeCom.
