//! Where the material is that tests read and the repository does not hold, as it is others'.

use std::path::{Path, PathBuf};

/// A file or folder of it: in the folder that `WECOM_MATERIAL` names, or in `shared` beside the repository.
pub(crate) fn material(name: &str) -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    std::env::var_os("WECOM_MATERIAL").map_or_else(beside, PathBuf::from).join(name)
}
