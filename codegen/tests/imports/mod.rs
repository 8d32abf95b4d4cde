//! Which file of a crate imports which: by `use`, and by every path written out, in macros too.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;

/// A file by its module path: `read::page`.
pub(crate) type Module = String;

/// Who imports whom.
pub(crate) type Arrows = BTreeMap<Module, BTreeSet<Module>>;

/// The files below one module of a crate.
pub(crate) struct Sources {
    files: BTreeMap<Module, File>,
    /// The path of that module, as code writes it: `crate::docs`.
    top: &'static str,
}

/// What counts of a file.
struct File {
    /// Its private `use`: by which name it knows a path. What it imports.
    uses: Vec<(String, String)>,
    /// What it hands on under a name of its own.
    on: Vec<(String, String)>,
    /// All other paths in it.
    paths: BTreeSet<String>,
    /// Modules that only tests have.
    tests: Vec<String>,
}

impl Sources {
    pub(crate) fn below(dir: &Path, top: &'static str) -> Self {
        Self::of(texts(dir), top)
    }

    pub(crate) fn of(texts: BTreeMap<Module, String>, top: &'static str) -> Self {
        let mut files: BTreeMap<Module, File> =
            texts.iter().map(|(module, text)| (module.clone(), File::of(module, text, top))).collect();
        let tests: Vec<Module> = files
            .iter()
            .flat_map(|(module, file)| file.tests.iter().map(|name| join(module, name)).collect::<Vec<_>>())
            .collect();
        files.retain(|module, _| !tests.iter().any(|t| module == t || module.starts_with(&format!("{t}::"))));
        Self { files, top }
    }

    /// Whether there is such a file or folder.
    pub(crate) fn has(&self, module: &str) -> bool {
        let within = format!("{module}::");
        self.files.keys().any(|file| file == module || file.starts_with(&within))
    }

    /// The arrows between files: each path leads to the file where the thing is from.
    pub(crate) fn arrows(&self) -> Arrows {
        let of = |(module, file): (&Module, &File)| {
            let used = file.uses.iter().map(|(_, path)| path.clone());
            let named = file.paths.iter().map(|path| file.whole(module, path, self.top));
            let to = used.chain(named.flatten()).filter_map(|path| self.leads_to(&path, 0));
            (module.clone(), to.filter(|to| to != module).collect())
        };
        self.files.iter().map(of).collect()
    }

    /// The file that a path below the top leads to; `None` for a module as such: what is used of it is named elsewhere.
    fn leads_to(&self, path: &str, handed_on: usize) -> Option<Module> {
        assert!(handed_on < 20, "{path} is handed on for ever");
        let mut module = String::new();
        let steps: Vec<&str> = path.split("::").collect();
        for (at, step) in steps.iter().enumerate() {
            let below = join(&module, step);
            let on = self.files.get(&module).and_then(|file| file.on.iter().find(|(name, _)| name == step));
            // A function may be called as the module that it is from.
            if self.has(&below) && (on.is_none() || at + 1 < steps.len()) {
                module = below;
                continue;
            }
            return match on {
                Some((_, path)) => {
                    let rest = [&[path.as_str()], &steps[at + 1..]].concat();
                    self.leads_to(&rest.join("::"), handed_on + 1)
                }
                None => Some(module),
            };
        }
        None
    }
}

impl File {
    fn of(module: &str, text: &str, top: &str) -> Self {
        let file = syn::parse_file(text).unwrap_or_else(|e| panic!("{module}: {e}"));
        let mut new = Self { uses: vec![], on: vec![], paths: BTreeSet::new(), tests: vec![] };
        let mut children = Vec::new();
        let mut pending = Vec::new();
        for item in file.items {
            match item {
                syn::Item::Mod(m) => {
                    children.push(m.ident.to_string());
                    if is_for_tests(&m.attrs) {
                        new.tests.push(m.ident.to_string());
                    } else if let Some((_, items)) = m.content {
                        within(&join(module, &m.ident.to_string()), items, top, &mut new.paths);
                    }
                }
                syn::Item::Use(u) if !is_for_tests(&u.attrs) => pending.push(u),
                syn::Item::Use(_) => {}
                syn::Item::Fn(f) if is_for_tests(&f.attrs) => {}
                syn::Item::Impl(i) if is_for_tests(&i.attrs) => {}
                item => paths(item.to_token_stream(), &mut new.paths),
            }
        }
        for u in pending {
            let mut names = Vec::new();
            leaves(&u.tree, String::new(), &mut names);
            for (name, path) in names {
                let first = path.split("::").next().unwrap_or_default().to_owned();
                let path = if children.contains(&first) { format!("self::{path}") } else { path };
                let Some(path) = written_out(module, &path, top) else { continue };
                match u.vis {
                    syn::Visibility::Inherited => new.uses.push((name, path)),
                    _ => new.on.push((name, path)),
                }
            }
        }
        new
    }

    /// A path of the code from the top on.
    fn whole(&self, module: &str, path: &str, top: &str) -> Option<String> {
        let (first, rest) = path.split_once("::")?;
        match self.uses.iter().chain(&self.on).find(|(name, _)| name == first) {
            Some((_, known)) => Some(join(known, rest)),
            None => written_out(module, path, top),
        }
    }
}

