//! `docs rules`: the rules by which the importer decides what a page does not say.

use clap::Args;
use wecom_codegen::docs::fixups::FIXUPS;
use wecom_codegen::docs::rules::{RULES, Rule, rule};

use crate::{Outcome, files};

#[derive(Args)]
pub struct Rules {
    /// Only this rule, as import's notes name it
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

pub(crate) fn run(args: &Rules) -> Result<Outcome, String> {
    if let Some(code) = &args.code {
        let codes = || RULES.iter().map(|r| r.code).collect::<Vec<_>>().join(", ");
        let found =
            rule(code).ok_or_else(|| format!("there is no rule `{code}`; the rules are {}", codes()))?;
        files::print(&text(found))?;
        return Ok(Outcome::Well);
    }
    files::print(&RULES.iter().map(|r| text(r)).collect::<String>())?;
    say!("corrections of single pages (fix-ups):");
    for f in FIXUPS {
        say!("    page {}, while it has the words `{}`: {} ({})", f.doc_id, f.says, f.reason, f.link);
    }
    Ok(Outcome::Well)
}

fn text(rule: &Rule) -> String {
    format!("{}\n    {}. {}\n    Example: {}\n", rule.code, rule.title, rule.reason, rule.example)
}
