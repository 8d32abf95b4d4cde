//! Figures 2 and 3: fields against samples and against an independent list of types.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;
use wecom_codegen::docs::infer::types::{Inferred, infer};
use wecom_codegen::docs::model::{Endpoint, Field};

/// How often something held, and where it did not.
#[derive(Default)]
struct Tally {
    all: usize,
    known: usize,
    agree: usize,
    differ: BTreeMap<String, Vec<String>>,
}

impl Tally {
    fn print(&self, what: &str, list: bool) {
        let share = |n: usize, of: usize| 100.0 * n as f64 / of.max(1) as f64;
        say!(
            "{what}: {} fields, {} known ({:.2} %), {} agree in type ({:.2} % of the known)",
            self.all,
            self.known,
            share(self.known, self.all),
            self.agree,
            share(self.agree, self.known)
        );
        let mut causes: Vec<_> = self.differ.iter().collect();
        causes.sort_by_key(|(_, l)| std::cmp::Reverse(l.len()));
        for (cause, places) in causes.iter().take(if list { usize::MAX } else { 12 }) {
            say!("    {:5} {cause}", places.len());
            if list {
                for place in places.iter() {
                    say!("          {place}");
                }
            }
        }
    }
}

pub(super) fn samples(endpoints: &[Endpoint], dir: &Path, list: bool) -> Result<(), String> {
    let by_path: BTreeMap<&str, &Endpoint> = endpoints.iter().map(|e| (e.path.as_str(), e)).collect();
    let mut tally = Tally::default();
    let (mut files, mut readable, mut homeless) = (0, 0, 0);
    let folders = fs::read_dir(dir)
        .map_err(|e| format!("cannot read the folder {}: {e}; name it with --samples", dir.display()))?;
    let mut folders: Vec<_> = folders.flatten().map(|f| f.path()).collect();
    folders.sort();
    for folder in folders {
        let name = folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let path = format!("/{}", name.replace('.', "/"));
        let mut inner: Vec<_> =
            fs::read_dir(&folder).map_err(|e| e.to_string())?.flatten().map(|f| f.path()).collect();
        inner.sort();
        for file in inner {
            files += 1;
            let stem = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let text = fs::read_to_string(&file).map_err(|e| e.to_string())?;
            let Ok(value) = serde_json::from_str::<Value>(&text) else { continue };
            readable += 1;
            let Some(e) = by_path.get(path.as_str()) else {
                homeless += 1;
                continue;
            };
            let tree = if stem.starts_with("request") { &e.request } else { &e.response };
            walk(tree, &mut vec![], &value, &format!("{path} {stem}"), &mut tally);
        }
    }
    say!("samples: {files}, {readable} readable, {homeless} of endpoints that no page describes");
    tally.print("samples", list);
    Ok(())
}

/// `above`: the fields around the object.
fn walk<'f>(tree: &'f [Field], above: &mut Vec<&'f Field>, value: &Value, at: &str, tally: &mut Tally) {
    let Value::Object(map) = value else { return };
    for (key, value) in map {
        if above.is_empty() && matches!(key.as_str(), "errcode" | "errmsg") {
            continue;
        }
        let here = format!("{at} {key}");
        tally.all += 1;
        let Some(field) = tree.iter().find(|f| f.name == *key) else {
            tally.differ.entry("unknown".into()).or_default().push(here);
            // What lies below an unknown field is unknown too.
            count(value, tally);
            continue;
        };
        tally.known += 1;
        let ty = infer(field);
        match fits(&ty, value, ty.lists) {
            None => tally.agree += 1,
            Some(cause) => tally.differ.entry(cause).or_default().push(format!("{here} {value}")),
        }
        match above
            .len()
            .checked_sub(field.marks.recursive)
            .filter(|_| field.marks.recursive > 0 && ty.base == "json")
        {
            // An object like one around it: go on there.
            Some(up) => {
                let outer = above[up];
                inner(outer, &infer(outer), &mut above[..=up].to_vec(), value, &here, tally);
            }
            None => {
                above.push(field);
                inner(field, &ty, above, value, &here, tally);
                above.pop();
            }
        }
    }
}

fn inner<'f>(
    field: &'f Field,
    ty: &Inferred,
    above: &mut Vec<&'f Field>,
    value: &Value,
    at: &str,
    tally: &mut Tally,
) {
    match value {
        Value::Array(items) => items.iter().for_each(|v| inner(field, ty, above, v, at, tally)),
        Value::Object(_) if ty.base == "json" || ty.map => {}
        Value::Object(_) => walk(&field.children, above, value, at, tally),
        _ => {}
    }
}

fn count(value: &Value, tally: &mut Tally) {
    match value {
        Value::Object(map) => {
            tally.all += map.len();
            map.values().for_each(|v| count(v, tally));
        }
        Value::Array(list) => list.iter().for_each(|v| count(v, tally)),
        _ => {}
    }
}

