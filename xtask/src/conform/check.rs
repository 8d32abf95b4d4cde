//! Samples beside the resolved API: what they show that the spec does not have, and what its departures explain.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use wecom_codegen::check::{Checker, Finding, Kind, Side, Verdict};
use wecom_codegen::model::Departure;
use wecom_codegen::{Loaded, departure, ir};

/// The sample bodies of one path.
pub(super) struct Sample {
    /// The path with `.` for `/`.
    pub(super) folder: String,
    /// Names (`request.json`) and texts.
    pub(super) files: Vec<(String, String)>,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Tally {
    samples: usize,
    /// Folders of paths that the spec does not have.
    other: Vec<String>,
    pub(super) unreadable: Vec<String>,
    fields: usize,
    known: usize,
    agree: usize,
    coerced: usize,
    /// endpoint, file → findings
    findings: BTreeMap<(String, String), Vec<String>>,
    explained: usize,
    /// Departures about samples that none of these shows: where in the spec, what they say.
    unseen: Vec<(String, String)>,
    covered: BTreeSet<String>,
}

/// Checks samples of the paths that begin with `path`; with `all`, what departures explain is listed too.
pub(super) fn check(loaded: &Loaded, samples: &[Sample], path: Option<&str>, all: bool) -> Tally {
    let mut tally = Tally::default();
    for sample in samples {
        // Folder names have `.` for `/`: compare in that form, as path segments may hold dots.
        let is_of = |e: &ir::Endpoint| e.path.trim_start_matches('/').replace('/', ".") == sample.folder;
        let Some(endpoint) = loaded.api.endpoints().map(|(_, e)| e).find(|e| is_of(e)) else {
            tally.other.push(sample.folder.clone());
            continue;
        };
        if path.is_some_and(|p| !endpoint.path.starts_with(p)) {
            continue;
        }
        let entries = loaded.spec.parts.iter().flat_map(|p| &p.endpoints);
        let mut departures: Vec<Explaining<'_>> = entries
            .filter(|e| e.path.value == endpoint.path)
            .flat_map(|e| &e.departures)
            .map(|departure| Explaining { departure, seen: false, needed: false })
            .collect();
        tally.covered.insert(endpoint.path.clone());
        for (name, text) in &sample.files {
            tally.file(&loaded.api, endpoint, name, text, &mut departures, all);
        }
        for d in departures.iter().filter(|d| d.seen && !d.needed) {
            let at = &d.departure.at;
            let file = loaded.spec.files.get(at.pos.file as usize).map_or("", |f| f.path.as_str());
            let place = format!("spec/{file}:{}:{}", at.pos.line, at.pos.col);
            let page = &d.departure.page.value;
            let text = format!("{}: no sample shows `{page}` at `{}`", endpoint.path, at.value);
            tally.unseen.push((place, text));
        }
    }
    tally
}

/// A departure, and whether the samples of its side show what it says.
struct Explaining<'s> {
    departure: &'s Departure,
    /// There is a sample of its side, and what it says can be seen in one.
    seen: bool,
    needed: bool,
}

impl Explaining<'_> {
    /// Looks at what was found in one sample.
    fn look(&mut self, side: &str, findings: &[Finding]) {
        let of_side = match side {
            "request" => ["request", "query"].iter().any(|w| self.departure.at.value.starts_with(w)),
            _ => self.departure.at.value.starts_with(side),
        };
        self.seen |= of_side && departure::shows_in_samples(self.departure);
        self.needed |= findings.iter().any(|f| departure::explains(self.departure, side, f));
    }
}

