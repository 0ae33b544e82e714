// Sessions that are extended, and the cookies that tell of it.
//
// NOT PROVEN by a whole run with Latchkey, all of this file: what a run proves stays, what it calls stale goes.

import { differences } from '../harness/compare.mjs';
import { header } from './words.mjs';

const path = ({ request }) => request?.target.split('?')[0].replace('/api/auth', '') ?? '';
const ofCookies = (at) => /^(cookies|headers\.(set-auth-token|access-control-expose-headers))(\.|$)/.test(at);

const isSet = ({ name, value }) => /session_token$/.test(name) && value !== '';
const isCache = ({ name }) => /session_data(\.\d+)?$/.test(name);

/** A cookie apart from what a piece of a cache holds: the last piece alone says less than all of them. */
const spelled = (cookie) =>
  JSON.stringify(isCache(cookie) ? [cookie.name, cookie.value === '', cookie.attributes] : cookie);

/** What `ours` has beside `theirs`; undefined when it has not all of them in their order. */
function added(theirs, ours) {
  const more = [...ours];
  let from = 0;
  for (const cookie of theirs) {
    const at = more.findIndex((one, place) => place >= from && spelled(one) === spelled(cookie));
    if (at < 0) return undefined;
    more.splice(at, 1);
    from = at;
  }
  return more;
}

export default [
  {
    id: 'all-cookies-of-a-refresh',
    reason: 'Inside of other endpoints Better Auth keeps only the last cookie of a refresh: an end or pieces get lost.',
    applies: (exchange) =>
      exchange.kind === 'request' &&
      path(exchange) !== '/get-session' &&
      exchange.theirs.status === exchange.ours.status,
    explains: ({ at }, { theirs, ours }) => {
      // It keeps the last: where it set none, none got lost.
      if (!ofCookies(at) || theirs.cookies.length === 0) return false;
      const more = added(theirs.cookies, ours.cookies);
      return more !== undefined && more.length > 0 && more.every((one) => isSet(one) || isCache(one));
    },
  },
  {
    id: 'no-refresh-before-an-end',
    reason: 'A request that ends sessions is no use that extends one.',
    applies: (exchange) => /^\/revoke-(session|sessions|other-sessions)$/.test(path(exchange)),
    explains: ({ at }, { theirs, ours }) => {
      if (!ofCookies(at)) return false;
      const less = added(ours.cookies, theirs.cookies);
      return less !== undefined && less.length > 0 && less.every((one) => isSet(one) || isCache(one));
    },
  },
  {
    id: 'each-cookie-once',
    reason: 'An endpoint that extends a session and then sets its cookies anew sets each cookie once.',
    applies: (exchange) => exchange.kind === 'request' && exchange.theirs.status === exchange.ours.status,
    explains: ({ at }, { theirs, ours }) => at.startsWith('cookies') && isOnce(theirs.cookies, ours.cookies),
  },
  {
    id: 'order-of-cached-keys',
    reason: 'A cached session has its keys in the order that it has everywhere else.',
    applies: (exchange) => path(exchange) === '/get-session' && /session_data/.test(header(exchange, 'cookie') ?? ''),
    explains: ({ at }, { theirs, ours }) => {
      const [left, right] = [theirs.body.json, ours.body.json];
      return at === 'body' && left !== undefined && right !== undefined && differences(left, right).length === 0;
    },
  },
];

/** Whether `ours` are `theirs` without those that a later one of the same name replaces. */
function isOnce(theirs, ours) {
  const last = new Map(theirs.map((cookie) => [cookie.name, spelled(cookie)]));
  const names = ours.map(({ name }) => name);
  return (
    theirs.length > ours.length &&
    ours.length === last.size &&
    new Set(names).size === names.length &&
    ours.every((cookie) => last.get(cookie.name) === spelled(cookie))
  );
}
