// GET /get-session: the answer, sliding refresh, expiry, the clearing of dead and stale cookies.

import { signed } from '../harness/cookies.mjs';
import { cookiesOf, get, inspect, post, scenario, sessionCookieOf, sql, tokenOf } from '../harness/steps.mjs';
import { ANN, BOB, endsIn, signIn, signUp, UNKNOWN } from './people.mjs';

const session = (title, name, { query = '', more = '' } = {}) =>
  get(title, `/get-session${query}`, { cookie: (seen) => sessionCookieOf(name)(seen) + more });

export default [
  scenario(
    'with and without a session',
    signUp(ANN),
    get('no cookie', '/get-session'),
    get('no cookie, from a page', '/get-session', { origin: 'http://localhost:44001' }),
    session('a session', 'ann'),
    session('both query fields', 'ann', { query: '?disableCookieCache=true&disableRefresh=true' }),
    session('false is true', 'ann', { query: '?disableCookieCache=false' }),
    session('twice is true', 'ann', { query: '?disableCookieCache=1&disableCookieCache=2' }),
    session('empty', 'ann', { query: '?disableCookieCache=&disableRefresh=' }),
    session('without a value', 'ann', { query: '?disableRefresh' }),
    session('unknown and odd query fields', 'ann', { query: '?x=1&&=&%zz=%&__proto__=1&a[]=2' }),
    session('an empty query', 'ann', { query: '?' }),
    get('a foreign origin may ask', '/get-session', { cookie: sessionCookieOf('ann'), origin: 'https://evil.com' }),
    get('so may a null origin', '/get-session', { cookie: sessionCookieOf('ann'), origin: 'null' }),
    get('a GET with a body', '/get-session', { cookie: sessionCookieOf('ann'), json: { disableRefresh: true } }),
  ),

  scenario(
    'sliding refresh',
    signUp(ANN),
    endsIn('ann', '6 days 1 minute'),
    session('a day since the last one has not passed', 'ann'),
    endsIn('ann', '5 days 23 hours 59 minutes'),
    session('due, with disableRefresh', 'ann', { query: '?disableRefresh=true' }),
    session('due, with disableRefresh=0', 'ann', { query: '?disableRefresh=0' }),
    session('due, with disableRefresh twice and empty', 'ann', { query: '?disableRefresh=&disableRefresh=' }),
    session('due, with dont_remember', 'ann', {
      more: `; better-auth.dont_remember=${encodeURIComponent(signed('true'))}`,
    }),
    session('due, with an empty disableRefresh', 'ann', { query: '?disableRefresh=' }),
    session('not due any more', 'ann'),
    endsIn('ann', '1 second'),
    session('a second before its end', 'ann', {
      more: `; better-auth.dont_remember=${encodeURIComponent(signed('true', 'another secret'))}`,
    }),
    endsIn('ann', '30 days'),
    session('longer than any session lives', 'ann'),
  ),

  scenario(
    'a session that is not remembered',
    signUp(ANN, { rememberMe: false }),
    get('is not extended', '/get-session', { cookie: cookiesOf('ann') }),
    get('nor with the cookies the other way round', '/get-session', {
      cookie: (seen) => cookiesOf('ann')(seen).split('; ').reverse().join('; '),
    }),
    session('is extended to seven days when the second cookie is lost', 'ann'),
    get('and stays so', '/get-session', { cookie: cookiesOf('ann') }),
    signIn(ANN, { keep: 'second', rememberMe: false }),
    get('is extended for a bearer of its token', '/get-session', { bearer: tokenOf('second') }),
  ),

  scenario(
    'the end of a session',
    signUp(ANN),
    signIn(ANN, { keep: 'second' }),
    endsIn('ann', '-1 second'),
    session('expired: cookies cleared, row gone', 'ann'),
    session('again', 'ann'),
    session('another session of the user', 'second'),
    endsIn('second', '-1 day'),
    session('expired, with disableRefresh', 'second', { query: '?disableRefresh=1' }),
    signIn(ANN, { keep: 'third' }),
    endsIn('third', '-1 minute'),
    get('expired, for a bearer', '/get-session', { bearer: tokenOf('third') }),
    get('a right signature of an unknown token', '/get-session', { cookie: UNKNOWN }),
    get('the same with dont_remember', '/get-session', {
      cookie: `${UNKNOWN}; better-auth.dont_remember=${encodeURIComponent(signed('true'))}`,
    }),
    signIn(ANN, { keep: 'fourth' }),
    sql('the user goes', 'delete from "user"'),
    session('a session whose user is gone', 'fourth'),
  ),

  scenario(
    'what the row says is what the answer says',
    signUp(ANN),
    sql('a verified user with an image', `update "user" set "emailVerified" = true, image = 'x', name = 'Änn "A"'`),
    sql('no address and agent', 'update session set "ipAddress" = null, "userAgent" = null'),
    session('nulls are kept', 'ann'),
    sql(
      'old dates',
      `update "user" set "createdAt" = '1999-12-31 23:59:59.999+00', "updatedAt" = '2000-01-01 01:00:00+01'
       returning "createdAt", "updatedAt"`,
    ),
    session('dates have three digits', 'ann'),
  ),

  scenario(
    'cookies of a cache that is off',
    signUp(ANN),
    session('session_data', 'ann', { more: '; better-auth.session_data=abc' }),
    session('chunks', 'ann', { more: '; better-auth.session_data.0=abc; better-auth.session_data.1=def' }),
    session('chunks out of order, with a gap', 'ann', {
      more: '; better-auth.session_data.7=abc; better-auth.session_data.0=def',
    }),
    session('a whole one and chunks', 'ann', {
      more: '; better-auth.session_data.1=b; better-auth.session_data=a; better-auth.session_data.0=c',
    }),
    session('no chunk: no canonical number', 'ann', {
      more: '; better-auth.session_data.01=a; better-auth.session_data.x=b; better-auth.session_data.-1=c',
    }),
    session('an empty one', 'ann', { more: '; better-auth.session_data=' }),
    session('the same chunk twice', 'ann', {
      more: '; better-auth.session_data.0=a; better-auth.session_data.0=b',
    }),
    session('a name of another case', 'ann', { more: '; better-auth.Session_data=a' }),
    get('without a session', '/get-session', { cookie: 'better-auth.session_data=abc' }),
    get('chunks without a session', '/get-session', {
      cookie: 'better-auth.session_data.0=abc; better-auth.session_data.1=abc',
    }),
    get('with a dead session', '/get-session', { cookie: `${UNKNOWN}; better-auth.session_data=abc` }),
    get('chunks with a dead session', '/get-session', {
      cookie: `better-auth.session_data.0=a; ${UNKNOWN}; better-auth.session_data.1=b`,
    }),
    get('chunks with a dead session and dont_remember', '/get-session', {
      cookie: `better-auth.session_data.1=a; better-auth.dont_remember=x; ${UNKNOWN}`,
    }),
    endsIn('ann', '1 day'),
    session('with a session that is due', 'ann', {
      more: '; better-auth.session_data=abc; better-auth.session_data.0=x',
    }),
    post('with a sign-up', '/sign-up/email', { json: BOB, cookie: 'better-auth.session_data=abc' }),
    post('chunks with a sign-out', '/sign-out', {
      cookie: 'better-auth.session_data.0=abc; better-auth.session_data.1=abc',
    }),
  ),

  scenario(
    'sessions cross over',
    signUp(ANN),
    inspect('each side gets the users, sessions and accounts of the other', copyRows),
    get("the other's cookie", '/get-session', { cookie: ({ other }) => other.cookies }),
    get("the other's bearer", '/get-session', { bearer: ({ other }) => other.authToken }),
    get("the other's plain token", '/get-session', { bearer: ({ other }) => other.json.token }),
    post("sign-out with the other's cookie", '/sign-out', { cookie: ({ other }) => other.cookies }),
    get('ends it', '/get-session', { cookie: ({ other }) => other.cookies }),
    session('the own session lives on', 'ann'),
  ),
];

/** Copies what the other side wrote at sign-up into this side, under another address, and keeps its answer. */
async function copyRows(party, parties) {
  const other = parties.find((one) => one !== party);
  const { ann } = other.seen;
  party.seen.other = ann;
  const [user] = await other.side.database.query('select * from "user" where id = $1', [ann.json.user.id]);
  await insert(party, 'user', { ...user, email: 'other@example.com' });
  const rows = await other.side.database.query('select * from session where token = $1', [ann.json.token]);
  // Each side has its own idea of the caller's address.
  for (const row of rows) await insert(party, 'session', { ...row, ipAddress: '' });
  return { copied: rows.length };
}

async function insert(party, table, row) {
  const columns = Object.keys(row).map((name) => `"${name}"`);
  const places = columns.map((_, at) => `$${at + 1}`);
  await party.side.database.query(
    `insert into "${table}" (${columns.join(', ')}) values (${places.join(', ')})`,
    Object.values(row),
  );
}
