//! Files in and out: the only place that touches the disk.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use wecom_codegen::source::SourceFile;

/// The checkout's root.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    // A binary that was copied elsewhere works on the checkout it is called in.
    let cwd = std::env::current_dir().unwrap_or_default();
    match cwd.ancestors().find(|d| d.join("spec").is_dir() && d.join("codegen").is_dir()) {
        Some(dir) => dir.to_owned(),
        None => here.parent().unwrap_or(here).to_owned(),
    }
}

/// Names the folder of [`material`].
pub(crate) const MATERIAL: &str = "WECOM_MATERIAL";

/// What is measured and checked against and is not in the repository, as it is others': `samples/`, sample bodies of the official pages,
/// and `facts/`, tables of what is known of the pages. The folder named, or that of `WECOM_MATERIAL`, or `../shared`.
pub(crate) fn material(named: Option<&Path>) -> PathBuf {
    let of_environment = || std::env::var_os(MATERIAL).filter(|dir| !dir.is_empty()).map(PathBuf::from);
    named.map(Path::to_owned).or_else(of_environment).unwrap_or_else(|| root().join("../shared"))
}

/// All YAML files below a folder, by path.
pub(crate) fn spec_files(dir: &Path) -> Result<Vec<SourceFile>, String> {
    let out = yaml_files(dir)?;
    if out.is_empty() {
        return Err(format!("{} has no .yaml files; name the spec folder with --spec", dir.display()));
    }
    Ok(out)
}

/// The YAML files of a folder that a spec may still begin in: none where there is no folder. A file that cannot be read is an error all the same, as
/// what does not know of it would write over it.
pub(crate) fn spec_files_so_far(dir: &Path) -> Result<Vec<SourceFile>, String> {
    if dir.exists() { yaml_files(dir) } else { Ok(vec![]) }
}

fn yaml_files(dir: &Path) -> Result<Vec<SourceFile>, String> {
    let mut out = Vec::new();
    walk(dir, dir, &mut out)?;
    out.sort_by(|a: &SourceFile, b| a.path.cmp(&b.path));
    Ok(out)
}

fn walk(root: &Path, dir: &Path, out: &mut Vec<SourceFile>) -> Result<(), String> {
    let list = fs::read_dir(dir).map_err(|e| format!("cannot read the folder {}: {e}", dir.display()))?;
    for entry in list {
        let path = entry.map_err(|e| format!("cannot read the folder {}: {e}", dir.display()))?.path();
        if path.is_dir() {
            walk(root, &path, out)?;
        } else if path.extension().is_some_and(|e| e == "yaml" || e == "yml") {
            let text =
                fs::read_to_string(&path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
            let rel = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            out.push(SourceFile { path: rel, text });
        }
    }
    Ok(())
}

/// Writes a file whole or not at all: beside it first, then renamed over it.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), String> {
    let fail = |e: std::io::Error| format!("cannot write {}: {e}", path.display());
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir).map_err(fail)?;
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    fs::write(&beside, text).map_err(fail)?;
    fs::rename(&beside, path).map_err(|e| {
        let _ = fs::remove_file(&beside);
        fail(e)
    })
}

/// Prints a long text. Who reads only its beginning (`| head`) has what was wanted: no error.
pub(crate) fn print(text: &str) -> Result<(), String> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => Err(format!("cannot print: {e}")),
        _ => Ok(()),
    }
}

/// Prints a line, for `say!`. What cannot be printed for another reason than a reader that has left ends the program, as it would with `println!`.
pub(crate) fn line(text: std::fmt::Arguments<'_>) {
    if let Err(message) = print(&format!("{text}\n")) {
        eprintln!("error: {message}");
        std::process::exit(2);
    }
}
