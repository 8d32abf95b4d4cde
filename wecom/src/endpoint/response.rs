//! What a call gives.

use serde_json::Value;

use crate::answer::Answer;
use crate::error::{ApiError, Error, TransportError, TransportKind};
use crate::file::Download;

/// What a successful call gives: mostly a record read from JSON, for some endpoints a [`Download`](crate::Download).
///
/// Sealed: how an answer is read may change. The answers of this crate have it, and so have [`Value`] and `()`, which an
/// [`Endpoint`](crate::Endpoint) of your own may use.
///
/// ```compile_fail
/// struct Mine;
/// impl wecom::Response for Mine {} // error: a required method takes what has no public name
/// ```
pub trait Response: Sized + Send + 'static {
    /// Whether the body is handed over as it arrives.
    #[doc(hidden)]
    const STREAM: bool = false;

    #[doc(hidden)]
    fn from_answer(answer: Answer) -> Result<Self, Error>;
}

/// The answer as free JSON.
impl Response for Value {
    fn from_answer(answer: Answer) -> Result<Self, Error> {
        answer.value()
    }
}

/// Nothing but success.
impl Response for () {
    fn from_answer(answer: Answer) -> Result<Self, Error> {
        answer.success()
    }
}

impl Response for Download {
    const STREAM: bool = true;

    fn from_answer(answer: Answer) -> Result<Self, Error> {
        let endpoint = answer.endpoint;
        answer.file.map(|file| *file).ok_or_else(|| {
            let message = "the answer was not kept as a stream";
            Error::Transport(TransportError::new(endpoint, TransportKind::Request, message))
        })
    }
}

impl ApiError {
    /// The whole answer, as the type that the call gives where it succeeds. Some calls do a part of what they are asked, refuse all the same, and list
    /// what failed: `school/user/batch_*` in `result_list`.
    ///
    /// What the answer does not have is empty, so ask for it where the endpoint documents that a refusal has it.
    ///
    /// ```
    /// # #[cfg(feature = "school")]
    /// # async fn f(client: wecom::Client) -> Result<(), wecom::Error> {
    /// use wecom::school::user::BatchDeleteParentResponse;
    ///
    /// match client.school().user().batch_delete_parent(["p1", "p2"]).await {
    ///     Err(wecom::Error::Api(refusal)) => {
    ///         for failed in refusal.answer::<BatchDeleteParentResponse>()?.result_list {
    ///             println!("{:?}", failed);
    ///         }
    ///     }
    ///     done => drop(done?),
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// When the body does not fit the type, with the place.
    pub fn answer<T: Response>(&self) -> Result<T, Error> {
        let parts = self.parts();
        T::from_answer(Answer {
            endpoint: parts.endpoint.clone(),
            errmsg: parts.errmsg.clone().into(),
            told: true,
            body: parts.body.clone(),
            token: None,
            secrets: parts.secrets.clone(),
            file: None,
        })
    }
}
