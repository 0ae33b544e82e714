// Databases that other releases and ORMs made: after Latchkey's migrations Better Auth starts on them as before, finds
// nothing to do, and both serve who is in them. What `inspect` says of each is in tests/api/inspect.rs.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

import { Database } from '../harness/databases.mjs';
import { startBetterAuth, startLatchkey } from '../harness/sides.mjs';
import { BESIDE, expectStatus, Person } from './pair.mjs';

/** Files of tests/databases, by who made them. */
const SERVED = [
  'better-auth-1.6', 'better-auth-1.7.25', 'better-auth-1.7.25-rate-limit', 'better-auth-secondary-storage',
  'older', 'drizzle', 'prisma',
];
/** Their required column `issuer` is written by nobody else. */
const WITH_ISSUER = ['better-auth-1.7.0', 'better-auth-1.7.2'];

async function made(server, file) {
  const database = await Database.create(server, file.replaceAll(/\W/g, '_'));
  await database.query(await readFile(new URL(`../../databases/${file}.sql`, import.meta.url), 'utf8'));
  return database;
}

/** Runs `latchkey migrate` with these arguments; rejects with what it said. */
function migrate(binary, database, ...words) {
  const env = { PATH: process.env.PATH, DATABASE_URL: database.url };
  return promisify(execFile)(resolve(binary), ['migrate', ...words], { cwd: tmpdir(), env });
}

/** Better Auth and Latchkey on a migrated database: Ada, who was there, and who signs up at one are known to both. */
async function bothServe({ server, binary }, database) {
  const before = JSON.stringify(await database.columns());
  const betterAuth = await startBetterAuth(server, { on: database });
  assert.equal(JSON.stringify(await database.columns()), before, "Better Auth's migration finds nothing to do");

  const latchkey = await startLatchkey(server, { binary, variables: BESIDE, on: database });
  for (const side of [betterAuth, latchkey]) {
    const ada = new Person({ email: 'ada@example.com' });
    expectStatus(200, await ada.signIn(side), `sign-in at ${side.name}`);
    const other = side === latchkey ? betterAuth : latchkey;
    assert.equal((await ada.session(other))?.user.email, ada.email, `the cookie of ${side.name} at ${other.name}`);
    expectStatus(200, await new Person(await Person.signedUp(side)).signIn(other), `sign-in at ${other.name}`);
  }
}

const served = (file) => [
  `Better Auth starts on ${file} after our migrations, and both serve it`,
  async (world) => {
    const database = await made(world.server, file);
    await migrate(world.binary, database);
    await bothServe(world, database);
  },
];

const withIssuer = (file) => [
  `Better Auth starts again on ${file} once the issuer has a default, and both serve it`,
  async (world) => {
    const refused = await startBetterAuth(world.server, { on: await made(world.server, file) });
    const answer = await new Person({ email: 'ada@example.com' }).signIn(refused).catch(() => ({ status: 'none' }));
    assert.notEqual(answer.status, 200, 'Better Auth 1.7.25 does not serve it as it is');

    const database = await made(world.server, file);
    await assert.rejects(migrate(world.binary, database), /--default-issuer/, 'nor does Latchkey');
    await migrate(world.binary, database, '--default-issuer');
    await bothServe(world, database);
  },
];

export default [{ tests: Object.fromEntries([...SERVED.map(served), ...WITH_ISSUER.map(withIssuer)]) }];
