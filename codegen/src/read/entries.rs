//! One mapping as it is read: its keys, and values of the kinds that the format has.

use crate::condition::Condition;
use crate::ir::{Auth, Mode, Prim};
use crate::model::TypeExpr;
use crate::schema;
use crate::source::{At, Pos, Report};
use crate::yaml::{Kind, Node};

/// A mapping being read: remembers what may stand in it and reports the rest.
pub(crate) struct Entries<'n, 'r> {
    node: &'n Node,
    what: String,
    pub(crate) report: &'r mut Report,
}

impl<'n, 'r> Entries<'n, 'r> {
    /// Begins to read a mapping whose keys are known.
    pub(crate) fn new(
        node: &'n Node,
        what: impl Into<String>,
        known: &[&str],
        report: &'r mut Report,
    ) -> Option<Self> {
        let what = what.into();
        let Kind::Map(entries) = &node.kind else {
            report.error(
                "wrong-kind",
                node.pos,
                format!("{what} is {}, not a mapping", node.word()),
                format!("write it as `key: value` lines; keys: {}", known.join(", ")),
            );
            return None;
        };
        for (key, _) in entries {
            let text = key.text().unwrap_or_default();
            if !known.contains(&text) {
                let help = schema::propose(text, known);
                report.error("unknown-key", key.pos, format!("{what} has no key `{text}`"), help);
            }
        }
        Some(Entries { node, what, report })
    }

    pub(crate) fn pos(&self) -> Pos {
        self.node.pos
    }

