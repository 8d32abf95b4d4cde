//! Spec to code.
