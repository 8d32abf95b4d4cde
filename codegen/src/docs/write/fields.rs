//! Fields of an endpoint → their entries of the spec: types, presence, limits, enumerations, unions.

use crate::docs::infer::limits::file_bytes;
use crate::docs::infer::types::{Inferred, infer};
use crate::docs::infer::unions::{Payload, Union};
use crate::docs::infer::words::Presence;
use crate::docs::infer::{kinds, labels, presence, unions, words};
use crate::docs::model::{Assumption, Field};
use crate::docs::read::text::{find, prose, regex};
use crate::docs::rules::{self, Rule};
use crate::docs::write::details::details;
use crate::docs::write::groups::groups;
use crate::docs::write::node;
use crate::docs::write::node::{is_empty, map, plain, set, text};
use crate::ir::Mode;
use crate::names;
use crate::yaml::{Kind, Node};

/// Where a field stands.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Side {
    /// Sent.
    Request,
    /// Received.
    Answer,
}

/// Collects what is assumed while an entry is written.
pub(crate) struct Writer<'a> {
    pub(super) notes: &'a mut Vec<Assumption>,
    /// Named types of objects that hold themselves.
    pub(super) types: Node,
    /// Those of them that are received.
    pub(super) received: Vec<String>,
    /// Sentences beside the tables.
    remarks: Vec<String>,
    /// What was asked for: names, and whether they stand in `query` or `request`.
    pub(super) asked: Vec<(String, &'static str)>,
    /// The kinds of application that call.
    pub(super) modes: Vec<Mode>,
    /// What their names begin with; empty where none may be named.
    prefix: String,
    /// The fields around the one that is written, with the name of their type, if it has one.
    around: Vec<Option<String>>,
    /// Their wire names, and its own.
    trail: Vec<String>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(notes: &'a mut Vec<Assumption>, prefix: String, remarks: Vec<String>) -> Self {
        Writer {
            notes,
            types: map(),
            received: vec![],
            remarks,
            asked: vec![],
            modes: vec![],
            prefix,
            around: vec![],
            trail: vec![],
        }
    }
}

