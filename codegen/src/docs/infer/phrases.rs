//! The conditions of a text: `仅在type为1时有效`, `status为2时返回`, `type=2不返回`.

use crate::docs::infer::words::unmarked;
use crate::docs::read::text::{find, has, regex, replace};

/// A condition in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Phrase {
    /// The words, without those that introduce and end them.
    pub(crate) words: String,
    /// Where it holds, the field has no place.
    pub(crate) denied: bool,
}

/// The conditions without which a field says nothing, or, in an answer, does not come.
pub(crate) fn phrases(desc: &str, answer: bool) -> Vec<Phrase> {
    let text = replace(regex!(",\\s*(且|并且)"), &unmarked(desc), "$1");
    // `type为1，2时表示结束时间`
    let text = replace(regex!("((?:为|=)\\s*[0-9]+),\\s*([0-9]+(?:时|的话))"), &text, "$1、$2");
    // What is said of one of several values is not said of the field.
    let told = |line: &&str| !has(regex!(r"^\W?[0-9]+\s*[:.-]"), line);
    let mut out = Vec::new();
    for (n, clause) in text.lines().filter(told).flat_map(|l| l.split(['。', ';'])).enumerate() {
        let clause = clause.trim();
        let parts = pieces(clause);
        out.extend(one(&parts, answer));
        out.extend(if n == 0 { defined(&parts, answer) } else { None });
        out.extend(switched_on(clause).or_else(|| outranked(clause, answer)));
        // What stands in brackets is a sentence of its own.
        let mut rest = clause;
        while let Some((inside, behind)) = rest.split_once('(').and_then(|(_, r)| r.split_once(')')) {
            out.extend(one(&pieces(inside), answer));
            rest = behind;
        }
    }
    out
}

/// `当ot_status为2时，加班不足的时长`: what a field is, under a condition with which its text begins.
fn defined(parts: &[String], answer: bool) -> Option<Phrase> {
    // `kind为1时表示开始`, `kind为2时的成员`.
    let at_once = regex!("^(?:当|若|如果)?(([A-Za-z_][A-Za-z0-9_]*)(?:为|=)[^,]{1,16}?)时(?:表示|的)[^,]*");
    if let Some(m) = parts.first().and_then(|p| find(at_once, p.trim())) {
        // `kind为1时表示a，kind为2时表示b` tells what it is, not whether.
        let once = parts.iter().map(|p| p.matches(m[2].as_str()).count()).sum::<usize>() == 1;
        return once.then(|| Phrase { words: bare(&m[1]), denied: false });
    }
    // `在小程序中联系时使用的样式`
    let used_at = regex!("^(?:当|若|如果)?([^A-Za-z,]{3,20}?)时(?:使用|展示|保留)的");
    if let Some(m) = parts.first().and_then(|p| find(used_at, p.trim())).filter(|_| !answer) {
        return Some(Phrase { words: m[1].clone(), denied: false });
    }
    let [first, next, ..] = parts else { return None };
    // Values may be long words: `kind为update_student或者update_parent时`.
    let m = find(
        regex!("^(?:当|若|如果)?(.{2,40}?[为是=](?:.{1,20}?|[A-Za-z0-9_、或者和 ]{1,60}))(?:时|下)$"),
        first.trim(),
    );
    // `当增购、升级订单时，该字段可指定…`: of which kinds it is.
    let of_kinds = || find(regex!("^当([^A-Za-z,]{2,20})时$"), first.trim()).filter(|_| !answer);
    let m = m.or_else(of_kinds)?;
    // `当类型为『通过』时，该字段表示申请人的名字`, and nothing of other types.
    let means = regex!("^(?:该|此|本)字段表示[^,]+$");
    if answer && parts.len() == 2 && first.contains(['『', '「', '"']) && has(means, next.trim()) {
        return Some(Phrase { words: bare(&m[1]), denied: false });
    }
    let other = regex!(
        "^\\s*(?:该|此|本|则|取|值|为|是|表示|代表|返回|默认|填|传|需|必|不|可|会|将|只|以|使用|如果|若|当|要|有|无|请|系统|[0-9A-Za-z])"
    );
    // `当增购订单时，要增购的版本有多个时，该字段可指定…`
    let granted = |p: &String| has(regex!("^\\s*(?:该|此|本)(?:字段|参数)可以?(?:指定|填写?|设置)"), p);
    if !answer && parts.iter().skip(2).any(granted) {
        return Some(Phrase { words: bare(&m[1]), denied: false });
    }
    let apart = has(other, next) || answer && !has(regex!("[A-Za-z]"), &m[1]);
    (!apart).then(|| Phrase { words: bare(&m[1]), denied: false })
}

