//! Conditions of the spec: `type = 1 and set(touser)`. Read from text, written in one canonical form, looked into by lint, the
//! sandbox and the documentation alike.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Deeper parentheses are refused: no condition needs them, and a hostile file must not exhaust the stack.
const MAX_DEPTH: usize = 16;

/// When something holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Condition {
    /// `type = 1`, `n > 0`
    Compare {
        /// A field, dots go down.
        name: String,
        /// How.
        op: Op,
        /// With what, as it stands on the wire.
        value: String,
    },
    /// `type in [1, 2]`
    In {
        /// A field.
        name: String,
        /// One of these.
        values: Vec<String>,
    },
    /// `set(touser)`: there, and neither empty nor zero elements.
    Set(String),
    /// `unset(touser)`
    Unset(String),
    /// `not …`
    Not(Box<Condition>),
    /// `… and …`
    All(Vec<Condition>),
    /// `… or …`
    Any(Vec<Condition>),
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// `=`
    Is,
    /// `!=`
    Not,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `<`
    Below,
    /// `<=`
    AtMost,
}

impl Op {
    /// All, with their marks.
    pub const ALL: &'static [(&'static str, Op)] = &[
        ("=", Op::Is),
        ("!=", Op::Not),
        (">=", Op::AtLeast),
        (">", Op::Above),
        ("<=", Op::AtMost),
        ("<", Op::Below),
    ];

    /// Its mark.
    pub fn mark(self) -> &'static str {
        Op::ALL.iter().find(|(_, o)| *o == self).map_or("=", |(m, _)| m)
    }

    /// Compares sizes rather than words.
    pub fn orders(self) -> bool {
        !matches!(self, Op::Is | Op::Not)
    }
}

/// What is wrong with a text, and at which character of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Characters before it.
    pub at: usize,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.message, self.help)
    }
}

impl Condition {
    /// Reads a condition.
    pub fn parse(text: &str) -> Result<Condition, Mistake> {
        let mut parser = Parser { tokens: tokens(text)?, at: 0, end: text.chars().count() };
        let out = parser.any(0)?;
        match parser.peek() {
            None => Ok(out),
            Some(t) => {
                let help = "join conditions with `and` or `or`; quote a value of several words";
                Err(Mistake {
                    at: t.at,
                    message: format!("`{}` cannot stand here", t.shown()),
                    help: help.into(),
                })
            }
        }
    }

    /// Every comparison and test in it.
    pub fn atoms<'c>(&'c self, visit: &mut dyn FnMut(&'c Condition)) {
        match self {
            Condition::Not(inner) => inner.atoms(visit),
            Condition::All(list) | Condition::Any(list) => list.iter().for_each(|c| c.atoms(visit)),
            atom => visit(atom),
        }
    }

    /// The field that an atom looks at.
    pub fn name(&self) -> Option<&str> {
        match self {
            Condition::Compare { name, .. } | Condition::In { name, .. } => Some(name),
            Condition::Set(name) | Condition::Unset(name) => Some(name),
            _ => None,
        }
    }
}

impl TryFrom<String> for Condition {
    type Error = Mistake;
    fn try_from(text: String) -> Result<Self, Mistake> {
        Condition::parse(&text)
    }
}

impl From<Condition> for String {
    fn from(c: Condition) -> String {
        c.to_string()
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let join = |f: &mut fmt::Formatter<'_>, list: &[Condition], word: &str| {
            for (i, c) in list.iter().enumerate() {
                if i > 0 {
                    write!(f, " {word} ")?;
                }
                match c {
                    Condition::Any(_) | Condition::All(_) => write!(f, "({c})")?,
                    other => write!(f, "{other}")?,
                }
            }
            Ok(())
        };
        match self {
            Condition::Compare { name, op, value } => write!(f, "{name} {} {}", op.mark(), quoted(value)),
            Condition::In { name, values } => {
                let list: Vec<String> = values.iter().map(|v| quoted(v)).collect();
                write!(f, "{name} in [{}]", list.join(", "))
            }
            Condition::Set(name) => write!(f, "set({name})"),
            Condition::Unset(name) => write!(f, "unset({name})"),
            Condition::Not(inner) => match **inner {
                Condition::Any(_) | Condition::All(_) => write!(f, "not ({inner})"),
                _ => write!(f, "not {inner}"),
            },
            Condition::All(list) => join(f, list, "and"),
            Condition::Any(list) => join(f, list, "or"),
        }
    }
}

