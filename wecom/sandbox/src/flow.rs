//! Calls that have state.

mod agent;
mod appchat;
mod batch;
mod department;
mod exmail;
mod externalcontact;
mod kf;
mod license;
mod media;
mod meeting;
mod message;
mod oa;
mod oauth;
mod page;
mod robot;
mod school;
mod service;
mod tag;
mod user;
mod wedoc;
mod wedrive;

use wecom_codegen::ir::Auth;

use crate::call::{Call, Flow};
use crate::refuse::Refusal;
use crate::state::State;

pub(crate) use exmail::Mail;
pub(crate) use kf::Kf;
pub use kf::KfCallback;
pub(crate) use license::Licenses;
pub(crate) use meeting::Meetings;
pub(crate) use oa::Oa;
pub(crate) use wedoc::Documents;
pub(crate) use wedrive::Drive;

/// The flow of a path; a path without one is answered from the spec.
pub(crate) fn find(path: &str) -> Option<Flow> {
    let tail = path.strip_prefix("/cgi-bin/")?;
    let (module, name) = tail.split_once('/').unwrap_or(("", tail));
    match module {
        "" | "service" => service::find(name),
        "user" => user::find(name).or_else(|| oauth::find(name)),
        "auth" => oauth::find(name),
        "department" => department::find(name),
        "tag" => tag::find(name),
        "batch" => batch::find(name),
        "media" => media::find(name),
        "message" => message::find(name),
        "appchat" => appchat::find(name),
        "wedoc" => wedoc::find(name),
        "wedrive" => wedrive::find(name),
        "webhook" => robot::find(name),
        "aibot" => robot::find_aibot(name),
        "agent" => agent::find(name),
        "exmail" => exmail::find(name),
        "license" => license::find(name),
        "kf" => kf::find(name),
        "externalcontact" => externalcontact::find(name),
        "meeting" => meeting::find(name),
        "oa" => oa::find(name),
        _ => None,
    }
}

/// What holds of a path's calls whether or not it has a flow.
pub(crate) fn known(state: &mut State, call: &Call<'_>) -> Result<(), Refusal> {
    if call.endpoint.path.starts_with("/cgi-bin/externalcontact/") && call.endpoint.auth == Auth::AccessToken
    {
        externalcontact::members(state, call)?;
    }
    Ok(())
}
