//! Which entries a command is about: those of named pages, those of a name, or all.

use crate::docs::error_codes;
use crate::docs::merge::compare::CODES;
use crate::docs::model::{Codes, Extracted, Page, Source};

/// What a command names.
#[derive(Debug, Clone, Default)]
pub struct Pick {
    /// Pages: the number in the URL, or the `doc_id`.
    pub pages: Vec<i64>,
    /// Entries, as `docs status` names them.
    pub entries: Vec<String>,
}

impl Pick {
    fn has_page(&self, numbers: &[i64]) -> bool {
        self.pages.iter().any(|p| numbers.contains(p))
    }

    fn stands_on(&self, sources: &[Source]) -> bool {
        sources.iter().any(|s| self.has_page(&[s.page, s.doc_id]))
    }

    /// Leaves of what pages say what is named: an entry of one of the pages where these are named, and of one of the names where those are.
    pub fn keep(&self, pages: &[Page], found: &mut Extracted) {
        let of_page = |sources: &[Source]| self.pages.is_empty() || self.stands_on(sources);
        let all = self.entries.is_empty();
        // A key of the spec may say more than the path: `/cgi-bin/ticket/get?type=wx_card`.
        let path = |path: &str| all || self.entries.iter().any(|e| e.split('?').next() == Some(path));
        found.endpoints.retain(|e| path(&e.path) && of_page(&e.pages));
        let event = |key: &str| all || self.entries.iter().any(|e| is_event(e, key));
        found.events.retain(|e| event(&e.key()) && of_page(&e.pages));
        if !all && !self.entries.iter().any(|e| e == CODES) {
            found.codes = Codes::default();
        } else if !self.pages.is_empty() {
            let own: Vec<Page> =
                pages.iter().filter(|p| self.has_page(&[p.category_id, p.doc_id])).cloned().collect();
            found.codes = error_codes::codes(&own, &found.endpoints);
        }
    }

    /// The names in the spec that are meant: those that are named, and those that the named pages describe.
    pub fn names(&self, found: &Extracted) -> impl Fn(&str) -> bool + use<> {
        let endpoints = found.endpoints.iter().filter(|e| self.stands_on(&e.pages)).map(|e| e.path.clone());
        let codes = found.codes.pages.iter().chain(found.codes.digests.iter().map(|d| &d.0));
        let codes = codes.filter(|p| self.has_page(&[**p])).map(|_| CODES.to_owned());
        let plain: Vec<String> = endpoints.chain(codes).collect();
        let events: Vec<String> =
            found.events.iter().filter(|e| self.stands_on(&e.pages)).map(|e| e.key()).collect();
        let entries = self.entries.clone();
        move |key| {
            let path = key.split('?').next().unwrap_or(key);
            entries.iter().any(|e| e == key)
                || plain.iter().any(|p| p == path)
                || events.iter().any(|e| is_event(key, e))
        }
    }
}

/// Whether a name in lists is that of an event: `event contact.change_contact.create_user` of a file is `change_contact.create_user` of its pages.
fn is_event(name: &str, key: &str) -> bool {
    name.strip_prefix("event ").is_some_and(|name| {
        let name = name.strip_suffix(" (InfoType)").unwrap_or(name);
        name == key || name.split_once('.').is_some_and(|(_, rest)| rest == key)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::extract;
    use crate::docs::read::page;

    #[test]
    fn what_a_command_is_about() {
        let one = "---\ntitle: 甲\ndoc_id: 1\ncategory_id: 11\n---\n**请求方式：**GET\n**请求地址：**https://qyapi.weixin.qq.com/cgi-bin/a/b?access_token=X\n";
        let two = "---\ntitle: 乙\ndoc_id: 2\ncategory_id: 12\n---\n```\n<xml><MsgType>event</MsgType><Event>change_x</Event></xml>\n```\n\
                   |错误码|说明|\n|--|--|\n|7|缺|\n";
        let read = |(n, text): (usize, &&str)| {
            page::read(&format!("001-企业内部开发/{n}.md"), text).expect("a page")
        };
        let pages: Vec<Page> = [one, two].iter().enumerate().map(read).collect();
        let all = ["/cgi-bin/a/b", "event change_x", "7"];
        for (numbers, entries, kept, named) in [
            (&[][..], &[][..], &all[..], &[][..]),
            (&[11], &[], &all[..1], &["/cgi-bin/a/b", "/cgi-bin/a/b?type=x"]),
            (&[2], &[], &all[1..], &["event app.change_x"]),
            (&[], &["/cgi-bin/a/b?type=x"], &all[..1], &["/cgi-bin/a/b?type=x"]),
            (&[], &["event app.change_x"], &all[1..2], &["event app.change_x"]),
            (&[], &["event change_x (InfoType)"], &all[1..2], &[]),
            (&[], &[CODES], &all[2..], &[CODES]),
            (
                &[1],
                &["event app.change_x"],
                &[],
                &["/cgi-bin/a/b", "/cgi-bin/a/b?type=x", "event app.change_x"],
            ),
        ] {
            let pick =
                Pick { pages: numbers.to_vec(), entries: entries.iter().map(|e| (*e).to_owned()).collect() };
            let mut found = extract(&pages);
            let names = pick.names(&found);
            let list =
                ["/cgi-bin/a/b", "/cgi-bin/a/b?type=x", "event app.change_x", CODES, "event app.other"];
            let got: Vec<&str> = list.into_iter().filter(|k| names(k)).collect();
            assert_eq!(got, named, "{pick:?}");
            pick.keep(&pages, &mut found);
            let endpoints = found.endpoints.iter().map(|e| e.path.clone());
            let events = found.events.iter().map(|e| format!("event {}", e.key()));
            let codes = found.codes.list.iter().map(|c| c.code.to_string());
            assert_eq!(endpoints.chain(events).chain(codes).collect::<Vec<_>>(), kept, "{pick:?}");
        }
    }
}
