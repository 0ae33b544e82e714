//! Mails that go nowhere: a list in memory, for a laptop and for tests.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use shared::mail::Kind;
use time::OffsetDateTime;

use crate::link::Link;
use crate::mail::Mail;
use crate::template::Rendered;

/// More are forgotten, the oldest first.
const KEPT: usize = 200;

/// The last mails, the newest first. Clones share them.
#[derive(Clone, Default)]
pub struct Inbox(Arc<Mutex<VecDeque<Arc<Received>>>>);

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Inbox(…)")
    }
}

/// A mail that has arrived.
pub struct Received {
    /// The outbox row's id.
    pub id: String,
    /// What it is for.
    pub kind: Kind,
    /// To whom it went.
    pub to: String,
    /// As the reader sees it.
    pub rendered: Rendered,
    /// The link in it, if there is one.
    pub link: Option<Link>,
    /// When it arrived.
    pub at: OffsetDateTime,
}

impl Inbox {
    /// Takes a mail in.
    pub(super) fn receive(&self, mail: &Mail, rendered: Rendered, now: OffsetDateTime) {
        self.put(Received {
            id: mail.id.clone(),
            kind: mail.kind,
            to: mail.to.clone(),
            rendered,
            link: mail.link.clone(),
            at: now,
        });
    }

    /// Puts a mail on top; one that arrives again takes the place of the first.
    pub fn put(&self, received: Received) {
        let mut mails = self.mails();
        mails.retain(|other| other.id != received.id);
        mails.push_front(Arc::new(received));
        mails.truncate(KEPT);
    }

    /// All of them, the newest first.
    pub fn list(&self) -> Vec<Arc<Received>> {
        self.mails().iter().cloned().collect()
    }

    /// One of them.
    pub fn find(&self, id: &str) -> Option<Arc<Received>> {
        self.mails().iter().find(|mail| mail.id == id).cloned()
    }

    fn mails(&self) -> MutexGuard<'_, VecDeque<Arc<Received>>> {
        // Nothing is done under the lock that could leave the list half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
