import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';

import { auth } from '../lib/client';
import type { DeviceSession, User } from '../lib/session';

interface Auth {
  /** Who is signed in; `null`: nobody. */
  user: User | null;
  /** The session of this browser. */
  session: DeviceSession | null;
  status: 'loading' | 'known' | 'unreachable';
  signIn: (email: string, password: string) => Promise<void>;
  /** Whether that has signed in as well. */
  signUp: (email: string, password: string, name: string) => Promise<boolean>;
  signOut: () => Promise<void>;
  refreshSession: () => Promise<void>;
}

type State = Pick<Auth, 'user' | 'session' | 'status'>;

const NOBODY: State = { user: null, session: null, status: 'known' };

const AuthContext = createContext<Auth | null>(null);

export function AuthProvider({ children }: { children: ReactNode }) {
  const [state, setState] = useState<State>({ ...NOBODY, status: 'loading' });

  const refreshSession = useCallback(async () => {
    try {
      const session = await auth.getSession();
      setState(session ? { ...session, status: 'known' } : NOBODY);
    } catch {
      // A service that is away for a moment signs nobody out.
      setState((state) => (state.user ? state : { ...NOBODY, status: 'unreachable' }));
    }
  }, []);

  useEffect(() => {
    void refreshSession();
    // It may have been revoked, or another tab may have signed out.
    addEventListener('focus', refreshSession);
    return () => removeEventListener('focus', refreshSession);
  }, [refreshSession]);

  const value = useMemo<Auth>(
    () => ({
      ...state,
      refreshSession,
      signIn: async (email, password) => {
        await auth.signIn(email, password);
        await refreshSession();
      },
      signUp: async (email, password, name) => {
        const isSignedIn = await auth.signUp(email, password, name);
        await refreshSession();
        return isSignedIn;
      },
      signOut: async () => {
        await auth.signOut();
        setState(NOBODY);
      },
    }),
    [state, refreshSession],
  );

  return <AuthContext value={value}>{children}</AuthContext>;
}

export function useAuth(): Auth {
  const auth = useContext(AuthContext);
  if (!auth) throw new Error('useAuth must be used within AuthProvider');
  return auth;
}
