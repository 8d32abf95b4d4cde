//! What a condition in words names: a field beside, one of the object around, one of the request; a value, by itself or by its label.

use crate::docs::read::text::{find, narrow, regex, replace};
use crate::docs::write::node::entries;
use crate::schema::distance;
use crate::yaml::Node;

/// The objects around a field that is written, and what was asked for.
#[derive(Clone, Copy)]
pub(super) struct Scope<'n> {
    /// The object that holds the field.
    pub(super) own: &'n Node,
    /// The one around it. Those further out are not asked: what holds a type may be told of it, but no more.
    pub(super) outer: Option<&'n Node>,
    /// Of an answer: `request` and `query`.
    pub(super) asked: &'n [(&'static str, &'n Node)],
    /// The tag of the variant that the object is: within it, its value is no condition.
    pub(super) fixed: Option<&'n str>,
}

/// A name as a condition writes it, and what has it.
pub(super) struct Named<'n> {
    pub(super) name: String,
    what: What<'n>,
}

/// What a name leads to.
#[derive(Clone, Copy)]
enum What<'n> {
    Field(&'n Node),
    /// The union whose tag it is.
    Tag(&'n Node),
}

impl<'n> Scope<'n> {
    /// The scope inside of an object that stands in this one.
    pub(super) fn within(self, object: &'n Node, fixed: Option<&'n str>) -> Scope<'n> {
        Scope { own: object, outer: Some(self.own), asked: self.asked, fixed }
    }

    /// The objects, the nearest first, each with what stands before its names: the own one, those in it that are no list, the one around it, the
    /// request.
    fn levels(self, own: &str) -> Vec<(String, &'n Node)> {
        let single = |(name, f): &'n (Node, Node)| {
            let name = name.text().filter(|n| *n != own)?;
            let object = f.get("type").and_then(Node::text) == Some("object");
            object.then(|| (name.to_owned(), f))
        };
        let inside = self.own.get("fields").map(entries).unwrap_or_default().iter().filter_map(single);
        let near = std::iter::once((String::new(), self.own)).chain(inside);
        let near = near.chain(self.outer.map(|o| (String::new(), o)));
        near.chain(self.asked.iter().map(|(side, o)| ((*side).to_owned(), *o))).collect()
    }

    /// What is called so, or, as `card_action.type` is told inside of `card_action`, so by its last part. `own`: the field that speaks.
    pub(super) fn find(self, dotted: &str, own: &str) -> Option<Named<'n>> {
        let (first, last) = dotted.rsplit_once('.').unwrap_or((dotted, dotted));
        if self.fixed == Some(last) {
            return None;
        }
        let simple = |last: &str| {
            let mut levels = self.levels(own).into_iter().filter(|_| last != own);
            levels.find_map(|(b, o)| Some(Named { name: qualified(&b, last), what: among(o, last)? }))
        };
        if last == dotted {
            return simple(last).or_else(|| self.shortened(last, own)).or_else(|| self.misspelt(last, own));
        }
        // Inside of `card_action`, `card_action.type` is beside.
        let top = first.split('.').next().unwrap_or_default();
        if among(self.own, top).is_none()
            && last != own
            && let Some(what) = among(self.own, last)
        {
            return Some(Named { name: last.to_owned(), what });
        }
        let whole = self.levels(own).into_iter().find_map(|(before, o)| {
            let (top, rest) = dotted.split_once('.')?;
            Some(Named { name: qualified(&before, dotted), what: below(among(o, top)?, rest)? })
        });
        whole.or_else(|| simple(last))
    }

    /// The fields of the object, in their order.
    pub(super) fn siblings(self) -> impl Iterator<Item = &'n str> {
        let fields = self.own.get("fields").map(entries).unwrap_or_default();
        fields.iter().filter_map(|(k, _)| k.text())
    }

    /// Whether a field of the object must always be there.
    pub(super) fn is_always(self, name: &str) -> bool {
        let field = self.own.get("fields").and_then(|f| f.get(name));
        field.and_then(|f| f.get("required")).and_then(Node::text) == Some("true")
    }

    /// The field of the object that a word means, though it misspells it: `mediaid`, `meeing_id`.
    pub(super) fn spelled(self, word: &str, own: &str) -> Option<String> {
        spelled(word, self.siblings().filter(|n| *n != own)).map(str::to_owned)
    }

    /// The only field of the object that a noun calls, by the first words of its text: `楼宇` of `会议室所在楼宇`.
    pub(super) fn headed(self, noun: &str) -> Option<String> {
        let fields = self.own.get("fields").map(entries).unwrap_or_default();
        let ends = |f: &Node| {
            let doc = narrow(f.get("doc").and_then(Node::text).unwrap_or_default());
            let head = doc.split([',', '。', ':', '\n', '(']).next().unwrap_or_default();
            noun.chars().count() > 1 && head.trim().ends_with(noun)
        };
        let mut hits = fields.iter().filter(|(_, f)| ends(f)).filter_map(|(k, _)| k.text());
        let first = hits.next()?;
        hits.next().is_none().then(|| first.to_owned())
    }

    /// The only field of the object whose text begins with words that have a noun: `图片` of `暖场图片地址`.
    pub(super) fn spoken_of(self, noun: &str) -> Option<String> {
        let fields = self.own.get("fields").map(entries).unwrap_or_default();
        let mut hits = fields.iter().filter(|(_, f)| What::Field(f).head().contains(noun));
        let first = hits.next()?.0.text()?;
        hits.next().is_none().then(|| first.to_owned())
    }

    /// The same of what was asked for: `指定x查询时返回` speaks of the request.
    pub(super) fn find_asked(self, name: &str) -> Option<Named<'n>> {
        let found = self.asked.iter().find_map(|(side, o)| Some((*side, among(o, name)?)));
        found.map(|(side, what)| Named { name: qualified(side, name), what })
    }

    /// The field beside that has all but one letter of a name, or its letters alone.
    fn misspelt(self, word: &str, own: &str) -> Option<Named<'n>> {
        // What is the field itself is no slip for another one.
        let own_too = spelled(word, std::iter::once(own)).is_some();
        let name =
            spelled(word, names(self.own).filter(|n| *n != own)).filter(|_| !own_too && word.len() > 5)?;
        Some(Named { name: name.to_owned(), what: among(self.own, name)? })
    }

    /// `state` of `service_state`.
    fn shortened(self, name: &str, own: &str) -> Option<Named<'n>> {
        let ending = format!("_{name}");
        // Many names end so.
        let vague = matches!(name, "type" | "id" | "name" | "userid" | "list");
        let mut hits = names(self.own).filter(|n| !vague && *n != own && n.ends_with(&ending));
        let name = hits.next().filter(|_| hits.next().is_none())?;
        Some(Named { name: name.to_owned(), what: among(self.own, name)? })
    }

    /// The field or tag that a noun calls, which has values of these labels: `订单类型`, `新购`. An empty noun calls whichever has them.
    pub(super) fn labelled(self, noun: &str, labels: &[&str], own: &str) -> Option<(String, Vec<String>)> {
        // `年级(2)` tells no more than a number where nothing tells of what.
        const VAGUE: &[&str] =
            &["开启", "关闭", "打开", "成功", "失败", "其他", "其它", "全部", "正常", "异常", "未知", "默认"];
        let vague = |l: &&str| l.contains('(') || l.is_ascii() || VAGUE.contains(l);
        if labels.is_empty() || noun.is_empty() && labels.iter().any(vague) {
            return None;
        }
        self.levels(own).into_iter().find_map(|(before, object)| {
            let mut found =
                names(object).filter(|n| *n != own && self.fixed != Some(*n)).filter_map(|name| {
                    let what = among(object, name)?;
                    if !called(what, noun) {
                        return None;
                    }
                    let values: Vec<String> = labels
                        .iter()
                        .map(|l| what.value_of(l).or_else(|| what.value_like(l, labels[0])))
                        .collect::<Option<_>>()?;
                    Some((qualified(&before, name), values))
                });
            let first = found.next()?;
            found.next().is_none().then_some(first)
        })
    }

    /// The one field that has several values of a kind: `微文档类型` of `微文档(文档)`, `微文档(表格)`.
    pub(super) fn kindred(self, kind: &str, own: &str) -> Option<(String, Vec<String>)> {
        let kind = bare(kind);
        if kind.chars().count() < 3 {
            return None;
        }
        self.levels(own).into_iter().find_map(|(before, object)| {
            let mut found =
                names(object).filter(|n| *n != own && self.fixed != Some(*n)).filter_map(|name| {
                    let values = among(object, name)?.values();
                    let of = values.iter().filter(|(_, l)| narrow(l).contains('(') && bare(l) == kind);
                    let of: Vec<String> = of.map(|(v, _)| (*v).to_owned()).collect();
                    (of.len() > 1 && of.len() < values.len()).then(|| (qualified(&before, name), of))
                });
            let first = found.next()?;
            found.next().is_none().then_some(first)
        })
    }

    /// The opposite of `name = value`, where there are but two values.
    pub(super) fn other_value(self, name: &str, value: &str) -> Option<String> {
        let found = self.find(name, "")?;
        // What may lack has neither.
        if let What::Field(f) = found.what
            && f.get("required").and_then(Node::text) != Some("true")
        {
            return None;
        }
        match value {
            "true" => return Some("false".into()),
            "false" => return Some("true".into()),
            _ => {}
        }
        let values = found.what.values();
        match values.as_slice() {
            [(a, _), (b, _)] if *a == value => Some((*b).to_owned()),
            [(a, _), (b, _)] if *b == value => Some((*a).to_owned()),
            _ => None,
        }
    }

    /// The only value of a name besides these.
    pub(super) fn rest(self, name: &str, values: &[String]) -> Option<String> {
        let all = self.find(name, "")?.what.values();
        let mut left = all.into_iter().map(|v| v.0).filter(|v| !values.iter().any(|o| o == v));
        let one = left.next()?;
        left.next().is_none().then(|| one.to_owned())
    }

    /// The switch whose text asks whether this is so, and whether it is: `自定义重复` of `是否自定义重复`, `未加入` of `是否已加入`.
    pub(super) fn switch(self, state: &str, own: &str) -> Option<(String, bool)> {
        let denied = ["未", "不", "非"].iter().find_map(|d| state.strip_prefix(d));
        self.levels(own).into_iter().find_map(|(before, object)| {
            let mut found = names(object).filter(|n| *n != own).filter_map(|name| {
                let What::Field(f) = among(object, name)? else { return None };
                let is = matches!(f.get("type").and_then(Node::text), Some("bool" | "flag"));
                let doc = f.get("doc").and_then(Node::text).filter(|_| is)?;
                let yes = asks(doc, state);
                let no = denied.is_some_and(|d| asks(doc, d));
                (yes || no).then(|| (qualified(&before, name), yes))
            });
            let first = found.next()?;
            found.next().is_none().then_some(first)
        })
    }

    /// The field beside of which this is a value: `view` of `type`.
    pub(super) fn of_value(self, word: &str, own: &str) -> Option<String> {
        let listed =
            |n: &&str| among(self.own, n).is_some_and(|w| w.values().iter().any(|(v, _)| *v == word));
        let mut found = names(self.own).filter(|n| *n != own).filter(listed);
        let first = found.next()?;
        found.next().is_none().then(|| first.to_owned())
    }
}

