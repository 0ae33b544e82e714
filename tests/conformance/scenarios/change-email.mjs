// POST /change-email in all its ways, and GET /verify-email with tokens that change an address.

import { FOREIGN, TRUSTED } from '../harness/settings.mjs';
import { cookiesOf, follow, get, post, scenario, sql, together, tokenOf } from '../harness/steps.mjs';
import { jsonOf } from '../harness/http.mjs';
import { ANN, BOB, due, signIn, signUp, verified } from './people.mjs';
import { annsToken, verify } from './verify-email.mjs';

const NEW = 'new@example.com';

const change = (title, json = { newEmail: NEW }, more = {}) =>
  post(title, '/change-email', { json, cookie: cookiesOf('ann'), ...more });
const withSession = { cookie: cookiesOf('ann') };
const session = (title = 'the session') => get(title, '/get-session', withSession);

/** A right token that changes Ann's address. */
const token = (requestType, claims = {}, options) => annsToken({ updateTo: NEW, requestType, ...claims }, options);
const CONFIRMATION = 'change-email-confirmation';
const VERIFICATION = 'change-email-verification';

const annIsBack = sql('Ann has her address again', `update "user" set email = $1 where name = 'Ann'`, [ANN.email]);

export const disabled = [
  scenario(
    'not enabled',
    signUp(ANN),
    change('a free address'),
    change('the same address', { newEmail: ANN.email }),
    change('no address', { newEmail: 'nope' }),
    verify('a token of a change works', token(VERIFICATION)),
  ),
];

const requests = scenario(
  'a mail to the new address',
  signUp(ANN),
  signUp(BOB),
  change('an unproven user'),
  change('with a page', { newEmail: 'NEW@example.com', callbackURL: '/done?a=b&c=d e#f' }),
  change('the same address', { newEmail: ANN.email }),
  change('the same in another spelling', { newEmail: 'ANN@Example.com' }),
  change('a taken address: no mail', { newEmail: BOB.email }),
  change('a taken one in another spelling', { newEmail: 'BOB@example.com', callbackURL: '/x' }),
  change('by a bearer', { newEmail: NEW }, { cookie: null, origin: null, bearer: tokenOf('ann') }),
  change('an empty page', { newEmail: NEW, callbackURL: '' }),
  change('fields that no one asked for', { newEmail: NEW, email: 'x', userId: 'x' }),
  due('ann'),
  change('a session that is due'),
  verified(ANN),
  change('a proven user', { newEmail: NEW, callbackURL: `${TRUSTED}/x` }),
);

const refused = scenario(
  'what is refused',
  signUp(ANN),
  ...['nope', '', 1, null, [], undefined, ' new@example.com', 'a@b'].map((newEmail) =>
    change(`newEmail ${JSON.stringify(newEmail)}`, { newEmail }),
  ),
  ...[1, null, true, [], {}, FOREIGN, '//evil.com', '/a\\b'].map((callbackURL) =>
    change(`callbackURL ${JSON.stringify(callbackURL)}`, { newEmail: NEW, callbackURL }),
  ),
  ...[[], 'x', null].map((json) => change(`body ${JSON.stringify(json)}`, json)),
);

const links = scenario(
  'the link of the mail',
  signUp(ANN),
  signIn(ANN, { keep: 'second' }),
  signUp(BOB),
  change('a change', { newEmail: NEW, callbackURL: '/done?a=b#c' }),
  follow("with another's session", VERIFICATION, { cookie: cookiesOf('bob') }),
  follow('without a session', VERIFICATION),
  session('the session shows the new address'),
  follow('again: the address is another one now', VERIFICATION),
  annIsBack,
  follow('with the session', VERIFICATION, withSession),
  annIsBack,
  verified(ANN),
  due('ann'),
  follow('with a session that is due, of a proven user', VERIFICATION, withSession),
  session('it stays proven'),
  annIsBack,
  signIn(ANN, { keep: 'short', rememberMe: false }),
  follow('with a session that is not remembered', VERIFICATION, { cookie: cookiesOf('short') }),
  annIsBack,
  follow('with a bearer', VERIFICATION, { bearer: tokenOf('ann') }),
  annIsBack,
  follow('with a forged cookie', VERIFICATION, { cookie: 'better-auth.session_token=x.y' }),
  annIsBack,
  change('a change without a page'),
  follow('its link', VERIFICATION, withSession),
  signIn({ ...ANN, email: NEW }, { title: 'sign-in with the new address' }),
  signIn(ANN, { title: 'sign-in with the old one' }),
);

const tokens = scenario(
  'tokens',
  signUp(ANN),
  signUp(BOB),
  verify('a verification, as JSON', token(VERIFICATION)),
  annIsBack,
  verify('a verification, as JSON, with the session', token(VERIFICATION), withSession),
  annIsBack,
  verified(ANN),
  verify('a confirmation, as JSON', token(CONFIRMATION)),
  verify('a confirmation, as JSON, with the session', token(CONFIRMATION), withSession),
  verify('a confirmation with a page', token(CONFIRMATION), { callbackURL: '/done?a=b' }),
  verify('of no kind: at once, unproven, another mail', token(undefined)),
  annIsBack,
  verified(ANN),
  verify('of no kind, with the session and a page', token(undefined), { ...withSession, callbackURL: '/done' }),
  follow('that mail', 'verify-email'),
  annIsBack,
  verify('of an unknown kind', token('nope')),
  annIsBack,
  ...[undefined, '/done?a=b'].flatMap((callbackURL) => [
    verify('no user', token(VERIFICATION, { userId: undefined }), { callbackURL }),
    verify('an empty user', token(VERIFICATION, { userId: '' }), { callbackURL }),
    verify('an unknown user', token(VERIFICATION, { userId: 'x' }), { callbackURL }),
    verify('another user', token(VERIFICATION, { userId: undefined, email: BOB.email }), { callbackURL }),
    verify("an address that is not the user's", token(VERIFICATION, { email: BOB.email }), { callbackURL }),
    verify('an address that nobody has', token(VERIFICATION, { email: 'x@example.com' }), { callbackURL }),
    verify('expired', token(VERIFICATION, { exp: 1 }), { callbackURL }),
    verify('another secret', token(VERIFICATION, {}, { secret: 'x' }), { callbackURL }),
  ]),
  verify('the old address in another spelling', token(VERIFICATION, { email: 'ANN@example.com' })),
  verify('the new one in another spelling', token(VERIFICATION, { updateTo: 'NEW@Example.com' })),
  annIsBack,
  verify('the new one is the old one', token(VERIFICATION, { updateTo: ANN.email }), withSession),
  verify('the new one is no address', token(VERIFICATION, { updateTo: 'nope' }), withSession),
  annIsBack,
  verify('a confirmation for no address', token(CONFIRMATION, { updateTo: 'nope' })),
);