impl Tally {
    fn file(
        &mut self,
        api: &ir::Api,
        endpoint: &ir::Endpoint,
        name: &str,
        text: &str,
        departures: &mut [Explaining<'_>],
        all: bool,
    ) {
        let (side, ty, word) = match name.starts_with("request") {
            true => (Side::Sent, Some(endpoint.request), "request"),
            false => (Side::Received, endpoint.response, "response"),
        };
        let Some(ty) = ty else { return };
        self.samples += 1;
        let value: Value = match serde_json::from_str(text) {
            Ok(value) => value,
            Err(e) => {
                self.unreadable.push(format!("{} {name}: {e}", endpoint.path));
                return;
            }
        };
        let checker = Checker::new(api, side).merged().patterns(matches);
        let report = match (word, endpoint.post) {
            // Samples of a GET show the parameters of its URL.
            ("request", false) => checker.query(ty, &value),
            _ => checker.report(ty, &value),
        };
        departures.iter_mut().for_each(|d| d.look(word, &report.findings));
        if side == Side::Received {
            // Groups and conditions bind who sends; a departure may still speak of them in an answer.
            let strict = Checker::new(api, Side::Sent).merged().patterns(matches).report(ty, &value);
            departures.iter_mut().for_each(|d| d.look(word, &strict.findings));
        }
        for field in &report.fields {
            self.fields += 1;
            self.known += usize::from(field.verdict != Verdict::Unknown);
            // A length beyond the limit is no disagreement about the type.
            let is_wrong = |f: &Finding| f.path == field.path && matches!(f.kind, Kind::WrongType { .. });
            let mistyped = report.findings.iter().any(is_wrong);
            self.agree += usize::from(field.verdict != Verdict::Unknown && !mistyped);
            self.coerced += usize::from(field.verdict == Verdict::Coerced);
        }
        for finding in report.findings {
            // Samples are placeholders: what they lack or how long they are says nothing about the spec.
            if !matches!(finding.kind, Kind::UnknownField | Kind::WrongType { .. }) {
                continue;
            }
            if departures.iter().any(|d| departure::explains(d.departure, word, &finding)) {
                self.explained += 1;
                if !all {
                    continue;
                }
            }
            let key = (endpoint.path.clone(), name.to_owned());
            self.findings.entry(key).or_default().push(finding.text);
        }
    }

    /// Of folders that must all be of the spec, what the names of others show: a slip, or a path that is gone.
    pub(super) fn refuse_others(&mut self) {
        for folder in &self.other {
            let text = "no endpoint of the spec has this path, so nothing is checked: correct the folder's name, \
                        which is the path with `.` for `/`, or remove it";
            self.findings.insert((folder.clone(), String::new()), vec![text.into()]);
        }
    }

    /// Whether no sample is of a path that was asked for.
    pub(super) fn is_empty(&self) -> bool {
        self.covered.is_empty()
    }

    pub(super) fn found(&self) -> usize {
        self.findings.values().map(Vec::len).sum()
    }

    /// For people.
    pub(super) fn text(&self, all: bool) -> String {
        let mut out = Vec::new();
        for ((path, file), list) in &self.findings {
            out.push(format!("{path} {file}").trim_end().to_owned());
            out.extend(list.iter().map(|text| format!("  {text}")));
        }
        if all {
            out.extend(self.unseen.iter().map(|(place, text)| format!("{place}: {text}")));
        }
        out.extend(self.unreadable.iter().map(|t| format!("not JSON: {t}")));
        let share = |n: usize| if self.fields == 0 { 100.0 } else { 100.0 * n as f64 / self.fields as f64 };
        out.push(format!(
            "{} endpoints, {} samples ({} of endpoints not in the spec): {} fields, {} known ({:.1} %), {} agree in type ({:.1} %, {} of them as another scalar)",
            self.covered.len(),
            self.samples,
            self.other.len(),
            self.fields,
            self.known,
            share(self.known),
            self.agree,
            share(self.agree),
            self.coerced,
        ));
        out.push(format!(
            "{} findings, {} explained by departures; {} departures speak of what no sample shows",
            self.found(),
            self.explained,
            self.unseen.len()
        ));
        out.join("\n")
    }

    /// For tools.
    pub(super) fn json(&self) -> Value {
        let finding = |((path, file), list): (&(String, String), &Vec<String>)| -> Vec<Value> {
            list.iter().map(|text| json!({"path": path, "file": file, "text": text})).collect()
        };
        let unseen = |(place, text): &(String, String)| json!({"place": place, "text": text});
        json!({
            "endpoints": self.covered.len(), "samples": self.samples, "unreadable": self.unreadable, "fields": self.fields,
            "known": self.known, "agree": self.agree, "coerced": self.coerced, "explained": self.explained,
            "findings": self.findings.iter().flat_map(finding).collect::<Vec<_>>(),
            "unseen": self.unseen.iter().map(unseen).collect::<Vec<_>>(),
        })
    }
}

/// An expression that cannot be read refuses nothing; lint has said so.
fn matches(pattern: &str, text: &str) -> bool {
    regex_lite::Regex::new(pattern).map_or(true, |r| r.is_match(text))
}

#[cfg(test)]
mod tests {
    use wecom_codegen::source::SourceFile;

