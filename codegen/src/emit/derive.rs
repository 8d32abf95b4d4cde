//! The yardstick of `cargo xtask bench`: the same API with `serde_derive` in place of the tables of [`super::wire`].
//!
//! Never part of the client. Text, constructors, enumerations, endpoints and events are the same in all forms, so that a
//! difference in cost is the difference of the forms. What derive has no attribute for is written in the nearest form that it
//! has, so bodies of such types may read otherwise: number tags stand as text, a tag in another object is guessed from the
//! keys, and lists that XML wraps are read bare.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::types::{Scope, payload};
use super::{ident, wire};
use crate::ir::{self, Place, Ty, TypeId, TypeKind};

/// How types read and write themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Tables over the shared visitors of `wecom::wire`: what the client is made of.
    Tables,
    /// `serde_derive` as it is: an absent field is the default, everything else must have its documented type.
    Derive,
    /// `serde_derive` that reads as leniently as the tables, by `deserialize_with` on every field.
    Lenient,
}

impl Form {
    /// All, in the order of the tables of `BENCH.md`.
    pub const ALL: &'static [Form] = &[Form::Tables, Form::Derive, Form::Lenient];

    /// Its word in tables and folder names.
    pub fn word(self) -> &'static str {
        match self {
            Form::Tables => "tables",
            Form::Derive => "derive",
            Form::Lenient => "derive-lenient",
        }
    }
}

/// `api/derived.rs`: what the attributes name.
pub(super) const HELPERS: &str = r#"//! What the derived forms of the types name in their attributes.

use serde::{Deserialize, Deserializer, Serializer};

use crate::wire::{As, Read};

/// A scalar, as leniently as the client reads it.
#[allow(dead_code)] // of one form alone
pub(crate) fn lenient<'de, T: Read, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    crate::wire::read_value(from)
}

/// `null` for an empty list or object.
#[allow(dead_code)] // of one form alone
pub(crate) fn nullable<'de, T: Default + Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    Option::deserialize(from).map(Option::unwrap_or_default)
}

/// A wire form other than the type's own.
pub(crate) fn read_as<'de, A: As<T>, T: Default, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    A::parse(from).map(Option::unwrap_or_default)
}

/// The same, written.
pub(crate) fn write_as<A: As<T>, T, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
    A::write(value, to)
}

/// What a union does not know.
pub(crate) mod unknown {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::UnknownVariant;

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<UnknownVariant, D::Error> {
        serde_json::Map::deserialize(from).map(UnknownVariant::from)
    }

    pub(crate) fn serialize<S: Serializer>(value: &UnknownVariant, to: S) -> Result<S::Ok, S::Error> {
        value.fields().serialize(to)
    }
}

/// What the runtime asks of answers and of JSON inside text.
macro_rules! read {
    ($($name:ident),*) => {$(
        impl crate::wire::Read for $name {
            fn parse<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Self>, D::Error> {
                serde::Deserialize::deserialize(from)
            }
        }
    )*};
}
pub(crate) use read;

macro_rules! answers {
    ($($name:ident),*) => {$(
        impl crate::endpoint::Response for $name {
            fn from_answer(answer: crate::answer::Answer) -> Result<Self, crate::Error> {
                answer.decode()
            }
        }
    )*};
}
pub(crate) use answers;
"#;

/// The line of `api/mod.rs` that brings the helpers in.
pub(super) fn module(form: Form) -> &'static str {
    if form == Form::Tables { "" } else { "mod derived;\n" }
}

