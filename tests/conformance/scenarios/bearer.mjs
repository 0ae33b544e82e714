// Authorization: Bearer, wherever a session is read.

import { signature, signed } from '../harness/cookies.mjs';
import { cookiesOf, get, post, scenario, sql } from '../harness/steps.mjs';
import { ANN, BOB, KNOWN_TOKEN, PASSWORD, signUp } from './people.mjs';

/** Asks for the session with the `Authorization` header that `make` builds of its token. */
const asked = (title, make, more = {}) =>
  get(title, '/get-session', { headers: (seen) => [['Authorization', make(KNOWN_TOKEN, seen)]], ...more });

const signUpWithKnownToken = [signUp(ANN), sql('its token', 'update session set token = $1', [KNOWN_TOKEN])];

const urlSafe = (text) => text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

export default [
  scenario(
    'spellings',
    ...signUpWithKnownToken,
    signUp(BOB),
    get('set-auth-token of a sign-up', '/get-session', { bearer: (seen) => seen.bob.authToken }),
    asked('the plain token', (token) => `Bearer ${token}`),
    asked('signed, as set-auth-token has it', (token) => `Bearer ${signed(token)}`),
    asked('signed and encoded, as the cookie has it', (token) => `Bearer ${encodeURIComponent(signed(token))}`),
    asked('scheme in lower case, two blanks', (token) => `bearer  ${signed(token)}`),
    asked('scheme in upper case', (token) => `BEARER ${token}`),
    asked('blanks behind', (token) => `Bearer ${token}  `),
    asked('a tab for the blank', (token) => `Bearer\t${token}`),
    asked('no blank', (token) => `Bearer${token}`),
    asked('no scheme', (token) => token),
    asked('another scheme', (token) => `Basic ${token}`),
    asked('only the scheme', () => 'Bearer'),
    asked('the scheme and a blank', () => 'Bearer '),
    asked('an empty header', () => ''),
    asked('two tokens', (token) => `Bearer ${token} ${token}`),
    asked('a comma behind', (token) => `Bearer ${token},`),
    asked('an encoded plain token', (token) => `Bearer %${token.charCodeAt(0).toString(16)}${token.slice(1)}`),
    asked('a quoted token', (token) => `Bearer "${token}"`),
  ),

  scenario(
    'forgeries',
    ...signUpWithKnownToken,
    signUp(BOB),
    asked('garbage', () => 'Bearer nonsense.sig'),
    asked('garbage without a dot', () => 'Bearer nonsense'),
    asked('a dot behind the token', (token) => `Bearer ${token}.`),
    asked('a dot before the token', (token) => `Bearer .${token}`),
    asked('a signature of zeros', (token) => `Bearer ${token}.${'A'.repeat(43)}=`),
    asked("another token's signature", (token, seen) => `Bearer ${token}.${signature(seen.bob.json.token)}`),
    asked('another secret', (token) => `Bearer ${signed(token, 'another secret')}`),
    asked('three parts', (token) => `Bearer ${signed(token)}.x`),
    asked('a broken escape', (token) => `Bearer ${signed(token)}%`),
    asked('a signature without its padding', (token) => `Bearer ${signed(token).replace('=', '')}`),
    asked('the URL-safe alphabet', (token) => `Bearer ${token}.${urlSafe(signature(token))}`),
    asked('an unknown token, signed', () => `Bearer ${signed('A'.repeat(32))}`),
    asked('an unknown token, plain', () => `Bearer ${'A'.repeat(32)}`),
    asked('letters outside ASCII', () => 'Bearer t\u00f6ken'),
  ),

  scenario(
    'beside cookies',
    ...signUpWithKnownToken,
    signUp(BOB, { rememberMe: false }),
    asked('a signed bearer wins', (token) => `Bearer ${signed(token)}`, { cookie: cookiesOf('bob') }),
    asked('a plain bearer wins', (token) => `Bearer ${token}`, { cookie: cookiesOf('bob') }),
    asked('a forged bearer does not', () => 'Bearer nonsense.sig', { cookie: cookiesOf('bob') }),
    asked('a forged bearer with the right token does not', (token) => `Bearer ${token}.${'A'.repeat(43)}=`, {
      cookie: cookiesOf('bob'),
    }),
    asked('an unknown bearer wins: no session', () => `Bearer ${'A'.repeat(32)}`, { cookie: cookiesOf('bob') }),
    asked('a signature without its padding', (token) => `Bearer ${signed(token).replace('=', '')}`, {
      cookie: cookiesOf('bob'),
    }),
    asked('the URL-safe alphabet', (token) => `Bearer ${token}.${urlSafe(signature(token))}`, {
      cookie: cookiesOf('bob'),
    }),
    asked('three parts', (token) => `Bearer ${signed(token)}.x`, { cookie: cookiesOf('bob') }),
    asked('another scheme', () => 'Basic YTpi', { cookie: cookiesOf('bob') }),
    asked('a stale cache beside a bearer', (token) => `Bearer ${token}`, { cookie: 'better-auth.session_data=x' }),
    asked('a cookie that is no session', (token) => `Bearer ${token}`, { cookie: 'a=b; better-auth.session_token=x' }),
  ),

  scenario(
    'set-auth-token on a refresh',
    ...signUpWithKnownToken,
    sql('due', `update session set "expiresAt" = date_trunc('milliseconds', now() + interval '1 day')`),
    asked('a refresh through a bearer', (token) => `Bearer ${token}`),
    asked('no refresh, no header', (token) => `Bearer ${token}`),
    sql('due again', `update session set "expiresAt" = date_trunc('milliseconds', now() + interval '1 day')`),
    asked('dont_remember beside a bearer', (token) => `Bearer ${token}`, {
      cookie: `better-auth.dont_remember=${encodeURIComponent(signed('true'))}`,
    }),
  ),

  scenario(
    'where no session is read',
    post('sign-up with a bearer', '/sign-up/email', { json: ANN, bearer: 'A'.repeat(32) }),
    post('sign-in with a bearer, no origin', '/sign-in/email', {
      json: { email: ANN.email, password: PASSWORD },
      bearer: 'A'.repeat(32),
      origin: null,
    }),
    get('ok with a bearer', '/ok', { bearer: 'A'.repeat(32) }),
  ),
];
