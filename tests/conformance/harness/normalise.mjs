// Makes the answers of two servers comparable without hiding what differs.
//
// What a server draws at random is replaced by the place where that server first showed it: `<id #12.2>` is the
// second new one of step 12, wherever it turns up again. What depends on the clock is replaced by the step of
// the run it belongs to: `<#12 + 7 days>`. Anything that fits neither rule stays as it is.

import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { signature } from './cookies.mjs';
import { readCache, readJwt } from './tokens.mjs';

/** How long after a step something may end, in seconds. */
const OFFSETS = [
  [0, ''],
  [1, ' + 1 second'],
  [60, ' + 1 minute'],
  [300, ' + 5 minutes'],
  [600, ' + 10 minutes'],
  [1200, ' + 20 minutes'],
  [3600, ' + 1 hour'],
  [7200, ' + 2 hours'],
  [86_400, ' + 1 day'],
  [172_800, ' + 2 days'],
  [604_800, ' + 7 days'],
];
// An instant may be rounded to whole milliseconds, or cut; steps keep a distance so that both find theirs.
const TOLERANCE_MS = 1;
const DISTANCE_MS = 4;

// A signed value, plain as in `set-auth-token` or percent-encoded as in a cookie.
const SIGNED = /(?<![A-Za-z0-9])([A-Za-z0-9]{32}|true)\.((?:[A-Za-z0-9+/]|%2B|%2F){43}(?:=|%3D))/g;
// With the JSON key before it, if there is one.
const ISO_TIME = /("(\w+)":")?(?<!\d)(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)/g;
// Ids, session tokens and tokens of deletion have 32 characters, tokens of resets 24.
const RANDOM_ID = /(?<![A-Za-z0-9])(?:[A-Za-z0-9]{32}|[A-Za-z0-9]{24})(?![A-Za-z0-9])/g;
const JWT = /eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/g;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SHA_256 = /^[\w-]{43}$/;

const SCRYPT = /^[0-9a-f]{32}:[0-9a-f]{128}$/;
const ARGON2ID = /^\$argon2id\$v=19\$(m=\d+,t=\d+,p=\d+)\$[A-Za-z0-9+/]{22,}\$[A-Za-z0-9+/]{43,}$/;

/** When each step of the run took place: shared by both sides, since they take each step together. */
export class Timeline {
  #steps = [];
  #marked = new Map();

  /** Opens the next step and gives its number. */
  async open() {
    await sleep(DISTANCE_MS);
    this.#steps.push({ from: Date.now(), to: Infinity });
    return this.#steps.length;
  }

  close() {
    this.#steps.at(-1).to = Date.now();
  }

  /** Names an instant that the suite itself wrote into a column of a database. */
  mark(iso, column, name) {
    this.#marked.set(`${column} ${iso}`, name);
  }

  /** `column` is where the instant was seen: another one may be the same by chance. */
  name(iso, column) {
    const marked = this.#marked.get(`${column} ${iso}`);
    if (marked !== undefined) return marked;
    for (const [offset, words] of OFFSETS) {
      const at = Date.parse(iso) - offset * 1000;
      for (let step = this.#steps.length; step > 0; step -= 1) {
        const { from, to } = this.#steps[step - 1];
        if (at >= from - TOLERANCE_MS && at <= to + TOLERANCE_MS) return `<#${step}${words}>`;
      }
    }
    return `<at no step: ${iso}>`;
  }

  /** The same for whole seconds since 1970, as JWTs have them. */
  nameOfSecond(second) {
    const at = this.#steps.findLastIndex(({ from, to }) => second >= whole(from) && second <= whole(to));
    return at < 0 ? `<at no step: second ${second}>` : `<#${at + 1}>`;
  }
}

const whole = (milliseconds) => Math.floor(milliseconds / 1000);

/** Replaces what is random or timed in one side's answers. */
export class Normaliser {
  #ids = new Map();
  #step = 0;
  #fresh = 0;

  constructor(timeline) {
    this.timeline = timeline;
  }

  /** Counts new ids of this step from one again: a difference in one step cannot spread to the next. */
  enter(step) {
    this.#step = step;
    this.#fresh = 0;
  }

  /** When this side first showed an id, as a number to sort by. */
  known(id) {
    return this.#ids.get(id)?.order ?? Infinity;
  }

  #id(id) {
    if (!this.#ids.has(id)) {
      this.#fresh += 1;
      this.#ids.set(id, { name: `<id #${this.#step}.${this.#fresh}>`, order: this.#ids.size });
    }
    return this.#ids.get(id).name;
  }

  /** `key` is that of the object which holds the text. */
  text(text, key) {
    return text
      .replace(JWT, (token) => this.#jwt(token))
      .replace(SIGNED, (_, value, sent) => {
        const encoded = sent.endsWith('%3D');
        const expected = encoded ? encodeURIComponent(signature(value)) : signature(value);
        const verdict = sent === expected ? 'signed' : 'WRONGLY SIGNED';
        return `${value}.<${verdict}${encoded ? ', percent-encoded' : ''}>`;
      })
      .replace(ISO_TIME, (_, before = '', column = key, iso) => before + this.timeline.name(iso, column))
      .replace(RANDOM_ID, (id) => this.#id(id));
  }

  /** A JWT in words. It knows its time to the second only: the latest step of that second counts. */
  #jwt(token) {
    const read = readJwt(token);
    if (read === undefined) return token;
    const { header, claims, right } = read;
    const shown = sorted({ ...this.#dated(claims) });
    return `<jwt ${right ? 'signed' : 'WRONGLY SIGNED'} ${JSON.stringify(header)} ${JSON.stringify(this.tree(shown))}>`;
  }

  /** Claims with times in words: `exp` counts from `iat`. */
  #dated({ iat, exp, ...claims }) {
    return {
      ...claims,
      ...(iat !== undefined && { iat: this.timeline.nameOfSecond(iat) }),
      ...(exp !== undefined && { exp: iat === undefined ? exp : `<iat + ${exp - iat}>` }),
    };
  }

  /** What a `session_data` cookie holds, apart from the order of its keys; undefined when it holds nothing. */
  cache(value) {
    const read = readCache(value);
    if (read === undefined) return undefined;
    const { updatedAt, expiresAt, jti, ...more } = this.#dated(read);
    return this.tree({
      ...more,
      updatedAt: this.#dateOf(updatedAt),
      ...(expiresAt !== undefined && { expiresAt: this.#dateOf(expiresAt) }),
      ...(jti !== undefined && { jti: UUID.test(jti) ? '<uuid>' : jti }),
    });
  }

  #dateOf(milliseconds) {
    const isInstant = Number.isInteger(milliseconds);
    return isInstant ? `<ms> ${this.timeline.name(new Date(milliseconds).toISOString())}` : milliseconds;
  }

  /** An identifier that is stored as a hash, once its token is known from a mail. */
  #identifier(stored) {
    if (!SHA_256.test(stored)) return stored;
    for (const id of this.#ids.keys()) {
      for (const plain of [`reset-password:${id}`, `delete-account-${id}`]) {
        if (createHash('sha256').update(plain).digest('base64url') === stored) return `<sha-256 of ${plain}>`;
      }
    }
    return stored;
  }

  /** The same within a tree of objects and lists; instants of the client (`Date`) say that they are such. */
  tree(value, key) {
    if (typeof value === 'string') return this.text(value, key);
    if (value instanceof Date) return `Date ${this.text(value.toISOString(), key)}`;
    if (Array.isArray(value)) return value.map((item) => this.tree(item, key));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.tree(item, name)]));
  }

  /** Rows of all tables in an order that does not hang on random ids. */
  rows(tables) {
    const users = tables.user.toSorted(by((row) => row.email));
    const place = new Map(users.map(({ id }, at) => [id, at]));
    const ofUser = (row) => place.get(row.userId) ?? Infinity;
    return this.tree({
      user: users,
      session: tables.session.toSorted(by(ofUser, (row) => this.known(row.token), (row) => row.createdAt)),
      account: tables.account
        .toSorted(by(ofUser, (row) => row.providerId, (row) => row.createdAt))
        .map((row) => ({ ...row, password: passwordFormat(row.password) })),
      verification: tables.verification
        .toSorted(by((row) => row.createdAt, (row) => row.identifier))
        .map((row) => ({ ...row, identifier: this.#identifier(row.identifier) })),
      ...(tables.rateLimit && {
        rateLimit: tables.rateLimit
          .toSorted(by((row) => row.key))
          .map((row) => ({ ...row, lastRequest: this.#dateOf(Number(row.lastRequest)) })),
      }),
    });
  }
}

/** A salted hash says nothing but its scheme and cost; anything else is shown as it is. */
function passwordFormat(stored) {
  if (stored === null) return null;
  if (SCRYPT.test(stored)) return '<scrypt>';
  const argon2id = ARGON2ID.exec(stored);
  return argon2id === null ? stored : `<argon2id ${argon2id[1]}>`;
}

function sorted(object) {
  return Object.fromEntries(Object.entries(object).toSorted(by(([name]) => name)));
}

function by(...keys) {
  return (a, b) => {
    for (const key of keys) {
      const [left, right] = [key(a), key(b)];
      if (left < right) return -1;
      if (left > right) return 1;
    }
    return 0;
  };
}
