//! What the sandbox knows when it starts: corps, apps, third-party apps, providers, group robots.

use crate::Sandbox;

/// Corps, apps and people there are before the first call.
#[derive(Debug, Clone)]
pub struct Seed {
    /// Corps.
    pub corps: Vec<Corp>,
    /// Third-party apps.
    pub suites: Vec<Suite>,
    /// Service providers.
    pub providers: Vec<Provider>,
    /// Keys of group robots.
    pub robots: Vec<String>,
    /// Lifetime of tokens, seconds.
    pub token_seconds: i64,
    /// Where generated ids and tokens start.
    pub number: u64,
}

impl Default for Seed {
    fn default() -> Self {
        let people = |corp: Corp| {
            let corp = corp.member(Sandbox::USER_ID, "张三").member(Sandbox::OTHER_USER_ID, "李四");
            let corp = corp.customer(Sandbox::EXTERNAL_USER_ID, Sandbox::USER_ID);
            corp.approval_template(Sandbox::TEMPLATE_ID).department(2, "研发部", 1)
        };
        Seed {
            corps: vec![
                people(Corp::new(Sandbox::CORP_ID, "沙箱企业"))
                    .app(App::new(Sandbox::AGENT_ID, "沙箱应用", Sandbox::SECRET))
                    .app(App::new(Sandbox::OTHER_AGENT_ID, "另一应用", Sandbox::OTHER_SECRET).read_only())
                    .parent(Sandbox::PARENT_USER_ID)
                    .student(Sandbox::STUDENT_USER_ID),
                people(Corp::new(Sandbox::AUTH_CORP_ID, "授权企业")).app(App::new(
                    Sandbox::SUITE_AGENT_ID,
                    "第三方应用",
                    "",
                )),
            ],
            suites: vec![
                Suite::new(Sandbox::SUITE_ID, Sandbox::SUITE_SECRET)
                    .ticket(Sandbox::SUITE_TICKET)
                    .callback(Sandbox::CALLBACK_TOKEN, Sandbox::CALLBACK_AES_KEY)
                    .installed(Sandbox::AUTH_CORP_ID, Sandbox::SUITE_AGENT_ID, Sandbox::PERMANENT_CODE)
                    .auth_code(Sandbox::AUTH_CODE, Sandbox::AUTH_CORP_ID, Sandbox::SUITE_AGENT_ID),
            ],
            providers: vec![Provider {
                corp_id: Sandbox::PROVIDER_CORP_ID.into(),
                secret: Sandbox::PROVIDER_SECRET.into(),
            }],
            robots: vec![Sandbox::WEBHOOK_KEY.into()],
            token_seconds: 7200,
            number: 1,
        }
    }
}

/// A corp.
#[derive(Debug, Clone)]
pub struct Corp {
    /// corpid
    pub id: String,
    /// Short name.
    pub name: String,
    /// Its apps.
    pub apps: Vec<App>,
    /// Departments besides the root: id, name, parent.
    pub departments: Vec<(u32, String, u32)>,
    /// Members of the root department: userid, name.
    pub members: Vec<(String, String)>,
    /// Parents in the school contacts.
    pub parents: Vec<String>,
    /// Students in the school contacts.
    pub students: Vec<String>,
    /// External contacts.
    pub externals: Vec<String>,
    /// Departments of the school contacts.
    pub classes: Vec<i64>,
    /// Customers of members: external_userid, userid.
    pub customers: Vec<(String, String)>,
    /// Ids of approval templates.
    pub approval_templates: Vec<String>,
}

