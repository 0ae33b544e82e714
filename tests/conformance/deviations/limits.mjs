// Limits: what is counted, and under which name.

import { answers, LIMITED, NOT_FOUND, oneOf, ownHeader } from './words.mjs';

const isFor = ({ request }, path) => request?.target.startsWith(path);
const waits = ({ at, theirs, ours }) => at === 'headers.x-retry-after' && theirs?.length === 1 && ours === undefined;

export default [
  {
    id: 'retry-after',
    reason: "The standard header beside Better Auth's own: what clients and proxies know how to read.",
    applies: ({ ours }) => ours?.status === LIMITED.status,
    explains: ownHeader('retry-after', (value, { ours }) => value === ours.headers['x-retry-after']?.[0]),
  },
  {
    id: 'limits-of-what-is-there',
    reason: 'Paths that are not there are never counted: made up ones would fill the table. Nor is /ok.',
    applies: ({ group, scenario }) => group === 'limits' && scenario === 'what is not there',
    explains: (difference, exchange) =>
      oneOf([LIMITED, NOT_FOUND], [LIMITED, { status: '200 OK', text: '{"ok":true}' }])(difference, exchange) ||
      waits(difference) ||
      (difference.at === 'rows.0.count' && difference.theirs === 8 && difference.ours === 0),
  },
  {
    id: 'limits-outside-of-the-base-path',
    reason: "What lies outside of the base path is another application's; it uses up no limit here.",
    applies: (exchange) => isFor(exchange, '/verify-email'),
    explains: (difference, exchange) => answers(LIMITED, NOT_FOUND)(difference, exchange) || waits(difference),
  },
  {
    id: 'limits-by-endpoint',
    reason: 'Who guesses tokens in a path is counted whatever the token: one count for /reset-password/{token}.',
    applies: (exchange) => isFor(exchange, '/api/auth/reset-password/two'),
    explains: (difference, exchange) =>
      answers({ status: '302 Found', location: 'http://localhost:44001/x?error=INVALID_TOKEN' }, LIMITED)(
        difference,
        exchange,
      ) || ownHeader('x-retry-after', (value) => value === '5')(difference, exchange),
  },
  {
    id: 'no-bucket-for-all',
    reason: 'Clients whose address nobody knows share no count: one of them could lock out all others.',
    applies: ({ group, scenario }) => group === 'limits' && scenario === 'nobody knows whose address it is',
    explains: ({ at, theirs, ours }) =>
      (at === 'rows.0.buckets' && theirs === 1 && ours === 0) ||
      (at === 'rows.0.max' && [1, 5].includes(theirs) && ours === null),
  },
];
