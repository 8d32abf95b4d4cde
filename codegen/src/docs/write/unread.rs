//! What the texts of fields tell and their entries lack: whatever the other files of this pass could not read is said, one note a sentence.
//! It asks what an entry has in the end, not who gave it.

use crate::docs::infer::phrases;
use crate::docs::model::{Assumption, Field};
use crate::docs::read::text::{find_all, has, narrow, regex, replace};
use crate::docs::rules;
use crate::docs::write::formal::asks_for;
use crate::docs::write::node::{entries, step};
use crate::yaml::{Kind, Node};

/// The notes of a request's or an answer's fields, and of the sentences beside its tables that name them.
pub(super) fn unread(body: &Node, fields: &[Field], sent: bool, beside: &[String]) -> Vec<Assumption> {
    let mut walk = Walk { sent, at: vec![], tag: vec![], held: vec![], notes: vec![], beside };
    walk.object(body, fields, 0);
    // Variants that have a field in common tell the same.
    let mut seen: Vec<String> = Vec::new();
    walk.notes.retain(|n| {
        let new = !seen.contains(&n.what);
        seen.push(n.what.clone());
        new
    });
    walk.notes
}

/// A note of the fields that samples show beside others, and no row describes.
pub(super) fn rowless(word: &str, fields: &[Field]) -> Option<Assumption> {
    fn collect(fields: &[Field], at: &str, out: &mut Vec<(u32, String)>) {
        let told = fields.iter().find(|f| f.row.exists && f.row.line > 0);
        // What each answer or event has around its own fields, and what a rule of its own gave fields.
        const AROUND: &[&str] = &["errcode", "errmsg", "ToUserName", "FromUserName", "CreateTime", "AgentID"];
        for f in fields {
            let path = format!("{at}{}", f.name);
            let known = f.row.exists
                || f.marks.recursive > 0
                || AROUND.contains(&f.name.as_str())
                || f.children.iter().any(|c| c.row.exists);
            if let Some(told) = told.filter(|_| !known) {
                out.push((told.row.line, format!("`{path}`")));
            } else {
                collect(&f.children, &format!("{path}."), out);
            }
        }
    }
    let mut found = Vec::new();
    collect(fields, "", &mut found);
    let line = found.first()?.0;
    let names: Vec<String> = found.into_iter().map(|f| f.1).collect();
    let what = format!("samples of the {word} show fields that have no row: {}", names.join(", "));
    Some(Assumption { rule: &rules::ROW_MISSING, line, what })
}

/// What a sentence may tell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Limit,
    Default,
    Condition,
    Values,
}

impl Told {
    fn words(self) -> &'static str {
        match self {
            Told::Limit => "a limit",
            Told::Default => "a default",
            Told::Condition => "a condition",
            Told::Values => "values",
        }
    }
}

struct Walk<'a> {
    sent: bool,
    /// Wire names from the body to the field.
    at: Vec<String>,
    /// Tags of the unions around it: what a variant has is under a condition already.
    tag: Vec<String>,
    /// The conditions of the objects around it.
    held: Vec<String>,
    notes: Vec<Assumption>,
    /// Sentences beside the tables.
    beside: &'a [String],
}

