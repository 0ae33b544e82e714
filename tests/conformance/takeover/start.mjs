// Each server starts on what the other made and changes nothing of it.

import assert from 'node:assert/strict';

import { Database } from '../harness/databases.mjs';
import { startBetterAuth, startLatchkey } from '../harness/sides.mjs';
import { BESIDE, expectStatus, Person } from './pair.mjs';

/** Columns, as far as both servers know them: neither may change one. */
const shape = async (database) => JSON.stringify(await database.columns());

/** Holds a server to knowing a person by cookie and by password. */
async function knows(side, person) {
  assert.equal((await person.session(side))?.user.email, person.email, `${side.name} honours the cookie`);
  expectStatus(200, await new Person(person).signIn(side), `${side.name} signs in`);
}

export default [
  {
    tests: {
      'Better Auth starts on what Latchkey made': async ({ server, binary }) => {
        const database = await Database.create(server, 'latchkeys');
        const latchkey = await startLatchkey(server, { binary, variables: BESIDE, on: database });
        const ours = await Person.signedUp(latchkey);
        const before = await shape(database);

        const betterAuth = await startBetterAuth(server, { on: database });

        assert.equal(await shape(database), before, 'its migration finds nothing to do');
        await knows(betterAuth, ours);
        await knows(latchkey, await Person.signedUp(betterAuth));
      },

      'Latchkey starts on what Better Auth made, and Better Auth again after it': async ({ server, binary }) => {
        const database = await Database.create(server, 'better_auths');
        const betterAuth = await startBetterAuth(server, { on: database });
        const theirs = await Person.signedUp(betterAuth);
        const [before, rows] = [await shape(database), JSON.stringify(await database.rows())];

        const latchkey = await startLatchkey(server, { binary, variables: BESIDE, on: database });

        assert.equal(await shape(database), before, 'no column was changed');
        assert.equal(JSON.stringify(await database.rows()), rows, 'no row was changed');
        await knows(latchkey, theirs);
        const again = await startBetterAuth(server, { on: database });
        await knows(again, theirs);
        assert.equal(await shape(database), before);
      },
    },
  },
];
