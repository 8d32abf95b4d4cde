//! What ties a request type to its path, token and answer.

mod info;
mod payload;
mod response;

use std::borrow::Cow;
use std::hash::Hash;

pub(crate) use info::Target;
pub use info::{EndpointInfo, Method, Mode, Rate, RatePeriod, RateScope, TokenKind, feature};
pub(crate) use payload::Body;
pub use payload::Payload;
pub use response::Response;

use crate::token::kind;
use crate::wire;

/// A request: what is sent, where to, and what comes back.
pub trait Endpoint: Clone + Send + Sync + 'static {
    /// The token it needs, a type of [`token::kind`](crate::token::kind): decides which client can send it.
    type Auth: kind::Kind;
    /// What a successful call gives.
    type Response: Response;
    /// Path, method and what else is fixed.
    const INFO: &'static EndpointInfo;

    /// The request as it goes over the wire.
    ///
    /// # Errors
    /// When a field cannot be written as JSON, which no generated type has.
    fn encode(&self) -> Result<Payload, wire::Error>;

    #[doc(hidden)]
    fn target(&self) -> Target {
        let EndpointInfo { path, method, auth, repeat, rate, .. } = *Self::INFO;
        Target { path: Cow::Borrowed(path), method, auth, repeat, rate }
    }
}

/// An endpoint whose answers come in pages: [`Call::pages`](crate::Call::pages) and [`Call::items`](crate::Call::items) make
/// streams of it.
pub trait Paged: Endpoint {
    /// One element of the paged list.
    type Item: Send + 'static;
    /// A position: mostly a text that the server gives, for some endpoints a number.
    type Cursor: Clone + Eq + Hash + Send + Unpin + 'static;

    /// Asks for the page at this position.
    fn set_cursor(&mut self, cursor: Self::Cursor);
    /// The position of the page after this answer to this request; `None` at the end.
    fn next(&self, response: &Self::Response) -> Option<Self::Cursor>;
    /// Whether the answer says, beside the position, that there are more pages.
    fn has_more(response: &Self::Response) -> bool {
        let _ = response;
        false
    }
    /// The elements of a page.
    fn items(response: Self::Response) -> Vec<Self::Item>;
}
