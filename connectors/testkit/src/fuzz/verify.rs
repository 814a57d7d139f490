//! The verifier: requests of strangers.

use crossdock_connector::{Ack, Parts, Request, Verified, verify};
use crossdock_schemas::Channel;
use jiff::Timestamp;

use super::{Built, Input, read};

/// A key that nobody has, of the same form. Forms that a connector insists on (a prefix, base64) stay.
pub(super) fn other_key(key: String) -> String {
    let turn = |letter: char| match letter {
        'a'..='y' | 'A'..='Y' | '0'..='8' => {
            u8::try_from(letter).map_or(letter, |byte| char::from(byte.saturating_add(1)))
        }
        'z' => 'a',
        'Z' => 'A',
        '9' => '0',
        other => other,
    };
    let kept = key.find('_').map_or(0, |at| at + 1);
    key.char_indices().map(|(at, letter)| if at < kept { letter } else { turn(letter) }).collect()
}

pub(super) fn run(built: &Built, input: &Input) -> Result<(), String> {
    let Some(push) = &built.parts.push else { return Ok(()) };
    let seconds = input.word(1).parse().unwrap_or_default();
    let now = Timestamp::from_second(seconds).unwrap_or_default();
    let token = input.word(3);
    let request = Request {
        headers: &input.headers,
        query: input.word(2),
        path_token: (!token.is_empty()).then_some(token),
        body: &input.body,
    };
    let accepted = verify(push.as_ref(), request, now).is_ok();
    if let (true, Some(Parts { push: Some(other), .. })) = (accepted, &built.others)
        && verify(other.as_ref(), request, now).is_ok()
    {
        return Err("verified, and by keys that nobody has too".to_owned());
    }
    for ack in [Ack::Stored, Ack::TryLater, Ack::Refused] {
        let _reply = push.reply_to(ack, &request);
    }
    // What is captured is only ever captured of verified requests; still nothing in them is to be trusted.
    let captured = push.capture(&Verified::insecurely(request));
    let Some(normalize) = &built.parts.normalize else { return Ok(()) };
    read::holds(normalize.as_ref(), &captured.received(now, Channel::Webhook))
}

#[cfg(test)]
mod tests {
    use super::other_key;

    #[test]
    fn another_key_has_the_same_form() {
        assert_eq!(other_key("whsec_AZ9z/+==".to_owned()), "whsec_BA0a/+==");
        assert_eq!(other_key("example-secret".to_owned()), "fybnqmf-tfdsfu");
    }
}
