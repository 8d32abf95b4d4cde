//! Limits that stand beside the tables: `用户列表不超过100个`, `每次调用最多导入100条`, `pending_id有效期为90天`.

use crate::docs::infer::{files, units};
use crate::docs::model::{Endpoint, Field};
use crate::docs::read::text::{find, has, narrow, regex};
use crate::docs::rules;
use crate::docs::write::details;
use crate::docs::write::fields::Writer;
use crate::docs::write::node::{get_mut, plain, set, text};
use crate::yaml::{Kind, Node};

/// Gives lists of the request the number of elements that a sentence limits. Where two sentences name different numbers, neither counts.
pub(super) fn limits(e: &Endpoint, w: &mut Writer<'_>, out: &mut Node) {
    let lists: Vec<&Field> = e.request.iter().filter(|f| is_open(f, out)).collect();
    let mut found: Vec<(&Field, String, String)> = Vec::new();
    for clause in clauses(e) {
        if let Some((field, top)) = of_clause(&clause, &lists, &e.request) {
            found.push((field, top, clause));
        }
    }
    for (field, top, clause) in &found {
        if found.iter().any(|(f, t, _)| f.name == field.name && t != top) {
            continue;
        }
        let Some(entry) = get_mut(out, "request")
            .and_then(|r| get_mut(r, "fields"))
            .and_then(|fields| get_mut(fields, &field.name))
            .filter(|entry| entry.get("items").is_none())
        else {
            continue;
        };
        set(entry, "items", text(format!("..{top}")));
        let what = format!("`{}` was given `items: ..{top}`, by a sentence: {}", field.name, clause.trim());
        w.note(&rules::LIMIT_IN_TEXT, field.row.line, what);
    }
}

/// Gives strings how long they are good, where a sentence names them: `pending_id有效期为90天`, `下载链接10分钟内有效`. A token's own field says
/// when it expires.
pub(super) fn lifetimes(e: &Endpoint, w: &mut Writer<'_>, out: &mut Node) {
    for clause in clauses(e) {
        let subject = regex!(
            "^(?:注意|本接口获取(?:到)?的|通过本接口获取的|[-0-9. ]*)?(.*?)(?:实际|的)?(?:有效期|有效时间|[0-9]+(?:秒|分钟|小时|天)(?:之?内|后)?(?:有效|过期|失效))"
        );
        let Some(ttl) = units::ttl(&clause) else { continue };
        let Some(subject) = find(subject, &clause).map(|m| m[1].trim().to_owned()) else { continue };
        for side in ["request", "response"] {
            let mut given = Vec::new();
            if let Some(body) = get_mut(out, side).filter(|_| subject.chars().count() > 3) {
                last(body, &subject, &ttl, &mut given);
            }
            for name in given {
                let what = format!("`{name}` was given `ttl: {ttl}`, by a sentence: {}", clause.trim());
                w.note(&rules::LIMIT_IN_TEXT, e.pages.first().map_or(0, |p| p.line), what);
            }
        }
    }
}

/// Gives files the size and formats that a sentence names: `使用mediaid文件大小上限为20M`.
pub(super) fn files_of(e: &Endpoint, w: &mut Writer<'_>, out: &mut Node) {
    let parts: Vec<String> = e.doc.iter().flat_map(|d| d.split(['。', '；', '\n'])).map(narrow).collect();
    for f in e.request.iter().flat_map(|f| f.children.iter().chain([f])) {
        let bare = f.name.replace('_', "").to_lowercase();
        let names = |s: &&String| {
            has(regex!("^(?:mediaid|base64|.*filebase64.*)$"), &bare)
                && s.to_lowercase().replace('_', "").contains(&bare)
        };
        let told: Vec<&String> = parts.iter().filter(names).collect();
        let rules: Vec<_> = told.iter().filter_map(|s| Some((files::file(&f.name, s)?, *s))).collect();
        let [(rule, sentence)] = rules.as_slice() else { continue };
        let Some(entry) = get_mut(out, "request").and_then(|r| inside(r, &f.name)) else { continue };
        if entry.get("file").is_some() || entry.get("bytes").is_some() {
            continue;
        }
        let base64 = entry.get("type").and_then(Node::text) == Some("base64");
        let mut rule = rule.clone();
        if let Some(bytes) = rule.bytes.take_if(|_| base64) {
            set(entry, "bytes", text(bytes));
        }
        if !rule.types.is_empty() || rule.bytes.is_some() {
            set(entry, "file", details::file(rule));
        }
        let what = format!("`{}` was given limits of its file, by a sentence: {}", f.name, sentence.trim());
        w.note(&rules::LIMIT_IN_TEXT, f.row.line, what);
    }
}

