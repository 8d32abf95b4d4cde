//! Limits, steps, defaults and durations: numbers with units, ends that are in or out.

use super::entries::Entries;
use crate::ir::Prim;
use crate::model::{Each, FileRule, Limit, Reals, TypeExpr};
use crate::quantity::{self, Decimal, Unit};
use crate::schema;
use crate::source::At;

type Base = Option<&'static Unit>;

/// Both ends of a limit: the number, and whether it is outside.
#[derive(Debug, PartialEq)]
struct Ends {
    min: Option<(Decimal, bool)>,
    max: Option<(Decimal, bool)>,
}

/// `1..64`, `..64`, `1..`, `64`, `1.3<..<2.25`, `..14d`; digits may be grouped with `_`.
fn ends(text: &str, base: Base) -> Result<Ends, String> {
    let number = |t: &str| -> Result<Option<Decimal>, String> {
        if t.trim().is_empty() { Ok(None) } else { quantity::read(t, base).map(Some) }
    };
    let Some((low, high)) = text.split_once("..") else {
        let n = number(text)?.map(|n| (n, false));
        return Ok(Ends { min: n, max: n });
    };
    let (low, above) = low.trim().strip_suffix('<').map_or((low, false), |l| (l, true));
    let (high, below) = high.trim().strip_prefix('<').map_or((high, false), |h| (h, true));
    let unit = |t: &str| matches!(quantity::split(t), Some(Ok((_, Some(_)))));
    let zero = |t: &str| t.trim().is_empty() || t.trim() == "0";
    // `7..14d` could be seven of either.
    if unit(low) != unit(high) && !zero(low) && !zero(high) {
        return Err("write the unit after both ends".into());
    }
    let (min, max) = (number(low)?, number(high)?);
    match (min, max) {
        (None, None) => Err("write `1..64`, `..64`, `1..` or `64`".into()),
        _ => Ok(Ends { min: min.map(|n| (n, above)), max: max.map(|n| (n, below)) }),
    }
}

/// An inclusive limit in whole numbers; an end that is out moves by one.
fn inclusive(ends: &Ends) -> Option<Limit> {
    let whole = |end: Option<(Decimal, bool)>, by: i128| match end {
        None => Some(None),
        Some((n, open)) => n.whole().map(|n| Some(if open { n + by } else { n })),
    };
    Some(Limit { min: whole(ends.min, 1)?, max: whole(ends.max, -1)? })
}

fn refuse(e: &mut Entries<'_, '_>, text: &At<String>, help: String) {
    let message = format!("`{}` is not a limit", text.value);
    let help =
        if help.starts_with("write a number") { "write `1..64`, `..64`, `1..` or `64`".into() } else { help };
    e.report.error("limit", text.pos, message, help);
}

/// Whether both ends are numbers that generated code can compare with.
fn is_near(limit: Limit) -> bool {
    [limit.min, limit.max].into_iter().flatten().all(|n| i64::try_from(n).is_ok())
}

const TOO_FAR: &str = "a limit lies between -2^63 and 2^63-1; leave out an end that binds nobody";

/// A limit in whole numbers.
pub(super) fn whole(e: &mut Entries<'_, '_>, key: &str, base: Base) -> Option<At<Limit>> {
    let text = e.text(key)?;
    let found = ends(&text.value, base);
    match found.as_ref().map(inclusive) {
        Ok(Some(limit)) if is_near(limit) => Some(At::new(limit, text.pos)),
        Ok(Some(_)) => {
            refuse(e, &text, TOO_FAR.into());
            None
        }
        Ok(None) => {
            refuse(e, &text, "only whole numbers may stand here".into());
            None
        }
        Err(help) => {
            refuse(e, &text, help.clone());
            None
        }
    }
}

