//! Model: whatever is done in whatever order, a session lives as long as a plain model of it says, and a token works
//! once.
//!
//! The operations are drawn from a seed that is printed: `MODEL_SEED=7` draws others, `MODEL_CASES=1000` more.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::json;
use tests::app::{TestApp, TestRequest};
use tests::database::variable;
use tests::reply::Reply;
use time::{Duration, OffsetDateTime};

const USERS: usize = 3;
const LIFE: Duration = Duration::days(7);
const SETTINGS: [(&str, &str); 2] =
    [("DELETE_USER_ENABLED", "true"), ("REVOKE_SESSIONS_ON_PASSWORD_RESET", "true")];

/// Numbers stand for users, sessions and tokens: the one at that place, counted round.
#[derive(Clone, Copy, Debug)]
enum Op {
    SignUp(usize),
    SignIn { user: usize, knows: bool, is_remembered: bool },
    Look(usize),
    Wait(i64),
    SignOut(usize),
    Revoke { by: usize, target: usize },
    RevokeOthers(usize),
    RevokeAll(usize),
    AskReset(usize),
    Reset(usize),
    ChangePassword { by: usize, revokes: bool },
    Delete(usize),
}

fn op() -> impl Strategy<Value = Op> {
    let at = || 0..64_usize;
    prop_oneof![
        2 => (0..USERS).prop_map(Op::SignUp),
        6 => (0..USERS, prop::bool::weighted(0.8), any::<bool>())
            .prop_map(|(user, knows, is_remembered)| Op::SignIn { user, knows, is_remembered }),
        6 => at().prop_map(Op::Look),
        4 => prop::sample::select(vec![1, 3_599, 3_601, 86_399, 86_401, 172_800, 604_799, 604_801]).prop_map(Op::Wait),
        2 => at().prop_map(Op::SignOut),
        3 => (at(), at()).prop_map(|(by, target)| Op::Revoke { by, target }),
        2 => at().prop_map(Op::RevokeOthers),
        1 => at().prop_map(Op::RevokeAll),
        4 => (0..USERS).prop_map(Op::AskReset),
        5 => at().prop_map(Op::Reset),
        2 => (at(), any::<bool>()).prop_map(|(by, revokes)| Op::ChangePassword { by, revokes }),
        1 => at().prop_map(Op::Delete),
    ]
}

