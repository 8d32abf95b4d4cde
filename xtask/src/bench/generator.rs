//! What the generator's commands cost as a spec grows: time and memory an endpoint at 100, 800 and 8,000 endpoints.
//!
//! The specs are the committed one, varied: whole files of it, as often as needed, each copy with paths and modules of its own.
//! Events and commands are left out, as copies of them would be recognised by the same values; the error codes are the committed ones at each size. The pages are written from the same
//! specs, in the form of the official ones. Each command's work is done in a process of its own, by the functions that the command calls.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::{fs, iter};

use clap::ValueEnum;
use regex_lite::{Captures, Regex};
use wecom_codegen::diff::{diff, render};
use wecom_codegen::docs::merge::import::import;
use wecom_codegen::docs::merge::reviewed::Reviewed;
use wecom_codegen::docs::merge::status::status;
use wecom_codegen::docs::model::{Extracted, Page};
use wecom_codegen::docs::{extract, read::page};
use wecom_codegen::ir::{Api, Endpoint, Field, Place, Prim, RequestBody, ResponseBody, Ty, TypeId, TypeKind};
use wecom_codegen::source::{Severity, SourceFile};
use wecom_codegen::{emit, load};

use super::cost;
use crate::files;

/// How many endpoints, about: files are taken whole.
const SIZES: [usize; 3] = [100, 800, 8_000];

/// The module of paths of one segment.
const BASE: &str = "base";

/// The work of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stage {
    Lint,
    Codegen,
    Diff,
    Status,
    Import,
}

impl Stage {
    fn word(self) -> &'static str {
        match self {
            Stage::Lint => "lint",
            Stage::Codegen => "codegen",
            Stage::Diff => "diff",
            Stage::Status => "status",
            Stage::Import => "import",
        }
    }
}

/// Makes the specs and measures; each figure is a line that a program can read.
pub(super) fn report(spec: &Path, place: &Path) -> Result<(), String> {
    let list = files::spec_files(spec)?;
    let own = std::env::current_exe().map_err(|e| format!("cannot find this program: {e}"))?;
    say!(
        "commands of the generator, by the number of endpoints: processor time, peak memory, and the cost of each further endpoint"
    );
    say!(
        "| command | endpoints | CPU | peak | CPU per endpoint | peak per endpoint | CPU per endpoint, relative to the size before |"
    );
    say!("|---|---|---|---|---|---|---|");
    let mut made = Vec::new();
    for size in SIZES {
        let dir = place.join("generator").join(size.to_string());
        made.push((size, write(&list, size, &dir)?, dir));
    }
    for stage in Stage::value_variants() {
        let mut before: Option<f64> = None;
        for (size, count, dir) in &made {
            let command = [own.display().to_string(), "bench".into(), "--stage".into(), stage.word().into()]
                .into_iter()
                .chain(["--into".to_owned(), dir.display().to_string()])
                .collect::<Vec<_>>();
            let cost = cost::of(&command, dir, &[])?;
            let each = cost.cpu / *count as f64 * 1e3;
            let ratio = before.map_or(String::new(), |b| format!("{:.2}", each / b));
            say!(
                "| {} | {count} | {:.2} s | {} | {each:.2} ms | {:.0} KB | {ratio} |",
                stage.word(),
                cost.cpu,
                super::megabytes(cost.peak),
                cost.peak as f64 / *count as f64,
            );
            say!(
                "FIGURE name=generator.{}.{size} ratio={} ours={:.3} unit=s each={each:.3} peak={} endpoints={count}",
                stage.word(),
                if ratio.is_empty() { "-" } else { &ratio },
                cost.cpu,
                cost.peak,
            );
            before = Some(each);
        }
    }
    Ok(())
}

