//! The canonical form of spec files: one way to write each thing, so that tools and people edit the same file without noise.

use crate::schema;
use crate::source::{Report, SourceFile, columns};
use crate::yaml::{self, Kind, Node};

/// Keys of small mappings: `each`, `file`, `by_mode`.
const SMALL: &[&str] = &[
    "types",
    "chars",
    "bytes",
    "range",
    "pattern",
    "pixels",
    "seconds",
    "internal",
    "third_party",
    "provider",
    "hardware",
];

/// What a line may be wide; a wide character counts two.
const WIDTH: usize = 120;

/// What a node is, and so how it is written.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Module,
    Events,
    ErrorsFile,
    /// Entries of `commands`, in the given order.
    Commands,
    Command,
    CommandBody,
    /// Entries of `endpoints`, sorted by path.
    Endpoints,
    Endpoint,
    EventMap,
    Event,
    Groups,
    Types,
    Type,
    Body,
    File,
    Fields,
    Field,
    Values,
    Value,
    Union,
    Unions,
    Variants,
    Variant,
    Paging,
    /// `code: text`
    Codes,
    Error,
    Match,
    /// A mapping of a few scalars, such as `each`.
    Small,
    /// A condition.
    Condition,
    /// `name: text`
    Grants,
    /// `modules.yaml`
    Features,
    Feature,
    /// A list of one-line mappings with these keys.
    Rows(&'static [&'static str]),
    /// Words or texts.
    Plain,
}

impl Place {
    /// The place of a key's value.
    fn of(self, key: &str) -> Place {
        use Place::*;
        match (self, key) {
            (Module, "endpoints") => Endpoints,
            (Module, "commands") => Commands,
            (Commands, _) => Command,
            (Module | Events, "types") => Types,
            (Events, "groups") => Groups,
            (Events, "events") => EventMap,
            (Endpoints, _) => Endpoint,
            (EventMap, _) => Event,
            (Groups, _) => Fields,
            (Types, _) => Type,
            (ErrorsFile, _) => Error,
            (Features, _) => Feature,
            (Endpoint | Command | Event, "source") => Rows(schema::SOURCE),
            (Endpoint | Command | Event, "departures") => Rows(schema::DEPARTURE),
            (Endpoint | Command, "rate") => Rows(schema::RATE),
            (Endpoint | Command, "errors") => Codes,
            (Endpoint, "query" | "request" | "response") => Body,
            (Command, "request" | "response") => CommandBody,
            (Endpoint, "paging") => Paging,
            (Event, "match") => Match,
            (Body, "file") => File,
            (Body | CommandBody | Field | Variant | Type | Event, "fields") => Fields,
            (Body | CommandBody | Field | Variant | Type | Event, "union") => Union,
            (Body | CommandBody | Field | Variant | Type | Event, "unions") => Unions,
            (Fields, _) => Field,
            (Field, "each" | "file" | "by_mode") => Small,
            (Field, "required" | "when") => Condition,
            (Field | Type, "values") => Values,
            (Values, _) => Value,
            (Union, "variants") => Variants,
            (Variants, _) => Variant,
            _ => Plain,
        }
    }

    /// The order of keys, where one is due.
    fn order(self) -> Option<&'static [&'static str]> {
        use Place::*;
        Some(match self {
            Module => schema::MODULE,
            Events => schema::EVENTS,
            Endpoint => schema::ENDPOINT,
            Command => schema::COMMAND,
            CommandBody => schema::COMMAND_BODY,
            Event => schema::EVENT,
            Type => schema::TYPE,
            Body => schema::BODY,
            File => schema::FILE,
            Field => schema::FIELD,
            Value => schema::VALUE,
            Union => schema::UNION,
            Variant => schema::VARIANT,
            Paging => schema::PAGING,
            Error => schema::ERROR,
            Feature => schema::FEATURE,
            Match => schema::DISCRIMINATORS,
            Small => SMALL,
            Rows(keys) => keys,
            _ => return None,
        })
    }
}

