// Additional fields of users and sessions: types, defaults, and who may set and see them.

import { cookiesOf, follow, get, post, scenario, sql } from '../harness/steps.mjs';
import { ANN, BOB, byAge, PASSWORD, signIn } from './people.mjs';

const USER = { ...ANN, nickname: 'annie' };

const signUp = (title, json, more = {}) => post(title, '/sign-up/email', { json, ...more });
const updateUser = (title, json, more = {}) => post(title, '/update-user', { json, cookie: cookiesOf('ann'), ...more });
const updateSession = (title, json, more = {}) =>
  post(title, '/update-session', { json, cookie: cookiesOf('ann'), ...more });
const session = (title = 'what the session says') => get(title, '/get-session', { cookie: cookiesOf('ann') });
const at = (number) => `u${number}@example.com`;

const signUps = scenario(
  'sign-ups',
  signUp('only what is required', USER, { keep: 'ann' }),
  session(),
  signUp('without what is required', ANN),
  signUp('null for what is required', { ...ANN, email: at(1), nickname: null }),
  signUp(
    'everything',
    {
      ...BOB,
      nickname: 'b',
      age: 40,
      newsletter: true,
      bornAt: '1990-02-03T04:05:06.789Z',
      secretNote: 'psst',
    },
    { keep: 'bob' },
  ),
  get('everything that is shown', '/get-session', { cookie: cookiesOf('bob') }),
  signUp('a field that nobody may set: its default wins', { ...USER, email: at(2), role: 'admin' }),
  signUp('one without a default is refused', { ...USER, email: at(3), locked: 'x' }),
  signUp('unless it is falsy', { ...USER, email: at(4), locked: '' }),
  signUp('null where it may be', {
    ...USER,
    email: at(5),
    age: null,
    bornAt: null,
    secretNote: null,
    newsletter: true,
  }),
  signUp('required comes before a taken address', ANN),
  signUp('a taken address', USER),
  signUp('a short password comes first', { ...ANN, password: 'x' }),
  post('a form: a number and a date as text', '/sign-up/email', {
    form: `name=F&email=${encodeURIComponent(at(6))}&password=${PASSWORD}&nickname=f&age=7&bornAt=2000-01-01`,
  }),
  signUp('undeclared fields are dropped', { ...USER, email: at(7), other: 'x', age: 2 }),
);

const types = scenario(
  'types are not checked',
  ...[5, true, ['a'], { a: 1 }].map((nickname, n) =>
    signUp(`nickname ${JSON.stringify(nickname)}`, { ...USER, email: at(n), nickname }),
  ),
  ...['12', true, '', 'abc', 1.5, 3_000_000_000].map((age, n) =>
    signUp(`age ${JSON.stringify(age)}`, { ...USER, email: at(10 + n), age }),
  ),
  ...['true', 'yes', 1, 0, 'abc', null].map((newsletter, n) =>
    signUp(`newsletter ${JSON.stringify(newsletter)}`, { ...USER, email: at(20 + n), newsletter }),
  ),
  ...['2000-01-01', '2000-01-01T12:00:00+02:00', 'abc', '', 0, 946_684_800_000, true].map((bornAt, n) =>
    signUp(`bornAt ${JSON.stringify(bornAt)}`, { ...USER, email: at(30 + n), bornAt }),
  ),
  sql('they go', 'delete from "user"'),
);

const updates = scenario(
  'updates of a user',
  signUp('sign-up', USER, { keep: 'ann' }),
  updateUser('a field', { nickname: 'anna' }),
  updateUser('several', { age: 41, newsletter: true, bornAt: '1990-02-03', secretNote: 'psst', name: 'Anna' }),
  session(),
  updateUser('null where it may be', { age: null, bornAt: null, secretNote: null }),
  session(),
  updateUser('null where it may not', { nickname: null }),
  updateUser('a field that nobody may set', { role: 'admin' }),
  updateUser('the same beside others', { nickname: 'x', role: 'admin' }),
  updateUser('falsy: nothing to update', { role: '' }),
  updateUser('falsy beside others', { nickname: 'x', role: null }),
  updateUser('one without a default', { locked: 'x' }),
  updateUser('one without a default, falsy', { locked: null }),
  updateUser('undeclared ones', { other: 'x' }),
  updateUser('another type', { nickname: 5 }),
  session(),
  updateUser('no number', { age: 'abc' }),
  updateUser('no date', { bornAt: 'abc' }),
  session(),
);

const sessions = scenario(
  'fields of a session',
  signUp('sign-up', { ...USER, device: 'phone', trust: 9 }, { keep: 'ann' }),
  session('defaults'),
  signIn(ANN, { keep: 'second', device: 'phone' }),
  updateSession('a field', { device: 'laptop' }),
  session(),
  updateSession('several', { device: 'tv', trust: 5, hidden: 'psst' }),
  session(),
  get('in the list', '/list-sessions', { cookie: cookiesOf('ann'), reading: byAge }),
  updateSession('null where it may be', { device: null, trust: null }),
  session(),
  updateSession('a field that nobody may set', { fixed: 'x' }),
  updateSession('falsy: nothing to update', { fixed: '' }),
  updateSession('undeclared and core fields', { other: 1, token: 'x', userId: 'x', expiresAt: '2100-01-01' }),
  updateSession('core fields beside a declared one', {
    device: 'watch',
    token: 'x',
    userId: 'x',
    expiresAt: '2100-01-01',
  }),
  session(),
  updateSession('another type', { device: 5, trust: '7' }),
  session(),
  updateSession('no number', { trust: 'abc' }),
  updateSession('nothing', {}),
  sql('due', `update session set "expiresAt" = date_trunc('milliseconds', now() + interval '5 days')`),
  updateSession('a session that is due', { device: 'phone' }),
  sql('it goes', 'delete from session'),
  updateSession('a session that is gone', { device: 'phone' }),
);

const elsewhere = scenario(
  'in other answers',
  signUp('sign-up', { ...USER, secretNote: 'psst', age: 5 }, { keep: 'ann' }),
  signIn(ANN, { keep: 'second' }),
  post('change-password', '/change-password', {
    json: { newPassword: PASSWORD, currentPassword: PASSWORD, revokeOtherSessions: true },
    cookie: cookiesOf('ann'),
    keep: 'ann',
  }),
  post('change-email: the mail', '/change-email', { json: { newEmail: 'new@example.com' }, cookie: cookiesOf('ann') }),
  get(
    'change-email: the answer',
    (seen) => `/verify-email?token=${seen.mails.last('change-email-verification').token}`,
  ),
  post('a reset: the mail', '/request-password-reset', { json: { email: 'new@example.com' } }),
  follow('its link', 'reset-password', { more: '/x' }),
  post('delete-user', '/delete-user', { json: {}, cookie: cookiesOf('ann') }),
);

export default [signUps, types, updates, sessions, elsewhere];
