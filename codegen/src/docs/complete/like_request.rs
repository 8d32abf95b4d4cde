//! What a request may leave out was never set in some objects, and these lack it when they are asked for.

use std::collections::{BTreeMap, HashSet};

use crate::docs::complete::{object, path};
use crate::docs::infer::words::Presence;
use crate::docs::infer::{defaults, presence, types};
use crate::docs::model::{Assumption, Endpoint, Field};
use crate::docs::read::text::{has, regex};
use crate::docs::rules;

/// What the requests of all folders say.
pub(crate) struct Requests {
    /// Of a field in an object, by folder, name of the object and its own: whether each request may leave it out, and one of them.
    named: BTreeMap<(String, String, String), (bool, String)>,
    /// The objects that requests make, by folder.
    made: BTreeMap<String, Vec<Made>>,
}

/// An object that a request makes, or the whole of its body.
struct Made {
    path: String,
    /// Its fields, and whether the request may leave them out.
    fields: BTreeMap<String, bool>,
}

impl Requests {
    pub(crate) fn of(endpoints: &[Endpoint]) -> Requests {
        let mut out = Requests { named: BTreeMap::new(), made: BTreeMap::new() };
        for e in endpoints {
            out.collect(&e.request, ("", ""), e);
        }
        out
    }

    /// `around`: name and text of the object around.
    fn collect(&mut self, fields: &[Field], around: (&str, &str), e: &Endpoint) {
        let (around, said) = around;
        let folder = folder(&e.path);
        // `不能同时为0`: what is left out counts as 0, and an answer has that.
        let zero = has(regex!("同时为 ?0"), said);
        let may = |f: &Field| {
            // A table without a column for it says nothing.
            !zero
                && !identifies(&f.name, around)
                && f.row.required.is_some()
                && presence::request(f) != Presence::Yes
        };
        let told = fields.iter().filter(|f| f.row.exists);
        let told: BTreeMap<String, bool> = told.map(|f| (f.name.clone(), may(f))).collect();
        for (name, may) in told.iter().filter(|_| !around.is_empty()) {
            let key = (folder.clone(), around.to_owned(), name.clone());
            self.named.entry(key).or_insert_with(|| (*may, e.path.clone())).0 &= may;
        }
        for f in fields {
            self.collect(&f.children, (&f.name, &f.row.desc), e);
        }
        if makes(&e.path) && told.len() >= ALIKE {
            self.made.entry(folder).or_default().push(Made { path: e.path.clone(), fields: told });
        }
    }

    /// Marks what an answer may lack for that.
    pub(crate) fn free(&self, e: &mut Endpoint, notes: &mut Vec<Assumption>) {
        let folder = folder(&e.path);
        self.within(&mut e.response, "", &folder, notes);
    }

    /// `at`: the path of the object around.
    fn within(&self, fields: &mut [Field], at: &str, folder: &str, notes: &mut Vec<Assumption>) {
        let around = at.rsplit('.').next().unwrap_or_default();
        let mut found: Vec<(String, u32, &str)> = Vec::new();
        let made = self.alike(fields, folder);
        // An object without its one field would say nothing.
        let alone = !around.is_empty() && fields.len() == 1;
        for f in fields.iter_mut() {
            let name = f.name.clone();
            self.within(&mut f.children, &path(at, &name), folder, notes);
            if alone || given(f, around) {
                continue;
            }
            let key = (folder.to_owned(), around.to_owned(), name.clone());
            let named = self.named.get(&key).map(|(may, path)| (*may, path.as_str()));
            if let Some((true, path)) = named.or_else(|| like(&made, &name))
                && presence::answer(f) == Presence::Yes
                && f.row.required.is_none()
            {
                f.marks.always = Some(false);
                found.push((name, f.row.line, path));
            }
        }
        if let Some((_, line, path)) = found.first() {
            let names: Vec<&str> = found.iter().map(|f| f.0.as_str()).collect();
            let what = format!(
                "{} is assumed to lack {} at times, as `{path}` may leave it out",
                object(at, "the answer"),
                names.join(", ")
            );
            notes.push(Assumption { rule: &rules::LACKS_LIKE_REQUEST, line: *line, what });
        }
    }

    /// The objects that requests of the folder make and that these fields are those of: `add_contact_way` sends in its body what
    /// `get_contact_way` returns as `contact_way`.
    fn alike(&self, fields: &[Field], folder: &str) -> Vec<&Made> {
        let names: HashSet<&str> = fields.iter().map(|f| f.name.as_str()).collect();
        let shared = |m: &Made| m.fields.keys().filter(|n| names.contains(n.as_str())).count();
        let made = self.made.get(folder).map(Vec::as_slice).unwrap_or_default();
        made.iter()
            .filter(|m| shared(m) >= ALIKE && shared(m) * 2 >= m.fields.len().min(names.len()))
            .collect()
    }
}

/// Whether an object has the field whatever its maker left out: its id, its name, and what has a value by itself. Where a text tells what is taken
/// for what was not set, that may not be there.
fn given(f: &Field, around: &str) -> bool {
    let kind = types::infer(f);
    let scalar =
        kind.lists == 0 && !kind.map && !kind.joined() && !matches!(kind.base, "string" | "object" | "json");
    scalar && defaults::stated(&f.row.desc).is_none()
        || f.name == "id"
        || f.name.ends_with("_id")
        || identifies(&f.name, around)
        || has(regex!("(?:name|title|summary)$"), &f.name)
}

/// Whether each of the requests that have the field may leave it out, and the first of them.
fn like<'m>(made: &[&'m Made], name: &str) -> Option<(bool, &'m str)> {
    let told: Vec<(bool, &str)> =
        made.iter().filter_map(|m| Some((*m.fields.get(name)?, m.path.as_str()))).collect();
    told.first().map(|first| (told.iter().all(|t| t.0), first.1))
}

/// So many fields of one name are no coincidence.
const ALIKE: usize = 3;

/// `/cgi-bin/user` of `/cgi-bin/user/get`.
fn folder(path: &str) -> String {
    path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned())
}

/// Whether a path is of a call that makes something. One that changes it may leave out what stays as it is.
fn makes(path: &str) -> bool {
    has(regex!("/(?:batch_?)?(?:add|create)[a-z_]*$"), path)
}

/// `group_id` of `groups`: a new object may lack it, one that is there does not.
fn identifies(name: &str, around: &str) -> bool {
    let stem = name.strip_suffix("id").map(|s| s.trim_end_matches('_'));
    stem.is_some_and(|s| !s.is_empty() && around.starts_with(s))
}
