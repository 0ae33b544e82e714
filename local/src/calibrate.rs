//! What password hashes take on this machine, and what they cost on Lambda: for choosing `PASSWORD_HASH`.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use shared::password::{NewHash, Passwords};

/// Hashes of each preset, after one that warms up; the median counts.
const TIMES: usize = 9;
const PASSWORD: &str = "correct horse battery staple";

/// What a whole processor comes with on Lambda: less memory is a part of one.
const WHOLE_MB: f64 = 1769.0;
/// The sizes that are shown, in MB.
const SIZES: [u16; 6] = [128, 256, 512, 1024, 1769, 3008];
/// What a function holds beside the hash, in MB.
const BESIDE: u16 = 30;
/// Dollars per GB and second on `x86_64`: AWS's list price in us-east-1.
const PRICE: f64 = 0.000_016_666_7;

/// A preset: what it is, and how much memory it takes.
struct Preset {
    name: &'static str,
    is: &'static str,
    new_hash: NewHash,
    mib: u16,
}

const PRESETS: [Preset; 3] = [
    Preset { name: "owasp", is: "argon2id, 2 passes", new_hash: NewHash::OWASP, mib: 19 },
    Preset { name: "asvs", is: "argon2id, 1 pass", new_hash: NewHash::ASVS, mib: 46 },
    Preset { name: "scrypt", is: "Better Auth's", new_hash: NewHash::BetterAuth, mib: 32 },
];

/// Measures each preset, and says what came of it.
///
/// Errors: none but a bug's.
pub async fn run() -> Result<String, shared::Error> {
    let mut measured = Vec::new();
    for preset in &PRESETS {
        measured.push((preset, time(preset.new_hash).await?));
    }
    Ok(text(&measured))
}

/// How long one takes, as a sign-in does it.
async fn time(new_hash: NewHash) -> Result<Duration, shared::Error> {
    let passwords = Passwords::new(new_hash, new_hash.format(), 1);
    let stored = passwords.hash(PASSWORD).await?;
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let started = Instant::now();
        passwords.verify(Some(stored.clone()), PASSWORD).await?;
        times.push(started.elapsed());
    }
    times.sort_unstable();
    Ok(times[TIMES / 2])
}

fn text(measured: &[(&Preset, Duration)]) -> String {
    let mut text = format!(
        "One password on this machine, the median of {TIMES}:\n\n{:28}{:>8}{:>8}{:>22}\n",
        "PASSWORD_HASH", "ms", "MiB", "a second and processor"
    );
    for (Preset { name, is, mib, .. }, time) in measured {
        let (ms, a_second) = (time.as_secs_f64() * 1000.0, 1.0 / time.as_secs_f64());
        let _ = writeln!(text, "{name:8}{is:20}{ms:8.1}{mib:8}{a_second:22.1}");
    }
    text.push_str(
        "\nThe same on Lambda, if its processor is as fast as this one: ms, and dollars for a million\n\
         (us-east-1, x86_64, list price, without the $0.20 for the requests)\n\n",
    );
    let _ = write!(text, "{:8}", "MB");
    for size in SIZES {
        let _ = write!(text, "{size:>14}");
    }
    for (preset, time) in measured {
        let _ = write!(text, "\n{:8}", preset.name);
        for size in SIZES {
            let _ = write!(text, "{:>14}", on_lambda(*time, preset.mib, size));
        }
    }
    text.push('\n');
    text
}

/// Time and price with so much memory. One lane has no use for a second processor.
fn on_lambda(time: Duration, mib: u16, size: u16) -> String {
    if size < mib + BESIDE {
        return "too small".to_owned();
    }
    let slower = (WHOLE_MB / f64::from(size)).max(1.0);
    let secs = time.as_secs_f64() * slower;
    let dollars = 1e6 * secs * f64::from(size) / 1024.0 * PRICE;
    format!("{:.0}  ${dollars:.2}", secs * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_memory_takes_longer_and_costs_the_same() {
        let at = |size| on_lambda(Duration::from_millis(100), 46, size);

        assert_eq!(at(1769), "100  $2.88");
        assert_eq!(at(256), "691  $2.88");
        assert_eq!(at(3008), "100  $4.90");
    }

    #[test]
    fn a_size_that_the_hash_does_not_fit_into_is_none() {
        let at = |mib| on_lambda(Duration::from_millis(100), mib, 128);

        assert_ne!(at(46), "too small");
        assert_eq!(at(120), "too small");
    }
}
