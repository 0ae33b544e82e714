#!/usr/bin/env node
// Better Auth and Latchkey on one database: side by side, one after the other, and one in place of the other under
// traffic. What it needs and how it works: ../README.md.

import { parseArgs } from 'node:util';

import { run } from '../harness/program.mjs';
import { environment, UsageError } from '../harness/settings.mjs';
import { stopAll } from '../harness/sides.mjs';
import caches from './caches.mjs';
import client from './client.mjs';
import databases from './databases.mjs';
import guide from './guide.mjs';
import legacy from './legacy.mjs';
import limits from './limits.mjs';
import links from './links.mjs';
import { startPair } from './pair.mjs';
import passwords from './passwords.mjs';
import sessions from './sessions.mjs';
import start from './start.mjs';
import traffic, { MUTANTS } from './traffic.mjs';

const subjects = { start, databases, passwords, sessions, caches, links, limits, client, legacy, guide, traffic };

const USAGE = `Usage: node takeover/run.mjs [--only SUBJECT]… [--mutants]

  --only      run these subjects alone: ${Object.keys(subjects).join(', ')}
  --mutants   run the traffic with a Latchkey that is set wrongly: each must be noticed`;

async function main() {
  const { only = Object.keys(subjects), mutants } = flags();
  const needed = environment(['TEST_DATABASE_URL', 'LATCHKEY_BIN']);
  const world = { server: needed.TEST_DATABASE_URL, binary: needed.LATCHKEY_BIN };
  const chosen = mutants ? { mutants: MUTANTS } : Object.fromEntries(only.map((name) => [name, subjects[name]]));

  const began = performance.now();
  const totals = { passed: 0, failed: 0 };
  for (const [subject, parts] of Object.entries(chosen)) {
    for (const part of parts) await runPart(world, subject, part, totals);
  }
  console.log(`takeover: ${totals.passed} passed, ${totals.failed} failed ${secondsSince(began)}`);
  return totals.failed === 0 ? 0 : 1;
}

/** Runs the tests that share settings, and so a pair of servers; without settings each starts its own. */
async function runPart(world, subject, { settings, variables, tests }, totals) {
  let pair;
  for (const [claim, test] of Object.entries(tests)) {
    const began = performance.now();
    try {
      if (settings !== undefined) pair ??= await startPair(world, { settings, variables });
      await test(pair ?? world);
      totals.passed += 1;
      console.log(`${subject}: ${claim} ${secondsSince(began)}`);
    } catch (error) {
      totals.failed += 1;
      console.error(`FAILED ${subject}: ${claim} ${secondsSince(began)}\n${error.stack}`);
      // A mail that nobody took would be the next test's.
      for (const side of [pair?.betterAuth, pair?.latchkey]) await side?.mailbox.take();
    }
    if (pair === undefined) await stopAll();
  }
  await stopAll();
}

const secondsSince = (began) => `(${((performance.now() - began) / 1000).toFixed(1)} s)`;

function flags() {
  try {
    const { values } = parseArgs({
      options: { only: { type: 'string', multiple: true }, mutants: { type: 'boolean' } },
    });
    const unknown = values.only?.find((name) => !(name in subjects));
    if (unknown !== undefined) throw new Error(`There is no subject ${unknown}.`);
    return values;
  } catch (error) {
    throw new UsageError(`${error.message}\n\n${USAGE}`);
  }
}

await run(main);
// What a failed test left open would keep the process.
process.exit();
