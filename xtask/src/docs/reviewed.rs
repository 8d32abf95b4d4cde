//! The file of accepted differences on disk.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use wecom_codegen::docs::merge::reviewed::{FILE, Reviewed};

/// Reads it; a spec folder without one has accepted nothing.
pub(super) fn read(spec: &Path) -> Result<Reviewed, String> {
    let path = spec.join(FILE);
    match fs::read_to_string(&path) {
        Ok(text) => Reviewed::read(&text),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(Reviewed::default()),
        Err(e) => Err(format!("cannot read {}: {e}", path.display())),
    }
}
