//! A call from beginning to end: token, attempts, repetitions. Not generic, so it is compiled once.

use std::future::poll_fn;
use std::ops::Deref;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderMap;
use tokio::time::Instant;

use super::ready::Ticket;
use super::send::{Attempt, Failed};
use super::{Transport, meter};
use crate::answer::Answer;
use crate::endpoint::{Payload, Target, TokenKind};
use crate::error::{Error, ErrorClass, TransportError, TransportKind};
use crate::token::Identity;
use crate::value::Secret;

/// Who calls. A call has one of its own, so it is one count of references, whatever it leads to.
#[derive(Clone)]
pub(crate) struct Handle(Arc<Caller>);

/// A transport and what is shown to the server through it.
pub(crate) struct Caller {
    pub(crate) transport: Transport,
    pub(crate) identity: Identity,
    /// The application that calls, where it is known.
    pub(crate) agent: Option<i64>,
}

impl Deref for Handle {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

/// What can be set for one call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// For the whole call, repetitions included.
    pub(crate) timeout: Option<Duration>,
    pub(crate) repeat: Option<bool>,
    pub(crate) headers: Option<Box<HeaderMap>>,
    /// Whether the answer is a file.
    pub(crate) stream: bool,
    /// Whether this is the request for a token: not counted as a call.
    for_token: bool,
    /// What the request itself holds and no error may show.
    pub(crate) secrets: Vec<Secret>,
}

impl Options {
    pub(crate) fn for_token(secrets: &[&Secret]) -> Self {
        let secrets = secrets.iter().map(|secret| (*secret).clone()).collect();
        Self { for_token: true, secrets, ..Self::default() }
    }

    pub(super) fn is_for_token(&self) -> bool {
        self.for_token
    }
}

impl Handle {
    pub(crate) fn new(transport: Transport, identity: Identity) -> Self {
        Self(Arc::new(Caller { transport, identity, agent: None }))
    }

    pub(crate) fn of_agent(&self, agent: Option<i64>) -> Self {
        let (transport, identity) = (self.transport.clone(), self.identity.clone());
        Self(Arc::new(Caller { transport, identity, agent }))
    }

    /// The kind of token that calls through this handle carry.
    pub(crate) fn kind(&self) -> TokenKind {
        match &self.identity {
            Identity::Anonymous => TokenKind::NoToken,
            Identity::Key(_) => TokenKind::Key,
            Identity::Token(tokens) => tokens.kind(),
        }
    }

    /// Makes a call.
    pub(crate) async fn execute(
        &self,
        target: &Target,
        payload: &Payload,
        options: &Options,
    ) -> Result<Answer, Error> {
        if !is_within_tokio() {
            return Err(Error::outside_tokio());
        }
        let limit = options.timeout.or_else(|| self.transport.call_limit(payload));
        let span = self.span(target);
        let started = Instant::now();
        // Beyond what the clock can express is for ever.
        let until = Until {
            deadline: limit.and_then(|limit| started.checked_add(limit)),
            limit: limit.unwrap_or_default(),
        };
        let mut first_lost = None;
        let outcome = {
            // Entered for each poll, where it is: `instrument` would take the call's large future by value.
            let mut work = pin!(self.attempts(target, payload, options, &span, &until, &mut first_lost));
            poll_fn(|context| span.in_scope(|| work.as_mut().poll(context))).await
        };
        let outcome = match first_lost {
            Some(earlier) => {
                let earlier = (!target.repeat).then_some(earlier);
                outcome.map_err(|error| error.after_lost(earlier))
            }
            None => outcome,
        };
        span.in_scope(|| Self::tell(target, options, &span, &outcome, started));
        outcome
    }

    /// The call's span. Out of line, as nearly all of it is for who listens.
    #[inline(never)]
    fn span(&self, target: &Target) -> tracing::Span {
        let (server, port) = (self.transport.0.server.0.as_str(), self.transport.0.server.1);
        tracing::debug_span!(
            "wecom.call",
            endpoint = %target.path,
            errcode = tracing::field::Empty,
            attempts = tracing::field::Empty,
            duration_ms = tracing::field::Empty,
            // <https://opentelemetry.io/docs/specs/semconv/http/http-spans/>
            "otel.kind" = "client",
            "http.request.method" = target.method.as_str(),
            "server.address" = server,
            "server.port" = port,
            "http.response.status_code" = tracing::field::Empty,
            "error.type" = tracing::field::Empty,
        )
    }

    /// Says how a call ended, to all who listen.
    #[inline(never)]
    fn tell(
        target: &Target,
        options: &Options,
        span: &tracing::Span,
        outcome: &Result<Answer, Error>,
        started: Instant,
    ) {
        if !options.for_token {
            meter::call(&target.path, outcome.as_ref().err(), started);
        }
        // Nobody looks at the clock for a span that nobody sees.
        if !span.is_disabled() {
            let took = started.elapsed().as_millis();
            span.record("duration_ms", u64::try_from(took).unwrap_or(u64::MAX));
        }
        match outcome {
            Ok(_) => {
                span.record("errcode", 0);
                tracing::debug!("done");
            }
            // The span is of level DEBUG: for who filters it out, the event says what it is about.
            Err(error) => {
                span.record("errcode", error.code()).record("error.type", &*error.type_name());
                let (endpoint, errcode, error) = (&*target.path, error.code(), error.brief());
                tracing::info!(endpoint, errcode, %error, "failed");
            }
        }
    }