impl Corp {
    /// With the root department and nothing else.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Corp {
            id: id.into(),
            name: name.into(),
            apps: Vec::new(),
            departments: Vec::new(),
            members: Vec::new(),
            parents: Vec::new(),
            students: Vec::new(),
            externals: Vec::new(),
            classes: vec![1],
            customers: Vec::new(),
            approval_templates: Vec::new(),
        }
    }

    /// Adds an app.
    #[must_use]
    pub fn app(mut self, app: App) -> Self {
        self.apps.push(app);
        self
    }

    /// Adds a department.
    #[must_use]
    pub fn department(mut self, id: u32, name: impl Into<String>, parent: u32) -> Self {
        self.departments.push((id, name.into(), parent));
        self
    }

    /// Adds a member to the root department.
    #[must_use]
    pub fn member(mut self, user_id: impl Into<String>, name: impl Into<String>) -> Self {
        self.members.push((user_id.into(), name.into()));
        self
    }

    /// Adds a parent to the school contacts.
    #[must_use]
    pub fn parent(mut self, user_id: impl Into<String>) -> Self {
        self.parents.push(user_id.into());
        self
    }

    /// Adds a student to the school contacts.
    #[must_use]
    pub fn student(mut self, user_id: impl Into<String>) -> Self {
        self.students.push(user_id.into());
        self
    }

    /// Adds an external contact.
    #[must_use]
    pub fn external(mut self, external_user_id: impl Into<String>) -> Self {
        self.externals.push(external_user_id.into());
        self
    }

    /// Adds a customer of a member.
    #[must_use]
    pub fn customer(mut self, external_user_id: impl Into<String>, user_id: impl Into<String>) -> Self {
        self.customers.push((external_user_id.into(), user_id.into()));
        self
    }

    /// Adds an approval template, without controls.
    #[must_use]
    pub fn approval_template(mut self, id: impl Into<String>) -> Self {
        self.approval_templates.push(id.into());
        self
    }

    /// Adds a department to the school contacts.
    #[must_use]
    pub fn class(mut self, id: i64) -> Self {
        self.classes.push(id);
        self
    }
}

/// A corp's app.
#[derive(Debug, Clone)]
pub struct App {
    /// agentid
    pub agent_id: i64,
    /// Name.
    pub name: String,
    /// Secret; empty for a third-party app, which has none of its own.
    pub secret: String,
    /// May edit the contacts.
    pub edits_contacts: bool,
}

impl App {
    /// An app that may edit the contacts.
    pub fn new(agent_id: i64, name: impl Into<String>, secret: impl Into<String>) -> Self {
        App { agent_id, name: name.into(), secret: secret.into(), edits_contacts: true }
    }

    /// May not edit the contacts: 48002.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.edits_contacts = false;
        self
    }
}

/// A third-party app, or a template of apps that a provider develops for its customers (its id begins with `dk`).
#[derive(Debug, Clone)]
pub struct Suite {
    /// suite_id
    pub id: String,
    /// suite_secret
    pub secret: String,
    /// suite_ticket, as pushed last.
    pub ticket: String,
    /// Token of its callback URL.
    pub callback_token: String,
    /// EncodingAESKey of its callback URL: 43 characters.
    pub callback_aes_key: String,
    /// Where it is installed.
    pub installed: Vec<Installed>,
    /// Temporary codes of authorisations: code, corp, agentid.
    pub auth_codes: Vec<(String, String, i64)>,
}

/// A corp that installed a third-party app.
#[derive(Debug, Clone)]
pub struct Installed {
    /// corpid
    pub corp_id: String,
    /// agentid the app has there.
    pub agent_id: i64,
    /// permanent_code
    pub permanent_code: String,
}

