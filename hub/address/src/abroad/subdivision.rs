//! ISO 3166-2: the provinces of China, and the states and prefectures that labels need elsewhere.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::FixedState;

use super::rows::Rows;
use crate::text;

/// First two digits of GB/T 2260, in their order, and the code.
const CHINA: &[(u32, &str)] = &[
    (11, "CN-BJ"),
    (12, "CN-TJ"),
    (13, "CN-HE"),
    (14, "CN-SX"),
    (15, "CN-NM"),
    (21, "CN-LN"),
    (22, "CN-JL"),
    (23, "CN-HL"),
    (31, "CN-SH"),
    (32, "CN-JS"),
    (33, "CN-ZJ"),
    (34, "CN-AH"),
    (35, "CN-FJ"),
    (36, "CN-JX"),
    (37, "CN-SD"),
    (41, "CN-HA"),
    (42, "CN-HB"),
    (43, "CN-HN"),
    (44, "CN-GD"),
    (45, "CN-GX"),
    (46, "CN-HI"),
    (50, "CN-CQ"),
    (51, "CN-SC"),
    (52, "CN-GZ"),
    (53, "CN-YN"),
    (54, "CN-XZ"),
    (61, "CN-SN"),
    (62, "CN-GS"),
    (63, "CN-QH"),
    (64, "CN-NX"),
    (65, "CN-XJ"),
    (71, "CN-TW"),
    (81, "CN-HK"),
    (82, "CN-MO"),
];

