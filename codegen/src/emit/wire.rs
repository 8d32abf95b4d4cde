//! The tables beside the types: how each is read and written.

use std::collections::BTreeSet;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::print::{Item, WIDTH, ident, print, print_items};
use super::scope::Scope;
use super::{docs, paging};
use crate::ir::{self, Place, Prim, Separator, Ty, TypeId, TypeKind};
use crate::source::columns;

/// The file of tables of one spec file.
pub(super) fn part(scope: &Scope<'_>, part: &ir::Part) -> String {
    let answers: BTreeSet<TypeId> = part.endpoints.iter().filter_map(|e| e.response).collect();
    let mut items = tables(scope, &answers);
    for e in &part.endpoints {
        items.push(Item::Text(endpoint(scope, e)));
        items.extend(paging::paged(scope, e).map(Item::Tokens));
    }
    format!("use crate::wire;\n\nuse super::*;\n\n{}", print_items(&items))
}

/// Tables of all types in scope.
pub(super) fn tables(scope: &Scope<'_>, answers: &BTreeSet<TypeId>) -> Vec<Item> {
    let (mut items, mut unions) = (Vec::new(), Vec::new());
    for id in &scope.types {
        let t = scope.api.ty(*id);
        match &t.kind {
            TypeKind::Struct(s) => {
                let kind = if answers.contains(id) { "answer" } else { "record" };
                items.push(Item::Text(record(scope, t, s, kind, file(scope, *id))));
            }
            TypeKind::Union(u) => {
                items.push(Item::Tokens(union(t, u)));
                items.extend(conversions(scope, *id).map(Item::Text));
                unions.push(ident(&t.rust));
            }
            TypeKind::Enum(e) => items.push(Item::Tokens(enumeration(t, e))),
        }
    }
    if !unions.is_empty() {
        items.push(Item::Tokens(quote!(wire::unions! { #(#unions),* })));
    }
    items
}

/// The adapter of a type whose wire form is not its own: `wire::Flag`, `wire::Each<wire::Digits>`.
pub fn adapter(ty: &Ty) -> Option<TokenStream> {
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
/// wire::record! { Text "message::Text" {
///     0 "content" put content,
///     1 "touser" opt_as<wire::Pipe> touser or "to_user",
///     ..content
/// } }
/// ```
///
/// What travels beside the object follows it: `} beside { "media" put media, } }`.
fn record(
    scope: &Scope<'_>,
    t: &ir::Type,
    s: &ir::Struct,
    kind: &str,
    file: Option<&ir::FilePart>,
) -> String {
    let mut rows = String::new();
    for (at, f) in in_object(s).enumerate() {
        let way = if f.option { "opt" } else { "put" };
        let (way, item) = match (adapter(&f.ty), &f.xml_item) {
            (Some(form), _) => (format!("{way}_as<{}>", close(&form)), String::new()),
            (None, Some(item)) => (format!("{way}_items"), format!(" in {item:?}")),
            (None, None) if f.boxed => (format!("{way}_boxed"), String::new()),
            (None, None) => (way.to_owned(), String::new()),
        };
        let also: String = f.also.iter().map(|other| format!(" or {other:?}")).collect();
        rows.push_str(&format!("    {at} {:?} {way} {}{item}{also},\n", f.wire, f.rust));
    }
    let unions: Vec<String> = s.unions.iter().map(|u| rest_step(scope, s, u, &t.rust)).collect();
    if !unions.is_empty() {
        rows.push_str(&format!("    {}\n", unions.join(", ")));
    }
    let mut beside: Vec<String> = s
        .fields
        .iter()
        .filter(|f| !in_object(s).any(|o| o.wire == f.wire))
        .map(|f| format!("{:?} {} {}", f.wire, if f.option { "opt" } else { "put" }, f.rust))
        .collect();
    beside.extend(file.map(|f| format!("{:?} put {}", f.part, f.rust)));
    let beside = match beside.is_empty() {
        true => String::new(),
        false => format!(" beside {{ {} }}", beside.join(", ")),
    };
    let head = format!("wire::{kind}! {{ {} \"{}::{}\"", t.rust, t.module, t.rust);
    let one_line = match rows.lines().count() {
        0 => Some(String::new()),
        1 => Some(format!(" {} ", rows.trim())),
        _ => None,
    };
    let one_line =
        one_line.map(|row| format!("{head} {{{row}}}{beside} }}\n")).filter(|l| columns(l) <= WIDTH);
    one_line.unwrap_or_else(|| format!("{head} {{\n{rows}}}{beside} }}\n"))
}

/// Tokens of a type without blanks: `wire::Each<wire::Flag>`.
fn close(tokens: &TokenStream) -> String {
    tokens.to_string().replace(' ', "")
}

/// The fields that travel in the table's object: a POST's URL parameters travel beside the body; a GET's are all there is.
fn in_object(s: &ir::Struct) -> impl Iterator<Item = &ir::Field> {
    let is_get = s.fields.iter().all(|f| f.place == Place::Query);
    s.fields.iter().filter(move |f| is_get || f.place == Place::Body)
}

/// What an endpoint uploads beside the fields of its request.
fn file<'a>(scope: &Scope<'a>, id: TypeId) -> Option<&'a ir::FilePart> {
    scope.api.endpoints().find(|(_, e)| e.request == id)?.1.file.as_ref()
}

/// A union beside the fields, `..content`; `..content by |this: &Action| …` gives its tag, where that stands in a sibling object.
fn rest_step(scope: &Scope<'_>, s: &ir::Struct, u: &ir::UnionField, owner: &str) -> String {
    let Some((first, inner)) = u.by.split_first() else { return format!("..{}", u.rust) };
    // `this.property.control`, through options on the way.
    let mut here = s.fields.iter().find(|f| f.rust == *first);
    let mut path = match here.is_some_and(|f| f.option) {
        true => format!("this.{first}.as_ref()"),
        false => format!("Some(&this.{first})"),
    };
    for step in inner {
        here = here.and_then(|f| match &f.ty {
            Ty::Ref(id) => match &scope.api.ty(*id).kind {
                TypeKind::Struct(s) => s.fields.iter().find(|f| f.rust == *step),
                _ => None,
            },
            _ => None,
        });
        path.push_str(&match here.is_some_and(|f| f.option) {
            true => format!(".and_then(|v| v.{step}.as_ref())"),
            false => format!(".map(|v| &v.{step})"),
        });
    }
    format!("..{} by |this: &{owner}| {path}.map(ToString::to_string).unwrap_or_default()", u.rust)
}

/// ```ignore
/// impl Union for SendContent {
///     fn take(rest: &mut wire::Rest) -> Result<Self, wire::Error> {
///         match rest.tag("msgtype").as_str() {
///             "text" => rest.sibling("text").map(Self::Text),
///             _ => Ok(Self::Unknown(rest.unknown())),
///         }
///     }
///     fn write<'v, S: wire::Sink<'v>>(&'v self, out: &mut wire::Out<'_, 'v, S>) {
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
            (Some(_), Some(key)) if v.boxed => quote!(rest.sibling(#key).map(Box::new).map(Self::#rust)),
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
                    // A number without a type is an `i32`, which does not hold all of them.
                    let n = i32::try_from(n).map_or(Literal::i64_suffixed(n), Literal::i32_unsuffixed);
                    quote!(out.put(#tag, &#n))
                }
                _ => quote!(out.put(#tag, &#first)),
            }
        });
        let content = match (&v.ty, &v.key) {
            (None, _) => None,
            (Some(_), Some(key)) if v.boxed => Some(quote!(out.put(#key, &**v))),
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
        impl wire::Union for #name {
            fn take(rest: &mut wire::Rest) -> Result<Self, wire::Error> {
                #taken
            }
            fn write<'v, S: wire::Sink<'v>>(&'v self, out: &mut wire::Out<'_, 'v, S>) {
                match self {
                    #(#arms)*
                    Self::Unknown(v) => out.unknown(v),
                }
            }
        }
    }
}

/// What a union is made of: the payload, the variant that holds it, and, where it stands deeper, what makes the variant's payload of it.
pub(super) struct Made {
    pub(super) variant: usize,
    pub(super) payload: TypeId,
    /// The union within, or the object that is nothing but one.
    by: Option<TypeId>,
}

/// The payloads that one place of a union alone takes. Those of the union's own variants come first; then those of unions within, where
/// the union is sent.
pub(super) fn payloads(api: &ir::Api, id: TypeId) -> Vec<Made> {
    made_of(api, id, &mut vec![])
}

fn made_of(api: &ir::Api, id: TypeId, open: &mut Vec<TypeId>) -> Vec<Made> {
    let t = api.ty(id);
    let TypeKind::Union(u) = &t.kind else { return vec![] };
    let held: Vec<(usize, TypeId)> = (0..)
        .zip(&u.variants)
        .filter_map(|(at, v)| match v.ty {
            Some(Ty::Ref(payload)) => Some((at, payload)),
            _ => None,
        })
        .collect();
    let times = |id: TypeId| held.iter().filter(|(_, other)| *other == id).count();
    let mut out: Vec<Made> = held
        .iter()
        .filter(|(_, payload)| times(*payload) == 1)
        .map(|(variant, payload)| Made { variant: *variant, payload: *payload, by: None })
        .collect();
    if !t.sent || open.contains(&id) {
        return out;
    }
    open.push(id);
    let mut deep = Vec::new();
    for (variant, by) in &held {
        let within = match &api.ty(*by).kind {
            TypeKind::Union(_) => *by,
            TypeKind::Struct(s) => match s.unions.as_slice() {
                [one] if one.by.is_empty() && s.fields.iter().all(|f| !f.required) => {
                    deep.push(Made { variant: *variant, payload: one.ty, by: Some(*by) });
                    one.ty
                }
                _ => continue,
            },
            TypeKind::Enum(_) => continue,
        };
        let inner = made_of(api, within, open);
        deep.extend(inner.into_iter().map(|made| Made { variant: *variant, by: Some(*by), ..made }));
    }
    open.pop();
    let times = |id: TypeId| deep.iter().filter(|made| made.payload == id).count();
    let single: Vec<bool> = deep
        .iter()
        .map(|made| {
            made.payload != id && held.iter().all(|(_, own)| *own != made.payload) && times(made.payload) == 1
        })
        .collect();
    out.extend(deep.into_iter().zip(single).filter(|(_, single)| *single).map(|(made, _)| made));
    out
}

/// `wire::from! { SendContent { Text: Text, TemplateCard: TextNotice => TemplateCard::from, } }`
fn conversions(scope: &Scope<'_>, id: TypeId) -> Option<String> {
    let t = scope.api.ty(id);
    let TypeKind::Union(u) = &t.kind else { return None };
    // What lies deeper may stand in files of which this one imports nothing.
    let path = |id: TypeId| match scope.types.contains(&id) {
        true => scope.api.ty(id).rust.clone(),
        false => format!("crate::{}::{}", scope.api.ty(id).module, scope.api.ty(id).rust),
    };
    let mut rows = String::new();
    for made in payloads(scope.api, id) {
        let Some(v) = u.variants.get(made.variant) else { continue };
        let held = if v.boxed { "in Box " } else { "" };
        let by = made.by.map_or_else(String::new, |by| {
            let how = if matches!(scope.api.ty(by).kind, TypeKind::Union(_)) { "from" } else { "new" };
            format!(" => {}::{how}", path(by))
        });
        rows.push_str(&format!("    {}: {held}{}{by},\n", v.rust, path(made.payload)));
    }
    (!rows.is_empty()).then(|| format!("wire::from! {{ {} {{\n{rows}}} }}\n", t.rust))
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
/// wire::endpoint! { Send -> SendResponse, AccessToken, 90236 "发送应用消息",
///     Post "/cgi-bin/message/send", repeat false, rate [30 Minute AgentMember], modes [Internal ThirdParty]
/// }
/// ```
fn endpoint(scope: &Scope<'_>, e: &ir::Endpoint) -> String {
    let response = match (e.response, e.answer) {
        (Some(id), _) => scope.path(id),
        (None, ir::ResponseBody::Bytes) => quote!(crate::Download),
        (None, _) => quote!(()),
    };
    let rates: Vec<String> = e
        .rate
        .iter()
        .map(|r| {
            let word = |w: &str| heck::ToUpperCamelCase::to_upper_camel_case(w);
            format!("{} {} {}", r.calls, word(&r.per), word(&r.scope))
        })
        .collect();
    let modes: Vec<String> = e.modes.iter().map(|mode| format!("{mode:?}")).collect();
    let struct_fields = match &scope.api.ty(e.request).kind {
        TypeKind::Struct(s) => s.fields.as_slice(),
        _ => &[],
    };
    let add = |f: &ir::Field, plain: &str, with: &str| {
        let (wire, rust) = (&f.wire, ident(&f.rust));
        match adapter(&f.ty) {
            Some(a) => {
                let with = ident(with);
                quote!(.#with::<#a, _>(#wire, &this.#rust))
            }
            None => {
                let plain = ident(plain);
                quote!(.#plain(#wire, &this.#rust))
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
        ir::RequestBody::Query if struct_fields.is_empty() => (quote!(wire::Payload::none()), false),
        ir::RequestBody::Query => (quote!(wire::Payload::query_of(this)), true),
        ir::RequestBody::None => (quote!(wire::Payload::none()), false),
        ir::RequestBody::EmptyJson => (quote!(wire::Payload::empty_json()), false),
        ir::RequestBody::Json if struct_fields.is_empty() && unions(scope, e) == 0 => {
            (quote!(wire::Payload::none()), false)
        }
        ir::RequestBody::Json => (quote!(wire::Payload::json(this)), true),
        ir::RequestBody::Multipart => {
            let file = e.file.as_ref();
            let (part, rust) =
                (file.map_or("media", |f| f.part.as_str()), ident(file.map_or("media", |f| f.rust.as_str())));
            more.extend(
                struct_fields.iter().filter(|f| f.place == Place::Body).map(|f| add(f, "part", "part_as")),
            );
            (quote!(wire::Payload::file(#part, &this.#rust)), false)
        }
    };
    // The last step's result is the function's.
    let is_plain_json = more.is_empty() && can_fail && e.body == ir::RequestBody::Json;
    let encoded = match (more.split_last(), can_fail) {
        (None, true) => first,
        (None, false) => quote!(Ok(#first)),
        (Some((last, before)), can_fail) => {
            let try_first = can_fail.then(|| quote!(?));
            quote!(#first #try_first #(#before?)* #last)
        }
    };
    let (name, auth, response) = (&e.rust, auth(e.auth), close(&response));
    let (page, title) = (e.source.first().map_or(0, |s| s.page), &e.title);
    let (method, path, repeat) = (if e.post { "Post" } else { "Get" }, docs::path(e), e.repeat);
    let reads = can_fail || !more.is_empty() || e.body == ir::RequestBody::Multipart;
    let this = if reads { "this" } else { "_this" };
    let encode = match is_plain_json {
        true => String::new(),
        false => format!(",\n    |{this}| {}", expression(&encoded)),
    };
    format!(
        "wire::endpoint! {{ {name} -> {response}, {auth}, {page} {title:?},\n    {method} {path:?}, repeat {repeat}, rate [{}], modes [{}]{encode}\n}}\n",
        rates.join(", "),
        modes.join(" "),
    )
}

/// An expression, laid out.
fn expression(tokens: &TokenStream) -> String {
    let text = print(&[quote!(fn f() { #tokens })]);
    let lines: Vec<&str> = text.lines().collect();
    let inner = lines.get(1..lines.len().saturating_sub(1)).unwrap_or_default();
    inner.join("\n").trim_start().to_owned()
}

fn unions(scope: &Scope<'_>, e: &ir::Endpoint) -> usize {
    match &scope.api.ty(e.request).kind {
        TypeKind::Struct(s) => s.unions.len(),
        _ => 0,
    }
}

/// The marker type of a token kind.
fn auth(auth: ir::Auth) -> &'static str {
    match auth {
        ir::Auth::AccessToken => "AccessToken",
        ir::Auth::SuiteAccessToken => "SuiteAccessToken",
        ir::Auth::ProviderAccessToken => "ProviderAccessToken",
        ir::Auth::DeviceAccessToken => "DeviceAccessToken",
        ir::Auth::ModelAccessToken => "ModelAccessToken",
        ir::Auth::Key => "Key",
        ir::Auth::None => "NoToken",
    }
}
