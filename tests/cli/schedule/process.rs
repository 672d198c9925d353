//! A command that goes on, and what it says while it does.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::house::Told;

/// How long anything may take to happen.
const PATIENCE: Duration = Duration::from_secs(60);

/// A process under way. It is killed when the test is over.
pub struct Process {
    child: Child,
    lines: Receiver<String>,
}

impl Process {
    pub fn start(command: &mut Command) -> Process {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary");
        let out = BufReader::new(child.stdout.take().expect("its output"));
        let (said, lines) = channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                if said.send(line).is_err() {
                    return;
                }
            }
        });
        Process { child, lines }
    }

    /// Waits for a line with `text` in it, and answers how long that took.
    #[track_caller]
    pub fn says(&self, text: &str) -> Duration {
        let begun = Instant::now();
        let mut heard = Vec::new();
        loop {
            let left = PATIENCE.saturating_sub(begun.elapsed());
            let Ok(line) = self.lines.recv_timeout(left) else {
                panic!("it never said `{text}`, but\n{}", heard.join("\n"));
            };
            if line.contains(text) {
                return begun.elapsed();
            }
            heard.push(line);
        }
    }

    /// Kills it so that it cannot do anything about it.
    pub fn kill(mut self) {
        self.child.kill().expect("it lives");
        self.child.wait().expect("its end");
    }

    /// Sends it a signal and waits for its end.
    pub fn ends(mut self, signal: &str) -> Told {
        let id = self.child.id().to_string();
        let sent = Command::new("kill")
            .args([&format!("-{signal}"), &id])
            .status();
        assert!(sent.expect("kill").success());
        let err = self.child.stderr.take().expect("its errors");
        let err = std::io::read_to_string(err).expect("UTF-8");
        let status = self.child.wait().expect("its end");
        Told {
            code: status.code().unwrap_or(-1),
            out: self.lines.try_iter().collect::<Vec<_>>().join("\n"),
            err,
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
