//! Fields of an answer that tables and samples show, and that there is something to tell of at times alone: what failed, what somebody attached,
//! what happens later. Pages show the full case.

use crate::docs::infer::words::Presence;
use crate::docs::infer::{paging, presence, types};
use crate::docs::model::{Assumption, Field};
use crate::docs::read::text::{has, narrow, regex};
use crate::docs::rules;

/// Marks what an answer may lack by what it is.
pub(crate) fn free(fields: &mut [Field], at: &mut Vec<String>, notes: &mut Vec<Assumption>) {
    // Where a flag tells whether there is more, the position is there either way.
    let told = fields.iter().any(|f| paging::is_flag(&f.name));
    // Of what succeeded and what failed, the two lists are there together.
    let parted = fields.iter().any(|f| f.name.starts_with("succ"));
    for f in fields.iter_mut() {
        at.push(f.name.clone());
        free(&mut f.children, at, notes);
        let why = failed(f).filter(|_| !parted).or_else(|| kind(f)).or_else(|| position(f).filter(|_| !told));
        if let Some(why) = why
            && f.marks.always.is_none()
            && f.row.required.is_none()
            && presence::answer(f) == Presence::Yes
        {
            f.marks.always = Some(false);
            let what = format!("`{}` is assumed to lack {why}", at.join("."));
            notes.push(Assumption { rule: &rules::LACKS_BY_KIND, line: f.row.line, what });
        }
        at.pop();
    }
}

/// `非法成员列表`, `转换失败的userid列表`
fn failed(f: &Field) -> Option<&'static str> {
    let desc = narrow(&f.row.desc);
    let told = regex!("^[^,。;]{0,12}(?:失败|不合法|非法|无效|无法转换|出错)");
    (several(f) && has(told, &desc) && !has(regex!("成功|长度"), &desc)).then_some("where nothing failed")
}

fn several(f: &Field) -> bool {
    let kind = types::infer(f);
    kind.lists > 0 || kind.joined()
}

/// When a field of its kind has nothing to tell.
fn kind(f: &Field) -> Option<&'static str> {
    let desc = narrow(&f.row.desc);
    let (kind, several) = (types::infer(f), several(f));
    // `标签中新增的成员userid列表`
    let changed = regex!("^[^,。;]{0,6}(?:新增|删除|取消|更新)[^,。;]{0,20}列表");
    if several && has(changed, &desc) {
        return Some("where there are none");
    }
    // `工单图片列表`, `打卡的附件media_id`
    if several && kind.base == "string" && has(regex!("附件|图片|视频"), &desc) {
        return Some("where nothing is attached");
    }
    // `付款时间（UNIX时间戳）`, `审批人审批操作时间`
    let later = regex!("^[^,。;]{0,12}(?:支付时间|付款时间|处理时间|审批操作时间|办结人)");
    if !several && has(later, &desc) {
        return Some("before that happens");
    }
    // `授权链接中带的state值`, `企业自定义的state参数`
    let passed = regex!("自定义的?\\s*(?:state)?\\s*参数|state\\s*(?:参数|值)|channel\\s*值|的state$");
    if kind.base == "string" && has(passed, &desc) {
        return Some("where nobody has set it");
    }
    // `删除客户的操作来源，X表示此客户是因…`: a word for one case, and none for the others.
    let one_case = regex!("^[^,。;]{0,12}来源,[`\\s]*[A-Z][A-Z_]+[`\\s]*表示此[^,;]*$");
    has(one_case, &desc).then_some("in other cases")
}

/// A position of a list: without a flag, that it lacks tells the end. One that is to be stored is there each time.
fn position(f: &Field) -> Option<&'static str> {
    let desc = narrow(&f.row.desc);
    (f.name == "next_cursor" && !has(regex!("空字符串|保存|入库"), &desc)).then_some("at the end")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::model::FieldRow;

    #[test]
    fn kinds() {
        for (ty, desc, lacks) in [
            ("string[]", "非法成员列表", true),
            ("string[]", "转换失败的userid列表", true),
            ("string", "支付失败原因的描述", false),
            ("string[]", "标签中新增的成员userid列表，用逗号分隔", true),
            ("string", "新增部门的id", false),
            ("string", "操作来源，```BY_HAND```表示此客户是因转接被删除", true),
            ("string[]", "工单图片列表", true),
            ("string", "图片的地址", false),
            ("uint32", "付款时间（UNIX时间戳）", true),
            ("uint32", "激活时间", false),
            ("string", "扫码或者授权链接中带的state值", true),
            ("string", "订单状态", false),
        ] {
            let row = FieldRow { exists: true, ty: ty.into(), desc: desc.into(), ..FieldRow::default() };
            let f = Field { row, ..Field::default() };
            assert_eq!(failed(&f).or_else(|| kind(&f)).is_some(), lacks, "{desc}");
        }
    }
}
