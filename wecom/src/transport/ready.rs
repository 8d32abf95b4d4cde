//! URLs with their tokens, ready to be sent: what the next call of an endpoint needs is mostly what the one before it had.

use std::borrow::Cow;

use reqwest::Url;
use secrecy::zeroize::Zeroize as _;

use super::Transport;
use crate::endpoint::{Target, TokenKind};
use crate::token::{Known, Tokens};
use crate::value::Secret;

/// What an attempt shows to the server.
#[derive(Default)]
pub(super) struct Ticket {
    pub(super) token: Option<Secret>,
    /// The endpoint's URL with the token, where it has been made before.
    pub(super) url: Option<Url>,
    /// Whether a call has worked with the token.
    pub(super) has_worked: bool,
}

impl Ticket {
    pub(super) fn of(token: Secret) -> Self {
        Self { token: Some(token), ..Self::default() }
    }
}

/// So many URLs are kept for each group of threads, whoever they are of.
const PLACES: usize = 32;

/// The URLs that were used last, each in the one place that is its own.
#[derive(Default)]
pub(super) struct Ready(Vec<Option<Kept>>);

struct Kept {
    /// Whose token it is.
    tokens: u64,
    path: &'static str,
    auth: TokenKind,
    known: Known,
    url: Wiped,
}

/// The URL has the token in it, and is wiped as that is.
struct Wiped(Option<Url>);

impl Drop for Wiped {
    fn drop(&mut self) {
        if let Some(url) = self.0.take() {
            String::from(url).zeroize();
        }
    }
}

impl Ready {
    fn place(tokens: &Tokens, path: &'static str) -> usize {
        // Endpoints' paths stand somewhere in the program, mostly one behind the other.
        let path = path.as_ptr().addr() ^ path.len();
        let number = usize::try_from(tokens.number()).unwrap_or_default();
        (path ^ number).wrapping_mul(0x9E37_79B9) >> 16 & (PLACES - 1)
    }

    fn find(&self, tokens: &Tokens, path: &'static str, auth: TokenKind) -> Option<Ticket> {
        let kept = self.0.get(Self::place(tokens, path))?.as_ref()?;
        let is_it = kept.tokens == tokens.number()
            && std::ptr::eq(kept.path, path)
            && kept.auth == auth
            && tokens.still(&kept.known);
        is_it.then(|| kept.known.ticket(kept.url.0.clone()))
    }

    fn keep(&mut self, tokens: &Tokens, kept: Kept) {
        self.0.resize_with(PLACES, || None);
        let place = Self::place(tokens, kept.path);
        self.0[place] = Some(kept);
    }
}

impl Known {
    fn ticket(&self, url: Option<Url>) -> Ticket {
        Ticket { token: Some(self.token().clone()), url, has_worked: self.has_worked() }
    }
}

impl Transport {
    /// The token of a call and the URL with it, if no store has to be asked.
    pub(super) fn ready(&self, tokens: &Tokens, target: &Target) -> Option<Ticket> {
        // The path of an endpoint, which is known by its place; others are made up as the program runs.
        let Cow::Borrowed(path) = target.path else { return tokens.at_hand().map(Ticket::of) };
        // Where two threads share a place, one makes its URL itself.
        let Ok(mut ready) = self.0.own.own().ready.try_lock() else {
            return tokens.at_hand().map(Ticket::of);
        };
        if let Some(ticket) = ready.find(tokens, path, target.auth) {
            return Some(ticket);
        }
        let known = tokens.known()?;
        let parameter = (target.auth.parameter(), known.token().expose());
        let url = self.url(path, std::iter::once(parameter)).ok();
        let ticket = known.ticket(url.clone());
        let (tokens_number, auth) = (tokens.number(), target.auth);
        ready.keep(tokens, Kept { tokens: tokens_number, path, auth, known, url: Wiped(url) });
        Some(ticket)
    }
}
