// POST /request-password-reset, GET /reset-password/:token, POST /reset-password.

import { FOREIGN, ORIGIN, TRUSTED } from '../harness/settings.mjs';
import { cookiesOf, follow, get, mailedTokenOf, post, scenario, sql, together, tokenOf } from '../harness/steps.mjs';
import { jsonOf } from '../harness/http.mjs';
import { ANN, BOB, signIn, signUp, withoutAccount, withoutPassword } from './people.mjs';

const NEW = 'newpassword1234';

const ask = (title, json = { email: ANN.email }, more = {}) =>
  post(title, '/request-password-reset', { json, ...more });
const reset = (title, json, { query = '', ...more } = {}) =>
  post(title, `/reset-password${query}`, { json: (seen) => (typeof json === 'function' ? json(seen) : json), ...more });

/** A reset with the token of the last mail, or the one before it. */
const resetMailed = (title, more = {}, back = 0) =>
  reset(title, (seen) => ({ newPassword: NEW, token: mailedTokenOf('reset-password', back)(seen), ...more }));

/** GET /reset-password/:token with the token of the last mail. */
const opened = (title, query) =>
  get(title, (seen) => `/reset-password/${mailedTokenOf('reset-password')(seen)}${query}`);

const callback = (url) => `?callbackURL=${encodeURIComponent(url)}`;
const expired = sql('the tokens end', `update verification set "expiresAt" = now() - interval '1 second'`);
const even = sql('without them', 'delete from verification');

/** Where no mail can be sent, no reset can be asked for; tokens that are there still work. */
export const disabled = [
  scenario(
    'no sender',
    signUp(ANN),
    ask('a user'),
    ask('an unknown address', { email: 'nobody@example.com' }),
    ask('no address', { email: 'nope' }),
    ask('a foreign page to come back to', { email: ANN.email, redirectTo: FOREIGN }),
    get('an unknown token', `/reset-password/${'a'.repeat(24)}?callbackURL=/reset`),
    reset('an unknown token', { newPassword: NEW, token: 'a'.repeat(24) }),
    sql(
      'a token',
      `insert into verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt")
       select 'v', 'reset-password:LatchkeyTokenOfReset0001', id, '2100-01-01', '2026-01-01', '2026-01-01' from "user"`,
    ),
    get('is shown', '/reset-password/LatchkeyTokenOfReset0001?callbackURL=/reset'),
    reset('and works', { newPassword: NEW, token: 'LatchkeyTokenOfReset0001' }),
    signIn({ ...ANN, password: NEW }, { title: 'the new password' }),
  ),
];

const requests = scenario(
  'who is mailed',
  signUp(ANN),
  ask('a user'),
  ask('another spelling', { email: 'ANN@example.com', redirectTo: '/reset' }),
  ask('an unknown address', { email: 'nobody@example.com', redirectTo: '/reset' }),
  ask('a page with a query and a fragment', { email: ANN.email, redirectTo: '/reset?a=b&c=d e#f' }),
  ask('a trusted page', { email: ANN.email, redirectTo: `${TRUSTED}/reset` }),
  ask('letters outside ASCII', { email: ANN.email, redirectTo: '/r\u00e4set?x=\u2713' }),
  ask('an empty page', { email: ANN.email, redirectTo: '' }),
  ask('callbackURL is none', { email: ANN.email, callbackURL: '/reset', other: 1 }),
  ask('with a session', { email: ANN.email }, { cookie: cookiesOf('ann') }),
  withoutPassword(ANN),
  ask('a user without a password'),
  withoutAccount(ANN),
  ask('a user without an account'),
);