/// Country, then `code=name` separated by `;`.
const OTHERS: &[(&str, &str)] = &[
    (
        "US",
        "AL=Alabama;AK=Alaska;AS=American Samoa;AZ=Arizona;AR=Arkansas;CA=California;CO=Colorado;CT=Connecticut;\
         DE=Delaware;DC=District of Columbia;FL=Florida;GA=Georgia;GU=Guam;HI=Hawaii;ID=Idaho;IL=Illinois;IN=Indiana;\
         IA=Iowa;KS=Kansas;KY=Kentucky;LA=Louisiana;ME=Maine;MD=Maryland;MA=Massachusetts;MI=Michigan;MN=Minnesota;\
         MS=Mississippi;MO=Missouri;MT=Montana;NE=Nebraska;NV=Nevada;NH=New Hampshire;NJ=New Jersey;NM=New Mexico;\
         NY=New York;NC=North Carolina;ND=North Dakota;MP=Northern Mariana Islands;OH=Ohio;OK=Oklahoma;OR=Oregon;\
         PA=Pennsylvania;PR=Puerto Rico;RI=Rhode Island;SC=South Carolina;SD=South Dakota;TN=Tennessee;TX=Texas;\
         UM=United States Minor Outlying Islands;UT=Utah;VT=Vermont;VI=Virgin Islands;VA=Virginia;WA=Washington;\
         WV=West Virginia;WI=Wisconsin;WY=Wyoming",
    ),
    (
        "CA",
        "AB=Alberta;BC=British Columbia;MB=Manitoba;NB=New Brunswick;NL=Newfoundland and Labrador;NS=Nova Scotia;\
         NT=Northwest Territories;NU=Nunavut;ON=Ontario;PE=Prince Edward Island;QC=Quebec;SK=Saskatchewan;YT=Yukon",
    ),
    (
        "AU",
        "ACT=Australian Capital Territory;NSW=New South Wales;NT=Northern Territory;QLD=Queensland;SA=South Australia;\
         TAS=Tasmania;VIC=Victoria;WA=Western Australia",
    ),
    (
        "BR",
        "AC=Acre;AL=Alagoas;AP=Amapa;AM=Amazonas;BA=Bahia;CE=Ceara;DF=Distrito Federal;ES=Espirito Santo;GO=Goias;\
         MA=Maranhao;MT=Mato Grosso;MS=Mato Grosso do Sul;MG=Minas Gerais;PA=Para;PB=Paraiba;PR=Parana;PE=Pernambuco;\
         PI=Piaui;RJ=Rio de Janeiro;RN=Rio Grande do Norte;RS=Rio Grande do Sul;RO=Rondonia;RR=Roraima;\
         SC=Santa Catarina;SP=Sao Paulo;SE=Sergipe;TO=Tocantins",
    ),
    (
        "MX",
        // The abbreviations of the country's own post as well, by which labels and shops write them.
        "AGU=Aguascalientes=AGS;BCN=Baja California=BC;BCS=Baja California Sur;CAM=Campeche=CAMP;CHP=Chiapas=CHIS;\
         CHH=Chihuahua=CHIH;CMX=Ciudad de Mexico=CDMX=Distrito Federal=DF;COA=Coahuila=Coahuila de Zaragoza=COAH;COL=Colima;\
         DUR=Durango=DGO;GUA=Guanajuato=GTO;GRO=Guerrero;HID=Hidalgo=HGO;JAL=Jalisco;MEX=Estado de Mexico=Mexico=Edomex;\
         MIC=Michoacan=Michoacan de Ocampo=MICH;MOR=Morelos;NAY=Nayarit;NLE=Nuevo Leon=NL;OAX=Oaxaca;PUE=Puebla;\
         QUE=Queretaro=QRO;ROO=Quintana Roo=Q ROO;SLP=San Luis Potosi;SIN=Sinaloa;SON=Sonora;TAB=Tabasco;\
         TAM=Tamaulipas=TAMPS;TLA=Tlaxcala=TLAX;VER=Veracruz=Veracruz de Ignacio de la Llave;YUC=Yucatan;ZAC=Zacatecas",
    ),
    (
        "JP",
        "01=Hokkaido=北海道;02=Aomori=青森県;03=Iwate=岩手県;04=Miyagi=宮城県;05=Akita=秋田県;06=Yamagata=山形県;\
         07=Fukushima=福島県;08=Ibaraki=茨城県;09=Tochigi=栃木県;10=Gunma=群馬県;11=Saitama=埼玉県;12=Chiba=千葉県;\
         13=Tokyo=東京都;14=Kanagawa=神奈川県;15=Niigata=新潟県;16=Toyama=富山県;17=Ishikawa=石川県;18=Fukui=福井県;\
         19=Yamanashi=山梨県;20=Nagano=長野県;21=Gifu=岐阜県;22=Shizuoka=静岡県;23=Aichi=愛知県;24=Mie=三重県;25=Shiga=滋賀県;\
         26=Kyoto=京都府;27=Osaka=大阪府;28=Hyogo=兵庫県;29=Nara=奈良県;30=Wakayama=和歌山県;31=Tottori=鳥取県;32=Shimane=島根県;\
         33=Okayama=岡山県;34=Hiroshima=広島県;35=Yamaguchi=山口県;36=Tokushima=徳島県;37=Kagawa=香川県;38=Ehime=愛媛県;\
         39=Kochi=高知県;40=Fukuoka=福岡県;41=Saga=佐賀県;42=Nagasaki=長崎県;43=Kumamoto=熊本県;44=Oita=大分県;45=Miyazaki=宮崎県;\
         46=Kagoshima=鹿児島県;47=Okinawa=沖縄県",
    ),
];

/// The subdivision of a Chinese province by its six-digit code.
pub(crate) fn of_china(province: u32) -> Option<&'static str> {
    let at = CHINA.binary_search_by(|row| row.0.cmp(&(province / 10_000))).ok()?;
    CHINA.get(at).map(|row| row.1)
}

/// Letters without their accents, in lower case; words that only say what kind of unit it is go.
fn plain<'a>(text: &str, room: &'a mut [u8; 64]) -> Cow<'a, str> {
    use unicode_normalization::UnicodeNormalization;
    let bare: Cow<'a, str> = if text.is_ascii() && text.len() <= room.len() {
        let mut used = text.len();
        match room.get_mut(..used).filter(|_| !text.as_bytes().contains(&b'.')) {
            Some(all) => {
                all.copy_from_slice(text.as_bytes());
                all.make_ascii_lowercase();
            }
            None => {
                used = 0;
                for (slot, byte) in room.iter_mut().zip(text.bytes().filter(|byte| *byte != b'.')) {
                    *slot = byte.to_ascii_lowercase();
                    used += 1;
                }
            }
        }
        Cow::Borrowed(room.get(..used).and_then(|used| std::str::from_utf8(used).ok()).unwrap_or_default())
    } else {
        let letters = text.nfd().filter(|letter| !matches!(letter, '\u{300}'..='\u{36f}' | '.'));
        Cow::Owned(letters.flat_map(char::to_lowercase).collect())
    };
    match bare {
        Cow::Borrowed(bare) => Cow::Borrowed(without_kind(bare)),
        Cow::Owned(bare) => Cow::Owned(without_kind(&bare).nfc().collect()),
    }
}