/// `#[derive(serde::Serialize, serde::Deserialize)]`
pub(super) fn traits(scope: &Scope<'_>) -> TokenStream {
    match scope.form {
        Form::Tables => quote!(),
        Form::Derive | Form::Lenient => quote!(#[derive(serde::Serialize, serde::Deserialize)]),
    }
}

/// `#[serde(rename = "UserID", default, skip_serializing_if = "Option::is_none")]`
pub(super) fn field(scope: &Scope<'_>, s: &ir::Struct, f: &ir::Field) -> TokenStream {
    if scope.form == Form::Tables {
        return quote!();
    }
    if f.place == Place::Query && s.fields.iter().any(|o| o.place == Place::Body) {
        return quote!(#[serde(skip)]);
    }
    let wire_name = (f.wire != f.rust).then(|| {
        let name = &f.wire;
        quote!(rename = #name,)
    });
    let skip = f.option.then(|| quote!(skip_serializing_if = "Option::is_none",));
    let ways = ways(scope, &f.ty, f.option);
    quote!(#[serde(#wire_name default, #skip #ways)])
}

/// The functions that read and write a value in another way than its type's own.
fn ways(scope: &Scope<'_>, ty: &Ty, option: bool) -> TokenStream {
    if let Some(adapter) = wire::adapter(ty) {
        let path = |name: &str| {
            format!(
                "crate::api::derived::{name}::<{}, _, _>",
                adapter.to_string().replace(' ', "").replace("wire::", "crate::wire::")
            )
        };
        let (read, write) = (path("read_as"), path("write_as"));
        return quote!(deserialize_with = #read, serialize_with = #write,);
    }
    let leaf = match ty.leaf() {
        Ty::Ref(id) => matches!(scope.api.ty(*id).kind, TypeKind::Enum(_)),
        _ => true,
    };
    match (scope.form, leaf) {
        (Form::Lenient, true) => quote!(deserialize_with = "crate::api::derived::lenient",),
        (Form::Lenient, false) if !option => quote!(deserialize_with = "crate::api::derived::nullable",),
        _ => quote!(),
    }
}

/// A union beside the fields.
pub(super) fn union_field(scope: &Scope<'_>) -> TokenStream {
    if scope.form == Form::Tables { quote!() } else { quote!(#[serde(flatten)]) }
}

/// An upload, which is no part of the JSON.
pub(super) fn file(scope: &Scope<'_>) -> TokenStream {
    if scope.form == Form::Tables { quote!() } else { quote!(#[serde(skip)]) }
}

/// `#[derive(serde::Serialize, serde::Deserialize)] #[serde(tag = "msgtype")]`
pub(super) fn union(scope: &Scope<'_>, u: &ir::Union) -> TokenStream {
    let traits = traits(scope);
    let tag = match (scope.form, &u.tag) {
        (Form::Tables, _) | (_, None) => quote!(),
        _ if u.outer => quote!(#[serde(untagged)]),
        (_, Some(tag)) => quote!(#[serde(tag = #tag)]),
    };
    quote!(#traits #tag)
}

/// Whether the payload stands under a key beside the tag: a variant with a named field.
pub(super) fn is_named(scope: &Scope<'_>, u: &ir::Union, v: &ir::Variant) -> bool {
    scope.form != Form::Tables && u.tag.is_some() && v.ty.is_some() && v.key.is_some()
}

/// ```ignore
/// #[serde(rename = "text")]
/// Text { #[serde(rename = "text", default)] v: Text },
/// ```
pub(super) fn variant(scope: &Scope<'_>, u: &ir::Union, v: &ir::Variant) -> Option<TokenStream> {
    if scope.form == Form::Tables {
        return None;
    }
    let rust = ident(&v.rust);
    let (first, also) = match u.tag.is_some() {
        true => (v.tags.first().cloned(), v.tags.get(1..).unwrap_or_default()),
        false => (v.key.clone(), [].as_slice()),
    };
    let first = first.unwrap_or_default();
    let attr = if u.outer { quote!() } else { quote!(#[serde(rename = #first #(, alias = #also)*)]) };
    Some(match (payload(scope, v), &v.key) {
        (None, _) => quote!(#attr #rust,),
        (Some(ty), Some(key)) if u.tag.is_some() => {
            let ways = v.ty.as_ref().map(|ty| ways(scope, ty, false));
            quote!(#attr #rust { #[serde(rename = #key, default, #ways)] #[allow(missing_docs)] v: #ty },)
        }
        (Some(ty), _) => quote!(#attr #rust(#ty),),
    })
}

/// The variant that takes what no other does.
pub(super) fn unknown(scope: &Scope<'_>, u: &ir::Union) -> TokenStream {
    match scope.form {
        Form::Tables => quote!(),
        _ if u.outer => quote!(#[serde(with = "crate::api::derived::unknown")]),
        Form::Derive | Form::Lenient => quote!(#[serde(untagged, with = "crate::api::derived::unknown")]),
    }
}

/// `impl Default for SendContent`, which the tables' macro gives otherwise.
pub(super) fn default(t: &ir::Type) -> TokenStream {
    let name = ident(&t.rust);
    quote! {
        impl Default for #name {
            fn default() -> Self {
                Self::Unknown(Default::default())
            }
        }
    }
}

/// `crate::api::derived::read! { GetResponse }` for answers and for what stands as JSON inside text.
pub(super) fn read(scope: &Scope<'_>, answers: &BTreeSet<TypeId>) -> Option<TokenStream> {
    if scope.form == Form::Tables {
        return None;
    }
    let mut wanted: BTreeSet<TypeId> = scope.api.endpoints().filter_map(|(_, e)| e.response).collect();
    for t in &scope.api.types {
        match &t.kind {
            TypeKind::Struct(s) => s.fields.iter().for_each(|f| inside_text(&f.ty, false, &mut wanted)),
            TypeKind::Union(u) => {
                u.variants.iter().flat_map(|v| &v.ty).for_each(|ty| inside_text(ty, false, &mut wanted));
            }
            TypeKind::Enum(_) => {}
        }
    }
    let names: Vec<_> = scope
        .types
        .iter()
        .filter(|id| wanted.contains(id))
        .map(|id| scope.api.ty(*id))
        .filter(|t| !matches!(t.kind, TypeKind::Enum(_)))
        .map(|t| ident(&t.rust))
        .collect();
    let answers =
        scope.types.iter().filter(|id| answers.contains(id)).map(|id| ident(&scope.api.ty(*id).rust));
    let answers: Vec<_> = answers.collect();
    let answers = (!answers.is_empty()).then(|| quote!(crate::api::derived::answers! { #(#answers),* }));
    (!names.is_empty()).then(|| quote!(crate::api::derived::read! { #(#names),* } #answers))
}

fn inside_text(ty: &Ty, inside: bool, out: &mut BTreeSet<TypeId>) {
    match ty {
        Ty::Text(t) => inside_text(t, true, out),
        Ty::List(t) | Ty::Joined(_, t) | Ty::Map(t) => inside_text(t, inside, out),
        Ty::Ref(id) if inside => drop(out.insert(*id)),
        Ty::Ref(_) | Ty::Prim(_) => {}
    }
}
