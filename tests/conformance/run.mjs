#!/usr/bin/env node
// Compares Latchkey with the real Better Auth. What it needs and how it works: README.md.

import { parseArgs } from 'node:util';

import deviations from './deviations.mjs';
import { Driver } from './harness/driver.mjs';
import { Judge } from './harness/judge.mjs';
import mutants from './harness/mutants.mjs';
import { exchangeText, failureText, groupLine, staleText, usedText } from './harness/report.mjs';
import { environment, UsageError } from './harness/settings.mjs';
import { startBetterAuth, startLatchkey, stopAll } from './harness/sides.mjs';
import groups from './scenarios/index.mjs';

const USAGE = `Usage: node run.mjs [--self | --mutants] [--only GROUP]… [--show]

  --self      compare Better Auth with a second Better Auth: all must be equal
  --mutants   compare Better Auth with twins that differ in one thing each: all must be noticed
  --only      run these groups of scenarios alone: ${groups.map(([name]) => name).join(', ')}
  --show      print every exchange as it is compared`;

async function main() {
  const { help, self, mutants: prove, only, show } = flags();
  if (help) {
    console.log(USAGE);
    return 0;
  }
  if (prove) return proveMutants(environment(['TEST_DATABASE_URL']).TEST_DATABASE_URL);

  const chosen = groups.filter(([name]) => only === undefined || only.includes(name));
  if (self) {
    const { TEST_DATABASE_URL: server } = environment(['TEST_DATABASE_URL']);
    const twin = (settings) => startBetterAuth(server, { name: 'the twin', label: 'twin', settings });
    return compare(server, twin, { chosen, show, intended: [] });
  }
  const { TEST_DATABASE_URL: server, LATCHKEY_BIN: binary } = environment(['TEST_DATABASE_URL', 'LATCHKEY_BIN']);
  const latchkey = (settings) => startLatchkey(server, { binary, settings });
  return compare(server, latchkey, { chosen, show, intended: deviations, complete: only === undefined });
}

function flags() {
  const names = groups.map(([name]) => name);
  try {
    const { values } = parseArgs({
      options: {
        help: { type: 'boolean' },
        self: { type: 'boolean' },
        mutants: { type: 'boolean' },
        only: { type: 'string', multiple: true },
        show: { type: 'boolean' },
      },
    });
    const unknown = values.only?.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new Error(`There is no group ${unknown}.`);
    return values;
  } catch (error) {
    throw new UsageError(`${error.message}\n\n${USAGE}`);
  }
}

/** Drives all chosen scenarios against Better Auth and what `start` starts; the exit status. */
async function compare(server, start, { chosen, show, intended, complete = false }) {
  const judge = new Judge(intended);
  const onStep = show ? (step) => console.log(exchangeText(step)) : undefined;
  for (const { settings, members } of bySettings(chosen)) {
    const theirs = await startBetterAuth(server, { label: 'better_auth', settings });
    const ours = await start(settings);
    const driver = new Driver({ theirs, ours, judge, onStep });
    for (const [name, scenarios] of members) {
      const verdicts = [];
      for (const scenario of scenarios) {
        if (theirs.gone === undefined && ours.gone === undefined) verdicts.push(...(await driver.run(name, scenario)));
      }
      console.log(groupLine(name, verdicts));
    }
    for (const { name, gone } of [theirs, ours]) {
      if (gone !== undefined) judge.broken({ side: name, title: 'the server is gone' }, new Error(gone), { counts: false });
    }
    await theirs.stop();
    await ours.stop();
  }
  return summed(judge, complete);
}

/** The groups that share settings, and so a pair of servers. */
function bySettings(chosen) {
  const pairs = new Map();
  for (const [name, scenarios, settings] of chosen) {
    if (!pairs.has(settings)) pairs.set(settings, []);
    pairs.get(settings).push([name, scenarios]);
  }
  return [...pairs].map(([settings, members]) => ({ settings, members }));
}

/** Prints what came of it; the exit status. */
function summed(judge, complete) {
  const used = judge.deviations();
  // A part of the scenarios cannot show every deviation.
  const stale = complete ? used.filter(({ times }) => times === 0) : [];
  for (const failure of judge.failures) console.log(failureText(failure));
  for (const entry of stale) console.log(staleText(entry));
  if (used.length > 0) console.log(usedText(used));

  const { exchanges, equal, intended, failed } = judge.totals();
  const others = judge.failures.filter(({ counts }) => !counts).length + stale.length;
  console.log(`conformance: ${exchanges} exchanges, ${equal} equal, ${intended} with intended deviations`);
  console.log(`${exchanges - failed} passed, ${failed + others} failed`);
  return failed + others === 0 && exchanges > 0 ? 0 : 1;
}

/** Each mutant must be told from Better Auth; the exit status. */
async function proveMutants(server) {
  const theirs = await startBetterAuth(server, { label: 'better_auth' });
  let missed = 0;
  for (const mutant of mutants) {
    const ours = await startBetterAuth(server, { name: 'the mutant', label: 'mutant', options: mutant.options });
    if (mutant.sql !== undefined) await ours.database.query(mutant.sql);
    const noticed = await differs({ theirs, ours, ...mutant });
    if (!noticed) {
      missed += 1;
      console.log(`FAILED mutant "${mutant.name}": no scenario of ${mutant.groups.join(', ')} noticed it`);
    }
    await ours.stop();
  }
  console.log(`${mutants.length - missed} passed, ${missed} failed`);
  return missed === 0 ? 0 : 1;
}

/** Whether some scenario of the mutant's groups tells the two sides apart. */
async function differs({ theirs, ours, groups: names, alter }) {
  const judge = new Judge([]);
  const driver = new Driver({ theirs, ours, judge, alter });
  for (const [, scenarios] of groups.filter(([name]) => names.includes(name))) {
    for (const scenario of scenarios) {
      await driver.run('mutants', scenario);
      if (judge.failures.some(({ differences }) => differences !== undefined)) return true;
    }
  }
  return false;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    stopAll().finally(() => process.exit(1));
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof UsageError ? error.message : error);
  process.exitCode = 1;
} finally {
  await stopAll();
}
