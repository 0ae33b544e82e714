// Limits: requests to either server count together.

import assert from 'node:assert/strict';

import { MAILS } from '../scenarios/profiles.mjs';
import { expectStatus, Person } from './pair.mjs';

const WINDOW_SECS = 60;
const MAX = 6;
const SETTINGS = {
  ...MAILS,
  trustedProxies: ['127.0.0.1'],
  limits: { window: WINDOW_SECS, max: MAX, rules: { '/sign-in/email': { window: WINDOW_SECS, max: MAX } } },
};

/** The address that both count by; neither counts clients that have none. */
const FROM = { headers: [['x-forwarded-for', '192.0.2.1']] };

/** Of the connection, or of one request alone. */
const TRANSPORT = ['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding', 'x-retry-after'];

/** An answer as far as Better Auth's says anything; how long to wait is another question. */
function shown({ status, reason, headers, text }, theirs) {
  const names = theirs.headers.map(([name]) => name).filter((name) => !TRANSPORT.includes(name));
  return { status, reason, headers: headers.filter(([name]) => names.includes(name)), text };
}

const wait = ({ headers }) => Number(new Map(headers).get('x-retry-after'));

/** Sends what is allowed, to one server after the other, and then one more to each: both refuse it alike. */
async function metAtTheSum({ betterAuth, latchkey }, ask) {
  for (let sent = 0; sent < MAX; sent++) {
    const side = sent % 2 === 0 ? betterAuth : latchkey;
    const answer = await ask(side);
    assert.notEqual(answer.status, 429, `request ${sent + 1} of ${MAX}, to ${side.name}, is allowed`);
  }

  const refused = [await ask(betterAuth), await ask(latchkey)];

  for (const [at, { name }] of [betterAuth, latchkey].entries()) expectStatus(429, refused[at], `${name} refuses`);
  const [theirs, ours] = refused.map((answer) => shown(answer, refused[0]));
  assert.deepEqual(ours, theirs);
  const [theirWait, ourWait] = refused.map(wait);
  assert.ok(theirWait > WINDOW_SECS / 2 && theirWait <= WINDOW_SECS, `Better Auth says to wait ${theirWait} s`);
  assert.ok(Math.abs(theirWait - ourWait) <= 1, `Latchkey says to wait ${ourWait} s, Better Auth ${theirWait} s`);
}

export default [
  {
    settings: SETTINGS,
    tests: {
      'a limit with a rule of its own is met at the sum': async (pair) => {
        const nobody = new Person();
        const wrong = { email: nobody.email, password: nobody.password };
        await metAtTheSum(pair, (side) => nobody.post(side, '/sign-in/email', wrong, FROM));
        const counted = await pair.database.query(`select key from "rateLimit" where key like '%/sign-in/email'`);
        assert.equal(counted.length, 1, 'both count in one row');
      },

      'so is the general one': async (pair) => {
        const person = await Person.signedUp(pair.betterAuth);
        await metAtTheSum(pair, (side) => person.get(side, '/list-sessions', FROM));
      },
    },
  },
];