impl Walk<'_> {
    /// The fields of an object and of its union's variants.
    fn object(&mut self, object: &Node, fields: &[Field], line: u32) {
        for (name, entry) in object.get("fields").map(entries).unwrap_or_default() {
            let name = name.text().unwrap_or_default();
            let found = called(fields, name);
            let line = found.map(|f| f.row.line).filter(|l| *l > 0).unwrap_or(line);
            self.at.push(name.to_owned());
            self.field(name, entry, object, (line, found.is_some_and(|f| f.marks.lent)));
            let depth = self.held.len();
            self.held.extend(conditions(entry).map(str::to_owned));
            self.object(entry, found.map_or(fields, |f| &f.children), line);
            self.held.truncate(depth);
            self.at.pop();
        }
        let Some(union) = object.get("union") else { return };
        let tag = union.get("tag").and_then(Node::text).unwrap_or_default();
        self.tag.push(tag.rsplit('.').next().unwrap_or_default().to_owned());
        for (value, variant) in union.get("variants").map(entries).unwrap_or_default() {
            let key = step(union, value, variant);
            let depth = self.at.len();
            self.at.extend(key.map(str::to_owned));
            let among = key.and_then(|key| called(fields, key)).map_or(fields, |f| &f.children);
            self.whole(variant, line);
            self.object(variant, if among.is_empty() { fields } else { among }, line);
            self.at.truncate(depth);
        }
        self.tag.pop();
    }

    /// What the text of a variant limits, and none of its fields: `视频。最长不超过30S，最大不超过10MB`.
    fn whole(&mut self, variant: &Node, line: u32) {
        let doc = variant.get("doc").and_then(Node::text).unwrap_or_default();
        let entry = Entry { name: "", entry: variant, holder: variant, sent: self.sent };
        if !self.sent || variant.get("fields").is_none() || !entry.lacks(Told::Limit) {
            return;
        }
        for sentence in sentences(doc).filter(|s| entry.hears(Told::Limit, &plain(s))) {
            self.note(Told::Limit, sentence, line);
        }
    }

    /// `lent`: its text is that of a field that is sent.
    fn field(&mut self, name: &str, entry: &Node, holder: &Node, (line, lent): (u32, bool)) {
        let doc = entry.get("doc").and_then(Node::text).unwrap_or_default();
        let entry = Entry { name, entry, holder, sent: self.sent };
        for sentence in sentences(doc) {
            let said = plain(sentence);
            let tagged = self.tag.iter().any(|tag| !tag.is_empty() && said.contains(tag.as_str()))
                || self.held.iter().any(|c| spoken(c).any(|name| said.contains(name)));
            for told in [Told::Limit, Told::Default, Told::Condition] {
                let known = tagged && told == Told::Condition || lent && told == Told::Limit;
                if !known && entry.lacks(told) && entry.hears(told, &said) {
                    self.note(told, sentence, line);
                } else if told == Told::Limit && self.sent && entry.has_other_limit(&said) {
                    self.second("limits", sentence, line);
                } else if told == Told::Condition && !tagged && entry.has_other_condition(&said) {
                    self.second("conditions", sentence, line);
                }
            }
            let of_some = self.held.is_empty() && !tagged && entry.lacks_condition();
            if of_some && of_column(&said) {
                self.note(Told::Condition, sentence, line);
            }
        }
        if entry.lacks(Told::Values) {
            let many = listed(&plain(doc)) > 1;
            let told = |s: &&str| if many { listed(&plain(s)) > 0 } else { apart(&plain(s)) };
            let told: Vec<&str> = sentences(doc).filter(told).collect();
            if !told.is_empty() && (many || entry.is_scalar()) {
                self.note(Told::Values, &told.join("；"), line);
            }
        }
        let beside = self.beside;
        for sentence in beside.iter().flat_map(|d| sentences(d)) {
            let said = plain(sentence);
            // How often something may be called, and how much is answered at once.
            if !names(&said, name) || has(regex!("频率|分页|分块|返回[^,;。]{0,12}上限"), &said) {
                continue;
            }
            for told in [Told::Limit, Told::Condition] {
                if entry.lacks(told) && entry.hears(told, &said) {
                    self.note(told, sentence, line);
                }
            }
        }
    }

    /// A limit or a condition beside the one that was read.
    fn second(&mut self, kind: &str, sentence: &str, line: u32) {
        let what = format!("`{}` got one of the {kind} that a text tells: {sentence}", self.at.join("."));
        self.notes.push(Assumption { rule: &rules::TOLD_BUT_UNREAD, line, what });
    }

    fn note(&mut self, told: Told, sentence: &str, line: u32) {
        let what =
            format!("`{}` got nothing of {} that a text tells: {sentence}", self.at.join("."), told.words());
        self.notes.push(Assumption { rule: &rules::TOLD_BUT_UNREAD, line, what });
    }
}

/// A field with the object that holds it.
struct Entry<'n> {
    name: &'n str,
    entry: &'n Node,
    holder: &'n Node,
    sent: bool,
}