fn fits(ty: &Inferred, value: &Value, lists: u8) -> Option<String> {
    let shown = match value {
        Value::Null => return None,
        Value::Array(_) => "list",
        Value::Object(_) => "object",
        Value::String(_) => "string",
        Value::Bool(_) => "bool",
        Value::Number(n) if n.is_f64() => "float",
        Value::Number(_) => "int",
    };
    if ty.base == "json" && lists == 0 {
        return None;
    }
    if lists > 0 {
        return match value {
            Value::Array(items) => items.iter().find_map(|v| fits(ty, v, lists - 1)),
            _ => Some(format!("{} against {shown}", ty.text())),
        };
    }
    let fine = match ty.base {
        // Joined in one string, whatever the parts are.
        _ if ty.pipe => shown == "string",
        "object" => shown == "object",
        "bool" => shown == "bool",
        "f64" => matches!(shown, "int" | "float"),
        "i64" | "u32" | "i32" | "u64" | "unix" | "millis" | "flag" => shown == "int",
        _ => shown == "string",
    };
    (!fine).then(|| format!("{} against {shown}", ty.text()))
}

pub(super) fn types(endpoints: &[Endpoint], rows: &[Vec<String>], list: bool) {
    let by_path: BTreeMap<&str, &Endpoint> = endpoints.iter().map(|e| (e.path.as_str(), e)).collect();
    let mut tally = Tally::default();
    let mut homeless = 0;
    for row in rows {
        let [_, path, side, field, ty, wire, ..] = row.as_slice() else { continue };
        let Some(e) = by_path.get(path.as_str()) else {
            homeless += 1;
            continue;
        };
        let here = format!("{path} {side} {field} {ty} {wire}");
        tally.all += 1;
        let tree = if side == "request" { &e.request } else { &e.response };
        let in_url = side == "request" && e.query.iter().any(|(n, _)| n == field);
        match locate(tree, &mut vec![], field) {
            None if in_url => {
                tally.known += 1;
                tally.agree += 1;
            }
            None => tally.differ.entry(format!("unknown ({side})")).or_default().push(here),
            Some((t, lists)) => {
                tally.known += 1;
                match differs(&t, lists, ty, wire) {
                    None => tally.agree += 1,
                    Some(cause) => tally.differ.entry(cause).or_default().push(here),
                }
            }
        }
    }
    say!("{homeless} rows of the list are about paths that no page describes");
    tally.print("types", list);
}

/// The field of a path, and the lists that its `[]` leave. `above`: the fields around it.
fn locate<'f>(tree: &'f [Field], above: &mut Vec<&'f Field>, path: &str) -> Option<(Inferred, i32)> {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let name = first.trim_end_matches("[]").trim_end_matches("{}");
    let marks = first.matches("[]").count() as i32;
    let field = tree.iter().find(|f| f.name == name)?;
    let ty = infer(field);
    if rest.is_empty() {
        let left = i32::from(ty.lists) - marks;
        return Some((ty, left));
    }
    // An object like one around it: go on there.
    if let Some(at) = above
        .len()
        .checked_sub(field.marks.recursive)
        .filter(|_| field.marks.recursive > 0 && ty.base == "json")
    {
        let outer = above[at];
        above.truncate(at + 1);
        return locate(&outer.children, above, rest);
    }
    if ty.base == "json" || ty.map {
        return Some((
            Inferred { base: "json", lists: 0, map: false, pipe: false, csv: false, guess: None },
            0,
        ));
    }
    above.push(field);
    locate(&field.children, above, rest)
}

fn differs(t: &Inferred, lists: i32, ty: &str, wire: &str) -> Option<String> {
    if t.base == "json" || ty == "any" || t.map {
        return None;
    }
    // A list that travels joined in one string is `pipe` here.
    let joined = t.joined() && lists == -1 && wire.contains("joined");
    if lists != 0 && !joined {
        return Some(format!("{} against {ty}, {} lists", t.text(), -lists));
    }
    let fine = match ty {
        "string" => {
            matches!(
                t.base,
                "string"
                    | "secret"
                    | "digits"
                    | "unix_text"
                    | "millis_text"
                    | "base64"
                    | "text<json>"
                    | "date"
                    | "date8"
                    | "datetime"
                    | "rfc3339"
            ) || !wire.is_empty() && t.base != "object"
        }
        "int" => {
            matches!(
                t.base,
                "i64" | "u32" | "i32" | "u64" | "unix" | "millis" | "flag" | "digits" | "unix_text"
            ) || t.base == "string" && wire.contains("string")
        }
        "bool" => {
            matches!(t.base, "bool" | "flag")
                || wire.contains("0/1") && matches!(t.base, "i64" | "u32" | "i32")
        }
        "float" => matches!(t.base, "f64" | "i64" | "u32"),
        "object" => t.base == "object",
        _ => true,
    };
    (!fine).then(|| format!("{} against {ty}{}{wire}", t.text(), if wire.is_empty() { "" } else { ", " }))
}
