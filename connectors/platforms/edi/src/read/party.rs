//! Who is who: N1 loops with their contacts, and NAD.

use crossdock_connector::IssueKind;

use super::Party;
use crate::codes;
use crate::scan::Scan;
use crate::syntax::Segment;

/// Takes a segment of an N1 loop; false when it is none.
pub(crate) fn x12(
    scan: &mut Scan<'_>,
    parties: &mut Vec<Party>,
    open: &mut bool,
    segment: &Segment<'_>,
) -> bool {
    let own = |at: usize| segment.text(at).map(str::to_owned);
    if segment.tag == "N1" {
        let code = segment.text(1).unwrap_or_default();
        *open = false;
        match codes::role(code) {
            Some(role) => {
                let known = own(4).map(|code| (own(3).unwrap_or_default(), code));
                parties.push(Party { name: own(2), code: known, ..Party::new(role) });
                *open = true;
            }
            None => scan.unmapped(segment, 1, code),
        }
        return true;
    }
    if !matches!(segment.tag, "N2" | "N3" | "N4" | "PER") {
        return false;
    }
    // A contact before all parties is the buyer's.
    if segment.tag == "PER" && !*open {
        let mut party = Party::new(codes::Role::Buyer);
        contact(&mut party, segment);
        parties.push(party);
        return true;
    }
    let Some(party) = parties.last_mut().filter(|_| *open) else { return true };
    match segment.tag {
        "N2" => party.more = own(1),
        "N3" => party.streets.extend([own(1), own(2)].into_iter().flatten()),
        "N4" => {
            party.city = own(1);
            party.state = own(2);
            party.postal_code = own(3);
            party.country = own(4);
        }
        _ => contact(party, segment),
    }
    true
}

/// PER: a name, and up to three numbers with what they are.
fn contact(party: &mut Party, segment: &Segment<'_>) {
    // Some translators write a zero where they have no name.
    party.contact = segment.text(2).filter(|name| name.contains(char::is_alphabetic)).map(str::to_owned);
    for at in [3, 5, 7] {
        reached(party, segment.text(at), segment.text(at + 1));
    }
}

fn reached(party: &mut Party, kind: Option<&str>, value: Option<&str>) {
    let Some(value) = value.map(str::to_owned) else { return };
    match kind {
        Some("TE" | "CP" | "AL") => party.phones.push(value),
        Some("EM") => party.email = Some(value),
        // Fax, telex and the like reach nobody today.
        _ => {}
    }
}

/// Takes NAD and what follows it; false when it is none of it.
pub(crate) fn edifact(
    scan: &mut Scan<'_>,
    parties: &mut Vec<Party>,
    open: &mut bool,
    segment: &Segment<'_>,
) -> bool {
    match segment.tag {
        "NAD" => {
            let code = segment.text(1).unwrap_or_default();
            *open = false;
            match codes::role(code) {
                Some(role) => {
                    parties.push(nad(scan, segment, role));
                    *open = true;
                }
                None => scan.unmapped(segment, 1, code),
            }
        }
        "CTA" => {
            if let Some(party) = parties.last_mut().filter(|_| *open) {
                party.contact = segment.part(2, 1).map(str::to_owned);
            }
        }
        "COM" => {
            if let Some(party) = parties.last_mut().filter(|_| *open) {
                reached(party, segment.part(1, 1), segment.part(1, 0));
            }
        }
        _ => return false,
    }
    true
}

fn nad(scan: &mut Scan<'_>, segment: &Segment<'_>, role: codes::Role) -> Party {
    let mut party = Party::new(role);
    party.code =
        segment.part(2, 0).map(|code| (segment.part(2, 2).unwrap_or_default().to_owned(), code.to_owned()));
    // The name by itself, or everything in the unstructured lines.
    let structured = segment.text(4).is_some();
    let mut names = segment.parts(if structured { 4 } else { 3 }).map(str::to_owned);
    party.name = names.next();
    if structured {
        party.more = Some(names.collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty());
        party.streets = segment.parts(5).map(str::to_owned).collect();
    } else {
        party.streets = names.collect();
    }
    party.city = segment.text(6).map(str::to_owned);
    party.state = segment.text(7).map(str::to_owned);
    party.postal_code = segment.text(8).map(str::to_owned);
    party.country = segment.text(9).map(str::to_owned);
    if segment.len() > 9 {
        scan.issue(IssueKind::BadValue, segment, 10, "more elements than an address has");
    }
    party
}