impl Entry<'_> {
    fn has(&self, key: &str) -> bool {
        self.entry.get(key).is_some()
    }

    fn ty(&self) -> &str {
        self.entry.get("type").and_then(Node::text).unwrap_or_default()
    }

    fn is_switch(&self) -> bool {
        ["bool", "flag"].iter().any(|t| self.ty().contains(t))
    }

    /// A point in time: limits of it are spans between two, or move with the calendar.
    fn is_time(&self) -> bool {
        ["unix", "millis", "date", "rfc3339"].iter().any(|t| self.ty().contains(t))
    }

    fn is_many(&self) -> bool {
        ["list<", "pipe<", "csv<"].iter().any(|t| self.ty().contains(t))
    }

    fn has_values(&self) -> bool {
        ["values", "choices", "union"].iter().any(|k| self.has(k))
    }

    /// A text or a number, or several.
    fn is_scalar(&self) -> bool {
        !self.ty().contains("object") && !self.has("fields")
    }

    fn always(&self) -> bool {
        self.entry.get("required").and_then(Node::text) == Some("true")
    }

    /// Whether it has nothing of a kind that it could have.
    fn lacks(&self, told: Told) -> bool {
        match told {
            Told::Limit => {
                let own = LIMITS.iter().any(|key| self.has(key));
                let inside = self.entry.get("fields").map(entries).unwrap_or_default();
                let inside = inside.iter().any(|(_, f)| LIMITS.iter().any(|key| f.get(key).is_some()));
                let time = self.is_time() && !self.is_many();
                !own && !inside && !self.is_switch() && !time && (!self.has_values() || self.is_many())
            }
            Told::Default => self.sent && !self.has("default") && !self.always() && !self.is_many(),
            Told::Condition => self.lacks_condition(),
            Told::Values => !self.has_values() && !self.is_switch() && !self.is_time() && self.ty() != "json",
        }
    }

    /// Whether nothing says when it has a place, or must be there.
    fn lacks_condition(&self) -> bool {
        let keys = ["when", "required_words", "modes", "since", "by_mode"];
        let required = self.has("required") && !self.always();
        let told = required || keys.iter().any(|key| self.has(key));
        !(told || self.sent && self.is_of_group())
    }

    /// Whether it has a condition, and a sentence tells one of a field beside for which that one does not ask.
    fn has_other_condition(&self, said: &str) -> bool {
        let own: Vec<&str> = conditions(self.entry).collect();
        let heard =
            || if self.sent { conditional(said, self.is_switch()) } else { depends(said) || absent(said) };
        if own.is_empty() || self.has("required_words") || !heard() || self.is_of_another(said) {
            return false;
        }
        let beside = self.holder.get("fields").map(entries).unwrap_or_default();
        let mut named = beside
            .iter()
            .filter_map(|(n, _)| n.text())
            .filter(|n| *n != self.name && names(said, n))
            .peekable();
        named.peek().is_some() && named.all(|n| !own.iter().any(|c| asks_for(c, n)))
    }

    /// Whether it has limits, and a sentence tells one of another amount: `最多10个，每个jobid最多100000个`.
    fn has_other_limit(&self, said: &str) -> bool {
        let own: Vec<&Node> = LIMITS.iter().filter_map(|key| self.entry.get(key)).collect();
        if own.is_empty() || self.has("flags") || self.has("choices") || !limited(said) {
            return false;
        }
        let mut known = Vec::new();
        own.iter().for_each(|limit| amounts(limit, &mut known));
        let told = regex!(
            "(?:不(?:能|可|得|要|应|允许)?(?:超过|大于|多于|长于|高于)|最(?:多|大|长)|至多|上限|仅支持)[^0-9,;。]{0,12}([0-9]+) ?(?:$|[^0-9.\\-^万千分小天月年元秒MKGmkg%倍 ])"
        );
        find_all(told, said).iter().any(|m| !known.contains(&m[1]))
    }

    /// Whether one of the holder's groups has it.
    fn is_of_group(&self) -> bool {
        fn holds(node: &Node, name: &str) -> bool {
            match &node.kind {
                Kind::Seq(list) => list.iter().any(|n| holds(n, name)),
                _ => node.text() == Some(name),
            }
        }
        let groups =
            ["any_of", "one_of", "at_most_one", "all_of"].iter().filter_map(|key| self.holder.get(key));
        groups.into_iter().any(|group| holds(group, self.name))
    }

    /// Whether a field that the sentence names, or any other where it names all others, has a condition that asks for this one: then it was read as one of that field.
    fn is_of_another(&self, said: &str) -> bool {
        let all = has(regex!("其[他它余]的?(?:字段|参数)|以下(?:字段|参数)"), said);
        let plain = |t: &str| t.replace('_', "");
        let beside = self.holder.get("fields").map(entries).unwrap_or_default();
        beside
            .iter()
            .filter(|(name, _)| {
                name.text().is_some_and(|n| n != self.name && (all || plain(said).contains(&plain(n))))
            })
            .flat_map(|(_, f)| ["when", "required"].map(|key| f.get(key).and_then(Node::text)))
            .flatten()
            .any(|condition| asks_for(condition, self.name))
    }

    /// Whether a sentence tells something of a kind that the field could have.
    fn hears(&self, told: Told, said: &str) -> bool {
        match told {
            // What is received is shown with no alphabet.
            Told::Limit => limited(said) || self.sent && has(regex!("[0-9]+ ?位(?:纯|阿拉伯)?数字"), said),
            Told::Default => self.defaults(said),
            // What must be there must be there under a condition where a field is named.
            Told::Condition if self.sent && self.always() => {
                has(regex!("[A-Za-z_](?:为|=)[^,;。]{1,12}时(?:填写?|必填|必传|有效)"), said)
            }
            Told::Condition if self.sent => conditional(said, self.is_switch()) && !self.is_of_another(said),
            Told::Condition if self.always() => absent(said),
            Told::Condition => depends(said),
            Told::Values => false,
        }
    }

    /// A default that is a value of the type: `默认为当前时间` is none.
    fn defaults(&self, said: &str) -> bool {
        if has(regex!("是否默认|默认(?:可|没有|勾选)"), said) {
            return false;
        }
        let value = regex!(
            "(?:默认|缺省)(?:值|取值|显示)?(?:都|会)?(?:为|是|:|=|从)?\\s*(?:-?[0-9]+|true|false|[\"'「]|[A-Za-z_]{4,})|不填(?:写|传)?或者?(?:填|传)?(?:为|写)?\\s*[0-9]"
        );
        let amount =
            regex!("(?:默认|缺省)(?:值)?(?:为|是)?\\s*[0-9]+\\s*(?:天|个?小时|分钟|个?月|年)(?:前|后|内)");
        let of_labels = self.is_switch() || self.has_values();
        let label =
            regex!("(?:默认|缺省)(?:值|情况下)?(?:为|是|不|开启|关闭|允许)|(?:默认|缺省)[^,;。的]{2,12}$");
        has(value, said) && !has(amount, said) && !self.is_time()
            || of_labels
                && has(label, said)
                && !has(regex!("默认(?:规则|配置|设置|权限|日历|部门|说明)"), said)
    }
}

