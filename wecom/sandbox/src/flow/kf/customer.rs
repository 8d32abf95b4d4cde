//! What customers do: it comes from the test, not from a call.

use serde_json::{Value, json};

use super::{Code, ENDED, Entry, Session, UNHANDLED};
use crate::Sandbox;

/// Seconds that the token of a callback is good.
const TOKEN_SECONDS: i64 = 600;
/// Seconds that a welcome can be sent.
const WELCOME_SECONDS: i64 = 20;

/// What a customer did, and what the callback `kf_msg_or_event` about it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KfCallback {
    /// The corp of the account.
    pub corp_id: String,
    /// The account.
    pub open_kfid: String,
    /// `Token` of the callback, good for `sync_msg` for ten minutes.
    pub token: String,
    /// The message's or event's id, as `sync_msg` will give it.
    pub msgid: String,
    /// When.
    pub create_time: i64,
}

impl KfCallback {
    /// The callback's text, for [`Sandbox::push_xml`].
    pub fn xml(&self) -> String {
        format!(
            "<xml><ToUserName><![CDATA[{}]]></ToUserName><CreateTime>{}</CreateTime><MsgType><![CDATA[event]]></MsgType>\
             <Event><![CDATA[kf_msg_or_event]]></Event><Token><![CDATA[{}]]></Token><OpenKfId><![CDATA[{}]]></OpenKfId></xml>",
            self.corp_id, self.create_time, self.token, self.open_kfid
        )
    }
}

impl Sandbox {
    /// A customer opens the account's link. `sync_msg` gives the event `enter_session`; its `welcome_code` is good for 20
    /// seconds, and there is none if the customer entered or wrote within 48 hours. None if there is no such account.
    pub fn kf_enter(&self, open_kfid: &str, external_userid: &str, scene: &str) -> Option<KfCallback> {
        self.kf(open_kfid, external_userid, |session, now, code| {
            let first = session.seen + super::SESSION_SECONDS <= now;
            session.seen = now;
            scene.clone_into(&mut session.scene);
            let mut event = json!({
                "event_type": "enter_session", "open_kfid": open_kfid, "external_userid": external_userid, "scene": scene,
            });
            if first {
                event["welcome_code"] = json!(code);
            }
            (4, json!({ "msgtype": "event", "event": event }), first)
        })
    }

    /// A customer writes to an account: `message` holds `msgtype` and the field of that name, as `sync_msg` gives them. The
    /// session is unhandled from then on, unless it already goes on. None if there is no such account.
    pub fn kf_message(&self, open_kfid: &str, external_userid: &str, message: Value) -> Option<KfCallback> {
        self.kf(open_kfid, external_userid, |session, now, _| {
            if session.state(now) == ENDED {
                session.state = UNHANDLED;
                session.servicer.clear();
            }
            session.seen = now;
            session.wrote = Some(now);
            session.sent = 0;
            let mut fields = json!({ "open_kfid": open_kfid, "external_userid": external_userid });
            for (key, value) in message.as_object().into_iter().flatten() {
                fields[key] = value.clone();
            }
            (3, fields, false)
        })
    }

    /// Something of the customer's, told to the log; `act` gives its origin, its fields, and whether the code is used.
    fn kf(
        &self,
        open_kfid: &str,
        external_userid: &str,
        act: impl FnOnce(&mut Session, i64, &str) -> (i64, Value, bool),
    ) -> Option<KfCallback> {
        let mut state = self.server.state();
        let now = state.now();
        let (msgid, token, code) = (state.ids.text(32), state.ids.text(43), state.ids.text(43));
        let corp = state.corps.values_mut().find(|c| c.kf.accounts.iter().any(|a| a.id == open_kfid))?;
        let account = corp.kf.accounts.iter_mut().find(|a| a.id == open_kfid)?;
        let session = account.sessions.entry(external_userid.to_owned()).or_insert_with(|| Session {
            state: ENDED,
            servicer: String::new(),
            seen: i64::MIN / 2,
            wrote: None,
            sent: 0,
            scene: String::new(),
        });
        let (origin, mut fields, used) = act(session, now, &code);
        fields["msgid"] = json!(msgid);
        fields["send_time"] = json!(now);
        fields["origin"] = json!(origin);
        account.log.push(Entry { at: now, fields });
        if used {
            let welcome = Code {
                account: open_kfid.to_owned(),
                customer: external_userid.to_owned(),
                state: None,
                menu: true,
                end: now + WELCOME_SECONDS,
            };
            corp.kf.codes.insert(code, welcome);
        }
        corp.kf.tokens.insert(token.clone(), now + TOKEN_SECONDS);
        Some(KfCallback {
            corp_id: corp.id.clone(),
            open_kfid: open_kfid.to_owned(),
            token,
            msgid,
            create_time: now,
        })
    }
}