const refusals = scenario(
  'what is refused',
  signUp(ANN),
  ...['nope', '', ' ann@example.com', 1, null, [], undefined].map((email) =>
    ask(`email ${JSON.stringify(email)}`, { email }),
  ),
  ...[1, null, true, [], {}].map((redirectTo) =>
    ask(`redirectTo ${JSON.stringify(redirectTo)}`, { email: ANN.email, redirectTo }),
  ),
  ...[FOREIGN, '//evil.com', 'reset', '/a\\b', '/%2fevil.com', `${ORIGIN}.evil.com`, 'javascript:alert(1)'].map(
    (redirectTo) => ask(`redirectTo ${redirectTo}`, { email: ANN.email, redirectTo }),
  ),
  ...[[], 'x', null, 5].map((json) => ask(`body ${JSON.stringify(json)}`, json)),
  ask('a foreign page, a cookie', undefined, { origin: FOREIGN, cookie: 'a=b' }),
  ask('a foreign page, no cookie', undefined, { origin: FOREIGN }),
  post('no body', '/request-password-reset'),
  post('a form', '/request-password-reset', { form: `email=${ANN.email}` }),
  get('GET', '/request-password-reset'),
  get('the old name', '/forget-password'),
  post('the old name, POST', '/forget-password', { json: { email: ANN.email, redirectTo: '/reset' } }),
);

const links = scenario(
  'the link of the mail',
  signUp(ANN),
  ask('a reset', { email: ANN.email, redirectTo: '/reset?a=b#c' }),
  follow('the link', 'reset-password'),
  follow('again: it is not used up', 'reset-password'),
  follow('with a session', 'reset-password', { cookie: cookiesOf('ann') }),
  follow('with one more parameter', 'reset-password', { more: '&x=1' }),
  ...[
    '',
    callback(''),
    '?callbackURL',
    '?x=/reset',
    callback('/reset'),
    callback('/'),
    callback('/reset?token=old&error=old&x=1'),
    callback('/reset?x=a%20b+c&y=%C3%A4#token=1'),
    callback('/a/../b/./c'),
    callback(`${TRUSTED}/reset?x=1#y`),
    callback(TRUSTED),
    callback(`${ORIGIN}/reset`),
    callback('/r\u00e4set'),
    callback('/a b'),
    callback(FOREIGN),
    callback('//evil.com'),
    callback('/\\evil.com'),
    callback('/%2fevil.com'),
    callback('reset'),
    callback('javascript:alert(1)'),
    `${callback('/a')}&callbackURL=/b`,
    '?callbackURL=%zz',
    '?callbackURL=/a+b',
  ].map((query) => opened(`with ${query}`, query)),
  ...['/reset', `${TRUSTED}/x?token=1`, '/reset?error=old', '', FOREIGN].map((url) =>
    get(`an unknown token and ${url}`, `/reset-password/${'a'.repeat(24)}${callback(url)}`),
  ),
  get('odd letters in a token', `/reset-password/a%20b%2Fc${callback('/reset')}`),
  get('a broken escape in a token', `/reset-password/a%zz${callback('/reset')}`),
  get('NUL in a token', `/reset-password/a%00b${callback('/reset')}`),
  get('no token', `/reset-password/${callback('/reset')}`),
  get('a path below', `/reset-password/a/b${callback('/reset')}`),
  ask('a reset without a page'),
  follow('its link', 'reset-password'),
  expired,
  opened('an expired token', callback('/reset')),
  even,
);

const resets = scenario(
  'a new password',
  signUp(ANN),
  signIn(ANN, { keep: 'second' }),
  ask('a reset'),
  ask('a second one'),
  resetMailed('too short', { newPassword: 'x'.repeat(7) }),
  resetMailed('too long', { newPassword: 'x'.repeat(129) }),
  resetMailed('right'),
  resetMailed('used up'),
  follow('its link is dead', 'reset-password', { more: '/reset' }),
  signIn(ANN, { title: 'the old password' }),
  signIn({ ...ANN, password: NEW }, { title: 'the new password' }),
  get('sessions live on', '/get-session', { cookie: cookiesOf('second') }),
  resetMailed('the mail before it', { newPassword: NEW }, 1),
  ask('a third one'),
  reset('the token in the query', { newPassword: NEW }, { query: '?token=nope' }),
  post('the right token in the query', (seen) => `/reset-password?token=${mailedTokenOf('reset-password')(seen)}`, {
    json: { newPassword: NEW },
  }),
  ask('a fourth one'),
  post('the body wins over the query', (seen) => `/reset-password?token=${mailedTokenOf('reset-password')(seen)}`, {
    json: { newPassword: NEW, token: 'nope' },
  }),
  post(
    'an empty token in the body does not',
    (seen) => `/reset-password?token=${mailedTokenOf('reset-password')(seen)}`,
    {
      json: { newPassword: NEW, token: '' },
      cookie: cookiesOf('second'),
    },
  ),
);