/// Whatever limits a value.
const LIMITS: &[&str] =
    &["range", "chars", "bytes", "items", "each", "file", "step", "choices", "pattern", "flags"];

/// The numbers of a limit, and of those of elements.
fn amounts(limit: &Node, out: &mut Vec<String>) {
    let all = entries(limit);
    all.iter().for_each(|(_, inner)| amounts(inner, out));
    let text = limit.text().unwrap_or_default();
    out.extend(text.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).map(str::to_owned));
}

/// `最多100个`, `长度不超过32`, `仅可指定1人`, `20M以内`.
fn limited(said: &str) -> bool {
    // What a group of companies or a person may have altogether is no limit of a field; nor is what another value stands for.
    let said = replace(
        regex!("建议[^,;。]*|每(?:个|名|家)?(?:企业|人|成员|用户|客户)[^,;。]*|\\[0, ?2\\^32[^,;。]*"),
        said,
        "",
    );
    if has(regex!("超过(?:最大值|上限)?时?[^,;。]{0,6}[取按用]默认|总人数"), &said) {
        return false;
    }
    let top = regex!(
        "(?:不(?:能|可|得|要|应|允许)?(?:超过|大于|多于|长于|高于|少于|小于|低于)|最(?:多|大|长|小|少)|至多|上限|取值范围|长度(?:为|限制))[^0-9,;。]{0,12}[0-9]+(?:$|[^0-9.\\-^])"
    );
    let only = regex!(
        "(?:仅|只)(?:可以?|能|支持)?(?:指定|传入?|填写?|选择?|支持|添加)?\\s*[0-9]+\\s*(?:个|人|条|张|位|项|名|份|$|[,;。)])"
    );
    let within = regex!("[0-9]+ ?(?:个|条|张|项|字符|字节|字|[KMG]B?)(?:以内|之内)");
    has(top, &said) || has(only, &said) || has(within, &said)
}

