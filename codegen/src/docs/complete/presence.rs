//! Fields whose presence neither row nor sample of their own tells, but what stands around them does.

use std::collections::HashSet;

use crate::docs::complete::lacks_by_kind;
use crate::docs::complete::like_request::Requests;
use crate::docs::complete::{object, path};
use crate::docs::fields::tree::each;
use crate::docs::infer::unions::{self, Payload};
use crate::docs::infer::words::{self, Presence};
use crate::docs::infer::{presence, types};
use crate::docs::model::{Assumption, Endpoint, Field, is_code};
use crate::docs::read::text::{find, regex};
use crate::docs::rules;
use crate::ir::Auth;

/// Decides whether such fields are always there.
pub(crate) fn complete(endpoints: &mut [Endpoint]) {
    let requests = Requests::of(endpoints);
    for e in endpoints {
        let mut needed_notes = Vec::new();
        let query: Vec<&str> = e.query.iter().map(|q| q.0.as_str()).collect();
        needed(&mut e.request, &query, &mut needed_notes);
        updates(e, &mut needed_notes);
        let mut notes = needed_notes;
        requests.free(e, &mut notes);
        lacks_by_kind::free(&mut e.response, &mut vec![], &mut notes);
        shown(&mut e.response, "", &mut notes);
        chosen(&mut e.response, false);
        presence::lacking(&mut e.response, &e.doc);
        notes.extend(apart(e));
        notes.extend(unsaid(e));
        notes.extend(without_column(e));
        let own = |f: &&Field| !is_code(&f.name);
        if e.response.iter().filter(own).all(|f| f.shown.parents == 0) {
            unshown(&mut e.response, "", &mut notes);
        } else {
            unshown_within(&mut e.response, "", &mut notes);
        }
        let file = e.pages.first().map_or(String::new(), |p| p.file.clone());
        e.notes.extend(notes.into_iter().map(|n| (file.clone(), n)));
    }
}

/// What one page of an endpoint shows and another does not have.
fn apart(e: &Endpoint) -> Option<Assumption> {
    // A page with hardly any fields of this side does not show which it lacks.
    let told: Vec<&HashSet<String>> = e.told.iter().map(|(_, n)| &n[1]).filter(|n| n.len() > 3).collect();
    let mut found: Vec<(String, u32)> = Vec::new();
    each(&e.response, &mut vec![], &mut |at, f| {
        if told.iter().any(|n| !n.contains(&f.name)) && presence::is_apart(f) {
            found.push((at.join("."), f.row.line));
        }
    });
    note(&rules::REQUIRED_ON_ONE_PAGE, &found, |names| {
        format!("not all pages show {names}; taken for optional")
    })
}

/// What a table of the answer has and its samples lack, always or at times.
fn unsaid(e: &Endpoint) -> Option<Assumption> {
    // What a further page lacks is told apart.
    let told: Vec<&HashSet<String>> = e.told.iter().map(|(_, n)| &n[1]).filter(|n| n.len() > 3).collect();
    let mut found: Vec<(String, u32)> = Vec::new();
    each(&e.response, &mut vec![], &mut |at, f| {
        let code = at.len() == 1 && is_code(&f.name);
        let apart = f.shown.count > 0 && told.iter().any(|n| !n.contains(&f.name));
        if !code && !apart && presence::lacks_unsaid(f) {
            found.push((at.join("."), f.row.line));
        }
    });
    note(&rules::LACKS_IN_SAMPLES, &found, |names| format!("samples lack {names}; taken for optional"))
}

/// What a request's table without a column for presence lists.
fn without_column(e: &Endpoint) -> Option<Assumption> {
    let told =
        |name: &str| e.notes.iter().any(|n| n.1.what.contains(&format!("`{name}` is required on one")));
    let mut found: Vec<(String, u32)> = Vec::new();
    each(&e.request, &mut vec![], &mut |at, f| {
        let open = f.row.exists && f.row.required.is_none() && presence::request(f) == Presence::No;
        // What a token's answer holds is no part of the request.
        let token = at.first().is_some_and(|n| Auth::ALL.iter().any(|(word, _)| word == n));
        if open && !token && !e.one_of.contains(&f.name) && !told(&f.name) {
            found.push((at.join("."), f.row.line));
        }
    });
    note(&rules::WITHOUT_COLUMN, &found, |names| {
        format!("nothing tells whether a request must have {names}; taken for optional")
    })
}

/// One note of several fields, at the line of the first.
fn note(
    rule: &'static rules::Rule,
    found: &[(String, u32)],
    what: impl Fn(&str) -> String,
) -> Option<Assumption> {
    let line = found.first()?.1;
    let names: Vec<String> = found.iter().map(|f| format!("`{}`", f.0)).collect();
    Some(Assumption { rule, line, what: what(&names.join(", ")) })
}

