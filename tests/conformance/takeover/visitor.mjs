// What each user does once while the traffic moves, every request at whichever server it comes to.

import assert from 'node:assert/strict';

import { valuesOf } from '../harness/http.mjs';
import { expectStatus, Person } from './pair.mjs';

/** What `live` asks for, beside a reset link followed. */
export const ENDPOINTS = [
  'GET /get-session',
  'GET /verify-email',
  'GET /reset-password/*',
  'POST /reset-password',
  'POST /sign-in/email',
  'GET /list-sessions',
  'POST /update-user',
  'POST /sign-out',
];

/** Follows both links, signs in with the new password in another browser, looks around there, signs out there. */
export async function live(person, side) {
  await verify(person, side);
  await reset(person, side);
  const device = new Person(person);
  expectStatus(200, await device.signIn(side), `sign-in of ${person.email} with the new password`);

  const listed = await person.get(side, '/list-sessions');
  expectStatus(200, listed, 'list-sessions');
  const tokens = listed.json.map(({ token }) => token).toSorted();
  assert.deepEqual(tokens, [person.token, device.token].toSorted(), `the sessions of ${person.email}`);

  const name = `Ada of ${person.email}`;
  expectStatus(200, await device.post(side, '/update-user', { name }), 'update-user');
  assert.equal((await person.session(side)).user.name, name, 'the new name');

  const headers = [['cookie', device.jar.header()]];
  expectStatus(200, await device.post(side, '/sign-out', {}), 'sign-out');
  assert.equal(await device.session(side, { cookies: false, headers }), null, 'the session that was signed out');
}

async function verify(person, side) {
  const followed = await person.follow(side, person.verification);
  expectStatus(302, followed, `the verification link of ${person.email}`);
  assert.deepEqual(valuesOf(followed, 'location'), ['/'], 'where the verification link leads');
  assert.equal((await person.session(side)).user.emailVerified, true, `${person.email} is verified`);
}

async function reset(person, side) {
  const followed = await person.follow(side, person.reset);
  expectStatus(302, followed, `the reset link of ${person.email}`);
  const token = new URL(valuesOf(followed, 'location')[0]).searchParams.get('token');
  const newPassword = `new ${person.email}`;
  const answer = await person.post(side, '/reset-password', { token, newPassword });
  expectStatus(200, answer, `reset-password of ${person.email}`);
  person.password = newPassword;
}
