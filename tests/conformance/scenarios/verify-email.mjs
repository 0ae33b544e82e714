// POST /send-verification-email, and GET /verify-email with tokens that prove an address.

import { FOREIGN, ORIGIN, SECRET, TRUSTED } from '../harness/settings.mjs';
import { cookiesOf, follow, get, post, scenario, sql } from '../harness/steps.mjs';
import { jwt } from '../harness/tokens.mjs';
import { ANN, BOB, due, signIn, signUp, verified } from './people.mjs';

const send = (title, json = { email: ANN.email }, more = {}) =>
  post(title, '/send-verification-email', { json, ...more });
const withSession = { cookie: cookiesOf('ann') };

const now = () => Math.floor(Date.now() / 1000);
const times = (ends = 3600) => ({ iat: now(), exp: now() + ends });

/** GET /verify-email with a token that `make` builds of what this side has shown. */
export const verify = (title, make, { callbackURL, ...more } = {}) =>
  get(
    title,
    (seen) => {
      const callback = callbackURL === undefined ? '' : `&callbackURL=${encodeURIComponent(callbackURL)}`;
      return `/verify-email?token=${encodeURIComponent(make(seen))}${callback}`;
    },
    more,
  );

/** A right token for Ann, with other claims. */
export const annsToken =
  (claims = {}, options) =>
  (seen) =>
    jwt({ email: ANN.email, userId: seen.ann.json.user.id, ...times(), ...claims }, options);

const unproven = sql('not verified any more', 'update "user" set "emailVerified" = false');

/** Without a sender. */
export const disabled = [
  scenario(
    'no sender',
    signUp(ANN),
    send('a user'),
    send('an unknown address', { email: 'nobody@example.com' }),
    send('no address', { email: 'nope' }),
    send('with a session', { email: ANN.email }, withSession),
    send('another address, with a session', { email: BOB.email }, withSession),
    verify('a token works', annsToken(), { callbackURL: '/done' }),
  ),
];

const sending = scenario(
  'who is mailed',
  signUp(ANN),
  send('without a session'),
  send('another spelling, with a page', { email: 'ANN@example.com', callbackURL: '/done?a=b c#d' }),
  send('an unknown address', { email: 'nobody@example.com' }),
  send('with a session', { email: ANN.email }, withSession),
  send('another spelling, with a session', { email: 'Ann@Example.com', callbackURL: `${TRUSTED}/x` }, withSession),
  send('an empty page', { email: ANN.email, callbackURL: '' }, withSession),
  send('another address, with a session', { email: BOB.email }, withSession),
  due('ann'),
  send('a session that is due', { email: ANN.email }, withSession),
  send('fields that no one asked for', { email: ANN.email, userId: 'x', redirectTo: '/x' }, withSession),
  verified(ANN),
  send('verified, without a session'),
  send('verified, with a session', { email: ANN.email }, withSession),
  send('verified and another address', { email: BOB.email }, withSession),
);

const refused = scenario(
  'what is refused',
  signUp(ANN),
  ...['nope', '', 1, null, [], undefined].map((email) => send(`email ${JSON.stringify(email)}`, { email })),
  ...[1, null, true, [], {}, FOREIGN, '//evil.com', 'x'].map((callbackURL) =>
    send(`callbackURL ${JSON.stringify(callbackURL)}`, { email: ANN.email, callbackURL }),
  ),
  ...[[], 'x', null].map((json) => send(`body ${JSON.stringify(json)}`, json)),
  send('a foreign page, a cookie', { email: ANN.email }, { origin: FOREIGN, cookie: 'a=b' }),
  send('a foreign page, a session', { email: ANN.email }, { origin: FOREIGN, ...withSession }),
  post('no body', '/send-verification-email'),
  post('a form', '/send-verification-email', { form: `email=${ANN.email}` }),
  get('GET', '/send-verification-email'),
);

