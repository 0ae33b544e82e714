use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use time::macros::datetime;

use super::*;

/// Real outputs of better-auth 1.7.25.
static VECTORS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("better_auth.json")).unwrap());

const NOW: OffsetDateTime = datetime!(2026-11-23 02:45:01.835 UTC);
const STRATEGIES: [(&str, CacheStrategy); 3] =
    [("compact", CacheStrategy::Compact), ("jwt", CacheStrategy::Jwt), ("jwe", CacheStrategy::Jwe)];

fn keys() -> Keyring {
    Keyring::parse(VECTORS["secret"].as_str().unwrap()).unwrap()
}

fn cache(strategy: CacheStrategy) -> CookieCache {
    CookieCache { strategy, max_age: Duration::minutes(5), version: "1".to_owned() }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// The session and the user that Better Auth wrote into its compact cookie, in its order.
fn written() -> (Value, Value) {
    let json = URL_SAFE_NO_PAD.decode(text(&VECTORS["compact"]["cookie"])).unwrap();
    let json: Value = serde_json::from_slice(&json).unwrap();
    (json["session"]["session"].clone(), json["session"]["user"].clone())
}

fn token() -> String {
    text(&VECTORS["compact"]["token"]).to_owned()
}

fn encoded(strategy: CacheStrategy) -> String {
    let (session, user) = written();
    encode(&keys(), &cache(strategy), &session, &user, true, NOW)
}

fn decoded(strategy: CacheStrategy, cookie: &str, now: OffsetDateTime) -> Option<Cached> {
    decode(&keys(), &cache(strategy), cookie, &token(), Cutoff::at(now))
}

/// How long a cookie made at `NOW` counts.
fn counts_for(strategy: CacheStrategy, cookie: &str) -> Duration {
    let millis = Duration::MILLISECOND;
    let counts = |after: i32| decoded(strategy, cookie, NOW + millis * after).is_some();
    let (mut some, mut none) = (0, 400_000);
    assert!(counts(some) && !counts(none));
    while none - some > 1 {
        let middle = i32::midpoint(some, none);
        *if counts(middle) { &mut some } else { &mut none } = middle;
    }
    millis * some
}

#[test]
fn better_auths_cookies_are_read_as_better_auth_reads_them() {
    for (name, strategy) in STRATEGIES {
        let vector = &VECTORS[name];
        let cookie = text(&vector["cookie"]);

        let cached =
            decode(&keys(), &cache(strategy), cookie, text(&vector["token"]), Cutoff::at(NOW))
                .unwrap();

        assert_eq!(cached.updated_at, NOW);
        let answer = json!({ "session": cached.session, "user": cached.user });
        assert_eq!(answer.to_string(), vector["answer"].to_string(), "{name}");
    }
}

#[test]
fn the_compact_cookie_is_better_auths_byte_for_byte() {
    let (session, user) = written();
    let compact = cache(CacheStrategy::Compact);

    assert_eq!(
        encode(&keys(), &compact, &session, &user, true, NOW),
        text(&VECTORS["compact"]["cookie"])
    );
}

#[test]
fn the_jwt_has_better_auths_claims_in_their_order() {
    let better_auths = keys().verify_jwt(text(&VECTORS["jwt"]["cookie"]), NOW).unwrap();
    let (session, user) = (&better_auths["session"], &better_auths["user"]);

    let ours = encode(&keys(), &cache(CacheStrategy::Jwt), session, user, true, NOW);

    let ours = keys().verify_jwt(&ours, NOW).unwrap();
    assert_eq!(json!(ours).to_string(), json!(better_auths).to_string());
}

#[test]
fn what_is_written_is_read() {
    let (session, user) = written();
    for (_, strategy) in STRATEGIES {
        let cached = decoded(strategy, &encoded(strategy), NOW).unwrap();

        assert_eq!((json!(cached.session), json!(cached.user)), (session.clone(), user.clone()));
        assert_eq!(cached.updated_at, NOW);
    }
}

#[test]
fn a_cookie_ends_when_better_auth_ends_it() {
    // Seen at better-auth 1.7.25: the encrypted form's tolerance does not make it last.
    for (strategy, lasts) in [
        (CacheStrategy::Compact, Duration::milliseconds(300_000)),
        (CacheStrategy::Jwt, Duration::milliseconds(299_164)),
        (CacheStrategy::Jwe, Duration::milliseconds(299_165)),
    ] {
        assert_eq!(counts_for(strategy, &encoded(strategy)), lasts, "{strategy:?}");
    }
}

#[test]
fn a_session_that_is_not_remembered_is_cached_for_a_fixed_time() {
    let (session, user) = written();
    for (strategy, lasts) in [
        (CacheStrategy::Compact, Duration::milliseconds(60_000)),
        (CacheStrategy::Jwt, Duration::milliseconds(299_164)),
        (CacheStrategy::Jwe, Duration::milliseconds(299_165)),
    ] {
        let cache = CookieCache { max_age: Duration::HOUR, ..cache(strategy) };

        let cookie = encode(&keys(), &cache, &session, &user, false, NOW);

        assert_eq!(counts_for(strategy, &cookie), lasts, "{strategy:?}");
    }
    for (name, strategy) in STRATEGIES {
        let vector = &VECTORS[name]["forgotten"];
        let (cookie, token) = (text(&vector["cookie"]), text(&vector["token"]));
        let after = |seconds| NOW + Duration::seconds(seconds);
        let counts =
            |now| decode(&keys(), &cache(strategy), cookie, token, Cutoff::at(now)).is_some();

        let lasts = if strategy == CacheStrategy::Compact { 60 } else { 299 };
        assert!(counts(after(lasts)) && !counts(after(lasts + 1)), "{name}");
    }
}

#[test]
fn a_cookie_counts_for_its_session_version_strategy_and_secret_alone() {
    let other_keys = Keyring::parse("another-secret-another-secret-00").unwrap();
    for (_, strategy) in STRATEGIES {
        let cookie = encoded(strategy);
        let newer = CookieCache { version: "2".to_owned(), ..cache(strategy) };

        assert!(decode(&keys(), &cache(strategy), &cookie, "another", Cutoff::at(NOW)).is_none());
        assert!(decode(&keys(), &newer, &cookie, &token(), Cutoff::at(NOW)).is_none());
        assert!(
            decode(&other_keys, &cache(strategy), &cookie, &token(), Cutoff::at(NOW)).is_none()
        );
        for (_, other) in STRATEGIES.into_iter().filter(|(_, other)| *other != strategy) {
            assert!(decoded(other, &cookie, NOW).is_none());
        }
    }
}

#[test]
fn every_accepted_key_verifies() {
    let rotated = Keyring::parse(&format!(
        r#"[{{"version":1,"value":"{}","accepted_until":"2026-11-23T02:46:00Z"}},
            {{"version":2,"value":"another-secret-another-secret-00"}}]"#,
        text(&VECTORS["secret"])
    ))
    .unwrap();
    for (_, strategy) in STRATEGIES {
        let read =
            |now| decode(&rotated, &cache(strategy), &encoded(strategy), &token(), Cutoff::at(now));

        assert!(read(NOW).is_some(), "{strategy:?}");
        assert!(read(datetime!(2026-11-23 02:46 UTC)).is_none(), "{strategy:?}");
    }
}

