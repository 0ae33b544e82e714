//! Hash floods: however many passwords arrive at once, memory is bounded and the rest of the service answers.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::json;
use tests::app::TestApp;

const SIGN_IN: &str = "/api/auth/sign-in/email";
/// What one of Better Auth's hashes takes: 128 · N · r bytes with N = 16,384 and r = 16 (RFC 7914, section 2).
const MIB_PER_HASH: usize = 32;

/// One hash at a time, of the format that needs most of the machine.
async fn app() -> TestApp {
    let app = TestApp::with(&[("PASSWORD_HASH", "scrypt"), ("HASH_CONCURRENCY", "1")]).await;
    app.sign_up("ada@example.com").await;
    app
}

/// Of this process, in MiB; `None` where the system does not say.
fn resident_mib() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<usize>().ok()? / 1024)
}

/// Source: CWE-400; OWASP Password Storage Cheat Sheet, on denial of service by work factors.
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_sign_ins_is_answered_or_sent_away_in_bounded_memory_and_health_answers() {
    let app = app().await;
    let before = resident_mib();
    let sign_in = |n: usize| {
        let email = if n.is_multiple_of(2) { "ada@example.com" } else { "nobody@example.com" };
        app.post(SIGN_IN).json(&json!({ "email": email, "password": "correct horse" }))
    };

    let flood: Vec<_> = (0..300).map(|n| tokio::spawn(sign_in(n).send_timed())).collect();
    let mut most = 0;
    while !flood.iter().all(tokio::task::JoinHandle::is_finished) {
        let asked = Instant::now();
        assert_eq!(app.get("/health").send().await.status, 200);
        assert_eq!(app.session("").await.text, "null");
        // Behind the hashes it would take ten times as long.
        assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
        most = most.max(resident_mib().unwrap_or(0));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut tally = BTreeMap::<u16, usize>::new();
    for one in flood {
        let (reply, took) = one.await.unwrap();
        assert!(took < Duration::from_secs(6), "{took:?}");
        if reply.status == 503 {
            assert_eq!(reply.code(), "SERVICE_UNAVAILABLE");
            assert_eq!(reply.header("retry-after"), "1");
        }
        *tally.entry(reply.status).or_default() += 1;
    }

    assert!(tally.keys().all(|status| [200, 401, 503].contains(status)), "{tally:?}");
    assert!(tally.contains_key(&200) && tally.contains_key(&503), "{tally:?}");
    if let Some(before) = before {
        // Beside the one hash: what 300 requests need, and what other tests of this process do meanwhile.
        assert!(most < before + 8 * MIB_PER_HASH, "{before} MiB before, {most} MiB in the flood");
    }
    assert_eq!(app.sign_in("ada@example.com", "correct horse").await.status, 200, "and it is over");
}

/// Source: CWE-405, a hang-up costs the client nothing.
#[tokio::test(flavor = "multi_thread")]
async fn who_hangs_up_makes_no_room_for_more_hashes() {
    let app = app().await;
    let before = resident_mib();

    let mut most = 0;
    let mut flood = Vec::new();
    for _ in 0..100 {
        let request = app.post(SIGN_IN).json(&json!({ "email": "x@y.zz", "password": "12345678" }));
        // Long enough to have a turn, and not to see the end of its hash.
        flood.push(tokio::spawn(tokio::time::timeout(Duration::from_millis(80), request.send())));
        tokio::time::sleep(Duration::from_millis(5)).await;
        most = most.max(resident_mib().unwrap_or(0));
    }
    for one in flood {
        let _ = one.await.unwrap();
    }

    if let Some(before) = before {
        assert!(most < before + 8 * MIB_PER_HASH, "{before} MiB before, {most} MiB in the flood");
    }
    // The queue is empty again: nobody's place is held by who has left.
    assert_eq!(app.sign_in("ada@example.com", "correct horse").await.status, 200);
}
