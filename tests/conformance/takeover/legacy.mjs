// docs/legacy-users.sql and docs/app-users.sql, run by psql as their heads say, and people who sign in afterwards.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

import { Database } from '../harness/databases.mjs';
import { ORIGIN } from '../harness/settings.mjs';
import { startLatchkey } from '../harness/sides.mjs';
import { havePsql, psql } from './psql.mjs';

/** The hashes of other libraries, each of the password beside it. */
const HASHES = [
  // Python, bcrypt 5.0.0: hashpw(…, gensalt(10)); gensalt(12, prefix=b'2a'); and one as PHP spells it, `$2y$`.
  ['$2b$10$/zDtWbjiY.Hwfm3xPBc9y.oJy3K.jBjE8Zn90I.XqG5Lb4tCLS19K', 'correct horse'],
  ['$2a$12$7o4UjeyQWZRO2AfUnR5aUOwwCd.f5mEvBcdoYwJ6lZLm4GMu4Tebi', 'Gänsefüßchen 12'],
  ['$2y$10$IMSp7xZW/5Tl.52g.kbkcuiM82GLCU5rV9hiL0gqFCtbzglkzNVcy', 'battery staple'],
  // argon2-cffi 25.1.0: PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1).
  [
    '$argon2id$v=19$m=19456,t=2,p=1$ZHWfIvNIxk9G+xIcrdTAkw$FJqZvia5u69fJJGlZxRFAG9geTjEE56Pku7gjPSZ4no',
    'correct horse',
  ],
  // Django 5.2.19: make_password.
  [
    'pbkdf2_sha256$1000000$kqJUCK5DtiHCda1dj6njGa$cFlYaRN99J4Fk9roT1hOhVVSjF+14Tvql3+kQbZ+F9E=',
    'correct horse',
  ],
  // passlib 1.7.4: pbkdf2_sha256, scrypt.using(rounds=14).
  ['$pbkdf2-sha256$29000$IKT0vvdeS6m1tnYupdR6Lw$7BbgRpap/ZP2fRX11V.jRhW9q1mYhIqA1ObgmjB0NuI', 'correct horse'],
  ['$scrypt$ln=14,r=8,p=1$a23tXUspxbgXQmjNeU8p5Q$y3uRuqfBIRSP4bIXDxcn55qrpkqMXQZjljO44Imdfec', 'correct horse'],
];
const [[BCRYPT]] = HASHES;

const twice = 'its address is there twice, but for case and blanks';

/** A database of Better Auth's with Ada and Bob in it, and a legacy table beside them. */
async function withLegacy(server, columns, rows) {
  const database = await Database.create(server, 'legacy');
  await database.query(await readFile(new URL('../../databases/better-auth-1.7.25.sql', import.meta.url), 'utf8'));
  await database.query(`create table users (${columns})`);
  for (const row of rows) await addLegacy(database, row);
  return database;
}

const addLegacy = (database, row) =>
  database.query('insert into users select * from json_populate_record(null::users, $1)', [JSON.stringify(row)]);

function runScript(database, file, ...flags) {
  return psql(database.url, '--set', 'ON_ERROR_STOP=1', ...flags, '--file', `docs/${file}`);
}

/** Runs the move; gives what it counted, by the words for it, and whom it left out. */
function move(database, ...flags) {
  const { status, stdout, stderr } = runScript(database, 'legacy-users.sql', ...flags);
  assert.equal(status, 0, stderr);
  const [counts, left] = stdout.split('Left out:');
  const cells = (text) => text.split('\n').filter((line) => line.includes('|')).slice(1);
  return {
    counts: Object.fromEntries(cells(counts).map((line) => line.split('|').map((cell) => cell.trim()))),
    leftOut: cells(left).map((line) => line.split('|').map((cell) => cell.trim()).join(' | ')),
    stdout,
  };
}

/** Who was not there before: all but Ada and Bob. */
const moved = (database) =>
  database.query(
    `select u.id, u.email, u."emailVerified" as verified, u."createdAt" as created, a."accountId", a.password
       from "user" u left join account a on a."userId" = u.id and a."providerId" = 'credential'
      where u.email not in ('ada@example.com', 'bob@example.com') order by u.id`,
  );

const everything = async (database) => JSON.stringify(await database.rows());

const COLUMNS = `id uuid primary key, email varchar(200), name text, hashed_password text,
  created_at timestamp, email_verified boolean`;
const uuid = (n) => `00000000-0000-4000-8000-00000000000${n}`;
const row = (n, email, more) => ({ id: uuid(n), email, name: `User ${n}`, ...more });