impl Writer<'_> {
    pub(super) fn note(&mut self, rule: &'static Rule, line: u32, what: String) {
        self.notes.push(Assumption { rule, line, what });
    }

    /// The field that is written, by its whole path: many fields have one name.
    fn at(&self) -> String {
        self.trail.join(".")
    }

    /// Fields and union of an object, into its entry. `element`: it is an element of a list.
    pub(super) fn object(
        &mut self,
        fields: &[Field],
        side: Side,
        depth: usize,
        element: bool,
        out: &mut Node,
    ) {
        let chosen = unions::union(fields, element).and_then(|u| Some((variant_names(&u, fields)?, u)));
        let mut node = map();
        let mut taken: Vec<String> = Vec::new();
        for f in fields {
            if chosen.as_ref().is_some_and(|(_, u)| u.takes(&f.name)) {
                continue;
            }
            let entry = self.unique(f, side, depth + 1, &mut taken);
            set(&mut node, &f.name, entry);
        }
        let has_fields = !is_empty(&node);
        if has_fields {
            if side == Side::Request {
                groups(fields, &self.remarks, &[], &mut node, out);
            }
            set(out, "fields", node);
        }
        if let Some((names, u)) = chosen {
            let field =
                ["content", "payload", "variant", "body"].iter().find(|n| !taken.iter().any(|t| t == **n));
            if let Some(rule) = u.rule {
                let line = fields.iter().find(|f| u.takes(&f.name)).map_or(0, |f| f.row.line);
                let at: String = self.trail.iter().map(|n| format!("{n}.")).collect();
                let what = match u.tag.as_slice() {
                    [] if at.is_empty() => "the key that is present selects the variant".to_owned(),
                    [] => format!("the key that is present in `{}` selects the variant", self.at()),
                    tag => format!("`{at}{}` selects the variant", tag.join(".")),
                };
                self.note(rule, line, what);
            }
            set(
                out,
                "union",
                self.union(&u, &names, fields, side, depth, field.filter(|_| has_fields).copied()),
            );
        }
    }

    /// A field whose Rust name differs from those that are taken.
    fn unique(&mut self, f: &Field, side: Side, depth: usize, taken: &mut Vec<String>) -> Node {
        let mut entry = self.field(f, side, depth);
        let rust = names::field_name(&f.name);
        match rust {
            Some(name) if !taken.contains(&name) => taken.push(name),
            _ => {
                let base = rust.unwrap_or_else(|| "field".into());
                let name = (2..)
                    .map(|n| format!("{}_{n}", base.trim_end_matches('_')))
                    .find(|n| !taken.contains(n))
                    .unwrap_or(base);
                let at: String = self.trail.iter().map(|n| format!("{n}.")).collect();
                self.note(
                    &rules::FIELD_NAME,
                    f.row.line,
                    format!("`{at}{}` was given the Rust name `{name}`", f.name),
                );
                set(&mut entry, "rust", plain(&name));
                taken.push(name);
            }
        }
        entry
    }

    fn union(
        &mut self,
        u: &Union,
        names: &[Option<String>],
        fields: &[Field],
        side: Side,
        depth: usize,
        field: Option<&str>,
    ) -> Node {
        let mut out = map();
        if let Some(field) = field {
            set(&mut out, "field", plain(field));
        }
        if !u.tag.is_empty() {
            set(&mut out, "tag", text(u.tag.join(".")));
        }
        if u.numeric {
            set(&mut out, "tag_type", plain("i32"));
        }
        let holder = match &u.payload {
            Payload::Sibling => None,
            Payload::Flat => {
                set(&mut out, "payload", plain("flat"));
                None
            }
            Payload::Under(key) => {
                set(&mut out, "payload", text(key));
                fields.iter().find(|f| f.name == *key)
            }
        };
        let among = holder.map_or(fields, |h| h.children.as_slice());
        self.trail.extend(holder.map(|h| h.name.clone()));
        // The payload's object goes into the variants: it has no type of its own.
        self.around.extend(holder.map(|_| None));
        let mut variants = map();
        for (v, name) in u.variants.iter().zip(names) {
            let mut mine: Vec<Field> = among.iter().filter(|f| v.keys.contains(&f.name)).cloned().collect();
            if u.rule == Some(&rules::UNION_BY_CELLS) {
                // `view类型必须` made it this variant's: here it is always there.
                mine.iter_mut().for_each(|f| f.row.required = Some("是".into()));
            }
            for field in mine.iter_mut().filter(|f| required_as(f, side, &u.tag, &v.values)) {
                field.row.required = Some("是".into());
                field.marks.always = Some(true);
            }
            let mut entry = map();
            if let Some(name) = name {
                set(&mut entry, "variant", plain(name));
            }
            let value = v.values.first().cloned().unwrap_or_default();
            match (&u.payload, mine.as_slice()) {
                (Payload::Sibling, [one]) => self.sibling(one, &value, side, depth + 1, &mut entry),
                (_, []) => {}
                (_, list) => {
                    let (mut inner, mut taken) = (map(), vec![]);
                    for f in list {
                        let field = self.unique(f, side, depth + 2, &mut taken);
                        set(&mut inner, &f.name, field);
                    }
                    if side == Side::Request {
                        groups(list, &[], &v.values, &mut inner, &mut entry);
                    }
                    set(&mut entry, "fields", inner);
                }
            }
            if v.values.len() > 1 {
                let more = v.values[1..].iter().map(|v| if u.numeric { plain(v) } else { text(v) });
                set(&mut entry, "also", node::list(more.collect()));
            }
            let label = prose(&v.label).replace('\n', " ").replace('`', "");
            if entry.get("doc").is_none() && !label.is_empty() {
                set(&mut entry, "doc", text(label));
            }
            set(&mut variants, &value, entry);
        }
        if holder.is_some() {
            self.around.pop();
            self.trail.pop();
        }
        set(&mut out, "variants", variants);
        out
    }

    /// A variant that is under a key of its own.
    fn sibling(&mut self, f: &Field, value: &str, side: Side, depth: usize, out: &mut Node) {
        if f.name != value {
            set(out, "key", text(&f.name));
        }
        let entry = self.field(f, side, depth);
        for key in ["type", "doc", "any_of", "one_of", "at_most_one", "fields", "union"] {
            let Some(node) = entry.get(key) else { continue };
            if !(key == "type" && node.text() == Some("object")) {
                set(out, key, node.clone());
            }
        }
        if let Some(doc) = entry.get("doc").and_then(Node::text) {
            set(out, "doc", text(doc.replace('\n', " ")));
        }
    }

    pub(super) fn field(&mut self, f: &Field, side: Side, depth: usize) -> Node {
        self.trail.push(f.name.clone());
        let out = self.entry(f, side, depth);
        self.trail.pop();
        out
    }

    fn entry(&mut self, f: &Field, side: Side, depth: usize) -> Node {
        let mut t = infer(f);
        let mut out = map();
        let (outer, name) = (self.outer(f, &t), self.name(f, &t));
        if let Some(rule) = t.guess.filter(|_| outer.is_none()) {
            self.note(rule, f.row.line, format!("`{}` was imported as `{}`", self.at(), t.text()));
        }
        if depth > 20 && t.base == "object" {
            self.note(
                &rules::TOO_DEEP,
                f.row.line,
                format!("`{}` is nested too deeply and was imported as free JSON", self.at()),
            );
            t.base = "json";
        }
        set(&mut out, "type", plain(outer.as_ref().or(name.as_ref()).map_or_else(|| t.text(), |n| t.of(n))));
        self.of_modes(f, &mut out);
        if let Some(item) = &f.marks.xml_item {
            set(&mut out, "xml_item", plain(item));
        }
        self.around.push(name.clone());
        if let Some(name) = name {
            let mut named = map();
            self.object(&f.children, side, depth, t.lists > 0, &mut named);
            drafts(&mut named);
            set(&mut self.types, &name, named);
            self.received.extend((side == Side::Answer).then_some(name));
        } else if t.map {
            // The keys are data: what they hold stands two levels in.
            self.around.push(None);
            self.map_of(f, side, depth, &mut t, &mut out);
            self.around.pop();
        } else if t.base == "object" {
            // `to.a和to.b至少传一个`: what is said of the object is said of its fields.
            self.remarks.push(f.row.desc.clone());
            self.object(&f.children, side, depth, t.lists > 0, &mut out);
            self.remarks.pop();
            // Only a union may be left of it, or nothing that can be named.
            if out.get("fields").is_none() && out.get("union").is_none() {
                t.base = "json";
                set(&mut out, "type", plain(t.text()));
            }
        }
        self.around.pop();
        self.when_present(f, side, &mut out);
        details(f, &t, side == Side::Request, &mut out);
        if t.base == "base64"
            && let Some(bytes) = file_bytes(std::iter::once(f.row.desc.as_str()))
        {
            set(&mut out, "bytes", text(bytes));
        }
        self.unlisted(f, &out);
        described(f, &mut out);
        out
    }

    /// The kinds of application that have the field, where not all of the endpoint's do.
    fn of_modes(&mut self, f: &Field, out: &mut Node) {
        let mut modes = f.marks.modes.clone();
        if let Some(told) = kinds::told(&f.row.desc, if modes.is_empty() { &self.modes } else { &modes }) {
            let words: Vec<&str> = told.iter().map(|m| node::mode_word(*m)).collect();
            let what = format!("by its text `{}` is there only for `{}`", self.at(), words.join("`, `"));
            self.note(&rules::MODES_BY_TEXT, f.row.line, what);
            modes = told;
        }
        if !modes.is_empty() {
            set(out, "modes", node::list(modes.iter().map(|m| plain(node::mode_word(*m))).collect()));
        }
    }

    /// Whether it must be there, or under which condition.
    fn when_present(&mut self, f: &Field, side: Side, out: &mut Node) {
        match presence(f, side) {
            Presence::Yes => set(out, "required", plain("true")),
            Presence::No => {}
            Presence::When(_) if side == Side::Answer && f.marks.when.is_some() => {
                if let Some(condition) = self.comes_when(f) {
                    set(out, "when", text(condition));
                }
            }
            Presence::When(words) => {
                let words = prose(&words).replace('\n', " ");
                if !words.is_empty() {
                    set(out, "required_words", text(words));
                }
            }
        }
    }

    /// Under which value of another field an answer's field comes: of the request, or of an object around it.
    fn comes_when(&self, f: &Field) -> Option<String> {
        let (tag, values) = f.marks.when.as_ref()?;
        let tag = match (self.trail.as_slice(), self.asked.iter().find(|(n, _)| n == tag)) {
            ([_], Some((_, side))) => format!("{side}.{tag}"),
            ([_], None) => return None,
            _ => tag.clone(),
        };
        Some(match values.as_slice() {
            [one] => format!("{tag} = {one}"),
            more => format!("{tag} in [{}]", more.join(", ")),
        })
    }

    /// The name of the type of the object around a field that holds the same, where that got a name.
    fn outer(&self, f: &Field, t: &Inferred) -> Option<String> {
        let at = self
            .around
            .len()
            .checked_sub(f.marks.recursive)
            .filter(|_| f.marks.recursive > 0 && t.base == "json")?;
        self.around.get(at).cloned().flatten()
    }

    /// The name of the type of an object that something inside it refers to.
    fn name(&self, f: &Field, t: &Inferred) -> Option<String> {
        if self.prefix.is_empty() || t.base != "object" || t.map || !holds_again(&f.children, 1) {
            return None;
        }
        // A type of a union alone is in other places.
        let chosen = unions::union(&f.children, t.lists > 0);
        if chosen.is_some_and(|u| f.children.iter().all(|c| u.takes(&c.name))) {
            return None;
        }
        let base = format!("{}{}Node", self.prefix, names::type_name(&f.name)?);
        let free = |n: &String| self.types.get(n).is_none() && !self.around.iter().flatten().any(|a| a == n);
        std::iter::once(base.clone()).chain((2..).map(|n| format!("{base}{n}"))).find(free)
    }

    fn map_of(&mut self, f: &Field, side: Side, depth: usize, t: &mut Inferred, out: &mut Node) {
        let kinds: Vec<Inferred> = f.children.iter().map(infer).collect();
        let first = kinds.first().map(Inferred::text).unwrap_or_else(|| "json".into());
        let same = kinds.iter().all(|k| k.text() == first);
        let mut inner = map();
        let element = if same && first == "object" {
            let mut merged: Vec<Field> = Vec::new();
            for child in f.children.iter().flat_map(|c| &c.children) {
                if !merged.iter().any(|m| m.name == child.name) {
                    merged.push(child.clone());
                }
            }
            self.object(&merged, side, depth + 1, false, &mut inner);
            if is_empty(&inner) { "json".into() } else { first }
        } else if same && !first.contains("object") {
            first
        } else {
            "json".to_owned()
        };
        let mut expr = format!("map<{element}>");
        for _ in 0..t.lists {
            expr = format!("list<{expr}>");
        }
        t.base = "json";
        set(out, "type", plain(expr));
        for key in ["fields", "union"] {
            if let Some(node) = inner.get(key) {
                set(out, key, node.clone());
            }
        }
    }
}