impl Named<'_> {
    /// A value as a condition writes it, if it can be one of this: the value itself, or its label.
    pub(super) fn value(&self, word: &str) -> Option<String> {
        let What::Field(field) = self.what else { return self.what.value_of(word) };
        if !self.what.values().is_empty() {
            return self.what.value_of(word);
        }
        match field.get("type").and_then(Node::text)? {
            "bool" | "flag" => match word {
                "true" | "1" | "是" | "开启" | "打开" => Some("true".into()),
                "false" | "0" | "否" | "关闭" => Some("false".into()),
                _ => None,
            },
            "i32" | "i64" | "u32" | "u64" => word.parse::<i64>().is_ok().then(|| word.to_owned()),
            "string" => {
                let plain = word.starts_with(|c: char| c.is_ascii_alphabetic()) && word.is_ascii();
                plain.then(|| word.to_owned())
            }
            _ => None,
        }
    }

    /// Whether it is one of the values that are listed.
    pub(super) fn lists(&self, word: &str) -> bool {
        self.what.values().iter().any(|(v, _)| *v == word)
    }

    /// The value that says of a field called `特殊问题类型` that there is no `特殊问题`.
    pub(super) fn nothing(&self, word: &str) -> Option<String> {
        let kind = self.what.head();
        let asked = kind.trim().strip_suffix("类型").filter(|k| !k.is_empty() && *k == word.trim())?;
        self.what.value_of("无").filter(|_| !self.lists(asked))
    }

    /// Whether it is on or off.
    pub(super) fn is_switch(&self) -> bool {
        let What::Field(field) = self.what else { return false };
        matches!(field.get("type").and_then(Node::text), Some("bool" | "flag"))
    }

    /// Whether it is a number that can be more or less than another one.
    pub(super) fn is_number(&self) -> bool {
        let What::Field(field) = self.what else { return false };
        matches!(field.get("type").and_then(Node::text), Some("i32" | "i64" | "u32" | "u64"))
    }
}

