//! An endpoint as its pages describe it → its entry of the spec, in YAML nodes.

use crate::docs::infer::paging::Paging;
use crate::docs::infer::rates::Rate;
use crate::docs::infer::{limits, paging, rates};
use crate::docs::model::{Assumption, Endpoint, Field, FieldRow, Source, is_code};
use crate::docs::read::text::{has, prose, regex, replace};
use crate::docs::rules;
use crate::docs::section::find_endpoints::is_fixed;
use crate::docs::write::conditions;
use crate::docs::write::fields::{Side, Writer};
use crate::docs::write::node::{entries, get_mut, is_empty, list, map, mode_word, plain, remove, set, text};
use crate::docs::write::remarks;
use crate::docs::write::unread::{rowless, unread};
use crate::docs::write::warned::warned;
use crate::ir::{Auth, Mode};
use crate::names;
use crate::yaml::{Kind, Node};

/// Key of a new entry under which its named types stand, until they go into the file's `types`.
pub(crate) const TYPES: &str = "types";

/// The entry of an endpoint. Its text is the page's, so it is marked as a draft.
pub fn entry(e: &Endpoint, notes: &mut Vec<Assumption>) -> Node {
    let prefix = names::whole_name(&e.path).unwrap_or_default();
    let mut w = Writer::new(notes, prefix, e.doc.clone());
    let mut out = map();
    set(&mut out, "title", text(if e.title.is_empty() { e.path.clone() } else { title(&e.title) }));
    set(&mut out, "method", plain(if e.post { "POST" } else { "GET" }));
    set(&mut out, "auth", plain(e.auth.word()));
    let modes = modes(e, &mut w);
    w.modes.clone_from(&modes);
    set(&mut out, "modes", list(modes.iter().map(|m| plain(mode_word(*m))).collect()));
    set(&mut out, "source", sources(&e.pages, &e.digests));
    set(&mut out, "draft", plain("true"));
    let doc = prose(&e.doc.join("\n"));
    if !doc.is_empty() {
        set(&mut out, "doc", text(doc));
    }
    let permission = prose(&e.permission.join("\n"));
    if !permission.is_empty() {
        set(&mut out, "permission", text(permission));
    }
    let limits = rates::rates(e.doc.iter().chain(&e.permission).map(String::as_str));
    if !limits.is_empty() {
        set(&mut out, "rate", list(nodes(&limits)));
    }
    if !e.codes.is_empty() {
        let mut codes = map();
        for (code, meaning) in &e.codes {
            set(&mut codes, &code.to_string(), text(prose(meaning).replace('\n', " ")));
        }
        set(&mut out, "errors", codes);
    }
    repeat(e, &mut w, &mut out);
    bodies(e, &mut w, &mut out);
    remarks::limits(e, &mut w, &mut out);
    remarks::lifetimes(e, &mut w, &mut out);
    remarks::files_of(e, &mut w, &mut out);
    remarks::translated(e, &mut w, &mut out);
    warned(e, &mut w, &mut out);
    let told = conditions::of_endpoint(&mut out);
    w.notes.extend(comes(&told.freed, &e.response));
    w.notes.extend(conditional(&told.guessed, &[&e.request, &e.response]));
    w.notes.extend(silent(e, &out));
    if !is_empty(&w.types) {
        types(e, &mut w);
        set(&mut out, TYPES, w.types);
    }
    out
}

/// The conditions of named types, and what was not read of their texts.
fn types(e: &Endpoint, w: &mut Writer<'_>) {
    let Kind::Map(types) = &mut w.types.kind else { return };
    for (name, ty) in types.iter_mut() {
        let name = name.text().unwrap_or_default();
        let answer = w.received.iter().any(|n| n == name);
        let told = conditions::of_object(ty, answer);
        let whole = |at: &String| format!("{name}.{at}");
        let guessed: Vec<_> = told.guessed.iter().map(|(at, what)| (whole(at), what.clone())).collect();
        let freed: Vec<_> = told.freed.iter().map(whole).collect();
        w.notes.extend(conditional(&guessed, &[]));
        w.notes.extend(comes(&freed, &e.response));
        let side = if answer { &e.response } else { &e.request };
        let names: Vec<&str> =
            ty.get("fields").map(entries).unwrap_or_default().iter().filter_map(|(k, _)| k.text()).collect();
        w.notes.extend(unread(ty, holder(side, &names).unwrap_or(side), !answer, &[]));
    }
}

