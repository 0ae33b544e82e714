// docs/COMPATIBILITY.md: what a run compared, and every way in which the two sides differ.

import { readFile } from 'node:fs/promises';

import { DEFAULTS } from './settings.mjs';

/** The document. It says nothing of when or where the run was: the same code gives the same text. */
export async function compatibility(judge, groups) {
  const { exchanges, equal, intended } = judge.totals();
  const [latchkey, betterAuth] = await versions();
  return `# Compatibility with Better Auth

The conformance suite (\`tests/conformance\`) sends the same requests to Latchkey ${latchkey} and to the real
Better Auth ${betterAuth}, under the same settings, and compares all that a client, a mail reader or a database can see:
statuses, headers, cookies attribute by attribute, bodies down to the order of keys, mails with their links and tokens,
rows.

This file is written by \`node tests/conformance/run.mjs --report docs/COMPATIBILITY.md\`.

**${equal} of ${exchanges} exchanges are equal; the other ${intended} differ on purpose.**

## What was compared

| group | settings | exchanges | equal | on purpose |
|---|---|---:|---:|---:|
${groups.map((group) => groupRow(judge, group)).join('\n')}

Settings that are not named are as in \`tests/conformance/harness/settings.mjs\`.

## Where Latchkey differs on purpose

| deviation | why | steps that show it |
|---|---|---:|
${judge.deviations().map(deviationRow).join('\n')}
`;
}

async function versions() {
  const cargo = await readFile(new URL('../../../Cargo.toml', import.meta.url), 'utf8');
  const npm = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  const [, latchkey] = /\[workspace\.package\]\s*version = "([^"]+)"/.exec(cargo);
  return [latchkey, JSON.parse(npm).dependencies['better-auth']];
}

function groupRow(judge, [name, , settings = {}]) {
  const { exchanges, equal, intended } = judge.totals(name);
  return `| ${name} | ${settingsText(settings) || 'the usual ones'} | ${exchanges} | ${equal} | ${intended} |`;
}

/** The settings that are not the usual ones. */
function settingsText(settings) {
  const changed = Object.entries(settings).filter(([name, value]) => value !== DEFAULTS[name]);
  return changed.map(([name, value]) => (value === true ? name : `${name} = ${valueText(value)}`)).join(', ');
}

function valueText(value) {
  if (typeof value !== 'object') return String(value);
  return Array.isArray(value) ? value.map((one) => `\`${one}\``).join(' ') : Object.keys(value).join(' ');
}

function deviationRow({ id, reason, times, ambient, racy }) {
  const shown = ambient ? 'all' : racy ? 'races' : times;
  return `| ${id} | ${reason.replaceAll('|', '\\|')} | ${shown} |`;
}
