//! What a field's text says besides its meaning: presence and constants.

use crate::docs::read::text::{find, find_all, has, narrow, regex, replace};

/// `当type为1时必填`, `state=3时要求必填`: the condition under which a text requires the field.
pub fn condition(desc: &str) -> Option<String> {
    let desc = unmarked(desc);
    let told = regex!(
        "(?:^|[,;。(\\n])\\s*(?:仅?当|若|在|如果)?([^,;。()\\n]{2,40}(?:时|的话))(?:才?(?:有效|生效)且)?[,为则]{0,2}(?:(?:该|此|本)?(?:字段|参数|项))?为?(?:要求|需要?|则|才)?(?:必填|必须填|必须指定|必选|必传|不能为空|(?:需要?|须)(?:填写?|指定|传入?)(?:[^A-Za-z]|$)|需要有(?:$|[,;。)\\n]))"
    );
    // `如果是周期性会议，此参数必传`, `type为1、2需指定`: no word ends the condition, what follows does.
    let bare = regex!(
        "(?:^|[,;。(\\n])\\s*(?:当|若|如果)([^,;。()\\n]{2,40}),则?(?:该|此|本)(?:字段|参数|项)为?(?:必填|必传)"
    );
    let of_values = regex!(
        "(?:^|[,;。(\\n])\\s*当?([A-Za-z_][A-Za-z0-9_.]*(?:为|是|=)[A-Za-z0-9_、或]+)(?:必填|必传|(?:需要?|须)(?:填写?|指定|传入?)(?:[^A-Za-z]|$))"
    );
    if let Some(m) = find(told, &desc) {
        return Some(m[1].trim().to_owned());
    }
    // `外部嘉宾必填`, `第三方套件应用必填`: who must.
    let of_kind = regex!("(?:^|[,;。(\\n])\\s*([\u{4e00}-\u{9fff}]{2,10})必填(?:$|[,;。()\\n])");
    if let Some(m) = find(bare, &desc).or_else(|| find(of_values, &desc)) {
        return Some(format!("{}时", m[1].trim()));
    }
    if let Some(m) = find(of_kind, &desc)
        && !has(
            regex!("字段|参数|该|此|本|项|都|均|[非不为是时须需下]|一|两|二|至少|或|否则|其[他它余]"),
            &m[1],
        )
    {
        return Some(format!("{}时", m[1].trim()));
    }
    // `begin_time跟end_time必须同时指定`
    let both = regex!(
        "([A-Za-z_][A-Za-z0-9_]*)\\s*(?:跟|和|与|、)\\s*([A-Za-z_][A-Za-z0-9_]*)\\s*必须(?:同时|一起)(?:指定|填写|传入?|设置)"
    );
    find(both, &desc).map(|m| format!("{}与{}必须同时指定", m[1], m[2]))
}

/// `新购、增购订单必须指定人数`: the kinds for which a field must be filled in, where other words than `必填` say so.
pub(crate) fn of_kinds(desc: &str) -> Option<String> {
    let told = regex!(
        "(?:^|[,;。(\\n])\\s*([\u{4e00}-\u{9fff}、]{2,20}?)(?:必须|需要|须)(?:指定|填写|传入)[\u{4e00}-\u{9fff}]{1,6}(?:$|[,;。()])"
    );
    find(told, &narrow(desc)).map(|m| m[1].clone())
}

/// A text without code marks and tags, with the wire's name of a field in place of its Chinese one: `宫格类型(grid_type)为1时`.
pub(crate) fn unmarked(desc: &str) -> String {
    let text = narrow(desc).replace('`', "");
    let text = replace(regex!("</?[a-z]+>"), &text, "\n").replace("的时候", "时");
    let text = replace(
        regex!("[\u{4e00}-\u{9fff}]{1,10}\\(([A-Za-z_][A-Za-z0-9_.]*)\\)\\s*(为|是|=|等于)"),
        &text,
        "$1$2",
    );
    // `allow rest为true`
    let text =
        replace(regex!("(^|[^A-Za-z_])([a-z]{3,12}) ([a-z]{3,12})\\s*(为|=)"), &text, "${1}${2}_${3}${4}");
    // A slip of the pen: `当type为1是，必填`.
    replace(regex!("((?:为|=)\\s*[A-Za-z0-9_]+)是,"), &text, "${1}时,")
}

