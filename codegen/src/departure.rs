//! Departures from the official pages, typed: what page and spec differ in says what each of them may hold, and so a tool can tell when a
//! departure fits the spec no more (lint), explains nothing in the samples (`conform`), or is what the page itself says now (`docs`).

use crate::check::{Finding, Kind};
use crate::model::{Departure, Fact};

/// What a page may say of `fact: entry`.
pub const ON_PAGE: &[&str] = &["absent", "table", "sample"];

/// A departure's place: the path, whether it speaks of all that stands there (`.*`), and the value after `=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'d> {
    /// `response.list[].state`
    pub path: &'d str,
    /// All that stands in `path`.
    pub all: bool,
    /// A value of an enumeration or of a tag.
    pub value: Option<&'d str>,
}

/// Takes a departure's `at` apart.
pub fn place(at: &str) -> Place<'_> {
    let (path, value) = match at.split_once('=') {
        Some((path, value)) => (path, Some(value)),
        None => (at, None),
    };
    match path.strip_suffix(".*") {
        Some(path) => Place { path, all: true, value },
        None => Place { path, all: false, value },
    }
}

/// The path of what the page calls otherwise: `page` of `fact: name`, as a path.
pub fn named(d: &Departure) -> String {
    let page = d.page.value.as_str();
    let path = place(&d.at.value).path;
    let is_path = ["query.", "request.", "response.", "event."].iter().any(|root| page.starts_with(root));
    match path.rsplit_once('.') {
        Some((parent, _)) if !is_path => format!("{parent}.{page}"),
        _ => page.to_owned(),
    }
}

/// Whether a departure explains what was found in a sample of `side` (`request`, `response`): what is of its fact, at its own path.
pub fn explains(d: &Departure, side: &str, finding: &Finding) -> bool {
    let Some(fact) = &d.fact else { return false };
    let found = format!("{side}.{}", finding.plain);
    let Place { path, all, value } = place(&d.at.value);
    let side_of = |path: &str| match path.strip_prefix("query") {
        Some(rest) => format!("request{rest}"),
        None => path.to_owned(),
    };
    let (path, bare) = (side_of(path), |p: &str| p.trim_end_matches("[]").to_owned());
    let is_here = match all {
        true => found.rsplit_once('.').is_some_and(|(parent, _)| bare(parent) == bare(&path)),
        false => bare(&found) == bare(&path),
    };
    let is_value = |v: &str| value.is_none_or(|due| due == v);
    match (fact.value, &finding.kind) {
        (Fact::Type, Kind::WrongType { .. } | Kind::Coerced { .. } | Kind::Format { .. })
        | (Fact::Required, Kind::MissingRequired) => is_here,
        (Fact::Entry, Kind::UnknownField) => is_here && value.is_none(),
        (Fact::Entry, Kind::UnknownEnumValue { value: v } | Kind::UnknownVariant { value: v }) => {
            is_here && value.is_some() && is_value(v)
        }
        (Fact::Name, Kind::UnknownField) => found == side_of(&named(d)),
        (Fact::Name, Kind::MissingRequired) => is_here,
        (
            Fact::Value,
            Kind::Limit { .. }
            | Kind::Format { .. }
            | Kind::Pattern { .. }
            | Kind::Step { .. }
            | Kind::Coerced { .. }
            | Kind::WrongType { .. }
            | Kind::UnknownVariant { .. }
            | Kind::UnknownEnumValue { .. },
        ) => is_here,
        (Fact::Group, Kind::TooMany { .. }) => {
            let parent = found.rsplit_once('.').map_or("", |(parent, _)| parent);
            bare(parent) == bare(&path)
        }
        _ => false,
    }
}

/// Whether samples can show that a departure is needed: it says that a sample errs, in what a sample can show.
pub fn shows_in_samples(d: &Departure) -> bool {
    let Some(fact) = &d.fact else { return false };
    let of_sample = d.class.as_ref().is_some_and(|c| c.value == "sample");
    of_sample
        && match fact.value {
            Fact::Type | Fact::Required | Fact::Name | Fact::Value | Fact::Group => true,
            Fact::Entry => d.page.value == "sample",
            _ => false,
        }
}
