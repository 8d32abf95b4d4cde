//! The Redis store with a cluster, with sentinels and over TLS: real servers, a moved slot and fail-overs included. Without
//! `redis-server` these tests say so and pass.
#![cfg(all(feature = "redis", unix))]

mod contract;
mod nodes;

#[allow(unused_imports)] // each feature needs its part
use contract::{keeps_the_contract, key, token};
#[allow(unused_imports)]
use nodes::{Node, there_is_redis, until};
#[allow(unused_imports)]
use wecom::token::{Lease, RedisStore, TokenKey, TokenStore};

#[cfg(feature = "redis-cluster")]
mod cluster {
    use std::time::Duration;

    use super::*;

    /// Three primaries with a third of the slots each, and a replica of the first.
    struct Cluster(Vec<Node>);

    impl Cluster {
        async fn start() -> Self {
            let nodes: Vec<Node> = (0..4)
                .map(|_| {
                    let bus = nodes::free_port().to_string();
                    Node::start(&[
                        "--cluster-enabled",
                        "yes",
                        "--cluster-port",
                        &bus,
                        "--cluster-node-timeout",
                        "1000",
                        "--cluster-replica-validity-factor",
                        "0",
                        "--repl-ping-replica-period",
                        "1",
                        "--repl-diskless-sync-delay",
                        "0",
                    ])
                })
                .collect();
            let cluster = Self(nodes);
            for (node, slots) in cluster.0.iter().zip(["0 5460", "5461 10922", "10923 16383"]) {
                assert_eq!(node.tell(&format!("CLUSTER ADDSLOTSRANGE {slots}")), "+OK\r\n");
            }
            for other in &cluster.0[1..] {
                let bus = other.tell("CONFIG GET cluster-port");
                let bus = bus.lines().last().expect("a port").to_owned();
                let meet = format!("CLUSTER MEET 127.0.0.1 {} {bus}", other.port);
                assert_eq!(cluster.0[0].tell(&meet), "+OK\r\n");
            }
            until("all know each other", async || {
                cluster.0.iter().all(|node| {
                    let told = node.tell("CLUSTER INFO");
                    told.contains("cluster_state:ok") && told.contains("cluster_known_nodes:4")
                })
            })
            .await;
            let first = cluster.id(0);
            assert_eq!(cluster.0[3].tell(&format!("CLUSTER REPLICATE {first}")), "+OK\r\n");
            until("the replica follows, and all know it", async || {
                cluster.0[3].tell("INFO replication").contains("master_link_status:up")
                    && cluster
                        .0
                        .iter()
                        .all(|node| node.tell("CLUSTER NODES").contains(&format!("slave {first}")))
            })
            .await;
            cluster
        }

        fn id(&self, node: usize) -> String {
            self.0[node].tell("CLUSTER MYID").lines().nth(1).expect("an id").to_owned()
        }

        fn store(&self) -> RedisStore {
            let url = |node: &Node| format!("redis://127.0.0.1:{}", node.port);
            RedisStore::cluster(self.0.iter().map(url))
                .retry_every(Duration::from_millis(20))
                .timeout(Duration::from_secs(3))
                .strict()
                .build()
                .expect("builds")
        }

        /// A key in the first node's slots, and its slot.
        fn key_of_first(&self) -> (TokenKey, u32) {
            let slot = |key: &TokenKey| {
                let told = self.0[0].tell(&format!("CLUSTER KEYSLOT wecom:{{{key}}}"));
                told.trim_start_matches(':').trim().parse::<u32>().expect("a slot")
            };
            (0..)
                .map(|number| key("access_token", &format!("agent:{number}")))
                .map(|key| (key.clone(), slot(&key)))
                .find(|(_, slot)| *slot <= 5460)
                .expect("one of three")
        }
    }

    #[tokio::test]
    async fn it_keeps_the_contract_and_its_lock() {
        if !there_is_redis() {
            return;
        }
        let cluster = Cluster::start().await;
        let (store, other) = (cluster.store(), cluster.store());
        keeps_the_contract(&store).await;
        let key = key("access_token", "agent:lock");
        let Lease::Held(held) = store.lease(&key, None).await.expect("works") else { panic!("free") };
        assert!(store.replace(&key, None, &token("a")).await.expect("works"));
        assert!(matches!(other.lease(&key, None).await.expect("works"), Lease::Changed));
        held.release().await;
    }

