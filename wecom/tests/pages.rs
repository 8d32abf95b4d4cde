//! Lists in pages, as streams.

mod common;

use std::future::poll_fn;
use std::pin::Pin;

use common::{Reply, Request, Server, errcode, json};
use serde::ser::SerializeMap as _;
use serde_json::{Value, json};
use wecom::token::kind;
use wecom::{Endpoint, EndpointInfo, Method, Paged, Payload, TokenKind};

const LIST: &str = "/cgi-bin/test/list";

/// An endpoint that depends on no feature.
#[derive(Debug, Clone, Default)]
struct List {
    cursor: Option<String>,
}

impl Endpoint for List {
    type Auth = kind::AccessToken;
    type Response = Value;
    const INFO: &'static EndpointInfo =
        &EndpointInfo::new(Method::Post, LIST, TokenKind::AccessToken).repeat(true);

    fn encode(&self) -> Result<Payload, wecom::wire::Error> {
        struct Body<'a>(&'a List);
        impl serde::Serialize for Body<'_> {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                let mut map = to.serialize_map(None)?;
                if let Some(cursor) = &self.0.cursor {
                    map.serialize_entry("cursor", cursor)?;
                }
                map.end()
            }
        }
        Payload::json(&Body(self))
    }
}

impl Paged for List {
    type Item = i64;
    type Cursor = String;

    fn set_cursor(&mut self, cursor: String) {
        self.cursor = Some(cursor);
    }
    fn next(&self, response: &Value) -> Option<String> {
        response["next"].as_str().map(str::to_owned)
    }
    fn has_more(response: &Value) -> bool {
        response["has_more"] == true
    }
    fn items(response: Value) -> Vec<i64> {
        response["items"].as_array().into_iter().flatten().filter_map(Value::as_i64).collect()
    }
}

fn asked(request: &Request) -> String {
    request.json()["cursor"].as_str().unwrap_or("first").to_owned()
}

fn page(items: &[i64], next: Option<&str>) -> Reply {
    json(json!({"errcode": 0, "items": items, "next": next}))
}

/// Runs through the list; what came, item by item, errors as their texts.
async fn run(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> (Vec<String>, Vec<String>) {
    let server = Server::with_tokens(answer).await;
    let client = server.client().build().expect("builds");
    let mut items = client.send(List::default()).items();
    let mut came = Vec::new();
    while let Some(item) = items.next().await {
        came.push(item.map_or_else(|error| error.to_string(), |item| item.to_string()));
        assert!(came.len() < 100, "it goes on for ever: {came:?}");
    }
    assert!(items.next().await.is_none(), "the end is not the end");
    (came, server.requests(LIST).iter().map(asked).collect())
}

#[tokio::test]
async fn every_item_once_and_then_the_end() {
    let repeated = format!("{LIST}: the server gave the same position twice; the list may be incomplete");
    let repeated = repeated.as_str();
    type Pages = &'static [(&'static str, &'static [i64], Option<&'static str>)];
    let cases: [(&str, Pages, &[&str], &[&str]); 6] = [
        ("one page", &[("first", &[1, 2], None)], &["1", "2"], &["first"]),
        ("nothing", &[("first", &[], None)], &[], &["first"]),
        (
            "an empty page in the middle, and at the end",
            &[("first", &[1], Some("b")), ("b", &[], Some("c")), ("c", &[2], Some("d")), ("d", &[], None)],
            &["1", "2"],
            &["first", "b", "c", "d"],
        ),
        (
            "the same position for ever",
            &[("first", &[1], Some("b")), ("b", &[2], Some("b"))],
            &["1", "2", repeated],
            &["first", "b"],
        ),
        (
            "round in a circle",
            &[("first", &[1], Some("b")), ("b", &[2], Some("c")), ("c", &[3], Some("b"))],
            &["1", "2", "3", repeated],
            &["first", "b", "c"],
        ),
        (
            "empty pages round in a circle",
            &[("first", &[], Some("b")), ("b", &[], Some("b"))],
            &[repeated],
            &["first", "b"],
        ),
    ];
    for (name, pages, came, requests) in cases {
        let (items, cursors) = run(move |request| {
            let at = asked(request);
            let (_, items, next) = pages.iter().find(|page| page.0 == at).expect("a page");
            page(items, *next)
        })
        .await;
        assert_eq!((items, cursors), (to_owned(came), to_owned(requests)), "{name}");
    }
}

