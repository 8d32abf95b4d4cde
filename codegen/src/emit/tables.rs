//! The error catalogue, and the API as data for the sandbox.

use crate::ir::{self, TypeKind};

/// `api/errors.rs`: all codes, sorted.
pub(super) fn errors(api: &ir::Api) -> String {
    let mut out = super::print::banner("spec/errors.yaml");
    out.push_str(
        "//! The catalogue of error codes.\n\n\
         use crate::error::{ErrorCode, ErrorClass};\n\n\
         const fn entry(code: i32, class: ErrorClass, meaning: &'static str, advice: &'static str) -> ErrorCode {\n    \
         ErrorCode { code, class, meaning, advice, retired: false }\n}\n\n",
    );
    if api.errors.iter().any(|e| e.retired) {
        out.push_str(
            "/// A code that left the official list.\n\
             const fn retired(code: i32, class: ErrorClass, meaning: &'static str, advice: &'static str) -> ErrorCode {\n    \
             ErrorCode { code, class, meaning, advice, retired: true }\n}\n\n",
        );
    }
    out.push_str(
        "\
         /// Sorted by code.\n\
         pub(crate) static CATALOGUE: &[ErrorCode] = &[\n",
    );
    for e in &api.errors {
        let class = heck::ToUpperCamelCase::to_upper_camel_case(e.class.as_str());
        out.push_str(&format!(
            "    {}({}, ErrorClass::{class}, {:?}, {:?}),\n",
            if e.retired { "retired" } else { "entry" },
            e.code,
            e.meaning,
            e.advice
        ));
    }
    out.push_str("];\n");
    out
}

/// `sandbox/src/api.json`: one type, endpoint or code a line, so that changes read as diffs. Texts are left out.
pub(super) fn contract(api: &ir::Api) -> String {
    let mut api = api.clone();
    strip(&mut api);
    let mut out = String::from("{\n");
    let rows = |name: &str, list: Vec<String>, out: &mut String| {
        out.push_str(&format!("\"{name}\":[\n{}\n]", list.join(",\n")));
    };
    let modules = api.modules.iter().map(json).collect();
    let events = api.events.iter().map(json).collect();
    let types = api.types.iter().map(json).collect();
    let errors = api.errors.iter().map(json).collect();
    rows("modules", modules, &mut out);
    out.push_str(",\n");
    rows("events", events, &mut out);
    out.push_str(",\n");
    if !api.commands.is_empty() {
        rows("commands", api.commands.iter().map(json).collect(), &mut out);
        out.push_str(",\n");
    }
    rows("types", types, &mut out);
    out.push_str(",\n");
    rows("errors", errors, &mut out);
    out.push_str("\n}\n");
    out
}

/// Plain data always serialises.
pub(super) fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Takes the texts out.
pub(super) fn strip(api: &mut ir::Api) {
    for command in &mut api.commands {
        command.doc.clear();
        command.source.clear();
        command.permission.clear();
    }
    for module in &mut api.modules {
        for part in &mut module.parts {
            part.doc.clear();
            for e in &mut part.endpoints {
                e.doc.clear();
                e.permission.clear();
                e.errors.iter_mut().for_each(|(_, text)| text.clear());
                e.source.clear();
                if let Some(file) = &mut e.file {
                    file.doc.clear();
                }
            }
        }
    }
    for file in &mut api.events {
        file.doc.clear();
        for e in &mut file.events {
            e.doc.clear();
            e.permission.clear();
            e.source.clear();
        }
    }
    for t in &mut api.types {
        t.doc.clear();
        match &mut t.kind {
            TypeKind::Struct(s) => s.fields.iter_mut().for_each(|f| {
                f.doc.clear();
                f.deprecated = f.deprecated.take().map(|_| String::new());
            }),
            TypeKind::Enum(e) => e.values.iter_mut().for_each(|v| v.doc.clear()),
            TypeKind::Union(u) => u.variants.iter_mut().for_each(|v| v.doc.clear()),
        }
    }
    api.errors.iter_mut().for_each(|e| e.advice.clear());
}
