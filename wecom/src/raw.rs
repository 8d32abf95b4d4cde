use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use reqwest::Url;
use serde_json::Value;

use crate::endpoint::{Endpoint, EndpointInfo, Method, Payload, Rate, Target, TokenKind};
use crate::token::kind::Kind;
use crate::wire;

/// A call of an endpoint that this crate does not have; made by the `raw` method of each client.
pub struct RawRequest<A> {
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    json: Option<Value>,
    repeat: bool,
    rate: &'static [Rate],
    auth: PhantomData<fn() -> A>,
}

impl<A> RawRequest<A> {
    pub(crate) fn new(method: Method, path: String, query: &[(&str, &str)], json: Option<Value>) -> Self {
        // A query in the path may hold secrets: it is one like the other, which is never shown.
        let (path, inside) = match path.split_once(['?', '#']) {
            Some((path, inside)) => (path.to_owned(), parameters(inside)),
            None => (path, Vec::new()),
        };
        let query = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let query = inside.into_iter().chain(query).collect();
        Self { method, path, query, json, repeat: method == Method::Get, rate: &[], auth: PhantomData }
    }

    /// What is known of the endpoint all the same.
    #[cfg(feature = "describe")]
    pub(crate) fn described(mut self, repeat: bool, rate: &'static [Rate]) -> Self {
        self.repeat = repeat;
        self.rate = rate;
        self
    }
}

/// The parameters of a query.
pub(crate) fn parameters(query: &str) -> Vec<(String, String)> {
    let url = Url::parse(&format!("http://localhost/?{query}"));
    url.map(|url| url.query_pairs().into_owned().collect()).unwrap_or_default()
}

impl<A> Clone for RawRequest<A> {
    fn clone(&self) -> Self {
        let Self { method, path, query, json, repeat, rate, auth } = self;
        let (path, query, json) = (path.clone(), query.clone(), json.clone());
        Self { method: *method, path, query, json, repeat: *repeat, rate, auth: *auth }
    }
}

impl<A> fmt::Debug for RawRequest<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Query and body may hold secrets that nothing here can recognise.
        f.debug_struct("RawRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl<A: Kind> Endpoint for RawRequest<A> {
    type Auth = A;
    type Response = Value;
    const INFO: &'static EndpointInfo = &EndpointInfo::new(Method::Post, "", TokenKind::NoToken);

    fn encode(&self) -> Result<Payload, wire::Error> {
        let mut payload = match &self.json {
            Some(json) => Payload::json(json)?,
            None => Payload::none(),
        };
        payload.query =
            self.query.iter().map(|(name, value)| (Cow::Owned(name.clone()), value.clone())).collect();
        Ok(payload)
    }

    fn target(&self) -> Target {
        let Self { method, repeat, rate, .. } = *self;
        Target { path: Cow::Owned(self.path.clone()), method, auth: A::KIND, repeat, rate }
    }
}
