//! Tokens, and the authorisation of third-party apps.

use serde_json::{Value, json};
use wecom_codegen::ir::Auth;

use crate::call::{Call, Flow, Outcome, bare, ok};
use crate::refuse::{Refusal, refuse};
use crate::seed::Installed;
use crate::state::{Caller, State, SuiteState};

/// Seconds that a pre-authorisation code is good.
const PRE_AUTH_SECONDS: i64 = 1200;

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "gettoken" => get_token,
        "get_suite_token" => get_suite_token,
        "get_provider_token" => get_provider_token,
        "get_corp_token" => get_corp_token,
        "get_pre_auth_code" => get_pre_auth_code,
        "set_session_info" => set_session_info,
        "get_permanent_code" => get_permanent_code,
        "v2/get_permanent_code" => v2_get_permanent_code,
        "get_auth_info" | "v2/get_auth_info" => get_auth_info,
        _ => return None,
    })
}

fn get_token(state: &mut State, call: &Call<'_>) -> Outcome {
    let (corp_id, secret) = (call.text("corpid"), call.text("corpsecret"));
    let Some(corp) = state.corps.get(&corp_id) else {
        return refuse(40013, format!("there is no corp {corp_id}"));
    };
    let own =
        corp.apps.iter().find(|(_, app)| !app.secret.is_empty() && app.secret == secret).map(|(id, _)| *id);
    // The permanent code of an app that a provider developed for the corp is its secret.
    let developed = || {
        let suites = state.suites.values().filter(|s| s.seed.id.starts_with("dk"));
        suites
            .flat_map(|s| &s.installed)
            .find(|i| i.corp_id == corp_id && i.permanent_code == secret)
            .map(|i| i.agent_id)
    };
    let Some(agent) = own.or_else(developed) else {
        return refuse(40001, "no app of this corp has this secret");
    };
    let (token, seconds) = state.issue(&Caller { kind: Auth::AccessToken, corp: corp_id, agent });
    ok(json!({ "access_token": token, "expires_in": seconds }))
}

fn get_suite_token(state: &mut State, call: &Call<'_>) -> Outcome {
    let id = call.text("suite_id");
    let Some(suite) = state.suites.get(&id) else {
        return refuse(40083, format!("there is no suite {id}"));
    };
    if suite.seed.secret != call.text("suite_secret") {
        return refuse(40080, "not the secret of this suite");
    }
    if !suite.tickets.contains(&call.text("suite_ticket")) {
        return refuse(40085, "neither the last pushed ticket nor the one before");
    }
    let (token, seconds) = state.issue(&Caller { kind: Auth::SuiteAccessToken, corp: id, agent: 0 });
    bare(json!({ "suite_access_token": token, "expires_in": seconds }))
}

fn get_provider_token(state: &mut State, call: &Call<'_>) -> Outcome {
    let id = call.text("corpid");
    match state.providers.get(&id) {
        None => refuse(40013, format!("there is no provider {id}")),
        Some(secret) if *secret != call.text("provider_secret") => {
            refuse(40001, "not the secret of this provider")
        }
        Some(_) => {
            let (token, seconds) =
                state.issue(&Caller { kind: Auth::ProviderAccessToken, corp: id, agent: 0 });
            bare(json!({ "provider_access_token": token, "expires_in": seconds }))
        }
    }
}

fn suite<'s>(state: &'s mut State, call: &Call<'_>) -> Result<&'s mut SuiteState, Refusal> {
    match state.suites.get_mut(&call.who.corp) {
        Some(suite) => Ok(suite),
        None => refuse(48003, format!("there is no suite {}", call.who.corp)),
    }
}

/// Where the suite is installed, by corp and permanent code.
fn installed(state: &mut State, call: &Call<'_>) -> Result<Installed, Refusal> {
    let (corp, code) = (call.text("auth_corpid"), call.text("permanent_code"));
    let suite = suite(state, call)?;
    match suite.installed.iter().find(|i| i.permanent_code == code && i.corp_id == corp) {
        Some(found) => Ok(found.clone()),
        None => refuse(40084, format!("not the permanent code of this suite in {corp}")),
    }
}

fn get_corp_token(state: &mut State, call: &Call<'_>) -> Outcome {
    let found = installed(state, call)?;
    let (token, seconds) =
        state.issue(&Caller { kind: Auth::AccessToken, corp: found.corp_id, agent: found.agent_id });
    bare(json!({ "access_token": token, "expires_in": seconds }))
}

fn get_pre_auth_code(state: &mut State, call: &Call<'_>) -> Outcome {
    let (code, now) = (state.ids.text(64), state.now());
    suite(state, call)?.pre_auth_codes.insert(code.clone(), now + PRE_AUTH_SECONDS);
    ok(json!({ "pre_auth_code": code, "expires_in": PRE_AUTH_SECONDS }))
}

fn set_session_info(state: &mut State, call: &Call<'_>) -> Outcome {
    let now = state.now();
    match suite(state, call)?.pre_auth_codes.get(&call.text("pre_auth_code")) {
        None => refuse(40077, "no pre_auth_code like this was given out"),
        Some(end) if *end <= now => refuse(42007, "this pre_auth_code is no longer valid"),
        Some(_) => ok(json!({})),
    }
}

/// Turns a temporary code into a permanent one, once.
fn authorise(state: &mut State, call: &Call<'_>) -> Result<Value, Refusal> {
    let fresh = state.ids.text(64);
    let suite = suite(state, call)?;
    let Some((corp_id, agent_id)) = suite.auth_codes.remove(&call.text("auth_code")) else {
        return refuse(40078, "no auth_code like this is open");
    };
    let found = match suite.installed.iter().find(|i| i.corp_id == corp_id && i.agent_id == agent_id) {
        Some(found) => found.clone(),
        None => {
            let found = Installed { corp_id, agent_id, permanent_code: fresh };
            suite.installed.push(found.clone());
            found
        }
    };
    let mut fields = info(state, &found);
    let caller = Caller { kind: Auth::AccessToken, corp: found.corp_id, agent: found.agent_id };
    let (token, seconds) = state.issue(&caller);
    fields["access_token"] = json!(token);
    fields["expires_in"] = json!(seconds);
    fields["permanent_code"] = json!(found.permanent_code);
    fields["auth_user_info"] = json!({ "userid": crate::Sandbox::USER_ID, "name": "张三" });
    Ok(fields)
}

fn info(state: &State, found: &Installed) -> Value {
    let corp = state.corps.get(&found.corp_id);
    let name = corp.map_or("", |c| c.name.as_str());
    let app = corp.and_then(|c| c.apps.get(&found.agent_id)).and_then(|a| a.fields.get("name")).cloned();
    json!({
        "auth_corp_info": { "corpid": found.corp_id, "corp_name": name },
        "auth_info": { "agent": [{ "agentid": found.agent_id, "name": app.unwrap_or_default() }] },
    })
}

fn get_permanent_code(state: &mut State, call: &Call<'_>) -> Outcome {
    bare(authorise(state, call)?)
}

fn v2_get_permanent_code(state: &mut State, call: &Call<'_>) -> Outcome {
    ok(authorise(state, call)?)
}

fn get_auth_info(state: &mut State, call: &Call<'_>) -> Outcome {
    let found = installed(state, call)?;
    ok(info(state, &found))
}
