// Links in mails: asked for at one server, followed at the other.

import assert from 'node:assert/strict';

import { valuesOf } from '../harness/http.mjs';
import { MAILS } from '../scenarios/profiles.mjs';
import { bothWays, expectStatus, mailFrom, Person } from './pair.mjs';

const SETTINGS = { ...MAILS, confirmChangeEmail: true, confirmDelete: true };
const NEW = 'battery staple';

/** Where an answer leads; it has to lead somewhere. */
function leadsTo(answer, what) {
  expectStatus(302, answer, what);
  return valuesOf(answer, 'location')[0];
}

/** Proves an address at one server by a link of the other. */
async function verify(person, here, there, way) {
  const { email } = person;
  expectStatus(200, await person.post(here, '/send-verification-email', { email, callbackURL: '/in' }), way);
  const followed = await person.follow(there, await mailFrom(here, 'verify-email', email));
  assert.match(leadsTo(followed, way), /\/in$/, `it leads to its page, ${way}`);
}

/** The links that are kept as rows are found by both, whether plain or hashed; others are signed. */
const tests = {
  'a verification link': async (pair) =>
    bothWays(pair, async (here, there, way) => {
      const person = await Person.signedUp(here);
      assert.equal((await person.session(here)).user.emailVerified, false);

      await verify(person, here, there, way);

      for (const side of [here, there]) {
        assert.equal((await person.session(side)).user.emailVerified, true, `known at ${side.name}, ${way}`);
      }
    }),

  'a reset link, once': async (pair) =>
    bothWays(pair, async (here, there, way) => {
      const person = await Person.signedUp(here);
      const { email } = person;
      await person.post(here, '/request-password-reset', { email, redirectTo: '/new' });

      const page = leadsTo(await person.follow(there, await mailFrom(here, 'reset-password', email)), way);
      const [, token] = /\/new\?token=(\w+)$/.exec(page) ?? assert.fail(`it leads to ${page}, ${way}`);
      const reset = await person.post(there, '/reset-password', { token, newPassword: NEW });
      const again = await person.post(here, '/reset-password', { token, newPassword: 'something else' });

      expectStatus(200, reset, way);
      expectStatus(400, again, `the same link at ${here.name} afterwards`);
      assert.equal(again.json.code, 'INVALID_TOKEN');
      expectStatus(200, await new Person({ email, password: NEW }).signIn(here), `sign-in at ${here.name}`);
    }),

  'the link that proves a new address': async (pair) =>
    bothWays(pair, async (here, there, way) => {
      const person = await Person.signedUp(here);
      const newEmail = `new-${person.email}`;
      expectStatus(200, await person.post(here, '/change-email', { newEmail, callbackURL: '/in' }), way);

      const followed = await person.follow(there, await mailFrom(here, 'change-email-verification', newEmail));

      assert.match(leadsTo(followed, way), /\/in$/, `it leads to its page, ${way}`);
      assert.equal((await person.session(here)).user.email, newEmail, `the new address at ${here.name}`);
    }),

  'the link that asks at the old address first, and the one it leads to': async (pair) =>
    bothWays(pair, async (here, there, way) => {
      const person = await Person.signedUp(here);
      const newEmail = `new-${person.email}`;
      await verify(person, here, there, way);
      expectStatus(200, await person.post(here, '/change-email', { newEmail, callbackURL: '/in' }), way);

      const confirmed = await person.follow(there, await mailFrom(here, 'change-email-confirmation', person.email));
      assert.match(leadsTo(confirmed, way), /\/in$/);
      assert.equal((await person.session(here)).user.email, person.email, 'nothing is changed yet');
      const proven = await person.follow(here, await mailFrom(there, 'change-email-verification', newEmail));

      assert.match(leadsTo(proven, way), /\/in$/);
      const { user } = await person.session(there);
      assert.deepEqual([user.email, user.emailVerified], [newEmail, true], `the new address at ${there.name}`);
    }),

  'the link that deletes a user': async (pair) =>
    bothWays(pair, async (here, there, way) => {
      const person = await Person.signedUp(here);
      expectStatus(200, await person.post(here, '/delete-user', { callbackURL: '/gone' }), way);
      assert.ok(await person.session(here), 'nobody is deleted before');

      const followed = await person.follow(there, await mailFrom(here, 'delete-account', person.email));

      assert.match(leadsTo(followed, way), /\/gone$/);
      for (const side of [here, there]) {
        expectStatus(401, await new Person(person).signIn(side), `sign-in at ${side.name}, ${way}`);
      }
      assert.deepEqual(await pair.database.query('select id from "user" where email = $1', [person.email]), []);
    }),
};

const named = (kind) =>
  Object.fromEntries(Object.entries(tests).map(([claim, test]) => [`${claim} (${kind} identifiers)`, test]));

export default [
  { settings: SETTINGS, tests: named('plain') },
  { settings: { ...SETTINGS, hashedIdentifiers: true }, tests: named('hashed') },
];
