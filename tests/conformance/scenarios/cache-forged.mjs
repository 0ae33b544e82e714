// Cached sessions that are not to be believed, and those that need more than one cookie.

import { cookiesOf, get, post, scenario, sessionCookieOf, sql, tokenOf } from '../harness/steps.mjs';
import { readCache, writeCache } from '../harness/tokens.mjs';
import { ANN, BOB, PASSWORD, signIn, signUp } from './people.mjs';

const NAME = 'better-auth.session_data';
const cacheOf = (seen, name = 'ann') => decodeURIComponent(seen[name].value(NAME));

/** Asks for the session with the cache that `make` builds of Ann's. */
const asked = (title, make, { path = '/get-session', session = sessionCookieOf('ann') } = {}) =>
  get(title, path, { cookie: (seen) => `${session(seen)}; ${NAME}=${encodeURIComponent(make(cacheOf(seen), seen))}` });

/** Asks with a cache whose members `change` has changed, rightly signed unless `options` say otherwise. */
const changed = (title, change, options) =>
  asked(title, (cache, seen) => writeCache(change(readCache(cache), seen), options));

const inPast = (members) =>
  members.exp === undefined ? { ...members, expiresAt: Date.now() - 1 } : { ...members, exp: seconds() - 60 };
const seconds = () => Math.floor(Date.now() / 1000);
const reversed = (object) => Object.fromEntries(Object.entries(object).reverse());
const middle = (text, change) => {
  const at = Math.floor(text.length / 2);
  return text.slice(0, at) + change(text[at]) + text.slice(at + 1);
};

const forged = scenario(
  'what is not believed',
  signUp(ANN),
  signUp(BOB),
  sql('the store knows better', `update "user" set name = 'Anna' where name = 'Ann'`),
  asked('the right one', (cache) => cache),
  changed('the same, written anew', (members) => members),
  changed('another secret', (members) => members, { secret: 'another secret of forty characters, or so' }),
  asked('one letter changed', (cache) => middle(cache, (letter) => (letter === 'A' ? 'B' : 'A'))),
  asked('the last letters cut off', (cache) => cache.slice(0, -3)),
  asked('letters behind', (cache) => `${cache}abcd`),
  asked('garbage', () => 'garbage'),
  asked('garbage of three parts', () => 'a.b.c'),
  asked('garbage of five parts', () => 'a.b.c.d.e'),
  asked('empty', () => ''),
  asked('an empty object', () => Buffer.from('{}').toString('base64url')),
  asked('null', () => Buffer.from('null').toString('base64url')),
  asked("another user's cache", (cache, seen) => cacheOf(seen, 'bob')),
  asked("another user's cache, by a guarded endpoint", (cache, seen) => cacheOf(seen, 'bob'), {
    path: '/list-accounts',
  }),
  asked('without a session cookie', (cache) => cache, { session: () => 'a=b' }),
  asked('with a forged session cookie', (cache) => cache, {
    session: (seen) => `better-auth.session_token=${tokenOf('ann')(seen)}.${'A'.repeat(43)}%3D`,
  }),
  changed('expired', inPast),
  changed('another version', (members) => ({ ...members, version: '2' })),
  changed('no version', ({ version, ...members }) => members),
  changed('version 1', (members) => ({ ...members, version: '1' })),
  changed('a session that has ended', (members) => ({
    ...members,
    session: { ...members.session, expiresAt: '2026-01-01T00:00:00.000Z' },
  })),
  changed('a session whose end is no date', (members) => ({
    ...members,
    session: { ...members.session, expiresAt: 'x' },
  })),
  changed('another token inside', (members) => ({ ...members, session: { ...members.session, token: 'x' } })),
  changed('no user', ({ user, ...members }) => members),
  changed('no session', ({ session, ...members }) => members),
  changed('keys in another order', (members) => ({
    ...members,
    user: reversed(members.user),
    session: reversed(members.session),
  })),
  changed('a user with more', (members) => ({ ...members, user: { ...members.user, admin: true } })),
  changed('a user of other words', (members) => ({ ...members, user: { ...members.user, name: 'Änn "<>\u2028' } })),
);

const LONG = 'n'.repeat(6_000);
const pieces = (seen, names) =>
  [sessionCookieOf('ann')(seen), ...names.map((name) => seen.ann.cookie(name))].join('; ');
const piece = (at) => `${NAME}.${at}`;
const withPieces = (title, names) => get(title, '/get-session', { cookie: (seen) => pieces(seen, names) });

const chunked = scenario(
  'too large for one cookie',
  signUp({ ...ANN, name: LONG }),
  sql('its answer', `select length(name) from "user"`),
  signIn(ANN, { keep: 'ann' }),
  get('a hit', '/get-session', { cookie: cookiesOf('ann') }),
  sql('the store knows better', `update "user" set name = 'Anna'`),
  get('a hit still', '/get-session', { cookie: cookiesOf('ann') }),
  withPieces('pieces in another order', [piece(2), piece(0), piece(1)]),
  withPieces('one is missing', [piece(0), piece(2)]),
  withPieces('the first is missing', [piece(1), piece(2)]),
  get('a whole one wins', '/get-session', { cookie: (seen) => `${cookiesOf('ann')(seen)}; ${NAME}=x` }),
  get('a piece of another name', '/get-session', {
    cookie: (seen) => `${cookiesOf('ann')(seen)}; ${NAME}.x=y; ${NAME}.01=z`,
  }),
  get('a piece too many', '/get-session', { cookie: (seen) => `${cookiesOf('ann')(seen)}; ${NAME}.9=zzzz` }),
  get('asked for the store: one cookie again', '/get-session?disableCookieCache=1', { cookie: cookiesOf('ann') }),
  post('update-user with pieces', '/update-user', { json: { name: 'Ann' }, cookie: cookiesOf('ann') }),
  post('and to a long name again', '/update-user', { json: { name: LONG }, cookie: cookiesOf('ann') }),
  get('a guarded endpoint writes every piece', '/list-accounts', {
    cookie: sessionCookieOf('ann'),
    reading: (text) => JSON.parse(text).length,
  }),
  post('a sign-out clears them', '/sign-out', { cookie: cookiesOf('ann') }),
  signUp({ ...BOB, name: 'b'.repeat(500_000) }),
  post('more than a hundred pieces: none', '/sign-in/email', {
    json: { email: BOB.email, password: PASSWORD },
    reading: (text) => text.length,
  }),
);

export default [forged, chunked];