/// `除product_id外，需要更新的字段才填`: a note beside the table overrides its column.
fn updates(e: &mut Endpoint, notes: &mut Vec<Assumption>) {
    let told = regex!("除[`\\s]*([A-Za-z_]+)[`\\s]*外[^。]{0,6}需?要更新的字段才填");
    let Some(id) = e.doc.iter().find_map(|line| find(told, line)).map(|m| m[1].clone()) else { return };
    let mut freed: Vec<(String, u32)> = Vec::new();
    for f in e.request.iter_mut().filter(|f| f.name != id && !is_token(f)) {
        if presence::request(f) == Presence::Yes {
            f.row.required = Some("否".into());
            freed.push((f.name.clone(), f.row.line));
        }
    }
    if let Some((_, line)) = freed.first() {
        let names: Vec<&str> = freed.iter().map(|f| f.0.as_str()).collect();
        let what =
            format!("assumed to be optional, as only changed fields have to be sent: {}", names.join(", "));
        notes.push(Assumption { rule: &rules::ONLY_WHAT_CHANGES, line: *line, what });
    }
}

fn is_token(f: &Field) -> bool {
    Auth::ALL.iter().any(|(word, _)| *word == f.name)
}

/// Fields of a request that no row describes and without which it says nothing: the one field of its body, the one field of an object, and the object
/// that holds what a row requires. Several such objects beside each other are kinds of content, of which a caller takes one.
fn needed(body: &mut [Field], query: &[&str], notes: &mut Vec<Assumption>) {
    let mut own: Vec<&mut Field> =
        body.iter_mut().filter(|f| !is_token(f) && !query.contains(&f.name.as_str())).collect();
    if let [one] = own.as_mut_slice()
        && !one.row.exists
        && one.shown.count > 0
        && one.children.is_empty()
    {
        require(one, "", 0, notes);
    }
    within(body, "", None, notes);
}

/// `told`: the condition in the cell of an object around these fields.
fn within(fields: &mut [Field], around: &str, told: Option<&String>, notes: &mut Vec<Assumption>) {
    for f in fields.iter_mut() {
        let around = path(around, &f.name);
        // `特定类型必填` of an object and of what it holds: where the one is, the other is.
        let cell = |f: &Field| {
            let cell = f.row.required.clone()?;
            matches!(words::presence(&cell), Presence::When(_)).then_some(cell)
        };
        let told = cell(f).or_else(|| told.cloned());
        within(&mut f.children, &around, told.as_ref(), notes);
        for c in f.children.iter_mut().filter(|c| told.is_some() && cell(c) == told) {
            c.row.required = None;
            require(c, &around, f.row.line, notes);
        }
        kinds(&mut f.children, &around, notes);
        // What a key of a map stands for is data.
        let map = types::infer(f).map;
        if let [one] = f.children.as_mut_slice()
            && !map
            && !one.row.exists
            // An object with one scalar or one object may grow others; one around a list is its wrapper.
            && one.shown.lists > 0
            && one.shown.count > 0
            && one.shown.parents == one.shown.count
        {
            require(one, &around, f.row.line, notes);
        }
    }
    let rowless = |f: &&mut Field| !f.row.exists && !f.children.is_empty();
    if let [one] = fields.iter_mut().filter(rowless).collect::<Vec<_>>().as_mut_slice()
        && one.shown.count > 0
        && one.shown.parents == one.shown.count
        && one.children.iter().any(|c| presence::request(c) == Presence::Yes)
    {
        require(one, around, 0, notes);
    }
}

/// An object of several kinds: where the text of one field names the kind that it belongs to, another that the samples show in some of them alone
/// cannot be in all, whatever its cell says.
fn kinds(fields: &mut [Field], around: &str, notes: &mut Vec<Assumption>) {
    let of_kind = fields.iter().find_map(|f| words::filled(&f.row.desc));
    let Some(tag) = of_kind.and_then(|words| Some(words.split_once(['为', '='])?.0.to_owned())) else {
        return;
    };
    for f in fields.iter_mut().filter(|f| f.name != tag && words::filled(&f.row.desc).is_none()) {
        let some = f.shown.count > 0 && f.shown.count < f.shown.parents;
        if some && presence::request(f) == Presence::Yes {
            f.row.required = Some("否".into());
            let what = format!(
                "`{}` is not in each sample, and `{tag}` chooses between its neighbours; taken for optional",
                path(around, &f.name)
            );
            notes.push(Assumption { rule: &rules::OF_SOME_KINDS, line: f.row.line, what });
        }
    }
}

