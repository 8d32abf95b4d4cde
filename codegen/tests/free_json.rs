//! Free JSON stands only where spec/MAINTAINING.md says why.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use wecom_codegen::ir::{Api, Prim, Ty, TypeKind};
use wecom_codegen::load;
use wecom_codegen::source::SourceFile;

fn real(dir: &Path) -> Api {
    let mut files = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(&at).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "yaml") {
                let text = fs::read_to_string(&path).expect("a file");
                let rel = path.strip_prefix(dir).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                files.push(SourceFile { path: rel, text });
            }
        }
    }
    load(files).api
}

fn is_free(ty: &Ty) -> bool {
    match ty {
        Ty::Prim(prim) => *prim == Prim::Json,
        Ty::List(inner) | Ty::Joined(_, inner) | Ty::Map(inner) | Ty::Text(inner) => is_free(inner),
        Ty::Ref(_) => false,
    }
}

/// `module::Type.field`, of an event or endpoint alike.
fn places(api: &Api) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for ty in &api.types {
        let at = format!("{}::{}", ty.module, ty.rust);
        match &ty.kind {
            TypeKind::Struct(s) => {
                let free = s.fields.iter().filter(|f| is_free(&f.ty));
                found.extend(free.map(|f| format!("{at}.{}", f.wire)));
            }
            TypeKind::Union(u) => {
                let free = u.variants.iter().filter(|v| v.ty.as_ref().is_some_and(is_free));
                found.extend(free.map(|v| format!("{at}.{}", v.rust)));
            }
            TypeKind::Enum(_) => {}
        }
    }
    found
}

#[test]
fn each_place_has_its_reason() {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    let text = fs::read_to_string(spec.join("MAINTAINING.md")).expect("the file stands beside the spec");
    let section = text.split_once("## Where JSON is free").map_or("", |(_, rest)| rest);
    let section = section.split_once("\n## ").map_or(section, |(this, _)| this);
    let listed: BTreeSet<String> =
        section.lines().filter_map(|l| Some(l.strip_prefix("| `")?.split_once('`')?.0.to_owned())).collect();
    let found = places(&real(&spec));
    let missing: Vec<_> = found.difference(&listed).collect();
    assert!(
        missing.is_empty(),
        "free JSON without a reason in spec/MAINTAINING.md; type it, or list it: {missing:#?}"
    );
    let over: Vec<_> = listed.difference(&found).collect();
    assert!(over.is_empty(), "no longer free: take it off the list in spec/MAINTAINING.md: {over:#?}");
    assert!(found.len() < 40, "free JSON stands in {} places", found.len());
}
