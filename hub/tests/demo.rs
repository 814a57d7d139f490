//! The demo, shortened: it must hold on every machine, every time.

use anstream::StripStream;
use crossdock::cli::Exit;
use crossdock::demo::{self, Args};

#[tokio::test(flavor = "multi_thread")]
async fn a_short_demo_checks_everything_and_everything_holds() {
    let data = tempfile::tempdir().unwrap();
    let dir = data.path().join("demo");
    let args = Args { orders: 150, keep: false, seed: 42, nats: None, nodes: 1, program: None };
    let mut printed = Vec::new();
    let outcome =
        demo::run(&args, Some(&dir), &mut StripStream::new(&mut printed as &mut (dyn std::io::Write + Send)))
            .await;
    let text = String::from_utf8(printed).unwrap();
    println!("{text}");
    assert_eq!(outcome.unwrap(), Exit::Done);
    assert!(!text.contains('✗'), "a check failed");
    for holds in [
        "✓ the ledger balances",
        "✓ ERP got ",
        "✓ WMS got ",
        "✓ CRM got ",
        "✓ 150 orders known",
        "✓ every order's amount",
        "each as a document of its own",
        "✓ customers hear of ",
        "shuffled told nothing new",
        "kept in quarantine",
        "refused with 401",
        "all 11 checks hold",
    ] {
        assert!(text.contains(holds), "`{holds}` is not said");
    }
    // The outage and the moods of the receivers did happen.
    let row = |name: &str| -> Vec<u64> {
        let (_, table) = text.split_once("What the receivers say").unwrap();
        let line = table.lines().find(|line| line.trim_start().starts_with(name)).unwrap();
        line.split_whitespace().skip(1).map(|cell| cell.replace(',', "").parse().unwrap()).collect()
    };
    assert!(row("erp")[6] > 0, "the ERP was never down");
    assert!(row("wms")[3] + row("wms")[4] > 0, "the WMS had no mood");
    // The folder is usable afterwards: commands find everything by its configuration.
    assert!(text.contains("Look further") && dir.join("crossdock.toml").exists());
}

#[tokio::test]
async fn a_folder_with_something_in_it_is_refused() {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("mine.txt"), "keep me").unwrap();
    let args = Args { orders: 50, keep: false, seed: 1, nats: None, nodes: 1, program: None };
    let failure = demo::run(&args, Some(data.path()), &mut Vec::new()).await.unwrap_err();
    assert!(failure.message.contains("is not empty"), "{}", failure.message);
    assert_eq!(std::fs::read_to_string(data.path().join("mine.txt")).unwrap(), "keep me");
}

#[tokio::test(flavor = "multi_thread")]
async fn three_hubs_over_three_servers_deliver_the_same_though_one_of_each_is_killed() {
    let data = tempfile::tempdir().unwrap();
    let args = Args {
        orders: 150,
        keep: false,
        seed: 42,
        nats: Some(String::new()),
        nodes: 3,
        program: Some(env!("CARGO_BIN_EXE_crossdock").into()),
    };
    let mut printed = Vec::new();
    let paper = &mut StripStream::new(&mut printed as &mut (dyn std::io::Write + Send));
    let outcome = demo::run(&args, Some(&data.path().join("demo")), paper).await;
    let text = String::from_utf8(printed).unwrap();
    println!("{text}");
    assert_eq!(outcome.unwrap(), Exit::Done);
    let killed = "on the way: server 2 of 3 was killed, hub 2 of 3 was killed, server 2 came back";
    for holds in ["3 hubs over 3 servers", killed, "✓ the ledger balances", "all 11 checks hold"] {
        assert!(text.contains(holds), "`{holds}` is not said");
    }
}