    pub(crate) fn get(&self, key: &str) -> Option<&'n Node> {
        self.node.get(key)
    }

    /// A text; missing or empty is reported when needed.
    pub(crate) fn text(&mut self, key: &str) -> Option<At<String>> {
        let node = self.get(key)?;
        match &node.kind {
            Kind::Scalar { text, .. } if !text.trim().is_empty() => {
                Some(At::new(text.trim_end().to_owned(), node.pos))
            }
            Kind::Scalar { .. } => {
                let message = format!("`{key}` of {} is empty", self.what);
                self.report.error(
                    "empty-text",
                    node.pos,
                    message,
                    format!("give it a text, or remove `{key}`"),
                );
                None
            }
            _ => {
                let message = format!("`{key}` of {} is {}, not a text", self.what, node.word());
                self.report.error("wrong-kind", node.pos, message, format!("write `{key}: …` on one line"));
                None
            }
        }
    }

    pub(crate) fn need(&mut self, key: &str) -> Option<At<String>> {
        if self.get(key).is_none() {
            let message = format!("{} lacks `{key}`", self.what);
            self.report.error("missing-key", self.node.pos, message, format!("add `{key}: …`"));
            return None;
        }
        self.text(key)
    }

    pub(crate) fn string(&mut self, key: &str) -> Option<String> {
        self.text(key).map(|t| t.value)
    }

    pub(crate) fn boolean(&mut self, key: &str) -> Option<bool> {
        let node = self.get(key)?;
        match node.text() {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => {
                let message = format!("`{key}` of {} is neither true nor false", self.what);
                self.report.error(
                    "wrong-kind",
                    node.pos,
                    message,
                    format!("write `{key}: true`, or remove it"),
                );
                None
            }
        }
    }

    pub(crate) fn integer(&mut self, key: &str) -> Option<At<i64>> {
        let node = self.get(key)?;
        match node.text().and_then(|t| t.replace('_', "").parse().ok()) {
            Some(n) => Some(At::new(n, node.pos)),
            None => {
                let message = format!("`{key}` of {} is not a whole number", self.what);
                self.report.error("wrong-kind", node.pos, message, format!("write digits: `{key}: 30`"));
                None
            }
        }
    }

    /// One of a closed set of words.
    pub(crate) fn word<T: Copy>(&mut self, key: &str, known: &[(&str, T)]) -> Option<At<T>> {
        let text = self.text(key)?;
        self.one_of(key, &text, known)
    }

    fn one_of<T: Copy>(&mut self, key: &str, text: &At<String>, known: &[(&str, T)]) -> Option<At<T>> {
        if let Some((_, value)) = known.iter().find(|(w, _)| *w == text.value) {
            return Some(At::new(*value, text.pos));
        }
        let words: Vec<&str> = known.iter().map(|(w, _)| *w).collect();
        let message = format!("`{key}` of {} cannot be `{}`", self.what, text.value);
        self.report.error("unknown-word", text.pos, message, schema::propose(&text.value, &words));
        None
    }

    pub(crate) fn list(&mut self, key: &str) -> &'n [Node] {
        match self.get(key).map(|n| (&n.kind, n)) {
            Some((Kind::Seq(items), _)) => items,
            None => &[],
            Some((_, node)) => {
                let message = format!("`{key}` of {} is {}, not a list", self.what, node.word());
                self.report.error("wrong-kind", node.pos, message, format!("write `{key}: [a, b]`"));
                &[]
            }
        }
    }

    pub(crate) fn words(&mut self, key: &str) -> Vec<At<String>> {
        let mut out = Vec::new();
        for node in self.list(key) {
            match node.text() {
                Some(text) => out.push(At::new(text.to_owned(), node.pos)),
                None => {
                    let message = format!("an element of `{key}` of {} is {}", self.what, node.word());
                    self.report.error("wrong-kind", node.pos, message, "write a word");
                }
            }
        }
        out
    }

    pub(crate) fn modes(&mut self) -> Vec<At<Mode>> {
        let known: Vec<(&str, Mode)> = Mode::ALL.iter().map(|m| (m.0, m.1)).collect();
        let words = self.words("modes");
        words.iter().filter_map(|w| self.one_of("modes", w, &known)).collect()
    }

    /// `{third_party: …}`: a text for some of the modes.
    pub(crate) fn by_mode(&mut self) -> Vec<(At<Mode>, At<String>)> {
        let known: Vec<(&str, Mode)> = Mode::ALL.iter().map(|m| (m.0, m.1)).collect();
        let mut out = Vec::new();
        for (key, value) in self.map("by_mode") {
            let word = At::new(key.text().unwrap_or_default().to_owned(), key.pos);
            let Some(mode) = self.one_of("by_mode", &word, &known) else { continue };
            match value.text().filter(|t| !t.trim().is_empty()) {
                Some(text) => out.push((mode, At::new(text.trim_end().to_owned(), value.pos))),
                None => {
                    let message = format!("`by_mode` of {} says nothing for `{}`", self.what, word.value);
                    self.report.error("empty-text", value.pos, message, "say in a few words what differs");
                }
            }
        }
        out
    }

    /// A condition.
    pub(crate) fn condition(&mut self, key: &str) -> Option<At<Condition>> {
        let text = self.text(key)?;
        // Where a value is quoted, the first character of the text stands behind the quote.
        let quote =
            u32::from(self.get(key).is_some_and(|n| !matches!(n.kind, Kind::Scalar { plain: true, .. })));
        match Condition::parse(&text.value) {
            Ok(condition) => Some(At::new(condition, text.pos)),
            Err(found) => {
                let pos = Pos { col: text.pos.col + quote + found.at as u32, ..text.pos };
                let words = match key {
                    "required" => "; what a condition cannot say goes to `required_words`",
                    _ => "; what a condition cannot say goes to `doc`",
                };
                let message = format!("`{key}` of {}: {}", self.what, found.message);
                self.report.error("condition", pos, message, found.help + words);
                None
            }
        }
    }

    pub(crate) fn map(&mut self, key: &str) -> &'n [(Node, Node)] {
        match self.get(key).map(|n| (&n.kind, n)) {
            Some((Kind::Map(entries), _)) => entries,
            None => &[],
            Some((_, node)) => {
                let message = format!("`{key}` of {} is {}, not a mapping", self.what, node.word());
                self.report.error("wrong-kind", node.pos, message, "write `name: …` lines below it");
                &[]
            }
        }
    }

    /// `deprecated: true` or a text.
    pub(crate) fn deprecated(&mut self) -> Option<String> {
        match self.get("deprecated")?.text() {
            Some("true") => Some(String::new()),
            Some("false") => None,
            _ => self.string("deprecated"),
        }
    }

    pub(crate) fn types(&mut self, key: &str) -> Option<At<TypeExpr>> {
        let text = self.text(key)?;
        match parse_type(&text.value) {
            Ok(ty) => Some(At::new(ty, text.pos)),
            Err(help) => {
                let message = format!("`{}` is not a type", text.value);
                self.report.error("type", text.pos, message, help);
                None
            }
        }
    }

    /// A list of types.
    pub(crate) fn type_list(&mut self, key: &str) -> Vec<At<TypeExpr>> {
        let mut out = Vec::new();
        for word in self.words(key) {
            match parse_type(&word.value) {
                Ok(ty) => out.push(At::new(ty, word.pos)),
                Err(help) => {
                    self.report.error("type", word.pos, format!("`{}` is not a type", word.value), help)
                }
            }
        }
        out
    }

    pub(crate) fn auth(&mut self) -> Option<At<Auth>> {
        self.need("auth")?;
        self.word("auth", Auth::ALL)
    }
}

