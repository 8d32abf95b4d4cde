//! School notices.

use serde_json::{Map, Value, json};

use super::message::content;
use crate::call::{Call, Flow, Outcome, ok};
use crate::refuse::refuse;
use crate::state::State;

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "message/send" => send,
        _ => return None,
    })
}

fn send(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = state.corp(call.who)?;
    corp.own_app(call.who, call.int("agentid").unwrap_or(0))?;
    // Parents are of no account where students alone are meant.
    let parents = if call.int("recv_scope") == Some(1) { Vec::new() } else { call.list("to_parent_userid") };
    let asked = [
        ("invalid_external_user", call.list("to_external_user"), &corp.externals),
        ("invalid_parent_userid", parents, &corp.parents),
        ("invalid_student_userid", call.list("to_student_userid"), &corp.students),
    ];
    let parties = call.ints("to_party");
    let count = asked.iter().map(|(_, list, _)| list.len()).sum::<usize>() + parties.len();
    if count == 0 && !call.flag("toall") {
        return refuse(82001, "nobody is named, and toall is not 1");
    }
    let (mut bad, mut unknown) = (Map::new(), 0);
    for (name, list, known) in asked {
        let list: Vec<String> = list.into_iter().filter(|id| !known.contains(id)).collect();
        unknown += list.len();
        if !list.is_empty() {
            bad.insert(name.into(), json!(list));
        }
    }
    let parties: Vec<i64> = parties.into_iter().filter(|id| !corp.classes.contains(id)).collect();
    unknown += parties.len();
    if !parties.is_empty() {
        bad.insert("invalid_party".into(), json!(parties));
    }
    if unknown == count && !call.flag("toall") {
        return refuse(81013, "none of the recipients is known");
    }
    content(state, call)?;
    ok(Value::Object(bad))
}
