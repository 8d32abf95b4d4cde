//! The one door for names: from the wire to Rust.

use std::collections::HashSet;

use heck::{ToSnakeCase, ToUpperCamelCase};

/// Names that generated types and their constructors use unqualified; a type of the spec must not take them.
pub const RESERVED: &[&str] = &[
    "Base64",
    "Box",
    "BTreeMap",
    "Clone",
    "Debug",
    "Default",
    "Err",
    "From",
    "Into",
    "IntoIterator",
    "Iterator",
    "MediaFile",
    "None",
    "Ok",
    "Option",
    "PartialEq",
    "Result",
    "Secret",
    "Self",
    "Some",
    "String",
    "Timestamp",
    "TimestampMillis",
    "ToString",
    "UnknownVariant",
    "Vec",
];

/// Modules and cargo features of the runtime; a module of the spec's first level must not take their names, as it becomes both.
pub const RUNTIME: &[&str] = &[
    "answer",
    "api",
    "axum",
    "blemish",
    "call",
    "callback",
    "client",
    "commands",
    "describe",
    "endpoint",
    "endpoints",
    "error",
    "errors",
    "events",
    "exchange",
    "exports",
    "file",
    "full",
    "jobs",
    "jssdk",
    "limit",
    "links",
    "metrics",
    "pages",
    "raw",
    "redis",
    "retry",
    "robot",
    "rustls",
    "scrub",
    "socks",
    "token",
    "transport",
    "value",
    "wire",
];

/// Methods that every generated struct has; a field's setter must not take their names.
const METHODS: &[&str] = &["new", "default", "clone", "clone_from", "into", "from", "fmt", "eq", "ne"];

/// Methods that every call has; the call's setter of a field must not take their names.
pub const CALL: &[&str] = &[
    "full",
    "header",
    "into_future",
    "items",
    "pages",
    "repeat",
    "request",
    "request_mut",
    "timeout",
    "with",
    "written",
];

/// Methods of calls that give a file.
pub const CALL_OF_FILE: &[&str] = &["range"];

/// Where the rule puts an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The Rust module, `wedoc::smartsheet`.
    pub module: String,
    /// The type, `AddRecords`.
    pub name: String,
}

/// The paths of a spec, which together decide where each of them goes.
#[derive(Debug, Default)]
pub struct Paths(HashSet<String>);

impl Paths {
    /// Of all endpoints, without their queries.
    pub fn new<S: Into<String>>(paths: impl IntoIterator<Item = S>) -> Self {
        Paths(paths.into_iter().map(Into::into).collect())
    }

    /// Each segment is a module, the last one the type: `/cgi-bin/wedoc/smartsheet/add_records` → `wedoc::smartsheet`, `AddRecords`. What stands below a path
    /// that is itself an endpoint joins its name: `/cgi-bin/media/get/jssdk` → `media`, `GetJssdk`. `None` when the path has another shape.
    pub fn place(&self, path: &str) -> Option<Place> {
        let segments = segments(path)?;
        let mut module = vec![match segments.as_slice() {
            [_] => "base".to_owned(),
            [first, ..] => module_name(first)?,
            [] => return None,
        }];
        let mut name = segments.get(1..).filter(|s| !s.is_empty()).unwrap_or(&segments);
        let mut at = format!("{ROOT}{}", segments[0]);
        while let [segment, rest @ ..] = name
            && !rest.is_empty()
        {
            at = format!("{at}/{segment}");
            if self.0.contains(&at) {
                break;
            }
            module.push(module_name(segment)?);
            name = rest;
        }
        Some(Place { module: module.join("::"), name: type_name(&name.join("_"))? })
    }
}

const ROOT: &str = "/cgi-bin/";

/// The segments after `/cgi-bin/`; `None` when the path has another shape.
fn segments(path: &str) -> Option<Vec<&str>> {
    let segments: Vec<&str> = path.strip_prefix(ROOT)?.split('/').collect();
    let word =
        |s: &&str| !s.is_empty() && s.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    segments.iter().all(word).then_some(segments)
}

/// A name of all segments but the first, which no other path of its first segment has: `/cgi-bin/wedoc/smartsheet/add_records` → `SmartsheetAddRecords`.
pub fn whole_name(path: &str) -> Option<String> {
    let segments = segments(path)?;
    type_name(&segments.get(1..).filter(|s| !s.is_empty()).unwrap_or(&segments).join("_"))
}

/// Whether it is a path of the API.
pub fn is_path(path: &str) -> bool {
    segments(path).is_some_and(|s| s.last().is_some_and(|s| type_name(s).is_some()))
}

/// The Rust module of a path's segment. `tables` is the generator's own.
fn module_name(segment: &str) -> Option<String> {
    field_name(segment).map(|n| if n == "tables" { "tables_".to_owned() } else { n })
}

