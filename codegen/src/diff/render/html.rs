//! For a browser: one file that asks for nothing else.

use std::collections::{BTreeMap, BTreeSet};

use super::{Report, module_title, shared};
use crate::diff::{Change, Class, rules};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The report as a page.
pub fn html(report: &Report<'_>) -> String {
    let title = format!("API changes: {} → {}", report.base, report.head);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n\
         <link rel=\"icon\" href=\"data:,\">\n<title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n",
        escape(&title)
    );
    out.push_str(&format!(
        "<h1>API changes: <code>{}</code> → <code>{}</code></h1>\n",
        escape(report.base),
        escape(report.head)
    ));
    out.push_str(&format!("<p class=\"dim\">{}</p>\n", escape(&capital(&report.bump()))));
    for warning in report.warnings {
        out.push_str(&format!("<p class=\"warn\">{}</p>\n", inline(warning)));
    }
    out.push_str(&sums(report));
    let modules = report.modules();
    if modules.is_empty() {
        out.push_str("<p>No changes.</p>\n</body>\n</html>\n");
        return out;
    }
    out.push_str(&bar(&modules));
    // Ids are links: two changes of one name get a number.
    let mut ids: BTreeMap<String, usize> = BTreeMap::new();
    let total = report.listed().count();
    for (index, (name, list)) in modules.iter().enumerate() {
        let major = list.iter().filter(|c| c.class() == Class::Major).count();
        // Of many changes the breaks are open, of very many the gravest module: the rest is a list of modules to choose from.
        let open = match total {
            0..=60 => true,
            61..=300 => major > 0,
            _ => index == 0,
        };
        let open = if open { " open" } else { "" };
        let grave = if major > 0 {
            format!(" <span class=\"tag major\">{major} major</span>")
        } else {
            String::new()
        };
        out.push_str(&format!(
            "<details class=\"module\"{open}>\n<summary>{} <span class=\"dim\">{} changes</span>{grave}</summary>\n",
            escape(module_title(name)),
            list.len()
        ));
        for c in list {
            let n = ids.entry(c.id()).or_default();
            *n += 1;
            let id = if *n == 1 { c.id() } else { format!("{}:{n}", c.id()) };
            out.push_str(&article(c, &id, report));
        }
        out.push_str("</details>\n");
    }
    out.push_str(&legend(report));
    out.push_str(&format!("<script>\n{SCRIPT}</script>\n</body>\n</html>\n"));
    out
}

fn sums(report: &Report<'_>) -> String {
    let mut out = String::from("<ul class=\"sums\">\n");
    let mut cell = |value: &str, label: &str, class: &str| {
        out.push_str(&format!("<li><b class=\"{class}\">{value}</b>{label}</li>\n"));
    };
    cell(report.diff.rust().word(), "for Rust callers", report.diff.rust().word());
    cell(report.diff.wire().word(), "on the wire", report.diff.wire().word());
    for class in [Class::Major, Class::Minor, Class::Patch] {
        cell(
            &report.count(class).to_string(),
            class.word(),
            if report.count(class) > 0 { class.word() } else { "" },
        );
    }
    let hint = if report.docs { "changed texts" } else { "changed texts (not listed)" };
    cell(&report.diff.docs().to_string(), hint, "");
    out.push_str("</ul>\n");
    out
}

fn bar(modules: &[(&str, Vec<&Change>)]) -> String {
    let mut names: Vec<&str> = modules.iter().map(|(m, _)| *m).collect();
    names.sort();
    let options: String = names
        .iter()
        .map(|m| {
            format!("<option value=\"{}\">{}</option>", escape(module_value(m)), escape(module_title(m)))
        })
        .collect();
    format!(
        "<form class=\"bar\" onsubmit=\"return false\">\n\
         <input id=\"text\" type=\"search\" placeholder=\"Filter by text\" aria-label=\"Filter by text\">\n\
         <select id=\"side\" aria-label=\"Side\"><option value=\"\">Rust or wire</option><option value=\"rust\">Rust</option><option value=\"wire\">wire</option></select>\n\
         <select id=\"class\" aria-label=\"Class\"><option value=\"\">all classes</option><option>major</option><option>minor</option><option>patch</option></select>\n\
         <select id=\"module\" aria-label=\"Module\"><option value=\"\">all modules</option>{options}</select>\n\
         <button id=\"fold\" type=\"button\">Open all</button>\n\
         <span id=\"shown\" role=\"status\"></span>\n</form>\n"
    )
}

