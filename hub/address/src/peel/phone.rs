//! Phone numbers in a text: Chinese mobiles with the extensions of privacy numbers, landlines, hotlines, numbers
//! behind `+`, and masked mobiles.

use crate::standard::{NumberKind, PhoneNumber};
use crate::text::{at, piece, starts_with_any};

/// A phone number and where it stood.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) number: PhoneNumber,
}

/// No text names more people than this.
const MOST_NUMBERS: usize = 8;

/// What makes digits behind a number a house, not an extension.
const HOUSE: &str = "号栋幢楼层室单元座弄米期巷组队村区街路年月日个件箱";

/// Digits, with single blanks or hyphens between groups; `*` counts as a digit.
#[derive(Debug, Default)]
struct Run {
    digits: String,
    /// Number of digits in each group.
    groups: Vec<usize>,
    end: usize,
    stars: usize,
}

fn is_digit(letter: char) -> bool {
    letter.is_ascii_digit() || letter == '*'
}

/// Reads at most `most` digits from a place on.
fn run(text: &[char], from: usize, most: usize) -> Run {
    let mut run = Run { end: from, ..Run::default() };
    let (mut place, mut group) = (from, 0);
    while run.digits.len() < most {
        let letter = at(text, place);
        if is_digit(letter) {
            run.digits.push(letter);
            run.stars += usize::from(letter == '*');
            group += 1;
            place += 1;
            run.end = place;
        } else if group > 0 && matches!(letter, ' ' | '-') && is_digit(at(text, place + 1)) {
            run.groups.push(group);
            group = 0;
            place += 1;
        } else {
            break;
        }
    }
    run.groups.push(group);
    run
}

/// Whether enough digits for a number stand together.
fn is_long(text: &[char], from: usize) -> bool {
    let rest = piece(text, from, text.len()).iter().take(16);
    let near = rest.take_while(|letter| is_digit(**letter) || matches!(letter, '+' | '-' | ' ' | '(' | ')'));
    near.filter(|letter| is_digit(**letter)).count() >= 7
}

/// Every number in the text. `announced` are places behind a label for phones: there a bare local number counts.
pub(crate) fn find(text: &[char], announced: &[usize]) -> Vec<Found> {
    let mut found = Vec::new();
    let mut place = 0;
    while place < text.len() && found.len() < MOST_NUMBERS {
        let letter = at(text, place);
        let starts = is_digit(letter) || letter == '+' || (letter == '(' && at(text, place + 1) == '0');
        if !starts {
            place += 1;
            continue;
        }
        if !is_long(text, place) {
            // A house: most numbers of an address are.
            place += 1;
            while is_digit(at(text, place)) {
                place += 1;
            }
            continue;
        }
        let number = mobile(text, place)
            .or_else(|| hotline(text, place))
            .or_else(|| landline(text, place))
            .or_else(|| abroad(text, place))
            .or_else(|| local(text, place, announced));
        if let Some(number) = number {
            place = number.end;
            found.push(number);
            continue;
        }
        place += 1;
        // The inside of a longer number is no number.
        while is_digit(letter) && is_digit(at(text, place)) {
            place += 1;
        }
    }
    found
}

/// Where the number begins behind `+86`, `0086` or `86`.
fn behind_86(text: &[char], place: usize) -> Option<usize> {
    let end = starts_with_any(text, place, &["+86", "0086", "(+86)", "86"])?;
    Some(if matches!(at(text, end), ' ' | '-') { end + 1 } else { end })
}

fn mobile(text: &[char], place: usize) -> Option<Found> {
    let read = |from: usize| {
        let run = run(text, from, 11);
        let mut digits = run.digits.chars();
        let shape = digits.next() == Some('1')
            && digits.next().is_some_and(|digit| matches!(digit, '3'..='9' | '*'))
            && run.digits.len() == 11
            && !is_digit(at(text, run.end));
        let grouped = matches!(run.groups.as_slice(), [11] | [3, 4, 4] | [3, 8] | [7, 4]);
        (shape && grouped && (run.stars == 0 || (3..=8).contains(&run.stars))).then_some(run)
    };
    let run = read(place).or_else(|| read(behind_86(text, place)?))?;
    let masked = run.stars > 0;
    let extension = extension(text, run.end, true);
    let kind = match (&extension, masked) {
        (_, true) => NumberKind::Masked,
        (Some(_), false) => NumberKind::Virtual,
        (None, false) => NumberKind::Mobile,
    };
    let e164 = (!masked).then(|| format!("+86{}", run.digits));
    Some(finish(place, run.end, extension, e164, run.digits, kind))
}

