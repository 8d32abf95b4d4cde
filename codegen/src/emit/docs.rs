//! Doc text → doc attributes: Markdown made safe for rustdoc, and facts of the structure said in words.

use proc_macro2::TokenStream;
use quote::quote;

use crate::condition::{Condition, Op};
use crate::{ir, names};

/// `/// line` for each line.
pub(super) fn attrs<S: AsRef<str>>(lines: &[S]) -> TokenStream {
    let lines = lines.iter().map(|l| match l.as_ref() {
        "" => String::new(),
        l => format!(" {l}"),
    });
    quote!(#(#[doc = #lines])*)
}

/// `#[doc(alias("/cgi-bin/message/send", "发送应用消息"))]`: what searches lead to an endpoint's page.
pub(super) fn aliases(e: &ir::Endpoint) -> TokenStream {
    // rustdoc refuses quotes in an alias.
    let (path, title) = (path(e), e.title.replace(['"', '\''], ""));
    quote!(#[doc(alias(#path, #title))])
}

/// Markdown of the spec as rustdoc takes it: brackets that are no links and bare URLs are marked up.
pub(super) fn safe(line: &str) -> String {
    let mut out = String::new();
    for (i, part) in line.split('`').enumerate() {
        if i > 0 {
            out.push('`');
        }
        match i % 2 {
            0 => prose(part, &mut out),
            _ => out.push_str(part),
        }
    }
    out
}

fn prose(mut text: &str, out: &mut String) {
    while let Some(at) = text.find("http").filter(|at| {
        let rest = &text[*at..];
        rest.starts_with("http://") || rest.starts_with("https://")
    }) {
        escape(&text[..at], out);
        let rest = &text[at..];
        let end =
            rest.find(|c: char| !c.is_ascii_graphic() || "<>\"'`(){}|".contains(c)).unwrap_or(rest.len());
        out.push('<');
        out.push_str(&rest[..end]);
        out.push('>');
        text = &rest[end..];
    }
    escape(text, out);
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        if "[]<>".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
}

/// A field: its text, then its limits in a line of their own.
pub(super) fn field(f: &ir::Field) -> Vec<String> {
    let mut out: Vec<String> = f.doc.iter().map(|l| safe(l)).collect();
    let facts = facts(f);
    if out.is_empty() {
        out.push(format!("`{}`", f.wire));
    }
    if !facts.is_empty() {
        out.push(String::new());
        out.push(format!("{}。", facts.join("；")));
    }
    if let Some(instead) = &f.deprecated {
        out.push(String::new());
        out.push(if instead.is_empty() {
            "已废弃。".into()
        } else {
            format!("废弃说明：{}", safe(instead))
        });
    }
    out
}

/// What free JSON may be, with links to the types of the same module.
pub(super) fn shapes(api: &ir::Api, module: &str, f: &ir::Field) -> Vec<String> {
    fn word(api: &ir::Api, module: &str, ty: &ir::Ty) -> String {
        match ty {
            ir::Ty::Ref(id) if api.ty(*id).module == module => format!("[`{}`]", api.ty(*id).rust),
            ir::Ty::Ref(id) => format!("`{}::{}`", api.ty(*id).module, api.ty(*id).rust),
            ir::Ty::List(t) => format!("{} 的数组", word(api, module, t)),
            ir::Ty::Map(t) => format!("值为 {} 的对象", word(api, module, t)),
            ir::Ty::Text(t) => format!("{} 的 JSON 文本", word(api, module, t)),
            ir::Ty::Joined(by, t) => format!("以 `{}` 连接的 {}", by.char(), word(api, module, t)),
            ir::Ty::Prim(p) => format!("`{}`", p.word()),
        }
    }
    if f.shapes.is_empty() {
        return vec![];
    }
    let words: Vec<String> = f.shapes.iter().map(|t| word(api, module, t)).collect();
    let how = "以 `serde_json::to_value` 写入，以 `serde_json::from_value` 读出。";
    vec![String::new(), format!("值可为：{}。{how}", words.join("、"))]
}

fn facts(f: &ir::Field) -> Vec<String> {
    let mut out = Vec::new();
    // Without a text of its own the field is introduced by this name anyway. Where only case and underscores differ, as in all of XML,
    // both names lead to the field in rustdoc's search, and a line for each of 1,300 fields would be noise.
    if !names::same_letters(&f.rust, &f.wire) && !f.doc.is_empty() {
        out.push(format!("接口字段名 `{}`", f.wire));
    }
    if let Some(condition) = &f.required_when {
        out.push(format!("{}时必填", safe(&said(condition, 0))));
    }
    if !f.required_words.is_empty() {
        out.push(format!("必填条件：{}", safe(f.required_words.trim_end_matches('。'))));
    }
    if let Some(condition) = &f.when {
        out.push(format!("仅{}时有效", safe(&said(condition, 0))));
    }
    match &f.only {
        Some(ir::Only::Request) => out.push("仅用于请求".into()),
        Some(ir::Only::Response) => out.push("仅在返回里".into()),
        Some(ir::Only::Paths(paths)) => {
            let paths: Vec<String> = paths.iter().map(|p| format!("`{p}`")).collect();
            out.push(format!("仅 {}", paths.join("、")));
        }
        None => {}
    }
    let unit = f.unit.as_deref().and_then(crate::quantity::find).map_or("", |u| u.label);
    if !unit.is_empty() {
        out.push(format!("单位{unit}").replace("单位%", "单位百分之一"));
    }
    let l = &f.limits;
    let w = &f.written;
    out.extend(measures(l, unit, w.bytes.as_deref(), w.range.as_deref()));
    out.extend(limit(&l.items, "项"));
    if let Some(each) = &l.each {
        out.extend(measures(each, unit, None, None).into_iter().map(|t| format!("每项{t}")));
    }
    if l.cut {
        out.push("超出部分截断".into());
    }
    if let Some(rule) = &f.file {
        out.push(file(rule));
    }
    if f.id_trans {
        out.push("支持 id 转译".into());
    }
    if let Some(ttl) = &f.ttl {
        out.push(format!("有效期 {}", written(ttl)));
    }
    if let Some(default) = &f.default {
        let flag = f.ty == ir::Ty::Prim(ir::Prim::Flag);
        let shown = match default.as_str() {
            "0" if flag => "false",
            "1" if flag => "true",
            other => other,
        };
        let more = w.default.as_ref().map_or(String::new(), |d| format!("（{}）", written(d)));
        out.push(if shown.is_empty() { "默认为空".into() } else { format!("默认 `{shown}`{more}") });
    }
    if let Some(since) = &f.since {
        out.push(format!("起始版本：{}", safe(since)));
    }
    if !f.modes.is_empty() {
        let modes: Vec<&str> = f.modes.iter().map(|m| m.title()).collect();
        out.push(format!("仅{}", modes.join("、")));
    }
    out.extend(f.by_mode.iter().map(|(m, t)| format!("{}：{}", m.title(), safe(t.trim_end_matches('。')))));
    out
}

/// Length, size, value, step, choices and alphabet.
fn measures(l: &ir::Limits, unit: &str, bytes: Option<&str>, range: Option<&str>) -> Vec<String> {
    let said = |what: &str, t: String, more: Option<&str>| {
        let t = more.map_or(t.clone(), |m| format!("{t}（{}）", written(m)));
        if t.starts_with(|c: char| c.is_ascii()) { format!("{what} {t}") } else { what.to_owned() + &t }
    };
    let unit = unit.chars().next().filter(|c| *c != '当').map_or("", |_| unit);
    let mut out = Vec::new();
    out.extend(limit(&l.chars, "字符").map(|t| said("长度", t, None)));
    out.extend(limit(&l.bytes, "字节").map(|t| said("长度", t, bytes)));
    out.extend(limit(&l.range, unit).map(|t| said("取值", t, range)));
    out.extend(l.reals.map(reals));
    out.extend(l.step.map(|s| format!("须为 {s} 的整数倍")));
    if !l.choices.is_empty() {
        let list: Vec<String> = l.choices.iter().map(|c| format!("`{c}`")).collect();
        out.push(format!("可取 {}", list.join("、")));
    }
    if let Some(pattern) = &l.pattern {
        out.push(format!("格式 `{}`", pattern.replace('`', "'")));
    }
    out
}

/// `大于 1.3、小于 2.25`
fn reals(r: ir::Reals) -> String {
    let low = r.min.map(|n| format!("{} {n}", if r.above { "大于" } else { "不小于" }));
    let high = r.max.map(|n| format!("{} {n}", if r.below { "小于" } else { "不大于" }));
    format!("取值{}", [low, high].into_iter().flatten().collect::<Vec<_>>().join("、"))
}

/// `..14d` → `不超过 14 天`, `30min` → `30 分钟`: each number with its unit's Chinese name.
fn written(text: &str) -> String {
    let one = |t: &str| match crate::quantity::split(t) {
        Some(Ok((n, Some(unit)))) => {
            let n = n.whole().map_or_else(|| n.float().to_string(), |n| n.to_string());
            if unit.label.is_ascii() {
                format!("{n} {}", unit.label).replace(" %", "%")
            } else {
                format!("{n} {}", unit.label)
            }
        }
        _ => t.to_owned(),
    };
    match text.split_once("..") {
        None => one(text),
        Some(("", max)) => format!("不超过 {}", one(max.trim_start_matches('<'))),
        Some((min, "")) => format!("至少 {}", one(min.trim_end_matches('<'))),
        Some((min, max)) => {
            format!("{}–{}", one(min.trim_end_matches('<')), one(max.trim_start_matches('<')))
        }
    }
}

/// `文件须为 jpg、png，不超过 10485760 字节，1068x455 像素，60 秒`
fn file(rule: &ir::FileRule) -> String {
    let mut parts = Vec::new();
    if !rule.types.is_empty() {
        parts.push(rule.types.join("、"));
    }
    parts.extend(limit(&rule.bytes, "字节"));
    parts.extend(rule.pixels.as_ref().map(|p| match p.strip_prefix("..") {
        Some(most) => format!("不超过 {most} 像素"),
        None => format!("{p} 像素"),
    }));
    parts.extend(limit(&rule.seconds, "秒"));
    format!("文件：{}", parts.join("，"))
}

/// A condition in Chinese, without `时` at its end.
fn said(c: &Condition, depth: usize) -> String {
    let name = |n: &str| match (n.strip_prefix("request."), n.strip_prefix("query.")) {
        (Some(rest), _) | (_, Some(rest)) => format!("请求的 `{rest}` "),
        _ => format!("`{n}` "),
    };
    let join = |list: &[Condition], word: &str| {
        let text = list.iter().map(|c| said(c, depth + 1)).collect::<Vec<_>>().join(word);
        if depth > 0 { format!("（{text}）") } else { text }
    };
    match c {
        Condition::Compare { name: n, op, value } => {
            let word = match op {
                Op::Is => "为",
                Op::Not => "不为",
                Op::Above => "大于",
                Op::AtLeast => "不小于",
                Op::Below => "小于",
                Op::AtMost => "不大于",
            };
            format!("{}{word} {value}", name(n))
        }
        Condition::In { name: n, values } => format!("{}为 {}", name(n), values.join("、")),
        Condition::Set(n) => format!("{}已填", name(n)),
        Condition::Unset(n) => format!("{}未填", name(n)),
        Condition::Not(inner) => match &**inner {
            Condition::Set(n) => format!("{}未填", name(n)),
            Condition::Unset(n) => format!("{}已填", name(n)),
            Condition::In { name: n, values } => format!("{}不为 {}", name(n), values.join("、")),
            other => format!("并非{}", said(other, depth + 1)),
        },
        Condition::All(list) => join(list, "且"),
        Condition::Any(list) => join(list, "，或"),
    }
}

/// Groups of fields of which some must be there, a line each.
pub(super) fn choices(list: &[ir::Choice]) -> Vec<String> {
    list.iter()
        .map(|c| {
            let names: Vec<String> = c
                .alternatives
                .iter()
                .map(|a| a.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join("与"))
                .collect();
            let names = names.join("、");
            match c.rule {
                ir::ChoiceRule::AnyOf => format!("{names} 至少填一项。"),
                ir::ChoiceRule::OneOf => format!("{names} 须填且只填一项。"),
                ir::ChoiceRule::AtMostOne => format!("{names} 至多填一项。"),
            }
        })
        .collect()
}

/// `1–64 字符`, `不超过 64 字符`, `至少 1 字符`.
pub(super) fn limit(l: &ir::Limit, unit: &str) -> Option<String> {
    let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
    match (l.min, l.max) {
        (None, None) => None,
        (Some(a), Some(b)) if a == b => Some(format!("{a}{unit}")),
        (Some(a), Some(b)) => Some(format!("{a}–{b}{unit}")),
        (Some(a), None) => Some(format!("至少 {a}{unit}")),
        (None, Some(b)) => Some(format!("不超过 {b}{unit}")),
    }
}

/// The first sentence, for setters.
pub(super) fn first_sentence(f: &ir::Field) -> String {
    let line = f.doc.first().map_or("", String::as_str);
    // A full stop inside a code span ends nothing.
    let mut code = false;
    let end = line.char_indices().find(|(_, c)| {
        code ^= *c == '`';
        *c == '。' && !code
    });
    let sentence = safe(end.map_or(line, |(at, _)| &line[..at]).trim());
    if sentence.is_empty() { format!("`{}`", f.wire) } else { sentence }
}

/// An endpoint: title, line of facts, text, permission, rates, errors, example.
pub(super) fn endpoint(e: &ir::Endpoint, groups: &[String], example: &[String]) -> Vec<String> {
    let mut out = vec![safe(&e.title), String::new()];
    let method = if e.post { "POST" } else { "GET" };
    let mut line = format!("`{method} {}`", path(e));
    line.push_str(&page(&e.source));
    out.push(line);
    if e.status == ir::Status::SeenLive {
        out.extend([String::new(), "官方文档未收录，服务端仍应答。".into()]);
    }
    section(&mut out, "", &e.doc);
    section(&mut out, "", groups);
    section(&mut out, "", &[callers(&e.modes)]);
    section(&mut out, "权限", &e.permission);
    let rates: Vec<String> = e.rate.iter().map(rate).collect();
    section(&mut out, "频率", &rates);
    let errors: Vec<String> = e
        .errors
        .iter()
        .map(
            |(code, text)| if text.is_empty() { format!("- `{code}`") } else { format!("- `{code}` {text}") },
        )
        .collect();
    section(&mut out, "错误码", &errors);
    if !example.is_empty() {
        out.extend([String::new(), "# 示例".into(), String::new(), "```no_run".into()]);
        out.extend(example.iter().cloned());
        out.push("```".into());
    }
    out
}

/// The kinds of applications that an endpoint or event is for.
fn callers(modes: &[ir::Mode]) -> String {
    let modes: Vec<&str> = modes.iter().map(|m| m.title()).collect();
    format!("适用：{}。", modes.join("、"))
}

/// An event: title, discriminators, page, text, reply, permission.
pub(super) fn event(e: &ir::Event) -> Vec<String> {
    let mut out = vec![safe(&e.title), String::new()];
    let matches: Vec<String> = crate::schema::DISCRIMINATORS
        .iter()
        .filter_map(|k| e.matches.get(*k).map(|v| format!("`{k}={v}`")))
        .collect();
    let mut line = matches.join(" ");
    line.push_str(&page(&e.source));
    out.push(line);
    if !e.doc.is_empty() {
        out.push(String::new());
        out.extend(e.doc.iter().map(|l| safe(l)));
    }
    section(&mut out, "", &[callers(&e.modes)]);
    let reply = match (e.reply.as_str(), e.reply_type) {
        (ty, Some(_)) => format!("可回复 `{}`。", ty.replace('.', "::")),
        ("message", _) => "可被动回复消息。".to_owned(),
        ("card", _) => "可回复模板卡片更新。".to_owned(),
        ("taskcard", _) => "可回复任务卡片更新。".to_owned(),
        ("text", _) => "须回复指定文本。".to_owned(),
        _ => String::new(),
    };
    if !reply.is_empty() {
        out.extend([String::new(), reply]);
    }
    section(&mut out, "权限", &e.permission);
    out
}

/// `#[doc(alias = "新增成员事件")]`
pub(super) fn event_alias(e: &ir::Event) -> TokenStream {
    let name = safe(&e.title).replace(['"', '\'', '\\'], "");
    quote!(#[doc(alias = #name)])
}

/// ` · 官方文档 · 更新于 …`: the main page and its date, empty where there is none.
pub(super) fn page(sources: &[ir::Source]) -> String {
    let Some(source) = sources.first() else { return String::new() };
    let updated = source.updated.as_ref().map_or(String::new(), |date| format!(" · 更新于 {date}"));
    format!(" · [官方文档](https://developer.work.weixin.qq.com/document/path/{}){updated}", source.page)
}

/// The path with its fixed query.
pub(super) fn path(e: &ir::Endpoint) -> String {
    let query: Vec<String> = e.fixed.iter().map(|(k, v)| format!("{k}={v}")).collect();
    if query.is_empty() { e.path.clone() } else { format!("{}?{}", e.path, query.join("&")) }
}

fn rate(r: &ir::Rate) -> String {
    let per = match r.per.as_str() {
        "second" => "秒",
        "minute" => "分钟",
        "hour" => "小时",
        "day" => "天",
        "week" => "周",
        _ => "月",
    };
    let scope = match r.scope.as_str() {
        "corp" => "每企业",
        "app" => "每应用",
        "member" => "每成员",
        "ip" => "每 IP",
        "provider" => "每服务商",
        "suite" => "每第三方应用",
        "external_user" => "每外部联系人",
        "group" => "每群",
        "robot" => "每机器人",
        "agent_member" => "每应用对每成员",
        _ => "每接口",
    };
    let tail = if r.doc.is_empty() { String::new() } else { format!("：{}", r.doc) };
    let modes: Vec<&str> = r.modes.iter().map(|m| m.title()).collect();
    let modes = if modes.is_empty() { String::new() } else { format!("（{}）", modes.join("、")) };
    format!("- {scope} {} 次/{per}{modes}{tail}", r.calls)
}

fn section(out: &mut Vec<String>, title: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    out.push(String::new());
    if !title.is_empty() {
        out.extend([format!("# {title}"), String::new()]);
    }
    out.extend(lines.iter().map(|l| safe(l)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_is_safe_for_rustdoc() {
        for (text, want) in [
            ("取值 [0, 2^32)", "取值 \\[0, 2^32)"),
            ("`a[0]` 与 <a>", "`a[0]` 与 \\<a\\>"),
            ("见 https://work.weixin.qq.com/x?a=1，再试", "见 <https://work.weixin.qq.com/x?a=1>，再试"),
            ("协议头(http/https)", "协议头(http/https)"),
            ("`https://a.b/c` 不变", "`https://a.b/c` 不变"),
        ] {
            assert_eq!(safe(text), want);
        }
    }

    #[test]
    fn limits_read_as_words() {
        for (min, max, want) in [
            (Some(1), Some(64), Some("1–64 字符")),
            (None, Some(64), Some("不超过 64 字符")),
            (Some(1), None, Some("至少 1 字符")),
            (Some(32), Some(32), Some("32 字符")),
            (None, None, None),
        ] {
            assert_eq!(limit(&ir::Limit { min, max }, "字符").as_deref(), want);
        }
    }
}
