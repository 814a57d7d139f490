//! Who may connect, and who is believed to be the server.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crossdock_connector::Secret;
use crossdock_postgres::{Config, SslMode};
use crossdock_testkit::standin::postgres::PostgresOptions;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::events::*;
use crate::site::{Site, deliver, failure, sink};

#[tokio::test]
async fn who_may_not_connect_is_tried_again_and_told_why() {
    let site = Site::new().await;
    let config = site.config();
    let wrong = "not-the-password";
    let cases = [
        ("28P01", Config { password: Some(Secret::new(wrong)), ..config.clone() }, "pg_hba.conf"),
        ("28P01", Config { user: "nobody".into(), ..config.clone() }, "nobody"),
        ("3D000", Config { database: "none".into(), ..config.clone() }, "check the setting `database`"),
        ("", Config { password: None, ..config.clone() }, "password"),
        ("", Config { port: 1, ..config.clone() }, "connect"),
        ("", Config { host: "/nowhere/at/all".into(), ..config.clone() }, "connect"),
    ];
    for (code, config, words) in cases {
        let (word, said, message) = failure(&sink(config), &plain("1")).await;
        assert_eq!((word, said.as_str()), ("retry", code), "{message}");
        assert!(message.contains(words), "{message}");
        assert!(!message.contains(wrong), "{message}");
    }
}

#[tokio::test]
async fn a_user_without_connections_left_is_tried_again() {
    let site = Site::new().await;
    deliver(&site.sink(), &[plain("1")]).await;
    let role = format!("busy_{}", site.database);
    site.run(&format!(
        "CREATE ROLE {role} LOGIN PASSWORD 'x' CONNECTION LIMIT 1; GRANT USAGE ON SCHEMA crossdock TO {role}; \
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA crossdock TO {role}"
    ))
    .await;
    let config = Config { user: role, password: Some(Secret::new("x")), ..site.config() };
    let (first, second) = (sink(config.clone()), sink(config));
    // It may write into tables that are there, and needs no right to make any.
    deliver(&first, &[plain("2")]).await;
    let (word, code, message) = failure(&second, &plain("3")).await;
    assert_eq!((word, code.as_str()), ("retry", "53300"), "{message}");
    drop(first);
    let mut left = 50;
    while sink_is_full(&second).await {
        left -= 1;
        assert!(left > 0, "the connection was never closed");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

async fn sink_is_full(sink: &Arc<dyn crossdock_connector::Sink>) -> bool {
    crate::site::words(sink, &[plain("3")]).await == ["retry"]
}

/// Certificates for `localhost`, and the one that signed them.
struct Certificates {
    authority: String,
    certificate: String,
    key: String,
}

impl Certificates {
    fn new() -> Self {
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let names = vec!["localhost".to_owned()];
        let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &authority).unwrap();
        Self { authority: authority.pem(), certificate: certificate.pem(), key: key.serialize_pem() }
    }
}

/// A server that speaks TLS: PostgreSQL itself where it was built with it, else one in front of it.
struct Encrypted {
    site: Site,
    port: u16,
    certificates: Certificates,
    handshakes: Arc<AtomicU32>,
    itself: bool,
}

impl Encrypted {
    async fn new() -> Self {
        let certificates = Certificates::new();
        let files = [("server.crt", &certificates.certificate), ("server.key", &certificates.key)];
        let files = files.map(|(name, content)| (name.to_owned(), content.clone())).to_vec();
        let site = Site::alone(PostgresOptions { files, ..Default::default() }).await;
        let handshakes = Arc::new(AtomicU32::new(0));
        let library = site.row("SELECT setting FROM pg_settings WHERE name = 'ssl_library'").await;
        let itself = !library.is_empty();
        let port = if itself {
            site.run("ALTER SYSTEM SET ssl = on").await;
            site.run("SELECT pg_reload_conf()").await;
            site.server.port()
        } else {
            in_front(&certificates, site.server.port(), Arc::clone(&handshakes)).await
        };
        Self { site, port, certificates, handshakes, itself }
    }

    fn config(&self, sslmode: SslMode) -> Config {
        Config { host: "localhost".into(), port: self.port, sslmode: Some(sslmode), ..self.site.config() }
    }

    /// Connections of the sink that are, or were, encrypted.
    async fn encrypted(&self) -> u32 {
        if self.itself {
            let sql = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                       WHERE ssl AND application_name = 'crossdock'";
            self.site.row(sql).await.parse().unwrap()
        } else {
            self.handshakes.load(Ordering::Relaxed)
        }
    }
}

/// Answers as PostgreSQL does when it is asked for TLS, and passes on what is inside.
async fn in_front(certificates: &Certificates, behind: u16, handshakes: Arc<AtomicU32>) -> u16 {
    let chain = vec![CertificateDer::from_pem_slice(certificates.certificate.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(certificates.key.as_bytes()).unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(chain, key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (acceptor, handshakes) = (acceptor.clone(), Arc::clone(&handshakes));
            tokio::spawn(async move {
                let mut request = [0; 8];
                stream.read_exact(&mut request).await.unwrap();
                assert_eq!(request, [0, 0, 0, 8, 4, 210, 22, 47], "it asks for TLS");
                stream.write_all(b"S").await.unwrap();
                // A client that does not like the certificate goes away.
                let Ok(mut inside) = acceptor.accept(stream).await else { return };
                handshakes.fetch_add(1, Ordering::Relaxed);
                let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, behind)).await.unwrap();
                drop(copy_bidirectional(&mut inside, &mut server).await);
            });
        }
    });
    port
}

