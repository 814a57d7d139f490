//! Addresses made from the table of divisions in the ways people write them: no wrong code, ever, and most of them
//! found. The generator knows the table and nothing of the algorithm.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests may panic")]
#![allow(unreachable_pub, missing_docs, reason = "a module of a test")]

mod world;

use crossdock_address::{Flag, Grade, Hints, Raw, Tables, standardize};
use world::{DETAILS, Dice, FORMER, NAMES, Score, Unit, World, complete, join, over_all, short, shown};

#[test]
fn every_level_in_full() {
    let (tables, world) = (Tables::embedded().unwrap(), World::new());
    let mut score = over_all(1, |dice, world, target| {
        let (province, city, district) = world.levels(&target.code);
        let levels = [shown(&province), city.as_ref().and_then(shown), district.as_ref().and_then(shown)];
        let detail = dice.pick(DETAILS);
        Some(Raw::text(format!("{}{detail}", join(dice, &levels))))
    });
    score.hold("in full", 100);
    // And then the grade is A and the detail is the detail.
    score = Score::default();
    let mut dice = Dice(2);
    for target in world.targets() {
        let (province, city, district) = world.levels(&target.code);
        let levels = [shown(&province), city.as_ref().and_then(shown), district.as_ref().and_then(shown)];
        let detail = dice.pick(DETAILS);
        let region: String = levels.into_iter().flatten().collect();
        let got = standardize(&tables, &Raw::text(format!("{region}{detail}")));
        assert_eq!(got.grade, Grade::A, "{region}{detail} {:?}", got.flags);
        assert_eq!(got.detail, *detail, "{region}{detail}");
        score.all += 1;
    }
    assert!(score.all > 3000);
}

#[test]
fn levels_left_out() {
    let mut score = over_all(3, |dice, world, target| {
        let (_, city, district) = world.levels(&target.code);
        let levels = [city.as_ref().and_then(shown), district.as_ref().and_then(shown)];
        let detail = dice.pick(DETAILS);
        Some(Raw::text(format!("{}{detail}", join(dice, &levels))))
    });
    score.hold("without province", 95);
    score = over_all(4, |dice, world, target| {
        let (province, _, district) = world.levels(&target.code);
        let levels = [shown(&province), district.as_ref().and_then(shown)];
        let detail = dice.pick(DETAILS);
        district.as_ref()?;
        Some(Raw::text(format!("{}{detail}", join(dice, &levels))))
    });
    score.hold("without city", 95);
    score = over_all(5, |dice, _, target| {
        let detail = dice.pick(DETAILS);
        Some(Raw::text(format!("{}{detail}", target.name)))
    });
    score.hold("district alone", 80);
}

#[test]
fn short_names() {
    let mut score = over_all(6, |dice, world, target| {
        let (province, city, district) = world.levels(&target.code);
        let levels = [short(&province), city.as_ref().and_then(short), district.as_ref().and_then(shown)];
        let detail = dice.pick(DETAILS);
        Some(Raw::text(format!("{}{detail}", join(dice, &levels))))
    });
    score.hold("short above", 100);
    score = over_all(7, |dice, world, target| {
        let (province, city, district) = world.levels(&target.code);
        let mut any = |unit: &Unit| {
            let full = dice.roll(2) == 0;
            (if full { shown(unit) } else { short(unit) }).map(str::to_owned)
        };
        let levels = [any(&province), city.as_ref().and_then(&mut any), district.as_ref().and_then(&mut any)];
        let levels = levels.each_ref().map(Option::as_deref);
        let detail = dice.pick(DETAILS);
        Some(Raw::text(format!("{}{detail}", join(dice, &levels))))
    });
    score.hold("short anywhere", 85);
    score = over_all(8, |dice, world, target| {
        let (_, city, district) = world.levels(&target.code);
        // 河北 alone is the province, not the district of 天津.
        city.as_ref().and_then(short)?;
        let levels = [city.as_ref().and_then(short), district.as_ref().and_then(short)];
        let detail = dice.pick(DETAILS);
        Some(Raw::text(format!("{}{detail}", join(dice, &levels))))
    });
    score.hold("short without province", 60);
}

