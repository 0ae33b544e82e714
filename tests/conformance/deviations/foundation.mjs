// HTTP, origins, cookies and bearers: what lies below every endpoint.

import { signed } from '../harness/cookies.mjs';
import { HOST, TRUSTED } from '../harness/settings.mjs';
import {
  always,
  answers,
  body,
  header,
  INVALID_JSON,
  isPost,
  NO_SESSION,
  NOT_FOUND,
  ownHeader,
  refused,
  SESSION,
  SIGNED_OUT,
  stepOf,
  WRONG_PASSWORD,
} from './words.mjs';

/** Scenarios in which somebody signs in whose hash is Better Auth's. */
const RENEWING = ['stored passwords', 'paths that are off', 'slashes at the end', 'no refresh'];

export default [
  {
    id: 'request-id',
    reason: 'Every answer carries the id under which the log speaks of its request; a new one each time.',
    ambient: true,
    applies: always,
    explains: ownHeader('x-request-id', (value) => value === '<new request id>'),
  },
  {
    id: 'cors-headers',
    reason: 'Better Auth leaves CORS to the application around it; the local server is that application.',
    ambient: true,
    applies: always,
    explains: (difference, exchange) =>
      ownHeader('vary', (value) => value === 'origin')(difference, exchange) ||
      ownHeader('access-control-allow-credentials', (value) => value === 'true')(difference, exchange) ||
      (/^headers\.access-control-expose-headers(\.0)?$/.test(difference.at) &&
        [undefined, 'set-auth-token'].includes(difference.theirs) &&
        String(difference.ours) === 'set-auth-token,x-retry-after,retry-after'),
  },
  {
    id: 'cors-trusted-origin',
    reason: 'Pages of trusted origins may read the answers; those of others may not.',
    applies: (exchange) => header(exchange, 'origin') === TRUSTED,
    explains: ownHeader('access-control-allow-origin', (value) => value === TRUSTED),
  },
  {
    id: 'cors-preflight',
    reason: 'Browsers ask with OPTIONS before a POST of another origin; Better Auth answers 404.',
    applies: ({ request }) => request?.method === 'OPTIONS',
    explains: (difference, exchange) =>
      answers(NOT_FOUND, { status: '200 OK', text: '', cookies: [] })(difference, exchange) ||
      ownHeader('access-control-allow-methods', (value) => value === 'GET,POST')(difference, exchange) ||
      ownHeader('access-control-allow-headers', (value) => value === 'accept,authorization,content-type')(
        difference,
        exchange,
      ),
  },
  {
    id: 'session-path',
    reason: 'Clients of the service that Latchkey replaces ask /session; it is a second path of /get-session.',
    applies: ({ request }) => request?.target === '/api/auth/session',
    explains: (difference, exchange) =>
      answers(NOT_FOUND, header(exchange, 'cookie') === undefined ? NO_SESSION : SESSION)(difference, exchange),
  },
  {
    id: 'health-path',
    reason: 'Load balancers and people ask /health, outside of the base path.',
    applies: ({ request }) => request?.target === '/health',
    explains: answers(NOT_FOUND, { status: '200 OK', text: '{"status":"ok"}', cookies: [] }),
  },
  {
    id: 'client-address',
    reason: 'The address is the one of the connection, as the transport knows it; a header can be written by anyone.',
    applies: always,
    explains: ({ at, theirs, ours }) =>
      /(^|\.)(session\.(\d+\.)?|body\.\d+\.)ipAddress$/.test(at) && typeof theirs === 'string' && ours === '127.0.0.1',
  },
  {
    id: 'argon2id',
    reason: 'New passwords are hashed with argon2id, which stands up to graphics cards better than scrypt.',
    applies: ({ kind }) => kind === 'rows',
    explains: ({ at, theirs, ours }) =>
      /^rows\.account\.\d+\.password$/.test(at) && theirs === '<scrypt>' && ours === '<argon2id m=19456,t=2,p=1>',
  },
  {
    id: 'renewed-hash',
    reason: 'A sign-in makes a hash anew that is not argon2id; its account says when it was written.',
    applies: ({ kind, scenario }) => kind === 'rows' && RENEWING.includes(scenario),
    explains: ({ at, theirs, ours }) =>
      /^rows\.account\.\d+\.updatedAt$/.test(at) && stepOf(ours) > 0 && !(stepOf(theirs) >= stepOf(ours)),
  },
  {
    id: 'malformed-hash',
    reason: 'A stored password that is no hash is a failed sign-in and a line in the log, not a crash.',
    applies: (exchange) => isPost(exchange, '/sign-in/email'),
    explains: answers({ status: '500 Internal Server Error', text: '' }, WRONG_PASSWORD),
  },
  {
    id: 'sign-out-by-programs',
    reason: 'A browser states the origin of every POST: what states none is a program, and no page can forge it.',
    applies: (exchange) =>
      isPost(exchange, '/sign-out') &&
      header(exchange, 'cookie') !== undefined &&
      ['origin', 'referer', 'sec-fetch-site', 'sec-fetch-mode', 'sec-fetch-dest'].every(
        (name) => header(exchange, name) === undefined,
      ),
    explains: answers(refused('403 Forbidden', 'MISSING_OR_NULL_ORIGIN'), SIGNED_OUT),
  },
  {
    id: 'own-origin',
    reason: 'What the own origin is comes from PUBLIC_URL, never from a header.',
    applies: (exchange) =>
      header(exchange, 'origin') === 'null' &&
      header(exchange, 'sec-fetch-site') === 'same-origin' &&
      ((header(exchange, 'host') ?? HOST) !== HOST || header(exchange, 'x-forwarded-proto') !== undefined),
    explains: answers(refused('403 Forbidden', 'INVALID_ORIGIN'), SIGNED_OUT),
  },
  {
    id: 'callback-url-spelling',
    reason:
      'Parsers disagree on blanks, control characters, backslashes and a missing slash in a URL: ' +
      'one with them is not trusted.',
    applies: (exchange) => /"callbackURL":"((?! *\/)[^"]*( |\\)|https?:\/?[^\/])/.test(body(exchange)),
    explains: answers(SIGNED_OUT, refused('403 Forbidden', 'INVALID_CALLBACK_URL')),
  },
  {
    id: 'lost-race',
    reason: 'Whoever loses a race for an address hears the same as whoever comes later.',
    racy: true,
    applies: ({ kind }) => kind === 'together',
    explains: ({ at, theirs, ours }) =>
      /^outcomes\.\d+$/.test(at) &&
      theirs === '422 FAILED_TO_CREATE_USER' &&
      ours === '422 USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL',
  },
  {
    id: 'nul-character',
    reason: 'Postgres stores no NUL: that is the fault of the request, and is said so.',
    applies: (exchange) => body(exchange).includes('\\u0000'),
    explains: answers(refused('422 Unprocessable Entity', 'FAILED_TO_CREATE_USER'), {
      ...refused('400 Bad Request', 'VALIDATION_ERROR'),
      text: /\[body\.\w+\] Invalid input: the character U\+0000 is not allowed/,
    }),
  },
  {
    id: 'nul-token',
    reason: 'A signed token that Postgres cannot hold is the fault of the request as well.',
    applies: (exchange) => header(exchange, 'cookie')?.includes('%00'),
    explains: answers(refused('500 Internal Server Error', 'FAILED_TO_GET_SESSION'), INVALID_JSON),
  },
  {
    id: 'lone-surrogate',
    reason: 'Half a surrogate pair is no character; Better Auth stores a question mark in its place.',
    applies: (exchange) => /(?<!\\ud[89ab]\w\w)\\ud[c-f]\w\w|\\ud[89ab]\w\w(?!\\ud[c-f])/i.test(body(exchange)),
    explains: answers(WRONG_PASSWORD, INVALID_JSON),
  },
  {
    id: 'number-range',
    reason: 'A number that no double can hold has no value; JavaScript makes it infinite.',
    applies: (exchange) => /1e400|9{309}/.test(body(exchange)),
    explains: answers(WRONG_PASSWORD, INVALID_JSON),
  },
  {
    id: 'empty-chunks',
    reason: 'An empty body is no body, however it is framed: Lambda is not told the framing.',
    applies: (exchange) => exchange.request?.chunked && body(exchange) === '',
    explains: answers(INVALID_JSON, refused('400 Bad Request', 'VALIDATION_ERROR')),
  },
  {
    id: 'signature-spelling',
    reason: 'A signature has one spelling: base64 whose unused bits are set is none of ours.',
    applies: (exchange) => hasOtherLastBits(header(exchange, 'cookie')),
    explains: answers(SESSION, NO_SESSION),
  },
  {
    id: 'half-accepted-bearer',
    reason:
      'Better Auth lets a bearer with an oddly spelled signature replace the cookie and then refuses it; ' +
      'here a bearer is accepted, or the cookie stays in force.',
    applies: (exchange) => header(exchange, 'cookie') !== undefined && isOddlySigned(header(exchange, 'authorization')),
    explains: answers(NO_SESSION, SESSION),
  },
];

/** A cookie whose signature differs from the right one in its last letter only. */
function hasOtherLastBits(cookie = '') {
  const [token] = /\w{32}(?=\.)/.exec(cookie) ?? [];
  if (token === undefined) return false;
  const right = signed(token);
  const given = decodeURIComponent(cookie.slice(cookie.indexOf(token)));
  return given !== right && given.slice(0, -2) === right.slice(0, -2) && given.endsWith('=');
}

/** A bearer token with the right signature in a spelling that no cookie has. */
function isOddlySigned(authorization = '') {
  const token = authorization.replace('Bearer ', '');
  const right = signed(token.split('.')[0]);
  const standard = token.replaceAll('-', '+').replaceAll('_', '/');
  return token !== right && (right.startsWith(standard) || token.startsWith(`${right}.`));
}
