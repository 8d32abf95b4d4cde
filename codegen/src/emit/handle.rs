//! One Rust file a module: its parts, and the handles that send its requests.

use std::collections::BTreeSet;

use quote::quote;

use super::print::{Item, banner, ident, print, print_items};
use super::scope::Scope;
use super::types::required;
use super::{commands, docs};
use crate::ir::{self, Auth, TypeKind};

/// The head of `api/<module>.rs`: what it is, the modules and parts within, and the handles.
pub(super) fn module(api: &ir::Api, module: &ir::Module, uses: &str) -> String {
    let mut titles: Vec<&str> = module.parts.iter().map(|p| p.title.as_str()).collect();
    titles.dedup();
    let path = path_of(module);
    let mut out = match api.feature(&module.name) {
        Some(line) => format!("//! {} · {}\n//!\n", docs::safe(&line.title), line.english),
        None => String::new(),
    };
    match titles.is_empty() {
        true => out.push_str(&format!("//! `{path}`\n")),
        false => out.push_str(&format!("//! {}：`{path}`\n", docs::safe(&titles.join("、")))),
    }
    if api.types.iter().any(|t| t.module == module.name && t.rust == "Send") {
        out.push_str(&format!(
            "//!\n//! `use wecom::{}::*` 会遮住 `std::marker::Send`，请写 `{}::Send`。A glob import of this module hides `std::marker::Send`.\n",
            module.name,
            module.leaf(),
        ));
    }
    for part in module.parts.iter().filter(|p| !p.doc.is_empty()) {
        out.push_str("//!\n");
        for line in &part.doc {
            out.push_str(format!("//! {}", docs::safe(line)).trim_end());
            out.push('\n');
        }
    }
    out.push('\n');
    for inner in api.modules.iter().filter(|m| m.parent() == Some(&module.name)) {
        out.push_str(&format!("pub mod {};\n", inner.leaf()));
    }
    let parts = if module.parts.len() > 1 { module.parts.as_slice() } else { &[] };
    match module.parts.as_slice() {
        [_] => out.push_str("mod tables;\n"),
        _ => parts.iter().for_each(|part| out.push_str(&format!("mod {};\n", part.stem))),
    }
    if !uses.is_empty() {
        out.push_str(&format!("\n{uses}"));
    }
    if !parts.is_empty() {
        out.push('\n');
    }
    for part in parts.iter().filter(|p| !p.types.is_empty()) {
        out.push_str(&format!("pub use {}::*;\n", part.stem));
    }
    // By name as well, as rustdoc's search forgets aliases of what a glob re-exports, and so do those on the items.
    for part in parts {
        let stem = ident(&part.stem);
        for e in &part.endpoints {
            let (aliases, name) = (docs::aliases(e), ident(&e.rust));
            out.push_str(&print(&[quote!(#aliases pub use #stem::#name;)]));
        }
    }
    out.push('\n');
    let body = handles(api, module);
    if !body.is_empty() {
        out.push_str(&body);
        out.push('\n');
    }
    out
}

/// `/cgi-bin/user/…`; paths of one segment have no common one.
fn path_of(module: &ir::Module) -> String {
    match module.name.as_str() {
        "base" => "/cgi-bin/…".to_owned(),
        name => format!("/cgi-bin/{}/…", name.replace("::", "/")),
    }
}

/// The handle of a module for a kind of client: `SmartsheetApi`, `ServiceSuiteApi`.
fn handle(module: &str, client: &str) -> proc_macro2::Ident {
    let leaf = module.rsplit("::").next().unwrap_or(module);
    let pascal = heck::ToUpperCamelCase::to_upper_camel_case(leaf);
    let suffix = if client == "Client" || pascal == client { "" } else { client };
    ident(&format!("{pascal}{suffix}Api"))
}

/// The method that leads to a module's handle.
pub(super) fn accessor(module: &ir::Module, client: &str) -> String {
    // `webhook.webhook()` would say nothing twice.
    match module.name == client.to_ascii_lowercase() {
        true => "api".to_owned(),
        false => crate::names::safe(module.leaf()),
    }
}

/// ```ignore
/// /// 以 [`Client`](crate::Client) 调用本模块的接口，由 `client.message()` 得到。
/// #[derive(Debug, Clone)]
/// pub struct MessageApi(crate::Client);
///
/// impl crate::Client {
///     /// 消息：`/cgi-bin/message/…`
///     pub fn message(&self) -> MessageApi { … }
/// }
///
/// impl MessageApi {
///     /// 发送应用消息：[`Send`]
///     pub fn send(&self, content: impl Into<SendContent>) -> crate::Call<Send> { … }
/// }
/// ```
fn handles(api: &ir::Api, module: &ir::Module) -> String {
    // A module has a handle for each kind of client that calls it or a module within.
    let auths: BTreeSet<Auth> = api
        .endpoints()
        .filter(|(m, _)| crate::names::is_within(&m.name, &module.name))
        .map(|(_, e)| e.auth)
        .collect();
    let mut items = Vec::new();
    for auth in auths {
        let Some(client) = client(auth) else { continue };
        let name = handle(&module.name, client);
        let accessor = accessor(module, client);
        let way = match crate::names::above(&module.name).next() {
            None => format!("{accessor}()"),
            Some(_) => module
                .name
                .split("::")
                .map(|s| format!("{}()", crate::names::safe(s)))
                .collect::<Vec<_>>()
                .join("."),
        };
        let doc = format!(
            " 以 [`{0}`](crate::{0}) 调用本模块的接口，由 `{1}.{way}` 得到。",
            client_type(client),
            client.to_ascii_lowercase()
        );
        let mut titles: Vec<&str> = module
            .parts
            .iter()
            .filter(|p| p.endpoints.iter().any(|e| e.auth == auth))
            .map(|p| p.title.as_str())
            .collect();
        titles.dedup();
        let path = path_of(module);
        let accessor_doc = match titles.is_empty() {
            true => format!(" `{path}`"),
            false => format!(" {}：`{path}`", docs::safe(&titles.join("、"))),
        };
        let client_type = ident(client_type(client));
        let (from, held) = match module.parent() {
            None => (quote!(crate::#client_type), quote!(self.clone())),
            Some(parent) => {
                let parent = handle(parent, client);
                (quote!(super::#parent), quote!(self.0.clone()))
            }
        };
        let accessor = ident(&accessor);
        items.push(Item::Tokens(quote! {
            #[doc = #doc]
            #[derive(Debug, Clone)]
            pub struct #name(crate::#client_type);
        }));
        items.push(Item::Tokens(quote! {
            impl #from {
                #[doc = #accessor_doc]
                #[must_use]
                pub fn #accessor(&self) -> #name {
                    #name(#held)
                }
            }
        }));
        let mut list: Vec<&ir::Endpoint> =
            module.parts.iter().flat_map(|p| &p.endpoints).filter(|e| e.auth == auth).collect();
        list.sort_by(|a, b| a.path.cmp(&b.path));
        if !list.is_empty() {
            items.push(Item::Methods(name, list.iter().map(|e| method(api, module, e)).collect()));
        }
    }
    print_items(&items)
}

/// The type of client that sends requests with a kind of token.
pub(super) fn client(auth: Auth) -> Option<&'static str> {
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

/// A client's Rust type; handles and variables have its short name.
fn client_type(client: &str) -> &str {
    match client {
        "Device" => "HardwareDevice",
        "Model" => "HardwareModel",
        _ => client,
    }
}

fn method(api: &ir::Api, module: &ir::Module, e: &ir::Endpoint) -> proc_macro2::TokenStream {
    let empty = ir::Struct::default();
    let s = match &api.ty(e.request).kind {
        TypeKind::Struct(s) => s,
        _ => &empty,
    };
    let scope = Scope { api, module: &module.name, types: vec![] };
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
        pub fn #call(&self, #(#params),*) -> crate::Call<#request> {
            self.0.send(#request::new(#(#args),*))
        }
    }
}

/// `api/exports.rs`: the modules by name at the crate's root, so that rustc can say which feature a missing one is behind.
pub(super) fn exports(api: &ir::Api) -> String {
    let mut out = banner("spec/");
    out.push_str("#[cfg(feature = \"callback\")]\npub use api::events;\n");
    for module in api.modules.iter().filter(|m| m.parent().is_none()) {
        out.push_str(&format!("#[cfg(feature = \"{0}\")]\npub use api::{0};\n", module.name));
    }
    out
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
    out.push_str("// A part's file is named as the spec's, which may be the module's name.\n#![allow(clippy::module_inception)]\n");
    out.push_str("// A request holds one variant; a box in each would cost callers more than it saves.\n#![allow(clippy::large_enum_variant)]\n");
    out.push_str("// A glob re-export of a part with types alone.\n#![allow(unused_imports)]\n");
    out.push_str("// A constructor needs no words of its own: those of its type are beside it.\n#![allow(missing_docs)]\n\n");
    if commands::any(api) {
        out.push_str("#[cfg(feature = \"robot\")]\nmod commands;\n");
    }
    out.push_str("pub(crate) mod endpoints;\npub(crate) mod errors;\n#[cfg(feature = \"callback\")]\npub mod events;\n\n");
    for module in api.modules.iter().filter(|m| m.parent().is_none()) {
        out.push_str(&format!("#[cfg(feature = \"{0}\")]\npub mod {0};\n", module.name));
    }
    out
}
