//! Spoofed addresses: one client has one counter, and nobody picks another's. core.md §18.4

use tests::app::TestApp;

/// One that no test fills, so that the counter's name is all that matters.
const RULES: &str = r#"{"/get-session":{"window":60,"max":1000000}}"#;
const SETTINGS: [(&str, &str); 2] = [("RATE_LIMIT_ENABLED", "true"), ("RATE_LIMIT_RULES", RULES)];

/// The addresses that were counted, with how often.
async fn counted(app: &TestApp) -> Vec<(String, i32)> {
    let statement = r#"select split_part(key, '|', 1), count from "rateLimit" order by key"#;
    sqlx::query_as(statement).fetch_all(&app.db).await.unwrap()
}

/// Sends requests from a peer, each with its headers.
async fn send(app: &TestApp, peer: &str, headers: &[Vec<(&'static str, String)>]) {
    for headers in headers {
        let request = app.get("/api/auth/get-session").from(peer);
        let request =
            headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
        assert_eq!(request.send().await.status, 200);
    }
}

/// Headers by which proxies of all kinds name a client.
const NAMES: [&str; 15] = [
    "x-forwarded-for",
    "x-real-ip",
    "forwarded",
    "cf-connecting-ip",
    "cf-connecting-ipv6",
    "true-client-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "fastly-client-ip",
    "fly-client-ip",
    "x-forwarded",
    "forwarded-for",
    "x-original-forwarded-for",
    "x-appengine-user-ip",
    "x-vercel-forwarded-for",
];

/// What a client may write before the address that its proxy adds.
fn hearsay() -> Vec<String> {
    let victim = "198.51.100.9";
    let mut shapes = vec![
        String::new(),
        ",".into(),
        ",,,".into(),
        "unknown".into(),
        "_hidden".into(),
        "127.0.0.1".into(),
        "localhost".into(),
        "10.0.0.1".into(),
        "::1".into(),
        "for=198.51.100.9;proto=https;by=10.0.0.1".into(),
        "\"198.51.100.9\"".into(),
        "198.51.100.9:443".into(),
        "[2001:db8::9]:443".into(),
        "2001:db8::9%eth0".into(),
        "fe80::1%25eth0".into(),
        "0xc6336409".into(),
        "3325256713".into(),
        "0306.063.0144.011".into(),
        "198.51.100.009".into(),
        "198.51.25609".into(),
        "::ffff:198.51.100.9".into(),
        "::198.51.100.9".into(),
        "64:ff9b::198.51.100.9".into(),
        "198.51.100.9\t".into(),
        "\u{661}\u{669}\u{668}.51.100.9".into(),
        "' or 1=1 --".into(),
        "198.51.100.9|/get-session".into(),
        "x".repeat(5000),
        vec![victim; 500].join(","),
    ];
    shapes.push(victim.into());
    shapes
}

/// Source: CWE-290, CWE-348
#[tokio::test]
async fn whatever_headers_a_client_sends_it_is_counted_under_its_connection() {
    for settings in [&SETTINGS[..], &[SETTINGS[0], SETTINGS[1], ("TRUSTED_PROXIES", "10.0.0.0/8")]]
    {
        let app = TestApp::with(settings).await;
        let says = |value: String| NAMES.map(|name| (name, value.clone())).to_vec();
        let requests: Vec<_> = hearsay().into_iter().map(says).collect();

        send(&app, "203.0.113.5", &requests).await;

        let times = i32::try_from(requests.len()).unwrap();
        assert_eq!(counted(&app).await, [("203.0.113.5".to_owned(), times)]);
    }
}

/// Source: CWE-290, CWE-348
#[tokio::test]
async fn behind_a_proxy_the_address_that_it_adds_is_the_only_one_that_counts() {
    let trusting =
        [SETTINGS[0], SETTINGS[1], ("TRUSTED_PROXIES", "10.0.0.0/8, 2001:db8:ffff::/48")];
    for peer in ["10.0.0.1", "::ffff:10.0.0.1", "2001:db8:ffff::1"] {
        let app = TestApp::with(&trusting).await;
        let mut requests = Vec::new();
        for lie in hearsay() {
            // In one line or in two, by one proxy or by two, and with blanks.
            for line in [
                format!("{lie}, 203.0.113.5"),
                format!("{lie},203.0.113.5"),
                format!("{lie},\t203.0.113.5 \t"),
                format!("{lie}, 203.0.113.5, 10.9.9.9"),
                format!("{lie}, ::ffff:203.0.113.5, 2001:db8:ffff::2"),
            ] {
                requests.push(vec![("x-forwarded-for", line)]);
            }
            requests.push(vec![
                ("x-forwarded-for", lie.clone()),
                ("x-forwarded-for", "203.0.113.5".to_owned()),
                ("x-real-ip", lie),
            ]);
        }

        send(&app, peer, &requests).await;

        let times = i32::try_from(requests.len()).unwrap();
        assert_eq!(counted(&app).await, [("203.0.113.5".to_owned(), times)], "{peer}");
    }
}

#[tokio::test]
async fn every_spelling_of_an_address_and_every_host_of_a_customer_is_one_client() {
    for (spellings, name) in [
        (
            &[
                "203.0.113.5",
                "::ffff:203.0.113.5",
                "::ffff:cb00:7105",
                "0:0:0:0:0:FFFF:203.0.113.5",
            ][..],
            "203.0.113.5",
        ),
        (
            &[
                "2001:db8:1:2::1",
                "2001:DB8:1:2::1",
                "2001:0db8:0001:0002:0000:0000:0000:0001",
                "2001:db8:1:2:0:0:0:1",
                "2001:db8:1:2::0.0.0.1",
                "2001:db8:1:2::",
                "2001:db8:1:2:ffff:ffff:ffff:ffff",
                "2001:db8:1:2:dead:beef::",
            ],
            "2001:0db8:0001:0002:0000:0000:0000:0000",
        ),
    ] {
        let direct = TestApp::with(&SETTINGS).await;
        let behind = [SETTINGS[0], SETTINGS[1], ("TRUSTED_PROXIES", "10.0.0.1")];
        let behind = TestApp::with(&behind).await;
        for spelling in spellings {
            send(&direct, spelling, &[vec![]]).await;
            send(&behind, "10.0.0.1", &[vec![("x-forwarded-for", (*spelling).to_owned())]]).await;
        }

        let times = i32::try_from(spellings.len()).unwrap();
        for app in [direct, behind] {
            assert_eq!(counted(&app).await, [(name.to_owned(), times)]);
        }
    }
}

#[tokio::test]
async fn neighbours_have_counters_of_their_own() {
    let app = TestApp::with(&SETTINGS).await;
    let peers =
        ["203.0.113.5", "203.0.113.6", "2001:db8:1:2::1", "2001:db8:1:3::1", "::203.0.113.5"];
    for peer in peers {
        send(&app, peer, &[vec![]]).await;
    }

    let counted = counted(&app).await;

    assert_eq!(counted.len(), peers.len(), "{counted:?}");
    assert!(counted.iter().all(|(_, times)| *times == 1), "{counted:?}");
}

/// A proxy that writes what is no address names nobody: such requests fill no counter of others, and
/// none of the proxy's.
#[tokio::test]
async fn what_is_no_address_is_nobodys_counter() {
    let app = TestApp::with(&[SETTINGS[0], SETTINGS[1], ("TRUSTED_PROXIES", "10.0.0.1")]).await;
    let requests: Vec<_> = [
        "203.0.113.5:443",
        "[2001:db8::5]",
        "[2001:db8::5]:443",
        "2001:db8::5%eth0",
        "2001:db8::5/64",
        "203.0.113.5/32",
        "203.0.113.005",
        "0313.0.0161.05",
        "203.0.28933",
        "0xcb007105",
        "203.0.113.5.",
        "203.0.113.5 ?",
        "203.0.113",
        "\"203.0.113.5\"",
        "for=203.0.113.5",
        "unknown",
        "10.0.0.1",
        "",
        "203.0.113.9, 203.0.113.5:443",
        "203.0.113.9, ",
    ]
    .map(|value| vec![("x-forwarded-for", value.to_owned())])
    .into();

    send(&app, "10.0.0.1", &requests).await;
    send(&app, "10.0.0.1", &[vec![]]).await;

    assert_eq!(counted(&app).await, []);
}

/// The paths of one endpoint are one counter, however they are written.
#[tokio::test]
async fn no_spelling_of_a_path_gives_a_client_a_second_counter() {
    let app = TestApp::with(&[SETTINGS[0], SETTINGS[1], ("SKIP_TRAILING_SLASHES", "true")]).await;
    let mut answered = 0;
    for path in [
        "/api/auth/get-session",
        "/api/auth/session",
        "/api/auth/get-session/",
        "/api/auth/session/",
        "/api/auth/get-session?x=1",
        "/api/auth/get-session?disableCookieCache=true",
        "/api/auth/GET-SESSION",
        "/api/auth//get-session",
        "/api/auth/get%2dsession",
        "/api/auth/./get-session",
        "/api/auth/x/../get-session",
        "/api/auth/get-session;x",
        "//api/auth/get-session",
    ] {
        let status = app.get(path).from("203.0.113.5").send().await.status;
        assert!([200, 404].contains(&status), "{path}");
        answered += i32::from(status == 200);
    }

    assert_eq!(answered, 6);
    let keys = r#"select string_agg(key, ' ') from "rateLimit""#;
    assert_eq!(app.text(keys).await, "203.0.113.5|/get-session");
    assert_eq!(counted(&app).await, [("203.0.113.5".to_owned(), answered)]);
}
