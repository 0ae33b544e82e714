// Where single endpoints answer otherwise: a fault of the request is a 4xx, never a crash.

import { answers, body, CRASH, header, isPost, ownHeader, refused } from './words.mjs';

const INVALID = refused('400 Bad Request', 'VALIDATION_ERROR');
const NO_NUL_FIELD = { ...INVALID, text: /\[body\.\w+\] Invalid input: the character U\+0000 is not allowed/ };
const UNSTORABLE = {
  ...refused('400 Bad Request', 'BAD_REQUEST'),
  text: '{"message":"The request holds a text that cannot be stored","code":"BAD_REQUEST"}',
};

/** Lists as Postgres writes an array of theirs, and as JSON. */
const LISTS = new Map([
  ['{}', '[]'],
  ['{"a"}', '["a"]'],
  ['{"a","1"}', '["a",1]'],
]);

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
      /"(name|nickname)":null|"(age|bornAt|trust)":"abc"/.test(body(exchange)),
    explains: (difference, exchange) =>
      answers(CRASH, INVALID)(difference, exchange) || answers(CRASH, UNSTORABLE)(difference, exchange),
  },
  {
    id: 'lists-as-text',
    reason: "A list in a column of text is stored as the JSON that was sent, not in Postgres' notation.",
    applies: ({ scenario }) => scenario === 'types are not checked',
    explains: ({ at, theirs, ours }) =>
      /^body\.user\.(name|image|nickname)$/.test(at) && LISTS.has(theirs) && LISTS.get(theirs) === ours,
  },
  {
    id: 'nul-elsewhere',
    reason: 'NUL is the fault of the request at every endpoint that stores its text or looks it up.',
    applies: (exchange) => body(exchange).includes('\\u0000'),
    explains: (difference, exchange) =>
      [CRASH, refused('400 Bad Request', 'FAILED_TO_UNLINK_LAST_ACCOUNT')].some((theirs) =>
        [NO_NUL_FIELD, UNSTORABLE].some((ours) => answers(theirs, ours)(difference, exchange)),
      ),
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