/// Whether a field that fits a line stands on one.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Lines,
    Blocks,
}

/// The text of a file with a line for each key of each field: what edits by lines work on. It says what the canonical text says.
pub fn blocks(file: &SourceFile) -> Option<String> {
    let node = yaml::parse(file, 0, &mut Report::default())?;
    laid_out(file, &node, Form::Blocks)
}

/// The canonical text of a file, or `None` when it is not YAML that can be read, or holds comments that would be lost.
pub fn format(file: &SourceFile) -> Option<String> {
    let mut report = Report::default();
    let node = yaml::parse(file, 0, &mut report)?;
    // A file is a mapping; whatever else stands there lint refuses, and here it stays as it is.
    let sound = matches!(&node.kind, Kind::Map(entries) if !entries.is_empty());
    if !report.diagnostics.is_empty() || !sound {
        return None;
    }
    written(file, &node)
}

/// The canonical text of a file that holds this.
pub(crate) fn written(file: &SourceFile, node: &Node) -> Option<String> {
    laid_out(file, node, Form::Lines)
}

fn laid_out(file: &SourceFile, node: &Node, form: Form) -> Option<String> {
    if !matches!(&node.kind, Kind::Map(entries) if !entries.is_empty()) {
        return None;
    }
    let place = match file.path.as_str() {
        "errors.yaml" => Place::ErrorsFile,
        schema::FORMAT_FILE => Place::Plain,
        schema::GRANTS_FILE => Place::Grants,
        schema::MODULES_FILE => Place::Features,
        p if p.starts_with("events/") => Place::Events,
        _ => Place::Module,
    };
    let mut out = String::new();
    for line in file.text.lines().take_while(|l| l.starts_with('#') || l.trim().is_empty()) {
        if line.starts_with('#') {
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
    block(node, place, 0, form, &mut out);
    Some(out)
}

fn entries(node: &Node, place: Place) -> Vec<&(Node, Node)> {
    let Kind::Map(list) = &node.kind else { return vec![] };
    let mut list: Vec<&(Node, Node)> = list.iter().collect();
    let key = |e: &(Node, Node)| e.0.text().unwrap_or_default().to_owned();
    if let Some(order) = place.order() {
        list.sort_by_key(|e| order.iter().position(|k| Some(*k) == e.0.text()).unwrap_or(usize::MAX));
    } else if matches!(place, Place::Endpoints | Place::Types | Place::Grants | Place::Features) {
        list.sort_by_key(|e| key(e));
    } else if matches!(place, Place::ErrorsFile | Place::Codes) {
        list.sort_by_key(|e| key(e).parse::<i64>().unwrap_or(i64::MAX));
    }
    list
}

/// Writes a mapping or a list as a block.
fn block(node: &Node, place: Place, indent: usize, form: Form, out: &mut String) {
    let pad = " ".repeat(indent);
    for (key, value) in entries(node, place) {
        out.push_str(&pad);
        out.push_str(&scalar(key, false, indent));
        out.push(':');
        let name = key.text().unwrap_or_default();
        let inner = place.of(name);
        match &value.kind {
            Kind::Scalar { .. } => {
                let text = scalar(&canonical(value, inner), false, indent);
                if !text.is_empty() {
                    out.push(' ');
                    out.push_str(&text);
                }
                out.push('\n');
            }
            Kind::Map(list) if list.is_empty() => out.push_str(" {}\n"),
            Kind::Map(_) if is_line(value, inner, form) && fits(value, inner, width(out), out) => {}
            Kind::Map(_) => {
                out.push('\n');
                block(value, inner, indent + 2, form, out);
            }
            Kind::Seq(list) if list.is_empty() => out.push_str(" []\n"),
            Kind::Seq(list) if inner == Place::Plain => {
                out.push_str(" [");
                for (i, item) in list.iter().enumerate() {
                    if i > 0 {
                        out.push_str(", ");
                    }
                    line(item, Place::Plain, out);
                }
                out.push_str("]\n");
            }
            Kind::Seq(list) => {
                out.push('\n');
                for item in list {
                    sequence_item(item, inner, indent + 2, form, out);
                }
            }
        }
    }
}

fn sequence_item(item: &Node, place: Place, indent: usize, form: Form, out: &mut String) {
    let pad = " ".repeat(indent);
    if place == Place::Unions && matches!(item.kind, Kind::Map(_)) {
        let mut inner = String::new();
        block(item, Place::Union, indent + 2, form, &mut inner);
        out.push_str(&pad);
        out.push_str("- ");
        out.push_str(inner.trim_start());
        return;
    }
    out.push_str(&pad);
    out.push('-');
    if place == Place::Rows(schema::RATE) && is_map(item) && !fits(item, place, indent + 1, out) {
        let mut inner = String::new();
        block(item, place, indent + 2, form, &mut inner);
        out.push(' ');
        out.push_str(inner.trim_start());
        return;
    }
    if place != Place::Rows(schema::RATE) || !is_map(item) {
        out.push(' ');
        line(item, place, out);
        out.push('\n');
    }
}

fn is_map(node: &Node) -> bool {
    matches!(node.kind, Kind::Map(_))
}

/// Writes a node behind what stands on the line already, if both fit; an event's `match` always does.
fn fits(node: &Node, place: Place, before: usize, out: &mut String) -> bool {
    let mut text = String::from(" ");
    line(node, place, &mut text);
    if place != Place::Match && before + width(&text) > WIDTH {
        return false;
    }
    out.push_str(&text);
    out.push('\n');
    true
}

/// How wide the last line of a text is.
fn width(text: &str) -> usize {
    columns(text.rsplit('\n').next().unwrap_or_default())
}

/// Conditions have one form.
fn canonical(node: &Node, place: Place) -> Node {
    let read = |text: &str| crate::condition::Condition::parse(text).ok().map(|c| c.to_string());
    match &node.kind {
        Kind::Scalar { text, plain } if place == Place::Condition && text != "true" && text != "false" => {
            let text = read(text).unwrap_or_else(|| text.clone());
            Node { pos: node.pos, kind: Kind::Scalar { text, plain: *plain } }
        }
        _ => node.clone(),
    }
}

/// What is written on one line.
fn is_line(node: &Node, place: Place, form: Form) -> bool {
    let Kind::Map(list) = &node.kind else { return false };
    match place {
        Place::Match => true,
        Place::Field if form == Form::Blocks => false,
        Place::Value | Place::Field | Place::Variant | Place::Feature | Place::Small => {
            list.iter().all(|(k, v)| is_short(v, place.of(k.text().unwrap_or_default())))
        }
        _ => false,
    }
}

/// A scalar of one line, a list of such, a small mapping of both.
fn is_short(node: &Node, place: Place) -> bool {
    match &node.kind {
        Kind::Scalar { text, .. } => !text.trim_end().contains('\n'),
        Kind::Seq(list) => list.iter().all(|n| is_short(n, Place::Plain)),
        Kind::Map(list) => {
            place == Place::Small && list.iter().all(|(_, v)| !is_map(v) && is_short(v, Place::Plain))
        }
    }
}

/// Writes a node on one line.
fn line(node: &Node, place: Place, out: &mut String) {
    match &node.kind {
        Kind::Scalar { .. } => out.push_str(&scalar(&canonical(node, place), true, 0)),
        Kind::Seq(list) => {
            out.push('[');
            for (i, item) in list.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                line(item, Place::Plain, out);
            }
            out.push(']');
        }
        Kind::Map(_) => {
            out.push('{');
            for (i, (key, value)) in entries(node, place).into_iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                out.push_str(&scalar(key, true, 0));
                out.push_str(": ");
                line(value, place.of(key.text().unwrap_or_default()), out);
            }
            out.push('}');
        }
    }
}

