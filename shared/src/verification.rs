//! Single-use tokens that are mailed: where their rows are found. core.md §16.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::config::VerificationSettings;

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Setting a new password.
    ResetPassword,
    /// Deleting an account.
    DeleteAccount,
}

impl Purpose {
    fn identifier(self, token: &str) -> String {
        match self {
            Self::ResetPassword => format!("reset-password:{token}"),
            Self::DeleteAccount => format!("delete-account-{token}"),
        }
    }

    /// Under what the row of a new token is stored: in clear, or as the settings want it, hashed.
    pub fn stored(self, token: &str, settings: &VerificationSettings) -> String {
        let identifier = self.identifier(token);
        if settings.hashes_identifiers { hashed(&identifier) } else { identifier }
    }

    /// Under what a token's row may be found: with hashes on, also in clear, as it was stored before.
    pub fn lookups(self, token: &str, settings: &VerificationSettings) -> Vec<String> {
        let identifier = self.identifier(token);
        if settings.hashes_identifiers {
            vec![hashed(&identifier), identifier]
        } else {
            vec![identifier]
        }
    }
}

fn hashed(identifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(identifier))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_hashed_as_at_better_auth() {
        // contract/transcripts/20-crypto-vectors.json
        assert_eq!(hashed("reset-password:abc"), "IMUqJ3lXuvod79AbI4EdsWmdAkZeIP5syfKs7-d5fQQ");
    }

    fn settings(hashes_identifiers: bool) -> VerificationSettings {
        VerificationSettings {
            sends_on_sign_up: false,
            sends_on_sign_in: false,
            signs_in: false,
            expires_in: time::Duration::HOUR,
            hashes_identifiers,
        }
    }

    #[test]
    fn a_token_is_found_under_its_own_purpose_alone() {
        let (clear, hashing) = (settings(false), settings(true));

        assert_eq!(Purpose::ResetPassword.stored("abc", &clear), "reset-password:abc");
        assert_eq!(Purpose::DeleteAccount.stored("abc", &clear), "delete-account-abc");
        assert_eq!(Purpose::ResetPassword.lookups("abc", &clear), ["reset-password:abc"]);
        assert_eq!(
            Purpose::ResetPassword.stored("abc", &hashing),
            "IMUqJ3lXuvod79AbI4EdsWmdAkZeIP5syfKs7-d5fQQ"
        );
    }

    #[test]
    fn with_hashes_on_a_row_from_before_is_found_as_well() {
        for purpose in [Purpose::ResetPassword, Purpose::DeleteAccount] {
            let (hash, before) =
                (purpose.stored("abc", &settings(true)), purpose.stored("abc", &settings(false)));
            assert_eq!(purpose.lookups("abc", &settings(true)), [hash, before]);
        }
    }
}
