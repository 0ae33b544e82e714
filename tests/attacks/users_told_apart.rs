//! Users told apart: neither answers, nor statements, nor time say whether an address is somebody's.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use shared::db::Pool;
use tests::app::{TestApp, TestRequest};
use tests::cutter::Cutter;
use tests::database::Database;
use tests::reply::Reply;
use tests::welch;

const ADA: &str = "ada-000000@example.com";
/// Of no session.
const NO_TOKEN: &str = "tttttttttttttttttttttttttttttttt";
/// To be seen by who measures, and far below what a statement takes.
const LEAK: Duration = Duration::from_micros(200);

/// A question that is asked of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    SignIn,
    SignUp,
    RequestPasswordReset,
    SendVerificationEmail,
    ChangeEmail,
}

impl Question {
    const ALL: [Self; 5] = [
        Self::SignIn,
        Self::SignUp,
        Self::RequestPasswordReset,
        Self::SendVerificationEmail,
        Self::ChangeEmail,
    ];

    /// Under which its answer must not tell.
    fn settings(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::SignUp => {
                &[("REQUIRE_EMAIL_VERIFICATION", "true"), ("SEND_VERIFICATION_ON_SIGN_UP", "true")]
            }
            Self::ChangeEmail => &[("CHANGE_EMAIL_ENABLED", "true")],
            Self::SignIn | Self::RequestPasswordReset | Self::SendVerificationEmail => &[],
        }
    }

    /// Asked of an address, by somebody who is signed in where only such may ask.
    fn ask(self, app: &TestApp, asker: &str, email: &str) -> TestRequest {
        match self {
            Self::SignIn => app
                .post("/api/auth/sign-in/email")
                .json(&json!({ "email": email, "password": "wrong password" })),
            Self::SignUp => app
                .post("/api/auth/sign-up/email")
                .json(&json!({ "name": "Ada", "email": email, "password": "correct horse" })),
            Self::RequestPasswordReset => {
                app.post("/api/auth/request-password-reset").json(&json!({ "email": email }))
            }
            Self::SendVerificationEmail => {
                app.post("/api/auth/send-verification-email").json(&json!({ "email": email }))
            }
            Self::ChangeEmail => {
                app.act("/api/auth/change-email", asker, &json!({ "newEmail": email }))
            }
        }
    }
}

/// An address of nobody's, as long as Ada's; another for each number.
fn nobody(n: usize) -> String {
    format!("bob-{n:06}@example.com")
}

/// A service that knows Ada, and somebody who asks.
async fn app(question: Question) -> (TestApp, String, Cutter) {
    let database = Database::create().await;
    database.migrate().await;
    let cutter = Cutter::start(database.direct_options()).await;
    let plain = TestApp::over(database, Pool::new(cutter.options(), 1), question.settings());
    let asker = plain.beside(tests::app::SECRET, &[]).sign_up("eve@example.com").await.cookies();
    plain.beside(tests::app::SECRET, &[]).sign_up(ADA).await;
    (plain, asker, cutter)
}

/// All that an answer says, but for what is random, and for the address, which who asks knows.
fn told(reply: &Reply, email: &str) -> (u16, String, Vec<(String, String)>) {
    let mut body: Value = reply.json();
    if body["user"].is_object() {
        body["user"]["id"] = json!("random");
    }
    let headers = reply.headers.iter().filter(|(name, _)| *name != "x-request-id");
    let headers = headers.map(|(name, value)| (name.to_string(), format!("{value:?}")));
    (reply.status, body.to_string().replace(email, "the address"), headers.collect())
}

/// Source: CWE-204, OWASP ASVS 5.0 section 6.3.8.
#[tokio::test]
async fn the_answer_is_the_same_to_the_byte_whether_or_not_somebody_has_the_address() {
    for question in Question::ALL {
        let (app, asker, _) = app(question).await;

        let known = question.ask(&app, &asker, ADA).send().await;
        let unknown = question.ask(&app, &asker, &nobody(1)).send().await;

        assert!(known.status < 500, "{question:?} {known:?}");
        assert_eq!(told(&known, ADA), told(&unknown, &nobody(1)), "{question:?}");
        assert_eq!(known.text.len(), unknown.text.len(), "{question:?}");
    }
}

