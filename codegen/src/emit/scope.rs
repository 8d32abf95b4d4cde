//! The file that is being written, and how types are called in it.

use proc_macro2::TokenStream;
use quote::quote;

use super::print::ident;
use crate::ir::{self, Prim, Ty, TypeId};

/// The file in hand.
pub(super) struct Scope<'a> {
    pub(super) api: &'a ir::Api,
    /// `message`, or `events::contact`.
    pub(super) module: &'a str,
    /// Types of this file.
    pub(super) types: Vec<TypeId>,
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
