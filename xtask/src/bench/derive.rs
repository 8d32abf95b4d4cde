//! The yardstick of `bench`: the generated code with `serde_derive` in the place of the tables.
//!
//! Never part of the client, and no concern of the generator: its files are read, and the resolved API says which attributes
//! their types need. Text, constructors, enumerations, endpoints and events stay as they are, so that a difference in cost is the
//! difference of the forms. What derive has no attribute for is written in the nearest form that it has, so bodies of such types
//! may read otherwise: number tags stand as text, a tag in another object is guessed from the keys, and lists that XML wraps are
//! read bare.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::parse_quote;
use wecom_codegen::emit::{self, ROOT};
use wecom_codegen::ir::{self, Place, Ty, TypeId, TypeKind};

type Files = BTreeMap<String, String>;

/// What the attributes name.
const HELPERS: &str = include_str!("derive/helpers.rs.txt");

/// The files of [`emit::library`] in a derived form.
pub(super) fn rewrite(api: &ir::Api, files: Files, lenient: bool) -> Result<Files, String> {
    let form = Derived::new(api, lenient);
    let mut out = Files::new();
    for (path, text) in files {
        let text = match form.module_of(&path) {
            Some((module, true)) => form.tables(module, &path, &text)?,
            Some((module, false)) => form.types(module, &path, &text)?,
            None if path.ends_with("/api/mod.rs") => text + "\nmod derived;\n",
            None => text,
        };
        out.insert(path, text);
    }
    out.insert(format!("{ROOT}/derived.rs"), HELPERS.to_owned());
    Ok(out)
}

struct Derived<'a> {
    api: &'a ir::Api,
    lenient: bool,
    types: BTreeMap<(&'a str, &'a str), TypeId>,
    /// File below [`ROOT`], without its ending → module.
    modules: BTreeMap<String, String>,
    /// What the runtime reads by itself: answers, events of JSON, JSON inside text.
    read: BTreeSet<TypeId>,
    answers: BTreeSet<TypeId>,
}

impl<'a> Derived<'a> {
    fn new(api: &'a ir::Api, lenient: bool) -> Self {
        let mut modules = BTreeMap::new();
        for module in &api.modules {
            let base = module.name.replace("::", "/");
            match module.parts.as_slice() {
                [_] => drop(modules.insert(base, module.name.clone())),
                parts => modules
                    .extend(parts.iter().map(|part| (format!("{base}/{}", part.stem), module.name.clone()))),
            }
        }
        for module in &api.events {
            modules.insert(format!("events/{}", module.name), format!("events::{}", module.name));
        }
        let answers: BTreeSet<TypeId> = api.endpoints().filter_map(|(_, e)| e.response).collect();
        let mut read = answers.clone();
        let told = api.events.iter().filter(|m| m.transport != "xml");
        read.extend(told.flat_map(|m| m.events.iter().map(|e| e.ty)));
        for t in &api.types {
            match &t.kind {
                TypeKind::Struct(s) => s.fields.iter().for_each(|f| inside_text(&f.ty, false, &mut read)),
                TypeKind::Union(u) => {
                    u.variants.iter().flat_map(|v| &v.ty).for_each(|ty| inside_text(ty, false, &mut read));
                }
                TypeKind::Enum(_) => {}
            }
        }
        let types = (0..).zip(&api.types).map(|(id, t)| ((t.module.as_str(), t.rust.as_str()), TypeId(id)));
        Self { api, lenient, types: types.collect(), modules, read, answers }
    }

    /// The module whose types, or tables (`true`), a file holds.
    fn module_of(&self, path: &str) -> Option<(&str, bool)> {
        let path = path.strip_prefix(ROOT)?.trim_start_matches('/').strip_suffix(".rs")?;
        let (base, tables) = match path.strip_suffix("/tables") {
            Some(base) => (base, true),
            None => (path, false),
        };
        self.modules.get(base).map(|module| (module.as_str(), tables))
    }

