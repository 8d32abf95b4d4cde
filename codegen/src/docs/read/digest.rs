//! What tells that a page changed.

use crate::docs::model::{Block, BlockKind};
use crate::docs::read::text::clean;

/// FNV-1a over the characters that carry meaning. No secret hangs on it: it tells that a page changed.
pub(crate) struct Digest(u64);

impl Default for Digest {
    fn default() -> Self {
        Digest(0xcbf2_9ce4_8422_2325)
    }
}

impl Digest {
    pub(crate) fn text(&mut self, text: &str) {
        for c in text
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '*' | '_' | '`' | '#' | '|' | '-' | '\\'))
        {
            for byte in c.to_string().bytes() {
                self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
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
                    self.0 = self.0.wrapping_mul(31);
                }
            }
        }
    }

    pub(crate) fn hex(&self) -> String {
        format!("{:016x}", self.0)
    }
}
