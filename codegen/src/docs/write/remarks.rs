//! Limits that stand beside the tables: `用户列表不超过100个`, `每次调用最多导入100条`, `pending_id有效期为90天`.

use crate::docs::infer::{files, units};
use crate::docs::model::{Assumption, Endpoint, Event, Field};
use crate::docs::read::text::{find, find_all, has, narrow, regex};
use crate::docs::rules;
use crate::docs::write::details;
use crate::docs::write::fields::Writer;
use crate::docs::write::node::{entries, get_mut, plain, set, text};
use crate::yaml::{Kind, Node};

/// Gives lists of the request the number of elements that a sentence limits, and a page size its upper bound. Where two sentences name
/// different numbers, neither counts.
pub(super) fn limits(e: &Endpoint, w: &mut Writer<'_>, out: &mut Node) {
    let Some(request) = get_mut(out, "request") else { return };
    let lists: Vec<&Field> = e.request.iter().filter(|f| is_open(f, request)).collect();
    let mut found: Vec<(&Field, String, String)> = Vec::new();
    for clause in clauses(&e.doc) {
        found.extend(
            of_clause(&clause, &lists, &e.request).into_iter().map(|(f, top)| (f, top, clause.clone())),
        );
        if let Some(top) = page_size(&clause) {
            found.extend(
                e.request
                    .iter()
                    .filter(|f| is_page_size(f, request))
                    .map(|f| (f, top.clone(), clause.clone())),
            );
        }
    }
    give(&found, w.notes, request);
    let line = e.pages.first().map_or(0, |p| p.line);
    let said: Vec<String> = e.doc.iter().chain(&e.permission).cloned().collect();
    for clause in clauses(&said) {
        for top in of_call(&clause).into_iter().filter(|top| !holds(request, top)) {
            let what = format!(
                "a sentence tells how many one call may have, and no field got {top}: {}",
                clause.trim()
            );
            w.notes.push(Assumption { rule: &rules::TOLD_BUT_UNREAD, line, what });
        }
    }
}

/// The amounts that a clause limits for one call, whatever they are amounts of.
fn of_call(clause: &str) -> Vec<String> {
    let told = regex!(
        r"^(?:[-0-9.、>\s]*)(?:目前)?(?:单次|每次|一次)[^0-9]{0,14}?(?:最多|不(?:能|可|得)?超过|<=|≤)[^0-9]{0,8}?\s*([0-9]+)\s*(?:个|条|人|项|名|$)"
    );
    // `- 行数<=100`
    let bare = regex!(r"^[-0-9.、>\s]*[\x{4e00}-\x{9fff}]{2,10}\s*(?:<=|≤)\s*([0-9]+)\s*$");
    let m = find(told, clause).filter(|_| !is_of_calls(clause)).or_else(|| find(bare, clause));
    let Some(m) = m else { return vec![] };
    let others = find_all(regex!(r"(?:和|与|及|、)\s*([0-9]+)\s*(?:个|条|人|项|名)"), clause);
    std::iter::once(m).chain(others).map(|m| m[1].clone()).collect()
}

/// How often something may be called, what is answered, and what counts over several calls.
fn is_of_calls(clause: &str) -> bool {
    has(regex!("频率|次/|返回|拉取|获取|[每一1][天日月小分秒]|[天日月时]内|累计|累加"), clause)
}

/// Whether a field of a body is limited to an amount.
fn holds(body: &Node, top: &str) -> bool {
    let bound =
        |key: &str| body.get(key).and_then(Node::text).is_some_and(|l| l.ends_with(&format!("..{top}")));
    let within =
        |key: &str| body.get(key).is_some_and(|inner| entries(inner).iter().any(|(_, n)| holds(n, top)));
    bound("items")
        || bound("range")
        || within("fields")
        || body
            .get("union")
            .and_then(|u| u.get("variants"))
            .is_some_and(|v| entries(v).iter().any(|(_, n)| holds(n, top)))
}

/// Gives lists of an event the number of elements that a sentence limits by the list's name: `FieldId一次最多回调1000个`.
pub(super) fn of_event(event: &Event, notes: &mut Vec<Assumption>, out: &mut Node) {
    let lists: Vec<&Field> = event.fields.iter().filter(|f| is_open(f, out)).collect();
    let mut found: Vec<(&Field, String, String)> = Vec::new();
    let said: Vec<String> = event.doc.iter().chain(&event.lead).cloned().collect();
    for clause in clauses(&said) {
        found.extend(named(&clause, &lists).map(|(f, top)| (f, top, clause.clone())));
    }
    give(&found, notes, out);
    for (subject, ttl, clause) in told_lifetimes(said.iter()) {
        let line = event.pages.first().map_or(0, |p| p.line);
        last(out, &subject, &ttl).into_iter().for_each(|name| notes.push(lasts(&name, &ttl, &clause, line)));
    }
}

