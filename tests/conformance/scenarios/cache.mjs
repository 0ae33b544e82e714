// The session in a cookie of its own (`session_data`), in each layout: when it is asked, written and left.

import { signed } from '../harness/cookies.mjs';
import { cookiesOf, follow, get, post, scenario, sessionCookieOf, sql, tokenOf } from '../harness/steps.mjs';
import { ANN, BOB, byAge, due, endsIn, PASSWORD, signIn, signUp, UNKNOWN } from './people.mjs';

const read = (title, name = 'ann', { query = '', ...more } = {}) =>
  get(title, `/get-session${query}`, { cookie: cookiesOf(name), ...more });
const call = (title, path, json, more = {}) => post(title, path, { json, cookie: cookiesOf('ann'), ...more });
const accounts = (title, more = {}) =>
  get(title, '/list-accounts', { cookie: cookiesOf('ann'), reading: byAge, ...more });
const sessions = (title, more = {}) =>
  get(title, '/list-sessions', { cookie: cookiesOf('ann'), reading: byAge, ...more });

const NOT_REMEMBERED = `better-auth.dont_remember=${encodeURIComponent(signed('true'))}`;
const renamed = sql('another name in the store', `update "user" set name = 'Anna'`);
const gone = sql('the session goes', 'delete from session');

const hits = scenario(
  'a cached session is not looked up',
  signUp(ANN),
  read('a hit'),
  renamed,
  read('the name of before'),
  read('an empty disableCookieCache', 'ann', { query: '?disableCookieCache=' }),
  read('disableRefresh', 'ann', { query: '?disableRefresh=1' }),
  read('asked for the store', 'ann', { query: '?disableCookieCache=1', keep: 'fresh' }),
  read('the store, no refresh', 'ann', { query: '?disableCookieCache=1&disableRefresh=1' }),
  read('no cache, no refresh', 'ann', { query: '?disableRefresh=1', cookie: sessionCookieOf('ann') }),
  read('without the cache', 'ann', { cookie: sessionCookieOf('ann') }),
  read('by a bearer', 'ann', { cookie: null, bearer: tokenOf('ann') }),
  read('by a bearer, with the cache', 'ann', {
    cookie: (seen) => seen.ann.cookie('better-auth.session_data'),
    bearer: tokenOf('ann'),
  }),
  read('the cache alone', 'ann', { cookie: (seen) => seen.ann.cookie('better-auth.session_data') }),
  read('the cache first', 'ann', { cookie: (seen) => cookiesOf('ann')(seen).split('; ').reverse().join('; ') }),
  accounts('a guarded endpoint'),
  accounts('a guarded endpoint without the cache', { cookie: sessionCookieOf('ann') }),
  accounts('a guarded endpoint, asked for the store', { reading: byAge, keep: 'x' }),
  get('disableCookieCache there', '/list-accounts?disableCookieCache=1', { cookie: cookiesOf('ann'), reading: byAge }),
  sessions('one that wants a fresh session'),
  call('one that wants the truth', '/verify-password', { password: PASSWORD }),
  call('one that writes it anew', '/update-user', { image: 'x' }, { keep: 'updated' }),
);

const revoked = scenario(
  'a session that is revoked lives on in its cache',
  signUp(ANN),
  signIn(ANN, { keep: 'second' }),
  call('revoked from elsewhere', '/revoke-session', (seen) => ({ token: seen.ann.json.token }), {
    cookie: cookiesOf('second'),
  }),
  read('a hit'),
  accounts('a guarded endpoint'),
  sessions('the list of sessions'),
  call('update-user', '/update-user', { name: 'Anna' }, { keep: 'updated' }),
  call('update-session', '/update-session', { a: 1 }),
  call('unlink-account', '/unlink-account', { accountId: 'x' }),
  ...[
    ['/verify-password', { password: PASSWORD }],
    ['/change-password', { newPassword: 'x'.repeat(10), currentPassword: PASSWORD }],
    ['/change-email', { newEmail: 'new@example.com' }],
    ['/delete-user', {}],
    ['/revoke-session', { token: 'x' }],
    ['/revoke-sessions'],
    ['/revoke-other-sessions'],
  ].map(([path, json]) => call(`${path} asks the store`, path, json)),
  get('/delete-user/callback asks the store', '/delete-user/callback?token=x', { cookie: cookiesOf('ann') }),
  call('send-verification-email', '/send-verification-email', { email: BOB.email }),
  read('asked for the store', 'ann', { query: '?disableCookieCache=1' }),
  read('without the cache', 'ann', { cookie: sessionCookieOf('ann') }),
  gone,
  read('the user is there still', 'second'),
  sql('nobody is there', 'delete from "user"'),
  read('a user who is gone', 'second'),
  call('a user who is gone, update-user', '/update-user', { name: 'x' }, { cookie: cookiesOf('second') }),
);