    #[tokio::test]
    async fn a_moved_slot_is_followed() {
        if !there_is_redis() {
            return;
        }
        let cluster = Cluster::start().await;
        let store = cluster.store();
        let (key, slot) = cluster.key_of_first();
        assert!(store.replace(&key, None, &token("a")).await.expect("works"));
        let (from, to) = (cluster.id(0), cluster.id(1));
        let [first, second] = [&cluster.0[0], &cluster.0[1]];
        second.tell(&format!("CLUSTER SETSLOT {slot} IMPORTING {from}"));
        first.tell(&format!("CLUSTER SETSLOT {slot} MIGRATING {to}"));
        let moved =
            first.tell(&format!("MIGRATE 127.0.0.1 {} \"\" 0 5000 KEYS wecom:{{{key}}}", second.port));
        assert_eq!(moved, "+OK\r\n");
        // Half way: the old owner has the slot, and the new one has the key.
        assert_eq!(store.get(&key).await.expect("follows ASK"), Some(token("a")));
        for node in [second, first] {
            assert_eq!(node.tell(&format!("CLUSTER SETSLOT {slot} NODE {to}")), "+OK\r\n");
        }
        assert!(first.tell(&format!("HGET wecom:{{{key}}} token")).starts_with("-MOVED"));
        assert_eq!(store.get(&key).await.expect("follows MOVED"), Some(token("a")));
        assert!(store.replace(&key, Some(&token("a")), &token("b")).await.expect("writes there"));
        assert!(second.tell(&format!("HGET wecom:{{{key}}} token")).contains("\r\nb\r\n"));
        assert!(store.invalidate(&key, &token("b").token).await.expect("removes there"));
    }

    #[tokio::test]
    async fn a_replica_takes_over() {
        if !there_is_redis() {
            return;
        }
        let mut cluster = Cluster::start().await;
        let store = cluster.store();
        let (key, _) = cluster.key_of_first();
        assert!(store.replace(&key, None, &token("a")).await.expect("works"));
        until("the replica has it", async || cluster.0[3].tell("DBSIZE") == ":1\r\n").await;
        cluster.0[0].kill();
        until("the replica answers for it", async || {
            // In `strict` mode nothing is answered from memory.
            matches!(store.replace(&key, Some(&token("a")), &token("b")).await, Ok(true))
                || matches!(store.get(&key).await, Ok(Some(stored)) if stored == token("b"))
        })
        .await;
        assert_eq!(store.get(&key).await.expect("works"), Some(token("b")));
        assert_eq!(store.corps(&key).await.expect("lists what is left"), ["ww1"]);
    }
}

#[cfg(feature = "redis-sentinel")]
mod sentinel {
    use std::time::Duration;

    use super::*;

    const PASSWORD: &str = "Hush7Hush";

    /// A primary, its replica, and the sentinel that watches over them.
    struct Watched {
        primary: Node,
        replica: Node,
        sentinel: Node,
    }

    impl Watched {
        async fn start() -> Self {
            let auth = ["--requirepass", PASSWORD, "--masterauth", PASSWORD];
            let quick = ["--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"];
            let primary = Node::start(&[&auth[..], &quick[..]].concat());
            let port = primary.port.to_string();
            let of = ["--replicaof", "127.0.0.1", &port];
            let replica = Node::start(&[&auth[..], &quick[..], &of[..]].concat());
            let (folder, own) = (nodes::Folder::new(), nodes::free_port());
            let settings = format!(
                "port {own}\nbind 127.0.0.1\nsentinel monitor mymaster 127.0.0.1 {port} 1\n\
                 sentinel auth-pass mymaster {PASSWORD}\nsentinel down-after-milliseconds mymaster 500\n\
                 sentinel failover-timeout mymaster 3000\n"
            );
            std::fs::write(folder.path().join("sentinel.conf"), settings).expect("writes");
            let sentinel = Node::of(own, folder, &["sentinel.conf", "--sentinel"]);
            let watched = Self { primary, replica, sentinel };
            until("the sentinel knows the replica, and that follows", async || {
                let told = watched.sentinel.tell("SENTINEL REPLICAS mymaster");
                told.contains(&watched.replica.port.to_string())
                    && told.contains("\r\nmaster-link-status\r\n$2\r\nok\r\n")
            })
            .await;
            watched
        }

        fn store(&self) -> RedisStore {
            RedisStore::sentinels("mymaster", [format!("redis://127.0.0.1:{}", self.sentinel.port)])
                .credentials("", PASSWORD)
                .retry_every(Duration::from_millis(20))
                .timeout(Duration::from_secs(3))
                .strict()
                .build()
                .expect("builds")
        }

