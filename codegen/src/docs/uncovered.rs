//! Pages about a protocol that the spec has no place for, or that people keep elsewhere: named, so that nobody takes silence for all there is.

use std::collections::BTreeSet;

use regex_lite::Regex;

use crate::docs::events::find_events::is_reply;
use crate::docs::model::{BlockKind, Endpoint, Event, Page, Uncovered};
use crate::docs::read::text::{has, regex};

/// What a page must have in a sample (or in its title, or in the folders around it), and why nothing is imported from it.
struct Kind {
    holds: fn(&Page) -> bool,
    reason: &'static str,
}

const KINDS: &[Kind] = &[
    Kind {
        holds: |page| is_reply(&page.title),
        reason: "answers to callbacks (kept by hand: in the client, those of robots as types of `aibot`)",
    },
    Kind {
        holds: |page| has(regex!("模板卡片类型"), &page.title),
        reason: "cards of robots (kept by hand: as types of `aibot`, which replies and messages share)",
    },
    Kind {
        holds: |page| sample(page, regex!(r"api\.mch\.weixin\.qq\.com/mmpaymkttransfers")),
        reason: "endpoints of WeChat Pay (XML, with the merchant's certificate)",
    },
    Kind {
        holds: |page| sample(page, regex!(r#""event_type"\s*:\s*"[A-Z]+\.[A-Z]+""#)),
        reason: "notifications of WeChat Pay (with an envelope and keys of their own)",
    },
    Kind {
        holds: |page| has(regex!("硬件直连接入/"), &page.file) && sample(page, regex!(r#""cmd"\s*:"#)),
        reason: "commands between devices and WeCom over WebSocket (the spec describes only those of robots)",
    },
    Kind {
        holds: |page| {
            has(regex!("(?i)专区SDK|专区程序SDK|/[0-9]+-SDK"), &page.file) && sample(page, regex!(r"^\s*\{"))
        },
        reason: "functions of the data zone's SDK (not called over HTTP)",
    },
];

/// The pages of those kinds from which no endpoint and no event came, each content once.
pub(crate) fn uncovered(pages: &[Page], endpoints: &[Endpoint], events: &[Event]) -> Vec<Uncovered> {
    let sources = endpoints.iter().flat_map(|e| &e.pages).chain(events.iter().flat_map(|e| &e.pages));
    let mut known: BTreeSet<i64> = sources.map(|s| s.doc_id).collect();
    let mut out = Vec::new();
    for page in pages {
        if known.contains(&page.doc_id) {
            continue;
        }
        let Some(kind) = KINDS.iter().find(|k| (k.holds)(page)) else { continue };
        known.insert(page.doc_id);
        out.push(Uncovered { page: page.category_id, title: page.title.clone(), reason: kind.reason });
    }
    out
}

fn sample(page: &Page, pattern: &Option<Regex>) -> bool {
    page.blocks.iter().any(|b| match &b.kind {
        BlockKind::Code(text) | BlockKind::Line(text) => has(pattern, text),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::read::page;

    #[test]
    fn kinds() {
        for (file, title, body, want) in [
            ("001-a/p.md", "被动回复消息格式", "text", true),
            ("001-a/p.md", "接收消息", "text", false),
            ("001-a/p.md", "文本通知模板卡片类型", "text", true),
            ("001-a/002-SDK/p.md", "查询", "```\n{\"id\": 1}\n```", true),
            ("001-a/002-SDK/p.md", "概述", "text", false),
            (
                "001-a/p.md",
                "发放红包",
                "```\nhttps://api.mch.weixin.qq.com/mmpaymkttransfers/sendworkwxredpack\n```",
                true,
            ),
            ("001-a/p.md", "支付通知", "```\n{\"event_type\": \"TRANSACTION.SUCCESS\"}\n```", true),
            ("004-a/002-硬件直连接入/p.md", "登录", "```\n{\"cmd\": \"login\"}\n```", true),
            ("004-a/003-硬件云端接入/p.md", "登录", "```\n{\"cmd\": \"login\"}\n```", false),
        ] {
            let text = format!("---\ntitle: {title}\ndoc_id: 1\ncategory_id: 2\n---\n{body}\n");
            let page = page::read(file, &text).expect("page");
            assert_eq!(!uncovered(&[page], &[], &[]).is_empty(), want, "{file} {title}");
        }
    }
}
