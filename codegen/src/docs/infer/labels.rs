//! English names for the labels that enumerations of the pages share.
//!
//! A number says nothing in Rust. Where the page's label is one of these, the value takes its name; every other keeps `V` and its
//! number, which a person replaces when the text is restated. Nothing is translated by resemblance.

use crate::names;

const LABELS: &[(&str, &str)] = &[
    ("成功", "Success"),
    ("失败", "Failure"),
    ("成员", "Member"),
    ("企业成员", "Member"),
    ("部门", "Department"),
    ("学生", "Student"),
    ("家长", "Parent"),
    ("员工", "Staff"),
    ("访客", "Visitor"),
    ("机器人", "Robot"),
    ("外部联系人", "ExternalContact"),
    ("企业", "Corp"),
    ("企业互联", "LinkedCorp"),
    ("上下游", "Chain"),
    ("个人", "Personal"),
    ("单人", "Single"),
    ("多人", "Multiple"),
    ("是", "Yes"),
    ("否", "No"),
    ("开启", "Enabled"),
    ("打开", "Enabled"),
    ("已开启", "Enabled"),
    ("启用", "Enabled"),
    ("关闭", "Disabled"),
    ("已关闭", "Disabled"),
    ("禁用", "Disabled"),
    ("已禁用", "Disabled"),
    ("已激活", "Active"),
    ("未激活", "Inactive"),
    ("退出企业", "Left"),
    ("正常", "Normal"),
    ("异常", "Abnormal"),
    ("被删除", "Deleted"),
    ("已删除", "Deleted"),
    ("删除", "Delete"),
    ("未知", "Undefined"),
    ("未定义", "Undefined"),
    ("其他", "Other"),
    ("其它", "Other"),
    ("男", "Male"),
    ("男性", "Male"),
    ("女", "Female"),
    ("女性", "Female"),
    ("审批中", "InReview"),
    ("待审批", "Pending"),
    ("已通过", "Approved"),
    ("已批准", "Approved"),
    ("已同意", "Approved"),
    ("同意", "Approve"),
    ("已驳回", "Rejected"),
    ("已拒绝", "Rejected"),
    ("驳回", "Reject"),
    ("拒绝", "Refuse"),
    ("已撤销", "Withdrawn"),
    ("已取消", "Cancelled"),
    ("已转审", "Transferred"),
    ("转审", "Transfer"),
    ("已退回", "Returned"),
    ("已加签", "SignerAdded"),
    ("加签", "AddSigner"),
    ("或签", "AnyOf"),
    ("会签", "AllOf"),
    ("依次审批", "InOrder"),
    ("请假", "Leave"),
    ("补卡", "PunchCorrection"),
    ("出差", "BusinessTrip"),
    ("外出", "Outing"),
    ("加班", "Overtime"),
    ("待支付", "Unpaid"),
    ("未支付", "Unpaid"),
    ("已支付", "Paid"),
    ("已过期", "Expired"),
    ("已完成", "Finished"),
    ("完成", "Finished"),
    ("已结束", "Finished"),
    ("进行中", "InProgress"),
    ("处理中", "Processing"),
    ("未开始", "NotStarted"),
    ("退款成功", "Refunded"),
    ("新购", "Purchase"),
    ("扩容", "Expand"),
    ("续期", "Renew"),
    ("单选", "SingleChoice"),
    ("多选", "MultipleChoice"),
    ("文本", "Text"),
    ("图片", "Image"),
    ("语音", "Voice"),
    ("视频", "Video"),
    ("文件", "File"),
    ("文件夹", "Folder"),
    ("链接", "Link"),
    ("网页", "Web"),
    ("小程序", "Miniprogram"),
    ("位置", "Location"),
    ("日期", "Date"),
    ("时间", "Time"),
    ("时长", "Duration"),
    ("文档", "Document"),
    ("表格", "Spreadsheet"),
    ("收集表", "Form"),
    ("智能表格", "Smartsheet"),
    ("日程", "Schedule"),
    ("会议", "Meeting"),
    ("微盘", "Wedrive"),
    ("邮件", "Mail"),
    ("邮箱", "Email"),
    ("手机号", "Mobile"),
    ("姓名", "Name"),
    ("签名", "Signature"),
    ("下拉列表", "Dropdown"),
    ("体温", "Temperature"),
    ("聊天", "Chat"),
    ("只读", "ReadOnly"),
    ("仅下载", "DownloadOnly"),
    ("每日", "Daily"),
    ("每天", "Daily"),
    ("每周", "Weekly"),
    ("每月", "Monthly"),
    ("每年", "Yearly"),
    ("工作日", "Workday"),
    ("自然日", "CalendarDay"),
    ("秒", "Second"),
    ("分钟", "Minute"),
    ("按天", "ByDay"),
    ("按小时", "ByHour"),
    ("在线", "Online"),
    ("离线", "Offline"),
    ("公开", "Public"),
];

/// The name of a label, if it is one of those or plain ASCII words.
pub(crate) fn name(label: &str) -> Option<String> {
    let label = label.trim().trim_end_matches(['。', '，', ',', ';', '；', '.']).trim();
    if let Some((_, name)) = LABELS.iter().find(|(l, _)| *l == label) {
        return Some((*name).to_owned());
    }
    let worded = label.is_ascii()
        && label.len() < 24
        && label.starts_with(|c: char| c.is_ascii_alphabetic())
        && label.chars().all(|c| c.is_ascii_alphanumeric() || " _-".contains(c));
    worded
        .then(|| names::variant_name(&label.replace([' ', '-'], "_")))
        .flatten()
        .filter(|n| names::is_type_name(n) && !is_numbered(n))
}

/// `V2` would meet the name that a number gives.
fn is_numbered(name: &str) -> bool {
    name.strip_prefix('V').is_some_and(|n| n.starts_with(|c: char| c.is_ascii_digit()))
}

/// Names for numbered values, unique among them: by label, else `V` and the number.
pub(crate) fn numbered(values: &[(String, String)]) -> Vec<String> {
    let named: Vec<Option<String>> = values.iter().map(|(_, label)| name(label)).collect();
    let lone = |n: &str| named.iter().flatten().filter(|o| *o == n).count() == 1;
    let by_number = |v: &str| format!("V{}", v.replace('-', "Minus"));
    let pick = |((v, _), n): (&(String, String), &Option<String>)| match n {
        Some(n) if lone(n) => n.clone(),
        _ => by_number(v),
    };
    values.iter().zip(&named).map(pick).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_give_names_only_where_they_are_known_and_unique() {
        let list = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
        };
        for (values, want) in [
            (list(&[("1", "成员"), ("2", "部门。")]), "Member Department"),
            (list(&[("0", "关闭"), ("1", "打开后不可撤回")]), "Disabled V1"),
            // Two labels of one name: neither is told apart by it.
            (list(&[("1", "已完成"), ("2", "已结束"), ("-1", "PC")]), "V1 V2 Pc"),
        ] {
            assert_eq!(numbered(&values).join(" "), want);
        }
        assert!(LABELS.iter().all(|(_, n)| names::is_type_name(n.trim_end_matches('_'))));
    }
}
