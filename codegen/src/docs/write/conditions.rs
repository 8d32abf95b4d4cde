//! Conditions in words → the format's: `type为1时` is `type = 1` where the object, or the one around it, has such a field and the field such a
//! value.

use crate::docs::infer::phrases::{self, Phrase, phrases};
use crate::docs::infer::words::{condition, of_kinds, unmarked};
use crate::docs::read::text::{find, has, regex};
use crate::docs::write::beside;
use crate::docs::write::elsewhere::{self, Told};
use crate::docs::write::formal::{asks_for, denied, formal, joined, needed};
use crate::docs::write::node::{entries, get_mut, remove, set, step, text};
use crate::docs::write::scope::Scope;
use crate::yaml::{Kind, Node};

/// What came of the conditions of an entry.
#[derive(Default)]
pub(super) struct Outcome {
    /// The fields of an answer that were taken to be always there, and may lack.
    pub(super) freed: Vec<String>,
    /// What was decided by a label, a slip of a name, or another field's text: the field by its whole path, and what it was given.
    pub(super) guessed: Vec<(String, String)>,
}

/// Where a walk stands.
#[derive(Default)]
struct Walk {
    at: Vec<String>,
    out: Outcome,
}

impl Walk {
    /// The path of a field of the object in which the walk stands.
    fn path(&self, name: &str) -> String {
        self.at.iter().map(String::as_str).chain([name]).collect::<Vec<_>>().join(".")
    }

    /// What was told of the fields of the object in which the walk stands is told of the object. `freed`: it was taken to be always there.
    fn lifted(&mut self, freed: bool) {
        let at = self.at.join(".");
        let inside = |path: &str| path.strip_prefix(&at).is_some_and(|rest| rest.rfind('.') == Some(0));
        self.out.freed.retain(|path| !inside(path));
        self.out.freed.extend(freed.then(|| at.clone()));
        self.out
            .guessed
            .iter_mut()
            .filter(|(path, _)| inside(path))
            .for_each(|(path, _)| path.clone_from(&at));
        self.out.guessed.dedup();
    }
}

