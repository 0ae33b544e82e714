//! Why a process does not start.

use crate::keys::KeyringError;

pub(crate) const MAKE_A_SECRET: &str = "make one with: openssl rand -base64 32";

/// Why a process does not start. Names the variable and the cure, never a secret's value.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A variable that is needed here.
    #[error("{name} is not set: {cure}")]
    Missing {
        /// The variable.
        name: &'static str,
        /// What to do.
        cure: String,
    },
    /// A variable whose value does not do.
    #[error("{name} is malformed: {problem}")]
    Malformed {
        /// The variable.
        name: &'static str,
        /// What is wrong and what to write.
        problem: String,
    },
    /// A signing secret that is none.
    #[error("{name} can't sign: {problem}; {MAKE_A_SECRET}")]
    SigningSecret {
        /// The variable that holds or names it.
        name: &'static str,
        /// What is wrong.
        problem: KeyringError,
    },
}

impl ConfigError {
    pub(crate) fn missing(name: &'static str, cure: impl Into<String>) -> Self {
        Self::Missing { name, cure: cure.into() }
    }

    pub(crate) fn malformed(name: &'static str, problem: impl std::fmt::Display) -> Self {
        Self::Malformed { name, problem: problem.to_string() }
    }
}
