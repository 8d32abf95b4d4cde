//! A call that has not been made yet.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{HeaderName, HeaderValue};

use crate::answer::Answer;
use crate::endpoint::{Endpoint, Payload, Response, Target};
use crate::error::Error;
use crate::file::Download;
use crate::transport::{Handle, Options};
use crate::wire::note::{self, Noted};

/// A call, made when it is awaited. It borrows nothing, so it can be stored, spawned and joined.
///
/// This page begins with the setters of each endpoint, which are those of its request (`message::Send` for `message().send(…)`). What all
/// calls have stands at its end: [`timeout`](Self::timeout), [`repeat`](Self::repeat), [`header`](Self::header), [`with`](Self::with),
/// [`request`](Self::request), [`full`](Self::full); lists that come in pages have [`pages`](Self::pages) and [`items`](Self::items),
/// downloads [`range`](Self::range), jobs [`poll_until_done`](Self::poll_until_done) and [`poll_with`](Self::poll_with).
///
/// It is not a future but becomes one: `.await` does that, and what takes futures is handed
/// [`into_future()`](IntoFuture::into_future).
///
/// ```no_run
/// # async fn example(client: wecom::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use std::future::IntoFuture as _;
///
/// # use wecom::Method;
/// let of = |id: &str| client.raw(Method::Get, "/cgi-bin/user/get", &[("userid", id)], None);
/// // At the same time, and both or the first error:
/// let (one, two) = tokio::try_join!(of("zhangsan").into_future(), of("lisi").into_future())?;
/// // As tasks of their own:
/// let mut tasks = tokio::task::JoinSet::new();
/// for id in ["zhangsan", "lisi", "wangwu"] {
///     tasks.spawn(of(id).into_future());
/// }
/// for member in tasks.join_all().await {
///     println!("{}", member?["name"]);
/// }
/// # Ok(()) }
/// ```
///
/// Some thousand at once are better kept to a few at a time (`futures::StreamExt::buffer_unordered`, or a semaphore), and within the
/// API's limits: see [`Limits`](crate::Limits).
///
/// ```no_run
/// # async fn example(client: wecom::Client) -> Result<(), wecom::Error> {
/// # use wecom::Method;
/// let call = client.raw(Method::Get, "/cgi-bin/department/list", &[], None);
/// let departments = call.timeout(std::time::Duration::from_secs(5)).await?;
/// # Ok(()) }
/// ```
///
/// Dropping the future stops the call; a request that is under way may still be carried out by the server.
#[must_use = "a call is only made when it is awaited"]
#[derive(Clone)]
pub struct Call<R: Endpoint> {
    pub(crate) request: R,
    via: Handle,
    options: Options,
    wrong: Option<Error>,
}

/// Where `agentid` is the calling application's own, and may be left out if the client knows it.
const OF_THE_APPLICATION: [&str; 1] = ["/cgi-bin/message/send"];

/// The future of a [`Call`].
pub type CallFuture<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// An answer with what surrounds it.
#[derive(Clone)]
#[non_exhaustive]
pub struct FullAnswer<T> {
    /// The answer.
    pub value: T,
    /// The body as it came, for fields that the spec does not have. Empty for downloads.
    pub body: Bytes,
    /// `errmsg`; `ok` as a rule, at times with a hint on what was ignored.
    pub errmsg: String,
    noted: Noted,
}

impl<T> FullAnswer<T> {
    /// The paths in the answer that its type does not know, sorted: `userlist.nickname`, at whichever places of a list. Their values
    /// stand in [`body`](Self::body). This crate does not know them: please report them. Without asking for this, an event of level INFO
    /// tells about them once for each endpoint.
    ///
    /// ```no_run
    /// # async fn example(client: wecom::Client, call: wecom::Call<wecom::RawRequest<wecom::token::kind::AccessToken>>)
    /// # -> Result<(), wecom::Error> {
    /// let full = call.full().await?;
    /// for path in full.unknown_fields() {
    ///     println!("the server sends {path}");
    /// }
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn unknown_fields(&self) -> &[String] {
        &self.noted.unknown
    }

    /// Numbers that their fields of 32 bits cannot hold, as `group.count = 5000000000`. The field reads as if it were not there.
    #[must_use]
    pub fn out_of_range(&self) -> &[String] {
        &self.noted.misfits
    }
}

impl<T: fmt::Debug> fmt::Debug for FullAnswer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FullAnswer")
            .field("value", &self.value)
            .field("errmsg", &self.errmsg)
            .finish_non_exhaustive()
    }
}

impl<R: Endpoint> Call<R> {
    pub(crate) fn new(via: Handle, request: R) -> Self {
        Self { request, via, options: Options::default(), wrong: None }
    }

