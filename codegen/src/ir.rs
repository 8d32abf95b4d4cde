//! The resolved API: every name, type, presence and text decided. Emitters, the sandbox, `conform` and the diff read this and
//! decide nothing themselves.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::condition::Condition;

/// The whole API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Api {
    /// What each cargo feature is, by name; empty where the spec does not say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<Feature>,
    /// Modules by name; each stands after the one that holds it.
    pub modules: Vec<Module>,
    /// Event modules by name.
    pub events: Vec<EventModule>,
    /// Frames of long connections, in the spec's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<Command>,
    /// All types; a [`TypeId`] indexes this list.
    pub types: Vec<Type>,
    /// Error codes, sorted.
    pub errors: Vec<ErrorCode>,
}

/// What a cargo feature is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Feature {
    /// `externalcontact`
    pub name: String,
    /// Its Chinese name.
    pub title: String,
    /// A line of English.
    pub english: String,
    /// Modules of events that go with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<String>,
}

/// Index into [`Api::types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TypeId(pub u32);

impl Api {
    /// What a feature is, where the spec says so.
    pub fn feature(&self, name: &str) -> Option<&Feature> {
        self.features.iter().find(|f| f.name == name)
    }

    /// A type.
    pub fn ty(&self, id: TypeId) -> &Type {
        &self.types[id.0 as usize]
    }

    /// All endpoints with their modules.
    pub fn endpoints(&self) -> impl Iterator<Item = (&Module, &Endpoint)> {
        self.modules
            .iter()
            .flat_map(|m| m.parts.iter().flat_map(move |p| p.endpoints.iter().map(move |e| (m, e))))
    }

    /// The error code's entry.
    pub fn error(&self, code: i64) -> Option<&ErrorCode> {
        self.errors.binary_search_by_key(&code, |e| e.code).ok().map(|i| &self.errors[i])
    }
}

/// A Rust module. The cargo feature is that of its first segment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Module {
    /// `message`, `wedoc::smartsheet`
    pub name: String,
    /// Features beside its own whose types it uses.
    pub uses: Vec<String>,
    /// One for each spec file that adds to it; none where it only holds others.
    pub parts: Vec<Part>,
}

impl Module {
    /// The cargo feature, `wedoc`.
    pub fn feature(&self) -> &str {
        feature(&self.name)
    }

    /// The last segment, `smartsheet`.
    pub fn leaf(&self) -> &str {
        self.name.rsplit("::").next().unwrap_or(&self.name)
    }

    /// The module that holds it.
    pub fn parent(&self) -> Option<&str> {
        self.name.rsplit_once("::").map(|(parent, _)| parent)
    }
}

/// The cargo feature of a module.
pub fn feature(module: &str) -> &str {
    module.split("::").next().unwrap_or(module)
}

/// What one spec file gives to a module.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Name of its Rust file, unique in the module and other than those of the modules within.
    pub stem: String,
    /// `message/send.yaml`
    pub spec: String,
    /// Title.
    pub title: String,
    /// Markdown lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doc: Vec<String>,
    /// Endpoints by path.
    pub endpoints: Vec<Endpoint>,
    /// Types, each after the one that needs it first.
    pub types: Vec<TypeId>,
}

/// Token kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Auth {
    /// A corp app's token.
    AccessToken,
    /// A third-party app's token.
    SuiteAccessToken,
    /// A service provider's token.
    ProviderAccessToken,
    /// A hardware device's token.
    DeviceAccessToken,
    /// A hardware model's token.
    ModelAccessToken,
    /// A group robot's key.
    Key,
    /// None.
    None,
}

