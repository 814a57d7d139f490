//! How many calls a source makes: no more than its vendor publishes, or its configuration says. Polls and fetches of one
//! source share what counts both.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crossdock_connector::{Call, Quota};

use crate::backbone::Micros;
use crate::config::Source;
use crate::handoff::budget::Window;

/// Calls of both kinds, which a limit of the configuration counts together.
const BOTH: &[Call] = &[Call::Poll, Call::Fetch];

/// The limits of one source.
#[derive(Debug, Default)]
pub struct Quotas(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    limits: Vec<(&'static [Call], Window)>,
    /// No such call before this: the vendor said so.
    pauses: Vec<(Call, Micros)>,
}

impl Quotas {
    /// What the configuration says, else what the vendor publishes.
    pub fn new(config: &Source, published: &'static [Quota]) -> Self {
        let own = [(config.rate_per_second, 1), (config.rate_per_minute, 60)];
        let own: Vec<_> =
            own.into_iter().filter_map(|(most, seconds)| Some((BOTH, most?, seconds))).collect();
        let published = published.iter().map(|quota| (quota.of, quota.calls, quota.seconds));
        let limits = if own.is_empty() { published.collect() } else { own };
        let window = |(of, calls, seconds)| Some((of, Window::of(calls, seconds)?));
        let limits = limits.into_iter().filter_map(window).collect();
        Self(Mutex::new(State { limits, ..State::default() }))
    }

    /// One such call now, or how long to wait before asking again.
    ///
    /// # Errors
    /// The wait. Nothing was spent.
    pub fn call(&self, call: Call, now: Micros) -> Result<(), Duration> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.pauses.retain(|(_, until)| *until > now);
        let paused =
            state.pauses.iter().filter(|(of, _)| *of == call).map(|(_, until)| until.saturating_sub(now));
        let paused = paused.max().unwrap_or(0);
        let counting = |(of, _): &&mut (&'static [Call], Window)| of.contains(&call);
        let full = state.limits.iter_mut().filter(counting).map(|(_, window)| window.wait(now)).max();
        match paused.max(full.unwrap_or(0)) {
            0 => state.limits.iter_mut().filter(counting).for_each(|(_, window)| window.spend(now)),
            wait => return Err(Duration::from_micros(wait.unsigned_abs())),
        }
        Ok(())
    }

    /// No such call for this long.
    pub fn pause(&self, call: Call, now: Micros, wait: Duration) {
        let until = now.saturating_add(i64::try_from(wait.as_micros()).unwrap_or(i64::MAX));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pauses.push((call, until));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Micros = 1_000_000;

    fn source(more: &str) -> Source {
        toml::from_str(&format!("id = \"acme\"\nuse = \"acme\"\n{more}")).unwrap()
    }

    const PUBLISHED: &[Quota] = &[
        Quota { scope: "lists", of: &[Call::Poll], calls: 1, seconds: 60 },
        Quota { scope: "all", of: BOTH, calls: 3, seconds: 1 },
        Quota { scope: "points", of: &[], calls: 1, seconds: 86_400 },
    ];

    #[test]
    fn each_call_counts_where_the_vendor_counts_it() {
        let quotas = Quotas::new(&source(""), PUBLISHED);
        assert!(quotas.call(Call::Poll, 0).is_ok());
        assert_eq!(quotas.call(Call::Poll, SECOND / 2), Err(Duration::from_millis(59_500)));
        assert!(quotas.call(Call::Fetch, SECOND / 2).is_ok() && quotas.call(Call::Fetch, SECOND / 2).is_ok());
        assert_eq!(
            quotas.call(Call::Fetch, SECOND / 2),
            Err(Duration::from_millis(500)),
            "the poll counts too"
        );
        assert!(quotas.call(Call::Fetch, SECOND).is_ok());
    }

    #[test]
    fn the_configuration_knows_better() {
        let quotas = Quotas::new(&source("rate_per_second = 2"), PUBLISHED);
        assert!(quotas.call(Call::Poll, 0).is_ok() && quotas.call(Call::Poll, 0).is_ok());
        assert_eq!(quotas.call(Call::Fetch, 0), Err(Duration::from_secs(1)));
    }

    #[test]
    fn a_pause_is_for_one_kind_of_call_and_ends() {
        let quotas = Quotas::new(&source(""), &[]);
        quotas.pause(Call::Fetch, 0, Duration::from_secs(2));
        quotas.pause(Call::Fetch, 0, Duration::from_secs(1));
        assert_eq!(quotas.call(Call::Fetch, 0), Err(Duration::from_secs(2)));
        assert!(quotas.call(Call::Poll, 0).is_ok() && quotas.call(Call::Fetch, 2 * SECOND).is_ok());
    }
}
