//! Where a scan happened: Kuaidi100 reads province, city and district out of the sentence.

use crossdock_connector::carrier;
use crossdock_connector::wire::dec;
use crossdock_schemas::{Geo, Location};

use crate::wire::Row;

/// The place of a scan.
pub(crate) fn location(row: &Row<'_>) -> Option<Location> {
    let name = row.area_name.text().or_else(|| row.location.text());
    let area = carrier::area(row.area_code.text(), name);
    let geo = row.area_center.text().and_then(|text| {
        let (lng, lat) = text.split_once(',')?;
        let path = "areaCenter";
        Some(Geo { lat: dec(lat.trim(), path).ok()?, lng: dec(lng.trim(), path).ok()?, ..Geo::default() })
    });
    let location = Location { geo, ..area.unwrap_or_default() };
    (location != Location::default()).then_some(location)
}

/// Whether a name in brackets is a town rather than a branch: `【金华市】义乌测试一部`.
pub(crate) fn is_region(name: &str) -> bool {
    name.chars().count() <= 6 && name.ends_with(['省', '市', '区', '县', '州', '盟', '旗'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn towns_are_no_branches() {
        assert!(is_region("金华市") && !is_region("杭州转运中心"));
    }
}
