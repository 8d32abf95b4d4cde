//! What values two types have on the wire, and their words.

use crate::ir::{Api, Prim, Ty, TypeKind};

/// How the values of a new type stand to those of an old one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// The same values.
    Same,
    /// All old values and more.
    Wider,
    /// Some of the old values only.
    Narrower,
    /// Other values.
    Other,
}

use Relation::{Narrower, Other, Same, Wider};

/// The Rust type of a scalar.
pub(super) fn rust_prim(p: Prim) -> &'static str {
    match p {
        Prim::String | Prim::Date | Prim::Date8 | Prim::Datetime | Prim::Rfc3339 => "String",
        Prim::Secret => "Secret",
        Prim::I32 => "i32",
        Prim::I64 | Prim::Digits => "i64",
        Prim::U32 => "u32",
        Prim::U64 => "u64",
        Prim::F64 => "f64",
        Prim::Bool | Prim::Flag => "bool",
        Prim::Unix | Prim::UnixText => "Timestamp",
        Prim::Millis | Prim::MillisText => "Millis",
        Prim::Base64 => "Base64",
        Prim::Json => "serde_json::Value",
    }
}

/// The type as the spec writes it.
pub(super) fn word(api: &Api, ty: &Ty) -> String {
    match ty {
        Ty::Prim(p) => p.word().to_owned(),
        Ty::List(t) => format!("list<{}>", word(api, t)),
        Ty::Joined(by, t) => format!("{}<{}>", by.word(), word(api, t)),
        Ty::Map(t) => format!("map<{}>", word(api, t)),
        Ty::Text(t) => format!("text<{}>", word(api, t)),
        Ty::Ref(id) => format!("{}.{}", api.ty(*id).module.replace("::", "."), api.ty(*id).rust),
    }
}

/// The type as Rust writes it.
pub(super) fn rust_word(api: &Api, ty: &Ty) -> String {
    match ty {
        Ty::Prim(p) => rust_prim(*p).to_owned(),
        Ty::List(t) | Ty::Joined(_, t) => format!("Vec<{}>", rust_word(api, t)),
        Ty::Map(t) => format!("BTreeMap<String, {}>", rust_word(api, t)),
        Ty::Text(t) => rust_word(api, t),
        Ty::Ref(id) => format!("{}::{}", api.ty(*id).module, api.ty(*id).rust),
    }
}

/// Compares the values of two types; the insides of objects are compared by the walk.
pub(super) fn relation(old_api: &Api, old: &Ty, new_api: &Api, new: &Ty) -> Relation {
    match (old, new) {
        (Ty::Joined(a, _), Ty::Joined(b, _)) if a != b => Other,
        (Ty::List(a), Ty::List(b))
        | (Ty::Joined(_, a), Ty::Joined(_, b))
        | (Ty::Map(a), Ty::Map(b))
        | (Ty::Text(a), Ty::Text(b)) => relation(old_api, a, new_api, b),
        (Ty::Prim(a), Ty::Prim(b)) => prims(*a, *b),
        (_, Ty::Prim(Prim::Json)) => Wider,
        (Ty::Prim(Prim::Json), _) => Narrower,
        (Ty::Joined(_, _) | Ty::Text(_), Ty::Prim(Prim::String | Prim::Secret)) => Wider,
        (Ty::Prim(Prim::String | Prim::Secret), Ty::Joined(_, _) | Ty::Text(_)) => Narrower,
        (Ty::Ref(a), Ty::Ref(b)) => match (&old_api.ty(*a).kind, &new_api.ty(*b).kind) {
            (TypeKind::Struct(_), TypeKind::Struct(_)) | (TypeKind::Union(_), TypeKind::Union(_)) => Same,
            // Their scalars are compared where the values are.
            (TypeKind::Enum(_), TypeKind::Enum(_)) => Same,
            _ => Other,
        },
        // An enumeration is open: it has all values of its scalar.
        (Ty::Ref(a), Ty::Prim(p)) => match &old_api.ty(*a).kind {
            TypeKind::Enum(e) => prims(e.repr, *p),
            _ => Other,
        },
        (Ty::Prim(p), Ty::Ref(b)) => match &new_api.ty(*b).kind {
            TypeKind::Enum(e) => prims(*p, e.repr),
            _ => Other,
        },
        _ => Other,
    }
}

fn prims(old: Prim, new: Prim) -> Relation {
    use Prim::*;
    if old == new {
        return Same;
    }
    if let (Some(a), Some(b)) = (range(old), range(new)) {
        // Seconds are no milliseconds, whatever their range.
        if (old == Millis) != (new == Millis) && [old, new].iter().any(|p| matches!(p, Unix | Millis)) {
            return Other;
        }
        return match (b.0 <= a.0 && b.1 >= a.1, a.0 <= b.0 && a.1 >= b.1) {
            (true, true) => Same,
            (true, false) => Wider,
            (false, true) => Narrower,
            _ => Other,
        };
    }
    match (old, new) {
        (_, Json) => Wider,
        (Json, _) => Narrower,
        (String, Secret) | (Secret, String) => Same,
        (Digits, UnixText | MillisText) | (UnixText | MillisText, Digits) => Same,
        (a, String | Secret) if a.is_text() => Wider,
        (String | Secret, b) if b.is_text() => Narrower,
        (a, F64) if range(a).is_some() => Wider,
        (F64, b) if range(b).is_some() => Narrower,
        _ => Other,
    }
}

/// The integers that a JSON number of this type may be.
fn range(p: Prim) -> Option<(i128, i128)> {
    match p {
        Prim::Flag => Some((0, 1)),
        p if p.is_text() => None,
        p => p.integers(),
    }
}
