//! C10: recorded requests get their verdict; any flipped bit, missing header, stale time or wrong key is
//! refused.

use crossdock_connector::{Ack, ErrorKind, Headers, Parts, Push, Request, Scheme, SignedParts, verify};
use crossdock_schemas::Channel;
use jiff::{SignedDuration, Timestamp};

use super::golden;
use super::report::Findings;
use super::suite::{Change, Suite};
use crate::fixture::{SignatureCase, Verdict};

pub(super) fn check(suite: &Suite<'_>, findings: &mut Findings) {
    let vectors = &suite.fixtures.signatures;
    if !suite.descriptor().capabilities.push {
        findings.expect(
            vectors.is_empty(),
            "fixtures/signatures",
            "vectors for a connector that is not called",
        );
        let parts = suite.parts(None, &Default::default());
        findings.expect(
            parts.is_ok_and(|parts| parts.push.is_none()),
            "parts",
            "`push` is there, but not declared",
        );
        return;
    }
    for verdict in [Verdict::Accept, Verdict::Refuse] {
        let there = vectors.iter().any(|case| case.verdict == verdict);
        findings.expect(there, "fixtures/signatures", format!("no vector with the verdict {verdict:?}"));
    }
    for case in vectors {
        match suite.parts(case.settings.as_deref(), &case.secrets) {
            Ok(Parts { push: Some(push), .. }) => vector(suite, case, push.as_ref(), findings),
            Ok(_) => findings.note(&case.name, "there is no `push` part"),
            Err(error) => findings.note(&case.name, format!("settings refused: {error}")),
        }
    }
}

fn vector(suite: &Suite<'_>, case: &SignatureCase, push: &dyn Push, findings: &mut Findings) {
    match (case.verdict, verdict(push, case.request(), case.now)) {
        (Verdict::Refuse, Err(ErrorKind::Auth)) => {}
        (Verdict::Refuse, other) => {
            findings.note(&case.name, format!("not refused with Auth, but {other:?}"))
        }
        (Verdict::Accept, Err(kind)) => findings.note(&case.name, format!("refused with {kind:?}")),
        (Verdict::Accept, Ok(())) => {
            acks(case, push, findings);
            kept(suite, case, push, findings);
            let Ok(signed) = push.signed_parts(&case.request()) else { return };
            let signs_body = !signed.presented.iter().all(|(scheme, _)| *scheme == Scheme::SharedToken);
            if signs_body {
                flipped_body(suite, case, push, &signed, findings);
            }
            let essential = headers(case, push, findings);
            claims(case, push, &essential, findings);
            times(case, push, &signed, findings);
            keys(suite, case, findings);
        }
    }
}

fn verdict(push: &dyn Push, request: Request<'_>, now: Timestamp) -> Result<(), ErrorKind> {
    verify(push, request, now).map(|_| ()).map_err(|error| error.kind())
}

fn refused(
    name: &str,
    push: &dyn Push,
    request: Request<'_>,
    now: Timestamp,
    change: &str,
    findings: &mut Findings,
) {
    let found = verdict(push, request, now);
    if found != Err(ErrorKind::Auth) {
        findings.note(name, format!("{change}: not refused with Auth, but {found:?}"));
    }
}

/// The vendor must be able to tell the three answers apart.
fn acks(case: &SignatureCase, push: &dyn Push, findings: &mut Findings) {
    let stored = push.reply(Ack::Stored);
    findings.expect((200..300).contains(&stored.status), &case.name, "the answer `stored` is not a 2xx");
    for ack in [Ack::TryLater, Ack::Refused] {
        let same = push.reply(ack) == stored;
        findings.expect(!same, &case.name, format!("the answers {ack:?} and Stored are the same"));
    }
}

/// What is stored: the bytes as received, a declared topic, and neither claim nor key.
fn kept(suite: &Suite<'_>, case: &SignatureCase, push: &dyn Push, findings: &mut Findings) {
    let Ok(verified) = verify(push, case.request(), case.now) else { return };
    let captured = push.capture(&verified);
    findings.expect(captured.body == case.body, &case.name, "the stored bytes are not the bytes received");
    let topics = suite.descriptor().capabilities.topics;
    // A topic this version does not know is stored all the same: it is normalizing that refuses it.
    findings.expect(!captured.topic.is_empty(), &case.name, format!("no topic, declared are {topics:?}"));
    let Ok(signed) = push.signed_parts(&case.request()) else { return };
    for (name, value) in &captured.headers.0 {
        let held = signed.keys.iter().any(|(_, key)| key.expose() == value.as_bytes());
        findings.expect(!held, &case.name, format!("the stored header {name} holds a key"));
        let changed = with_header(case, name, &changed_text(value));
        let claimed = matches!(
            (push.signed_parts(&Request { headers: &changed, ..case.request() }), &signed),
            (Ok(other), signed) if other.presented != signed.presented && other.message == signed.message
        );
        findings.expect(!claimed, &case.name, format!("the stored header {name} holds the signature"));
    }
}

