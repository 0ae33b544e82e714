// GET /list-sessions: the sessions of a user that are still live, for a session that is fresh.

import { cookiesOf, get, scenario, sql, tokenOf } from '../harness/steps.mjs';
import { ANN, BOB, byAge, endsIn, signIn, signUp, startedBefore } from './people.mjs';

const list = (title, name = 'ann', { query = '', ...more } = {}) =>
  get(title, `/list-sessions${query}`, { cookie: cookiesOf(name), reading: byAge, ...more });

export const manySessions = (count) =>
  sql(
    `${count} sessions more`,
    `insert into session (id, token, "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "userId")
     select md5('id' || n), md5('token' || n), date_trunc('milliseconds', now() + interval '1 day'),
            now() - interval '1 hour', now() - interval '1 hour', '', '', "user".id
       from generate_series(1, $1::int) n, "user" where email = $2`,
    [count, ANN.email],
  );

export default [
  scenario(
    'what is listed',
    signUp(ANN),
    list('one session'),
    signIn(ANN, { keep: 'second' }),
    signIn(ANN, { keep: 'third', rememberMe: false }),
    signUp(BOB),
    list('three, none of others'),
    list('as another of them', 'second'),
    list('as one that is not remembered', 'third'),
    endsIn('second', '-1 second'),
    list('an expired one is left out'),
    endsIn('third', '1 second'),
    list('one that ends soon is not'),
    sql('null for address and agent', 'update session set "ipAddress" = null, "userAgent" = null'),
    list('nulls are kept'),
    get('with an agent', '/list-sessions', {
      cookie: cookiesOf('bob'),
      headers: [['User-Agent', 'x "y" <z>']],
      reading: byAge,
    }),
    list('a bearer of the plain token', 'ann', { cookie: null, bearer: tokenOf('ann') }),
    list('a bearer of the signed token', 'ann', { cookie: null, bearer: (seen) => seen.ann.authToken }),
    list('a bearer wins over a cookie', 'ann', { bearer: tokenOf('bob') }),
  ),

  scenario(
    'freshness',
    signUp(ANN),
    startedBefore('ann', '23 hours 59 minutes'),
    list('nearly a day old'),
    startedBefore('ann', '1 day'),
    list('a day old'),
    endsIn('ann', '3 days'),
    list('refreshed and refused'),
    list('a refresh makes no session fresh'),
    list('for a bearer', 'ann', { cookie: null, bearer: tokenOf('ann') }),
    list('disableRefresh does not help', 'ann', { query: '?disableRefresh=1' }),
    signIn(ANN, { keep: 'second' }),
    list('a new sign-in does', 'second'),
    endsIn('ann', '-1 second'),
    list('expired and old: expired'),
  ),

  scenario(
    'more than a hundred sessions',
    signUp(ANN),
    manySessions(150),
    list('how many', 'ann', { reading: (text) => ({ count: JSON.parse(text).length }) }),
    sql('they go', `delete from session where "createdAt" < now() - interval '10 minutes'`),
  ),
];
