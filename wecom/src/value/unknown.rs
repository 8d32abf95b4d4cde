use serde_json::{Map, Value};

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
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UnknownVariant(Box<Map<String, Value>>);

impl UnknownVariant {
    /// Keys and values as on the wire.
    #[must_use]
    pub fn fields(&self) -> &Map<String, Value> {
        &self.0
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
        Self(Box::new(fields))
    }
}
