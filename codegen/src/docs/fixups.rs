//! Corrections of single pages: what one page says in a way that no other does, as data.
//!
//! A reading that serves one page is no rule. It stands here, with the words of the page that it rests on: where the page no longer has
//! them, somebody must look, and most likely take the fix-up out.

use crate::docs::model::{BlockKind, Page};

/// A correction of one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixup {
    /// Identity of the page's content.
    pub doc_id: i64,
    /// Words of the page that it rests on.
    pub says: &'static str,
    /// What is to be read there.
    pub what: What,
    /// Why no rule reads it.
    pub reason: &'static str,
    /// The page on the site.
    pub link: &'static str,
}

/// What a page is corrected in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// It names no URL, and from those words on it is a further page of the one endpoint of the page `doc_id`.
    AddsTo {
        /// The page with the endpoint.
        doc_id: i64,
    },
    /// The answer of its endpoint `path` holds what the samples of the request of `of` show.
    AnswersWith {
        /// The endpoint without an answer.
        path: &'static str,
        /// The endpoint that sets what this one gets.
        of: &'static str,
    },
    /// The field holds in full what the page `doc_id` gives the field of its name.
    LikePage {
        /// Its name, with dots.
        field: &'static str,
        /// The page that describes it.
        doc_id: i64,
    },
}

/// All fix-ups.
pub const FIXUPS: &[Fixup] = &[
    Fixup {
        doc_id: 30279,
        says: "接口的基础上",
        what: What::AddsTo { doc_id: 10167 },
        reason: "template messages of third-party apps: the page describes one more kind of content for the URL of another page",
        link: "https://developer.work.weixin.qq.com/document/path/94515",
    },
    Fixup {
        doc_id: 10787,
        says: "参考菜单创建接口",
        what: What::AnswersWith { path: "/cgi-bin/menu/get", of: "/cgi-bin/menu/create" },
        reason: "the page describes no answer and names the endpoint that sets it by other words than its title",
        link: "https://developer.work.weixin.qq.com/document/path/90232",
    },
    Fixup {
        doc_id: 17891,
        says: "接口返回值中同名参数",
        what: What::LikePage { field: "apply_data", doc_id: 18615 },
        reason: "the text names the endpoint that describes the field by its title, without a link, and has rows of its own besides",
        link: "https://developer.work.weixin.qq.com/document/path/91853",
    },
    Fixup {
        doc_id: 20912,
        says: "接口返回值中同名参数",
        what: What::LikePage { field: "apply_data", doc_id: 18615 },
        reason: "as on the page for internal apps",
        link: "https://developer.work.weixin.qq.com/document/path/92632",
    },
];

/// Where on a page those words stand: the index of the block.
pub(crate) fn place(page: &Page, says: &str) -> Option<usize> {
    page.blocks.iter().position(|b| match &b.kind {
        BlockKind::Heading(_, text) | BlockKind::Line(text) | BlockKind::Code(text) => text.contains(says),
        BlockKind::Table(table) => {
            table.header.iter().chain(table.rows.iter().flat_map(|r| &r.1)).any(|cell| cell.contains(says))
        }
    })
}

/// The fix-ups whose page is among these and no longer has the words: page, and what to do.
pub(crate) fn stale(fixups: &[Fixup], pages: &[Page]) -> Vec<(String, String)> {
    let gone = |f: &&Fixup| {
        let mut copies = pages.iter().filter(|p| p.doc_id == f.doc_id).peekable();
        copies.peek().is_some() && copies.all(|p| place(p, f.says).is_none())
    };
    let line = |f: &Fixup| {
        let why = format!(
            "the page no longer has the words `{}`: read it ({}), then change or remove its entry in `codegen/src/docs/fixups.rs`",
            f.says, f.link
        );
        (format!("fix-up of page {}", f.doc_id), why)
    };
    fixups.iter().filter(gone).map(line).collect()
}

#[cfg(test)]
mod tests;
