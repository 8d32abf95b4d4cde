//! What the sandbox remembers between calls.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use wecom_codegen::ir::Auth;

use crate::flow::{Documents, Drive, Kf, Licenses, Mail, Meetings, Oa};
use crate::ids::Ids;
use crate::refuse::{Refusal, refuse, token_codes};
use crate::seed::{Installed, Seed, Suite};

/// Seconds that files are kept.
const MEDIA_SECONDS: i64 = 3 * 24 * 3600;

/// Everything.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) ids: Ids,
    pub(crate) token_seconds: i64,
    pub(crate) corps: BTreeMap<String, Corp>,
    pub(crate) suites: BTreeMap<String, SuiteState>,
    /// Secrets by corp id.
    pub(crate) providers: BTreeMap<String, String>,
    /// By the provider's corp id.
    pub(crate) licenses: BTreeMap<String, Licenses>,
    pub(crate) robots: BTreeSet<String>,
    /// Of `response_url`s that were not used yet, and since when they are good.
    pub(crate) response_codes: BTreeMap<String, i64>,
    pub(crate) media: BTreeMap<String, Media>,
    pub(crate) images: BTreeMap<String, Media>,
    tokens: BTreeMap<String, Token>,
    /// Seconds added to the clock.
    pub(crate) ahead: i64,
}

/// A file.
#[derive(Debug, Clone)]
pub(crate) struct Media {
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) content_type: String,
    pub(crate) bytes: axum::body::Bytes,
    pub(crate) created: i64,
    /// The corp or robot it belongs to.
    pub(crate) owner: String,
}

/// Whom a token speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) kind: Auth,
    /// The corp; of a third-party app's own token its suite id, of a robot its key.
    pub(crate) corp: String,
    pub(crate) agent: i64,
}

impl Caller {
    pub(crate) fn nobody() -> Self {
        Caller { kind: Auth::None, corp: String::new(), agent: 0 }
    }
}

#[derive(Debug)]
struct Token {
    caller: Caller,
    expires: i64,
}

/// A third-party app.
#[derive(Debug)]
pub(crate) struct SuiteState {
    pub(crate) seed: Suite,
    /// The latest last; the one before stays good.
    pub(crate) tickets: Vec<String>,
    pub(crate) installed: Vec<Installed>,
    pub(crate) auth_codes: BTreeMap<String, (String, i64)>,
    pub(crate) pre_auth_codes: BTreeMap<String, i64>,
}

/// A corp.
#[derive(Debug, Default)]
pub(crate) struct Corp {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) apps: BTreeMap<i64, App>,
    pub(crate) departments: BTreeMap<u32, Department>,
    /// By userid in lower case.
    pub(crate) members: BTreeMap<String, Member>,
    pub(crate) tags: BTreeMap<i64, Tag>,
    pub(crate) chats: BTreeMap<String, Chat>,
    pub(crate) messages: BTreeMap<String, Message>,
    pub(crate) jobs: BTreeMap<String, String>,
    /// OAuth codes and member tickets, with whom they stand for.
    pub(crate) codes: BTreeMap<String, String>,
    pub(crate) member_tickets: BTreeMap<String, String>,
    /// userid by openid and by open_userid.
    pub(crate) openids: BTreeMap<String, String>,
    pub(crate) parents: BTreeSet<String>,
    pub(crate) students: BTreeSet<String>,
    pub(crate) externals: BTreeSet<String>,
    pub(crate) classes: BTreeSet<i64>,
    pub(crate) customers: Vec<Customer>,
    pub(crate) kf: Kf,
    pub(crate) oa: Oa,
    pub(crate) meetings: Meetings,
    pub(crate) documents: Documents,
    pub(crate) drive: Drive,
    pub(crate) mail: Mail,
}

/// A customer of a member.
#[derive(Debug, Clone)]
pub(crate) struct Customer {
    pub(crate) id: String,
    pub(crate) user: String,
    pub(crate) remark: String,
    pub(crate) description: String,
    pub(crate) since: i64,
    /// What else the member noted.
    pub(crate) more: BTreeMap<String, Value>,
}

/// A corp's app.
#[derive(Debug, Clone)]
pub(crate) struct App {
    pub(crate) secret: String,
    pub(crate) edits_contacts: bool,
    /// What `agent/get` gives and `agent/set` sets.
    pub(crate) fields: Map<String, Value>,
    pub(crate) template: Option<Map<String, Value>>,
    /// By userid in lower case.
    pub(crate) data: BTreeMap<String, Value>,
}

/// A department.
#[derive(Debug, Clone)]
pub(crate) struct Department {
    pub(crate) name: String,
    pub(crate) name_en: String,
    pub(crate) parent: u32,
    pub(crate) order: u32,
}

