//! The words that texts do not use, with what to say instead.

/// A word that a text may not hold.
#[derive(Debug)]
pub(super) struct Word {
    /// The word.
    pub(super) word: &'static str,
    /// What to say.
    pub(super) say: &'static str,
    /// Phrases that hold the word and are right.
    pub(super) but: &'static [&'static str],
    /// Refused in labels of enumerations too, which are otherwise as the page has them.
    pub(super) labels: bool,
}

const fn word(word: &'static str, say: &'static str) -> Word {
    Word { word, say, but: &[], labels: false }
}

const fn page(word: &'static str) -> Word {
    Word {
        word,
        say: "write for who reads rustdoc: the fact itself here; what pages say to `departures`, a doubt to `notes`",
        but: &[],
        labels: true,
    }
}

const fn but(word: Word, but: &'static [&'static str]) -> Word {
    Word { word: word.word, say: word.say, but, labels: word.labels }
}

/// All of them.
pub(super) const WORDS: &[Word] = &[
    // One word for one thing.
    word("答复", "返回"),
    but(word("应答", "返回"), &["自动应答"]),
    but(word("响应", "返回"), &["响应式"]),
    word("提交体", "请求"),
    but(word("包体", "请求"), &["加密包体"]),
    word("零点", "0 点"),
    word("0:00", "0 点"),
    word("UserID", "userid"),
    word("UserId", "userid"),
    word("ID", "id"),
    word("模版", "模板"),
    word("每次的条数", "每页条数"),
    word("期望的条数", "每页条数"),
    word("每页的最大条数", "每页条数"),
    word("空即已取完", "没有更多时为空"),
    word("取完则没有", "没有更多时为空"),
    word("为空即没有更多", "没有更多时为空"),
    word("取不到", "不返回"),
    but(word("不可取", "不返回"), &["不可取消"]),
    but(word("员工", "成员"), &["向员工付款"]),
    but(
        word("人员", "成员"),
        &["接待人员", "打卡人员", "工作人员", "服务人员", "客服人员", "提现人员", "开发人员", "人员规模"],
    ),
    word("可见域", "应用可见范围"),
    word("权限范围", "应用可见范围"),
    // Modern written Chinese.
    but(word("宜", "建议"), &["便宜", "适宜", "事宜"]),
    word("亦", "也"),
    word("尤然", "尤其如此"),
    but(word("惟", "但"), &["思惟"]),
    word("孰", "较大者、较小者"),
    // No talk about the page.
    page("官方页"),
    page("官方文档"),
    page("官方样例"),
    page("官方没有"),
    page("官方未"),
    page("样例"),
    page("待核"),
    page("参数表"),
    page("错误码表"),
    page("页面作"),
    page("页面称"),
    page("页面写"),
    page("页面如此"),
    page("页面上写"),
    page("页面没有"),
    page("页面同时"),
    page("页面不再"),
    page("页面说"),
    page("现行页"),
    page("文档没有"),
    page("文档未"),
];
