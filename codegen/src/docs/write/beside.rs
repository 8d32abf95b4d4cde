//! What sentences beside the tables say of when a request's fields count or must be there.

use crate::docs::read::text::{find, find_all, narrow, regex};
use crate::docs::write::node::{entries, get_mut, set, step, text};
use crate::docs::write::scope::Scope;
use crate::yaml::{Kind, Node};

/// Gives the fields of a request what the text of its entry says of them; the path of each and what a note says of it. `own`: the request as it was.
pub(super) fn told(request: &mut Node, doc: &str, own: &Node) -> Vec<(String, String)> {
    let doc = &narrow(doc).replace('`', "");
    let mut out = ranked(request, doc);
    if let Some(fields) = get_mut(request, "fields") {
        let scope = Scope { own, outer: None, asked: &[], fixed: None };
        out.extend(ignored(fields, doc));
        out.extend(in_remarks(fields, doc, scope));
        out.extend(together(fields, doc, scope));
    }
    out
}

/// `按image、link的优先顺序取参`, `media_id和pic_url两者同时填写时使用media_id`: which of several fields counts, wherever an object of the body has all that a sentence
/// names.
fn ranked(body: &mut Node, doc: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for sentence in doc.split(['。', ';', '\n']) {
        if let Some(names) = order(sentence).filter(|names| names.len() > 1) {
            give(body, &names, sentence.trim(), &mut vec![], &mut out);
        }
    }
    out
}

/// The names of a sentence, the one that counts first.
fn order(sentence: &str) -> Option<Vec<String>> {
    let list = regex!(
        "按照?\\s*([A-Za-z_][A-Za-z0-9_]*(?:\\s*[、,>/]\\s*[A-Za-z_][A-Za-z0-9_]*)*(?:\\s*和\\s*[A-Za-z_][A-Za-z0-9_]*)?)\\s*的?(?:优先顺序|优先级|先后顺序)"
    );
    if let Some(m) = find(list, sentence) {
        return Some(named(&m[1]));
    }
    let pair = regex!(
        "([A-Za-z_][A-Za-z0-9_]*)\\s*(?:和|与|跟|及|、)\\s*([A-Za-z_][A-Za-z0-9_]*)[^A-Za-z]*(?:都|同时)(?:填写?|传入?|传值|指定|设置|存在)(?:时|的话)?,?(?:则|会|将)*(?:优先)?(?:使用|取|以|只有)\\s*([A-Za-z_][A-Za-z0-9_]*)"
    );
    let m = find(pair, sentence)?;
    match (m[3] == m[1], m[3] == m[2]) {
        (true, false) => Some(vec![m[1].clone(), m[2].clone()]),
        (false, true) => Some(vec![m[2].clone(), m[1].clone()]),
        _ => None,
    }
}

/// The names of the wire in a text.
fn named(text: &str) -> Vec<String> {
    find_all(regex!("[A-Za-z_][A-Za-z0-9_]*"), text).into_iter().map(|n| n[0].clone()).collect()
}

/// Gives the fields of an object, and of those in it, what their rank says.
fn give(
    object: &mut Node,
    names: &[String],
    words: &str,
    at: &mut Vec<String>,
    out: &mut Vec<(String, String)>,
) {
    if let Some(fields) = get_mut(object, "fields") {
        if names.iter().all(|n| fields.get(n).is_some()) {
            for (rank, name) in names.iter().enumerate().skip(1) {
                let before: Vec<String> = names[..rank].iter().map(|n| format!("unset({n})")).collect();
                let when = before.join(" and ");
                let free =
                    |f: &&mut Node| ["when", "required", "required_words"].iter().all(|k| f.get(k).is_none());
                if let Some(field) = get_mut(fields, name).filter(free) {
                    let path =
                        at.iter().map(String::as_str).chain([name.as_str()]).collect::<Vec<_>>().join(".");
                    out.push((path, format!("`when: {when}`, by `{words}`")));
                    set(field, "when", text(when));
                }
            }
        }
        if let Kind::Map(fields) = &mut fields.kind {
            for (name, field) in fields {
                at.push(name.text().unwrap_or_default().to_owned());
                give(field, names, words, at, out);
                at.pop();
            }
        }
    }
    let Some(union) = get_mut(object, "union") else { return };
    let known = union.clone();
    if let Some(Kind::Map(variants)) = get_mut(union, "variants").map(|n| &mut n.kind) {
        for (value, variant) in variants {
            let depth = at.len();
            at.extend(step(&known, value, variant).map(str::to_owned));
            give(variant, names, words, at, out);
            at.truncate(depth);
        }
    }
}

