// Starts and stops the two servers that are compared.

import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { Database } from './databases.mjs';
import { Mailbox } from './mailbox.mjs';
import { DEFAULTS } from './settings.mjs';
import { variablesFor } from './variables.mjs';

const START_MS = 30_000;
const STOP_MS = 5_000;
const LOG_CHARS = 4_000;

const running = new Set();

/** Stops every server that still runs, and drops its database. */
export async function stopAll() {
  await Promise.allSettled([...running].map((side) => side.stop()));
}

/** A running server with its database: what a scenario is driven against. */
class Side {
  constructor({ name, port, database, mailbox, child, cleanUp = async () => {} }) {
    Object.assign(this, { name, port, database, mailbox, child, cleanUp, log: '' });
    running.add(this);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        this.log = (this.log + chunk).slice(-LOG_CHARS);
        if (process.env.VERBOSE) process.stderr.write(chunk);
      });
    }
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(`${name} stopped (${signal ?? code}).\n${this.log}`));
      child.once('error', (error) => resolve(`${name} cannot start: ${error.message}`));
    });
    this.exited.then((words) => {
      this.gone = words;
    });
  }

  /** Waits until the server serves; `ready` settles when it says so. */
  async started(ready) {
    const late = sleep(START_MS, `${this.name} said nothing for ${START_MS} ms.\n${this.log}`, { ref: false });
    const failure = await Promise.race([ready.then(() => undefined), this.exited, late]);
    if (failure === undefined) return this;
    await this.stop();
    throw new Error(failure);
  }

  async stop() {
    running.delete(this);
    if (this.child.exitCode === null && this.child.signalCode === null && this.child.pid !== undefined) {
      this.child.kill('SIGTERM');
      const stopped = await Promise.race([this.exited, sleep(STOP_MS, undefined, { ref: false })]);
      if (stopped === undefined) this.child.kill('SIGKILL');
      await this.exited;
    }
    await this.mailbox.close();
    await this.cleanUp();
    await this.database.drop();
  }
}

/**
 * The real Better Auth; `options` are laid over the settings, for a twin that must differ. `on` is a database that
 * is there already, for either side; the last to stop drops it.
 */
export async function startBetterAuth(serverUrl, { name = 'Better Auth', label, settings = {}, options = {}, on }) {
  const database = on ?? (await Database.create(serverUrl, label));
  const [port, mailbox] = [await freePort(), await Mailbox.open()];
  const child = forkBetterAuth(database, { settings, options, port, mailbox });
  return new Side({ name, port, database, mailbox, child }).started(once(child, 'message'));
}

/** The process of a Better Auth; without a port it makes the tables and is done. */
function forkBetterAuth(database, { settings, options = {}, port, mailbox }) {
  return fork(fileURLToPath(new URL('better-auth-server.mjs', import.meta.url)), [], {
    env: {
      ...inherited(),
      DATABASE_URL: database.url,
      SETTINGS: JSON.stringify({ ...DEFAULTS, ...settings }),
      OPTIONS: JSON.stringify(options),
      BETTER_AUTH_TELEMETRY: '0',
      ...(port !== undefined && { PORT: String(port) }),
      ...(mailbox !== undefined && { MAILBOX_URL: mailbox.url, MAILBOX_SECRET: mailbox.secret }),
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

/**
 * Latchkey's local server, in a folder of its own, so that no `.env` of the project is read. `variables` are laid over
 * what follows from the settings; `on` as above.
 */
export async function startLatchkey(serverUrl, { name = 'Latchkey', binary, settings = {}, variables = {}, on }) {
  const chosen = { ...DEFAULTS, ...settings };
  const database = on ?? (await Database.create(serverUrl, 'latchkey'));
  // Latchkey makes no column for an additional field: it takes over a database that has them.
  if (hasFields(chosen)) await once(forkBetterAuth(database, { settings }), 'exit');
  const [port, mailbox] = [await freePort(), await Mailbox.open()];
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-conformance-'));
  const child = spawn(resolve(binary), [], {
    cwd: folder,
    env: {
      ...inherited(),
      DATABASE_URL: database.url,
      ...variablesFor(chosen, mailbox),
      ...variables,
      AUTH_PORT: String(port),
      HOST: '127.0.0.1',
      LOG_LEVEL: process.env.VERBOSE ? 'debug' : 'warn',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const cleanUp = () => rm(folder, { recursive: true, force: true });
  const side = new Side({ name, port, database, mailbox, child, cleanUp });
  return side.started(line(child.stdout, 'Latchkey listens on'));
}

const hasFields = ({ userFields, sessionFields }) => Object.keys({ ...userFields, ...sessionFields }).length > 0;

/** What a child may see of the caller's environment: nothing that could be a setting of either side. */
function inherited() {
  const { PATH, HOME, LANG, TMPDIR, VERBOSE } = process.env;
  const kept = { PATH, HOME, LANG, TMPDIR, VERBOSE };
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
}

function line(stream, start) {
  return new Promise((resolve) => {
    let seen = '';
    stream.on('data', (chunk) => {
      seen += chunk;
      if (seen.includes(start)) resolve();
    });
  });
}

async function freePort() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
