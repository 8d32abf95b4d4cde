//! Nodes → model. Unknown keys, missing keys and values of the wrong kind are reported; reading goes on with what is right.

mod commands;
mod entries;
mod entry;
mod fields;
mod limits;
mod parts;
mod tables;

use crate::model::Spec;
use crate::schema;
use crate::source::{Report, SourceFile};
use crate::yaml;

pub use entries::parse_type;

/// Reads all files of a spec. Files are told apart by their place: `format.yaml`, `modules.yaml`, `errors.yaml`, `events/…`, and modules for the rest.
pub fn read(files: Vec<SourceFile>, report: &mut Report) -> Spec {
    let mut spec = Spec::default();
    if let Some(index) = files.iter().position(|f| f.path == schema::FORMAT_FILE)
        && let Some(node) = yaml::parse(&files[index], index as u32, report)
        && !tables::format(&node, report)
    {
        // What another format says would be read as mistakes of this one.
        spec.files = files;
        return spec;
    }
    for (index, file) in files.iter().enumerate().filter(|(_, f)| f.path != schema::FORMAT_FILE) {
        let Some(node) = yaml::parse(file, index as u32, report) else { continue };
        if file.path == schema::GRANTS_FILE {
            spec.grants = Some(tables::grants(&node, report));
        } else if file.path == schema::MODULES_FILE {
            spec.features = Some(tables::features(&node, report));
        } else if file.path == "errors.yaml" {
            spec.errors.extend(tables::errors(&node, report));
        } else if file.path.starts_with("events/") {
            spec.events.extend(parts::event_file(&file.path, &node, report));
        } else {
            spec.parts.extend(parts::part(&file.path, &node, report));
        }
    }
    spec.files = files;
    spec
}