/// The outermost object that has all of these fields.
fn holder<'f>(fields: &'f [Field], names: &[&str]) -> Option<&'f [Field]> {
    if names.iter().all(|n| fields.iter().any(|f| f.name == *n)) {
        return Some(fields);
    }
    fields.iter().find_map(|f| holder(&f.children, names))
}

/// What would be lost in silence: fields without a row, and what texts tell and nothing was read of.
fn silent(e: &Endpoint, out: &Node) -> Vec<Assumption> {
    let mut notes: Vec<Assumption> = rowless("request", &e.request).into_iter().collect();
    notes.extend(rowless("answer", &e.response));
    for (side, fields) in [("query", &e.request), ("request", &e.request), ("response", &e.response)] {
        let body = out.get(side).map(|body| unread(body, fields, side != "response", &e.doc));
        notes.extend(body.into_iter().flatten());
    }
    notes
}

/// Who may call: the trees that the pages are in, but for those whose applications the page itself refuses. Where it refuses all, another kind
/// of grant decides.
fn modes(e: &Endpoint, w: &mut Writer<'_>) -> Vec<Mode> {
    let refused = |mode: &Mode| {
        let word = match mode {
            Mode::Internal => regex!("^[>\\s*-]*自建应用[:：]\\s*暂?不支持"),
            Mode::ThirdParty => regex!("^[>\\s*-]*第三方应用[:：]\\s*暂?不支持"),
            Mode::Provider => regex!("^[>\\s*-]*代开发(?:自建)?应用[:：]\\s*暂?不支持"),
            _ => return false,
        };
        e.permission.iter().flat_map(|p| p.lines()).any(|line| has(word, line))
    };
    let left: Vec<Mode> = e.modes.iter().copied().filter(|m| !refused(m)).collect();
    if left.is_empty() || left.len() == e.modes.len() {
        return granted(e, w);
    }
    let out: Vec<&str> = e.modes.iter().filter(|m| refused(m)).map(|m| mode_word(*m)).collect();
    w.note(
        &rules::MODE_REFUSED,
        e.pages.first().map_or(0, |p| p.line),
        format!(
            "the page is listed under `{}`, but says that such applications may not call the endpoint",
            out.join("`, `")
        ),
    );
    left
}

/// The trees that the pages are in, and the kinds of application that the page grants the call besides.
fn granted(e: &Endpoint, w: &mut Writer<'_>) -> Vec<Mode> {
    let told = |mode: Mode| {
        let word = match mode {
            Mode::Internal => regex!("^[>\\s*-]*(?:自建应用|企业需要使用)"),
            Mode::ThirdParty => regex!("^[>\\s*-]*第三方应用\\s*[:：]?\\s*(?:需|可|配置|具有|拥有)"),
            Mode::Provider => regex!("^[>\\s*-]*代开发(?:自建)?应用\\s*[:：]?\\s*(?:需|可|配置|具有|拥有)"),
            Mode::Hardware => return false,
        };
        let denied = regex!("^[^，。；]{0,12}不支持");
        e.permission.iter().flat_map(|p| p.lines()).any(|line| has(word, line) && !has(denied, line))
    };
    let all = [Mode::Internal, Mode::ThirdParty, Mode::Provider];
    let more: Vec<Mode> = all.into_iter().filter(|m| !e.modes.contains(m) && told(*m)).collect();
    if more.is_empty() || e.modes.contains(&Mode::Hardware) {
        return e.modes.clone();
    }
    let words: Vec<&str> = more.iter().map(|m| mode_word(*m)).collect();
    w.note(
        &rules::MODE_GRANTED,
        e.pages.first().map_or(0, |p| p.line),
        format!(
            "no page is listed under `{}`, but the page says what such applications need",
            words.join("`, `")
        ),
    );
    let out = all.into_iter().filter(|m| e.modes.contains(m) || more.contains(m));
    out.collect()
}

