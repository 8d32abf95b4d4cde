//! The keys that each place of a spec file may hold, in canonical order: the reader refuses others, the formatter sorts by it.

/// The version of the format. It rises when a spec that was right is so no longer, or means something else.
pub const FORMAT: i64 = 2;
/// The file that says which version a spec is of; without it, it is this one.
pub const FORMAT_FILE: &str = "format.yaml";
/// The sentences about permission that many endpoints share.
pub const GRANTS_FILE: &str = "grants.yaml";
/// What each cargo feature is.
pub const MODULES_FILE: &str = "modules.yaml";
/// An entry of `modules.yaml`.
pub const FEATURE: &[&str] = &["title", "english", "events"];
/// `format.yaml`.
pub const FORMAT_KEYS: &[&str] = &["format"];
/// A module file.
pub const MODULE: &[&str] = &["module", "title", "doc", "commands", "endpoints", "types"];
/// An entry of `commands`: a frame of a long connection.
pub const COMMAND: &[&str] = &[
    "title",
    "name",
    "from",
    "modes",
    "source",
    "status",
    "draft",
    "doc",
    "grants",
    "permission",
    "rate",
    "repeat",
    "errors",
    "events",
    "request",
    "response",
    "departures",
    "notes",
];
/// `request` of a command: fields of its own, or a type that is the whole body.
pub const COMMAND_BODY: &[&str] = &["type", "any_of", "one_of", "at_most_one", "fields", "union", "unions"];
/// An entry of `endpoints`.
pub const ENDPOINT: &[&str] = &[
    "title",
    "name",
    "method",
    "auth",
    "modes",
    "source",
    "status",
    "draft",
    "doc",
    "grants",
    "permission",
    "rate",
    "repeat",
    "errors",
    "query",
    "request",
    "response",
    "paging",
    "departures",
    "notes",
];
/// An entry of `source`.
pub const SOURCE: &[&str] = &["page", "doc_id", "updated", "digest"];
/// An entry of `rate`.
pub const RATE: &[&str] = &["calls", "per", "scope", "modes", "doc"];
/// `query`, `request`, `response` and inline objects.
pub const BODY: &[&str] = &["body", "file", "any_of", "one_of", "at_most_one", "fields", "union", "unions"];
/// The file of a multipart body.
pub const FILE: &[&str] = &["part", "bytes", "doc"];
/// A field.
pub const FIELD: &[&str] = &[
    "type",
    "required",
    "required_words",
    "when",
    "only",
    "unit",
    "default",
    "chars",
    "bytes",
    "range",
    "step",
    "choices",
    "items",
    "each",
    "shapes",
    "cut",
    "pattern",
    "flags",
    "values",
    "id_trans",
    "ttl",
    "file",
    "draft",
    "doc",
    "name",
    "rust",
    "deprecated",
    "since",
    "modes",
    "by_mode",
    "example",
    "xml_item",
    "also",
    "any_of",
    "one_of",
    "at_most_one",
    "fields",
    "union",
    "unions",
];
/// A value of an enumeration.
pub const VALUE: &[&str] = &["name", "doc", "deprecated", "since"];
/// A union.
pub const UNION: &[&str] = &["type", "name", "field", "tag", "tag_type", "payload", "doc", "variants"];
/// A variant of a union.
pub const VARIANT: &[&str] = &[
    "type",
    "variant",
    "name",
    "key",
    "also",
    "doc",
    "deprecated",
    "since",
    "any_of",
    "one_of",
    "at_most_one",
    "fields",
    "union",
    "unions",
];
/// An entry of `types`.
pub const TYPE: &[&str] =
    &["type", "flags", "values", "doc", "any_of", "one_of", "at_most_one", "fields", "union", "unions"];
/// `paging`.
pub const PAGING: &[&str] = &["ask", "answer", "items", "more", "end", "limit", "style"];
/// `each` of a field.
pub const EACH: &[&str] = &["chars", "bytes", "range", "pattern"];
/// `file` of a field.
pub const FILE_RULE: &[&str] = &["types", "bytes", "pixels", "seconds"];
/// Classes of departures: the sample errs, the table errs, pages differ, a slip of the pen, something lacks, the server does otherwise,
/// the page stands in the wrong tree.
pub const DEPARTURES: &[&str] = &["sample", "table", "pages_differ", "typo", "missing", "wire", "tree"];
/// An entry of `departures`. `model::Fact` holds the words of `fact`.
pub const DEPARTURE: &[&str] = &["at", "class", "fact", "page", "here", "reason"];
/// An event file.
pub const EVENTS: &[&str] = &["module", "title", "doc", "transport", "common", "groups", "events", "types"];
/// An entry of `events`.
pub const EVENT: &[&str] = &[
    "title",
    "name",
    "match",
    "modes",
    "source",
    "status",
    "draft",
    "doc",
    "grants",
    "permission",
    "reply",
    "any_of",
    "one_of",
    "at_most_one",
    "fields",
    "union",
    "unions",
    "departures",
    "notes",
];
/// An entry of `errors.yaml`.
pub const ERROR: &[&str] = &["meaning", "class", "status", "advice"];
/// What stands in an event's `match`. The last ones are those of JSON; dots go down.
pub const DISCRIMINATORS: &[&str] = &[
    "MsgType",
    "Event",
    "ChangeType",
    "InfoType",
    "msgtype",
    "event.eventtype",
    "msg_type",
    "event_type",
    "event.event_type",
    "command.command_type",
];
/// Those of XML.
pub const XML_DISCRIMINATORS: &[&str] = &["MsgType", "Event", "ChangeType", "InfoType"];
/// Words that `reply` of an event may be beside the name of a type.
pub const REPLIES: &[&str] = &["none", "message", "card", "taskcard", "text"];