fn flipped_body(
    suite: &Suite<'_>,
    case: &SignatureCase,
    push: &dyn Push,
    signed: &SignedParts<'_>,
    findings: &mut Findings,
) {
    let length = case.body.len();
    for part in 0..=16 {
        let at = (length.saturating_sub(1)) * part / 16;
        for bit in 0..8_u32 {
            let mut body = case.body.clone();
            let Some(byte) = body.get_mut(at) else { continue };
            *byte ^= 1 << bit;
            let change = format!("bit {bit} of byte {at} flipped");
            changed_body(suite, case, push, signed, (&body, &change), findings);
        }
    }
    let mut longer = case.body.clone();
    longer.push(b' ');
    changed_body(suite, case, push, signed, (&longer, "a blank appended"), findings);
}

/// Another body is refused. Where a vendor signs one field of a form, a change that the signature cannot see has
/// to mean nothing: then the capture says the same as before.
fn changed_body(
    suite: &Suite<'_>,
    case: &SignatureCase,
    push: &dyn Push,
    signed: &SignedParts<'_>,
    (body, change): (&[u8], &str),
    findings: &mut Findings,
) {
    let request = Request { body, ..case.request() };
    let whole = *signed.message == *case.body;
    let unseen = !whole
        && push
            .signed_parts(&request)
            .is_ok_and(|other| other.message == signed.message && other.presented == signed.presented);
    if !unseen {
        return refused(&case.name, push, request, case.now, change, findings);
    }
    let said = |body: &[u8]| {
        let parts = suite.parts(case.settings.as_deref(), &case.secrets).ok()?;
        let request = Request { body, ..case.request() };
        let captured = push.capture(&verify(push, request, case.now).ok()?);
        let capture = captured.received(case.now, Channel::Webhook);
        Some(golden::to_json(&golden::normalize(parts.normalize?.as_ref(), &capture)))
    };
    let same = said(body) == said(&case.body);
    findings.expect(same, &case.name, format!("{change}: not signed, not refused, and yet read"));
}

/// Without a header a request is refused with `Auth` or, when nothing was signed in it, still fine.
/// Gives the headers without which it is refused.
fn headers(case: &SignatureCase, push: &dyn Push, findings: &mut Findings) -> Vec<String> {
    let mut essential = Vec::new();
    for (name, _) in &case.headers.0 {
        let less = Headers(case.headers.0.iter().filter(|(other, _)| other != name).cloned().collect());
        match verdict(push, Request { headers: &less, ..case.request() }, case.now) {
            Ok(()) => {}
            Err(ErrorKind::Auth) => essential.push(name.clone()),
            Err(kind) => findings.note(&case.name, format!("without header {name}: not Auth, but {kind:?}")),
        }
    }
    if !claims_in_body(case, push) {
        let bare = bare(case);
        refused(&case.name, push, bare, case.now, "without headers, query and path token", findings);
    }
    essential
}

fn bare(case: &SignatureCase) -> Request<'_> {
    const NONE: &Headers = &Headers(Vec::new());
    Request { headers: NONE, query: "", path_token: None, body: &case.body }
}

/// Whether the claim stands in the body: nothing else is needed, and the claim changes with the body.
fn claims_in_body(case: &SignatureCase, push: &dyn Push) -> bool {
    let fields =
        |body: &[u8]| push.signed_parts(&Request { body, ..bare(case) }).map(|signed| signed.presented);
    let Ok(claim) = fields(&case.body) else { return false };
    fields_changed(&case.body).iter().any(|body| fields(body).map_or(true, |other| other != claim))
}

/// The body with the value of one field of a form, or of a JSON object, changed.
fn fields_changed(body: &[u8]) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(body);
    let (mark, end) = if text.starts_with('{') { ("\":\"", '"') } else { ("=", '&') };
    let mut found = Vec::new();
    for (at, _) in text.match_indices(mark) {
        let (head, value) = text.split_at(at + mark.len());
        let length = value.find(end).unwrap_or(value.len());
        let (value, tail) = value.split_at(length);
        found.push(format!("{head}{}{tail}", changed_word(value)).into_bytes());
    }
    found
}

