//! Where a scan happened: Kuaidi100 reads province, city and district out of the sentence.

use crossdock_connector::wire::dec;
use crossdock_schemas::{Geo, Location, RegionCodes};

use crate::wire::Row;

/// The place of a scan. Codes of divisions abroad are of another kind and left out.
pub(crate) fn location(row: &Row<'_>) -> Option<Location> {
    let text = row.area_name.text().or_else(|| row.location.text()).map(str::to_owned);
    let region_codes = row.area_code.text().and_then(division);
    let geo = row.area_center.text().and_then(|text| {
        let (lng, lat) = text.split_once(',')?;
        let path = "areaCenter";
        Some(Geo { lat: dec(lat.trim(), path).ok()?, lng: dec(lng.trim(), path).ok()?, ..Geo::default() })
    });
    let country = region_codes.as_ref().map(|_| "CN".to_owned());
    let location = Location { text, country, region_codes, geo, ..Location::default() };
    (location != Location::default()).then_some(location)
}

/// `CN330106000000` in parts: province, city, district, as far as they are named. Older pushes leave out `CN`.
fn division(code: &str) -> Option<RegionCodes> {
    let digits = code.strip_prefix("CN").unwrap_or(code);
    if digits.len() != 12 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let level =
        |named: &str, whole: &str| (!named.bytes().all(|digit| digit == b'0')).then(|| whole.to_owned());
    let (province, city, district) = (digits.get(..2)?, digits.get(2..4)?, digits.get(4..6)?);
    Some(RegionCodes {
        province: level(province, &format!("{province}0000")),
        city: level(city, &format!("{province}{city}00")),
        district: level(district, &format!("{province}{city}{district}")),
        ..RegionCodes::default()
    })
}

/// Whether a name in brackets is a town rather than a branch: `【金华市】义乌测试一部`.
pub(crate) fn is_region(name: &str) -> bool {
    name.chars().count() <= 6 && name.ends_with(['省', '市', '区', '县', '州', '盟', '旗'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divisions_as_far_as_they_are_named() {
        let parts = |code: &str| {
            division(code).map(|codes| {
                [codes.province, codes.city, codes.district].map(|code| code.unwrap_or_default())
            })
        };
        assert_eq!(parts("CN330106000000").unwrap(), ["330000", "330100", "330106"]);
        assert_eq!(parts("CN330000000000").unwrap(), ["330000", "", ""]);
        assert_eq!(parts("CN110105000000").unwrap(), ["110000", "110100", "110105"]);
        assert_eq!(parts("310000000000").unwrap(), ["310000", "", ""]);
        for other in ["US", "CN33", "CN33010600000x", "US330106000000"] {
            assert_eq!(parts(other), None);
        }
        assert!(is_region("金华市") && !is_region("杭州转运中心"));
    }
}