/// `指定休息时间的配置`, `单选/多选题的选项列表`, `数字、进度列类型使用`, `自由上下班规则的时长`, `活动直播特定参数`, `链接类型的内容`, `标题（操作1修改）`: a
/// text that begins with the kinds of which something is, or ends with them.
pub(crate) fn of_kinds(desc: &str) -> Option<String> {
    let text = unmarked(desc);
    let number =
        regex!("^[^。;\\n]{1,16}\\(([\u{4e00}-\u{9fff}]{2,4})([0-9]{1,2})(?:修改|使用|填写|有效)\\)");
    if let Some(m) = find(number, &text) {
        return Some(format!("{}为{}", m[1], m[2]));
    }
    let head = text.split(['。', ';', ',', '\n', '(']).next().unwrap_or_default().trim();
    let told = regex!(
        "^只?([^的]{2,24}?)(?:(?:时|的|时的)配置|(?:列|字段)类型使用|(?:特定|专用|专有)(?:的)?(?:参数|字段))$|^([^的]{1,24}?)题的(?:题目)?(?:设置|选项列表)$|^([^的]{2,12}?)规则的|^([^的]{2,12}?)类型的(?:内容|配置|参数)$"
    );
    // `状态为「停止接待」的子类型`
    let part = regex!("(?:^|的)([^的,]{2,6}为[「『][^」』]{2,12}[」』])的(?:子|具体)类型$");
    if let Some(m) = find(part, head) {
        return Some(m[1].clone());
    }
    let m = find(told, head)?;
    m.iter().skip(1).find(|part| !part.is_empty()).cloned()
}

/// `该参数需要开启活动页配置（activity_page）`: the switch without which a field says nothing.
fn switched_on(clause: &str) -> Option<Phrase> {
    let told = regex!("(?:需要?|须|必须)先?(?:开启|打开)[^(),]{0,12}\\(\\s*([A-Za-z_][A-Za-z0-9_.]*)\\s*\\)");
    // `需要先开启人脸检测use_face_detect`
    let bare = regex!("(?:需要?|须|必须)先(?:开启|打开)[^(),A-Za-z]{0,12}([A-Za-z]+_[A-Za-z0-9_.]*)$");
    find(told, clause)
        .or_else(|| find(bare, clause))
        .map(|m| Phrase { words: format!("{}开启", m[1]), denied: false })
}

/// `适用的规则类型：固定时间上下班`: of which kinds a field is, by a column of its own.
pub(crate) fn of_column(desc: &str) -> Option<String> {
    let told = regex!("(?:^|\\n)适用的?([\u{4e00}-\u{9fff}]{2,6})[:：]([^:：\\n]{2,40})$");
    find(told, desc.trim()).map(|m| format!("{}为{}", m[1], m[2].trim()))
}

