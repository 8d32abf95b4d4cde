//! Numbers with units, written as the pages do: `30min`, `2MB`, `1.5yuan`.

/// A unit: its word in the spec, what it measures, how many of the smallest it is, and its Chinese name.
#[derive(Debug, PartialEq, Eq)]
pub struct Unit {
    /// `min`
    pub word: &'static str,
    /// Units of one kind convert.
    pub kind: &'static str,
    /// In the smallest unit of the kind.
    pub size: i128,
    /// 分钟
    pub label: &'static str,
}

const fn unit(word: &'static str, kind: &'static str, size: i128, label: &'static str) -> Unit {
    Unit { word, kind, size, label }
}

/// All units.
pub const UNITS: &[Unit] = &[
    unit("ms", "time", 1, "毫秒"),
    unit("s", "time", 1_000, "秒"),
    unit("min", "time", 60_000, "分钟"),
    unit("h", "time", 3_600_000, "小时"),
    unit("d", "time", 86_400_000, "天"),
    unit("week", "time", 604_800_000, "周"),
    unit("month", "calendar", 1, "个月"),
    unit("year", "calendar", 12, "年"),
    unit("byte", "size", 1, "字节"),
    unit("KB", "size", 1 << 10, "KB"),
    unit("MB", "size", 1 << 20, "MB"),
    unit("GB", "size", 1 << 30, "GB"),
    unit("fen", "money", 1, "分"),
    unit("yuan", "money", 100, "元"),
    unit("mm", "length", 1, "毫米"),
    unit("cm", "length", 10, "厘米"),
    unit("m", "length", 1_000, "米"),
    unit("km", "length", 1_000_000, "千米"),
    unit("px", "pixels", 1, "像素"),
    unit("basis_point", "share", 1, "万分之一"),
    unit("permille", "share", 10, "千分之一"),
    unit("percent", "share", 100, "%"),
    unit("minute_of_day", "minute of day", 1, "当日零点起的分钟数"),
    unit("second_of_day", "second of day", 1, "当日零点起的秒数"),
    unit("celsius", "temperature", 1, "摄氏度"),
    unit("degree", "angle", 1, "度"),
    unit("dbm", "signal", 1, "dBm"),
    unit("kbps", "rate", 1, "kbps"),
];

/// The unit of a word.
pub fn find(word: &str) -> Option<&'static Unit> {
    UNITS.iter().find(|u| u.word == word)
}

/// All words, for proposals.
pub fn words() -> Vec<&'static str> {
    UNITS.iter().map(|u| u.word).collect()
}

/// A decimal number: `digits` × 10^-`scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    /// Without the point.
    pub digits: i128,
    /// Digits behind the point.
    pub scale: u32,
}

impl Decimal {
    /// `1_000`, `-1.5`; nothing else.
    pub fn parse(text: &str) -> Option<Decimal> {
        let text = text.trim().replace('_', "");
        let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
        let digits = whole.strip_prefix('-').unwrap_or(whole);
        let sound = |t: &str| t.chars().all(|c| c.is_ascii_digit());
        if digits.is_empty()
            || !sound(digits)
            || !sound(part)
            || part.len() > 9
            || digits.len() > 24
            || text.ends_with('.')
        {
            return None;
        }
        Some(Decimal { digits: format!("{whole}{part}").parse().ok()?, scale: part.len() as u32 })
    }

    /// The number, if it is whole.
    pub fn whole(self) -> Option<i128> {
        let ten = 10_i128.pow(self.scale);
        (self.digits % ten == 0).then(|| self.digits / ten)
    }

    /// As near as a float comes.
    pub fn float(self) -> f64 {
        self.digits as f64 / 10_f64.powi(self.scale as i32)
    }

    /// Of another unit of the same kind.
    pub fn convert(self, from: &Unit, to: &Unit) -> Option<Decimal> {
        let digits = self.digits.checked_mul(from.size)?;
        if digits % to.size == 0 {
            return Some(Decimal { digits: digits / to.size, scale: self.scale });
        }
        // A part of the larger unit: as many digits as it takes, if few do.
        (1..=6).find_map(|more| {
            let digits = digits.checked_mul(10_i128.pow(more))?;
            (digits % to.size == 0).then(|| Decimal { digits: digits / to.size, scale: self.scale + more })
        })
    }
}

/// A number and the unit behind it, if there is one: `30min`, `30 min`, `30`. `None` where it is none; `Err` names an unknown unit.
pub fn split(text: &str) -> Option<Result<(Decimal, Option<&'static Unit>), String>> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || "._-".contains(c))).unwrap_or(text.len());
    let number = Decimal::parse(&text[..end])?;
    match text[end..].trim() {
        "" => Some(Ok((number, None))),
        word => Some(find(word).map(|u| (number, Some(u))).ok_or_else(|| word.to_owned())),
    }
}

/// A number of `due` units (or of none), from a text that may name another unit of the same kind. The error says what would be right.
pub fn read(text: &str, due: Option<&'static Unit>) -> Result<Decimal, String> {
    let (number, unit) = match split(text) {
        None => return Err("write a number, with a unit behind it where it has one: `30`, `30min`".into()),
        Some(Err(word)) => return Err(crate::schema::propose(&word, &words())),
        Some(Ok(pair)) => pair,
    };
    match (unit, due) {
        (None, _) => Ok(number),
        (Some(u), None) => {
            Err(format!("say what the number counts: add a `unit` of {} to the field", u.kind))
        }
        (Some(u), Some(due)) if u.kind != due.kind => {
            Err(format!("`{}` is not a unit of {}: the field's `unit` is `{}`", u.word, due.kind, due.word))
        }
        (Some(u), Some(due)) => number
            .convert(u, due)
            .ok_or_else(|| format!("{text} is not a whole number of `{}`: write it in that unit", due.word)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_the_unit_of_their_field() {
        for (text, due, want) in [
            ("14d", Some("s"), Ok(1_209_600.0)),
            ("30min", Some("s"), Ok(1800.0)),
            ("90min", Some("h"), Ok(1.5)),
            ("2MB", Some("byte"), Ok(2_097_152.0)),
            ("1.5yuan", Some("fen"), Ok(150.0)),
            ("1_000", Some("fen"), Ok(1000.0)),
            ("-8", None, Ok(-8.0)),
            ("5%", Some("percent"), Err("did you mean")),
            ("30mins", Some("s"), Err("did you mean `min`?")),
            ("30min", None, Err("add a `unit` of time")),
            ("30min", Some("byte"), Err("`min` is not a unit of size")),
            ("1s", Some("d"), Err("not a whole number")),
            ("soon", Some("s"), Err("write a number")),
        ] {
            let got = read(text, due.and_then(find));
            match (&got, want) {
                (Ok(n), Ok(want)) => assert_eq!(n.float(), want, "{text}"),
                (Err(help), Err(want)) => assert!(help.contains(want), "{text}: {help}"),
                _ => panic!("{text}: {got:?}"),
            }
        }
    }
}