    /// `first_lost` is the first of its failures after which the call may have been carried out.
    async fn attempts(
        &self,
        target: &Target,
        payload: &Payload,
        options: &Options,
        span: &tracing::Span,
        until: &Until,
        first_lost: &mut Option<Error>,
    ) -> Result<Answer, Error> {
        let inner = &self.transport.0;
        if !options.for_token {
            self.transport.count_call();
        }
        inner.budget.earn();
        let call = Attempting { via: self, target, payload, options, span, until };
        // Nearly all calls have nothing to wait for and succeed at once. What others need is kept apart: its code and its memory.
        let ticket = if inner.limiter.is_none() { self.ticket(target) } else { None };
        let failed = match ticket {
            Some(ticket) => match call.attempt(1, ticket).await {
                Ok(answer) => return Ok(answer),
                Err(failed) => Some(failed),
            },
            None => None,
        };
        Box::pin(call.further(failed, first_lost)).await
    }

    /// Throws the present token away.
    pub(crate) async fn forget_token(&self) -> Result<bool, Error> {
        match &self.identity {
            Identity::Token(tokens) => tokens.forget().await,
            Identity::Key(_) | Identity::Anonymous => Ok(false),
        }
    }

    /// The token that the next call would carry.
    pub(crate) async fn current_token(&self) -> Result<Secret, Error> {
        match &self.identity {
            Identity::Token(tokens) => match tokens.at_hand() {
                Some(token) => Ok(token),
                None => Box::pin(tokens.get(None)).await,
            },
            Identity::Key(key) => Ok(key.clone()),
            Identity::Anonymous => Err(Error::config("this client has no token")),
        }
    }

    /// The token of a call, or that it carries none, where nothing has to be waited for.
    fn ticket(&self, target: &Target) -> Option<Ticket> {
        match &self.identity {
            _ if target.auth == TokenKind::NoToken => Some(Ticket::default()),
            Identity::Anonymous => Some(Ticket::default()),
            Identity::Key(key) => Some(Ticket::of(key.clone())),
            Identity::Token(tokens) => self.transport.ready(tokens, target),
        }
    }

    /// The token of a call; `failed` is the one that was refused before.
    async fn token(&self, target: &Target, failed: Option<&Secret>) -> Result<Ticket, Error> {
        match &self.identity {
            Identity::Token(tokens) if target.auth != TokenKind::NoToken => {
                tokens.get(failed).await.map(Ticket::of)
            }
            _ => Ok(self.ticket(target).unwrap_or_default()),
        }
    }
}

/// A call whose attempts are being made.
struct Attempting<'a> {
    via: &'a Handle,
    target: &'a Target,
    payload: &'a Payload,
    options: &'a Options,
    span: &'a tracing::Span,
    until: &'a Until,
}

/// An attempt that failed, and the token that it carried.
struct Spent {
    token: Option<Secret>,
    failed: Failed,
}

