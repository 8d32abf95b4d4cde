//! Group robots, and the later replies of robots in URL mode.

use super::message::content;
use crate::call::{Call, Flow, Outcome, ok};
use crate::refuse::refuse;
use crate::state::State;

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "send" => send,
        // Its files are the robot's, as the caller's corp is its key.
        "upload_media" => super::media::upload,
        _ => return None,
    })
}

fn send(state: &mut State, call: &Call<'_>) -> Outcome {
    content(state, call)?;
    ok(serde_json::json!({}))
}

/// Seconds in which a `response_url` is good.
const RESPONSE_SECONDS: i64 = 3600;

pub(super) fn find_aibot(name: &str) -> Option<Flow> {
    (name == "response").then_some(respond as Flow)
}

/// Once for each message or click.
fn respond(state: &mut State, call: &Call<'_>) -> Outcome {
    let now = state.now();
    match state.response_codes.remove(&call.text("response_code")) {
        Some(since) if now - since <= RESPONSE_SECONDS => ok(serde_json::json!({})),
        _ => refuse(60140, "no response_code like this is unused and less than an hour old"),
    }
}