/// `range`, in whole numbers where it can be said so.
pub(super) fn range(
    e: &mut Entries<'_, '_>,
    ty: &TypeExpr,
    base: Base,
) -> (Option<At<Limit>>, Option<At<Reals>>) {
    let Some(text) = e.text("range") else { return (None, None) };
    let found = match ends(&text.value, base) {
        Ok(found) => found,
        Err(help) => {
            refuse(e, &text, help);
            return (None, None);
        }
    };
    let real = *ty.leaf() == TypeExpr::Prim(Prim::F64);
    let open = [found.min, found.max].into_iter().flatten().any(|(n, open)| open || n.whole().is_none());
    if real && open {
        let end = |e: Option<(Decimal, bool)>| (e.map(|(n, _)| n.float()), e.is_some_and(|(_, open)| open));
        let ((min, above), (max, below)) = (end(found.min), end(found.max));
        return (None, Some(At::new(Reals { min, max, above, below }, text.pos)));
    }
    match inclusive(&found).map(|limit| beyond(limit, ty)) {
        Some(Limit { min: None, max: None }) => (None, None),
        Some(limit) if is_near(limit) => (Some(At::new(limit, text.pos)), None),
        Some(_) => {
            refuse(e, &text, TOO_FAR.into());
            (None, None)
        }
        None => {
            let help = format!("`{}` holds whole numbers; fractions go with `f64`", ty.leaf());
            refuse(e, &text, help);
            (None, None)
        }
    }
}

/// The largest number of a `u64` is no limit, as no value is beyond it.
fn beyond(limit: Limit, ty: &TypeExpr) -> Limit {
    let unsigned = *ty.leaf() == TypeExpr::Prim(Prim::U64);
    Limit { max: limit.max.filter(|n| !(unsigned && *n == u64::MAX.into())), ..limit }
}

/// `unit`.
pub(super) fn unit(e: &mut Entries<'_, '_>) -> Option<At<&'static Unit>> {
    let known: Vec<(&str, &'static Unit)> = quantity::UNITS.iter().map(|u| (u.word, u)).collect();
    e.word("unit", &known)
}

/// The text of a limit or default that names a unit, as it is written.
pub(super) fn written(e: &Entries<'_, '_>, key: &str) -> Option<String> {
    let text = e.get(key)?.text()?;
    text.contains(|c: char| c.is_alphabetic()).then(|| text.to_owned())
}

/// `default`: a number in another unit becomes one of the field's.
pub(super) fn default(e: &mut Entries<'_, '_>, base: Base) -> Option<At<String>> {
    let node = e.get("default")?;
    let Some(text) = node.text().map(str::to_owned) else {
        let message = format!("`default` is {}, not a scalar", node.word());
        e.report.error(
            "wrong-kind",
            node.pos,
            message,
            "write one value; say in `doc` what stands for a list or object",
        );
        return None;
    };
    let number = match base.and(quantity::split(&text)) {
        Some(Ok((_, Some(_)))) | Some(Err(_)) => quantity::read(&text, base),
        _ => return Some(At::new(text, node.pos)),
    };
    match number {
        Ok(n) => Some(At::new(n.whole().map_or_else(|| n.float().to_string(), |n| n.to_string()), node.pos)),
        Err(help) => {
            e.report.error("unit", node.pos, format!("`{text}` is not a default of this field"), help);
            None
        }
    }
}

/// `step`, in the field's unit.
pub(super) fn step(e: &mut Entries<'_, '_>, base: Base) -> Option<At<i128>> {
    let text = e.text("step")?;
    match quantity::read(&text.value, base).map(Decimal::whole) {
        Ok(Some(n)) if n > 0 && i64::try_from(n).is_ok() => Some(At::new(n, text.pos)),
        Ok(_) => {
            let message = format!("`{}` is not a step", text.value);
            e.report.error(
                "limit",
                text.pos,
                message,
                "write a whole number above 0 and below 2^63: `step: 60`",
            );
            None
        }
        Err(help) => {
            e.report.error("limit", text.pos, format!("`{}` is not a step", text.value), help);
            None
        }
    }
}

