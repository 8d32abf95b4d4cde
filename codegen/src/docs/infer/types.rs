//! What type a field has: from its type cell, its samples and its wording, in this order of trust for the width, and the samples
//! first for the shape, as a type cell is often that of an array's element.

use serde_json::Value;

use crate::docs::infer::refine::refine;
use crate::docs::infer::values;
use crate::docs::model::Field;
use crate::docs::read::text::{find_all, has, narrow, regex, replace};
use crate::docs::rules::{self, Rule};

/// Scalar and number of lists around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inferred {
    /// `string`, `object`, …
    pub base: &'static str,
    /// Arrays around it.
    pub lists: u8,
    /// An object with dynamic keys.
    pub map: bool,
    /// Values joined by `|` in one string.
    pub pipe: bool,
    /// Values joined by `,` in one string.
    pub csv: bool,
    /// Why it is no more than a guess.
    pub guess: Option<&'static Rule>,
}

impl Inferred {
    /// Whether one string holds several values.
    pub fn joined(&self) -> bool {
        self.pipe || self.csv
    }

    /// As a type expression.
    pub fn text(&self) -> String {
        self.of(self.base)
    }

    /// The same around another type.
    pub(crate) fn of(&self, base: &str) -> String {
        let mut out = base.to_owned();
        if self.map {
            out = format!("map<{out}>");
        }
        if self.pipe {
            out = format!("pipe<{out}>");
        }
        if self.csv {
            out = format!("csv<{out}>");
        }
        for _ in 0..self.lists {
            out = format!("list<{out}>");
        }
        out
    }
}

/// What a type cell says: scalar, and whether it is an array.
pub fn cell(text: &str) -> (Option<&'static str>, bool) {
    let text = narrow(text).trim().to_ascii_lowercase();
    // `string[1,32]` limits the length.
    let text = replace(regex!(r"\[\s*\d[\d\s,~-]*\]"), &text, "");
    let list = text.contains("[]")
        || text.contains("list")
        || text.contains("array")
        || text.contains("arrary")
        || text.contains("数组")
        || text.contains("列表")
        || text.starts_with("repeated")
        || has(regex!(r"^\[.*\]$"), &text);
    let word = replace(
        regex!(r"(?:array|arrary|list|repeated|of|unsigned int)|[\[\]<>()]|数组|列表|类型|型"),
        &text,
        " ",
    );
    let unsigned = text.contains("unsigned");
    let mut base = None;
    for w in word.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|w| !w.is_empty()) {
        base = Some(match w {
            "string" | "stirng" | "stiring" | "str" | "sting" | "strng" | "char" | "text" | "字符串"
            | "文本" => "string",
            "uint32" | "uin32" | "uint3" | "unit32" | "uint" | "u32" | "uint16" | "uint8" => "u32",
            "uint64" | "unit64" | "u64" => "u64",
            "int32" => "i32",
            "int64" | "long" => "i64",
            "int" | "integer" | "interger" | "number" | "num" | "整数" | "整" | "数字" | "整形" => {
                "i64"
            }
            "bool" | "boolean" | "布尔" | "boolen" => "bool",
            "float" | "double" | "浮点" | "浮点数" | "float64" => "f64",
            "bytes" => "string",
            "timestamp" | "时间戳" => "unix",
            "json" | "any" | "mixed" => "json",
            "object" | "obj" | "obejct" | "obect" | "struct" | "map" | "objects" | "对象" | "结构体"
            | "jsonobject" => "object",
            _ => continue,
        });
        break;
    }
    if unsigned {
        base = Some("u32");
    }
    // A name of its own (`AgentItemArray`, `Object(Field)`) is an object.
    if base.is_none() && has(regex!("[a-z]{3}"), &text) {
        base = Some("object");
    }
    (base, list)
}

