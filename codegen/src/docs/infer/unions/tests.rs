//! Tests.

use super::*;

use crate::docs::fields::tree;
use crate::docs::model::FieldRow;

/// What showed a union.
fn how(u: &Union) -> &'static str {
    u.rule.map_or("named", |r| r.code.trim_start_matches("union-"))
}

/// Fields (`name`, or `name: text`; a `*` in front makes an object of it) with what samples show of them. The union as
/// `how tag payload: value=keys …`.
fn check(samples: &[&str], texts: &[(&str, &str)], element: bool, want: &str) {
    let mut fields = Vec::new();
    for text in samples {
        tree::seed(&mut fields, &serde_json::from_str(text).expect("json"));
    }
    for (name, desc) in texts {
        let object = name.starts_with('*');
        let name = name.trim_start_matches('*');
        let at = fields.iter().position(|f: &Field| f.name == name).unwrap_or_else(|| {
            fields.push(Field { name: name.into(), ..Field::default() });
            fields.len() - 1
        });
        (fields[at].row.exists, fields[at].row.desc) = (true, (*desc).to_owned());
        if object {
            fields[at].row.ty = "object".into();
            let row = FieldRow { exists: true, ..FieldRow::default() };
            fields[at].children.push(Field { name: "x".into(), row, ..Field::default() });
        }
    }
    let got = union(&fields, element).map_or(String::new(), |u| {
        let variants: Vec<String> =
            u.variants.iter().map(|v| format!("{}={}", v.values.join("|"), v.keys.join("+"))).collect();
        format!("{} {} {:?}: {}", how(&u), u.tag.join("."), u.payload, variants.join(" "))
    });
    assert_eq!(got, want, "{samples:?} {texts:?}");
}

#[test]
fn a_tag_names_its_siblings() {
    let both = [
        "{\"to\":\"x\",\"msgtype\":\"text\",\"text\":{\"a\":1}}",
        "{\"msgtype\":\"image\",\"image\":{\"b\":1}}",
    ];
    check(&both, &[], false, "named msgtype Sibling: text=text image=image");
    // A placeholder is no value.
    let frame = [both[0], both[1], "{\"msgtype\":\"MSG_TYPE\"}"];
    check(&frame, &[], false, "named msgtype Sibling: text=text image=image");
    // Two objects without a tag are two optional fields.
    check(&["{\"text\":{\"a\":1}}", "{\"image\":{\"b\":1}}"], &[], false, "");
}

#[test]
fn a_tag_and_its_siblings_share_a_word() {
    check(
        &["{\"field_type\":\"FIELD_TYPE_URL\"}", "{\"field_type\":\"FIELD_TYPE_AUTONUMBER\"}"],
        &[("*property_url", ""), ("*property_auto_number", "")],
        true,
        "common-word field_type Sibling: FIELD_TYPE_URL=property_url FIELD_TYPE_AUTONUMBER=property_auto_number",
    );
}

#[test]
fn a_tag_in_another_object_names_the_keys_of_a_third() {
    check(
        &[
            "{\"property\":{\"control\":\"Date\"},\"config\":{\"date\":{\"a\":1}}}",
            "{\"property\":{\"control\":\"Table\"},\"config\":{\"table\":{\"a\":1}}}",
            "{\"property\":{\"control\":\"Tips\"},\"config\":{\"tips\":{\"a\":1},\"old\":[]}}",
        ],
        &[],
        true,
        "parts property.control Under(\"config\"): Date=date Table=table Tips=tips",
    );
}

