// POST /delete-user and GET /delete-user/callback.

import { FOREIGN, ORIGIN, TRUSTED } from '../harness/settings.mjs';
import { cookiesOf, follow, get, mailedTokenOf, post, scenario, sql, together, tokenOf } from '../harness/steps.mjs';
import {
  ANN,
  BOB,
  due,
  endsIn,
  PASSWORD,
  signIn,
  signUp,
  startedBefore,
  UNKNOWN,
  withoutAccount,
  withoutPassword,
} from './people.mjs';

const remove = (title, json = {}, more = {}) =>
  post(title, '/delete-user', { json, cookie: cookiesOf('ann'), ...more });
const removeMailed = (title, more = {}) =>
  remove(title, (seen) => ({ token: mailedTokenOf('delete-account')(seen) }), more);
const opened = (title, query = '', more = {}) =>
  get(title, (seen) => `/delete-user/callback?token=${mailedTokenOf('delete-account')(seen)}${query}`, {
    cookie: cookiesOf('ann'),
    ...more,
  });
const session = (title, name = 'ann') => get(title, '/get-session', { cookie: cookiesOf(name) });

/** A token of a deletion, as a mail would hold it, for the user of a name. */
const tokenFor = (name, token = 'latchkeyconformancetokenofdelete') =>
  sql(
    `a token for ${name}`,
    `insert into verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt")
     select 'v', $1, id, '2100-01-01', '2026-01-01', '2026-01-01' from "user" where name = $2`,
    [`delete-account-${token}`, name],
  );
const TOKEN = 'latchkeyconformancetokenofdelete';

export const disabled = [
  scenario(
    'not enabled',
    signUp(ANN),
    remove('with a session'),
    remove('with a password', { password: PASSWORD }),
    remove('with a token', { token: 'x' }),
    remove('a bad body', 'x'),
    remove('nobody', {}, { cookie: null }),
    get('the callback', '/delete-user/callback?token=x', { cookie: cookiesOf('ann') }),
    get('the callback, nobody', '/delete-user/callback?token=x&callbackURL=/x'),
    get('the callback, no token', '/delete-user/callback'),
    get('the callback, a foreign page', `/delete-user/callback?token=x&callbackURL=${FOREIGN}`),
  ),
];

const deleted = scenario(
  'a user goes',
  signUp(ANN),
  signIn(ANN, { keep: 'second' }),
  signUp(BOB),
  remove('a wrong password', { password: 'wrongwrong' }),
  remove('a long password', { password: 'x'.repeat(129) }),
  remove('an unknown token', { token: 'x' }),
  remove('a wrong password and a token', { password: 'wrongwrong', token: 'x' }),
  remove('a fresh session is enough', {}, { cookie: cookiesOf('second') }),
  session('the session of another browser'),
  session('another user', 'bob'),
  remove('again', {}, { cookie: cookiesOf('second') }),
  signIn(ANN, { title: 'nobody signs in any more' }),
  signUp(ANN),
  remove('by a bearer', {}, { bearer: tokenOf('ann'), cookie: null, origin: null }),
  signUp(ANN, { rememberMe: false }),
  remove('a session that is not remembered'),
  signUp(ANN),
  due('ann'),
  remove('a session that is due'),
);

const freshness = scenario(
  'freshness',
  signUp(ANN),
  startedBefore('ann', '1 day'),
  remove('an old session'),
  remove('an old session, an empty password', { password: '' }),
  remove('an old session, a wrong password', { password: 'wrongwrong' }),
  due('ann'),
  remove('an old session that is due'),
  startedBefore('ann', '23 hours 59 minutes'),
  remove('nearly a day'),
  signUp(ANN),
  startedBefore('ann', '30 days'),
  remove('an old session and the password', { password: PASSWORD }),
  signUp(ANN),
  withoutPassword(ANN),
  remove('a user without a password', { password: PASSWORD }),
  withoutAccount(ANN),
  remove('a user without an account', { password: PASSWORD }),
  startedBefore('ann', '2 days'),
  remove('an old session without an account'),
);

const tokens = scenario(
  'tokens that are there',
  signUp(ANN),
  startedBefore('ann', '2 days'),
  tokenFor('Ann'),
  remove('an unknown one', { token: 'x' }),
  remove('the right one', { token: TOKEN, callbackURL: '/bye' }),
  signUp(ANN),
  signUp(BOB),
  tokenFor('Bob'),
  remove("another user's", { token: TOKEN }),
  sql('is used up or not', 'delete from verification'),
  tokenFor('Ann'),
  sql('ends', `update verification set "expiresAt" = now() - interval '1 second'`),
  remove('an expired one', { token: TOKEN }),
  sql('without it', 'delete from verification'),
  tokenFor('Ann'),
  get('the callback works as well', `/delete-user/callback?token=${TOKEN}&callbackURL=/bye`, {
    cookie: cookiesOf('ann'),
  }),
);