/// A member.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) userid: String,
    /// As created and updated.
    pub(crate) fields: Map<String, Value>,
}

impl Member {
    pub(crate) fn departments(&self) -> Vec<u32> {
        let list = self.fields.get("department").and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_u64).filter_map(|n| u32::try_from(n).ok()).collect()
    }

    pub(crate) fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_str).unwrap_or_default()
    }
}

/// A tag.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tag {
    pub(crate) name: String,
    pub(crate) agent: i64,
    pub(crate) users: Vec<String>,
    pub(crate) parties: Vec<u32>,
}

/// A group chat.
#[derive(Debug, Clone)]
pub(crate) struct Chat {
    pub(crate) name: String,
    pub(crate) owner: String,
    pub(crate) users: Vec<String>,
    pub(crate) agent: i64,
}

/// A message that was sent.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) agent: i64,
    pub(crate) at: i64,
    /// userids in lower case.
    pub(crate) to: BTreeSet<String>,
    pub(crate) task_id: String,
    /// Good for one update.
    pub(crate) response_code: Option<String>,
    pub(crate) recalled: bool,
}

impl Customer {
    fn new(id: &str, user: &str) -> Self {
        let (remark, description) = (id.to_owned(), String::new());
        Customer {
            id: id.into(),
            user: user.into(),
            remark,
            description,
            since: 1_600_000_000,
            more: BTreeMap::new(),
        }
    }
}

impl State {
    pub(crate) fn new(seed: &Seed) -> Self {
        let mut state = State {
            ids: Ids::new(seed.number),
            token_seconds: seed.token_seconds,
            corps: seed.corps.iter().map(|c| (c.id.clone(), Corp::new(c))).collect(),
            suites: BTreeMap::new(),
            providers: seed.providers.iter().map(|p| (p.corp_id.clone(), p.secret.clone())).collect(),
            licenses: BTreeMap::new(),
            robots: seed.robots.iter().cloned().collect(),
            response_codes: BTreeMap::new(),
            media: BTreeMap::new(),
            images: BTreeMap::new(),
            tokens: BTreeMap::new(),
            ahead: 0,
        };
        for suite in &seed.suites {
            let mut codes = BTreeMap::new();
            for (code, corp, agent) in &suite.auth_codes {
                codes.insert(code.clone(), (corp.clone(), *agent));
            }
            let tickets = Some(suite.ticket.clone()).filter(|t| !t.is_empty()).into_iter().collect();
            let entry = SuiteState {
                tickets,
                installed: suite.installed.clone(),
                auth_codes: codes,
                pre_auth_codes: BTreeMap::new(),
                seed: suite.clone(),
            };
            state.suites.insert(suite.id.clone(), entry);
        }
        state
    }

    /// Seconds since 1970, as far ahead as was asked for.
    pub(crate) fn now(&self) -> i64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX) + self.ahead
    }

    /// The caller's token and the seconds it has left: the same one while it is good.
    pub(crate) fn issue(&mut self, caller: &Caller) -> (String, i64) {
        let now = self.now();
        let good = self.tokens.iter().find(|(_, t)| t.caller == *caller && t.expires > now);
        if let Some((text, token)) = good {
            return (text.clone(), token.expires - now);
        }
        let text = self.ids.text(64);
        let token = Token { caller: caller.clone(), expires: now + self.token_seconds };
        self.tokens.insert(text.clone(), token);
        (text, self.token_seconds)
    }

    /// Every token is as good as two hours old.
    pub(crate) fn forget_messages(&mut self) {
        self.corps.values_mut().for_each(|corp| corp.messages.clear());
    }

    pub(crate) fn expire_tokens(&mut self) {
        for token in self.tokens.values_mut() {
            token.expires = i64::MIN;
        }
    }

    /// Whom a token stands for, if it is of the kind that is due and good.
    pub(crate) fn caller(&self, due: Auth, given: Option<&str>) -> Result<Caller, Refusal> {
        let codes = token_codes(due);
        let name = due.word();
        let Some(given) = given.filter(|t| !t.is_empty()) else {
            return refuse(codes.missing, format!("no {name} in the query"));
        };
        if due == Auth::Key {
            return match self.robots.contains(given) {
                true => Ok(Caller { kind: due, corp: given.to_owned(), agent: 0 }),
                false => refuse(codes.unknown, "no robot has this key"),
            };
        }
        match self.tokens.get(given) {
            None => refuse(codes.unknown, format!("no {name} like this was given out")),
            Some(t) if t.caller.kind != due => {
                refuse(codes.unknown, format!("{name} is needed here, this is a {}", t.caller.kind.word()))
            }
            Some(t) if t.expires <= self.now() => {
                refuse(codes.expired, format!("this {name} is no longer valid"))
            }
            Some(t) => Ok(t.caller.clone()),
        }
    }

    /// The caller's corp.
    pub(crate) fn corp(&mut self, who: &Caller) -> Result<&mut Corp, Refusal> {
        match self.corps.get_mut(&who.corp) {
            Some(corp) => Ok(corp),
            None => refuse(301007, format!("there is no corp {}", who.corp)),
        }
    }

    /// A file of the owner's, if it is still kept.
    pub(crate) fn file(&self, owner: &str, id: &str) -> Result<&Media, Refusal> {
        match self.media.get(id) {
            Some(m) if m.owner != owner => refuse(40007, format!("media_id {id} is not the caller's")),
            Some(m) if m.created + MEDIA_SECONDS <= self.now() => {
                refuse(40007, format!("media_id {id} is more than three days old"))
            }
            Some(m) => Ok(m),
            None => refuse(40007, format!("there is no media_id {id}")),
        }
    }

    /// Keeps a file.
    pub(crate) fn keep(&mut self, media: Media) -> String {
        let id = format!("3{}", self.ids.text(43));
        self.media.insert(id.clone(), media);
        id
    }
}

