//! Whether a field is always there, by its cell, its text and the samples.

use crate::docs::infer::words::{self, Presence};
use crate::docs::model::Field;

/// A field that is sent.
pub(crate) fn request(f: &Field) -> Presence {
    match (f.row.required.as_deref().map_or(Presence::No, words::presence), &f.row.desc) {
        (Presence::No, desc) => words::condition(desc).map_or(Presence::No, Presence::When),
        // The cell says that there is a condition, the text which.
        (Presence::When(cell), desc)
            if matches!(cell.as_str(), "条件" | "条件必填" | "有条件必填" | "条件必选") =>
        {
            Presence::When(words::condition(desc).unwrap_or(cell))
        }
        // In the variant of that value: always.
        (Presence::Yes, _) if f.marks.always == Some(true) => Presence::Yes,
        // Required, but under one value alone.
        (Presence::Yes, desc) => words::filled(desc).map_or(Presence::Yes, Presence::When),
        (said, _) => said,
    }
}

/// Marks what sentences beside the tables say may lack. They spell names as they like.
pub(crate) fn lacking(fields: &mut [Field], lines: &[String]) {
    fn mark(fields: &mut [Field], names: &[String]) {
        for f in fields {
            if names.iter().any(|n| n.eq_ignore_ascii_case(&f.name)) {
                f.marks.always = Some(false);
            }
            mark(&mut f.children, names);
        }
    }
    let names: Vec<String> = lines.iter().flat_map(|line| words::lacking(line)).collect();
    if !names.is_empty() {
        mark(fields, &names);
    }
}

/// What each callback has, whatever its subject is.
const FRAME: &[&str] =
    &["ToUserName", "FromUserName", "CreateTime", "AgentID", "SuiteId", "AuthCorpId", "TimeStamp"];

/// Marks what may lack where a sentence names all that comes: `成员属性只回调UserID/Department两个字段`.
pub(crate) fn restricted(fields: &mut [Field], lines: &[String]) {
    for named in lines.iter().filter_map(|line| words::all_that_come(line)) {
        let named = |f: &Field| named.iter().any(|n| n.eq_ignore_ascii_case(&f.name));
        for f in fields.iter_mut().filter(|f| !FRAME.contains(&f.name.as_str()) && !named(f)) {
            f.marks.always = Some(false);
        }
    }
}

/// Whether samples show an object without a field, and neither row nor text tells that it may lack: where pages differ, that is a guess.
pub(crate) fn is_apart(f: &Field) -> bool {
    f.shown.count > 0 && lacks_unsaid(f)
}

/// Whether samples lack a field, always or at times, and neither row nor text tells that it may lack.
pub(crate) fn lacks_unsaid(f: &Field) -> bool {
    f.row.exists
        && f.row.required.is_none()
        && f.shown.count < f.shown.parents
        && f.marks.modes.is_empty()
        && f.marks.when.is_none()
        && f.marks.always.is_none()
        && !f.marks.content
        && !words::may_lack(&f.row.desc)
}

/// Whether a row describes something in an object.
fn told_within(f: &Field) -> bool {
    f.children.iter().any(|c| c.row.exists || told_within(c))
}

/// A field that is received: it is always there unless its text, the samples, or what stands around it say otherwise.
pub(crate) fn answer(f: &Field) -> Presence {
    // Where it does not come to all applications, an answer may lack it.
    if !f.marks.modes.is_empty() {
        return Presence::No;
    }
    if let Some(cell) = &f.row.required {
        return words::presence(cell);
    }
    if f.marks.content {
        return Presence::No;
    }
    if let Some((tag, values)) = f.marks.when.as_ref().filter(|_| !f.marks.common) {
        return Presence::When(format!("{tag} 为 {} 时", values.join("、")));
    }
    if let Some(always) = f.marks.always {
        return if always { Presence::Yes } else { Presence::No };
    }
    // An object that only its fields' dotted rows name is told by them, and so is one around that object.
    let told = f.row.exists || f.shown.count > 0 && told_within(f);
    // One that samples of its object never show may lack: it costs a look, and a required one that lacks the answer.
    let shown = f.shown.parents == f.shown.count && f.shown.count > 0;
    if told && shown && !words::may_lack(&f.row.desc) { Presence::Yes } else { Presence::No }
}
