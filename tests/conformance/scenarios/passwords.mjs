// POST /verify-password and /change-password; /set-password is no endpoint.

import { cookiesOf, get, post, scenario, sql, tokenOf } from '../harness/steps.mjs';
import { ANN, due, PASSWORD, signIn, signUp, withoutAccount, withoutPassword } from './people.mjs';

const NEW = 'newpassword1234';

const verify = (title, password, more = {}) =>
  post(title, '/verify-password', { json: { password }, cookie: cookiesOf('ann'), ...more });
const change = (title, json, more = {}) =>
  post(title, '/change-password', {
    json: { newPassword: NEW, currentPassword: PASSWORD, ...json },
    cookie: cookiesOf('ann'),
    ...more,
  });

export default [
  scenario(
    'verify-password',
    signUp(ANN),
    verify('right', PASSWORD),
    verify('wrong', 'wrongwrong'),
    verify('empty', ''),
    verify('short', 'x'),
    verify('128 characters', 'x'.repeat(128)),
    verify('129 characters', 'x'.repeat(129)),
    verify('129 UTF-16 units', `${'😀'.repeat(64)}a`),
    verify('by a bearer', PASSWORD, { bearer: tokenOf('ann'), cookie: null, origin: null }),
    verify('fields that no one asked for', PASSWORD, { json: { password: PASSWORD, email: 'x', callbackURL: '/x' } }),
    ...[1, null, true, [], {}, undefined].map((password) => verify(`password ${JSON.stringify(password)}`, password)),
    ...[[], 'x', null].map((json) => verify(`body ${JSON.stringify(json)}`, '', { json })),
    verify('NUL', 'a\u0000bcdefgh'),
    withoutPassword(ANN),
    verify('a user without a password', PASSWORD),
    withoutAccount(ANN),
    verify('a user without an account', PASSWORD),
  ),

  scenario(
    'a password changes',
    signUp(ANN),
    signIn(ANN, { keep: 'second' }),
    change('the current one is wrong', { currentPassword: 'wrongwrong' }),
    change('the current one is empty', { currentPassword: '' }),
    change('the new one is too short', { newPassword: 'x'.repeat(7) }),
    change('the new one is too long', { newPassword: 'x'.repeat(129) }),
    change('too short, and the current one is wrong', { newPassword: 'x', currentPassword: 'wrongwrong' }),
    change('the current one is too long', { currentPassword: 'x'.repeat(129) }),
    change('right'),
    signIn(ANN, { title: 'the old one' }),
    signIn({ ...ANN, password: NEW }, { title: 'the new one' }),
    get('the other session lives on', '/get-session', { cookie: cookiesOf('second') }),
    change('the same again', { currentPassword: NEW, newPassword: NEW }),
    change('by a bearer', { currentPassword: NEW }, { bearer: tokenOf('ann'), cookie: null, origin: null }),
    change('others stay with false', { currentPassword: NEW, revokeOtherSessions: false }),
    withoutPassword(ANN),
    change('a user without a password'),
    withoutAccount(ANN),
    change('a user without an account'),
    change('a user without an account, too short', { newPassword: 'x' }),
  ),

  scenario(
    'and all sessions end',
    signUp(ANN),
    signIn(ANN, { keep: 'second' }),
    change('wrong: none ends', { currentPassword: 'wrongwrong', revokeOtherSessions: true }),
    change('right', { revokeOtherSessions: true }, { keep: 'third' }),
    get('the current one', '/get-session', { cookie: cookiesOf('ann') }),
    get('the other one', '/get-session', { cookie: cookiesOf('second') }),
    get('the new one', '/get-session', { cookie: cookiesOf('third') }),
    signIn({ ...ANN, password: NEW }, { keep: 'short', rememberMe: false, title: 'one that is not remembered' }),
    change(
      'from it',
      { newPassword: PASSWORD, currentPassword: NEW, revokeOtherSessions: true },
      {
        cookie: cookiesOf('short'),
        keep: 'fourth',
      },
    ),
    get('the new one', '/get-session', { cookie: cookiesOf('fourth') }),
    due('fourth'),
    change('from one that is due', { revokeOtherSessions: true }, { cookie: cookiesOf('fourth'), keep: 'fifth' }),
    due('fifth'),
    change(
      'by a bearer that is due',
      { newPassword: PASSWORD, currentPassword: NEW, revokeOtherSessions: true },
      {
        bearer: tokenOf('fifth'),
        cookie: null,
        origin: null,
      },
    ),
  ),

  scenario(
    'what validation says',
    signUp(ANN),
    ...[1, null, true, [], {}].flatMap((value) => [
      change(`newPassword ${JSON.stringify(value)}`, { newPassword: value }),
      change(`currentPassword ${JSON.stringify(value)}`, { currentPassword: value }),
    ]),
    ...['true', 1, null, [], {}].map((value) =>
      change(`revokeOtherSessions ${JSON.stringify(value)}`, { revokeOtherSessions: value }),
    ),
    ...[[], 'x', null, {}].map((json) =>
      post(`body ${JSON.stringify(json)}`, '/change-password', { json, cookie: cookiesOf('ann') }),
    ),
    change('everything wrong', { newPassword: 1, currentPassword: 2, revokeOtherSessions: 3 }),
  ),

  scenario(
    'stored passwords',
    signUp(ANN),
    sql('no hash', `update account set password = 'x'`),
    verify('against no hash', PASSWORD),
    change('against no hash'),
    sql('an account of another kind', `update account set "providerId" = 'github'`),
    verify('which is no password', PASSWORD),
    change('which is none either'),
  ),

  scenario(
    'set-password is no endpoint',
    signUp(ANN),
    post('POST', '/set-password', { json: { newPassword: NEW }, cookie: cookiesOf('ann') }),
    get('GET', '/set-password', { cookie: cookiesOf('ann') }),
  ),
];
