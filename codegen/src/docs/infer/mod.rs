//! What the cells, samples and words of a field say: its type, its values and limits, whether its object is a union.
//!
//! No pass, but what passes 5 to 7 ask: functions over fields that change nothing.

pub(crate) mod defaults;
pub(crate) mod files;
pub(crate) mod kinds;
pub(crate) mod labels;
pub mod limits;
pub mod paging;
pub(crate) mod phrases;
pub(crate) mod presence;
pub mod rates;
mod refine;
pub mod types;
pub mod unions;
pub(crate) mod units;
mod value_forms;
pub mod values;
pub mod words;