/// The type of a field.
pub fn infer(field: &Field) -> Inferred {
    let (told, told_list) = cell(&field.row.ty);
    // `列表型模版数据` is a kind's name.
    let desc = narrow(&field.row.desc).replace("列表型", "");
    let (k, lists_shown) = (field.shown.kinds, field.shown.lists);
    let mut out =
        Inferred { base: "string", lists: lists_shown, map: false, pipe: false, csv: false, guess: None };
    lists(field, &desc, told, told_list, &mut out);
    // `"wrap_square": false`: what the cell calls an object, and a table describes, is one whatever stands in its place in the sample.
    let described = told == Some("object") && field.children.iter().any(|c| c.row.exists);
    if !field.children.is_empty() && (k.object || scalar_kinds(field) == 0 || described) {
        out.base = "object";
        return dynamic(field, out);
    }
    if field.marks.recursive > 0 || k.object && field.children.is_empty() {
        out.base = "json";
        out.map = field.marks.recursive == 0 && keyed(&desc);
        out.guess = Some(if field.marks.recursive > 0 { &rules::RECURSIVE } else { &rules::EMPTY_OBJECT });
        return out;
    }
    out.base = scalar(field, &desc, told, &mut out);
    let refined = refine(field, &desc, out.base, out.lists);
    (out.base, out.pipe, out.csv) = (refined.base, refined.pipe, refined.csv);
    out.guess = refined.guess.or(out.guess);
    out
}

/// How many kinds of scalars the samples show.
fn scalar_kinds(field: &Field) -> usize {
    let k = field.shown.kinds;
    [k.string, k.int || k.float, k.bool].iter().filter(|x| **x).count()
}

/// The arrays around a field: a sample shows them; without one the type cell, then the wording tells.
fn lists(field: &Field, desc: &str, told: Option<&str>, told_list: bool, out: &mut Inferred) {
    let seen = field.shown.kinds.object || scalar_kinds(field) > 0;
    let worded = has(regex!("列表|数组|[Ll]ist"), desc)
        || has(regex!("(_list|_?lists|ids|infos|s_list)$"), &field.name);
    if !seen && field.shown.lists == 0 || field.shown.lists == 0 && told_list && !field.shown.single {
        // A cell gives the element's type alone where name and text both say that there are many (`open_userid_list`, `…列表，最多传入100个`).
        let element = field.name.ends_with("_list") && has(regex!("列表.{0,12}最多|最多.{0,12}个"), desc);
        if told_list {
            out.lists = 1;
        } else if worded
            && (field.row.ty.is_empty() || !field.children.is_empty() || element)
            // `列表型` is a style of showing, no list.
            && has(regex!("(列表|数组)([^型页]|$)"), desc)
            || !field.children.is_empty()
                && field.row.ty.is_empty()
                && has(
                    regex!("多组|多个|个数不(?:能|可)?超过 ?[0-9]|不超过 ?[0-9]+ ?个|最多 ?[0-9]+ ?个"),
                    desc,
                )
            // `schedulelist`, `relation_list`, `timerules`: the name alone, where no child is the list (`email_list.list`).
            || !field.children.is_empty()
                && field.row.ty.is_empty()
                && has(regex!("[a-z]_?(?:list|rules|relations)$"), &field.name)
                && !field.children.iter().any(|c| matches!(c.name.as_str(), "list" | "item" | "items"))
        {
            out.lists = 1;
            out.guess = Some(&rules::LIST_BY_WORDING);
        }
    } else if field.shown.lists > 0 && told.is_some_and(|t| t == "object" || !worded) && !told_list {
        out.guess = Some(&rules::OBJECT_SHOWN_AS_LIST);
    } else if field.shown.kinds.object
        && field.shown.lists == 0
        && field.shown.single
        && told_list
        && told != Some("string")
    {
        // `obj[]` in the cell, one object in the sample (`"file_list": {"item": […]}`): the cell thinks of the list inside, or of
        // another page; the sample was copied from the wire.
        out.guess = Some(&rules::LIST_SHOWN_AS_OBJECT);
    }
}

