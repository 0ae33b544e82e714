// The move: a thousand users go on while their requests go from Better Auth to Latchkey by and by, and all the way
// back.

import assert from 'node:assert/strict';

import { MAILS } from '../scenarios/profiles.mjs';
import { Balancer } from './balancer.mjs';
import { crowd } from './crowd.mjs';
import { bearer, expectStatus, Person } from './pair.mjs';
import { ENDPOINTS, live } from './visitor.mjs';

const USERS = 1000;
/** Of the users, who sign in once more at the end: a hash takes a core most of a tenth of a second. */
const SIGN_INS_AT_THE_END = 200;
/** Requests at a time. None of them has to wait for a turn to hash: on a busy machine Latchkey would give up on it. */
const CLIENTS = 8;
const VARIABLES = { HASH_CONCURRENCY: String(CLIENTS) };

/** Of the wrong answers; the same mistake makes many. */
const SHOWN = 20;
/** How much of each kind of request either server has to have served. */
const LEAST_SHARE = 0.3;

/** How much of the requests goes to Latchkey. */
const PHASES = [
  ['100:0', 0],
  ['50:50', 0.5],
  ['0:100', 1],
  ['50:50 again', 0.5],
  ['100:0 again', 0],
];

/** Moves `users` users there and back; fails with what was not as it has to be. */
async function move(pair, users) {
  const problems = [];
  const timed = stopwatch();
  const people = await crowd(pair, { users, clients: CLIENTS });
  timed(`${users} users with a session, a verification link and a reset link each, at Better Auth`);

  const balancer = await Balancer.before(pair);
  await runAll(phasesOf(people, balancer), problems);
  timed(`${balancer.answers.length} requests of ${CLIENTS} clients`);
  report(balancer);

  await runAll(endOf(people, pair.betterAuth), problems);
  timed(`every session at Better Auth once more, and ${Math.min(users, SIGN_INS_AT_THE_END)} sign-ins`);
  balancer.close();
  const found = [...balancer.troubles, ...problems];
  if (found.length > 0) assert.fail([`${found.length} answers are wrong:`, ...found.slice(0, SHOWN)].join('\n  '));
  assertShares(balancer, users);
}

/**
 * What the clients do, in the order they take it up: all of a phase, at random, before the next begins. In each phase
 * everybody asks by cookie who they are, every other one by bearer token as well, and a fifth does all else.
 */
function* phasesOf(people, balancer) {
  for (const [at, [phase, share]] of PHASES.entries()) {
    balancer.sends(phase, share);
    const tasks = people.flatMap((person, number) => [
      () => asksWhoTheyAre(person, balancer, phase),
      ...(number % 2 === at % 2 ? [() => asksWhoTheyAre(person, balancer, phase, asApp(person, number))] : []),
      ...(number % PHASES.length === at ? [() => live(person, balancer)] : []),
    ]);
    yield* shuffled(tasks);
  }
}

/** A bearer token: of some the bare one, of others the signed one. */
const asApp = ({ token, signedToken }, number) => bearer(number % 4 < 2 ? token : signedToken);

async function asksWhoTheyAre(person, side, phase, options) {
  const found = await person.session(side, options);
  const told = `the ${options === undefined ? 'cookie' : 'bearer token'} of ${person.email} in ${phase}`;
  assert.equal(found?.user.email, person.email, `${told} is ${found?.user.email ?? "nobody's"}`);
  assert.equal(found.session.token, person.token, `${told} is another session's`);
}

/** The sessions from the start, and the passwords that people have by then. */
function* endOf(people, betterAuth) {
  for (const person of people) yield () => asksWhoTheyAre(person, betterAuth, 'the end');
  for (const person of shuffled(people).slice(0, SIGN_INS_AT_THE_END)) {
    yield async () => expectStatus(200, await new Person(person).signIn(betterAuth), 'sign-in at the end');
  }
}

/** Has so many clients work off what `tasks` yields, without a pause where one phase ends and another begins. */
async function runAll(tasks, problems) {
  const client = async () => {
    for (const task of tasks) await task().catch((error) => problems.push(error.message));
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}

function shuffled(list) {
  const keyed = list.map((one) => [Math.random(), one]);
  return keyed.toSorted(([a], [b]) => a - b).map(([, one]) => one);
}

const SERVERS = ['Better Auth', 'Latchkey'];

function report(balancer) {
  const line = (label, wanted) => {
    const counts = SERVERS.map((side) => `${side} ${balancer.count({ ...wanted, side })}`);
    console.log(`  ${label.padEnd(30)} ${counts.join(', ')}`);
  };
  for (const [phase] of PHASES) line(phase, { phase });
  for (const endpoint of ENDPOINTS) line(endpoint, { endpoint });
}

/** Whether both servers have served enough of each kind, and the phases were what they are called. */
function assertShares(balancer, users) {
  for (const endpoint of ENDPOINTS) {
    const counts = SERVERS.map((side) => balancer.count({ endpoint, side }));
    assert.ok(counts[0] + counts[1] >= users, `${endpoint}: ${counts} requests of ${users} users`);
    assert.ok(Math.min(...counts) >= users * LEAST_SHARE, `${endpoint}: each server serves enough, not ${counts}`);
  }
  for (const [phase, share] of PHASES) {
    if (share < 1) assert.ok(balancer.count({ phase, side: 'Better Auth' }) >= users * LEAST_SHARE, phase);
    else assert.equal(balancer.count({ phase, side: 'Better Auth' }), 0, phase);
    if (share > 0) assert.ok(balancer.count({ phase, side: 'Latchkey' }) >= users * LEAST_SHARE, phase);
    else assert.equal(balancer.count({ phase, side: 'Latchkey' }), 0, phase);
  }
}

function stopwatch() {
  let began = performance.now();
  return (what) => {
    console.log(`  ${what}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
    began = performance.now();
  };
}

const SETTINGS = { ...MAILS, verifyOnSignUp: true };

/** A Latchkey that is set wrongly, and what the test has to say of it. */
const mutant = (what, variables, problem) => ({
  settings: SETTINGS,
  variables: { ...VARIABLES, ...variables },
  tests: { [`${what} is noticed`]: (pair) => assert.rejects(move(pair, 50), problem) },
});

export const MUTANTS = [
  mutant('another secret', { BETTER_AUTH_SECRET: 'x'.repeat(40) }, /the (cookie|bearer token) of \S+ in (50:50|0:100)/),
  mutant('a hash that is for Latchkey alone', { PASSWORD_HASH: 'asvs' }, /sign-in.*: 500/),
  mutant('a limit', { RATE_LIMIT_ENABLED: 'true', RATE_LIMIT_GENERAL: 'true' }, /: 429/),
];

export default [
  {
    settings: SETTINGS,
    variables: VARIABLES,
    tests: {
      [`${USERS} users are moved and back under traffic, and nobody notices`]: (pair) => move(pair, USERS),
    },
  },
];