/// Gives the fields of an endpoint the conditions that their texts state of others.
pub(super) fn of_endpoint(entry: &mut Node) -> Outcome {
    let mut walk = Walk::default();
    let whole = entry.clone();
    let asked: Vec<(&'static str, &Node)> =
        ["query", "request"].into_iter().filter_map(|side| Some((side, whole.get(side)?))).collect();
    for (side, other) in [("query", "request"), ("request", "query"), ("response", "")] {
        if let (Some(out), Some(own)) = (get_mut(entry, side), whole.get(side)) {
            let answer = side == "response";
            // What stands in the URL and in the body are siblings.
            let (outer, asked) = if answer { (None, asked.as_slice()) } else { (whole.get(other), &[][..]) };
            object(out, own, Scope { own, outer, asked, fixed: None }, answer, &mut walk);
        }
    }
    let doc = whole.get("doc").and_then(Node::text).unwrap_or_default();
    if let (Some(request), Some(own)) = (get_mut(entry, "request"), whole.get("request")) {
        walk.out.guessed.extend(beside::told(request, doc, own));
    }
    walk.out
}

/// Gives the fields of something that is received, or of a type of its own, the conditions that their texts state of others.
pub(super) fn of_object(out: &mut Node, answer: bool) -> Outcome {
    let own = out.clone();
    let mut walk = Walk::default();
    object(out, &own, Scope { own: &own, outer: None, asked: &[], fixed: None }, answer, &mut walk);
    walk.out
}

/// `whole`: the object as it was.
fn object(out: &mut Node, whole: &Node, scope: Scope<'_>, answer: bool, walk: &mut Walk) {
    let mut told: Vec<Told> = Vec::new();
    if let (Some(Kind::Map(fields)), Some(known)) =
        (get_mut(out, "fields").map(|n| &mut n.kind), whole.get("fields"))
    {
        for (name, entry) in fields {
            let own = name.text().unwrap_or_default();
            let Some(inner) = known.get(own) else { continue };
            let was = entry.get("required").is_some();
            if let Some(given) = field(entry, own, scope, answer) {
                walk.out.guessed.push((walk.path(own), given));
            }
            if answer && was && entry.get("required").is_none() {
                walk.out.freed.push(walk.path(own));
            }
            walk.at.push(own.to_owned());
            let doc = inner.get("doc").and_then(Node::text).unwrap_or_default();
            told.extend(if answer {
                elsewhere::comes(doc, own, scope)
            } else {
                elsewhere::told(doc, own, scope)
            });
            told.retain(|t| t.required || !apart(whole, &t.name, &t.when));
            object(entry, inner, scope.within(inner, None), answer, walk);
            repeated(entry);
            if let Some((when, words)) = lifted(entry, inner, scope.within(inner, None), answer) {
                walk.lifted(answer && inner.get("required").is_some());
                let at = walk.at.join(".");
                if !words.is_empty() && !walk.out.guessed.iter().any(|(path, _)| *path == at) {
                    walk.out.guessed.extend(guess("when", &when, &words).map(|given| (at, given)));
                }
            }
            walk.at.pop();
        }
    }
    for one in told {
        let entry = get_mut(out, "fields").and_then(|f| get_mut(f, &one.name));
        let was = entry.as_ref().is_some_and(|e| e.get("required").is_some());
        if entry.is_some_and(|entry| given(entry, &one, answer)) {
            if answer && was {
                walk.out.freed.push(walk.path(&one.name));
            }
            let key = if one.required { "required" } else { "when" };
            walk.out
                .guessed
                .push((walk.path(&one.name), format!("`{key}: {}`, by `{}`", one.when, one.words)));
        }
    }
    let (Some(union), Some(of)) = (get_mut(out, "union"), whole.get("union")) else { return };
    let tag = of.get("tag").and_then(Node::text);
    let variants = get_mut(union, "variants").map(|n| &mut n.kind);
    let (Some(Kind::Map(variants)), Some(known)) = (variants, of.get("variants")) else { return };
    for (name, variant) in variants {
        if let Some(inner) = known.get(name.text().unwrap_or_default()) {
            let depth = walk.at.len();
            walk.at.extend(step(of, name, inner).map(str::to_owned));
            object(variant, inner, scope.within(inner, tag), answer, walk);
            walk.at.truncate(depth);
        }
    }
}

/// An object whose fields all have one condition, which is of what stands around the object, has that condition: `数字、进度列类型使用` at the only
/// field of `number_value`, `轮询开启后设置参数` at each one of `polling_setting`, though they are required within it. The fields are then what they
/// were. `inside`: the scope of the fields. The condition and its words come back.
fn lifted(entry: &mut Node, was: &Node, inside: Scope<'_>, answer: bool) -> Option<(String, String)> {
    let fields = entry.get("fields").map(entries).unwrap_or_default();
    let told = |name: &Node, f: &Node| match f.get("when").and_then(Node::text) {
        Some(when) => Some((when.to_owned(), String::new())),
        None if !answer => {
            let doc = f.get("doc").and_then(Node::text)?;
            place(&phrases(doc, answer), name.text()?, inside)
        }
        None => None,
    };
    let mut all = fields.iter().map(|(name, f)| told(name, f));
    let (when, words) = all.next().flatten()?;
    if !all.all(|a| a.is_some_and(|(other, _)| other == when)) {
        return None;
    }
    let own = entry.get("when").and_then(Node::text);
    let required = entry.get("required").and_then(Node::text);
    let of_own = fields.iter().filter_map(|(k, _)| k.text()).any(|name| asks_for(&when, name));
    if of_own || own.is_some_and(|own| own != when) || !answer && required == Some("true") {
        return None;
    }
    if let (Some(Kind::Map(fields)), Some(before)) =
        (get_mut(entry, "fields").map(|n| &mut n.kind), was.get("fields"))
    {
        for (name, field) in fields {
            remove(field, "when");
            let required = before.get(name.text().unwrap_or_default()).and_then(|f| f.get("required"));
            if let Some(required) = required.cloned() {
                set(field, "required", required);
            }
        }
    }
    if answer {
        remove(entry, "required");
    }
    set(entry, "when", text(when.clone()));
    Some((when, words))
}

/// Whether a group says already that of a field and those of a condition one alone is there.
fn apart(object: &Node, name: &str, when: &str) -> bool {
    let Some(Kind::Seq(groups)) = object.get("one_of").map(|n| &n.kind) else { return false };
    let has = |group: &Node, word: &str| match &group.kind {
        Kind::Seq(names) => names.iter().filter_map(Node::text).any(|n| n.split('+').any(|n| n == word)),
        _ => false,
    };
    let of_other = when.strip_prefix("unset(").map(|w| w.trim_end_matches(')'));
    of_other.is_some_and(|other| groups.iter().any(|g| has(g, name) && has(g, other)))
}

/// Gives a field what the text of another says of it, where its own says nothing of the kind.
fn given(entry: &mut Node, told: &Told, answer: bool) -> bool {
    let required = entry.get("required").and_then(Node::text).unwrap_or_default().to_owned();
    if told.required {
        let free = required.is_empty();
        if free {
            remove(entry, "required_words");
            set(entry, "required", text(told.when.clone()));
        }
        return free;
    }
    let free = entry.get("when").is_none() && (answer || required != "true");
    if free {
        if answer {
            remove(entry, "required");
        }
        set(entry, "when", text(told.when.clone()));
    }
    free
}

/// The condition under which a field must be there, and the one under which it has a place at all. What was decided by more than names comes back.
/// In an answer a condition tells when a field comes; nobody is held to it.
fn field(entry: &mut Node, own: &str, scope: Scope<'_>, answer: bool) -> Option<String> {
    let mut guessed = Vec::new();
    let words = entry.get("required_words").and_then(Node::text).unwrap_or_default().to_owned();
    // `特定类型必填`, and a column says of which.
    let of_column = || {
        let doc = entry.get("doc").and_then(Node::text).filter(|_| words.starts_with("特定类型"))?;
        formal(&phrases::of_column(doc)?, own, scope)
    };
    if let Some(condition) = formal(&words, own, scope).or_else(of_column) {
        remove(entry, "required_words");
        let key = if answer { "when" } else { "required" };
        guessed.extend(guess(key, &condition, &words));
        // `（type为2时填写）`: otherwise it has no place.
        let doc = unmarked(entry.get("doc").and_then(Node::text).unwrap_or_default());
        let only = doc.contains(&format!("{words}填写"))
            || find(regex!("其[余他它][A-Za-z\u{4e00}-\u{9fff}]{0,4}(?:不填|不传|无需)"), &doc).is_some();
        if !answer && only && entry.get("when").is_none() {
            set(entry, "when", text(condition.clone()));
        }
        set(entry, key, text(condition));
    }
    if answer {
        remove(entry, "required_words");
    }
    let mut required = entry.get("required").and_then(Node::text).unwrap_or_default().to_owned();
    // `外部嘉宾必填`, of an answer that repeats what is sent: then it comes.
    if answer
        && required.is_empty()
        && entry.get("when").is_none()
        && let Some(words) = entry.get("doc").and_then(Node::text).and_then(condition)
        && let Some(condition) = formal(&words, own, scope)
    {
        guessed.extend(guess("required", &condition, &words));
        set(entry, "required", text(condition.clone()));
        required = condition;
    }
    // The cell says that it is required, the text when.
    if !answer
        && required == "true"
        && let Some(words) = entry.get("doc").and_then(Node::text).and_then(condition)
        && let Some(condition) = formal(&words, own, scope)
    {
        guessed.push(format!("`required: {condition}`, by `{words}`"));
        set(entry, "required", text(condition.clone()));
        required = condition;
    }
    if !answer
        && required.is_empty()
        && entry.get("required_words").is_none()
        && let Some(words) = entry.get("doc").and_then(Node::text).and_then(of_kinds)
        && let Some(condition) = formal(&words, own, scope)
    {
        guessed.extend(guess("required", &condition, &words));
        set(entry, "required", text(condition.clone()));
        required = condition;
    }
    // The cell says that it is required, the text of which kinds it is.
    if !answer
        && required == "true"
        && let Some((condition, words)) =
            entry.get("doc").and_then(Node::text).and_then(|d| of_kind(d, own, scope))
    {
        guessed.push(format!("`required: {condition}`, by `{words}`"));
        set(entry, "required", text(condition.clone()));
        required = condition;
    }
    if entry.get("when").is_none() && (answer || required != "true") {
        let doc = entry.get("doc").and_then(Node::text).unwrap_or_default();
        let told = phrases(doc, answer);
        let of_kind = |doc| of_kind(doc, own, scope).filter(|(when, _)| *when != required);
        let found = place(&told, own, scope).or_else(|| of_kind(doc));
        if let Some((condition, words)) = found.or_else(|| by_column(entry, doc, own, scope)) {
            guessed.extend(guess("when", &condition, &words));
            // `kind为1时不填此字段，其他类型必填`
            let all_else = regex!("(?:不填|不传|无需填写)[^。;；]{0,8}[,，]\\s*其[他它余][^,，。]{0,4}必填");
            if !answer && required.is_empty() && has(all_else, doc) {
                set(entry, "required", text(condition.clone()));
            }
            if answer {
                remove(entry, "required");
            }
            set(entry, "when", text(condition));
        }
    }
    (!guessed.is_empty()).then(|| guessed.join("; "))
}

/// The values of another field whose labels say of what kinds a field is, and the words that do.
fn of_kind(doc: &str, own: &str, scope: Scope<'_>) -> Option<(String, String)> {
    let words = phrases::of_kinds(doc)?;
    // `只以审批为准时配置`: the word may be the label's.
    let whole = || formal(&format!("只{words}"), own, scope).filter(|_| doc.starts_with('只'));
    Some((formal(&words, own, scope).or_else(whole)?, words))
}

/// The kinds that have a field by a column of its own, where nothing inside of it is said to be of others.
fn by_column(entry: &Node, doc: &str, own: &str, scope: Scope<'_>) -> Option<(String, String)> {
    let words = phrases::of_column(doc)?;
    let fields = entry.get("fields").map(entries).unwrap_or_default();
    let of = |f: &Node| f.get("doc").and_then(Node::text).and_then(phrases::of_column);
    let alike = fields.iter().filter_map(|(_, f)| of(f)).all(|inner| inner == words);
    Some((formal(&words, own, scope).filter(|_| alike)?, words))
}

/// What a column says of an object it need not say of its fields.
fn repeated(entry: &mut Node) {
    let when = entry.get("when").and_then(Node::text).map(str::to_owned);
    let Some(Kind::Map(fields)) = get_mut(entry, "fields").map(|n| &mut n.kind) else { return };
    for (_, field) in fields {
        let of_column = field.get("doc").and_then(Node::text).and_then(phrases::of_column).is_some();
        if of_column && when.is_some() && field.get("when").and_then(Node::text) == when.as_deref() {
            remove(field, "when");
        }
    }
}

/// The condition that the sentences of a text come to, and the words that make it.
fn place(told: &[Phrase], own: &str, scope: Scope<'_>) -> Option<(String, String)> {
    let (mut positive, mut negative, mut words) = (vec![], vec![], vec![]);
    for one in told {
        let condition = match one.denied {
            false => needed(&one.words, own, scope),
            true => formal(&one.words, own, scope).and_then(|c| denied(&c, scope)),
        };
        if let Some(condition) = condition {
            if one.denied {
                negative.push(condition)
            } else {
                positive.push(condition)
            }
            words.push(one.words.as_str());
        }
    }
    let condition = match (joined(positive), joined(negative)) {
        (Some(yes), Some(no)) if !yes.contains(" or ") && !no.contains(" or ") => format!("{yes} and {no}"),
        (yes, no) => yes.or(no)?,
    };
    Some((condition, words.join("; ")))
}

/// What to say of a condition whose words do not name its field.
fn guess(key: &str, condition: &str, words: &str) -> Option<String> {
    let name = find(regex!("([A-Za-z_][A-Za-z0-9_]*)(?: |\\)|$)"), condition)?;
    (!words.contains(name[1].as_str())).then(|| format!("`{key}: {condition}`, by `{words}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::write::node::{map, plain};

    /// Fields as they are written: name, type, key and text.
    fn written(rows: &[(&str, &str, &str, &str)]) -> Node {
        let mut out = map();
        for (name, ty, key, words) in rows {
            let mut entry = map();
            set(&mut entry, "type", plain(*ty));
            if !key.is_empty() {
                set(&mut entry, key, text(*words));
            }
            set(&mut out, name, entry);
        }
        out
    }

    #[test]
    fn words_become_conditions_where_field_and_value_are_there() {
        for (ty, key, words, want) in [
            ("i64", "required_words", "type为1时", "required: kind"),
            ("i64", "required_words", "kind为1时", "required: kind = 1"),
            ("i64", "required_words", "kind为1、3时必填", "required: kind in [1, 3]"),
            ("bool", "required_words", "kind 为 true 时", "required: kind = true"),
            ("flag", "required_words", "当kind=0时", "required: kind = false"),
            (
                "string",
                "required_words",
                "kind为sync_user或replace_user时",
                "required: kind in [sync_user, replace_user]",
            ),
            ("bool", "required_words", "kind为2时", "required: kind"),
            ("i64", "doc", "仅在kind为2时有效。", "when: kind = 2"),
            ("i64", "doc", "仅在kind为2时有效且参数必传。", "when: kind = 2"),
            ("i64", "doc", "仅在knid为2时有效。", "when: kind"),
            ("bool", "required_words", "参数kind为否或不填时", "required: kind != true"),
            ("i64", "doc", "长期有效。", "when: kind"),
        ] {
            let fields = written(&[("kind", ty, "", ""), ("x", "string", key, words)]);
            let mut object = map();
            set(&mut object, "fields", fields);
            of_object(&mut object, false);
            let fields = object.get("fields").expect("fields");
            let (key, value) = want.split_once(": ").expect("key: value");
            let value = value.contains(' ').then_some(value);
            let got = fields.get("x").and_then(|x| x.get(key)).and_then(Node::text);
            assert_eq!(got, value, "{words}");
        }
    }

    /// The field `kind` with values of these labels, and another with this text.
    fn labelled(head: &str, labels: &[&str], doc: &str) -> Node {
        let mut values = map();
        for (n, label) in labels.iter().enumerate() {
            let mut value = map();
            set(&mut value, "doc", text(*label));
            set(&mut values, &(n + 1).to_string(), value);
        }
        let mut fields = written(&[("kind", "i64", "doc", head), ("x", "string", "doc", doc)]);
        if let Some(kind) = get_mut(&mut fields, "kind") {
            set(kind, "values", values);
        }
        let mut object = map();
        set(&mut object, "fields", fields);
        object
    }

    #[test]
    fn labels_that_tell_the_condition() {
        for (head, labels, doc, answer, want) in [
            ("休息扣除配置", &["不扣除", "指定休息时间"][..], "指定休息时间扣除的配置", false, "kind = 2"),
            ("反馈类型", &["准确", "不准确"], "内容，仅不准确反馈类型支持返回", true, "kind = 2"),
            (
                "变更详情",
                &["成员入群", "成员退群", "群名变更"],
                "当是成员入群或退群时有值",
                true,
                "kind in [1, 2]",
            ),
            (
                "特殊问题类型",
                &["无", "手机号"],
                "说明：kind 为特殊问题时，该字段无效。",
                false,
                "unset(kind) or kind = 1",
            ),
            ("上传结果", &["失败", "成功"], "如果上传失败，则该字段返回失败原因", true, "kind = 1"),
            ("操作类型", &["修改标题", "修改设置"], "标题（操作1修改）", false, "kind = 1"),
            ("规则类型", &["固定时间上下班", "自由上下班"], "自由上下班规则的时长", true, "kind = 2"),
            ("规则类型", &["已通过审批单", "未通过审批单"], "未通过审批时有效", true, "kind = 2"),
            ("规则类型", &["已通过审批单", "其他"], "未通过审批时有效", true, ""),
        ] {
            let mut object = labelled(head, labels, doc);
            of_object(&mut object, answer);
            let x = object.get("fields").and_then(|f| f.get("x"));
            let when = x.and_then(|x| x.get("when")).and_then(Node::text).unwrap_or_default();
            assert_eq!(when, want, "{doc}");
        }
    }

    #[test]
    fn sentences_that_forbid_others() {
        let mut request = map();
        let rows = [
            ("kind", "i64", "doc", "类别。当值为0、1时，不得传入users，parties。"),
            ("users", "list<string>", "doc", "成员"),
            ("parties", "list<i64>", "doc", "部门"),
            ("id", "string", "doc", "编号"),
            ("name", "string", "doc", "名称"),
            ("tag", "string", "doc", "标签"),
            ("group", "string", "doc", "标签组"),
        ];
        set(&mut request, "fields", written(&rows));
        let mut entry = map();
        set(
            &mut entry,
            "doc",
            text("如果填写了`id`参数，则`name`和`order`参数会被忽略。同时传递tag和group时，忽略tag。"),
        );
        set(&mut entry, "request", request);
        assert!(of_endpoint(&mut entry).freed.is_empty());
        let fields = entry.get("request").and_then(|r| r.get("fields")).expect("fields");
        let when =
            |f: &str| fields.get(f).and_then(|f| f.get("when")).and_then(Node::text).map(str::to_owned);
        assert_eq!(when("users").as_deref(), Some("not kind in [0, 1]"));
        assert_eq!(when("parties"), when("users"));
        assert_eq!(when("name").as_deref(), Some("unset(id)"));
        assert_eq!((when("tag").as_deref(), when("group")), (Some("unset(group)"), None));
        assert_eq!(when("id"), None);
    }

    #[test]
    fn names_around_and_of_the_request() {
        let mut holder = map();
        set(&mut holder, "type", plain("object"));
        set(&mut holder, "fields", written(&[("y", "string", "doc", "仅在kind为2时有效。")]));
        let mut fields = written(&[
            ("kind", "i64", "", ""),
            ("is_public", "bool", "doc", "是否为公共日历"),
            ("x", "string", "doc", "范围。仅当是公共日历时有效"),
            ("z", "string", "doc", "名称。仅need=1时返回"),
        ]);
        set(&mut fields, "o", holder);
        let (mut request, mut response, mut entry) = (map(), map(), map());
        set(&mut request, "fields", written(&[("need", "flag", "", "")]));
        set(&mut response, "fields", fields);
        set(&mut entry, "request", request);
        set(&mut entry, "response", response);
        of_endpoint(&mut entry);
        let fields = entry.get("response").and_then(|r| r.get("fields")).expect("fields");
        let when = |f: Option<&Node>| f.and_then(|f| f.get("when")).and_then(Node::text).map(str::to_owned);
        assert_eq!(when(fields.get("x")).as_deref(), Some("is_public = true"));
        assert_eq!(when(fields.get("z")).as_deref(), Some("request.need = true"));
        // All that the object holds is under the condition, and so the object is.
        let inner = fields.get("o").and_then(|o| o.get("fields")).and_then(|f| f.get("y"));
        assert_eq!((when(fields.get("o")).as_deref(), when(inner)), (Some("kind = 2"), None));
    }
}
