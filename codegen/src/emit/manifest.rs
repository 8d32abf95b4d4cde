//! The feature table of `wecom/Cargo.toml`: one feature for each module of the first level, the rest as people wrote it.

use std::collections::{BTreeMap, BTreeSet};

use toml_edit::{Array, DocumentMut, Item, Value};

use crate::ir;

/// The module features that the API asks for, with those they need.
pub struct Features(Vec<(String, Vec<String>)>);

impl Features {
    /// From the modules of an API.
    pub fn of(api: &ir::Api) -> Self {
        let mut all: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for module in &api.modules {
            all.entry(module.feature()).or_default().extend(module.uses.iter().map(String::as_str));
        }
        let owned = |uses: BTreeSet<&str>| uses.into_iter().map(str::to_owned).collect();
        Features(all.into_iter().map(|(name, uses)| (name.to_owned(), owned(uses))).collect())
    }
}

/// The manifest with the features in place. Features that are no modules are kept; `full` names all modules; a module that is gone loses
/// its feature.
///
/// # Errors
/// When the text is no manifest, with what is wrong.
pub fn merge_features(manifest: &str, features: &Features, gone: &[String]) -> Result<String, String> {
    let mut doc: DocumentMut =
        manifest.parse().map_err(|e| format!("wecom/Cargo.toml is not valid TOML: {e}"))?;
    let table = doc["features"].or_insert(toml_edit::table());
    let Some(table) = table.as_table_mut() else {
        return Err("`features` in wecom/Cargo.toml is not a table".into());
    };
    for name in gone {
        table.remove(name);
    }
    let list = |names: &[String], one_a_line: bool| {
        let mut array = Array::from_iter(names.iter().map(String::as_str));
        if one_a_line {
            array.iter_mut().for_each(|v| v.decor_mut().set_prefix("\n    "));
            array.set_trailing("\n");
            array.set_trailing_comma(true);
        }
        Item::Value(Value::Array(array))
    };
    for (name, uses) in &features.0 {
        let same = table
            .get(name)
            .and_then(Item::as_array)
            .is_some_and(|a| a.iter().filter_map(Value::as_str).eq(uses.iter().map(String::as_str)));
        if !same {
            table[name.as_str()] = list(uses, false);
        }
    }
    let all: Vec<String> = features.0.iter().map(|(n, _)| n.clone()).collect();
    let mut full = all;
    // What people put into `full` beside the modules stays there.
    let modules: Vec<String> = full.clone();
    if let Some(old) = table.get("full").and_then(Item::as_array) {
        full.extend(
            old.iter()
                .filter_map(Value::as_str)
                .filter(|f| !modules.iter().any(|m| m == f) && !gone.iter().any(|g| g == f))
                .map(str::to_owned),
        );
    }
    let same = table
        .get("full")
        .and_then(Item::as_array)
        .is_some_and(|a| a.iter().filter_map(Value::as_str).eq(full.iter().map(String::as_str)));
    if !same {
        table["full"] = list(&full, true);
    }
    Ok(doc.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_s_features_stay() {
        let old = "[package]\nname = \"x\"\n\n[features]\ndefault = [\"a\"] # small\na = []\nold = []\nredis = [\"dep:redis\"]\nfull = [\"a\", \"old\", \"redis\"]\n";
        let features = Features(vec![("a".into(), vec![]), ("b".into(), vec!["a".into()])]);
        let new = merge_features(old, &features, &["old".into()]).expect("a manifest");
        assert_eq!(
            new,
            "[package]\nname = \"x\"\n\n[features]\ndefault = [\"a\"] # small\na = []\nredis = [\"dep:redis\"]\nfull = [\n    \"a\",\n    \"b\",\n    \"redis\",\n]\nb = [\"a\"]\n"
        );
        assert_eq!(
            merge_features(&new, &features, &[]).expect("a manifest"),
            new,
            "a second run changes nothing"
        );
    }
}
