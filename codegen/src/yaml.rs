//! YAML text → a tree of nodes with positions.
//!
//! The spec uses a small part of YAML: one document, mappings with scalar keys, lists, scalars. Anchors, aliases, tags and
//! several documents are refused, as they would let one fact stand in two places. Comments are found, as whatever writes a file
//! anew would lose them.

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use crate::source::{Pos, Report, SourceFile};

/// Deeper trees are refused: no spec needs them, and a hostile file must not exhaust the stack.
const MAX_DEPTH: usize = 64;

/// A node and where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Where it begins.
    pub pos: Pos,
    /// What it is.
    pub kind: Kind,
}

/// The three kinds of nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A scalar; `plain` tells `true` from `"true"`.
    Scalar {
        /// The text after YAML's unescaping.
        text: String,
        /// Written without quotes and not as a block.
        plain: bool,
    },
    /// A list.
    Seq(Vec<Node>),
    /// A mapping in its written order, keys unique.
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// A scalar's text.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The value of a mapping's key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.kind {
            Kind::Map(entries) => entries.iter().find(|(k, _)| k.text() == Some(key)).map(|(_, v)| v),
            _ => None,
        }
    }

    /// What it is, in a word for messages.
    pub fn word(&self) -> &'static str {
        match &self.kind {
            Kind::Scalar { text, plain: true } if text.is_empty() || text == "null" || text == "~" => {
                "nothing"
            }
            Kind::Scalar { .. } => "a scalar",
            Kind::Seq(_) => "a list",
            Kind::Map(_) => "a mapping",
        }
    }
}

/// Parses one file. A file that is not YAML gives one finding and no node.
pub fn parse(file: &SourceFile, index: u32, report: &mut Report) -> Option<Node> {
    let parser = Parser::new_from_str(&file.text);
    let mut reader = Reader { parser, file: index, report, failed: false, scalars: Vec::new() };
    let mut root = None;
    let mut documents = 0;
    while let Some((event, span)) = reader.next() {
        match event {
            Event::DocumentStart(_) => {
                documents += 1;
                if documents == 2 {
                    let pos = reader.pos(&span);
                    reader.report.error(
                        "one-document",
                        pos,
                        "a second YAML document in one file",
                        "remove the `---` line, or move what follows it to a file of its own",
                    );
                }
            }
            Event::StreamStart | Event::StreamEnd | Event::DocumentEnd | Event::Nothing => {}
            other => {
                let node = reader.node(other, &span, 0);
                if documents <= 1 {
                    root = node;
                }
            }
        }
    }
    if reader.failed {
        return None;
    }
    let scalars = std::mem::take(&mut reader.scalars);
    comments(file, index, &scalars, report);
    if root.is_none() {
        let pos = Pos { file: index, line: 1, col: 1 };
        report.error("empty-file", pos, "the file holds nothing", "delete it, or start it with `module:`");
    }
    root
}

/// Reports comments below a file's head: `#` outside of every scalar.
fn comments(file: &SourceFile, index: u32, scalars: &[(usize, usize)], report: &mut Report) {
    let mut scalars = scalars.iter().peekable();
    let (mut head, mut line, mut col, mut inside) = (true, 1, 0, false);
    // Behind the mark of a block, or behind the last quote: there the parser counts a comment as part of the scalar.
    let mut outside = false;
    let (mut quote, mut escaped) = (None, false);
    let mut before = '\n';
    for (at, c) in file.text.chars().enumerate() {
        col += 1;
        while scalars.next_if(|(_, end)| *end <= at).is_some() {}
        let begins = scalars.peek().is_some_and(|(start, _)| *start == at);
        if begins {
            outside = matches!(c, '|' | '>');
            quote = Some(c).filter(|c| matches!(c, '\'' | '"'));
            escaped = false;
        } else if quote == Some(c) && !escaped && !inside {
            // A doubled quote ends nothing.
            outside = !outside;
        } else {
            escaped = c == '\\' && quote == Some('"') && !escaped;
        }
        let scalar = !outside && scalars.peek().is_some_and(|(start, _)| *start <= at);
        head &= inside || c.is_whitespace() || (c == '#' && col == 1);
        if c == '#' && before.is_whitespace() && !scalar && !inside {
            inside = true;
            if !head {
                let pos = Pos { file: index, line, col };
                let message = "a comment, which is lost when a command writes the file";
                report.warn("comment", pos, message, "move it to `notes` of its entry, or remove it");
            }
        }
        if c == '\n' {
            (line, col, inside) = (line + 1, 0, false);
            outside &= quote.is_some();
        }
        before = c;
    }
}