#[test]
fn a_cached_session_ends_with_the_session() {
    let (mut session, user) = written();
    session["expiresAt"] = json!("2026-11-23T02:45:01.900Z");
    for (_, strategy) in STRATEGIES {
        let cookie = encode(&keys(), &cache(strategy), &session, &user, true, NOW);

        assert_eq!(counts_for(strategy, &cookie), Duration::milliseconds(65), "{strategy:?}");
    }
}

#[test]
fn a_payload_of_another_shape_does_not_count_even_rightly_signed() {
    let (session, user) = written();
    let whole = json!({ "session": session, "user": user, "updatedAt": 1, "version": "1" });
    let counts = |payload: &Value| {
        let cookie = compact::seal(&keys(), payload.as_object().unwrap(), millis(NOW), NOW);
        decoded(CacheStrategy::Compact, &cookie, NOW).is_some()
    };
    let with = |pointer: &str, value: Value| {
        let mut payload = whole.clone();
        *payload.pointer_mut(pointer).unwrap() = value;
        payload
    };

    assert!(counts(&whole) && counts(&with("/version", json!(""))));
    for (pointer, value) in [
        ("/session", json!(null)),
        ("/user", json!([])),
        ("/updatedAt", json!("1")),
        ("/updatedAt", json!(1e300)),
        ("/version", json!(1)),
        ("/version", json!(null)),
        ("/session/expiresAt", json!(1)),
        ("/session/token", json!(1)),
        ("/user/emailVerified", json!(0)),
    ] {
        assert!(!counts(&with(pointer, value)), "{pointer}");
    }
    for name in ["session", "user", "updatedAt", "version"] {
        let mut payload = whole.clone();
        payload.as_object_mut().unwrap().shift_remove(name);
        assert_eq!(counts(&payload), name == "version", "{name}");
    }
}

