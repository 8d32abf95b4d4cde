//! HTTPS and proxies as this crate was built: a server with a certificate of its own, and a SOCKS proxy.

mod common;
mod nodes;

use common::{Server, json};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use wecom::{Client, Method};

/// Passes all bytes on, as a load balancer that ends TLS does.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
async fn behind_tls(to: String, folder: &nodes::Folder) -> String {
    use std::sync::Arc;

    use tokio_rustls::TlsAcceptor;
    use tokio_rustls::rustls::ServerConfig;
    use tokio_rustls::rustls::pki_types::pem::PemObject as _;
    use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

    let cert = CertificateDer::from_pem_file(folder.path().join("cert.pem")).expect("a certificate");
    let key = PrivateKeyDer::from_pem_file(folder.path().join("key.pem")).expect("a key");
    let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![cert], key)
        .expect("a pair");
    let (acceptor, listener) =
        (TlsAcceptor::from(Arc::new(config)), TcpListener::bind("127.0.0.1:0").await.expect("a port"));
    let base = format!("https://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, to) = (acceptor.clone(), to.clone());
            tokio::spawn(async move {
                let mut inside = acceptor.accept(stream).await.ok()?;
                let mut outside = TcpStream::connect(to.trim_start_matches("http://")).await.ok()?;
                tokio::io::copy_bidirectional(&mut inside, &mut outside).await.ok()
            });
        }
    });
    base
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
#[tokio::test]
async fn https_with_an_authority_of_ones_own() {
    let Some(made) = nodes::certificates() else { return };
    let server = Server::with_tokens(|_| json(json!({"errcode": 0}))).await;
    let base = behind_tls(server.base.clone(), &made).await;
    let authority = std::fs::read(made.path().join("ca.pem")).expect("reads");
    let authority = reqwest::Certificate::from_pem(&authority).expect("a certificate");
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([authority]).build().expect("builds");
    let client = Client::builder("ww1", "secret").base_url(&base).http(http).build().expect("builds");
    client.raw(Method::Post, "/cgi-bin/x", &[], None).await.expect("is trusted");
    assert_eq!(server.requests("/cgi-bin/x").len(), 1);
    // The client's own one trusts those that the system does, and this is none of them: nothing is sent.
    let client =
        Client::builder("ww1", "secret").base_url(&base).retry(wecom::RetryPolicy::new().max_retries(0));
    let error = client.build().expect("builds").access_token().await.expect_err("is not trusted");
    assert!(!error.is_answer_lost() && error.to_string().contains("ertificate"), "{error}");
    assert_eq!(server.requests("/cgi-bin/gettoken").len(), 1);
}

/// Without TLS the error says what is missing.
#[cfg(not(any(feature = "rustls", feature = "native-tls", feature = "rustls-no-provider")))]
#[tokio::test]
async fn https_must_be_enabled() {
    let client = Client::builder("ww1", "secret").base_url("https://127.0.0.1:1").build().expect("builds");
    let error = client.raw(Method::Post, "/cgi-bin/x", &[], None).await.expect_err("no TLS");
    assert!(error.to_string().contains("enable the feature `rustls` or `native-tls`"), "{error}");
}

/// Without a provider of cryptography there is an error, not a panic.
#[cfg(all(feature = "rustls-no-provider", not(any(feature = "rustls", feature = "native-tls"))))]
#[tokio::test]
async fn a_provider_must_be_installed() {
    let error = Client::builder("ww1", "secret").build().expect_err("no provider");
    assert!(error.to_string().contains("install_default"), "{error}");
    tokio_rustls::rustls::crypto::aws_lc_rs::default_provider().install_default().expect("the first one");
    Client::builder("ww1", "secret").build().expect("builds");
}

/// <https://datatracker.ietf.org/doc/html/rfc1928>, as much as one connection needs; says where each leads.
async fn socks(seen: tokio::sync::mpsc::UnboundedSender<String>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let seen = seen.clone();
            tokio::spawn(async move {
                let mut head = [0; 2];
                stream.read_exact(&mut head).await.ok()?;
                let mut methods = vec![0; head[1].into()];
                stream.read_exact(&mut methods).await.ok()?;
                stream.write_all(&[5, 0]).await.ok()?;
                // CONNECT to an IPv4 address.
                let mut ask = [0; 10];
                stream.read_exact(&mut ask).await.ok()?;
                assert_eq!(ask[..4], [5, 1, 0, 1]);
                let port = u16::from_be_bytes([ask[8], ask[9]]);
                let to = format!("{}.{}.{}.{}:{port}", ask[4], ask[5], ask[6], ask[7]);
                seen.send(to.clone()).ok()?;
                let mut out = TcpStream::connect(to).await.ok()?;
                stream.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 0]).await.ok()?;
                tokio::io::copy_bidirectional(&mut stream, &mut out).await.ok()
            });
        }
    });
    address
}

#[tokio::test]
async fn a_socks_proxy() {
    let server = Server::with_tokens(|_| json(json!({"errcode": 0}))).await;
    let (send, mut seen) = tokio::sync::mpsc::unbounded_channel();
    let proxy = format!("socks5://{}", socks(send).await);
    let client = server.client().proxy(&proxy).build();
    if cfg!(feature = "socks") {
        let client = client.expect("builds");
        client.raw(Method::Post, "/cgi-bin/x", &[], None).await.expect("through the proxy");
        assert_eq!(seen.recv().await.expect("one connection"), server.base.trim_start_matches("http://"));
    } else {
        let error = client.expect_err("no SOCKS");
        assert!(error.to_string().contains("feature `socks`"), "{error}");
    }
}