/// Whether repeating is harmless, where the method does not say it.
fn repeat(e: &Endpoint, w: &mut Writer<'_>, out: &mut Node) {
    let title = title(&e.title);
    // What is good once is used up by the first call.
    let once = has(regex!("(?i)(code|secret|ticket|session|tfa_info|ticket_user)$"), &e.path);
    let line = e.pages.first().map_or(0, |p| p.line);
    if !e.post {
        // A GET that deletes, and one that redeems a code.
        let spends = |f: &Field| matches!(f.name.as_str(), "code" | "js_code" | "auth_code");
        if has(regex!("/(delete|del|remove)(_[a-z]+)?$"), &e.path) || e.request.iter().any(spends) {
            w.note(
                &rules::REPEAT,
                line,
                "a GET that changes something, by its name, title or parameters; it is assumed that it must not be repeated".into(),
            );
            set(out, "repeat", plain("false"));
        }
        return;
    }
    // What gives one id for another, or a place another name, does the same the second time.
    let same = has(regex!(r"/[a-z]+_to_[a-z_]+$|_rename$|/rename_[a-z]+$|/statistic[a-z_]*$"), &e.path);
    let by_path = has(regex!(r"/(batch_?)?(get|list|search|query)[a-z_]*$"), &e.path)
        || same && !e.path.contains("apply");
    let made = has(regex!("(?i)(码|链接|凭[证据]|code|url)$"), &title);
    let by_title = has(regex!("^(批量)?(获取|查询|读取|拉取|接收|搜索)|转换$"), &title) && !made;
    if once || !(by_path || by_title) {
        return;
    }
    w.note(
        &rules::REPEAT,
        line,
        "by its name or title it only reads; it is assumed that it may be repeated".into(),
    );
    set(out, "repeat", plain("true"));
}

/// The fields of something that is received.
pub(crate) fn answer(fields: &[Field], notes: &mut Vec<Assumption>, out: &mut Node) {
    Writer::new(notes, String::new(), vec![]).object(fields, Side::Answer, 0, false, out);
    let told = conditions::of_object(out, true);
    notes.extend(comes(&told.freed, fields));
    notes.extend(conditional(&told.guessed, &[fields]));
    notes.extend(rowless("event", fields));
    notes.extend(unread(out, fields, false, &[]));
}

/// What tables and samples have throughout, and their texts tie to another field.
fn comes(freed: &[String], fields: &[Field]) -> Option<Assumption> {
    let top = freed.first()?.split('.').next();
    let line = fields.iter().find(|f| Some(f.name.as_str()) == top).map_or(0, |f| f.row.line);
    let what = format!("by what their texts say of others these may lack: `{}`", freed.join("`, `"));
    Some(Assumption { rule: &rules::LACKS_BY_CONDITION, line, what })
}

/// Conditions that stand on more than a name.
fn conditional<'a>(
    guessed: &'a [(String, String)],
    sides: &'a [&[Field]],
) -> impl Iterator<Item = Assumption> + 'a {
    guessed.iter().map(|(path, given)| {
        let top = path.split('.').next().unwrap_or_default();
        let line = sides.iter().flat_map(|s| s.iter()).find(|f| f.name == top).map_or(0, |f| f.row.line);
        let what = format!("`{path}` was given {}", given.replace('\n', " "));
        Assumption { rule: &rules::CONDITION_BY_WORDS, line, what }
    })
}

fn bodies(e: &Endpoint, w: &mut Writer<'_>, out: &mut Node) {
    let (query, body) = split(e, w);
    let named = |list: &[Field], side| list.iter().map(|f| (f.name.clone(), side)).collect::<Vec<_>>();
    w.asked = [named(&query, "query"), named(&body, "request")].concat();
    in_url(&query, w, out);
    if e.post {
        let mut request = map();
        if let Some(part) = &e.upload {
            upload(part, e, &body, w, &mut request);
        } else {
            w.object(&body, Side::Request, 0, false, &mut request);
            if is_empty(&request) {
                let word = if e.has_body { "empty_json" } else { "none" };
                let line = e.pages.first().map_or(0, |p| p.line);
                w.note(&rules::NO_BODY, line, format!("no page shows a body; `body: {word}` was assumed"));
                set(&mut request, "body", plain(word));
            }
            if !e.one_of.is_empty() {
                let names = list(e.one_of.iter().map(plain).collect());
                set(&mut request, "one_of", list(vec![names]));
            }
        }
        set(out, "request", request);
    }
    let answered: Vec<Field> = e.response.iter().filter(|f| !is_code(&f.name)).cloned().collect();
    let mut response = map();
    if e.bytes && answered.iter().all(|f| !f.row.exists) {
        set(&mut response, "body", plain("bytes"));
    } else {
        w.object(&answered, Side::Answer, 0, false, &mut response);
        if e.bytes {
            let line = e.pages.first().map_or(0, |p| p.line);
            let what =
                "the answer is a file in one case and has fields in another; the fields alone were imported";
            w.note(&rules::TOLD_BUT_UNREAD, line, what.into());
        }
    }
    if !is_empty(&response) {
        set(out, "response", response);
    }
    let asked: &[Field] = if e.post { &body } else { &e.request };
    if let Some(p) = paging::paging(asked, &answered).filter(|p| fits(p, e.post, out)) {
        match kept(&p, &answered) {
            Some(f) => w.note(
                &rules::INCREMENTAL_CURSOR,
                f.row.line,
                format!(
                    "`{}` is to be stored for the next call; the endpoint was not imported as paged",
                    f.name
                ),
            ),
            None => {
                if let (None, None, Some(answer)) = (&p.more, &p.end, &p.answer) {
                    let line = answered.iter().find(|f| f.name == *answer).map_or(0, |f| f.row.line);
                    let what = format!(
                        "no field marks the last page; it is assumed to be the one without `{answer}`"
                    );
                    w.note(&rules::PAGING_WITHOUT_END, line, what);
                }
                pages(&p, out);
            }
        }
    }
}

