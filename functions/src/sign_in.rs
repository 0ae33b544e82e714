//! `/sign-in/…`

pub mod email;
