// docs/TAKEOVER.md: its commands run, in the order in which a reader meets them, on databases as it says.
//
// A comment before a block says where and how, `<!-- on PLACE, PLACE; status 1 -->`; or why not, `<!-- not run: … -->`.
// Without a place a block runs on the database of a Better Auth that serves. A block of `text` after one is what that
// one prints, line by line, among other things.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { Database } from '../harness/databases.mjs';
import { ORIGIN, SECRET } from '../harness/settings.mjs';
import { startBetterAuth } from '../harness/sides.mjs';
import { havePsql, ROOT, withPsql } from './psql.mjs';

const GUIDE = await readFile(join(ROOT, 'docs/TAKEOVER.md'), 'utf8');
const START_MS = 30_000;
const ADA = { name: 'Ada', email: 'ada@example.com', password: 'correct horse' };

/** Better Auth serves there; a block that names no place runs there. */
const LIVE = 'the database of a Better Auth that serves';

// --- Reading it

/** `{ kind, text, places, status, prints, whyNot, line }` of each block. */
function readBlocks() {
  const blocks = [];
  for (const found of GUIDE.matchAll(/(?:<!-- ([^>]+) -->\n)?```(\w+)\n(.*?)```/gs)) {
    const [, said = '', kind, text] = found;
    const line = GUIDE.slice(0, found.index).split('\n').length;
    if (kind === 'text') {
      blocks.at(-1).prints = text.trimEnd().split('\n');
      continue;
    }
    const [, places] = /(?:^|; )on ([^;]+)/.exec(said) ?? [];
    blocks.push({
      kind,
      text,
      line,
      places: places?.split(', ') ?? [LIVE],
      status: Number(/status (\d+)/.exec(said)?.[1] ?? 0),
      prints: [],
      whyNot: /^not run: (.+)/.exec(said)?.[1],
    });
  }
  return blocks;
}

const BLOCKS = readBlocks();
/** What the first block defines, all others have. */
const [SETTING_UP, ...OTHERS] = BLOCKS;
const RUN = OTHERS.filter((block) => block.whyNot === undefined && ['sh', 'sql'].includes(block.kind));

/** What a reader would have on the last line to start Latchkey. */
const serves = (block) => block.kind === 'sh' && /(^|\s)cargo run$/.test(block.text.trimEnd());

// --- The places

/** A database from `tests/databases`. */
async function loaded(server, name) {
  const database = await Database.create(server, 'guide');
  await database.query(await readFile(join(ROOT, `tests/databases/${name}.sql`), 'utf8'));
  return database;
}

const LEGACY = `create table users (sub text, email text, name text, password_hash text);
  insert into users values
    ('1', 'Eve@example.com', 'Eve', '$2b$10$/zDtWbjiY.Hwfm3xPBc9y.oJy3K.jBjE8Zn90I.XqG5Lb4tCLS19K'),
    ('2', 'dan@example.com', 'Dan', null), ('3', 'Fay@example.com', 'Fay', null), ('4', 'fay@example.com', 'Fay', null),
    ('5', 'ADA@example.com', 'Ada', null)`;

// What Firebase publishes with its scrypt, as `firebase auth:export` writes it: user1's password is `user1password`.
const FIREBASE = {
  SIGNER_KEY: 'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==',
  SALT_SEPARATOR: 'Bw==',
};
const HASHED = {
  salt: '42xEC+ixf3L2lw==',
  passwordHash: 'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
};
// Some exports have the other alphabet of base64.
const URL_SAFE = Object.fromEntries(
  Object.entries(HASHED).map(([name, value]) => [name, value.replaceAll('+', '-').replaceAll('/', '_')]),
);
const EXPORTED = {
  users: [
    { localId: 'f1', email: 'user1@example.com', emailVerified: true, ...HASHED, createdAt: '1486324000123' },
    { localId: 'f2', email: 'user2@example.com', displayName: 'Two', ...URL_SAFE, createdAt: '1486324000000' },
    { localId: 'f3', email: 'user3@example.com', emailVerified: true, createdAt: '1486324000000' },
    { localId: 'f4', phoneNumber: '+15555550100', createdAt: '1486324000000' },
  ],
};

/** Databases by the names that the guide's comments give them, each made when it is first met. */
class Places {
  #made = new Map();

  constructor(server, binary, folder) {
    Object.assign(this, { server, binary, folder });
  }

  async get(name) {
    if (!this.#made.has(name)) this.#made.set(name, await this.#make(name));
    return this.#made.get(name);
  }

  async #make(name) {
    if (name === LIVE) return Database.create(this.server, 'guide');
    if (name === 'a legacy table') {
      const database = await loaded(this.server, 'better-auth-1.7.25');
      await database.query(LEGACY);
      return database;
    }
    if (name === 'firebase') {
      await writeFile(join(this.folder, 'users.json'), JSON.stringify(EXPORTED));
      return loaded(this.server, 'better-auth-1.7.25');
    }
    if (name === 'a migrated database') {
      const database = await loaded(this.server, 'better-auth-1.7.25');
      const done = spawnSync(resolve(this.binary), ['migrate'], {
        cwd: this.folder,
        env: { ...withPsql(), DATABASE_URL: database.url },
        encoding: 'utf8',
      });
      assert.equal(done.status, 0, done.stderr);
      return database;
    }
    return loaded(this.server, name);
  }