impl<'n> What<'n> {
    /// Its values with their labels.
    fn values(self) -> Vec<(&'n str, &'n str)> {
        let list = match self {
            What::Field(f) => f.get("values"),
            What::Tag(u) => u.get("variants"),
        };
        let of = |(v, entry): &'n (Node, Node)| {
            let also = match &entry.get("also").map(|n| &n.kind) {
                Some(crate::yaml::Kind::Seq(more)) => more.iter().filter_map(Node::text).collect(),
                _ => vec![],
            };
            let label = entry.get("doc").and_then(Node::text).unwrap_or_default();
            v.text().into_iter().chain(also).map(|v| (v, label)).collect::<Vec<_>>()
        };
        list.map(entries).unwrap_or_default().iter().flat_map(of).collect()
    }

    /// The value that a label means which leaves out how the one before it begins: `成员退群` of `成员入群或退群`.
    fn value_like(self, label: &str, first: &str) -> Option<String> {
        let starts = first.char_indices().skip(1).filter_map(|(at, _)| first.get(..at));
        let mut found = starts.filter_map(|start| self.value_of(&format!("{start}{label}")));
        found.next()
    }

    /// What its text calls it, before the first mark.
    fn head(self) -> String {
        let What::Field(f) = self else { return String::new() };
        let doc = narrow(f.get("doc").and_then(Node::text).unwrap_or_default());
        doc.split([',', '。', ':', '\n', '(']).next().unwrap_or_default().to_owned()
    }

    /// The value that is, or is called, this; `2` of `年级(2)`.
    fn value_of(self, word: &str) -> Option<String> {
        let values = self.values();
        let is = |v: &str| values.iter().any(|(own, _)| *own == v).then(|| v.to_owned());
        if let Some(v) = is(word) {
            return Some(v);
        }
        if let Some(m) = find(regex!("^[^()]+\\(([A-Za-z0-9_]+)\\)$"), word) {
            return is(&m[1]);
        }
        // `1视频号动态`: a number with its label.
        let word = find(regex!("^[0-9]+([^0-9A-Za-z]{2,})$"), word).map_or(word.to_owned(), |m| m[1].clone());
        let told = bare(&word);
        let one = |is: &dyn Fn(&str) -> bool| {
            let mut hits = values.iter().filter(|(_, label)| !told.is_empty() && is(&bare(label)));
            let first = hits.next()?;
            hits.next().is_none().then(|| first.0.to_owned())
        };
        // `升级订单` is `升级`, and `不准确反馈` is `不准确` where `反馈类型` has it; a long label may have a letter more.
        let head = self.head();
        let kind = |label: &str| {
            let rest = told.strip_prefix(label).filter(|_| label.chars().count() > 1);
            rest.is_some_and(|r| {
                matches!(r, "订单" | "模式" | "方式" | "操作" | "用户" | "计算" | "发放")
                    || r.chars().count() > 1 && head.contains(r)
            })
        };
        let slip = |label: &str| {
            let (own, told_long) = (label.chars().count(), told.chars().count());
            let denies = "不未非无".chars().any(|c| label.contains(c) != told.contains(c));
            let long = own > 7 && told_long > 7 || own != told_long && own.min(told_long) > 4 && !denies;
            long && distance(label, &told) == 1
        };
        // `按年过期` is `从发放日按年过期`.
        let tail = |label: &str| {
            let before = label.strip_suffix(told.as_str()).filter(|_| told.chars().count() > 3);
            before.is_some_and(|b| !b.contains(['非', '不', '未', '无']))
        };
        // `按工龄`, or `按工龄发放`, is `按工龄计算`.
        let stem = |t: &str| ["计算", "发放"].iter().find_map(|e| t.strip_suffix(*e)).unwrap_or(t).to_owned();
        let short = |label: &str| stem(label) != label && stem(label) == stem(&told);
        let all = [&kind as &dyn Fn(&str) -> bool, &tail, &short, &slip];
        one(&|l| l == told).or_else(|| all.into_iter().find_map(one))
    }
}