/// The position that an answer gives for a later call, not for the rest of this list.
fn kept<'f>(p: &Paging, answered: &'f [Field]) -> Option<&'f Field> {
    let field = answered.iter().find(|f| Some(&f.name) == p.answer.as_ref())?;
    let told = has(regex!("增量|每次调用[^。]{0,8}保存"), &field.row.desc);
    (p.more.is_none() && p.end.is_none() && told).then_some(field)
}

/// The fields of the URL.
fn in_url(query: &[Field], w: &mut Writer<'_>, out: &mut Node) {
    let mut fields = map();
    for f in query {
        // Nested objects cannot be in a URL: such rows describe something else.
        let mut entry = w.field(f, Side::Request, 1);
        if entry.get("fields").is_some() || entry.get("union").is_some() {
            entry = map();
            set(&mut entry, "type", plain("string"));
            w.note(
                &rules::QUERY_OBJECT,
                f.row.line,
                format!("`{}` is a parameter of the URL, but the table describes it as an object", f.name),
            );
        }
        set(&mut fields, &f.name, entry);
    }
    if !is_empty(&fields) {
        let mut node = map();
        set(&mut node, "fields", fields);
        set(out, "query", node);
    }
}

/// The entry of a field of a body, by its dotted name.
fn at<'n>(out: &'n Node, body: &str, name: &str) -> Option<&'n Node> {
    name.split('.').try_fold(out.get(body)?, |node, step| node.get("fields")?.get(step))
}

/// Whether the entry has all that paging refers to, and a list of what is paged: a union may hold it instead.
fn fits(p: &Paging, post: bool, out: &Node) -> bool {
    let listed = at(out, "response", &p.items).and_then(|n| n.get("type")).and_then(Node::text);
    at(out, if post { "request" } else { "query" }, &p.ask).is_some()
        && p.answer.as_ref().is_none_or(|a| at(out, "response", a).is_some())
        && listed.is_some_and(|t| t.starts_with("list<"))
}

/// The entry's `paging`.
fn pages(p: &Paging, out: &mut Node) {
    let mut node = map();
    set(&mut node, "ask", plain(&p.ask));
    if let Some(answer) = &p.answer {
        set(&mut node, "answer", plain(answer));
    }
    set(&mut node, "items", plain(&p.items));
    for (key, name) in [("more", &p.more), ("end", &p.end), ("limit", &p.limit)] {
        if let Some(name) = name {
            set(&mut node, key, plain(name));
        }
    }
    if p.offset {
        set(&mut node, "style", plain("offset"));
    }
    set(out, "paging", node);
    for name in [&p.more, &p.end].into_iter().flatten() {
        switch(out, name);
    }
}

/// What tells that there is more is a flag: its 0 and 1, where the page explains them, are no kinds of anything.
fn switch(out: &mut Node, name: &str) {
    let fields = get_mut(out, "response").and_then(|r| get_mut(r, "fields"));
    let Some(field) = fields.and_then(|f| get_mut(f, name)) else { return };
    let values = field.get("values").map(entries).unwrap_or_default();
    if !values.is_empty() && values.iter().all(|(k, _)| matches!(k.text(), Some("0" | "1"))) {
        remove(field, "values");
        set(field, "type", plain("flag"));
    }
}

