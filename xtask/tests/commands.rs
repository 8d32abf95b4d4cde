//! Commands that write or judge a spec, as they are called: what they leave alone, what they say, how they end.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const SPEC: &str = "module: demo\ntitle: 演示\nendpoints:\n  /cgi-bin/demo/make:\n    title: 新建\n    method: POST\n    auth: access_token\n    modes: [internal]\n    source:\n      - {page: 3}\n    request:\n      fields:\n        name: {type: string, required: true, doc: 名称。}\n";
const EVENTS: &str = "module: demo\ntitle: 演示回调\ntransport: xml\nevents:\n  one:\n    title: 一\n    match: {MsgType: event, Event: one}\n    modes: [internal]\n    source:\n      - {page: 9}\n    reply: none\n    fields:\n      Name: {type: string}\n";
const PAGE: &str = "---\ntitle: \"获取菜单\"\ndoc_id: 1\ncategory_id: 2\n---\n最后更新：2025/01/02\n**请求方式：**GET（**HTTPS**）\n**请求地址：**https://qyapi.weixin.qq.com/cgi-bin/menu/get?access_token=X&agentid=1\n**参数说明：**\n|参数|必须|说明|\n|--|--|--|\n|access_token|是|凭证|\n|agentid|是|应用id|\n**返回结果：**\n```\n{\"errcode\":0,\"errmsg\":\"ok\",\"name\":\"x\"}\n```\n|参数|说明|\n|--|--|\n|name|名称|\n";

/// A checkout with a spec, thrown away at the end.
struct Checkout(PathBuf);

impl Drop for Checkout {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Checkout {
    fn new(name: &str) -> Checkout {
        let dir = std::env::temp_dir().join(format!("xtask-commands-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        let checkout = Checkout(dir);
        checkout.write("codegen/README.md", b"x\n");
        checkout.write("spec/demo/demo.yaml", SPEC.as_bytes());
        checkout
    }

    fn write(&self, path: &str, text: &[u8]) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).expect("a folder");
        fs::write(path, text).expect("written");
    }

    fn read(&self, path: &str) -> Vec<u8> {
        fs::read(self.0.join(path)).expect("a file")
    }

    /// The command ends so, and says these words.
    #[track_caller]
    fn ends(&self, args: &[&str], code: i32, words: &[&str]) {
        let out = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(args)
            .current_dir(&self.0)
            .output()
            .expect("xtask runs");
        let said =
            format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        assert_eq!(out.status.code(), Some(code), "{said}");
        for word in words {
            assert!(said.contains(word), "no `{word}` in: {said}");
        }
    }
}

/// A file that cannot be read is not written over by what its page would give anew.
#[test]
fn import_leaves_alone_what_it_cannot_read() {
    let at = Checkout::new("import");
    at.write("pages/001-企业内部开发/p.md", PAGE.as_bytes());
    let menu = "spec/menu/menu.yaml";
    let import = ["docs", "import", "--docs", "pages"];
    for (text, word) in
        [(&b"module: menu\ntitle: \xff\n"[..], "UTF-8"), (b"module: menu\ntitle: [\n", "nothing was written")]
    {
        at.write(menu, text);
        at.ends(&import, 2, &["menu/menu.yaml", word]);
        assert_eq!(at.read(menu), text);
        assert_eq!(fs::read_dir(at.0.join("spec/menu")).expect("a folder").count(), 1);
    }
    fs::remove_file(at.0.join(menu)).expect("removed");
    at.ends(&import, 0, &["menu/menu.yaml (new file)", "/cgi-bin/menu/get"]);
    at.ends(&["docs", "import", "--docs", "pages", "--into", "fresh"], 0, &["menu/menu.yaml (new file)"]);
}

/// Nothing is migrated while a fact would be lost; then the format is raised.
#[test]
fn migrate_keeps_facts() {
    let at = Checkout::new("migrate");
    let twice = b"module: demo\ntitle: t\ntitle: u\n";
    at.write("spec/format.yaml", b"format: 1\n");
    at.write("spec/demo/more.yaml", twice);
    let demo = SPEC.replace("required: true", "required: b 未填时");
    at.write("spec/demo/demo.yaml", demo.as_bytes());
    at.ends(&["fmt", "--migrate"], 2, &["nothing was written", "demo/more.yaml:3:1", "duplicate-key"]);
    assert_eq!(at.read("spec/format.yaml"), b"format: 1\n");
    assert_eq!(at.read("spec/demo/more.yaml"), twice);
    assert_eq!(at.read("spec/demo/demo.yaml"), demo.as_bytes());
    at.write("spec/demo/more.yaml", b"module: demo\ntitle: t\n");
    at.ends(&["fmt", "--migrate"], 0, &["migrated demo/demo.yaml\nmigrated format.yaml"]);
    assert_eq!(at.read("spec/format.yaml"), b"format: 2\n");
}

/// A comment would be gone from a file that is written anew.
#[test]
fn fmt_leaves_comments_alone() {
    let at = Checkout::new("comments");
    let text = SPEC.replace("title: 新建", "title:   新建 # why");
    at.write("spec/demo/demo.yaml", text.as_bytes());
    at.ends(&["fmt"], 1, &["cannot be read: demo/demo.yaml", "lint"]);
    assert_eq!(at.read("spec/demo/demo.yaml"), text.as_bytes());
    at.ends(&["lint"], 0, &["comment", "spec/demo/demo.yaml:5:17", "`notes`"]);
}

/// What checks nothing has not succeeded.
#[test]
fn conform_checks_something() {
    let at = Checkout::new("conform");
    at.write("spec/samples/cgi-bin.demo.make/request.json", b"{\"name\": \"a\"}");
    at.ends(&["conform"], 0, &["1 endpoints"]);
    at.ends(&["conform", "--path", "/cgi-bin/nonsense"], 2, &["nothing was checked", "/cgi-bin/nonsense"]);
    at.write("spec/samples/cgi-bin.demo.mak/request.json", b"{\"name\": 1}");
    at.ends(&["conform"], 1, &["cgi-bin.demo.mak\n", "no endpoint of the spec has this path"]);
    at.ends(&["conform", "--path", "/cgi-bin/demo"], 0, &[]);
    // Samples of others may be of more than the spec has.
    at.write("samples/cgi-bin.demo.mak/request.json", b"{\"name\": 1}");
    at.ends(&["conform", "samples"], 2, &["nothing was checked"]);
    at.write("samples/cgi-bin.demo.make/request.json", b"{\"name\": \"a\"}");
    at.ends(&["conform", "samples"], 0, &["1 of endpoints not in the spec"]);
}

#[test]
fn openapi_of_a_module_and_of_3_0() {
    let at = Checkout::new("openapi");
    let nested = SPEC.replace("module: demo", "module: demo.part").replace("/demo/make", "/demo/part/make");
    at.write("spec/demo/part.yaml", nested.as_bytes());
    at.write("spec/events/demo.yaml", EVENTS.as_bytes());
    for module in ["demo.part", "demo::part"] {
        at.ends(&["openapi", "--out", "o.json", "--module", module], 0, &["1 paths"]);
    }
    at.ends(&["openapi", "--module", "demo.prt"], 2, &["no module `demo.prt`", "`demo.part`"]);
    at.ends(&["openapi", "--out", "o.json", "--version", "3.0"], 0, &["without the 1 events"]);
    at.ends(&["openapi", "--out", "o.json"], 0, &["OpenAPI 3.1, 2 paths"]);
}
