// The databases of the two sides: made under random names, asked by SQL, dropped at the end.

import { randomBytes } from 'node:crypto';

import pg from 'pg';

const TABLES = ['user', 'session', 'account', 'verification'];

// Instants stay text with all their digits: a Date would round to milliseconds what must be compared.
const types = {
  getTypeParser: (oid, format) =>
    oid === pg.types.builtins.TIMESTAMPTZ ? instant : pg.types.getTypeParser(oid, format),
};

/** `2026-11-23 02:38:29.97+00` as ISO text with 3 digits, or with 6 when there are microseconds. */
function instant(text) {
  const [, date, time, fraction = ''] = /^(\S+) (\d\d:\d\d:\d\d)(?:\.(\d+))?\+00$/.exec(text) ?? [];
  if (date === undefined) return text;
  const digits = fraction.padEnd(6, '0');
  return `${date}T${time}.${digits.endsWith('000') ? digits.slice(0, 3) : digits}Z`;
}

function connect(url) {
  return new pg.Client({ connectionString: url, types, options: '-c timezone=UTC' });
}

/** One side's database. */
export class Database {
  static async create(serverUrl, label) {
    const name = `latchkey_conformance_${randomBytes(6).toString('hex')}_${label}`;
    const server = connect(serverUrl);
    await server.connect();
    try {
      await server.query(`create database "${name}"`);
    } finally {
      await server.end();
    }
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    return new Database(serverUrl, name, url.href);
  }

  constructor(serverUrl, name, url) {
    Object.assign(this, { serverUrl, name, url });
  }

  async query(text, values = []) {
    if (this.client === undefined) {
      this.client = connect(this.url);
      await this.client.connect();
    }
    return (await this.client.query(text, values)).rows;
  }

  /** All rows of the contract's tables, and of `more`: `{ user: […], session: […], … }`. */
  async rows(more = []) {
    const found = {};
    for (const table of [...TABLES, ...more]) found[table] = await this.query(`select * from "${table}"`);
    return found;
  }

  /** Columns of the contract's tables, by table and name; what else a table has is listed as well. */
  async columns() {
    const rows = await this.query(
      `select table_name, column_name, data_type, is_nullable, column_default
         from information_schema.columns where table_schema = 'public' and table_name = any($1)
        order by table_name, column_name`,
      [TABLES],
    );
    const found = {};
    for (const { table_name: table, column_name: column, ...facts } of rows) {
      (found[table] ??= {})[column] = facts;
    }
    return found;
  }

  /** Leaves no row, so that scenarios do not see each other's users. */
  async empty() {
    for (const table of ['user', 'verification', 'rateLimit', 'latchkey_outbox']) {
      if (await this.#has(table)) await this.query(`delete from "${table}"`);
    }
  }

  async #has(table) {
    this.tables ??= (
      await this.query(`select table_name from information_schema.tables where table_schema = 'public'`)
    ).map((row) => row.table_name);
    return this.tables.includes(table);
  }

  async drop() {
    await this.client?.end();
    const server = connect(this.serverUrl);
    await server.connect();
    try {
      await server.query(`drop database if exists "${this.name}" with (force)`);
    } finally {
      await server.end();
    }
  }
}
