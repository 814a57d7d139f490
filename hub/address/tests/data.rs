//! The embedded file is the one that the tables beside it make, and others are refused.

#![allow(clippy::unwrap_used, reason = "tests may panic")]

use std::io::Read;

use crossdock_address::{Sources, TableError, Tables, source_text};
use flate2::read::GzDecoder;

const EMBEDDED: &[u8] = include_bytes!("../../../config/cn-divisions/cn-divisions.gz");

fn unpacked(bytes: &[u8]) -> String {
    let mut text = String::new();
    GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
    text
}

#[test]
fn the_file_is_made_from_its_tables() {
    let streets = unpacked(include_bytes!("../../../config/cn-divisions/streets.csv.gz"));
    let made = source_text(&Sources {
        version: "2024.12",
        date: "2024-12-31",
        streets_date: "2023-06-30",
        divisions: include_str!("../../../config/cn-divisions/divisions.csv"),
        streets: &streets,
        former_names: include_str!("../../../config/cn-divisions/former-names.csv"),
        aliases: include_str!("../../../config/cn-divisions/aliases.csv"),
    });
    assert!(made == unpacked(EMBEDDED), "run the example `pack` again");
}

#[test]
fn what_it_holds() {
    let tables = Tables::embedded().unwrap();
    let info = tables.info();
    assert_eq!((info.provinces, info.streets, info.former_names, info.aliases), (34, 41_352, 472, 52));
    assert_eq!(info.districts + info.zones, 3_385);
    assert!(tables.memory_bytes() < 16 << 20, "{}", tables.memory_bytes());
    assert_eq!(tables.name_of(440_305), Some("南山区"));
    assert_eq!(tables.name_of(440_305_007), Some("粤海街道"));
    assert_eq!(tables.name_of(1), None);
    // Not compressed is as good.
    let plain = Tables::read(unpacked(EMBEDDED).as_bytes()).unwrap();
    assert_eq!(plain.info(), info);
}

#[test]
fn files_that_contradict_themselves_are_refused() {
    let head = "crossdock-divisions 1\nversion = 1\n[divisions]\n";
    let read = |rows: &str| Tables::read(format!("{head}{rows}").as_bytes()).map(|_| ());
    assert!(read("110000,北京市,,province,normal,北京\n").is_ok());
    for rows in [
        "110000,北京市,,province,normal\n",
        "11x,北京市,,province,normal,北京\n",
        "110000,北京市,,province,odd,北京\n",
        "110101,东城区,110100,district,normal,东城\n",
        "110000,北京市,,province,normal,北京\n110000,北京市,,province,normal,北京\n",
        "110000,北京市,110000,city,normal,北京\n",
        "110000,北京市,,province,normal,北京\n[streets]\n110101001,东华门街道,110101\n",
        "110000,北京市,,province,normal,北京\n[aliases]\n帝都,120000\n",
    ] {
        assert!(matches!(read(rows), Err(TableError::Line { .. })), "{rows}");
    }
    assert!(matches!(Tables::read(b"code,name"), Err(TableError::NotDivisions)));
    assert!(matches!(Tables::read(&[0x1f, 0x8b, 0, 0]), Err(TableError::Compressed(_))));
    assert!(matches!(Tables::read(&[0xff]), Err(TableError::NotText)));
}
