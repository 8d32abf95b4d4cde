//! Mutations of fields.

use super::edit::{
    Mutation, Piece, after, blanks, block, cut, depth, each, is_field, line, raised, swap, within,
};

pub(super) const ALL: &[Mutation] = &[
    Mutation {
        name: "a required field becomes optional",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if l.trim() == "required: true" {
                    cut(out, i, 1);
                }
            })
        },
    },
    Mutation {
        name: "a request's required field becomes optional",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if l.trim() == "required: true" && within(lines, i, "request:") {
                    cut(out, i, 1);
                }
            })
        },
    },
    Mutation {
        name: "an optional field goes",
        find: |_, lines, out| {
            each(lines, |i, _| {
                if is_field(lines, i) && !says(lines, i, "required: true") {
                    cut(out, i, block(lines, i));
                }
            })
        },
    },
    Mutation {
        name: "a request's required field goes",
        find: |_, lines, out| {
            each(lines, |i, _| {
                if is_field(lines, i) && says(lines, i, "required: true") && within(lines, i, "request:") {
                    cut(out, i, block(lines, i));
                }
            })
        },
    },
    Mutation {
        name: "a field is renamed on the wire",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if is_field(lines, i) {
                    line(out, i, l.replace(':', "_x:"));
                }
            })
        },
    },
    Mutation {
        name: "a field is renamed in Rust",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if is_field(lines, i) {
                    after(out, i + 1, format!("{}rust: renamed_field", blanks(depth(l) + 2)));
                }
            })
        },
    },
    Mutation { name: "a string becomes i64", find: |_, l, out| swap(l, "type: string", "type: i64", out) },
    Mutation {
        name: "a string becomes secret",
        find: |_, l, out| swap(l, "type: string", "type: secret", out),
    },
    Mutation {
        name: "a string becomes a date",
        find: |_, l, out| swap(l, "type: string", "type: date", out),
    },
    Mutation { name: "i64 becomes i32", find: |_, l, out| swap(l, "type: i64", "type: i32", out) },
    Mutation { name: "a flag becomes bool", find: |_, l, out| swap(l, "type: flag", "type: bool", out) },
    Mutation {
        name: "seconds become milliseconds",
        find: |_, l, out| swap(l, "type: unix", "type: millis", out),
    },
    Mutation {
        name: "a list becomes one",
        find: |_, l, out| swap(l, "type: list<string>", "type: string", out),
    },
    Mutation {
        name: "a pipe becomes a list",
        find: |_, l, out| swap(l, "type: pipe<string>", "type: list<string>", out),
    },
    Mutation {
        name: "a field is required under a condition",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if is_field(lines, i) && !says(lines, i, "required: ") && !says(lines, i, "required_words: ")
                {
                    after(out, i + 1, format!("{}required_words: 另有约定时", blanks(depth(l) + 2)));
                }
            })
        },
    },
    Mutation {
        name: "a field has effect under a condition",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if is_field(lines, i) && !says(lines, i, "when: ") {
                    let beside = lines[..i].iter().rposition(|o| depth(o) == depth(l) && o.ends_with(':'));
                    if let Some(other) = beside.filter(|o| is_field(lines, *o)) {
                        let name = lines[other].trim().trim_end_matches(':');
                        after(out, i + 1, format!("{}when: set({name})", blanks(depth(l) + 2)));
                    }
                }
            })
        },
    },
    Mutation {
        name: "a number has a unit",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if l.trim() == "type: i64" && !says(lines, i - 1, "unit: ") {
                    after(out, i, format!("{}unit: px", blanks(depth(l))));
                }
            })
        },
    },
    Mutation {
        name: "of two fields one must be there",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if l != "      fields:" || lines[i - 1] != "    request:" {
                    return;
                }
                let optional: Vec<&str> = (i + 1..i + block(lines, i))
                    .filter(|k| {
                        depth(lines[*k]) == 8 && is_field(lines, *k) && !says(lines, *k, "required: true")
                    })
                    .map(|k| lines[k].trim().trim_end_matches(':'))
                    .collect();
                if let [a, b, ..] = optional.as_slice() {
                    after(out, i - 1, format!("      any_of: [[{a}, {b}]]"));
                }
            })
        },
    },
    Mutation {
        name: "a default is another",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if let Some(new) = raised(l, "default: ") {
                    line(out, i, new);
                }
            })
        },
    },
    Mutation {
        name: "a length is limited otherwise",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if let Some(new) = raised(l, "chars: ..").or_else(|| raised(l, "bytes: ..")) {
                    line(out, i, new);
                }
            })
        },
    },
    Mutation {
        name: "a number of elements is limited otherwise",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if let Some(new) = raised(l, "items: ..") {
                    line(out, i, new);
                }
            })
        },
    },
    Mutation {
        name: "a field is deprecated",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if is_field(lines, i) && !says(lines, i, "deprecated: ") {
                    after(out, i + 1, format!("{}deprecated: 改用别的", blanks(depth(l) + 2)));
                }
            })
        },
    },
    Mutation {
        name: "an XML element is renamed",
        find: |_, lines, out| swap(lines, "xml_item: Item", "xml_item: ListItem", out),
    },
    Mutation {
        name: "two required fields change places",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if !is_field(lines, i) || !within(lines, i, "request:") {
                    return;
                }
                let size = block(lines, i);
                let next = i + size;
                let beside = lines.get(next).is_some_and(|n| depth(n) == depth(l)) && is_field(lines, next);
                if beside && says(lines, i, "required: true") && says(lines, next, "required: true") {
                    let other = block(lines, next);
                    let put =
                        lines[next..next + other].iter().chain(&lines[i..next]).map(|l| (*l).to_owned());
                    out.push(Piece { at: i, take: size + other, put: put.collect() });
                }
            })
        },
    },
    Mutation {
        name: "a request takes up a type of the file",
        find: |_, lines, out| {
            let types = lines.iter().position(|l| *l == "types:").unwrap_or(lines.len());
            let names: Vec<&str> = lines[types..]
                .iter()
                .filter(|l| depth(l) == 2)
                .filter_map(|l| l.trim().strip_suffix(':'))
                .collect();
            each(lines, |i, l| {
                if l == "      fields:" && lines[i - 1] == "    request:" {
                    for name in &names {
                        let put = vec!["        brand_new:".into(), format!("          type: {name}")];
                        out.push(Piece { at: i + 1, take: 0, put });
                    }
                }
            });
        },
    },
];

/// Whether a field has a line that begins so.
fn says(lines: &[&str], at: usize, words: &str) -> bool {
    let own = depth(lines[at]) + 2;
    lines[at + 1..at + block(lines, at)].iter().any(|l| depth(l) == own && l.trim_start().starts_with(words))
}
