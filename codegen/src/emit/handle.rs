//! One Rust file a module: its parts, and the handles that send its requests.

use std::collections::BTreeMap;

use quote::quote;

use super::types::{Scope, required};
use super::{Form, Item, docs, ident, print_items};
use crate::ir::{self, Auth, TypeKind};

/// `api/<module>.rs`
pub(super) fn module(api: &ir::Api, module: &ir::Module) -> String {
    let mut specs: Vec<String> = module.parts.iter().map(|p| format!("spec/{}", p.spec)).collect();
    // The files of one spec file stand side by side.
    specs.dedup();
    let mut out = super::banner(&specs.join(", "));
    let mut titles: Vec<&str> = module.parts.iter().map(|p| p.title.as_str()).collect();
    titles.dedup();
    out.push_str(&format!("//! {}：`{}`\n", titles.join("、"), path_of(module)));
    for part in module.parts.iter().filter(|p| !p.doc.is_empty()) {
        out.push_str("//!\n");
        for line in &part.doc {
            out.push_str(format!("//! {}", docs::safe(line)).trim_end());
            out.push('\n');
        }
    }
    out.push('\n');
    for part in &module.parts {
        out.push_str(&format!("mod {};\n", part.stem));
    }
    let body = handles(api, module);
    let words: std::collections::BTreeSet<&str> =
        body.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).collect();
    const RUNTIME: &[&str] = &["Base64", "Call", "MediaFile", "Millis", "Secret", "Timestamp"];
    let used: Vec<&str> = RUNTIME.iter().copied().filter(|w| words.contains(w)).collect();
    match used.as_slice() {
        [] => {}
        [one] => out.push_str(&format!("\nuse crate::{one};\n")),
        many => out.push_str(&format!("\nuse crate::{{{}}};\n", many.join(", "))),
    }
    out.push('\n');
    for part in module.parts.iter().filter(|p| !p.types.is_empty()) {
        out.push_str(&format!("pub use {}::*;\n", part.stem));
    }
    if !body.is_empty() {
        out.push('\n');
        out.push_str(&body);
    }
    out
}

/// `/cgi-bin/user/…`; paths of one segment have no common one.
fn path_of(module: &ir::Module) -> String {
    let first = module.parts.iter().flat_map(|p| &p.endpoints).next();
    match first.and_then(|e| e.path.strip_prefix("/cgi-bin/")).and_then(|p| p.split_once('/')) {
        Some((segment, _)) => format!("/cgi-bin/{segment}/…"),
        None => "/cgi-bin/…".to_owned(),
    }
}

/// ```ignore
/// /// 以 [`Client`](crate::Client) 调用本模块的接口；由 `client.message()` 得到。
/// #[derive(Debug, Clone)]
/// pub struct MessageApi(crate::Client);
///
/// impl crate::Client {
///     /// 消息
///     pub fn message(&self) -> MessageApi { … }
/// }
///
/// impl MessageApi {
///     /// 发送应用消息：[`Send`]
///     pub fn send(&self, content: impl Into<SendContent>) -> Call<Send> { … }
/// }
/// ```
fn handles(api: &ir::Api, module: &ir::Module) -> String {
    let mut by_auth: BTreeMap<Auth, Vec<&ir::Endpoint>> = BTreeMap::new();
    for e in module.parts.iter().flat_map(|p| &p.endpoints) {
        by_auth.entry(e.auth).or_default().push(e);
    }
    let mut items = Vec::new();
    for (auth, mut list) in by_auth {
        let Some(client) = client(auth) else { continue };
        list.sort_by(|a, b| a.path.cmp(&b.path));
        let pascal = heck::ToUpperCamelCase::to_upper_camel_case(module.name.as_str());
        let suffix = if auth == Auth::AccessToken || pascal == client { "" } else { client };
        let handle = ident(&format!("{pascal}{suffix}Api"));
        // `webhook.webhook()` would say nothing twice.
        let accessor = match module.name == client.to_ascii_lowercase() {
            true => ident("api"),
            false => ident(&crate::names::safe(&module.name)),
        };
        let client = ident(client);
        let doc = format!(" 以 [`{client}`](crate::{client}) 调用本模块的接口，由 `{accessor}()` 得到。");
        let path = path_of(module);
        let mut titles: Vec<&str> = module
            .parts
            .iter()
            .filter(|p| p.endpoints.iter().any(|e| e.auth == auth))
            .map(|p| p.title.as_str())
            .collect();
        titles.dedup();
        let accessor_doc = format!(" {}：`{path}`", titles.join("、"));
        items.push(Item::Tokens(quote! {
            #[doc = #doc]
            #[derive(Debug, Clone)]
            pub struct #handle(crate::#client);
        }));
        items.push(Item::Tokens(quote! {
            impl crate::#client {
                #[doc = #accessor_doc]
                #[must_use]
                pub fn #accessor(&self) -> #handle {
                    #handle(self.clone())
                }
            }
        }));
        let methods = list.iter().map(|e| method(api, module, e));
        items.push(Item::Methods(handle, methods.collect()));
    }
    print_items(&items)
}

