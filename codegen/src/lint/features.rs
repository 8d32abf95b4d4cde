//! `modules.yaml`: a line for each cargo feature and each module of events, and none for what is not there.

use std::collections::{BTreeMap, HashMap};

use crate::ir;
use crate::model::Spec;
use crate::schema::{MODULES_FILE, nearest};
use crate::source::{Pos, Report};

pub(super) fn features(spec: &Spec, api: &ir::Api, report: &mut Report) {
    let Some(lines) = &spec.features else { return };
    // Feature → the first file that asks for it.
    let mut asked: BTreeMap<&str, Pos> = BTreeMap::new();
    for module in &api.modules {
        let file = module.parts.first().and_then(|p| spec.parts.iter().find(|of| of.path == p.spec));
        let pos = file.map(|of| of.module.pos);
        let at = asked.entry(module.feature()).or_default();
        *at = pos.filter(|_| *at == Pos::default()).unwrap_or(*at);
    }
    let described: Vec<&str> = lines.iter().map(|f| f.name.value.as_str()).collect();
    for (name, pos) in &asked {
        if !described.contains(name) {
            let message = format!("{MODULES_FILE} does not say what the feature `{name}` is");
            report.error(
                "feature",
                *pos,
                message,
                format!("add `{name}: {{title: 中文名, english: a line}}`"),
            );
        }
    }
    let modules: Vec<&str> = spec.events.iter().map(|f| f.module.value.as_str()).collect();
    let mut taken: HashMap<&str, &str> = HashMap::new();
    for f in lines {
        let name = f.name.value.as_str();
        if !asked.contains_key(name) {
            let message = format!("no path begins with `{name}`");
            let help = match nearest(name, asked.keys().copied()) {
                Some(near) => format!("did you mean `{near}`? Otherwise remove the line"),
                None => "remove the line".to_owned(),
            };
            report.error("feature", f.name.pos, message, help);
        }
        super::entry::doc_text(&Some(f.title.clone()), report);
        if !f.english.value.is_ascii() || f.english.value.ends_with('.') {
            let message = format!("`{}` is not a line of English", f.english.value);
            let help = "ASCII, without a full stop: it stands in a table";
            report.error("feature", f.english.pos, message, help);
        }
        for event in &f.events {
            if !modules.contains(&event.value.as_str()) {
                let message = format!("no event file has the module `{}`", event.value);
                let help = match nearest(&event.value, modules.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "name what stands after `module:` in a file of events/".to_owned(),
                };
                report.error("feature", event.pos, message, help);
            }
            if let Some(other) = taken.insert(&event.value, name) {
                let message = format!("the events of `{}` go with `{other}` already", event.value);
                report.error("feature", event.pos, message, "keep one");
            }
        }
    }
    for file in spec.events.iter().filter(|f| !taken.contains_key(f.module.value.as_str())) {
        let message =
            format!("{MODULES_FILE} names no feature that the events of `{}` go with", file.module.value);
        let help = "add them to the `events` of the feature whose changes they tell";
        report.error("feature", file.module.pos, message, help);
    }
}