/// `仅在x时有效`, `若x，则必填`, `二者不能同时为空`.
fn conditional(said: &str, switch: bool) -> bool {
    // How long something is good, and what it is that must be good.
    let said = replace(
        regex!(
            "[0-9一-十]+ ?个?(?:秒|分钟|小时|天)(?:之?内|后)?(?:有效|失效|过期)|有效(?:期|的)|生效(?:日期|时间)|是否(?:必填|有效)|非必填|(?:若|如果)不需[^,;。]*,请忽略[^,;。]*"
        ),
        said,
        "",
    );
    let only = regex!(
        "(?:仅|只有|只在|只针对)[^,;。]{1,40}(?:有效|生效|必填|必传|需要?填写?|需要?传|可传|可填)(?:$|[^期的])"
    );
    let at = regex!(
        "[^,;。]{2,40}(?:时|的话|情况下)[^,;。]{0,8}(?:有效|生效|失效|无效|必填|必传|忽略|无意义|选填|不填|无需填写?)(?:$|[^期的])"
    );
    let follows = regex!(
        "(?:若|如果|当)[^,;。]{2,40},[^,;。]{0,12}(?:必填|必传|必须(?:填|传|指定|同时)|忽略|无效|失效|要同时|需同时|无需填|不需要?填)"
    );
    let group = regex!(
        "不(?:能|可)以?同时|二选一|只能选择?一|必须填写?一|至少(?:填|传|选|有|需)[^,;。]{0,6}[一1]|必须同时|要同时(?:指定|填|传)"
    );
    let ignored = regex!("忽略(?:该|此|本)(?:字段|参数)|(?:该|此|本)(?:字段|参数)(?:将|会)?被?忽略");
    // `新增时不需要传入，更新时传入`, `身份类型为客户时填`, `轮询开启后设置`, `仅支持群发场景`.
    let filled = regex!(
        "[^,;。]{2,40}时(?:才|不需要|无需|不用)?(?:填写?|传入?)(?:$|[;。)]|,[^则])|(?:开启|打开)后(?:设置|填写|传入)|(?:仅|只)(?:支持|适用于?)[^,;。]{2,20}(?:场景|模式)(?:$|[,;。)])"
    );
    let ranked = regex!(
        "(?:都|同时)(?:填写?|传入?|指定|设置|存在)[^。]{0,16}(?:优先|以|忽略|生效|会?使用)|互斥|不(?:能|可)(?:与|和|跟)[^,]{1,24}为空"
    );
    // What is empty is not sent: `如果列表为空则忽略该字段`.
    let empty = regex!("(?:为空|不填|不传|不需要?更新)[^,;。]{0,2}[,则]?请?忽略(?:该|此|本)(?:字段|参数)");
    if has(empty, &said) {
        return false;
    }
    [group, follows, ignored, filled, ranked].iter().any(|r| has(r, &said))
        || !switch && has(at, &said)
        || has(only, &said)
}

/// The conditions that an entry has.
fn conditions(entry: &Node) -> impl Iterator<Item = &str> {
    ["when", "required"].into_iter().filter_map(|key| entry.get(key)?.text()).filter(|c| *c != "true")
}

/// The names of a condition.
fn spoken(condition: &str) -> impl Iterator<Item = &str> {
    let own = |c: char| c.is_ascii_alphanumeric() || c == '_';
    condition.split(move |c: char| !own(c)).filter(|w| w.len() > 3 && *w != "unset")
}

/// `适用的规则类型：固定时间上下班`: of which kinds it is, by a column of the table.
fn of_column(said: &str) -> bool {
    phrases::of_column(said).is_some_and(|kinds| !has(regex!("为(?:所有|全部)"), &kinds))
}

