//! `cargo run` as a user meets it: the program itself, in an empty folder, with nothing set.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

const SIGN_UP: &str = r#"{"email":"test@example.com","password":"password123","name":"Test User"}"#;
const SIGN_IN: &str = r#"{"email":"test@example.com","password":"password123"}"#;

/// The "Complete .env Template" of the plan that Latchkey follows, to the letter.
const SEEDS_TEMPLATE: &str = "\
# Database
DATABASE_URL=postgresql://postgres:postgres@postgres:5432/app
REDIS_URL=redis://redis:6379/0

# Auth Server
BETTER_AUTH_SECRET=<generate-with-openssl-rand-base64-32>
PUBLIC_URL=http://localhost:4000
CORS_ORIGIN=http://localhost:3000
AUTH_PORT=4000

# Frontend
VITE_AUTH_URL=http://localhost:4000
VITE_API_URL=http://localhost:8000
FRONTEND_PORT=3000

# Backend
AUTH_SERVER_URL=http://auth-server:4000
BACKEND_PORT=8000
";

/// A folder of the test's own.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("latchkey-{}", shared::token::random()));
        std::fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    /// The program in this folder, with these variables and no others.
    fn latchkey(&self, variables: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_latchkey"));
        command.current_dir(&self.0).env_clear().envs(variables.iter().copied());
        command
    }

    fn run(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Output {
        self.latchkey(variables).args(arguments).output().unwrap()
    }

    fn serve(&self, variables: &[(&str, &str)]) -> Server {
        Server::start(self.latchkey(variables).stderr(Stdio::null()))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

struct Server {
    child: Child,
    address: String,
}

impl Server {
    /// On a free port, once it says where it listens.
    fn start(command: &mut Command) -> Self {
        let mut child = command.env("AUTH_PORT", "0").stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines.find_map(|line| address_in(&line.ok()?));
        Self { child, address: address.expect("it says where it listens") }
    }

    /// The same, with what it says on stdout kept in a file.
    fn start_with(command: &mut Command, output: &Path) -> Self {
        let file = std::fs::File::create(output).unwrap();
        let mut child = command.env("AUTH_PORT", "0").stdout(file).spawn().unwrap();
        let address = loop {
            assert!(child.try_wait().unwrap().is_none(), "it does not start");
            let text = std::fs::read_to_string(output).unwrap();
            if let Some(address) = text.lines().find_map(address_in) {
                break address;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        };
        Self { child, address }
    }

    fn request(&self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
             content-length: {length}\r\n{headers}\r\n{body}"
        )
        .unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        Answer { head: head.to_owned(), body: body.to_owned() }
    }

    fn post(&self, path: &str, body: &str) -> Answer {
        self.request("POST", path, "content-type: application/json\r\n", body)
    }

    fn session(&self, cookie: &str) -> Answer {
        self.request("GET", "/api/auth/session", &format!("cookie: {cookie}\r\n"), "")
    }

    /// As Ctrl-C does.
    fn interrupt(&mut self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        let status = self.child.wait().unwrap();
        assert!(status.success(), "it stops cleanly: {status}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where it says that it listens.
fn address_in(line: &str) -> Option<String> {
    line.strip_prefix("Latchkey listens on http://").map(str::to_owned)
}

struct Answer {
    head: String,
    body: String,
}

impl Answer {
    fn status(&self) -> &str {
        self.head.split(' ').nth(1).unwrap()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    fn cookie(&self) -> String {
        self.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
    }
}

fn text(output: &Output) -> String {
    [&output.stdout[..], &output.stderr[..]].map(String::from_utf8_lossy).concat()
}

#[test]
fn the_seeds_four_requests_work_and_everything_outlives_the_process() {
    let folder = Folder::new();
    let mut server = folder.serve(&[]);

    assert_eq!(server.post("/api/auth/sign-up/email", SIGN_UP).status(), "200");
    let cookie = server.post("/api/auth/sign-in/email", SIGN_IN).cookie();
    assert!(server.session(&cookie).body.contains("test@example.com"));
    let kept = server.post("/api/auth/sign-in/email", SIGN_IN).cookie();
    let signed_out =
        server.request("POST", "/api/auth/sign-out", &format!("cookie: {cookie}\r\n"), "");
    assert_eq!(signed_out.body, r#"{"success":true}"#);
    assert_eq!(server.session(&cookie).body, "null");

    server.interrupt();
    let mut server = folder.serve(&[]);
    assert!(server.session(&kept).body.contains("test@example.com"), "after Ctrl-C");

    server.child.kill().unwrap();
    server.child.wait().unwrap();
    let server = folder.serve(&[]);
    assert!(server.session(&kept).body.contains("test@example.com"), "after kill -9");
}

#[test]
fn sql_looks_into_the_embedded_database_also_while_it_serves() {
    let folder = Folder::new();
    let sql = |statement| text(&folder.run(&[], &["sql", statement]));
    assert!(sql(r#"select count(*) from "user""#).contains("count\n-----\n0\n"));

    let server = folder.serve(&[]);
    server.post("/api/auth/sign-up/email", SIGN_UP);

    let rows =
        sql(r#"select email, "emailVerified" from "user"; select "providerId" from account"#);
    assert!(rows.contains("email            | emailVerified\n"), "{rows}");
    assert!(rows.contains("test@example.com | f\n") && rows.contains("\ncredential\n"), "{rows}");
    let failed = folder.run(&[], &["sql", "select nonsense"]);
    assert!(!failed.status.success() && text(&failed).contains("nonsense"));

    for statements in ["begin; select 1", "begin; select 1/0", "set search_path to nowhere"] {
        sql(statements);
        assert_eq!(server.post("/api/auth/sign-in/email", SIGN_IN).status(), "200", "{statements}");
    }

    let console = std::fs::read_to_string(folder.0.join(".latchkey/console")).unwrap();
    let (port, _) = console.split_once(' ').unwrap();
    let mut stranger = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    stranger.write_all(b"guess\nselect 1").unwrap();
    stranger.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = String::new();
    let _ = stranger.read_to_string(&mut answer);
    assert_eq!(answer, "", "without the password it says nothing");
}

#[cfg(unix)]
#[test]
fn what_is_kept_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new();
    let _server = folder.serve(&[]);
    for name in ["secret", "console"] {
        let metadata = std::fs::metadata(folder.0.join(".latchkey").join(name)).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_second_server_on_one_folder_says_what_is_the_matter() {
    let folder = Folder::new();
    let _server = folder.serve(&[]);

    let second = folder.run(&[("AUTH_PORT", "0")], &[]);

    let said = text(&second);
    assert!(!second.status.success() && said.contains("another `cargo run`"), "{said}");
}

#[test]
fn a_taken_port_is_named_with_its_cure() {
    let folder = Folder::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();

    let output = folder.run(&[("AUTH_PORT", &port)], &[]);

    let said = text(&output);
    assert!(!output.status.success() && said.contains("set AUTH_PORT"), "{said}");
}

#[test]
fn a_server_is_asked_whether_it_answers() {
    let folder = Folder::new();
    let mut server = folder.serve(&[]);
    let (_, port) = server.address.rsplit_once(':').unwrap();
    let port = port.to_owned();
    let ask = |host| {
        let output = folder.run(&[("HOST", host), ("AUTH_PORT", &port)], &["health"]);
        (output.status.code(), text(&output))
    };

    for host in ["", "0.0.0.0", "127.0.0.1"] {
        assert_eq!(ask(host), (Some(0), String::new()), "HOST={host}");
    }
    server.interrupt();
    let (code, said) = ask("0.0.0.0");
    assert!(code == Some(1) && said.contains("/health does not answer"), "{said}");

    let stranger = std::net::TcpListener::bind(format!("127.0.0.1:{port}")).unwrap();
    let answers = std::thread::spawn(move || {
        let (mut stream, _) = stranger.accept().unwrap();
        stream.write_all(b"HTTP/1.1 503 Service Unavailable\r\n\r\n").unwrap();
        let _ = stream.read(&mut [0; 512]);
    });
    let (code, said) = ask("0.0.0.0");
    assert!(code == Some(1) && said.contains("503"), "{said}");
    answers.join().unwrap();
}

#[test]
fn the_seeds_env_file_is_read_and_its_placeholder_refused() {
    let folder = Folder::new();
    assert_eq!(include_str!("../../examples/.env.example"), SEEDS_TEMPLATE);
    std::fs::write(folder.0.join(".env"), SEEDS_TEMPLATE).unwrap();

    let output = folder.run(&[], &[]);

    let said = text(&output);
    assert!(!output.status.success());
    assert!(
        said.contains("BETTER_AUTH_SECRET") && said.contains("openssl rand -base64 32"),
        "{said}"
    );
}

#[test]
fn a_malformed_env_file_is_named_and_not_quoted() {
    let folder = Folder::new();
    std::fs::write(folder.0.join(".env"), "BETTER_AUTH_SECRET='hunter2\n").unwrap();

    let said = text(&folder.run(&[], &[]));

    assert!(said.contains(".env") && !said.contains("hunter2"), "{said}");
}

#[test]
fn production_brings_its_own_secret_and_database() {
    let folder = Folder::new();

    let output = folder.run(&[("NODE_ENV", "production")], &[]);

    let said = text(&output);
    assert!(!output.status.success() && said.contains("DATABASE_URL is not set"), "{said}");
    assert!(!folder.0.join(".latchkey").exists(), "nothing was made up");
}

#[test]
fn trusted_origins_may_call_with_credentials_and_others_may_not() {
    let folder = Folder::new();
    let server = folder.serve(&[("CORS_ORIGIN", "http://localhost:3000,https://app.example.com")]);
    let preflight = |origin: &str| {
        let headers = format!(
            "origin: {origin}\r\naccess-control-request-method: POST\r\n\
             access-control-request-headers: content-type\r\n"
        );
        server.request("OPTIONS", "/api/auth/sign-in/email", &headers, "")
    };

    let trusted = preflight("https://app.example.com");
    assert_eq!(trusted.status(), "200");
    assert_eq!(trusted.header("access-control-allow-origin"), Some("https://app.example.com"));
    assert_eq!(trusted.header("access-control-allow-credentials"), Some("true"));
    assert!(trusted.header("access-control-allow-headers").unwrap().contains("content-type"));
    assert!(trusted.header("vary").unwrap().to_lowercase().contains("origin"));
    assert_eq!(preflight("https://evil.com").header("access-control-allow-origin"), None);

    let headers = "origin: http://localhost:3000\r\ncontent-type: application/json\r\n";
    let answer = server.request("POST", "/api/auth/sign-up/email", headers, SIGN_UP);
    assert_eq!(answer.header("access-control-allow-origin"), Some("http://localhost:3000"));
    let exposed = answer.header("access-control-expose-headers").unwrap();
    assert!(exposed.contains("set-auth-token") && exposed.contains("retry-after"), "{exposed}");
}

#[test]
fn the_api_is_described_under_docs_and_on_demand() {
    let folder = Folder::new();
    let server = folder.serve(&[]);

    let page = server.request("GET", "/docs", "", "");
    let described = server.request("GET", "/docs/openapi.json", "", "").body;

    assert!(page.status() == "200" && page.body.contains("/api/auth/sign-in/email"));
    assert_eq!(described, text(&folder.run(&[], &["openapi"])));
}

#[test]
fn hashes_are_measured_for_the_choice_between_them() {
    let folder = Folder::new();

    let output = folder.run(&[], &["calibrate"]);

    let said = text(&output);
    assert!(output.status.success(), "{said}");
    for preset in ["owasp", "asvs", "scrypt"] {
        let of_preset = said.lines().filter(|line| line.starts_with(preset));
        assert_eq!(of_preset.count(), 2, "its time here, and its price on Lambda: {said}");
    }
}

#[test]
fn an_origin_for_everybody_is_refused() {
    let folder = Folder::new();

    let output = folder.run(&[("CORS_ORIGIN", "*")], &[]);

    let said = text(&output);
    assert!(!output.status.success() && said.contains("CORS_ORIGIN"), "{said}");
    assert!(said.contains("would let strangers act for your users"), "{said}");
}

#[test]
fn clients_that_hang_up_take_nothing_along() {
    let folder = Folder::new();
    let server = folder.serve(&[]);
    server.post("/api/auth/sign-up/email", SIGN_UP);

    for n in 0..60 {
        let mut stream = TcpStream::connect(&server.address).unwrap();
        let head = "POST /api/auth/sign-in/email HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json";
        write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{SIGN_IN}", SIGN_IN.len()).unwrap();
        std::thread::sleep(std::time::Duration::from_micros(700 * n));
    }

    assert_eq!(server.post("/api/auth/sign-in/email", SIGN_IN).status(), "200");
}

/// What a connection gets that sends the start of a request and no more, and how long that takes.
fn unfinished(server: &Server, sent: &str) -> (String, std::time::Duration) {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream.set_read_timeout(Some(std::time::Duration::from_secs(30))).unwrap();
    let began = std::time::Instant::now();
    stream.write_all(sent.as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("the server ends it");
    (text, began.elapsed())
}

#[test]
fn clients_that_take_for_ever_are_let_go() {
    let folder = Folder::new();
    let server = folder.serve(&[]);
    let head = "POST /api/auth/sign-in/email HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    let body = format!("{head}content-length: 100\r\n\r\n{{");

    std::thread::scope(|scope| {
        let stalled: Vec<_> =
            ["", head, &body].map(|sent| scope.spawn(|| unfinished(&server, sent))).into();
        assert_eq!(server.post("/api/auth/sign-in/email", SIGN_IN).status(), "401");
        for client in stalled {
            let (text, taken) = client.join().unwrap();
            assert!(taken < std::time::Duration::from_secs(15), "{taken:?} {text}");
            assert!(!text.contains("HTTP/1.1 5") || text.contains("HTTP/1.1 503"), "{text}");
        }
    });
}

#[test]
fn cookies_that_pages_will_not_get_are_warned_of() {
    let folder = Folder::new();
    let log = folder.0.join("log");
    let file = std::fs::File::create(&log).unwrap();
    let pages = ("CORS_ORIGIN", "http://localhost:3000,https://app.example.com");

    Server::start(folder.latchkey(&[pages]).stderr(file)).interrupt();

    let log = std::fs::read_to_string(&log).unwrap();
    let warned: Vec<_> = log.lines().filter(|line| line.contains("WARN")).collect();
    assert_eq!(warned.len(), 1, "{log}");
    assert!(warned[0].contains("pages of https://app.example.com:"), "{log}");
}

#[test]
fn settings_are_inspected_before_they_are_deployed() {
    let folder = Folder::new();
    let inspect = |pages| {
        let settings = [("PUBLIC_URL", "https://auth.example.org"), ("CORS_ORIGIN", pages)];
        let output = folder.run(&settings, &["inspect"]);
        (output.status.code(), text(&output))
    };

    let (status, said) = inspect("https://www.example.org");
    assert_eq!((status, said.trim()), (Some(0), "Nothing stands in the way."));
    let (status, said) = inspect("https://www.example.org,https://app.example.com");
    assert!(status == Some(1) && said.contains("pages of https://app.example.com:"), "{said}");
    assert!(!folder.0.join(".latchkey").exists(), "no database was made");
}

/// A database of the test's own, in the server of the tests.
struct Database {
    runtime: tokio::runtime::Runtime,
    server: sqlx::postgres::PgConnectOptions,
    name: String,
    url: String,
}

impl Database {
    #[expect(clippy::disallowed_methods, reason = "the one variable that these tests read")]
    fn create(statements: &str) -> Self {
        let server = std::env::var("TEST_DATABASE_URL").expect("tests/with-postgres sets it");
        let name = format!("laptop_{}", shared::token::random().to_lowercase());
        let url = format!("{}/{name}", server.rsplit_once('/').unwrap().0);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let database = Self { runtime, server: server.parse().unwrap(), name, url };
        database.run(&database.server, &format!("create database {}", database.name));
        database.run(&database.url.parse().unwrap(), statements);
        database
    }

    fn run(&self, options: &sqlx::postgres::PgConnectOptions, statements: &str) {
        use sqlx::{ConnectOptions, Connection};
        self.runtime.block_on(async {
            let mut connection = options.connect().await.unwrap();
            sqlx::raw_sql(statements).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        });
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.run(&self.server, &format!("drop database {} with (force)", self.name));
    }
}

#[test]
fn a_database_is_inspected_and_the_exit_status_says_how_it_stands() {
    let folder = Folder::new();
    let (empty, serial) = (
        Database::create(""),
        Database::create(r#"create table "user" (id serial primary key, email text unique)"#),
    );
    let inspect = |arguments: &[&str], settings: &[(&str, &str)]| {
        let output = folder.run(settings, &[&["inspect"], arguments].concat());
        (output.status.code(), text(&output))
    };

    let (status, said) = inspect(&[&empty.url], &[]);
    assert_eq!(status, Some(0), "{said}");
    assert!(
        said.contains("create table latchkey_outbox") && said.ends_with("in the way.\n"),
        "{said}"
    );

    let (status, said) = inspect(&[&serial.url], &[]);
    assert_eq!(status, Some(1), "{said}");
    assert!(
        said.contains(r#"ids are integer ("user".id)"#) && said.ends_with("Not ready.\n"),
        "{said}"
    );

    let from_variable = [("DATABASE_URL", serial.url.as_str())];
    let (status, said) = inspect(&["--json"], &from_variable);
    let report: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!((status, &report["isReady"]), (Some(1), &serde_json::json!(false)));
    assert_eq!(report["findings"][0]["code"], "UNSUPPORTED_IDS");

    for wrong in [
        &["postgres://postgres:canary@127.0.0.1:1/none"][..],
        &["mysql://root:canary@localhost/x"],
        &[&empty.url, &serial.url],
        &["--jsn"],
    ] {
        let output = folder.run(&[], &[&["inspect"], wrong].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{wrong:?} {said}");
        assert!(said.starts_with("latchkey: ") && !said.contains("canary"), "{said}");
    }
    assert!(!folder.0.join(".latchkey").exists(), "no database was made");
}

#[test]
fn a_database_that_cant_be_served_is_not_touched() {
    let folder = Folder::new();
    let issuer = Database::create(
        r#"create table account (id text primary key, "accountId" text, "providerId" text, "userId" text,
             scope text, password text, "createdAt" timestamptz, "updatedAt" timestamptz, issuer text not null)"#,
    );
    let settings = [("DATABASE_URL", issuer.url.as_str())];

    for arguments in [&["migrate"][..], &[]] {
        let refused = folder.run(&settings, arguments);
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(!refused.status.success() && said.contains("--default-issuer"), "{said}");
    }
    // It fails if there is one.
    issuer.run(
        &issuer.url.parse().unwrap(),
        "create table _sqlx_migrations (); drop table _sqlx_migrations",
    );
    let migrated = folder.run(&settings, &["migrate", "--default-issuer"]);
    assert!(migrated.status.success(), "{migrated:?}");
}

#[test]
fn nothing_that_is_secret_is_logged() {
    let folder = Folder::new();
    let log = folder.0.join("log");
    let file = std::fs::File::create(&log).unwrap();
    let mut server = Server::start(folder.latchkey(&[("LOG_LEVEL", "trace")]).stderr(file));

    server.post("/api/auth/sign-up/email?canary=in-the-url", SIGN_UP);
    let cookie = server.post("/api/auth/sign-in/email", SIGN_IN).cookie();
    server.session(&cookie);
    server.post(
        "/api/auth/sign-in/email",
        r#"{"email":"test@example.com","password":"canary-wrong"}"#,
    );
    server.interrupt();

    let log = std::fs::read_to_string(&log).unwrap();
    let secret = std::fs::read_to_string(folder.0.join(".latchkey/secret")).unwrap();
    let token = cookie.split_once('=').unwrap().1.split('.').next().unwrap();
    assert!(log.contains("sign_in_email") && log.contains("401"), "{log}");
    for canary in ["password123", "canary", token, secret.trim(), "$argon2", "/api/auth"] {
        assert!(!log.contains(canary), "{canary} is in the log");
    }
}

#[test]
fn audit_events_are_readable_and_metrics_come_where_they_are_wanted() {
    for (settings, are_wanted) in
        [(&[][..], false), (&[("METRICS_SERVICE", "on-a-laptop")][..], true)]
    {
        let folder = Folder::new();
        let path = |name: &str| folder.0.join(name);
        let mut server = Server::start_with(
            folder.latchkey(settings).stderr(std::fs::File::create(path("log")).unwrap()),
            &path("output"),
        );

        server.post("/api/auth/sign-up/email", SIGN_UP);
        server.post("/api/auth/sign-in/email", SIGN_IN);
        server.interrupt();

        let log = std::fs::read_to_string(path("log")).unwrap();
        let event = log.lines().find(|line| line.contains("audit=\"sign_in\"")).unwrap();
        for part in ["INFO", "outcome=\"success\"", "user_id=", "ip_address=\"127.0.0.1\""] {
            assert!(event.contains(part), "{event}");
        }
        let output = std::fs::read_to_string(path("output")).unwrap();
        let metrics: Vec<_> = output.lines().filter(|line| line.starts_with('{')).collect();
        assert_eq!(
            metrics.iter().any(|line| line.contains("\"SignIns\":1")),
            are_wanted,
            "{output}"
        );
        assert_eq!(metrics.is_empty(), !are_wanted, "{output}");
    }
}

#[test]
fn a_mail_arrives_in_the_inbox_and_its_link_in_no_log() {
    let folder = Folder::new();
    let log = folder.0.join("log");
    let file = std::fs::File::create(&log).unwrap();
    let mut server = Server::start(folder.latchkey(&[("LOG_LEVEL", "trace")]).stderr(file));
    server.post("/api/auth/sign-up/email", SIGN_UP);
    folder.run(
        &[],
        &[
            "sql",
            "insert into latchkey_outbox (id, kind, user_id, address, base_url, created_at, due_at)
             select 'm1', 'verify-email', id, email, 'http://localhost:4000', now(), now() from \"user\"",
        ],
    );

    let list = || server.request("GET", "/inbox", "accept: application/json\r\n", "").body;
    let started = std::time::Instant::now();
    while list() == "[]" && started.elapsed().as_secs() < 30 {
        std::thread::sleep(std::time::Duration::from_millis(100));
    }

    let list = list();
    let token = list.split("verify-email?token=").nth(1).unwrap().split('&').next().unwrap();
    assert!(list.contains(r#""to":"test@example.com""#), "{list}");
    let mail = server.request("GET", "/inbox/m1", "", "").body;
    assert!(mail.contains("Verify your email address") && mail.contains(token), "{mail}");
    let rebound = server.request("GET", "/inbox", "host: evil.example\r\n", "");
    assert_ne!(rebound.status(), "200");
    server.interrupt();
    let log = std::fs::read_to_string(&log).unwrap();
    assert!(log.contains("a mail was sent") && !log.contains(token), "{log}");
}

#[test]
fn a_mail_server_that_is_none_stops_the_start() {
    let folder = Folder::new();
    let smtp = [("MAIL_TRANSPORT", "smtp"), ("MAIL_FROM", "a@example.com")];

    let missing = text(&folder.run(&smtp, &[]));
    let malformed =
        text(&folder.run(&[&smtp[..], &[("SMTP_URL", "u:hunter2@host")]].concat(), &[]));
    let from = text(&folder.run(
        &[("MAIL_TRANSPORT", "smtp"), ("MAIL_FROM", "me"), ("SMTP_URL", "smtp://localhost")],
        &[],
    ));

    assert!(missing.contains("SMTP_URL is not set"), "{missing}");
    assert!(malformed.contains("SMTP_URL is malformed"), "{malformed}");
    assert!(!malformed.contains("hunter2"), "{malformed}");
    assert!(from.contains("MAIL_FROM is malformed"), "{from}");
}