const taken = scenario(
  'an address that is taken meanwhile',
  signUp(ANN),
  signUp({ ...BOB, email: NEW }),
  verify('a verification', token(VERIFICATION)),
  verify('a verification with a page', token(VERIFICATION), { callbackURL: '/done?a=b#c' }),
  verify('a verification with the session', token(VERIFICATION), withSession),
  verify('of no kind', token(undefined)),
  verify('of no kind, with a page', token(undefined), { callbackURL: '/done' }),
  verify('a confirmation sends its mail all the same', token(CONFIRMATION)),
);

const reset = scenario(
  'a password that is set while a link is out',
  signUp(ANN),
  change('a change'),
  sql('the password is set anew', `update account set "updatedAt" = '2100-01-01'`),
  follow('its link', VERIFICATION),
  annIsBack,
  sql('its date is not compared', `update "user" set "updatedAt" = '2026-01-01'`),
);

const races = scenario(
  'one link, followed three times at once',
  signUp(ANN),
  change('a change'),
  together(
    'the address changes',
    [1, 2, 3].map((at) => follow(`click ${at}`, VERIFICATION)),
    (answers) => ({
      followed: answers.some(({ headers }) => headers.some(([name, value]) => name === 'location' && value === '/')),
    }),
  ),
  sql('the address', 'select email, "emailVerified" from "user"'),
  sql('its date is not compared', `update "user" set "updatedAt" = '2026-01-01'`),
);

export const enabled = [requests, refused, links, tokens, taken, reset, races];

/** Where a proven user is asked at the old address first. */
export const confirmed = [
  scenario(
    'two mails',
    signUp(ANN),
    verified(ANN),
    signIn(ANN, { keep: 'ann' }),
    change('a proven user is asked at the old address', { newEmail: NEW, callbackURL: '/done?a=b' }),
    follow('the first mail sends the second', CONFIRMATION),
    follow('with the session', CONFIRMATION, withSession),
    session('nothing has changed yet'),
    follow('the second mail changes the address', VERIFICATION, withSession),
    session('now it has'),
    follow('the first one is worth nothing now', CONFIRMATION, withSession),
    follow('nor is the second', VERIFICATION),
    annIsBack,
    change('without a page'),
    follow('its first mail', CONFIRMATION),
    follow('its second mail', VERIFICATION),
    annIsBack,
    sql('an unproven user', 'update "user" set "emailVerified" = false'),
    change('is not asked at the old address'),
    follow('that mail', VERIFICATION, withSession),
  ),
];

/** Where an unproven address changes at once. */
export const atOnce = [
  scenario(
    'an unproven address changes at once',
    signUp(ANN),
    signUp(BOB),
    change('a free one, with a page', { newEmail: NEW, callbackURL: '/done' }),
    session('the session shows it'),
    follow('the mail proves it', 'verify-email'),
    change('a proven one does not', { newEmail: ANN.email }),
    follow('its mail changes it', VERIFICATION, withSession),
    sql('unproven again', 'update "user" set "emailVerified" = false'),
    change('a taken one', { newEmail: BOB.email }),
    change('the same one', { newEmail: ANN.email }),
    due('ann'),
    change('a session that is due'),
    change('in another spelling', { newEmail: 'ANN@example.com' }),
    signIn(ANN, { keep: 'short', rememberMe: false }),
    change('a session that is not remembered', { newEmail: NEW }, { cookie: cookiesOf('short') }),
    change('a bearer', { newEmail: ANN.email }, { cookie: null, origin: null, bearer: tokenOf('ann') }),
    together(
      'two users want one address at once',
      ['ann', 'bob'].map((name) => change(name, { newEmail: 'one@example.com' }, { cookie: cookiesOf(name) })),
      (answers) => ({ won: answers.some((answer) => jsonOf(answer)?.status === true) }),
    ),
    sql('one has it', `select count(*)::int from "user" where email = 'one@example.com'`),
    sql('which one is not compared', 'delete from "user"'),
  ),
];

/** The same without any sender. */
export const withoutMails = [
  scenario(
    'an unproven address changes, a proven one cannot',
    signUp(ANN),
    change('an unproven one'),
    session('the session shows it'),
    verified({ email: NEW }),
    change('a proven one', { newEmail: ANN.email }),
    change('a proven one, to a taken address', { newEmail: NEW }),
    verify('a confirmation without a sender', (seen) =>
      annsToken({ email: NEW, updateTo: ANN.email, requestType: CONFIRMATION })(seen),
    ),
    verify('a token of no kind without a sender', (seen) => annsToken({ email: NEW, updateTo: ANN.email })(seen)),
  ),
];