/// Error classes.
pub const CLASSES: &[&str] = &[
    "ok",
    "transient",
    "throttled",
    "token_expired",
    "credential",
    "permission",
    "parameter",
    "not_found",
    "conflict",
    "quota",
    "unsupported",
    "content",
    "payment",
    "other",
];
/// Scopes of a rate.
pub const SCOPES: &[&str] = &[
    "corp",
    "app",
    "member",
    "ip",
    "provider",
    "suite",
    "external_user",
    "group",
    "robot",
    "agent_member",
    "api",
    "chat",
];
/// Periods of a rate.
pub const PERIODS: &[&str] = &["second", "minute", "hour", "day", "week", "month"];

/// Wire names, in lower case, of fields whose value must not be shown.
pub const SECRETS: &[&str] = &[
    "access_token",
    "suite_access_token",
    "provider_access_token",
    "corpsecret",
    "suite_secret",
    "provider_secret",
    "permanent_code",
    "suite_ticket",
    "session_key",
    "encodingaeskey",
    "encoding_aeskey",
];

/// The known word nearest to a mistyped one, if one is near.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let (counts, len) = (letters(word), word.chars().count());
    // Of thousands of paths few have nearly the same letters: these first, and none that cannot be as near as what was found.
    let mut by_letters: Vec<(usize, &str)> = known.into_iter().map(|k| (apart(&counts, k), k)).collect();
    by_letters.sort_unstable();
    let mut found: Option<(usize, &str)> = None;
    for (least, k) in by_letters {
        if found.is_some_and(|(far, _)| least > far) {
            break;
        }
        let most = 1 + k.chars().count().min(len) / 3;
        let far = if least <= most { distance(word, k) } else { least };
        if far <= most {
            found = Some(found.map_or((far, k), |f| f.min((far, k))));
        }
    }
    found.map(|(_, k)| k)
}

/// Edit distance where a swap of neighbours counts one, and the case of letters nothing.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    strsim::osa_distance(&a.to_ascii_lowercase(), &b.to_ascii_lowercase())
}

/// How often each letter stands in a word; letters that are not ASCII are one.
fn letters(word: &str) -> [i16; 129] {
    let mut counts = [0; 129];
    for c in word.chars() {
        counts[usize::from(u8::try_from(c.to_ascii_lowercase()).unwrap_or(128).min(128))] += 1;
    }
    counts
}

/// No fewer edits make one word of the other: each adds at most one letter and takes at most one.
fn apart(counts: &[i16; 129], other: &str) -> usize {
    let (mut more, mut fewer) = (0, 0);
    for (a, b) in counts.iter().zip(letters(other)) {
        let by = i32::from(*a) - i32::from(b);
        *(if by > 0 { &mut more } else { &mut fewer }) += by.unsigned_abs() as usize;
    }
    more.max(fewer)
}

/// `did you mean …`, or the list of what may stand here.
pub fn propose(word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("one of: {}", known.join(", ")),
    }
}

#[cfg(test)]
#[test]
fn the_nearest_word() {
    let known = ["chars", "bytes", "range", "ranges", "/cgi-bin/user/get", "/cgi-bin/user/list"];
    for (word, near) in [
        ("chrs", Some("chars")),
        ("cahrs", Some("chars")),
        ("Range", Some("range")),
        // Of two that are as near, the first by its letters.
        ("rangef", Some("range")),
        ("/cgi-bin/user/lits", Some("/cgi-bin/user/list")),
        ("/cgi-bin/usr/get", Some("/cgi-bin/user/get")),
        ("/cgi-bin/wedrive/space_create", None),
        ("pattern", None),
        ("", None),
    ] {
        assert_eq!(nearest(word, known), near, "{word}");
    }
    // What is not measured, as too many letters differ, is too far.
    for (a, b, far) in [
        ("kitten", "sitting", 3),
        ("", "abc", 3),
        ("abcd", "badc", 2),
        ("部门", "部们", 1),
        ("ABC", "abd", 1),
    ] {
        assert_eq!((distance(a, b), distance(b, a)), (far, far), "{a} {b}");
        assert!(apart(&letters(a), b) <= far, "{a} {b}");
    }
    assert_eq!((apart(&letters("kitten"), "sitting"), apart(&letters("get"), "update")), (3, 4));
}
