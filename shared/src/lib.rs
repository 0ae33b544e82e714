//! What Latchkey's endpoints have in common. Knows no URL.
//!
//! | to see | read |
//! | --- | --- |
//! | what a handler is given | [`app`] |
//! | settings and secrets | [`config`], [`managed`] |
//! | rows and statements | [`db`] |
//! | what a database holds before it is taken over | [`inspect`] |
//! | the session behind a request | [`session`], [`session_cache`], [`cookies`], [`keys`] |
//! | what is to be mailed | [`mail`], [`doorbell`] |
//! | passwords | [`password`] |
//! | what a request must look like | [`body`], [`fields`], [`email`], [`origin`] |
//! | how often somebody may ask | [`rate_limit`], [`client`] |
//! | what takes one time, whoever is asked about | [`even`] |
//! | what can go wrong | [`error`] |
//! | what is written of a request | [`audit`] |

pub mod additional;
pub mod app;
pub mod audit;
pub mod base_url;
pub mod body;
pub mod client;
pub mod clock;
pub mod config;
pub mod cookies;
pub mod db;
pub mod doorbell;
pub mod email;
pub mod error;
pub mod even;
pub mod fields;
pub mod glob;
pub mod inspect;
pub mod keys;
pub mod mail;
pub mod managed;
pub mod origin;
pub mod outgoing;
pub mod password;
pub mod query;
pub mod rate_limit;
pub mod secret;
pub mod session;
pub mod session_cache;
pub mod timestamp;
pub mod token;
pub mod verification;

pub use app::{App, Source};
pub use db::migrate::MIGRATOR;
pub use error::Error;