/// The work of one command over what [`write`] wrote into a folder.
pub(super) fn run(stage: Stage, dir: &Path) -> Result<(), String> {
    let spec = || files::spec_files(&dir.join("spec"));
    match stage {
        Stage::Lint => {
            sound(&load(spec()?))?;
        }
        Stage::Codegen => {
            let loaded = load(spec()?);
            sound(&loaded)?;
            if emit::emit(&loaded.api).is_empty() {
                return Err("nothing was emitted".into());
            }
        }
        Stage::Diff => {
            let (old, new) = (load(files::spec_files(&dir.join("before"))?), load(spec()?));
            let found = diff(&old.api, &new.api);
            let report = render::Report {
                base: "before",
                head: "after",
                diff: &found,
                version: None,
                warnings: &[],
                docs: false,
                allowed: &BTreeMap::new(),
            };
            if render::text(&report, render::Look::default()).is_empty() || found.changes.is_empty() {
                return Err("no change was found".into());
            }
        }
        Stage::Status => {
            let (imported, pages) = (files::spec_files(&dir.join("imported"))?, pages(dir)?);
            if pages.endpoints.is_empty() {
                return Err("the pages have no endpoints".into());
            }
            // What differs is none of its business: a spec that was imported from the pages says what they say.
            status(&imported, &pages, &Reviewed::default())
                .map_err(|failed| format!("the imported spec cannot be read: {failed:?}"))?;
        }
        Stage::Import => {
            if import(&[], &pages(dir)?, &Reviewed::default()).files.is_empty() {
                return Err("nothing was imported".into());
            }
        }
    }
    Ok(())
}

fn sound(loaded: &wecom_codegen::Loaded) -> Result<(), String> {
    match loaded.diagnostics.iter().find(|d| d.severity == Severity::Error) {
        None => Ok(()),
        Some(d) => {
            let file = loaded.spec.files.get(d.pos.file as usize).map_or("", |f| f.path.as_str());
            Err(format!(
                "the generated test spec has a mistake: {file}:{}: {} [{}]",
                d.pos.line, d.message, d.rule
            ))
        }
    }
}

fn pages(dir: &Path) -> Result<Extracted, String> {
    let folder = dir.join("pages");
    let fail = |e: std::io::Error| format!("cannot read {}: {e}", folder.display());
    let mut list: Vec<Page> = Vec::new();
    for entry in fs::read_dir(&folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        list.push(page::read(&name, &fs::read_to_string(&path).map_err(fail)?)?);
    }
    list.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(extract(&list))
}

/// Writes a spec of about this size, the same before some changes, its pages, and the spec that these give. Returns the number of endpoints.
fn write(list: &[SourceFile], size: usize, dir: &Path) -> Result<usize, String> {
    if dir.exists() {
        fs::remove_dir_all(dir).map_err(|e| format!("cannot clear {}: {e}", dir.display()))?;
    }
    let spec = vary(list, size)?;
    let loaded = load(spec.clone());
    sound(&loaded)?;
    let put = |folder: &str, list: &[SourceFile]| {
        list.iter().try_for_each(|f| files::write(&dir.join(folder).join(&f.path), &f.text))
    };
    put("spec", &spec)?;
    put("before", &before(&spec))?;
    let pages: Vec<SourceFile> = loaded
        .api
        .endpoints()
        .enumerate()
        .map(|(i, (_, e))| SourceFile { path: format!("{i:05}.md"), text: write_page(&loaded.api, e, i + 1) })
        .collect();
    put("pages", &pages)?;
    put("imported", &import(&[], &self::pages(dir)?, &Reviewed::default()).files)?;
    Ok(loaded.api.endpoints().count())
}

