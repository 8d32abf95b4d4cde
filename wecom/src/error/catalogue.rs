use super::code::ErrorCode;
use crate::api::errors::CATALOGUE;

impl ErrorCode {
    /// The catalogue's line for a code.
    #[must_use]
    pub fn lookup(code: i64) -> Option<&'static Self> {
        let all = Self::all();
        let index = all.binary_search_by_key(&code, |entry| entry.code.into()).ok()?;
        Some(&all[index])
    }

    /// The whole catalogue, by code.
    #[must_use]
    pub fn all() -> &'static [Self] {
        CATALOGUE
    }
}
