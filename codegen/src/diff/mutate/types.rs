//! Mutations of types, enumerations and unions.

use super::edit::{Mutation, Piece, blanks, block, cut, depth, each, line, swap};

pub(super) const ALL: &[Mutation] = &[
    Mutation {
        name: "an inline type is renamed",
        find: |_, lines, out| {
            each(lines, |i, l| {
                let name = l.trim_start().strip_prefix("name: ").unwrap_or_default();
                if depth(l) > 8 && name.bytes().all(|b| b.is_ascii_alphanumeric()) && !name.is_empty() {
                    line(out, i, format!("{l}X"));
                }
            })
        },
    },
    Mutation {
        name: "a type stands for itself",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if l == "types:" {
                    let put = ["  BrandNewType:", "    fields:", "      a:", "        type: string"];
                    out.push(Piece { at: i + 1, take: 0, put: put.map(str::to_owned).to_vec() });
                }
            })
        },
    },
    Mutation {
        name: "a request holds a type of answers",
        find: |_, lines, out| {
            let (mut side, mut asked, mut answered) = ("", Vec::new(), Vec::new());
            let (mut free, mut unnamed) = (Vec::new(), Vec::new());
            for (i, l) in lines.iter().copied().enumerate() {
                if depth(l) <= 4 {
                    side = l.trim().trim_end_matches(':');
                }
                let ty = l.trim_start().strip_prefix("type: ").unwrap_or_default();
                let leaf = ty.trim_start_matches("list<").trim_end_matches('>');
                match (side, ty) {
                    ("request", "string" | "i64" | "u32") => free.push(i),
                    _ if !leaf.starts_with(|c: char| c.is_ascii_uppercase()) => {}
                    ("request", _) => asked.push(leaf),
                    ("response", _) => answered.push(leaf),
                    _ => unnamed.push(leaf),
                }
            }
            answered.retain(|name| !asked.contains(name) && !unnamed.contains(name));
            answered.dedup();
            for name in answered {
                // A field with limits of its own does not lint: the first that has none is taken.
                for at in &free {
                    line(out, *at, format!("{}type: {name}", blanks(depth(lines[*at]))));
                }
            }
        },
    },
    Mutation {
        name: "an object becomes an enumeration",
        find: |_, lines, out| {
            shared(lines, |i, name| {
                if lines[i..i + block(lines, i)].contains(&"    fields:") {
                    let put = vec![
                        format!("  {name}:"),
                        "    type: i32".into(),
                        "    values:".into(),
                        "      0: {name: Zero}".into(),
                    ];
                    out.push(Piece { at: i, take: block(lines, i), put });
                }
            })
        },
    },
    Mutation {
        name: "a string becomes an object",
        find: |_, lines, out| {
            each(lines, |i, l| {
                let next = lines.get(i + 1).copied().unwrap_or_default().trim_start();
                let at = depth(l);
                if l.trim() == "type: string" && (next.starts_with("doc: ") || next.starts_with("required: "))
                {
                    let put = vec![
                        format!("{}type: object", blanks(at)),
                        format!("{}name: BrandNewObject", blanks(at)),
                        format!("{}fields:", blanks(at)),
                        format!("{}a:", blanks(at + 2)),
                        format!("{}type: string", blanks(at + 4)),
                    ];
                    out.push(Piece { at: i, take: 1, put });
                }
            })
        },
    },
    Mutation { name: "a value goes", find: |_, lines, out| entries(lines, "values:", |i| cut(out, i, 1)) },
    Mutation {
        name: "a value is renamed in Rust",
        find: |_, lines, out| {
            entries(lines, "values:", |i| {
                if let Some((a, b)) = lines[i].split_once("{name: ") {
                    line(out, i, format!("{a}{{name: X{b}"));
                }
            })
        },
    },
    Mutation {
        name: "a value has another number",
        find: |_, lines, out| {
            entries(lines, "values:", |i| {
                if let Some((_, b)) = lines[i].split_once(": {name: ") {
                    line(out, i, format!("{}4711: {{name: {b}", blanks(depth(lines[i]))));
                }
            })
        },
    },
    Mutation {
        name: "a value is deprecated",
        find: |_, lines, out| {
            entries(lines, "values:", |i| {
                line(out, i, format!("{}, deprecated: 改用别的}}", lines[i].trim_end_matches('}')));
            })
        },
    },
    Mutation {
        name: "an enumeration is wider",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if l.trim() == "type: i32" && enumerates(lines, i) {
                    line(out, i, l.replace("i32", "i64"));
                }
            })
        },
    },
    Mutation {
        name: "an enumeration of numbers is one of strings",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if l.trim() == "type: i32" && enumerates(lines, i) {
                    line(out, i, l.replace("i32", "string"));
                }
            })
        },
    },
    Mutation {
        name: "a variant goes",
        find: |_, lines, out| entries(lines, "variants:", |i| cut(out, i, 1)),
    },
    Mutation {
        name: "a variant is renamed in Rust",
        find: |_, lines, out| {
            entries(lines, "variants:", |i| {
                if !lines[i].contains("variant: ") {
                    line(out, i, lines[i].replacen(": {", ": {variant: BrandNew, ", 1));
                }
            })
        },
    },
    Mutation {
        name: "a variant has one more tag",
        find: |_, lines, out| {
            entries(lines, "variants:", |i| {
                line(out, i, format!("{}, also: [brand_new]}}", lines[i].trim_end_matches('}')));
            })
        },
    },
    Mutation {
        name: "a variant is deprecated",
        find: |_, lines, out| {
            entries(lines, "variants:", |i| {
                line(out, i, format!("{}, deprecated: 改用别的}}", lines[i].trim_end_matches('}')));
            })
        },
    },
    Mutation {
        name: "a variant holds what another holds",
        find: |_, lines, out| {
            let held = |l: &str| {
                let (_, rest) = l.split_once("{type: ")?;
                rest.split([',', '}']).next().map(str::to_owned)
            };
            entries(lines, "variants:", |i| {
                let other = lines.get(i + 1).and_then(|l| held(l));
                if let (Some(own), Some(other)) = (held(lines[i]), other)
                    && own != other
                {
                    line(out, i, lines[i].replacen(&own, &other, 1));
                }
            });
        },
    },
    Mutation {
        name: "a union goes",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if l.trim() == "union:"
                    && lines[..i].iter().rev().any(|o| o.trim() == "fields:" && depth(o) == depth(l))
                {
                    cut(out, i, block(lines, i));
                }
            })
        },
    },
    Mutation {
        name: "a union's field is renamed",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if l.trim_start().starts_with("field: ") {
                    line(out, i, format!("{l}_x"));
                }
            })
        },
    },
    Mutation {
        name: "another tag",
        find: |_, lines, out| {
            swap(lines, "tag: type", "tag: kind", out);
            swap(lines, "tag: msgtype", "tag: kind", out);
        },
    },
];

/// The keys of types that stand for themselves.
fn shared(lines: &[&str], mut see: impl FnMut(usize, &str)) {
    let from = lines.iter().position(|l| *l == "types:").unwrap_or(lines.len());
    each(lines, |i, l| {
        if i > from
            && depth(l) == 2
            && let Some(name) = l.trim().strip_suffix(':')
        {
            see(i, name);
        }
    });
}

/// Entries of one line below a key.
fn entries(lines: &[&str], key: &str, mut see: impl FnMut(usize)) {
    each(lines, |i, l| {
        if l.trim() != key {
            return;
        }
        for (k, entry) in lines.iter().enumerate().take(i + block(lines, i)).skip(i + 1) {
            if depth(entry) == depth(l) + 2 && entry.ends_with('}') && entry.contains(": {") {
                see(k);
            }
        }
    });
}

/// Whether the type in a line has values beside it.
fn enumerates(lines: &[&str], at: usize) -> bool {
    let own = depth(lines[at]);
    lines[at..]
        .iter()
        .take_while(|l| l.is_empty() || depth(l) >= own)
        .any(|l| depth(l) == own && l.trim() == "values:")
}
