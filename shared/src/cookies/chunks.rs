//! A cookie that is too long for one line, in pieces: `<name>.0`, `<name>.1`, … core.md §13.4; at
//! Better Auth `cookies/session-store.ts`.

use std::collections::BTreeMap;

/// The longest line that is written, in bytes: a little under what every browser takes.
const MAX_LINE: usize = 4050;
/// What needs more pieces does not belong in a cookie.
const MAX_CHUNKS: usize = 100;

/// The name under which the space for a piece is measured: no index has more digits.
pub fn longest_name(name: &str) -> String {
    format!("{name}.99")
}

/// The cookies that carry `value`: one of that name, or pieces of it. `empty_line_len` is the length
/// of the `Set-Cookie` line of [`longest_name`], with its attributes and an empty value. `value` is
/// text that needs no percent-encoding.
///
/// `None`, and a warning in the log, where it would take more than 100 pieces.
pub fn split(name: &str, value: &str, empty_line_len: usize) -> Option<Vec<(String, String)>> {
    let size = MAX_LINE.saturating_sub(empty_line_len);
    if value.len() <= size {
        return Some(vec![(name.to_owned(), value.to_owned())]);
    }
    let characters: Vec<char> = value.chars().collect();
    if size == 0 || characters.len().div_ceil(size) > MAX_CHUNKS {
        tracing::warn!(
            cookie = name,
            length = value.len(),
            "the cookie is too long even in pieces and was not set"
        );
        return None;
    }
    let named = |(index, piece)| (format!("{name}.{index}"), String::from_iter::<&[char]>(piece));
    Some(characters.chunks(size).enumerate().map(named).collect())
}

/// The value of a cookie that may have come in pieces: `pairs` are the request's names and decoded
/// values, in their order. The plain name counts first, and the first of it; else the pieces in the
/// order of their numbers, and of each the last. A gap is not noticed: what is joined is signed.
pub fn join<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>, name: &str) -> Option<String> {
    let mut plain = None;
    let mut pieces = BTreeMap::new();
    for (other, value) in pairs {
        if other == name {
            plain.get_or_insert(value);
        } else if let Some(index) = index(other, name) {
            pieces.insert(index, value);
        }
    }
    let joined = match plain {
        Some(value) if !value.is_empty() => value.to_owned(),
        _ => pieces.into_values().collect(),
    };
    (!joined.is_empty()).then_some(joined)
}

/// The number in `<name>.<number>`, written as JavaScript writes it. No higher one is ever set, so none
/// counts: a header of thousands costs no more than one.
pub fn index(chunk: &str, name: &str) -> Option<usize> {
    let digits = chunk.strip_prefix(name)?.strip_prefix('.')?;
    let is_ours = |index: &usize| *index < MAX_CHUNKS && index.to_string() == digits;
    digits.parse().ok().filter(is_ours)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAME: &str = "better-auth.session_data";
    const EMPTY: &str = "better-auth.session_data.99=; Max-Age=300; Path=/; HttpOnly; SameSite=Lax";

    #[test]
    fn a_short_value_is_one_cookie() {
        let longest = "x".repeat(MAX_LINE - EMPTY.len());

        assert_eq!(split(NAME, &longest, EMPTY.len()).unwrap(), [(NAME.to_owned(), longest)]);
        assert_eq!(split(NAME, "", EMPTY.len()).unwrap().len(), 1);
    }

    #[test]
    fn lines_are_as_long_as_better_auths() {
        // contract/transcripts/11-cookies.http: lines of 4049, 4049 and 946 bytes.
        let line = |name: &str, value: &str| {
            format!("{name}={value}; Max-Age=300; Path=/; HttpOnly; SameSite=Lax").len()
        };
        let value = "x".repeat(2 * (MAX_LINE - EMPTY.len()) + 946 - (EMPTY.len() - 1));

        let pieces = split(NAME, &value, EMPTY.len()).unwrap();

        let lines: Vec<_> = pieces.iter().map(|(name, value)| line(name, value)).collect();
        assert_eq!(lines, [4049, 4049, 946]);
        assert_eq!(pieces[2].0, "better-auth.session_data.2");
        assert_eq!(longest_name(NAME).len() + 1, EMPTY.split_once(';').unwrap().0.len());
    }

    #[test]
    fn more_than_a_hundred_pieces_are_none() {
        let split = |length: usize| split(NAME, &"x".repeat(length), MAX_LINE - 10);

        assert_eq!(split(1000).unwrap().len(), 100);
        assert_eq!(split(1001), None);
        assert_eq!(super::split(NAME, "x", MAX_LINE), None);
        assert_eq!(super::split(NAME, "x", MAX_LINE + 1), None);
    }

    #[test]
    fn pieces_are_joined_by_number_and_the_plain_name_comes_first() {
        for (pairs, joined) in [
            (&[("n.10", "c"), ("n.2", "b"), ("n.0", "a")][..], Some("abc")),
            (&[("n.0", "old"), ("n.0", "new")], Some("new")),
            (&[("n.0", "piece"), ("n", "plain"), ("n", "later")], Some("plain")),
            (&[("n", ""), ("n", "later"), ("n.0", "piece")], Some("piece")),
            (&[("n.01", "x"), ("n.+1", "x"), ("n.", "x"), ("n.-0", "x"), ("nn.1", "x")], None),
            (&[("n.100", "x"), ("n.1.0", "x"), ("n.1e3", "x")], None),
            (&[("n.99", "b"), ("n.7", "a")], Some("ab")),
            (&[("n.0", "")], None),
            (&[], None),
        ] {
            assert_eq!(join(pairs.iter().copied(), "n").as_deref(), joined, "{pairs:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_split_is_joined(value in "[a-zA-Z0-9._-]{1,2000}", empty in 4000_usize..4100) {
            if let Some(pieces) = split("n", &value, empty) {
                let pairs = pieces.iter().rev().map(|(name, value)| (&**name, &**value));
                prop_assert_eq!(join(pairs, "n"), Some(value));
            }
        }

        #[test]
        fn any_text_is_split_and_joined_without_a_panic(
            value in any::<String>(),
            names in proptest::collection::vec(any::<String>(), 0..8),
            empty in any::<usize>(),
        ) {
            split("n", &value, empty);
            join(names.iter().map(|name| (&**name, &*value)), "n");
        }
    }
}