impl Attempting<'_> {
    /// One attempt, the `number`-th.
    async fn attempt(&self, number: u64, ticket: Ticket) -> Result<Answer, Spent> {
        let Self { via, target, payload, options, span, until } = *self;
        let Ticket { token, url, has_worked } = ticket;
        if !span.is_disabled() {
            span.record("attempts", number);
        }
        if options.for_token && number == 1 {
            via.transport.count_token_fetch();
        }
        let attempt = Attempt { via, target, payload, options, token: token.as_ref(), span };
        let outcome = attempt.run(url, until).await;
        if let (Some(token), Identity::Token(tokens), false) = (&token, &via.identity, has_worked)
            && outcome.as_ref().map_or_else(|failed| shows_token_works(&failed.error), |_| true)
        {
            tokens.worked(token);
        }
        match outcome {
            Ok(answer) => Ok(Answer { token, ..answer }),
            Err(failed) => Err(Spent { token, failed }),
        }
    }

    /// All attempts but a first one for which nothing had to be waited for; that one may have been made.
    async fn further(
        &self,
        mut spent: Option<Spent>,
        first_lost: &mut Option<Error>,
    ) -> Result<Answer, Error> {
        let Self { via, target, until, .. } = *self;
        let mut so_far = SoFar { attempts: spent.is_some().into(), ..SoFar::default() };
        loop {
            let refused = match spent {
                Some(spent) => self.after(spent, &mut so_far, first_lost).await?,
                None => None,
            };
            // Before the token is looked up: it could expire during a wait.
            if let Some(limiter) = &via.transport.0.limiter {
                until.within(target, limiter.pass(target, &via.identity)).await??;
            }
            let ticket = match refused {
                None => match via.ticket(target) {
                    Some(ticket) => ticket,
                    None => until.within(target, via.token(target, None)).await??,
                },
                Some((failed, error)) => {
                    match until.within(target, via.token(target, Some(&failed))).await? {
                        // It was fetched a moment ago: another one would be refused too.
                        Err(Error::Token(token)) if token.is_too_soon() => return Err(error),
                        token => token?,
                    }
                }
            };
            so_far.attempts += 1;
            spent = match self.attempt(so_far.attempts, ticket).await {
                Ok(answer) => return Ok(answer),
                Err(spent) => Some(spent),
            };
        }
    }

    /// Whether there will be another attempt: then waits for it, and gives the token that was refused, if that is why. The error, if there
    /// will be none.
    async fn after(
        &self,
        spent: Spent,
        so_far: &mut SoFar,
        first_lost: &mut Option<Error>,
    ) -> Result<Option<(Secret, Error)>, Error> {
        let Self { via, target, options, until, .. } = *self;
        let inner = &via.transport.0;
        let Spent { token, failed: Failed { error, retry_after, is_last } } = spent;
        if is_last {
            return Err(error);
        }
        if first_lost.is_none() && error.is_answer_lost() {
            *first_lost = Some(error.clone());
        }
        // A token is replaced once in a call: a second refusal means something else than age.
        if error.is_token_expired()
            && !so_far.replayed
            && matches!(via.identity, Identity::Token(_))
            && let Some(token) = token
        {
            tracing::debug!(error = %error.brief(), "the token expired");
            via.transport.count_replay(&target.path);
            so_far.replayed = true;
            return Ok(Some((token, error)));
        }
        if !may_repeat(&error, options, target.repeat) || !inner.retry.allows(so_far.retries) {
            return Err(error);
        }
        let asked = if error.code() == Some(LOCKED_OUT) { Some(MINUTE) } else { retry_after };
        let Some(delay) = inner.retry.delay(so_far.retries, error.is_throttled(), asked) else {
            tracing::debug!(error = %error.brief(), ?asked, "not repeated: that would be too soon");
            return Err(error);
        };
        if !inner.budget.spend() {
            tracing::warn!(error = %error.brief(), "not repeated: the budget for repetitions is used up");
            return Err(error);
        }
        tracing::warn!(error = %error.brief(), ?delay, "repeating the call");
        so_far.retries += 1;
        via.transport.count_retry(&target.path);
        until.within(target, tokio::time::sleep(delay)).await?;
        Ok(None)
    }
}

/// What the attempts of a call were.
#[derive(Default)]
struct SoFar {
    attempts: u64,
    retries: u32,
    replayed: bool,
}

/// The limit of calls is used up: the lock-out lasts as long as the limit's own time, a minute at the least. Asking within it
/// cannot succeed. <https://developer.work.weixin.qq.com/document/path/90313>
const LOCKED_OUT: i64 = 45009;
const MINUTE: Duration = Duration::from_secs(60);

/// Until when a call has to be done, as a whole.
pub(super) struct Until {
    /// `None`: whenever.
    pub(super) deadline: Option<Instant>,
    limit: Duration,
}

impl Until {
    /// Waits no longer than that.
    pub(super) async fn within<T>(&self, target: &Target, work: impl Future<Output = T>) -> Result<T, Error> {
        match self.deadline {
            None => Ok(work.await),
            Some(deadline) => {
                tokio::time::timeout_at(deadline, work).await.map_err(|_| Error::Transport(self.over(target)))
            }
        }
    }

    /// What to tell when the time is over.
    pub(super) fn over(&self, target: &Target) -> TransportError {
        let message = format!("not done within {:?}", self.limit);
        TransportError::new(target.path.clone(), TransportKind::Timeout, message).sent(false)
    }
}

/// Whether a runtime is there. Who is in one of its tasks need not count a reference to it, which all its threads do.
fn is_within_tokio() -> bool {
    tokio::task::try_id().is_some() || tokio::runtime::Handle::try_current().is_ok()
}

/// Whether a refusal is about the call, and not about who makes it.
fn shows_token_works(error: &Error) -> bool {
    use ErrorClass::{Credential, Throttled, TokenExpired, Transient};
    error.class().is_some_and(|class| !matches!(class, Credential | Throttled | TokenExpired | Transient))
}

/// Whether a failed attempt may be made again. The options have the caller's word, `harmless` is the spec's.
fn may_repeat(error: &Error, options: &Options, harmless: bool) -> bool {
    let asked = options.repeat;
    if asked == Some(false) {
        return false;
    }
    match error {
        // Many wait for a token, and asking for it twice does no harm; too often does.
        Error::Api(error) if options.for_token => error.class() == ErrorClass::Transient,
        Error::Http(error) if options.for_token => error.status() != 429,
        Error::Decode(_) if options.for_token => true,
        // Too many: not carried out. Busy: no page says so, but the catalogue asks to repeat it, up to three times.
        Error::Api(error) => matches!(error.class(), ErrorClass::Transient | ErrorClass::Throttled),
        Error::Http(error) if error.status() == 429 => true,
        // Nothing was sent.
        error if error.is_transient() && !error.is_answer_lost() => matches!(error, Error::Transport(_)),
        // It may have been carried out.
        error => error.is_transient() && asked.unwrap_or(harmless),
    }
}