const refreshed = scenario(
  'a session that is due',
  signUp(ANN),
  due('ann'),
  read('a hit extends nothing'),
  accounts('nor does a guarded endpoint'),
  read('the store extends it', 'ann', { query: '?disableCookieCache=1' }),
  due('ann'),
  read('so does a cache that is lost', 'ann', { cookie: sessionCookieOf('ann') }),
  due('ann'),
  accounts('in a guarded endpoint', { cookie: sessionCookieOf('ann') }),
  due('ann'),
  call('in one that asks the store', '/verify-password', { password: PASSWORD }),
  due('ann'),
  call('in one that fails', '/verify-password', { password: 'wrongwrong' }),
  due('ann'),
  call('in one that writes cookies of its own', '/update-user', { name: 'Anna' }, { cookie: sessionCookieOf('ann') }),
  due('ann'),
  sessions('by a bearer', { cookie: null, bearer: tokenOf('ann') }),
  endsIn('ann', '-1 second'),
  read('an expired one', 'ann', { cookie: sessionCookieOf('ann') }),
  read('an expired one, cached', 'ann'),
  call('asked for the truth', '/verify-password', { password: PASSWORD }),
);

const forgotten = scenario(
  'a session that is not remembered',
  signUp(ANN, { rememberMe: false }),
  read('a hit'),
  renamed,
  read('the store writes no cache', 'ann', { query: '?disableCookieCache=1' }),
  read('nor when it is lost', 'ann', {
    cookie: (seen) => `${sessionCookieOf('ann')(seen)}; ${seen.ann.cookie('better-auth.dont_remember')}`,
  }),
  call('update-user does', '/update-user', { name: 'Ann' }),
  accounts('a guarded endpoint does not', {
    cookie: (seen) => `${sessionCookieOf('ann')(seen)}; ${NOT_REMEMBERED}`,
  }),
  read('the second cookie lost', 'ann', { cookie: sessionCookieOf('ann') }),
  read('the second cookie lost, cached', 'ann', {
    cookie: (seen) => `${sessionCookieOf('ann')(seen)}; ${seen.ann.cookie('better-auth.session_data')}`,
  }),
  call('sign-in, remembered again', '/sign-in/email', { email: ANN.email, password: PASSWORD }),
);

const written = scenario(
  'what writes and clears it',
  signUp(ANN),
  signIn(ANN, { keep: 'second' }),
  post('sign-in with a cache in the request', '/sign-in/email', {
    json: { email: ANN.email, password: PASSWORD },
    cookie: cookiesOf('ann'),
  }),
  call(
    'change-password with all sessions',
    '/change-password',
    {
      newPassword: PASSWORD,
      currentPassword: PASSWORD,
      revokeOtherSessions: true,
    },
    { keep: 'third' },
  ),
  call('change-email', '/change-email', { newEmail: 'new@example.com' }, { cookie: cookiesOf('third') }),
  follow('verify-email of the new address', 'change-email-verification', { cookie: cookiesOf('third') }),
  read('what is cached is not what is stored', 'third'),
  call('revoke-session of itself', '/revoke-session', (seen) => ({ token: seen.third.json.token }), {
    cookie: cookiesOf('third'),
  }),
  read('the cleared cookies, kept by somebody', 'third'),
  read('an unknown session and a cache', 'ann', {
    cookie: (seen) => `${UNKNOWN}; ${seen.ann.cookie('better-auth.session_data')}`,
  }),
  signIn({ ...ANN, email: 'new@example.com' }, { keep: 'fourth' }),
  post('sign-out', '/sign-out', { cookie: cookiesOf('fourth') }),
  signIn({ ...ANN, email: 'new@example.com' }, { keep: 'fifth' }),
  post('revoke-sessions', '/revoke-sessions', { cookie: cookiesOf('fifth') }),
  signIn({ ...ANN, email: 'new@example.com' }, { keep: 'sixth' }),
  post('delete-user', '/delete-user', { json: {}, cookie: cookiesOf('sixth') }),
  read('a user who is gone, cached', 'sixth'),
);

export default [hits, revoked, refreshed, forgotten, written];
