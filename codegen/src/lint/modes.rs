//! Who may call, said twice: by `modes`, and by the sentences about permission. Where the sentences are plain, the two must agree.

use std::collections::HashMap;

use crate::ir::Mode;
use crate::model::*;
use crate::source::Report;

/// What a sentence says of the modes that it names.
#[derive(Clone, Copy, PartialEq)]
enum Says {
    Never,
    Granted,
}

const NEVER: &[&str] = &["暂不支持", "不支持", "不可调用", "不能调用", "不允许调用"];
const GRANTED: &[&str] = &["须有", "须由", "可以调用", "可调用", "需要有"];

/// Modes that the permission excludes, and modes that it grants, against `modes`.
pub(super) fn check(spec: &Spec, report: &mut Report) {
    let shared: HashMap<&str, &str> =
        spec.grants.iter().flatten().map(|g| (g.name.value.as_str(), g.text.value.as_str())).collect();
    for e in spec.parts.iter().flat_map(|p| &p.endpoints).filter(|e| e.draft.is_none()) {
        let named = e.grants.iter().filter_map(|g| Some((*shared.get(g.value.as_str())?, g.pos)));
        let own = e.permission.iter().map(|p| (p.value.as_str(), p.pos));
        for (text, pos) in named.chain(own) {
            for sentence in text.split(['。', '；', '\n']) {
                let Some((modes, says)) = said(sentence) else { continue };
                for mode in modes {
                    let listed = e.modes.iter().any(|m| m.value == mode);
                    let title = mode.title();
                    match says {
                        Says::Never if listed => report.error(
                            "modes-permission",
                            pos,
                            format!("`modes` lists {title}, which the text excludes: {}", sentence.trim()),
                            "remove the mode, or correct the sentence",
                        ),
                        Says::Granted if !listed => report.error(
                            "modes-permission",
                            pos,
                            format!(
                                "the text grants {title}, which `modes` does not list: {}",
                                sentence.trim()
                            ),
                            "add the mode, or let the sentence speak of the listed modes alone",
                        ),
                        _ => {}
                    }
                }
            }
        }
    }
}

/// A sentence whose subject is nothing but kinds of apps.
fn said(sentence: &str) -> Option<(Vec<Mode>, Says)> {
    let text = sentence.trim().trim_start_matches("- ");
    let never = NEVER.iter().find_map(|w| text.strip_suffix(w)).map(|s| (s, Says::Never));
    let granted = || {
        let at = GRANTED.iter().filter_map(|w| text.find(w)).min()?;
        Some((&text[..at], Says::Granted))
    };
    let (subject, says) = never.or_else(granted)?;
    let subject = subject.trim_end_matches(['都', '均', '也', '：', ' ']);
    let mut out = Vec::new();
    for word in subject.split(['、', '和', '与', '及']) {
        match word.trim() {
            "第三方应用" | "第三方" => out.push(Mode::ThirdParty),
            "代开发应用" | "代开发自建应用" | "代开发" => out.push(Mode::Provider),
            // Every page has it: nothing follows from its name.
            "自建应用" | "企业自建应用" => {}
            _ => return None,
        }
    }
    (!out.is_empty()).then_some((out, says))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Mode::{Provider, ThirdParty};

    #[test]
    fn plain_sentences_name_modes() {
        for (text, want) in [
            ("第三方应用暂不支持", Some((vec![ThirdParty], Says::Never))),
            ("- 代开发应用、第三方应用都不支持", Some((vec![Provider, ThirdParty], Says::Never))),
            ("第三方、代开发应用须有「审批」权限", Some((vec![ThirdParty, Provider], Says::Granted))),
            ("代开发应用可以调用", Some((vec![Provider], Says::Granted))),
            ("自建应用须列入「审批 - 可调用接口的应用」", None),
            ("第三方应用中只有通讯录应用可以调用", None),
            ("客户联系系统应用不能调用", None),
            ("须有通讯录写权限", None),
        ] {
            let got = said(text);
            assert!(got == want, "{text}");
        }
    }
}
