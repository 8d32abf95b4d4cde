//! Any event of the spec as a callback, with what a test says of it, and the application's reply.

use serde_json::{Map, Value, json};
use wecom_codegen::ir::{Api, Event, EventModule, Field, Place, Struct, Ty, TypeId, TypeKind};

use crate::made::Maker;
use crate::push::{PushError, Pushed, answer, target};
use crate::xml::Xml;
use crate::{Sandbox, call};

/// An event that is about to be pushed; made by [`Sandbox::push_event`].
#[derive(Debug, Clone)]
#[must_use = "nothing is pushed until `to`"]
pub struct EventPush<'a> {
    sandbox: &'a Sandbox,
    name: String,
    receive_id: Option<String>,
    fields: Vec<(String, Value)>,
}

impl Sandbox {
    /// Pushes an event or a message of the spec, by its name there: `change_contact.create_user`, `enter_agent`, `message.text`. Its required
    /// fields are made, its people and applications are those of the seed; [`set`](EventPush::set) and [`fields`](EventPush::fields)
    /// say otherwise, and add what is not required.
    ///
    /// A third-party application hears of many things by notices of the same name: `third_party.change_contact.create_user` is one,
    /// the name with the module of events before it.
    ///
    /// ```no_run
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = wecom_sandbox::Sandbox::start().await?;
    /// use wecom_sandbox::ReplyContent;
    ///
    /// let pushed = sandbox.push_event("change_contact.create_user").set("Name", "王五").to("http://127.0.0.1:8080/callback").await?;
    /// assert_eq!(pushed.status, 200);
    ///
    /// let pushed = sandbox.push_event("message.text").set("Content", "hello").to("http://127.0.0.1:8080/callback").await?;
    /// let reply = pushed.reply()?.ok_or("no reply")?;
    /// assert!(matches!(&reply.content, ReplyContent::Text(text) if text == "hello yourself"));
    /// # Ok(()) }
    /// ```
    pub fn push_event(&self, name: impl Into<String>) -> EventPush<'_> {
        EventPush { sandbox: self, name: name.into(), receive_id: None, fields: Vec::new() }
    }
}

impl EventPush<'_> {
    /// Gives a field a value, in the letters of the wire; a dot leads into an object: `ScanCodeInfo.ScanResult`. Null takes the
    /// field away.
    pub fn set(mut self, path: impl Into<String>, value: impl Into<Value>) -> Self {
        self.fields.push((path.into(), value.into()));
        self
    }

    /// Gives all fields of a JSON object a value; what is no object is taken as none.
    pub fn fields(mut self, fields: Value) -> Self {
        if let Value::Object(map) = fields {
            self.fields.extend(map);
        }
        self
    }

    /// For whom it is meant: a corp id, a suite id, a model id. Unless set, [`Sandbox::CORP_ID`], and [`Sandbox::SUITE_ID`] for notices
    /// to a third-party application.
    pub fn receive_id(mut self, id: impl Into<String>) -> Self {
        self.receive_id = Some(id.into());
        self
    }

    /// Encrypts and signs it as WeCom does, and posts it to an address.
    ///
    /// # Errors
    /// [`PushError::UnknownEvent`] when the spec has no such event, or no address hears of it; [`PushError::UnknownField`] when a field
    /// that was set is none of its; [`PushError::Http`] when there is no answer.
    pub async fn to(self, url: &str) -> Result<Pushed, PushError> {
        let api = &self.sandbox.server.api;
        let (module, event) = find(api, &self.name)?;
        let suite = event.matches.contains_key("InfoType");
        let is_json = module.transport == "json";
        let receive_id = match self.receive_id {
            Some(id) => id,
            None if suite => Sandbox::SUITE_ID.to_owned(),
            None if is_json => String::new(),
            None => Sandbox::CORP_ID.to_owned(),
        };
        let now = self.sandbox.server.state().now();
        let mut body = Maker::new(api, now).required(event.ty, Place::Body);
        seeded(api, event.ty, &receive_id, now, &mut body);
        for (path, value) in &event.matches {
            put(&mut body, path, json!(value));
        }
        for (path, value) in self.fields {
            if !knows(api, event, &path) {
                return Err(PushError::UnknownField { event: event.key.clone(), field: path });
            }
            put(&mut body, &path, value);
        }
        if is_json {
            let sealed = self.sandbox.seal(&receive_id, &Value::Object(body).to_string())?;
            let envelope = json!({ "encrypt": sealed.encrypted }).to_string();
            let request = reqwest::Client::new().post(target(url, &sealed.query)?);
            let pushed = answer(request.header("content-type", "application/json").body(envelope)).await?;
            return Ok(Pushed { keys: Some(self.sandbox.keys(&receive_id)), ..pushed });
        }
        let mut xml = Xml::default();
        xml.within("xml", |xml| fields(api, event.ty, &body, xml));
        self.sandbox.push_xml(url, &receive_id, &xml.0).await
    }
}

