//! `userid和mobile不能同时为空`, `a与b二选一`: which fields of an object need or exclude each other.

use crate::docs::model::Field;
use crate::docs::read::text::{find, find_all, has, narrow, regex};
use crate::docs::write::node::{self, list, plain, remove, set};
use crate::yaml::Node;

/// What a sentence says of fields that it names.
#[derive(Clone, Copy, PartialEq)]
enum Rule {
    /// At least one is there; `true`: they may not all be empty, which says nothing against each being required.
    Any(bool),
    /// Exactly one is there.
    One,
    /// No two are there.
    Most,
}

/// Gives an object the groups that the texts of its fields state, and `remarks`: sentences beside the tables, and those of the object itself.
/// `kinds`: the values of the tag under which all of it stands.
pub(super) fn groups(
    fields: &[Field],
    remarks: &[String],
    kinds: &[String],
    written: &mut Node,
    out: &mut Node,
) {
    let mut found: Vec<(&str, Vec<String>)> = Vec::new();
    let own = fields.iter().map(|f| (Some(f), f.row.desc.as_str()));
    for (field, text) in own.chain(remarks.iter().map(|r| (None, r.as_str()))) {
        let text = narrow(text).replace('`', "");
        // What is not sent stays as it is: an update may send none of them.
        if has(regex!("(?:不传|不填|为空)[^。]{0,6}(?:不变|不更新|保持)"), &text) {
            continue;
        }
        for sentence in text.split(['。', '\n', ';']) {
            // `news_notice类型的卡片，…`, where it is no other.
            let sentence =
                kinds.iter().fold(sentence.to_owned(), |s, k| s.replace(&format!("{k}类型的"), ""));
            let sentence = sentence.as_str();
            let Some((rule, at)) = rule(sentence) else { continue };
            let names = named(field, sentence, at, fields);
            let taken = found.iter().any(|(_, old)| old.iter().any(|n| names.contains(n)));
            if names.len() < 2 || taken || !agrees(rule, &names, written) {
                continue;
            }
            let shown = |n: &String| {
                fields.iter().find(|f| f.name == *n).map_or((0, 0), |f| (f.shown.parents, f.shown.count))
            };
            let (all, some) = (shown(&names[0]).0, names.iter().map(|n| shown(n).1).sum::<u32>());
            // The page's own sample shows none of them, or several together.
            if all > 0 && some == 0 && rule != Rule::Most {
                continue;
            }
            // `只能填其中一个` and `二选一` say it of each request, whatever the sample shows.
            let strict = has(regex!("只能|[仅只]填|[二两三]选一|[二两三]者[选填传]其?一"), sentence);
            let one = rule == Rule::One && (strict || some <= all) && !has(first(), &text);
            let kind = match rule {
                Rule::Most => "at_most_one",
                _ if one => "one_of",
                _ => "any_of",
            };
            found.push((kind, joined(sentence, names)));
        }
    }
    for rule in ["any_of", "one_of", "at_most_one"] {
        let lists = found.iter().filter(|(r, _)| *r == rule);
        let lists: Vec<Node> = lists.map(|(_, n)| list(n.iter().map(plain).collect())).collect();
        if !lists.is_empty() {
            set(out, rule, list(lists));
        }
    }
}

/// `spaceid/fatherid和ticket必须填其中一组参数`: fields that are an alternative together.
fn joined(sentence: &str, names: Vec<String>) -> Vec<String> {
    if !sentence.contains("一组") {
        return names;
    }
    let mut out: Vec<String> = Vec::new();
    for name in names {
        match out.last_mut() {
            Some(last)
                if sentence.contains(&format!("{}/{name}", last.rsplit('+').next().unwrap_or(last))) =>
            {
                last.push('+');
                last.push_str(&name);
            }
            _ => out.push(name),
        }
    }
    out
}

/// `都填时以userid为准`: several may be there, one of them counts.
fn first() -> &'static Option<regex_lite::Regex> {
    regex!(
        "(?:都|同时)(?:填|传|存在|指定|设置)[^。]{0,16}(?:优先|以|忽略|生效|会使用)|优先(?:使用|取|以|识别)"
    )
}