fn client(auth: Auth) -> Option<&'static str> {
    Some(match auth {
        Auth::AccessToken => "Client",
        Auth::SuiteAccessToken => "Suite",
        Auth::ProviderAccessToken => "Provider",
        Auth::DeviceAccessToken => "Device",
        Auth::ModelAccessToken => "Model",
        Auth::Key => "Webhook",
        // Any client can send them: by `send`, as no one of them is their home.
        Auth::None => return None,
    })
}

fn method(api: &ir::Api, module: &ir::Module, e: &ir::Endpoint) -> proc_macro2::TokenStream {
    let empty = ir::Struct::default();
    let s = match &api.ty(e.request).kind {
        TypeKind::Struct(s) => s,
        _ => &empty,
    };
    let scope = Scope { api, module: &module.name, types: &[], form: Form::Tables };
    let required = required(&scope, s, e.file.as_ref());
    let params = required.iter().map(|(_, p, _)| p);
    let args = required.iter().map(|(n, _, _)| n);
    let (call, request) = (ident(&e.call), ident(&e.rust));
    let doc = format!(" {}：[`{}`]", docs::safe(&e.title), e.rust);
    let deprecated = (e.status == ir::Status::Retired)
        .then(|| quote!(#[deprecated = "已下线：官方文档不再收录，服务端仍应答"]));
    let many = (required.len() > 6).then(|| quote!(#[allow(clippy::too_many_arguments)]));
    quote! {
        #[doc = #doc]
        #deprecated
        #many
        pub fn #call(&self, #(#params),*) -> Call<#request> {
            self.0.send(#request::new(#(#args),*))
        }
    }
}

/// `api/mod.rs`
pub(super) fn root(api: &ir::Api) -> String {
    let mut out = String::from(
        "// Generated by `cargo xtask codegen` from spec/. Do not edit: change the spec and run it again.\n\n\
         //! The generated part of the crate: a module for each module of the spec.\n\n",
    );
    out.push_str(
        "// Retired endpoints are marked deprecated for callers; their own code here still names them.\n",
    );
    out.push_str("#![allow(deprecated)]\n");
    out.push_str("// `new` takes what the API requires, however much that is.\n#![allow(clippy::too_many_arguments)]\n");
    out.push_str("// A module's file is named as the spec's, which may be the module's name.\n#![allow(clippy::module_inception)]\n");
    out.push_str("// A request holds one variant; a box in each would cost callers more than it saves.\n#![allow(clippy::large_enum_variant)]\n");
    out.push_str("// A glob re-export of a part with types alone.\n#![allow(unused_imports)]\n\n");
    out.push_str("pub(crate) mod errors;\n#[cfg(feature = \"callback\")]\npub mod events;\n\n");
    for module in &api.modules {
        out.push_str(&format!("#[cfg(feature = \"{0}\")]\npub mod {0};\n", module.name));
    }
    out
}
