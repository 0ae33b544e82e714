// The vocabulary of the scenarios: what can be done to both sides at once.
//
// Any value may be a function of `seen`, which holds what this side answered to the steps named with `keep`:
// `get('…', '/get-session', { cookie: (seen) => seen.ann.cookies })`. So each side gets its own cookies back.

import { BASE_PATH, ORIGIN } from './settings.mjs';

/** A chain of steps that share users and cookies; it starts with empty tables. */
export function scenario(title, ...steps) {
  return { title, steps: steps.flat() };
}

/**
 * One request.
 *
 * `target` is the request target as it goes on the wire. `options`:
 * - `json`: a value, sent as JSON; `form`: a string, sent as a form; or `body` with `type`
 * - `cookie`, `origin`, `bearer`: the header of that name, left out when undefined or null
 * - `headers`: more headers, `[[name, value], …]`
 * - `chunked`: the body's length is not told beforehand
 * - `keep`: the name under which the answer is kept for later steps
 * - `reading`: what is compared of a body whose text is each side's own: `reading(text)`
 *
 * Mails that a step has sent are compared with its answer; `seen.mails` has them for later steps.
 */
export function request(title, method, target, options = {}) {
  const { keep, reading, ...described } = options;
  return { kind: 'request', title, method, target, described, keep, reading };
}

export function get(title, path, options) {
  return request(title, 'GET', below(path), options);
}

/** A POST as a page of the own origin sends it, unless `origin` says otherwise. */
export function post(title, path, options) {
  return request(title, 'POST', below(path), { origin: ORIGIN, ...options });
}

const below = (path) => (typeof path === 'function' ? (seen) => BASE_PATH + path(seen) : BASE_PATH + path);

/** Several requests at once. `summary` makes of the answers what must be the same, whoever came first. */
export function together(title, requests, summary) {
  return { kind: 'together', title, requests, summary };
}

/**
 * SQL against both databases; the rows returned are compared.
 *
 * Returned instants are what the suite wrote itself, and are recognised in later answers.
 */
export function sql(title, text, values = []) {
  return { kind: 'sql', title, text, values };
}

/** Calls of the official client in a small browser of its own: `use(client, seen)` gives the result. */
export function client(title, use, { browser = 'browser', options = {} } = {}) {
  return { kind: 'client', title, use, browser, options };
}

/** Something else to do or look at: `look(party, parties)` gives what must be the same on both sides. */
export function inspect(title, look) {
  return { kind: 'inspect', title, look };
}

/** The cookies that a kept answer set, as a `Cookie` header. */
export const cookiesOf = (name) => (seen) => seen[name].cookies;

/** The session cookie alone of a kept answer. */
export const sessionCookieOf = (name) => (seen) => seen[name].cookie('better-auth.session_token');

/** Follows the link of the latest mail of a kind; `more` is put behind it. */
export function follow(title, type, { back, more = '', ...options } = {}) {
  const target = (seen) => seen.mails.last(type, back).url.replace(/^https?:\/\/[^/]+/, '') + more;
  return request(title, 'GET', target, options);
}

/** The token of the latest mail of a kind. */
export const mailedTokenOf = (type, back) => (seen) => seen.mails.last(type, back).token;

/** The bare token of the body of a kept answer. */
export const tokenOf = (name) => (seen) => seen[name].json.token;

const MEDIA_TYPES = { json: 'application/json', form: 'application/x-www-form-urlencoded' };

/** The request of a step for one side, ready to be sent. */
export function resolve(step, seen) {
  const value = (given) => (typeof given === 'function' ? given(seen) : given);
  const options = Object.fromEntries(Object.entries(step.described).map(([key, given]) => [key, value(given)]));
  const { json, form, body, type, cookie, origin, bearer, headers = [], chunked } = options;

  const media = type ?? (json !== undefined ? MEDIA_TYPES.json : form !== undefined ? MEDIA_TYPES.form : undefined);
  const named = [
    ['Origin', origin],
    ['Cookie', cookie],
    ['Authorization', bearer === undefined ? undefined : `Bearer ${bearer}`],
    ['Content-Type', media],
  ];
  return {
    method: step.method,
    target: value(step.target),
    headers: [...named.filter(([, given]) => given !== undefined && given !== null), ...headers],
    body: json !== undefined ? JSON.stringify(json) : (form ?? body),
    chunked,
  };
}