const bodies = scenario(
  'what validation says',
  signUp(ANN),
  ...['password', 'token', 'callbackURL'].flatMap((field) =>
    [1, null, true, [], {}].map((value) => remove(`${field} ${JSON.stringify(value)}`, { [field]: value })),
  ),
  ...[[], 'x', null, 5].map((json) => remove(`body ${JSON.stringify(json)}`, json)),
  remove('a foreign page', { callbackURL: FOREIGN }),
  remove('no body', undefined, { json: undefined }),
  remove('NUL in a token', { token: 'a\u0000b' }),
  remove('fields that no one asked for', { userId: 'x', force: true }),
);

export const enabled = [deleted, freshness, tokens, bodies];

/** Where a mail has to be followed. */
export const confirmed = [
  scenario(
    'a mail is sent',
    signUp(ANN),
    sql('a proven user', 'update "user" set "emailVerified" = true'),
    signIn(ANN, { keep: 'ann' }),
    remove('with a session'),
    remove('with a page', { callbackURL: '/bye?a=b c&d#e' }),
    remove('with the password: a mail all the same', { password: PASSWORD, callbackURL: `${TRUSTED}/bye` }),
    remove('with a wrong password: none', { password: 'wrongwrong' }),
    startedBefore('ann', '2 days'),
    remove('an old session may ask'),
    due('ann'),
    remove('and is extended when due', { callbackURL: '' }),
  ),

  scenario(
    'the link of the mail',
    signUp(ANN),
    signUp(BOB),
    sql('proven users', 'update "user" set "emailVerified" = true'),
    signIn(ANN, { keep: 'ann' }),
    signIn(BOB, { keep: 'bob' }),
    remove('a mail', { callbackURL: '/bye?a=b#c' }),
    follow('nobody', 'delete-account'),
    follow('an unknown session', 'delete-account', { cookie: UNKNOWN }),
    opened('a foreign page', `&callbackURL=${FOREIGN}`),
    opened('two pages', '&callbackURL=/a&callbackURL=/b'),
    get('an unknown token', '/delete-user/callback?token=x&callbackURL=/bye', { cookie: cookiesOf('ann') }),
    get('an unknown token without a page', '/delete-user/callback?token=x', { cookie: cookiesOf('ann') }),
    get('no token', '/delete-user/callback?callbackURL=/bye', { cookie: cookiesOf('ann') }),
    get('an empty token', '/delete-user/callback?token=', { cookie: cookiesOf('ann') }),
    get('two tokens', '/delete-user/callback?token=x&token=y', { cookie: cookiesOf('ann') }),
    get('NUL in a token', '/delete-user/callback?token=a%00b', { cookie: cookiesOf('ann') }),
    post('POST', '/delete-user/callback?token=x', { json: {}, cookie: cookiesOf('ann') }),
    follow('a foreign Origin may follow', 'delete-account', {
      cookie: cookiesOf('ann'),
      origin: 'https://mail.example.net',
    }),
    session('the session is gone'),
    session("another's is not", 'bob'),
    follow('again', 'delete-account', { cookie: cookiesOf('ann') }),
    remove('a mail for Bob', {}, { cookie: cookiesOf('bob') }),
    opened('without a page', '', { cookie: cookiesOf('bob') }),
  ),

  scenario(
    'tokens of others, tokens that end',
    signUp(ANN),
    signUp(BOB),
    sql('proven users', 'update "user" set "emailVerified" = true'),
    signIn(ANN, { keep: 'ann' }),
    signIn(BOB, { keep: 'bob', rememberMe: false }),
    remove('a mail'),
    follow("with another's session", 'delete-account', { cookie: cookiesOf('bob') }),
    sql('is used up or not', 'delete from verification'),
    remove('a mail'),
    sql('its token ends', `update verification set "expiresAt" = now() - interval '1 second'`),
    follow('expired', 'delete-account', { cookie: cookiesOf('ann') }),
    removeMailed('expired, in a body'),
    sql('without it', 'delete from verification'),
    remove('a mail'),
    endsIn('ann', '-1 second'),
    follow('an expired session', 'delete-account', { cookie: cookiesOf('ann') }),
    signIn(ANN, { keep: 'ann' }),
    remove('a second mail'),
    removeMailed('its token in a body'),
    remove('a mail for Bob', { callbackURL: `${ORIGIN}/bye` }, { cookie: cookiesOf('bob') }),
    follow('by a bearer', 'delete-account', { bearer: tokenOf('bob') }),
  ),

  scenario(
    'one link, followed three times at once',
    signUp(ANN),
    sql('a proven user', 'update "user" set "emailVerified" = true'),
    signIn(ANN, { keep: 'ann' }),
    remove('a mail'),
    together(
      'one at least is answered',
      [1, 2, 3].map((at) => follow(`click ${at}`, 'delete-account', { cookie: cookiesOf('ann') })),
      (answers) => ({ deleted: answers.some(({ status }) => status === 302) }),
    ),
    sql('the user is gone', 'select count(*)::int from "user"'),
  ),
];
