//! The one door for names: from the wire to Rust.

use heck::{ToSnakeCase, ToUpperCamelCase};

/// Names that generated files use unqualified; a type of the spec must not take them.
pub const RESERVED: &[&str] = &[
    "Api",
    "Base64",
    "Box",
    "BTreeMap",
    "Call",
    "Client",
    "Debug",
    "Default",
    "Download",
    "Endpoint",
    "Err",
    "Error",
    "From",
    "Info",
    "Into",
    "IntoIterator",
    "Iterator",
    "MediaFile",
    "Method",
    "Millis",
    "None",
    "Ok",
    "Option",
    "Out",
    "Paged",
    "Payload",
    "Provider",
    "Record",
    "Rest",
    "Result",
    "Secret",
    "Self",
    "Some",
    "String",
    "Suite",
    "Timestamp",
    "Union",
    "UnknownVariant",
    "Value",
    "Vec",
    "Webhook",
];

/// Modules of the runtime; a module of the spec must not take their names.
pub const MODULES: &[&str] = &[
    "answer",
    "api",
    "call",
    "callback",
    "client",
    "endpoint",
    "error",
    "errors",
    "events",
    "file",
    "generated",
    "retry",
    "sample",
    "samples",
    "token",
    "transport",
    "value",
    "wire",
];

/// Methods that every generated struct has; a field's setter must not take their names.
const METHODS: &[&str] = &["new", "default", "clone", "clone_from", "into", "from", "fmt", "eq", "ne"];

/// The module and the type's name that the rule gives to a path: `/cgi-bin/user/get` → `user`, `Get`.
/// `None` when the path has another shape.
pub fn of_path(path: &str) -> Option<(String, String)> {
    let rest = path.strip_prefix("/cgi-bin/")?;
    let mut segments: Vec<&str> = rest.split('/').collect();
    if segments
        .iter()
        .any(|s| s.is_empty() || !s.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-'))
    {
        return None;
    }
    let module = if segments.len() == 1 { "base".to_owned() } else { segments.remove(0).to_snake_case() };
    Some((module, type_name(&segments.join("_"))?))
}

/// The type's name that the rule gives to a command: `aibot_send_msg` of module `aibot` → `SendMsg`.
pub fn of_command(module: &str, key: &str) -> Option<String> {
    let first = module.split('.').next().unwrap_or(module);
    let rest = key.strip_prefix(first).and_then(|r| r.strip_prefix('_')).unwrap_or(key);
    type_name(rest)
}

/// PascalCase; `None` when nothing of the name is left (Chinese, symbols).
pub fn type_name(wire: &str) -> Option<String> {
    let name = wire.to_upper_camel_case();
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    match name.chars().next()? {
        c if c.is_ascii_digit() => Some(format!("N{name}")),
        _ if name == "Self" => Some("Self_".to_owned()),
        _ => Some(name),
    }
}

/// A variant's name. `Unknown` is the generator's own.
pub fn variant_name(wire: &str) -> Option<String> {
    type_name(wire).map(|n| if n == "Unknown" { "Unknown_".to_owned() } else { n })
}

/// snake_case, safe as an identifier; `None` when nothing of the name is left.
pub fn field_name(wire: &str) -> Option<String> {
    let name = wire.to_snake_case();
    let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let name = name.trim_matches('_');
    match name.chars().next()? {
        c if c.is_ascii_digit() => Some(format!("n{name}")),
        _ => Some(safe(name)),
    }
}

/// A trailing `_` for Rust keywords and for methods that every struct has.
pub fn safe(name: &str) -> String {
    if is_keyword(name) || METHODS.contains(&name) { format!("{name}_") } else { name.to_owned() }
}

/// Whether a word is a keyword of any edition.
pub fn is_keyword(name: &str) -> bool {
    // `syn` knows the strict and reserved keywords; the weak ones that may not name a field or method it takes as identifiers.
    syn::parse_str::<syn::Ident>(name).is_err() || matches!(name, "gen")
}

/// Whether a name can stand as a Rust type.
pub fn is_type_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric())
        && !is_keyword(name)
}

/// Whether a name can stand as a Rust field.
pub fn is_field_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !is_keyword(name)
        && !METHODS.contains(&name)
}

/// Equal but for case and word breaks.
pub fn same_letters(a: &str, b: &str) -> bool {
    let plain = |s: &str| s.chars().filter(|c| *c != '_').map(|c| c.to_ascii_lowercase()).collect::<String>();
    plain(a) == plain(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        for (path, want) in [
            ("/cgi-bin/message/send", Some(("message", "Send"))),
            ("/cgi-bin/externalcontact/message/send", Some(("externalcontact", "MessageSend"))),
            ("/cgi-bin/gettoken", Some(("base", "Gettoken"))),
            ("/cgi-bin/media/get/jssdk", Some(("media", "GetJssdk"))),
            ("/cgi-bin/service/v2/get_auth_info", Some(("service", "V2GetAuthInfo"))),
            ("/cgi-bin/", None),
            ("/cgi-bin/a//b", None),
            ("/other/a", None),
        ] {
            let got = of_path(path);
            let got = got.as_ref().map(|(m, t)| (m.as_str(), t.as_str()));
            assert_eq!(got, want, "{path}");
        }
    }

    #[test]
    fn fields() {
        for (wire, want) in [
            ("UserId", Some("user_id")),
            ("userid", Some("userid")),
            ("nonceStr", Some("nonce_str")),
            ("SN", Some("sn")),
            ("type", Some("type_")),
            ("priv", Some("priv_")),
            ("self", Some("self_")),
            ("new", Some("new_")),
            ("3d_id", Some("n3d_id")),
            ("corp-id", Some("corp_id")),
            ("中文", None),
            ("", None),
        ] {
            assert_eq!(field_name(wire).as_deref(), want, "{wire}");
            if let Some(name) = want {
                assert!(syn::parse_str::<syn::Ident>(name).is_ok(), "{name}");
            }
        }
    }

    #[test]
    fn types() {
        for (wire, want) in [
            ("text_notice", Some("TextNotice")),
            ("FIELD_TYPE_TEXT", Some("FieldTypeText")),
            ("@all", Some("All")),
            ("self", Some("Self_")),
            ("2fa", Some("N2fa")),
            ("、", None),
        ] {
            assert_eq!(type_name(wire).as_deref(), want, "{wire}");
        }
        assert_eq!(variant_name("unknown").as_deref(), Some("Unknown_"));
    }
}