/// `（type为1时填写）`: the condition under which a field that its cell requires has a place at all.
pub(crate) fn filled(desc: &str) -> Option<String> {
    let m = find(
        regex!(
            "(?:^|[,;。(\\n])\\s*([A-Za-z_][A-Za-z0-9_]*(?:为|=)[0-9]{1,4}时)(?:填写?|必填|传入?)(?:$|[,;。)\\n])"
        ),
        &unmarked(desc),
    )?;
    Some(m[1].clone())
}

/// `仅type为1时返回`: the value under which a field comes, and with which it comes.
pub(crate) fn returned_when(desc: &str) -> Option<String> {
    let m = find(
        regex!(
            "(?:^|[,;。(\\n])\\s*(?:仅|只有|只在|仅在|仅当|当)?\\s*([A-Za-z_][A-Za-z0-9_]*(?:为|是|=+|等于)[A-Za-z0-9_]+时)才?会?(?:返回|有值|存在)(?:$|[,;。)\\n])"
        ),
        &unmarked(desc),
    )?;
    Some(m[1].replace("==", "="))
}

/// Whether what is longer than the limit is cut.
pub fn cut(desc: &str) -> bool {
    has(regex!("超过[^。；]{0,20}(截断|截取)|会被截断|超过[^。；]{1,6}[，,]?\\s*[取留]前"), desc)
}

/// Whether a number beyond the limit is taken as the limit: `超过最大值时取最大值`, `大于100则按100处理`.
pub(crate) fn taken_as_top(desc: &str) -> bool {
    has(
        regex!("超过最大值时?[，,]?[取按](?:最大值|上限)|[大多]于 ?[0-9]+ ?[则时][，,]?按 ?[0-9]+ ?处理"),
        desc,
    )
}

/// Presence of a row's cell: always, never, or a condition in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// Always.
    Yes,
    /// May lack.
    No,
    /// Under a condition.
    When(String),
}

/// Reads a presence cell.
pub fn presence(cell: &str) -> Presence {
    let cell = narrow(cell);
    let cell = cell.trim();
    let bare = cell.trim_start_matches(['是', '否', ',', ' ', '(', ';']).trim_end_matches([')', ' ']);
    match cell {
        "是" | "必填" | "必须" | "Y" | "y" | "yes" | "true" | "True" | "必选" | "Yes" => Presence::Yes,
        "" | "否" | "是或否" | "是/否" | "选填" | "非必填" | "可选" | "N" | "n" | "no" | "false"
        | "False" | "不必" | "-" | "非必须" => Presence::No,
        _ if cell.starts_with('否') => Presence::No,
        _ if has(regex!("^是$"), cell) => Presence::Yes,
        // `是，allow_ot、type必填`: what follows speaks of more than this field.
        _ if has(regex!("^是\\s*[,、(]"), cell) && !has(regex!("时|当|若|如果|仅"), cell) => {
            Presence::Yes
        }
        _ if bare.is_empty() => Presence::No,
        _ => Presence::When(bare.to_owned()),
    }
}

/// What a presence cell says besides yes or no: `否，有值时需要allow_flex为true`.
pub(crate) fn beside(cell: &str) -> Option<String> {
    let m = find(regex!("^\\s*[是否]\\s*[，,、（(:：]\\s*(.{3,}?)[)）]?\\s*$"), cell)?;
    Some(m[1].trim().to_owned())
}