impl Suite {
    /// Nowhere installed, without ticket and callback.
    pub fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Suite {
            id: id.into(),
            secret: secret.into(),
            ticket: String::new(),
            callback_token: String::new(),
            callback_aes_key: String::new(),
            installed: Vec::new(),
            auth_codes: Vec::new(),
        }
    }

    /// The ticket that is good before one is pushed.
    #[must_use]
    pub fn ticket(mut self, ticket: impl Into<String>) -> Self {
        self.ticket = ticket.into();
        self
    }

    /// Token and EncodingAESKey of callbacks.
    #[must_use]
    pub fn callback(mut self, token: impl Into<String>, aes_key: impl Into<String>) -> Self {
        self.callback_token = token.into();
        self.callback_aes_key = aes_key.into();
        self
    }

    /// Installed in a corp.
    #[must_use]
    pub fn installed(
        mut self,
        corp_id: impl Into<String>,
        agent_id: i64,
        permanent_code: impl Into<String>,
    ) -> Self {
        self.installed.push(Installed {
            corp_id: corp_id.into(),
            agent_id,
            permanent_code: permanent_code.into(),
        });
        self
    }

    /// A temporary code that a permanent one can be had for, once.
    #[must_use]
    pub fn auth_code(mut self, code: impl Into<String>, corp_id: impl Into<String>, agent_id: i64) -> Self {
        self.auth_codes.push((code.into(), corp_id.into(), agent_id));
        self
    }
}

/// A service provider.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Its corpid.
    pub corp_id: String,
    /// provider_secret
    pub secret: String,
}

/// Ids and secrets of the default seed. None of them is real.
impl Sandbox {
    /// Corp of the internal app.
    pub const CORP_ID: &'static str = "ww5a4db0c000000001";
    /// Secret of its app, which may edit the contacts.
    pub const SECRET: &'static str = "sandbox-secret-of-app-1000002-0123456789abc";
    /// agentid of the app.
    pub const AGENT_ID: i64 = 1_000_002;
    /// Secret of another app of the corp, which may only read the contacts.
    pub const OTHER_SECRET: &'static str = "sandbox-secret-of-app-1000003-0123456789abc";
    /// agentid of the other app.
    pub const OTHER_AGENT_ID: i64 = 1_000_003;
    /// A member of every default corp.
    pub const USER_ID: &'static str = "zhangsan";
    /// Another one.
    pub const OTHER_USER_ID: &'static str = "lisi";
    /// A customer of the first.
    pub const EXTERNAL_USER_ID: &'static str = "wmSandboxCustomer0000000000000001";
    /// An approval template.
    pub const TEMPLATE_ID: &'static str = "3SandboxTemplate000000000000000000000000001";
    /// A parent in the school contacts.
    pub const PARENT_USER_ID: &'static str = "zhangsan_parent";
    /// A student in the school contacts.
    pub const STUDENT_USER_ID: &'static str = "zhangsan_student";
    /// A third-party app.
    pub const SUITE_ID: &'static str = "ww5a4db0c0000000a1";
    /// Its secret.
    pub const SUITE_SECRET: &'static str = "sandbox-suite-secret-0123456789abcdefghijkl";
    /// The ticket that is good before one is pushed.
    pub const SUITE_TICKET: &'static str = "sandbox-suite-ticket-0123456789abcdefghijklmnopqrstuvwxyz";
    /// The corp that installed it.
    pub const AUTH_CORP_ID: &'static str = "ww5a4db0c000000002";
    /// agentid that it has there.
    pub const SUITE_AGENT_ID: i64 = 1_000_010;
    /// Its permanent code there.
    pub const PERMANENT_CODE: &'static str = "sandbox-permanent-code-0123456789abcdefghijklmnopqrstuvwxyz";
    /// A temporary code, good once.
    pub const AUTH_CODE: &'static str =
        "sandbox-auth-code-0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghi";
    /// Corp of a service provider.
    pub const PROVIDER_CORP_ID: &'static str = "ww5a4db0c000000003";
    /// Its secret.
    pub const PROVIDER_SECRET: &'static str = "sandbox-provider-secret-0123456789abcdefghi";
    /// Key of a group robot.
    pub const WEBHOOK_KEY: &'static str = "5a4db0c0-0000-4000-8000-000000000001";
    /// Token of callbacks: the corp's, the third-party app's, the robot's.
    pub const CALLBACK_TOKEN: &'static str = "SandboxCallbackToken";
    /// Their EncodingAESKey.
    pub const CALLBACK_AES_KEY: &'static str = "SandboxSandboxSandboxSandboxSandboxSandbox0";
}
