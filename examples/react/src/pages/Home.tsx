import { getMe } from '../api';
import { Page } from '../components/Page';
import { useAuth } from '../hooks/useAuth';
import { useLoaded } from '../hooks/useLoaded';
import { deviceName } from '../lib/device';
import { Link } from '../router';

const date = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

export function Home() {
  const { user, session } = useAuth();
  if (!user || !session) return null;
  return (
    <Page title={`Hello, ${user.name}`}>
      <section className="card" aria-labelledby="session">
        <h2 id="session">Your session</h2>
        <dl>
          <dt>E-mail address</dt>
          <dd>
            {user.email} {user.emailVerified ? <em>verified</em> : <Link href="/verify-email">Verify it</Link>}
          </dd>
          <dt>Device</dt>
          <dd>{deviceName(session.userAgent)}</dd>
          <dt>Signed in</dt>
          <dd>{date.format(new Date(session.createdAt))}</dd>
        </dl>
      </section>
      <BackEnd />
    </Page>
  );
}

/** The same user, as FastAPI sees who calls. */
function BackEnd() {
  const { data: me, error, reload } = useLoaded(getMe);
  return (
    <section className="card" aria-labelledby="back-end" aria-live="polite">
      <h2 id="back-end">What the back end says</h2>
      {me ? (
        <dl>
          <dt>You are</dt>
          <dd>{me.email}</dd>
          <dt>Its own id of you</dt>
          <dd>
            <code>{me.id}</code>
          </dd>
          <dt>Known since</dt>
          <dd>{date.format(new Date(me.created_at))}</dd>
        </dl>
      ) : error ? (
        <>
          <p className="notice error">{error}</p>
          <button onClick={reload}>Try again</button>
        </>
      ) : (
        <p className="loading">Asking it…</p>
      )}
    </section>
  );
}