    /// Changes the request by a function: for setters that are in a function of their own, or called in some cases only. Each setter of the
    /// request is a method of its call, too.
    ///
    /// ```
    /// # #[cfg(feature = "message")]
    /// # async fn example(client: wecom::Client) -> Result<(), wecom::Error> {
    /// use wecom::message::{Send, Text};
    ///
    /// fn to_everybody(message: Send) -> Send {
    ///     message.touser(["@all"]).safe(wecom::message::SendSafe::Confidential)
    /// }
    ///
    /// client.message().send(Text::new("你好")).agentid(1000002).with(to_everybody).await?;
    /// # Ok(()) }
    /// ```
    pub fn with(mut self, change: impl FnOnce(R) -> R) -> Self {
        self.request = change(self.request);
        self
    }

    /// How long the call may take, waiting for a token and repetitions included. Unless set, that is the transport's
    /// [`call_timeout`](crate::TransportBuilder::call_timeout).
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.options.timeout = Some(limit);
        self
    }

    /// `true`: also repeat when the answer was lost, although the call may then be carried out twice (a message sent
    /// twice). `false`: never repeat, not even after a busy answer. Unless set, the spec decides.
    pub fn repeat(mut self, repeat: bool) -> Self {
        self.options.repeat = Some(repeat);
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), Ok(value)) => {
                self.options.headers.get_or_insert_default().append(name, value);
            }
            _ => self.wrong = Some(Error::config(format!("the header {name:?} cannot be sent"))),
        }
        self
    }

    /// The request as it is now.
    #[must_use]
    pub fn request(&self) -> &R {
        &self.request
    }

    pub(crate) fn request_mut(&mut self) -> &mut R {
        &mut self.request
    }

    /// Makes the call, and gives the raw body and `errmsg` beside the answer.
    ///
    /// # Errors
    /// As awaiting the call itself.
    pub async fn full(self) -> Result<FullAnswer<R::Response>, Error> {
        let written = self.written()?;
        let answer = written.answer().await?;
        let (body, errmsg) = (answer.body.clone(), answer.errmsg.clone().into_owned());
        let (value, noted) = read(&written.via, answer, true)?;
        Ok(FullAnswer { value, body, errmsg, noted })
    }

    /// The request as it goes out, in place of the request as it was made: nothing of that is kept while the answer is waited for.
    fn written(self) -> Result<Written, Error> {
        let Self { request, via, mut options, wrong } = self;
        if let Some(error) = wrong {
            return Err(error);
        }
        let target = request.target();
        let mut payload = request.encode().map_err(|error| not_encoded(&target, &error))?;
        if let Some(agent) = via.agent
            && OF_THE_APPLICATION.contains(&&*target.path)
        {
            payload.default_number("agentid", agent);
        }
        options.stream = R::Response::STREAM;
        Ok(Written { via, target, payload, options })
    }
}

/// A call ready to be sent, whatever its type was.
struct Written {
    via: Handle,
    target: Target,
    payload: Payload,
    options: Options,
}

impl Written {
    fn answer(&self) -> impl Future<Output = Result<Answer, Error>> {
        self.via.execute(&self.target, &self.payload, &self.options)
    }
}

impl<R: Endpoint<Response = Download>> Call<R> {
    /// Asks for a part of the file: from this byte on, up to and including `last` if it is given. The server answers with
    /// the whole file when it does not do parts: see [`Download::content_range`].
    pub fn range(mut self, first: u64, last: Option<u64>) -> Self {
        let last = last.map(|last| last.to_string()).unwrap_or_default();
        if let Some(headers) = &mut self.options.headers {
            headers.remove("range");
        }
        self.header("range", &format!("bytes={first}-{last}"))
    }
}

impl<R: Endpoint> IntoFuture for Call<R> {
    type Output = Result<R::Response, Error>;
    type IntoFuture = CallFuture<R::Response>;

    fn into_future(self) -> Self::IntoFuture {
        let written = self.written();
        Box::pin(async move {
            let written = &written.as_ref().map_err(Error::clone)?;
            read(&written.via, written.answer().await?, false).map(|(value, _)| value)
        })
    }
}

#[cold]
fn not_encoded(target: &Target, error: &serde_json::Error) -> Error {
    Error::Encode { endpoint: (*target.path).into(), message: error.to_string().into() }
}

/// Reads an answer, and notes what it has besides: for who asks, and once for each endpoint for the log.
fn read<T: Response>(via: &Handle, answer: Answer, asked: bool) -> Result<(T, Noted), Error> {
    let report = via.transport.reports_unknown(&answer.endpoint);
    if !asked && !report {
        return T::from_answer(answer).map(|value| (value, Noted::default()));
    }
    read_noting(via, answer, report)
}

#[cold]
fn read_noting<T: Response>(via: &Handle, answer: Answer, report: bool) -> Result<(T, Noted), Error> {
    let report = report.then(|| answer.endpoint.clone());
    note::start();
    let value = T::from_answer(answer);
    let noted = note::stop();
    if let Some(endpoint) = report {
        via.transport.report_unknown(endpoint, &noted);
    }
    value.map(|value| (value, noted))
}

impl<R: Endpoint + fmt::Debug> fmt::Debug for Call<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("endpoint", &self.request.target().path)
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}