impl Auth {
    /// All, with their words in the spec.
    pub const ALL: &'static [(&'static str, Auth)] = &[
        ("access_token", Auth::AccessToken),
        ("suite_access_token", Auth::SuiteAccessToken),
        ("provider_access_token", Auth::ProviderAccessToken),
        ("device_access_token", Auth::DeviceAccessToken),
        ("model_access_token", Auth::ModelAccessToken),
        ("key", Auth::Key),
        ("none", Auth::None),
    ];

    /// The query parameter that carries it; `none` for none.
    pub fn word(self) -> &'static str {
        Auth::ALL.iter().find(|(_, a)| *a == self).map_or("none", |(w, _)| w)
    }
}

/// Development modes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// 企业内部开发
    Internal,
    /// 第三方应用开发
    ThirdParty,
    /// 服务商代开发
    Provider,
    /// 智慧硬件开发
    Hardware,
}

impl Mode {
    /// All, with their words in the spec and their Chinese titles.
    pub const ALL: &'static [(&'static str, Mode, &'static str)] = &[
        ("internal", Mode::Internal, "企业内部开发"),
        ("third_party", Mode::ThirdParty, "第三方应用开发"),
        ("provider", Mode::Provider, "服务商代开发"),
        ("hardware", Mode::Hardware, "智慧硬件开发"),
    ];

    /// The Chinese title.
    pub fn title(self) -> &'static str {
        Mode::ALL.iter().find(|m| m.1 == self).map_or("", |m| m.2)
    }
}

/// Whether an endpoint is current.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// On a page.
    Current,
    /// Answered still, but retired.
    Retired,
    /// On no page, seen to answer.
    SeenLive,
}

/// Bodies of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestBody {
    /// GET.
    Query,
    /// JSON.
    Json,
    /// POST without body.
    None,
    /// `{}`
    EmptyJson,
    /// multipart/form-data.
    Multipart,
}

/// Bodies of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseBody {
    /// JSON.
    Json,
    /// Bytes, or a JSON error.
    Bytes,
    /// Nothing.
    None,
}

/// An endpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Path.
    pub path: String,
    /// Fixed query parameters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fixed: Vec<(String, String)>,
    /// Title.
    pub title: String,
    /// Rust type.
    pub rust: String,
    /// Rust method.
    pub call: String,
    /// POST rather than GET.
    pub post: bool,
    /// Token.
    pub auth: Auth,
    /// Modes.
    pub modes: Vec<Mode>,
    /// Pages: number, content identity, date.
    pub source: Vec<Source>,
    /// Status.
    pub status: Status,
    /// Repeating is harmless.
    pub repeat: bool,
    /// Text, lines of Markdown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doc: Vec<String>,
    /// Permission, lines of Markdown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub permission: Vec<String>,
    /// Limits of calls.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rate: Vec<Rate>,
    /// Codes worth handling, with their text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<(i64, String)>,
    /// How the request travels.
    pub body: RequestBody,
    /// Request type.
    pub request: TypeId,
    /// Form field of the file, with size limits in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FilePart>,
    /// How the answer travels.
    pub answer: ResponseBody,
    /// Answer type, for JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<TypeId>,
    /// Paging.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paging: Option<Paging>,
}

impl Endpoint {
    /// Its name in reports: the path with the fixed part of the query, which together are unique.
    pub fn key(&self) -> String {
        let fixed: Vec<String> = self.fixed.iter().map(|(k, v)| format!("{k}={v}")).collect();
        if fixed.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, fixed.join("&")) }
    }
}

/// The file of a multipart request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FilePart {
    /// Form field.
    pub part: String,
    /// Rust field.
    pub rust: String,
    /// Size in bytes.
    pub bytes: Limit,
    /// Text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doc: Vec<String>,
}

/// An official page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Number in the URL.
    pub page: i64,
    /// Content identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc_id: Option<i64>,
    /// `yyyy-mm-dd`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<String>,
}

/// A documented limit of calls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// Calls per period.
    pub calls: i64,
    /// Period.
    pub per: String,
    /// Whom it counts for.
    pub scope: String,
    /// Modes, where fewer than the endpoint's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modes: Vec<Mode>,
    /// Condition.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub doc: String,
}

