//! Passwords that everybody tries first (NIST SP 800-63B-4, section 3.1.1.2).
//!
//! The list is Django's `common-passwords.txt.gz` as of 5.2 (`contrib/auth`, by Royce Williams; its licence is
//! beside it): of its entries those in ASCII of eight characters or more, sorted by bytes. Only what sets
//! passwords calls [`is_common`], so that no other Lambda carries it.

use std::cmp::Ordering;

use super::normalized;

/// One a line, in lower case.
const LIST: &str = include_str!("common/passwords.txt");

/// A shorter password is not on the list.
pub const SHORTEST: usize = 8;

/// Whether a password is on the list, in whatever case.
pub fn is_common(password: &str) -> bool {
    let wanted = normalized(password).to_ascii_lowercase();
    let mut rest = LIST;
    while !rest.is_empty() {
        // The line in the middle: no index is kept for it.
        let start = rest[..rest.len() / 2].rfind('\n').map_or(0, |line_end| line_end + 1);
        let (before, after) = rest.split_at(start);
        let (line, after) = after.split_once('\n').unwrap_or((after, ""));
        rest = match wanted.as_str().cmp(line) {
            Ordering::Less => before,
            Ordering::Equal => return true,
            Ordering::Greater => after,
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_and_nothing_between_them() {
        let lines: Vec<_> = LIST.lines().collect();
        assert!(lines.len() > 8000);
        assert!(lines.is_sorted_by(|one, next| one < next));
        for line in lines {
            assert!(line.is_ascii() && line.len() >= SHORTEST, "{line}");
            assert!(is_common(line) && is_common(&line.to_uppercase()), "{line}");
            assert!(!is_common(&format!("{line}\n")) && !is_common(&format!("{line}~")), "{line}");
        }
    }

    #[test]
    fn the_whole_password_is_compared_in_any_spelling() {
        for common in ["password1", "PassWord1", "\u{ff30}assword1", "qwertyuiop", "12345678"] {
            assert!(is_common(common), "{common}");
        }
        for other in ["", "\n", "password1 and more", "1password1", "assword1", "correct horse"] {
            assert!(!is_common(other), "{other}");
        }
    }
}
