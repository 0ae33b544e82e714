// Sessions in cookies: what one server put there, the other believes as long as it would its own.

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import { MAILS } from '../scenarios/profiles.mjs';
import { bothWays, expectStatus, Person } from './pair.mjs';

const MAX_AGE_SECS = 5;

/** Someone whose name has changed in the database, and whose session is not there any more. */
async function outdated({ database }, side) {
  const person = await Person.signedUp(side);
  assert.ok([...person.jar.header().matchAll(/session_data/g)].length > 0, `${side.name} sets the cookie`);
  await database.query(`update "user" set name = 'Countess' where email = $1`, [person.email]);
  await database.query('delete from session where token = $1', [person.token]);
  person.cookies = person.jar.header();
  return person;
}

const believed = (kind) => ({
  settings: { ...MAILS, cache: kind, cacheMaxAge: MAX_AGE_SECS },
  tests: {
    [`a session in a ${kind} cookie is believed by the other until it is too old`]: async (pair) => {
      const people = [];
      await bothWays(pair, async (here, there, way) => {
        const person = await outdated(pair, here);
        const asked = { cookies: false, headers: [['cookie', person.cookies]] };
        const [, token] = /((?:^|; )\S*session_token=[^;]+)/.exec(person.cookies);

        const answered = await person.get(there, '/get-session', asked);
        const read = await person.get(there, '/get-session?disableCookieCache=true', asked);
        const bare = await person.get(there, '/get-session', { cookies: false, headers: [['cookie', token]] });

        expectStatus(200, answered, way);
        assert.equal(answered.json?.user.email, person.email, `the cookie is believed, ${way}`);
        assert.equal(answered.json.user.name, 'Ada', `and not what the database says, ${way}`);
        assert.equal(read.json, null, `a request for the database gets what is there, ${way}`);
        assert.equal(bare.json, null, `so does one without the cookie, ${way}`);
        people.push({ person, asked, there, way });
      });

      await sleep(MAX_AGE_SECS * 1000 + 100);

      for (const { person, asked, there, way } of people) {
        assert.equal((await person.get(there, '/get-session', asked)).json, null, `it is too old, ${way}`);
      }
    },
  },
});

export default ['compact', 'jwt', 'jwe'].map(believed);
