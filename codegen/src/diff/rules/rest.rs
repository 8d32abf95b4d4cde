//! What happens to modules, events, the catalogue of errors, and texts.

use super::rule::{Rule, r};

#[rustfmt::skip]
pub(super) const ALL: &[Rule] = &[
    r(
        "module-added",
        "A module is new",
        "The crate has a new module and cargo feature.",
        "`spec/…/report.yaml`",
        "Nothing.",
    ),
    r(
        "module-removed",
        "A module is gone",
        "The crate lost the module and the cargo feature.",
        "the last file of a module is deleted",
        "Drop the feature and what used it.",
    ),
    r(
        "feature-link-removed",
        "A feature no longer enables another",
        "Who relied on the other module must enable it.",
        "`message` no longer uses a type of `media`",
        "Enable the other feature.",
    ),
    r(
        "event-added",
        "An event is new",
        "Enumerations of events are `#[non_exhaustive]`: it came as unknown before.",
        "`change_contact.create_user` is added",
        "Nothing, or handle it.",
    ),
    r(
        "event-removed",
        "An event is gone",
        "Its Rust type and variant are gone.",
        "an event is deleted",
        "Stop handling it.",
    ),
    r(
        "event-renamed",
        "An event has another Rust name",
        "The wire is the same.",
        "`name` is given to an event",
        "Use the new name.",
    ),
    r(
        "event-match-changed",
        "An event is told by other discriminators",
        "The crate follows.",
        "`Event: a` becomes `Event: b`",
        "Update the crate, or look for the new values.",
    ),
    r(
        "event-reply-changed",
        "An event accepts another reply",
        "None, a message, a card or a text.",
        "`reply: none` becomes `reply: message`",
        "Send the reply that is accepted.",
    ),
    r(
        "event-transport-changed",
        "The events of a file travel otherwise",
        "XML is read from a notice, JSON from its text.",
        "`transport: xml` becomes `transport: json`",
        "Read the new form.",
    ),
    r(
        "command-added",
        "A command of a long connection is new",
        "Its types are new.",
        "`aibot_upload_media_init` is added",
        "Nothing.",
    ),
    r(
        "command-removed",
        "A command of a long connection is gone",
        "Its types are gone, or can no longer be sent.",
        "a command is deleted",
        "Stop sending it.",
    ),
    r(
        "command-changed",
        "A command has another direction, body or answer",
        "The type that is sent, or what its acknowledgement gives, is another.",
        "`request: {type: Reply}` becomes `request: {type: Push}`",
        "Send the other type.",
    ),
    r(
        "error-added",
        "The catalogue has a new code",
        "Codes are open: it had no meaning before.",
        "a code is added to `errors.yaml`",
        "Nothing.",
    ),
    r(
        "error-removed",
        "The catalogue lost a code",
        "The code has no meaning and no class any more.",
        "a code is deleted from `errors.yaml`",
        "Nothing; compare numbers where the meaning was used.",
    ),
    r(
        "error-class-changed",
        "An error is of another class",
        "The class decides whether a call is repeated and which predicate of the error holds.",
        "`class: transient` becomes `class: throttled`",
        "Look at code that asks for the class.",
    ),
    r(
        "doc-changed",
        "A text changed",
        "Titles, texts, permissions, pages, examples.",
        "a `doc` is reworded",
        "Nothing.",
    ),
];
