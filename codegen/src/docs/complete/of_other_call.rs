//! Fields that a table shared by several calls has for one of them alone: `文件名（获取列表接口才返回该字段）`.

use crate::docs::model::{Assumption, Endpoint, Field};
use crate::docs::read::text::{find, has, narrow, regex};
use crate::docs::rules;

/// Leaves out of a request what only another call returns, and of an answer what its text denies to this call.
pub(crate) fn complete(endpoints: &mut [Endpoint]) {
    for e in endpoints {
        let mut notes = Vec::new();
        leave(&mut e.request, &|desc| returning(desc).is_some(), "the request", &mut notes);
        let title = e.title.clone();
        leave(&mut e.response, &|desc| not_returned(desc, &title), "the answer", &mut notes);
        keep(&mut e.response, &title);
        apart(&mut e.response, &title, &mut notes);
        let file = e.pages.first().map_or(String::new(), |p| p.file.clone());
        e.notes.extend(notes.into_iter().map(|n| (file.clone(), n)));
    }
}

fn leave(fields: &mut Vec<Field>, gone: &dyn Fn(&str) -> bool, side: &str, notes: &mut Vec<Assumption>) {
    fields.retain(|f| {
        let stays = !f.row.exists || !gone(&f.row.desc);
        if !stays {
            let what = format!("`{}` was left out of {side}, as its text says: {}", f.name, f.row.desc);
            notes.push(Assumption { rule: &rules::OF_OTHER_CALL, line: f.row.line, what });
        }
        stays
    });
    fields.iter_mut().for_each(|f| leave(&mut f.children, gone, side, notes));
}

/// What only this call returns, it returns always, as far as its samples show.
fn keep(fields: &mut [Field], title: &str) {
    for f in fields {
        let shown = f.shown.count > 0 && f.shown.count == f.shown.parents;
        if shown
            && (returning(&f.row.desc).is_some_and(|call| title.contains(&call)) || made(&f.row.desc, title))
        {
            f.marks.always = Some(true);
        }
        keep(&mut f.children, title);
    }
}

/// What no sample shows beside a field that only this call returns is of the request: `media_id` is sent, `name` returned. An answer may lack it,
/// whatever the cell of the table that both share says.
fn apart(fields: &mut [Field], title: &str, notes: &mut Vec<Assumption>) {
    let own =
        |f: &&Field| f.shown.count > 0 && returning(&f.row.desc).is_some_and(|call| title.contains(&call));
    let returned = fields.iter().find(own).map(|f| (f.name.clone(), f.shown.count));
    for f in fields {
        if let Some((name, count)) = &returned
            && f.name != *name
            && (1..=f.shown.parents.saturating_sub(*count)).contains(&f.shown.count)
        {
            f.row.required = None;
            f.marks.always = Some(false);
            let what = format!(
                "no sample shows `{}` beside `{name}`, which only this call returns; it may lack",
                f.name
            );
            notes.push(Assumption { rule: &rules::OF_OTHER_CALL, line: f.row.line, what });
        }
        apart(&mut f.children, title, notes);
    }
}

/// The call that alone returns the field.
fn returning(desc: &str) -> Option<String> {
    let told = regex!("((?:获取|查询|读取)[^,。;()]{0,12})接口(?:才|时才)会?返回(?:该|此|本)?(?:字段|参数)");
    find(told, &narrow(desc)).map(|m| m[1].clone())
}

/// `仅在创建时返回`, where the call of this title creates.
fn made(desc: &str, title: &str) -> bool {
    let makes = regex!("创建|新建|添加|新增");
    has(regex!("[仅只]在(?:创建|新建|添加|新增)时返回"), &narrow(desc)) && has(makes, title)
}

/// Whether the call of this title does not return the field.
fn not_returned(desc: &str, title: &str) -> bool {
    let told = regex!("((?:获取|查询|读取)[^,。;()]{1,12})接口不会?返回(?:该|此|本)?(?:字段|参数)");
    find(told, &narrow(desc)).is_some_and(|m| title.contains(&m[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        assert!(made("新建文档的id。仅在创建时返回", "新建文档") && !made("id。仅在创建时返回", "获取文档"));
        assert!(returning("图片的名称（获取列表接口才返回该字段）").is_some());
        assert!(returning("游标，首次获取可以不填，接口返回该字段").is_none());
        let desc = "图片的media_id（ 获取图片列表接口不返回该字段）";
        assert!(
            not_returned(desc, "获取图片列表")
                && !not_returned(desc, "添加图片")
                && returning(desc).is_none()
        );
    }
}
