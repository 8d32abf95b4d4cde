//! English names for the labels that enumerations of the pages share.
//!
//! A number says nothing in Rust. Where the page's label is one of these, the value takes its name; every other keeps `V` and its
//! number, which a person replaces when the text is restated. Nothing is translated by resemblance.

mod list;

use crate::docs::infer::labels::list::LABELS;
use crate::docs::read::text::{narrow, regex, replace};
use crate::names;

/// The name of a label, if it is one of those or plain ASCII words: as it stands, without what its brackets add, or what stands before its comma.
pub(crate) fn name(label: &str) -> Option<String> {
    let label = narrow(label);
    let label = label.trim().trim_end_matches(['。', ',', ';', '.', ':']).trim();
    let bare = replace(regex!(r"\([^()]*\)|\([^()]*$"), label, "");
    let first = bare.split([',', ';', '。']).next().unwrap_or_default();
    [label, bare.trim(), first.trim()].into_iter().find_map(known).or_else(|| worded(bare.trim()))
}

fn known(label: &str) -> Option<String> {
    LABELS.iter().find(|(l, _)| *l == label).map(|(_, name)| (*name).to_owned())
}

/// A label of ASCII words.
fn worded(label: &str) -> Option<String> {
    let worded = label.is_ascii()
        && label.len() < 32
        && label.starts_with(|c: char| c.is_ascii_alphabetic())
        && label.chars().all(|c| c.is_ascii_alphanumeric() || " _-./".contains(c));
    worded
        .then(|| names::variant_name(&label.replace([' ', '-', '.', '/'], "_")))
        .flatten()
        .filter(|n| names::is_type_name(n) && !is_numbered(n))
}

/// `V2` would meet the name that a number gives.
fn is_numbered(name: &str) -> bool {
    name.strip_prefix('V').is_some_and(|n| n.starts_with(|c: char| c.is_ascii_digit()))
}

/// Names for numbered values, unique among them: by label, else `V` and the number.
pub(crate) fn numbered(values: &[(String, String)]) -> Vec<String> {
    let named: Vec<Option<String>> = values.iter().map(|(_, label)| name(label)).collect();
    let lone = |n: &str| named.iter().flatten().filter(|o| *o == n).count() == 1;
    let by_number = |v: &str| format!("V{}", v.replace('-', "Minus"));
    let pick = |((v, _), n): (&(String, String), &Option<String>)| match n {
        Some(n) if lone(n) => n.clone(),
        _ => by_number(v),
    };
    values.iter().zip(&named).map(pick).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_give_names_only_where_they_are_known_and_unique() {
        let list = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
        };
        for (values, want) in [
            (list(&[("1", "成员"), ("2", "部门。")]), "Member Department"),
            (list(&[("0", "关闭"), ("1", "打开后不可撤回")]), "Disabled V1"),
            // What brackets add, and what follows a comma, names nothing.
            (
                list(&[("7", "读写（目前仅智能表可设置为读写）"), ("2", "所有，包括个人创建的")]),
                "ReadWrite All",
            ),
            (
                list(&[("1", "H.323"), ("2", "Controller for Touch iOS/iPadOS")]),
                "H323 ControllerForTouchIOsIPadOs",
            ),
            // Two labels that give the same name identify neither value.
            (list(&[("1", "已完成"), ("2", "已结束"), ("-1", "PC")]), "V1 V2 Pc"),
        ] {
            assert_eq!(numbered(&values).join(" "), want);
        }
        assert!(LABELS.iter().all(|(_, n)| names::is_type_name(n.trim_end_matches('_'))));
    }
}
