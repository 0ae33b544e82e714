//! Mails leave from this process: at once when the doorbell rings, else when one is due.

use std::time::Duration;

use mailer::Mailer;
use shared::clock::Clock;
use shared::db::{Pool, outbox};
use shared::doorbell::Doorbell;
use shared::keys::Keyring;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How often the outbox is looked into unasked: another process may have written into it.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How long mails that are on their way may take when the server stops.
const GRACE: Duration = Duration::from_secs(5);

/// A mailer at work.
pub struct Running {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    /// Starts to send.
    pub fn start(mailer: Mailer, db: Pool, keys: Keyring, doorbell: Doorbell) -> Self {
        let (stop, stopped) = oneshot::channel();
        Self { stop, task: tokio::spawn(run(mailer, db, keys, doorbell, stopped)) }
    }

    /// Waits for what is on its way, which would be sent again otherwise.
    pub async fn stop(self) {
        let abort = self.task.abort_handle();
        let _ = self.stop.send(());
        if tokio::time::timeout(GRACE, self.task).await.is_err() {
            abort.abort();
        }
    }
}

async fn run(
    mailer: Mailer,
    db: Pool,
    keys: Keyring,
    doorbell: Doorbell,
    mut stopped: oneshot::Receiver<()>,
) {
    let clock = Clock::system();
    loop {
        let wait = match mailer.run_once(&db, &keys, &clock).await {
            (report, Ok(())) if !report.complete => Duration::ZERO,
            (_, Ok(())) => until_due(&db, &clock).await,
            (_, Err(error)) => {
                tracing::warn!(?error, "mails could not be sent");
                LOOK_EVERY
            }
        };
        tokio::select! {
            biased;
            _ = &mut stopped => return,
            () = doorbell.rung() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

async fn until_due(db: &Pool, clock: &Clock) -> Duration {
    let Ok(Some(due_at)) = outbox::next_due_at(db).await else { return LOOK_EVERY };
    Duration::try_from(due_at - clock.now()).unwrap_or_default().min(LOOK_EVERY)
}