        /// Whether the replica has so many keys.
        fn has(&self, keys: usize) -> bool {
            let told = self.replica.tell(&format!("AUTH {PASSWORD}\r\nDBSIZE"));
            told.contains(&format!(":{keys}\r\n"))
        }
    }

    #[tokio::test]
    async fn it_keeps_the_contract() {
        if !there_is_redis() {
            return;
        }
        let watched = Watched::start().await;
        let store = watched.store();
        keeps_the_contract(&store).await;
        let shown = format!("{store:?} {:?}", RedisStore::sentinels("m", ["redis://x:Hush7Hush@h:1"]));
        assert!(!shown.contains(PASSWORD), "{shown}");
        let unknown =
            RedisStore::sentinels("nobody", [format!("redis://127.0.0.1:{}", watched.sentinel.port)]);
        let error = unknown.strict().build().expect("builds").get(&key("access_token", "a")).await;
        assert!(error.expect_err("no such primary").to_string().contains("does not work"));
    }

    #[tokio::test]
    async fn a_killed_primary_is_replaced() {
        if !there_is_redis() {
            return;
        }
        let mut watched = Watched::start().await;
        let (store, key) = (watched.store(), key("access_token", "agent:1"));
        assert!(store.replace(&key, None, &token("a")).await.expect("works"));
        until("the replica has it", async || watched.has(1)).await;
        watched.primary.kill();
        until("the new primary takes it", async || {
            matches!(store.replace(&key, Some(&token("a")), &token("b")).await, Ok(true))
                || matches!(store.get(&key).await, Ok(Some(stored)) if stored == token("b"))
        })
        .await;
        assert_eq!(store.get(&key).await.expect("works"), Some(token("b")));
    }

    /// The old primary lives on as a replica: what it refuses to write is written to the new one.
    #[tokio::test]
    async fn a_primary_that_was_demoted_is_left() {
        if !there_is_redis() {
            return;
        }
        let watched = Watched::start().await;
        let (store, key) = (watched.store(), key("access_token", "agent:1"));
        assert!(store.replace(&key, None, &token("a")).await.expect("works"));
        until("the replica has it", async || watched.has(1)).await;
        assert_eq!(watched.sentinel.tell("SENTINEL FAILOVER mymaster"), "+OK\r\n");
        let role = |node: &Node| node.tell(&format!("AUTH {PASSWORD}\r\nINFO replication"));
        until("they have changed places", async || {
            role(&watched.primary).contains("role:slave") && role(&watched.replica).contains("role:master")
        })
        .await;
        until("the new primary takes it", async || {
            matches!(store.replace(&key, Some(&token("a")), &token("b")).await, Ok(true))
        })
        .await;
        let told = watched.replica.tell(&format!("AUTH {PASSWORD}\r\nHGET wecom:{{{key}}} token"));
        assert!(told.contains("\r\nb\r\n"), "{told}");
    }
}

#[cfg(feature = "redis-tls")]
#[tokio::test]
async fn over_tls() {
    if !there_is_redis() {
        return;
    }
    let Some(made) = nodes::certificates() else { return };
    let path = |name: &str| made.path().join(name).to_string_lossy().into_owned();
    let [ca, cert, key_file] = ["ca.pem", "cert.pem", "key.pem"].map(path);
    let port = nodes::free_port().to_string();
    let _server = Node::start(&[
        "--tls-port",
        &port,
        "--tls-cert-file",
        &cert,
        "--tls-key-file",
        &key_file,
        "--tls-ca-cert-file",
        &ca,
        "--tls-auth-clients",
        "no",
    ]);
    let url = format!("rediss://127.0.0.1:{port}");
    let builder = RedisStore::builder(url.as_str()).strict();
    let trusting =
        builder.clone().root_certificate(std::fs::read(&ca).expect("reads")).build().expect("builds");
    keeps_the_contract(&trusting).await;
    // By an authority that nobody here has heard of.
    let error = builder.build().expect("builds").get(&key("access_token", "a")).await.expect_err("refuses");
    assert!(error.to_string().contains("does not work"), "{error}");
}

#[cfg(not(feature = "redis-tls"))]
#[test]
fn tls_must_be_enabled() {
    let error = RedisStore::builder("rediss://host:6380").build().expect_err("no TLS");
    assert!(error.to_string().contains("redis-tls"), "{error}");
}
