//! Runs the targets: seeds from the fixtures, finds into the corpus.

use std::error::Error;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Mutex;
use std::thread;
use std::time::SystemTime;

use crossdock_connector::{Capture, Headers};
use crossdock_fuzz::{CONNECTOR, find};
use crossdock_schemas::Channel;
use crossdock_testkit::conformance;
use crossdock_testkit::fuzz::{Door, Target, corpus};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const HELP: &str = "\
crossdock-fuzz list                    every connector and the doors it has
crossdock-fuzz run [--seconds 60] [--jobs 2] [connector | connector/target]...
crossdock-fuzz seeds <folder>          writes the inputs that runs start from
crossdock-fuzz show <connector> <topic> <file>   what a payload means, with the connector's example settings";

/// Longest find that is kept.
const LONGEST: u64 = 4 * 1024;
/// Most text that is kept of one target.
const MOST: usize = 48 * 1024;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["list"] => all().map(|jobs| jobs.iter().for_each(|job| println!("{}", job.name()))),
        ["seeds", folder] => seeds(Path::new(folder)),
        ["run", rest @ ..] => run(rest),
        ["show", id, topic, file] => show(id, topic, Path::new(file)),
        _ => Err(HELP.into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// One target of one connector.
struct Job {
    id: String,
    root: PathBuf,
    target: Target,
    seeds: Vec<Vec<u8>>,
}

impl Job {
    fn name(&self) -> String {
        format!("{}/{}", self.id, self.target.as_str())
    }
}

/// Everything there is to fuzz.
fn all() -> Outcome<Vec<Job>> {
    let mut jobs = Vec::new();
    for subject in crossdock_fuzz::all() {
        let id = subject.descriptor.id;
        let door = Door::new(&subject)?;
        for target in Target::ALL.into_iter().filter(|target| door.has(*target)) {
            let seeds = door.seeds(target).map(<[u8]>::to_vec).collect();
            jobs.push(Job { id: id.to_owned(), root: subject.root.into(), target, seeds });
        }
    }
    Ok(jobs)
}

fn write(folder: &Path, inputs: &[Vec<u8>]) -> Outcome<()> {
    fs::create_dir_all(folder)?;
    for (at, input) in inputs.iter().enumerate() {
        fs::write(folder.join(format!("{at:05}")), input)?;
    }
    Ok(())
}

fn seeds(folder: &Path) -> Outcome<()> {
    for job in all()? {
        write(&folder.join(job.name()), &job.seeds)?;
        println!("{}: {} inputs", job.name(), job.seeds.len());
    }
    Ok(())
}

fn show(id: &str, topic: &str, file: &Path) -> Outcome<()> {
    let subject = find(id).map_err(|error| error.message().to_owned())?;
    let capture = Capture {
        topic: topic.to_owned(),
        headers: Headers::default(),
        body: fs::read(file)?.into(),
        origin: None,
        received_at: SystemTime::UNIX_EPOCH.try_into()?,
        channel: Channel::Webhook,
    };
    println!("{:#}", conformance::read(&subject, &capture)?);
    Ok(())
}

fn run(words: &[&str]) -> Outcome<()> {
    let (mut seconds, mut threads, mut names) = (60_u32, 2_u32, Vec::new());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--seconds" => seconds = words.next().ok_or("--seconds takes a number")?.parse()?,
            "--jobs" => threads = words.next().ok_or("--jobs takes a number")?.parse()?,
            name => names.push(name),
        }
    }
    let mut jobs = all()?;
    if !names.is_empty() {
        jobs.retain(|job| names.contains(&job.id.as_str()) || names.contains(&job.name().as_str()));
    }
    if jobs.is_empty() {
        return Err(format!("nothing to fuzz; see `crossdock-fuzz list`\n\n{HELP}").into());
    }
    jobs.reverse();
    let (queue, failed) = (Mutex::new(jobs), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().ok().and_then(|mut jobs| jobs.pop());
                    let Some(job) = next else { break };
                    match fuzz(&job, seconds) {
                        Ok(said) => println!("{said}"),
                        Err(error) => {
                            println!("{}: FAILED: {error}", job.name());
                            failed.lock().map(|mut failed| failed.push(job.name())).unwrap_or_default();
                        }
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap_or_default();
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", ")).into()) }
}