/// Paging.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Paging {
    /// By position number rather than by cursor.
    pub offset: bool,
    /// Request field, wire name.
    pub ask: String,
    /// Answer field, wire name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// List, wire path.
    pub items: String,
    /// There is more: wire name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more: Option<String>,
    /// This is the end: wire name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
    /// Page size: wire name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
}

/// A type that gets a Rust item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Type {
    /// Module; `events::x` for events.
    pub module: String,
    /// Rust name.
    pub rust: String,
    /// Lines of Markdown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doc: Vec<String>,
    /// Reached from a request.
    pub sent: bool,
    /// Reached from an answer or event.
    pub received: bool,
    /// What it is.
    pub kind: TypeKind,
}

/// What a type is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TypeKind {
    /// An object.
    Struct(Struct),
    /// An enumeration.
    Enum(Enum),
    /// A union.
    Union(Union),
}

/// An object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Struct {
    /// Fields in the page's order.
    pub fields: Vec<Field>,
    /// Unions beside the fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unions: Vec<UnionField>,
    /// The wire names of the fields together are more than the struct's own: an error code answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub file: bool,
    /// Of some fields, one or some must be there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
}

impl Struct {
    /// What an object that must hold nothing may hold first: the content for which there is the object.
    pub fn content(&self) -> Option<&Field> {
        let is_free = !self.file && self.unions.is_empty() && !self.fields.iter().any(|f| f.required);
        self.fields.first().filter(|_| is_free)
    }
}

/// Of a set of alternatives some must be there, by wire name; each is one field or several that go together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// How many.
    pub rule: ChoiceRule,
    /// Wire names, dots go down.
    pub alternatives: Vec<Vec<String>>,
}

/// How many of several alternatives there must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChoiceRule {
    /// At least one.
    AnyOf,
    /// Exactly one.
    OneOf,
    /// None or one.
    AtMostOne,
}

impl ChoiceRule {
    /// All, with their words in the spec.
    pub const ALL: &'static [(&'static str, ChoiceRule)] = &[
        ("any_of", ChoiceRule::AnyOf),
        ("one_of", ChoiceRule::OneOf),
        ("at_most_one", ChoiceRule::AtMostOne),
    ];

    /// Its word in the spec.
    pub fn word(self) -> &'static str {
        ChoiceRule::ALL.iter().find(|(_, r)| *r == self).map_or("", |(w, _)| w)
    }
}

/// A union held by a struct, flattened on the wire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnionField {
    /// Rust field.
    pub rust: String,
    /// Its type.
    pub ty: TypeId,
    /// The Rust fields that lead to the tag, where it stands in a sibling object.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
    /// Needs a box, as the type contains itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub boxed: bool,
}

/// Where a request's field travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In the body.
    Body,
    /// In the URL.
    Query,
}

/// A field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// On the wire.
    pub wire: String,
    /// In Rust, without `r#`.
    pub rust: String,
    /// Type.
    pub ty: Ty,
    /// Must be there.
    pub required: bool,
    /// Condition under which it must, where only words can say it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub required_words: String,
    /// Condition under which it must.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_when: Option<Condition>,
    /// Condition under which it has effect, or is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// `Option` in Rust.
    pub option: bool,
    /// Needs a box, as the type contains itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub boxed: bool,
    /// Where it travels.
    pub place: Place,
    /// Lines of Markdown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doc: Vec<String>,
    /// What to use instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<String>,
    /// Version or date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Modes, where fewer than the endpoint's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modes: Vec<Mode>,
    /// What differs by mode.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by_mode: Vec<(Mode, String)>,
    /// Where it exists, if not wherever its type does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Only>,
    /// Unit of its number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Limits and default in the page's own units, where these are others.
    #[serde(default, skip_serializing_if = "Written::is_empty")]
    pub written: Written,
    /// Of free JSON: what it may be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shapes: Vec<Ty>,
    /// Names in it are written as ids and translated for who reads them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub id_trans: bool,
    /// How long the value is good, as the page says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl: Option<String>,
    /// What the file behind the value must be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileRule>,
    /// Other spellings of the element.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// What the server takes when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// A value for docs and sandbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
    /// Limits.
    #[serde(default, skip_serializing_if = "Limits::is_empty")]
    pub limits: Limits,
    /// Element name in XML lists with a wrapper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub xml_item: Option<String>,
}

