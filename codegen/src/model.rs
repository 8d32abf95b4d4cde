//! The spec as people write it, each part with its position. Nothing is resolved here.

use crate::condition::Condition;
use crate::quantity::Unit;
use crate::source::{At, Pos, SourceFile};

/// All files of a spec.
#[derive(Debug, Default)]
pub struct Spec {
    /// The files as handed in; positions index this list.
    pub files: Vec<SourceFile>,
    /// Module files.
    pub parts: Vec<Part>,
    /// Event files.
    pub events: Vec<EventFile>,
    /// Error codes.
    pub errors: Vec<ErrorCode>,
    /// Sentences about permission that many endpoints share, by name; none when the spec has no such file.
    pub grants: Option<Vec<Grant>>,
    /// What each cargo feature is; none when the spec has no such file.
    pub features: Option<Vec<Feature>>,
}

/// What a cargo feature is: a first segment of paths.
#[derive(Debug)]
pub struct Feature {
    /// `externalcontact`
    pub name: At<String>,
    /// Its Chinese name.
    pub title: At<String>,
    /// A line of English.
    pub english: At<String>,
    /// Modules of events that go with it.
    pub events: Vec<At<String>>,
}

/// A sentence about permission.
#[derive(Debug)]
pub struct Grant {
    /// What `grants` of an endpoint names.
    pub name: At<String>,
    /// The sentence.
    pub text: At<String>,
}

impl Spec {
    /// All endpoints' paths, which together decide what is called what.
    pub fn paths(&self) -> crate::names::Paths {
        crate::names::Paths::new(self.parts.iter().flat_map(|p| &p.endpoints).map(|e| e.path.value.as_str()))
    }
}

/// One module file.
#[derive(Debug)]
pub struct Part {
    /// Path of the file relative to the spec folder.
    pub path: String,
    /// Start of the file.
    pub pos: Pos,
    /// The module it adds to, `wedoc.smartsheet`.
    pub module: At<String>,
    /// Chinese title.
    pub title: At<String>,
    /// Markdown.
    pub doc: Option<At<String>>,
    /// Frames of a long connection, in file order.
    pub commands: Vec<Command>,
    /// Endpoints in file order.
    pub endpoints: Vec<Endpoint>,
    /// Named types in file order.
    pub types: Vec<TypeDef>,
}

/// HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// GET
    Get,
    /// POST
    Post,
}

/// Which token an endpoint takes.
pub use crate::ir::{Auth, Mode, Status};

/// An endpoint.
#[derive(Debug)]
pub struct Endpoint {
    /// Path without query.
    pub path: At<String>,
    /// Fixed query parameters that select the function, from the key.
    pub fixed: Vec<(String, String)>,
    /// Title on the page.
    pub title: At<String>,
    /// Override of the Rust name.
    pub name: Option<At<String>>,
    /// Method.
    pub method: At<Method>,
    /// Token kind.
    pub auth: At<Auth>,
    /// Who may call.
    pub modes: Vec<At<Mode>>,
    /// Official pages.
    pub source: Vec<Source>,
    /// Whether current.
    pub status: Status,
    /// What it does.
    pub doc: Option<At<String>>,
    /// Names of shared sentences about permission.
    pub grants: Vec<At<String>>,
    /// Who may call it.
    pub permission: Option<At<String>>,
    /// Documented limits of calls.
    pub rate: Vec<Rate>,
    /// Whether repeating is harmless.
    pub repeat: Option<bool>,
    /// Codes worth handling.
    pub errors: Vec<(At<i64>, At<String>)>,
    /// URL parameters.
    pub query: Option<Body>,
    /// Request body.
    pub request: Option<Body>,
    /// Answer.
    pub response: Option<Body>,
    /// Paging.
    pub paging: Option<Paging>,
    /// Known differences from the page.
    pub departures: Vec<Departure>,
    /// Imported, its text not yet restated.
    pub draft: Option<Pos>,
}

/// A frame of a long connection.
#[derive(Debug)]
pub struct Command {
    /// `cmd` of the frame.
    pub key: At<String>,
    /// Title on the page.
    pub title: At<String>,
    /// Override of the Rust name.
    pub name: Option<At<String>>,
    /// The server sends it.
    pub pushed: bool,
    /// Who may use it.
    pub modes: Vec<At<Mode>>,
    /// Official pages.
    pub source: Vec<Source>,
    /// Whether current.
    pub status: Status,
    /// What it does.
    pub doc: Option<At<String>>,
    /// Names of shared sentences about permission.
    pub grants: Vec<At<String>>,
    /// Who may use it, in words.
    pub permission: Option<At<String>>,
    /// Documented limits.
    pub rate: Vec<Rate>,
    /// Whether repeating is harmless.
    pub repeat: bool,
    /// Codes worth handling.
    pub errors: Vec<(At<i64>, At<String>)>,
    /// The module of events that its body is one of.
    pub events: Option<At<String>>,
    /// What is sent.
    pub request: CommandBody,
    /// What the acknowledgement's `body` holds.
    pub response: Option<Object>,
    /// Known differences from the page.
    pub departures: Vec<Departure>,
    /// Imported, its text not yet restated.
    pub draft: Option<Pos>,
}