  /** Those that are left as Better Auth's own, each with its name. */
  entries() {
    return [...this.#made].filter(([name]) => name !== LIVE);
  }

  async drop() {
    for (const database of this.#made.values()) await database.drop();
  }
}

// --- Running it

/** A reader at a shell, with a Better Auth at port 3000 and a Latchkey at 4000, when there is one. */
class Reader {
  constructor({ binary, folder, theirPort, ourPort }) {
    Object.assign(this, { folder, theirPort, ourPort });
    this.environment = {
      ...withPsql(),
      HOME: folder,
      LATCHKEY_BIN: resolve(binary),
      BETTER_AUTH_SECRET: SECRET,
      PUBLIC_URL: ORIGIN,
      EMAIL: ADA.email,
      PASSWORD: ADA.password,
      ...FIREBASE,
      AUTH_PORT: String(ourPort),
      HOST: '127.0.0.1',
      RATE_LIMIT_ENABLED: 'false',
      MAIL_TRANSPORT: 'none',
    };
  }

  /** Runs a block to its end: `{ status, output }`. */
  async run(block, database) {
    const child = this.#start(block, database);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    const [status] = await once(child, 'close');
    return { status, output };
  }

  /** Runs a block whose last command is a server, in place of the one that ran before. */
  async serve(block, database) {
    await this.stop();
    this.server = this.#start(block, database);
    let output = '';
    const listening = new Promise((listens) => {
      for (const stream of [this.server.stdout, this.server.stderr]) {
        stream.on('data', (chunk) => {
          output += chunk;
          if (output.includes('Latchkey listens on')) listens('listens');
        });
      }
    });
    const said = await Promise.race([listening, once(this.server, 'exit'), sleep(START_MS, 'late', { ref: false })]);
    assert.equal(said, 'listens', output);
  }

  async stop() {
    if (this.server === undefined || this.server.exitCode !== null) return;
    const gone = once(this.server, 'exit');
    // The shell and what it started.
    process.kill(-this.server.pid, 'SIGTERM');
    await gone;
  }

  #start(block, database) {
    const ours = (text) =>
      text
        .replaceAll(/\bcargo run( --)?(?=\s)/g, '"$LATCHKEY_BIN"')
        .replaceAll('localhost:3000', `127.0.0.1:${this.theirPort}`)
        .replaceAll('localhost:4000', `127.0.0.1:${this.ourPort}`);
    const commands =
      block.kind === 'sql'
        ? `psql --no-psqlrc -v ON_ERROR_STOP=1 "$DATABASE_URL" <<'STATEMENTS'\n${block.text}STATEMENTS\n`
        : ours(block.text);
    const script = `set -euo pipefail\n${ours(SETTING_UP.text)}\n${commands}`;
    return spawn('bash', ['-c', script], {
      cwd: this.folder,
      env: { ...this.environment, DATABASE_URL: database.url },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
  }
}

/** Fails unless `output` has each of the lines, in this order. */
function assertPrints(output, lines, where) {
  let rest = output;
  for (const line of lines) {
    const at = rest.indexOf(line);
    assert.notEqual(at, -1, `${where} is to print\n${line}\nbut printed\n${output}`);
    rest = rest.slice(at + line.length);
  }
}

async function ask(side, path, body) {
  const answer = await fetch(`http://127.0.0.1:${side.port}/api/auth${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: ORIGIN },
    body: JSON.stringify(body),
  });
  return answer.status;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

// --- The tests

const tests = {
  'every command runs, in its order, and prints what the guide says': async ({ server, binary }) => {
    if (!havePsql()) return;
    const folder = await mkdtemp(join(tmpdir(), 'latchkey-guide-'));
    await symlink(join(ROOT, 'docs'), join(folder, 'docs'));
    const places = new Places(server, binary, folder);
    const live = await places.get(LIVE);
    const betterAuth = await startBetterAuth(server, { on: live });
    // Bob never signs in.
    for (const person of [ADA, { ...ADA, email: 'bob@example.com' }]) {
      assert.equal(await ask(betterAuth, '/sign-up/email', person), 200);
    }
    const reader = new Reader({ binary, folder, theirPort: betterAuth.port, ourPort: await freePort() });

    try {
      for (const block of RUN) {
        for (const place of block.places) {
          const where = `docs/TAKEOVER.md:${block.line} on ${place}`;
          const database = await places.get(place);
          if (serves(block)) {
            await reader.serve(block, database);
          } else {
            const { status, output } = await reader.run(block, database);
            assert.equal(status, block.status, `${where}:\n${block.text}${output}`);
            assertPrints(output, block.prints, where);
          }
        }
      }

      // What Latchkey was told to serve, and what was mended, is Better Auth's as well.
      for (const [place, database] of places.entries()) {
        const again = await startBetterAuth(server, { on: database });
        assert.equal(await ask(again, '/sign-in/email', ADA), 200, `Better Auth signs in on ${place}`);
        assert.equal(await ask(again, '/sign-up/email', { ...ADA, email: 'new@example.com' }), 200, place);
        await database.query('delete from "user"');
        assert.deepEqual(await database.query('select id from account'), [], place);
      }
    } finally {
      await reader.stop();
      await places.drop();
      await rm(folder, { recursive: true, force: true });
    }
  },

  "who came by Firebase's export signs in with the password of then": async ({ server, binary }) => {
    if (!havePsql()) return;
    const folder = await mkdtemp(join(tmpdir(), 'latchkey-guide-'));
    await symlink(join(ROOT, 'docs'), join(folder, 'docs'));
    const places = new Places(server, binary, folder);
    const database = await places.get('firebase');
    const ourPort = await freePort();
    const reader = new Reader({ binary, folder, ourPort });

    try {
      for (const block of RUN.filter((it) => it.places.includes('firebase'))) {
        assert.equal((await reader.run(block, database)).status, 0);
      }
      await reader.serve({ kind: 'sh', text: 'cargo run\n' }, database);
      for (const email of ['user1@example.com', 'user2@example.com']) {
        const person = { email, password: 'user1password' };
        const wrong = { email, password: 'user2password' };
        assert.equal(await ask({ port: ourPort }, '/sign-in/email', wrong), 401, email);
        assert.equal(await ask({ port: ourPort }, '/sign-in/email', person), 200, email);
      }
    } finally {
      await reader.stop();
      await places.drop();
      await rm(folder, { recursive: true, force: true });
    }
  },

  'what is not run says why': async () => {
    assert.ok(RUN.length >= 20, `${RUN.length} blocks`);
    for (const { whyNot, text } of OTHERS) if (whyNot) assert.match(text, /^aws lambda invoke /);
  },

  'a command that fails, or prints something else, is noticed': async ({ binary }) => {
    const reader = new Reader({ binary, folder: ROOT, ourPort: 1, theirPort: 1 });
    const nowhere = { url: 'postgres://127.0.0.1:1/none' };

    const text = 'who http://localhost:3000 none\necho nobody\n';
    const { status, output } = await reader.run({ kind: 'sh', text }, nowhere);

    assert.equal(status, 7, output);
    assert.throws(() => assertPrints('one\ntwo\n', ['two', 'one'], 'it'), /is to print\none\n/);
  },

  'the configuration of nginx is one': async () => {
    const configured = BLOCKS.filter((block) => block.kind === 'nginx').map((block) => block.text);
    assert.equal(configured.length, 2);
    const found = ['nginx', '/usr/sbin/nginx'].find((it) => spawnSync(it, ['-v']).error === undefined);
    if (found === undefined) {
      console.log('skipped: no nginx here to check its configuration; install it');
      return;
    }
    const folder = await mkdtemp(join(tmpdir(), 'latchkey-nginx-'));
    const [whole, more] = configured;
    // The second belongs into the server of the first.
    const text = whole.replace(/\}\s*$/, `${more}}\n`);
    await writeFile(
      join(folder, 'nginx.conf'),
      `pid ${folder}/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n${temporary(folder)}${text}}\n`,
    );

    const { status, stderr } = spawnSync(found, ['-t', '-p', folder, '-c', join(folder, 'nginx.conf')], {
      encoding: 'utf8',
    });

    assert.equal(status, 0, stderr);
    await rm(folder, { recursive: true, force: true });
  },

  'links lead somewhere, and names of the template are there': async () => {
    const titles = [...GUIDE.matchAll(/^#+ (.+)$/gm)].map(([, title]) => title);
    const anchors = titles.map((title) => title.toLowerCase().replace(/[^\w -]/g, '').replaceAll(' ', '-'));
    for (const [, link] of GUIDE.matchAll(/\]\(([^)]+)\)/g)) {
      if (link.startsWith('#')) assert.ok(anchors.includes(link.slice(1)), link);
      else await readFile(join(ROOT, 'docs', link));
    }
    const template = await readFile(join(ROOT, 'template.yaml'), 'utf8');
    for (const name of ['AuthSecretArn', 'DatabaseUrlSecretArn', 'PasswordHash', 'MigrateFunctionName']) {
      assert.ok(GUIDE.includes(name), name);
      assert.match(template, new RegExp(`^  ${name}:`, 'm'));
    }
    const options = await readFile(join(ROOT, 'docs/OPTIONS.md'), 'utf8');
    for (const [name] of GUIDE.matchAll(/\b[A-Z]+(_[A-Z0-9]+)+\b/g)) {
      if (!['ON_ERROR_STOP', ...Object.keys(FIREBASE)].includes(name)) assert.ok(options.includes(`\`${name}\``), name);
    }
  },
};

/** nginx makes these where it was built to; anybody may run the test. */
const temporary = (folder) =>
  ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((it) => `${it}_temp_path ${folder}/${it};\n`).join('');

export default [{ tests }];