/// What the modules written out within a file name, each path from the crate on: `super` leads less far there.
fn within(module: &str, items: Vec<syn::Item>, top: &str, out: &mut BTreeSet<String>) {
    for item in items {
        let mut named = BTreeSet::new();
        match item {
            syn::Item::Mod(m) => {
                if let (false, Some((_, items))) = (is_for_tests(&m.attrs), m.content) {
                    within(&join(module, &m.ident.to_string()), items, top, out);
                }
            }
            syn::Item::Use(u) => {
                let mut names = Vec::new();
                leaves(&u.tree, String::new(), &mut names);
                named.extend(names.into_iter().map(|(_, path)| path));
            }
            item => paths(item.to_token_stream(), &mut named),
        }
        let whole = named.iter().filter_map(|path| written_out(module, path, top));
        out.extend(whole.map(|path| join(top, &path)));
    }
}

/// The files below a folder, by module path.
pub(crate) fn texts(dir: &Path) -> BTreeMap<Module, String> {
    let mut texts = BTreeMap::new();
    read(dir, "", &mut texts);
    texts
}

fn read(dir: &Path, at: &str, out: &mut BTreeMap<Module, String>) {
    let mut entries: Vec<_> = fs::read_dir(dir).expect("a folder").flatten().map(|e| e.path()).collect();
    entries.sort();
    for path in entries {
        let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let name = match (stem.as_str(), at) {
            ("mod", _) => at.to_owned(),
            ("lib", "") => String::new(),
            (_, "") => stem.clone(),
            _ => format!("{at}::{stem}"),
        };
        if path.is_dir() {
            read(&path, &name, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.insert(name, fs::read_to_string(&path).expect("text"));
        }
    }
}

fn is_for_tests(attrs: &[syn::Attribute]) -> bool {
    attrs.iter().any(|a| a.to_token_stream().to_string().replace(' ', "") == "#[cfg(test)]")
}

/// Names, and the paths that they stand for.
fn leaves(tree: &syn::UseTree, at: String, out: &mut Vec<(String, String)>) {
    let last = |path: &str| path.rsplit("::").next().unwrap_or_default().to_owned();
    match tree {
        syn::UseTree::Path(p) => leaves(&p.tree, join(&at, &p.ident.to_string()), out),
        syn::UseTree::Name(n) if n.ident == "self" => out.push((last(&at), at)),
        syn::UseTree::Name(n) => out.push((n.ident.to_string(), join(&at, &n.ident.to_string()))),
        syn::UseTree::Rename(r) if r.ident == "self" => out.push((r.rename.to_string(), at)),
        syn::UseTree::Rename(r) => out.push((r.rename.to_string(), join(&at, &r.ident.to_string()))),
        syn::UseTree::Glob(_) => out.push(("*".to_owned(), at)),
        syn::UseTree::Group(g) => g.items.iter().for_each(|t| leaves(t, at.clone(), out)),
    }
}

/// The paths of two steps and more in code.
fn paths(code: TokenStream, out: &mut BTreeSet<String>) {
    let mut path = String::new();
    // Of a macro's `$crate`, which is the crate of who calls it.
    let mut is_foreign = false;
    let mut before = String::new();
    let mut end = |path: &mut String, is_foreign: bool| {
        let path = std::mem::take(path);
        if path.contains("::") && !is_foreign {
            out.insert(path);
        }
    };
    let mut within = Vec::new();
    for token in code {
        match token {
            TokenTree::Ident(name) if before == "::" && !path.is_empty() => {
                path = format!("{path}::{name}");
                before.clear();
            }
            TokenTree::Ident(name) => {
                end(&mut path, is_foreign);
                (path, is_foreign) = (name.to_string(), before == "$");
                before.clear();
            }
            TokenTree::Punct(p) => {
                before = if p.as_char() == ':' && before == ":" { "::".to_owned() } else { p.to_string() };
                if p.as_char() != ':' {
                    end(&mut path, is_foreign);
                }
            }
            TokenTree::Group(group) => {
                end(&mut path, is_foreign);
                before.clear();
                within.push(group.stream());
            }
            TokenTree::Literal(_) => {
                end(&mut path, is_foreign);
                before.clear();
            }
        }
    }
    end(&mut path, is_foreign);
    within.into_iter().for_each(|code| paths(code, out));
}

fn join(at: &str, name: &str) -> String {
    match (at, name) {
        ("", name) => name.to_owned(),
        (at, "") => at.to_owned(),
        (at, name) => format!("{at}::{name}"),
    }
}

/// A path from the top on; `None` for one that leads elsewhere.
fn written_out(module: &str, path: &str, top: &str) -> Option<String> {
    if let Some(rest) = path.strip_prefix(top) {
        return rest.is_empty().then(String::new).or_else(|| rest.strip_prefix("::").map(str::to_owned));
    }
    let mut here: Vec<&str> = module.split("::").filter(|step| !step.is_empty()).collect();
    if let Some(rest) = path.strip_prefix("self::") {
        return Some(join(&here.join("::"), rest));
    }
    let mut rest = path;
    while let Some(after) = rest.strip_prefix("super::").or_else(|| (rest == "super").then_some("")) {
        here.pop()?;
        rest = after;
    }
    (rest != path).then(|| join(&here.join("::"), rest))
}