/// `body` of a frame.
#[derive(Debug)]
pub enum CommandBody {
    /// There is none.
    None,
    /// A named type is all of it.
    Whole(At<TypeExpr>),
    /// Fields of its own.
    Object(Object),
}

/// An official page.
#[derive(Debug)]
pub struct Source {
    /// Number in the URL.
    pub page: At<i64>,
    /// Content identity.
    pub doc_id: Option<i64>,
    /// `yyyy-mm-dd`.
    pub updated: Option<At<String>>,
    /// Digest of the page as last reviewed.
    pub digest: Option<String>,
}

/// A documented limit of calls.
#[derive(Debug)]
pub struct Rate {
    /// Calls per period.
    pub calls: At<i64>,
    /// Period.
    pub per: String,
    /// Whom it counts for.
    pub scope: String,
    /// Modes, where fewer than the endpoint's.
    pub modes: Vec<At<Mode>>,
    /// Condition.
    pub doc: Option<At<String>>,
}

/// A departure from the page.
#[derive(Debug)]
pub struct Departure {
    /// Where.
    pub at: At<String>,
    /// What kind of mistake it is.
    pub class: Option<At<String>>,
    /// What the two differ in.
    pub fact: Option<At<Fact>>,
    /// What the page says.
    pub page: At<String>,
    /// What the spec says, where the fact leaves that open.
    pub here: Option<At<String>>,
    /// Why.
    pub reason: At<String>,
}

/// What page and spec differ in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact {
    /// The type: both are type expressions.
    Type,
    /// Presence: `required`, `optional`, `conditional`; of a page also `unsaid`, and `absent` of a sample.
    Required,
    /// Whether a field or a value is there: `absent`, `table`, `sample` of a page, `listed` or `absent` here.
    Entry,
    /// Name or place: `page` is a name beside it, or a path as `at` is; `here` is `at` itself.
    Name,
    /// A value in a sample that the field's own limits refuse: `page` is the value.
    Value,
    /// Fields that exclude each other and stand in a sample together: `a+b`; `at` is their object.
    Group,
    /// A limit, as the format writes it.
    Limit,
    /// The unit.
    Unit,
    /// The default.
    Default,
    /// When the field has effect.
    When,
    /// What a value is called: `at` ends in `=value`.
    Label,
    /// The token.
    Auth,
    /// The method.
    Method,
    /// The title.
    Title,
    /// Who may call.
    Modes,
    /// What a field means, in words that no tool compares.
    Words,
}

impl Fact {
    /// All, with their words in the spec.
    pub const ALL: &'static [(&'static str, Fact)] = &[
        ("type", Fact::Type),
        ("required", Fact::Required),
        ("entry", Fact::Entry),
        ("name", Fact::Name),
        ("value", Fact::Value),
        ("group", Fact::Group),
        ("limit", Fact::Limit),
        ("unit", Fact::Unit),
        ("default", Fact::Default),
        ("when", Fact::When),
        ("label", Fact::Label),
        ("auth", Fact::Auth),
        ("method", Fact::Method),
        ("title", Fact::Title),
        ("modes", Fact::Modes),
        ("words", Fact::Words),
    ];

    /// Its word in the spec.
    pub fn word(self) -> &'static str {
        Fact::ALL.iter().find(|(_, f)| *f == self).map_or("words", |(w, _)| w)
    }

    /// The fact says by itself what the spec has.
    pub fn is_plain_here(self) -> bool {
        matches!(self, Fact::Name | Fact::Value | Fact::Group)
    }
}

/// How a body travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    /// JSON.
    Json,
    /// Nothing.
    None,
    /// `{}`.
    EmptyJson,
    /// multipart/form-data.
    Multipart,
    /// Bytes, or a JSON error.
    Bytes,
}

/// `query`, `request` or `response`.
#[derive(Debug)]
pub struct Body {
    /// Where it begins.
    pub pos: Pos,
    /// How it travels.
    pub kind: At<BodyKind>,
    /// The file of a multipart body.
    pub file: Option<FilePart>,
    /// Fields and unions.
    pub object: Object,
}

