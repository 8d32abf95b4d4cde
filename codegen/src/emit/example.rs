//! Examples that compile: a call with what it needs, laid out as people would write it.

use std::collections::{BTreeMap, BTreeSet};

use super::print::print;
use super::scope::Scope;
use super::{paging, values, wire};
use crate::ir::{self, ChoiceRule, Field, Prim, Ty, TypeId, TypeKind};
use crate::source::columns;

/// The lines of an endpoint's example.
///
/// ```ignore
/// # async fn run(client: wecom::Client) -> Result<(), wecom::Error> {
/// use wecom::message::Text;
///
/// let answer = client.message().send(Text::new("请查收快递")).await?;
/// # let _ = answer; Ok(()) }
/// ```
///
/// Where the answers come in pages, the elements of all of them: `client.user().list_id().items()`.
pub(super) fn call(api: &ir::Api, e: &ir::Endpoint) -> Vec<String> {
    let module = &api.ty(e.request).module;
    let (client, kind) = match e.auth {
        ir::Auth::AccessToken => ("client", "Client"),
        ir::Auth::SuiteAccessToken => ("suite", "Suite"),
        ir::Auth::ProviderAccessToken => ("provider", "Provider"),
        ir::Auth::DeviceAccessToken => ("device", "HardwareDevice"),
        ir::Auth::ModelAccessToken => ("model", "HardwareModel"),
        ir::Auth::Key => ("webhook", "Webhook"),
        ir::Auth::None => ("client", "Client"),
    };
    let mut made = Made { api, used: BTreeMap::new() };
    let (mut args, mut setters) = (Vec::new(), String::new());
    if let TypeKind::Struct(s) = &api.ty(e.request).kind {
        args.extend(s.fields.iter().filter(|f| f.required).map(|f| made.field(f, 0)));
        args.extend(s.unions.iter().map(|u| made.reference(u.ty, 0)));
        for f in chosen(s) {
            let name = crate::names::on_call(&f.rust, e.answer == ir::ResponseBody::Bytes);
            setters.push_str(&format!(".{name}({})", made.field(f, 0)));
        }
    }
    if e.file.is_some() {
        args.push(format!("{}::from_path(\"图片.png\")", made.name("", "MediaFile")));
    }
    let args = args.join(", ");
    let call = if e.auth == ir::Auth::None {
        let request = made.path(e.request);
        format!("{client}.send({request}::new({args})){setters}")
    } else {
        let way: Vec<String> = match module.as_str() == client {
            true => vec!["api()".to_owned()],
            false => module.split("::").map(|m| format!("{}()", crate::names::safe(m))).collect(),
        };
        format!("{client}.{}.{}({args}){setters}", way.join("."), e.call)
    };
    let is_paged = paging::paged(&Scope { api, module, types: vec![] }, e).is_some();
    let call = match is_paged {
        true => format!(
            "let mut items = {call}.items();\nwhile let Some(item) = items.next().await {{\n    println!(\"{{:?}}\", item?);\n}}"
        ),
        false => format!("let answer = {call}.await?;"),
    };
    let mut out = Vec::new();
    if e.status == ir::Status::Retired {
        out.push("# #![allow(deprecated)]".to_owned());
    }
    out.push(format!("# async fn run({client}: wecom::{kind}) -> Result<(), wecom::Error> {{"));
    let uses = made.uses();
    out.extend(laid_out(&uses));
    if !uses.is_empty() {
        out.push(String::new());
    }
    out.extend(laid_out(&call));
    out.push(if is_paged { "# Ok(()) }" } else { "# let _ = answer; Ok(()) }" }.to_owned());
    out
}

/// Statements as they stand if each fits a line of 100 columns, otherwise laid out.
fn laid_out(text: &str) -> Vec<String> {
    if text.lines().all(|line| columns(line) <= 100) {
        return text.lines().map(str::to_owned).collect();
    }
    let Ok(tokens) = format!("async fn f() {{ {text} }}").parse() else {
        return text.lines().map(str::to_owned).collect();
    };
    let text = print(&[tokens]);
    let lines: Vec<&str> = text.lines().collect();
    let inner = lines.get(1..lines.len().saturating_sub(1)).unwrap_or_default();
    inner.iter().map(|line| line.strip_prefix("    ").unwrap_or(line).to_owned()).collect()
}