/// The name that a page gives a type, in the text (`详见Layout`) or in the type's cell (`object(Layout)`), and the text without it.
fn page_name(doc: &str, cell: &str) -> Option<(String, String)> {
    let told = regex!(
        r"[，,。；;、（(]?\s*(?:请?详见|请?参见|请?参考|参照|见)\s*[`“\x22]?([A-Z][A-Za-z0-9]{2,39})[`”\x22]?\s*(?:的?(?:结构体?|对象|类型|字段|参数))?(?:的?(?:说明|定义|描述))?[）)]?(?:$|[，,。；;\n])"
    );
    if let Some(m) = find(told, doc) {
        let rest = doc.replacen(&m[0], if m[0].ends_with('\n') { "\n" } else { "。" }, 1);
        let rest = rest.trim_start_matches(['。', '，', ' ']).trim_end_matches('\n').to_owned();
        return is_own(&m[1]).then(|| (m[1].clone(), rest));
    }
    let name = find(
        regex!(
            r"(?i)^\s*(?:object|obj|struct|array|list)?\s*[\[(<]*\s*\[?([A-Z][A-Za-z0-9]{2,39})\]?\s*[)>\]]*\s*(?:\[\]|数组)?$"
        ),
        cell,
    )?;
    (is_own(&name[1]) && name[1].starts_with(|c: char| c.is_ascii_uppercase()))
        .then(|| (name[1].clone(), doc.to_owned()))
}