#[tokio::test]
async fn a_server_is_believed_as_configured() {
    let place = Encrypted::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        Some(path)
    };
    let trusted = file("ca.pem", &place.certificates.authority);

    // Nobody public has signed it.
    let (word, _, message) = failure(&sink(place.config(SslMode::Verify)), &plain("1")).await;
    assert_eq!(word, "retry");
    assert!(message.contains("TLS") && message.contains("UnknownIssuer"), "{message}");
    assert_eq!(place.encrypted().await, 0);

    let verify = Config { ca_file: trusted.clone(), ..place.config(SslMode::Verify) };
    let believed = sink(verify.clone());
    deliver(&believed, &[plain("1")]).await;
    assert_eq!(place.encrypted().await, 1);

    // It is not made out for this name.
    let elsewhere = Config { host: "127.0.0.1".into(), ..verify.clone() };
    let (word, _, message) = failure(&sink(elsewhere), &plain("2")).await;
    assert_eq!(word, "retry");
    assert!(message.contains("certificate not valid for name"), "{message}");

    // Whoever answers.
    let anybody = sink(Config { host: "127.0.0.1".into(), ..place.config(SslMode::Require) });
    deliver(&anybody, &[plain("2")]).await;
    assert_eq!(place.encrypted().await, 2);

    // Somebody else's authority, no authority, no file.
    let cases = [
        (file("other.pem", &Certificates::new().authority), "certificate"),
        (file("empty.pem", "nothing"), "holds no certificate"),
        (Some(folder.path().join("none.pem")), "none.pem"),
    ];
    for (ca_file, words) in cases {
        let (word, _, message) = failure(&sink(Config { ca_file, ..verify.clone() }), &plain("3")).await;
        assert_eq!(word, "retry");
        assert!(message.contains(words), "{message}");
    }
}

#[tokio::test]
async fn a_server_without_tls_gets_nothing() {
    let site = Site::new().await;
    let config = Config { host: "127.0.0.1".into(), ..site.config() };
    for sslmode in [None, Some(SslMode::Verify), Some(SslMode::Require)] {
        let (word, _, message) = failure(&sink(Config { sslmode, ..config.clone() }), &plain("1")).await;
        assert_eq!(word, "retry");
        assert!(message.contains("does not support TLS"), "{message}");
    }
    let open = sink(Config { sslmode: Some(SslMode::Disable), ..config });
    deliver(&open, &[plain("1")]).await;
}