fn scalar(node: &Node, flow: bool, indent: usize) -> String {
    let Kind::Scalar { text, plain } = &node.kind else { return String::new() };
    let text: Vec<&str> = text.trim_end().split('\n').map(str::trim_end).collect();
    let text = text.join("\n");
    if text.contains('\n') && !flow && !text.starts_with([' ', '\n']) && !text.chars().any(is_control) {
        let pad = " ".repeat(indent + 2);
        let lines: Vec<String> =
            text.lines().map(|l| if l.is_empty() { String::new() } else { format!("{pad}{l}") }).collect();
        return format!("|-\n{}", lines.join("\n"));
    }
    if text.is_empty() && *plain {
        return if flow { "\"\"".into() } else { String::new() };
    }
    if is_plain(&text, flow) && (*plain || !looks_typed(&text)) { text } else { quoted(&text) }
}

fn is_control(c: char) -> bool {
    c.is_control() && c != '\n'
}

/// Whether YAML reads the text back without quotes.
fn is_plain(text: &str, flow: bool) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let second = text.chars().nth(1);
    if matches!(first, '-' | '?' | ':') && second.is_none_or(|c| c == ' ' || (flow && ",[]{}".contains(c))) {
        return false;
    }
    !",[]{}#&*!|>'\"%@`".contains(first)
        && first != ' '
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.starts_with("---")
        && !text.starts_with("...")
        && !text.contains('\u{feff}')
        && !text.chars().any(char::is_control)
        && !(flow && (text.contains([',', '[', ']', '{', '}']) || text.contains(":\"")))
}