/// The optional fields of which the server wants some: the first alternative of each group.
fn chosen(s: &ir::Struct) -> Vec<&Field> {
    let mut out: Vec<&Field> = Vec::new();
    for choice in s.choices.iter().filter(|c| c.rule != ChoiceRule::AtMostOne) {
        let has = |names: &[String]| -> Option<Vec<&Field>> {
            names.iter().map(|name| s.fields.iter().find(|f| f.wire == *name)).collect()
        };
        let Some(first) = choice.alternatives.first().and_then(|names| has(names)) else { continue };
        out.extend(first.into_iter().filter(|f| !f.required));
    }
    let mut seen = BTreeSet::new();
    out.retain(|f| seen.insert(&f.rust));
    out
}

/// Expressions, and what they have to import.
struct Made<'a> {
    api: &'a ir::Api,
    /// Name → module, `""` for the crate's root.
    used: BTreeMap<String, String>,
}

impl Made<'_> {
    /// `use` lines, those of a module in one.
    fn uses(&self) -> String {
        let mut modules: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, module) in &self.used {
            modules.entry(module).or_default().push(name);
        }
        let line = |(module, names): (&&str, &Vec<&str>)| {
            let from = if module.is_empty() { "wecom".to_owned() } else { format!("wecom::{module}") };
            match names.as_slice() {
                [one] => format!("use {from}::{one};\n"),
                many => format!("use {from}::{{{}}};\n", many.join(", ")),
            }
        };
        modules.iter().map(line).collect()
    }

    /// An imported name; a second one of the same letters keeps its path.
    fn name(&mut self, module: &str, name: &str) -> String {
        match self.used.get(name) {
            Some(other) if other != module => format!("wecom::{module}::{name}"),
            Some(_) => name.to_owned(),
            None => {
                self.used.insert(name.to_owned(), module.to_owned());
                name.to_owned()
            }
        }
    }

    fn path(&mut self, id: TypeId) -> String {
        let t = self.api.ty(id);
        self.name(&t.module, &t.rust)
    }

    fn field(&mut self, f: &Field, depth: usize) -> String {
        self.of(f, &f.ty, depth)
    }

    fn of(&mut self, f: &Field, ty: &Ty, depth: usize) -> String {
        match ty {
            Ty::Prim(p) => match p {
                Prim::Bool | Prim::Flag => "true".into(),
                Prim::F64 => "1.5".into(),
                Prim::Json => "serde_json::json!({})".into(),
                Prim::Base64 => "b\"...\".to_vec()".into(),
                Prim::Unix
                | Prim::UnixText
                | Prim::Millis
                | Prim::MillisText
                | Prim::Date
                | Prim::Date8
                | Prim::Datetime
                | Prim::Rfc3339 => values::moment(f, *p),
                p if p.integers().is_some() => values::number(f, *p),
                _ => format!("{:?}", values::text(f)),
            },
            Ty::List(t) | Ty::Joined(_, t) => format!("[{}]", self.of(f, t, depth)),
            Ty::Map(t) => format!("[(\"key\", {})]", self.of(f, t, depth)),
            Ty::Text(t) => self.of(f, t, depth),
            Ty::Ref(id) => self.reference(*id, depth),
        }
    }

    fn reference(&mut self, id: TypeId, depth: usize) -> String {
        let t = self.api.ty(id);
        match &t.kind {
            TypeKind::Enum(e) if e.flags => format!("{}::default()", self.path(id)),
            TypeKind::Enum(e) => {
                let value = e.values.iter().find(|v| v.deprecated.is_none()).or(e.values.first());
                match value {
                    Some(v) => format!("{}::{}", self.path(id), v.rust),
                    None => format!("{}::default()", self.path(id)),
                }
            }
            TypeKind::Struct(s) => {
                let path = self.path(id);
                let required = s.fields.iter().filter(|f| f.required).count() + s.unions.len();
                if depth >= 3 || required > 6 || !t.sent {
                    return format!("{path}::default()");
                }
                let mut args: Vec<String> =
                    s.fields.iter().filter(|f| f.required).map(|f| self.field(f, depth + 1)).collect();
                args.extend(s.unions.iter().map(|u| self.reference(u.ty, depth + 1)));
                format!("{path}::new({})", args.join(", "))
            }
            // The payload alone: it converts into the union.
            TypeKind::Union(_) => match wire::payloads(self.api, id).first().map(|made| made.payload) {
                Some(inner) if matches!(self.api.ty(inner).kind, TypeKind::Struct(_)) => {
                    self.reference(inner, depth + 1)
                }
                _ => format!("{}::default()", self.path(id)),
            },
        }
    }
}
