//! What the measuring programs print, and whether something fell since the figures that are kept.
//!
//! A program prints a line for each figure, which a person can read as well:
//!
//! ```text
//! FIGURE name=calls.1.time ratio=0.98 q1=0.97 q3=0.99 ours=80.1 theirs=78.5 unit=us
//! ```
//!
//! `ratio` is how much better than its yardstick ours is, measured by turns in the same run: 1 is as good, less is worse. So it
//! can be compared with what another machine measured, which seconds cannot.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How far below the kept figure one may lie: shared machines move by some hundredths from run to run.
const FELL: f64 = 0.9;

/// One measurement.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Figure {
    /// What was measured: subject, case and quantity, between dots.
    pub(super) name: String,
    /// Ours against the yardstick: the median.
    pub(super) ratio: f64,
    /// The quartiles of the ratio.
    pub(super) quartiles: Option<(f64, f64)>,
    /// What was measured of ours and of the yardstick.
    pub(super) values: Option<(f64, f64)>,
    /// Of the values.
    pub(super) unit: String,
}

/// The figures in what a program printed; its other lines are for people.
///
/// # Errors
///
/// A `FIGURE` line that cannot be read, with what is wrong: a figure that was measured must not get lost.
pub(super) fn parse(printed: &str) -> Result<Vec<Figure>, String> {
    printed.lines().filter_map(|line| line.trim().strip_prefix("FIGURE ")).map(figure).collect()
}

fn figure(line: &str) -> Result<Figure, String> {
    let fail = |what: &str| format!("the line “FIGURE {line}” {what}");
    let mut words = BTreeMap::new();
    for word in line.split_whitespace() {
        let (key, value) =
            word.split_once('=').ok_or_else(|| fail(&format!("has “{word}”, not key=value")))?;
        words.insert(key, value);
    }
    let number = |key: &str| -> Result<Option<f64>, String> {
        let Some(text) = words.get(key) else { return Ok(None) };
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Some(number)),
            _ => Err(fail(&format!("has {key}={text}, which is not a number"))),
        }
    };
    let pair = |a, b| Ok::<_, String>(number(a)?.zip(number(b)?));
    Ok(Figure {
        name: words.get("name").ok_or_else(|| fail("has no name"))?.to_string(),
        ratio: number("ratio")?.ok_or_else(|| fail("has no ratio"))?,
        quartiles: pair("q1", "q3")?,
        values: pair("ours", "theirs")?,
        unit: words.get("unit").unwrap_or(&"").to_string(),
    })
}

/// The figures as a table of Markdown.
#[must_use]
pub(super) fn table(figures: &[Figure]) -> String {
    let mut out = String::from("| figure | ratio | quartiles | ours | yardstick |\n|---|---|---|---|---|\n");
    for figure in figures {
        let quartiles = figure.quartiles.map_or(String::new(), |(a, b)| format!("{a:.2} to {b:.2}"));
        let value = |v: f64| format!("{} {}", short(v), figure.unit).trim_end().to_owned();
        let (ours, theirs) = figure.values.map_or_else(Default::default, |(a, b)| (value(a), value(b)));
        let _ = writeln!(out, "| {} | {:.2} | {quartiles} | {ours} | {theirs} |", figure.name, figure.ratio);
    }
    out
}

/// Three or four digits that count.
fn short(value: f64) -> String {
    match value.abs() {
        v if v >= 100.0 => format!("{value:.0}"),
        v if v >= 10.0 => format!("{value:.1}"),
        v if v >= 0.1 => format!("{value:.2}"),
        _ => format!("{value:.4}"),
    }
}

/// The kept figures: a name and its ratio a line, `#` before remarks.
///
/// # Errors
///
/// A line that is neither, with its number.
pub(super) fn kept(text: &str) -> Result<BTreeMap<String, f64>, String> {
    let mut out = BTreeMap::new();
    for (at, line) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty() && !l.starts_with('#')) {
        let read = line.split_once('\t').and_then(|(name, ratio)| Some((name, ratio.trim().parse().ok()?)));
        let (name, ratio) =
            read.ok_or(format!("line {}: “{line}” is not a name, a tab and a number", at + 1))?;
        out.insert(name.to_owned(), ratio);
    }
    Ok(out)
}

/// The file of kept figures, with what was measured now in the place of what was there.
#[must_use]
pub(super) fn keep(old: &BTreeMap<String, f64>, figures: &[Figure]) -> String {
    let mut all = old.clone();
    all.extend(figures.iter().map(|f| (f.name.clone(), f.ratio)));
    let mut out = String::from(
        "# What `cargo xtask bench` measured, the client compared with its yardstick: higher is better. `cargo xtask bench --keep` writes this file.\n",
    );
    for (name, ratio) in all {
        let _ = writeln!(out, "{name}\t{ratio:.3}");
    }
    out
}

/// What lies more than a tenth below the kept figure, a line each.
#[must_use]
pub(super) fn fallen(kept: &BTreeMap<String, f64>, figures: &[Figure]) -> Vec<String> {
    let fell = |f: &&Figure| kept.get(&f.name).is_some_and(|k| f.ratio < k * FELL);
    let line = |f: &Figure| format!("{}: {:.2}, it was {:.2}", f.name, f.ratio, kept[&f.name]);
    figures.iter().filter(fell).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = "warming up\nFIGURE name=calls.1.time ratio=0.98 q1=0.97 q3=0.99 ours=80.1 theirs=78.5 unit=us\n\
                           FIGURE name=calls.1.allocations ratio=0.5\n";

    #[test]
    fn lines_become_a_table() -> Result<(), String> {
        let figures = parse(PRINTED)?;
        assert_eq!(
            table(&figures),
            "| figure | ratio | quartiles | ours | yardstick |\n|---|---|---|---|---|\n\
             | calls.1.time | 0.98 | 0.97 to 0.99 | 80.1 us | 78.5 us |\n\
             | calls.1.allocations | 0.50 |  |  |  |\n"
        );
        Ok(())
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        for (line, wrong) in [
            ("FIGURE ratio=1", "has no name"),
            ("FIGURE name=a", "has no ratio"),
            ("FIGURE name=a ratio=fast", "has ratio=fast, which is not a number"),
            ("FIGURE name=a ratio=NaN", "has ratio=NaN, which is not a number"),
            ("FIGURE name=a ratio=1 twice", "has “twice”, not key=value"),
        ] {
            assert!(parse(line).is_err_and(|e| e.ends_with(wrong)), "{line}");
        }
        assert_eq!(
            kept("# remark\na\t1\nb 2\n"),
            Err("line 3: “b 2” is not a name, a tab and a number".into())
        );
    }

    #[test]
    fn a_tenth_less_has_fallen() -> Result<(), String> {
        let old = kept("calls.1.time\t1.0\ncalls.1.allocations\t0.6\nother\t2\n")?;
        let figures = parse(PRINTED)?;
        assert_eq!(fallen(&old, &figures), ["calls.1.allocations: 0.50, it was 0.60"]);
        let new = kept(&keep(&old, &figures))?;
        assert_eq!(
            new.into_iter().collect::<Vec<_>>(),
            [("calls.1.allocations".into(), 0.5), ("calls.1.time".into(), 0.98), ("other".into(), 2.0)]
        );
        Ok(())
    }
}