/// The catalogue has no module name, and an empty value means all.
fn module_value(name: &str) -> &str {
    if name.is_empty() { "-" } else { name }
}

fn article(c: &Change, id: &str, report: &Report<'_>) -> String {
    let class = c.class().word();
    let mut out = format!(
        "<article id=\"{id}\" class=\"{class}\" data-class=\"{class}\" data-rust=\"{}\" data-wire=\"{}\" data-module=\"{}\">\n",
        c.rust.word(),
        c.wire.word(),
        escape(module_value(&c.module)),
        id = escape(id),
    );
    let place = if c.path.is_empty() {
        String::new()
    } else {
        format!(" <code class=\"dim\">{}</code>", escape(&c.path))
    };
    out.push_str(&format!(
        "<p><code>{}</code>{place}<a class=\"anchor\" href=\"#{}\" aria-label=\"Link to this change\">#</a></p>\n",
        escape(c.subject()),
        escape(&fragment(id)),
    ));
    let guess = if c.guess { " <span class=\"tag\">a guess</span>" } else { "" };
    out.push_str(&format!("<p>{}{guess}</p>\n", inline(&c.text)));
    out.push_str(&format!(
        "<p><span class=\"tag {0}\">Rust: {0}</span><span class=\"tag {1}\">wire: {1}</span><a class=\"mono dim\" href=\"#rule-{2}\">{2}</a></p>\n",
        c.rust.word(),
        c.wire.word(),
        c.rule
    ));
    if !c.item.is_empty() && c.item != c.subject() {
        out.push_str(&format!("<p class=\"dim\">Rust: <code>{}</code></p>\n", escape(&c.item)));
    }
    let more = shared(c);
    if !more.is_empty() {
        out.push_str(&format!("<p class=\"dim\">{}</p>\n", escape(&more)));
    }
    if !(c.old.is_empty() && c.new.is_empty()) {
        out.push_str(&format!(
            "<div class=\"sides\"><pre class=\"o\" aria-label=\"before\">{}</pre><pre class=\"n\" aria-label=\"after\">{}</pre></div>\n",
            escape(&c.old),
            escape(&c.new)
        ));
    }
    if let Some(reason) = report.allowed.get(&c.id()) {
        out.push_str(&format!("<p class=\"dim\">allowed: {}</p>\n", escape(reason)));
    }
    out.push_str("</article>\n");
    out
}

/// The rules that occur, each with what a caller does.
fn legend(report: &Report<'_>) -> String {
    let codes: BTreeSet<&str> = report.listed().map(|c| c.rule).collect();
    let mut out = String::from("<h2>What the codes mean</h2>\n");
    for rule in codes.iter().filter_map(|c| rules::rule(c)) {
        out.push_str(&format!(
            "<div class=\"code\" id=\"rule-{0}\"><p><code>{0}</code> {1}. {2}<br><span class=\"dim\">Example: {3}. To do: {4}</span></p></div>\n",
            rule.code,
            inline(rule.title),
            inline(rule.explanation),
            inline(rule.example),
            inline(rule.advice)
        ));
    }
    out
}

/// Text whose code spans are shown as such.
fn inline(text: &str) -> String {
    let mut out = String::new();
    let parts: Vec<&str> = text.split('`').collect();
    let last = parts.len() - 1;
    for (i, part) in parts.iter().enumerate() {
        match i % 2 {
            0 => out.push_str(&escape(part)),
            _ if i == last => out.push_str(&format!("`{}", escape(part))),
            _ => out.push_str(&format!("<code>{}</code>", escape(part))),
        }
    }
    out
}

/// An id as a fragment of a URL.
fn fragment(id: &str) -> String {
    let mut out = String::new();
    for byte in id.bytes() {
        match byte {
            b'a'..=b'z'
            | b'A'..=b'Z'
            | b'0'..=b'9'
            | b'-'
            | b'.'
            | b'_'
            | b'~'
            | b':'
            | b'/'
            | b'?'
            | b'=' => out.push(byte as char),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |c| c.to_uppercase().chain(chars).collect())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