impl Corp {
    fn new(seed: &crate::seed::Corp) -> Self {
        let mut corp = Corp {
            id: seed.id.clone(),
            name: seed.name.clone(),
            parents: seed.parents.iter().cloned().collect(),
            students: seed.students.iter().cloned().collect(),
            externals: seed.externals.iter().cloned().collect(),
            classes: seed.classes.iter().copied().collect(),
            customers: seed.customers.iter().map(|(id, user)| Customer::new(id, user)).collect(),
            oa: Oa::new(&seed.approval_templates),
            ..Corp::default()
        };
        let department = |name: &str, parent| Department {
            name: name.to_owned(),
            name_en: String::new(),
            parent,
            order: 100_000_000,
        };
        corp.departments.insert(1, department(&seed.name, 0));
        for (id, name, parent) in &seed.departments {
            corp.departments.insert(*id, department(name, *parent));
        }
        for (userid, name) in &seed.members {
            let fields =
                serde_json::json!({ "userid": userid, "name": name, "department": [1], "order": [0] });
            corp.put(userid, fields.as_object().cloned().unwrap_or_default());
        }
        for app in &seed.apps {
            let fields = serde_json::json!({
                "agentid": app.agent_id, "name": app.name, "square_logo_url": "https://example.com/logo.png",
                "description": app.name, "close": 0, "redirect_domain": "", "report_location_flag": 0,
                "isreportenter": 0, "home_url": "", "allow_userinfos": {"user": []},
                "allow_partys": {"partyid": [1]}, "allow_tags": {"tagid": []},
            });
            let app_state = App {
                secret: app.secret.clone(),
                edits_contacts: app.edits_contacts,
                fields: fields.as_object().cloned().unwrap_or_default(),
                template: None,
                data: BTreeMap::new(),
            };
            corp.apps.insert(app.agent_id, app_state);
        }
        corp
    }

    /// Adds or replaces a member.
    pub(crate) fn put(&mut self, userid: &str, fields: Map<String, Value>) {
        let member = Member { userid: userid.to_owned(), fields };
        self.members.insert(userid.to_lowercase(), member);
    }

    /// A member; letter case does not matter.
    pub(crate) fn member(&self, userid: &str) -> Result<&Member, Refusal> {
        match self.members.get(&userid.to_lowercase()) {
            Some(member) => Ok(member),
            None => refuse(60111, format!("there is no member {userid}")),
        }
    }

    /// The caller's app, if it is the one named.
    pub(crate) fn own_app(&mut self, who: &Caller, agent: i64) -> Result<&mut App, Refusal> {
        if agent != who.agent && self.apps.contains_key(&agent) {
            return refuse(301002, format!("the token is of agentid {}, not {agent}", who.agent));
        }
        match self.apps.get_mut(&agent) {
            Some(app) => Ok(app),
            None => refuse(40056, format!("there is no agentid {agent}")),
        }
    }

    /// The department and all below it.
    pub(crate) fn below(&self, id: u32) -> Vec<u32> {
        let mut all = vec![id];
        let mut next = 0;
        while let Some(parent) = all.get(next).copied() {
            let children = self.departments.iter().filter(|(id, d)| d.parent == parent && !all.contains(id));
            let children: Vec<u32> = children.map(|(id, _)| *id).collect();
            all.extend(children);
            next += 1;
        }
        all
    }
}