/// All limits of a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Limits {
    /// Characters.
    #[serde(default, skip_serializing_if = "Limit::is_empty")]
    pub chars: Limit,
    /// Bytes.
    #[serde(default, skip_serializing_if = "Limit::is_empty")]
    pub bytes: Limit,
    /// Value.
    #[serde(default, skip_serializing_if = "Limit::is_empty")]
    pub range: Limit,
    /// Elements.
    #[serde(default, skip_serializing_if = "Limit::is_empty")]
    pub items: Limit,
    /// What is longer is cut, not refused.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
    /// Regular expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Value, where an end is a fraction or outside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reals: Option<Reals>,
    /// Multiples of this alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<i64>,
    /// Allowed values that have no names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// Limits of each element.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<Box<Limits>>,
}

/// A range of a number with a fraction, or without its ends.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, Default)]
pub struct Reals {
    /// Lower end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Upper end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// The lower end is outside.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub above: bool,
    /// The upper end is outside.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub below: bool,
}

impl Reals {
    /// Whether a number is within.
    pub fn holds(&self, n: f64) -> bool {
        self.min.is_none_or(|m| n > m || (n == m && !self.above))
            && self.max.is_none_or(|m| n < m || (n == m && !self.below))
    }
}

impl std::fmt::Display for Reals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(min) = self.min {
            write!(f, "{min}{}", if self.above { "<" } else { "" })?;
        }
        f.write_str("..")?;
        if let Some(max) = self.max {
            write!(f, "{}{max}", if self.below { "<" } else { "" })?;
        }
        Ok(())
    }
}

/// Limits and a default as the page writes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Written {
    /// Of `range`: `..14d`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<String>,
    /// Of `bytes`: `..2MB`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<String>,
    /// Of `default`: `30min`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
}

impl Written {
    /// Nothing is written otherwise.
    pub fn is_empty(&self) -> bool {
        *self == Written::default()
    }
}

/// Where a field of a shared type exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Only {
    /// It is sent, never answered.
    Request,
    /// It is answered, never sent.
    Response,
    /// In the bodies of these endpoints.
    Paths(Vec<String>),
}

/// What a file must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct FileRule {
    /// Extensions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// `1068x455`, `..1440x1080`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pixels: Option<String>,
    /// Length of a recording.
    #[serde(default, skip_serializing_if = "Limit::is_empty")]
    pub seconds: Limit,
    /// Size.
    #[serde(default, skip_serializing_if = "Limit::is_empty")]
    pub bytes: Limit,
}

impl Field {
    /// The condition under which it must be there, as the spec writes it; empty where there is none.
    pub fn condition(&self) -> String {
        self.required_when.as_ref().map_or_else(|| self.required_words.clone(), |c| c.to_string())
    }
}

impl Limits {
    /// None at all.
    pub fn is_empty(&self) -> bool {
        *self == Limits::default()
    }
}

/// An inclusive limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Limit {
    /// Lower end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// Upper end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
}

impl Limit {
    /// None at all.
    pub fn is_empty(&self) -> bool {
        *self == Limit::default()
    }

    /// Whether a number is within.
    pub fn holds(&self, n: i64) -> bool {
        self.min.is_none_or(|m| n >= m) && self.max.is_none_or(|m| n <= m)
    }
}

