//! The process of a server, which never outlives the test that started it.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Error};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Ends with the server, and kills the server when its own standard input ends: also when the test process is killed,
/// no server is left behind. Says the number of the server's process first.
const SUPERVISED: &str = r#"
exec 3<&0
"$0" "$@" 3<&- </dev/null >&2 & server=$!
echo "$server"
{ read -r _ <&3; kill -KILL "$server"; } & reader=$!
wait "$server"; status=$?
kill "$reader" 2>/dev/null
exit "$status"
"#;

/// A running program.
#[derive(Debug)]
pub(super) struct Process {
    shell: Child,
    pid: u32,
}

impl Process {
    /// Starts it; what it writes goes to `log`. Signals from a terminal do not reach it.
    pub(super) fn start(
        program: &Path,
        arguments: &[String],
        env: &[(String, String)],
        folder: &Path,
        log: File,
    ) -> io::Result<Self> {
        let mut command = Command::new("sh");
        command.arg("-c").arg(SUPERVISED).arg(program).args(arguments).current_dir(folder);
        command.envs(env.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log).process_group(0);
        let mut shell = command.spawn()?;
        let said = shell.stdout.take().ok_or_else(|| Error::other("a pipe is missing"))?;
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line)?;
        match line.trim().parse() {
            Ok(pid) => Ok(Self { shell, pid }),
            Err(_) => {
                shell.kill()?;
                shell.wait()?;
                Err(Error::other("the shell did not start the server"))
            }
        }
    }

    pub(super) fn pid(&self) -> u32 {
        self.pid
    }

    pub(super) fn is_running(&mut self) -> bool {
        matches!(self.shell.try_wait(), Ok(None))
    }

    /// SIGKILL, also to a process that is stopped; returns when it is gone.
    pub(super) fn kill(mut self) -> io::Result<()> {
        drop(self.shell.stdin.take());
        self.shell.wait()?;
        Ok(())
    }

    /// SIGTERM; returns when it is gone, which it is made to be after `patience`.
    pub(super) fn terminate(mut self, patience: Duration) -> io::Result<()> {
        self.signal("TERM")?;
        let begun = Instant::now();
        while self.is_running() {
            if begun.elapsed() > patience {
                self.kill()?;
                return Err(Error::other("the server did not stop and was killed"));
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    pub(super) fn signal(&mut self, name: &str) -> io::Result<()> {
        // While its shell runs, the number is that of our server and of nobody else.
        if !self.is_running() {
            return Err(Error::other("the server does not run"));
        }
        let status = Command::new("kill").args(["-s", name, &self.pid.to_string()]).status()?;
        if status.success() { Ok(()) } else { Err(Error::other(format!("kill -s {name} failed"))) }
    }

    /// SIGSTOP; returns when none of its threads runs any more.
    pub(super) fn pause(&mut self, patience: Duration) -> io::Result<()> {
        self.signal("STOP")?;
        let begun = Instant::now();
        while !self.is_stopped()? {
            if begun.elapsed() > patience {
                return Err(Error::other("the server did not stop running"));
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    fn is_stopped(&self) -> io::Result<bool> {
        for task in fs::read_dir(format!("/proc/{}/task", self.pid))? {
            // One that ended meanwhile says nothing: it is looked for again.
            let stat = fs::read_to_string(task?.path().join("stat")).unwrap_or_default();
            // The state comes after the name, which is in brackets.
            if !stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('T')) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