/// Marks the texts that a sentence lists as those whose ids are translated: `仅subject、list[].name字段支持转译`.
pub(super) fn translated(e: &Endpoint, w: &mut Writer<'_>, out: &mut Node) {
    let told = regex!(
        "[仅只]?([A-Za-z_][A-Za-z0-9_.\\[\\]]*(?:\\s*[、,和]\\s*[A-Za-z_][A-Za-z0-9_.\\[\\]]*)*)\\s*(?:等)?字段支持(?i:id)?转译"
    );
    for f in &e.request {
        let Some(m) = find(told, &narrow(&f.row.desc)) else { continue };
        for path in m[1].split(['、', ',', '和']) {
            let path = path.trim().replace("[]", "");
            let Some(request) = get_mut(out, "request") else { continue };
            let entry =
                path.split('.').try_fold(request, |node, step| get_mut(get_mut(node, "fields")?, step));
            if let Some(entry) =
                entry.filter(|entry| entry.get("type").and_then(Node::text) == Some("string"))
            {
                set(entry, "id_trans", plain("true"));
                let what = format!("`{path}` was given `id_trans`, by the text of `{}`", f.name);
                w.note(&rules::LIMIT_IN_TEXT, f.row.line, what);
            }
        }
    }
}

/// The entry of a name, in a body or one object further in, also in the variants of a union.
fn inside<'n>(holder: &'n mut Node, name: &str) -> Option<&'n mut Node> {
    let has = |node: &Node| node.get("fields").is_some_and(|f| f.get(name).is_some());
    if has(holder) {
        return get_mut(get_mut(holder, "fields")?, name);
    }
    let union = holder.get("union").is_some();
    let list =
        if union { get_mut(get_mut(holder, "union")?, "variants")? } else { get_mut(holder, "fields")? };
    let Kind::Map(entries) = &mut list.kind else { return None };
    let (_, inner) = entries.iter_mut().find(|(_, e)| has(e))?;
    get_mut(get_mut(inner, "fields")?, name)
}

/// Sets the lifetime of the strings that a sentence speaks of, by their name or the first words of their text.
fn last(holder: &mut Node, subject: &str, ttl: &str, given: &mut Vec<String>) {
    let Some(Kind::Map(fields)) = get_mut(holder, "fields").map(|n| &mut n.kind) else { return };
    let expires = fields.iter().any(|(name, _)| name.text() == Some("expires_in"));
    for (name, entry) in fields {
        let name = name.text().unwrap_or_default().to_owned();
        let doc = entry.get("doc").and_then(Node::text).unwrap_or_default();
        let label = label(doc);
        let of_text = matches!(entry.get("type").and_then(Node::text), Some("string" | "secret"));
        if of_text && !expires && entry.get("ttl").is_none() && (name == subject || label == subject) {
            set(entry, "ttl", text(ttl));
            given.push(name);
        }
        last(entry, subject, ttl, given);
    }
}

/// The parts of the sentences beside the tables.
fn clauses(e: &Endpoint) -> impl Iterator<Item = String> {
    let parts = e.doc.iter().flat_map(|d| d.split(['，', ',', '。', '；', ';', '\n']));
    parts.map(|clause| narrow(clause).replace(['`', '*'], ""))
}

/// What a field is called: the first words of its text.
fn label(desc: &str) -> String {
    narrow(desc).split([',', '。', ';', '(', '\n']).next().unwrap_or_default().to_owned()
}

/// A list that nothing limits yet.
fn is_open(f: &Field, out: &Node) -> bool {
    let entry = out.get("request").and_then(|r| r.get("fields")).and_then(|fields| fields.get(&f.name));
    entry.is_some_and(|entry| {
        entry.get("items").is_none()
            && entry.get("type").and_then(Node::text).is_some_and(|t| t.starts_with("list<"))
    })
}

/// The list that a clause limits, and to how many.
fn of_clause<'f>(clause: &str, lists: &[&'f Field], all: &[Field]) -> Option<(&'f Field, String)> {
    // How often something may be called, what is answered, and what counts over several calls.
    if has(regex!("频率|次/|返回|拉取|获取|[每一1][天日月小分秒]|[天日月时]内|累计|累加"), clause)
    {
        return None;
    }
    let named = regex!(
        r"([A-Za-z_]{3,30}|[\x{4e00}-\x{9fff}]{2,10}列表)的?(?:个数|数量|长度)?(?:不(?:能|可|得)?超过|最多(?:为|支持)?|上限为)\s*([0-9]+)\s*个?$"
    );
    if let Some(m) = find(named, clause) {
        let is = |f: &&&Field| f.name == m[1] || label(&f.row.desc).ends_with(m[1].as_str());
        let mut hits = lists.iter().filter(is);
        return match (hits.next(), hits.next()) {
            (Some(field), None) => Some((field, m[2].clone())),
            _ => None,
        };
    }
    let whole = regex!(
        r"^(?:[-0-9.、\s]*)(?:目前)?(?:单次|每次|一次)[^0-9]{0,14}?(?:最多|不(?:能|可|得)?超过|<=|≤)[^0-9]{0,6}?\s*([0-9]+)\s*(?:[个条项][^0-9次人]{0,12})?$"
    );
    let within = regex!(
        r"^(?:[-0-9.、>\s]*)(?:单次|每次|一次)[^0-9]{0,14}?限制(?:在|为)\s*([0-9]+)\s*(?:个|条)?(?:以内|之内)?$"
    );
    let m = find(whole, clause).or_else(|| find(within, clause))?;
    // Other lists of the request, limited or not, could be meant as well.
    let many = all.iter().filter(|f| f.shown.lists > 0).count() > 1;
    match lists {
        [one] if !many => Some((one, m[1].clone())),
        _ => None,
    }
}