impl std::fmt::Display for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.min, self.max) {
            (Some(a), Some(b)) if a == b => write!(f, "{a}"),
            (Some(a), Some(b)) => write!(f, "{a}..{b}"),
            (Some(a), None) => write!(f, "{a}.."),
            (None, Some(b)) => write!(f, "..{b}"),
            (None, None) => Ok(()),
        }
    }
}

/// Scalars and free JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prim {
    /// string
    String,
    /// string that must not be shown
    Secret,
    /// i32
    I32,
    /// i64
    I64,
    /// u32
    U32,
    /// u64
    U64,
    /// f64
    F64,
    /// true, false
    Bool,
    /// 0, 1
    Flag,
    /// integer in a string
    Digits,
    /// seconds
    Unix,
    /// seconds in a string
    UnixText,
    /// milliseconds
    Millis,
    /// milliseconds in a string
    MillisText,
    /// yyyy-mm-dd
    Date,
    /// yyyymmdd
    Date8,
    /// yyyy-mm-dd hh:mm:ss
    Datetime,
    /// RFC 3339
    Rfc3339,
    /// base64
    Base64,
    /// anything
    Json,
}

impl Prim {
    /// All, with their words in the spec.
    pub const ALL: &'static [(&'static str, Prim)] = &[
        ("string", Prim::String),
        ("secret", Prim::Secret),
        ("i32", Prim::I32),
        ("i64", Prim::I64),
        ("u32", Prim::U32),
        ("u64", Prim::U64),
        ("f64", Prim::F64),
        ("bool", Prim::Bool),
        ("flag", Prim::Flag),
        ("digits", Prim::Digits),
        ("unix", Prim::Unix),
        ("unix_text", Prim::UnixText),
        ("millis", Prim::Millis),
        ("millis_text", Prim::MillisText),
        ("date", Prim::Date),
        ("date8", Prim::Date8),
        ("datetime", Prim::Datetime),
        ("rfc3339", Prim::Rfc3339),
        ("base64", Prim::Base64),
        ("json", Prim::Json),
    ];

    /// Its word in the spec.
    pub fn word(self) -> &'static str {
        Prim::ALL.iter().find(|(_, p)| *p == self).map_or("", |(w, _)| w)
    }

    /// Written as a JSON string.
    pub fn is_text(self) -> bool {
        use Prim::*;
        matches!(
            self,
            String | Secret | Digits | UnixText | MillisText | Date | Date8 | Datetime | Rfc3339 | Base64
        )
    }

    /// The integers it can hold, if it is one.
    pub fn integers(self) -> Option<(i128, i128)> {
        use Prim::*;
        Some(match self {
            I32 => (i32::MIN as i128, i32::MAX as i128),
            U32 => (0, u32::MAX as i128),
            I64 | Digits => (i64::MIN as i128, i64::MAX as i128),
            U64 => (0, u64::MAX as i128),
            Unix | UnixText | Millis | MillisText => (i64::MIN as i128, i64::MAX as i128),
            _ => return None,
        })
    }
}

/// A resolved type.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ty {
    /// A scalar or free JSON.
    Prim(Prim),
    /// An array.
    List(Box<Ty>),
    /// Several values in one text: `a|b|c`
    Joined(Separator, Box<Ty>),
    /// Dynamic keys.
    Map(Box<Ty>),
    /// JSON in a string.
    Text(Box<Ty>),
    /// A type of its own.
    Ref(TypeId),
}

/// What stands between the values of one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Separator {
    /// `a|b`
    Pipe,
    /// `a,b`
    Csv,
    /// `a;b`
    Semi,
}

impl Separator {
    /// The character.
    pub fn char(self) -> char {
        match self {
            Separator::Pipe => '|',
            Separator::Csv => ',',
            Separator::Semi => ';',
        }
    }

    /// Its word in type expressions.
    pub fn word(self) -> &'static str {
        match self {
            Separator::Pipe => "pipe",
            Separator::Csv => "csv",
            Separator::Semi => "semi",
        }
    }
}