/// The file of a multipart body.
#[derive(Debug)]
pub struct FilePart {
    /// Form field.
    pub part: At<String>,
    /// Size limits in bytes.
    pub bytes: Option<At<Limit>>,
    /// Text.
    pub doc: Option<At<String>>,
}

/// Fields and unions of an object.
#[derive(Debug, Default)]
pub struct Object {
    /// Where it begins.
    pub pos: Pos,
    /// In the page's order.
    pub fields: Vec<Field>,
    /// Unions beside the fields.
    pub unions: Vec<Union>,
    /// How many of several fields may or must be there.
    pub choices: Vec<Choice>,
}

/// Of a set of alternatives some must be there.
#[derive(Debug)]
pub struct Choice {
    /// How many.
    pub rule: ChoiceRule,
    /// Where it begins.
    pub pos: Pos,
    /// Each alternative is one field or several that go together.
    pub alternatives: Vec<Vec<At<String>>>,
}

pub use crate::ir::ChoiceRule;

/// Whether a field must be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Required {
    /// May lack.
    No,
    /// Always.
    Yes,
    /// When the condition holds.
    When(Condition),
}

/// On which sides or in which endpoints a field of a shared type exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Only {
    /// It is sent, never answered.
    Request,
    /// It is answered, never sent.
    Response,
    /// In the bodies of these endpoints.
    Paths(Vec<At<String>>),
}

/// A range of a number with a fraction, or without its ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reals {
    /// Lower end.
    pub min: Option<f64>,
    /// Upper end.
    pub max: Option<f64>,
    /// The lower end is outside.
    pub above: bool,
    /// The upper end is outside.
    pub below: bool,
}

/// What limits each element of a list.
#[derive(Debug, Default)]
pub struct Each {
    /// Where it stands.
    pub pos: Pos,
    /// Length in characters.
    pub chars: Option<At<Limit>>,
    /// Length in bytes.
    pub bytes: Option<At<Limit>>,
    /// Range of a number.
    pub range: Option<At<Limit>>,
    /// Range with a fraction, or without its ends.
    pub reals: Option<At<Reals>>,
    /// Regular expression.
    pub pattern: Option<At<String>>,
}

/// What the file behind a value must be.
#[derive(Debug)]
pub struct FileRule {
    /// Where it stands.
    pub pos: Pos,
    /// Extensions.
    pub types: Vec<At<String>>,
    /// `1068x455`
    pub pixels: Option<At<String>>,
    /// Length of a recording, in seconds.
    pub seconds: Option<At<Limit>>,
    /// Size.
    pub bytes: Option<At<Limit>>,
}

/// Limits and defaults in the units that the page uses, where these are not the field's.
#[derive(Debug, Default)]
pub struct Written {
    /// Of `range`.
    pub range: Option<String>,
    /// Of `bytes`.
    pub bytes: Option<String>,
    /// Of `default`.
    pub default: Option<String>,
}

/// An inclusive limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Lower end.
    pub min: Option<i128>,
    /// Upper end.
    pub max: Option<i128>,
}

