//! Sends what waits in the outbox. A package of its own, since a mail server's client, SES and the
//! templates serve this one function.
//!
//! | to see | read |
//! | --- | --- |
//! | lease, send, mark | [`Mailer`] |
//! | the links of the mails | [`link`] |
//! | what they look like | [`template`] and `templates/` |
//! | by which way they leave | [`transport`] |
//! | the Lambda | [`serve`] |

mod backoff;
mod function;
pub mod link;
mod mail;
mod mailer;
mod message;
mod roots;
pub mod template;
pub mod transport;

pub use function::serve;
pub use link::Link;
pub use mail::Mail;
pub use mailer::{LEASE, MAX_ATTEMPTS, Mailer, Report};
pub use transport::inbox::{Inbox, Received};
