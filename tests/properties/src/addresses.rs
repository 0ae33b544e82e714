//! E-mail addresses.

use shared::email::is_valid;

pub const EMAIL_WORDS: &[&str] = &[
    "ada",
    "ada@",
    "@example.com",
    "'@",
    "@",
    ".",
    "..",
    "-",
    "'",
    "+",
    "_",
    "example.com",
    "co",
    "b.c",
    "1.2.3.4",
    "\n",
    "\r\n",
    ",",
    "<",
    ">",
    "ü",
    "%",
];

/// What is accepted is what zod's pattern for an address accepts, and can stand in a header and in a row as it is:
/// `^(?!\.)(?!.*\.\.)([A-Za-z0-9_'+\-\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$`
pub fn email(data: &[u8]) {
    let text = String::from_utf8_lossy(data);

    assert_eq!(is_valid(&text), fits_zods_pattern(&text), "{text:?}");
    assert_eq!(is_valid(&text), is_valid(&text.to_lowercase()), "{text:?}");
    if is_valid(&text) {
        assert!(text.is_ascii() && !text.contains(|c: char| c.is_ascii_control() || c == ' '));
        assert!(!text.contains([',', ';', '<', '>', '"', '\\', ':']), "{text:?} is one mailbox");
        assert!(!is_valid(&format!("{text}\n")) && !is_valid(&format!(" {text}")));
    }
}

/// As a machine reads it: from the left, a character at a time.
fn fits_zods_pattern(text: &str) -> bool {
    let is_local = |c: char| c.is_ascii_alphanumeric() || "_'+-.".contains(c);
    let end = text.find(|c| !is_local(c)).unwrap_or(text.len());
    let (local, rest) = text.split_at(end);
    let ends_well = local.ends_with(|c: char| c.is_ascii_alphanumeric() || "_+-".contains(c));
    if text.starts_with('.') || text.contains("..") || !ends_well {
        return false;
    }
    let Some(mut domain) = rest.strip_prefix('@') else { return false };
    let mut labels = 0;
    loop {
        let is_last = domain.len() >= 2 && domain.chars().all(|c| c.is_ascii_alphabetic());
        if is_last {
            return labels > 0;
        }
        let Some((label, others)) = domain.split_once('.') else { return false };
        let begins_well = label.starts_with(|c: char| c.is_ascii_alphanumeric());
        if !begins_well || label.contains(|c: char| !c.is_ascii_alphanumeric() && c != '-') {
            return false;
        }
        (labels, domain) = (labels + 1, others);
    }
}