/// `二者都送时以x为准`: the field that counts where both are there.
fn outranked(clause: &str, answer: bool) -> Option<Phrase> {
    let told = regex!(
        "(?:都|同时)(?:送|填写?|传入?|存在|指定|设置)[^。]{0,6}以\\s*([A-Za-z_][A-Za-z0-9_.]*)\\s*为准"
    );
    // `同时填x生效`, `都传则只操作x`.
    let works = regex!(
        "(?:都|同时)(?:填写?|传入?|指定|设置)(?:时|的话)?,?(?:则|以)?\\s*([A-Za-z_][A-Za-z0-9_.]*)\\s*(?:优先)?(?:生效|有效)"
    );
    let picked = regex!(
        "(?:都|同时)(?:填写?|传入?|指定|设置)(?:时|的话)?,?(?:则|会)?(?:优先|只)(?:操作|使用|取|识别)?\\s*([A-Za-z_][A-Za-z0-9_.]*)"
    );
    // `如果都传入，会使用投票 ID`, `同时传入图片和视频，以图片为准`: by what they are.
    let called = regex!(
        "(?:都|同时)(?:填写?|传入?|指定|设置)[^,]{0,12},(?:则|会|将)*(?:优先(?:使用|以|取)?|使用|以|取)\\s*([\u{4e00}-\u{9fff}][^,A-Za-z]{1,8}?(?: ID)?)(?:为准|$)"
    );
    let by_name = || [told, works, picked].into_iter().find_map(|r| find(r, clause));
    let m = by_name().or_else(|| find(called, clause).filter(|_| !answer))?;
    Some(Phrase { words: format!("{}为空", m[1]), denied: false })
}

/// A sentence without its brackets that say something beside, cut at its commas.
fn pieces(clause: &str) -> Vec<String> {
    let mut out: Vec<String> = vec![String::new()];
    let mut depth = 0;
    for c in clause.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            _ => {}
        }
        match out.last_mut() {
            Some(last) if c != ',' || depth > 0 => last.push(c),
            _ => out.push(String::new()),
        }
    }
    out
}

fn one(pieces: &[String], answer: bool) -> Vec<Phrase> {
    let mut out = Vec::new();
    for (i, piece) in pieces.iter().enumerate() {
        let next = pieces.get(i + 1).map(|n| n.trim()).unwrap_or_default();
        if let Some((words, denied)) =
            whole(piece.trim(), answer).or_else(|| parted(piece.trim(), next, answer))
        {
            out.push(Phrase { words: referred(&words, &pieces[..i]).unwrap_or(words), denied });
        }
    }
    out
}

/// `按年为年，按月为月，只有在以上两种情况时有效`: the cases that the words refer back to.
fn referred(words: &str, before: &[String]) -> Option<String> {
    find(regex!("^(?:以上|上述)(?:这?[两二三几]种)?(?:情况|类型|方式)$"), words)?;
    let cases =
        before.iter().filter_map(|p| find(regex!("^\\s*([^,]{2,12}?)(?:时)?为"), p).map(|m| m[1].clone()));
    let cases: Vec<String> = cases.collect();
    (!cases.is_empty()).then(|| cases.join("、"))
}

