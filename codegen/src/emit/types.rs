//! Structs, enumerations and unions, with constructors and setters.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::{Form, Item, derive, docs, example, ident, print_items, wire};
use crate::ir::{self, Prim, Ty, TypeId, TypeKind};

/// The file in hand.
pub(super) struct Scope<'a> {
    pub(super) api: &'a ir::Api,
    /// `message`, or `events::contact`.
    pub(super) module: &'a str,
    /// Types of this file.
    pub(super) types: Vec<TypeId>,
    /// How the types read and write themselves.
    pub(super) form: Form,
}

impl Scope<'_> {
    /// The Rust type of a resolved type.
    pub(super) fn rust(&self, ty: &Ty) -> TokenStream {
        match ty {
            Ty::Prim(p) => prim(*p),
            Ty::List(t) | Ty::Joined(_, t) => {
                let t = self.rust(t);
                quote!(Vec<#t>)
            }
            Ty::Map(t) => {
                let t = self.rust(t);
                quote!(BTreeMap<String, #t>)
            }
            Ty::Text(t) => self.rust(t),
            Ty::Ref(id) => self.path(*id),
        }
    }

    /// A type by the shortest path from this file.
    pub(super) fn path(&self, id: TypeId) -> TokenStream {
        let t = self.api.ty(id);
        let name = ident(&t.rust);
        if t.module == self.module {
            return quote!(#name);
        }
        let module: Vec<_> = t.module.split("::").map(ident).collect();
        quote!(crate::#(#module::)*#name)
    }

    /// A field's type with box and option.
    pub(super) fn field(&self, f: &ir::Field) -> TokenStream {
        let mut t = self.rust(&f.ty);
        if f.boxed {
            t = quote!(Box<#t>);
        }
        if f.option { quote!(Option<#t>) } else { t }
    }
}

fn prim(p: Prim) -> TokenStream {
    match p {
        Prim::String | Prim::Date | Prim::Date8 | Prim::Datetime | Prim::Rfc3339 => quote!(String),
        Prim::Secret => quote!(Secret),
        Prim::I32 => quote!(i32),
        Prim::I64 | Prim::Digits => quote!(i64),
        Prim::U32 => quote!(u32),
        Prim::U64 => quote!(u64),
        Prim::F64 => quote!(f64),
        Prim::Bool | Prim::Flag => quote!(bool),
        Prim::Unix | Prim::UnixText => quote!(Timestamp),
        Prim::Millis | Prim::MillisText => quote!(TimestampMillis),
        Prim::Base64 => quote!(Base64),
        Prim::Json => quote!(serde_json::Value),
    }
}

/// The types of one spec file.
pub(super) fn part(scope: &Scope<'_>, part: &ir::Part) -> String {
    let mut items = Vec::new();
    for id in &part.types {
        let endpoint = part.endpoints.iter().find(|e| e.request == *id);
        let answer = part.endpoints.iter().find(|e| e.response == Some(*id));
        items.extend(item(scope, *id, endpoint, answer));
    }
    print_items(&items)
}

/// `use` lines for what the types mention: the runtime's types, and types of the module that stand in other files.
pub(super) fn imports(scope: &Scope<'_>, endpoints: &[ir::Endpoint]) -> String {
    let mut found = Mentioned::default();
    if endpoints.iter().any(|e| e.file.is_some()) {
        found.runtime.insert("MediaFile");
    }
    for id in &scope.types {
        match &scope.api.ty(*id).kind {
            TypeKind::Struct(s) => {
                s.fields.iter().for_each(|f| found.ty(&f.ty));
                found.types.extend(s.unions.iter().map(|u| u.ty));
            }
            TypeKind::Union(u) => {
                found.runtime.insert("UnknownVariant");
                u.variants.iter().flat_map(|v| &v.ty).for_each(|ty| found.ty(ty));
            }
            TypeKind::Enum(_) => {}
        }
    }
    found.lines(scope)
}

/// `use` lines for what methods of these endpoints take, where their types stand in other files.
pub(super) fn imports_of_calls<'a>(
    scope: &Scope<'_>,
    endpoints: impl Iterator<Item = &'a ir::Endpoint>,
) -> String {
    let mut found = Mentioned::default();
    for e in endpoints {
        if e.file.is_some() {
            found.runtime.insert("MediaFile");
        }
        if let TypeKind::Struct(s) = &scope.api.ty(e.request).kind {
            for f in s.fields.iter().filter(|f| f.required) {
                match &f.ty {
                    // A parameter takes anything that gives its elements.
                    Ty::List(t) | Ty::Joined(_, t) | Ty::Map(t) => found.ty(t),
                    ty => found.ty(ty),
                }
            }
        }
    }
    // Types of the module are there: it re-exports its parts.
    found.types.clear();
    found.lines(scope)
}

/// What the types of a file mention.
#[derive(Default)]
struct Mentioned {
    runtime: BTreeSet<&'static str>,
    maps: bool,
    types: BTreeSet<TypeId>,
}

impl Mentioned {
    fn lines(&self, scope: &Scope<'_>) -> String {
        let line = |from: &str, names: &BTreeSet<&str>| {
            let names: Vec<&str> = names.iter().copied().collect();
            match names.as_slice() {
                [] => String::new(),
                [one] => format!("use {from}::{one};\n"),
                many => format!("use {from}::{{{}}};\n", many.join(", ")),
            }
        };
        let beside: BTreeSet<&str> = self
            .types
            .iter()
            .filter(|id| !scope.types.contains(id))
            .map(|id| scope.api.ty(*id))
            .filter(|t| t.module == scope.module)
            .map(|t| t.rust.as_str())
            .collect();
        let (runtime, beside) = (line("crate", &self.runtime), line("super", &beside));
        match self.maps {
            true if runtime.is_empty() && beside.is_empty() => "use std::collections::BTreeMap;\n".to_owned(),
            true => format!("use std::collections::BTreeMap;\n\n{runtime}{beside}"),
            false => runtime + &beside,
        }
    }

    fn ty(&mut self, ty: &Ty) {
        match ty {
            Ty::Ref(id) => drop(self.types.insert(*id)),
            Ty::List(t) | Ty::Joined(_, t) | Ty::Text(t) => self.ty(t),
            Ty::Map(t) => {
                self.maps = true;
                self.ty(t);
            }
            Ty::Prim(p) => self.runtime.extend(runtime(*p)),
        }
    }
}

/// The runtime's type that a scalar is in Rust.
fn runtime(p: Prim) -> Option<&'static str> {
    match p {
        Prim::Secret => Some("Secret"),
        Prim::Unix | Prim::UnixText => Some("Timestamp"),
        Prim::Millis | Prim::MillisText => Some("TimestampMillis"),
        Prim::Base64 => Some("Base64"),
        _ => None,
    }
}

/// All items of one type.
pub(super) fn item(
    scope: &Scope<'_>,
    id: TypeId,
    endpoint: Option<&ir::Endpoint>,
    answer: Option<&ir::Endpoint>,
) -> Vec<Item> {
    let t = scope.api.ty(id);
    let own: Vec<String> = t.doc.iter().map(|l| docs::safe(l)).collect();
    match &t.kind {
        TypeKind::Struct(s) => {
            let doc = match (endpoint, answer) {
                (Some(e), _) => docs::endpoint(e, &docs::choices(&s.choices), &example::call(scope.api, e)),
                (_, Some(e)) => vec![format!("[`{}`] 的返回。", e.rust)],
                _ if own.is_empty() => vec![format!("`{}`", t.rust)],
                _ => own,
            };
            let mut doc = doc;
            if endpoint.is_none() && !s.choices.is_empty() {
                doc.push(String::new());
                doc.extend(docs::choices(&s.choices));
            }
            structure(scope, t, s, endpoint, &docs::attrs(&doc))
        }
        TypeKind::Enum(e) => {
            let doc = if own.is_empty() { vec![enum_title(scope, id)] } else { own };
            vec![Item::Tokens(enumeration(t, e, &docs::attrs(&doc)))]
        }
        TypeKind::Union(u) => {
            let doc = if own.is_empty() { vec![union_title(u)] } else { own };
            vec![Item::Tokens(union(scope, t, u, &docs::attrs(&doc)))]
        }
    }
}

/// ```ignore
/// /// 发送应用消息 …
/// #[derive(Clone, Default)]
/// #[must_use]
/// #[non_exhaustive]
/// pub struct Send {
///     /// 接收成员 …
///     pub touser: Option<Vec<String>>,
/// }
/// ```
fn structure(
    scope: &Scope<'_>,
    t: &ir::Type,
    s: &ir::Struct,
    endpoint: Option<&ir::Endpoint>,
    doc: &TokenStream,
) -> Vec<Item> {
    let name = ident(&t.rust);
    let file = endpoint.and_then(|e| e.file.as_ref());
    let fields = s.fields.iter().map(|f| {
        let (rust, ty) = (ident(&f.rust), scope.field(f));
        let mut lines = docs::field(f);
        lines.extend(docs::shapes(scope.api, scope.module, f));
        let doc = docs::attrs(&lines);
        let serde = derive::field(scope, s, f);
        quote!(#doc #serde pub #rust: #ty,)
    });
    let unions = s.unions.iter().map(|u| {
        let (rust, ty) = (ident(&u.rust), union_type(scope, u));
        let line = match &scope.api.ty(u.ty).kind {
            TypeKind::Union(x) => {
                scope.api.ty(u.ty).doc.first().map_or_else(|| union_title(x), |l| docs::safe(l))
            }
            _ => String::new(),
        };
        let doc = docs::attrs(&[line]);
        let serde = derive::union_field(scope);
        quote!(#doc #serde pub #rust: #ty,)
    });
    let upload = file.map(|f| {
        let rust = ident(&f.rust);
        let mut lines: Vec<String> = f.doc.iter().map(|l| docs::safe(l)).collect();
        if lines.is_empty() {
            lines.push("上传的文件。".into());
        }
        if let Some(limit) = docs::limit(&f.bytes, "字节") {
            lines.extend([String::new(), format!("大小 {limit}。")]);
        }
        let doc = docs::attrs(&lines);
        let serde = derive::file(scope);
        quote!(#doc #serde pub #rust: MediaFile,)
    });
    let deprecated = endpoint
        .filter(|e| e.status == ir::Status::Retired)
        .map(|_| quote!(#[deprecated = "已下线：官方文档不再收录，服务端仍应答"]));
    let must_use = t.sent.then(|| quote!(#[must_use]));
    let serde = derive::traits(scope);
    let traits = match scope.form {
        // The others come from the tables, which costs the compiler less.
        Form::Tables if wire::in_table(s, file) => quote!(#[derive(Clone, Default)]),
        Form::Tables => quote!(#[derive(Debug, Clone, Default, PartialEq)]),
        Form::Derive | Form::Lenient => quote!(#[derive(Debug, Clone, Default, PartialEq)]),
    };
    let mut out = vec![Item::Tokens(quote! {
        #doc
        #deprecated
        #traits
        #serde
        #must_use
        #[non_exhaustive]
        pub struct #name {
            #(#fields)*
            #(#unions)*
            #upload
        }
    })];
    if t.sent {
        out.push(Item::Methods(name, constructor(scope, s, endpoint)));
    }
    out
}

fn union_type(scope: &Scope<'_>, u: &ir::UnionField) -> TokenStream {
    let ty = scope.path(u.ty);
    if u.boxed { quote!(Box<#ty>) } else { ty }
}

/// A parameter that takes a value of a type, and the expression that makes the value of it.
pub(super) fn parameter(
    scope: &Scope<'_>,
    name: &proc_macro2::Ident,
    ty: &Ty,
    boxed: bool,
) -> (TokenStream, TokenStream) {
    let into = |ty: &Ty| match ty {
        Ty::Prim(Prim::String | Prim::Secret | Prim::Date | Prim::Date8 | Prim::Datetime | Prim::Rfc3339)
        | Ty::Prim(
            Prim::Unix | Prim::UnixText | Prim::Millis | Prim::MillisText | Prim::Base64 | Prim::Json,
        ) => true,
        Ty::Ref(id) => !matches!(scope.api.ty(*id).kind, TypeKind::Struct(_)),
        _ => false,
    };
    let rust = scope.rust(ty);
    let (param, value) = match ty {
        Ty::List(t) | Ty::Joined(_, t) => {
            let inner = scope.rust(t);
            match into(t) {
                true => (
                    quote!(#name: impl IntoIterator<Item = impl Into<#inner>>),
                    quote!(#name.into_iter().map(Into::into).collect()),
                ),
                false => {
                    (quote!(#name: impl IntoIterator<Item = #inner>), quote!(#name.into_iter().collect()))
                }
            }
        }
        Ty::Map(t) => {
            let inner = scope.rust(t);
            (
                quote!(#name: impl IntoIterator<Item = (impl Into<String>, #inner)>),
                quote!(#name.into_iter().map(|(key, value)| (key.into(), value)).collect()),
            )
        }
        ty if into(ty) => (quote!(#name: impl Into<#rust>), quote!(#name.into())),
        _ => (quote!(#name: #rust), quote!(#name)),
    };
    (param, if boxed { quote!(Box::new(#value)) } else { value })
}

/// The parameters of `new`, in order, and what they become.
pub(super) fn required(
    scope: &Scope<'_>,
    s: &ir::Struct,
    file: Option<&ir::FilePart>,
) -> Vec<(proc_macro2::Ident, TokenStream, TokenStream)> {
    let mut out = Vec::new();
    for f in s.fields.iter().filter(|f| f.required) {
        let name = ident(&f.rust);
        let (param, value) = parameter(scope, &name, &f.ty, f.boxed);
        out.push((name, param, value));
    }
    for u in &s.unions {
        let name = ident(&u.rust);
        let ty = scope.path(u.ty);
        let value = if u.boxed { quote!(Box::new(#name.into())) } else { quote!(#name.into()) };
        out.push((name.clone(), quote!(#name: impl Into<#ty>), value));
    }
    if let Some(f) = file {
        let name = ident(&f.rust);
        out.push((name.clone(), quote!(#name: impl Into<MediaFile>), quote!(#name.into())));
    }
    out
}

/// ```ignore
/// impl Send {
///     /// 以必填项构造。
///     #[doc(alias = "/cgi-bin/message/send")]
///     pub fn new(agentid: i64, content: impl Into<SendContent>) -> Self { … }
///     /// 接收成员
///     pub fn touser(mut self, touser: impl IntoIterator<Item = impl Into<String>>) -> Self { … }
/// }
/// ```
///
/// The aliases stand on `new`, not on the struct: rustdoc's search forgets those of items that are re-exported from a private module,
/// but keeps those of their methods, and `new` leads to the same page.
fn constructor(scope: &Scope<'_>, s: &ir::Struct, endpoint: Option<&ir::Endpoint>) -> Vec<TokenStream> {
    let file = endpoint.and_then(|e| e.file.as_ref());
    let alias = endpoint.map(|e| {
        let (path, title) = (docs::path(e), &e.title);
        // rustdoc refuses quotes in an alias.
        let title = title.replace(['"', '\''], "");
        quote!(#[doc(alias = #path)] #[doc(alias = #title)])
    });
    let required = required(scope, s, file);
    let params = required.iter().map(|(_, p, _)| p);
    let values =
        required.iter().map(|(n, _, v)| if *n == v.to_string() { quote!(#n) } else { quote!(#n: #v) });
    let complete = s.fields.iter().all(|f| f.required);
    let rest = (!complete).then(|| quote!(..Self::default()));
    let body = match required.is_empty() {
        true => quote!(Self::default()),
        false => quote!(Self { #(#values,)* #rest }),
    };
    let doc = match (required.is_empty(), complete) {
        (true, true) => " 没有参数。",
        (true, false) => " 空的值，各项以同名方法设置。",
        (false, true) => " 以必填项构造。",
        (false, false) => " 以必填项构造，其余以同名方法设置。",
    };
    let setters = s.fields.iter().filter(|f| !f.required).map(|f| {
        let rust = ident(&f.rust);
        let (param, value) = parameter(scope, &rust, &f.ty, f.boxed);
        let doc = docs::attrs(&[docs::first_sentence(f)]);
        let value = if f.option { quote!(Some(#value)) } else { value };
        quote! {
            #doc
            pub fn #rust(mut self, #param) -> Self {
                self.#rust = #value;
                self
            }
        }
    });
    let new = quote! {
        #[doc = #doc]
        #alias
        pub fn new(#(#params),*) -> Self {
            #body
        }
    };
    std::iter::once(new).chain(setters).collect()
}

/// `取值 touser 的枚举`: where no text says more, the field that it belongs to.
fn enum_title(scope: &Scope<'_>, id: TypeId) -> String {
    for t in &scope.api.types {
        if let TypeKind::Struct(s) = &t.kind
            && let Some(f) = s.fields.iter().find(|f| *f.ty.leaf() == Ty::Ref(id))
        {
            return docs::first_sentence(f);
        }
    }
    "取值。".into()
}

fn union_title(u: &ir::Union) -> String {
    match &u.tag {
        Some(tag) => format!("由 `{tag}` 区分的内容。"),
        None => "由出现的字段区分的内容。".into(),
    }
}

/// ```ignore
/// #[derive(Debug, Clone)]
/// #[non_exhaustive]
/// pub enum CardType {
///     /// `text_notice` 文本通知型
///     TextNotice,
///     /// 未收录的取值，原样保留。
///     Unknown(Box<str>),
/// }
/// ```
fn enumeration(t: &ir::Type, e: &ir::Enum, doc: &TokenStream) -> TokenStream {
    let name = ident(&t.rust);
    let label = |v: &ir::Value| {
        let mut lines: Vec<String> = v.doc.iter().map(|l| docs::safe(l)).collect();
        let first = lines.first().cloned().unwrap_or_default();
        let first = format!("`{}` {first}", v.wire).trim_end().to_owned();
        match lines.first_mut() {
            Some(line) => *line = first,
            None => lines.push(first),
        }
        docs::attrs(&lines)
    };
    if e.flags {
        let consts = e.values.iter().map(|v| {
            let (doc, rust) =
                (label(v), ident(&heck::ToShoutySnakeCase::to_shouty_snake_case(v.rust.as_str())));
            let value = proc_macro2::Literal::i64_unsuffixed(v.wire.parse().unwrap_or_default());
            quote!(#doc pub const #rust: Self = Self(#value);)
        });
        return quote! {
            #doc
            #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
            pub struct #name(pub i64);
            impl #name { #(#consts)* }
        };
    }
    let values = e.values.iter().map(|v| {
        let (doc, rust) = (label(v), ident(&v.rust));
        let deprecated = v.deprecated.as_ref().map(|d| quote!(#[deprecated = #d]));
        quote!(#doc #deprecated #rust,)
    });
    let (copy, unknown) = match e.repr.integers() {
        Some(_) => (quote!(, Copy), quote!(i64)),
        None => (quote!(), quote!(Box<str>)),
    };
    quote! {
        #doc
        #[derive(Debug, Clone #copy)]
        #[non_exhaustive]
        pub enum #name {
            #(#values)*
            /// 未收录的取值，原样保留。
            Unknown(#unknown),
        }
    }
}

/// ```ignore
/// #[derive(Debug, Clone, PartialEq)]
/// #[non_exhaustive]
/// pub enum SendContent {
///     /// 文本消息
///     Text(Text),
///     /// 未收录的变体，原样保留。
///     Unknown(UnknownVariant),
/// }
/// ```
fn union(scope: &Scope<'_>, t: &ir::Type, u: &ir::Union, doc: &TokenStream) -> TokenStream {
    let name = ident(&t.rust);
    let variants = u.variants.iter().map(|v| {
        let rust = ident(&v.rust);
        let mut lines: Vec<String> = v.doc.iter().map(|l| docs::safe(l)).collect();
        if lines.is_empty() {
            lines.push(format!("`{}`", v.tags.first().or(v.key.as_ref()).map_or("", String::as_str)));
        }
        if let Some(instead) = &v.deprecated {
            lines.extend([String::new(), format!("已废弃。{}", docs::safe(instead)).trim().to_owned()]);
        }
        let doc = docs::attrs(&lines);
        if let Some(variant) = derive::variant(scope, u, v) {
            return quote!(#doc #variant);
        }
        match payload(scope, v) {
            Some(ty) => quote!(#doc #rust(#ty),),
            None => quote!(#doc #rust,),
        }
    });
    let serde = derive::union(scope, u);
    let unknown = derive::unknown(scope, u);
    quote! {
        #doc
        #[derive(Debug, Clone, PartialEq)]
        #serde
        #[non_exhaustive]
        pub enum #name {
            #(#variants)*
            /// 未收录的变体，原样保留。
            #unknown
            Unknown(UnknownVariant),
        }
    }
}

/// A variant's payload as a Rust type.
pub(super) fn payload(scope: &Scope<'_>, v: &ir::Variant) -> Option<TokenStream> {
    let ty = scope.rust(v.ty.as_ref()?);
    Some(if v.boxed { quote!(Box<#ty>) } else { ty })
}