/// `仅x时返回`, `如果是x才返回`, of a field of an answer that may lack.
fn depends(said: &str) -> bool {
    // What permissions and applications decide no field tells.
    let outside = regex!(
        "权限|授权|同意|可见范围|应用|第三方|服务商|套件|管理端|后台|版本|[0-9一二三]天|废弃|没有更多|拉取完|数据项不返回"
    );
    if has(outside, said) {
        return false;
    }
    let only = regex!(
        "(?:仅|只有|只在|若|如果|当)[^,;。]{2,40}?(?:时|才|后|的话)?会?(?:返回|有值|有效|存在|有(?:该|此|本)(?:字段|参数|项))(?:(?:该|此|本)(?:字段|参数|项))?(?:$|[,;。)(])"
    );
    let at = regex!(
        "[^,;。]{2,40}(?:时候?|的话|情况下|才)(?:才|会|能)*(?:返回|有值|有效|有(?:该|此|本)(?:字段|参数|项))(?:(?:该|此|本)(?:字段|参数|项))?(?:$|[,;。)(])"
    );
    let follows = regex!(
        "(?:若|如果|当)[^,;。]{2,40},(?:则|就|那么)?(?:(?:该|此|本)(?:字段|参数|项|值)?|值)?(?:将|会|则)*(?:返回(?:该|此|本)|无意义|没有意义|无效|失效|(?:没有|无|不返回|为空)(?:$|[,;。)]|(?:该|此|本)(?:字段|参数|项)))"
    );
    // `当1为关联应用创建链接时，返回对应的关联应用`
    let then = regex!("当[^,;。]{2,40}时,(?:才|会)?返回(?:对应|相应|具体|该|此)");
    [only, at, follows, then].into_iter().any(|told| has(told, said)) || absent(said)
}

/// `仅x时返回`, `没有该字段`, of a field that the entry has throughout.
fn absent(said: &str) -> bool {
    has(
        regex!(
            "(?:^|[^0-9])不(?:会)?返回(?:该|此|本)(?:字段|参数)|[无没]有?(?:该|此|本)(?:字段|参数)|(?:仅|只有|只在)[^,;。]{2,40}(?:时|才)会?(?:返回|有值|存在|有效)(?:$|[,;。)])"
        ),
        said,
    )
}

/// `字符串描述参考附录`, `详见附表`, `详细参见编号对照表`: the values stand apart, where no reader found them.
fn apart(said: &str) -> bool {
    has(regex!("(?:见|参考|参照)[^,。;]{0,10}(?:附录|附表|对照表)(?:$|[,。;)])|对应的错误码列表$"), said)
        && !has(regex!("语法|接口"), said)
}

/// How many values a text lists: numbers or words, each with a mark and a label.
fn listed(text: &str) -> usize {
    let value = regex!(
        "(?:^|[^0-9A-Za-z.\\-~_])[\"']?([0-9]{1,4}|[a-z]+(?:_[a-z0-9]+)*|[A-Z]+(?:_[A-Z0-9]+)+)[\"']?\\s*(?:[-:=]|表示|代表)\\s*[\"']?[\u{4e00}-\u{9fff}]"
    );
    let mut found: Vec<String> = find_all(value, text).into_iter().map(|m| m[1].clone()).collect();
    found.sort();
    found.dedup();
    // `1-不得重复；2-长度不超过…`: numbered notes.
    if has(regex!("(?:条件|说明|注意|规则)[^0-9]{0,4}1\\s*[-:]|以此类推"), text) {
        0
    } else {
        found.len()
    }
}

/// The sentences of a text.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split(['。', '；', ';', '\n']).map(str::trim).filter(|s| !s.is_empty())
}

fn plain(text: &str) -> String {
    narrow(text).replace(['`', '*'], "")
}

/// Whether a sentence has a name, as a word of its own. Short names are words of English too.
fn names(said: &str, name: &str) -> bool {
    name.len() > 3
        && said.match_indices(name).any(|(at, _)| {
            let own = |c: Option<char>| !c.is_some_and(|c| c.is_ascii_alphanumeric() || "_/.".contains(c));
            own(said[..at].chars().next_back()) && own(said[at + name.len()..].chars().next())
        })
}

/// The field of a name; an object that has become part of a union may stand between.
fn called<'f>(fields: &'f [Field], name: &str) -> Option<&'f Field> {
    let own = fields.iter().find(|f| f.name == name);
    own.or_else(|| fields.iter().flat_map(|f| &f.children).find(|f| f.name == name))
}