/// The condition and what follows from it, in one piece.
fn whole(piece: &str, answer: bool) -> Option<(String, bool)> {
    let lacks = regex!(
        "^(.{2,60}?)\\s*(?:的?时候?|的话)?(?:则|就)?(?:该|此|本)?(?:字段|参数|项)?(?:将|会|则)*(?:不(?:会)?返回|失效|无效|不生效|不展示|(?:没有|无|不存在|不包含)(?:该|此|本|这个))(?:(?:该|此|本)?(?:字段|参数|项))?$"
    );
    let left = regex!(
        "^(.{2,60}?)\\s*(?:的?时候?|的话)(?:则|就)?(?:该|此|本)?(?:字段|参数|项)?(?:将|会|则|被)*(?:忽略|不需?要?填写?|无需填写|不可(?:传|填|指定)|不能(?:传|填|指定)|不得(?:传入?|填写?|指定|设置)|无意义|没有意义)(?:(?:该|此|本)(?:字段|参数|项))?$"
    );
    let used = regex!(
        "^(.{2,60}?)\\s*(?:的?时候?|的话|后|下)?(?:才|则|会|可以?|能)*(?:该|此|本)?(?:字段|参数|项)?(?:设置)?(?:才|会|可以?|能够?|允许)*(?:有效|生效|有意义|适用|可选填?|可填|可用|可设置|可以设置|允许设置|能配置|能设置)(?:[^期的]|$)"
    );
    let only = regex!(
        "^(?:.*[^A-Za-z0-9_])?(?:仅|只)(?:能|可|有|在|当)?(.{2,60}?)\\s*(?:时|的话)(?:才|可以?|能|需要?|须)*(?:填写?|使用|传入?|指定|设置)"
    );
    let comes = regex!(
        "^(.{2,60}?)\\s*(?:的?时候?|的话|后|下)?(?:才|则|会|可以?)*(?:该|此|本)?(?:字段|参数|项)?(?:才|会|可以?|支持)*(?:返回(?:[^空0-9\"非其的失错对码值]|$)|有值|存在|展示|携带|推送|回调|有(?:该|此|本|这)(?:字段|参数|项|配置|值))"
    );
    // Of a label alone, `选填` tells that nobody has to fill it in.
    let chosen = regex!("^(.{0,30}[A-Za-z].{1,30}?)\\s*(?:的?时候?|的话)(?:则|就|可)?选填");
    // `有值时需要x为true`, `设置时需要将x设置为true`
    let presumes = regex!(
        "^(?:有值|设置|填写|使用|传入)时,?(?:需要?|须|必须)(?:先)?(?:将)?([A-Za-z_][A-Za-z_ ]*?)(?:字段|参数)?(?:设置)?((?:为|=)[A-Za-z0-9]+)$"
    );
    if let Some(m) = find(presumes, piece) {
        return Some((format!("{}{}", m[1].trim().replace(' ', "_"), m[2]), false));
    }
    // `轮询开启后设置参数`, of each field of an object.
    let after = regex!(
        "^(.{2,20}?(?:开启|打开))后(?:才)?(?:可以?|能)?(?:设置|填写|传入?|配置)(?:的?(?:参数|字段))?(?:$|\\s)"
    );
    // `查询额外权限时填写`; of an answer that repeats what is sent, `kind为1时填写`.
    let filled = regex!("^(?:查询|获取|选择)?(.{2,40}?)时才?填写?$");
    let named = |m: &Vec<String>| !answer || has(regex!("[A-Za-z](?:为|=)[0-9]{1,4}$"), &m[1]);
    if let Some(m) = find(after, piece).or_else(|| find(filled, piece).filter(named)) {
        return Some((bare(&m[1]), false));
    }
    // `kind为1忽略`
    let idle =
        regex!("^(?:若|如果|当)?([A-Za-z_][A-Za-z0-9_]*(?:为|=)[^,]{1,12}?)(?:时|则)?(?:被|会|将)*忽略$");
    if let Some(m) = find(idle, piece).filter(|_| !answer) {
        return Some((bare(&m[1]), true));
    }
    // `填了x则忽略本字段`
    let dropped =
        regex!("^(?:如果|若|当)?(.{2,40}?)(?:时|的话)?(?:则|就)(?:会|将)?忽略(?:本|该|此)(?:字段|参数)$");
    let left = |piece: &str| find(left, piece).or_else(|| find(dropped, piece));
    if let Some(m) = find(lacks, piece).or_else(|| if answer { None } else { left(piece) }) {
        return Some((bare(&m[1]), true));
    }
    let found = find(used, piece).or_else(|| find(chosen, piece)).or_else(|| find(only, piece));
    let found = found.or_else(|| if answer { find(comes, piece) } else { None });
    found.map(|m| (bare(&m[1]), false))
}

