//! What is said of a panic: where it was, and why only when that is a fixed text.
//!
//! Messages that are put together at run time may hold what was being read: slicing a text at a wrong place tells the
//! whole text (SEC-15).

use std::io::Write;
use std::panic::PanicHookInfo;

/// From now on panics are said this way, in the logs once they have begun, before that on stderr.
pub fn install() {
    std::panic::set_hook(Box::new(|info| {
        let said = describe(info);
        if tracing::dispatcher::has_been_set() {
            tracing::error!(panic = %said, "a part of the program broke off: a bug");
        } else {
            // Without stderr there is nobody to tell.
            drop(writeln!(std::io::stderr(), "a bug: {said}"));
        }
    }));
}

fn describe(info: &PanicHookInfo<'_>) -> String {
    let place = info.location().map_or_else(|| "somewhere".to_owned(), ToString::to_string);
    match info.payload().downcast_ref::<&'static str>() {
        Some(why) => format!("{why}, at {place}"),
        None => format!("at {place}"),
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{catch_unwind, set_hook, take_hook};
    use std::sync::Mutex;

    use super::*;

    static SAID: Mutex<Vec<String>> = Mutex::new(Vec::new());

    #[test]
    #[allow(clippy::string_slice, reason = "the panic that is wanted")]
    fn sec_15_a_panic_says_where_and_nothing_that_was_read() {
        let before = take_hook();
        set_hook(Box::new(|info| SAID.lock().unwrap().push(describe(info))));
        let planted = String::from("收件人张三15912345678");
        let sliced = catch_unwind(|| planted[1..].len());
        let formatted = catch_unwind(|| panic!("cannot read {planted}"));
        let fixed = catch_unwind(|| panic!("a rule was broken"));
        set_hook(before);
        assert!(sliced.is_err() && formatted.is_err() && fixed.is_err());
        let said = SAID.lock().unwrap().clone();
        assert_eq!(said.len(), 3);
        assert!(said.iter().all(|said| said.contains("panics.rs:")), "{said:?}");
        assert!(!said.iter().any(|said| said.contains("张三") || said.contains("159")), "{said:?}");
        assert!(said[2].starts_with("a rule was broken, at "), "{said:?}");
    }
}
