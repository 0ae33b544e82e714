//! What every reader of foreign input promises, each as a function of any bytes that panics where the promise is
//! broken. The tests of this package call them with random input, `tests/fuzz` with what a fuzzer comes upon, both
//! after what lies in `corpus`.

#![expect(clippy::unwrap_used, reason = "a broken promise is a panic")]

mod addresses;
mod bodies;
mod headers;
mod places;
mod tokens;

/// A reader with its promises.
#[derive(Debug)]
pub struct Target {
    /// Of its test, its fuzz target and its folder in `corpus`.
    pub name: &'static str,
    /// Panics where a promise is broken.
    pub check: fn(&[u8]),
    /// What random input is made of beside random bytes: without them it would be refused at once.
    pub words: &'static [&'static str],
}

macro_rules! targets {
    ($($name:ident: $check:path, $words:expr;)+) => {
        /// All of them.
        pub const TARGETS: &[Target] =
            &[$(Target { name: stringify!($name), check: $check, words: $words }),+];

        $(
            #[doc = concat!("Panics where `", stringify!($check), "` finds a promise broken.")]
            pub fn $name(data: &[u8]) {
                $check(data);
            }
        )+
    };
}

targets! {
    cookies: headers::cookies, headers::COOKIE_WORDS;
    bearer: headers::bearer, headers::BEARER_WORDS;
    sender: headers::sender, headers::SENDER_WORDS;
    json: bodies::json, bodies::JSON_WORDS;
    form: bodies::form, bodies::FORM_WORDS;
    query: bodies::query, bodies::FORM_WORDS;
    redirect: places::redirect, places::URL_WORDS;
    origin: places::origin, places::URL_WORDS;
    base_url: places::base_url, places::URL_WORDS;
    glob: places::glob, places::GLOB_WORDS;
    email: addresses::email, addresses::EMAIL_WORDS;
    signed: tokens::signed, tokens::TOKEN_WORDS;
    jwt: tokens::jwt, tokens::TOKEN_WORDS;
    jwe: tokens::jwe, tokens::TOKEN_WORDS;
    cached_session: tokens::cached_session, tokens::TOKEN_WORDS;
    keyring: tokens::keyring, tokens::KEYRING_WORDS;
}
