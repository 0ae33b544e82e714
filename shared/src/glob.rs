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

/// Whether a text holds `*` or `?`.
pub fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
}

#[cfg(test)]
mod tests {
    use super::*;

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