/// The type of a field that has no fields: the type cell for its width, the samples for its kind, then the wording.
fn scalar(field: &Field, desc: &str, told: Option<&'static str>, out: &mut Inferred) -> &'static str {
    let k = field.shown.kinds;
    let kinds = scalar_kinds(field);
    // `"limit": "LIMIT"`, `["departmentid1"]`: the field's name in place of a value is no string of the wire.
    let blank =
        k.string && kinds == 1 && !k.object && field.shown.values.iter().all(|v| placeholder(field, v));
    match told {
        // If the type cell says object and the sample shows a scalar, the sample counts.
        Some("object") if kinds > 0 => by_sample(field),
        Some("object") => {
            out.map = keyed(desc);
            out.guess = Some(if out.map { &rules::MAP_BY_TEXT } else { &rules::OBJECT_WITHOUT_FIELDS });
            "json"
        }
        Some(base) if kinds == 0 => base,
        // `"cursor": 0` for the first page: further ones have words.
        Some("string") if field.name.ends_with("cursor") => "string",
        // Where cell and sample disagree, the sample was copied from the wire.
        Some("string") if !k.string && (k.int || k.float) && kinds == 1 => {
            out.guess = Some(&rules::STRING_SHOWN_AS_NUMBER);
            by_sample(field)
        }
        Some("string") if k.bool && kinds == 1 && has(regex!("(?i)true|false"), desc) => {
            out.guess = Some(&rules::STRING_SHOWN_AS_BOOL);
            "bool"
        }
        Some("bool") if k.int && !k.bool => {
            out.guess = Some(&rules::BOOL_SHOWN_AS_NUMBER);
            "flag"
        }
        Some("u32" | "i32" | "i64" | "u64") if k.float => "f64",
        Some("u32" | "i32" | "i64" | "u64") if k.bool && kinds == 1 => "bool",
        Some(number @ ("u32" | "i32" | "i64" | "u64" | "f64")) if blank => number,
        Some("u32" | "i32" | "i64" | "u64") if k.string && kinds == 1 => {
            out.guess = Some(&rules::NUMBER_SHOWN_AS_STRING);
            "string"
        }
        Some(base) => base,
        None if blank
            && has(regex!("^(create|update|send|end|start)_?time$"), &field.name)
            && has(regex!("时间"), desc) =>
        {
            by_wording(field, desc, out)
        }
        None if blank && numbered_id(field) => {
            out.guess = Some(&rules::NUMBER_BY_NAME);
            "i64"
        }
        // `"grid_name": 1`: a name is text, whatever the sample has.
        None if k.int
            && kinds == 1
            && (field.name.ends_with("name") && has(regex!("(名称?|姓名)$"), desc)
                // An account at a bank has letters and leading zeros.
                || field.name.ends_with("_account") && has(regex!("账号|账户"), desc)) =>
        {
            out.guess = Some(&rules::NAME_SHOWN_AS_NUMBER);
            "string"
        }
        None if kinds == 1 => by_sample(field),
        None if kinds > 1 => {
            out.guess = Some(&rules::SEVERAL_TYPES);
            by_sample(field)
        }
        None => by_wording(field, desc, out),
    }
}

/// A sample's value that only repeats a name: capitals (`LIMIT`), the field's own word with a number (`departmentid1`), `xxx`.
fn placeholder(field: &Field, value: &Value) -> bool {
    let Some(text) = value.as_str().filter(|t| has(regex!("^[A-Za-z_]+[0-9]*$"), t)) else { return false };
    let (word, name) = (stem(text), stem(&field.name));
    let core = word.trim_end_matches("id");
    let one = name.trim_end_matches("list");
    word == name
        || format!("{word}s") == name
        || word == one
        || word.bytes().all(|b| b == b'x') && word.len() > 2
        || core.len() > 3 && name.ends_with(core)
}

fn stem(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase()
}

/// Departments, groups of companies and applications have numbers, wherever they stand; `group_id` has not.
fn numbered_id(field: &Field) -> bool {
    let said = |v: &Value| v.as_str().is_some_and(|t| has(regex!("(?i)^(party|department)(id)?[0-9]*$"), t));
    has(regex!("(?i)(partyid|party|departmentids?|groupids|agentid)$"), &field.name)
        || field.shown.values.iter().all(said)
}

fn by_sample(field: &Field) -> &'static str {
    let k = field.shown.kinds;
    if k.float && !k.string {
        "f64"
    } else if k.int && !k.string {
        "i64"
    } else if k.bool && !k.string {
        "bool"
    } else {
        "string"
    }
}

/// `必须存在schedule_id=0的排班`: what a text sets to a number is one.
fn set_to_number(name: &str, desc: &str) -> bool {
    let set = format!("{name}=");
    desc.match_indices(&set).any(|(at, _)| desc[at + set.len()..].starts_with(|c: char| c.is_ascii_digit()))
}

/// `接口类型，1-会话内容`, `支持的场景有：3 - 收银台`: a kind of which there is one for now has a number.
fn one_number(desc: &str) -> bool {
    values::kind_alone(desc).is_some()
        || (values::is_kind(desc) || values::is_only(desc)) && values::values(desc, true).len() == 1
}

