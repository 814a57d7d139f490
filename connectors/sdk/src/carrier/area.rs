//! Where a scan happened, as Chinese feeds write it: a code of administrative divisions beside a name.

use crossdock_schemas::{Location, RegionCodes};

/// The place of an area: `CN330106000000` and `浙江省,杭州市,西湖区`. Codes of divisions abroad are of another kind and left
/// out.
pub fn area(code: Option<&str>, name: Option<&str>) -> Option<Location> {
    let region_codes = code.and_then(divisions);
    let country = region_codes.as_ref().map(|_| "CN".to_owned());
    (name.is_some() || region_codes.is_some()).then(|| Location {
        text: name.map(str::to_owned),
        country,
        region_codes,
        ..Location::default()
    })
}

/// Province, city and district, as far as they are named; what stands behind the district (a township) is left out.
/// Older feeds leave out `CN`.
fn divisions(code: &str) -> Option<RegionCodes> {
    let digits = code.strip_prefix("CN").unwrap_or(code);
    if !(6..=12).contains(&digits.len()) || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let (province, city, district) = (digits.get(..2)?, digits.get(2..4)?, digits.get(4..6)?);
    (province != "00").then(|| RegionCodes {
        province: Some(format!("{province}0000").into()),
        city: (city != "00" || district != "00").then(|| format!("{province}{city}00").into()),
        district: (district != "00").then(|| format!("{province}{city}{district}").into()),
        ..RegionCodes::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divisions_as_far_as_they_are_named() {
        let parts = |code: &str| {
            divisions(code).map(|codes| {
                [codes.province, codes.city, codes.district].map(|code| code.unwrap_or_default())
            })
        };
        assert_eq!(parts("CN330106000000").unwrap(), ["330000", "330100", "330106"]);
        assert_eq!(parts("CN330100000000").unwrap(), ["330000", "330100", ""]);
        assert_eq!(parts("CN330000000000").unwrap(), ["330000", "", ""]);
        assert_eq!(parts("CN110105000000").unwrap(), ["110000", "110100", "110105"]);
        assert_eq!(parts("CN310118107000").unwrap(), ["310000", "310100", "310118"]);
        assert_eq!(parts("310000000000").unwrap(), ["310000", "", ""]);
        for other in ["US", "CN", "CN00", "CN33", "CNabcdef", "CN33010600000x", "US330106000000", "000000"] {
            assert_eq!(parts(other), None, "{other}");
        }
    }

    #[test]
    fn a_name_is_a_place_too() {
        assert_eq!(area(None, Some("浙江省")).unwrap().text.as_deref(), Some("浙江省"));
        assert_eq!(area(Some("CN330106000000"), None).unwrap().country.as_deref(), Some("CN"));
        assert_eq!(area(Some("US"), None), None);
    }
}
