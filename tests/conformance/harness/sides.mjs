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
import { DEFAULTS, SECRET, TRUSTED } from './settings.mjs';

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
  constructor(name, port, database, child, cleanUp = async () => {}) {
    Object.assign(this, { name, port, database, child, cleanUp, log: '' });
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
  const port = await freePort();
  const child = fork(fileURLToPath(new URL('better-auth-server.mjs', import.meta.url)), [], {
    env: {
      ...inherited(),
      DATABASE_URL: database.url,
      PORT: String(port),
      SETTINGS: JSON.stringify({ ...DEFAULTS, ...settings }),
      OPTIONS: JSON.stringify(options),
      BETTER_AUTH_TELEMETRY: '0',
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  return new Side(name, port, database, child).started(once(child, 'message'));
}

/** Latchkey's local server, in a folder of its own, so that no `.env` of the project is read. */
export async function startLatchkey(serverUrl, { binary, settings = {}, on }) {
  const chosen = { ...DEFAULTS, ...settings };
  const database = on ?? (await Database.create(serverUrl, 'latchkey'));
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-conformance-'));
  const child = spawn(resolve(binary), [], {
    cwd: folder,
    env: {
      ...inherited(),
      DATABASE_URL: database.url,
      BETTER_AUTH_SECRET: SECRET,
      PUBLIC_URL: chosen.origin,
      CORS_ORIGIN: TRUSTED,
      BEARER_REQUIRE_SIGNATURE: String(chosen.requireSignature),
      SESSION_EXPIRES_IN: String(chosen.expiresIn),
      SESSION_UPDATE_AGE: String(chosen.updateAge),
      MIN_PASSWORD_LENGTH: String(chosen.minPasswordLength),
      MAX_PASSWORD_LENGTH: String(chosen.maxPasswordLength),
      AUTH_PORT: String(port),
      HOST: '127.0.0.1',
      // The cheaper preset: the suite compares answers, not work factors.
      PASSWORD_HASH: 'owasp',
      LOG_LEVEL: process.env.VERBOSE ? 'debug' : 'warn',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const side = new Side('Latchkey', port, database, child, () => rm(folder, { recursive: true, force: true }));
  return side.started(line(child.stdout, 'Latchkey listens on'));
}

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
