//! Whether two kinds of requests take different times: t-tests on interleaved samples.
//!
//! Samples come in pairs of random order, so that whatever the machine does meanwhile meets both kinds alike. A round
//! is five pairs, and counts with the lower quartile of each kind: on a busy machine every other sample is many times as
//! long as it need be, none is shorter. The slower quarter of the rounds is left out, for both kinds: a round is slow by both.
//!
//! Of the quartiles there are two statistics: Welch's, and the paired one (Ding, Chen, Eisenbarth: Simpler, faster, and
//! more robust t-test based leakage detection, 2016), to which a machine that is slower for a while is no noise. A
//! measurement finds a difference where one of them is beyond 4.5, the threshold of TVLA (Goodwill, Jun, Jaffe,
//! Rohatgi: A testing methodology for side-channel resistance validation, 2011) and of dudect (Reparaz, Balasch,
//! Verbauwhede: Dude, is my code constant time?, 2017).
//!
//! Three measurements of three have to find one, of the same sign. Where there is none, one statistic of
//! 23 rounds is beyond 4.5 by chance in one measurement of 5,000 (Student's t, 22 degrees of freedom), one of two in
//! fewer than one of 2,500, and three in a row of one sign in fewer than one of 10¹⁰.

use std::time::Duration;

use tokio::sync::Mutex;

use crate::database::variable;
use crate::dice::Dice;

/// Beyond this a difference is no chance.
const THRESHOLD: f64 = 4.5;
const MEASUREMENTS: usize = 3;
/// The first round warms connections, statements and caches, and does not count.
const WARM_UP: usize = 1;
const PAIRS_PER_ROUND: usize = 5;

/// A difference that was found in every measurement.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Of each measurement; positive where the first kind took longer.
    pub t: Vec<f64>,
    /// Of each measurement: what both kinds typically took.
    pub typical: Vec<[Duration; 2]>,
}

/// How many rounds a measurement has: 300 samples, and 5,000 where `TEST_LONG` is set.
fn rounds() -> usize {
    if variable("TEST_LONG").is_some() { 500 } else { 30 }
}

/// Measures how long `ask` says that a request of the first kind (`true`) or the second took. The number is that of
/// the pair, another for each. Tests of one process that measure do it one after another.
pub async fn difference(
    seed: u64,
    ask: impl AsyncFn(bool, usize) -> Duration,
) -> Option<Difference> {
    static ALONE: Mutex<()> = Mutex::const_new(());
    let _alone = ALONE.lock().await;
    let mut dice = Dice::new(seed);
    let mut found = Difference { t: Vec::new(), typical: Vec::new() };
    let mut pair = 0;
    for measurement in 0..MEASUREMENTS {
        let mut quartiles = Vec::new();
        let with_warm_up = WARM_UP + rounds();
        for _ in 0..with_warm_up {
            let mut round = [Vec::new(), Vec::new()];
            for _ in 0..PAIRS_PER_ROUND {
                let is_first_first = dice.below(2) == 0;
                for is_first in [is_first_first, !is_first_first] {
                    round[usize::from(!is_first)].push(ask(is_first, pair).await);
                }
                pair += 1;
            }
            quartiles.push(round.map(|took| quantile(took, 4)));
        }
        let quartiles = cropped(quartiles.split_off(WARM_UP));
        let (welch, paired) = (welch(&quartiles), paired(&quartiles));
        let t = if welch.abs() > paired.abs() { welch } else { paired };
        let typical =
            [0, 1].map(|kind| quantile(quartiles.iter().map(|pair| pair[kind]).collect(), 2));
        println!(
            "measurement {measurement}: Welch {welch:.1}, paired {paired:.1}, typical {typical:?}"
        );
        if t.abs() < THRESHOLD || found.t.first().is_some_and(|first| first * t < 0.0) {
            return None;
        }
        found.t.push(t);
        found.typical.push(typical);
    }
    Some(found)
}

/// Without the slower quarter of the rounds.
fn cropped(mut rounds: Vec<[Duration; 2]>) -> Vec<[Duration; 2]> {
    rounds.sort_by_key(|[first, second]| *first + *second);
    rounds.truncate(rounds.len() - rounds.len() / 4);
    rounds
}

fn welch(rounds: &[[Duration; 2]]) -> f64 {
    let [first, second] = [0, 1].map(|kind| {
        Moments::of(&rounds.iter().map(|round| round[kind].as_secs_f64()).collect::<Vec<_>>())
    });
    (first.mean - second.mean) / (first.error + second.error).sqrt()
}

fn paired(rounds: &[[Duration; 2]]) -> f64 {
    let differences =
        rounds.iter().map(|[first, second]| first.as_secs_f64() - second.as_secs_f64());
    let differences = Moments::of(&differences.collect::<Vec<_>>());
    differences.mean / differences.error.sqrt()
}

/// The mean, and the variance of the mean.
struct Moments {
    mean: f64,
    error: f64,
}

impl Moments {
    #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
    fn of(samples: &[f64]) -> Self {
        let count = samples.len() as f64;
        let mean = samples.iter().sum::<f64>() / count;
        let squares = samples.iter().map(|sample| (sample - mean).powi(2)).sum::<f64>();
        Self { mean, error: squares / (count - 1.0) / count }
    }
}

/// What one of `of` is below.
fn quantile(mut times: Vec<Duration>, of: usize) -> Duration {
    times.sort_unstable();
    times[times.len() / of]
}
