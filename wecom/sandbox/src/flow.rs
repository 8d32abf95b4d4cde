//! Calls that have state.

mod agent;
mod appchat;
mod batch;
mod department;
mod media;
mod message;
mod oauth;
mod robot;
mod school;
mod service;
mod tag;
mod user;

use crate::call::Flow;

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
        "webhook" => robot::find(name),
        "agent" => agent::find(name),
        "externalcontact" => school::find(name),
        _ => None,
    }
}
