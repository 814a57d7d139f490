//! What every backbone must do, as one suite that runs on each of them unchanged.
//!
//! A backbone joins by writing `make` and one line, `contract!(make);`. The suite knows nothing but the trait: where a
//! promise cannot be seen through it, it is no promise of the trait. "Crash" is what the backbone itself calls one:
//! all that is in memory is gone, nothing was closed, and everything a call returned for must still be there.

mod captures;
mod commits;
mod given;
mod handoffs;
mod ledger;
mod lookups;
mod model;
mod nudges;
mod repairs;
mod shutdown;

use std::sync::Arc;

use crossdock_connector::BoxFuture;

use super::*;

/// Opens the same data again after a crash.
pub(crate) type Reopen = Box<dyn FnMut() -> BoxFuture<'static, Arc<dyn Backbone>> + Send>;

/// An empty backbone and the way to crash it.
pub(crate) struct Made {
    /// The backbone as it stands now.
    pub(crate) backbone: Arc<dyn Backbone>,
    /// Crashes it.
    pub(crate) reopen: Reopen,
}

impl Made {
    /// Everything in memory is gone; the data is opened again.
    async fn crash(&mut self) {
        self.backbone = (self.reopen)().await;
    }
}

/// Writes one test for each part of the contract. A part that is missing here is dead code, and lints say so.
macro_rules! contract {
    ($make:path) => {
        contract!(@each $make;
            captures::come_back_as_they_were,
            captures::many_at_a_time_are_all_there,
            captures::are_read_in_bounded_pieces_that_always_move_on,
            captures::heads_rise_once_they_can_be_read,
            commits::a_history_begins_and_goes_on,
            commits::several_events_of_a_step_keep_their_own_snapshots,
            commits::a_wrong_place_changes_nothing,
            commits::a_wrong_version_changes_nothing_of_the_whole_step,
            commits::the_same_step_twice_is_one_step,
            commits::of_two_that_create_a_history_one_wins,
            commits::racing_writers_lose_no_step,
            commits::a_conflict_leaves_its_neighbours_alone,
            commits::numbers_stay_dense_after_conflicts,
            handoffs::a_place_starts_at_the_beginning_and_survives,
            handoffs::a_sink_must_be_opened,
            handoffs::what_was_parked_comes_back_when_people_say_so,
            handoffs::a_new_filter_counts_anew,
            handoffs::sinks_do_not_feel_each_other,
            ledger::balances_wherever_a_sink_stands,
            ledger::balances_whatever_became_of_captures,
            lookups::parked_rows_are_found_page_by_page,
            lookups::quarantined_rows_are_found_page_by_page,
            lookups::a_source_is_asked_what_it_told,
            lookups::parcels_of_a_carrier_are_found_page_by_page,
            lookups::what_became_of_a_history_names_people_too,
            lookups::the_backlog_says_what_the_ledger_says,
            nudges::one_fetch_answers_all_nudges_for_an_object,
            nudges::wait_for_their_time_and_survive,
            nudges::given_up_puts_the_capture_into_quarantine,
            nudges::of_polls_have_no_capture,
            nudges::of_one_source_do_not_stand_before_those_of_another,
            nudges::cursors_keep_their_last_value,
            repairs::folding_again_takes_a_capture_out_of_quarantine_once,
            repairs::a_capture_that_is_still_bad_stays,
            repairs::half_a_capture_is_counted_once,
            repairs::dropping_is_counted,
            repairs::retiring_spares_what_is_still_needed,
            repairs::timelines_tell_who_said_what,
            shutdown::what_was_acknowledged_while_closing_is_there,
        );

        #[test]
        fn any_sequence_of_calls_and_crashes_is_what_a_simple_model_says() {
            super::model::agrees($make);
        }
    };
    (@each $make:path; $($area:ident :: $name:ident,)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$area::$name($make().await).await;
            }
        )+
    };
}

mod embedded {
    use super::super::embedded::{Embedded, FILE_NAME};
    use super::*;

    contract!(make);

    /// A crash is a copy of the files as they lie there, with the writer still running: what a killed process
    /// leaves behind.
    async fn make() -> Made {
        let mut dir = tempfile::tempdir().unwrap();
        let backbone: Arc<dyn Backbone> = Arc::new(Embedded::open(dir.path(), "test").unwrap());
        let reopen: Reopen = Box::new(move || {
            let next = tempfile::tempdir().unwrap();
            for name in [FILE_NAME.to_owned(), format!("{FILE_NAME}-wal")] {
                // After a close there is no log beside the file.
                if dir.path().join(&name).exists() {
                    std::fs::copy(dir.path().join(&name), next.path().join(&name)).unwrap();
                }
            }
            dir = next;
            let opened: Arc<dyn Backbone> = Arc::new(Embedded::open(dir.path(), "test").unwrap());
            Box::pin(std::future::ready(opened))
        });
        Made { backbone, reopen }
    }
}

mod jetstream {
    use std::sync::Mutex;

    use crossdock_testkit::nats::Server;

    use super::super::jetstream::JetStream;
    use super::*;

    contract!(make);

    /// A crash takes the server and the hub with it: the server comes back with its files, the hub with an empty
    /// folder, so that everything it knows it has read from the log.
    async fn make() -> Made {
        let server = tokio::task::spawn_blocking(Server::start).await.unwrap().unwrap();
        let text = format!("[nats]\nservers = [\"{}\"]\n", server.url());
        let config = crate::config::load_text("test", &text, None).ok().unwrap().config.nats;
        let server = Arc::new(Mutex::new(server));
        let first = tempfile::tempdir().unwrap();
        let opened = JetStream::open(&config, first.path(), "test", "one").await.unwrap();
        let mut dirs = vec![first];
        let reopen: Reopen = Box::new(move || {
            let (server, config) = (Arc::clone(&server), config.clone());
            let next = tempfile::tempdir().unwrap();
            let path = next.path().to_owned();
            dirs.push(next);
            Box::pin(async move {
                let again = tokio::task::spawn_blocking(move || {
                    let mut server = server.lock().unwrap();
                    server.kill9().unwrap();
                    server.restart().unwrap();
                });
                again.await.unwrap();
                let opened = JetStream::open(&config, &path, "test", "two").await.unwrap();
                Arc::new(opened) as Arc<dyn Backbone>
            })
        });
        Made { backbone: Arc::new(opened), reopen }
    }
}