/// The condition in one piece, what follows from it in the next.
fn parted(piece: &str, next: &str, answer: bool) -> Option<(String, bool)> {
    let told = find(regex!("^(.{2,60}?)\\s*(?:时|的话)?$"), piece)?;
    let lacks =
        regex!("^(?:则|就)?(?:该|此|本)?(?:字段|参数|项)?(?:将|会|则|被)*(?:不(?:会)?返回|失效|无效|不生效)");
    // `则jump_url失效`, of an answer that repeats what is sent.
    let idle = regex!("^(?:则|就)?[A-Za-z_]+\\s*(?:将|会|则|被)*(?:失效|无效|不生效)");
    let left = regex!(
        "^(?:则|就)?(?:(?:该|此|本)?(?:字段|参数|项)?|[A-Za-z_]+\\s*)(?:填写的内容)?(?:将|会|则|被)*(?:失效|忽略|无需填写|不需要填|不可传|不能传|不得(?:传入?|填写?|指定)\\s*(?:$|[^A-Za-z\\s])|无意义)"
    );
    let used = regex!(
        "^(?:则|就)?(?:该|此|本)?(?:字段|参数|项)?(?:才|则|会|可以?)*(?:有效|生效|有意义|适用|选填|可填)|^可以?通过(?:该|此|本)(?:字段|参数)"
    );
    let comes = regex!(
        "^(?:则|就)?(?:(?:该|此|本)?(?:字段|参数|项)?(?:才|则|会|可以?)*(?:返回失败原因|返回(?:[^空0-9\"非其的失错对码值]|$)|有值|存在|展示|有(?:该|此|本|这)(?:字段|参数|项))|具体的|对应的|下一?次)"
    );
    let empty = regex!("^(?:该|此|本)(?:字段|参数)为空$");
    if find(lacks, next).is_some()
        || answer && (find(empty, next).is_some() || find(idle, next).is_some())
        || !answer && find(left, next).is_some()
    {
        return Some((bare(&told[1]), true));
    }
    let positive = find(used, next).is_some() || answer && find(comes, next).is_some();
    positive.then(|| (bare(&told[1]), false))
}