#[test]
fn people_and_numbers_anywhere() {
    let (tables, world, mut dice, mut score) =
        (Tables::embedded().unwrap(), World::new(), Dice(9), Score::default());
    let (mut names, mut all) = (0, 0);
    for target in world.targets() {
        let (province, city, district) = world.levels(&target.code);
        let levels = [shown(&province), city.as_ref().and_then(shown), district.as_ref().and_then(shown)];
        let region: String = levels.into_iter().flatten().collect();
        let (detail, name) = (dice.pick(DETAILS), dice.pick(NAMES));
        let (phone, ext) = match dice.roll(4) {
            0 => ("13812345678", None),
            1 => ("18400001234-5678", Some("5678")),
            2 => ("17012345678转4321", Some("4321")),
            _ => ("+86 159-8888-7777", None),
        };
        let raw = match dice.roll(8) {
            0 => format!("{name}{phone}{region}{detail}"),
            1 => format!("{name} {phone} {region}{detail}"),
            2 => format!("{region}{detail} {name} {phone}"),
            3 => format!("{region}{detail}，{name}收，{phone}"),
            4 => format!("收件人：{name}；手机：{phone}；地址：{region}{detail}"),
            5 => format!("{phone} {name} {region} {detail}"),
            6 => format!("{region}{detail},{phone},{name}"),
            _ => format!("姓名:{name}\n电话:{phone}\n地址:{region}{detail}"),
        };
        let raw = Raw::text(raw);
        let got = standardize(&tables, &raw);
        score.add(&world.truth(&target.code), &raw, &got);
        assert!(got.phone.is_some(), "{}", raw.raw);
        assert_eq!(got.phone_ext.as_deref(), ext, "{}", raw.raw);
        all += 1;
        names += usize::from(got.name.as_deref() == Some(name));
        assert!(got.name.is_none() || got.name.as_deref() == Some(name), "{} {:?}", raw.raw, got.name);
        if got.name.is_some() {
            assert_eq!(got.detail, *detail, "{}", raw.raw);
        }
    }
    score.hold("with people", 100);
    assert!(names * 100 >= all * 98, "{names} of {all} names");
}

#[test]
fn people_before_short_names() {
    let score = over_all(15, |dice, world, target| {
        let (province, city, district) = world.levels(&target.code);
        let levels = [short(&province), city.as_ref().and_then(short), district.as_ref().and_then(shown)];
        let (detail, name) = (dice.pick(DETAILS), dice.pick(NAMES));
        let region = join(dice, &levels);
        Some(Raw::text(match dice.roll(3) {
            0 => format!("{name} 18400001234-5678 {region}{detail}"),
            1 => format!("{name}13812345678{region}{detail}"),
            _ => format!("收货人：{name}，电话：13812345678，地址：{region}{detail}"),
        }))
    });
    score.hold("people before short names", 100);
}

#[test]
fn hints_of_a_platform() {
    let mut score = over_all(10, |dice, world, target| {
        let (province, city, district) = world.levels(&target.code);
        let own = |unit: Option<&str>| unit.unwrap_or_default().to_owned();
        let municipality = city.as_ref().is_some_and(|city| city.name == "市辖区");
        let mut hints = Hints {
            province: own(shown(&province)),
            city: own(city.as_ref().and_then(shown)),
            district: own(district.as_ref().and_then(shown)),
            ..Hints::default()
        };
        match dice.roll(4) {
            0 if municipality => hints.city.clone_from(&hints.province),
            1 if municipality => hints.city = "市辖区".into(),
            2 => {
                hints.province = own(short(&province));
                hints.city = own(city.as_ref().and_then(short));
            }
            3 if hints.city.is_empty() => {
                // The county stands where the city belongs.
                hints.city.clone_from(&hints.district);
            }
            _ => {}
        }
        let region = [&hints.province, &hints.city, &hints.district].map(String::as_str).concat();
        let detail = dice.pick(DETAILS);
        let raw = match dice.roll(3) {
            0 => format!("{region}{detail}"),
            1 => format!("{}{detail}", hints.district),
            _ => (*detail).to_owned(),
        };
        Some(Raw { raw, hints: Some(hints) })
    });
    score.hold("hints", 100);
    score = over_all(11, |dice, world, target| {
        let (province, city, district) = world.levels(&target.code);
        let own = |unit: Option<&str>| unit.unwrap_or_default().to_owned();
        let hints = Hints {
            province: own(shown(&province)),
            city: own(city.as_ref().and_then(shown)),
            ..Hints::default()
        };
        let detail = dice.pick(DETAILS);
        let raw = format!("{}{detail}", own(district.as_ref().and_then(shown)));
        Some(Raw { raw, hints: Some(hints) })
    });
    score.hold("hints above", 100);
}

