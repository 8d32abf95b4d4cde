//! Licences for API calls: orders of a provider, and the accounts that come of them.

mod account;
mod order;
mod renewal;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::call::{Call, Flow};
use crate::refuse::{Refusal, refuse};
use crate::state::State;

pub(super) fn find(name: &str) -> Option<Flow> {
    order::find(name).or_else(|| renewal::find(name)).or_else(|| account::find(name))
}

/// A provider's licences.
#[derive(Debug, Default)]
pub(crate) struct Licenses {
    orders: Vec<Order>,
    codes: Vec<Code>,
    renewals: BTreeMap<String, Renewal>,
    payments: BTreeMap<String, Payment>,
}

/// Pending, paid, cancelled.
const PENDING: i64 = 0;
const PAID: i64 = 1;
const CANCELLED: i64 = 2;
/// An account for members, one for customers.
const BASE: i64 = 1;
const EXTERNAL: i64 = 2;
const DAY: i64 = 24 * 3600;

#[derive(Debug, Clone)]
struct Order {
    id: String,
    corp: String,
    status: i64,
    created: i64,
    paid: i64,
    what: What,
    /// As it was asked for: months, days or a new end.
    duration: Value,
}

/// What an order buys.
#[derive(Debug, Clone)]
enum What {
    New { base: i64, external: i64 },
    Renewal(Vec<(String, i64)>),
}

impl Order {
    fn counts(&self) -> (i64, i64) {
        match &self.what {
            What::New { base, external } => (*base, *external),
            What::Renewal(all) => {
                let of = |kind| i64::try_from(all.iter().filter(|(_, k)| *k == kind).count()).unwrap_or(0);
                (of(BASE), of(EXTERNAL))
            }
        }
    }
}

/// An account: a code, later bound to a member.
#[derive(Debug, Clone)]
struct Code {
    code: String,
    order: String,
    corp: String,
    kind: i64,
    created: i64,
    /// Seconds that were bought.
    seconds: i64,
    user: Option<String>,
    active: i64,
    expires: i64,
    /// The code that took its place, and the one whose place it took.
    merged_to: Option<String>,
    merged_from: Option<String>,
}

impl Code {
    /// Good for its member now.
    fn binds(&self, corp: &str, user: &str, kind: i64) -> bool {
        self.corp == corp
            && self.kind == kind
            && self.merged_to.is_none()
            && self.user.as_deref() == Some(user)
    }

    fn shown(&self, now: i64) -> Value {
        let status = match &self.user {
            _ if self.merged_to.is_some() => 5,
            None => 1,
            Some(_) if self.expires > now => 2,
            Some(_) => 3,
        };
        let mut fields = json!({
            "active_code": self.code, "type": self.kind, "status": status, "create_time": self.created,
        });
        if let Some(user) = &self.user {
            fields["userid"] = json!(user);
            fields["active_time"] = json!(self.active);
            fields["expire_time"] = json!(self.expires);
        }
        if let Some(to) = &self.merged_to {
            fields["merge_info"]["to_active_code"] = json!(to);
        }
        if let Some(from) = &self.merged_from {
            fields["merge_info"]["from_active_code"] = json!(from);
        }
        fields
    }
}

/// A renewal that gathers members until it is ordered.
#[derive(Debug, Default)]
struct Renewal {
    corp: String,
    accounts: Vec<(String, i64)>,
    ordered: bool,
}

/// A payment out of the balance.
#[derive(Debug)]
struct Payment {
    order: String,
}

/// The caller's licences.
fn own<'s>(state: &'s mut State, call: &Call<'_>) -> &'s mut Licenses {
    state.licenses.entry(call.who.corp.clone()).or_default()
}

/// That the corp has an app of some provider.
fn authorised(state: &State, corp: &str) -> Result<(), Refusal> {
    match state.suites.values().any(|s| s.installed.iter().any(|i| i.corp_id == corp)) {
        true => Ok(()),
        false => refuse(701015, format!("{corp} has authorised no app")),
    }
}

/// The order that the call names.
fn order<'s>(state: &'s mut State, call: &Call<'_>, id: &str) -> Result<&'s mut Order, Refusal> {
    match own(state, call).orders.iter_mut().find(|o| o.id == id) {
        Some(order) => Ok(order),
        None => refuse(701005, format!("there is no order {id}")),
    }
}

/// The corp's members, as far as they are there.
fn members(state: &State, corp: &str) -> BTreeSet<String> {
    state.corps.get(corp).into_iter().flat_map(|c| c.members.values()).map(|m| m.userid.clone()).collect()
}
