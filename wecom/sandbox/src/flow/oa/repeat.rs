//! When a schedule that repeats takes place.

use serde_json::{Map, Value, json};

use crate::call::int;

const DAY: i64 = 24 * 3600;

/// The rule of a schedule.
pub(super) struct Rule<'a> {
    start: i64,
    reminders: &'a Value,
}

impl<'a> Rule<'a> {
    /// None for a schedule that takes place once.
    pub(super) fn of(fields: &'a Map<String, Value>) -> Option<Self> {
        let reminders = fields.get("reminders")?;
        let start = fields.get("start_time").and_then(int)?;
        let rule = Rule { start, reminders };
        rule.flag("is_repeat").then_some(rule)
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.reminders.get(name).and_then(int)
    }

    fn flag(&self, name: &str) -> bool {
        self.number(name) == Some(1) || self.reminders.get(name) == Some(&json!(true))
    }

    fn days(&self, name: &str) -> Vec<i64> {
        let list = self.reminders.get(name).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(int).collect()
    }

    /// Whether it takes place at a time.
    pub(super) fn starts_at(&self, time: i64) -> bool {
        let until = self.number("repeat_until").filter(|until| *until > 0);
        let elapsed = time.saturating_sub(self.start);
        if elapsed < 0 || elapsed % DAY != 0 || until.is_some_and(|until| time > until) {
            return false;
        }
        let custom = self.flag("is_custom_repeat");
        let every = if custom { self.number("repeat_interval").unwrap_or(1).max(1) } else { 1 };
        let zone = self.number("timezone").unwrap_or(8).saturating_mul(3600);
        let day = |t: i64| t.saturating_add(zone).div_euclid(DAY);
        let (first, then) = (day(self.start), day(time));
        let (a, b) = (Date::of(first), Date::of(then));
        let named = |days: Vec<i64>, own: i64, of: i64| {
            if custom && !days.is_empty() { days.contains(&of) } else { own == of }
        };
        match self.number("repeat_type").unwrap_or(0) {
            0 => (then - first) % every == 0,
            1 => {
                // Weeks are counted from Mondays.
                let week = |day: i64| (day + 3).div_euclid(7);
                (week(then) - week(first)) % every == 0
                    && named(self.days("repeat_day_of_week"), weekday(first), weekday(then))
            }
            2 => {
                let months = (b.year - a.year) * 12 + b.month - a.month;
                months % every == 0 && named(self.days("repeat_day_of_month"), a.day, b.day)
            }
            5 => (b.year - a.year) % every == 0 && (a.month, a.day) == (b.month, b.day),
            7 => weekday(then) <= 5,
            _ => false,
        }
    }
}

/// 1 for Monday; day 0 was a Thursday.
fn weekday(day: i64) -> i64 {
    (day + 3).rem_euclid(7) + 1
}

struct Date {
    year: i64,
    month: i64,
    day: i64,
}

impl Date {
    /// The date of a day since 1970-01-01: years that begin in March, in cycles of 400.
    fn of(days: i64) -> Self {
        let shifted = days + 719_468;
        let cycle = shifted.div_euclid(146_097);
        let in_cycle = shifted.rem_euclid(146_097);
        let year = (in_cycle - in_cycle / 1460 + in_cycle / 36_524 - in_cycle / 146_096) / 365;
        let in_year = in_cycle - (365 * year + year / 4 - year / 100);
        let march = (5 * in_year + 2) / 153;
        let day = in_year - (153 * march + 2) / 5 + 1;
        let month = if march < 10 { march + 3 } else { march - 9 };
        Date { year: year + cycle * 400 + i64::from(month <= 2), month, day }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2022-08-31 14:00 in Beijing, a Wednesday.
    const START: i64 = 1_661_925_600;

    #[test]
    fn times() {
        let cases = [
            (json!({ "repeat_type": 0 }), vec![0, 1, 2], vec![-1]),
            (
                json!({ "repeat_type": 0, "is_custom_repeat": 1, "repeat_interval": 3 }),
                vec![0, 3, 6],
                vec![1, 2, 4],
            ),
            (json!({ "repeat_type": 1 }), vec![0, 7, 14], vec![1, 6, 8]),
            (
                json!({ "repeat_type": 1, "is_custom_repeat": 1, "repeat_interval": 2, "repeat_day_of_week": [1, 3] }),
                vec![0, 12, 14],
                vec![5, 7, 11, 13],
            ),
            // October has a 31st, September has none.
            (json!({ "repeat_type": 2 }), vec![0, 61], vec![30, 31]),
            (
                json!({ "repeat_type": 2, "is_custom_repeat": 1, "repeat_day_of_month": [1] }),
                vec![1, 31],
                vec![30],
            ),
            (json!({ "repeat_type": 5 }), vec![0, 365, 731], vec![366, 730]),
            (json!({ "repeat_type": 7 }), vec![0, 1, 2, 5], vec![3, 4]),
            (json!({ "repeat_type": 0, "repeat_until": START + DAY }), vec![0, 1], vec![2]),
        ];
        for (mut reminders, at, not) in cases {
            reminders["is_repeat"] = json!(1);
            let fields = json!({ "start_time": START, "reminders": reminders });
            let rule = Rule::of(fields.as_object().unwrap_or(&Map::new())).map(|r| {
                let starts =
                    |days: &[i64]| days.iter().map(|d| r.starts_at(START + d * DAY)).collect::<Vec<_>>();
                (starts(&at), starts(&not), r.starts_at(START + 60))
            });
            assert_eq!(rule, Some((vec![true; at.len()], vec![false; not.len()], false)), "{reminders}");
        }
        let once = json!({ "start_time": START, "reminders": { "is_repeat": 0 } });
        assert!(Rule::of(once.as_object().unwrap_or(&Map::new())).is_none());
    }
}