/// Neither sample nor type cell.
fn by_wording(field: &Field, desc: &str, out: &mut Inferred) -> &'static str {
    out.guess = Some(&rules::TYPE_BY_WORDING);
    let name = field.name.to_ascii_lowercase();
    let both = format!("{desc} {}", narrow(field.row.required.as_deref().unwrap_or_default()));
    let numbered = find_all(
        regex!(
            r"(?:^|[^0-9a-zA-Z_.])[0-9]{1,2}\s*(?:(?:[-:=、]|表示|代表|为|是)?\s*[\x{4e00}-\x{9fff}]|:\s*[0-9]+ x )"
        ),
        desc,
    )
    .len();
    if name == "errcode"
        || has(regex!("(?i)unix|时间戳"), desc)
        || one_number(desc)
        || set_to_number(&name, desc)
    {
        "i64"
    } else if has(regex!("标[识志记],\\s*为1(?:表示|时)"), desc) && numbered < 2 {
        // `隐藏标识，为1表示被隐藏`
        "flag"
    } else if has(regex!("(_time|_timestamp|^(?:beg|begin|start|end)time)$"), &name)
        && has(regex!("时间"), desc)
        && !has(regex!("(?i)格式|字符串|yyyy|hh|时长|间隔|时间段|秒|分钟|:[0-9]{2}|-[0-9]{2}"), desc)
    {
        // Nine times of ten a time is a number of seconds here; a text says its form. When something was done is a point in time; where
        // something begins may be a time of day.
        match has(regex!("(create|update|modify|add|join|apply|submit|pay|finish|send|expire)_time"), &name) {
            true => "unix",
            false => "i64",
        }
    } else if has(
        regex!(
            r"(?i)\btrue\b.*\bfalse\b|\bfalse\b.*\btrue\b|默认值?[为是:]?\s*(true|false)|^(true|false)\s*[-:表]"
        ),
        &both,
    ) || has(regex!("^是否"), desc) && numbered == 0
        || has(regex!("^(is_|has_|can_|allow_|enable_|need_)"), &name) && numbered == 0
    {
        "bool"
    } else if numbered > 1
        || !name.ends_with("account")
        && has(
            regex!(
                "(count|num|size|limit|offset|total|_cnt|agentid|_sec|duration|_max|_min|partyid|department_?ids?|tagids?|groupids?|level)$"
            ),
            &name,
        )
        // The id of a department is a number wherever the page says it.
        || name == "id" && has(regex!("(?i)^(获取)?(指定)?部门 ?id"), desc)
        || has(
            regex!(
                "数量|总数|次数|个数|秒数|整型|整数|分钟数|天数|单位[为是:]?\\s*(秒|分|元|天|小时|字节|毫秒|ms|m)"
            ),
            desc,
        )
        || has(regex!("_?time$"), &name) && has(regex!("秒"), desc)
        // A number has a top: `最大值为3000`, `大于0，小于99999`.
        || has(regex!("最大值?为 ?[0-9]+(?:$|[^0-9A-Za-z:个位字.])|大于 ?[0-9]+[,且 ]*小于 ?[0-9]"), desc)
        || has(regex!("(时间|时长|间隔)\\(秒\\)"), desc)
    {
        "i64"
    } else {
        "string"
    }
}

/// `key 为字段 id`.
fn keyed(desc: &str) -> bool {
    has(regex!(r"(?i)\bkey\s*(为|是|即|表示)|(键|键名)(为|是)"), desc)
}