/// A field or tag of an object. Fields of a union's variants that stand beside the tag count.
fn among<'n>(object: &'n Node, name: &str) -> Option<What<'n>> {
    if let Some(f) = object.get("fields").and_then(|f| f.get(name)) {
        return Some(What::Field(f));
    }
    let union = object.get("union")?;
    if union.get("tag").and_then(Node::text) == Some(name) {
        return Some(What::Tag(union));
    }
    let flat = union.get("payload").and_then(Node::text) == Some("flat");
    let variants = union.get("variants").map(entries).unwrap_or_default();
    variants.iter().filter(|_| flat).find_map(|(_, v)| v.get("fields")?.get(name)).map(What::Field)
}

fn below<'n>(what: What<'n>, dotted: &str) -> Option<What<'n>> {
    let What::Field(field) = what else { return None };
    // Elements of a list are many: none of them decides.
    if field.get("type").and_then(Node::text) != Some("object") {
        return None;
    }
    match dotted.split_once('.') {
        Some((first, rest)) => below(among(field, first)?, rest),
        None => among(field, dotted),
    }
}

/// Names of fields, and the tag.
fn names(object: &Node) -> impl Iterator<Item = &str> {
    let fields = object.get("fields").map(entries).unwrap_or_default();
    let tag = object.get("union").and_then(|u| u.get("tag")).and_then(Node::text);
    fields.iter().filter_map(|(k, _)| k.text()).chain(tag)
}

