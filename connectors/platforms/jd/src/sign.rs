//! How calls are signed, on both interfaces: names and values in byte order of the names, raw and without separators,
//! between two secrets; MD5 in upper-case hex. What was signed has to be sent byte for byte.

use jiff::Timestamp;

use crossdock_connector::{Secret, legacy, sign, time};

/// The sign of a call.
pub(crate) fn call(secret: &Secret, fields: &[(&str, &str)]) -> String {
    let mut sorted = fields.to_vec();
    sorted.sort_unstable();
    let mut message = secret.expose().to_vec();
    for (name, value) in sorted {
        message.extend_from_slice(name.as_bytes());
        message.extend_from_slice(value.as_bytes());
    }
    message.extend_from_slice(secret.expose());
    sign::hex(&legacy::md5(&message)).to_ascii_uppercase()
}

/// `yyyy-MM-dd HH:mm:ss` in China, as the JOS gateway wants it.
pub(crate) fn moment(at: Timestamp) -> String {
    time::CHINA.to_datetime(at).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_of_the_jos_gateway() {
        let fields = [
            ("method", "jingdong.pop.order.enGet"),
            ("app_key", "0A1B2C3D4E5F"),
            ("access_token", "token-0001"),
            ("timestamp", "2026-11-21 20:00:00"),
            ("format", "json"),
            ("v", "2.0"),
            ("360buy_param_json", r#"{"order_id":"290000000001","optional_fields":"orderId,orderState"}"#),
        ];
        let sign = call(&Secret::new("jdsecret0123456789"), &fields);
        assert_eq!(sign, "094A7EB34B58301FCC02536834A5C26E");
    }

    /// The example of JD's own development guide (list 2643).
    #[test]
    fn the_published_example() {
        let fields = [
            ("v", "2.0"),
            ("method", "jingdong.pop.order.search"),
            ("app_key", "yourappkey"),
            ("access_token", "yourtoken"),
            ("timestamp", "2021-05-07 09:20:39.683+0800"),
            (
                "360buy_param_json",
                r#"{"end_date":null,"optional_fields":null,"order_state":"WAIT_SELLER_STOCK_OUT","page":"1","page_size":"200","start_date":null}"#,
            ),
        ];
        assert_eq!(call(&Secret::new("yourappSecret"), &fields), "D70825340F4084360B9362B60DFD7930");
    }

    #[test]
    fn a_call_of_the_seller_interface() {
        let fields = [
            ("X-JOS-App-Key", "offline-app"),
            ("X-JOS-Access-Token", "offline-token"),
            ("X-JOS-Timestamp", "1700000000000"),
            ("updateStartTime", "1700000000000"),
            ("updateEndTime", "1700000060000"),
            ("page", "1"),
            ("pageSize", "2"),
        ];
        assert_eq!(call(&Secret::new("offline-secret"), &fields), "0627BD69EEC951A95E84A3A65FEB0AA2");
        let short = call(&Secret::new("secret"), &[("b", "2"), ("a", "1")]);
        assert_eq!(short, "EF16F26C937CF52AE6F85DF2FD08B24A");
    }

    #[test]
    fn tells_the_time_in_china() {
        assert_eq!(moment("2026-11-21T16:30:05.900Z".parse().unwrap()), "2026-11-22 00:30:05");
    }
}