/// Something in the request must be the claim: change it, and the request is refused.
fn claims(case: &SignatureCase, push: &dyn Push, essential: &[String], findings: &mut Findings) {
    let mut refusals = 0;
    for name in essential {
        let value = case.headers.get(name).unwrap_or_default();
        let changed = with_header(case, name, &changed_text(value));
        match verdict(push, Request { headers: &changed, ..case.request() }, case.now) {
            Ok(()) => {}
            Err(ErrorKind::Auth) => refusals += 1,
            Err(kind) => findings.note(&case.name, format!("header {name} changed: not Auth, but {kind:?}")),
        }
    }
    if let Some(token) = &case.path_token {
        let changed = changed_text(token);
        let request = Request { path_token: Some(&changed), ..case.request() };
        refusals += u32::from(verdict(push, request, case.now) == Err(ErrorKind::Auth));
    }
    if !case.query.is_empty() {
        let query: Vec<String> = case.query.split('&').map(changed_text).collect();
        let query = query.join("&");
        let request = Request { query: &query, ..case.request() };
        refusals += u32::from(verdict(push, request, case.now) == Err(ErrorKind::Auth));
    }
    if claims_in_body(case, push) {
        for body in fields_changed(&case.body) {
            let request = Request { body: &body, ..case.request() };
            refusals += u32::from(verdict(push, request, case.now) == Err(ErrorKind::Auth));
        }
    }
    findings.expect(
        refusals > 0,
        &case.name,
        "no header, query, path token or field of the body can be changed without being refused",
    );
}

fn times(case: &SignatureCase, push: &dyn Push, signed: &SignedParts<'_>, findings: &mut Findings) {
    let Some(at) = signed.signed_at else { return };
    for seconds in [-301, -299, 299, 301] {
        let Ok(now) = at.checked_add(SignedDuration::from_secs(seconds)) else { continue };
        let found = verdict(push, case.request(), now);
        let wanted = if seconds.abs() > 300 { Err(ErrorKind::Auth) } else { Ok(()) };
        findings.expect(found == wanted, &case.name, format!("{seconds} s after signing: {found:?}"));
    }
}

fn keys(suite: &Suite<'_>, case: &SignatureCase, findings: &mut Findings) {
    let changes: [(&str, Change); 2] =
        [("another key", |key| changed_text(&key)), ("an empty key", |_| String::new())];
    for (what, change) in changes {
        // A key that the connector refuses at once is refused too.
        let built = suite.parts_with(case.settings.as_deref(), &case.secrets, change);
        if let Ok(Parts { push: Some(push), .. }) = built {
            refused(&case.name, push.as_ref(), case.request(), case.now, what, findings);
        }
    }
}

fn with_header(case: &SignatureCase, name: &str, value: &str) -> Headers {
    let mut headers = case.headers.clone();
    for (other, old) in &mut headers.0 {
        if other == name {
            value.clone_into(old);
        }
    }
    headers
}

/// Another text of the same form: in the middle of each word one letter or digit becomes its neighbour, so
/// that hex stays hex and base64 stays base64.
fn changed_text(text: &str) -> String {
    let words: Vec<String> = text.split(' ').map(changed_word).collect();
    words.join(" ")
}

fn changed_word(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let middle = letters.len() / 2;
    let order = (middle..letters.len()).chain((0..middle).rev());
    let Some(at) = order.into_iter().find(|at| letters.get(*at).is_some_and(char::is_ascii_alphanumeric))
    else {
        return format!("{word}x");
    };
    let change = |(here, letter): (usize, &char)| if here == at { neighbour(*letter) } else { *letter };
    letters.iter().enumerate().map(change).collect()
}

fn neighbour(letter: char) -> char {
    match letter {
        '9' => '0',
        'f' => 'a',
        'F' => 'A',
        'z' => 'g',
        'Z' => 'G',
        other => u8::try_from(other).map_or(other, |byte| char::from(byte.saturating_add(1))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_text_keeps_its_form() {
        assert_eq!(changed_text("v1,AAAA v1,BBBB"), "v1,BAAA v1,CBBB");
        assert_eq!(changed_text("00ff"), "00af");
        assert_eq!(changed_text(""), "x");
        for text in ["a", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "9", "=="] {
            assert_ne!(changed_text(text), text);
        }
    }
}