/// Source: CWE-204.
#[tokio::test]
async fn as_many_statements_run_whether_or_not_somebody_has_the_address() {
    for question in Question::ALL {
        let (app, asker, cutter) = app(question).await;
        // Whatever is prepared once is prepared.
        question.ask(&app, &asker, ADA).send().await;
        question.ask(&app, &asker, &nobody(0)).send().await;
        let trips = async |email: &str| {
            let before = cutter.trips();
            question.ask(&app, &asker, email).send().await;
            cutter.trips() - before
        };

        let (known, unknown) = (trips(ADA).await, trips(&nobody(1)).await);

        assert!(known > 0, "{question:?}");
        assert_eq!(known, unknown, "{question:?}");
    }
}

/// The difference in time between an address of somebody's and one of nobody's.
async fn difference(question: Question) -> Option<welch::Difference> {
    let database = Database::create().await;
    database.migrate().await;
    let pool = Pool::new(database.direct_options(), 1);
    let app = TestApp::over(database, pool, question.settings());
    let open = app.beside(tests::app::SECRET, &[]);
    let asker = open.sign_up("eve@example.com").await.cookies();
    open.sign_up(ADA).await;
    welch::difference(1, async |is_known, n| {
        let email = if is_known { ADA.to_owned() } else { nobody(n) };
        let (reply, took) = question.ask(&app, &asker, &email).send_timed().await;
        assert!(matches!(reply.status, 200 | 401), "{reply:?}");
        took
    })
    .await
}

/// Source: CWE-208.
#[tokio::test]
async fn signing_in_takes_as_long_whether_or_not_somebody_has_the_address() {
    let found = difference(Question::SignIn).await;
    assert!(found.is_none(), "{found:?}");
}

/// Source: CWE-208.
#[tokio::test]
async fn signing_up_takes_as_long_whether_or_not_somebody_has_the_address() {
    let found = difference(Question::SignUp).await;
    assert!(found.is_none(), "{found:?}");
}

/// Source: CWE-208.
#[tokio::test]
async fn asking_for_a_new_password_takes_as_long_whether_or_not_somebody_has_the_address() {
    let found = difference(Question::RequestPasswordReset).await;
    assert!(found.is_none(), "{found:?}");
}

/// Source: CWE-208.
#[tokio::test]
async fn asking_for_proof_takes_as_long_whether_or_not_somebody_has_the_address() {
    let found = difference(Question::SendVerificationEmail).await;
    assert!(found.is_none(), "{found:?}");
}

/// Source: CWE-208.
#[tokio::test]
async fn changing_the_address_takes_as_long_whether_or_not_somebody_has_the_new_one() {
    let found = difference(Question::ChangeEmail).await;
    assert!(found.is_none(), "{found:?}");
}

/// The time of one request that reaches the database and waits for nothing, with a leak for the first kind.
async fn control(leak: Duration) -> Option<welch::Difference> {
    let app = TestApp::new().await;
    welch::difference(2, async |is_first, _| {
        let started = Instant::now();
        let (reply, _) = app.get("/api/auth/get-session").bearer(NO_TOKEN).send_timed().await;
        assert_eq!(reply.status, 200);
        let answered = Instant::now();
        while is_first && answered.elapsed() < leak {}
        started.elapsed()
    })
    .await
}

#[tokio::test]
async fn the_measurement_finds_a_leak_of_200_microseconds() {
    // A machine that is very busy may hide it for a while.
    for _ in 0..20 {
        if let Some(found) = control(LEAK).await {
            assert!(found.t.iter().all(|t| *t > 0.0), "{found:?}");
            return;
        }
    }
    panic!("a leak that was made is not found");
}

#[tokio::test]
async fn the_measurement_finds_no_difference_where_there_is_none() {
    let found = control(Duration::ZERO).await;
    assert!(found.is_none(), "{found:?}");
}