/// The request's fields: those of the URL and those of the body, without the token.
fn split(e: &Endpoint, w: &mut Writer<'_>) -> (Vec<Field>, Vec<Field>) {
    let (mut query, mut body) = (Vec::new(), Vec::new());
    for f in &e.request {
        let token = Auth::ALL
            .iter()
            .any(|(word, a)| *word == f.name && *a != Auth::None && (*word != "key" || e.auth == Auth::Key));
        if f.name == e.auth.word() || token && f.row.exists && f.children.is_empty() {
            continue;
        }
        let in_url = e.query.iter().any(|(n, _)| *n == f.name);
        let shown = f.shown.count > 0;
        if !e.post || in_url && !shown { query.push(f.clone()) } else { body.push(f.clone()) }
    }
    for (name, value) in &e.query {
        if !query.iter().any(|f| f.name == *name) && !body.iter().any(|f| f.name == *name) {
            let row = FieldRow { exists: true, required: Some("是".into()), ..FieldRow::default() };
            let mut f = Field { name: name.clone(), row, ..Field::default() };
            if value.split('、').all(is_fixed) {
                let words = if value.contains('、') { "可选值：" } else { "固定为" };
                f.row.desc = format!("{words}{value}");
            }
            w.note(
                &rules::QUERY_WITHOUT_ROW,
                e.pages.first().map_or(0, |p| p.line),
                format!("only the URL has `{name}`; a string was assumed"),
            );
            query.push(f);
        }
    }
    (query, body)
}

fn upload(part: &str, e: &Endpoint, body: &[Field], w: &mut Writer<'_>, out: &mut Node) {
    let name = if part.is_empty() { "media" } else { part };
    if part.is_empty() {
        w.note(&rules::UPLOAD_PART, 0, "the form field of the file is not named; `media` was assumed".into());
    }
    set(out, "body", plain("multipart"));
    let mut file = map();
    set(&mut file, "part", plain(name));
    let row = body.iter().find(|f| f.name == name).map(|f| f.row.desc.as_str());
    if let Some(bytes) = limits::file_bytes(e.doc.iter().map(String::as_str).chain(row)) {
        set(&mut file, "bytes", text(bytes));
    }
    set(out, "file", file);
    // The file's own row and the attributes of its form part are no fields.
    const PARTS: &[&str] = &["filename", "filelength", "content-type", "media", "name"];
    let rest: Vec<Field> = body
        .iter()
        .filter(|f| f.name != name && !PARTS.contains(&f.name.as_str()) && f.row.exists)
        .cloned()
        .collect();
    w.object(&rest, Side::Request, 0, false, out);
}

/// The pages of an endpoint or event, each content once, with its digest.
pub(super) fn sources(pages: &[Source], digests: &[(i64, String)]) -> Node {
    let mut docs: Vec<i64> = Vec::new();
    let mut rows = Vec::new();
    for p in pages {
        if docs.contains(&p.doc_id) {
            continue;
        }
        docs.push(p.doc_id);
        let mut row = map();
        set(&mut row, "page", plain(p.page.to_string()));
        set(&mut row, "doc_id", plain(p.doc_id.to_string()));
        if let Some(updated) = p.updated.as_ref().filter(|u| has(regex!(r"^\d{4}-\d{2}-\d{2}$"), u)) {
            set(&mut row, "updated", plain(updated.clone()));
        }
        if let Some((_, digest)) = digests.iter().find(|(d, _)| *d == p.doc_id) {
            set(&mut row, "digest", text(digest.clone()));
        }
        rows.push(row);
    }
    list(rows)
}

/// A heading without its number: `5.2 查询状态`.
pub(super) fn title(text: &str) -> String {
    let text = prose(text).replace('\n', " ");
    let bare = replace(regex!(r"^[0-9]+(?:\.[0-9]+)*(?:[.、]\s*|\s+)"), &text, "");
    if bare.is_empty() { text } else { bare }
}

/// The limits as the format's `rate`.
pub(crate) fn nodes(rates: &[Rate]) -> Vec<Node> {
    let rows = rates.iter().map(|r| {
        let mut row = map();
        set(&mut row, "calls", plain(r.calls.to_string()));
        set(&mut row, "per", plain(r.per));
        set(&mut row, "scope", plain(r.scope));
        row
    });
    rows.collect()
}
