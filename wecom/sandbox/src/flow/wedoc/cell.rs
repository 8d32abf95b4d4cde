//! Cells: their form by type of field, and how they compare.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use super::named;
use crate::call::{int, text};
use crate::refuse::{Refusal, refuse};

const DAY: i64 = 24 * 3600 * 1000;

/// A cell as it is kept. A choice takes the option that has the text, else it gets a new one.
pub(super) fn checked(field: &mut Map<String, Value>, value: &Value) -> Result<Value, Refusal> {
    let (kind, title) = (named(field, "field_type").to_owned(), named(field, "field_title").to_owned());
    let objects = || value.as_array().is_some_and(|all| all.iter().all(Value::is_object));
    let due = match kind.trim_start_matches("FIELD_TYPE_") {
        "TEXT" | "IMAGE" | "ATTACHMENT" | "USER" | "URL" | "WWGROUP" if objects() => return Ok(value.clone()),
        "TEXT" | "IMAGE" | "ATTACHMENT" | "USER" | "URL" | "WWGROUP" => (40058, "an array of objects"),
        "NUMBER" | "PROGRESS" | "CURRENCY" | "PERCENTAGE" if value.is_number() => return Ok(value.clone()),
        "NUMBER" | "PROGRESS" | "CURRENCY" | "PERCENTAGE" => (40058, "a number"),
        "CHECKBOX" if value.is_boolean() => return Ok(value.clone()),
        "CHECKBOX" => (40058, "true or false"),
        "PHONE_NUMBER" | "EMAIL" | "BARCODE" if value.is_string() => return Ok(value.clone()),
        "PHONE_NUMBER" | "EMAIL" | "BARCODE" => (40058, "a text"),
        "DATE_TIME" if value.is_string() && int(value).is_some() => return Ok(value.clone()),
        "DATE_TIME" => (2022034, "a text of milliseconds"),
        "LOCATION" if objects() && value.as_array().is_some_and(|all| all.len() <= 1) => {
            return Ok(value.clone());
        }
        "LOCATION" => (2022037, "an array of one object at most"),
        "REFERENCE" if value.as_array().is_some_and(|all| all.iter().all(Value::is_string)) => {
            return Ok(value.clone());
        }
        "REFERENCE" => (2022035, "an array of record_ids"),
        "SELECT" if objects() => return Ok(choose(field, "property_select", value)),
        "SINGLE_SELECT" if objects() && value.as_array().is_some_and(|all| all.len() <= 1) => {
            return Ok(choose(field, "property_single_select", value));
        }
        "SELECT" | "SINGLE_SELECT" => (2022020, "an array of options"),
        _ => (40058, "nothing: it is the server that writes it"),
    };
    refuse(due.0, format!("the field {title} is a {kind} and takes {}", due.1))
}

/// The options that are meant, as they are kept.
fn choose(field: &mut Map<String, Value>, property: &str, value: &Value) -> Value {
    let property = field.entry(property).or_insert_with(|| json!({}));
    if !property["options"].is_array() {
        property["options"] = json!([]);
    }
    let Some(options) = property["options"].as_array_mut() else { return json!([]) };
    let mut chosen = Vec::new();
    for given in value.as_array().into_iter().flatten() {
        let same = |o: &&Value| {
            (!given["id"].is_null() && o["id"] == given["id"])
                || (given["id"].is_null() && o["text"] == given["text"])
        };
        let option = options.iter().find(same).cloned();
        chosen.push(option.unwrap_or_else(|| {
            let mut option = given.clone();
            if option["id"].is_null() {
                option["id"] = json!((options.len() + 1).to_string());
            }
            options.push(option.clone());
            option
        }));
    }
    json!(chosen)
}

/// The texts of a cell: of options and members their ids.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(all)) => {
            let of = |v: &Value| match v {
                Value::Object(o) => {
                    let name = ["user_id", "id", "text", "title"].into_iter().find(|n| o.contains_key(*n));
                    name.map(|n| text(&v[n])).unwrap_or_default()
                }
                scalar => text(scalar),
            };
            all.iter().map(of).collect()
        }
        Some(scalar) => vec![text(scalar)],
    }
}

/// The order of two cells: of numbers by value, else by text; empty ones first.
pub(super) fn order(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    let number = |v: Option<&Value>| v.and_then(|v| v.as_f64().or_else(|| v.as_str()?.parse().ok()));
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        _ => texts(a).cmp(&texts(b)),
    }
}

/// Whether a cell fits a condition of a filter.
pub(super) fn fits(condition: &Value, cell: Option<&Value>) -> Result<bool, Refusal> {
    let own = texts(cell);
    let operator = text(&condition["operator"]);
    let operator = operator.trim_start_matches("OPERATOR_");
    let empty = own.iter().all(String::is_empty);
    let by = |order: Option<Ordering>| match operator {
        "IS" => Ok(order == Some(Ordering::Equal)),
        "IS_NOT" => Ok(order != Some(Ordering::Equal)),
        "IS_GREATER" => Ok(order == Some(Ordering::Greater)),
        "IS_GREATER_OR_EQUAL" => Ok(order.is_some_and(|o| o != Ordering::Less)),
        "IS_LESS" => Ok(order == Some(Ordering::Less)),
        "IS_LESS_OR_EQUAL" => Ok(order.is_some_and(|o| o != Ordering::Greater)),
        _ => refuse(2022033, format!("{operator} does not suit this value")),
    };
    match () {
        () if operator == "IS_EMPTY" => Ok(empty),
        () if operator == "IS_NOT_EMPTY" => Ok(!empty),
        () if condition["number_value"].is_object() => {
            let due = condition["number_value"]["value"].as_f64().unwrap_or(0.0);
            by(cell.and_then(Value::as_f64).map(|own| own.total_cmp(&due)))
        }
        () if condition["bool_value"].is_object() => {
            let due = condition["bool_value"]["value"].as_bool().unwrap_or(false);
            by(Some(cell.and_then(Value::as_bool).unwrap_or(false).cmp(&due)))
        }
        () if condition["date_time_value"].is_object() => {
            // Days are those of Beijing.
            let day = |millis: i64| millis.saturating_add(DAY / 3).div_euclid(DAY);
            let Some(due) = int(&condition["date_time_value"]["value"][0]) else {
                return refuse(2022033, "the sandbox compares dates that are given, not such as today");
            };
            by(cell.and_then(int).map(|own| day(own).cmp(&day(due))))
        }
        () => {
            let value = if condition["user_value"].is_object() { "user_value" } else { "string_value" };
            let due: Vec<String> = texts(condition[value].get("value"));
            let list = cell.is_some_and(Value::is_array) && own.len() != 1;
            let holds = |d: &String| own.iter().any(|o| if list { o == d } else { o.contains(d.as_str()) });
            match operator {
                "IS" => Ok(own == due),
                "IS_NOT" => Ok(own != due),
                "CONTAINS" => Ok(due.iter().any(holds)),
                "DOES_NOT_CONTAIN" => Ok(!due.iter().any(holds)),
                _ => refuse(2022033, format!("{operator} does not suit a text")),
            }
        }
    }
}