/// Whether a name is a type's own and none of the words for types.
fn is_own(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "object",
        "objects",
        "array",
        "list",
        "string",
        "json",
        "struct",
        "map",
        "int",
        "integer",
        "obj",
        "bool",
        "boolean",
        "uint",
        "number",
        "jsonobject",
    ];
    names::is_type_name(name)
        && name.chars().any(|c| c.is_ascii_lowercase())
        && !WORDS.contains(&name.to_ascii_lowercase().as_str())
}

/// Whether something inside holds what the object holds that stands `up` levels above these fields.
fn holds_again(fields: &[Field], up: usize) -> bool {
    fields.iter().any(|f| match f.children.is_empty() {
        true => f.marks.recursive == up,
        false => holds_again(&f.children, up + 1),
    })
}

/// Marks what a named type holds as drafts: it stands apart from its entry, whose mark it would escape.
fn drafts(ty: &mut Node) {
    let mark = |holder: &mut Node| {
        let Some(Kind::Map(fields)) = node::get_mut(holder, "fields").map(|n| &mut n.kind) else { return };
        fields.iter_mut().for_each(|(_, field)| set(field, "draft", plain("true")));
    };
    mark(ty);
    let variants = node::get_mut(ty, "union").and_then(|u| node::get_mut(u, "variants"));
    if let Some(Kind::Map(variants)) = variants.map(|n| &mut n.kind) {
        variants.iter_mut().for_each(|(_, variant)| mark(variant));
    }
}

