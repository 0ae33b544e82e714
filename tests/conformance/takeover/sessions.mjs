// Sessions: made at one server, used, extended and ended at the other.

import assert from 'node:assert/strict';

import { valuesOf } from '../harness/http.mjs';
import { MAILS } from '../scenarios/profiles.mjs';
import { bearer, bothWays, expectStatus, mailFrom, Person } from './pair.mjs';

const NEW = 'battery staple';
const DAY_MS = 86_400_000;

/**
 * Someone signs in twice at one server and ends the first session, or all, at the other: `end(person, former, side)`
 * does it, from the second. What is over is over at both; `kept` says whether the second goes on.
 */
const ending = (end, { kept }) => async (pair) =>
  bothWays(pair, async (here, there, way) => {
    const former = await Person.signedUp(here);
    const person = await former.onAnotherDevice(here);
    for (const side of [here, there]) assert.ok(await former.session(side), `it is alive at ${side.name} before`);
    const [ended, other] = [withCookies(former), withCookies(person)];

    expectStatus(200, await end(person, former, there), way);

    for (const side of [here, there]) {
      assert.equal(await former.session(side, ended), null, `it is over at ${side.name}, ${way}`);
      // A changed password is answered with a session in place of the one that changed it.
      const found = await person.session(side, kept ? withCookies(person) : other);
      assert.equal(found?.user.email, kept ? person.email : undefined, `the other one at ${side.name}, ${way}`);
    }
  });

/** The cookies that someone has now, whatever answers say of them. */
const withCookies = ({ jar }) => ({ cookies: false, headers: [['cookie', jar.header()]] });

export default [
  {
    settings: { ...MAILS, revokeOnReset: true },
    tests: {
      'a session cookie is honoured by the other, which says the same': async (pair) =>
        bothWays(pair, async (here, there, way) => {
          const person = await Person.signedUp(here);

          const [said, saidThere] = [await person.session(here), await person.session(there)];

          assert.equal(said.user.email, person.email);
          assert.deepEqual(saidThere, said, `get-session ${way}`);
        }),

      'a bearer token, bare and signed': async (pair) =>
        bothWays(pair, async (here, there, way) => {
          const person = await Person.signedUp(here);

          for (const [how, token] of [['bare', person.token], ['signed', person.signedToken]]) {
            assert.equal((await person.session(there, bearer(token)))?.user.email, person.email, `${how}, ${way}`);
          }
          assert.equal(await person.session(there, bearer(`${person.token}.forged`)), null, `a forged one, ${way}`);
        }),

      'a session extended at one is extended for the other': async (pair) =>
        bothWays(pair, async (here, there, way) => {
          const person = await Person.signedUp(here);
          await pair.database.query(
            `update session set "expiresAt" = date_trunc('milliseconds', now() + interval '5 days') where token = $1`,
            [person.token],
          );

          const extended = await person.session(there);
          const after = await person.get(here, '/get-session');

          assert.ok(extended, `it is honoured, ${way}`);
          assert.ok(Date.parse(extended.session.expiresAt) - Date.now() > 6.9 * DAY_MS, `it is extended, ${way}`);
          assert.deepEqual(after.json, extended, `and both say so, ${way}`);
          assert.deepEqual(valuesOf(after, 'set-cookie'), [], `nor is it due again at ${here.name}`);
        }),

      'a user updated at one is so at the other': async (pair) =>
        bothWays(pair, async (here, there, way) => {
          const person = await Person.signedUp(here);

          const image = 'https://example.com/ada.png';
          expectStatus(200, await person.post(there, '/update-user', { name: 'Countess', image }), way);

          for (const side of [here, there]) {
            const { user } = await person.session(side);
            assert.deepEqual([user.name, user.image], ['Countess', image], `at ${side.name}, ${way}`);
          }
        }),

      'sessions of both are listed by each': async (pair) => {
        const person = await Person.signedUp(pair.betterAuth);
        const device = await person.onAnotherDevice(pair.latchkey);

        for (const side of [pair.betterAuth, pair.latchkey]) {
          const listed = await device.get(side, '/list-sessions');
          expectStatus(200, listed, `list-sessions at ${side.name}`);
          const tokens = listed.json.map(({ token }) => token).toSorted();
          assert.deepEqual(tokens, [person.token, device.token].toSorted(), `list-sessions at ${side.name}`);
        }
      },

      'revoke-session at the other': ending(
        (person, former, side) => person.post(side, '/revoke-session', { token: former.token }),
        { kept: true },
      ),
      'revoke-other-sessions at the other': ending(
        (person, former, side) => person.post(side, '/revoke-other-sessions', {}),
        { kept: true },
      ),
      'revoke-sessions at the other': ending((person, former, side) => person.post(side, '/revoke-sessions', {}), {
        kept: false,
      }),
      'sign-out at the other': ending((person, former, side) => former.post(side, '/sign-out', {}), { kept: true }),
      'change-password with revokeOtherSessions at the other': ending(
        (person, former, side) => {
          const { password: currentPassword } = person;
          return person.post(side, '/change-password', {
            currentPassword,
            newPassword: NEW,
            revokeOtherSessions: true,
          });
        },
        { kept: true },
      ),
      'a reset at the other that revokes all sessions': ending(
        async (person, former, side) => {
          const { email } = person;
          await person.post(side, '/request-password-reset', { email, redirectTo: '/new' });
          const { token } = await mailFrom(side, 'reset-password', email);
          return person.post(side, '/reset-password', { token, newPassword: NEW });
        },
        { kept: false },
      ),
    },
  },
];