const mailed = scenario(
  'the link of the mail',
  signUp(ANN),
  send('a mail', { email: ANN.email, callbackURL: '/done?a=b#c' }, withSession),
  follow('the link', 'verify-email'),
  follow('again: it is not used up', 'verify-email'),
  unproven,
  follow('with a session', 'verify-email', withSession),
  get('who is verified', '/get-session', withSession),
  unproven,
  signUp(BOB),
  follow("with another's session", 'verify-email', { cookie: cookiesOf('bob') }),
  unproven,
  send('a mail without a page', { email: ANN.email }, withSession),
  follow('its link', 'verify-email'),
  unproven,
  sql('another address', `update "user" set email = 'new@example.com' where name = 'Ann'`),
  follow('an address that has changed', 'verify-email'),
  sql('somebody else has it now', `update "user" set email = 'ann@example.com' where name = 'Bob'`),
  follow("an address that is now another one's", 'verify-email'),
  sql('nobody has it', 'delete from "user"'),
  follow('a user who is gone', 'verify-email'),
);

const callbacks = scenario(
  'where it leads',
  signUp(ANN),
  ...[
    '/done',
    '/',
    '/done?a=b#c',
    '/done?error=x',
    '/a b',
    '/d\u00f6ne',
    `${TRUSTED}/done?x=1#y`,
    TRUSTED,
    `${ORIGIN}/x`,
    '',
    FOREIGN,
    '//evil.com',
    '/\\evil.com',
    '/%2fevil.com',
    'done',
    'javascript:alert(1)',
  ].flatMap((callbackURL) => [
    verify(`right, ${JSON.stringify(callbackURL)}`, annsToken(), { callbackURL }),
    verify(`wrong, ${JSON.stringify(callbackURL)}`, () => 'nope', { callbackURL }),
  ]),
  get('two callbackURLs', '/verify-email?token=x&callbackURL=/a&callbackURL=/b'),
  get('two tokens', '/verify-email?token=x&token=y'),
  get('an empty token', '/verify-email?token='),
  get('no token', '/verify-email'),
  get('no token, a page', '/verify-email?callbackURL=/done'),
  get('no token, a foreign page', `/verify-email?callbackURL=${FOREIGN}`),
  get('a foreign Origin', '/verify-email?token=x', { origin: FOREIGN, cookie: 'a=b' }),
  post('POST', '/verify-email?token=x', { json: { token: 'x' } }),
);

const both = (title, make) => [
  verify(title, make),
  verify(`${title}, with a page`, make, { callbackURL: '/done?a=1#b' }),
];

const forgeries = scenario(
  'tokens',
  signUp(ANN),
  ...both('expired', annsToken({ exp: now() - 1 })),
  ...both('another secret', annsToken({}, { secret: 'another secret' })),
  ...both(
    'no algorithm',
    (seen) =>
      `${annsToken(
        {},
        { header: { alg: 'none' } },
      )(seen)
        .split('.')
        .slice(0, 2)
        .join('.')}.`,
  ),
  ...both('no algorithm, signed', annsToken({}, { header: { alg: 'none' } })),
  verify('another algorithm', annsToken({}, { header: { alg: 'HS512' } })),
  verify('a public key algorithm', annsToken({}, { header: { alg: 'RS256' } })),
  verify('no alg', annsToken({}, { header: { typ: 'JWT' } })),
  verify('more in the header', annsToken({}, { header: { alg: 'HS256', typ: 'JWT', kid: 'x' } })),
  verify('critical extensions', annsToken({}, { header: { alg: 'HS256', crit: ['exp'], exp: 1 } })),
  verify('expired and another secret', annsToken({ exp: 1 }, { secret: 'x' })),
  verify('an end in milliseconds', annsToken({ exp: Date.now() + 3_600_000 })),
  verify('an end that is text', annsToken({ exp: String(now() + 3600) })),
  verify('an end that is null', annsToken({ exp: null })),
  verify('a fraction as an end', annsToken({ exp: now() + 3600.5 })),
  verify('made in the future', annsToken({ iat: now() + 3600 })),
  verify('not before an hour', annsToken({ nbf: now() + 3600 })),
  verify('iat that is text', annsToken({ iat: 'x' })),
  verify('garbage', () => 'a.b.c'),
  verify('two parts', () => 'a.b'),
  verify('a blank behind', (seen) => `${annsToken()(seen)} `),
  verify('a signature cut short', (seen) => annsToken()(seen).slice(0, -1)),
  verify('no JSON', () => `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.eA.x`),
  verify('an array of claims', () => jwt([1])),
  verify('the secret as a token', () => SECRET),
);