fn to_owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[tokio::test]
async fn it_carries_on_after_a_retry_and_after_an_error() {
    // The second page is busy twice: repeated beneath.
    let (items, cursors) = run(|request| match (asked(request).as_str(), request.number) {
        ("first", _) => page(&[1], Some("b")),
        (_, 2 | 3) => errcode(-1, "busy"),
        _ => page(&[2], None),
    })
    .await;
    assert_eq!((items, cursors), (to_owned(&["1", "2"]), to_owned(&["first", "b", "b", "b"])));
    // Busy beyond all repetitions: an error, and the same page again when it is polled again.
    let (items, cursors) = run(|request| match (asked(request).as_str(), request.number) {
        ("first", _) => page(&[1], Some("b")),
        (_, 2..=5) => errcode(-1, "busy"),
        _ => page(&[2], None),
    })
    .await;
    assert_eq!((items.len(), items[0].as_str(), items[2].as_str()), (3, "1", "2"), "{items:?}");
    assert!(items[1].contains("busy"), "{items:?}");
    assert_eq!(cursors, to_owned(&["first", "b", "b", "b", "b", "b"]));
    // What will not mend itself is the end.
    let (items, cursors) = run(|request| match asked(request).as_str() {
        "first" => page(&[1], Some("b")),
        _ => errcode(60011, "no privilege"),
    })
    .await;
    assert!(items.len() == 2 && items[1].contains("60011"), "{items:?}");
    assert_eq!(cursors, to_owned(&["first", "b"]));
}

