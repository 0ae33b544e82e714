#!/usr/bin/env node
// Compares Latchkey with the real Better Auth. What it needs and how it works: README.md.

import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import deviations from './deviations.mjs';
import { compatibility } from './harness/compatibility.mjs';
import { Driver } from './harness/driver.mjs';
import { Judge } from './harness/judge.mjs';
import mutants from './harness/mutants.mjs';
import { run } from './harness/program.mjs';
import { exchangeText, failureText, groupLine, staleText, usedText } from './harness/report.mjs';
import { environment, UsageError } from './harness/settings.mjs';
import { startBetterAuth, startLatchkey } from './harness/sides.mjs';
import groups from './scenarios/index.mjs';

const USAGE = `Usage: node run.mjs [--self | --mutants] [--only GROUP]… [--show] [--report FILE]

  --self      compare Better Auth with a second Better Auth: all must be equal
  --mutants   compare Better Auth with twins that differ in one thing each: all must be noticed
  --only      run these groups of scenarios alone: ${groups.map(([name]) => name).join(', ')}
  --show      print every exchange as it is compared
  --report    write what was compared, and every intended deviation, into this file; of all groups, when none failed`;

async function main() {
  const { help, self, mutants: prove, only, show, report } = flags();
  if (help) {
    console.log(USAGE);
    return 0;
  }
  if (prove) return proveMutants(environment(['TEST_DATABASE_URL']).TEST_DATABASE_URL);

  const chosen = groups.filter(([name]) => only === undefined || only.includes(name));
  if (self) {
    const { TEST_DATABASE_URL: server } = environment(['TEST_DATABASE_URL']);
    const twin = (settings) => startBetterAuth(server, { name: 'the twin', label: 'twin', settings });
    return compare(server, twin, { chosen, show, intended: [], complete: false });
  }
  const { TEST_DATABASE_URL: server, LATCHKEY_BIN: binary } = environment(['TEST_DATABASE_URL', 'LATCHKEY_BIN']);
  const latchkey = (settings) => startLatchkey(server, { binary, settings });
  return compare(server, latchkey, { chosen, show, intended: deviations, complete: only === undefined, report });
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
        report: { type: 'string' },
      },
    });
    const unknown = values.only?.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new Error(`There is no group ${unknown}.`);
    const { report, self, mutants: prove, only } = values;
    if (report !== undefined && (self || prove || only)) throw new Error('A report is of the whole run with Latchkey.');
    return values;
  } catch (error) {
    throw new UsageError(`${error.message}\n\n${USAGE}`);
  }
}

/** Pairs of servers at once: hashing passwords keeps two cores busy, waiting for mails leaves them idle. */
const AT_ONCE = 3;