/// Runs one target in a process of its own, then keeps of its finds those that reach what nothing else does.
fn fuzz(job: &Job, seconds: u32) -> Outcome<String> {
    let programs = std::env::current_exe()?.parent().ok_or("no folder of programs")?.to_owned();
    let home = programs.join("fuzz-runs").join(&job.id).join(job.target.as_str());
    if home.exists() {
        fs::remove_dir_all(&home)?;
    }
    let (seeds, found) = (home.join("seeds"), home.join("found"));
    write(&seeds, &job.seeds)?;
    write(&found, &corpus::load(&job.root, job.target)?)?;
    let start = |log: &str, words: Vec<OsString>| -> Outcome<(bool, String)> {
        let log = home.join(log);
        let out = File::create(&log)?;
        let status = Command::new(programs.join(job.target.as_str()))
            .env(CONNECTOR, &job.id)
            .args(words)
            .stdout(out.try_clone()?)
            .stderr(out)
            .status()?;
        Ok((status.success(), String::from_utf8_lossy(&fs::read(&log)?).into_owned()))
    };
    let limits = ["-timeout=10", "-rss_limit_mb=2048", "-max_len=16384"];
    let mut words: Vec<OsString> = limits.iter().map(OsString::from).collect();
    words.push(format!("-max_total_time={seconds}").into());
    words.push(format!("-artifact_prefix={}/", home.display()).into());
    words.extend(["-print_final_stats=1".into(), found.clone().into(), seeds.clone().into()]);
    let (well, said) = start("log", words)?;
    if !well {
        let told: Vec<&str> = said.lines().rev().take(400).filter(|line| speaks(line)).collect();
        return Err(format!("see {}\n  {}", home.display(), told.join("\n  ")).into());
    }
    for entry in fs::read_dir(&found)? {
        let entry = entry?;
        if entry.metadata()?.len() > LONGEST {
            fs::remove_file(entry.path())?;
        }
    }
    // Merged into the seeds: what is new there afterwards is what the finds reach beyond them.
    let merged = ["-merge=1", "-use_counters=0", "-timeout=10"].iter().map(OsString::from);
    let (well, _) = start("merge.log", merged.chain([seeds.clone().into(), found.into()]).collect())?;
    if !well {
        return Err(format!("merging failed, see {}", home.display()).into());
    }
    let kept = keep(job, &seeds)?;
    let number = |name: &str| {
        let line = said.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.rsplit(' ').next().unwrap_or("?").to_owned()
    };
    let covered = said.lines().rev().find_map(|line| line.split(" cov: ").nth(1)?.split(' ').next());
    Ok(format!(
        "{}: {} inputs in {seconds} s, {} places reached, {} seeds, {kept} finds kept",
        job.name(),
        number("stat::number_of_executed_units"),
        covered.unwrap_or("?"),
        job.seeds.len(),
    ))
}

/// Whether a line of libFuzzer says what happened.
fn speaks(line: &str) -> bool {
    ["panicked at", "ERROR: ", "Test unit written", "SUMMARY"].iter().any(|word| line.contains(word))
}

/// Writes what is new in the folder of seeds as the corpus, the shortest first, as far as there is room.
fn keep(job: &Job, merged: &Path) -> Outcome<usize> {
    let mut inputs = Vec::new();
    for entry in fs::read_dir(merged)? {
        // Seeds are numbered; libFuzzer names by hash.
        let entry = entry?;
        if entry.file_name().len() > 5 {
            inputs.push(fs::read(entry.path())?);
        }
    }
    inputs.sort_by_key(Vec::len);
    let mut room = MOST;
    inputs.retain(|input| {
        let fits = input.len() <= room;
        room = room.saturating_sub(input.len());
        fits
    });
    let file = corpus::file(&job.root, job.target);
    if inputs.is_empty() {
        if file.exists() {
            fs::remove_file(file)?;
        }
        return Ok(0);
    }
    fs::create_dir_all(file.parent().unwrap_or(&job.root))?;
    let remark =
        format!("found by fuzzing `{}`, kept because they reach what the fixtures do not", job.name());
    fs::write(file, corpus::text(&remark, &inputs))?;
    Ok(inputs.len())
}
