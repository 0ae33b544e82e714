//! Tossed cookies: a cookie that another page planted under a name like ours is not ours.

use tests::app::{BASE, TestApp};

const HTTPS: &str = "https://auth.example.com";

/// The value of the session's cookie, as a browser sends it.
fn value(cookies: &str) -> &str {
    cookies.split("; ").next().unwrap().split_once('=').unwrap().1
}

async fn who(app: &TestApp, cookies: &str) -> String {
    let reply = app.session(cookies).await;
    assert_eq!(reply.status, 200, "{cookies}");
    reply.json()["user"]["email"].as_str().unwrap_or("nobody").to_owned()
}

/// Ada's and Mallory's values, where the cookies' names begin with `__Secure-` and where not.
async fn two(base: &str) -> (TestApp, String, String) {
    let app = TestApp::with(&[("PUBLIC_URL", base)]).await;
    let ada = value(&app.sign_up("ada@example.com").await.cookies()).to_owned();
    let mallory = value(&app.sign_up("mallory@example.com").await.cookies()).to_owned();
    (app, ada, mallory)
}

/// Names that a browser stores without the promises that it keeps for `__Secure-`: it is only the plain
/// spelling, at the very beginning, that an insecure page cannot set.
///
/// Source: RFC 6265bis section 4.1.3, CWE-20
#[tokio::test]
async fn no_blank_before_or_after_a_name_makes_it_another() {
    let blanks = [
        "\u{a0}", "\u{85}", "\u{1680}", "\u{2000}", "\u{2003}", "\u{200a}", "\u{2028}", "\u{2029}",
        "\u{202f}", "\u{205f}", "\u{3000}", "\u{feff}", "\u{200b}",
    ];
    for (base, name) in
        [(HTTPS, "__Secure-better-auth.session_token"), (BASE, "better-auth.session_token")]
    {
        let (app, ada, mallory) = two(base).await;
        for blank in blanks {
            for planted in [format!("{blank}{name}"), format!("{name}{blank}")] {
                let alone = who(&app, &format!("{planted}={mallory}")).await;
                let before = who(&app, &format!("{planted}={mallory}; {name}={ada}")).await;

                assert_eq!(alone, "nobody", "{planted:?}");
                assert_eq!(before, "ada@example.com", "{planted:?}");
            }
        }
        // The blanks of RFC 6265, section 5.2.
        assert_eq!(who(&app, &format!("a=b;  \t{name} \t= {ada} ;c=d")).await, "ada@example.com");
    }
}

/// Source: RFC 6265bis section 4.1.3
#[tokio::test]
async fn a_name_counts_to_the_letter_with_its_prefix() {
    let lookalikes = [
        "__secure-better-auth.session_token",
        "__SECURE-better-auth.session_token",
        "__Host-better-auth.session_token",
        "__Http-better-auth.session_token",
        "__Secure-__Secure-better-auth.session_token",
        "_Secure-better-auth.session_token",
        "__Secure-better-auth.session_token.0",
        "__Secure-better_auth.session_token",
        "__Secure-better-auth.Session_token",
        "__Secure-better-auth%2Esession_token",
        "%5F_Secure-better-auth.session_token",
        "\"__Secure-better-auth.session_token\"",
        "$__Secure-better-auth.session_token",
        "__Secure-better-auth",
        "session_token",
    ];
    for (base, name, other) in [
        (HTTPS, "__Secure-better-auth.session_token", "better-auth.session_token"),
        (BASE, "better-auth.session_token", "__Secure-better-auth.session_token"),
    ] {
        let (app, ada, mallory) = two(base).await;
        for planted in lookalikes.iter().chain([&other]) {
            let alone = who(&app, &format!("{planted}={mallory}")).await;
            let before = who(&app, &format!("{planted}={mallory}; {name}={ada}")).await;
            let after = who(&app, &format!("{name}={ada}; {planted}={mallory}")).await;

            assert_eq!(alone, "nobody", "{base} {planted}");
            assert_eq!([before, after], ["ada@example.com"; 2], "{base} {planted}");
        }
    }
}

/// A browser sends the cookie of the longer path first, then the older one (RFC 6265, section 5.4): the first is
/// the one that counts, in one header or in many, and the second never takes its place.
///
/// Source: CWE-565
#[tokio::test]
async fn of_two_of_one_name_the_first_decides_and_never_a_mixture() {
    let (app, ada, mallory) = two(BASE).await;
    let name = "better-auth.session_token";
    let lines = async |first: &str, second: &str| {
        let request = app.get("/api/auth/get-session");
        let request =
            request.cookie(&format!("{name}={first}")).cookie(&format!("{name}={second}"));
        let reply = request.send().await.json();
        reply["user"]["email"].as_str().unwrap_or("nobody").to_owned()
    };
    for (first, second, expected) in [
        (&*ada, &*mallory, "ada@example.com"),
        (&mallory, &ada, "mallory@example.com"),
        ("forged", &ada, "nobody"),
        ("", &ada, "nobody"),
        (&ada, "forged", "ada@example.com"),
        (&ada, "", "ada@example.com"),
    ] {
        let one = who(&app, &format!("{name}={first}; {name}={second}")).await;
        let between = who(&app, &format!("{name}={first}; x=y; ; {name}={second}")).await;

        assert_eq!([one, between, lines(first, second).await], [expected; 3], "{first} {second}");
    }
}

/// A value that carries `;` or a name of ours ends where the header says so.
///
/// Source: CWE-93
#[tokio::test]
async fn no_value_smuggles_a_second_cookie_in() {
    let (app, ada, mallory) = two(BASE).await;
    let name = "better-auth.session_token";
    for planted in [
        format!("x=1%3B%20{name}={mallory}"),
        format!("x=\"{name}={mallory}\""),
        format!("x={name}={mallory}"),
        format!("x,{name}={mallory}"),
        format!("x=1,{name}={mallory}"),
        format!("={name}={mallory}"),
        name.to_owned(),
        format!("{name}%3D{mallory}"),
    ] {
        assert_eq!(who(&app, &planted).await, "nobody", "{planted}");
        assert_eq!(
            who(&app, &format!("{planted}; {name}={ada}")).await,
            "ada@example.com",
            "{planted}"
        );
    }
}
