//! `/sign-up/…`

pub mod email;
