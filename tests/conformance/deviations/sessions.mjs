// Sessions that are extended, and the cookies that tell of it.

import { added, isCache, isOnce, isSet, lacking } from './cookie-words.mjs';

const path = ({ request }) => request?.target.split('?')[0].replace('/api/auth', '') ?? '';
const ofCookies = (at) => /^(cookies|headers\.(set-auth-token|access-control-expose-headers))(\.|$)/.test(at);

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
      const less = lacking(theirs.cookies, ours.cookies);
      return less !== undefined && less.length > 0 && less.every((one) => isSet(one) || isCache(one));
    },
  },
  {
    id: 'dont-remember-is-true',
    reason: 'dont_remember counts if it says `true`, and not with any other text that the service has signed.',
    applies: (exchange) => exchange.title === 'a rightly signed other value',
    explains: ({ at, theirs, ours }) =>
      at === 'cookies.1' && ours === undefined && theirs.name === 'better-auth.dont_remember' && theirs.value === '',
  },
  {
    id: 'each-cookie-once',
    reason: 'An endpoint that extends a session and then sets its cookies anew sets each cookie once.',
    applies: (exchange) => exchange.kind === 'request' && exchange.theirs.status === exchange.ours.status,
    explains: ({ at }, { theirs, ours }) => at.startsWith('cookies') && isOnce(theirs.cookies, ours.cookies),
  },
];