/// What a sentence states, and where. A condition in front of it has no place in the format.
fn rule(sentence: &str) -> Option<(Rule, usize)> {
    let empty = regex!("(?:不能|不可|不得|不允许)(?:全部)?(?:同时|全|都|均)(?:部)?(?:为空|为0|不填|不传)");
    let least = regex!(
        "至少(?:需?要|应该?|须|必须)?(?:选填?|有|包含|传入?|填写?|指定|设置|提供)?(?:其中)?之?一(?:个|项|种)?"
    );
    let beside = regex!("(?:不能|不可|不得)(?:与|和|跟)[^,]{1,24}(?:同时|均|都)为空");
    let one = regex!(
        "(?:两个|两者|二者)?必?选填一[个项]|选填其中一[个项]|只需填写一个|二选一|三选一|任选其一|二者(?:选|填|传)其?一|(?:必填|填|传|选)其一|(?:只能|必须|必)(?:选?填写?|传入?|送|指定)?(?:其中)?(?:其一|一个)|选填一个|仅填其中一|三者(?:选|填|传)其一"
    );
    // `不支持和sort一起使用`
    let apart = regex!(
        "(?:不支持|不能|不可|不得|不允许)(?:与|和|跟)[^,]{2,24}(?:一起|同时)(?:使用|填写|传入?|指定|设置)"
    );
    if has(apart, sentence) {
        return Some((Rule::Most, sentence.len()));
    }
    let (rule, hit) = match (find(empty, sentence), find(least, sentence), find(one, sentence)) {
        (Some(m), _, _) => (Rule::Any(true), m),
        _ if has(beside, sentence) => return Some((Rule::Any(true), sentence.len())),
        (_, Some(m), _) => (Rule::Any(false), m),
        (_, _, Some(m)) => (Rule::One, m),
        _ => return None,
    };
    let at = sentence.find(&hit[0])?;
    let before = sentence.get(..at)?;
    let conditional = has(
        regex!("(?:当|若|如果|假如|对于)[^,]*(?:时|,)|(?:为|是|=)\\s*[A-Za-z0-9_]+\\s*时|类型的|情况下"),
        before,
    );
    (!conditional).then_some((rule, at))
}

/// Whether what is written of the fields goes with a group. Where each is marked as required, and the text says that one of them will do, the
/// text counts.
fn agrees(rule: Rule, names: &[String], written: &mut Node) -> bool {
    if !names.iter().all(|n| written.get(n).is_some()) {
        return false;
    }
    let required = |n: &String| written.get(n).is_some_and(|e| e.get("required").is_some());
    let must = names.iter().filter(|n| required(n)).count();
    if must == 0 {
        return true;
    }
    if must < names.len() || rule == Rule::Any(true) {
        return false;
    }
    for name in names {
        if let Some(entry) = node::get_mut(written, name) {
            remove(entry, "required");
        }
    }
    true
}

/// The fields that a sentence names before the words of its rule, in their order, with the field itself where it speaks of it and others. Remarks name
/// fields of several objects: what names one that is not here speaks of another object.
fn named(field: Option<&Field>, sentence: &str, at: usize, fields: &[Field]) -> Vec<String> {
    let words = |text: &str| -> Vec<String> {
        find_all(regex!("[A-Za-z_][A-Za-z0-9_]+"), text).into_iter().map(|m| m[0].clone()).collect()
    };
    // Pages write `departmentid_list` and `department_id_list`.
    let known = |word: &String| fields.iter().map(|f| &f.name).find(|n| bare(n) == bare(word)).cloned();
    let before = sentence.get(..at).unwrap_or(sentence);
    let near = near(before, &|part: &str| words(part).iter().any(|w| known(w).is_some()));
    if field.is_none() && words(near).iter().any(|w| known(w).is_none() && w.contains('_')) {
        return vec![];
    }
    let mut names: Vec<String> = words(near).iter().filter_map(known).collect();
    // `a和b只需填写一个,两者同时填写时使用a,二者不可同时为空`.
    if names.len() < 2 && has(regex!("[二两三四]者|两个"), sentence) {
        names = words(before).iter().filter_map(known).collect();
    }
    // `二选一：a、b`.
    if names.is_empty() {
        names = words(sentence).iter().filter_map(known).collect();
    }
    if names.len() < 2 {
        let called = called(sentence, fields);
        if called.len() > 1 && field.is_none_or(|f| called.contains(&f.name)) {
            return called;
        }
    }
    if let Some(own) = field.filter(|f| !names.contains(&f.name)) {
        if !has(regex!("^[^A-Za-z]{0,6}(?:与|和|跟)|(?:不能|不可|不得|不支持|不允许)(?:与|和|跟)"), near)
        {
            return vec![];
        }
        names.insert(0, own.name.clone());
    }
    names.sort_by_key(|n| fields.iter().position(|f| f.name == *n));
    names.dedup();
    names
}