/// A field.
#[derive(Debug)]
pub struct Field {
    /// Name on the wire.
    pub wire: At<String>,
    /// Type.
    pub ty: At<TypeExpr>,
    /// Presence.
    pub required: Required,
    /// Where `required` stands.
    pub required_pos: Pos,
    /// When it must be there, where only words can say it.
    pub required_words: Option<At<String>>,
    /// When it has effect, or is answered.
    pub when: Option<At<Condition>>,
    /// Where it exists.
    pub only: Option<At<Only>>,
    /// Unit of its number.
    pub unit: Option<At<&'static Unit>>,
    /// What the server takes when absent.
    pub default: Option<At<String>>,
    /// Length in characters.
    pub chars: Option<At<Limit>>,
    /// Length in bytes.
    pub bytes: Option<At<Limit>>,
    /// Range of a number.
    pub range: Option<At<Limit>>,
    /// Range with a fraction, or without its ends.
    pub reals: Option<At<Reals>>,
    /// Multiples of this alone.
    pub step: Option<At<i128>>,
    /// Allowed values that have no names.
    pub choices: Vec<At<String>>,
    /// Number of elements.
    pub items: Option<At<Limit>>,
    /// Limits of each element.
    pub each: Option<Each>,
    /// Of free JSON: what it may be.
    pub shapes: Vec<At<TypeExpr>>,
    /// As the page writes limits and default.
    pub written: Written,
    /// What is longer than the limit is cut, not refused.
    pub cut: bool,
    /// Regular expression.
    pub pattern: Option<At<String>>,
    /// Values are bits.
    pub flags: bool,
    /// Enumeration.
    pub values: Option<Vec<Value>>,
    /// Text.
    pub doc: Option<At<String>>,
    /// Rust name of the inline type.
    pub name: Option<At<String>>,
    /// Rust name of the field.
    pub rust: Option<At<String>>,
    /// What to use instead; empty when only `true`.
    pub deprecated: Option<String>,
    /// Version or date.
    pub since: Option<String>,
    /// Modes, where fewer.
    pub modes: Vec<At<Mode>>,
    /// What differs by mode.
    pub by_mode: Vec<(At<Mode>, At<String>)>,
    /// Names in it are written as ids and translated for who reads them.
    pub id_trans: bool,
    /// How long the value is good: as written, and in seconds.
    pub ttl: Option<At<(String, i128)>>,
    /// What the file behind it must be.
    pub file: Option<FileRule>,
    /// Other spellings of the element.
    pub also: Vec<At<String>>,
    /// A value for docs and sandbox.
    pub example: Option<At<String>>,
    /// Element name in XML lists with a wrapper.
    pub xml_item: Option<At<String>>,
    /// Inline object.
    pub object: Option<Object>,
    /// Imported, its text not yet restated.
    pub draft: Option<Pos>,
}

/// A value of an enumeration.
#[derive(Debug)]
pub struct Value {
    /// On the wire.
    pub value: At<String>,
    /// Rust name.
    pub name: Option<At<String>>,
    /// Label.
    pub doc: Option<At<String>>,
    /// What to use instead.
    pub deprecated: Option<String>,
    /// Version or date.
    pub since: Option<String>,
}

/// Where a union's payload stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// Under the key named like the tag's value.
    Sibling,
    /// Beside the tag.
    Flat,
    /// Under this key.
    Key(String),
}

/// A union.
#[derive(Debug)]
pub struct Union {
    /// Where it begins.
    pub pos: Pos,
    /// A union under `types`, in place of variants.
    pub ty: Option<At<TypeExpr>>,
    /// Rust name.
    pub name: Option<At<String>>,
    /// Field of the parent that holds it.
    pub field: Option<At<String>>,
    /// The tag's field; dotted when inside a sibling object.
    pub tag: Option<At<String>>,
    /// The kind of number that the tag is; `None` for a text.
    pub tag_type: Option<Prim>,
    /// Where the payload stands.
    pub payload: Payload,
    /// Text.
    pub doc: Option<At<String>>,
    /// Variants in file order.
    pub variants: Vec<Variant>,
}

/// A variant of a union.
#[derive(Debug)]
pub struct Variant {
    /// Tag value, or the key where there is no tag.
    pub tag: At<String>,
    /// Rust name.
    pub variant: Option<At<String>>,
    /// Payload by reference.
    pub ty: Option<At<TypeExpr>>,
    /// Inline payload.
    pub object: Option<Object>,
    /// Rust name of the inline payload.
    pub name: Option<At<String>>,
    /// Key of the payload.
    pub key: Option<At<String>>,
    /// More tag values.
    pub also: Vec<At<String>>,
    /// Text.
    pub doc: Option<At<String>>,
    /// What to use instead.
    pub deprecated: Option<String>,
    /// Version or date.
    pub since: Option<String>,
}

/// A named type.
#[derive(Debug)]
pub struct TypeDef {
    /// Name.
    pub name: At<String>,
    /// Text.
    pub doc: Option<At<String>>,
    /// What it is.
    pub kind: TypeKind,
}

/// What a named type is.
#[derive(Debug)]
pub enum TypeKind {
    /// Object or union.
    Object(Object),
    /// Enumeration over a scalar type.
    Enum {
        /// The scalar.
        ty: At<TypeExpr>,
        /// Values are bits.
        flags: bool,
        /// Values.
        values: Vec<Value>,
    },
}

pub use crate::ir::Prim;

/// A type expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypeExpr {
    /// A scalar or free JSON.
    Prim(Prim),
    /// `list<T>`
    List(Box<TypeExpr>),
    /// `pipe<T>`
    Pipe(Box<TypeExpr>),
    /// `csv<T>`
    Csv(Box<TypeExpr>),
    /// `semi<T>`
    Semi(Box<TypeExpr>),
    /// `map<T>`
    Map(Box<TypeExpr>),
    /// `text<T>`
    Text(Box<TypeExpr>),
    /// Inline object.
    Object,
    /// Reference.
    Named {
        /// Of another module.
        module: Option<String>,
        /// Type.
        name: String,
    },
}

