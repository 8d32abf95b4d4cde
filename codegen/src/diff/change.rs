//! What the comparison finds.

use serde::Serialize;

/// What a change asks of a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Nothing: this side does not see the change.
    #[default]
    None,
    /// Nothing to do: texts, and behaviour that no caller can depend on.
    Patch,
    /// Nothing must be done, something new can be.
    Minor,
    /// Code that compiled may not, a request that was accepted may be refused, or an answer may be read wrongly.
    Major,
}

impl Class {
    /// All, the gravest last.
    pub const ALL: &'static [Class] = &[Class::None, Class::Patch, Class::Minor, Class::Major];

    /// `major`
    pub fn word(self) -> &'static str {
        match self {
            Class::None => "none",
            Class::Patch => "patch",
            Class::Minor => "minor",
            Class::Major => "major",
        }
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Stable code, a key of [`super::rules::RULES`].
    pub rule: &'static str,
    /// For callers of the Rust crate.
    pub rust: Class,
    /// For callers of the HTTP API.
    pub wire: Class,
    /// Module of the Rust crate; `events::x` for events, empty for the catalogue of error codes.
    pub module: String,
    /// Endpoint or event where it was met first; empty where none is concerned.
    pub endpoint: String,
    /// Rust item, `message::Send`; empty where there is none.
    pub item: String,
    /// Place in the endpoint, `request.text.content`.
    pub path: String,
    /// What changed there, where one rule can find several changes at a place: `chars`, `minute/corp`.
    pub what: String,
    /// Before; empty where there was nothing.
    pub old: String,
    /// After; empty where there is nothing.
    pub new: String,
    /// In words.
    pub text: String,
    /// Recognised by likeness: may be two changes that have nothing to do with each other.
    pub guess: bool,
    /// Endpoints and events that a changed type is part of, when it is more than `endpoint`.
    pub shared: Vec<String>,
    /// What came with it: the fields of a new endpoint, event, command or object. Empty for all else.
    pub parts: Vec<Part>,
}

/// A field of what is new.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Place in the endpoint, `request.text.content`.
    pub path: String,
    /// Its type in the spec's words; the values of an enumeration beside their scalar.
    pub kind: String,
    /// Must be there.
    pub required: bool,
    /// What the spec says of it.
    pub text: String,
}

impl Change {
    /// The graver of the two classes.
    pub fn class(&self) -> Class {
        self.rust.max(self.wire)
    }

    /// Only texts differ.
    pub fn is_doc(&self) -> bool {
        self.rule == "doc-changed"
    }

    /// What a person looks for: the endpoint, else the Rust item, else the module.
    pub fn subject(&self) -> &str {
        match (self.endpoint.as_str(), self.item.as_str()) {
            ("", "") => &self.module,
            ("", item) => item,
            (endpoint, _) => endpoint,
        }
    }

    /// A stable name for links and allow-lists, unlike all others of a report: `field-removed:/cgi-bin/user/get:response.name`,
    /// `limit-tightened:/cgi-bin/user/get:request.name#chars`.
    pub fn id(&self) -> String {
        let last = if self.path.is_empty() { &self.item } else { &self.path };
        let what = if self.what.is_empty() { String::new() } else { format!("#{}", self.what) };
        format!("{}:{}:{last}{what}", self.rule, self.subject()).replace(char::is_whitespace, "_")
    }
}

/// All changes, the gravest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Diff {
    /// Sorted by class, then by module and place.
    pub changes: Vec<Change>,
}

impl Diff {
    /// The gravest class for callers of the Rust crate: the version bump that the whole asks for.
    pub fn rust(&self) -> Class {
        self.changes.iter().map(|c| c.rust).max().unwrap_or_default()
    }

    /// The gravest class for callers of the HTTP API.
    pub fn wire(&self) -> Class {
        self.changes.iter().map(|c| c.wire).max().unwrap_or_default()
    }

    /// Changes that are more than texts.
    pub fn real(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|c| !c.is_doc())
    }

    /// The number of changed texts.
    pub fn docs(&self) -> usize {
        self.changes.iter().filter(|c| c.is_doc()).count()
    }
}