/// Parses a type expression; the error says what would be right.
pub fn parse_type(text: &str) -> Result<TypeExpr, String> {
    parse_type_at(text, 0)
}

fn parse_type_at(text: &str, depth: usize) -> Result<TypeExpr, String> {
    const WRAPPERS: &[&str] = &["list", "pipe", "csv", "semi", "map", "text"];
    let text = text.trim();
    if depth > 8 {
        return Err("name the inner type under `types`".into());
    }
    if let Some((outer, rest)) = text.split_once('<') {
        let Some(inner) = rest.strip_suffix('>') else {
            return Err(format!("close it: `{text}>`"));
        };
        let inner = Box::new(parse_type_at(inner, depth + 1)?);
        return match outer {
            "list" => Ok(TypeExpr::List(inner)),
            "pipe" => Ok(TypeExpr::Pipe(inner)),
            "csv" => Ok(TypeExpr::Csv(inner)),
            "semi" => Ok(TypeExpr::Semi(inner)),
            "map" => Ok(TypeExpr::Map(inner)),
            "text" => Ok(TypeExpr::Text(inner)),
            _ => Err(schema::propose(outer, WRAPPERS)),
        };
    }
    if text == "object" {
        return Ok(TypeExpr::Object);
    }
    if let Some((_, prim)) = Prim::ALL.iter().find(|(w, _)| *w == text) {
        return Ok(TypeExpr::Prim(*prim));
    }
    let (module, name) = match text.rsplit_once('.') {
        Some((module, name)) => (Some(module), name),
        None => (None, text),
    };
    let word = |t: &str| t.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if name.starts_with(|c: char| c.is_ascii_uppercase())
        && word(name)
        && module.is_none_or(|m| m.split('.').all(|s| !s.is_empty() && word(s)))
    {
        return Ok(TypeExpr::Named { module: module.map(str::to_owned), name: name.to_owned() });
    }
    let base = text.trim_end_matches("[]");
    if base != text && !base.is_empty() {
        return Err(format!("lists are written `list<{base}>`"));
    }
    let common = [("int", "i64"), ("uint32", "u32"), ("int32", "i32"), ("uint64", "u64"), ("int64", "i64")];
    let common =
        common.iter().chain(&[("str", "string"), ("obj", "object"), ("double", "f64"), ("float", "f64")]);
    if let Some((_, right)) = common.into_iter().find(|(w, _)| w.eq_ignore_ascii_case(text)) {
        return Err(format!("write `{right}`"));
    }
    let words: Vec<&str> = Prim::ALL.iter().map(|(w, _)| *w).chain(["object"]).collect();
    Err(schema::propose(text, &words))
}