/// `each: {chars: 1..32}`.
pub(super) fn each(e: &mut Entries<'_, '_>, ty: &TypeExpr, base: Base) -> Option<Each> {
    let node = e.get("each")?;
    let mut inner = Entries::new(node, "`each`", schema::EACH, e.report)?;
    let (range, reals) = range(&mut inner, ty, base);
    Some(Each {
        pos: node.pos,
        chars: whole(&mut inner, "chars", None),
        bytes: whole(&mut inner, "bytes", quantity::find("byte")),
        range,
        reals,
        pattern: inner.text("pattern"),
    })
}

/// `file: {types: [jpg], bytes: ..10MB}`.
pub(super) fn file(e: &mut Entries<'_, '_>) -> Option<FileRule> {
    let node = e.get("file")?;
    let mut inner = Entries::new(node, "`file`", schema::FILE_RULE, e.report)?;
    let pixels = match inner.text("pixels") {
        Some(p) if !sizes(&mut inner, &p) => return None,
        other => other,
    };
    Some(FileRule {
        pos: node.pos,
        types: inner.words("types"),
        pixels,
        seconds: whole(&mut inner, "seconds", quantity::find("s")),
        bytes: whole(&mut inner, "bytes", quantity::find("byte")),
    })
}

/// `1068x455`, `..1440x1080`.
fn sizes(e: &mut Entries<'_, '_>, text: &At<String>) -> bool {
    let size = |t: &str| {
        t.is_empty()
            || t.split_once('x').is_some_and(|(w, h)| w.parse::<u32>().is_ok() && h.parse::<u32>().is_ok())
    };
    let sound = match text.value.split_once("..") {
        Some((a, b)) => size(a) && size(b) && !(a.is_empty() && b.is_empty()),
        None => !text.value.is_empty() && size(&text.value),
    };
    if !sound {
        let message = format!("`{}` is not the size of a picture", text.value);
        e.report.error(
            "limit",
            text.pos,
            message,
            "write width and height: `1068x455`, at most `..1440x1080`",
        );
    }
    sound
}

/// `ttl: 72h`.
pub(super) fn ttl(e: &mut Entries<'_, '_>) -> Option<At<(String, i128)>> {
    let text = e.text("ttl")?;
    let sound = match quantity::split(&text.value) {
        // A month is as long as the calendar has it; thirty days is near enough for who waits.
        Some(Ok((n, Some(u)))) if u.kind == "calendar" => n.whole().map(|n| n * u.size * 30 * 86_400),
        Some(Ok((_, Some(_)))) => {
            quantity::read(&text.value, quantity::find("s")).ok().and_then(Decimal::whole)
        }
        _ => None,
    };
    match sound {
        Some(seconds) if seconds > 0 => Some(At::new((text.value, seconds), text.pos)),
        _ => {
            let message = format!("`{}` is not a duration", text.value);
            e.report.error("limit", text.pos, message, "write a number and its unit: `72h`, `3d`, `5min`");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_as_written() {
        for (text, unit, want) in [
            ("1..64", "", Some((Some(1), Some(64)))),
            ("..64", "", Some((None, Some(64)))),
            ("1_000..", "", Some((Some(1000), None))),
            ("64", "", Some((Some(64), Some(64)))),
            ("0<..", "", Some((Some(1), None))),
            ("0<..<10", "", Some((Some(1), Some(9)))),
            ("..14d", "s", Some((None, Some(1_209_600)))),
            ("0..2MB", "byte", Some((Some(0), Some(2_097_152)))),
            ("1min..1h", "s", Some((Some(60), Some(3600)))),
            ("1.5..2", "", None),
        ] {
            let found = ends(text, quantity::find(unit)).expect(text);
            let want = want.map(|(min, max)| Limit { min, max });
            assert_eq!(inclusive(&found), want, "{text}");
        }
        for (text, unit, help) in [
            ("..", "", "write `1..64`"),
            ("7..14d", "s", "after both"),
            ("..14d", "", "add a `unit` of time"),
            ("a..b", "", "write a number"),
            ("..2MB", "s", "not a unit of time"),
        ] {
            let found = ends(text, quantity::find(unit)).expect_err(text);
            assert!(found.contains(help), "{text}: {found}");
        }
    }
}