/** Drives all chosen scenarios against Better Auth and what `start` starts; the exit status. */
async function compare(server, start, { chosen, show, intended, complete, report }) {
  const judge = new Judge(intended);
  const onStep = show ? (step) => console.log(exchangeText(step)) : undefined;
  const waiting = bySettings(chosen);
  const next = async () => {
    for (let pair = waiting.shift(); pair !== undefined; pair = waiting.shift()) {
      await comparePair(server, start, { ...pair, judge, onStep });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  return summed(judge, { chosen, complete, report });
}

/** The groups of one pair of servers, one after the other. */
async function comparePair(server, start, { settings, members, judge, onStep }) {
  const theirs = await startBetterAuth(server, { label: 'better_auth', settings });
  const ours = await start(settings);
  const driver = new Driver({ theirs, ours, judge, settings, onStep });
  for (const [name, scenarios] of members) {
    for (const scenario of scenarios) {
      if (theirs.gone === undefined && ours.gone === undefined) await driver.run(name, scenario);
    }
    console.log(groupLine(name, judge.totals(name)));
  }
  for (const { name, gone } of [theirs, ours]) {
    if (gone === undefined) continue;
    judge.broken({ side: name, title: 'the server is gone' }, new Error(gone), { counts: false });
  }
  await Promise.all([theirs.stop(), ours.stop()]);
}

/** The groups that share settings, and so a pair of servers. The largest first: they take longest. */
function bySettings(chosen) {
  const pairs = new Map();
  for (const [name, scenarios, settings] of chosen) {
    if (!pairs.has(settings)) pairs.set(settings, []);
    pairs.get(settings).push([name, scenarios]);
  }
  const size = ({ members }) => members.flatMap(([, scenarios]) => scenarios).flatMap(({ steps }) => steps).length;
  return [...pairs].map(([settings, members]) => ({ settings, members })).toSorted((a, b) => size(b) - size(a));
}

/** Prints what came of it; the exit status. */
async function summed(judge, { chosen, complete, report }) {
  const used = judge.deviations();
  // A part of the scenarios cannot show every deviation.
  const stale = complete ? used.filter(({ times, racy }) => times === 0 && !racy) : [];
  const place = new Map(chosen.map(([name], at) => [name, at]));
  const failures = judge.failures.toSorted((a, b) => place.get(a.exchange.group) - place.get(b.exchange.group));
  for (const failure of failures) console.log(failureText(failure));
  for (const entry of stale) console.log(staleText(entry));
  if (used.length > 0) console.log(usedText(used));

  const { exchanges, equal, intended, failed } = judge.totals();
  const others = failures.filter(({ counts }) => !counts).length + stale.length;
  console.log(`conformance: ${exchanges} exchanges, ${equal} equal, ${intended} with intended deviations`);
  console.log(`${exchanges - failed} passed, ${failed + others} failed`);
  const isGreen = failed + others === 0 && exchanges > 0;
  if (!isGreen) return 1;
  return report === undefined || (await isReported(report, await compatibility(judge, chosen))) ? 0 : 1;
}

/** Writes the report; false where CI must find it as it is committed, and did not. */
async function isReported(file, text) {
  const before = await readFile(file, 'utf8').catch(() => '');
  await writeFile(file, text);
  if (before === text || process.env.CI !== 'true') return true;
  console.log(`FAILED ${file} is of another run: commit the one that this command writes`);
  return false;
}

/** Each mutant must be told from Better Auth; the exit status. */
async function proveMutants(server) {
  const shared = new Map();
  for (const mutant of mutants) {
    const settings = settingsOf(mutant.groups[0]);
    shared.set(settings, [...(shared.get(settings) ?? []), mutant]);
  }
  const waiting = [...shared];
  let missed = 0;
  const next = async () => {
    for (let twins = waiting.shift(); twins !== undefined; twins = waiting.shift()) {
      missed += await countMissed(server, ...twins);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  console.log(`${mutants.length - missed} passed, ${missed} failed`);
  return missed === 0 ? 0 : 1;
}

const settingsOf = (group) => groups.find(([name]) => name === group)[2];

/** How many of the mutants, which share their settings, no scenario of their groups tells from Better Auth. */
async function countMissed(server, settings, twins) {
  const theirs = await startBetterAuth(server, { label: 'better_auth', settings });
  let missed = 0;
  for (const { name, groups: names, options, sql, alter } of twins) {
    const ours = await startBetterAuth(server, { name: 'the mutant', label: 'mutant', settings, options });
    if (sql !== undefined) await ours.database.query(sql);
    const members = groups.filter(([group]) => names.includes(group));
    if (!(await differs({ theirs, ours, settings, alter }, members))) {
      missed += 1;
      console.log(`FAILED mutant "${name}": no scenario of ${names.join(', ')} noticed it`);
    }
    await ours.stop();
  }
  await theirs.stop();
  return missed;
}

async function differs(sides, members) {
  const judge = new Judge([]);
  const driver = new Driver({ ...sides, judge });
  for (const [, scenarios] of members) {
    for (const scenario of scenarios) {
      await driver.run('mutants', scenario);
      if (judge.failures.some(({ differences }) => differences !== undefined)) return true;
    }
  }
  return false;
}

await run(main);