/// Whether an answer's text says that the field may lack. `仅` and `返回` alone do not: `仅返回…的部门` tells what it holds, `则返回0` what it is.
pub fn may_lack(desc: &str) -> bool {
    // What is said of one of several values is not said of the field.
    let told = |line: &&str| !has(regex!(r"^\W?[0-9]+\s*[:：.、-]"), line);
    let desc = desc.lines().filter(told).collect::<Vec<_>>().join("\n");
    // `指定了则原样返回，否则自动生成并返回`: it comes either way.
    // `如果没有一次返回，则为 true；否则为 false`, too.
    let either = regex!(
        "[^。\n]*为\\s*[`'\"]?(?:true|false|[0-9]+|是|否)[`'\"]?\\s*[，,；;]\\s*否则为|[^。；\n]*(?:否则[^。]{0,12}(?:为|返回)|生成[^。]{0,12}返回)"
    );
    let desc = replace(either, &desc, "");
    // `标签只会返回x，y不再返回`: which of those within come.
    let desc = replace(regex!("只会?返回[^。；\n]*不(?:再|会)?返回"), &desc, "");
    // `仅三天内有效`, `平铺返回数据`: how long it is good, and how it comes.
    let how =
        regex!("仅[一二两三四五六七八九十0-9]+个?(?:天|日|小时|分钟|月)内?有效|平铺返回[^。；，,)）\n]*");
    let desc = replace(how, &desc, "");
    returned(&desc)
        || has(
            regex!(
                r"仅[^。支]{2,30}(可获取|才有|有效|存在|支持)|可能(会)?(为空|不存在|没有)|有值|可选|授权[^。固定]{0,12}(获取|返回)([^多授一]|$)|同时出现|共存|不可获取|(^|[^0-9小个月天年])后有效|(时|[^0-9天]后)[，,]?(该|此)字段(才)?有效|时存在|仅[^。)）]{2,20}有[)）]|只有[^。]{1,23}[^。日]有效|才能?(显示|看到)|时[，,]值为空|^[当该][^。，,]{2,30}时[，,]([^则返值为该此]|(该|此)(字段|参数)[^为]|$)|[A-Za-z_]为[0-9]+下[，,]|[^小]时(才)?有([^多效]|效([^期]|$)|$)"
            ),
            &desc,
        )
        || has(
            regex!(
                r"(未|不|没有)[^，,。]{0,12}[，,]?(则|那么)?(该|此)(字段|参数|项|值)?为空|如果[^，,。]{0,12}[，,](该|此)字段为空|才会?(有|存在|展示|出现)([^效]|$)|[无有](该|此)(字段|参数)|不(会)?展示|已废弃|后续(将|会)|历史单据|如果未设置|没有next_cursor|不填"
            ),
            &desc,
        )
        // Of events: `仅当该字段发生变更时传递`, `只回调给…应用`.
        || has(
            regex!(
                "(仅|只有|才|只在)[^。，]{0,24}(传递|推送|回调|携带)|如果[^。]{2,24}会带上|只(回调|推送)给|变更时推送|不再回调"
            ),
            &desc,
        )
        || has(
            regex!(
                "时[，,]返回[^空0-9]|可能不返回|请忽略|可以忽略该(字段|参数)|该(字段|参数)则?无效|需要开启[^。，]{2,12}[（(]|此时(?:才|会|将)+返回|与[^，。]{2,12}只能选择?其?一个?(?:[，。]|$)|(?:传|填|选)其中[一1]个|必[填传]其一|与[A-Za-z_]+二选一|如果为空[，,]|^当[A-Za-z_ ]+为[^。，,]{1,8}时[，,](具体|对应)|[，,。]当[A-Za-z_ ]+为[^。，,]{1,8}时[，,](具体|对应)|^如果[^。，,]{4,24}。"
            ),
            &desc,
        )
}

/// The fields of which a sentence says that they may lack: `可能无x字段`, `不再回调x`.
pub(crate) fn lacking(text: &str) -> Vec<String> {
    let told = regex!(
        "(?:可能会?(?:没有|无|缺少|不含|不包含|不返回)|不(?:会(?:再|继续)?|再|继续)(?:返回|回调|推送|携带))\\s*([A-Za-z_][A-Za-z0-9_]*)"
    );
    find_all(told, &narrow(text).replace('`', "")).into_iter().map(|m| m[1].clone()).collect()
}

/// The fields of which a sentence says that no others come: `成员属性只回调UserID/Department两个字段`.
pub(crate) fn all_that_come(text: &str) -> Option<Vec<String>> {
    let told = regex!("[只仅]回调\\s*([A-Za-z_]+(?:\\s*[/、,和]\\s*[A-Za-z_]+)+)\\s*[^。]{0,4}字段");
    let m = find(told, &narrow(text).replace('`', ""))?;
    Some(m[1].split(['/', '、', ',', '和']).map(|n| n.trim().to_owned()).collect())
}

