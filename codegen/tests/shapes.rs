//! The shapes of the API that no table of plain fields can hold, each written by hand in the spec format (`tests/shapes`): one union of
//! each class of the pages, a type that contains itself, an upload, a download, an odd paging. Each lints and resolves clean, into
//! what is shown.

use wecom_codegen::ir::{Api, Ty, TypeKind};
use wecom_codegen::load;
use wecom_codegen::source::SourceFile;

/// A type as one word.
fn ty(api: &Api, t: &Ty) -> String {
    match t {
        Ty::Ref(id) => api.types[id.0 as usize].rust.clone(),
        Ty::List(t) => format!("[{}]", ty(api, t)),
        other => format!("{other:?}"),
    }
}

/// What a spec resolves to, without what every endpoint has.
fn describe(api: &Api) -> Vec<String> {
    let mut out = Vec::new();
    for (_, e) in api.endpoints() {
        let mut line = format!("{} {:?}", e.rust, e.body);
        if let Some(file) = &e.file {
            line += &format!(" file={}", file.part);
        }
        line += &format!(" -> {:?}", e.answer);
        for (name, value) in &e.fixed {
            line += &format!(" {name}={value}");
        }
        if let Some(p) = &e.paging {
            let end = p.end.as_deref().unwrap_or("-");
            line += &format!(
                " pages {} by {}/{} until {end}",
                p.items,
                p.ask,
                p.answer.as_deref().unwrap_or("-")
            );
        }
        out.push(line);
    }
    for t in &api.types {
        match &t.kind {
            TypeKind::Union(u) => {
                let variants = u.variants.iter().map(|v| {
                    let held = v.ty.as_ref().map_or("()".into(), |t| ty(api, t));
                    let held = if v.boxed { format!("Box {held}") } else { held };
                    format!("{}={} {}:{held}", v.tags.join("|"), v.rust, v.key.as_deref().unwrap_or("."))
                });
                let tag = u.tag.as_deref().unwrap_or("-");
                let kind = if u.numeric { " number" } else { "" };
                out.push(format!("{} by {tag}{kind}: {}", t.rust, variants.collect::<Vec<_>>().join(", ")));
            }
            TypeKind::Struct(s) => {
                let again = s.fields.iter().filter(
                    |f| matches!(f.ty.leaf(), Ty::Ref(id) if api.types[id.0 as usize].rust == t.rust),
                );
                out.extend(again.map(|f| format!("{} holds itself in {}", t.rust, f.wire)));
            }
            TypeKind::Enum(_) => {}
        }
    }
    out
}

#[track_caller]
fn check(text: &str, want: &[&str]) {
    let loaded = load(vec![SourceFile { path: "demo/demo.yaml".into(), text: text.into() }]);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let got = describe(&loaded.api);
    for line in want {
        assert!(got.iter().any(|g| g == line), "no line `{line}` in:\n{}", got.join("\n"));
    }
}

#[test]
fn every_shape_can_be_written_by_hand() {
    check(
        include_str!("shapes/union_a.yaml"),
        &[
            "SendContent by msgtype: text=Text text:SendContentText, image=Image image:SendContentImage, template_card=TemplateCard template_card:Box Card",
            "Card by card_type: text_notice=TextNotice .:CardTextNotice, vote_interaction=VoteInteraction .:CardVoteInteraction",
        ],
    );
    check(
        include_str!("shapes/union_b.yaml"),
        &[
            "ControlConfig by control: Text|Textarea=Text .:(), Date=Date config:ControlConfigDate, Selector=Selector config:ControlConfigSelector",
        ],
    );
    check(
        include_str!("shapes/union_c.yaml"),
        &[
            "Range by type number: 1=Member .:RangeMember, 2=Department .:RangeDepartment",
            "AttrValue by type number: 0=Text text:AttrValueText, 1=Web web:AttrValueWeb",
        ],
    );
    check(
        include_str!("shapes/union_d.yaml"),
        &[
            "Step by -: =InsertText insert_text:StepInsertText, =DeleteContent delete_content:StepDeleteContent",
        ],
    );
    check(
        include_str!("shapes/union_e.yaml"),
        &["GetAgentConfig Query -> Json type=agent_config", "GetWxCard Query -> Json type=wx_card"],
    );
    check(include_str!("shapes/recursive.yaml"), &["Node holds itself in children"]);
    check(include_str!("shapes/upload.yaml"), &["Upload Multipart file=media -> Json"]);
    check(include_str!("shapes/download.yaml"), &["Fetch Query -> Bytes"]);
    check(
        include_str!("shapes/paging.yaml"),
        &["List Json -> Json pages stat_info.users by next_key/next_key until ending"],
    );
}
