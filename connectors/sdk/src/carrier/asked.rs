//! Which parcels a call asks for, and whose a reply is that does not say so itself: the number asked for is kept beside it.

use crate::{Captured, Error, ErrorKind, HttpResponse, Result, Topic, Waybill};

/// Header under which the number asked for is kept beside a reply.
pub const ASKED: &str = "waybill";

/// The one parcel of a call.
///
/// # Errors
/// `Bug` when it is none or more.
pub fn one(waybills: &[Waybill]) -> Result<&Waybill> {
    match waybills {
        [waybill] => Ok(waybill),
        _ => Err(Error::new(ErrorKind::Bug, "expected one waybill").with("waybills", waybills.len())),
    }
}

/// How many of these parcels go in one call.
pub fn at_most(waybills: &[Waybill], most: u32) -> usize {
    waybills.len().min(usize::try_from(most).unwrap_or(usize::MAX))
}

/// The parcels of a call, at least one.
///
/// # Errors
/// `Bug` when they are none or more than `most`.
pub fn several(waybills: &[Waybill], most: u32) -> Result<&[Waybill]> {
    if waybills.is_empty() || at_most(waybills, most) < waybills.len() {
        let what = format!("expected 1 to {most} waybills");
        return Err(Error::new(ErrorKind::Bug, what).with("waybills", waybills.len()));
    }
    Ok(waybills)
}

/// What to keep of a reply; the number goes along where one waybill was asked for.
pub fn asked(topic: Topic, waybills: &[Waybill], reply: &HttpResponse) -> Captured {
    let mut captured = Captured::new(topic, reply.body.clone());
    if let [waybill] = waybills {
        captured.headers.push(ASKED, waybill.number.as_str());
    }
    captured
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Headers;

    fn waybill(number: &str) -> Waybill {
        Waybill { number: number.to_owned(), phone_tail: None }
    }

    #[test]
    fn a_call_is_for_as_many_as_it_may() {
        let waybills: Vec<Waybill> = ["A", "B", "C"].map(waybill).into();
        assert_eq!(one(&waybills[..1]).unwrap().number, "A");
        assert_eq!([one(&[]), one(&waybills)].map(|told| told.unwrap_err().kind()), [ErrorKind::Bug; 2]);
        assert_eq!((at_most(&waybills, 2), at_most(&waybills, 9)), (2, 3));
        assert_eq!(several(&waybills, 3).unwrap().len(), 3);
        assert_eq!(
            [several(&[], 3), several(&waybills, 2)].map(|told| told.unwrap_err().kind()),
            [ErrorKind::Bug; 2]
        );
    }

    #[test]
    fn one_number_is_kept_and_no_other() {
        let reply = HttpResponse { status: 200, headers: Headers::default(), body: "{}".into() };
        let one = asked("t", &[waybill("A")], &reply);
        assert_eq!((one.headers.get(ASKED), &one.body[..]), (Some("A"), &b"{}"[..]));
        assert_eq!(asked("t", &[waybill("A"), waybill("B")], &reply).headers.get(ASKED), None);
    }
}
