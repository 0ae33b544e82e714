// POST /sign-out: always a success, whatever the session.

import { signed } from '../harness/cookies.mjs';
import { cookiesOf, get, post, request, scenario, sessionCookieOf, sql, tokenOf } from '../harness/steps.mjs';
import { ANN, BOB, signIn, signUp } from './people.mjs';

export default [
  scenario(
    'a session ends',
    signUp(ANN),
    signIn(ANN, { keep: 'second' }),
    post('with {}', '/sign-out', { json: {}, cookie: cookiesOf('ann') }),
    get('the session is gone', '/get-session', { cookie: cookiesOf('ann') }),
    post('again, with the dead cookie', '/sign-out', { json: {}, cookie: cookiesOf('ann') }),
    get('the other session of the user lives on', '/get-session', { cookie: cookiesOf('second') }),
    post('without a body', '/sign-out', { cookie: cookiesOf('second') }),
  ),

  scenario(
    'bearers',
    signUp(ANN),
    signIn(ANN, { keep: 'second' }),
    post('a plain token, without cookies and origin', '/sign-out', { bearer: tokenOf('ann'), origin: null }),
    post('a signed token', '/sign-out', { bearer: (seen) => seen.second.authToken, origin: null }),
  ),

  scenario(
    'a bearer wins over a cookie',
    signUp(ANN),
    signUp(BOB),
    post('the bearer is signed out', '/sign-out', { bearer: tokenOf('bob'), cookie: cookiesOf('ann') }),
    get('the cookie lives on', '/get-session', { cookie: cookiesOf('ann') }),
  ),

  scenario(
    'nothing to end',
    signUp(ANN),
    post('no cookie and no body', '/sign-out'),
    post('no header at all', '/sign-out', { origin: null }),
    post('a foreign origin, no cookie', '/sign-out', { origin: 'https://evil.com', json: {} }),
    post('a wrongly signed cookie', '/sign-out', {
      cookie: (seen) => `better-auth.session_token=${seen.ann.json.token}.${'A'.repeat(43)}%3D`,
    }),
    post('an unsigned cookie', '/sign-out', { cookie: (seen) => `better-auth.session_token=${seen.ann.json.token}` }),
    post('a cookie of another secret', '/sign-out', {
      cookie: (seen) =>
        `better-auth.session_token=${encodeURIComponent(signed(seen.ann.json.token, 'another secret'))}`,
    }),
    post('only dont_remember', '/sign-out', {
      cookie: `better-auth.dont_remember=${encodeURIComponent(signed('true'))}`,
    }),
    get('the session lives on', '/get-session', { cookie: cookiesOf('ann') }),
  ),

  scenario(
    'an expired session',
    signUp(ANN),
    sql('it ends', `update session set "expiresAt" = now() - interval '1 day'`),
    post('its row goes as well', '/sign-out', { cookie: sessionCookieOf('ann') }),
  ),

  scenario(
    'its body',
    signUp(ANN),
    post('all fields', '/sign-out', {
      json: { callbackURL: '/x', disableRedirect: true, state: 's', other: 1 },
      cookie: cookiesOf('ann'),
    }),
    ...[
      ['disableRedirect a string', { callbackURL: '/x', disableRedirect: 'no' }],
      ['disableRedirect null', { disableRedirect: null }],
      ['state a number', { state: 1 }],
      ['callbackURL a number', { callbackURL: 1 }],
      ['callbackURL null', { callbackURL: null }],
      ['callbackURL empty', { callbackURL: '' }],
      ['callbackURL foreign', { callbackURL: 'https://evil.com' }],
      ['everything wrong', { state: [], disableRedirect: 0, callbackURL: null }],
      ['an array', []],
      ['a string', 'x'],
      ['null', null],
      ['false', false],
      ['zero', 0],
    ].map(([title, json]) => post(title, '/sign-out', { json })),
    post('a form', '/sign-out', { form: 'x=1' }),
    post('no JSON', '/sign-out', { body: '{', type: 'application/json' }),
    post('an empty body', '/sign-out', { body: '', type: 'application/json' }),
    request('GET', 'GET', '/api/auth/sign-out', { cookie: cookiesOf('ann') }),
    request('DELETE', 'DELETE', '/api/auth/sign-out', { cookie: cookiesOf('ann') }),
  ),
];
