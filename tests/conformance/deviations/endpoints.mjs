// Where single endpoints answer otherwise: a fault of the request is a 4xx, never a crash.
//
// NOT PROVEN by a whole run with Latchkey, all of this file: what a run shows stays, what it calls stale goes.

import { answers, body, header, isPost, ownHeader, refused } from './words.mjs';

const CRASH = { status: '500 Internal Server Error', text: '' };
const INVALID = refused('400 Bad Request', 'VALIDATION_ERROR');
const NOT_CREATED = refused('422 Unprocessable Entity', 'FAILED_TO_CREATE_USER');
const TAKEN = 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL';
const LIMITED = { status: '429 Too Many Requests', text: '{"message":"Too many requests. Please try again later."}' };

const NO_NUL_FIELD = { ...INVALID, text: /\[body\.\w+\] Invalid input: the character U\+0000 is not allowed/ };
const NO_NUL = {
  ...refused('400 Bad Request', 'BAD_REQUEST'),
  text: '{"message":"The request holds a text that cannot be stored","code":"BAD_REQUEST"}',
};

const isVerification = ({ request }) =>
  request?.method === 'GET' && request.target.startsWith('/api/auth/verify-email?');

/** Where a failed link leads: its callback with the code, between query and fragment. */
function failed({ request }, code) {
  const callback = new URL(request.target, 'http://x').searchParams.get('callbackURL');
  const [path, fragment = ''] = callback.split(/(?=#)/);
  return { status: '302 Found', location: `${path}${path.includes('?') ? '&' : '?'}error=${code}${fragment}` };
}

const hasCallback = ({ request }) => request.target.includes('&callbackURL=');

/** A crash at Better Auth; here the answer `refusal`, or a redirect with its code where the link names a page. */
const linkFailed = (refusal) => (difference, exchange) =>
  answers(CRASH, hasCallback(exchange) ? failed(exchange, refusal.code) : refusal)(difference, exchange);

export default [
  {
    id: 'malformed-hash-elsewhere',
    reason: 'A stored password that is no hash is a wrong password here as well.',
    applies: (exchange) => isPost(exchange, '/verify-password') || isPost(exchange, '/change-password'),
    explains: answers(CRASH, refused('400 Bad Request', 'INVALID_PASSWORD')),
  },
  {
    id: 'value-of-no-column',
    reason: 'A value that its column cannot hold (null for a name, text for a number) is the fault of the request.',
    applies: (exchange) =>
      (isPost(exchange, '/update-user') || isPost(exchange, '/update-session')) &&
      /:null|"(age|bornAt|trust)":"abc"/.test(body(exchange)),
    explains: answers(CRASH, INVALID),
  },
  {
    id: 'value-of-no-column-at-sign-up',
    reason: 'The same at a sign-up, where Better Auth only says that it failed.',
    applies: (exchange) => isPost(exchange, '/sign-up/email') && exchange.group === 'fields',
    explains: answers(NOT_CREATED, INVALID),
  },
  {
    id: 'nul-elsewhere',
    reason: 'NUL is the fault of the request at every endpoint that stores its text or looks it up.',
    applies: (exchange) => body(exchange).includes('\\u0000'),
    explains: (difference, exchange) =>
      [CRASH, refused('400 Bad Request', 'FAILED_TO_UNLINK_LAST_ACCOUNT')].some((theirs) =>
        [NO_NUL_FIELD, NO_NUL].some((ours) => answers(theirs, ours)(difference, exchange)),
      ),
  },
  {
    id: 'nul-in-a-link',
    reason: 'A token with NUL is one that nobody has.',
    applies: ({ request }) => request?.target.startsWith('/api/auth/delete-user/callback?token=a%00b'),
    explains: answers(CRASH, refused('404 Not Found', 'INVALID_TOKEN')),
  },
  {
    id: 'claims-of-other-types',
    reason: 'A rightly signed token whose claims are not what they should be is no valid token.',
    applies: (exchange) => isVerification(exchange) && exchange.scenario === 'claims',
    explains: linkFailed(refused('401 Unauthorized', 'INVALID_TOKEN')),
  },
  {
    id: 'address-taken-meanwhile',
    reason: 'Whoever follows a link to an address that was taken in the meantime hears so.',
    applies: (exchange) => isVerification(exchange) && exchange.scenario === 'an address that is taken meanwhile',
    explains: linkFailed(refused('422 Unprocessable Entity', TAKEN)),
  },
  {
    id: 'retry-after',
    reason: "The standard header beside Better Auth's own: what clients and proxies know how to read.",
    applies: ({ theirs }) => theirs?.status === LIMITED.status,
    explains: ownHeader('retry-after', (value, { ours }) => value === ours.headers['x-retry-after']?.[0]),
  },
  {
    id: 'limits-count-what-runs',
    reason:
      'A limit is counted in the statement of its endpoint: what is refused before costs nothing, and counts nothing.',
    applies: ({ group, scenario }) => group === 'limits' && scenario === 'what is refused early',
    explains: (difference, exchange) =>
      ['400 Bad Request', '403 Forbidden', '415 Unsupported Media Type'].some((status) =>
        answers(LIMITED, { status, cookies: [] })(difference, exchange),
      ) ||
      (difference.at === 'headers.x-retry-after' && difference.ours === undefined),
  },
  {
    id: 'limits-outside-of-the-base-path',
    reason: "What lies outside of the base path is another application's; it uses up no limit here.",
    applies: ({ request }) => request?.target === '/nope',
    explains: (difference, exchange) =>
      answers(LIMITED, { status: '404 Not Found', text: '' })(difference, exchange) ||
      (difference.at === 'headers.x-retry-after' && difference.ours === undefined),
  },
  {
    id: 'error-page-headers',
    reason:
      'The page shows text of a link that anybody may have made: it runs nothing, is framed by nobody, tells nobody.',
    applies: ({ request }) => request?.method === 'GET' && /^\/api\/auth\/error(\?|$)/.test(request.target),
    explains: (difference, exchange) =>
      [
        ['content-security-policy', (value) => value.startsWith("default-src 'none'; style-src ")],
        ['referrer-policy', (value) => value === 'no-referrer'],
        ['x-content-type-options', (value) => value === 'nosniff'],
      ].some(([name, expected]) => ownHeader(name, expected)(difference, exchange)),
  },
  {
    id: 'no-cap-of-a-hundred',
    reason: 'Better Auth reads no more than a hundred sessions of a user; the others stay when all are to go.',
    applies: ({ scenario }) => scenario === 'more than a hundred sessions',
    explains: ({ at, theirs, ours }) =>
      (at === 'body.count' && theirs === 100 && ours === 151) || (at === 'rows.0.count' && theirs === 52 && ours === 1),
  },
  {
    id: 'broken-cache',
    reason: 'A cookie that is no cache is left aside, whatever its letters are.',
    applies: (exchange) => /session_data=a\.b\.c/.test(header(exchange, 'cookie') ?? ''),
    explains: (difference, exchange) =>
      answers(
        { ...refused('500 Internal Server Error', 'FAILED_TO_GET_SESSION') },
        { status: '200 OK', text: /^\{"session":\{.*\},"user":\{.*\}/ },
      )(difference, exchange),
  },
];
