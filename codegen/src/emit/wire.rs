//! The tables beside the types: how each is read and written.

use std::collections::BTreeSet;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::types::{Scope, payload};
use super::{Form, derive, docs, ident, print};
use crate::ir::{self, Place, Prim, Separator, Ty, TypeId, TypeKind};

/// The file of tables of one spec file.
pub(super) fn part(scope: &Scope<'_>, part: &ir::Part) -> String {
    let mut items = tables(scope);
    for e in &part.endpoints {
        items.push(endpoint(scope, e));
        items.extend(super::paging::paged(scope, e));
    }
    let answers: Vec<_> =
        part.endpoints.iter().filter_map(|e| e.response).map(|id| ident(&scope.api.ty(id).rust)).collect();
    if !answers.is_empty() {
        items.push(quote!(wire::responses! { #(#answers),* }));
    }
    let body = print(&items);
    uses(&body) + &body
}

/// `use` lines for what the tables mention.
pub(super) fn uses(body: &str) -> String {
    let words: BTreeSet<&str> = body.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).collect();
    const RUNTIME: &[&str] = &[
        "Endpoint",
        "Info",
        "MapAccess",
        "Method",
        "Out",
        "Paged",
        "Payload",
        "Per",
        "Rate",
        "Record",
        "Rest",
        "Scope",
        "Sink",
        "TokenKind",
        "Union",
    ];
    let used = RUNTIME.iter().filter(|w| words.contains(*w));
    let names: Vec<&str> = std::iter::once("self").chain(used.copied()).collect();
    // Events told by XML elements need both, those told by JSON keys the error alone.
    let events = match (words.contains("CallbackError"), words.contains("Notice")) {
        (true, true) => "use crate::callback::{CallbackError, Notice};\n",
        (true, false) => "use crate::callback::CallbackError;\n",
        _ => "",
    };
    let auth = if body.contains("kind::") { "use crate::token::kind;\n" } else { "" };
    format!("{events}{auth}use crate::wire::{{{}}};\n\nuse super::*;\n\n", names.join(", "))
}

/// Tables of all types in scope.
pub(super) fn tables(scope: &Scope<'_>) -> Vec<TokenStream> {
    let (mut items, mut records, mut whole, mut unions) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for id in &scope.types {
        let t = scope.api.ty(*id);
        let name = ident(&t.rust);
        match &t.kind {
            TypeKind::Struct(_) if scope.form != Form::Tables => {}
            TypeKind::Union(u) if scope.form != Form::Tables => {
                items.push(derive::default(t));
                items.extend(conversions(scope, t, u));
            }
            TypeKind::Struct(s) => {
                items.push(record(scope, t, s));
                if in_table(s, file(scope, *id)) {
                    whole.push(name.clone());
                }
                records.push(name);
            }
            TypeKind::Union(u) => {
                items.push(union(t, u));
                items.extend(conversions(scope, t, u));
                unions.push(name);
            }
            TypeKind::Enum(e) => items.push(enumeration(t, e)),
        }
    }
    if !records.is_empty() {
        items.push(quote!(wire::records! { #(#records),* }));
    }
    if !whole.is_empty() {
        items.push(quote!(wire::whole! { #(#whole),* }));
    }
    if !unions.is_empty() {
        items.push(quote!(wire::unions! { #(#unions),* }));
    }
    items.extend(derive::read(scope));
    items
}

/// The adapter of a type whose wire form is not its own: `wire::Flag`, `wire::Each<wire::Digits>`.
pub(super) fn adapter(ty: &Ty) -> Option<TokenStream> {
    match ty {
        Ty::Prim(Prim::Flag) => Some(quote!(wire::Flag)),
        Ty::Prim(Prim::Digits | Prim::UnixText | Prim::MillisText) => Some(quote!(wire::Digits)),
        Ty::Joined(Separator::Pipe, _) => Some(quote!(wire::Pipe)),
        Ty::Joined(Separator::Csv, _) => Some(quote!(wire::Csv)),
        Ty::Joined(Separator::Semi, _) => Some(quote!(wire::Semi)),
        Ty::Text(_) => Some(quote!(wire::Text)),
        Ty::List(t) | Ty::Map(t) => adapter(t).map(|a| quote!(wire::Each<#a>)),
        _ => None,
    }
}

/// ```ignore
/// impl Record for Text {
///     const NAME: &'static str = "message::Text";
///     const FIELDS: &'static [&'static str] = &["content"];
///     fn read<'de, M: MapAccess<'de>>(&mut self, field: usize, map: &mut M) -> Result<(), M::Error> {
///         match field {
///             0 => wire::get(map, &mut self.content),
///             _ => wire::skip(map),
///         }
///     }
///     fn write<'v, S: Sink<'v>>(&'v self, out: &mut Out<'_, 'v, S>) {
///         out.put("content", &self.content);
///     }
/// }
/// ```
fn record(scope: &Scope<'_>, t: &ir::Type, s: &ir::Struct) -> TokenStream {
    let name = ident(&t.rust);
    let full = format!("{}::{}", t.module, t.rust);
    let fields: Vec<&ir::Field> = in_object(s).collect();
    let wires = fields.iter().map(|f| &f.wire);
    let reads = fields.iter().enumerate().map(|(i, f)| {
        let (i, rust) = (Literal::usize_unsuffixed(i), ident(&f.rust));
        match (adapter(&f.ty), &f.xml_item) {
            (Some(a), _) => quote!(#i => wire::get_as::<#a, _, _>(map, &mut self.#rust),),
            (None, Some(item)) => quote!(#i => wire::get_items(map, #item, &mut self.#rust),),
            (None, None) => match (f.boxed, f.option) {
                (true, true) => quote!(#i => wire::get_boxed(map, &mut self.#rust),),
                (true, false) => quote!(#i => wire::get(map, &mut *self.#rust),),
                (false, _) => quote!(#i => wire::get(map, &mut self.#rust),),
            },
        }
    });
    let read = match fields.is_empty() {
        true => quote! {
            fn read<'de, M: MapAccess<'de>>(&mut self, _: usize, map: &mut M) -> Result<(), M::Error> {
                wire::skip(map)
            }
        },
        false => quote! {
            fn read<'de, M: MapAccess<'de>>(&mut self, field: usize, map: &mut M) -> Result<(), M::Error> {
                match field {
                    #(#reads)*
                    _ => wire::skip(map),
                }
            }
        },
    };
    let mut writes: Vec<TokenStream> = fields
        .iter()
        .map(|f| {
            let (wire, rust) = (&f.wire, ident(&f.rust));
            match (adapter(&f.ty), f.option) {
                (Some(a), true) => quote!(out.opt_as::<#a, _>(#wire, &self.#rust)),
                (Some(a), false) => quote!(out.put_as::<#a, _>(#wire, &self.#rust)),
                (None, true) => quote!(out.opt(#wire, &self.#rust)),
                (None, false) => quote!(out.put(#wire, &self.#rust)),
            }
        })
        .collect();
    for u in &s.unions {
        let rust = ident(&u.rust);
        writes.push(match u.boxed {
            true => quote!(out.union(&*self.#rust)),
            false => quote!(out.union(&self.#rust)),
        });
    }
    let write = match writes.is_empty() {
        true => quote!(
            fn write<'v, S: Sink<'v>>(&'v self, _: &mut Out<'_, 'v, S>) {}
        ),
        false => quote! {
            fn write<'v, S: Sink<'v>>(&'v self, out: &mut Out<'_, 'v, S>) {
                #(#writes;)*
            }
        },
    };
    let open = (!s.unions.is_empty()).then(|| {
        let mut steps: Vec<TokenStream> = s.unions.iter().map(|u| rest_step(scope, s, u)).collect();
        let last = steps.pop();
        quote! {
            fn rest(&mut self, rest: &mut Rest) -> Result<(), wire::Error> {
                #(#steps?;)*
                #last
            }
        }
    });
    let flag = (!s.unions.is_empty()).then(|| {
        quote!(
            const OPEN: bool = true;
        )
    });
    quote! {
        impl Record for #name {
            const NAME: &'static str = #full;
            const FIELDS: &'static [&'static str] = &[#(#wires),*];
            #flag
            #read
            #open
            #write
        }
    }
}

/// The fields that travel in the table's object: a POST's URL parameters travel beside the body; a GET's are all there is.
fn in_object(s: &ir::Struct) -> impl Iterator<Item = &ir::Field> {
    let is_get = s.fields.iter().all(|f| f.place == Place::Query);
    s.fields.iter().filter(move |f| is_get || f.place == Place::Body)
}

/// Whether the table has all that the struct has, so that `Debug` can be made from it.
pub(super) fn in_table(s: &ir::Struct, file: Option<&ir::FilePart>) -> bool {
    file.is_none() && in_object(s).count() == s.fields.len()
}

/// What an endpoint uploads beside the fields of its request.
fn file<'a>(scope: &Scope<'a>, id: TypeId) -> Option<&'a ir::FilePart> {
    scope.api.endpoints().find(|(_, e)| e.request == id)?.1.file.as_ref()
}

/// Gives a union what the struct's own fields did not take.
fn rest_step(scope: &Scope<'_>, s: &ir::Struct, u: &ir::UnionField) -> TokenStream {
    let rust = ident(&u.rust);
    let slot = if u.boxed { quote!(&mut *self.#rust) } else { quote!(&mut self.#rust) };
    if u.by.is_empty() {
        return quote!(wire::union(rest, #slot));
    }
    // `self.property.control`, through options on the way.
    let mut path = quote!(Some(self));
    let mut here = Some(s);
    for (depth, step) in u.by.iter().enumerate() {
        let step_ident = ident(step);
        let field = here.and_then(|s| s.fields.iter().find(|f| f.rust == *step));
        path = match (depth, field.is_some_and(|f| f.option)) {
            (0, true) => quote!(self.#step_ident.as_ref()),
            (0, false) => quote!(Some(&self.#step_ident)),
            (_, true) => quote!(#path.and_then(|v| v.#step_ident.as_ref())),
            (_, false) => quote!(#path.map(|v| &v.#step_ident)),
        };
        here = field.and_then(|f| match &f.ty {
            Ty::Ref(id) => match &scope.api.ty(*id).kind {
                TypeKind::Struct(s) => Some(s),
                _ => None,
            },
            _ => None,
        });
    }
    quote! {
        {
            let tag = #path.map(ToString::to_string).unwrap_or_default();
            wire::union_by(rest, tag, #slot)
        }
    }
}

/// ```ignore
/// impl Union for SendContent {
///     fn take(rest: &mut Rest) -> Result<Self, wire::Error> {
///         match rest.tag("msgtype").as_str() {
///             "text" => rest.sibling("text").map(Self::Text),
///             _ => Ok(Self::Unknown(rest.unknown())),
///         }
///     }
///     fn write<'v, S: Sink<'v>>(&'v self, out: &mut Out<'_, 'v, S>) {
///         match self {
///             Self::Text(v) => {
///                 out.put("msgtype", &"text");
///                 out.put("text", v);
///             }
///             Self::Unknown(v) => out.unknown(v),
///         }
///     }
/// }
/// ```
fn union(t: &ir::Type, u: &ir::Union) -> TokenStream {
    let name = ident(&t.rust);
    let take = |v: &ir::Variant| {
        let rust = ident(&v.rust);
        match (&v.ty, &v.key) {
            (None, _) => quote!(Ok(Self::#rust)),
            (Some(ty), Some(key)) => match adapter(ty) {
                Some(a) => quote!(rest.sibling_as::<#a, _>(#key).map(Self::#rust)),
                None => quote!(rest.sibling(#key).map(Self::#rust)),
            },
            (Some(_), None) if v.boxed => quote!(rest.flat().map(Box::new).map(Self::#rust)),
            (Some(_), None) => quote!(rest.flat().map(Self::#rust)),
        }
    };
    let taken = match &u.tag {
        Some(tag) => {
            let arms = u.variants.iter().map(|v| {
                let (tags, make) = (&v.tags, take(v));
                quote!(#(#tags)|* => #make,)
            });
            let found = if u.outer { quote!(rest.outer()) } else { quote!(rest.tag(#tag)) };
            quote! {
                match #found.as_str() {
                    #(#arms)*
                    _ => Ok(Self::Unknown(rest.unknown())),
                }
            }
        }
        None => {
            let arms = u.variants.iter().map(|v| {
                let (key, make) = (v.key.as_deref().unwrap_or_default(), take(v));
                quote!(if rest.has(#key) { return #make; })
            });
            quote! {
                #(#arms)*
                Ok(Self::Unknown(rest.unknown()))
            }
        }
    };
    let arms = u.variants.iter().map(|v| {
        let rust = ident(&v.rust);
        let tag = u.tag.as_ref().filter(|_| !u.outer).map(|tag| {
            let first = v.tags.first().map_or("", String::as_str);
            match (u.numeric, first.parse::<i64>()) {
                (true, Ok(n)) => {
                    let n = Literal::i64_unsuffixed(n);
                    quote!(out.put(#tag, &#n))
                }
                _ => quote!(out.put(#tag, &#first)),
            }
        });
        let content = match (&v.ty, &v.key) {
            (None, _) => None,
            (Some(ty), Some(key)) => Some(match adapter(ty) {
                Some(a) => quote!(out.put_as::<#a, _>(#key, v)),
                None => quote!(out.put(#key, v)),
            }),
            (Some(_), None) if v.boxed => Some(quote!(out.flat(&**v))),
            (Some(_), None) => Some(quote!(out.flat(v))),
        };
        match (tag, content) {
            (Some(tag), Some(content)) => quote!(Self::#rust(v) => { #tag; #content; }),
            (Some(tag), None) => quote!(Self::#rust => #tag,),
            (None, Some(content)) => quote!(Self::#rust(v) => #content,),
            (None, None) => quote!(Self::#rust => {}),
        }
    });
    quote! {
        impl Union for #name {
            fn take(rest: &mut Rest) -> Result<Self, wire::Error> {
                #taken
            }
            fn write<'v, S: Sink<'v>>(&'v self, out: &mut Out<'_, 'v, S>) {
                match self {
                    #(#arms)*
                    Self::Unknown(v) => out.unknown(v),
                }
            }
        }
    }
}

/// `impl From<Text> for SendContent`, for payloads that only one variant has.
fn conversions(scope: &Scope<'_>, t: &ir::Type, u: &ir::Union) -> Vec<TokenStream> {
    let name = ident(&t.rust);
    let mut out = Vec::new();
    for v in &u.variants {
        let Some(Ty::Ref(_)) = &v.ty else { continue };
        if u.variants.iter().filter(|o| o.ty == v.ty).count() > 1 {
            continue;
        }
        let rust = ident(&v.rust);
        let Some(plain) = payload(scope, &ir::Variant { boxed: false, ..v.clone() }) else { continue };
        let value = if v.boxed { quote!(Box::new(v)) } else { quote!(v) };
        let made = match derive::is_named(scope, u, v) {
            true => quote!(Self::#rust { v }),
            false => quote!(Self::#rust(#value)),
        };
        out.push(quote! {
            impl From<#plain> for #name {
                fn from(v: #plain) -> Self {
                    #made
                }
            }
        });
    }
    out
}

/// `wire::str_enum! { CardType { TextNotice = "text_notice" } }`
fn enumeration(t: &ir::Type, e: &ir::Enum) -> TokenStream {
    let name = ident(&t.rust);
    if e.flags {
        return quote!(wire::flags! { #name });
    }
    let names = e.values.iter().map(|v| ident(&v.rust));
    if e.repr.integers().is_some() {
        let values = e.values.iter().map(|v| Literal::i64_unsuffixed(v.wire.parse().unwrap_or_default()));
        return quote!(wire::int_enum! { #name { #(#names = #values),* } });
    }
    let values = e.values.iter().map(|v| &v.wire);
    quote!(wire::str_enum! { #name { #(#names = #values),* } })
}

/// ```ignore
/// impl Endpoint for Send {
///     type Auth = kind::AccessToken;
///     type Response = SendResponse;
///     const INFO: &'static Info = &Info { … };
///     fn encode(&self) -> Result<Payload, wire::Error> {
///         Payload::json(self)
///     }
/// }
/// ```
fn endpoint(scope: &Scope<'_>, e: &ir::Endpoint) -> TokenStream {
    let name = ident(&e.rust);
    let auth = auth(e.auth);
    let response = match (e.response, e.answer) {
        (Some(id), _) => scope.path(id),
        (None, ir::ResponseBody::Bytes) => quote!(crate::Download),
        (None, _) => quote!(()),
    };
    let path = docs::path(e);
    let method = if e.post { quote!(Post) } else { quote!(Get) };
    let title = &e.title;
    let page = Literal::i64_unsuffixed(e.source.first().map_or(0, |s| s.page));
    let repeat = e.repeat;
    let rates = e.rate.iter().map(|r| {
        let calls = Literal::i64_unsuffixed(r.calls);
        let word = |w: &str| ident(&heck::ToUpperCamelCase::to_upper_camel_case(w));
        let (per, scope) = (word(&r.per), word(&r.scope));
        quote!(Rate { calls: #calls, per: Per::#per, scope: Scope::#scope })
    });
    let struct_fields = match &scope.api.ty(e.request).kind {
        TypeKind::Struct(s) => s.fields.as_slice(),
        _ => &[],
    };
    let add = |f: &ir::Field, plain: &str, with: &str| {
        let (wire, rust) = (&f.wire, ident(&f.rust));
        match adapter(&f.ty) {
            Some(a) => {
                let with = ident(with);
                quote!(.#with::<#a, _>(#wire, &self.#rust))
            }
            None => {
                let plain = ident(plain);
                quote!(.#plain(#wire, &self.#rust))
            }
        }
    };
    let mut more: Vec<TokenStream> = Vec::new();
    if e.post {
        more.extend(
            struct_fields.iter().filter(|f| f.place == Place::Query).map(|f| add(f, "query", "query_as")),
        );
    }
    let (first, can_fail) = match e.body {
        ir::RequestBody::Query if struct_fields.is_empty() => (quote!(Payload::none()), false),
        ir::RequestBody::Query if scope.form != Form::Tables => {
            more.extend(struct_fields.iter().map(|f| add(f, "query", "query_as")));
            (quote!(Payload::none()), false)
        }
        ir::RequestBody::Query => (quote!(Payload::query_of(self)), true),
        ir::RequestBody::None | ir::RequestBody::Xml => (quote!(Payload::none()), false),
        ir::RequestBody::EmptyJson => (quote!(Payload::empty_json()), false),
        ir::RequestBody::Json if struct_fields.is_empty() && unions(scope, e) == 0 => {
            (quote!(Payload::none()), false)
        }
        ir::RequestBody::Json => (quote!(Payload::json(self)), true),
        ir::RequestBody::Multipart => {
            let file = e.file.as_ref();
            let (part, rust) =
                (file.map_or("media", |f| f.part.as_str()), ident(file.map_or("media", |f| f.rust.as_str())));
            more.extend(
                struct_fields.iter().filter(|f| f.place == Place::Body).map(|f| add(f, "part", "part_as")),
            );
            (quote!(Payload::file(#part, &self.#rust)), true)
        }
    };
    // The last step's result is the function's.
    let encoded = match (more.split_last(), can_fail) {
        (None, true) => first,
        (None, false) => quote!(Ok(#first)),
        (Some((last, before)), can_fail) => {
            let try_first = can_fail.then(|| quote!(?));
            quote!(#first #try_first #(#before?)* #last)
        }
    };
    quote! {
        impl Endpoint for #name {
            type Auth = #auth;
            type Response = #response;
            const INFO: &'static Info = &Info {
                path: #path,
                method: Method::#method,
                auth: <#auth as kind::Kind>::KIND,
                title: #title,
                page: #page,
                repeat: #repeat,
                rate: &[#(#rates),*],
            };
            fn encode(&self) -> Result<Payload, wire::Error> {
                #encoded
            }
        }
    }
}

fn unions(scope: &Scope<'_>, e: &ir::Endpoint) -> usize {
    match &scope.api.ty(e.request).kind {
        TypeKind::Struct(s) => s.unions.len(),
        _ => 0,
    }
}

/// The marker type of a token kind.
pub(super) fn auth(auth: ir::Auth) -> TokenStream {
    let name = ident(match auth {
        ir::Auth::AccessToken => "AccessToken",
        ir::Auth::SuiteAccessToken => "SuiteAccessToken",
        ir::Auth::ProviderAccessToken => "ProviderAccessToken",
        ir::Auth::DeviceAccessToken => "DeviceAccessToken",
        ir::Auth::ModelAccessToken => "ModelAccessToken",
        ir::Auth::Key => "Key",
        ir::Auth::None => "NoToken",
    });
    quote!(kind::#name)
}
