//! Customer service: accounts, who receives, messages to and from customers, sessions.

mod account;
mod customer;
mod session;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::call::{Call, Flow};
use crate::refuse::{Refusal, refuse};
use crate::state::{Corp, State};

pub use customer::KfCallback;

/// Seconds that a session lasts after the customer's last message.
const SESSION_SECONDS: i64 = 48 * 3600;
/// Seconds that messages can be read.
const LOG_SECONDS: i64 = 3 * 24 * 3600;

pub(super) fn find(name: &str) -> Option<Flow> {
    account::find(name).or_else(|| session::find(name))
}

/// What a corp's customer service knows.
#[derive(Debug, Default)]
pub(crate) struct Kf {
    accounts: Vec<Account>,
    codes: BTreeMap<String, Code>,
    /// Tokens of callbacks, with their end.
    tokens: BTreeMap<String, i64>,
}

/// An account.
#[derive(Debug)]
struct Account {
    id: String,
    name: String,
    media_id: String,
    /// The app that made it and may manage it.
    agent: i64,
    servicers: Vec<Servicer>,
    sessions: BTreeMap<String, Session>,
    log: Vec<Entry>,
    /// Ids of messages that were sent to customers.
    sent: BTreeSet<String>,
}

/// Who receives customers.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Servicer {
    Member(String),
    Department(u32),
}

/// What `sync_msg` reads.
#[derive(Debug, Clone)]
struct Entry {
    at: i64,
    fields: Value,
}

/// A customer with an account.
#[derive(Debug, Clone)]
struct Session {
    state: i64,
    servicer: String,
    /// When the customer entered or wrote last.
    seen: i64,
    /// When the customer wrote last.
    wrote: Option<i64>,
    /// Messages since then.
    sent: usize,
    scene: String,
}

/// Good for one message on an event.
#[derive(Debug, Clone)]
struct Code {
    account: String,
    customer: String,
    /// The session must still be in it; any for a welcome.
    state: Option<i64>,
    menu: bool,
    end: i64,
}

impl Session {
    /// The state as it is now: a session ends by itself.
    fn state(&self, now: i64) -> i64 {
        match self.wrote {
            Some(wrote) if wrote + SESSION_SECONDS > now => self.state,
            _ => ENDED,
        }
    }
}

const UNHANDLED: i64 = 0;
const ASSISTANT: i64 = 1;
const QUEUING: i64 = 2;
const SERVICER: i64 = 3;
const ENDED: i64 = 4;

fn position(corp: &Corp, call: &Call<'_>) -> Result<usize, Refusal> {
    let id = call.text("open_kfid");
    match corp.kf.accounts.iter().position(|a| a.id == id) {
        Some(at) => Ok(at),
        None => refuse(95004, format!("there is no open_kfid {id}")),
    }
}

/// The account that the call names, and the corp's whole service.
fn any<'s>(state: &'s mut State, call: &Call<'_>) -> Result<&'s mut Account, Refusal> {
    let corp = state.corp(call.who)?;
    let at = position(corp, call)?;
    Ok(&mut corp.kf.accounts[at])
}

/// The account that the call names, if the caller may manage it.
fn managed<'s>(state: &'s mut State, call: &Call<'_>) -> Result<&'s mut Account, Refusal> {
    let account = any(state, call)?;
    if account.agent == call.who.agent {
        return Ok(account);
    }
    refuse(48007, format!("agentid {} manages it", account.agent))
}