/// A field that a request was taken to need.
fn require(f: &mut Field, around: &str, line: u32, notes: &mut Vec<Assumption>) {
    if f.row.required.is_some() {
        return;
    }
    f.row.required = Some("是".into());
    let holder = object(around, "the body");
    let what = format!("{holder} would be empty without `{}`, which is assumed to be required", f.name);
    let line = std::iter::once(&*f).chain(&f.children).map(|f| f.row.line).find(|l| *l > 0).unwrap_or(line);
    notes.push(Assumption { rule: &rules::NEEDED, line, what });
}

/// An answer that no sample shows: nothing but the rows could say that a field lacks.
fn unshown(fields: &mut [Field], around: &str, notes: &mut Vec<Assumption>) {
    let mut found: Vec<(String, u32)> = Vec::new();
    for f in fields.iter_mut() {
        unshown(&mut f.children, &path(around, &f.name), notes);
        let before = presence::answer(f);
        if f.row.exists && f.marks.always.is_none() {
            f.marks.always = Some(!words::may_lack(&f.row.desc));
        }
        if before != Presence::Yes && presence::answer(f) == Presence::Yes {
            found.push((f.name.clone(), f.row.line));
        }
    }
    notes.extend(note(&rules::NOT_SHOWN, &found, |names| {
        format!("no sample shows {names} of {}; assumed always to be there", object(around, "the answer"))
    }));
}

/// The same of the elements of a list that no sample shows. Of a single object that is never shown, any part may be another kind's.
fn unshown_within(fields: &mut [Field], around: &str, notes: &mut Vec<Assumption>) {
    for f in fields.iter_mut() {
        let at = path(around, &f.name);
        let hidden = f.row.exists && f.children.iter().all(|c| c.shown.count == 0);
        let kind = types::infer(f);
        if hidden && kind.lists > 0 && !kind.map && f.children.iter().any(|c| c.row.exists) {
            unshown(&mut f.children, &at, notes);
        } else {
            unshown_within(&mut f.children, &at, notes);
        }
    }
}

/// What a tag's value puts into the payload, as the one thing that this value has, is there whenever the tag has it, where the page says so of one of
/// the values: `日期控件的config中会包含此参数`. Samples of other values show the payload without it. `element`: the object is an element of a list.
fn chosen(fields: &mut [Field], element: bool) {
    if let Some(union) = unions::union(fields, element)
        && let Payload::Under(holder) = &union.payload
        && let Some(holder) = fields.iter_mut().find(|f| f.name == *holder)
        && holder.children.iter().any(|c| c.row.desc.contains("会包含"))
    {
        let alone = |f: &Field| union.variants.iter().any(|v| v.keys.len() == 1 && v.keys[0] == f.name);
        let open = |f: &Field| f.row.required.is_none() && f.marks.always.is_none();
        holder.children.iter_mut().filter(|f| alone(f) && open(f)).for_each(|f| f.marks.always = Some(true));
    }
    for f in fields.iter_mut() {
        let element = types::infer(f).lists > 0;
        chosen(&mut f.children, element);
    }
}

/// An object of which no row tells anything: what each of several samples has is always there, and so is the one field that an object has, and what the
/// element of a list shows. Where rows tell of elements, what each of several has and no row is always there, too.
fn shown(fields: &mut [Field], around: &str, notes: &mut Vec<Assumption>) {
    for f in fields.iter_mut() {
        let at = path(around, &f.name);
        shown(&mut f.children, &at, notes);
        let kind = types::infer(f);
        let told = f.children.iter().any(|c| c.row.exists);
        if f.children.is_empty() || told && kind.lists == 0 || kind.map {
            continue;
        }
        let alone = f.children.len() == 1;
        let mut names: Vec<String> = Vec::new();
        for c in f.children.iter_mut().filter(|c| !told || !c.row.exists) {
            // Elements stand for many: what one shows is not left out of others without a word. What became of an element is told of each.
            let enough = if alone || kind.lists > 0 && (!told || is_code(&c.name)) { 1 } else { 2 };
            let always = c.shown.parents == c.shown.count && c.shown.count >= enough;
            let plain = alone || c.children.is_empty() || c.shown.lists > 0;
            if always && plain && presence::answer(c) == Presence::No {
                c.marks.always = Some(true);
                names.push(c.name.clone());
            }
        }
        if !names.is_empty() {
            let what = format!("`{at}` is assumed always to have {}, as each sample has", names.join(", "));
            notes.push(Assumption { rule: &rules::SHOWN_THROUGHOUT, line: f.row.line, what });
        }
    }
}
