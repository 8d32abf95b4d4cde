//! What tells that a page changed.

use std::hash::Hasher;

use fnv::FnvHasher;

use crate::docs::model::{Block, BlockKind};
use crate::docs::read::text::clean;

/// A digest over the characters that carry meaning: white space and marks do not count. It protects no secret.
#[derive(Default)]
pub(crate) struct Digest(FnvHasher);

impl Digest {
    pub(crate) fn text(&mut self, text: &str) {
        let mark = |c: char| c.is_whitespace() || matches!(c, '*' | '_' | '`' | '#' | '|' | '-' | '\\');
        for part in text.split(mark) {
            self.0.write(part.as_bytes());
        }
    }

    pub(crate) fn block(&mut self, block: &Block) {
        match &block.kind {
            BlockKind::Heading(_, t) | BlockKind::Line(t) => self.text(&clean(t)),
            BlockKind::Code(t) => self.text(t),
            BlockKind::Table(t) => {
                t.header.iter().for_each(|c| self.text(&clean(c)));
                for (_, row) in &t.rows {
                    row.iter().for_each(|c| self.text(&clean(c)));
                    self.row();
                }
            }
        }
    }

    /// The end of a row: a text that moves into the next one is a change.
    fn row(&mut self) {
        self.0 = FnvHasher::with_key(self.0.finish().wrapping_mul(31));
    }

    pub(crate) fn hex(&self) -> String {
        format!("{:016x}", self.0.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::model::Table;

    fn table(rows: &[&[&str]]) -> String {
        let cells = |r: &&[&str]| r.iter().map(|c| (*c).to_owned()).collect();
        let rows = rows.iter().map(|r| (1, cells(r))).collect();
        let mut digest = Digest::default();
        digest.block(&Block { line: 1, kind: BlockKind::Table(Table { header: vec![], rows }) });
        digest.hex()
    }

    /// The spec holds a thousand of these: what they are computed from must not change.
    #[test]
    fn digests_stay_what_they_are() {
        for (text, want) in
            [("", "cbf29ce484222325"), ("a", "af63dc4c8601ec8c"), ("foobar", "85944171f73967e8")]
        {
            let mut digest = Digest::default();
            digest.text(text);
            assert_eq!(digest.hex(), want, "{text}");
        }
    }

    #[test]
    fn what_counts() {
        let of = |text: &str| {
            let mut digest = Digest::default();
            digest.text(text);
            digest.hex()
        };
        assert_eq!(of("**请求** 方式\n"), of("请求方式"));
        assert_ne!(of("请求方式"), of("请求方法"));
        assert_ne!(table(&[&["a", "b"], &["c"]]), table(&[&["a"], &["b", "c"]]));
        assert_eq!(table(&[&["a", "b"]]), table(&[&["ab"]]));
    }
}