const claims = scenario(
  'claims',
  signUp(ANN),
  verify('without an end', annsToken({ exp: undefined })),
  unproven,
  verify('without any time', annsToken({ exp: undefined, iat: undefined })),
  unproven,
  verify('without a user', annsToken({ userId: undefined })),
  unproven,
  ...both('another user', annsToken({ userId: 'x' })),
  ...both('an unknown address', annsToken({ email: 'nobody@example.com' })),
  verify('the address in another spelling', annsToken({ email: 'ANN@example.com' })),
  unproven,
  ...[undefined, null, 5, '', 'nope', ['ann@example.com'], {}].flatMap((email) =>
    both(`email ${JSON.stringify(email)}`, annsToken({ email })),
  ),
  ...[null, 5, {}, ''].map((userId) => verify(`userId ${JSON.stringify(userId)}`, annsToken({ userId }))),
  ...[null, 5, {}].map((updateTo) => verify(`updateTo ${JSON.stringify(updateTo)}`, annsToken({ updateTo }))),
  ...[null, 5].map((requestType) => verify(`requestType ${JSON.stringify(requestType)}`, annsToken({ requestType }))),
  verify('updateTo is empty', annsToken({ updateTo: '' })),
  unproven,
  verify('a requestType without updateTo', annsToken({ requestType: 'change-email-verification' })),
  verify('other claims', annsToken({ admin: true, sub: 'x', aud: 'y' })),
);

export const enabled = [sending, refused, mailed, callbacks, forgeries, claims];

/** Where nobody comes in with an unproven address, and the proof signs in. */
export const required = [
  scenario(
    'sign-up, mail, sign-in',
    signUp(ANN, { callbackURL: '/welcome?x=1' }),
    signIn(ANN, { title: 'not yet: another mail' }),
    signIn({ ...ANN, password: 'wrongwrong' }, { title: 'a wrong password: no mail' }),
    signIn(ANN, { title: 'with a page', callbackURL: '/after' }),
    post('the guard of unproven addresses wants no session', '/sign-in/email', {
      json: { email: ANN.email, password: ANN.password, rememberMe: false, callbackURL: `${TRUSTED}/x` },
    }),
    follow('the link signs in', 'verify-email', { keep: 'verified' }),
    get('the session', '/get-session', { cookie: cookiesOf('verified') }),
    follow('the same link: verified already, no session', 'verify-email'),
    signIn(ANN, { title: 'sign-in', keep: 'second' }),
    get('its session', '/get-session', { cookie: cookiesOf('second') }),
  ),

  scenario(
    'a proof with a session',
    signUp(ANN),
    verified(ANN),
    signIn(ANN, { keep: 'ann' }),
    unproven,
    send('a mail', { email: ANN.email }, withSession),
    follow('the own session stays', 'verify-email', withSession),
    unproven,
    due('ann'),
    follow('and is extended when due', 'verify-email', withSession),
    signUp(BOB),
    verified(BOB),
    signIn(BOB, { keep: 'bob' }),
    unproven,
    follow("another's session is left for a new one", 'verify-email', { cookie: cookiesOf('bob') }),
    unproven,
    follow('with a dead session', 'verify-email', { cookie: 'better-auth.session_token=x.y' }),
    unproven,
    verify('without a page', annsToken(), { keep: 'third' }),
    signIn(ANN, { keep: 'short', rememberMe: false }),
    unproven,
    follow('a session that is not remembered', 'verify-email', { cookie: cookiesOf('short') }),
  ),

  scenario(
    'an address that is taken',
    signUp(ANN),
    verified(ANN),
    signUp({ ...ANN, name: 'Anna', email: 'ANN@example.com' }, { image: 'x' }),
    signUp({ ...ANN, name: 'Short', password: 'x' }),
    sql('one user', 'select count(*)::int from "user"'),
    signIn(ANN, { keep: 'ann' }),
  ),
];

/** Where a sign-up signs nobody in. */
export const noAutoSignIn = [
  scenario(
    'a sign-up without a session',
    signUp(ANN),
    signUp({ ...ANN, name: 'Anna', image: 'x' }),
    post('a sign-up with a session of another', '/sign-up/email', { json: BOB, cookie: 'better-auth.session_token=x' }),
    signIn(ANN, { keep: 'ann' }),
    follow('a link for Bob, with the session of Ann', 'verify-email', { cookie: cookiesOf('ann') }),
    post('a form', '/sign-up/email', { form: 'name=F&email=ann%40example.com&password=password1234' }),
  ),
];
