// The scripts of docs/ are for psql, which not every PostgreSQL server has beside it.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** The environment of a reader who has PostgreSQL's programs on the path. */
export const withPsql = () => ({ ...process.env, PATH: `${process.env.PATH}:${process.env.PG_BINDIR ?? ''}` });

/** Runs psql on a database, in the repository's folder. */
export function psql(url, ...flags) {
  return spawnSync('psql', ['--no-psqlrc', url, ...flags], { cwd: ROOT, env: withPsql(), encoding: 'utf8' });
}

/** Whether there is a psql; where there is none says so, and fails in CI, which leaves nothing out. */
export function havePsql() {
  if (spawnSync('psql', ['--version'], { env: withPsql() }).error === undefined) return true;
  const missing = "no psql beside this PostgreSQL server; install PostgreSQL's client";
  if (process.env.CI === 'true') throw new Error(missing);
  console.log(`skipped: ${missing}`);
  return false;
}
