use std::fmt;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::scrub;

/// What was read for a variant that this version of the crate does not know: its tag and everything that stood beside
/// it, written back unchanged.
///
/// It is also how to send a variant that this crate does not know:
///
/// ```
/// let content: serde_json::Value = serde_json::json!({"msgtype": "brand_new", "brand_new": {"x": 1}});
/// let variant = wecom::UnknownVariant::from_value(content).unwrap();
/// assert_eq!(variant.fields()["msgtype"], "brand_new");
/// ```
// Nothing is `None`: requests are made from their default, which should cost no allocation.
#[derive(Clone, Default, PartialEq)]
pub struct UnknownVariant(Option<Box<Map<String, Value>>>);

static NOTHING: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);

impl UnknownVariant {
    /// Keys and values as on the wire.
    #[must_use]
    pub fn fields(&self) -> &Map<String, Value> {
        self.0.as_deref().unwrap_or_else(|| &NOTHING)
    }

    /// From a JSON object; `None` for anything else.
    #[must_use]
    pub fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Object(fields) => Some(fields.into()),
            _ => None,
        }
    }
}

impl From<Map<String, Value>> for UnknownVariant {
    fn from(fields: Map<String, Value>) -> Self {
        Self((!fields.is_empty()).then(|| Box::new(fields)))
    }
}

/// Without what is secret by its name.
impl fmt::Debug for UnknownVariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = Value::Object(self.fields().clone());
        f.debug_tuple("UnknownVariant").field(&scrub::value(&shown, false)).finish()
    }
}
