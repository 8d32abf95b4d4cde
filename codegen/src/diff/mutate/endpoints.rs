//! Mutations of endpoints, events, modules and the catalogue of errors.

use super::edit::{Mutation, Piece, after, blanks, block, cut, depth, each, is_endpoint, line, raised, swap};

pub(super) const ALL: &[Mutation] = &[
    Mutation {
        name: "an endpoint goes",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if is_endpoint(l) {
                    cut(out, i, block(lines, i));
                }
            });
        },
    },
    Mutation {
        name: "an endpoint moves",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if is_endpoint(l) {
                    line(out, i, l.replace(':', "_v2:"));
                }
            });
        },
    },
    Mutation {
        name: "an endpoint is named otherwise",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if let Some(path) = l.strip_prefix("  /cgi-bin/").and_then(|p| p.strip_suffix(':')) {
                    // As the rule has it, but for the case of its last letter: a name may change no more.
                    let mut name: String = path.split(['/', '_']).skip(1).map(capital).collect();
                    if let Some(last) = name.pop() {
                        name.push(last.to_ascii_uppercase());
                        after(out, i, format!("    name: {name}"));
                    }
                }
            });
        },
    },
    Mutation {
        name: "an endpoint loses its name",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if l.starts_with("    name: ") {
                    cut(out, i, 1);
                }
            })
        },
    },
    Mutation {
        name: "an endpoint is retired",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if is_endpoint(l) {
                    after(out, i, "    status: retired".into());
                }
            });
        },
    },
    Mutation {
        name: "an endpoint is seen live alone",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if is_endpoint(l) {
                    after(out, i, "    status: seen_live".into());
                }
            });
        },
    },
    Mutation {
        name: "another token",
        find: |_, lines, out| swap(lines, "auth: access_token", "auth: suite_access_token", out),
    },
    Mutation {
        name: "another mode",
        find: |_, lines, out| swap(lines, "modes: [internal]", "modes: [internal, hardware]", out),
    },
    Mutation {
        name: "GET becomes POST",
        find: |_, lines, out| {
            each(lines, |i, l| {
                let size = if is_endpoint(l) { block(lines, i) } else { 0 };
                let own = &lines[i..i + size];
                if own.contains(&"    method: GET") && own.contains(&"    query:") {
                    let put = own.iter().map(|l| match *l {
                        "    method: GET" => "    method: POST\n    repeat: true".into(),
                        "    query:" => "    request:".into(),
                        other => other.to_owned(),
                    });
                    out.push(Piece { at: i, take: size, put: put.collect() });
                }
            });
        },
    },
    Mutation {
        name: "a rate is raised",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if let Some(new) = raised(l, "- {calls: ") {
                    line(out, i, new);
                }
            });
        },
    },
    Mutation {
        name: "paging goes",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if l == "    paging:" {
                    cut(out, i, block(lines, i));
                }
            });
        },
    },
    Mutation {
        name: "a page's size is asked for no longer",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if l.starts_with("      limit: ") {
                    cut(out, i, 1);
                }
            });
        },
    },
    Mutation {
        name: "repeating is not harmless",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if l == "    repeat: true" {
                    cut(out, i, 1);
                }
            });
        },
    },
    Mutation {
        name: "an empty body is {}",
        find: |_, lines, out| swap(lines, "body: none", "body: empty_json", out),
    },
    Mutation {
        name: "bytes become JSON",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if l == "      body: bytes" && lines[i - 1] == "    response:" {
                    cut(out, i - 1, 2);
                }
            });
        },
    },
    Mutation {
        name: "a file's part is renamed",
        find: |_, lines, out| swap(lines, "part: media", "part: file", out),
    },
    Mutation {
        name: "a file goes",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if l == "      file:" && lines[i - 1] == "      body: multipart" {
                    let put = vec!["      body: empty_json".to_owned()];
                    out.push(Piece { at: i - 1, take: block(lines, i) + 1, put });
                }
            });
        },
    },
    Mutation {
        name: "an endpoint's error goes",
        find: |_, lines, out| {
            each(lines, |i, l| {
                let code = l.trim().split(':').next().unwrap_or_default();
                if depth(l) == 6 && code.len() > 3 && code.bytes().all(|b| b.is_ascii_digit()) {
                    cut(out, i, 1);
                }
            });
        },
    },
    Mutation {
        name: "an event is named otherwise",
        find: |path, lines, out| {
            events(path, lines, |i, l| {
                let mut name: String =
                    l.trim().trim_end_matches(':').split(['.', '_']).map(capital).collect();
                if let Some(last) = name.pop() {
                    name.push(last.to_ascii_uppercase());
                    after(out, i, format!("    name: {name}"));
                }
            })
        },
    },
    Mutation {
        name: "an event goes",
        find: |path, lines, out| events(path, lines, |i, _| cut(out, i, block(lines, i))),
    },
    Mutation {
        name: "an event is told by another word",
        find: |path, lines, out| {
            each(lines, |i, l| {
                if path.starts_with("events/") && l.starts_with("    match: ") {
                    line(out, i, l.replace('}', "_v2}"));
                }
            })
        },
    },
    Mutation {
        name: "an event accepts a reply",
        find: |_, lines, out| swap(lines, "reply: none", "reply: message", out),
    },
    Mutation {
        name: "events travel as JSON",
        find: |_, lines, out| swap(lines, "transport: xml", "transport: json", out),
    },
    Mutation {
        name: "a module goes",
        find: |path, lines, out| {
            if !path.starts_with("events/") && path != "errors.yaml" {
                cut(out, 0, lines.len());
            }
        },
    },
    Mutation {
        name: "a module uses no other",
        find: |_, lines, out| {
            let foreign = |l: &str| {
                let ty = l.trim_start().strip_prefix("type: ");
                ty.and_then(|t| t.split_once('.'))
                    .is_some_and(|(m, _)| m.bytes().all(|b| b.is_ascii_lowercase()))
            };
            if lines.iter().any(|l| foreign(l)) {
                for free in ["json", "string"] {
                    let put = lines.iter().map(|l| match foreign(l) {
                        true => format!("{}type: {free}", blanks(depth(l))),
                        false => (*l).to_owned(),
                    });
                    out.push(Piece { at: 0, take: lines.len(), put: put.collect() });
                }
            }
        },
    },
    Mutation {
        name: "an error code goes",
        find: |path, lines, out| {
            each(lines, |i, l| {
                if path == "errors.yaml" && depth(l) == 0 && l.len() > 5 {
                    cut(out, i, block(lines, i));
                }
            })
        },
    },
    Mutation {
        name: "an error is of another class",
        find: |path, lines, out| {
            if path == "errors.yaml" {
                swap(lines, "class: transient", "class: other", out);
            }
        },
    },
    Mutation {
        name: "a text is reworded",
        find: |_, lines, out| {
            each(lines, |i, l| {
                if depth(l) == 10 && l.trim_start().starts_with("doc: ") && l.ends_with('。') {
                    line(out, i, format!("{l}仅此而已。"));
                }
            })
        },
    },
];

/// The keys of events.
fn events(path: &str, lines: &[&str], mut see: impl FnMut(usize, &str)) {
    let from = lines.iter().position(|l| *l == "events:").unwrap_or(lines.len());
    let to = lines.iter().position(|l| *l == "types:").unwrap_or(lines.len());
    each(lines, |i, l| {
        if path.starts_with("events/") && i > from && i < to && depth(l) == 2 && l.ends_with(':') {
            see(i, l);
        }
    });
}

/// A word with its first letter large.
fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |c| c.to_uppercase().chain(letters).collect())
}
