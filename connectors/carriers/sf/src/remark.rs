//! What SF's remarks say beyond what those of all carriers do: which number a parcel goes on under, how many pieces there are,
//! what is only a photo.
//!
//! Remarks are sentences for people. Only what the fact sheet names is read out of them; nothing here looks
//! for a meaning that the codes do not already leave open.

pub(crate) use crossdock_connector::remark::{Taken, facility, place, reason, taken};

/// Whether a remark says that it was signed, rather than that a photo of the signature exists.
pub(crate) fn says_signed(remark: &str) -> bool {
    ["已签收", "签收人", "已簽收", "簽收人"].iter().any(|word| remark.contains(word))
}

/// Whether a remark of 648 speaks of forwarding and not of a return.
pub(crate) fn says_forwarded(remark: &str) -> bool {
    (remark.contains("转寄") || remark.contains("轉寄"))
        && !(remark.contains("退回") || remark.contains("退件"))
}

/// The numbers a remark names beside `own`: `SF` and thirteen digits.
pub(crate) fn other_numbers(remark: &str, own: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (at, _) in remark.match_indices(['S', 's']) {
        let Some(rest) = remark.get(at..) else { continue };
        let digits = rest.get(2..).unwrap_or_default();
        let length = digits.bytes().take_while(u8::is_ascii_digit).count();
        let Some(number) = rest.get(..15) else { continue };
        if length == 13 && number.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("SF")) {
            let number = number.to_ascii_uppercase();
            if number != own && !found.contains(&number) {
                found.push(number);
            }
        }
    }
    found
}

/// The number of pieces that the remark of a mother number mentions.
pub(crate) fn pieces(remark: &str) -> Option<&str> {
    let (_, after) = remark.split_once("总件数")?;
    let after = after.trim_start_matches([':', '：', '为', ' ']);
    let length = after.bytes().take_while(u8::is_ascii_digit).count();
    after.get(..length).filter(|digits| (1..=4).contains(&digits.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_only_whole_numbers_of_others() {
        let own = "SF7444400091234";
        assert_eq!(other_numbers("已退回,新单号:SF7444400099991。", own), ["SF7444400099991"]);
        assert_eq!(other_numbers("sf7444400099991、SF7444400099991", own), ["SF7444400099991"]);
        assert!(other_numbers("SF7444400091234 SF74444000999912 SF744440009999 顺S丰", own).is_empty());
    }

    #[test]
    fn reads_pieces() {
        assert_eq!(pieces("主单总件数:3件"), Some("3"));
        assert_eq!(pieces("主单总件数不明"), None);
    }

    #[test]
    fn a_photo_is_not_a_signature() {
        assert!(!says_signed("签收图已上传"));
        assert!(says_signed("您的快件已签收"));
    }
}