/// Gives fields the upper bounds that clauses tell, with a note.
fn give(found: &[(&Field, String, String)], notes: &mut Vec<Assumption>, body: &mut Node) {
    for (field, top, clause) in found {
        if found.iter().any(|(f, t, _)| f.name == field.name && t != top) {
            continue;
        }
        let Some(entry) = get_mut(body, "fields").and_then(|fields| get_mut(fields, &field.name)) else {
            continue;
        };
        let key = if entry.get("type").and_then(Node::text).is_some_and(|t| t.contains('<')) {
            "items"
        } else {
            "range"
        };
        if entry.get(key).is_some() {
            continue;
        }
        set(entry, key, text(format!("..{top}")));
        let what = format!("`{}` was given `{key}: ..{top}`, by a sentence: {}", field.name, clause.trim());
        notes.push(Assumption { rule: &rules::LIMIT_IN_TEXT, line: field.row.line, what });
    }
}

/// Gives strings how long they are good, where a sentence names them: `pending_id有效期为90天`, `下载链接10分钟内有效`. A token's own field says
/// when it expires.
pub(super) fn lifetimes(e: &Endpoint, w: &mut Writer<'_>, out: &mut Node) {
    let line = e.pages.first().map_or(0, |p| p.line);
    for (subject, ttl, clause) in told_lifetimes(e.doc.iter().chain(&e.permission)) {
        for side in ["request", "response"] {
            let Some(body) = get_mut(out, side) else { continue };
            last(body, &subject, &ttl)
                .into_iter()
                .for_each(|name| w.notes.push(lasts(&name, &ttl, &clause, line)));
        }
    }
    if let Some((name, ttl, said)) = get_mut(out, "response").and_then(fixed) {
        w.notes.push(lasts(&name, &ttl, &said, line));
    }
}

/// Gives the only text of an answer the lifetime that its `expires_in` has always: `有效期（秒）。10天过期。`.
fn fixed(body: &mut Node) -> Option<(String, String, String)> {
    let Kind::Map(fields) = &mut get_mut(body, "fields")?.kind else { return None };
    let expires = fields.iter().find(|(name, _)| name.text() == Some("expires_in"))?;
    let said = expires.1.get("doc").and_then(Node::text)?.to_owned();
    let ttl = units::ttl(&said)?;
    let of_text = |entry: &Node| matches!(entry.get("type").and_then(Node::text), Some("string" | "secret"));
    let mut texts = fields.iter_mut().filter(|(_, entry)| of_text(entry) && entry.get("ttl").is_none());
    let (name, entry) = texts.next().filter(|_| texts.next().is_none())?;
    set(entry, "ttl", text(&ttl));
    Some((name.text().unwrap_or_default().to_owned(), ttl, said))
}

fn lasts(name: &str, ttl: &str, clause: &str, line: u32) -> Assumption {
    let what = format!("`{name}` was given `ttl: {ttl}`, by a sentence: {}", clause.trim());
    Assumption { rule: &rules::LIMIT_IN_TEXT, line, what }
}

/// What sentences say is good for how long, and the clause: `suite_ticket实际有效期为30分钟`; the clause before may name it (`download_url可直接下载，
/// 有效期为10分钟`, `该凭据获取成功后，有效期为7天`).
fn told_lifetimes<'d>(said: impl Iterator<Item = &'d String>) -> Vec<(String, String, String)> {
    let subject = regex!(
        "^(?:注意|本接口获取(?:到)?的|通过本接口获取的|[-0-9. ]*)?(.*?)(?:实际|的)?(?:有效期|有效时间|[0-9]+(?:秒|分钟|小时|天)(?:之?内|后)?(?:有效|过期|失效))"
    );
    let before = regex!("^(?:[-> ]|回调中)*([A-Za-z][A-Za-z_]{3,})|^[-> ]*该([\u{4e00}-\u{9fff}]{2})");
    let mut out = Vec::new();
    for sentence in said.flat_map(|d| d.split(['。', '；', ';', '\n'])) {
        let sentence = narrow(sentence).replace(['`', '*'], "");
        let mut previous = "";
        for clause in sentence.split(',') {
            if let Some(ttl) = units::ttl(clause)
                && let Some(m) = find(subject, clause)
            {
                let own = m[1].trim().to_owned();
                let other = || {
                    find(before, previous).map(|m| if m[1].is_empty() { m[2].clone() } else { m[1].clone() })
                };
                let told = if own.is_empty() { other() } else { Some(own).filter(|s| s.chars().count() > 3) };
                out.extend(told.map(|subject| (subject, ttl, clause.to_owned())));
            }
            previous = clause;
        }
    }
    out
}

