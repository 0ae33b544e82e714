// What mutants are made of: changes of what is heard of a side, and the three lists as one.

import { jsonOf } from './http.mjs';

export const textWith = (change) => (answer) => ({ ...answer, text: change(answer.text) });
export const headersWith = (change) => (answer) => ({ ...answer, headers: answer.headers.flatMap(change) });
export const header = (name, change) =>
  headersWith(([given, value]) => (given === name ? change(value).map((one) => [given, one]) : [[given, value]]));

/** Changes the body of answers that hold a JSON object, and spells it anew. */
export const jsonWith = (change) => (answer) => {
  const json = jsonOf(answer);
  return json === null || typeof json !== 'object' ? answer : { ...answer, text: JSON.stringify(change(json)) };
};

/** Mutants by name: `hearing` are `[groups, alter]`, `options` `[groups, options]`, `tables` `[groups, sql]`. */
export function mutantsOf({ hearing, options, tables }) {
  return [
    ...Object.entries(hearing).map(([name, [groups, alter]]) => ({ name, groups, alter })),
    ...Object.entries(options).map(([name, [groups, given]]) => ({ name, groups, options: given })),
    ...Object.entries(tables).map(([name, [groups, sql]]) => ({ name, groups, sql })),
  ];
}
