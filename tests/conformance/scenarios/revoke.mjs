// POST /revoke-session, /revoke-sessions, /revoke-other-sessions.

import { signed } from '../harness/cookies.mjs';
import { cookiesOf, get, post, scenario, sql, tokenOf } from '../harness/steps.mjs';
import { ANN, BOB, due, endsIn, signIn, signUp } from './people.mjs';
import { manySessions } from './list-sessions.mjs';

const revoke = (title, token, more = {}) =>
  post(title, '/revoke-session', {
    json: typeof token === 'function' ? (seen) => ({ token: token(seen) }) : { token },
    cookie: cookiesOf('ann'),
    ...more,
  });

/** Whether a kept session still is one. */
const lives = (name) => get(`${name}'s session`, '/get-session', { cookie: cookiesOf(name) });

/** The times of all sessions as the suite has them, where a refresh is a side's own choice. */
const evened = sql(
  'the same times on both sides',
  `update session set "expiresAt" = '2100-01-01', "updatedAt" = '2026-01-01'`,
);

export default [
  scenario(
    'one session',
    signUp(ANN),
    signIn(ANN, { keep: 'second' }),
    signIn(ANN, { keep: 'third' }),
    signIn(ANN, { keep: 'fourth' }),
    signUp(BOB),
    revoke('another one', tokenOf('second')),
    lives('second'),
    revoke('the same again', tokenOf('second')),
    revoke('an unknown one', 'A'.repeat(32)),
    revoke('an empty one', ''),
    revoke('the signed token is none', (seen) => seen.third.authToken),
    revoke('the id is none', (seen) => seen.ann.json.user.id),
    revoke("another user's", tokenOf('bob')),
    lives('bob'),
    endsIn('third', '-1 second'),
    revoke('an expired one', tokenOf('third')),
    revoke('fields that no one asked for', tokenOf('fourth'), {
      json: (seen) => ({ token: seen.fourth.json.token, userId: 'x', other: [1] }),
    }),
    revoke('10 000 letters', 'x'.repeat(10_000)),
    revoke('quotes and SQL', `' or 1=1 --`),
    revoke('the own one: cookies cleared', tokenOf('ann')),
    lives('ann'),
    revoke('with the cookie of a session that is gone', tokenOf('ann')),
  ),

  scenario(
    'one session, by bearers and without memory',
    signUp(ANN, { rememberMe: false }),
    signIn(ANN, { keep: 'second' }),
    signIn(ANN, { keep: 'third' }),
    revoke('a bearer revokes another', tokenOf('second'), { bearer: tokenOf('third'), cookie: null, origin: null }),
    revoke('a bearer revokes itself', tokenOf('third'), { bearer: tokenOf('third'), cookie: null, origin: null }),
    revoke('the own one, not remembered', tokenOf('ann')),
  ),

  scenario(
    'what validation says',
    signUp(ANN),
    ...[1, null, true, [], {}, undefined].map((token) => revoke(`token ${JSON.stringify(token)}`, token)),
    ...[[], 'x', null, 5].map((json) => revoke(`body ${JSON.stringify(json)}`, '', { json })),
    revoke('NUL in a token', 'a\u0000b'),
  ),

  scenario(
    'all sessions',
    signUp(ANN),
    signIn(ANN, { keep: 'second', rememberMe: false }),
    signUp(BOB),
    endsIn('ann', '-1 second'),
    post('expired ones as well', '/revoke-sessions', { cookie: cookiesOf('second') }),
    lives('second'),
    lives('bob'),
    post('with a body that nobody reads', '/revoke-sessions', { json: { token: 'x' }, cookie: cookiesOf('bob') }),
    signIn(BOB, { keep: 'bob2' }),
    post('with an array', '/revoke-sessions', { json: [1], cookie: cookiesOf('bob2') }),
    signIn(BOB, { keep: 'bob3' }),
    post('by a bearer', '/revoke-sessions', { bearer: tokenOf('bob3'), origin: null }),
  ),

  scenario(
    'all others',
    signUp(ANN),
    signIn(ANN, { keep: 'second' }),
    signIn(ANN, { keep: 'third' }),
    signUp(BOB),
    endsIn('third', '-1 second'),
    post('an expired one stays', '/revoke-other-sessions', { cookie: cookiesOf('ann') }),
    lives('ann'),
    lives('second'),
    lives('bob'),
    post('none is left', '/revoke-other-sessions', { cookie: cookiesOf('ann') }),
    signIn(ANN, { keep: 'fourth' }),
    post('by a bearer', '/revoke-other-sessions', { bearer: tokenOf('fourth'), origin: null }),
    lives('ann'),
    post('with a body that nobody reads', '/revoke-other-sessions', { json: 'x', cookie: cookiesOf('fourth') }),
  ),

  scenario(
    'a session that is due and revokes',
    signUp(ANN),
    signIn(ANN, { keep: 'second' }),
    due('ann'),
    revoke('another one', tokenOf('second')),
    evened,
    due('ann'),
    revoke('an unknown one', 'x'),
    evened,
    due('ann'),
    post('all others', '/revoke-other-sessions', { cookie: cookiesOf('ann') }),
    evened,
    due('ann'),
    revoke('itself', tokenOf('ann')),
    signIn(ANN, { keep: 'third' }),
    due('third'),
    post('all', '/revoke-sessions', { cookie: cookiesOf('third') }),
    signIn(ANN, { keep: 'fourth', rememberMe: false }),
    post('all, for a bearer that is not remembered', '/revoke-sessions', { bearer: tokenOf('fourth'), origin: null }),
    signIn(ANN, { keep: 'fifth', rememberMe: false }),
    post('all, with a second cookie that is wrong', '/revoke-sessions', {
      cookie: (seen) =>
        `${seen.fifth.cookie('better-auth.session_token')}; better-auth.dont_remember=` +
        encodeURIComponent(signed('true', 'another secret')),
    }),
  ),

  scenario(
    'more than a hundred sessions',
    signUp(ANN),
    manySessions(150),
    post('all others', '/revoke-other-sessions', { cookie: cookiesOf('ann') }),
    sql('how many are left', 'select count(*)::int from session'),
    sql('the others go', `delete from session where "createdAt" < now() - interval '10 minutes'`),
    manySessions(150),
    post('all', '/revoke-sessions', { cookie: cookiesOf('ann') }),
  ),
];
