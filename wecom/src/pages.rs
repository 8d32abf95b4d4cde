//! Lists that come in pages, as streams.

use std::collections::HashSet;
use std::fmt;
use std::future::{IntoFuture as _, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use crate::call::{Call, CallFuture};
use crate::endpoint::{Paged, Payload};
use crate::error::Error;

/// So many errors in a row are followed by another try.
const PATIENCE: u32 = 4;

/// The error about a server that returns a position twice.
const REPEATED: &str = "the server gave the same position twice; the list may be incomplete";

/// The error about a server that says both that there is more and that there is not.
const NOWHERE: &str = "the server says that there is more, but not where; the list is incomplete";

impl<R: Paged> Call<R> {
    /// The answers page by page, from the position that the request asks for to the end. The next page is asked for when
    /// the one before has been taken.
    ///
    /// ```no_run
    /// # #[cfg(feature = "user")]
    /// # async fn example(client: wecom::Client) -> Result<(), wecom::Error> {
    /// let mut pages = client.user().list_id().limit(1000).pages();
    /// while let Some(page) = pages.next().await {
    ///     println!("{} members", page?.dept_user.len());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn pages(self) -> Pages<R> {
        let first = self.request().encode().ok();
        Pages {
            call: self,
            cursor: None,
            first,
            seen: HashSet::new(),
            failures: 0,
            under_way: None,
            then: Then::Ask,
        }
    }

    /// The elements of all pages, one by one.
    ///
    /// ```no_run
    /// # #[cfg(feature = "user")]
    /// # async fn example(client: wecom::Client) -> Result<(), wecom::Error> {
    /// let mut members = client.user().list_id().items();
    /// while let Some(member) = members.next().await {
    ///     println!("{:?}", member?.userid);
    /// }
    /// let all = client.user().list_id().items().collect_all().await?;
    /// # Ok(()) }
    /// ```
    pub fn items(self) -> Items<R> {
        Items { pages: self.pages(), page: Vec::new().into_iter() }
    }
}

/// The position after a page where positions count the elements; for generated code. `None` after an empty page.
#[doc(hidden)]
#[must_use]
pub fn after<N: TryFrom<u64> + TryInto<u64>>(position: N, len: usize) -> Option<N> {
    let step = u64::try_from(len).ok().filter(|step| *step > 0)?;
    position.try_into().ok()?.checked_add(step)?.try_into().ok()
}

/// The pages of a list; made by [`Call::pages`]. A [`Stream`], with [`next`](Self::next) for those who do without the
/// stream crates.
///
/// It ends after the last page: where the server gives no position, or says that there is no more. Where positions are numbers
/// that count the elements, and nothing else tells the end, that is the first empty page, as a short one may be due to a limit
/// of the server's. Every page is a call of its own, with the call's settings, retries and limits of time. After
/// an error that [is transient](Error::is_transient) it may be polled again, and asks for the same page once more; after
/// any other, and after the fifth in a row, it ends. A server that gives a position for the second time would lead round in circles, and one that
/// says that there is more, and gives no position for it, leads nowhere: both end the stream with [`Error::Pages`], after all that was received.
#[must_use = "nothing is asked for until it is polled"]
pub struct Pages<R: Paged> {
    /// Of the page that is asked for next.
    call: Call<R>,
    /// Where that is; `None`: as the request said at first.
    cursor: Option<R::Cursor>,
    /// What was asked for at first: a position may lead back to it.
    first: Option<Payload>,
    seen: HashSet<R::Cursor>,
    /// In a row.
    failures: u32,
    under_way: Option<CallFuture<R::Response>>,
    then: Then,
}

#[derive(Debug, Clone, Copy)]
enum Then {
    Ask,
    /// With this message.
    Fail(&'static str),
    End,
}

// Nothing in it is pinned in place: the call under way is on the heap.
impl<R: Paged> Unpin for Pages<R> {}

impl<R: Paged> Pages<R> {
    /// The next page; `None` at the end. Dropping the future loses nothing: the call goes on when it is asked again.
    pub async fn next(&mut self) -> Option<Result<R::Response, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// The position of the page that comes next, to go on from there another time; `None` before the first one.
    #[must_use]
    pub fn cursor(&self) -> Option<&R::Cursor> {
        self.cursor.as_ref()
    }
}

impl<R: Paged> Stream for Pages<R> {
    type Item = Result<R::Response, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        match this.then {
            Then::End => return Poll::Ready(None),
            Then::Fail(message) => {
                this.then = Then::End;
                let endpoint = this.call.request().target().path.into_owned();
                let error = Error::Pages { endpoint: endpoint.into(), message: message.into() };
                return Poll::Ready(Some(Err(error)));
            }
            Then::Ask => {}
        }
        let under_way = this.under_way.get_or_insert_with(|| this.call.clone().into_future());
        let outcome = ready!(under_way.as_mut().poll(context));
        this.under_way = None;
        match &outcome {
            Ok(page) => match this.call.request().next(page) {
                Some(cursor) if this.seen.insert(cursor.clone()) => {
                    this.failures = 0;
                    this.call.request_mut().set_cursor(cursor.clone());
                    this.cursor = Some(cursor);
                    if this.first.is_some() && this.call.request().encode().ok() == this.first {
                        this.then = Then::Fail(REPEATED);
                    }
                }
                Some(_) => this.then = Then::Fail(REPEATED),
                None if R::has_more(page) => this.then = Then::Fail(NOWHERE),
                None => this.then = Then::End,
            },
            Err(error) if error.is_transient() && this.failures < PATIENCE => this.failures += 1,
            Err(_) => this.then = Then::End,
        }
        Poll::Ready(Some(outcome))
    }
}

impl<R: Paged> fmt::Debug for Pages<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("endpoint", &self.call.request().target().path)
            .field("taken", &self.seen.len())
            .field("then", &self.then)
            .finish_non_exhaustive()
    }
}

/// The elements of a list in pages; made by [`Call::items`]. Ends and fails as [`Pages`] does.
#[must_use = "nothing is asked for until it is polled"]
pub struct Items<R: Paged> {
    pages: Pages<R>,
    page: std::vec::IntoIter<R::Item>,
}

impl<R: Paged> Unpin for Items<R> {}

impl<R: Paged> Items<R> {
    /// The next element; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<R::Item, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// All that are left, in memory. (Not `collect`, `all` or `try_collect`: those are a stream's, and mean other things there.)
    ///
    /// # Errors
    /// The first one; what was received before it is lost. Take them one by one to keep it.
    pub async fn collect_all(mut self) -> Result<Vec<R::Item>, Error> {
        let mut all = Vec::new();
        while let Some(item) = self.next().await {
            all.push(item?);
        }
        Ok(all)
    }
}

impl<R: Paged> Stream for Items<R> {
    type Item = Result<R::Item, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.page.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            // A page may be empty although others follow.
            match ready!(Pin::new(&mut self.pages).poll_next(context)) {
                Some(Ok(page)) => self.page = R::items(page).into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<R: Paged> fmt::Debug for Items<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("pages", &self.pages).field("at_hand", &self.page.len()).finish()
    }
}
