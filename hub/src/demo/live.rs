//! What can be seen while the demo runs: bars on a terminal, now and then a line elsewhere.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::backbone::{Answer, Backbone, Question};
use crate::ledger::Ledger;

use super::play::Score;
use super::text::thousands;

/// How often bars move, and how often a line is written where there are none.
const TICK: Duration = Duration::from_millis(250);
const LINE: Duration = Duration::from_secs(5);

/// The ledger now.
pub(super) async fn ledger(backbone: &dyn Backbone) -> Result<Ledger, String> {
    match backbone.ask(Question::Ledger).await {
        Ok(Answer::Ledger(counts)) => Ok(Ledger::of(&counts)),
        Ok(_) => Err("the store answered something else than the ledger".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Shows how things stand until it is told to stop.
pub(super) async fn show(backbone: Arc<dyn Backbone>, score: Arc<Score>, mut stop: watch::Receiver<bool>) {
    let began = Instant::now();
    let mut screen = Screen::new(score.all);
    let mut next_line = began + LINE;
    while !*stop.borrow() {
        if let Ok(ledger) = ledger(&*backbone).await {
            let now = Now::of(&ledger, &score);
            match &mut screen {
                Some(screen) => screen.draw(&now),
                None if Instant::now() >= next_line => {
                    next_line = Instant::now() + LINE;
                    line(&now, began.elapsed());
                }
                None => {}
            }
        }
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            changed = stop.changed() => if changed.is_err() { break },
        }
    }
    if let Some(screen) = screen {
        screen.clear();
    }
}

/// One moment.
struct Now {
    told: u64,
    all: u64,
    captured: u64,
    open: u64,
    /// Per receiver: id, taken, matched.
    sinks: Vec<(String, u64, u64)>,
    erp_down: bool,
}

impl Now {
    fn of(ledger: &Ledger, score: &Score) -> Self {
        let sinks = ledger.sinks.iter().map(|sink| {
            let taken = sink.delivered + sink.already_there;
            (sink.sink.clone(), taken, sink.matched)
        });
        Self {
            told: score.done.load(Ordering::Relaxed),
            all: score.all,
            captured: ledger.sources.iter().map(|source| source.captured).sum(),
            open: ledger.sources.iter().map(|source| source.pending).sum(),
            sinks: sinks.collect(),
            erp_down: score.erp_down.load(Ordering::Relaxed),
        }
    }

    /// What is broken right now.
    fn trouble(&self, sink: &str) -> &'static str {
        match sink {
            "erp" if self.erp_down => "DOWN: its events wait, the others do not",
            "wms" if self.told < self.all => "answers 429 and 500 now and then",
            _ => "",
        }
    }
}

fn line(now: &Now, elapsed: Duration) {
    let mut text = format!(
        "{:>3} s  told {} of {} · captured {}",
        elapsed.as_secs(),
        thousands(now.told),
        thousands(now.all),
        thousands(now.captured)
    );
    for (id, taken, _) in &now.sinks {
        let down = if id == "erp" && now.erp_down { " (down)" } else { "" };
        text.push_str(&format!(" · {id} {}{down}", thousands(*taken)));
    }
    // When nobody can see it, nothing is lost.
    drop(writeln!(io::stderr(), "{text}"));
}

/// Bars on a terminal.
struct Screen {
    all: MultiProgress,
    told: ProgressBar,
    folded: ProgressBar,
    sinks: Vec<(String, ProgressBar)>,
}

impl Screen {
    fn new(length: u64) -> Option<Self> {
        if !io::stderr().is_terminal() {
            return None;
        }
        let all = MultiProgress::new();
        let told = all.add(bar("told", length));
        let folded = all.add(bar("folded", 0));
        Some(Self { all, told, folded, sinks: Vec::new() })
    }

    fn draw(&mut self, now: &Now) {
        self.told.set_position(now.told);
        self.told.set_message(if now.told < now.all { "Shopify, Taobao, SF and a sheet talk" } else { "" });
        self.folded.set_length(now.captured);
        self.folded.set_position(now.captured.saturating_sub(now.open));
        for (id, taken, matched) in &now.sinks {
            if !self.sinks.iter().any(|(known, _)| known == id) {
                let bar = self.all.add(bar(id, 0));
                self.sinks.push((id.clone(), bar));
            }
            if let Some((_, bar)) = self.sinks.iter().find(|(known, _)| known == id) {
                bar.set_length(*matched);
                bar.set_position(*taken);
                bar.set_message(now.trouble(id));
            }
        }
    }

    fn clear(self) {
        for bar in [self.told, self.folded].iter().chain(self.sinks.iter().map(|(_, bar)| bar)) {
            bar.finish_and_clear();
        }
        drop(self.all.clear());
    }
}

fn bar(name: &str, length: u64) -> ProgressBar {
    let bar = ProgressBar::new(length);
    if let Ok(style) =
        ProgressStyle::with_template("{prefix:>8} {bar:28} {human_pos:>7} of {human_len:<7} {msg}")
    {
        bar.set_style(style.progress_chars("━╸ "));
    }
    bar.set_prefix(name.to_owned());
    bar
}