/// The module files of the spec, as many and as often as needed, and the line of each feature.
fn vary(list: &[SourceFile], size: usize) -> Result<Vec<SourceFile>, String> {
    let module = Regex::new(r"(?m)^module: ([a-z_]+)").map_err(|e| e.to_string())?;
    let path = Regex::new(r"/cgi-bin/([A-Za-z_-]+)").map_err(|e| e.to_string())?;
    let named = Regex::new(r"\b([a-z_]+)((?:\.[a-z_]+)*\.[A-Z])").map_err(|e| e.to_string())?;
    let endpoint = Regex::new(r"(?m)^  /cgi-bin/").map_err(|e| e.to_string())?;
    // Commands are known by their names in one namespace, as events are.
    let apart = |f: &SourceFile| f.path.starts_with("events/") || f.text.contains("\ncommands:\n");
    let sources: Vec<&SourceFile> = list.iter().filter(|f| module.is_match(&f.text) && !apart(f)).collect();
    let own = |f: &SourceFile| module.captures(&f.text).map_or(String::new(), |c| c[1].to_owned());
    let owners: Vec<String> = sources.iter().map(|f| own(f)).collect();
    let modules: BTreeSet<&str> = owners.iter().map(String::as_str).collect();
    // What a file refers to comes with it: all files of its own module and of those that it names.
    let needs: Vec<Vec<usize>> = sources
        .iter()
        .zip(&owners)
        .map(|(f, own)| {
            let mut names: BTreeSet<&str> = BTreeSet::from([own.as_str()]);
            names.extend(named.captures_iter(&f.text).filter_map(|c| Some(c.get(1)?.as_str())));
            (0..sources.len()).filter(|i| names.contains(owners[*i].as_str())).collect()
        })
        .collect();
    let sizes: Vec<usize> = sources.iter().map(|f| endpoint.find_iter(&f.text).count()).collect();
    let mut out: Vec<SourceFile> = list
        .iter()
        .filter(|f| ["errors.yaml", "format.yaml", "grants.yaml"].contains(&f.path.as_str()))
        .cloned()
        .collect();
    let mut count = 0;
    for copy in 0.. {
        let mark = if copy == 0 { String::new() } else { format!("_c{copy}") };
        // A path of one segment is of the module `base`, whatever it is called: there is one of it.
        let varies = |i: usize| copy == 0 || owners[i] != BASE;
        let mut taken: BTreeSet<usize> = BTreeSet::new();
        for first in (0..sources.len()).filter(|i| varies(*i)) {
            if count >= size {
                break;
            }
            let mut open = vec![first];
            while let Some(at) = open.pop() {
                if varies(at) && taken.insert(at) {
                    count += sizes[at];
                    open.extend(&needs[at]);
                }
            }
        }
        for at in taken {
            let text = &sources[at].text;
            let text = path.replace_all(text, |c: &Captures<'_>| format!("/cgi-bin/{}{mark}", &c[1]));
            let text = module.replace(&text, |c: &Captures<'_>| format!("module: {}{mark}", &c[1]));
            let text =
                named.replace_all(&text, |c: &Captures<'_>| match modules.contains(&c[1]) && &c[1] != BASE {
                    true => format!("{}{mark}{}", &c[1], &c[2]),
                    false => c[0].to_owned(),
                });
            // Files of one module have names of their own, and all paths of one segment are of one module.
            let name = sources[at]
                .path
                .replacen('/', &format!("{mark}/"), 1)
                .replace(".yaml", &format!("{mark}.yaml"));
            out.push(SourceFile { path: name, text: text.into_owned() });
        }
        if count >= size {
            break;
        }
    }
    // The features are what the paths begin with, which the resolved API knows.
    let api = load(out.clone()).api;
    let features = api.modules.iter().filter(|m| !m.name.contains("::"));
    let lines: String =
        features.map(|m| format!("{}: {{title: 模块, english: a module of the bench}}\n", m.name)).collect();
    out.push(SourceFile { path: "modules.yaml".into(), text: lines });
    Ok(out)
}

/// The spec before: some required fields are optional, some texts others.
fn before(list: &[SourceFile]) -> Vec<SourceFile> {
    let change = |f: &SourceFile| {
        let line = |(i, line): (usize, &str)| match i % 7 {
            0 => line.replace("type: string, required: true", "type: string"),
            1 => line.replace("type: i32", "type: i64"),
            2 => line.replace("title: ", "title: 原"),
            _ => line.to_owned(),
        };
        let text = f.text.lines().enumerate().map(line).flat_map(|l| [l, "\n".into()]).collect();
        SourceFile { path: f.path.clone(), text }
    };
    list.iter().map(|f| if f.path.contains('/') { change(f) } else { f.clone() }).collect()
}

/// An endpoint as a page of the official form.
fn write_page(api: &Api, e: &Endpoint, number: usize) -> String {
    let mut out = format!(
        "---\ntitle: \"{}\"\ndoc_id: {number}\ncategory_id: {}\n---\n最后更新：2026/01/02\n\n",
        e.title,
        900_000 + number
    );
    let method = if e.post { "POST" } else { "GET" };
    let mut url = format!("https://qyapi.weixin.qq.com{}?access_token=ACCESS_TOKEN", e.path);
    let in_url = |id: TypeId| -> Vec<&Field> {
        match &api.ty(id).kind {
            TypeKind::Struct(s) => s.fields.iter().filter(|f| f.place == Place::Query).collect(),
            _ => vec![],
        }
    };
    in_url(e.request).iter().for_each(|f| url.push_str(&format!("&{}={}", f.wire, f.wire.to_uppercase())));
    let _ = write!(out, "**请求方式：** {method}（**HTTPS**）\n**请求地址：** {url}\n\n");
    if e.body == RequestBody::Json {
        let _ = write!(out, "**请求示例：**\n\n```json\n{}\n```\n\n", sample(api, e.request, 0));
    }
    out.push_str(
        "**参数说明：**\n\n|参数|类型|必须|说明|\n|---|---|---|---|\n|access_token|string|是|调用接口凭证|\n",
    );
    rows(api, e.request, "", 0, true, &mut out);
    if let Some(id) = e.response.filter(|_| e.answer == ResponseBody::Json) {
        let _ = write!(out, "\n**返回结果：**\n\n```json\n{}\n```\n\n", sample(api, id, 0));
        out.push_str("**参数说明：**\n\n|参数|类型|说明|\n|---|---|---|\n|errcode|int32|返回码|\n|errmsg|string|对返回码的文本描述内容|\n");
        rows(api, id, "", 0, false, &mut out);
    }
    out
}

/// Objects within objects are written to this depth.
const DEPTH: usize = 4;

/// A row for each field, with dots down.
fn rows(api: &Api, id: TypeId, at: &str, depth: usize, request: bool, out: &mut String) {
    let TypeKind::Struct(s) = &api.ty(id).kind else { return };
    for f in &s.fields {
        let name = if at.is_empty() { f.wire.clone() } else { format!("{at}.{}", f.wire) };
        let text = f.doc.join(" ").replace('|', "、").replace('\n', " ");
        let need = match (request, f.required) {
            (true, true) => "是|",
            (true, false) => "否|",
            (false, _) => "",
        };
        let _ = writeln!(out, "|{name}|{}|{need}{text}|", kind(api, &f.ty));
        if let (Ty::Ref(id), true) = (f.ty.leaf(), depth < DEPTH) {
            rows(api, *id, &name, depth + 1, request, out);
        }
    }
}

fn kind(api: &Api, ty: &Ty) -> &'static str {
    match ty {
        Ty::List(_) => "array",
        Ty::Ref(id) => match &api.ty(*id).kind {
            TypeKind::Enum(e) => kind(api, &Ty::Prim(e.repr)),
            _ => "object",
        },
        Ty::Map(_) | Ty::Prim(Prim::Json) => "object",
        Ty::Prim(Prim::Bool) => "bool",
        Ty::Prim(Prim::F64) => "double",
        Ty::Prim(p) if p.integers().is_some() && !p.is_text() => "uint32",
        Ty::Prim(_) | Ty::Joined(..) | Ty::Text(_) => "string",
    }
}

