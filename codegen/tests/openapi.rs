//! The OpenAPI export of a small spec that has everything, and of the real one; the AsyncAPI export of the real one.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use wecom_codegen::check::{Checker, Side};
use wecom_codegen::openapi::{Options, Version, asyncapi, openapi};
use wecom_codegen::source::SourceFile;
use wecom_codegen::{ir, load};

fn spec(dir: &Path) -> ir::Api {
    let mut files = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(&at).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "yaml") {
                let text = fs::read_to_string(&path).expect("a file");
                let rel = path.strip_prefix(dir).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                files.push(SourceFile { path: rel, text });
            }
        }
    }
    load(files).api
}

fn small() -> ir::Api {
    spec(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/spec"))
}

fn real() -> ir::Api {
    spec(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec"))
}

fn make(api: &ir::Api, version: Version, module: Option<&str>) -> Value {
    openapi(api, &Options { version, module, api_version: "1.2.3", forms: true })
}

/// Calls `see` for every value with its pointer.
fn walk(value: &Value, at: &str, see: &mut dyn FnMut(&str, &Value)) {
    see(at, value);
    match value {
        Value::Object(map) => map.iter().for_each(|(k, v)| walk(v, &format!("{at}/{k}"), see)),
        Value::Array(list) => list.iter().enumerate().for_each(|(i, v)| walk(v, &format!("{at}/{i}"), see)),
        _ => {}
    }
}

/// References lead somewhere, names of operations are unique, required properties exist.
fn sound(doc: &Value) {
    let mut ids = BTreeSet::new();
    walk(doc, "", &mut |at, v| {
        if let Some(to) = v.get("$ref").and_then(Value::as_str) {
            let pointer = to.strip_prefix('#').unwrap_or_default();
            assert!(doc.pointer(pointer).is_some(), "{at}: {to} leads nowhere");
        }
        if let Some(id) = v.get("operationId").and_then(Value::as_str) {
            assert!(ids.insert(id.to_owned()), "{id} stands twice");
        }
        if let (Some(required), Some(properties)) =
            (v.get("required").and_then(Value::as_array), v.get("properties"))
        {
            for name in required {
                assert!(
                    properties.get(name.as_str().unwrap_or_default()).is_some(),
                    "{at}: {name} is required and not there"
                );
            }
        }
    });
    assert!(!ids.is_empty());
    // Generators make one word of each name.
    let schemas = doc["components"]["schemas"].as_object().expect("schemas");
    let mut words = BTreeSet::new();
    for name in schemas.keys() {
        assert!(words.insert(name.replace('.', "")), "{name} is the name of another schema, too");
    }
}

#[test]
fn both_versions_of_both_specs_are_sound() {
    for api in [small(), real()] {
        for version in [Version::V30, Version::V31] {
            let doc = make(&api, version, None);
            sound(&doc);
            let operations: usize = doc["paths"]
                .as_object()
                .map_or(0, |p| p.values().map(|i| i.as_object().map_or(0, |i| i.len())).sum());
            let functions: BTreeSet<(&str, bool)> =
                api.endpoints().map(|(_, e)| (e.path.as_str(), e.post)).collect();
            assert_eq!(operations, functions.len());
        }
    }
}

#[test]
fn modules_stand_alone() {
    let api = real();
    for module in &api.modules {
        sound(&make(&api, Version::V31, Some(&module.name)));
    }
    assert_eq!(make(&api, Version::V31, Some("nosuch"))["paths"], json!({}));
}

#[test]
fn version_3_0_has_no_words_of_3_1() {
    for api in [small(), real()] {
        walk(&make(&api, Version::V30, None), "", &mut |at, v| {
            // Names of fields may be anything.
            if let Some(map) =
                v.as_object().filter(|_| !at.ends_with("/properties") && !at.contains("/example"))
            {
                for word in
                    ["const", "examples", "contentEncoding", "contentMediaType", "contentSchema", "not"]
                {
                    assert!(!map.contains_key(word), "{at} has {word}");
                }
                // Siblings of a reference are not read.
                assert!(!map.contains_key("$ref") || map.len() == 1, "{at}: siblings of a reference");
            }
        });
    }
}

#[test]
fn what_the_small_spec_says() {
    let api = small();
    let doc = make(&api, Version::V31, None);
    let get = &doc["paths"]["/cgi-bin/demo/get"]["get"];
    assert_eq!(get["security"], json!([{"access_token": []}]));
    assert_eq!(get["parameters"][0]["name"], "id");
    assert_eq!(get["parameters"][0]["required"], true);
    assert_eq!(get["parameters"][0]["schema"]["maxLength"], 64);
    assert_eq!(get["x-modes"], json!(["internal", "third_party"]));
    assert_eq!(doc["components"]["securitySchemes"]["suite_access_token"]["in"], "query");
    let list = &doc["paths"]["/cgi-bin/demo/list"]["post"];
    assert_eq!(list["deprecated"], true);
    assert_eq!(list["x-paging"]["ask"], "cursor");
    assert_eq!(list["x-rate-limits"][0]["calls"], 30);
    assert_eq!(doc["paths"]["/cgi-bin/demo/ping"]["post"].get("security"), None);
    let schemas = &doc["components"]["schemas"];
    let limit = &schemas["demo.List"]["properties"]["limit"];
    assert_eq!(
        (&limit["default"], &limit["minimum"], &limit["maximum"]),
        (&json!(50), &json!(1), &json!(100))
    );
    // A tagged union has a discriminator; the tag is in every variant.
    let content = &schemas["demo.Content"];
    assert_eq!(content["discriminator"]["propertyName"], "msgtype");
    assert_eq!(content["discriminator"]["mapping"]["text"], "#/components/schemas/demo.Content.Text");
    assert_eq!(schemas["demo.Content.Text"]["required"], json!(["msgtype", "text"]));
    // An enumeration is open.
    let kind = &schemas["demo.GetType"];
    assert_eq!(kind["anyOf"].as_array().map(Vec::len), Some(2));
    assert_eq!(kind["x-open"], true);
    assert_eq!(doc["info"]["version"], "1.2.3");
    assert_eq!(doc["x-error-codes"].as_array().map(Vec::len), Some(api.errors.len()));
}

#[test]
fn files_are_binary() {
    let api = real();
    let doc = make(&api, Version::V30, None);
    let body = &doc["paths"]["/cgi-bin/media/upload"]["post"]["requestBody"]["content"]["multipart/form-data"]
        ["schema"];
    assert_eq!(body["properties"]["media"]["format"], "binary");
    assert_eq!(body["required"], json!(["media"]));
    let content = &doc["paths"]["/cgi-bin/media/get"]["get"]["responses"]["200"]["content"];
    assert_eq!(content["application/octet-stream"]["schema"]["format"], "binary");
    assert!(content.get("application/json").is_some(), "failures are JSON");
}

/// One path, two functions told apart by a fixed parameter: one operation, whose parameter has both values.
#[test]
fn functions_of_one_path_are_one_operation() {
    let one = |kind: &str, field: &str| {
        format!(
            "  /cgi-bin/demo/get?kind={kind}:\n    title: {kind}\n    method: GET\n    auth: access_token\n    modes: [internal]\n    source:\n      - {{page: 1}}\n    query:\n      fields:\n        {field}:\n          type: string\n          required: true\n    response:\n      fields:\n        {field}_out:\n          type: string\n"
        )
    };
    let text = format!("module: demo\ntitle: 演示\nendpoints:\n{}{}", one("alpha", "a"), one("beta", "b"));
    let loaded = load(vec![SourceFile { path: "demo/demo.yaml".into(), text }]);
    let doc = make(&loaded.api, Version::V31, None);
    sound(&doc);
    let get = &doc["paths"]["/cgi-bin/demo/get"]["get"];
    assert_eq!(get["parameters"][0]["schema"]["enum"], json!(["alpha", "beta"]), "{get}");
    assert_eq!(
        (&get["parameters"][1]["required"], &get["parameters"][2]["required"]),
        (&json!(false), &json!(false))
    );
    let schema = &get["responses"]["200"]["content"]["application/json"]["schema"];
    assert_eq!(schema["anyOf"].as_array().map(Vec::len), Some(2));
}

#[test]
fn forms_can_be_left_out() {
    let api = real();
    let make =
        |forms| openapi(&api, &Options { version: Version::V30, module: None, api_version: "1.2.3", forms });
    let (with, without) = (make(true), make(false));
    assert!(with.get("x-left-out").is_none());
    let left: Vec<&str> =
        without["x-left-out"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    assert!(!left.is_empty());
    for path in left {
        let form = &with["paths"][path]["post"]["requestBody"]["content"]["multipart/form-data"];
        assert!(form.is_object() && without["paths"].get(path).is_none(), "{path}");
    }
    assert!(!without["paths"].to_string().contains("multipart/form-data"));
}

#[test]
fn each_command_is_an_operation_of_the_connection() {
    let api = real();
    let doc = asyncapi(&api, "1.2.3");
    assert_eq!((&doc["asyncapi"], &doc["info"]["version"]), (&json!("3.0.0"), &json!("1.2.3")));
    assert!(doc["info"]["description"].as_str().is_some_and(|d| d.contains("aibot") || d.contains("req_id")));
    walk(&doc, "", &mut |at, v| {
        let Some(map) = v.as_object().filter(|_| !at.ends_with("/properties")) else { return };
        if let Some(to) = map.get("$ref").and_then(Value::as_str) {
            assert!(doc.pointer(to.trim_start_matches('#')).is_some(), "{at}: {to} leads nowhere");
            assert_eq!(map.len(), 1, "{at}: what stands beside a reference is not read");
        }
        assert!(!map.contains_key("discriminator"), "{at}");
        if let (Some(required), Some(properties)) =
            (map.get("required").and_then(Value::as_array), map.get("properties"))
        {
            let missing = required.iter().find(|name| properties.get(name.as_str().unwrap_or("")).is_none());
            assert_eq!(missing, None, "{at}: required and not there");
        }
    });
    let operations = doc["operations"].as_object().expect("operations");
    assert!(operations.len() > 8 && operations.len() == api.commands.len());
    let messages = doc["components"]["messages"].as_object().expect("messages");
    let sent = api.commands.iter().filter(|c| !c.pushed).count();
    assert_eq!(
        messages.len(),
        api.commands.len() + sent,
        "a frame each, and an acknowledgement for each that is sent"
    );
    for c in &api.commands {
        let op = &operations[&c.key];
        assert_eq!(op["action"], if c.pushed { "receive" } else { "send" }, "{}", c.key);
        assert_eq!(op.get("reply").is_none(), c.pushed, "{}", c.key);
        let frame = &messages[&c.key];
        assert_eq!(frame["payload"]["properties"]["cmd"]["const"], json!(c.key));
        // The examples are what the spec takes.
        let example = &frame["examples"][0]["payload"];
        let body = &example["body"];
        if let Some(ty) = c.request.filter(|_| !body.is_null()) {
            let found = Checker::new(&api, Side::Sent).report(ty, body).findings;
            // What is required only as other fields stand is in words, here as in the schema.
            let wrong = found.iter().find(|f| f.refuses() && !f.text.contains("required when"));
            assert_eq!(wrong, None, "{} in {example}", c.key);
        }
    }
    let ping = &messages["ping"]["payload"]["properties"];
    assert!(
        ping.get("body").is_none()
            && messages["aibot_subscribe"]["payload"]["properties"]["body"].is_object()
    );
    let ack = &messages["aibot_upload_media_init.ack"]["payload"]["properties"];
    assert_eq!(ack["body"]["$ref"], "#/components/schemas/aibot.UploadMediaInitResponse");
    assert_eq!(operations["aibot_send_msg"]["x-rate-limits"][0]["calls"], 30);
    assert_eq!(operations["aibot_respond_msg"]["x-errors"][1]["code"], 846_608);
}

#[test]
fn what_is_pushed_is_told_by_its_words() {
    let api = real();
    let doc = asyncapi(&api, "1.2.3");
    let tags = |cmd: &str, title: &str| {
        let frame = &doc["components"]["messages"][cmd];
        let bodies = frame["payload"]["properties"]["body"]["anyOf"].as_array().expect("bodies");
        let body = bodies.iter().find(|b| b["title"] == title);
        body.map(|b| b["allOf"][0]["properties"].clone()).unwrap_or_default()
    };
    let (messages, events) = ("aibot_msg_callback", "aibot_event_callback");
    assert_eq!(tags(messages, "文本消息"), json!({"msgtype": {"type": "string", "const": "text"}}));
    let kind = json!({"type": "string", "const": "enter_chat"});
    assert_eq!(
        tags(events, "进入会话事件"),
        json!({
            "msgtype": {"type": "string", "const": "event"},
            "event": {"type": "object", "required": ["eventtype"], "properties": {"eventtype": kind}},
        })
    );
    // Each comes with one of the two; the refresh of a stream with none, since it is of URL mode alone.
    for (cmd, title) in [
        (events, "文本消息"),
        (messages, "进入会话事件"),
        (messages, "流式消息刷新"),
        (events, "流式消息刷新"),
    ] {
        assert_eq!(tags(cmd, title), Value::Null, "{cmd} {title}");
    }
    let example = &doc["components"]["messages"][events]["examples"][0]["payload"]["body"];
    assert!(example["msgtype"] == "event" && example["msgid"].is_string(), "{example}");
    assert_eq!(asyncapi(&small(), "1")["operations"], json!({}), "no commands, no operations");
}

/// A POST with some groups beside its fields, and an event of each way of travelling.
fn grouped(groups: &str) -> ir::Api {
    let fields: String = ["a", "b", "c"].iter().map(|f| format!("        {f}: {{type: string}}\n")).collect();
    let module = format!(
        "module: demo\ntitle: 演示\nendpoints:\n  /cgi-bin/demo/send:\n    title: 发\n    method: POST\n    auth: access_token\n    \
         modes: [internal]\n    source: [{{page: 1}}]\n    request:\n      {groups}\n      \
         fields:\n{fields}        box: {{type: object, fields: {{kind: {{type: string}}}}}}\n    response:\n      {groups}\n      fields:\n{fields}        \
         box: {{type: object, fields: {{kind: {{type: string}}}}}}\n"
    );
    let event = |transport: &str, matches: &str, rest: &str| {
        format!(
            "module: {transport}ed\ntitle: 事件\ntransport: {transport}\nevents:\n  a.b:\n    title: 甲\n    match: {{{matches}}}\n    \
             modes: [internal]\n    source: [{{page: 2}}]\n{rest}    fields:\n      X: {{type: string, required: true}}\n"
        )
    };
    let files = [
        ("demo/demo.yaml", module),
        ("events/xmled.yaml", event("xml", "MsgType: event, Event: a", "    reply: message\n")),
        ("events/jsoned.yaml", event("json", "msgtype: event, event.eventtype: a", "")),
    ];
    let files = files.map(|(path, text)| SourceFile { path: path.into(), text });
    let loaded = load(files.to_vec());
    assert!(loaded.is_sound(), "{:?}", loaded.diagnostics);
    loaded.api
}

#[test]
fn groups_are_words_of_json_schema() {
    let sent = |groups: &str| {
        let doc = make(&grouped(groups), Version::V31, None);
        sound(&doc);
        doc["components"]["schemas"]["demo.Send"].clone()
    };
    let needs = |names: &[&str]| json!({"required": names});
    assert_eq!(sent("any_of: [[a, b]]")["anyOf"], json!([needs(&["a"]), needs(&["b"])]));
    assert_eq!(sent("one_of: [[a, \"b+c\"]]")["oneOf"], json!([needs(&["a"]), needs(&["b", "c"])]));
    let pair = |x: &str, y: &str| json!({"allOf": [needs(&[x]), needs(&[y])]});
    assert_eq!(sent("at_most_one: [[a, b]]")["not"], pair("a", "b"));
    let three = sent("at_most_one: [[a, b, c]]");
    assert_eq!(three["not"]["anyOf"], json!([pair("a", "b"), pair("a", "c"), pair("b", "c")]));
    let two = sent("any_of: [[a, b], [c, box]]");
    assert_eq!(two["allOf"][1]["anyOf"], json!([needs(&["c"]), needs(&["box"])]));
    let deep = sent("any_of: [[a, box.kind]]");
    assert_eq!(
        deep["anyOf"][1],
        json!({"required": ["box"], "properties": {"box": {"required": ["kind"]}}}),
        "a dot goes down"
    );
}

#[test]
fn groups_bind_requests_and_bodies() {
    let api = grouped("any_of: [[a, b]]");
    let doc = make(&api, Version::V31, None);
    assert!(doc["components"]["schemas"]["demo.SendResponse"].get("anyOf").is_none());
    let old = make(&api, Version::V30, None);
    let schema = &old["components"]["schemas"]["demo.Send"];
    assert!(
        schema.get("anyOf").is_none() && schema["x-groups"][0]["alternatives"] == json!([["a"], ["b"]]),
        "{schema}"
    );
    // What travels in the URL is in no schema.
    let text = "module: demo\ntitle: 演示\nendpoints:\n  /cgi-bin/demo/get:\n    title: 取\n    method: GET\n    auth: access_token\n    \
                modes: [internal]\n    source: [{page: 1}]\n    query:\n      any_of: [[a, q]]\n      fields:\n        a: {type: string}\n        \
                q: {type: string}\n";
    let loaded = load(vec![SourceFile { path: "demo/demo.yaml".into(), text: text.into() }]);
    assert!(loaded.is_sound(), "{:?}", loaded.diagnostics);
    let doc = make(&loaded.api, Version::V31, None);
    let op = &doc["paths"]["/cgi-bin/demo/get"]["get"];
    assert_eq!(op["x-groups"][0]["alternatives"], json!([["a"], ["q"]]), "{op}");
}

#[test]
fn events_are_webhooks() {
    let api = grouped("any_of: [[a, b]]");
    let doc = make(&api, Version::V31, None);
    sound(&doc);
    let xml = &doc["webhooks"]["xmled.a.b"]["post"];
    let schema = &xml["requestBody"]["content"]["application/xml"]["schema"];
    assert_eq!(schema["allOf"][0]["$ref"], "#/components/schemas/events.xmled.AB");
    assert_eq!(schema["allOf"][1]["properties"]["Event"]["const"], "a");
    assert_eq!(xml["operationId"], "event_xmled_a_b");
    let json = &doc["webhooks"]["jsoned.a.b"]["post"]["requestBody"]["content"]["application/json"]["schema"];
    let told = &json["allOf"][1]["properties"]["event"];
    assert_eq!(
        (&told["properties"]["eventtype"]["const"], &told["required"]),
        (&json!("a"), &json!(["eventtype"]))
    );
    assert!(make(&api, Version::V30, None).get("webhooks").is_none(), "3.0 has no word for it");
    assert!(
        make(&api, Version::V31, Some("demo")).get("webhooks").is_none(),
        "a module of endpoints has none"
    );
    let real = real();
    let hooks = make(&real, Version::V31, None)["webhooks"].as_object().map_or(0, |h| h.len());
    let posted = real.events.iter().map(|m| m.events.len()).sum::<usize>();
    assert_eq!(hooks, posted);
}
