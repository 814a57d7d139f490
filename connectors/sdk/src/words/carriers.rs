//! What carriers are called. The names are the carriers' own; a slug that is not here is shown as it is.

use super::{Detail, Words};

/// Slug, Chinese name, English name.
const NAMES: &[(&str, &str, &str)] = &[
    ("cainiao", "菜鸟", "Cainiao"),
    ("china_post", "中国邮政", "China Post"),
    ("deppon", "德邦快递", "Deppon Express"),
    ("dhl", "DHL", "DHL"),
    ("ems", "邮政EMS", "EMS"),
    ("fedex", "联邦快递", "FedEx"),
    ("jd_logistics", "京东物流", "JD Logistics"),
    ("jt_express", "极兔速递", "J&T Express"),
    ("sf_express", "顺丰速运", "SF Express"),
    ("sto", "申通快递", "STO Express"),
    ("ups", "UPS", "UPS"),
    ("usps", "USPS", "USPS"),
    ("yto", "圆通速递", "YTO Express"),
    ("yunda", "韵达快递", "Yunda Express"),
    ("zto", "中通快递", "ZTO Express"),
];

impl Words {
    /// The line with the carrier's name: as the settings have it, as we know it, or the slug.
    pub(super) fn carrier_line(&self, slug: &str) -> Option<String> {
        if !self.shows(Detail::Carrier) || slug.is_empty() {
            return None;
        }
        let known = NAMES.iter().find(|(known, _, _)| *known == slug);
        let known = known.map(|(_, zh, en)| self.language.say(zh, en));
        let own = self.carriers.0.get(slug).map(String::as_str);
        let name = match (own, known) {
            (None, Some(known)) => known.to_owned(),
            (own, _) => self.value(own.unwrap_or(slug)),
        };
        Some(self.language.line(self.language.say("快递", "Carrier"), &name))
    }
}