struct Reader<'a, 'r> {
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
    file: u32,
    report: &'r mut Report,
    failed: bool,
    /// From which character to which each scalar goes.
    scalars: Vec<(usize, usize)>,
}

impl<'a> Reader<'a, '_> {
    fn pos(&self, span: &Span) -> Pos {
        // saphyr counts lines from 1 and columns from 0.
        Pos { file: self.file, line: span.start.line() as u32, col: span.start.col() as u32 + 1 }
    }

    fn next(&mut self) -> Option<(Event<'a>, Span)> {
        if self.failed {
            return None;
        }
        match self.parser.next_event()? {
            Ok(pair) => Some(pair),
            Err(error) => {
                self.failed = true;
                let mark = error.marker();
                let pos =
                    Pos { file: self.file, line: mark.line().max(1) as u32, col: mark.col() as u32 + 1 };
                let help = "fix the YAML: check indentation, and quote texts that hold `: ` or ` #`, or that begin with \
                            one of `*&!%@[]{}\"'|>`";
                self.report.error("yaml", pos, format!("not YAML: {}", error.info()), help);
                None
            }
        }
    }

    fn node(&mut self, event: Event<'a>, span: &Span, depth: usize) -> Option<Node> {
        let pos = self.pos(span);
        if depth > MAX_DEPTH {
            self.failed = true;
            let help = "give inner objects a name under `types`";
            self.report.error("too-deep", pos, format!("nested deeper than {MAX_DEPTH} levels"), help);
            return None;
        }
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse(pos, anchor != 0, tag.is_some());
                self.scalars.push((span.start.index(), span.end.index()));
                let plain = style == ScalarStyle::Plain;
                Some(Node { pos, kind: Kind::Scalar { text: text.into_owned(), plain } })
            }
            Event::Alias(_) => {
                let help = "write the value out, or give it a name under `types`";
                self.report.error("yaml-alias", pos, "YAML aliases are not used in the spec", help);
                Some(Node { pos, kind: Kind::Scalar { text: String::new(), plain: true } })
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse(pos, anchor != 0, tag.is_some());
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => break,
                        (event, span) => items.push(self.node(event, &span, depth + 1)?),
                    }
                }
                Some(Node { pos, kind: Kind::Seq(items) })
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse(pos, anchor != 0, tag.is_some());
                self.mapping(pos, depth)
            }
            _ => None,
        }
    }

    fn mapping(&mut self, pos: Pos, depth: usize) -> Option<Node> {
        let mut entries: Vec<(Node, Node)> = Vec::new();
        let mut seen = std::collections::HashMap::new();
        loop {
            let key = match self.next()? {
                (Event::MappingEnd, _) => break,
                (event, span) => self.node(event, &span, depth + 1)?,
            };
            let (event, span) = self.next()?;
            let value = self.node(event, &span, depth + 1)?;
            let Some(text) = key.text().map(str::to_owned) else {
                self.report.error("key", key.pos, "a key must be a word", "write the key as plain text");
                continue;
            };
            if let Some(first) = seen.insert(text.clone(), key.pos) {
                self.report.error(
                    "duplicate-key",
                    key.pos,
                    format!("`{text}` stands here a second time; the first is on line {}", first.line),
                    "merge the two, or rename one",
                );
                continue;
            }
            entries.push((key, value));
        }
        Some(Node { pos, kind: Kind::Map(entries) })
    }

    fn refuse(&mut self, pos: Pos, anchor: bool, tag: bool) {
        if anchor {
            let help = "write the value out, or give it a name under `types`";
            self.report.error("yaml-alias", pos, "YAML anchors are not used in the spec", help);
        }
        if tag {
            self.report.error(
                "yaml-tag",
                pos,
                "YAML tags are not used in the spec",
                "remove the `!` and quote the text",
            );
        }
    }
}
