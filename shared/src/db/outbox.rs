//! Table `latchkey_outbox`: mails that are to be sent.

mod request;

pub use request::{Request, Requested, request};
