//! What makes a stream of an endpoint whose answers come in pages.

use proc_macro2::TokenStream;
use quote::quote;

use super::print::ident;
use super::scope::Scope;
use crate::ir::{self, Field, Prim, Ty, TypeKind};

/// A cursor, as the server gives it:
///
/// ```ignore
/// impl Paged for ListId {
///     type Item = DeptUser;
///     type Cursor = String;
///     fn set_cursor(&mut self, cursor: Self::Cursor) { self.cursor = Some(cursor); }
///     fn next(&self, response: &Self::Response) -> Option<Self::Cursor> {
///         response.next_cursor.clone().filter(|cursor| !cursor.is_empty())
///     }
///     fn items(response: Self::Response) -> Vec<Self::Item> { response.dept_user }
/// }
/// ```
///
/// A number that counts the elements, where the answer gives none: `next` is `wire::after(self.offset, response.list.len())`.
pub(super) fn paged(scope: &Scope<'_>, e: &ir::Endpoint) -> Option<TokenStream> {
    let p = e.paging.as_ref()?;
    let asks = fields(scope, e.request);
    let ask = asks.iter().find(|f| f.wire == p.ask)?;
    let response = e.response?;
    let items = Way::to(scope, response, &p.items)?;
    let Ty::List(item) = &items.last().ty else { return None };
    let (name, item, cursor) = (ident(&e.rust), scope.rust(item), scope.rust(&ask.ty));
    let asked = ident(&ask.rust);
    let set = if ask.option { quote!(Some(cursor)) } else { quote!(cursor) };
    let next = match &p.answer {
        Some(answer) => given(&ask.ty, &Way::to(scope, response, answer)?)?,
        None => {
            let (position, len) = (if ask.option { quote!(.unwrap_or(0)) } else { quote!() }, items.len());
            is_number(&ask.ty).then(|| quote!(wire::after(self.#asked #position, #len)))?
        }
    };
    let more = match (&p.more, &p.end) {
        (Some(more), _) => Some(Way::to(scope, response, more)?.flag()?),
        (None, Some(end)) => Some(Way::to(scope, response, end)?.denial()?),
        (None, None) => None,
    };
    let next = match &more {
        Some(_) => quote!(if Self::has_more(response) { #next } else { None }),
        None => next,
    };
    let has_more = more.map(|more| {
        quote! {
            fn has_more(response: &Self::Response) -> bool {
                #more
            }
        }
    });
    let items = items.taken();
    Some(quote! {
        impl wire::Paged for #name {
            type Item = #item;
            type Cursor = #cursor;
            fn set_cursor(&mut self, cursor: Self::Cursor) {
                self.#asked = #set;
            }
            fn next(&self, response: &Self::Response) -> Option<Self::Cursor> {
                #next
            }
            #has_more
            fn items(response: Self::Response) -> Vec<Self::Item> {
                #items
            }
        }
    })
}

/// The position that an answer gives; an empty text and 0 say that there is none.
fn given(asked: &Ty, answer: &Way<'_>) -> Option<TokenStream> {
    let value = answer.seen();
    let value = if answer.is_optional() { quote!(#value) } else { quote!(Some(&#value)) };
    Some(match (asked, &answer.last().ty) {
        (Ty::Prim(Prim::String), Ty::Prim(Prim::String)) => {
            quote!(#value.filter(|cursor| !cursor.is_empty()).cloned())
        }
        (a, b) if is_number(a) && a == b => quote!(#value.copied().filter(|cursor| *cursor != 0)),
        (a, Ty::Prim(Prim::String)) if is_number(a) => quote!(#value.and_then(|cursor| cursor.parse().ok())),
        (Ty::Prim(Prim::String), b) if is_number(b) => {
            quote!(#value.filter(|cursor| **cursor != 0).map(ToString::to_string))
        }
        (a, b) if is_number(a) && is_number(b) => {
            quote!(#value.filter(|cursor| **cursor != 0).and_then(|cursor| (*cursor).try_into().ok()))
        }
        _ => return None,
    })
}

fn is_number(ty: &Ty) -> bool {
    matches!(ty, Ty::Prim(Prim::I32 | Prim::I64 | Prim::U32 | Prim::U64))
}

fn fields<'a>(scope: &Scope<'a>, id: ir::TypeId) -> &'a [Field] {
    match &scope.api.ty(id).kind {
        TypeKind::Struct(s) => &s.fields,
        _ => &[],
    }
}

/// The fields that lead through an answer, `stat_info.users`.
struct Way<'a>(Vec<&'a Field>);

impl<'a> Way<'a> {
    fn to(scope: &Scope<'a>, response: ir::TypeId, path: &str) -> Option<Self> {
        let (mut at, mut way) = (Some(response), Vec::new());
        for wire in path.split('.') {
            let field = fields(scope, at?).iter().find(|f| f.wire == wire)?;
            at = match &field.ty {
                Ty::Ref(id) => Some(*id),
                _ => None,
            };
            way.push(field);
        }
        Some(Self(way))
    }

    fn last(&self) -> &'a Field {
        self.0[self.0.len() - 1]
    }

    fn is_optional(&self) -> bool {
        self.0.iter().any(|f| f.option)
    }

    /// Looked at: a value, or an `Option` of a reference.
    fn seen(&self) -> TokenStream {
        let (mut out, mut optional) = (quote!(response), false);
        for f in &self.0 {
            let rust = ident(&f.rust);
            out = match (optional, f.option) {
                (false, false) => quote!(#out.#rust),
                (false, true) => quote!(#out.#rust.as_ref()),
                (true, false) => quote!(#out.map(|inner| &inner.#rust)),
                (true, true) => quote!(#out.and_then(|inner| inner.#rust.as_ref())),
            };
            optional |= f.option;
        }
        out
    }

    /// How many elements the list has.
    fn len(&self) -> TokenStream {
        let seen = self.seen();
        if self.is_optional() { quote!(#seen.map_or(0, |list| list.len())) } else { quote!(#seen.len()) }
    }

    /// Whether it says yes; what is absent says no.
    fn flag(&self) -> Option<TokenStream> {
        let seen = self.seen();
        Some(match (&self.last().ty, self.is_optional()) {
            (Ty::Prim(Prim::Bool | Prim::Flag), false) => seen,
            (Ty::Prim(Prim::Bool | Prim::Flag), true) => quote!(#seen == Some(&true)),
            (ty, false) if is_number(ty) => quote!(#seen != 0),
            (ty, true) if is_number(ty) => quote!(#seen.is_some_and(|flag| *flag != 0)),
            _ => return None,
        })
    }

    /// Whether it does not say yes.
    fn denial(&self) -> Option<TokenStream> {
        let seen = self.seen();
        Some(match (&self.last().ty, self.is_optional()) {
            (Ty::Prim(Prim::Bool | Prim::Flag), false) => quote!(!#seen),
            (Ty::Prim(Prim::Bool | Prim::Flag), true) => quote!(#seen != Some(&true)),
            (ty, false) if is_number(ty) => quote!(#seen == 0),
            (ty, true) if is_number(ty) => quote!(#seen.is_none_or(|flag| *flag == 0)),
            _ => return None,
        })
    }

    /// The list itself, taken out.
    fn taken(&self) -> TokenStream {
        let (mut out, mut optional) = (quote!(response), false);
        for f in &self.0 {
            let rust = ident(&f.rust);
            out = match (optional, f.option) {
                (false, _) => quote!(#out.#rust),
                (true, false) => quote!(#out.map(|inner| inner.#rust)),
                (true, true) => quote!(#out.and_then(|inner| inner.#rust)),
            };
            optional |= f.option;
        }
        if optional { quote!(#out.unwrap_or_default()) } else { out }
    }
}