const users = scenario(
  'users who change in between',
  signUp(ANN),
  signUp(BOB),
  ask('a reset'),
  expired,
  resetMailed('expired'),
  even,
  ask('a reset'),
  withoutAccount(ANN),
  resetMailed('a user without an account gets one'),
  signIn({ ...ANN, password: NEW }, { title: 'the new password' }),
  ask('a reset'),
  withoutPassword(ANN),
  resetMailed('a user without a password gets one'),
  ask('a reset'),
  sql('a verified one', `update "user" set "emailVerified" = true, email = 'new@example.com' where name = 'Ann'`),
  resetMailed('a user with another address'),
  ask('a reset', { email: BOB.email }),
  sql('the user goes', `delete from "user" where email = 'bob@example.com'`),
  follow('the link still opens', 'reset-password', { more: '/reset' }),
  resetMailed('a user who is gone'),
  even,
);

const bodies = scenario(
  'what validation says',
  signUp(ANN),
  reset('nothing', {}),
  reset('no token', { newPassword: NEW }),
  reset('no token and too short', { newPassword: 'x' }),
  reset('an unknown token and too short', { newPassword: 'x', token: 'nope' }),
  reset('an unknown token and too long', { newPassword: 'x'.repeat(129), token: 'nope' }),
  reset('an unknown token', { newPassword: NEW, token: 'nope' }),
  ...[1, null, true, [], {}].map((token) => reset(`token ${JSON.stringify(token)}`, { newPassword: NEW, token })),
  ...[1, null, true, [], {}, ''].map((newPassword) =>
    reset(`newPassword ${JSON.stringify(newPassword)}`, { newPassword, token: 'x' }),
  ),
  ...[[], 'x', null, 5].map((json) => reset(`body ${JSON.stringify(json)}`, json)),
  reset('two tokens in the query', { newPassword: NEW }, { query: '?token=a&token=b' }),
  reset('an empty token in the query', { newPassword: NEW }, { query: '?token=' }),
  reset('a bad body and a bad query', { newPassword: 1 }, { query: '?token=a&token=b' }),
  reset('a foreign page, a cookie', { newPassword: NEW, token: 'x' }, { origin: FOREIGN, cookie: 'a=b' }),
  reset('a foreign page, no cookie', { newPassword: NEW, token: 'x' }, { origin: FOREIGN }),
  reset('a foreign callbackURL', { newPassword: NEW, token: 'x', callbackURL: FOREIGN }),
  reset('NUL in a token', { newPassword: NEW, token: 'a\u0000b' }),
  post('no body', '/reset-password'),
  post('a form', '/reset-password', { form: `newPassword=${NEW}&token=x` }),
  get('GET', '/reset-password?token=x'),
);

const races = scenario(
  'one token, three resets at once',
  signUp(ANN),
  ask('a reset'),
  together(
    'one wins',
    [1, 2, 3].map((at) => resetMailed(`reset ${at}`)),
    (answers) => ({ outcomes: answers.map((one) => `${one.status} ${jsonOf(one)?.code ?? one.text}`).sort() }),
  ),
  signIn({ ...ANN, password: NEW }, { title: 'the new password' }),
);

export const enabled = [requests, refusals, links, resets, users, bodies, races];

/** Where a reset ends all sessions. */
export const revoking = [
  scenario(
    'sessions end with the old password',
    signUp(ANN),
    sql('a verified user', 'update "user" set "emailVerified" = true'),
    signIn(ANN, { keep: 'first' }),
    signIn(ANN, { keep: 'second' }),
    ask('a reset'),
    resetMailed('right'),
    get('the first session', '/get-session', { cookie: cookiesOf('first') }),
    get('the second, as a bearer', '/get-session', { bearer: tokenOf('second') }),
    signIn({ ...ANN, password: NEW }, { title: 'the new password' }),
  ),
];