/// An event by its name, or by its module's and its own.
fn find<'a>(api: &'a Api, name: &str) -> Result<(&'a EventModule, &'a Event), PushError> {
    let all = || api.events.iter().flat_map(|m| m.events.iter().map(move |e| (m, e)));
    // Of the same name, that to a corp's own application comes first.
    let found = all()
        .filter(|(m, e)| e.key == name || name.strip_prefix(m.name.as_str()) == Some(&format!(".{}", e.key)))
        .min_by_key(|(_, e)| e.matches.contains_key("InfoType"));
    match found {
        Some((module, _)) if module.transport == "pulled" => Err(PushError::UnknownEvent {
            name: name.to_owned(),
            near: format!("{} are asked for by the application, not pushed", module.title),
        }),
        Some(found) => Ok(found),
        None => {
            // What has the name as a part of its own comes before what looks like it.
            let part = |key: &str| if key.split('.').any(|part| part == name) { 1.0 } else { 0.0 };
            let near = all().map(|(_, e)| (part(&e.key) + strsim::jaro_winkler(&e.key, name), &e.key));
            let near = near.max_by(|a, b| a.0.total_cmp(&b.0)).map_or("", |(_, key)| key);
            Err(PushError::UnknownEvent { name: name.to_owned(), near: format!("did you mean {near}?") })
        }
    }
}

fn object(api: &Api, id: TypeId) -> Option<&Struct> {
    match &api.types.get(id.0 as usize)?.kind {
        TypeKind::Struct(s) => Some(s),
        _ => None,
    }
}

/// People, corps and applications of the seed, where the event has such fields and requires them.
fn seeded(api: &Api, id: TypeId, receive_id: &str, now: i64, body: &mut Map<String, Value>) {
    let known: [(&str, Value); 12] = [
        ("ToUserName", json!(receive_id)),
        ("FromUserName", json!(Sandbox::USER_ID)),
        ("CreateTime", json!(now)),
        ("TimeStamp", json!(now)),
        ("AgentID", json!(Sandbox::AGENT_ID)),
        ("SuiteId", json!(Sandbox::SUITE_ID)),
        ("AuthCorpId", json!(Sandbox::AUTH_CORP_ID)),
        ("UserID", json!(Sandbox::USER_ID)),
        ("UserId", json!(Sandbox::USER_ID)),
        ("ExternalUserID", json!(Sandbox::EXTERNAL_USER_ID)),
        ("ApprovalTemplateId", json!(Sandbox::TEMPLATE_ID)),
        ("Department", json!("1")),
    ];
    let required = object(api, id).into_iter().flat_map(|s| &s.fields).filter(|f| f.required);
    for field in required {
        if let Some((_, value)) = known.iter().find(|(name, _)| *name == field.wire) {
            body.insert(field.wire.clone(), value.clone());
        }
    }
}

/// Whether an event has a field; of what a union brings, and of free parts, everything goes.
fn knows(api: &Api, event: &Event, path: &str) -> bool {
    let is_match = event.matches.keys().any(|key| key == path);
    let mut at = object(api, event.ty);
    for step in path.split('.') {
        let Some(s) = at else { return true };
        let Some(field) = s.fields.iter().find(|f| f.wire == step) else {
            return is_match || !s.unions.is_empty();
        };
        at = match &field.ty {
            Ty::Ref(id) => object(api, *id),
            _ => None,
        };
    }
    true
}

/// Puts a value at a path, through objects; null takes it away.
fn put(map: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None if value.is_null() => drop(map.remove(path)),
        None => drop(map.insert(path.to_owned(), value)),
        Some((head, rest)) => {
            let inner = map.entry(head.to_owned()).or_insert_with(|| json!({}));
            if !inner.is_object() {
                *inner = json!({});
            }
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

/// Fields as elements, those of the type in its order, with what it calls the elements of a list.
fn fields(api: &Api, id: TypeId, body: &Map<String, Value>, xml: &mut Xml) {
    let known: &[Field] = object(api, id).map_or(&[], |s| &s.fields);
    for field in known {
        if let Some(value) = body.get(&field.wire) {
            element(api, &field.wire, field.xml_item.as_deref(), &field.ty, value, xml);
        }
    }
    for (name, value) in body.iter().filter(|(name, _)| !known.iter().any(|f| f.wire == **name)) {
        element(api, name, None, &Ty::Prim(wecom_codegen::ir::Prim::Json), value, xml);
    }
}

fn element(api: &Api, name: &str, item: Option<&str>, ty: &Ty, value: &Value, xml: &mut Xml) {
    let inner = match ty {
        Ty::List(of) => of,
        other => other,
    };
    match (value, item) {
        (Value::Null, _) => {}
        (Value::Array(list), Some(item)) => {
            xml.within(name, |xml| list.iter().for_each(|v| element(api, item, None, inner, v, xml)));
        }
        (Value::Array(list), None) => list.iter().for_each(|v| element(api, name, None, inner, v, xml)),
        (Value::Object(map), _) => xml.within(name, |xml| match inner {
            Ty::Ref(id) => fields(api, *id, map, xml),
            _ => map.iter().for_each(|(name, v)| element(api, name, None, inner, v, xml)),
        }),
        (scalar, _) => xml.text(name, &call::text(scalar)),
    }
}