/// Whether YAML would read the plain text as something else than a string.
fn looks_typed(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    matches!(
        lower.as_str(),
        "true" | "false" | "null" | "~" | "yes" | "no" | "on" | "off" | ".inf" | "-.inf" | ".nan"
    ) || text.parse::<f64>().is_ok()
        || text.starts_with(|c: char| c.is_ascii_digit())
            && text.chars().all(|c| c.is_ascii_digit() || "-:.xo_TZ+".contains(c))
}

/// The text in double quotes.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || c == '\u{feff}' => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: &str) {
        let file = SourceFile { path: "a/b.yaml".into(), text: text.into() };
        let got = format(&file).expect("readable");
        assert_eq!(got, want);
        let again = SourceFile { path: "a/b.yaml".into(), text: got.clone() };
        assert_eq!(format(&again).as_deref(), Some(got.as_str()), "a second run changes nothing");
    }

    #[test]
    fn keys_are_ordered_and_endpoints_sorted() {
        check(
            "title: T\nmodule: m\nendpoints:\n  /cgi-bin/m/b: {auth: none, method: GET, title: B}\n  /cgi-bin/m/a:\n    title: A\n",
            "module: m\ntitle: T\nendpoints:\n  /cgi-bin/m/a:\n    title: A\n  /cgi-bin/m/b:\n    title: B\n    method: GET\n    auth: none\n",
        );
    }

    #[test]
    fn scalars_are_quoted_only_where_they_must() {
        check("module: \"m\"\ntitle: 'a: b'\ndoc: \"2025\"\n", "module: m\ntitle: \"a: b\"\ndoc: \"2025\"\n");
        check("module: m\ntitle: t\ndoc: >-\n  一\n  二\n", "module: m\ntitle: t\ndoc: 一 二\n");
        check(
            "module: m\ntitle: t\ndoc: \"一\\n\\n- 二  \"\n",
            "module: m\ntitle: t\ndoc: |-\n  一\n\n  - 二\n",
        );
    }

    #[test]
    fn rows_stand_on_one_line() {
        check(
            "module: m\ntitle: t\nendpoints:\n  /cgi-bin/m/a:\n    modes:\n      - internal\n      - provider\n    source:\n      - doc_id: 2\n        page: 1\n    errors:\n      60011: x\n      40003: \"\"\n",
            "module: m\ntitle: t\nendpoints:\n  /cgi-bin/m/a:\n    modes: [internal, provider]\n    source:\n      - {page: 1, doc_id: 2}\n    errors:\n      40003: \"\"\n      60011: x\n",
        );
    }
}