/// Rust names of the variants: none where the rule's will do. `None` when two would meet.
fn variant_names(u: &Union, fields: &[Field]) -> Option<Vec<Option<String>>> {
    if !u.numeric {
        let mut seen = Vec::new();
        for v in u.variants.iter().filter_map(|v| v.values.first()) {
            let name = names::variant_name(v)?;
            if seen.contains(&name) {
                return None;
            }
            seen.push(name);
        }
        return Some(vec![None; u.variants.len()]);
    }
    let of_key = |v: &unions::Variant| match v.keys.as_slice() {
        [key] if u.payload == Payload::Sibling || fields.iter().any(|f| f.name == *key) => {
            names::type_name(key)
        }
        _ => None,
    };
    let pairs: Vec<(String, String)> = u
        .variants
        .iter()
        .map(|v| {
            let value = v.values.first().cloned().unwrap_or_default();
            let label = labels::name(&v.label).or_else(|| of_key(v)).unwrap_or_default();
            (value, label)
        })
        .collect();
    Some(labels::numbered(&pairs).into_iter().map(Some).collect())
}

/// Whether a field is written as one that is always there.
pub fn always(f: &Field, answer: bool) -> bool {
    presence(f, if answer { Side::Answer } else { Side::Request }) == Presence::Yes
}

fn presence(f: &Field, side: Side) -> Presence {
    match side {
        Side::Request => presence::request(f),
        Side::Answer => presence::answer(f),
    }
}

impl Writer<'_> {
    /// A value of a sample that the text does not list.
    fn unlisted(&mut self, f: &Field, entry: &Node) {
        let listed = entry.get("values").map(node::entries).unwrap_or_default();
        let mut seen = f.shown.values.iter().map(|s| s.as_str().map_or_else(|| s.to_string(), str::to_owned));
        // A sum of bits is none of them, and meant.
        let mask = listed.iter().filter_map(|(v, _)| v.text()?.parse::<u64>().ok()).fold(0, |m, v| m | v);
        let sum = |s: &str| entry.get("flags").is_some() && s.parse::<u64>().is_ok_and(|n| n & !mask == 0);
        let odd = seen.find(|s| !sum(s) && !listed.iter().any(|(v, _)| v.text() == Some(s)));
        if let Some(value) = odd.filter(|_| !listed.is_empty()) {
            let what = format!(
                "`{}` is {value} in a sample, which is not among the values that its text lists",
                self.at()
            );
            self.note(&rules::VALUE_NOT_LISTED, f.row.line, what);
        }
    }
}

/// Whether a text requires a field for just the value of the tag that its variant stands for: there it is always there. Of an answer, whether
/// it says so of what comes.
fn required_as(f: &Field, side: Side, tag: &[String], values: &[String]) -> bool {
    let told = words::condition(&f.row.desc).or_else(|| words::filled(&f.row.desc));
    let told = told.or_else(|| words::returned_when(&f.row.desc).filter(|_| side == Side::Answer));
    let (Some(tag), Some(told)) = (tag.last(), told) else { return false };
    let told = told.replace(['`', ' ', '"'], "");
    values.iter().any(|v| ["为", "是", "=", "等于"].iter().any(|is| told == format!("{tag}{is}{v}时")))
}

/// Its text, and the name that the text has for the object.
fn described(f: &Field, out: &mut Node) {
    let mut doc = prose(&f.row.desc);
    if let Some(more) = f.row.required.as_deref().and_then(words::beside).map(|m| prose(&m))
        && out.get("required_words").is_none()
        && !doc.contains(&more)
    {
        let end = if doc.is_empty() || doc.ends_with(['。', '；', '\n']) { "" } else { "。" };
        doc = format!("{doc}{end}{more}");
    }
    if !f.row.of_kinds.is_empty() {
        doc = format!("{doc}\n{}", f.row.of_kinds).trim_start().to_owned();
    }
    // `详见Layout`: the page's own name of what the object is.
    if (out.get("fields").is_some() || out.get("union").is_some())
        && let Some((name, rest)) = page_name(&doc, &f.row.ty)
    {
        set(out, "name", plain(name));
        doc = rest;
    }
    if !doc.is_empty() {
        set(out, "doc", text(doc));
    }
}
