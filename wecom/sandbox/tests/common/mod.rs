//! A sandbox and a plain HTTP client, and one helper that says what a call must give.

#![allow(dead_code, reason = "each test file uses some of it")]
#![allow(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};
use wecom_codegen::check::{Checker, Side};
use wecom_sandbox::{Builder, Sandbox};

pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) http: reqwest::Client,
    /// `access_token=…`, or what else goes before other parameters.
    pub(crate) auth: String,
}

impl World {
    pub(crate) async fn start() -> World {
        World::with(Sandbox::builder()).await
    }

    pub(crate) async fn with(builder: Builder) -> World {
        let sandbox = builder.start().await.unwrap();
        World { sandbox, http: reqwest::Client::new(), auth: String::new() }
    }

    /// With the token of the default app.
    pub(crate) async fn app() -> World {
        let mut world = World::start().await;
        world.sign_in(Sandbox::SECRET).await;
        world
    }

    pub(crate) async fn sign_in(&mut self, secret: &str) {
        let path = format!("GET /cgi-bin/gettoken?corpid={}&corpsecret={secret}", Sandbox::CORP_ID);
        self.auth.clear();
        let answer = self.call(&path, json!(null), 0, json!({})).await;
        self.auth = format!("access_token={}", answer["access_token"].as_str().unwrap());
    }

    pub(crate) fn url(&self, path: &str) -> String {
        let sign = if path.contains('?') { '&' } else { '?' };
        format!("{}{path}{sign}{}", self.sandbox.base_url(), self.auth)
    }

    /// Sends a call and checks errcode, a part of the answer, and, where it succeeds, the whole answer against the spec.
    pub(crate) async fn call(&self, what: &str, body: Value, errcode: i64, part: Value) -> Value {
        let (method, path) = what.split_once(' ').unwrap();
        let mut request = self.http.request(method.parse().unwrap(), self.url(path));
        if !body.is_null() {
            request = request.body(body.to_string());
        }
        let text = request.send().await.unwrap().text().await.unwrap();
        let answer: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{what}: {e} in {text}"));
        let code = answer.get("errcode").and_then(Value::as_i64).unwrap_or(0);
        assert_eq!(code, errcode, "{what} {body} gave {text}");
        assert!(covers(&answer, &part), "{what}: {part} is not in {text}");
        if code == 0 {
            self.conforms(path.split('?').next().unwrap(), &answer);
        }
        answer
    }

    /// Sends a call that must be answered, whatever it says.
    pub(crate) async fn send(&self, what: &str, body: &Value) -> Value {
        let (method, path) = what.split_once(' ').unwrap();
        let request = self.http.request(method.parse().unwrap(), self.url(path)).body(body.to_string());
        let answer = request.send().await.unwrap_or_else(|e| panic!("{what} {body}: {e}"));
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    /// Sends a small file in a form, under the part that the endpoint names.
    pub(crate) async fn upload(&self, path: &str) -> Value {
        let bare = path.split('?').next().unwrap();
        let file =
            self.sandbox.api().endpoints().find(|(_, e)| e.path == bare).and_then(|(_, e)| e.file.clone());
        let part = reqwest::multipart::Part::bytes(b"0123456789".to_vec()).file_name("a.png");
        let form = reqwest::multipart::Form::new().part(file.unwrap().part, part);
        let answer =
            self.http.post(self.url(path)).multipart(form).send().await.unwrap().text().await.unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer["errcode"], 0, "{path}: {answer}");
        self.conforms(bare, &answer);
        answer
    }

    pub(crate) fn conforms(&self, path: &str, answer: &Value) {
        let api = self.sandbox.api();
        let Some(ty) = api.endpoints().find(|(_, e)| e.path == path).and_then(|(_, e)| e.response) else {
            return;
        };
        let found = Checker::new(api, Side::Received).report(ty, answer).findings;
        assert!(found.is_empty(), "{path} answers {answer}: {found:?}");
    }
}

/// Whether all of `part` stands in `whole`; arrays are equal as a whole.
pub(crate) fn covers(whole: &Value, part: &Value) -> bool {
    match part {
        Value::Object(map) => map.iter().all(|(k, v)| whole.get(k).is_some_and(|w| covers(w, v))),
        other => whole == other,
    }
}