/// `部门id和用户id两个必选填一个`: the fields whose texts begin with these words.
fn called(sentence: &str, fields: &[Field]) -> Vec<String> {
    let told = regex!(
        "(?:^|[,(])\\s*([^,()]{2,16}?)\\s*(?:和|与|跟|、)\\s*([^,()]{2,16}?)\\s*(?:[二两]者|两个|不能|不可|不得|必|至少|二选一|只需)"
    );
    let Some(m) = find(told, sentence) else { return vec![] };
    let bare = |t: &str| t.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let of = |label: &String| {
        let label = bare(label);
        let heads = fields.iter().filter_map(|f| {
            let desc = narrow(&f.row.desc);
            let head = bare(desc.split([',', '。', '(', '\n']).next().unwrap_or_default());
            // `甲账号` is meant by `甲账号个数` too.
            let counted = head.trim_end_matches('数').trim_end_matches(['个', '总']).trim_end_matches("数量");
            (head.ends_with(&label) || counted.ends_with(&label))
                .then(|| (head.chars().count(), f.name.clone()))
        });
        heads.min().map(|(_, name)| name)
    };
    let found: Vec<String> = [&m[1], &m[2]].into_iter().filter_map(of).collect();
    if found.len() == 2 && found[0] != found[1] { found } else { vec![] }
}

/// The last part of a text that names fields, with the parts before it that are nothing but names: `a，b和c`.
fn near<'t>(text: &'t str, names: &dyn Fn(&str) -> bool) -> &'t str {
    let mut end = text.len();
    let mut from = None;
    while let Some(part) = text.get(..end).map(|t| t.rfind(',').map_or(0, |i| i + 1)) {
        let own = text.get(part..end).unwrap_or_default();
        match from {
            None if names(own) => from = Some(part),
            Some(_) if has(regex!("^[^A-Za-z]{0,3}[A-Za-z_0-9、/ ]+$"), own) && names(own) => {
                from = Some(part)
            }
            None => {}
            Some(_) => break,
        }
        if part == 0 {
            break;
        }
        end = part - 1;
    }
    from.and_then(|from| text.get(from..)).unwrap_or(text)
}

