// Which origins and URLs are trusted, under settings of their own.

import { body, header, NO_SESSION, oneOf, refused, SIGNED_OUT, WRONG_PASSWORD } from './words.mjs';

const INVALID_ORIGIN = refused('403 Forbidden', 'INVALID_ORIGIN');
const NO_ORIGIN = refused('403 Forbidden', 'MISSING_OR_NULL_ORIGIN');
const INVALID_URL = refused('403 Forbidden', 'INVALID_CALLBACK_URL');
const LIST = { status: '200 OK', text: /^\[\{.*\}\]$/, cookies: [] };
const NO_TOKEN = { ...refused('400 Bad Request', 'VALIDATION_ERROR'), text: /"\[query\.token\] Invalid input: / };
const TWO_URLS = {
  ...refused('400 Bad Request', 'VALIDATION_ERROR'),
  text: /"\[query\.callbackURL\] Invalid input: expected string, received array"/,
};
const NO_TEXT = {
  status: '400 Bad Request',
  text: '{"message":"Invalid callbackURL: expected a string"}',
  cookies: [],
};

const RESET_SENT = {
  status: '200 OK',
  text: '{"status":true,"message":"If this email exists in our system, check your email for the reset link"}',
};
const SIGNED_IN_NOBODY = refused('401 Unauthorized', 'UNAUTHORIZED');

export default [
  {
    id: 'callback-url-of-get',
    reason: 'The query of every GET is checked, and first, so that no endpoint that redirects can forget it.',
    applies: ({ request }) => request?.method === 'GET' && /[?&]callbackURL=https:\/\/evil/.test(request.target),
    explains: oneOf([NO_SESSION, INVALID_URL], [LIST, INVALID_URL], [NO_TOKEN, INVALID_URL]),
  },
  {
    id: 'two-callback-urls',
    reason: 'The same check says what it says of every URL that is no text; Better Auth validates the query before.',
    applies: ({ request }) => request?.method === 'GET' && request.target.split('callbackURL=').length === 3,
    explains: oneOf([TWO_URLS, NO_TEXT]),
  },
  {
    id: 'csrf-check-by-name',
    reason: 'DISABLE_CSRF_CHECK=false is meant: it keeps the check although that of URLs is off.',
    applies: ({ group }) => group === 'no-url-check',
    explains: (difference, exchange) =>
      oneOf(
        [SIGNED_OUT, INVALID_ORIGIN],
        [SIGNED_OUT, NO_ORIGIN],
        [RESET_SENT, INVALID_ORIGIN],
        [WRONG_PASSWORD, INVALID_ORIGIN],
        [SIGNED_IN_NOBODY, INVALID_ORIGIN],
      )(difference, exchange) || isOfTheReset(difference, exchange),
  },
  {
    id: 'relative-callback-url',
    reason: 'With the check off, a path without a slash is below the origin, wherever the link itself lies.',
    applies: ({ group, request }) =>
      /^no-(origin|url)-check$/.test(group) && request?.target === '/api/auth/reset-password/abc?callbackURL=x',
    explains: ({ at, theirs, ours }) =>
      at === 'headers.location.0' &&
      theirs === 'http://localhost:44001/api/x?error=INVALID_TOKEN' &&
      ours === 'http://localhost:44001/x?error=INVALID_TOKEN',
  },
  {
    id: 'origin-spelling',
    reason: 'A URL with a user name in it, or a scheme without its two slashes, fits no pattern of origins.',
    applies: (exchange) =>
      exchange.group === 'switches' &&
      (/^myapp:(\/x)?$/.test(header(exchange, 'origin')) ||
        /^\{"callbackURL":"(myapp:(\/x)?|https:\/\/user@a\.wild\.example\.com)"\}$/.test(body(exchange))),
    explains: oneOf([SIGNED_OUT, INVALID_ORIGIN], [SIGNED_OUT, INVALID_URL]),
  },
];

/** What the reset that was not refused left behind. */
const isOfTheReset = ({ at, theirs, ours }, { kind }) =>
  ours === undefined &&
  (kind === 'rows'
    ? at === 'rows.verification.1' && theirs.identifier.startsWith('reset-password:')
    : at === 'mails' && theirs.length === 1 && theirs[0].type === 'reset-password');