const tests = {
  'a legacy table of sub, email and name moves, with no password and no proof of an address': async ({ server }) => {
    if (!havePsql()) return;
    const database = await withLegacy(server, 'sub text, email text, name text', [
      { sub: 'auth0|1', email: 'Eve@Example.com', name: 'Eve' },
      { sub: 'auth0|2', email: 'dan@example.com', name: null },
    ]);

    const { counts, leftOut } = move(database);

    assert.deepEqual(counts, { 'moved, without a password: a reset makes one': '2' });
    assert.deepEqual(leftOut, []);
    const people = await moved(database);
    assert.deepEqual(
      people.map((it) => [it.id, it.email, it.verified, it.accountId]),
      [['auth0|1', 'eve@example.com', false, null], ['auth0|2', 'dan@example.com', false, null]],
    );
    await database.drop();
  },

  'what the legacy table knows is kept, by whatever name': async ({ server }) => {
    if (!havePsql()) return;
    const known = { hashed_password: BCRYPT, created_at: '2020-02-03 04:05:06.789123', email_verified: true };
    const database = await withLegacy(server, COLUMNS, [row(1, ' Eve@Example.com\n', known)]);

    const { counts } = move(database);

    assert.deepEqual(counts, { moved: '1' });
    const created = '2020-02-03T04:05:06.789Z';
    assert.deepEqual(await moved(database), [
      { id: uuid(1), email: 'eve@example.com', verified: true, created, accountId: uuid(1), password: BCRYPT },
    ]);
    await database.drop();
  },

  'who may not sign in stays where they are, and blanks after a hash do': async ({ server }) => {
    if (!havePsql()) return;
    const columns = 'sub text, email text, password char(100), is_active boolean, disabled boolean';
    const database = await withLegacy(server, columns, [
      { sub: '1', email: 'eve@example.com', password: BCRYPT, is_active: false },
      { sub: '2', email: 'fay@example.com', password: BCRYPT, disabled: true },
      { sub: '3', email: 'gil@example.com', password: BCRYPT, is_active: true, disabled: false },
    ]);

    const { counts } = move(database);

    assert.deepEqual(counts, { 'it may not sign in': '2', moved: '1' });
    assert.deepEqual((await moved(database)).map((it) => [it.id, it.password]), [['3', BCRYPT]]);
    await database.drop();
  },

  'who could get the account of another is left out and named': async ({ server }) => {
    if (!havePsql()) return;
    const database = await withLegacy(server, COLUMNS.replace(' primary key', ''), [
      row(1, 'Eve@example.com'),
      row(2, 'eve@EXAMPLE.com '),
      row(3, 'ADA@example.com'),
      row(4, 'nobody'),
      row(5, null),
      row(6, 'kim@example.com'),
      row(6, 'lee@example.com'),
      row(7, 'fay@example.com'),
      { ...row(8, 'gil@example.com'), id: null },
    ]);
    const known = `insert into "user" (id, name, email, "emailVerified") values ($1, 'Hal', 'hal@example.com', true)`;
    await database.query(known, [uuid(7)]);
    const before = await everything(database);

    const { leftOut } = move(database);

    assert.deepEqual(leftOut, [
      `${uuid(3)} | ada@example.com | its address is in "user" already`,
      `${uuid(1)} | eve@example.com | ${twice}`,
      `${uuid(2)} | eve@example.com | ${twice}`,
      `${uuid(7)} | fay@example.com | its id is in "user" with another address`,
      ' | gil@example.com | it has no id',
      `${uuid(6)} | kim@example.com | its id is there twice`,
      `${uuid(6)} | lee@example.com | its id is there twice`,
      `${uuid(4)} | nobody | its address is none that can sign in`,
      `${uuid(5)} |  | its address is none that can sign in`,
    ]);
    assert.equal(await everything(database), before, 'nobody moved');
    await database.drop();
  },

  'a password in clear is not carried over': async ({ server }) => {
    if (!havePsql()) return;
    const database = await withLegacy(server, COLUMNS, [
      row(1, 'eve@example.com', { hashed_password: 'correct horse' }),
      row(2, 'dan@example.com', { hashed_password: '5f4dcc3b5aa765d61d8327deb882cf99' }),
      row(3, 'fay@example.com', { hashed_password: '' }),
    ]);

    const { counts } = move(database);

    assert.deepEqual(counts, {
      'moved, without a password: a reset makes one': '1',
      'moved, without the password, whose form is unknown: a reset makes one': '2',
    });
    assert.deepEqual((await moved(database)).map((it) => it.password), [null, null, null]);
    await database.drop();
  },

  'a second run moves what is new, and changes nothing of what came before': async ({ server }) => {
    if (!havePsql()) return;
    const database = await withLegacy(server, COLUMNS, [row(1, 'eve@example.com', { hashed_password: BCRYPT })]);
    move(database);
    const [eve] = await moved(database);
    await addLegacy(database, row(2, 'dan@example.com'));
    // A second one of hers: she has the address, and keeps it.
    await addLegacy(database, row(3, 'EVE@example.com'));

    const { counts, leftOut } = move(database);

    assert.deepEqual(counts, {
      'moved before': '1',
      'moved, without a password: a reset makes one': '1',
      [twice]: '1',
    });
    assert.deepEqual(leftOut, [`${uuid(3)} | eve@example.com | ${twice}`]);
    const people = await moved(database);
    assert.deepEqual(people[0], eve);
    assert.deepEqual(people.map((it) => it.email), ['eve@example.com', 'dan@example.com']);
    await database.drop();
  },

  'a dry run says the same and moves nobody': async ({ server }) => {
    if (!havePsql()) return;
    const database = await withLegacy(server, COLUMNS, [row(1, 'eve@example.com', { hashed_password: BCRYPT })]);
    const before = await everything(database);

    const { counts, stdout } = move(database, '--set', 'dry_run=1');

    assert.deepEqual(counts, { moved: '1' });
    assert.match(stdout, /A dry run: nothing was moved\./);
    assert.equal(await everything(database), before);
    await database.drop();
  },

  'a row that cannot be read moves nobody': async ({ server }) => {
    if (!havePsql()) return;
    const columns = COLUMNS.replace('email_verified boolean', 'email_verified text');
    const database = await withLegacy(server, columns, [
      row(1, 'eve@example.com'),
      row(2, 'dan@example.com', { email_verified: 'perhaps' }),
    ]);

    const { status, stderr } = runScript(database, 'legacy-users.sql');

    assert.equal(status, 3);
    assert.match(stderr, /invalid input syntax for type boolean: "perhaps"/);
    assert.deepEqual(await moved(database), []);
    await database.drop();
  },

  'it waits for nobody for longer than five seconds': async ({ server }) => {
    if (!havePsql()) return;
    const database = await withLegacy(server, COLUMNS, []);
    await database.query('begin');
    await database.query(`update "user" set name = name`);

    const { status, stderr } = runScript(database, 'legacy-users.sql');

    assert.equal(status, 3);
    assert.match(stderr, /lock timeout/);
    await database.drop();
  },

  'passwords of other libraries sign in at Latchkey, and are argon2id afterwards': async ({ server, binary }) => {
    if (!havePsql()) return;
    const people = HASHES.map(([hash], n) => row(n, `User.${n}@Example.com`, { hashed_password: hash }));
    const database = await withLegacy(server, COLUMNS, people);
    assert.deepEqual(move(database).counts, { moved: String(HASHES.length) });
    const latchkey = await startLatchkey(server, { binary, on: database });

    for (const [n, [hash, password]] of HASHES.entries()) {
      assert.equal(await signIn(latchkey, n, `not ${password}`), 401, hash);
      assert.equal(await signIn(latchkey, n, password), 200, hash);
    }

    for (const { password } of await moved(database)) assert.match(password, /^\$argon2id\$v=19\$/);
    // The hash that was made there is right, too.
    for (const [n, [hash, password]] of HASHES.entries()) assert.equal(await signIn(latchkey, n, password), 200, hash);
  },

  'app_users has a row for everybody, and a second run adds who is new': async ({ server }) => {
    if (!havePsql()) return;
    const database = await withLegacy(server, COLUMNS, []);
    const runs = () => {
      const { status, stderr } = runScript(database, 'app-users.sql');
      assert.equal(status, 0, stderr);
    };
    const known = () =>
      database.query('select a.id, email from app_users a join "user" u on u.id = a.user_id order by email');
    const emails = async () => (await known()).map((it) => it.email);

    runs();
    const [ada] = await known();
    assert.deepEqual(await emails(), ['ada@example.com', 'bob@example.com']);

    await addLegacy(database, row(1, 'eve@example.com'));
    move(database);
    runs();
    assert.deepEqual(await emails(), ['ada@example.com', 'bob@example.com', 'eve@example.com']);
    assert.equal((await known())[0].id, ada.id);

    await database.query(`delete from "user" where email = 'eve@example.com'`);
    assert.deepEqual(await emails(), ['ada@example.com', 'bob@example.com'], 'a deleted user takes it along');
    await database.drop();
  },
};

async function signIn(side, n, password) {
  const answer = await fetch(`http://127.0.0.1:${side.port}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: ORIGIN },
    body: JSON.stringify({ email: `user.${n}@example.com`, password }),
  });
  return answer.status;
}

export default [{ tests }];
