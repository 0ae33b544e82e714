//! Addresses that look alike: one account answers to one address, whatever letters it is written with, and its mails go to
//! the address on file.

use serde_json::{Value, json};
use tests::app::{BASE, TestApp};
use tests::scene::{Scene, endpoints};

const MIKE: &str = "mike.skis@kiln.example";
/// What some fold, decoder or mail server makes that address of, or sends along to somebody else.
const ALIASES: [&str; 44] = [
    "m\u{131}ke.skis@kiln.example",
    "M\u{130}KE.SKIS@KILN.EXAMPLE",
    "mi\u{212a}e.skis@kiln.example",
    "mike.\u{17f}kis@kiln.example",
    "mike.skis@k\u{131}ln.example",
    "mike.skis@\u{212a}iln.example",
    "\u{ff4d}ike.skis@kiln.example",
    "mike.skis@\u{ff4b}iln.example",
    "mike.skis\u{ff20}kiln.example",
    "mike\u{ff0e}skis@kiln.example",
    "mike.skis@kiln\u{3002}example",
    "mike.skis@kiln\u{ff61}example",
    "\u{1d426}ike.skis@kiln.example",
    "m\u{456}ke.skis@kiln.example",
    "mi\u{301}ke.skis@kiln.example",
    "mike\u{200b}.skis@kiln.example",
    "mike\u{ad}.skis@kiln.example",
    "\u{202e}mike.skis@kiln.example",
    "\u{feff}mike.skis@kiln.example",
    "mike.skis@kiln.example.",
    "mike.skis@kiln..example",
    "mike.skis@.kiln.example",
    "mike..skis@kiln.example",
    "mike.skis.@kiln.example",
    ".mike.skis@kiln.example",
    "mike.skis(x)@kiln.example",
    "mike.skis@kiln.example(x)",
    "\"mike.skis\"@kiln.example",
    "\"mike.skis@kiln.example\"@evil.example",
    "Mike <mike.skis@kiln.example>",
    "<mike.skis@kiln.example>",
    "mailto:mike.skis@kiln.example",
    "mike.skis@kiln.example,eve@evil.example",
    "mike.skis@kiln.example;eve@evil.example",
    "mike.skis@kiln.example eve@evil.example",
    "mike.skis@kiln.example\r\nBcc: eve@evil.example",
    "mike.skis@kiln.example\nBcc: eve@evil.example",
    "mike.skis@kiln.example\u{0}@evil.example",
    "mike.skis@kiln.example%0aeve@evil.example",
    "mike.skis%40kiln.example@evil.example",
    "evil.example!mike.skis@kiln.example",
    "@evil.example:mike.skis@kiln.example",
    " mike.skis@kiln.example",
    "mike.skis@kiln.example\t",
];

/// The endpoints that take an address, with the field that holds it and the body around it.
fn addressed(scene: &Scene) -> Vec<(&'static str, &'static str, Value)> {
    let posts = endpoints().filter(|(_, endpoint)| endpoint.method == "POST");
    let with_field = posts.filter_map(|(row, endpoint)| {
        let body = scene.body(row.name)?;
        let field = ["email", "newEmail"].into_iter().find(|field| body.get(field).is_some())?;
        Some((endpoint.path, field, body))
    });
    with_field.collect()
}

async fn scene() -> Scene {
    let scene = Scene::new().await;
    scene.app.sign_up(MIKE).await;
    scene
}

/// Advisory: CVE-2019-19844 (Django)
#[tokio::test]
async fn no_look_alike_of_an_address_is_taken_by_any_endpoint() {
    let scene = scene().await;
    let before = scene.app.rows().await;
    let addressed = addressed(&scene);
    assert!(addressed.len() >= 5, "{addressed:?}");
    for (path, field, body) in addressed {
        for alias in ALIASES {
            let mut body = body.clone();
            body[field] = json!(alias);

            let reply = scene.app.act(path, &scene.cookies, &body).send().await;

            assert_eq!(reply.status, 400, "{path} {alias:?} {reply:?}");
            assert!(["VALIDATION_ERROR", "INVALID_EMAIL"].contains(&reply.code().as_str()));
        }
    }
    assert_eq!(scene.app.rows().await, before);
}

/// Advisory: CVE-2023-7028 (GitLab)
#[tokio::test]
async fn several_addresses_at_once_are_no_address() {
    let scene = scene().await;
    let before = scene.app.rows().await;
    for (path, field, body) in addressed(&scene) {
        for addresses in [
            json!([MIKE, "eve@evil.example"]),
            json!([MIKE]),
            json!({ "0": MIKE, "1": "eve@evil.example" }),
            json!([[MIKE, "eve@evil.example"]]),
        ] {
            let mut body = body.clone();
            body[field] = addresses;

            let reply = scene.app.act(path, &scene.cookies, &body).send().await;

            assert_eq!((reply.status, reply.code().as_str()), (400, "VALIDATION_ERROR"), "{path}");
        }
    }
    assert_eq!(scene.app.rows().await, before);
}

/// Advisory: CVE-2023-7028 (GitLab)
#[tokio::test]
async fn of_two_addresses_the_one_whose_token_it_is_gets_the_mail() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    let mallory = app.sign_up("eve@evil.example").await.json()["user"]["id"].clone();
    let body = r#"{"email":"ada@example.com","email":"eve@evil.example"}"#;

    let path = "/api/auth/request-password-reset?email=ada%40example.com";
    let reply = app.post(path).body("application/json", body).send().await;

    assert_eq!(reply.status, 200);
    let mail = app.mail().await;
    assert_eq!((mail.address.as_str(), json!(mail.user_id)), ("eve@evil.example", mallory.clone()));
    assert_eq!(json!(app.text("select value from verification").await), mallory);
}

/// Source: CWE-178
#[tokio::test]
async fn an_address_in_other_case_is_the_same_account_everywhere() {
    let app = TestApp::new().await;
    let cookies = app.sign_up(MIKE).await.cookies();
    for email in ["MIKE.SKIS@KILN.EXAMPLE", "Mike.Skis@kiln.example", "mike.skis@KILN.example"] {
        let body = json!({ "name": "Eve", "email": email, "password": "other password" });
        let again = app.post("/api/auth/sign-up/email").json(&body).send().await;
        let body = json!({ "newEmail": email });
        let changed = app.act("/api/auth/change-email", &cookies, &body).send().await;

        assert_eq!(again.code(), "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL", "{email}");
        assert_eq!(app.sign_in(email, "correct horse").await.status, 200, "{email}");
        assert_eq!(app.sign_in(email, "other password").await.status, 401, "{email}");
        assert_ne!(changed.status, 200, "{email}");
    }
    assert_eq!(app.count(r#"select count(*) from "user""#).await, 1);
}

/// Advisory: CVE-2019-19844 (Django)
#[tokio::test]
async fn a_reset_goes_to_the_address_on_file_and_not_to_the_one_that_was_typed() {
    let app = TestApp::new().await;
    app.sign_up(MIKE).await;

    let body = json!({ "email": "MIKE.skis@KILN.example" });
    let request = app.post("/api/auth/request-password-reset").json(&body).origin(BASE);
    assert_eq!(request.send().await.status, 200);

    assert_eq!(app.mail().await.address, MIKE);
}