impl Ty {
    /// The type inside all wrappers.
    pub fn leaf(&self) -> &Ty {
        match self {
            Ty::List(t) | Ty::Joined(_, t) | Ty::Map(t) | Ty::Text(t) => t.leaf(),
            other => other,
        }
    }

    /// A list of some kind: empty and absent read alike.
    pub fn is_many(&self) -> bool {
        matches!(self, Ty::List(_) | Ty::Joined(_, _) | Ty::Map(_))
    }
}

/// An enumeration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Enum {
    /// The scalar on the wire.
    pub repr: Prim,
    /// Values are bits.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub flags: bool,
    /// Values.
    pub values: Vec<Value>,
}

/// A value of an enumeration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Value {
    /// On the wire.
    pub wire: String,
    /// In Rust.
    pub rust: String,
    /// Lines of Markdown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doc: Vec<String>,
    /// What to use instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<String>,
}

/// A union.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Union {
    /// Wire field of the tag; none when the present key tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// The tag is a number.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub numeric: bool,
    /// The tag belongs to a sibling object: the union neither reads nor writes it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub outer: bool,
    /// Variants.
    pub variants: Vec<Variant>,
}

/// A variant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Variant {
    /// Tag values; the first is written. Empty when the key tells.
    pub tags: Vec<String>,
    /// In Rust.
    pub rust: String,
    /// Key of the payload; none when it stands beside the tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Payload; none when the tag says all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ty: Option<Ty>,
    /// The payload needs a box.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub boxed: bool,
    /// Lines of Markdown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doc: Vec<String>,
    /// What to use instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<String>,
}

/// A frame of a long connection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Command {
    /// Module of the file that holds it.
    pub module: String,
    /// `cmd` of the frame.
    pub key: String,
    /// Title.
    pub title: String,
    /// In Rust, also where a named type is the body.
    pub rust: String,
    /// The server sends it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pushed: bool,
    /// Who may use it.
    pub modes: Vec<Mode>,
    /// Pages.
    pub source: Vec<Source>,
    /// Status.
    pub status: Status,
    /// Whether repeating is harmless.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repeat: bool,
    /// Lines of Markdown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doc: Vec<String>,
    /// Who may use it, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub permission: Vec<String>,
    /// Documented limits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rate: Vec<Rate>,
    /// Codes worth handling.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<(i64, String)>,
    /// The module of events that its body is one of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<String>,
    /// Its body: a struct of its own, or a named type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<TypeId>,
    /// `body` of the acknowledgement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<TypeId>,
}

/// Events of one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventModule {
    /// Module under `events`.
    pub name: String,
    /// `events/contact.yaml`
    pub spec: String,
    /// Title.
    pub title: String,
    /// Lines of Markdown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doc: Vec<String>,
    /// `xml` or `json`.
    pub transport: String,
    /// Events.
    pub events: Vec<Event>,
    /// Types.
    pub types: Vec<TypeId>,
}

/// An event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Unique name.
    pub key: String,
    /// Title.
    pub title: String,
    /// Rust type.
    pub rust: String,
    /// Discriminators and their values.
    pub matches: BTreeMap<String, String>,
    /// Who gets it.
    pub modes: Vec<Mode>,
    /// Pages.
    pub source: Vec<Source>,
    /// Status.
    pub status: Status,
    /// Text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doc: Vec<String>,
    /// Who gets it, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub permission: Vec<String>,
    /// Accepted reply: a word, or the type of its body.
    pub reply: String,
    /// The type of the reply's body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_type: Option<TypeId>,
    /// Its struct.
    pub ty: TypeId,
}

/// An error code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErrorCode {
    /// The code.
    pub code: i64,
    /// Meaning.
    pub meaning: String,
    /// Class.
    pub class: String,
    /// It left the official list; servers may still answer it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
    /// What a caller does.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub advice: String,
}
