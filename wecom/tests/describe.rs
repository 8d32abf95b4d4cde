//! The description at run time: all endpoints are listed, and calls by path are held against it as the sandbox holds them.
#![cfg(feature = "describe")]

use std::collections::BTreeMap;

use serde_json::{Value, json};
use wecom::describe::check;
use wecom::{Client, EndpointInfo, Error, Method, Mode, Provider, TokenKind};
use wecom_codegen::check::{Checker, Side};
use wecom_codegen::ir::{Endpoint, Place, RequestBody};
use wecom_sandbox::Sandbox;

/// Every endpoint of the enabled features, with the values of the spec.
#[tokio::test]
async fn endpoints_are_listed() {
    let sandbox = Sandbox::start().await.expect("starts");
    let listed: BTreeMap<&str, &EndpointInfo> = wecom::endpoints().map(|info| (info.path, info)).collect();
    assert_eq!(listed.len(), wecom::endpoints().count(), "each once");
    let features: std::collections::BTreeSet<&str> = listed.values().map(|info| info.feature).collect();
    let mut seen = 0;
    for (module, endpoint) in
        sandbox.api().endpoints().filter(|(module, _)| features.contains(module.feature()))
    {
        let path = path(endpoint);
        let info = listed.get(path.as_str()).unwrap_or_else(|| panic!("{path} is not listed"));
        assert_eq!((info.title, info.feature), (endpoint.title.as_str(), module.feature()), "{path}");
        assert_eq!(info.method == Method::Post, endpoint.post, "{path}");
        assert_eq!(info.auth.parameter(), endpoint.auth.word().trim_start_matches("none"), "{path}");
        let modes: Vec<String> = info.modes.iter().map(|mode| format!("{mode:?}")).collect();
        let expected: Vec<String> = endpoint.modes.iter().map(|mode| format!("{mode:?}")).collect();
        assert_eq!(modes, expected, "{path}");
        assert_eq!(info.rate.len(), endpoint.rate.len(), "{path}");
        seen += 1;
    }
    assert_eq!(seen, listed.len());
    let send = listed["/cgi-bin/message/send"];
    assert_eq!((send.auth, send.method, send.page), (TokenKind::AccessToken, Method::Post, 90236));
    assert!(send.modes.contains(&Mode::Internal) && !send.rate.is_empty());
}

/// With its fixed query, where it has one.
fn path(endpoint: &Endpoint) -> String {
    let fixed: Vec<String> = endpoint.fixed.iter().map(|(name, value)| format!("{name}={value}")).collect();
    if fixed.is_empty() { endpoint.path.clone() } else { format!("{}?{}", endpoint.path, fixed.join("&")) }
}

fn is_json(endpoint: &Endpoint) -> bool {
    endpoint.body != RequestBody::Multipart
}

/// What the sandbox accepts passes, of all endpoints; and what it would refuse is refused in its words: each sample with one of its
/// fields taken away, and with one of another type.
#[tokio::test]
async fn it_finds_what_the_sandbox_finds() {
    let sandbox = Sandbox::start().await.expect("starts");
    let (mut passed, mut refused) = (0, 0);
    for (_, endpoint) in sandbox.api().endpoints().filter(|(_, endpoint)| is_json(endpoint)) {
        let path = path(endpoint);
        let sample = sandbox.sample(&path).unwrap_or_else(|| panic!("no sample of {path}"));
        let mut parameters = sample.body.as_object().cloned().unwrap_or_default();
        for (name, value) in &sample.query {
            parameters.insert(name.clone(), value.as_str().into());
        }
        check(&path, &Value::Object(parameters.clone())).unwrap_or_else(|error| panic!("{error}"));
        passed += 1;
        let Some(body) = sample.body.as_object() else { continue };
        for name in body.keys() {
            for wrong in [None, Some(json!({"no": ["such", {"thing": 1}]}))] {
                let (mut body, mut parameters) = (body.clone(), parameters.clone());
                for map in [&mut body, &mut parameters] {
                    match &wrong {
                        None => drop(map.remove(name)),
                        Some(wrong) => drop(map.insert(name.clone(), wrong.clone())),
                    }
                }
                let matches = |pattern: &str, text: &str| {
                    regex_lite::Regex::new(pattern).map_or(true, |regex| regex.is_match(text))
                };
                let checker = Checker::new(sandbox.api(), Side::Sent).patterns(matches);
                let mut expected = checker.pairs(endpoint.request, Place::Query, &sample.query, &[]);
                expected.extend(checker.report(endpoint.request, &Value::Object(body)).findings);
                let mut expected: Vec<String> =
                    expected.into_iter().filter(|f| f.refuses()).map(|f| f.text).collect();
                let mut found: Vec<String> = match check(&path, &Value::Object(parameters)) {
                    Ok(()) => Vec::new(),
                    Err(error) => error.mistakes().iter().map(|mistake| mistake.text.clone()).collect(),
                };
                expected.sort();
                found.sort();
                assert_eq!(found, expected, "{path} {name}");
                refused += usize::from(!found.is_empty());
            }
        }
    }
    assert!(passed > 700 && refused > 1000, "{passed} {refused}");
}

