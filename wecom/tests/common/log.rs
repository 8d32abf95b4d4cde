//! A subscriber that keeps what it is told as lines.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Waits for the other tests of this program that have a subscriber: which events are asked for at all is decided for all
/// together.
pub async fn alone() -> tokio::sync::MutexGuard<'static, ()> {
    static ONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    ONE.lock().await
}

/// One line an event, and one a span.
#[derive(Clone)]
pub struct Lines(Arc<Mutex<Vec<String>>>, Level);

impl Default for Lines {
    fn default() -> Self {
        Self::at(Level::TRACE)
    }
}

impl Lines {
    /// Of this level, and of those above.
    pub fn at(level: Level) -> Self {
        Self(Arc::default(), level)
    }

    pub fn lines(&self) -> Vec<String> {
        self.0.lock().expect("no panic").clone()
    }

    fn push(&self, line: Line) {
        self.0.lock().expect("no panic").push(line.0);
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("wecom") && *metadata.level() <= self.1
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut line = Line(format!("{} span", span.metadata().level()));
        span.record(&mut line);
        self.push(line);
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut line = Line("record".to_owned());
        values.record(&mut line);
        self.push(line);
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.push(line);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}
