//! Names of formats: what they are called in settings, and where hashes are counted.

use std::fmt::{self, Display};
use std::str::FromStr;

use argon2::{Algorithm, Version};

use super::format::Format;
use super::new_hash::NewHash;
use super::pbkdf2::Digest;

impl Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::BetterAuth => write!(f, "scrypt"),
            Self::Argon2 { algorithm, version, memory_kib, iterations, parallelism } => {
                write!(f, "{algorithm}:")?;
                if version != Version::V0x13 {
                    write!(f, "v={},", u32::from(version))?;
                }
                write!(f, "m={memory_kib},t={iterations},p={parallelism}")
            }
            Self::Bcrypt { cost } => write!(f, "bcrypt:cost={cost}"),
            Self::Pbkdf2 { digest, iterations } => write!(f, "pbkdf2-{digest}:i={iterations}"),
            Self::Scrypt { log_n, r, p } => write!(f, "scrypt:ln={log_n},r={r},p={p}"),
            Self::Firebase { log_n, r } => write!(f, "firebase-scrypt:n={log_n},r={r}"),
        }
    }
}

/// No name of a format, or of one that costs more than we are willing to spend on a sign-in.
#[derive(Debug, thiserror::Error)]
#[error("no format of a hash has this name")]
pub struct UnknownFormat;

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        read(name).filter(|format| format.is_bearable()).ok_or(UnknownFormat)
    }
}

fn read(name: &str) -> Option<Format> {
    let (name, costs) = name.split_once(':').unwrap_or((name, ""));
    Some(match (name, costs) {
        ("scrypt", "") => Format::BetterAuth,
        ("asvs", "") => NewHash::ASVS.format(),
        ("owasp", "") => NewHash::OWASP.format(),
        ("scrypt", _) => {
            let [log_n, r, p] = numbers(costs, ["ln", "r", "p"])?;
            Format::Scrypt { log_n, r, p }
        }
        ("firebase-scrypt", _) => {
            let [log_n, r] = numbers(costs, ["n", "r"])?;
            Format::Firebase { log_n, r }
        }
        ("bcrypt", _) => {
            let [cost] = numbers(costs, ["cost"])?;
            Format::Bcrypt { cost }
        }
        _ => {
            if let Some(digest) = name.strip_prefix("pbkdf2-") {
                let [iterations] = numbers(costs, ["i"])?;
                return Some(Format::Pbkdf2 { digest: Digest::named(digest)?, iterations });
            }
            let algorithm = Algorithm::new(name).ok()?;
            let present = || numbers(costs, ["m", "t", "p"]).map(|[m, t, p]| [19, m, t, p]);
            let [version, memory_kib, iterations, parallelism] =
                present().or_else(|| numbers(costs, ["v", "m", "t", "p"]))?;
            let version = Version::try_from(version).ok()?;
            Format::Argon2 { algorithm, version, memory_kib, iterations, parallelism }
        }
    })
}

/// The numbers of `ln=16,r=8,p=1`, which have to be those that are named, in their order.
pub(super) fn numbers<const N: usize>(text: &str, names: [&str; N]) -> Option<[u32; N]> {
    let mut fields = text.split(',');
    let mut numbers = [0; N];
    for (number, name) in numbers.iter_mut().zip(names) {
        *number = fields.next()?.strip_prefix(name)?.strip_prefix('=')?.parse().ok()?;
    }
    fields.next().is_none().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 10] = [
        "scrypt",
        "argon2id:m=47104,t=1,p=1",
        "argon2i:v=16,m=4096,t=3,p=2",
        "argon2d:m=64,t=3,p=1",
        "bcrypt:cost=12",
        "pbkdf2-sha256:i=600000",
        "pbkdf2-sha512:i=210000",
        "pbkdf2-sha1:i=1000",
        "scrypt:ln=15,r=8,p=1",
        "firebase-scrypt:n=14,r=8",
    ];

    #[test]
    fn a_name_says_all_there_is_to_a_format() {
        for name in NAMES {
            let format: Format = name.parse().unwrap();

            assert_eq!(format.to_string(), name);
            assert_eq!(Format::of(&format.nobodys()), Some(format), "{}", format.nobodys());
        }
    }

    #[test]
    fn settings_have_names_of_their_own() {
        assert_eq!("asvs".parse::<Format>().unwrap().to_string(), "argon2id:m=47104,t=1,p=1");
        assert_eq!("owasp".parse::<Format>().unwrap().to_string(), "argon2id:m=19456,t=2,p=1");
    }

    #[test]
    fn what_names_no_format_or_an_unbearable_one_is_refused() {
        for name in [
            "",
            "md5",
            "bcrypt",
            "bcrypt:12",
            "bcrypt:cost=3",
            "bcrypt:cost=17",
            "bcrypt:cost=4294967308",
            "argon2id",
            "argon2id:m=47104,t=1",
            "argon2id:m=47104,t=1,p=1,x=1",
            "argon2id:m=262145,t=1,p=1",
            "argon2id:m=262144,t=33,p=1",
            "argon2id:m=8,t=1,p=2",
            "argon2id:v=17,m=64,t=1,p=1",
            "pbkdf2:i=1000",
            "pbkdf2-md5:i=1000",
            "pbkdf2-sha256:i=0",
            "pbkdf2-sha256:i=10000001",
            "scrypt:ln=18,r=8,p=1",
            "scrypt:ln=15,r=8,p=257",
            "scrypt:ln=1,r=4294967295,p=4294967295",
            "scrypt:ln=0,r=8,p=1",
            "scrypt:ln=64,r=8,p=1",
            "scrypt:ln=14,r=0,p=1",
            "firebase-scrypt:n=18,r=8",
        ] {
            assert!(name.parse::<Format>().is_err(), "{name}");
        }
        for most in ["bcrypt:cost=16", "argon2id:m=262144,t=32,p=1", "scrypt:ln=17,r=8,p=1"] {
            assert!(most.parse::<Format>().is_ok(), "{most}");
        }
    }
}
