//! Manifests of workspaces that are made from the checkout's.

use std::path::Path;

use toml_edit::{DocumentMut, value};

/// Packages of the checkout that a workspace depends on are found from wherever it is written: their paths become absolute.
pub(crate) fn absolute_paths(workspace: &mut DocumentMut, root: &Path) {
    let packages = workspace.get_mut("workspace").and_then(|w| w.get_mut("dependencies"));
    for (_, package) in packages.and_then(|d| d.as_table_like_mut()).into_iter().flat_map(|t| t.iter_mut()) {
        // Asked first: writing to a key that is not there would make it.
        let path = package.get("path").and_then(|p| p.as_str()).map(|p| root.join(p).display().to_string());
        if let (Some(path), Some(package)) = (path, package.as_table_like_mut()) {
            package.insert("path", value(path));
        }
    }
}

#[cfg(test)]
#[test]
fn paths_alone_change() {
    let text = "[workspace.dependencies]\nown = { path = \"a/b\", version = \"1\" }\nother = { version = \"2\" }\nshort = \"3\"\n";
    let mut manifest: DocumentMut = text.parse().expect("a manifest");
    absolute_paths(&mut manifest, Path::new("/root"));
    assert_eq!(manifest.to_string(), text.replace("\"a/b\"", "\"/root/a/b\""));
}