#[tokio::test]
async fn pages_and_all_at_once() {
    let server = Server::with_tokens(|request| match asked(request).as_str() {
        "first" => page(&[1, 2], Some("b")),
        "b" => page(&[3], Some("c")),
        "c" if request.number < 10 => page(&[4], None),
        _ => errcode(60011, "no privilege"),
    })
    .await;
    let client = server.client().build().expect("builds");
    let mut pages = client.send(List::default()).pages();
    assert_eq!((pages.cursor(), server.requests(LIST).len()), (None, 0), "asked for before it was polled");
    let mut sizes = Vec::new();
    while let Some(answer) = pages.next().await {
        sizes.push((List::items(answer.expect("works")).len(), pages.cursor().cloned()));
        // One page ahead of nothing: the next is asked for when it is wanted.
        assert_eq!(server.requests(LIST).len(), sizes.len());
    }
    assert_eq!(sizes, [(2, Some("b".into())), (1, Some("c".into())), (1, Some("c".into()))]);
    assert!(format!("{pages:?}").contains(LIST));
    assert_eq!(client.send(List::default()).items().collect_all().await.expect("works"), [1, 2, 3, 4]);
    // On from a position that was kept.
    let from = List { cursor: Some("b".into()) };
    assert_eq!(client.send(from).items().collect_all().await.expect("works"), [3, 4]);
    let error =
        client.send(List { cursor: Some("x".into()) }).items().collect_all().await.expect_err("fails");
    assert!(error.is_permission(), "{error}");
    // As a `Stream` of the trait, spawned.
    let mut items = client.send(List::default()).items();
    let first = tokio::spawn(async move {
        use futures_core::Stream as _;
        poll_fn(|context| Pin::new(&mut items).poll_next(context)).await
    });
    assert_eq!(first.await.expect("no panic").expect("an item").expect("works"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn who_stops_waiting_for_a_page_loses_nothing() {
    let (gate, open) = std::sync::mpsc::channel::<()>();
    let open = std::sync::Mutex::new(open);
    let server = Server::with_tokens(move |request| match asked(request).as_str() {
        "first" => page(&[1], Some("b")),
        _ => {
            tokio::task::block_in_place(|| open.lock().expect("lock").recv().expect("opens"));
            page(&[2], None)
        }
    });
    let server = server.await;
    let client = server.client().build().expect("builds");
    let mut items = client.send(List::default()).items();
    assert_eq!(items.next().await.expect("an item").expect("works"), 1);
    // Polled once and dropped.
    tokio::select! {
        biased;
        item = items.next() => panic!("{item:?} before the server answered"),
        () = std::future::ready(()) => {}
    }
    gate.send(()).expect("waits");
    assert_eq!(items.next().await.expect("an item").expect("works"), 2);
    assert!(items.next().await.is_none());
    assert_eq!(server.requests(LIST).len(), 2);
}

/// Positions that count the elements, as the generator writes them where the answer gives none.
#[derive(Debug, Clone, Default)]
struct Numbered {
    offset: Option<u32>,
    limit: u32,
}

impl Endpoint for Numbered {
    type Auth = kind::AccessToken;
    type Response = Value;
    const INFO: &'static EndpointInfo = List::INFO;

    fn encode(&self) -> Result<Payload, wecom::wire::Error> {
        Payload::json(&json!({"offset": self.offset, "limit": self.limit}))
    }
}

impl Paged for Numbered {
    type Item = i64;
    type Cursor = u32;

    fn set_cursor(&mut self, cursor: u32) {
        self.offset = Some(cursor);
    }
    fn next(&self, response: &Value) -> Option<u32> {
        wecom::wire::after(self.offset.unwrap_or(0), List::items(response.clone()).len())
    }
    fn items(response: Value) -> Vec<i64> {
        List::items(response)
    }
}

#[tokio::test]
async fn positions_that_count_the_elements() {
    for (name, first, limit, expected, asked) in [
        ("from the beginning", None, 3, 0..10, vec![None, Some(3), Some(6), Some(9), Some(10)]),
        ("from within", Some(8), 3, 8..10, vec![Some(8), Some(10)]),
        // The server gives four at most: a short page is not the end.
        ("more than the server gives", None, 100, 0..10, vec![None, Some(4), Some(8), Some(10)]),
        ("beyond the end", Some(11), 3, 0..0, vec![Some(11)]),
    ] {
        let server = Server::with_tokens(|request| {
            let number = |name: &str| request.json()[name].as_i64();
            let (at, limit) = (number("offset").unwrap_or(0), number("limit").unwrap_or(0).min(4));
            let items: Vec<i64> = (0..10).filter(|item| (at..at + limit).contains(item)).collect();
            page(&items, None)
        })
        .await;
        let client = server.client().build().expect("builds");
        let mut pages = client.send(Numbered { offset: first, limit }).pages();
        let mut all = Vec::new();
        while let Some(answer) = pages.next().await {
            all.extend(List::items(answer.expect("works")));
        }
        assert_eq!(all, expected.collect::<Vec<_>>(), "{name}");
        assert_eq!(
            pages.cursor().copied(),
            asked.last().copied().flatten().filter(|_| asked.len() > 1),
            "{name}"
        );
        let offset =
            |request: &Request| request.json()["offset"].as_u64().and_then(|at| u32::try_from(at).ok());
        assert_eq!(server.requests(LIST).iter().map(offset).collect::<Vec<_>>(), asked, "{name}");
    }
    // Nothing counts beyond what the field can hold.
    assert_eq!(wecom::wire::after(u32::MAX, 1), None);
    assert_eq!((wecom::wire::after(-1_i64, 1), wecom::wire::after(7_i64, 0)), (None, None));
}

/// A part of a list must not pass for the whole.
#[tokio::test]
async fn more_without_a_position_is_an_error() {
    let nowhere =
        format!("{LIST}: the server says that there is more, but not where; the list is incomplete");
    let (items, cursors) = run(|request| match asked(request).as_str() {
        "first" => json(json!({"errcode": 0, "items": [1], "next": "b", "has_more": true})),
        _ => json(json!({"errcode": 0, "items": [2], "has_more": true})),
    })
    .await;
    assert_eq!((items, cursors), (to_owned(&["1", "2", &nowhere]), to_owned(&["first", "b"])));
}

/// Every generated endpoint that comes in pages.
#[cfg(feature = "user")]
#[tokio::test]
async fn the_generated_ones() {
    let server = Server::with_tokens(|request| {
        let next = if request.json()["cursor"].is_null() { "b" } else { "" };
        json(json!({
            "errcode": 0, "next_cursor": next,
            "dept_user": [{"userid": asked(request), "department": 1}],
            "member_auth_list": [{"open_userid": asked(request)}],
        }))
    })
    .await;
    let client = server.client().build().expect("builds");
    let members = client.user().list_id().items().collect_all().await.expect("works");
    let members: Vec<_> = members.iter().map(|member| format!("{member:?}")).collect();
    assert!(
        members.len() == 2 && members[0].contains("first") && members[1].contains("\"b\""),
        "{members:?}"
    );
    let path = "/cgi-bin/user/list_id";
    assert_eq!(server.requests(path).len(), 2);
    let authorised = client.user().list_member_auth().items().collect_all().await.expect("works");
    assert_eq!(authorised.len(), 2);
    assert_eq!(server.requests("/cgi-bin/user/list_member_auth").len(), 2);
}

/// Failures that do not end end the stream, also for who passes over them; some that do, do not.
#[tokio::test]
async fn it_ends_when_the_server_stays_down() {
    let server = Server::with_tokens(|request| match request.number {
        1 => json(json!({"errcode": 0, "items": [1], "next": "a"})),
        2..=4 => errcode(-1, "busy"),
        5 => json(json!({"errcode": 0, "items": [2], "next": "b"})),
        _ => errcode(-1, "busy"),
    })
    .await;
    let client = server.client().retry(wecom::RetryPolicy::never()).build().expect("builds");
    let mut pages = client.send(List::default()).pages();
    let (mut taken, mut failed) = (0, 0);
    while let Some(page) = pages.next().await {
        *if page.is_ok() { &mut taken } else { &mut failed } += 1;
        assert!(failed < 20, "no end");
    }
    assert_eq!((taken, failed), (2, 3 + 5));
}

/// A position that leads back to where the caller began is one that comes again.
#[tokio::test]
async fn the_first_page_is_not_given_twice() {
    let server = Server::with_tokens(|request| match request.json()["cursor"].as_str() {
        Some("c5") => json(json!({"errcode": 0, "items": [5], "next": "c6"})),
        _ => json(json!({"errcode": 0, "items": [6], "next": "c5"})),
    })
    .await;
    let client = server.client().build().expect("builds");
    let mut items = client.send(List { cursor: Some("c5".into()) }).items();
    let mut seen = Vec::new();
    let error = loop {
        match items.next().await.expect("an error at the end") {
            Ok(item) => seen.push(item),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, wecom::Error::Pages { .. }), "{error:?}");
    assert_eq!((seen, items.next().await.is_none()), (vec![5, 6], true));
    assert_eq!(server.requests(LIST).len(), 2);
}