/// A module as the spec writes it, in Rust: `wedoc.smartsheet` → `wedoc::smartsheet`.
pub fn rust_module(dotted: &str) -> String {
    dotted.replace('.', "::")
}

/// A Rust module as the spec writes it.
pub fn dotted(module: &str) -> String {
    module.replace("::", ".")
}

/// Whether a Rust module is another or stands beneath it.
pub fn is_within(module: &str, of: &str) -> bool {
    module.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// The modules that hold a module, the outermost first: `a::b::c` → `a`, `a::b`.
pub fn above(module: &str) -> impl Iterator<Item = &str> {
    module.match_indices("::").map(|(at, _)| &module[..at])
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

/// The name of a request's setter on its call, which has methods of its own; `file` is whether the call gives a file.
pub fn on_call(field: &str, file: bool) -> String {
    match CALL.contains(&field) || file && CALL_OF_FILE.contains(&field) {
        true => format!("{field}_"),
        false => field.to_owned(),
    }
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

/// Whether a module as the spec writes it can name a Rust module.
pub fn is_module(dotted: &str) -> bool {
    dotted.split('.').all(|s| module_name(s).is_some_and(|n| n == s))
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
        let paths = Paths::new([
            "/cgi-bin/media/get",
            "/cgi-bin/media/get/jssdk",
            "/cgi-bin/menu",
            "/cgi-bin/x/a/b/c",
        ]);
        for (path, want) in [
            ("/cgi-bin/message/send", Some(("message", "Send"))),
            ("/cgi-bin/externalcontact/message/send", Some(("externalcontact::message", "Send"))),
            ("/cgi-bin/wedoc/smartsheet/content_priv/get", Some(("wedoc::smartsheet::content_priv", "Get"))),
            ("/cgi-bin/gettoken", Some(("base", "Gettoken"))),
            ("/cgi-bin/media/get", Some(("media", "Get"))),
            ("/cgi-bin/media/get/jssdk", Some(("media", "GetJssdk"))),
            ("/cgi-bin/media/get/a/b", Some(("media", "GetAB"))),
            ("/cgi-bin/menu", Some(("base", "Menu"))),
            ("/cgi-bin/menu/create", Some(("menu", "Create"))),
            ("/cgi-bin/x/a/b/c", Some(("x::a::b", "C"))),
            ("/cgi-bin/service/v2/get_auth_info", Some(("service::v2", "GetAuthInfo"))),
            ("/cgi-bin/a/type/b-c", Some(("a::type_", "BC"))),
            ("/cgi-bin/", None),
            ("/cgi-bin/a//b", None),
            ("/other/a", None),
        ] {
            let got = paths.place(path);
            let got = got.as_ref().map(|p| (p.module.as_str(), p.name.as_str()));
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
    fn setters_of_calls() {
        for (field, file, want) in [
            ("touser", false, "touser"),
            ("header", false, "header_"),
            ("range", false, "range"),
            ("range", true, "range_"),
            ("items", true, "items_"),
        ] {
            assert_eq!(on_call(field, file), want, "{field}");
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

    /// The client's own modules and features, as they lie on the disk: those that no entry of `modules.yaml` makes.
    #[test]
    fn the_client_keeps_its_names() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository");
        let read = |file: &str| std::fs::read_to_string(root.join(file)).expect(file);
        let top = |text: &str| -> Vec<String> {
            let keys = text.lines().filter_map(|line| line.split_once(':'));
            keys.filter(|(key, _)| is_module(key)).map(|(key, _)| key.to_owned()).collect()
        };
        let ours = top(&read("spec/modules.yaml"));
        let mut names: Vec<String> = Vec::new();
        for folder in ["wecom/src", "wecom/src/api"] {
            for entry in std::fs::read_dir(root.join(folder)).expect(folder) {
                let path = entry.expect(folder).path();
                let rust = path.is_dir() || path.extension().is_some_and(|e| e == "rs");
                names.extend(path.file_stem().filter(|_| rust).map(|s| s.to_string_lossy().into_owned()));
            }
        }
        let manifest: toml_edit::DocumentMut = read("wecom/Cargo.toml").parse().expect("a manifest");
        names.extend(
            manifest["features"].as_table().expect("features").iter().map(|(name, _)| name.to_owned()),
        );
        // Keywords and names with a hyphen cannot be modules of a spec anyway.
        names.retain(|name| is_module(name) && !ours.contains(name) && name != "lib");
        names.sort();
        names.dedup();
        assert!(ours.len() > 40 && ours.contains(&"message".to_owned()), "{ours:?}");
        assert_eq!(names, RUNTIME);
    }
}
