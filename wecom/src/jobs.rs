//! Jobs that the server carries out in its own time: asked for until they are done.
//!
//! ```no_run
//! # #[cfg(feature = "media")]
//! # async fn example(client: wecom::Client, job: String) -> Result<(), wecom::Error> {
//! // `job` is what `upload_by_url` answered with.
//! let done = client.media().get_upload_by_url_result(job).poll_until_done().await?;
//! println!("{:?}", done.detail.media_id);
//! # Ok(()) }
//! ```
//!
//! [`Job`] recognises the end of a job in its answers; it is implemented for the jobs of the API. For others, and for other conditions, there is
//! [`Polling::until`]:
//!
//! ```no_run
//! # use std::time::Duration;
//! # async fn example(client: wecom::Client) -> Result<(), wecom::Error> {
//! use wecom::Method;
//! use wecom::jobs::{Polling, Progress};
//!
//! let call = client.raw(Method::Post, "/cgi-bin/oa/journal/get_export_doc_result", &[], None);
//! let polling = Polling::new().limit(Duration::from_secs(120));
//! let done = polling.until(call, |answer| match answer["status"].as_i64() {
//!     Some(2) => Progress::Done,
//!     _ => Progress::Running,
//! });
//! println!("{}", done.await?["url"]);
//! # Ok(()) }
//! ```

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::call::Call;
use crate::endpoint::Endpoint;
use crate::error::Error;
pub use crate::error::JobError;
use crate::limit::after;

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// Not yet done: it is asked again.
    Running,
    /// Done. The answer says what became of its parts.
    Done,
    /// It came to an end without a result.
    Failed {
        /// The job's own error code, where it has one.
        code: Option<i64>,
        /// What the server says about it; may be empty.
        message: String,
    },
}

impl Progress {
    /// A failure of which nothing is known.
    #[must_use]
    pub fn failed() -> Self {
        Self::Failed { code: None, message: String::new() }
    }
}

/// A request whose answers report the progress of a job.
pub trait Job: Endpoint {
    /// How far the job is by this answer.
    fn progress(answer: &Self::Response) -> Progress;
}

/// How often a job is asked for, and for how long.
///
/// The first time at once, then after a second, and after half as long again each time, up to 30 seconds; given up after ten minutes.
/// Every question counts towards the endpoint's limits of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Polling {
    first: Duration,
    most: Duration,
    limit: Duration,
}

impl Default for Polling {
    fn default() -> Self {
        Self::new()
    }
}

impl Polling {
    /// The usual times.
    #[must_use]
    pub const fn new() -> Self {
        Self { first: Duration::from_secs(1), most: Duration::from_secs(30), limit: Duration::from_secs(600) }
    }

    /// How long to wait before the second question, and at the most between two. A millisecond at the least.
    #[must_use]
    pub fn every(mut self, first: Duration, most: Duration) -> Self {
        self.first = first.max(Duration::from_millis(1));
        self.most = most.max(self.first);
        self
    }

    /// After how long to give up. The job goes on at the server all the same.
    #[must_use]
    pub const fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Makes the call until it is said to be done, and gives the last answer. Errors that may pass (a busy server, a broken
    /// connection, too many calls) are waited out like a job that runs.
    ///
    /// # Errors
    /// [`Error::Job`] when the job fails, or is not done within the limit; else as the call itself.
    pub async fn until<R: Endpoint>(
        self,
        call: Call<R>,
        mut progress: impl FnMut(&R::Response) -> Progress,
    ) -> Result<R::Response, Error> {
        let started = Instant::now();
        // Beyond what the clock can express is for ever.
        let end = started.checked_add(self.limit);
        let endpoint = call.request().target().path;
        let mut wait = self.first;
        loop {
            let transient = match call.clone().await {
                Ok(answer) => match progress(&answer) {
                    Progress::Done => return Ok(answer),
                    Progress::Failed { code, message } => {
                        return Err(JobError::failed(endpoint, code, &message).into());
                    }
                    Progress::Running => None,
                },
                Err(error) if error.is_transient() => Some(error),
                Err(error) => return Err(error),
            };
            let next = after(wait);
            if end.is_some_and(|end| next > end) {
                return Err(match transient {
                    Some(error) => error,
                    None => JobError::unfinished(endpoint, started.elapsed()).into(),
                });
            }
            tracing::debug!(%endpoint, ?wait, "the job is not done yet");
            sleep_until(next).await;
            wait = wait.saturating_mul(3) / 2;
            wait = wait.min(self.most);
        }
    }
}

impl<R: Job> Call<R> {
    /// Makes the call until the job that it asks for is done, with the usual [`Polling`].
    ///
    /// # Errors
    /// [`Error::Job`] when the job fails, or is not done within ten minutes; else as the call itself.
    pub async fn poll_until_done(self) -> Result<R::Response, Error> {
        self.poll_with(Polling::new()).await
    }

