//! Structs, enumerations and unions, with constructors and setters.

use std::collections::{BTreeSet, HashMap};

use proc_macro2::TokenStream;
use quote::quote;

use super::print::{Item, ident, print_items};
use super::scope::Scope;
use super::{docs, example};
use crate::ir::{self, Prim, Ty, TypeId, TypeKind};

/// The first field that has a type, for the types that have no text of their own.
pub(super) type Owners<'a> = HashMap<TypeId, &'a ir::Field>;

pub(super) fn owners(api: &ir::Api) -> Owners<'_> {
    let mut found = HashMap::new();
    for t in &api.types {
        let TypeKind::Struct(s) = &t.kind else { continue };
        for f in &s.fields {
            if let Ty::Ref(id) = f.ty.leaf() {
                found.entry(*id).or_insert(f);
            }
        }
    }
    found
}

/// The types of one spec file.
pub(super) fn part(scope: &Scope<'_>, owners: &Owners<'_>, part: &ir::Part) -> String {
    let mut items = Vec::new();
    for id in &part.types {
        let request = part.endpoints.iter().find(|e| e.request == *id).map(Of::Request);
        let answer = || part.endpoints.iter().find(|e| e.response == Some(*id)).map(Of::Answer);
        items.extend(item(scope, owners, *id, request.or_else(answer).unwrap_or(Of::Others)));
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
                // Their constructors take what the payloads' own take.
                if scope.api.ty(*id).sent {
                    for (_, s) in shared_payloads(scope.api, u) {
                        found.parameters(s);
                        s.content().into_iter().for_each(|f| found.parameter(f));
                    }
                }
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
            found.parameters(s);
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

    /// What the parameters of `new` mention.
    fn parameters(&mut self, s: &ir::Struct) {
        s.fields.iter().filter(|f| f.required).for_each(|f| self.parameter(f));
    }

    fn parameter(&mut self, f: &ir::Field) {
        match &f.ty {
            // A parameter takes anything that gives its elements.
            Ty::List(t) | Ty::Joined(_, t) | Ty::Map(t) => self.ty(t),
            ty => self.ty(ty),
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

/// What a type is of, which says where its text comes from.
#[derive(Clone, Copy)]
pub(super) enum Of<'a> {
    Request(&'a ir::Endpoint),
    Answer(&'a ir::Endpoint),
    Event(&'a ir::Event),
    /// Other types; the text is its own.
    Others,
}

/// All items of one type.
pub(super) fn item(scope: &Scope<'_>, owners: &Owners<'_>, id: TypeId, of: Of<'_>) -> Vec<Item> {
    let t = scope.api.ty(id);
    let own: Vec<String> = t.doc.iter().map(|l| docs::safe(l)).collect();
    match &t.kind {
        TypeKind::Struct(s) => {
            let choices = docs::choices(&s.choices);
            let (mut doc, endpoint, alias) = match of {
                Of::Request(e) => {
                    // rustdoc's search forgets the aliases of what is re-exported from a part: there they stand on the re-export.
                    let alias = (!is_of_parts(scope)).then(|| docs::aliases(e));
                    (docs::endpoint(e, &choices, &example::call(scope.api, e)), Some(e), alias)
                }
                Of::Answer(e) => (vec![format!("[`{}`] 的返回。", e.rust)], None, None),
                Of::Event(e) => (docs::event(e), None, Some(docs::event_alias(e))),
                Of::Others if own.is_empty() => (vec![format!("`{}`", t.rust)], None, None),
                Of::Others => (own, None, None),
            };
            if endpoint.is_none() && !choices.is_empty() {
                doc.push(String::new());
                doc.extend(choices);
            }
            let doc = docs::attrs(&doc);
            structure(scope, t, s, endpoint, &quote!(#doc #alias))
        }
        TypeKind::Enum(e) => {
            let doc = if own.is_empty() {
                vec![owners.get(&id).map_or_else(|| "取值。".into(), |f| docs::first_sentence(f))]
            } else {
                own
            };
            vec![Item::Tokens(enumeration(t, e, &docs::attrs(&doc)))]
        }
        TypeKind::Union(u) => {
            let doc = if own.is_empty() { vec![union_title(u)] } else { own };
            let mut out = vec![Item::Tokens(union(scope, t, u, &docs::attrs(&doc)))];
            let shared = if t.sent { shared(scope, u) } else { vec![] };
            out.extend((!shared.is_empty()).then(|| Item::Methods(ident(&t.rust), shared)));
            out
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
        quote!(#doc pub #rust: #ty,)
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
        quote!(#doc pub #rust: #ty,)
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
        quote!(#doc pub #rust: MediaFile,)
    });
    let deprecated = endpoint
        .filter(|e| e.status == ir::Status::Retired)
        .map(|_| quote!(#[deprecated = "已下线：官方文档不再收录，服务端仍应答"]));
    let must_use = t.sent.then(|| quote!(#[must_use]));
    let mut out = vec![Item::Tokens(quote! {
        #doc
        #deprecated
        // The other traits come from the tables, which costs the compiler less.
        #[derive(Clone, Default)]
        #must_use
        #[non_exhaustive]
        pub struct #name {
            #(#fields)*
            #(#unions)*
            #upload
        }
    })];
    if t.sent {
        let new = constructor(scope, s, endpoint);
        let optional = s.fields.iter().filter(|f| !f.required);
        let Some(e) = endpoint else {
            let setters = optional.map(|f| setter(scope, f));
            out.push(Item::Methods(name, std::iter::once(new).chain(setters).collect()));
            return out;
        };
        let file = e.answer == ir::ResponseBody::Bytes;
        let (both, apart): (Vec<_>, Vec<_>) =
            optional.partition(|f| crate::names::on_call(&f.rust, file) == f.rust);
        let own = apart.iter().map(|f| setter(scope, f));
        out.push(Item::Methods(name.clone(), std::iter::once(new).chain(own).collect()));
        if !both.is_empty() {
            let setters = both.iter().map(|f| setter(scope, f)).collect();
            out.push(Item::Setters(name.clone(), setters));
        }
        if !apart.is_empty() {
            let setters = apart.iter().map(|f| call_setter(scope, f, file));
            out.push(Item::Tokens(quote!(impl crate::Call<#name> { #(#setters)* })));
        }
    }
    out
}

/// Whether the module of the file has several parts, each a file of its own.
fn is_of_parts(scope: &Scope<'_>) -> bool {
    scope.api.modules.iter().any(|m| m.name == scope.module && m.parts.len() > 1)
}

fn union_type(scope: &Scope<'_>, u: &ir::UnionField) -> TokenStream {
    let ty = scope.path(u.ty);
    if u.boxed { quote!(Box<#ty>) } else { ty }
}

/// A parameter that takes a value of a type, and the expression that makes the value of it, unless it is the value.
pub(super) fn parameter(
    scope: &Scope<'_>,
    name: &proc_macro2::Ident,
    ty: &Ty,
    boxed: bool,
) -> (TokenStream, Option<TokenStream>) {
    let rust = scope.rust(ty);
    let (param, value) = match ty {
        Ty::List(t) | Ty::Joined(_, t) => {
            let inner = scope.rust(t);
            match Taken::of(scope, t) {
                Taken::Into => (
                    quote!(#name: impl IntoIterator<Item = impl Into<#inner>>),
                    quote!(#name.into_iter().map(Into::into).collect()),
                ),
                Taken::OneOf => (
                    quote!(#name: impl IntoIterator<Item = impl crate::OneOf<#inner>>),
                    quote!(#name.into_iter().map(crate::OneOf::into_union).collect()),
                ),
                Taken::Itself => {
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
        ty => match Taken::of(scope, ty) {
            Taken::Into => (quote!(#name: impl Into<#rust>), quote!(#name.into())),
            Taken::OneOf => {
                (quote!(#name: impl crate::OneOf<#rust>), quote!(crate::OneOf::into_union(#name)))
            }
            Taken::Itself if boxed => (quote!(#name: #rust), quote!(#name)),
            Taken::Itself => return (quote!(#name: #rust), None),
        },
    };
    (param, Some(if boxed { quote!(Box::new(#value)) } else { value }))
}

/// What a parameter takes for a value of a type.
enum Taken {
    /// What converts into it: text, times, values of enumerations.
    Into,
    /// What a union is made of.
    OneOf,
    /// Nothing else.
    Itself,
}

impl Taken {
    fn of(scope: &Scope<'_>, ty: &Ty) -> Self {
        match ty {
            Ty::Prim(
                Prim::String | Prim::Secret | Prim::Date | Prim::Date8 | Prim::Datetime | Prim::Rfc3339,
            )
            | Ty::Prim(
                Prim::Unix | Prim::UnixText | Prim::Millis | Prim::MillisText | Prim::Base64 | Prim::Json,
            ) => Taken::Into,
            Ty::Ref(id) => match &scope.api.ty(*id).kind {
                TypeKind::Struct(_) => Taken::Itself,
                TypeKind::Union(_) => Taken::OneOf,
                TypeKind::Enum(_) => Taken::Into,
            },
            _ => Taken::Itself,
        }
    }
}

/// The parameters of `new`, in order, and what they become.
pub(super) fn required(
    scope: &Scope<'_>,
    s: &ir::Struct,
    file: Option<&ir::FilePart>,
) -> Vec<(proc_macro2::Ident, TokenStream, Option<TokenStream>)> {
    let mut out = Vec::new();
    for f in s.fields.iter().filter(|f| f.required) {
        let name = ident(&f.rust);
        let (param, value) = parameter(scope, &name, &f.ty, f.boxed);
        out.push((name, param, value));
    }
    for u in &s.unions {
        let name = ident(&u.rust);
        let (param, value) = parameter(scope, &name, &Ty::Ref(u.ty), u.boxed);
        out.push((name, param, value));
    }
    if let Some(f) = file {
        let name = ident(&f.rust);
        out.push((name.clone(), quote!(#name: impl Into<MediaFile>), Some(quote!(#name.into()))));
    }
    out
}

/// ```ignore
/// impl Send {
///     pub fn new(agentid: i64, content: impl OneOf<SendContent>) -> Self { … }
/// }
/// ```
fn constructor(scope: &Scope<'_>, s: &ir::Struct, endpoint: Option<&ir::Endpoint>) -> TokenStream {
    let required = required(scope, s, endpoint.and_then(|e| e.file.as_ref()));
    let params = required.iter().map(|(_, p, _)| p);
    let values = required.iter().map(|(n, _, v)| match v {
        Some(v) => quote!(#n: #v),
        None => quote!(#n),
    });
    let complete = s.fields.iter().all(|f| f.required);
    let rest = (!complete).then(|| quote!(..Self::default()));
    let body = match required.is_empty() {
        true => quote!(Self::default()),
        false => quote!(Self { #(#values,)* #rest }),
    };
    quote! {
        pub fn new(#(#params),*) -> Self {
            #body
        }
    }
}

/// ```ignore
/// /// 接收成员
/// pub fn touser(mut self, touser: impl IntoIterator<Item = impl Into<String>>) -> Self { … }
/// ```
///
/// Those of a request stand in `wire::setters!`, which gives them to its call as well.
fn setter(scope: &Scope<'_>, f: &ir::Field) -> TokenStream {
    let rust = ident(&f.rust);
    let (param, value) = parameter(scope, &rust, &f.ty, f.boxed);
    let doc = docs::attrs(&[docs::first_sentence(f)]);
    let value = value.unwrap_or_else(|| quote!(#rust));
    let value = if f.option { quote!(Some(#value)) } else { value };
    quote! {
        #doc
        pub fn #rust(mut self, #param) -> Self {
            self.#rust = #value;
            self
        }
    }
}

/// The setter of a call that has a method of this name already: `header_`.
///
/// ```ignore
/// /// 头部
/// pub fn header_(mut self, header: impl Into<String>) -> Self { … }
/// ```
fn call_setter(scope: &Scope<'_>, f: &ir::Field, file: bool) -> TokenStream {
    let (rust, called) = (ident(&f.rust), ident(&crate::names::on_call(&f.rust, file)));
    let (param, _) = parameter(scope, &rust, &f.ty, f.boxed);
    let doc = docs::attrs(&[docs::first_sentence(f)]);
    quote! {
        #doc
        pub fn #called(mut self, #param) -> Self {
            self.request = self.request.#rust(#rust);
            self
        }
    }
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
        match payload(scope, v) {
            Some(ty) => quote!(#doc #rust(#ty),),
            None => quote!(#doc #rust,),
        }
    });
    quote! {
        #doc
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants)*
            /// 未收录的变体，原样保留。
            Unknown(UnknownVariant),
        }
    }
}

/// Constructors of the variants whose payloads others have too, so that no payload alone can tell:
///
/// ```ignore
/// /// 点击推事件
/// pub fn click(key: impl Into<String>) -> Self { … }
/// ```
///
/// Where the payload must have nothing, they take what it may have first, which is what it is there for: `text(text: impl Into<String>)`.
fn shared(scope: &Scope<'_>, u: &ir::Union) -> Vec<TokenStream> {
    let method = |(v, s): (&ir::Variant, &ir::Struct)| {
        let name = ident(&crate::names::field_name(&v.rust)?);
        let (rust, payload) = (ident(&v.rust), scope.rust(v.ty.as_ref()?));
        let required = required(scope, s, None);
        let (params, made): (Vec<_>, _) = match s.content() {
            Some(f) => {
                let name = ident(&f.rust);
                (vec![parameter(scope, &name, &f.ty, f.boxed).0], quote!(#payload::new().#name(#name)))
            }
            None => {
                let args = required.iter().map(|(n, _, _)| n);
                (required.iter().map(|(_, p, _)| p.clone()).collect(), quote!(#payload::new(#(#args),*)))
            }
        };
        let made = if v.boxed { quote!(Box::new(#made)) } else { made };
        let doc = docs::attrs(&[v.doc.first().map_or_else(|| format!("`{}`", v.rust), |l| docs::safe(l))]);
        Some(quote! {
            #doc
            pub fn #name(#(#params),*) -> Self {
                Self::#rust(#made)
            }
        })
    };
    shared_payloads(scope.api, u).filter_map(method).collect()
}

/// The variants whose payloads others have too, with those.
fn shared_payloads<'a>(
    api: &'a ir::Api,
    u: &'a ir::Union,
) -> impl Iterator<Item = (&'a ir::Variant, &'a ir::Struct)> {
    u.variants.iter().filter_map(|v| match (&v.ty, u.variants.iter().filter(|o| o.ty == v.ty).count()) {
        (Some(Ty::Ref(id)), 2..) => match &api.ty(*id).kind {
            TypeKind::Struct(s) => Some((v, s)),
            _ => None,
        },
        _ => None,
    })
}

/// A variant's payload as a Rust type.
fn payload(scope: &Scope<'_>, v: &ir::Variant) -> Option<TokenStream> {
    let ty = scope.rust(v.ty.as_ref()?);
    Some(if v.boxed { quote!(Box<#ty>) } else { ty })
}