fn without_kind(bare: &str) -> &str {
    let bare = text::trimmed(bare);
    bare.strip_suffix(" prefecture").or_else(|| bare.strip_suffix("-ken")).unwrap_or(bare)
}

/// The subdivisions of one country as they are looked up: of each word the place of what it means.
#[derive(Default)]
struct Known {
    codes: Vec<String>,
    /// Codes and names, plain.
    words: HashMap<String, usize, FixedState>,
    /// Japanese names without the word for their kind.
    bare: HashMap<&'static str, usize, FixedState>,
}

static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let read = |country: &str, list: &'static str| {
        let mut known = Known::default();
        for (at, entry) in list.split(';').enumerate() {
            let mut names = entry.split('=');
            let code = names.next().unwrap_or_default();
            known.codes.push(format!("{country}-{code}"));
            known.words.entry(code.to_ascii_lowercase()).or_insert(at);
            for name in names {
                known.words.entry(plain(name, &mut [0; 64]).into_owned()).or_insert(at);
                if let Some(bare) = name.strip_suffix(['県', '府', '都']) {
                    known.bare.entry(bare).or_insert(at);
                }
            }
        }
        known
    };
    OTHERS.iter().map(|(country, list)| read(country, list)).collect()
});

/// Where the subdivisions of a country stand.
static ROWS: LazyLock<Rows> = LazyLock::new(|| Rows::new(OTHERS.iter().map(|row| row.0)));

/// The subdivision by its code (with or without the country) or name; outer none where those of the country are not
/// known here.
pub(crate) fn find(country: &str, text: &str) -> Option<Option<&'static str>> {
    KNOWN.get(ROWS.of(country)?).map(|known| known.find(country, text))
}

impl Known {
    fn find(&self, country: &str, text: &str) -> Option<&str> {
        let own = text::trimmed(text);
        let own = own.strip_prefix(country).and_then(|rest| rest.strip_prefix('-')).unwrap_or(own);
        let mut room = [0; 64];
        let sought = plain(own, &mut room);
        if sought.is_empty() {
            return None;
        }
        let padded = || (sought.len() == 1).then(|| self.words.get(&format!("0{sought}"))).flatten();
        let found = [self.words.get(&*sought), padded(), self.bare.get(own)];
        self.codes.get(*found.into_iter().flatten().min()?).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names() {
        for (country, text, code) in [
            ("US", "CA", "US-CA"),
            ("US", "us-ca", ""),
            ("US", "US-NY", "US-NY"),
            ("US", "new york", "US-NY"),
            ("BR", "São Paulo", "BR-SP"),
            ("JP", "東京都", "JP-13"),
            ("JP", "大阪", "JP-27"),
            ("JP", "Osaka Prefecture", "JP-27"),
            ("JP", "1", "JP-01"),
            ("CA", "Québec", "CA-QC"),
            ("MX", "CDMX", "MX-CMX"),
            ("MX", "Q.Roo", ""),
            ("MX", "Q. Roo", "MX-ROO"),
            ("MX", "N.L.", "MX-NLE"),
            ("MX", "México", "MX-MEX"),
            ("US", "Ontario", ""),
            ("DE", "Bayern", ""),
        ] {
            assert_eq!(find(country, text).flatten().unwrap_or_default(), code, "{text}");
        }
    }

    #[test]
    fn as_many_as_there_are() {
        let count = |country| OTHERS.iter().find(|row| row.0 == country).unwrap().1.split(';').count();
        let counts = ["US", "CA", "AU", "BR", "MX", "JP"].map(count);
        assert_eq!(counts, [57, 13, 8, 27, 32, 47]);
        assert_eq!(CHINA.len(), 34);
        assert!(CHINA.is_sorted_by_key(|row| row.0));
        assert!(
            CHINA.iter().all(|row| of_china(row.0 * 10_000) == Some(row.1)) && of_china(990_000).is_none()
        );
    }
}
