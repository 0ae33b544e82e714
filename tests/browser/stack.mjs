// What the app is made of, each started by the command that its README gives and with the .env of compose.yaml, on free
// ports: Latchkey, FastAPI, the pages, a database of their own, and a browser.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import pg from 'pg';
import { chromium } from 'playwright-core';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const START_MS = 60_000;
const STOP_MS = 5_000;

const { CHROMIUM, LATCHKEY_BIN, FASTAPI_PYTHON, TEST_DATABASE_URL, CARGO_TARGET_DIR = `${ROOT}target` } = process.env;

/** Where what the tests leave to look at is. */
export const OUTPUT = `${CARGO_TARGET_DIR}/browser`;

/** The `NAME=value` of a text. */
function variables(text) {
  return Object.fromEntries([...text.matchAll(/(?<=^|\s)([A-Z_]+)=(\S*)/g)].map(([, name, value]) => [name, value]));
}

/** The settings that stand before `cargo run` in the README's block of this number. */
function readmeSettings(block) {
  const readme = readFileSync(`${ROOT}examples/react/README.md`, 'utf8');
  return variables([...readme.matchAll(/(?<=```sh\n).* cargo run$/gm)][block][0]);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** A program, in a process group of its own: `npm` starts others. */
class Program {
  static running = new Set();
  log = '';

  constructor(command, args, { cwd = ROOT, env = {} } = {}) {
    // Nothing of this machine's own settings: DATABASE_URL may name live data.
    const { PATH, HOME } = process.env;
    this.child = spawn(command, args, { cwd, env: { PATH, HOME, ...env }, detached: true });
    this.name = [command, ...args].join(' ');
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on('data', (chunk) => (this.log += chunk));
    this.ended = once(this.child, 'close');
    this.ended.catch(() => {});
    Program.running.add(this);
  }

  /** Waits for its end, which has to be a good one. */
  async done() {
    const [code] = await this.ended;
    Program.running.delete(this);
    if (code !== 0) throw new Error(`${this.name} ended with ${code}:\n${this.log}`);
  }

  async answers(url) {
    const end = Date.now() + START_MS;
    while (!(await fetch(url).catch(() => null))?.ok) {
      if (this.child.exitCode !== null || Date.now() > end) throw new Error(`${this.name} does not start:\n${this.log}`);
      await sleep(50);
    }
    return this;
  }

  kill(signal) {
    try {
      process.kill(-this.child.pid, signal);
    } catch {
      // It has ended.
    }
  }

  async stop() {
    this.kill('SIGTERM');
    await Promise.race([this.ended, sleep(STOP_MS, undefined, { ref: false })]);
    this.kill('SIGKILL');
    await this.ended;
    Program.running.delete(this);
  }
}

process.on('exit', () => {
  for (const program of Program.running) program.kill('SIGKILL');
});

export class Stack {
  built = [];

  /** With one origin the pages' server passes calls on to Latchkey, else pages and Latchkey have an origin each. */
  static async with({ oneOrigin }, body) {
    const stack = new Stack();
    try {
      await stack.start(oneOrigin ? { CORS_ORIGIN: '', ...readmeSettings(1) } : readmeSettings(0));
      await body(stack);
    } finally {
      await stack.stop();
    }
  }

  async start(settings) {
    // In place of the usual ones.
    const [auth, api, pages] = await Promise.all([freePort(), freePort(), freePort()]);
    const ports = { 4000: auth, 8000: api, 3000: pages };
    const moved = (text) => text.replace(/(?<=[:=])(4000|8000|3000)\b/g, (port) => ports[port]);
    this.env = variables(moved(readFileSync(`${ROOT}examples/.env.example`, 'utf8')));
    this.authUrl = this.env.VITE_AUTH_URL;
    this.apiUrl = this.env.VITE_API_URL;
    this.pagesUrl = this.env.CORS_ORIGIN;
    this.settings = Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, moved(value)]));

    const database = `latchkey_browser_${randomBytes(6).toString('hex')}`;
    this.server = new pg.Client(TEST_DATABASE_URL);
    await this.server.connect();
    await this.server.query(`create database ${database}`);
    this.databaseUrl = Object.assign(new URL(TEST_DATABASE_URL), { pathname: `/${database}` }).href;
    this.database = new pg.Client(this.databaseUrl);
    await this.database.connect();
    // What the template has for a network of containers, and what it leaves to be made.
    Object.assign(this.env, { DATABASE_URL: this.databaseUrl, AUTH_SERVER_URL: this.authUrl });
    this.env.BETTER_AUTH_SECRET = randomBytes(32).toString('base64');

    await this.startLatchkey();
    await this.startBackEnd();
    // Root, as in a container, can't have a sandbox; the pages are our own.
    this.browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  }

  async startLatchkey(settings = {}) {
    const env = { ...this.env, ...this.settings, ...settings };
    this.latchkey = await new Program(LATCHKEY_BIN, [], { env }).answers(`${this.authUrl}/health`);
  }

  async startBackEnd() {
    const cwd = `${ROOT}examples/fastapi`;
    this.backEnd = await new Program(FASTAPI_PYTHON, ['-m', 'app'], { cwd, env: this.env }).answers(`${this.apiUrl}/health`);
  }

  /** The pages as they are deployed, with one of the two clients; on a port of their own if one is given. */
  async servePages(client, port = this.env.FRONTEND_PORT) {
    const cwd = `${ROOT}examples/react`;
    const built = await mkdtemp(`${tmpdir()}/latchkey-pages-`);
    this.built.push(built);
    const env = { ...this.env, VITE_AUTH_CLIENT: client, FRONTEND_PORT: port };
    await new Program('npm', ['run', 'build', '--', '--outDir', built, '--emptyOutDir'], { cwd, env }).done();
    const preview = new Program('npm', ['run', 'preview', '--', '--outDir', built], { cwd, env });
    return preview.answers(`http://localhost:${port}`);
  }

  /** The same pages where Latchkey does not trust them; their URL. */
  async serveElsewhere() {
    const port = await freePort();
    await this.servePages('fetch', port);
    return `http://localhost:${port}`;
  }

  /** The development server, which passes calls on. */
  async developPages(client) {
    const env = { ...this.env, VITE_AUTH_URL: '', VITE_AUTH_CLIENT: client };
    return new Program('npm', ['run', 'dev'], { cwd: `${ROOT}examples/react`, env }).answers(this.pagesUrl);
  }

  /** The link of the next mail of this type to this address; each is given once. */
  async mailedLink(type, to) {
    this.read ??= new Set();
    const end = Date.now() + START_MS;
    while (Date.now() < end) {
      const mails = await (await fetch(`${this.authUrl}/inbox`, { headers: { accept: 'application/json' } })).json();
      const mail = mails.find((mail) => mail.type === type && mail.to === to && !this.read.has(mail.id));
      if (mail) {
        this.read.add(mail.id);
        return mail.url;
      }
      await sleep(50);
    }
    throw new Error(`no mail ${type} to ${to}`);
  }

  /** The rows of a statement. */
  async rows(statement, values) {
    return (await this.database.query(statement, values)).rows;
  }

  async stop() {
    await this.browser?.close();
    await Promise.all([...Program.running].map((program) => program.stop()));
    await this.database?.end();
    if (this.databaseUrl) await this.server.query(`drop database ${new URL(this.databaseUrl).pathname.slice(1)} with (force)`);
    await this.server?.end();
    await Promise.all(this.built.map((folder) => rm(folder, { recursive: true })));
  }
}
