import { type ComponentType, useEffect, useRef, useState } from 'react';

import { Page } from './components/Page';
import { useAuth } from './hooks/useAuth';
import { ServiceError } from './lib/error';
import { Account } from './pages/account/Account';
import { ForgotPassword } from './pages/ForgotPassword';
import { Home } from './pages/Home';
import { ResetPassword } from './pages/ResetPassword';
import { Sessions } from './pages/Sessions';
import { SignIn } from './pages/SignIn';
import { SignUp } from './pages/SignUp';
import { VerifyEmail } from './pages/VerifyEmail';
import { Link, navigate, usePath } from './router';

const FOR_ALL: Record<string, ComponentType> = {
  '/sign-up': SignUp,
  '/sign-in': SignIn,
  '/forgot-password': ForgotPassword,
  '/reset-password': ResetPassword,
  '/verify-email': VerifyEmail,
};

const FOR_USERS: Record<string, ComponentType> = {
  '/': Home,
  '/sessions': Sessions,
  '/account': Account,
};

/** What the path shows; `null` while nobody knows yet who is there. */
function usePage(): ComponentType | null {
  const { status, user } = useAuth();
  const path = usePath();
  if (status === 'loading') return null;
  if (status === 'unreachable') return Unreachable;
  const page = FOR_USERS[path];
  return FOR_ALL[path] ?? (page && !user ? SignIn : page) ?? NotFound;
}

export function App() {
  const Shown = usePage();
  const before = useRef<ComponentType>(null);

  // A screen reader goes on from the new page's heading. Not on the first: there the browser begins.
  useEffect(() => {
    if (before.current && before.current !== Shown) {
      scrollTo(0, 0);
      document.querySelector('h1')?.focus();
    }
    before.current = Shown;
  }, [Shown]);

  return (
    <>
      <Header />
      {Shown ? <Shown /> : <main aria-busy><p className="loading">Loading…</p></main>}
    </>
  );
}

function Header() {
  const { user, signOut } = useAuth();

  const [failure, setFailure] = useState('');

  async function leave() {
    try {
      setFailure('');
      await signOut();
      navigate('/sign-in');
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      setFailure(error.message);
    }
  }

  return (
    <header>
      <Link href="/" className="brand" aria-current={undefined}>
        <img src="/key.svg" alt="" width="28" height="28" /> Latchkey
      </Link>
      <nav aria-label="Pages">
        {user ? (
          <>
            <Link href="/">Home</Link>
            <Link href="/sessions">Sessions</Link>
            <Link href="/account">Account</Link>
            <button onClick={leave}>Sign out</button>
          </>
        ) : (
          <>
            <Link href="/sign-in">Sign in</Link>
            <Link href="/sign-up">Sign up</Link>
          </>
        )}
      </nav>
      {failure && (
        <p className="notice error" role="alert">
          {failure}
        </p>
      )}
    </header>
  );
}

function Unreachable() {
  const { refreshSession } = useAuth();
  return (
    <Page title="We can’t sign you in right now" intro="The service that does it does not answer.">
      <button className="primary" onClick={refreshSession}>
        Try again
      </button>
    </Page>
  );
}

function NotFound() {
  return (
    <Page title="There is no such page">
      <p>
        <Link href="/">Home</Link>
      </p>
    </Page>
  );
}