/// Whether an answer's text says when the field is returned.
fn returned(desc: &str) -> bool {
    let verbs = regex!(
        r"(仅[^。返]{1,80}|才会?|(不|未|没有)(会|再)?|(若|如果|当)[^。]{0,40}|时([^间长返][^。]{0,39})?|记录才?)返回(空|（|(该|此|本|了|相关)?(字段|参数|项|值|数据|信息|列表)?([。；;，,、)）\n` ]|$))"
    );
    has(verbs, desc)
        || has(
            regex!(
                r"返回(该|此)(字段|参数|项)|(为[^，,。]{1,20}|的(企业|应用|客户|成员)|完成后|成功后)返回([。；;，,)）]|$)|^(当|如果|若|该|此|仅)[^。]{2,40}[，,]?则?返回|时[，,]返回的|该字段返回空|未返回|则不返回"
            ),
            desc,
        )
}

/// `此时固定为text`: the constant of a tag.
pub(crate) fn constants(desc: &str) -> Vec<String> {
    let mut out = Vec::new();
    for line in narrow(desc).lines() {
        if let Some(m) =
            find(regex!(r"固定(?:为|是)?\s*[:：]?\s*[`'\x22“]{0,3}([A-Za-z][A-Za-z0-9_]*)"), line)
        {
            out.push(m[1].clone());
        } else if let Some(m) =
            // `按钮交互型卡片填写"button_interaction"`: quoted, as other words follow these verbs too.
            find(
                regex!(r#"(?:填写|类型为|值为)\s*:?\s*["'`]{1,3}([A-Za-z][A-Za-z0-9_]*)["'`]"#),
                line,
            )
        {
            out.push(m[1].clone());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_and_cuts() {
        assert_eq!(condition("成员id，当type为1时必填").as_deref(), Some("type为1时"));
        assert_eq!(condition("提交时间"), None);
        assert_eq!(condition("状态，当state=3时要求必填").as_deref(), Some("state=3时"));
        for (text, want) in [
            ("当`advanced_api_type`为1是，必填，订单信息", "advanced_api_type为1时"),
            ("当宫格类型(grid_type)为1时必填", "grid_type为1时"),
            ("上限，`type`为`1`、`2`、`3`需指定并且大于0的值", "type为1、2、3时"),
            ("level为2的话必传", "level为2的话"),
            ("如果是周期性会议，此参数必传。", "是周期性会议时"),
            ("del_user_list包含群主时本字段必填", "del_user_list包含群主时"),
            ("不能单独指定，start_time跟end_time必须同时指定。", "start_time与end_time必须同时指定"),
            ("设置时需要将rest设置为true。rest为true的时候需要有", "rest为true时"),
            ("若填此参数，则不需要填`fileid`", ""),
            ("当slice_info有值时，无需填写", ""),
            ("本字段非必填", ""),
        ] {
            assert_eq!(condition(text).unwrap_or_default(), want, "{text}");
        }
        assert_eq!(filled("部门id (type为2时填写)").as_deref(), Some("type为2时"));
        assert_eq!(filled("只能repeat_type = 2时填写"), None);
        assert!(cut("不超过30个字符，超过30个字符将被截断") && !cut("不超过30个字符"));
        assert!(cut("最多支持传5张，超过五张取前五张") && !cut("超过最大值时取默认值"));
    }

    #[test]
    fn what_answers_may_lack() {
        for (desc, may) in [
            ("仅当企业授权后返回", true),
            ("企业是否认证，已加入的企业返回", true),
            ("当任务完成后此字段有效", true),
            ("跟进信息，但标签只会返回企业标签的id，个人标签将不再返回", false),
            ("渠道商信息（仅当有渠道商报备后才会有此字段）", true),
            ("若未指定，则无该字段", true),
            ("如果传了 pid，且没有一次返回，则为 true；否则为 false。", false),
            ("若为 1，表示该次返回；否则不返回", true),
            ("付款时间，如果未支付该字段为空", true),
            ("天数。`time_scale`为`1`返回", true),
            ("分页游标，如果已经没有更多的数据则返回空", true),
            ("仅当该字段发生变更时传递", true),
            ("额度计算规则，自动按年发放时有效", true),
            ("自动按月发放的发放时间，只有自动按月发放类型有效", true),
            ("企业规模。当企业未设置该属性时，值为空", true),
            ("按入会时间正序排列，使用不同端入会时平铺返回数据", false),
            ("图片媒体文件id，可以调用接口拉取，仅三天内有效", false),
            ("标题，消息类型为“1视频号动态”时，返回动态标题", true),
            ("假期类型，当type为1请假时，具体的假期id", true),
            ("规则组id，如果修改了规则组标签的顺序，则回调时会带上此标签所属规则组的id", true),
            ("新的userid，只在userid被修改时回调", true),
            ("旧的应用id，新开发者请忽略", true),
            ("封面，该参数需要开启活动页配置（activity_page）。", true),
            ("会议室ID，与MraAddress二选一", true),
            ("新日程的ID。只改一次时，会拆出新日程，此时会返回其ID", true),
            ("图片地址。图片与视频只能选择一个。", true),
            ("成员。userid和openid需要传其中一个", true),
            ("列表（按入会时间正序排列，平铺返回数据）", false),
            ("所属部门，仅返回该应用有查看权限的部门id", false),
            ("下载地址，24小时有效", false),
            ("当身份为成员时，该字段为userid；当身份为机器人时，该字段为机器人id", false),
            ("当类型为『通过』时，该字段表示申请人的名字", true),
            ("企业授权的版本。如果授权了多个版本，则返回授权的多个版本。", false),
            ("授权的应用，是一个数组，对新的单应用授权，永远只返回一个", false),
            ("消息ID。如果请求指定了msgid，则原样返回，否则系统自动生成并返回", false),
            ("下次升级的时间，只有年月日有效", false),
            ("授权的code，10分钟内有效，仅支持消费一次", false),
            ("最后使用时间，如果未使用过则返回0", false),
            ("任务失败返回码。当status为3时返回非0，其他返回0", false),
            ("文件类型，目前仅支持普通文件：file", false),
            ("订单类型\n1：购买\n8：新购(仅当corpid不填时返回)", false),
        ] {
            assert_eq!(may_lack(desc), may, "{desc}");
        }
    }

    #[test]
    fn names_that_sentences_let_lack() {
        for (text, want) in [
            ("若移除部门，可能无`DropItems`字段。", "DropItems"),
            ("如果已经开始聊天，则不会继续返回welcomecode", "welcomecode"),
            ("添加其他企业的联系人时，不再回调code。", "code"),
            ("不再返回真实name", ""),
        ] {
            assert_eq!(lacking(text).join(","), want, "{text}");
        }
    }

    #[test]
    fn sentences_that_name_all_that_comes() {
        for (text, want) in [
            ("新配置的地址，成员属性只回调UserId/Dept两个字段", "UserId Dept"),
            ("房间属性仅回调`Id`、`ParentId`两个个字段。", "Id ParentId"),
            ("只回调给管理员", ""),
        ] {
            assert_eq!(all_that_come(text).unwrap_or_default().join(" "), want, "{text}");
        }
    }

    #[test]
    fn presence_cells() {
        for (cell, want) in [
            ("是", Presence::Yes),
            ("否，默认false", Presence::No),
            ("特定类型必填", Presence::When("特定类型必填".into())),
            ("是，allow_ot、type必填", Presence::Yes),
            ("是 (至少有一种)", Presence::Yes),
            ("是（当type为1时）", Presence::When("当type为1时".into())),
            ("", Presence::No),
        ] {
            assert_eq!(presence(cell), want, "{cell}");
        }
        assert_eq!(beside("否，有值时需要allow_flex为true").as_deref(), Some("有值时需要allow_flex为true"));
        assert_eq!(beside("否"), None);
    }

    #[test]
    fn constants_of_tags() {
        assert_eq!(constants("消息类型，此时固定为：text"), ["text"]);
        assert_eq!(constants("此处固定为`image`"), ["image"]);
        assert_eq!(constants("此处固定为：```user_recall_msg```"), ["user_recall_msg"]);
        assert_eq!(constants("按钮交互型卡片填写\"button_interaction\""), ["button_interaction"]);
        assert!(constants("固定为 0").is_empty());
    }
}
