//! Group robots.

use super::message::content;
use crate::call::{Call, Flow, Outcome, ok};
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
