// GET /list-accounts and POST /unlink-account.

import { cookiesOf, get, post, scenario, sql, tokenOf } from '../harness/steps.mjs';
import { account, ANN, BOB, byAge, signIn, signUp, startedBefore, withoutAccount } from './people.mjs';

const list = (title, more = {}) => get(title, '/list-accounts', { cookie: cookiesOf('ann'), reading: byAge, ...more });
const unlink = (title, accountId, more = {}) =>
  post(title, '/unlink-account', { json: { accountId }, cookie: cookiesOf('ann'), ...more });

const GITHUB = 'GithubAccountOfAnn00000000000001';
const GITLAB = 'GitlabAccountOfAnn00000000000002';
const OF_BOB = 'GithubAccountOfBob00000000000003';

/** Gives the one password account an id that the scenario knows. */
const KNOWN = 'PasswordAccountOfAnn000000000004';
const knownAccount = sql('its id', `update account set id = $1 where "providerId" = 'credential'`, [KNOWN]);

export const accounts = [
  scenario(
    'what is listed',
    signUp(ANN),
    list('a password'),
    account(ANN, { id: GITHUB, scope: 'read:user,user:email' }),
    account(ANN, { id: GITLAB, providerId: 'gitlab', accountId: '7', scope: '' }),
    signUp(BOB),
    list('three, none of others'),
    sql('odd scopes', `update account set scope = ' a , b,,c ' where id = $1`, [GITHUB]),
    list('odd scopes'),
    sql(
      'dates and an id token',
      `update account set "accessTokenExpiresAt" = '2026-02-01', "idToken" = 'x' where id = $1`,
      [GITHUB],
    ),
    list('no token is shown'),
    list('by a bearer', { cookie: null, bearer: tokenOf('ann') }),
    withoutAccount(ANN),
    list('none'),
  ),

  scenario(
    'one account goes',
    signUp(ANN),
    account(ANN, { id: GITHUB }),
    account(ANN, { id: GITLAB, providerId: 'gitlab', accountId: '7' }),
    signUp(BOB),
    account(BOB, { id: OF_BOB, accountId: '43' }),
    unlink('an unknown one', 'x'),
    unlink("another user's", OF_BOB),
    unlink('the provider is no account', 'github'),
    unlink('the id at the provider is none', '42'),
    unlink('by id', GITHUB),
    unlink('the same again', GITHUB),
    unlink('fields that no one asked for', GITLAB, { json: { accountId: GITLAB, providerId: 'x', more: [1] } }),
    unlink('the last one', GITLAB),
    list('a password is left'),
  ),

  scenario(
    'the last account',
    signUp(ANN),
    knownAccount,
    unlink('stays', KNOWN),
    unlink('an unknown one: the last one is named first', 'x'),
    account(ANN, { id: GITHUB }),
    unlink('a password may go when another is left', KNOWN),
    unlink('and the other may not', GITHUB),
    withoutAccount(ANN),
    unlink('none at all', 'x'),
  ),

  scenario(
    'freshness and bodies',
    signUp(ANN),
    startedBefore('ann', '1 day'),
    unlink('an old session', 'x'),
    unlink('an old session and a bad body', 1),
    startedBefore('ann', '23 hours'),
    unlink('by a bearer', 'x', { cookie: null, bearer: tokenOf('ann'), origin: null }),
    ...[1, null, true, [], {}, ''].map((id) => unlink(`accountId ${JSON.stringify(id)}`, id)),
    ...[[], 'x', null, 5, {}, { providerId: 'github' }, { providerId: 'github', accountId: '42' }].map((json) =>
      unlink(`body ${JSON.stringify(json)}`, '', { json }),
    ),
    unlink('NUL in an id', 'a\u0000b'),
  ),
];

/** Where even the last account may go. */
export const unlinkAll = [
  scenario(
    'the last account may go',
    signUp(ANN),
    knownAccount,
    unlink('an unknown one', 'x'),
    unlink('the password', KNOWN),
    list('none is left'),
    signIn(ANN),
    unlink('none at all', KNOWN),
  ),
];
