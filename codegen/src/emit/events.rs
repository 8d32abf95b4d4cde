//! Callback events: a module of types for each event file, an enum of its events, and one enum over all modules.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use super::print::{Item, ROOT, banner, ident, print, print_items};
use super::scope::Scope;
use super::types::{Of, Owners, imports, item};
use super::{docs, wire};
use crate::ir::{Api, Event, EventModule};
use crate::schema::DISCRIMINATORS;

/// Discriminators of XML callbacks, in the order of [`patterns`].
const KEYS: &[&str] = &["MsgType", "Event", "ChangeType", "InfoType"];

/// Whether its events come as XML, and so as a `Notice`; those of JSON are read from the text itself.
fn is_xml(module: &EventModule) -> bool {
    module.transport == "xml"
}

/// All files of events.
pub(super) fn files(api: &Api, owners: &Owners<'_>, out: &mut BTreeMap<String, String>) {
    for module in &api.events {
        let spec = format!("spec/{}", module.spec);
        let base = format!("{ROOT}/events/{}", module.name);
        let scope_name = format!("events::{}", module.name);
        let scope = Scope { api, module: &scope_name, types: module.types.clone() };
        out.insert(format!("{base}.rs"), banner(&spec) + &types(&scope, owners, module));
        let mut tables = wire::tables(&scope, &BTreeSet::new());
        tables.push(Item::Tokens(if is_xml(module) { reading(module) } else { reading_json(module) }));
        // Events told by XML elements need both, those told by JSON keys the error alone.
        let callback = if is_xml(module) { "{CallbackError, Notice}" } else { "CallbackError" };
        let head = format!("use crate::callback::{callback};\nuse crate::wire;\n\nuse super::*;\n\n");
        out.insert(format!("{base}/tables.rs"), banner(&spec) + &head + &print_items(&tables));
    }
    let modules: Vec<&EventModule> = api.events.iter().collect();
    out.insert(format!("{ROOT}/events.rs"), root(&modules));
}

fn enum_name(module: &EventModule) -> proc_macro2::Ident {
    ident(&format!("{}Event", heck::ToUpperCamelCase::to_upper_camel_case(module.name.as_str())))
}

fn types(scope: &Scope<'_>, owners: &Owners<'_>, module: &EventModule) -> String {
    let mut items = vec![Item::Tokens(choice(module))];
    for id in &module.types {
        let event = module.events.iter().find(|e| e.ty == *id);
        items.extend(item(scope, owners, *id, event.map_or(Of::Others, Of::Event)));
    }
    let body = print_items(&items);
    let mut head = format!("//! {}\n", docs::safe(&module.title));
    if !module.doc.is_empty() {
        head.push_str("//!\n");
    }
    for line in &module.doc {
        head.push_str(format!("//! {}", docs::safe(line)).trim_end());
        head.push('\n');
    }
    head.push_str("\nmod tables;\n\n");
    let uses = imports(scope, &[]);
    if !uses.is_empty() {
        head.push_str(&uses);
        head.push('\n');
    }
    head + &body
}

/// ```ignore
/// /// 通讯录回调
/// #[derive(Debug, Clone, PartialEq)]
/// #[non_exhaustive]
/// pub enum ContactEvent {
///     /// 新增成员事件
///     ChangeContactCreateUser(Box<ChangeContactCreateUser>),
/// }
/// ```
fn choice(module: &EventModule) -> TokenStream {
    let name = enum_name(module);
    let doc = docs::attrs(&[docs::safe(&module.title)]);
    let variants = module.events.iter().map(|e| {
        let (doc, rust) = (docs::attrs(&[docs::safe(&e.title)]), ident(&e.rust));
        quote!(#doc #rust(Box<#rust>),)
    });
    let unknown = (!is_xml(module)).then(|| {
        quote! {
            /// 未收录的事件，原样保留。
            Unknown(serde_json::Value),
        }
    });
    quote! {
        #doc
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants)*
            #unknown
        }
    }
}

