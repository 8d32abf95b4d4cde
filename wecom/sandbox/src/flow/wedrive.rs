//! The drive: spaces and files.

mod file;
mod space;
mod upload;

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Bytes;
use serde_json::{Map, Value};

use crate::call::{Call, Flow};
use crate::refuse::{Refusal, refuse};

pub(super) fn find(name: &str) -> Option<Flow> {
    space::find(name).or_else(|| file::find(name)).or_else(|| upload::find(name))
}

/// A corp's drive.
#[derive(Debug, Default)]
pub(crate) struct Drive {
    spaces: BTreeMap<String, Space>,
    files: BTreeMap<String, File>,
    /// Ids of files that were deleted.
    deleted: BTreeSet<String>,
    uploads: BTreeMap<String, upload::Upload>,
    /// Links to files: what the cookie must hold, the file, the link's end.
    links: BTreeMap<String, Link>,
}

#[derive(Debug)]
struct Link {
    cookie: String,
    file: String,
    end: i64,
}

#[derive(Debug)]
struct Space {
    agent: i64,
    name: String,
    kind: i64,
    members: Vec<Map<String, Value>>,
}

/// Kinds of files.
const FOLDER: i64 = 1;
const PLAIN: i64 = 2;

#[derive(Debug, Clone)]
struct File {
    name: String,
    space: String,
    /// The folder, or the space itself.
    father: String,
    kind: i64,
    bytes: Bytes,
    sha: String,
    md5: String,
    created: i64,
    modified: i64,
}

impl Drive {
    /// A space of the caller's app.
    fn space(&mut self, call: &Call<'_>, id: &str) -> Result<&mut Space, Refusal> {
        match self.spaces.get_mut(id) {
            None if id.is_empty() => refuse(640026, "spaceid is empty"),
            None => refuse(640001, format!("there is no space {id}")),
            Some(s) if s.agent != call.who.agent => refuse(640008, format!("agentid {} made it", s.agent)),
            Some(s) => Ok(s),
        }
    }

    /// A file in one of the spaces of the caller's app.
    fn file(&mut self, call: &Call<'_>, id: &str) -> Result<&mut File, Refusal> {
        let Some(space) = self.files.get(id).map(|f| f.space.clone()) else {
            return match self.deleted.contains(id) {
                true => refuse(640003, format!("the file {id} is deleted")),
                false => refuse(640002, format!("there is no file {id}")),
            };
        };
        self.space(call, &space)?;
        match self.files.get_mut(id) {
            Some(file) => Ok(file),
            None => refuse(640002, format!("there is no file {id}")),
        }
    }

    /// That there is such a folder in the space; the space itself is its own root.
    pub(super) fn folder(&mut self, call: &Call<'_>, space: &str, father: &str) -> Result<(), Refusal> {
        self.space(call, space)?;
        if father == space {
            return Ok(());
        }
        match self.files.get(father) {
            Some(f) if f.kind == FOLDER && f.space == space => Ok(()),
            _ => refuse(640021, format!("fatherid {father} is no folder of the space {space}")),
        }
    }

    /// What a link gives to the one who brings its cookie, while it is good.
    pub(crate) fn download(&self, link: &str, cookie: &str, now: i64) -> Option<(String, Bytes)> {
        let link = self.links.get(link).filter(|l| l.end > now)?;
        let brought = cookie.split(';').any(|c| c.trim() == link.cookie);
        let file = self.files.get(&link.file).filter(|_| brought)?;
        Some((file.name.clone(), file.bytes.clone()))
    }

    /// A free name in a folder: `a.txt`, `a(1).txt`, `a(2).txt`.
    fn free_name(&self, father: &str, name: &str) -> String {
        let taken = |n: &str| self.files.values().any(|f| f.father == father && f.name == n);
        let (stem, dot, ending) = match name.rsplit_once('.') {
            Some((stem, ending)) if !stem.is_empty() => (stem, ".", ending),
            _ => (name, "", ""),
        };
        let numbered = (1..).map(|n| format!("{stem}({n}){dot}{ending}"));
        std::iter::once(name.to_owned())
            .chain(numbered)
            .find(|n| !taken(n))
            .unwrap_or_else(|| name.to_owned())
    }
}
