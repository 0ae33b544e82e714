#!/usr/bin/env node
// One database under both servers: each starts on what the other made, changes nothing of it, and honours the
// other's users and cookies. Needs what run.mjs needs.

import assert from 'node:assert/strict';

import { Database } from './harness/databases.mjs';
import { DEFAULTS, environment } from './harness/settings.mjs';
import { startBetterAuth, startLatchkey, stopAll } from './harness/sides.mjs';

const { TEST_DATABASE_URL: server, LATCHKEY_BIN: binary } = environment(['TEST_DATABASE_URL', 'LATCHKEY_BIN']);
const PASSWORD = 'correct horse';

function call(side, path, { body, cookie } = {}) {
  return fetch(`http://127.0.0.1:${side.port}/api/auth${path}`, {
    method: body ? 'POST' : 'GET',
    headers: {
      origin: DEFAULTS.origin,
      ...(body && { 'content-type': 'application/json' }),
      ...(cookie && { cookie }),
    },
    body: body && JSON.stringify(body),
  });
}

async function signUp(side, email) {
  const answer = await call(side, '/sign-up/email', { body: { name: 'Ada', email, password: PASSWORD } });
  assert.equal(answer.status, 200, `${side.name} signs ${email} up`);
  return cookieOf(answer);
}

async function signIn(side, email) {
  const answer = await call(side, '/sign-in/email', { body: { email, password: PASSWORD } });
  assert.equal(answer.status, 200, `${side.name} signs ${email} in`);
  return cookieOf(answer);
}

const cookieOf = (answer) => answer.headers.getSetCookie()[0].split(';')[0];

/** Who is signed in at `side` with this cookie. */
async function who(side, cookie) {
  const answer = await call(side, '/get-session', { cookie });
  return (await answer.json())?.user.email;
}

/** Columns, as far as both servers know them: neither may change one. */
const shape = async (database) => JSON.stringify(await database.columns());

const tests = {
  'Better Auth starts on what Latchkey made': async () => {
    const database = await Database.create(server, 'latchkeys');
    const latchkey = await startLatchkey(server, { binary, on: database });
    const cookie = await signUp(latchkey, 'ours@example.com');
    const before = await shape(database);

    const betterAuth = await startBetterAuth(server, { on: database });

    assert.equal(await shape(database), before, 'its migration finds nothing to do');
    assert.equal((await call(betterAuth, '/ok')).status, 200);
    assert.equal(await who(betterAuth, cookie), 'ours@example.com', 'it honours our cookie');
    await signUp(betterAuth, 'theirs@example.com');
    const theirs = await signIn(latchkey, 'theirs@example.com');
    assert.equal(await who(betterAuth, theirs), 'theirs@example.com');
  },

  'Latchkey starts on what Better Auth made, and Better Auth again after it': async () => {
    const database = await Database.create(server, 'better_auths');
    const betterAuth = await startBetterAuth(server, { on: database });
    const cookie = await signUp(betterAuth, 'theirs@example.com');
    const [before, rows] = [await shape(database), JSON.stringify(await database.rows())];

    const latchkey = await startLatchkey(server, { binary, on: database });

    assert.equal(await shape(database), before, 'no column was changed');
    assert.equal(JSON.stringify(await database.rows()), rows, 'no row was changed');
    assert.equal(await who(latchkey, cookie), 'theirs@example.com', 'we honour its cookie');
    await signIn(latchkey, 'theirs@example.com');
    const again = await startBetterAuth(server, { on: database });
    assert.equal(await who(again, cookie), 'theirs@example.com');
    assert.equal(await shape(database), before);
  },
};

let failed = 0;
for (const [claim, test] of Object.entries(tests)) {
  try {
    await test();
    console.log(`takeover: ${claim}`);
  } catch (error) {
    failed += 1;
    console.error(`FAILED takeover: ${claim}\n${error.stack}`);
  } finally {
    await stopAll();
  }
}
console.log(`${Object.keys(tests).length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
