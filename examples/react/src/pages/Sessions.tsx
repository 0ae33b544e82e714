import { useRef, useState } from 'react';

import { Page } from '../components/Page';
import { useAuth } from '../hooks/useAuth';
import { useLoaded } from '../hooks/useLoaded';
import { auth } from '../lib/client';
import { deviceName } from '../lib/device';
import { ServiceError } from '../lib/error';

const date = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

export function Sessions() {
  const { session: own } = useAuth();
  const { data: sessions, error, reload } = useLoaded(auth.listSessions);
  const [said, setSaid] = useState('');
  const status = useRef<HTMLParagraphElement>(null);
  const others = sessions?.filter((session) => session.token !== own?.token) ?? [];

  async function revoke(call: () => Promise<void>, done: string) {
    try {
      await call();
      setSaid(done);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      setSaid(error.message);
    }
    await reload();
    // The button that had the focus is gone.
    status.current?.focus();
  }

  return (
    <Page title="Sessions" intro="Where you are signed in.">
      <section className="card" aria-labelledby="sessions" aria-busy={!sessions && !error}>
        <h2 id="sessions" hidden>
          Your sessions
        </h2>
        <p className="done" role="status" tabIndex={-1} ref={status}>
          {said}
        </p>
        {error && (
          <p className="notice error" role="alert">
            {error}
          </p>
        )}
        {!sessions && !error && <p className="loading">Loading…</p>}
        <ul>
          {sessions?.map((session) => (
            <li key={session.token}>
              <div>
                <strong>{deviceName(session.userAgent)}</strong>
                <small>
                  {date.format(new Date(session.createdAt))}
                  {session.ipAddress && ` · ${session.ipAddress}`}
                </small>
              </div>
              {session.token === own?.token ? (
                <em>this one</em>
              ) : (
                <button onClick={() => revoke(() => auth.revokeSession(session.token), 'Signed out there.')}>
                  Revoke <span className="unseen">{`${deviceName(session.userAgent)}, ${date.format(new Date(session.createdAt))}`}</span>
                </button>
              )}
            </li>
          ))}
        </ul>
        {sessions && others.length === 0 && <p>You are signed in nowhere else.</p>}
        {others.length > 1 && (
          <button onClick={() => revoke(auth.revokeOtherSessions, 'Signed out everywhere else.')}>Revoke all others</button>
        )}
      </section>
    </Page>
  );
}