/// A body with all fields that a row has.
fn sample(api: &Api, id: TypeId, depth: usize) -> String {
    fn value(api: &Api, ty: &Ty, depth: usize) -> String {
        match ty {
            Ty::List(t) => format!("[{}]", value(api, t, depth)),
            Ty::Ref(id) if matches!(api.ty(*id).kind, TypeKind::Struct(_)) && depth < DEPTH => {
                sample(api, *id, depth + 1)
            }
            _ => match kind(api, ty) {
                "object" => "{}".into(),
                "bool" => "true".into(),
                "double" => "1.5".into(),
                "uint32" => "1".into(),
                _ => "\"x\"".into(),
            },
        }
    }
    let TypeKind::Struct(s) = &api.ty(id).kind else { return "{}".into() };
    let own = s
        .fields
        .iter()
        .filter(|f| f.place == Place::Body)
        .map(|f| format!("\"{}\": {}", f.wire, value(api, &f.ty, depth)));
    let list: Vec<String> = match depth {
        0 if !api.ty(id).sent => {
            iter::once("\"errcode\": 0, \"errmsg\": \"ok\"".to_owned()).chain(own).collect()
        }
        _ => own.collect(),
    };
    format!("{{{}}}", list.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The varied specs lint, grow as asked, and their pages are read back into entries of the same paths.
    #[test]
    fn specs_and_pages_of_a_size() {
        let root = files::root();
        let list = files::spec_files(&root.join("spec")).expect("the spec");
        for size in [30, 900] {
            let loaded = load(vary(&list, size).expect("a spec"));
            sound(&loaded).expect("it lints");
            let count = loaded.api.endpoints().count();
            assert!((size..size + 250).contains(&count), "{count} endpoints for {size}");
            if size < 100 {
                let text = |(i, (_, e)): (usize, (_, &Endpoint))| write_page(&loaded.api, e, i + 1);
                let pages: Vec<Page> = loaded
                    .api
                    .endpoints()
                    .enumerate()
                    .map(|pair| page::read("p.md", &text(pair)).expect("a page"))
                    .collect();
                let found = extract(&pages);
                let paths: BTreeSet<&str> = loaded.api.endpoints().map(|(_, e)| e.path.as_str()).collect();
                let read: BTreeSet<&str> = found.endpoints.iter().map(|e| e.path.as_str()).collect();
                assert_eq!(read, paths);
            }
        }
    }
}