/// ```ignore
/// impl ContactEvent {
///     pub(crate) fn read(notice: &Notice) -> Option<Result<Self, CallbackError>> {
///         Some(match wire::kinds(notice) {
///             ("event", "change_contact", "create_user", _) => wire::event(notice).map(Self::ChangeContactCreateUser),
///             _ => return None,
///         })
///     }
/// }
/// ```
fn reading(module: &EventModule) -> TokenStream {
    let name = enum_name(module);
    // What matches on more stands first: an event without ChangeType takes any.
    let mut events: Vec<&Event> = module.events.iter().collect();
    events.sort_by_key(|e| std::cmp::Reverse(e.matches.len()));
    let arms = events.iter().map(|e| {
        let rust = ident(&e.rust);
        let patterns = KEYS.iter().map(|k| match e.matches.get(*k) {
            Some(v) => quote!(#v),
            None => quote!(_),
        });
        quote!((#(#patterns),*) => wire::event(notice).map(Self::#rust),)
    });
    quote! {
        impl #name {
            /// The event, if it is one of these.
            pub(crate) fn read(notice: &Notice) -> Option<Result<Self, CallbackError>> {
                Some(match wire::kinds(notice) {
                    #(#arms)*
                    _ => return None,
                })
            }
        }
    }
}

/// ```ignore
/// impl RobotEvent {
///     /// 由 JSON 得到具体类型；未收录的事件得到 `Unknown`。
///     pub fn read(json: &str) -> Result<Self, CallbackError> {
///         let (root, words) = wire::json_event(json, ["msgtype", "event.eventtype"])?;
///         match words.each_ref().map(String::as_str) {
///             ["event", "enter_chat"] => wire::json_as(json).map(Self::EnterChat),
///             _ => Ok(Self::Unknown(root)),
///         }
///     }
/// }
/// ```
fn reading_json(module: &EventModule) -> TokenStream {
    let name = enum_name(module);
    let keys: Vec<&str> = DISCRIMINATORS
        .iter()
        .copied()
        .filter(|k| module.events.iter().any(|e| e.matches.contains_key(*k)))
        .collect();
    let mut events: Vec<&Event> = module.events.iter().collect();
    events.sort_by_key(|e| std::cmp::Reverse(e.matches.len()));
    let arms = events.iter().map(|e| {
        let rust = ident(&e.rust);
        let patterns = keys.iter().map(|k| match e.matches.get(*k) {
            Some(v) => quote!(#v),
            None => quote!(_),
        });
        quote!([#(#patterns),*] => wire::json_as(json).map(Self::#rust),)
    });
    quote! {
        impl #name {
            /// 由一则事件的 JSON 得到具体类型；未收录的事件得到 `Unknown`。
            ///
            /// # Errors
            /// 不是 JSON，或已收录的事件与其类型不符时，给出路径与所见。
            pub fn read(json: &str) -> Result<Self, CallbackError> {
                let (root, words) = wire::json_event(json, [#(#keys),*])?;
                match words.each_ref().map(String::as_str) {
                    #(#arms)*
                    _ => Ok(Self::Unknown(root)),
                }
            }
        }
    }
}

fn root(modules: &[&EventModule]) -> String {
    let mut out = String::from(
        "// Generated by `cargo xtask codegen` from spec/events/. Do not edit: change the spec and run it again.\n\n\
         //! 回调事件与消息，按类型。\n\n",
    );
    for m in modules {
        out.push_str(&format!("pub mod {};\n", m.name));
    }
    // Events of JSON are told by the robot, device or program that they come to: each module reads its own.
    let modules: Vec<&&EventModule> = modules.iter().filter(|m| is_xml(m)).collect();
    out.push_str("\nuse crate::callback::{CallbackError, Notice};\n\n");
    let variants = modules.iter().map(|m| {
        let (doc, rust) = (docs::attrs(&[docs::safe(&m.title)]), pascal(m));
        let (module, name) = (ident(&m.name), enum_name(m));
        quote!(#doc #rust(#module::#name),)
    });
    let reads = modules.iter().map(|m| {
        let (rust, module, name) = (pascal(m), ident(&m.name), enum_name(m));
        quote! {
            if let Some(found) = #module::#name::read(notice) {
                return found.map(Self::#rust);
            }
        }
    });
    let event = quote! {
        /// 一次回调的内容。
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub enum Event {
            #(#variants)*
            /// 未收录的事件，原样保留。
            Unknown(Notice),
        }
    };
    let read = quote! {
        impl Event {
            /// 由 [`Notice`] 得到具体类型；未收录的事件得到 [`Event::Unknown`]。
            ///
            /// # Errors
            /// 已收录的事件与其类型不符时，给出路径与所见。
            pub fn read(notice: &Notice) -> Result<Self, CallbackError> {
                #(#reads)*
                Ok(Self::Unknown(notice.clone()))
            }
        }
    };
    out + &print(&[event, read])
}

fn pascal(m: &EventModule) -> proc_macro2::Ident {
    ident(&heck::ToUpperCamelCase::to_upper_camel_case(m.name.as_str()))
}
