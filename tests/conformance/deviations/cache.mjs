// Sessions that lie in a cookie as well: when the cookie is believed, and when it is written.

import { cookieNames, holdsSame, isCache, lacking } from './cookie-words.mjs';
import { CLEARED, header, oneOf, refused, stepOf } from './words.mjs';

const [TOKEN, CACHE, MARK] = CLEARED;
const ALL_CLEARED = [TOKEN, CACHE, CACHE, MARK];
const SIGNED_OUT = { ...refused('401 Unauthorized', 'UNAUTHORIZED'), cookies: ALL_CLEARED };
const DONE = { status: '200 OK', text: '{"status":true}' };

const path = ({ request }) => request?.target.split('?')[0].replace('/api/auth', '') ?? '';
const ofCookies = ({ at }) => at.startsWith('cookies');
const ofBearer = ({ at, ours }) =>
  (/^headers\.set-auth-token$/.test(at) && ours === undefined) || /^headers\.access-control-expose-headers/.test(at);
const hasCache = (exchange) => /session_data/.test(header(exchange, 'cookie') ?? '');

/** A session that is found to be gone by its look-up. */
const revoked = oneOf(
  [{ status: '200 OK', text: /^\[\{.*\}\]$/, cookies: [] }, SIGNED_OUT],
  [DONE, SIGNED_OUT],
  [{ status: '400 Bad Request', text: '{"message":"No fields to update"}', cookies: [] }, SIGNED_OUT],
  [refused('400 Bad Request', 'FAILED_TO_UNLINK_LAST_ACCOUNT'), SIGNED_OUT],
  [refused('400 Bad Request', 'EMAIL_MISMATCH'), { ...DONE, cookies: ALL_CLEARED }],
);

export default [
  {
    id: 'no-longer-than-the-setting',
    reason: 'A copy of a session that is not remembered lives no longer than the setting: so long a revoked one is believed.',
    applies: ({ scenario }) => scenario === 'a session that is not remembered',
    explains: ({ at, theirs, ours }) =>
      /^cookies\.\d+\.value\.exp$/.test(at) && theirs === '<iat + 300>' && ours === '<iat + 60>',
  },
  {
    id: 'guards-look-up',
    reason: 'A guarded endpoint looks the session up, whatever its cache says: one that is revoked is refused at once.',
    applies: (exchange) =>
      /^cache-/.test(exchange.group) && path(exchange) !== '/get-session' && hasCache(exchange),
    explains: (difference, exchange) =>
      revoked(difference, exchange) || (exchange.ours.status === SIGNED_OUT.status && ofBearer(difference)),
  },
  {
    id: 'guards-extend',
    reason: 'Such a look-up extends a session that is due, as it does where there is no cache.',
    applies: ({ group, scenario }) => /^cache-/.test(group) && scenario === 'a session that is due',
    explains: (difference, { title, theirs, ours }) => {
      const names = [theirs, ours].map(cookieNames).join(' | ');
      if (title === 'nor does a guarded endpoint') {
        const isOfBearer = /^headers\.(set-auth-token|access-control-expose)/.test(difference.at);
        return names === ' | session_token session_data' && (ofCookies(difference) || isOfBearer);
      }
      if (title !== 'the store extends it' || names !== 'session_token session_data | session_data') return false;
      const isOfTheLookUp =
        /^body\.session\.(expiresAt|updatedAt)$/.test(difference.at) &&
        stepOf(difference.theirs) === stepOf(difference.ours) + 1;
      return ofCookies(difference) || ofBearer(difference) || isOfTheLookUp;
    },
  },
  {
    id: 'no-copy-of-a-copy',
    reason: 'A cached session is handed out where the client has none that is right, not with each look-up.',
    applies: (exchange) =>
      exchange.kind === 'request' &&
      exchange.theirs.status === exchange.ours.status &&
      path(exchange) !== '/get-session' &&
      hasCache(exchange),
    explains: (difference, { theirs, ours }) => {
      const less = ofCookies(difference) ? lacking(theirs.cookies, ours.cookies) : undefined;
      return less !== undefined && less.length > 0 && less.every((one) => isCache(one) && one.value !== '');
    },
  },
  {
    id: 'cached-as-stored',
    reason: 'A new cached copy has the rows as they are stored; Better Auth mixes the old one in.',
    applies: (exchange) => ['/update-user', '/verify-email'].includes(path(exchange)),
    explains: ({ at, theirs, ours }) =>
      /^cookies\.\d+\.value\.(user|session)\.(updatedAt|expiresAt)$/.test(at) && stepOf(theirs) < stepOf(ours),
  },
  {
    id: 'order-of-clearing',
    reason: 'Copies that are no good are cleared first, and by piece; what a browser has in the end is the same.',
    applies: (exchange) => path(exchange) === '/get-session' && hasCache(exchange),
    explains: (difference, { theirs, ours }) => ofCookies(difference) && holdsSame(theirs.cookies, ours.cookies),
  },
];