impl TypeExpr {
    /// The type inside all lists, maps and wrappers.
    pub fn leaf(&self) -> &TypeExpr {
        match self {
            TypeExpr::List(t) | TypeExpr::Map(t) | TypeExpr::Text(t) => t.leaf(),
            TypeExpr::Pipe(t) | TypeExpr::Csv(t) | TypeExpr::Semi(t) => t.leaf(),
            other => other,
        }
    }

    /// The type between the separators of a joined text.
    pub fn joined(&self) -> Option<&TypeExpr> {
        match self {
            TypeExpr::Pipe(t) | TypeExpr::Csv(t) | TypeExpr::Semi(t) => Some(t),
            _ => None,
        }
    }

    /// Holds elements.
    pub fn is_many(&self) -> bool {
        self.joined().is_some() || matches!(self, TypeExpr::List(_) | TypeExpr::Map(_))
    }
}

impl std::fmt::Display for TypeExpr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            TypeExpr::Prim(p) => f.write_str(p.word()),
            TypeExpr::List(t) => write!(f, "list<{t}>"),
            TypeExpr::Pipe(t) => write!(f, "pipe<{t}>"),
            TypeExpr::Csv(t) => write!(f, "csv<{t}>"),
            TypeExpr::Semi(t) => write!(f, "semi<{t}>"),
            TypeExpr::Map(t) => write!(f, "map<{t}>"),
            TypeExpr::Text(t) => write!(f, "text<{t}>"),
            TypeExpr::Object => f.write_str("object"),
            TypeExpr::Named { module: Some(m), name } => write!(f, "{m}.{name}"),
            TypeExpr::Named { module: None, name } => f.write_str(name),
        }
    }
}

/// Paging.
#[derive(Debug)]
pub struct Paging {
    /// Where it begins.
    pub pos: Pos,
    /// Request field of the position.
    pub ask: At<String>,
    /// Answer field of the next position.
    pub answer: Option<At<String>>,
    /// The paged list.
    pub items: At<String>,
    /// Answer field: there is more.
    pub more: Option<At<String>>,
    /// Answer field: this is the end.
    pub end: Option<At<String>>,
    /// Request field of the page size.
    pub limit: Option<At<String>>,
    /// `offset` rather than `cursor`.
    pub offset: bool,
}

/// An event file.
#[derive(Debug)]
pub struct EventFile {
    /// Path of the file relative to the spec folder.
    pub path: String,
    /// Start of the file.
    pub pos: Pos,
    /// Module under `events`.
    pub module: At<String>,
    /// Chinese title.
    pub title: At<String>,
    /// Markdown.
    pub doc: Option<At<String>>,
    /// `xml` or `json`.
    pub transport: At<String>,
    /// Groups that every event has.
    pub common: Vec<At<String>>,
    /// Groups of fields.
    pub groups: Vec<(At<String>, Vec<Field>)>,
    /// Events in file order.
    pub events: Vec<Event>,
    /// Named types.
    pub types: Vec<TypeDef>,
}

/// An event.
#[derive(Debug)]
pub struct Event {
    /// Unique name.
    pub key: At<String>,
    /// Title on the page.
    pub title: At<String>,
    /// Override of the Rust name.
    pub name: Option<At<String>>,
    /// Discriminators.
    pub matches: Vec<(At<String>, String)>,
    /// Who gets it.
    pub modes: Vec<At<Mode>>,
    /// Official pages.
    pub source: Vec<Source>,
    /// Whether current.
    pub status: Status,
    /// Text.
    pub doc: Option<At<String>>,
    /// Names of shared sentences about permission.
    pub grants: Vec<At<String>>,
    /// Who gets it, in words.
    pub permission: Option<At<String>>,
    /// Accepted reply.
    pub reply: Option<Reply>,
    /// Fields.
    pub object: Object,
    /// Known differences from the page.
    pub departures: Vec<Departure>,
    /// Imported, its text not yet restated.
    pub draft: Option<Pos>,
}

/// What may be answered to an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// One of the known words.
    Word(String),
    /// The type of the answer's body.
    Type(At<TypeExpr>),
}

/// An error code.
#[derive(Debug)]
pub struct ErrorCode {
    /// The code.
    pub code: At<i64>,
    /// Meaning.
    pub meaning: At<String>,
    /// Class.
    pub class: At<String>,
    /// It left the official list; servers may still answer it.
    pub retired: bool,
    /// What a caller does.
    pub advice: Option<At<String>>,
}
