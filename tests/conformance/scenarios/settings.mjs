// The same rules under other settings: https, shorter sessions that refresh at every use, other lengths of
// passwords, bearers with a signature only.

import { signed } from '../harness/cookies.mjs';
import { ORIGIN } from '../harness/settings.mjs';
import { cookiesOf, get, post, scenario, tokenOf } from '../harness/steps.mjs';
import { ANN } from './people.mjs';

const HTTPS = 'https://auth.example.com';

export const OTHER_SETTINGS = {
  origin: HTTPS,
  requireSignature: true,
  expiresIn: 172_800,
  updateAge: 0,
  minPasswordLength: 10,
  maxPasswordLength: 20,
};

const NAME = '__Secure-better-auth.session_token';
const sessionCookie = (name, prefix = '__Secure-') => (seen) =>
  `${prefix}better-auth.session_token=${seen[name].value(NAME)}`;

const fromPage = (title, path, options) => post(title, path, { origin: HTTPS, ...options });
const signUpOf = (user, more = {}) =>
  fromPage(`sign-up of ${user.name}`, '/sign-up/email', { json: { ...user, ...more }, keep: user.name.toLowerCase() });

export default [
  scenario(
    'cookies of https',
    signUpOf(ANN),
    get('a session, refreshed at every use', '/get-session', { cookie: cookiesOf('ann') }),
    get('and again', '/get-session', { cookie: cookiesOf('ann') }),
    get('but not with disableRefresh', '/get-session?disableRefresh=1', { cookie: cookiesOf('ann') }),
    get('a name without the prefix is no session', '/get-session', { cookie: sessionCookie('ann', '') }),
    get('nor with the prefix of hosts', '/get-session', { cookie: sessionCookie('ann', '__Host-') }),
    get('stale chunks of the cache', '/get-session?disableRefresh=1', {
      cookie: (seen) =>
        `${cookiesOf('ann')(seen)}; __Secure-better-auth.session_data.0=a; better-auth.session_data.1=b`,
    }),
    get('an unknown token', '/get-session', { cookie: `${NAME}=${encodeURIComponent(signed('A'.repeat(32)))}` }),
    fromPage('sign-in, not remembered', '/sign-in/email', {
      json: { email: ANN.email, password: ANN.password, rememberMe: false },
      keep: 'short',
    }),
    get('a session of one day', '/get-session', { cookie: cookiesOf('short') }),
    fromPage('remembered again', '/sign-in/email', {
      json: { email: ANN.email, password: ANN.password },
      cookie: cookiesOf('short'),
    }),
    get('the second cookie lost: as long as all others', '/get-session', { cookie: sessionCookie('short') }),
    fromPage('sign-out', '/sign-out', { cookie: cookiesOf('ann') }),
  ),

  scenario(
    'bearers with a signature only',
    signUpOf(ANN),
    get('signed', '/get-session', { bearer: (seen) => seen.ann.authToken }),
    get('signed and encoded', '/get-session', { bearer: (seen) => encodeURIComponent(seen.ann.authToken) }),
    get('plain', '/get-session', { bearer: tokenOf('ann') }),
    get('plain, beside the cookie', '/get-session', { bearer: 'A'.repeat(32), cookie: cookiesOf('ann') }),
    post('plain, at a sign-out', '/sign-out', { bearer: tokenOf('ann'), origin: null }),
    post('signed, at a sign-out', '/sign-out', { bearer: (seen) => seen.ann.authToken, origin: null }),
  ),

  scenario(
    'lengths of passwords',
    fromPage('9 characters', '/sign-up/email', { json: { ...ANN, password: '9chars_90' } }),
    fromPage('10 characters', '/sign-up/email', { json: { ...ANN, password: '10chars_90' } }),
    fromPage('21 characters', '/sign-up/email', { json: { ...ANN, password: 'x'.repeat(21) } }),
    fromPage('21 characters at a sign-in', '/sign-in/email', { json: { email: ANN.email, password: 'x'.repeat(21) } }),
    fromPage('9 characters at a sign-in', '/sign-in/email', { json: { email: ANN.email, password: '9chars_90' } }),
  ),

  scenario(
    'another own origin',
    post('the usual one is foreign', '/sign-in/email', { json: { email: ANN.email, password: 'x' }, origin: ORIGIN }),
    ...[HTTPS, `${HTTPS}:443`, 'http://auth.example.com', `${HTTPS}:8443`].map((origin) =>
      post(`Origin ${origin}`, '/sign-out', { json: {}, cookie: 'x=1', origin })),
    ...[`${HTTPS}/x`, 'http://auth.example.com/x', `${ORIGIN}/x`].map((callbackURL) =>
      fromPage(`callbackURL ${callbackURL}`, '/sign-out', { json: { callbackURL } })),
  ),
];
