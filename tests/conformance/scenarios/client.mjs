// The official client: what it sends, what it hands back, and the stores that frameworks listen to.

import { setTimeout as sleep } from 'node:timers/promises';

import { client, scenario, sql } from '../harness/steps.mjs';
import { ANN, PASSWORD } from './people.mjs';

const CREDENTIALS = { email: ANN.email, password: PASSWORD };
const STORE_MS = 5_000;

export default [
  scenario(
    'a visit',
    client('getSession, signed out', (auth) => auth.getSession()),
    client('signUp.email', (auth) => auth.signUp.email(ANN)),
    client('signUp.email again', (auth) => auth.signUp.email(ANN)),
    client('getSession', (auth) => auth.getSession()),
    client('getSession with a query', (auth) => auth.getSession({ query: { disableCookieCache: true } })),
    client('signOut', (auth) => auth.signOut()),
    client('getSession, signed out again', (auth) => auth.getSession()),
    client('signIn.email, wrong password', (auth) => auth.signIn.email({ ...CREDENTIALS, password: 'badbadbad' })),
    client('signIn.email, wrong address', (auth) => auth.signIn.email({ ...CREDENTIALS, email: 'nope' })),
    client('signIn.email, nothing given', (auth) => auth.signIn.email({})),
    client('signIn.email, foreign callbackURL', (auth) =>
      auth.signIn.email({ ...CREDENTIALS, callbackURL: 'https://evil.com' })),
    client('signIn.email', (auth) => auth.signIn.email({ ...CREDENTIALS, rememberMe: true, callbackURL: '/x' })),
    client('signIn.email, not remembered', (auth) => auth.signIn.email({ ...CREDENTIALS, rememberMe: false })),
    client('getSession, not remembered', (auth) => auth.getSession()),
    client('signIn.email, remembered again', (auth) => auth.signIn.email(CREDENTIALS)),
    client('the cookies left in the browser', (auth, seen, { jar }) => jar.header()),
    client('ok', (auth) => auth.ok()),
    client('an endpoint that is not there', (auth) => auth.noSuchThing()),
  ),

  scenario(
    'bearers',
    client('signUp.email hands out a token', async (auth, seen) => {
      const result = await auth.signUp.email(ANN, {
        onSuccess: ({ response }) => {
          seen.authToken = response.headers.get('set-auth-token');
        },
      });
      return { result, authToken: seen.authToken };
    }),
    client(
      'getSession with it, without cookies',
      (auth, seen) => auth.getSession({ fetchOptions: { auth: { type: 'Bearer', token: seen.authToken } } }),
      { browser: 'app' },
    ),
    client(
      'getSession with a wrong one',
      (auth) => auth.getSession({ fetchOptions: { headers: { authorization: 'Bearer abc' } } }),
      { browser: 'app' },
    ),
    client(
      'signOut with it',
      (auth, seen) => auth.signOut({ fetchOptions: { auth: { type: 'Bearer', token: seen.authToken } } }),
      { browser: 'app' },
    ),
  ),

  scenario(
    'the session store',
    client('useSession, signed out', (auth) => settled(auth)),
    client('useSession follows a sign-up', async (auth) => {
      const store = settled(auth, ({ data }) => data !== null);
      await auth.signUp.email(ANN);
      return store;
    }),
    client('useSession follows a sign-out', async (auth) => {
      const store = settled(auth, ({ data }) => data === null);
      await auth.signOut();
      return store;
    }),
  ),

  scenario(
    'errors as exceptions, and a session that ended elsewhere',
    client('signUp.email', (auth) => auth.signUp.email(ANN)),
    sql('its row goes', 'delete from session'),
    client('getSession', (auth) => auth.getSession()),
    client('the cookies left in the browser', (auth, seen, { jar }) => jar.header() ?? null),
    client('signIn.email that throws', async (auth) => {
      try {
        return await auth.signIn.email({ ...CREDENTIALS, password: 'badbadbad' }, { throw: true });
      } catch (thrown) {
        return { name: thrown.name, status: thrown.status, statusText: thrown.statusText, error: thrown.error };
      }
    }),
  ),
];

/** The value of the session store once it has loaded and `as` holds. */
async function settled(auth, as = () => true) {
  let stop = () => {};
  const value = await Promise.race([
    new Promise((resolve) => {
      stop = auth.useSession.subscribe((state) => {
        if (!state.isPending && !state.isRefetching && as(state)) resolve(state);
      });
    }),
    sleep(STORE_MS, 'the store did not settle', { ref: false }),
  ]);
  stop();
  const { refetch, ...state } = value;
  return { ...state, refetch: typeof refetch };
}
