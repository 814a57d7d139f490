//! Progress bars on stderr, only where people see them.

use std::fmt::Write;
use std::path::Path;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::ingress::files::Progress;

const READING: &str = "{msg}  reading  {bar:30} {bytes}/{total_bytes} {bytes_per_sec} ETA {eta}";
const CAPTURING: &str = "{msg}  storing  {bar:30} {human_pos}/{human_len} documents {rate} ETA {eta}";
const FOLDING: &str = "folding  {bar:30} {human_pos}/{human_len} documents {rate} ETA {eta}";

/// Makes the bars of one run.
#[derive(Clone, Debug, Default)]
pub(super) struct Bars {}

/// The bar of one file.
pub(super) struct Bar {
    bar: ProgressBar,
    capturing: std::cell::Cell<bool>,
}

impl Bars {
    /// A bar for a file.
    pub(super) fn file(&self, path: &Path) -> Bar {
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        Bar { bar: bar(READING, name), capturing: std::cell::Cell::new(false) }
    }

    /// A bar for folding what was stored.
    pub(super) fn folding(&self) -> ProgressBar {
        bar(FOLDING, String::new())
    }
}

impl Bar {
    /// Shows where the file stands.
    pub(super) fn show(&self, progress: Progress) {
        match progress {
            Progress::Reading(done, all) => {
                self.bar.set_length(all);
                self.bar.set_position(done);
            }
            Progress::Capturing(done, all) => {
                if !self.capturing.replace(true) {
                    // Another unit: rate and ETA start anew.
                    self.bar.reset();
                    self.bar.set_style(style(CAPTURING));
                }
                self.bar.set_length(all);
                self.bar.set_position(done);
            }
        }
    }

    /// Takes it away: the summary says what was done.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// `indicatif` draws nothing when stderr is no terminal.
fn bar(template: &str, message: String) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr_with_hz(8));
    bar.set_style(style(template));
    bar.set_message(message);
    bar
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    style.with_key("rate", |state: &ProgressState, text: &mut dyn Write| {
        // Text for a terminal: when it cannot be written there is nobody to tell.
        write!(text, "{:.0}/s", state.per_sec()).ok();
    })
}
