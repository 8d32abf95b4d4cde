//! Mail: what apps send and get, and groups.

mod app;
mod group;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::Sandbox;
use crate::call::Flow;
use crate::state::Corp;

pub(super) fn find(name: &str) -> Option<Flow> {
    app::find(name).or_else(|| group::find(name))
}

/// A corp's mail.
#[derive(Debug, Default)]
pub(crate) struct Mail {
    /// By groupid, each as `group/get` gives it.
    groups: BTreeMap<String, Map<String, Value>>,
    /// By agentid.
    boxes: BTreeMap<i64, Mailbox>,
}

/// The mailbox of an app.
#[derive(Debug)]
struct Mailbox {
    email: String,
    aliases: Vec<String>,
    inbox: Vec<Letter>,
}

/// A mail that came.
#[derive(Debug)]
struct Letter {
    id: String,
    at: i64,
    eml: String,
}

impl Mailbox {
    fn new(agent: i64) -> Self {
        Mailbox { email: format!("app{agent}@sandbox.example.com"), aliases: Vec::new(), inbox: Vec::new() }
    }

    fn has(&self, address: &str) -> bool {
        self.email == address || self.aliases.iter().any(|a| a == address)
    }
}

/// The mailbox of an app of the corp.
fn mailbox(corp: &mut Corp, agent: i64) -> &mut Mailbox {
    corp.mail.boxes.entry(agent).or_insert_with(|| Mailbox::new(agent))
}

/// Something before and something behind one `@`.
fn is_address(text: &str) -> bool {
    text.split_once('@')
        .is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty() && !domain.contains('@'))
}

impl Sandbox {
    /// A mail comes to the mailbox of an app: `get_mail_list` lists it and `read_mail` gives the text. Its id, or none if the
    /// corp has no such app.
    pub fn receive_mail(&self, corp_id: &str, agent_id: i64, eml: &str) -> Option<String> {
        let mut state = self.server.state();
        let (at, id) = (state.now(), state.ids.text(32));
        let corp = state.corps.get_mut(corp_id).filter(|c| c.apps.contains_key(&agent_id))?;
        mailbox(corp, agent_id).inbox.push(Letter { id: id.clone(), at, eml: eml.to_owned() });
        Some(id)
    }
}
