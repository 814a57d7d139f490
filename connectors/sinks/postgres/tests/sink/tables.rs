//! The tables: made once, by whoever may, and left alone when they are newer.

use crossdock_connector::Secret;
use crossdock_postgres::Config;

use crate::events::*;
use crate::site::{Site, deliver, failure, sink};

#[tokio::test]
async fn the_first_connection_makes_the_tables() {
    let site = Site::new().await;
    let there = "SELECT count(*) FROM pg_tables WHERE schemaname = 'crossdock'";
    let sink = site.sink();
    assert_eq!(site.row(there).await, "0", "building does nothing");
    deliver(&sink, &[plain("1")]).await;
    assert_eq!(site.row(there).await, "8");
    deliver(&site.sink(), &[plain("2")]).await;
    assert_eq!(site.row("SELECT count(*), max(version) FROM crossdock.crossdock_version").await, "1|1");
    // Its SQL can be run again without harm.
    let sql = include_str!("../../sql/0001.sql").replace("{schema}", "crossdock");
    site.run(&sql).await;
    assert_eq!(site.row("SELECT count(*) FROM crossdock.orders").await, "2");
}

#[tokio::test]
async fn newer_tables_are_left_alone() {
    let site = Site::new().await;
    deliver(&site.sink(), &[plain("1")]).await;
    site.run("INSERT INTO crossdock.crossdock_version (version) VALUES (2)").await;
    let fresh = site.sink();
    let (word, _, message) = failure(&fresh, &plain("2")).await;
    assert_eq!(word, "retry");
    let says = ["\"crossdock\"", "version 2", "version 1", "update crossdock"];
    assert!(says.iter().all(|words| message.contains(words)), "{message}");
    assert_eq!(site.row("SELECT count(*) FROM crossdock.orders").await, "1");
    site.run("DELETE FROM crossdock.crossdock_version WHERE version = 2").await;
    deliver(&fresh, &[plain("2")]).await;
}

#[tokio::test]
async fn tables_are_only_made_when_that_is_wished() {
    let site = Site::new().await;
    let sink = sink(Config { create_tables: false, ..site.config() });
    let (word, _, message) = failure(&sink, &plain("1")).await;
    assert_eq!(word, "retry");
    assert!(message.contains("create_tables = true"), "{message}");
    assert_eq!(site.row("SELECT count(*) FROM pg_namespace WHERE nspname = 'crossdock'").await, "0");
    site.run("CREATE SCHEMA crossdock").await;
    site.run(&include_str!("../../sql/0001.sql").replace("{schema}", "crossdock")).await;
    deliver(&sink, &[plain("1")]).await;
}

#[tokio::test]
async fn any_name_of_a_schema_is_only_a_name() {
    let site = Site::new().await;
    let names = ["We\"ird; DROP TABLE orders; --", "库存", "select", " ", &"x".repeat(63), "a{schema}b$1'"];
    for (number, name) in names.iter().enumerate() {
        let sink = sink(Config { schema: (*name).to_owned(), ..site.config() });
        deliver(&sink, &[plain(&number.to_string())]).await;
        let there = format!(
            "SELECT count(*) FROM pg_tables WHERE tablename = 'orders' AND schemaname = '{}'",
            name.replace('\'', "''")
        );
        assert_eq!(site.row(&there).await, "1", "{name}");
    }
}

#[tokio::test]
async fn who_may_not_make_tables_is_told() {
    let site = Site::new().await;
    let role = format!("guest_{}", site.database);
    site.run(&format!("CREATE ROLE {role} LOGIN PASSWORD 'x'")).await;
    let sink = sink(Config { user: role.clone(), password: Some(Secret::new("x")), ..site.config() });
    let (word, code, message) = failure(&sink, &plain("1")).await;
    assert_eq!((word, code.as_str()), ("retry", "42501"), "{message}");
    assert!(message.contains("grant"), "{message}");
    // Tables that others made are not readable by everybody either: they hold personal data.
    deliver(&site.sink(), &[plain("1")]).await;
    assert_eq!(failure(&sink, &plain("2")).await.1, "42501");
    site.run(&format!("GRANT USAGE ON SCHEMA crossdock TO {role}")).await;
    assert_eq!(failure(&sink, &plain("2")).await.1, "42501");
    site.run(&format!("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA crossdock TO {role}"))
        .await;
    deliver(&sink, &[plain("2")]).await;
}

#[tokio::test]
async fn a_schema_of_ones_own_is_enough() {
    let site = Site::new().await;
    let role = format!("owner_{}", site.database);
    site.run(&format!("CREATE ROLE {role} LOGIN PASSWORD 'x'; CREATE SCHEMA crossdock AUTHORIZATION {role}"))
        .await;
    let sink = sink(Config { user: role, password: Some(Secret::new("x")), ..site.config() });
    deliver(&sink, &[plain("1")]).await;
}