/// The only one of some names that a word means: the same letters, or all but one of them.
fn spelled<'n>(word: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let bare = |t: &str| t.replace(['_', ' '], "").to_ascii_lowercase();
    let names: Vec<&str> = names.collect();
    let told = bare(word);
    let near = |n: &&&str| {
        let own = bare(n);
        told.len() > 5
            && own.len() > 5
            && own.starts_with(told.get(..2).unwrap_or(""))
            && distance(&own, &told) == 1
    };
    let only = |mut hits: Box<dyn Iterator<Item = &&'n str> + '_>| {
        let first = hits.next()?;
        hits.next().is_none().then_some(*first)
    };
    if let Some(same) = names.iter().find(|n| **n == word) {
        return Some(*same);
    }
    only(Box::new(names.iter().filter(|n| bare(n) == told)))
        .or_else(|| only(Box::new(names.iter().filter(near))))
}

fn qualified(before: &str, name: &str) -> String {
    if before.is_empty() { name.to_owned() } else { format!("{before}.{name}") }
}

/// Whether a noun calls a field, by the field's text.
fn called(what: What<'_>, noun: &str) -> bool {
    match what {
        _ if noun.is_empty() => true,
        What::Field(_) => what.head().contains(noun),
        What::Tag(_) => false,
    }
}

/// Whether a text asks for this state: `是否为公共日历`, `企业是否已加入`.
fn asks(doc: &str, state: &str) -> bool {
    let doc = narrow(doc);
    let mut parts = doc.split([',', '。', ';', ':', '\n', '(']);
    let first = parts.next().unwrap_or_default();
    // `共享状态，是否开启共享`
    let head =
        parts.next().filter(|p| p.trim().starts_with("是否") && !first.contains("是否")).unwrap_or(first);
    let head = head.split(['0', '1']).next().unwrap_or_default();
    let asked = regex!("^(?:.{0,8}?是否(?:需要|为|是|设置为?|开启|允许|支持)?|(?:开启|打开)或关闭)(.+)$");
    let Some(m) = find(asked, head.trim()) else { return false };
    let bare = |t: &str| t.trim().trim_start_matches(['为', '是', '已']).to_owned();
    let (asked, state) = (bare(&m[1]), bare(state));
    // `是否自定义重复设置`.
    let long = state.chars().count() > 3 && asked.starts_with(&state);
    // `是否被成员标记为客户`.
    let marked = state.chars().count() > 1 && asked.ends_with(&format!("标记为{state}"));
    state.chars().count() > 1 && asked == state || long || marked || wordier(&state, &asked)
}

/// Whether one text is the other with a word more in its midst: `屏幕共享水印` and `屏幕水印`, `自定义重复` and `自定义周期性会议重复`.
fn wordier(one: &str, other: &str) -> bool {
    let letters = |t: &str| t.trim_end_matches("设置").chars().collect::<Vec<char>>();
    let (a, b) = (letters(one), letters(other));
    let (long, short) = if a.len() > b.len() { (a, b) } else { (b, a) };
    short.len() > 3
        && long.len() - short.len() < 6
        && long.len() > short.len()
        && (2..short.len() - 1).any(|at| long.starts_with(&short[..at]) && long.ends_with(&short[at..]))
}

/// A label without marks and the words that pages add or leave out.
fn bare(label: &str) -> String {
    let label = narrow(label);
    let label = label.split(['。', ',', '(', ';']).next().unwrap_or_default();
    let label = label.replace("按照", "按");
    let text: String =
        label.chars().filter(|c| !c.is_whitespace() && !"\"'`「」『』【】已了".contains(*c)).collect();
    let text = replace(regex!("^(?:该|此|表示|代表)[^是]{0,8}?是"), &text, "");
    let end = text.strip_suffix("类型").or_else(|| text.strip_suffix("状态"));
    end.filter(|t| !t.is_empty()).unwrap_or(&text).to_owned()
}