/// Gives files the size and formats that a sentence names: `使用mediaid文件大小上限为20M`.
pub(super) fn files_of(e: &Endpoint, w: &mut Writer<'_>, out: &mut Node) {
    let parts: Vec<String> = e.doc.iter().flat_map(|d| d.split(['。', '；', '\n'])).map(narrow).collect();
    let all = || e.request.iter().flat_map(|f| f.children.iter().chain([f]));
    // `图片数据不超过1M`: the only picture of the request.
    let pictures: Vec<&Field> = all().filter(|f| is_picture(f)).collect();
    for f in all() {
        let bare = f.name.replace('_', "").to_lowercase();
        let only = matches!(pictures.as_slice(), [one] if one.name == f.name);
        let names = |s: &&String| {
            has(regex!("^(?:mediaid|base64|.*filebase64.*)$"), &bare)
                && s.to_lowercase().replace('_', "").contains(&bare)
        };
        let told: Vec<&String> = parts.iter().filter(names).collect();
        let mut rules: Vec<_> = told.iter().filter_map(|s| Some((files::file(&f.name, s)?, *s))).collect();
        if rules.is_empty() && only {
            let of_picture = |s: &&String| s.contains("图片") && !has(regex!("[每一1][天日月]"), s);
            rules.extend(parts.iter().filter(of_picture).filter_map(|s| Some((files::file("image", s)?, s))));
        }
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

/// Whether a field holds or refers to a picture.
fn is_picture(f: &Field) -> bool {
    let refers = has(regex!("(?i)url$|base64|media_?id$"), &f.name) || f.row.desc.contains("base64");
    f.children.is_empty() && refers && label(&f.row.desc).contains("图片")
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

/// Sets the lifetime of the strings that a sentence speaks of, by their name or the first words of their text; by two characters alone only
/// what no other string is called by. Their names come back.
fn last(body: &mut Node, subject: &str, ttl: &str) -> Vec<String> {
    let short = subject.chars().count() < 3;
    let is = |name: &str, doc: &str| {
        let plain = |t: &str| t.replace('_', "").to_lowercase();
        let label = label(doc);
        plain(name) == plain(subject) || label == subject || short && label.ends_with(subject)
    };
    let mut found = Vec::new();
    lasting(body, &is, &mut |name, _| found.push(name.to_owned()));
    if short && found.len() > 1 {
        return vec![];
    }
    lasting(body, &is, &mut |_, entry| set(entry, "ttl", text(ttl)));
    found
}

/// Calls for the strings that a sentence may speak of, and that have no lifetime.
fn lasting(holder: &mut Node, is: &dyn Fn(&str, &str) -> bool, call: &mut dyn FnMut(&str, &mut Node)) {
    let Some(Kind::Map(fields)) = get_mut(holder, "fields").map(|n| &mut n.kind) else { return };
    let expires = fields.iter().any(|(name, _)| name.text() == Some("expires_in"));
    for (name, entry) in fields {
        let name = name.text().unwrap_or_default();
        let doc = entry.get("doc").and_then(Node::text).unwrap_or_default();
        let of_text = matches!(entry.get("type").and_then(Node::text), Some("string" | "secret"));
        if of_text && !expires && entry.get("ttl").is_none() && is(name, doc) {
            call(name, entry);
        }
        lasting(entry, is, call);
    }
}

/// The parts of sentences beside the tables.
fn clauses(said: &[String]) -> impl Iterator<Item = String> {
    let parts = said.iter().flat_map(|d| d.split(['，', ',', '。', '；', ';', '\n']));
    parts.map(|clause| narrow(clause).replace(['`', '*'], ""))
}

/// What a field is called: the first words of its text.
fn label(desc: &str) -> String {
    narrow(desc).split([',', '。', ';', '(', '\n']).next().unwrap_or_default().to_owned()
}

/// A list that nothing limits yet.
fn is_open(f: &Field, body: &Node) -> bool {
    let entry = body.get("fields").and_then(|fields| fields.get(&f.name));
    entry.is_some_and(|entry| {
        entry.get("items").is_none()
            && entry.get("type").and_then(Node::text).is_some_and(|t| t.starts_with("list<"))
    })
}

/// How many a page may ask for, and nothing limits it yet.
fn is_page_size(f: &Field, body: &Node) -> bool {
    let entry = body.get("fields").and_then(|fields| fields.get(&f.name));
    has(regex!("^(?:limit|page_?size|size)$"), &f.name)
        && entry.is_some_and(|entry| {
            entry.get("range").is_none()
                && entry.get("type").and_then(Node::text).is_some_and(|t| t.starts_with(['i', 'u']))
        })
}

/// `一次拉取调用最多拉取100个汇报记录`, `分页最大条数100`: the most that one page has.
fn page_size(clause: &str) -> Option<String> {
    let told = regex!(
        r"^(?:[-0-9.、>\s]*)(?:(?:单次|每次|一次)[^0-9]{0,10}(?:最多|上限(?:为|是)?|不(?:能|可|得)?超过)(?:可)?(?:拉取|获取|返回|查询)?|分页最大(?:条数)?(?:为|是)?|每页最多(?:返回)?)\s*([0-9]+)\s*(?:[个条][^0-9]{0,12})?$"
    );
    let paged = has(regex!("拉取|获取|返回|查询|分页|每页"), clause);
    find(told, clause).filter(|_| paged).map(|m| m[1].clone())
}

/// The lists that a clause limits, and to how many.
fn of_clause<'f>(clause: &str, lists: &[&'f Field], all: &[Field]) -> Vec<(&'f Field, String)> {
    if is_of_calls(clause) {
        return vec![];
    }
    if let Some(found) = named(clause, lists) {
        return vec![found];
    }
    let several = several(clause, lists);
    if !several.is_empty() {
        return several;
    }
    let whole = regex!(
        r"^(?:[-0-9.、\s]*)(?:目前)?(?:单次|每次|一次)[^0-9]{0,14}?(?:最多|不(?:能|可|得)?超过|<=|≤|可以?(?:删除|添加|导入|传入|修改|更新)|支持批量)[^0-9]{0,6}?\s*([0-9]+)\s*(?:[个条项路][^0-9次人]{0,12})?$"
    );
    let within = regex!(
        r"^(?:[-0-9.、>\s]*)(?:单次|每次|一次)[^0-9]{0,14}?限制(?:在|为)\s*([0-9]+)\s*(?:个|条)?(?:以内|之内)?$"
    );
    let Some(m) = find(whole, clause).or_else(|| find(within, clause)) else { return vec![] };
    // Other lists of the request, limited or not, could be meant as well.
    let many = all.iter().filter(|f| f.shown.lists > 0).count() > 1;
    match lists {
        [one] if !many => vec![(*one, m[1].clone())],
        _ => vec![],
    }
}

/// The list that a clause names and limits: `用户列表不超过100个`, `FieldId一次最多回调1000个`.
fn named<'f>(clause: &str, lists: &[&'f Field]) -> Option<(&'f Field, String)> {
    let told = regex!(
        r"([A-Za-z_]{3,30}|[\x{4e00}-\x{9fff}]{2,10}列表)的?(?:个数|数量|长度)?(?:单次|每次|一次)?(?:不(?:能|可|得)?超过|最多(?:为|支持|回调|推送)?|上限为)\s*([0-9]+)\s*个?$"
    );
    let m = find(told, clause)?;
    let mut hits = lists.iter().filter(|f| f.name == m[1] || label(&f.row.desc).ends_with(m[1].as_str()));
    match (hits.next(), hits.next()) {
        (Some(field), None) => Some((field, m[2].clone())),
        _ => None,
    }
}

/// `单次最多可配置20个管理员和100个管理节点`: several lists, by the nouns that their texts begin with.
fn several<'f>(clause: &str, lists: &[&'f Field]) -> Vec<(&'f Field, String)> {
    if !has(regex!(r"^(?:[-0-9.、>\s]*)(?:单次|每次|一次)[^0-9]{0,10}(?:最多|不(?:能|可|得)?超过)"), clause)
    {
        return vec![];
    }
    let pairs = find_all(regex!(r"([0-9]+)\s*个([\x{4e00}-\x{9fff}]{2,6}?)(?:$|和|、|及)"), clause);
    if pairs.len() < 2 {
        return vec![];
    }
    let of = |noun: &str| {
        let mut hits = lists.iter().filter(|f| label(&f.row.desc).starts_with(noun));
        hits.next().filter(|_| hits.next().is_none()).copied()
    };
    pairs.iter().filter_map(|m| Some((of(&m[2])?, m[1].clone()))).collect()
}