const KEYWORDS: &[&str] = &["and", "or", "not", "in", "set", "unset"];

fn quoted(value: &str) -> String {
    let plain = !value.is_empty() && value.chars().all(is_word) && !KEYWORDS.contains(&value);
    if plain { value.to_owned() } else { format!("\"{value}\"") }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || "_.-:/@".contains(c)
}

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    Word(String),
    Quoted(String),
    Mark(&'static str),
}

#[derive(Debug, Clone)]
struct Token {
    at: usize,
    kind: Kind,
}

impl Token {
    fn shown(&self) -> &str {
        match &self.kind {
            Kind::Word(t) | Kind::Quoted(t) => t,
            Kind::Mark(m) => m,
        }
    }

    fn is(&self, word: &str) -> bool {
        match &self.kind {
            Kind::Word(t) => t == word,
            Kind::Mark(m) => *m == word,
            Kind::Quoted(_) => false,
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, Mistake> {
    const WRONG: &[(&str, &str)] =
        &[("==", "="), ("&&", "and"), ("||", "or"), ("<>", "!="), ("≠", "!="), ("≥", ">="), ("≤", "<=")];
    const MARKS: &[&str] = &["!=", ">=", "<=", "=", ">", "<", "(", ")", "[", "]", ","];
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut i = 0;
    while let Some(&c) = chars.get(i) {
        let at = i;
        let here = |m: &str| m.chars().enumerate().all(|(k, want)| chars.get(at + k) == Some(&want));
        if c == ' ' {
            i += 1;
            continue;
        }
        if let Some((wrong, right)) = WRONG.iter().find(|(w, _)| here(w)) {
            let message = format!("`{wrong}` cannot stand in a condition");
            return Err(Mistake { at, message, help: format!("write `{right}`") });
        }
        if let Some(mark) = MARKS.iter().find(|m| here(m)) {
            i += mark.chars().count();
            out.push(Token { at, kind: Kind::Mark(mark) });
        } else if c == '"' || c == '\'' {
            let Some(length) = chars[i + 1..].iter().position(|x| *x == c) else {
                return Err(Mistake {
                    at,
                    message: "a quote is not closed".into(),
                    help: format!("close it with {c}"),
                });
            };
            out.push(Token { at, kind: Kind::Quoted(chars[i + 1..i + 1 + length].iter().collect()) });
            i += length + 2;
        } else if is_word(c) {
            while chars.get(i).is_some_and(|c| is_word(*c)) {
                i += 1;
            }
            out.push(Token { at, kind: Kind::Word(chars[at..i].iter().collect()) });
        } else {
            let help = "a condition is made of `field = value`, `in […]`, `set(field)`, `and`, `or`, `not`";
            return Err(Mistake {
                at,
                message: format!("`{c}` has no place in a condition"),
                help: help.into(),
            });
        }
    }
    Ok(out)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    end: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|t| t.is(word));
        self.at += usize::from(found);
        found
    }

    fn need(&mut self, word: &str) -> Result<(), Mistake> {
        match self.take(word) {
            true => Ok(()),
            false => Err(self.wants(&format!("`{word}`"), &format!("write `{word}` here"))),
        }
    }

    fn wants(&self, what: &str, help: &str) -> Mistake {
        let (at, found) =
            self.peek().map_or((self.end, "the end".into()), |t| (t.at, format!("`{}`", t.shown())));
        Mistake { at, message: format!("expected {what}, not {found}"), help: help.into() }
    }

    fn any(&mut self, depth: usize) -> Result<Condition, Mistake> {
        let mut list = vec![self.all(depth)?];
        while self.take("or") {
            list.push(self.all(depth)?);
        }
        Ok(joined(list, Condition::Any))
    }

    fn all(&mut self, depth: usize) -> Result<Condition, Mistake> {
        let mut list = vec![self.one(depth)?];
        while self.take("and") {
            list.push(self.one(depth)?);
        }
        Ok(joined(list, Condition::All))
    }

    fn one(&mut self, depth: usize) -> Result<Condition, Mistake> {
        if depth > MAX_DEPTH {
            return Err(self.wants("a simpler condition", "say it with fewer parentheses"));
        }
        if self.take("not") {
            return Ok(Condition::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.take("(") {
            let inner = self.any(depth + 1)?;
            self.need(")")?;
            return Ok(inner);
        }
        for (word, make) in [("set", Condition::Set as fn(String) -> Condition), ("unset", Condition::Unset)]
        {
            if self.take(word) {
                self.need("(")?;
                let name = self.field()?;
                self.need(")")?;
                return Ok(make(name));
            }
        }
        let name = self.field()?;
        if self.take("in") {
            self.need("[")?;
            let mut values = vec![self.value()?];
            while self.take(",") {
                values.push(self.value()?);
            }
            self.need("]")?;
            return Ok(Condition::In { name, values });
        }
        let op = self.peek().and_then(|t| Op::ALL.iter().find(|(m, _)| t.kind == Kind::Mark(m)));
        let Some((_, op)) = op else {
            let help = "write `field = value`, `field in [a, b]` or `set(field)`";
            return Err(self.wants("a comparison", help));
        };
        self.at += 1;
        Ok(Condition::Compare { name, op: *op, value: self.value()? })
    }

    fn field(&mut self) -> Result<String, Mistake> {
        match self.peek().map(|t| t.kind.clone()) {
            Some(Kind::Word(word)) if !KEYWORDS.contains(&word.as_str()) => {
                self.at += 1;
                Ok(word)
            }
            _ => {
                Err(self.wants("the name of a field", "name a field by its wire name, `a.b` for one inside"))
            }
        }
    }

    fn value(&mut self) -> Result<String, Mistake> {
        match self.peek().map(|t| t.kind.clone()) {
            Some(Kind::Word(word)) if !KEYWORDS.contains(&word.as_str()) => {
                self.at += 1;
                Ok(word)
            }
            Some(Kind::Quoted(text)) => {
                self.at += 1;
                Ok(text)
            }
            _ => Err(self.wants("a value", "write a number or a word; quote what holds blanks")),
        }
    }
}

fn joined(mut list: Vec<Condition>, many: fn(Vec<Condition>) -> Condition) -> Condition {
    if list.len() == 1 { list.remove(0) } else { many(list) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form_for_each_condition() {
        for (text, want) in [
            ("type=1", "type = 1"),
            ("type != 1 and (a = b or set( c ))", "type != 1 and (a = b or set(c))"),
            ("card_action.type in [1,2]", "card_action.type in [1, 2]"),
            ("mode = 'text notice'", "mode = \"text notice\""),
            ("mode = \"text_notice\"", "mode = text_notice"),
            ("not (a = 1 or b = 2)", "not (a = 1 or b = 2)"),
            ("not unset(x.y)", "not unset(x.y)"),
            ("n >= -1 and n < 2.5", "n >= -1 and n < 2.5"),
            ("a = 1 or b = 2 and c = 3", "a = 1 or (b = 2 and c = 3)"),
            ("类型 = 日常", "类型 = 日常"),
        ] {
            let read = Condition::parse(text).expect(text);
            assert_eq!(read.to_string(), want);
            assert_eq!(Condition::parse(want).as_ref(), Ok(&read), "{want}");
        }
    }

    #[test]
    fn mistakes_say_where_and_what_would_be_right() {
        for (text, at, message, help) in [
            ("type == 1", 5, "`==`", "write `=`"),
            ("type = 1 && a = 2", 9, "`&&`", "write `and`"),
            ("type 为 1 时", 5, "expected a comparison, not `为`", "set(field)"),
            ("type", 4, "expected a comparison, not the end", "set(field)"),
            ("set(a", 5, "expected `)`", "write `)`"),
            ("a in 1", 5, "expected `[`", "write `[`"),
            ("a = ", 4, "expected a value", "a number or a word"),
            ("a = b c", 6, "`c` cannot stand here", "quote"),
            ("a = \"b", 4, "not closed", "close it"),
            ("and", 0, "the name of a field", "wire name"),
            ("a = 1，b = 2", 5, "`，`", "is made of"),
        ] {
            let found = Condition::parse(text).expect_err(text);
            assert_eq!(found.at, at, "{text}: {found}");
            assert!(found.message.contains(message) && found.help.contains(help), "{text}: {found}");
        }
        assert!(Condition::parse(&"(".repeat(5000)).is_err());
    }
}