#[test]
fn a_lone_surrogate_which_no_row_can_hold_leads_to_the_store() {
    let payload = r#"{"session":{"name":"\ud83d"}}"#;
    let signed = r#"{"session":{"name":"\ud83d"},"expiresAt":9999999999999}"#;
    let signature = URL_SAFE_NO_PAD.encode(keys().signature(signed, NOW));
    let cookie = URL_SAFE_NO_PAD.encode(format!(
        r#"{{"session":{payload},"expiresAt":9999999999999,"signature":"{signature}"}}"#
    ));

    assert_eq!(decoded(CacheStrategy::Compact, &cookie, NOW), None);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-(1_i64 << 53)..=1 << 53).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((any::<String>(), inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Numbers as floats, which is all that JavaScript has: `1` and `1.0` are one.
fn as_javascript(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64().unwrap() + 0.0),
        Value::Array(items) => items.iter().map(as_javascript).collect(),
        Value::Object(object) => Value::Object(
            object.iter().map(|(name, value)| (name.clone(), as_javascript(value))).collect(),
        ),
        other => other.clone(),
    }
}

#[test]
fn a_copy_that_is_not_remembered_lives_no_longer_than_the_setting() {
    for (_, strategy) in STRATEGIES {
        let cache = CookieCache { strategy, max_age: Duration::seconds(2), version: "1".into() };
        for is_remembered in [true, false] {
            assert_eq!(super::lifetime(&cache, is_remembered), Duration::seconds(2));
        }
    }
}

proptest! {
    #[test]
    fn any_additional_field_survives(name in any::<String>(), extra in any_json()) {
        let (mut session, mut user) = written();
        user["name"] = json!(name);
        session["extra"] = extra;
        for (_, strategy) in STRATEGIES {
            let cookie = encode(&keys(), &cache(strategy), &session, &user, true, NOW);
            let cached = decoded(strategy, &cookie, NOW).unwrap();

            prop_assert_eq!(&cached.user["name"], &user["name"]);
            prop_assert_eq!(
                as_javascript(&cached.session["extra"]),
                as_javascript(&session["extra"])
            );
        }
    }

    #[test]
    fn one_changed_character_is_refused(at in any::<prop::sample::Index>(), new in "[A-Za-z0-9._=+/ -]|\\PC") {
        for (_, strategy) in STRATEGIES {
            let mut cookie = encoded(strategy);
            let at = at.index(cookie.len());
            if cookie[at..=at] != new {
                cookie.replace_range(at..=at, &new);
                prop_assert_eq!(decoded(strategy, &cookie, NOW), None, "{}", cookie);
            }
        }
    }

    #[test]
    fn no_text_makes_a_decoder_panic(text in any::<String>(), parts in "[A-Za-z0-9_-]{0,90}(\\.[A-Za-z0-9_-]{0,90}){0,5}") {
        let json = URL_SAFE_NO_PAD.encode(format!(
            r#"{{"session":{text},"expiresAt":{text},"signature":"{text}"}}"#
        ));
        for (_, strategy) in STRATEGIES {
            for cookie in [&text, &parts, &json] {
                prop_assert_eq!(decoded(strategy, cookie, NOW), None);
            }
        }
    }
}
