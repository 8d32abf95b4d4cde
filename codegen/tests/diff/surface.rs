//! What callers see of the emitted Rust, as lines: an independent witness of the diff's classes for Rust.

use std::collections::BTreeSet;

use quote::ToTokens;
use syn::{ImplItem, Item, Visibility};
use wecom_codegen::{emit, ir};

/// One line for each public thing: fields and variants with their types, functions with their parameters, implementations.
pub(crate) fn surface(api: &ir::Api) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for (path, text) in emit::emit(api) {
        let Some(rest) = path.strip_prefix("wecom/src/api/").and_then(|p| p.strip_suffix(".rs")) else {
            continue;
        };
        // The catalogue of error codes is data.
        if rest == "errors" {
            continue;
        }
        // Files of a module are one module to callers.
        let mut parts: Vec<&str> = rest.split('/').collect();
        let keep = if parts.first() == Some(&"events") { 2 } else { 1 };
        parts.truncate(keep);
        let module = parts.join("::");
        let file = syn::parse_file(&text).unwrap_or_else(|e| panic!("{path}: {e}"));
        file.items.iter().for_each(|i| item(&module, i, &mut out));
    }
    out
}

fn plain(tokens: impl ToTokens) -> String {
    tokens.to_token_stream().to_string().replace(' ', "")
}

fn item(module: &str, i: &Item, out: &mut BTreeSet<String>) {
    match i {
        Item::Struct(s) => {
            let name = format!("{module}::{}", s.ident);
            out.insert(format!("struct {name} {}", derives(&s.attrs)));
            for f in s.fields.iter().filter(|f| matches!(f.vis, Visibility::Public(_))) {
                let field = f.ident.as_ref().map_or("0".into(), ToString::to_string);
                out.insert(format!("{name}.{field}: {}", plain(&f.ty)));
            }
        }
        Item::Enum(e) => {
            let name = format!("{module}::{}", e.ident);
            out.insert(format!("enum {name} {}", derives(&e.attrs)));
            for v in &e.variants {
                out.insert(format!("{name}::{}{}", v.ident, plain(&v.fields)));
            }
        }
        Item::Impl(i) => {
            let name = format!("{module}::{}", plain(&i.self_ty));
            if let Some((path, _)) = &i.trait_ {
                out.insert(format!("impl {} for {name}", plain(path)));
            }
            for x in &i.items {
                match x {
                    ImplItem::Fn(f) if matches!(f.vis, Visibility::Public(_)) => {
                        out.insert(format!("{name} {}", plain(&f.sig)));
                    }
                    ImplItem::Const(c) if matches!(c.vis, Visibility::Public(_)) => {
                        out.insert(format!("{name} const {}", c.ident));
                    }
                    ImplItem::Type(t) => {
                        out.insert(format!("{name} type {} = {}", t.ident, plain(&t.ty)));
                    }
                    _ => {}
                }
            }
        }
        // `wire::endpoint! { Send -> SendResponse, AccessToken, …`: the answer and the kind of token; what follows is data.
        Item::Macro(m) if m.mac.path.segments.last().is_some_and(|s| s.ident == "endpoint") => {
            let tokens = plain(&m.mac.tokens);
            out.insert(format!(
                "{module} endpoint {}",
                tokens.split(',').take(2).collect::<Vec<_>>().join(", ")
            ));
        }
        Item::Macro(m) if m.mac.path.segments.last().is_some_and(|s| s.ident == "from") => {
            let tokens = plain(&m.mac.tokens);
            let (name, rows) = tokens.split_once('{').unwrap_or((&tokens, ""));
            for row in rows.trim_end_matches('}').split(',').filter(|r| !r.is_empty()) {
                out.insert(format!("{module} from {name} {row}"));
            }
        }
        _ => {}
    }
}

fn derives(attrs: &[syn::Attribute]) -> String {
    attrs.iter().filter(|a| a.path().is_ident("derive")).map(plain).collect()
}
