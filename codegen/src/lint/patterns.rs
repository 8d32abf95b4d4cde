//! Regular expressions: they can be read, and they speak of the whole string.

use crate::source::{At, Report};

/// A pattern that may match a part of a string would let everything else of it pass.
pub(super) fn pattern(pattern: &At<String>, report: &mut Report) {
    let text = pattern.value.as_str();
    if let Err(e) = regex_lite::Regex::new(text) {
        let help = "correct it; the syntax is that of the crate `regex-lite`";
        report.error("pattern", pattern.pos, format!("`{text}` is not a regular expression: {e}"), help);
    } else if !is_anchored(text) {
        let inner = text.strip_prefix('^').unwrap_or(text);
        let inner = if ends_in_anchor(inner) { &inner[..inner.len() - 1] } else { inner };
        let help = match alternatives(inner) {
            // What the anchors of each belong to is for a person to say.
            true => "put `^(` before all alternatives and `)$` behind them".to_owned(),
            false => format!("write `^{inner}$`"),
        };
        let message = format!("`{text}` matches a string of which only a part fits");
        report.error("pattern", pattern.pos, message, help);
    }
}

/// Begins with `^`, ends with `$`, and both count for all of it.
fn is_anchored(text: &str) -> bool {
    text.starts_with('^') && ends_in_anchor(text) && !alternatives(text)
}

/// A `$` at the end, which is no `\$`.
fn ends_in_anchor(text: &str) -> bool {
    text.strip_suffix('$').is_some_and(|rest| rest.chars().rev().take_while(|c| *c == '\\').count() % 2 == 0)
}

/// A `|` outside of groups and classes.
fn alternatives(text: &str) -> bool {
    let (mut depth, mut class, mut chars) = (0usize, false, text.chars().peekable());
    while let Some(c) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            '[' if !class => {
                class = true;
                // The first character of a class may be `]` itself.
                chars.next_if_eq(&'^');
                chars.next_if_eq(&']');
            }
            ']' => class = false,
            '(' if !class => depth += 1,
            ')' if !class => depth = depth.saturating_sub(1),
            '|' if !class && depth == 0 => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::is_anchored;

    #[test]
    fn anchors_count_for_the_whole_pattern() {
        for text in
            ["^a$", "^[0-9A-Za-z_|*@-]*$", "^([0-9]{11}|[0-9]{13})$", r"^[^\\:*?<>|]*$", r"^a\\$", "^[]|]$"]
        {
            assert!(is_anchored(text), "{text}");
        }
        for text in ["a", "^a", "a$", r"^a\$", "^a|b$", "^(a)|(b)$", r"^[a\]]|b$", ""] {
            assert!(!is_anchored(text), "{text}");
        }
    }
}