    /// The same, as often and as long as this says.
    ///
    /// # Errors
    /// [`Error::Job`] when the job fails, or is not done within the limit; else as the call itself.
    pub async fn poll_with(self, polling: Polling) -> Result<R::Response, Error> {
        polling.until(self, R::progress).await
    }
}

/// Which values of `status` are an end. All others, those that this version does not know too, are of a job that runs.
macro_rules! jobs {
    ($($feature:literal: $($module:ident)::+, $request:ident by $status:ident,
        done $done:ident $(, failed $failed:ident)?;)*) => {$(
        #[cfg(feature = $feature)]
        impl Job for crate::$($module)::+::$request {
            fn progress(answer: &Self::Response) -> Progress {
                use crate::$($module)::+::$status as Status;
                match answer.status {
                    Status::$done => Progress::Done,
                    $(Status::$failed => Progress::failed(),)?
                    _ => Progress::Running,
                }
            }
        }
    )*};
}

jobs! {
    "batch": batch, GetResult by JobStatus, done Finished;
    "chatdata": chatdata, AnalyzeTaskResult by AnalyzeStatus, done Finished, failed Failed;
    "corpgroup": corpgroup, GetResult by JobStatus, done Finished;
    "export": export, GetResult by ExportStatus, done Finished, failed Failed;
    "externalcontact": externalcontact, GetMomentTaskResult by MomentTaskStatus, done Finished;
    "license": license, PayJobResult by PayJobStatus, done Paid, failed Failed;
    "security": security::doc, GetExportResult by ArchiveExportStatus, done Done, failed Failed;
    "service": service::batch, GetResult by JobStatus, done Finished;
}

/// The job has an error code of its own.
#[cfg(feature = "chatdata")]
impl Job for crate::chatdata::export::GetJobStatus {
    fn progress(answer: &Self::Response) -> Progress {
        match (answer.status, answer.result_errcode) {
            (crate::chatdata::export::JobStatus::Finished, None | Some(0)) => Progress::Done,
            (crate::chatdata::export::JobStatus::Finished, code) => {
                Progress::Failed { code, message: answer.result_errmsg.clone().unwrap_or_default() }
            }
            _ => Progress::Running,
        }
    }
}

/// The answer names the corps that it failed for.
#[cfg(feature = "license")]
impl Job for crate::license::NewOrderJobResult {
    fn progress(answer: &Self::Response) -> Progress {
        use crate::license::NewOrderJobStatus::{Done, Failed};
        match answer.status {
            Done => Progress::Done,
            Failed => match answer.fail_list.first() {
                Some(first) => {
                    let message = format!("{} ({} corps in all)", first.errmsg, answer.fail_list.len());
                    Progress::Failed { code: Some(first.errcode), message }
                }
                None => Progress::failed(),
            },
            _ => Progress::Running,
        }
    }
}

#[cfg(feature = "media")]
impl Job for crate::media::GetUploadByUrlResult {
    fn progress(answer: &Self::Response) -> Progress {
        match answer.status {
            crate::media::UploadStatus::Finished => Progress::Done,
            crate::media::UploadStatus::Failed => Progress::Failed {
                code: Some(answer.detail.errcode.into()),
                message: answer.detail.errmsg.clone().unwrap_or_default(),
            },
            _ => Progress::Running,
        }
    }
}
