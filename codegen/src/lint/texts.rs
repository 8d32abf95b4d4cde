//! All texts of a spec, one by one, with what each is.

use crate::model::*;
use crate::source::{At, Pos};

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Free text.
    Doc,
    /// What an enumeration's value is called.
    Label,
}

/// A text.
pub(super) struct Text<'s> {
    pub(super) value: &'s str,
    pub(super) pos: Pos,
    pub(super) kind: Kind,
    /// Imported and not restated yet.
    pub(super) drafted: bool,
}

/// Visits every text but titles.
pub(super) fn each<'s>(spec: &'s Spec, visit: &mut dyn FnMut(Text<'s>)) {
    let mut walk = Walk { visit, drafted: false };
    for part in &spec.parts {
        walk.doc(&part.doc);
        part.commands.iter().for_each(|c| walk.command(c));
        for e in &part.endpoints {
            walk.drafted = e.draft.is_some();
            walk.call(&e.doc, &e.permission, &e.rate, &e.errors);
            for body in [&e.query, &e.request, &e.response].into_iter().flatten() {
                if let Some(file) = &body.file {
                    walk.doc(&file.doc);
                }
                walk.object(&body.object);
            }
            walk.drafted = false;
        }
        walk.types(&part.types);
    }
    for file in &spec.events {
        walk.doc(&file.doc);
        file.groups.iter().flat_map(|(_, list)| list).for_each(|f| walk.field(f));
        for e in &file.events {
            walk.drafted = e.draft.is_some();
            walk.doc(&e.doc);
            walk.doc(&e.permission);
            walk.object(&e.object);
            walk.drafted = false;
        }
        walk.types(&file.types);
    }
    spec.grants.iter().flatten().for_each(|g| walk.text(&g.text, Kind::Doc));
    spec.features.iter().flatten().for_each(|f| walk.text(&f.title, Kind::Label));
}

struct Walk<'v, 's> {
    visit: &'v mut dyn FnMut(Text<'s>),
    drafted: bool,
}

impl<'s> Walk<'_, 's> {
    fn text(&mut self, text: &'s At<String>, kind: Kind) {
        (self.visit)(Text { value: &text.value, pos: text.pos, kind, drafted: self.drafted });
    }

    fn doc(&mut self, text: &'s Option<At<String>>) {
        if let Some(text) = text {
            self.text(text, Kind::Doc);
        }
    }

    /// What endpoints and commands say alike.
    fn call(
        &mut self,
        doc: &'s Option<At<String>>,
        permission: &'s Option<At<String>>,
        rates: &'s [Rate],
        errors: &'s [(At<i64>, At<String>)],
    ) {
        self.doc(doc);
        self.doc(permission);
        rates.iter().for_each(|r| self.doc(&r.doc));
        errors.iter().for_each(|(_, text)| self.text(text, Kind::Doc));
    }

    fn command(&mut self, c: &'s Command) {
        self.drafted = c.draft.is_some();
        self.call(&c.doc, &c.permission, &c.rate, &c.errors);
        if let CommandBody::Object(o) = &c.request {
            self.object(o);
        }
        c.response.iter().for_each(|o| self.object(o));
        self.drafted = false;
    }

    fn types(&mut self, types: &'s [TypeDef]) {
        for t in types {
            self.doc(&t.doc);
            match &t.kind {
                TypeKind::Object(o) => self.object(o),
                TypeKind::Enum { values, .. } => self.values(values),
            }
        }
    }

    fn values(&mut self, values: &'s [Value]) {
        for v in values {
            if let Some(doc) = &v.doc {
                self.text(doc, Kind::Label);
            }
        }
    }

    fn field(&mut self, f: &'s Field) {
        let around = self.drafted;
        self.drafted |= f.draft.is_some();
        self.doc(&f.doc);
        self.doc(&f.required_words);
        f.by_mode.iter().for_each(|(_, t)| self.text(t, Kind::Doc));
        f.values.iter().for_each(|v| self.values(v));
        if let Some(o) = &f.object {
            self.object(o);
        }
        self.drafted = around;
    }

    fn object(&mut self, o: &'s Object) {
        o.fields.iter().for_each(|f| self.field(f));
        for u in &o.unions {
            self.doc(&u.doc);
            for v in &u.variants {
                // A variant's text begins with the label of its tag's value.
                if let Some(doc) = &v.doc {
                    self.text(doc, Kind::Label);
                }
                if let Some(o) = &v.object {
                    self.object(o);
                }
            }
        }
    }
}