    use super::*;

    const SPEC: &str = "\
module: demo
title: 演示
endpoints:
  /cgi-bin/demo/make:
    title: 新建
    method: POST
    auth: access_token
    modes: [internal]
    source:
      - {page: 3}
    request:
      fields:
        name: {type: string, required: true, chars: ..4, doc: 名称。}
        count: {type: i64, doc: 数量。}
    response:
      fields:
        id: {type: i64, required: true, doc: 编号。}
    departures:
      - {at: response.id, class: sample, fact: type, page: object, here: i64, reason: 编号在别处都是数。}
";

    /// The lines about samples of `/cgi-bin/demo/make`, without the two of figures.
    #[track_caller]
    fn lines(files: &[(&str, &str)], all: bool) -> Vec<String> {
        let loaded =
            wecom_codegen::load(vec![SourceFile { path: "demo/demo.yaml".into(), text: SPEC.into() }]);
        assert!(loaded.is_sound(), "{:?}", loaded.diagnostics.iter().map(|d| &d.message).collect::<Vec<_>>());
        let files = files.iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())).collect();
        let sample = Sample { folder: "cgi-bin.demo.make".into(), files };
        let tally = check(&loaded, &[sample], None, all);
        let text = tally.text(all);
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines[..lines.len() - 2].to_vec()
    }

    #[test]
    fn what_the_spec_does_not_have_is_found() {
        let fits = ("request.json", r#"{"name": "a", "count": 1}"#);
        assert_eq!(lines(&[fits], false), [] as [&str; 0]);
        let other = ("request.json", r#"{"name": "a", "size": 1, "count": []}"#);
        let found = lines(&[other], false);
        assert_eq!(found[0], "/cgi-bin/demo/make request.json");
        assert!(
            found.iter().any(|l| l.contains("size")) && found.iter().any(|l| l.contains("count")),
            "{found:?}"
        );
        // Placeholders: too long, and without what is required.
        assert_eq!(lines(&[("request.json", r#"{"name": "NAMENAME"}"#)], false), [] as [&str; 0]);
        assert_eq!(lines(&[("request.json", "{}")], false), [] as [&str; 0]);
        let broken = lines(&[("request-2.json", "{")], false);
        assert!(broken[0].starts_with("not JSON: /cgi-bin/demo/make request-2.json: "), "{broken:?}");
    }

    #[test]
    fn departures_explain_and_may_be_over() {
        let errs = ("response.json", r#"{"errcode": 0, "errmsg": "ok", "id": {}}"#);
        assert_eq!(lines(&[errs], false), [] as [&str; 0]);
        assert_eq!(lines(&[errs], true).len(), 2, "with `all`, what is explained");
        let right = ("response.json", r#"{"errcode": 0, "errmsg": "ok", "id": 7}"#);
        let over = lines(&[right], true);
        assert!(over[0].ends_with("no sample shows `object` at `response.id`"), "{over:?}");
        // A sample of the other side says nothing of it.
        assert_eq!(lines(&[("request.json", r#"{"name": "a"}"#)], true), [] as [&str; 0]);
    }

    #[test]
    fn paths_are_chosen_and_strangers_are_counted() {
        let loaded =
            wecom_codegen::load(vec![SourceFile { path: "demo/demo.yaml".into(), text: SPEC.into() }]);
        let of = |folder: &str| Sample {
            folder: folder.into(),
            files: vec![("request.json".into(), r#"{"size": 1}"#.into())],
        };
        let samples = [of("cgi-bin.demo.make"), of("cgi-bin.other.make")];
        let figures = |path: Option<&str>| {
            let tally = check(&loaded, &samples, path, false);
            (tally.samples, tally.other.len(), tally.found())
        };
        assert_eq!(figures(None), (1, 1, 1));
        assert_eq!(figures(Some("/cgi-bin/demo")), (1, 1, 1));
        assert_eq!(figures(Some("/cgi-bin/department")), (0, 1, 0));
        assert!(check(&loaded, &samples, Some("/cgi-bin/department"), false).is_empty());
        let mut tally = check(&loaded, &samples, None, false);
        tally.refuse_others();
        assert_eq!(tally.found(), 2);
        let text = tally.text(false);
        assert!(text.contains("cgi-bin.other.make\n  no endpoint"), "{text}");
        assert_eq!(check(&loaded, &samples, None, false).json()["findings"][0]["file"], "request.json");
    }
}