#[test]
fn written_twice_or_wide_or_with_the_country() {
    let mut score = over_all(12, |dice, world, target| {
        let (province, city, district) = world.levels(&target.code);
        let levels = [shown(&province), city.as_ref().and_then(shown), district.as_ref().and_then(shown)];
        let region: String = levels.into_iter().flatten().collect();
        let detail = dice.pick(DETAILS);
        Some(Raw::text(match dice.roll(4) {
            0 => format!("{region}{region}{detail}"),
            1 => format!("中国{region}{detail}"),
            2 => format!("【请放门口】{region}{detail}🏠"),
            _ => format!("{region}１０８号（{detail}）"),
        }))
    });
    score.hold("twice, wide, with the country", 99);
    score = over_all(13, |dice, _, target| {
        let spaced: Vec<String> = target.name.chars().map(String::from).collect();
        let detail = dice.pick(DETAILS);
        Some(Raw::text(format!("{} {detail}", spaced.join(" "))))
    });
    assert!(score.wrong.is_empty(), "{:?}", score.wrong);
}

#[test]
fn former_names() {
    let (tables, world, mut dice, mut score) =
        (Tables::embedded().unwrap(), World::new(), Dice(14), Score::default());
    for row in FORMER.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        let [old, level, _, province, old_city, _, successor, _, _] = cells[..] else { panic!("{row}") };
        let truth = world.truth(successor);
        let now = &world.units[successor];
        let city = &world.units[truth.city.as_ref().unwrap()];
        let upper = match dice.roll(3) {
            0 => province.to_owned(),
            1 if level == "district" && city.kind != "virtual" => format!("{province}{}", city.name),
            _ if level == "district"
                && old_city.ends_with(['市', '区', '州', '盟'])
                && old_city != "市辖区" =>
            {
                format!("{province}{old_city}")
            }
            _ => province.to_owned(),
        };
        let raw = Raw::text(format!("{upper}{old}{}", dice.pick(DETAILS)));
        let got = standardize(&tables, &raw);
        score.add(&truth, &raw, &got);
        if complete(&truth, &got) && now.name != old {
            assert!(got.flags.has(Flag::FormerName), "{}", raw.raw);
        }
    }
    score.hold("former names", 96);
}

#[test]
fn streets_settle_what_their_district_does_not() {
    let (tables, world, mut score) = (Tables::embedded().unwrap(), World::new(), Score::default());
    let mut streets = (0, 0);
    for target in world.targets().filter(|target| target.kind == "normal") {
        let code: u32 = target.code.parse().unwrap();
        let Some((street, name)) = tables.streets_of(code).last() else { continue };
        let raw = Raw::text(format!("{}{name}人民路1号", target.name));
        let got = standardize(&tables, &raw);
        score.add(&world.truth(&target.code), &raw, &got);
        streets.0 += usize::from(!name.contains(['（', ' ']) && name.chars().count() < 12);
        streets.1 += usize::from(got.street.as_deref() == Some(format!("{street:09}").as_str()));
    }
    score.hold("district and street", 97);
    assert!(streets.1 * 100 >= streets.0 * 95, "{} of {} streets", streets.1, streets.0);
}