    fn find(&self, module: &str, name: &impl ToString) -> Option<&'a ir::Type> {
        self.types.get(&(module, name.to_string().as_str())).map(|id| self.api.ty(*id))
    }

    /// A file of types: the structs and unions derive what the tables did.
    fn types(&self, module: &str, path: &str, text: &str) -> Result<String, String> {
        let mut file = parse(path, text)?;
        let mut beside = Vec::new();
        for item in &mut file.items {
            match item {
                syn::Item::Struct(item) => {
                    if let Some(ir::Type { kind: TypeKind::Struct(s), .. }) = self.find(module, &item.ident) {
                        self.structure(item, s);
                    }
                }
                syn::Item::Enum(item) => {
                    if let Some(ir::Type { kind: TypeKind::Union(u), .. }) = self.find(module, &item.ident) {
                        beside.extend(self.union(item, u));
                    }
                }
                _ => {}
            }
        }
        file.items.extend(beside);
        Ok(prettyplease::unparse(&file))
    }

    fn structure(&self, item: &mut syn::ItemStruct, s: &ir::Struct) {
        item.attrs.retain(|a| !a.path().is_ident("derive"));
        item.attrs.push(parse_quote! {
            #[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        });
        for field in &mut item.fields {
            let Some(name) = field.ident.as_ref().map(ToString::to_string) else { continue };
            field.attrs.push(match s.fields.iter().find(|f| f.rust == name) {
                Some(f) => self.field(s, f),
                None if s.unions.iter().any(|u| u.rust == name) => parse_quote!(#[serde(flatten)]),
                // An upload, which is no part of the JSON.
                None => parse_quote!(#[serde(skip)]),
            });
        }
    }

    /// `#[serde(rename = "UserID", default, skip_serializing_if = "Option::is_none")]`
    fn field(&self, s: &ir::Struct, f: &ir::Field) -> syn::Attribute {
        if f.place == Place::Query && s.fields.iter().any(|o| o.place == Place::Body) {
            return parse_quote!(#[serde(skip)]);
        }
        let rename = (f.wire != f.rust).then(|| {
            let name = &f.wire;
            quote!(rename = #name,)
        });
        let skip = f.option.then(|| quote!(skip_serializing_if = "Option::is_none",));
        let ways = self.ways(&f.ty, f.option);
        parse_quote!(#[serde(#rename default, #skip #ways)])
    }

    /// The functions that read and write a value in another way than its type's own.
    fn ways(&self, ty: &Ty, option: bool) -> TokenStream {
        if let Some(adapter) = emit::adapter(ty) {
            let adapter = adapter.to_string().replace(' ', "").replace("wire::", "crate::wire::");
            let path = |name: &str| format!("crate::api::derived::{name}::<{adapter}, _, _>");
            let (read, write) = (path("read_as"), path("write_as"));
            return quote!(deserialize_with = #read, serialize_with = #write,);
        }
        let leaf = match ty.leaf() {
            Ty::Ref(id) => matches!(self.api.ty(*id).kind, TypeKind::Enum(_)),
            _ => true,
        };
        match (self.lenient, leaf) {
            (true, true) => quote!(deserialize_with = "crate::api::derived::lenient",),
            (true, false) if !option => quote!(deserialize_with = "crate::api::derived::nullable",),
            _ => quote!(),
        }
    }

    /// `#[derive(serde::Serialize, serde::Deserialize)] #[serde(tag = "msgtype")]`
    fn union(&self, item: &mut syn::ItemEnum, u: &ir::Union) -> Vec<syn::Item> {
        let mut beside = Vec::new();
        item.attrs.push(parse_quote!(#[derive(serde::Serialize, serde::Deserialize)]));
        match &u.tag {
            Some(_) if u.outer => item.attrs.push(parse_quote!(#[serde(untagged)])),
            Some(tag) => item.attrs.push(parse_quote!(#[serde(tag = #tag)])),
            None => {}
        }
        for variant in &mut item.variants {
            let Some(v) = u.variants.iter().find(|v| variant.ident == v.rust) else {
                // What no other variant takes.
                variant.attrs.push(match u.outer {
                    true => parse_quote!(#[serde(with = "crate::api::derived::unknown")]),
                    false => parse_quote!(#[serde(untagged, with = "crate::api::derived::unknown")]),
                });
                continue;
            };
            let (first, also) = match u.tag.is_some() {
                true => (v.tags.first().cloned(), v.tags.get(1..).unwrap_or_default()),
                false => (v.key.clone(), [].as_slice()),
            };
            if !u.outer {
                let first = first.unwrap_or_default();
                variant.attrs.push(parse_quote!(#[serde(rename = #first #(, alias = #also)*)]));
            }
            if let (true, Some(key), Some(ty)) = (is_named(u, v), &v.key, &v.ty)
                && let Some(payload) = variant.fields.iter().next().map(|f| f.ty.clone())
            {
                let name = format_ident!("{}_{}", item.ident, variant.ident);
                let with = name.to_string();
                variant.attrs.push(parse_quote!(#[serde(with = #with)]));
                beside.push(self.beside(&name, key, ty, &payload));
            }
        }
        beside
    }

    /// The payload under a key beside the tag, for which derive has no attribute: the variant stays a tuple, as people's code matches it.
    fn beside(&self, name: &syn::Ident, key: &str, ty: &Ty, payload: &syn::Type) -> syn::Item {
        let ways = self.ways(ty, false);
        let written = match emit::adapter(ty) {
            Some(form) => quote!({
                use crate::wire;
                wire::WriteAs::<#form, _>::new(value)
            }),
            None => quote!(value),
        };
        parse_quote! {
            #[allow(non_snake_case)]
            mod #name {
                use super::*;

                #[derive(serde::Deserialize)]
                struct One {
                    #[serde(rename = #key, default, #ways)]
                    v: #payload,
                }

                pub(super) fn deserialize<'de, D: serde::Deserializer<'de>>(from: D) -> Result<#payload, D::Error> {
                    <One as serde::Deserialize>::deserialize(from).map(|one| one.v)
                }

                pub(super) fn serialize<S: serde::Serializer>(value: &#payload, to: S) -> Result<S::Ok, S::Error> {
                    let mut map = to.serialize_map(Some(1))?;
                    serde::ser::SerializeMap::serialize_entry(&mut map, #key, &#written)?;
                    serde::ser::SerializeMap::end(map)
                }
            }
        }
    }

    /// A file of tables: what is left of it beside the derived traits.
    fn tables(&self, module: &str, path: &str, text: &str) -> Result<String, String> {
        let mut file = parse(path, text)?;
        let mut defaults: Vec<syn::Item> = Vec::new();
        let mut made = Vec::new();
        for mut item in std::mem::take(&mut file.items) {
            match &mut item {
                syn::Item::Macro(call) => {
                    let name = call.mac.path.segments.last().map(|s| s.ident.to_string()).unwrap_or_default();
                    match name.as_str() {
                        "record" | "answer" | "unions" => continue,
                        "endpoint" => {
                            let tokens = call.mac.tokens.clone();
                            call.mac.tokens = self.query(module, tokens);
                        }
                        _ => {}
                    }
                }
                syn::Item::Impl(block) => {
                    let of = block.trait_.as_ref().and_then(|(path, _)| path.segments.last());
                    if of.is_some_and(|s| s.ident == "Union") {
                        let name = &block.self_ty;
                        defaults.push(parse_quote! {
                            impl Default for #name {
                                fn default() -> Self {
                                    Self::Unknown(Default::default())
                                }
                            }
                        });
                        defaults.push(parse_quote! {
                            impl crate::Takes<#name> for #name {
                                fn made_of(content: #name) -> Self {
                                    content
                                }
                            }
                        });
                        continue;
                    }
                }
                // Not all files still need what they import.
                syn::Item::Use(import) => import.attrs.push(parse_quote!(#[allow(unused_imports)])),
                _ => {}
            }
            made.push(item);
        }
        made.extend(defaults);
        made.extend(self.macros(module, path));
        file.items = made;
        Ok(prettyplease::unparse(&file))
    }

    /// `crate::api::derived::read! { GetResponse }`, for the types of this file.
    fn macros(&self, module: &str, path: &str) -> Vec<syn::Item> {
        let base = path.strip_prefix(ROOT).map(|p| p.trim_start_matches('/')).unwrap_or(path);
        let base = base.strip_suffix("/tables.rs").unwrap_or(base);
        let parts = self.api.modules.iter().filter(|m| m.name == module);
        let own = parts.flat_map(|m| &m.parts).filter(|p| {
            let folder = module.replace("::", "/");
            base == folder || base == format!("{folder}/{}", p.stem)
        });
        let events = self.api.events.iter().filter(|m| format!("events::{}", m.name) == module);
        let ids: Vec<TypeId> =
            own.flat_map(|p| p.types.clone()).chain(events.flat_map(|m| m.types.clone())).collect();
        let idents = |wanted: &BTreeSet<TypeId>| -> Vec<syn::Ident> {
            let found = ids.iter().filter(|id| wanted.contains(id)).map(|id| self.api.ty(*id));
            let found = found.filter(|t| !matches!(t.kind, TypeKind::Enum(_)));
            found.map(|t| format_ident!("{}", t.rust)).collect()
        };
        let (read, answers) = (idents(&self.read), idents(&self.answers));
        let mut out: Vec<syn::Item> = Vec::new();
        if !read.is_empty() {
            out.push(parse_quote!(crate::api::derived::read! { #(#read),* }));
        }
        if !answers.is_empty() {
            out.push(parse_quote!(crate::api::derived::answers! { #(#answers),* }));
        }
        out
    }

    /// An endpoint's row without `wire::Payload::query_of`, which goes by the table.
    fn query(&self, module: &str, tokens: TokenStream) -> TokenStream {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let name = tokens.first().map(ToString::to_string).unwrap_or_default();
        let Some(at) = tokens.iter().position(|t| matches!(t, TokenTree::Ident(i) if *i == "query_of"))
        else {
            return tokens.into_iter().collect();
        };
        let names: Vec<&str> = match self.find(module, &name).map(|t| &t.kind) {
            Some(TypeKind::Struct(s)) => s.fields.iter().map(|f| f.wire.as_str()).collect(),
            _ => vec![],
        };
        // `wire::Payload::` before it goes: two names, four colons.
        let before = tokens.iter().take(at.saturating_sub(6)).cloned();
        let call = quote!(crate::api::derived::query_of(this, &[#(#names),*]));
        let after = tokens.iter().skip(at + 2).cloned();
        before.chain(call).chain(after).collect()
    }
}

/// Whether the payload stands under a key beside the tag.
fn is_named(u: &ir::Union, v: &ir::Variant) -> bool {
    u.tag.is_some() && v.ty.is_some() && v.key.is_some()
}

fn inside_text(ty: &Ty, inside: bool, out: &mut BTreeSet<TypeId>) {
    match ty {
        Ty::Text(t) => inside_text(t, true, out),
        Ty::List(t) | Ty::Joined(_, t) | Ty::Map(t) => inside_text(t, inside, out),
        Ty::Ref(id) if inside => drop(out.insert(*id)),
        Ty::Ref(_) | Ty::Prim(_) => {}
    }
}

fn parse(path: &str, text: &str) -> Result<syn::File, String> {
    syn::parse_file(text).map_err(|e| format!("{path} is no Rust: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::form::Form;
    use crate::files;

    /// The forms differ in how types read and write themselves, and in nothing else that a caller sees.
    #[test]
    fn all_forms_hold_the_same_types() {
        let spec = files::spec_files(&files::root().join("codegen/tests/spec")).expect("the spec is there");
        let api = wecom_codegen::load(spec).api;
        let tables = Form::Tables.library(&api).expect("is emitted");
        for form in [Form::Derive, Form::Lenient] {
            let files = form.library(&api).unwrap_or_else(|e| panic!("{}: {e}", form.word()));
            let mut derived = 0;
            for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".rs")) {
                let parsed =
                    syn::parse_file(text).unwrap_or_else(|e| panic!("{path} as {}: {e}", form.word()));
                derived += text.matches("serde::Serialize, serde::Deserialize)").count();
                let left =
                    ["wire::record!", "wire::answer!", "wire::unions!", "query_of(this)", "wire::Union for"];
                let left: Vec<&str> = left.into_iter().filter(|word| text.contains(word)).collect();
                assert!(left.is_empty(), "{path} as {} still has {left:?}", form.word());
                if let Some(other) = tables.get(path).filter(|_| !path.ends_with("tables.rs")) {
                    let other = syn::parse_file(other).expect("parses");
                    assert_eq!(names(&parsed), names(&other), "{path} as {}", form.word());
                }
            }
            let types = api.types.iter().filter(|t| !matches!(t.kind, TypeKind::Enum(_))).count();
            assert_eq!(derived, types, "{}: each struct and union derives", form.word());
        }
    }

    /// What a file declares, with the fields and variants.
    fn names(file: &syn::File) -> Vec<String> {
        let mut out = Vec::new();
        for item in &file.items {
            match item {
                syn::Item::Struct(s) => {
                    out.extend(s.fields.iter().map(|f| format!("{}.{:?}", s.ident, f.ident)));
                }
                syn::Item::Enum(e) => {
                    out.extend(e.variants.iter().map(|v| format!("{}::{}", e.ident, v.ident)));
                }
                _ => {}
            }
        }
        out
    }

    #[test]
    fn a_query_goes_without_its_table() {
        let api: ir::Api = serde_json::from_value(serde_json::json!({
            "modules": [], "events": [], "errors": [],
            "types": [{"module": "m", "rust": "Get", "sent": true, "received": false, "kind": {"struct": {"fields": [
                {"wire": "UserId", "rust": "user_id", "ty": {"prim": "string"}, "required": true, "option": false, "place": "query"}
            ]}}}]
        }))
        .expect("an api");
        let form = Derived::new(&api, false);
        let row = quote!(Get -> Answer, AccessToken, 1 "t", |this| wire::Payload::query_of(this));
        let want = quote!(Get -> Answer, AccessToken, 1 "t", |this| crate::api::derived::query_of(this, &["UserId"]));
        assert_eq!(form.query("m", row).to_string(), want.to_string());
    }
}
