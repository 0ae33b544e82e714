//! E-mail addresses, as Better Auth (zod 4) accepts them.

/// Whether `address` is one that sign-up takes.
///
/// Local part: ASCII letters, digits, `_ ' + -` and dots; no leading dot, no two in a row; the last
/// character is none of `.` and `'`. Domain: labels that start with a letter or digit and go on
/// with letters, digits, hyphens, then a last label of at least two letters. Nothing is trimmed.
pub fn is_valid(address: &str) -> bool {
    let Some((local, domain)) = address.split_once('@') else { return false };
    is_local_part(local) && is_domain(domain)
}

fn is_local_part(local: &str) -> bool {
    let is_atom_byte =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'\'' | b'+' | b'-');
    local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atom_byte))
        && !local.ends_with('\'')
}

fn is_domain(domain: &str) -> bool {
    let Some((labels, last)) = domain.rsplit_once('.') else { return false };
    labels.split('.').all(is_label)
        && last.len() >= 2
        && last.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn is_label(label: &str) -> bool {
    label.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric())
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_what_better_auth_accepts() {
        for address in [
            "a@b.co",
            "a+b@b.co",
            "a.b@b.co",
            "A_B-c@sub.b.co",
            "a'b@b.co",
            "'a@b.co",
            "a@b-.co",
            "a@b.corporation",
            "-@b.co",
        ] {
            assert!(is_valid(address), "{address}");
        }
    }

    #[test]
    fn refuses_what_better_auth_refuses() {
        for address in [
            "",
            "@",
            "a",
            "a@b",
            "a@localhost",
            "a@b.c",
            "a..b@b.co",
            ".a@b.co",
            "a.@b.co",
            "a'@b.co",
            "a@-b.co",
            "a@1.2.3.4",
            "a b@b.co",
            "\"a b\"@b.co",
            "ü@b.co",
            "a@bü.co",
            "a@b.co.",
            "a%b@b.co",
            "a&b@b.co",
            "a/b@b.co",
            "a@b_c.co",
            "a@b.c0",
            " a@b.co",
            "a@b.co\n",
            "a@b@c.co",
            "a@.co",
            "a@b..co",
            "a\0@b.co",
        ] {
            assert!(!is_valid(address), "{address:?}");
        }
    }
}
