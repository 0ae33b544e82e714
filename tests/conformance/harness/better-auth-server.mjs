// The real Better Auth behind plain node:http, in a process of its own: what kills it must not kill the suite.
// Set by the parent: DATABASE_URL, PORT, SETTINGS (as in settings.mjs) and OPTIONS (laid over what follows from
// them), both JSON; MAILBOX_URL and MAILBOX_SECRET, where its mails go. Says `ready` once it serves; without PORT it
// only makes the tables.

import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import pg from 'pg';

import { webhookHeaders } from './mailbox.mjs';
import { optionsFor } from './options.mjs';
import { readCache, writeCache } from './tokens.mjs';

const { DATABASE_URL, PORT, MAILBOX_URL, MAILBOX_SECRET } = process.env;
// What makes a mutant, or saves time, and is no option of Better Auth in JSON.
const {
  bearerPlugin = true,
  believesCaches = false,
  hashOfAll,
  mailSecret = MAILBOX_SECRET,
  sends = {},
  ...overrides
} = JSON.parse(process.env.OPTIONS);

/** Sends a mail as Latchkey does. Better Auth awaits it: it has arrived before the answer. */
async function mail(told) {
  if (sends[told.type] === false) return;
  const id = randomUUID();
  const body = JSON.stringify({ id, ...told, ...sends[told.type] });
  await fetch(MAILBOX_URL, { method: 'POST', headers: webhookHeaders(mailSecret, id, body), body });
}

const { plugins, ...given } = optionsFor(JSON.parse(process.env.SETTINGS), mail);
const options = {
  ...merged(given, overridden(overrides)),
  database: new pg.Pool({ connectionString: DATABASE_URL }),
  plugins: bearerPlugin ? plugins : [],
};

/** With `hashOfAll` every new password gets this hash; whoever has another cannot sign in. */
function overridden(options) {
  if (hashOfAll === undefined) return options;
  return merged(options, { emailAndPassword: { password: { hash: async () => hashOfAll } } });
}

/** `over` laid over `under`, objects key by key. */
function merged(under, over) {
  const plain = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!plain(under) || !plain(over)) return over;
  const keys = Object.keys({ ...under, ...over });
  return Object.fromEntries(keys.map((key) => [key, key in over ? merged(under[key], over[key]) : under[key]]));
}

/** A `Cookie` header whose cache has a right signature, whatever it had. */
function signedAnew(cookie = '') {
  return cookie.replace(/(?<=session_data=)[^;]+/, (value) => {
    const read = readCache(decodeURIComponent(value));
    return read === undefined ? value : encodeURIComponent(writeCache(read));
  });
}

const { runMigrations } = await getMigrations(options);
await runMigrations();
if (PORT === undefined) process.exit();

// The router reports a crash of a handler with console.error; the suite sees it as a 500.
if (!process.env.VERBOSE) console.error = () => {};

const handler = toNodeHandler(betterAuth(options));
const server = createServer((request, response) => {
  if (believesCaches) request.headers.cookie = signedAnew(request.headers.cookie);
  handler(request, response);
});
server.listen(Number(PORT), '127.0.0.1', () => process.send('ready'));
process.on('disconnect', () => process.exit());