/// The words of a condition without what introduces them.
fn bare(words: &str) -> String {
    let words = words.trim();
    let lead = regex!(
        "^.*(?:仅当|仅在|只有当|只有在|只在|仅限|仅对|只针对|仅针对|当|若|如果|只能|只有|仅|即在)(.{2,}?)$"
    );
    let kept = find(lead, words).map_or_else(|| words.to_owned(), |m| m[1].clone());
    let kept = replace(
        regex!("^(?:说明:)?(?:在|该字段|该参数|此字段|此参数|参数|请求的?)?(?:必须)?\\s*"),
        kept.trim(),
        "",
    );
    let kept = replace(regex!("(?:的时候|时|的话|才|会|支持)+$"), kept.trim(), "");
    replace(regex!("的(?:配置|情况下?|场景|模式)$"), kept.trim(), "").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_of_texts() {
        for (text, answer, want) in [
            ("该参数仅在is_temp为true时有效，默认7天", false, "is_temp为true"),
            ("发送时间，status为1时返回", true, "status为1"),
            ("用户自定义标签（type=2）不返回", true, "!用户自定义标签(type=2)"),
            ("天数。`scale`为`1`返回", true, "scale为1"),
            ("审核链接。check开启后返回该字段", true, "check开启"),
            (
                "重复日。仅当指定为自定义重复，且重复类型为每周时有效",
                false,
                "指定为自定义重复且重复类型为每周",
            ),
            ("参数get_all为是时，此字段填写的内容将被忽略", false, "!get_all为是"),
            ("跳转页，card.type是2时选填", false, "card.type是2"),
            ("假期类型，当type为1请假时，具体的假期id", true, "type为1请假"),
            ("第几天，只能kind = 2时填写", false, "kind = 2"),
            ("任务返回码。当status为3时返回非0，其他返回0", true, ""),
            ("仅当该字段发生变更时传递", true, "发生变更"),
            ("订单类型\n1：购买\n8：新购（仅当corpid不填时返回）", true, ""),
            ("如果是退款记录，返回对应收款记录的单号", true, ""),
            ("ot_status为2下，加班不足的时长", true, "ot_status为2"),
            ("当type为1时，该字段为成员的id", true, ""),
            ("描述。该参数需要开启活动页配置（activity_page）。", false, "activity_page开启"),
            ("活体检测开关\n开启活体检测时需要先开启人脸检测use_face_detect", false, "use_face_detect开启"),
            ("分类层级为1时，该字段为空", true, "!分类层级为1"),
            ("当类型为『通过』时，该字段表示申请人的名字", true, "类型为『通过』"),
            ("会议号，二者都送时以 meetingid 为准", false, "meetingid为空"),
            ("如果click为true，则jump_url失效", false, "!click为true"),
            ("说明：该参数必须 record_type = cloud 时才生效", false, "record_type = cloud"),
            ("分页用，has_more为true时，下一次拉取列表将该字段填入cursor字段", true, "has_more为true"),
            ("如果填了group_id则忽略本字段", false, "!填了group_id"),
            ("成员，kind为1时，不得传入本字段", false, "!kind为1"),
            ("当slice_info有值时，无需填写", false, "!slice_info有值"),
            ("休息开始，有值时需要allow rest为true", false, "allow_rest为true"),
            ("范围为0表示部门，scope为1忽略", false, "!scope为1"),
            ("样式，只针对“卡片”的配置生效", false, "\"卡片\""),
            ("kind为1时表示开始时间", false, "kind为1"),
            ("kind为1时表示开始，kind为2时表示结束", false, ""),
            ("当增购订单时，要增购的版本有多个时，该字段可指定其一。", false, "增购订单"),
            ("四舍五入时保留的小数位", false, "四舍五入"),
            ("按年结算为年，按月结算为月，只有在以上两种情况时有效", true, "按年结算、按月结算"),
            ("邮箱，外部嘉宾选填。", false, ""),
            ("编号，a与b至少传一项，同时传则只操作a", false, "a为空"),
            ("手机，链接嘉宾无此字段", true, "!链接嘉宾"),
            ("type为1，2时表示结束时间", false, "type为1、2"),
            ("如果上传失败，则该字段返回失败原因", true, "上传失败"),
            ("轮询开启后设置参数 间隔时长", false, "轮询开启"),
            ("规则，查询额外权限时填写", false, "额外权限"),
            ("部门id (type为2时填写)", true, "type为2"),
            ("主题，主题 ID 和投票 ID 二选一，如果都传入，会使用投票 ID。", false, "投票 ID为空"),
            ("图片与视频只能选择一个，如果同时传入图片和视频，以图片为准", false, "图片为空"),
            ("图片与视频只能选择一个，如果同时传入图片和视频，以图片为准", true, ""),
            ("跳转页。如果click为true，则jump_url失效，不再跳转", true, "!click为true"),
            (
                "当kind为update_student或者update_parent时，变更后的id",
                true,
                "kind为update_student或者update_parent",
            ),
        ] {
            let got: Vec<String> = phrases(text, answer)
                .into_iter()
                .map(|p| format!("{}{}", if p.denied { "!" } else { "" }, p.words))
                .collect();
            assert_eq!(got.first().cloned().unwrap_or_default(), want, "{text}");
        }
        for (text, want) in [
            ("指定休息时间扣除的配置\n不超过10个", "指定休息时间扣除"),
            ("单选/多选/下拉列表题的选项列表", "单选/多选/下拉列表"),
            ("日期、创建时间列类型使用", "日期、创建时间"),
            ("自由上下班规则的跨天时间", "自由上下班"),
            ("活动直播特定参数，封面图", "活动直播"),
            ("收集表标题（操作1修改）", "操作为1"),
            ("接待人员的状态为「停止接待」的子类型。0:停止接待", "状态为「停止接待」"),
            ("链接类型的内容", "链接"),
            ("应用的配置项", ""),
        ] {
            assert_eq!(of_kinds(text).unwrap_or_default(), want, "{text}");
        }
        assert_eq!(of_column("名称\n适用的规则类型：甲、乙").as_deref(), Some("规则类型为甲、乙"));
        assert_eq!(of_column("适用的成员").as_deref(), None);
        let both = phrases("编号（corpid和pending至少填一个，同时填corpid生效", false);
        assert!(both.iter().any(|p| p.words == "corpid为空" && !p.denied));
    }
}