fn finish(
    start: usize,
    end: usize,
    extension: Option<(String, usize)>,
    e164: Option<String>,
    national: String,
    kind: NumberKind,
) -> Found {
    let end = extension.as_ref().map_or(end, |found| found.1);
    let ext = extension.map(|found| found.0);
    Found { start, end, number: PhoneNumber { e164, national, ext, kind } }
}

/// Words between a number and its extension.
const EXTENSION: &[&str] = &["转分机号", "转分机", "转接", "分机号", "分机", "转", "ext.", "ext", "Ext", "#"];

/// The extension behind a number: `-1234`, `转1234`, `,1234`, `[1234]`, `(分机1234)`.
fn extension(text: &[char], end: usize, mobile: bool) -> Option<(String, usize)> {
    let skip = |from: usize| from + piece(text, from, text.len()).iter().take_while(|it| **it == ' ').count();
    let mark = skip(end);
    let digits = |from: usize| -> (String, usize) {
        let digits: String =
            piece(text, from, text.len()).iter().take(7).take_while(|it| it.is_ascii_digit()).collect();
        let end = from + digits.len();
        (digits, end)
    };
    let worded = |from: usize| {
        let word = starts_with_any(text, from, EXTENSION)?;
        Some(skip(if matches!(at(text, word), ':' | '：' | '-') { word + 1 } else { word }))
    };
    if let Some(from) = worded(mark) {
        let (found, end) = digits(from);
        return (1..=6).contains(&found.len()).then_some((found, end));
    }
    if let Some(close) = match at(text, mark) {
        '[' => Some(']'),
        '(' => Some(')'),
        _ => None,
    } {
        let (found, end) = digits(worded(mark + 1).unwrap_or(mark + 1));
        return ((2..=6).contains(&found.len()) && at(text, end) == close).then_some((found, end + 1));
    }
    let lengths = match at(text, mark) {
        '-' | '—' if mobile => 2..=6,
        '-' | '—' => 1..=5,
        ',' | '，' | '*' | '_' if mobile => 3..=5,
        _ => return None,
    };
    let (found, end) = digits(skip(mark + 1));
    let next = at(text, end);
    let fits = lengths.contains(&found.len()) && !next.is_ascii_alphanumeric() && next != '-';
    (fits && !HOUSE.contains(next)).then_some((found, end))
}

fn hotline(text: &[char], place: usize) -> Option<Found> {
    starts_with_any(text, place, &["400", "800"])?;
    let run = run(text, place, 10);
    let fits = run.digits.len() == 10 && run.stars == 0 && !is_digit(at(text, run.end));
    let grouped =
        matches!(run.groups.as_slice(), [10] | [3, 3, 4] | [3, 4, 3] | [3, 7] | [4, 3, 3] | [6, 4] | [4, 6]);
    if !fits || !grouped {
        return None;
    }
    let national: String = piece(text, place, run.end).iter().filter(|it| **it != ' ').collect();
    let extension = extension(text, run.end, false);
    // 400 numbers are not reached from abroad.
    Some(finish(place, run.end, extension, None, national, NumberKind::Hotline))
}

/// Length of the area code at the start of these digits, which begin with zero.
fn area(digits: &str) -> Option<usize> {
    match digits.as_bytes() {
        [b'0', b'1', b'0', ..] | [b'0', b'2', b'0'..=b'9', ..] => Some(3),
        [b'0', b'3'..=b'9', b'0'..=b'9', b'0'..=b'9', ..] => Some(4),
        _ => None,
    }
}

