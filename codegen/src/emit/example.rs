//! Examples that compile: a call with its required arguments.

use crate::ir::{self, Prim, Ty, TypeId, TypeKind};

/// The lines of an endpoint's example.
pub(super) fn call(api: &ir::Api, e: &ir::Endpoint) -> Vec<String> {
    let module = &api.ty(e.request).module;
    let (client, kind) = match e.auth {
        ir::Auth::AccessToken => ("client", "Client"),
        ir::Auth::SuiteAccessToken => ("suite", "Suite"),
        ir::Auth::ProviderAccessToken => ("provider", "Provider"),
        ir::Auth::DeviceAccessToken => ("device", "HardwareDevice"),
        ir::Auth::ModelAccessToken => ("model", "HardwareModel"),
        ir::Auth::Key => ("webhook", "Webhook"),
        ir::Auth::None => ("client", "Client"),
    };
    let mut args = Vec::new();
    if let TypeKind::Struct(s) = &api.ty(e.request).kind {
        args.extend(s.fields.iter().filter(|f| f.required).map(|f| value(api, f, 0)));
        args.extend(s.unions.iter().map(|u| reference(api, u.ty, "", 0)));
    }
    if e.file.is_some() {
        args.push("wecom::MediaFile::from_path(\"图片.png\")".into());
    }
    let allow = if e.status == ir::Status::Retired { "# #![allow(deprecated)]\n" } else { "" };
    let call = if e.auth == ir::Auth::None {
        format!("let answer = {client}.send(wecom::{module}::{}::new({})).await?;", e.rust, args.join(", "))
    } else {
        let way: Vec<String> = match module.as_str() == client {
            true => vec!["api()".to_owned()],
            false => module.split("::").map(|m| format!("{}()", crate::names::safe(m))).collect(),
        };
        format!("let answer = {client}.{}.{}({}).await?;", way.join("."), e.call, args.join(", "))
    };
    let text = format!(
        "{allow}# async fn run({client}: wecom::{kind}) -> Result<(), wecom::Error> {{\n{}\n# let _ = answer;\n# Ok(())\n# }}",
        wrap(&call)
    );
    text.lines().map(str::to_owned).collect()
}

/// Breaks a long call after its opening parenthesis.
fn wrap(call: &str) -> String {
    if call.chars().count() <= 100 {
        return call.to_owned();
    }
    match call.find('(').and_then(|_| call.strip_prefix("let answer = ")) {
        Some(rest) => format!("let answer =\n    {rest}"),
        None => call.to_owned(),
    }
}

fn value(api: &ir::Api, f: &ir::Field, depth: usize) -> String {
    let plain = of(api, &f.ty, &f.wire, f.example.as_deref(), depth);
    match &f.ty {
        // Parameters take what becomes the field; nested structs are built by `new` in the same way.
        Ty::Prim(Prim::Unix | Prim::UnixText | Prim::Millis | Prim::MillisText) => "1_700_000_000".into(),
        _ => plain,
    }
}

fn of(api: &ir::Api, ty: &Ty, wire: &str, example: Option<&str>, depth: usize) -> String {
    match ty {
        Ty::Prim(p) => match p {
            Prim::Bool | Prim::Flag => "true".into(),
            Prim::F64 => "1.0".into(),
            Prim::Json => "serde_json::json!({})".into(),
            Prim::Base64 => "b\"...\".to_vec()".into(),
            Prim::Unix | Prim::UnixText | Prim::Millis | Prim::MillisText => "1_700_000_000".into(),
            p if p.integers().is_some() => {
                example.filter(|e| e.parse::<i64>().is_ok()).unwrap_or("1").to_owned()
            }
            Prim::Date => "\"2026-01-31\"".into(),
            Prim::Date8 => "\"20260131\"".into(),
            _ => format!("{:?}", example.unwrap_or(&wire.to_uppercase())),
        },
        Ty::List(t) | Ty::Joined(_, t) => format!("[{}]", of(api, t, wire, example, depth)),
        Ty::Map(t) => format!("[(\"key\", {})]", of(api, t, wire, example, depth)),
        Ty::Text(t) => of(api, t, wire, example, depth),
        Ty::Ref(id) => reference(api, *id, wire, depth),
    }
}

fn reference(api: &ir::Api, id: TypeId, _wire: &str, depth: usize) -> String {
    let t = api.ty(id);
    let path = format!("wecom::{}::{}", t.module, t.rust);
    match &t.kind {
        TypeKind::Enum(e) if e.flags => format!("{path}::default()"),
        TypeKind::Enum(e) => match e.values.first() {
            Some(v) => format!("{path}::{}", v.rust),
            None => format!("{path}::default()"),
        },
        TypeKind::Struct(_) if depth >= 3 => format!("{path}::default()"),
        TypeKind::Struct(s) => {
            let mut args: Vec<String> =
                s.fields.iter().filter(|f| f.required).map(|f| value(api, f, depth + 1)).collect();
            args.extend(s.unions.iter().map(|u| reference(api, u.ty, "", depth + 1)));
            if args.len() > 6 || !t.sent {
                format!("{path}::default()")
            } else {
                format!("{path}::new({})", args.join(", "))
            }
        }
        TypeKind::Union(u) => {
            let unique = |v: &&ir::Variant| {
                matches!(v.ty, Some(Ty::Ref(_))) && u.variants.iter().filter(|o| o.ty == v.ty).count() == 1
            };
            // The payload alone: it converts into the union.
            match u.variants.iter().find(unique) {
                Some(ir::Variant { ty: Some(Ty::Ref(inner)), .. })
                    if matches!(api.ty(*inner).kind, TypeKind::Struct(_)) =>
                {
                    reference(api, *inner, "", depth + 1)
                }
                _ => format!("{path}::default()"),
            }
        }
    }
}
