// Both servers on one database, and people who go from one to the other.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

import { CookieJar } from '../harness/cookies.mjs';
import { Database } from '../harness/databases.mjs';
import { jsonOf, send, valuesOf } from '../harness/http.mjs';
import { ORIGIN } from '../harness/settings.mjs';
import { startBetterAuth, startLatchkey } from '../harness/sides.mjs';

/** How Latchkey runs beside Better Auth: new passwords are hashed so that both can verify them. */
export const BESIDE = { PASSWORD_HASH: 'scrypt' };

/** Better Auth and Latchkey, with the same settings, on one database; `variables` are laid over Latchkey's. */
export async function startPair({ server, binary }, { settings, variables }) {
  const database = await Database.create(server, 'shared');
  const betterAuth = await startBetterAuth(server, { settings, on: database });
  const another = (more) => startLatchkey(server, { binary, settings, on: database, ...more });
  const latchkey = await another({ variables: { ...BESIDE, ...variables } });
  return { database, settings, betterAuth, latchkey, anotherLatchkey: another };
}

/** Runs `test(here, there, way)` in both directions; `way` names it in failures. */
export async function bothWays({ betterAuth, latchkey }, test) {
  for (const [here, there] of [[betterAuth, latchkey], [latchkey, betterAuth]]) {
    await test(here, there, `from ${here.name} to ${there.name}`);
  }
}

const FIRST_PASSWORD = 'correct horse';

/** Someone with a browser: an address, a password, and the cookies that servers gave; `agent` keeps connections. */
export class Person {
  jar = new CookieJar();

  constructor({ email = `${randomBytes(6).toString('hex')}@example.com`, password = FIRST_PASSWORD, agent } = {}) {
    Object.assign(this, { email, password, agent });
  }

  static async signedUp(side, options) {
    const person = new Person(options);
    expectStatus(200, await person.signUp(side), `sign-up at ${side.name}`);
    return person;
  }

  /** The same person in another browser, signed in at `side`. */
  async onAnotherDevice(side) {
    const device = new Person(this);
    expectStatus(200, await device.signIn(side), `sign-in at ${side.name}`);
    return device;
  }

  /** Sends a request as a page of the public origin does; takes the cookies of the answer, and adds `json` to it. */
  async ask(side, method, path, { json, headers = [], cookies = true } = {}) {
    const cookie = cookies ? this.jar.header() : undefined;
    const answer = await send(side.port, {
      method,
      target: path.startsWith('/api/auth') ? path : `/api/auth${path}`,
      headers: [
        ...(method === 'POST' ? [['origin', ORIGIN]] : []),
        ...(json === undefined ? [] : [['content-type', 'application/json']]),
        ...(cookie === undefined ? [] : [['cookie', cookie]]),
        ...headers,
      ],
      body: json === undefined ? undefined : JSON.stringify(json),
      agent: this.agent,
    });
    if (cookies) this.jar.take(valuesOf(answer, 'set-cookie'));
    return { ...answer, json: jsonOf(answer) };
  }

  get(side, path, options) {
    return this.ask(side, 'GET', path, options);
  }

  post(side, path, json, options) {
    return this.ask(side, 'POST', path, { json, ...options });
  }

  async signUp(side) {
    const { email, password } = this;
    return this.#entered(await this.post(side, '/sign-up/email', { name: 'Ada', email, password }));
  }

  async signIn(side) {
    const { email, password } = this;
    return this.#entered(await this.post(side, '/sign-in/email', { email, password }));
  }

  #entered(answer) {
    if (typeof answer.json?.token !== 'string') return answer;
    this.token = answer.json.token;
    this.signedToken = valuesOf(answer, 'set-auth-token')[0];
    return answer;
  }

  /** Follows the link of a mail, at whichever side. */
  follow(side, { url }) {
    return this.get(side, url.replace(/^https?:\/\/[^/]+/, ''));
  }

  /** What `get-session` says: `{ session, user }`, or null. */
  async session(side, options) {
    const answer = await this.get(side, '/get-session', options);
    expectStatus(200, answer, `get-session at ${side.name}`);
    return answer.json;
  }
}

/** `Authorization: Bearer`, and no cookie. */
export const bearer = (token) => ({ cookies: false, headers: [['authorization', `Bearer ${token}`]] });

/** The next mail of `side`; it has to be of this kind, and to this address. */
export async function mailFrom(side, type, to) {
  const mails = await side.mailbox.take(1);
  assert.deepEqual(mails.map((mail) => `${mail.type} to ${mail.to}`), [`${type} to ${to}`], `mails of ${side.name}`);
  return mails[0];
}

/** Fails with what was answered instead. */
export function expectStatus(status, answer, what) {
  assert.equal(answer.status, status, `${what}: ${answer.status} ${answer.text.slice(0, 200)}`);
}