fn landline(text: &[char], place: usize) -> Option<Found> {
    let bracket = at(text, place) == '(';
    let behind = behind_86(text, place);
    let from = behind.unwrap_or(place + usize::from(bracket));
    let first: String = piece(text, from, from + 4).iter().take_while(|it| it.is_ascii_digit()).collect();
    let first = if behind.is_some() && !first.starts_with('0') { format!("0{first}") } else { first };
    let area_len = area(&first)?;
    let area_end = from + area_len - usize::from(behind.is_some() && !at(text, from).eq(&'0'));
    let mut number_at = area_end;
    if bracket {
        (at(text, number_at) == ')').then_some(())?;
        number_at += 1;
    }
    let split = number_at != area_end || matches!(at(text, number_at), '-' | ' ' | ')');
    while matches!(at(text, number_at), '-' | ' ' | ')') && number_at < area_end + 2 {
        number_at += 1;
    }
    let run = run(text, number_at, 8);
    let whole = matches!(run.groups.as_slice(), [7 | 8] | [4, 4] | [3, 4]);
    let fits = whole && run.stars == 0 && matches!(run.digits.as_bytes(), [b'2'..=b'9', ..]);
    if !fits || is_digit(at(text, run.end)) {
        return None;
    }
    let code = first.get(..area_len)?;
    let national = if split { format!("{code}-{}", run.digits) } else { format!("{code}{}", run.digits) };
    let e164 = format!("+86{}{}", code.get(1..)?, run.digits);
    let extension = extension(text, run.end, false);
    Some(finish(place, run.end, extension, Some(e164), national, NumberKind::Landline))
}

/// `+` and 8 to 15 digits; and mobile numbers of Taiwan, which no Chinese number resembles.
fn abroad(text: &[char], place: usize) -> Option<Found> {
    if at(text, place) == '+' {
        let run = run(text, place + 1, 15);
        let fits = (8..=15).contains(&run.digits.len()) && run.stars == 0 && !run.digits.starts_with('0');
        let e164 = format!("+{}", run.digits);
        return (fits && !is_digit(at(text, run.end)))
            .then(|| finish(place, run.end, None, Some(e164), run.digits, NumberKind::Unknown));
    }
    let run = run(text, place, 10);
    let grouped = matches!(run.groups.as_slice(), [10] | [4, 3, 3] | [4, 6]);
    let fits = run.digits.starts_with("09") && run.digits.len() == 10 && run.stars == 0 && grouped;
    let e164 = format!("+886{}", run.digits.get(1..)?);
    (fits && !is_digit(at(text, run.end)))
        .then(|| finish(place, run.end, None, Some(e164), run.digits, NumberKind::Mobile))
}

fn local(text: &[char], place: usize, announced: &[usize]) -> Option<Found> {
    let before = piece(text, 0, place).iter().rev().take_while(|it| **it == ' ').count();
    if !announced.contains(&(place - before)) {
        return None;
    }
    let run = run(text, place, 12);
    let fits = (7..=12).contains(&run.digits.len()) && !is_digit(at(text, run.end));
    let kind = if run.stars > 0 { NumberKind::Masked } else { NumberKind::Unknown };
    fits.then(|| finish(place, run.end, None, None, run.digits, kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> Option<(String, Option<String>, NumberKind, Option<String>)> {
        let text: Vec<char> = text.chars().collect();
        let found = find(&text, &[]).into_iter().next()?.number;
        Some((found.national, found.ext, found.kind, found.e164))
    }

    #[test]
    fn extensions_are_told_from_houses() {
        for text in ["18400001234-5678", "18400001234转5678", "18400001234,5678", "+86 184-0000-1234 [5678]"]
        {
            let found = first(text).unwrap();
            assert_eq!((found.0.as_str(), found.1.as_deref()), ("18400001234", Some("5678")), "{text}");
            assert_eq!(found.2, NumberKind::Virtual, "{text}");
        }
        for text in ["18400001234-302室", "18400001234，88号", "18400001234 5栋", "18400001234, 518000"] {
            assert_eq!(first(text).unwrap().1, None, "{text}");
        }
    }

    #[test]
    fn numbers_of_every_kind() {
        assert_eq!(first("(0755)26701234").unwrap().3.as_deref(), Some("+8675526701234"));
        assert_eq!(first("010-62345678").unwrap().0, "010-62345678");
        assert_eq!(first("+86 755 26701234").unwrap().3.as_deref(), Some("+8675526701234"));
        assert_eq!(first("400-820-8820").unwrap().2, NumberKind::Hotline);
        assert_eq!(first("138****5678").unwrap().2, NumberKind::Masked);
        assert_eq!(first("+852 9123 4567").unwrap().3.as_deref(), Some("+85291234567"));
        assert_eq!(first("0912-345-678").unwrap().3.as_deref(), Some("+886912345678"));
        for text in ["文三路478号", "20231381234567890", "5-1-302", "2号楼1301", "201813812345678"] {
            assert_eq!(first(text), None, "{text}");
        }
    }
}