/// Objects whose keys are data: ids, indices, words that no row describes.
fn dynamic(field: &Field, mut out: Inferred) -> Inferred {
    let odd = |n: &str| {
        n.bytes().all(|b| b.is_ascii_digit())
            || !n.is_ascii()
            // `key1`, `FIELD_2`: a word alone is a field like others (`"user": [{"userid": "x"}]`).
            || has(regex!(r"(?i)^(key|field|id|view|userid|fieldid|name)_?\d+$|xxx"), n)
            // `FIELD_ID`: what stands in place of a key.
            || has(regex!("^[A-Z][A-Z0-9]*_?(ID|KEY)$"), n)
    };
    let told = field.children.iter().any(|c| c.row.exists);
    // `key 为字段 id`: whatever names the sample has.
    if !told && keyed(&narrow(&field.row.desc)) {
        out.map = true;
        out.guess = Some(&rules::MAP_BY_TEXT);
        return out;
    }
    if !told && field.children.iter().all(|c| odd(&c.name))
        || field.children.iter().any(|c| !c.name.is_ascii())
    {
        out.map = true;
        out.guess = Some(&rules::MAP_BY_KEYS);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::fields::tree;

    #[test]
    fn type_cells() {
        for (text, want) in [
            ("string", (Some("string"), false)),
            ("string[1,32]", (Some("string"), false)),
            ("uint32[]", (Some("u32"), true)),
            ("StringArray", (Some("string"), true)),
            ("array(string)", (Some("string"), true)),
            ("Object数组", (Some("object"), true)),
            ("obj[]", (Some("object"), true)),
            ("Interger", (Some("i64"), false)),
            ("object(Field)", (Some("object"), false)),
            ("unsigned int", (Some("u32"), false)),
            ("", (None, false)),
        ] {
            assert_eq!(cell(text), want, "{text}");
        }
    }

    fn check(ty: &str, desc: &str, sample: &str, want: &str) {
        let mut field = of(sample);
        (field.name, field.row.ty, field.row.desc) = ("f".into(), ty.into(), desc.into());
        assert_eq!(infer(&field).text(), want, "{ty} {desc} {sample}");
    }

    #[test]
    fn names_tell_numbers() {
        for (name, ty, desc, sample, want) in [
            ("to_party", "", "部门列表", "[\"partyid1\"]", "list<i64>"),
            ("departmentids", "", "", "[\"departmentid1\",\"departmentid2\"]", "list<i64>"),
            ("chatid", "", "只允许字符0-9及字母", "\"CHATID\"", "string"),
            ("userids", "", "", "[\"userid1\"]", "list<string>"),
            ("sn_list", "string", "设备列表，最多传入100个", "", "list<string>"),
            ("sn_list", "string", "设备的名单", "", "string"),
            ("grid_name", "", "网格名称", "1", "string"),
            ("create_time", "", "创建时间", "", "unix"),
            ("rest_begin_time", "", "休息开始时间", "", "i64"),
            ("create_time", "", "创建时间，格式为yyyy-mm-dd", "", "date"),
            ("daytime", "", "时间", "", "string"),
        ] {
            let mut field = of(sample);
            (field.name, field.row.ty, field.row.desc) = (name.into(), ty.into(), desc.into());
            assert_eq!(infer(&field).text(), want, "{name} {desc} {sample}");
        }
    }

    fn of(sample: &str) -> Field {
        let mut fields = Vec::new();
        if let Ok(value) = serde_json::from_str(&format!("{{\"f\":{sample}}}")) {
            tree::seed(&mut fields, &value);
        }
        fields.pop().unwrap_or_default()
    }

    #[test]
    fn types() {
        for (ty, desc, sample, want) in [
            ("", "", "1", "i64"),
            ("uint32", "", "1", "u32"),
            ("string", "列表", "[\"a\"]", "list<string>"),
            ("string[]", "", "", "list<string>"),
            ("object", "设置列表型模版数据", "", "json"),
            ("", "成员列表，用‘|’分隔", "\"a|b\"", "pipe<string>"),
            ("", "是否保密。0-否，1-是", "0", "flag"),
            ("", "创建时间戳", "1605000000", "unix"),
            ("", "", "1.5", "f64"),
            ("bool", "", "1", "flag"),
            ("", "", "[[1]]", "list<list<i64>>"),
            ("", "", "{}", "json"),
            ("", "", "{\"key1\":1,\"key2\":2}", "map<object>"),
            ("", "", "[{\"userid\":\"x\"}]", "list<object>"),
            ("uint64", "毫秒时间戳", "1605000000000", "millis"),
            // A name in place of a value is no string.
            ("uint32", "限制", "\"F\"", "u32"),
            ("uint32", "限制", "\"12\"", "string"),
            ("", "", "\"F\"", "string"),
            ("", "部门", "[\"partyid1\"]", "list<string>"),
            ("", "用‘|’分隔", "\"PartyID1|PartyID2\"", "pipe<i64>"),
            // The sample's one object, whatever the cell says.
            ("obj[]", "", "{\"item\":[{\"a\":1}]}", "object"),
            ("string", "true：静音", "true", "bool"),
            ("object", "内容，key 为字段 ID", "{\"a\":1}", "map<object>"),
            ("object", "内容", "{\"FIELD_ID\":1}", "map<object>"),
            ("string", "图片内容的base64编码", "", "base64"),
            ("string", "图片内容（base64编码前）的md5值", "", "string"),
        ] {
            check(ty, desc, sample, want);
        }
    }
}
