//! JSON values and query strings against the resolved API: what is unknown, missing, of another type or beyond a limit.
//! Sample conformance and the sandbox share this. Nothing here panics on any value, and nesting is bounded.

mod conditions;
mod finding;
mod scalar;
mod walk;
mod walker;

use serde_json::Value;

use crate::ir::{Api, Place, TypeId, TypeKind};
use walker::{At, Rules, Walk};

pub use finding::{Finding, Kind, Matcher, Measure, Report, Seen, Side, Verdict};

/// Differences of a JSON body.
pub fn body(api: &Api, ty: TypeId, value: &Value, side: Side) -> Vec<Finding> {
    Checker::new(api, side).report(ty, value).findings
}

/// Checks values of one side.
#[derive(Debug, Clone, Copy)]
pub struct Checker<'a> {
    api: &'a Api,
    side: Side,
    matcher: Option<Matcher>,
    merged: bool,
}

impl<'a> Checker<'a> {
    /// Without patterns.
    pub fn new(api: &'a Api, side: Side) -> Self {
        Checker { api, side, matcher: None, merged: false }
    }

    /// Checks patterns too.
    #[must_use]
    pub fn patterns(mut self, matcher: Matcher) -> Self {
        self.matcher = Some(matcher);
        self
    }

    /// Takes a value that shows several variants of a union at once, as documentation samples do.
    #[must_use]
    pub fn merged(mut self) -> Self {
        self.merged = true;
        self
    }

    /// All fields of a JSON body and what differs.
    pub fn report(&self, ty: TypeId, value: &Value) -> Report {
        let mut walk = self.walk(false);
        walk.object(ty, value, &At::default(), 0);
        // An answer may lack what the caller may not see; only what is sent must be complete.
        if self.side == Side::Sent {
            let mut conditions = conditions::Conditions::new(self.api);
            conditions.object(ty, value, &At::default(), 0);
            walk.report.findings.extend(conditions.findings);
        }
        walk.report
    }

    /// The parameters of a URL, shown as a JSON object: what samples of a GET hold.
    pub fn query(&self, ty: TypeId, value: &Value) -> Report {
        let mut walk = self.walk(true);
        let fields = match self.api.types.get(ty.0 as usize).map(|t| &t.kind) {
            Some(TypeKind::Struct(s)) => s.fields.as_slice(),
            _ => &[],
        };
        let mine = || fields.iter().filter(|f| f.place == Place::Query);
        let none = serde_json::Map::new();
        let map = value.as_object().unwrap_or(&none);
        for field in mine() {
            let at = At::default().field(&field.wire);
            match map.get(&field.wire) {
                Some(value) => walk.member(&field.ty, &Rules::of(field), value, &at, 0),
                None if field.required => walk.missing(&at),
                None => {}
            }
        }
        for key in map.keys().filter(|k| !mine().any(|f| f.wire == **k)) {
            walk.unknown(&At::default().field(key));
        }
        walk.report
    }

    /// Parameters that travel as texts: a query string, or the fields of a form. Names in `other` are somebody else's.
    pub fn pairs(
        &self,
        ty: TypeId,
        place: Place,
        pairs: &[(String, String)],
        other: &[&str],
    ) -> Vec<Finding> {
        let mut walk = self.walk(true);
        let none = Vec::new();
        let fields = match self.api.types.get(ty.0 as usize).map(|t| &t.kind) {
            Some(TypeKind::Struct(s)) => &s.fields,
            _ => &none,
        };
        let mine = || fields.iter().filter(|f| f.place == place);
        for field in mine() {
            let at = At::default().field(&field.wire);
            match pairs.iter().find(|(k, v)| *k == field.wire && !v.is_empty()) {
                Some((_, v)) => {
                    walk.value(&field.ty, &Rules::of(field), &Value::String(v.clone()), &at, 0);
                }
                None if field.required => walk.missing(&at),
                None => {}
            }
        }
        for (key, _) in pairs {
            if !other.contains(&key.as_str()) && !mine().any(|f| f.wire == *key) {
                walk.unknown(&At::default().field(key));
            }
        }
        walk.report.findings
    }

    fn walk(&self, text: bool) -> Walk<'a> {
        Walk {
            api: self.api,
            side: self.side,
            matcher: self.matcher,
            text,
            merged: self.merged,
            report: Report::default(),
        }
    }
}
