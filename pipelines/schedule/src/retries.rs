//! Retries: whether and when a failed run is tried again.

use std::time::Duration;

use contracts::Retry;

/// How often and when a failed run is tried again, if its error says that this can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// How often at the most.
    pub count: u32,
    /// The wait before the first; each one after it is twice as long.
    pub base: Duration,
    /// The longest wait.
    pub cap: Duration,
    /// By how many percent of itself a wait may be shortened at random.
    pub jitter_percent: u32,
}

impl Default for Retries {
    fn default() -> Retries {
        Retries {
            count: 3,
            base: Duration::from_secs(60),
            cap: Duration::from_secs(3600),
            jitter_percent: 25,
        }
    }
}

impl Retries {
    /// How long to wait after the failure number `failures` (the first is 1) before trying again; none
    /// when it is not tried again. `random` is from 0 up to 1.
    pub fn wait(&self, failures: u32, hint: Retry, random: f64) -> Option<Duration> {
        if failures > self.count {
            return None;
        }
        match hint {
            Retry::Never => None,
            // Somebody else was faster: the state has to be read again, not left alone.
            Retry::Now => Some(Duration::ZERO),
            Retry::Later => {
                let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
                let wait = self.base.saturating_mul(doubled).min(self.cap);
                let shorter = random * f64::from(self.jitter_percent) / 100.0;
                Some(wait.mul_f64(1.0 - shorter.clamp(0.0, 1.0)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(retries: Retries, hint: Retry, random: f64, seconds: &[Option<u64>]) {
        let waits: Vec<Option<u64>> = (1..=seconds.len() as u32)
            .map(|failures| retries.wait(failures, hint, random))
            .map(|wait| wait.map(|wait| wait.as_secs()))
            .collect();
        assert_eq!(waits, seconds);
    }

    #[test]
    fn waits_double_up_to_the_cap_and_end_with_the_count() {
        let retries = Retries {
            count: 5,
            base: Duration::from_secs(60),
            cap: Duration::from_secs(600),
            jitter_percent: 25,
        };
        // 60, 120, 240, 480, then 960 capped at 600; a sixth failure is the last.
        let full = [Some(60), Some(120), Some(240), Some(480), Some(600), None];
        check(retries, Retry::Later, 0.0, &full);
        // All of the jitter takes a quarter away: 45, 90, 180, 360, 450.
        let short = [Some(45), Some(90), Some(180), Some(360), Some(450), None];
        check(retries, Retry::Later, 1.0, &short);
        check(
            retries,
            Retry::Now,
            0.5,
            &[Some(0), Some(0), Some(0), Some(0), Some(0), None],
        );
        check(retries, Retry::Never, 0.5, &[None]);
    }

    #[test]
    fn a_wait_that_would_overflow_is_the_cap() {
        let retries = Retries {
            count: u32::MAX,
            ..Retries::default()
        };
        let wait = retries.wait(4_000_000_000, Retry::Later, 0.0);
        assert_eq!(wait, Some(Duration::from_secs(3600)));
    }
}