/// Draws lists of operations and runs `check` on each; the seed stands in the output of a failure.
fn for_each_list(cases: u32, length: usize, check: impl AsyncFn(Model, Vec<Op>)) {
    let number = |name: &str| variable(name).map(|text| text.parse::<u32>().unwrap());
    let (seed, cases) = (number("MODEL_SEED").unwrap_or(1), number("MODEL_CASES").unwrap_or(cases));
    println!("MODEL_SEED={seed} MODEL_CASES={cases}");
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&seed.to_le_bytes());
    let config =
        Config { cases, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.unwrap();
    let app = Arc::new(runtime.block_on(TestApp::with(&SETTINGS)));
    let lists = AtomicUsize::new(0);
    let result = runner.run(&prop::collection::vec(op(), 1..length), |ops| {
        let model = Model::new(&app, lists.fetch_add(1, Ordering::Relaxed));
        runtime.block_on(check(model, ops));
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("MODEL_SEED={seed}: {error}"));
}

struct Session {
    user: usize,
    cookies: String,
    token: String,
    is_remembered: bool,
    /// When it ends; `None` once something has ended it.
    expires_at: Option<OffsetDateTime>,
}

struct Token {
    user: usize,
    text: String,
    expires_at: Option<OffsetDateTime>,
}

/// What should be, beside the service under test.
struct Model {
    app: Arc<TestApp>,
    /// Which list it is, so that each has users of its own.
    list: usize,
    now: OffsetDateTime,
    /// The password of each user who is there.
    passwords: [Option<String>; USERS],
    sessions: Vec<Session>,
    tokens: Vec<Token>,
    passwords_made: usize,
}

impl Model {
    fn new(app: &Arc<TestApp>, list: usize) -> Self {
        let (app, now, passwords) = (Arc::clone(app), app.clock.now(), [const { None }; USERS]);
        Self { app, list, now, passwords, sessions: vec![], tokens: vec![], passwords_made: 0 }
    }

    fn email(&self, user: usize) -> String {
        format!("user{user}@list{}.example", self.list)
    }

    fn new_password(&mut self) -> String {
        self.passwords_made += 1;
        format!("password number {}", self.passwords_made)
    }

    fn begin(&mut self, user: usize, reply: &Reply, is_remembered: bool, life: Duration) {
        let token = reply.json()["token"].as_str().unwrap().to_owned();
        let (cookies, expires_at) = (reply.cookies(), Some(self.now + life));
        assert!(self.sessions.iter().all(|session| session.token != token), "a token came twice");
        self.sessions.push(Session { user, cookies, token, is_remembered, expires_at });
    }

    fn is_live(&self, at: usize) -> bool {
        self.sessions[at].expires_at.is_some_and(|until| self.now <= until)
    }

    /// What using a session does: one that was last extended a day ago or earlier lasts seven days from now.
    fn extend(&mut self, at: usize) {
        let (is_live, now, session) = (self.is_live(at), self.now, &mut self.sessions[at]);
        if is_live
            && session.is_remembered
            && session.expires_at <= Some(now + LIFE - Duration::DAY)
        {
            session.expires_at = Some(now + LIFE);
        }
    }

    fn end(&mut self, is_meant: impl Fn(usize, &Session) -> bool) {
        for (at, session) in self.sessions.iter_mut().enumerate() {
            if is_meant(at, session) {
                session.expires_at = None;
            }
        }
    }

    fn void_tokens(&mut self, user: usize) {
        for token in self.tokens.iter_mut().filter(|token| token.user == user) {
            token.expires_at = None;
        }
    }

    fn by(&self, at: usize, path: &str, body: &serde_json::Value) -> TestRequest {
        self.app.act(&format!("/api/auth/{path}"), &self.sessions[at].cookies, body)
    }

    /// Sends what an operation is and holds the answer against the model.
    #[expect(clippy::too_many_lines, reason = "an arm for each operation, nothing else")]
    async fn step(&mut self, op: Op) {
        let place = |at: usize, len: usize| at.checked_rem(len);
        let live_session =
            |model: &Self, at| place(at, model.sessions.len()).map(|at| (at, model.is_live(at)));
        match op {
            Op::SignUp(user) => {
                let password = self.new_password();
                let body = json!({ "name": "A", "email": self.email(user), "password": password });
                let reply = self.app.post("/api/auth/sign-up/email").json(&body).send().await;
                assert_eq!(reply.status, if self.passwords[user].is_none() { 200 } else { 422 });
                if reply.status == 200 {
                    self.passwords[user] = Some(password);
                    self.begin(user, &reply, true, LIFE);
                }
            }
            Op::SignIn { user, knows, is_remembered } => {
                let password = self.passwords[user].clone().filter(|_| knows);
                let body = json!({
                    "email": self.email(user), "password": password.as_deref().unwrap_or("no such password"),
                    "rememberMe": is_remembered,
                });
                let reply = self.app.post("/api/auth/sign-in/email").json(&body).send().await;
                assert_eq!(reply.status, if password.is_some() { 200 } else { 401 });
                if reply.status == 200 {
                    let life = if is_remembered { LIFE } else { Duration::DAY };
                    self.begin(user, &reply, is_remembered, life);
                }
            }
            Op::Look(at) => {
                let Some((at, is_live)) = live_session(self, at) else { return };
                let reply = self.app.session(&self.sessions[at].cookies).await;
                assert_eq!(reply.text != "null", is_live);
                self.extend(at);
            }
            Op::Wait(secs) => {
                self.app.clock.advance(Duration::seconds(secs));
                self.now += Duration::seconds(secs);
            }
            Op::SignOut(at) => {
                let Some((at, _)) = live_session(self, at) else { return };
                assert_eq!(self.by(at, "sign-out", &json!({})).send().await.status, 200);
                self.end(|other, _| other == at);
            }
            Op::Revoke { by, target } => {
                let Some((by, is_live)) = live_session(self, by) else { return };
                let target = target % self.sessions.len();
                let body = json!({ "token": self.sessions[target].token });
                let reply = self.by(by, "revoke-session", &body).send().await;
                assert_eq!(reply.status, if is_live { 200 } else { 401 });
                if is_live && self.sessions[by].user == self.sessions[target].user {
                    self.end(|at, _| at == target);
                }
            }
            Op::RevokeOthers(by) | Op::RevokeAll(by) => {
                let Some((by, is_live)) = live_session(self, by) else { return };
                let is_all = matches!(op, Op::RevokeAll(_));
                let path = if is_all { "revoke-sessions" } else { "revoke-other-sessions" };
                let reply = self.by(by, path, &json!({})).send().await;
                assert_eq!(reply.status, if is_live { 200 } else { 401 });
                if is_live {
                    let user = self.sessions[by].user;
                    self.end(|at, session| session.user == user && (is_all || at != by));
                }
            }
            Op::AskReset(user) => {
                let before = self.app.mails().await.len();
                let body = json!({ "email": self.email(user) });
                let reply =
                    self.app.post("/api/auth/request-password-reset").json(&body).send().await;
                assert_eq!(reply.status, 200);
                let mails = self.app.mails().await;
                assert_eq!(mails.len() - before, usize::from(self.passwords[user].is_some()));
                let known = |text: &str| self.tokens.iter().any(|token| token.text == text);
                let own = mails.into_iter().filter(|mail| mail.address == self.email(user));
                let new = own.filter_map(|mail| mail.token).find(|text| !known(text));
                if let Some(text) = new {
                    let expires_at = Some(self.now + Duration::HOUR);
                    self.tokens.push(Token { user, text, expires_at });
                }
            }
            Op::Reset(at) => {
                let Some(at) = place(at, self.tokens.len()) else { return };
                let password = self.new_password();
                let body = json!({ "newPassword": password, "token": self.tokens[at].text });
                let reply = self.app.post("/api/auth/reset-password").json(&body).send().await;
                let works = self.tokens[at].expires_at.is_some_and(|until| self.now <= until);
                assert_eq!(reply.status, if works { 200 } else { 400 }, "{reply:?}");
                if works {
                    let user = self.tokens[at].user;
                    self.passwords[user] = Some(password);
                    self.end(|_, session| session.user == user);
                    self.void_tokens(user);
                }
            }
            Op::ChangePassword { by, revokes } => {
                let Some((by, is_live)) = live_session(self, by) else { return };
                let (new, user) = (self.new_password(), self.sessions[by].user);
                let old =
                    self.passwords[user].clone().unwrap_or_else(|| "gone with the user".into());
                let body = json!({
                    "currentPassword": old, "newPassword": new, "revokeOtherSessions": revokes,
                });
                let reply = self.by(by, "change-password", &body).send().await;
                assert_eq!(reply.status, if is_live { 200 } else { 401 }, "{reply:?}");
                self.extend(by);
                if is_live {
                    self.passwords[user] = Some(new);
                    self.void_tokens(user);
                    if revokes {
                        self.end(|_, session| session.user == user);
                        self.begin(user, &reply, self.sessions[by].is_remembered, LIFE);
                    }
                }
            }
            Op::Delete(by) => {
                let Some((by, is_live)) = live_session(self, by) else { return };
                let user = self.sessions[by].user;
                let password =
                    self.passwords[user].clone().unwrap_or_else(|| "gone with the user".into());
                let reply =
                    self.by(by, "delete-user", &json!({ "password": password })).send().await;
                assert_eq!(reply.status, if is_live { 200 } else { 401 }, "{reply:?}");
                if is_live {
                    self.passwords[user] = None;
                    self.end(|_, session| session.user == user);
                    self.void_tokens(user);
                }
            }
        }
    }

    /// That each session lives or does not, as it should, and that no row is left without its user.
    async fn check(&self) {
        for (at, session) in self.sessions.iter().enumerate() {
            let look = self.app.get("/api/auth/get-session?disableRefresh=true");
            let reply = look.cookie(&session.cookies).send().await;
            assert_eq!(reply.text != "null", self.is_live(at), "session {at}");
        }
        let statement =
            r#"select count(*) from "user" where email like '%@list' || $1 || '.example'"#;
        let users = sqlx::query_scalar(statement).bind(self.list.to_string());
        let users: i64 = users.fetch_one(&self.app.db).await.unwrap();
        let expected = self.passwords.iter().flatten().count();
        assert_eq!(users, i64::try_from(expected).unwrap());
        assert_no_orphans(&self.app).await;
    }
}

async fn assert_no_orphans(app: &TestApp) {
    let orphans = r#"select (select count(*) from session where "userId" not in (select id from "user"))
                          + (select count(*) from account where "userId" not in (select id from "user"))"#;
    assert_eq!(app.count(orphans).await, 0);
}

#[test]
fn sessions_and_tokens_do_what_the_model_says() {
    for_each_list(48, 40, async |mut model, ops| {
        for op in ops {
            model.step(op).await;
        }
        model.check().await;
    });
}

/// All at once, so that no answer is foreseen: what was ended is ended, and every token has one winner at most.
#[test]
fn operations_at_once_leave_nothing_alive_that_was_ended() {
    for_each_list(16, 30, async |mut model, ops| {
        for user in 0..USERS {
            model.step(Op::SignUp(user)).await;
            for _ in 0..3 {
                model.step(Op::SignIn { user, knows: true, is_remembered: true }).await;
            }
            model.step(Op::AskReset(user)).await;
            model.step(Op::AskReset(user)).await;
        }
        let sent: Vec<_> = ops.iter().filter_map(|op| Some((*op, request(&model, *op)?))).collect();
        let (ops, requests): (Vec<_>, Vec<_>) = sent.into_iter().unzip();

        let sent = requests.into_iter().map(|request| tokio::spawn(request.send()));
        let replies: Vec<Reply> = join_all(sent).await.into_iter().map(Result::unwrap).collect();

        let mut winners = vec![0; model.tokens.len()];
        for (op, reply) in ops.iter().zip(&replies) {
            assert!(reply.status < 500, "{op:?} {reply:?}");
            if reply.status != 200 {
                continue;
            }
            let count = model.sessions.len();
            let user = |at: usize| model.sessions[at % count].user;
            let ended = |at: usize| match *op {
                Op::SignOut(by) | Op::RevokeAll(by) if by % count == at => true,
                Op::Revoke { by, target } => target % count == at && user(by) == user(at),
                Op::RevokeOthers(by) => by % count != at && user(by) == user(at),
                Op::RevokeAll(by) | Op::Delete(by) => user(by) == user(at),
                Op::ChangePassword { by, revokes } => revokes && user(by) == user(at),
                Op::Reset(token) => model.tokens[token % model.tokens.len()].user == user(at),
                _ => false,
            };
            if let Op::Reset(token) = op {
                winners[token % model.tokens.len()] += 1;
            }
            for at in (0..count).filter(|at| ended(*at)) {
                let reply = model.app.session(&model.sessions[at].cookies).await;
                assert_eq!(reply.text, "null", "{op:?} ended session {at}");
            }
        }
        assert!(winners.iter().all(|wins| *wins <= 1), "{winners:?}");
        assert_no_orphans(&model.app).await;
    });
}

/// What an operation sends while others run.
fn request(model: &Model, op: Op) -> Option<TestRequest> {
    let (empty, count) = (json!({}), model.sessions.len());
    let by = |at: usize, path: &str, body| model.by(at % count, path, body);
    Some(match op {
        Op::SignUp(_) | Op::SignIn { .. } | Op::Wait(_) | Op::AskReset(_) => return None,
        Op::Look(at) => {
            model.app.get("/api/auth/get-session").cookie(&model.sessions[at % count].cookies)
        }
        Op::SignOut(at) => by(at, "sign-out", &empty),
        Op::Revoke { by: at, target } => {
            by(at, "revoke-session", &json!({ "token": model.sessions[target % count].token }))
        }
        Op::RevokeOthers(at) => by(at, "revoke-other-sessions", &empty),
        Op::RevokeAll(at) => by(at, "revoke-sessions", &empty),
        Op::Reset(at) => {
            let token = &model.tokens[at % model.tokens.len()].text;
            let body = json!({ "newPassword": "battery staple", "token": token });
            model.app.post("/api/auth/reset-password").json(&body)
        }
        Op::ChangePassword { by: at, revokes } => {
            let password = &model.passwords[model.sessions[at % count].user];
            by(
                at,
                "change-password",
                &json!({
                    "currentPassword": password, "newPassword": "battery staple", "revokeOtherSessions": revokes,
                }),
            )
        }
        Op::Delete(at) => {
            let password = &model.passwords[model.sessions[at % count].user];
            by(at, "delete-user", &json!({ "password": password }))
        }
    })
}