#[tokio::test]
async fn a_checked_call_is_made() {
    let sandbox = Sandbox::start().await.expect("starts");
    let builder = Client::builder(Sandbox::CORP_ID, Sandbox::SECRET).agent(Sandbox::AGENT_ID);
    let client = builder.base_url(sandbox.base_url()).build().expect("builds");
    // The URL's parameters and the body's stand in one object.
    let listed = client.checked("/cgi-bin/user/simplelist", &json!({"department_id": 1})).expect("fits");
    assert!(!listed.await.expect("answers")["userlist"].as_array().expect("a list").is_empty());
    let message = json!({"touser": "zhangsan", "msgtype": "text", "agentid": Sandbox::AGENT_ID, "text": {"content": "x"}});
    let sent = client.checked("/cgi-bin/message/send", &message).expect("fits");
    assert_eq!(sent.await.expect("answers")["errcode"], 0);
    sandbox.clear();
    let error = client
        .checked("/cgi-bin/message/send", &json!({"touser": "a", "msgtype": "text", "agentid": 1}))
        .expect_err("no text");
    assert!(matches!(&error, Error::Encode { .. }) && error.is_parameter(), "{error:?}");
    assert_eq!(error.endpoint(), Some("/cgi-bin/message/send"));
    assert!(sandbox.requests().is_empty(), "nothing was sent");
    // The sandbox itself says the same of it.
    let body = json!({"touser": "a", "msgtype": "text", "agentid": 1});
    let refused =
        client.raw(Method::Post, "/cgi-bin/message/send", &[], Some(body)).await.expect_err("refused");
    let said = refused.api().expect("a refusal").errmsg();
    let text = check("/cgi-bin/message/send", &json!({"touser": "a", "msgtype": "text", "agentid": 1}));
    let text = text.expect_err("no text").mistakes()[0].text.clone();
    assert!(said.contains(&text), "{said}: {text}");
}

#[test]
fn what_is_wrong_with_the_call_itself() {
    for (path, parameters, expected) in [
        ("/cgi-bin/usr/get", json!({}), "no such path; did you mean /cgi-bin/"),
        ("/cgi-bin/nothing/like/it", json!({}), "call it with `raw`"),
        ("/cgi-bin/user/get", json!([1]), "must be a JSON object"),
        ("/cgi-bin/user/get", json!({"userid": ["a"]}), "userid: a parameter of the URL must be a text"),
        ("/cgi-bin/user/get", json!({"userid": null}), "userid"),
        ("/cgi-bin/user/get", Value::Null, "userid"),
        ("/cgi-bin/media/upload", json!({}), "does not take JSON"),
        ("/cgi-bin/ticket/get", json!({}), "type=agent_config"),
    ] {
        let error = check(path, &parameters).expect_err(path).to_string();
        assert!(error.starts_with(path) && error.contains(expected), "{path}: {error}");
    }
    check("/cgi-bin/ticket/get?type=agent_config", &Value::Null).expect("a fixed query in the path");
    check("/cgi-bin/ticket/get?type=agent%5Fconfig", &Value::Null).expect("encoded as a URL is");
    check("/cgi-bin/ticket/get", &json!({"type": "agent_config"})).expect("or beside it");
    check("/cgi-bin/user/get", &json!({"userid": "a", "brand_new": 1})).expect("what is unknown passes");
}

#[test]
fn the_token_must_be_that_of_the_client() {
    let provider = Provider::builder("ww", "secret").exchange(wecom::exchange::stub(|_| json!({})));
    let provider = provider.build().expect("builds");
    let error = provider.checked("/cgi-bin/user/get", &json!({"userid": "a"})).expect_err("a corp's call");
    let text = error.to_string();
    assert!(text.contains("needs a access_token, and this client has a provider_access_token"), "{text}");
}
