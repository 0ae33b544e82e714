// What an answer says, as a tree, and where two trees differ.

import { parseSetCookie } from './cookies.mjs';
import { valuesOf } from './http.mjs';

/** Headers that belong to the connection, not to the answer. */
const TRANSPORT = new Set(['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding']);

/**
 * An answer of one side in comparable form; `normaliser` is that side's own. `reading` makes of a body what is to be
 * compared, where its text is each side's own.
 */
export function describe(answer, normaliser, reading) {
  // The text, not the parsed tree: so key order, escapes and spaces count.
  const text = normaliser.text(reading === undefined ? answer.text : JSON.stringify(read(answer.text, reading)));
  const cookies = described(valuesOf(answer, 'set-cookie'), normaliser);
  // Last and by name: their order says nothing, so it must not decide which new id is the first.
  const headers = {};
  for (const [name, value] of answer.headers.toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))) {
    if (TRANSPORT.has(name) || name === 'set-cookie') continue;
    (headers[name] ??= []).push(name === 'x-request-id' ? requestId(value, normaliser) : normaliser.text(value));
  }
  const body = parsed(text, reading === undefined ? headers : JSON_ONLY);
  return { status: `${answer.status} ${answer.reason}`, headers, cookies, body };
}

/** What `reading` makes of a body; one that it cannot read stands for itself. */
function read(text, reading) {
  try {
    return reading(text);
  } catch {
    return { unread: text };
  }
}

const JSON_ONLY = { 'content-type': ['application/json'] };

const CACHE = /session_data(?:\.(\d+))?$/;

/** `Set-Cookie` lines taken apart; a cache is shown by what it holds, in one piece. */
function described(lines, normaliser) {
  const cookies = lines.map(parseSetCookie);
  const held = heldBy(cookies, normaliser);
  return cookies.map(({ name, value, attributes }, at) => {
    if (!held.has(at)) return { name, value: normaliser.text(value), attributes };
    return { name, value: held.get(at), attributes };
  });
}

/** What the caches among the cookies hold, by the place of their first piece; the others tell how long the last was. */
function heldBy(cookies, normaliser) {
  const wholes = [];
  for (const [at, { name, value }] of cookies.entries()) {
    const [matched, piece = '0'] = CACHE.exec(name) ?? [];
    if (matched === undefined || value === '') continue;
    if (piece === '0' || wholes.length === 0) wholes.push({ value, places: [at], sizes: [] });
    else {
      wholes.at(-1).sizes.push(cookies[at - 1].value.length);
      wholes.at(-1).value += value;
      wholes.at(-1).places.push(at);
    }
  }
  const held = new Map();
  for (const { value, places: [first, ...others], sizes } of wholes) {
    held.set(first, normaliser.cache(decodeURIComponent(value)) ?? 'no whole cache');
    for (const [n, other] of others.entries()) held.set(other, `continued after ${sizes[n]} letters`);
  }
  return held;
}

/** The ids that each side has given to requests. */
const requestIds = new WeakMap();

/** Only one side has it: were it named, ids that both show would have other numbers. */
function requestId(value, normaliser) {
  if (!requestIds.has(normaliser)) requestIds.set(normaliser, new Set());
  const given = requestIds.get(normaliser);
  const isNew = /^\w{32}$/.test(value) && !given.has(value);
  given.add(value);
  return isNew ? '<new request id>' : value;
}

function parsed(text, headers) {
  if (!headers['content-type']?.[0].startsWith('application/json') || text === '') return { text };
  try {
    return { text, json: JSON.parse(text) };
  } catch {
    return { text };
  }
}

/** Every place where the two trees differ: `{ at, theirs, ours }`, with `undefined` for "not there". */
export function differences(theirs, ours, at = '') {
  if (Object.is(theirs, ours)) return [];
  if (!isTree(theirs) || !isTree(ours) || Array.isArray(theirs) !== Array.isArray(ours)) {
    return [{ at, theirs, ours }];
  }
  const keys = [...new Set([...Object.keys(theirs), ...Object.keys(ours)])];
  return keys.flatMap((key) => differences(theirs[key], ours[key], at === '' ? key : `${at}.${key}`));
}

/**
 * Where two described answers differ.
 *
 * A body is compared by its fields where that says more, and by its text where the fields are the same:
 * then the order of keys or the spelling differs.
 */
export function answerDifferences(theirs, ours) {
  const { body: theirBody, ...theirRest } = theirs;
  const { body: ourBody, ...ourRest } = ours;
  const rest = differences(theirRest, ourRest);
  if (theirBody.text === ourBody.text) return rest;
  const bothJson = theirBody.json !== undefined && ourBody.json !== undefined;
  const fields = bothJson ? differences(theirBody.json, ourBody.json, 'body') : [];
  if (fields.length > 0) return [...rest, ...fields];
  return [...rest, { at: 'body', theirs: theirBody.text, ours: ourBody.text }];
}

function isTree(value) {
  return typeof value === 'object' && value !== null;
}