/// `如果填写了x参数，则y会被忽略`, `如果指定了x，则y不生效`: what a sentence beside the tables says of fields of the body.
fn ignored(fields: &mut Node, doc: &str) -> Vec<(String, String)> {
    let told = regex!(
        "(?:如果|若|当)(?:填写?|传入?|指定|设置)了?\\s*([A-Za-z_][A-Za-z0-9_]*)\\s*(?:参数|字段)?(?:时|的话)?,?则?([^。;\\n]{1,60}?)(?:参数|字段)?(?:将|会|都|均)*(?:被忽略|不生效|失效|无效)"
    );
    // `当code填1-99时将忽略msg`
    let within = regex!(
        "(?:如果|若|当)([A-Za-z_][A-Za-z0-9_]*)(?:填|为|取|在)([0-9]+)[-~]([0-9]+)(?:之间)?(?:时|的话)[^。;\\n]{0,12}?忽略([A-Za-z_][A-Za-z0-9_]*)"
    );
    // `同时传递a和b时，忽略a`, of a sentence beside the table or of a row.
    let both = regex!(
        "同时(?:传递?|传入|填写?|指定|设置|存在)?了?\\s*([A-Za-z_][A-Za-z0-9_]*)\\s*(?:和|跟|与|及)\\s*([A-Za-z_][A-Za-z0-9_]*)\\s*(?:参数|字段)?(?:时|的话)?,?(?:则|将|会)*忽略\\s*([A-Za-z_][A-Za-z0-9_]*)"
    );
    let mut found: Vec<(String, String, String)> = Vec::new();
    let rows =
        entries(fields).iter().filter_map(|(_, f)| f.get("doc")?.text()).map(|t| narrow(t).replace('`', ""));
    for text in rows.chain([doc.to_owned()]) {
        for m in find_all(both, &text).into_iter().filter(|m| m[3] == m[1] || m[3] == m[2]) {
            let other = if m[3] == m[1] { &m[2] } else { &m[1] };
            if fields.get(other).is_some() && m[1] != m[2] {
                found.push((m[3].clone(), format!("unset({other})"), m[0].clone()));
            }
        }
    }
    for m in find_all(told, doc).into_iter().filter(|m| fields.get(&m[1]).is_some()) {
        let names = named(&m[2]).into_iter().filter(|n| *n != m[1]);
        found.extend(names.map(|n| (n, format!("unset({})", m[1]), m[0].clone())));
    }
    for m in find_all(within, doc).into_iter().filter(|m| fields.get(&m[1]).is_some() && m[1] != m[4]) {
        let when = format!("{0} < {1} or {0} > {2}", m[1], m[2], m[3]);
        found.push((m[4].clone(), when, m[0].clone()));
    }
    let mut out = Vec::new();
    for (name, when, words) in found {
        let free = |f: &&mut Node| {
            ["when", "required_words"].iter().all(|k| f.get(k).is_none())
                && f.get("required").and_then(Node::text) != Some("true")
        };
        if let Some(field) = get_mut(fields, &name).filter(free) {
            out.push((name, format!("`when: {when}`, by `{words}`")));
            set(field, "when", text(when));
        }
    }
    out
}

/// `如需使用楼宇进行过滤，则必须同时填写城市字段`: a field that another one needs, both called by their names or by what they are.
fn in_remarks(fields: &mut Node, doc: &str, scope: Scope<'_>) -> Vec<(String, String)> {
    let told = regex!(
        "(?:如需|若需|如果需?要?|若|当)(?:使用|指定|填写|传入|设置)了?([^,。;]{2,20}?)(?:字段|参数)?(?:进行(?:过滤|查询|筛选))?(?:时|的话)?,则?(?:必须|需要?|须)(?:同时|一并)(?:填写|指定|传入|设置)([^,。;]{2,20}?)(?:字段|参数)?(?:$|[,。;\\n])"
    );
    let name = |word: &str| scope.spelled(word.trim(), "").or_else(|| scope.headed(word.trim()));
    let mut out = Vec::new();
    for m in find_all(told, doc) {
        let (Some(one), Some(other)) = (name(&m[1]), name(&m[2])) else { continue };
        if one != other {
            out.extend(require(fields, &other, format!("set({one})"), &m[0]));
        }
    }
    out
}

/// `如果需要设置位置信息，则必须同时填写城市（city），楼宇（building）和楼层(floor)三个参数`: fields of which each needs the others.
fn together(fields: &mut Node, doc: &str, scope: Scope<'_>) -> Vec<(String, String)> {
    let told = regex!(
        "(?:如果|若|如)需要?[^。;\\n]{2,30},则?(?:必须|需要?|须)(?:同时|一并|一起)(?:填写|指定|传入|设置|提供)([^。;\\n]{6,80}?)[二两三四]个(?:字段|参数)"
    );
    let mut out = Vec::new();
    for m in find_all(told, doc) {
        let words = named(&m[1]);
        let Some(names) = words.iter().map(|w| scope.spelled(w, "")).collect::<Option<Vec<_>>>() else {
            continue;
        };
        for name in names.iter().filter(|_| names.len() > 1) {
            let others: Vec<String> =
                names.iter().filter(|n| *n != name).map(|n| format!("set({n})")).collect();
            out.extend(require(fields, name, others.join(" or "), &m[0]));
        }
    }
    out
}

/// Makes a field required under a condition, where nothing says yet whether it is; its name and what a note says of it.
fn require(fields: &mut Node, name: &str, condition: String, words: &str) -> Option<(String, String)> {
    let free = |f: &&mut Node| ["required", "required_words"].iter().all(|k| f.get(k).is_none());
    let field = get_mut(fields, name).filter(free)?;
    let said = format!("`required: {condition}`, by `{}`", words.trim());
    set(field, "required", text(condition));
    Some((name.to_owned(), said))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_by_rank() {
        for (sentence, want) in [
            ("如果三者同时填，则按image、link、app的优先顺序取参", "image link app"),
            ("则按image、link和app的优先顺序取参，也就是说", "image link app"),
            (
                "图片消息中，media_id和pic_url只需填写一个，两者同时填写时使用media_id，二者不可同时为空",
                "media_id pic_url",
            ),
            ("a和b同时传入时以b为准", "b a"),
            ("text、image不能全部为空", ""),
            ("userid与corpid只能同时设置为迁移完成", ""),
        ] {
            assert_eq!(order(&narrow(sentence)).unwrap_or_default().join(" "), want, "{sentence}");
        }
    }
}
