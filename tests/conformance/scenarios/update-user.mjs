// POST /update-user: names and images of any type.

import { cookiesOf, get, post, scenario, tokenOf } from '../harness/steps.mjs';
import { ANN, BOB, due, signIn, signUp, verified } from './people.mjs';

const update = (title, json, more = {}) => post(title, '/update-user', { json, cookie: cookiesOf('ann'), ...more });
const session = (title = 'what the session says') => get(title, '/get-session', { cookie: cookiesOf('ann') });

export default [
  scenario(
    'a name and an image',
    signUp(ANN),
    signUp(BOB),
    update('a name', { name: 'Anna' }),
    session(),
    update('an image', { image: 'https://example.com/a.png' }),
    update('both', { name: 'Ann', image: '/b.png' }),
    update('null for the image', { image: null }),
    session(),
    update('an empty name', { name: '' }),
    update('an empty image', { image: '' }),
    update('letters outside ASCII', { name: 'Ünïcödé 😀 "q" <b>\\ \u2028\n\t' }),
    update('10 000 letters', { name: 'n'.repeat(10_000) }),
    update('the same name', { name: 'n'.repeat(10_000) }),
    update('by a bearer', { name: 'Anna' }, { cookie: null, origin: null, bearer: tokenOf('ann') }),
    update('fields that no one asked for', { name: 'Ann', role: 'admin', emailVerified: true, id: 'x', createdAt: 0 }),
    verified(ANN),
    update('emailVerified', { name: 'Ann', emailVerified: false }),
    session(),
  ),

  scenario(
    'nothing to update, and what may not be',
    signUp(ANN),
    update('an empty object', {}),
    update('unknown fields', { role: 'admin', emailVerified: true }),
    update('core fields', { id: 'x', createdAt: 0, updatedAt: 0 }),
    ...['x', BOB.email, ANN.email, 1, true, [], {}].map((email) =>
      update(`email ${JSON.stringify(email)}`, { name: 'Anna', email }),
    ),
    ...['', 0, false, null].map((email) => update(`email ${JSON.stringify(email)} is none`, { email })),
    update('a name beside an empty email', { name: 'Anna', email: '' }),
    ...[[], [1], 'x', 5, true, null].map((json) => update(`body ${JSON.stringify(json)}`, json)),
    post('__proto__', '/update-user', {
      body: '{"__proto__":{"name":"x"},"constructor":{"name":"y"}}',
      type: 'application/json',
      cookie: cookiesOf('ann'),
    }),
    update('callbackURL', { callbackURL: '/x' }),
    update('a name and a callbackURL', { name: 'Anna', callbackURL: '/x' }),
  ),

  scenario(
    'types are not checked',
    signUp(ANN),
    ...[5, -1.5, 1e21, true, false, [], ['a', 1], {}, { a: { b: [null] } }].flatMap((value) => [
      update(`name ${JSON.stringify(value)}`, { name: value }),
      session(),
    ]),
    ...[5, true, false, [], ['a'], {}, { a: 1 }].flatMap((value) => [
      update(`image ${JSON.stringify(value)}`, { image: value }),
      session(),
    ]),
    update('name null', { name: null }),
    update('name null, and an image', { name: null, image: 'x' }),
    update('NUL in a name', { name: 'a\u0000b' }),
    update('NUL in an image', { image: 'a\u0000b' }),
    session(),
  ),

  scenario(
    'the cookies of an update',
    signUp(ANN, { rememberMe: false }),
    update('not remembered', { name: 'Anna' }),
    signIn(ANN, { keep: 'ann' }),
    update('remembered', { name: 'Ann' }),
    due('ann'),
    update('due', { name: 'Anna' }),
    update(
      'with a stale cache',
      { name: 'Ann' },
      {
        cookie: (seen) => `${cookiesOf('ann')(seen)}; better-auth.session_data=x`,
      },
    ),
  ),
];
