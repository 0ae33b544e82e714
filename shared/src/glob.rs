//! Patterns of settings: `*` is any run of characters, `?` is exactly one.

/// Whether the whole of `text` fits `pattern`. `*` crosses everything, also `/` and dots.
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut read) = (0, 0);
    // Where the last `*` stands, and how much of the text was read when it was met.
    let mut star: Option<(usize, usize)> = None;
    while read < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(&c) if c == '?' || c == text[read] => {
                at += 1;
                read += 1;
            }
            _ => {
                // Let the star take one character more, and try again behind it.
                let Some((star_at, taken)) = star else { return false };
                star = Some((star_at, taken + 1));
                at = star_at + 1;
                read = taken + 1;
            }
        }
    }
    pattern[at..].iter().all(|&c| c == '*')
}

/// Whether a whole path fits `pattern`, part by part: `*` crosses no `/`, and a part that is `**` is any
/// number of parts, none as well. Without a `*` a pattern is a path, whatever it holds (as at Better
/// Auth, `utils/wildcard.ts`).
pub fn matches_path(pattern: &str, path: &str) -> bool {
    if !pattern.contains('*') {
        return pattern == path;
    }
    let patterns: Vec<_> = pattern.split('/').collect();
    let parts: Vec<_> = path.split('/').collect();
    parts_match(&patterns, &parts)
}

fn parts_match(patterns: &[&str], parts: &[&str]) -> bool {
    match (patterns.split_first(), parts.split_first()) {
        (None, None) => true,
        (Some((&"**", rest)), _) => {
            parts_match(rest, parts)
                || parts.split_first().is_some_and(|(_, parts)| parts_match(patterns, parts))
        }
        (Some((pattern, patterns)), Some((part, parts))) => {
            matches(pattern, part) && parts_match(patterns, parts)
        }
        _ => false,
    }
}

/// Whether a text holds `*` or `?`.
pub fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_a_path_a_star_stays_in_its_part() {
        for (pattern, path, expected) in [
            ("/list-*", "/list-sessions", true),
            ("/list-*", "/list-x/y", false),
            ("/delete-*", "/delete-user/callback", false),
            ("/delete-user/*", "/delete-user/callback", true),
            ("/delete-user/*", "/delete-user", false),
            ("/deep/**", "/deep", true),
            ("/deep/**", "/deep/x/y", true),
            ("/deep/**", "/deeper", false),
            ("/**/email", "/sign-in/email", true),
            ("/?k", "/ok", false),
            ("/?k*", "/ok", true),
            ("/ok", "/ok", true),
            ("**", "/any/thing", true),
        ] {
            assert_eq!(matches_path(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn stars_cross_everything_and_marks_are_one_character() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("*", "/a/b.c", true),
            ("/sign-in/*", "/sign-in/email", true),
            ("/sign-in/*", "/sign-in", false),
            ("*.b.c", "a.b.c", true),
            ("*.b.c", "x.a.b.c", true),
            ("*.b.c", "b.c", false),
            ("*.b.c", "a.b.c.d", false),
            ("a*b*c", "abbc", true),
            ("a*b*c", "acb", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("?", "ü", true),
            ("**/x", "a/b/x", true),
            ("*a", "aab", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_hostile_text_takes_no_time() {
        assert!(!matches(&format!("{}b", "*a".repeat(50)), &"a".repeat(5_000)));
    }
}
