//! Path tricks: an endpoint is reached by its own path alone, so that no other spelling gets past its limit, or past the
//! setting that turns it off.
//!
//! Generated from the table: a new endpoint is covered by being there.

use functions::route::{Endpoint, Row};
use tests::app::{SECRET, TestApp};
use tests::reply::Reply;
use tests::scene::{SETTINGS, Scene, endpoints, has_succeeded};

/// What routers, proxies and decoders have taken for this path.
fn spellings(path: &str) -> Vec<String> {
    // The last part is any text where the path says so.
    let (fixed, rest) = path.split_at(path.find("/{").unwrap_or(path.len()));
    let mut found: Vec<_> = [
        "/",
        "//",
        "/.",
        "/./",
        "/%2e",
        "/..;/",
        "/x/..",
        "/x/%2e%2e",
        ";x",
        ";/x",
        "%20",
        "%00",
        "%09",
        "%0a",
        "%2f",
        "%5c",
        "%3f",
        "%23",
        ".json",
        "\\",
    ]
    .map(|tail| format!("{fixed}{rest}{tail}"))
    .into();
    found.extend(
        ["/", "/.", "/%2e", "/x/..", "/x/%2e%2e", "/x%2f..", "/;", "/\\"]
            .map(|head| format!("{head}{fixed}{rest}")),
    );
    for (at, _) in fixed.match_indices('/') {
        let (before, after) = (&fixed[..at], &fixed[at + 1..]);
        let slashes = [
            "//", "///", "/./", "/%2e/", "/x/../", "/;/", ";x/", "%2f", "%2F", "%252f", "\\", "%5c",
        ];
        found.extend(slashes.map(|slash| format!("{before}{slash}{after}{rest}")));
    }
    for (at, letter) in fixed.char_indices().filter(|(_, letter)| letter.is_ascii_alphabetic()) {
        let (before, after) = (&fixed[..at], &fixed[at + 1..]);
        let code = u32::from(letter);
        for spelling in
            [format!("%{code:02x}"), format!("%25{code:02x}"), letter.to_uppercase().to_string()]
        {
            found.push(format!("{before}{spelling}{after}{rest}"));
        }
    }
    found.push(fixed.to_uppercase() + rest);
    // No request line holds another.
    found.retain(|path| path.starts_with('/'));
    found
}

/// The request that does what the row is for, at another path.
async fn sent(scene: &Scene, row: &Row, endpoint: &Endpoint, path: String) -> Reply {
    let elsewhere = Endpoint { method: endpoint.method, path: path.leak() };
    scene.signed_in(row, &elsewhere).send().await
}

/// Advisory: GHSA-x732-6j76-qmhm (Better Auth)
#[tokio::test]
async fn no_other_spelling_of_a_path_reaches_its_endpoint() {
    let scene = Scene::new().await;
    let before = scene.app.rows().await;
    for (row, endpoint) in endpoints() {
        for path in spellings(endpoint.path) {
            let reply = sent(&scene, row, endpoint, path.clone()).await;

            // Where the path ends with any text, another text is another token.
            let is_another_token = endpoint.path.contains('{') && !has_succeeded(&reply);
            assert!(reply.status == 404 || is_another_token, "{path}: {reply:?}");
        }
    }
    assert_eq!(scene.app.rows().await, before);
}

/// Advisory: GHSA-x732-6j76-qmhm (Better Auth)
#[tokio::test]
async fn no_other_spelling_of_a_path_evades_its_limit() {
    let app = TestApp::with(&[
        ("RATE_LIMIT_ENABLED", "true"),
        ("RATE_LIMIT_RULES", r#"{"/**":{"window":60,"max":1}}"#),
        ("SKIP_TRAILING_SLASHES", "true"),
    ])
    .await;
    let ask = |endpoint: &Endpoint, path: &str| {
        let path = path.replace("{token}", "t");
        app.request(endpoint.method.parse().unwrap(), &path).from("203.0.113.5").send()
    };
    // What has no rule: nothing is guessed there.
    let is_free = |row: &Row| ["ok", "health"].contains(&row.name);
    for (row, endpoint) in endpoints().filter(|(row, _)| !is_free(row)) {
        ask(endpoint, endpoint.path).await;
        assert_eq!(ask(endpoint, endpoint.path).await.status, 429, "{}", row.name);
        for path in spellings(endpoint.path) {
            let reply = ask(endpoint, &path).await;

            assert!([404, 429].contains(&reply.status), "{path}: {reply:?}");
        }
    }
}

/// Advisory: GHSA-x732-6j76-qmhm (Better Auth)
#[tokio::test]
async fn no_spelling_of_a_path_reaches_an_endpoint_that_is_switched_off() {
    for skips in ["false", "true"] {
        let mut scene = Scene::new().await;
        let before = scene.app.rows().await;
        let named = |(_, endpoint): (&Row, &Endpoint)| endpoint.path.strip_prefix("/api/auth");
        let all: Vec<_> = endpoints().filter_map(named).collect();
        let all = all.join(",");
        let off =
            [&SETTINGS[..], &[("DISABLED_PATHS", &all), ("SKIP_TRAILING_SLASHES", skips)]].concat();
        scene.app = scene.app.beside(SECRET, &off);
        for (row, endpoint) in endpoints().filter(|(row, _)| row.name != "health") {
            for path in [vec![endpoint.path.to_owned()], spellings(endpoint.path)].concat() {
                let reply = sent(&scene, row, endpoint, path.clone()).await;

                assert_eq!(reply.status, 404, "{path}: {reply:?}");
            }
        }
        assert_eq!(scene.app.rows().await, before);
    }
}
