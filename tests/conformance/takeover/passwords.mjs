// Passwords: what one server hashed, the other verifies. And the setting that ends this.

import assert from 'node:assert/strict';

import { MAILS } from '../scenarios/profiles.mjs';
import { bothWays, expectStatus, mailFrom, Person } from './pair.mjs';

const NEW = 'battery staple';
/** A hash in Better Auth's format. */
const BETTER_AUTHS = /^[0-9a-f]{32}:[0-9a-f]{128}$/;

/** Holds both servers to the password of a person, and to refusing the former one. */
async function changedEverywhere(pair, person, former, way) {
  for (const side of [pair.betterAuth, pair.latchkey]) {
    const told = `sign-in at ${side.name}, ${way}`;
    expectStatus(401, await new Person({ ...person, password: former }).signIn(side), `${told}, former password`);
    expectStatus(200, await new Person(person).signIn(side), `${told}, new password`);
  }
  assert.match(await hashOf(pair, person), BETTER_AUTHS, `the hash in Better Auth's format, ${way}`);
}

async function hashOf({ database }, { email }) {
  const [{ password }] = await database.query(
    'select a.password from account a join "user" u on u.id = a."userId" where u.email = $1',
    [email],
  );
  return password;
}

export default [
  {
    settings: MAILS,
    tests: {
      'a user of one signs in at the other': async (pair) =>
        bothWays(pair, async (here, there, way) => {
          const person = await Person.signedUp(here);

          const known = await new Person(person).signIn(there);
          const wrong = await new Person({ ...person, password: NEW }).signIn(there);

          expectStatus(200, known, `sign-in ${way}`);
          expectStatus(401, wrong, `sign-in with a wrong password ${way}`);
          expectStatus(200, await new Person(person).signIn(here), `and again at ${here.name}`);
        }),

      'a password that was changed at the other': async (pair) =>
        bothWays(pair, async (here, there, way) => {
          const person = await Person.signedUp(here);
          const { password: currentPassword } = person;

          const changed = await person.post(there, '/change-password', { currentPassword, newPassword: NEW });

          expectStatus(200, changed, `change-password ${way}`);
          person.password = NEW;
          await changedEverywhere(pair, person, currentPassword, way);
        }),

      'a password that was reset at the other': async (pair) =>
        bothWays(pair, async (here, there, way) => {
          const person = await Person.signedUp(here);
          const { email, password: former } = person;
          await person.post(there, '/request-password-reset', { email, redirectTo: '/new' });
          const { token } = await mailFrom(there, 'reset-password', email);

          const reset = await person.post(there, '/reset-password', { token, newPassword: NEW });

          expectStatus(200, reset, `reset-password ${way}`);
          person.password = NEW;
          await changedEverywhere(pair, person, former, way);
        }),

      'argon2 is a point of no return for Better Auth, and PASSWORD_HASH=scrypt the way back': async (pair) => {
        const { betterAuth, latchkey } = pair;
        const alone = await pair.anotherLatchkey({ name: 'Latchkey with asvs', variables: { PASSWORD_HASH: 'asvs' } });
        const person = await Person.signedUp(betterAuth);
        const elsewhere = await person.onAnotherDevice(alone);

        assert.match(await hashOf(pair, person), /^\$argon2id\$/, 'a sign-in at Latchkey with asvs hashes anew');
        expectStatus(500, await new Person(person).signIn(betterAuth), 'sign-in at Better Auth then');
        for (const device of [person, elsewhere]) {
          for (const side of [betterAuth, latchkey, alone]) {
            assert.equal((await device.session(side))?.user.email, person.email, `a session goes on at ${side.name}`);
          }
        }

        expectStatus(200, await new Person(person).signIn(latchkey), 'sign-in at Latchkey with scrypt');
        assert.match(await hashOf(pair, person), BETTER_AUTHS, 'which leads the hash back');
        expectStatus(200, await new Person(person).signIn(betterAuth), 'sign-in at Better Auth again');
      },
    },
  },
];
