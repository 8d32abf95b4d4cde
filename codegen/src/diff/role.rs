//! In which direction the values of a type travel.

use super::change::Class;
use crate::ir::Type;

use Class::{Major, Minor};

/// Whether the old type's values travelled in requests, in answers.
#[derive(Clone, Copy)]
pub(super) struct Role {
    pub(super) sent: bool,
    pub(super) received: bool,
}

impl Role {
    /// Of those who use the type today; a type that nobody reaches counts as both.
    pub(super) fn of(t: &Type) -> Role {
        let nobody = !t.sent && !t.received;
        Role { sent: t.sent || nobody, received: t.received || nobody }
    }

    /// `major` for who sends it, else `minor`.
    pub(super) fn sending(self) -> Class {
        if self.sent { Major } else { Minor }
    }

    /// `major` for who receives it, else `minor`.
    pub(super) fn receiving(self) -> Class {
        if self.received { Major } else { Minor }
    }
}