/// A name without what pages spell in several ways.
fn bare(name: &str) -> String {
    name.chars().filter(|c| *c != '_').collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::model::{FieldRow, Shown};
    use crate::docs::write::node::{entries, map};
    use crate::yaml::Kind;

    fn field(name: &str, desc: &str, held: (u32, u32)) -> Field {
        let row = FieldRow { desc: desc.into(), ..FieldRow::default() };
        let shown = Shown { parents: held.0, count: held.1, ..Shown::default() };
        Field { name: name.into(), row, shown, ..Field::default() }
    }

    /// The groups of `userid` with this text, `mobile` and `email`, whose cells require them or do not; how many samples held each.
    fn found(desc: &str, remark: &str, required: bool, held: [(u32, u32); 2]) -> (String, Node) {
        let mut written = map();
        for name in ["userid", "mobile", "email"] {
            let mut entry = map();
            if required {
                set(&mut entry, "required", plain("true"));
            }
            set(&mut written, name, entry);
        }
        let fields = [
            field("userid", desc, held[0]),
            field("mobile", "甲账号个数，最多10个", held[1]),
            field("email", "乙账号数量", (0, 0)),
        ];
        let remarks: Vec<String> = if remark.is_empty() { vec![] } else { vec![remark.into()] };
        let mut out = map();
        groups(&fields, &remarks, &[], &mut written, &mut out);
        let got = entries(&out).iter().map(|(k, v)| {
            let names: Vec<&str> = match &v.kind {
                Kind::Seq(lists) => lists
                    .iter()
                    .flat_map(|l| match &l.kind {
                        Kind::Seq(names) => names.iter().filter_map(Node::text).collect(),
                        _ => vec![],
                    })
                    .collect(),
                _ => vec![],
            };
            format!("{} {}", k.text().unwrap_or_default(), names.join(" "))
        });
        (got.collect::<Vec<_>>().join("; "), written)
    }

    #[test]
    fn fields_of_which_one_must_be_there() {
        for (desc, required, want) in [
            ("userid、mobile不能同时为空", false, "any_of userid mobile"),
            ("userid与mobile二选一", false, "one_of userid mobile"),
            ("（userid、mobile只能填其中一个）", false, "one_of userid mobile"),
            ("userid和mobile两者必填一个字段，不可都不填", false, "any_of userid mobile"),
            ("与mobile二选一", false, "one_of userid mobile"),
            ("userid与mobile至少应该传一项", true, "any_of userid mobile"),
            ("userid和mobile至少填一个，同时填userid生效", false, "any_of userid mobile"),
            ("userid、mobile不能同时为空", true, ""),
            ("与email不能同时为空", false, "any_of userid email"),
            ("不能与email同时为空", false, "any_of userid email"),
            (
                "userid和mobile只需填写一个，两者同时填写时使用userid，二者不可同时为空",
                false,
                "any_of userid mobile",
            ),
            ("userid和mobile两个必选填一个", false, "one_of userid mobile"),
            ("成员的id，与 email 二选一", false, "one_of userid email"),
            ("成员，不支持和email一起使用", false, "at_most_one userid email"),
            ("userid，mobile，e_mail不能同时为空", false, "any_of userid mobile email"),
            ("不传则不变，传空为清空。userid、mobile不能同时为空", false, ""),
            ("当type=1时，userid和mobile需要至少填一个", false, ""),
        ] {
            let (got, written) = found(desc, "", required, [(0, 0), (0, 0)]);
            assert_eq!(got, want, "{desc}");
            if !want.is_empty() {
                assert!(written.get("userid").is_some_and(|f| f.get("required").is_none()), "{desc}");
            }
        }
    }

    #[test]
    fn sentences_beside_the_tables_speak_of_fields_too() {
        for (remark, want) in [
            ("> userid和mobile至少需要填其中一个", "any_of userid mobile"),
            ("```userid```和```mobile```不可同时为空。", "any_of userid mobile"),
            ("数量详情，甲账号跟乙账号不能同时为0", "any_of mobile email"),
            ("甲账号跟丙账号不能同时为0", ""),
            ("userid、mobile、email三者不能同时为空", "any_of userid mobile email"),
            ("`userid`/`mobile`和`email`必须填且仅填其中一组参数。", "one_of userid+mobile email"),
            ("userid和other_id不能同时为空", ""),
            ("userid不能为空", ""),
        ] {
            assert_eq!(found("", remark, false, [(0, 0), (0, 0)]).0, want, "{remark}");
        }
    }

    #[test]
    fn a_page_does_not_break_its_own_rule() {
        let text = "userid与mobile必填其一";
        let strict = found("userid与mobile二选一", "", false, [(1, 1), (1, 1)]);
        assert_eq!(strict.0, "one_of userid mobile");
        for (held, want) in [
            ([(1, 1), (1, 0)], "one_of userid mobile"),
            ([(2, 1), (2, 1)], "one_of userid mobile"),
            ([(1, 1), (1, 1)], "any_of userid mobile"),
            ([(1, 0), (1, 0)], ""),
        ] {
            assert_eq!(found(text, "", false, held).0, want, "{held:?}");
        }
    }
}