#[test]
fn texts_say_when_a_field_is_there() {
    check(
        &[],
        &[
            ("type", "成员类型 1:个人 2:部门"),
            ("userid", "成员 (type为1时填写)"),
            ("partyid", "仅type=2时有效"),
        ],
        true,
        "by-wording type Flat: 1=userid 2=partyid",
    );
    // What is only required under one value may be there under the others.
    check(&[], &[("type", "1-单人 2-多人"), ("user", "type为1时为必填")], false, "");
    // `只` of another clause speaks of the number: people are beside departments too.
    check(
        &[],
        &[
            ("type", "1-单人 2-多人"),
            ("user", "成员，在type为1时为必填，且只能有一个"),
            ("party", "部门，只在type为2时有效"),
        ],
        false,
        "",
    );
    // Beside fields that hang on nothing, a scalar that hangs on the tag is an optional field.
    let range = [("type", "1:个人 2:部门"), ("userid", "仅type=1时有效"), ("partyid", "仅type=2时有效")];
    let more: Vec<(&str, &str)> = range.iter().copied().chain([("auth", "权限")]).collect();
    check(&[], &more, true, "");
    // A state changes; it tells no shape.
    check(&[], &[("status", "1-处理中 2-完成"), ("media_id", "status为2时返回")], false, "");
    check(
        &["{\"type\":1}"],
        &[("type", "1：成员 2：群聊"), ("*member", "type为1时必填"), ("*groupchat", "type等于2时必填")],
        false,
        "by-wording type Sibling: 1=member 2=groupchat",
    );
}

#[test]
fn presence_cells_name_the_values() {
    let mut fields = Vec::new();
    for sample in [
        r#"{"type":"click","key":"k"}"#,
        r#"{"type":"scan","key":"k"}"#,
        r#"{"type":"view","url":"u"}"#,
        r#"{"type":"app","path":"p"}"#,
    ] {
        tree::seed(&mut fields, &serde_json::from_str(sample).expect("json"));
    }
    let cells =
        [("type", "是"), ("key", "click等点击类型必须"), ("url", "view类型必须"), ("path", "app类型必须")];
    for (name, cell) in cells {
        let field = fields.iter_mut().find(|f: &&mut Field| f.name == name).expect("a field");
        field.row.required = Some(cell.into());
    }
    let of = |u: Union| -> Vec<String> {
        u.variants.iter().map(|v| format!("{}={}", v.values.join("|"), v.keys.join("+"))).collect()
    };
    let found = union(&fields, true).map(|u| (how(&u), of(u)));
    assert_eq!(
        found,
        Some(("by-cells", ["click|scan=key", "view=url", "app=path"].map(str::to_owned).to_vec()))
    );
    // A button that only holds others has no type: a union would leave no place for it.
    tree::seed(&mut fields, &serde_json::from_str(r#"{"name":"x"}"#).expect("json"));
    assert_eq!(union(&fields, true), None);
}

#[test]
fn samples_and_labels() {
    check(
        &["{\"type\":0,\"text\":{\"v\":1}}", "{\"type\":1,\"web\":{\"u\":1}}"],
        &[],
        true,
        "by-samples type Sibling: 0=text 1=web",
    );
    // One object under two numbers: nothing is told.
    check(&["{\"type\":0,\"text\":{\"v\":1}}", "{\"type\":1,\"text\":{\"v\":1}}"], &[], true, "");
    check(
        &[],
        &[("type", "节点类型 1-成员 2-部门"), ("userid", "管理成员id"), ("partyid", "管理部门id")],
        true,
        "by-labels type Flat: 1=userid 2=partyid",
    );
}

#[test]
fn elements_of_one_key_each() {
    let list = ["{\"a\":{\"x\":1}}", "{\"b\":{\"x\":1}}", "{\"c\":{\"x\":1}}"];
    check(&list, &[], true, "by-key  Sibling: a=a b=b c=c");
    // The skeleton of the type shows all keys at once, and no element.
    let skeleton = ["{\"a\":{\"x\":1}}", "{\"a\":{},\"b\":{},\"c\":{}}"];
    check(&skeleton, &[("*b", ""), ("*c", "")], true, "by-key  Sibling: a=a b=b c=c");
    check(&list, &[], false, "");
    check(&["{\"a\":{\"x\":1},\"b\":{\"x\":1},\"c\":{\"x\":1}}"], &[], true, "");
}
