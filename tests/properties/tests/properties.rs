//! Every target of the library with what lies in `corpus`, and then with random input.
//!
//! `TEST_LONG=true` takes more input, and other input each time. What fails belongs into `corpus/<target>`, as a file
//! named after what it is.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use properties::{TARGETS, Target};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

fn corpus(target: &Target) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name);
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Words of the target and a few bytes of any kind, in any order.
fn input(target: &Target) -> impl Strategy<Value = Vec<u8>> {
    let word = select(target.words).prop_map(|word| word.as_bytes().to_vec());
    let piece = prop_oneof![4 => word, 1 => vec(any::<u8>(), 1..8), 1 => "[ -~]{1,8}".prop_map(String::into_bytes)];
    vec(piece, 0..10).prop_map(|pieces| pieces.concat())
}

#[expect(clippy::disallowed_methods, reason = "a test's own")]
fn is_long() -> bool {
    std::env::var("TEST_LONG").is_ok_and(|long| long == "true")
}

fn holds(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let files = corpus(target);
    assert!(!files.is_empty(), "{name} has no corpus");
    for file in files {
        let data = fs::read(&file).unwrap();
        println!("{}", file.display());
        (target.check)(&data);
    }
    let cases = if is_long() { 50_000 } else { 500 };
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = if is_long() {
        TestRunner::new(config)
    } else {
        TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
    };
    let held = runner.run(&input(target), |data| {
        (target.check)(&data);
        Ok(())
    });
    held.unwrap();
}

/// A test for each target; the list is held against the library's by the last.
macro_rules! tests {
    ($($test:ident: $target:literal;)+) => {
        $(#[test] fn $test() { holds($target) })+

        #[test]
        fn every_target_has_a_test() {
            assert!(TARGETS.iter().map(|target| target.name).eq([$($target),+]));
        }
    };
}

tests! {
    cookies_are_read_as_they_were_set_and_no_more_is_read_into_a_header: "cookies";
    a_bearer_token_is_what_stands_behind_its_scheme: "bearer";
    nobody_but_a_trusted_proxy_says_who_somebody_is: "sender";
    json_is_read_as_any_parser_reads_it_but_for_what_is_nested: "json";
    a_form_is_read_again_as_it_was_read: "form";
    a_query_loses_no_pair_and_no_order: "query";
    no_redirect_leads_to_untrusted_ground: "redirect";
    no_untrusted_page_sends_a_cookie: "origin";
    a_base_url_is_read_again_as_it_was_written: "base_url";
    a_pattern_fits_what_its_rule_says: "glob";
    an_address_is_what_zod_takes_for_one_and_nothing_in_it_ends_a_header: "email";
    a_value_counts_with_its_own_signature_alone: "signed";
    a_jwt_counts_as_it_was_signed_alone: "jwt";
    a_jwe_counts_as_it_was_sealed_alone: "jwe";
    a_cached_session_counts_for_its_own_token_alone: "cached_session";
    what_is_no_signing_secret_is_refused_without_a_word_of_it: "keyring";
}

#[test]
fn every_target_is_fuzzed() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
    let manifest = fs::read_to_string(fuzz.join("Cargo.toml")).unwrap();
    let programs: Vec<_> =
        manifest.lines().filter_map(|line| line.strip_prefix("path = \"targets/")).collect();

    assert_eq!(programs.len(), TARGETS.len());
    for (target, program) in TARGETS.iter().zip(programs) {
        assert_eq!(program, format!("{}.rs\"", target.name));
        let source = fs::read_to_string(fuzz.join("targets").join(format!("{}.rs", target.name)));
        assert!(source.unwrap().contains(&format!("properties::{}(data)", target.name)));
    }
}
