//! Random identifiers.

const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LOWERCASE: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// A fresh row id or session token: 32 characters of `A-Z a-z 0-9`, about 190 bits, straight from
/// the operating system (a copied process, as after a snapshot, never repeats one).
pub fn random() -> String {
    characters(ALPHANUMERIC, 32)
}

/// The token of a reset link: 24 characters of `A-Z a-z 0-9`, about 142 bits.
pub fn reset_token() -> String {
    characters(ALPHANUMERIC, 24)
}

/// The token of a link that deletes an account: 32 characters of `0-9 a-z`, about 165 bits.
pub fn delete_token() -> String {
    characters(LOWERCASE, 32)
}

/// So many of an alphabet, each as likely as any other.
fn characters(alphabet: &[u8], length: usize) -> String {
    // What is left of 256 would make the first ones likelier, so a byte from there is thrown away.
    let fair = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(length);
    while text.len() < length {
        // More than is needed, nearly always: asking is a system call, and a byte more costs nothing.
        let bytes = random_bytes::<64>().map(usize::from);
        let characters = bytes.iter().filter(|byte| **byte < fair);
        let missing = length - text.len();
        text.extend(
            characters.take(missing).map(|byte| char::from(alphabet[byte % alphabet.len()])),
        );
    }
    text
}

/// `N` random bytes from the operating system, for salts and made-up secrets.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_two_alphanumeric_characters_never_the_same() {
        let (one, other) = (random(), random());

        assert!(one.len() == 32 && one.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(one, other);
    }

    #[test]
    fn tokens_of_links_are_as_long_as_better_auths_and_of_their_alphabet() {
        let (reset, delete) = (reset_token(), delete_token());

        assert!(reset.len() == 24 && reset.bytes().all(|byte| ALPHANUMERIC.contains(&byte)));
        assert!(delete.len() == 32 && delete.bytes().all(|byte| LOWERCASE.contains(&byte)));
        assert!(reset != reset_token() && delete != delete_token());
    }

    #[test]
    fn each_character_is_as_likely_as_any_other() {
        for alphabet in [ALPHANUMERIC, LOWERCASE] {
            let length = 10_000 * alphabet.len();
            let text = characters(alphabet, length);
            assert_eq!(text.len(), length);

            // 10,000 each, give or take 100: six times that is not chance. Without the throwing away, some would
            // be found 12,100 times of 62, or 11,200 times of 36.
            for character in alphabet {
                let found = text.bytes().filter(|byte| byte == character).count();
                assert!(found.abs_diff(10_000) < 600, "{} {found} times", char::from(*character));
            }
        }
    }
}
