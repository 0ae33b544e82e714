// Mails, the links in them, and where they lead.

import { answers, CRASH, isPost, oneOf, refused, stepOf } from './words.mjs';

const TAKEN = 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL';
const INVALID_TOKEN = refused('401 Unauthorized', 'INVALID_TOKEN');
const VERIFIED = { status: '200 OK', text: /^\{"status":true[,}]/ };

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

const NOWHERE = ['the new one is no address', 'a confirmation for no address'];

export default [
  {
    id: 'nul-in-a-link',
    reason: 'A token with NUL is the fault of the request.',
    applies: ({ request }) => request?.target === '/api/auth/delete-user/callback?token=a%00b',
    explains: oneOf([
      CRASH,
      {
        ...refused('400 Bad Request', 'BAD_REQUEST'),
        text: '{"message":"The request holds a text that cannot be stored","code":"BAD_REQUEST"}',
      },
    ]),
  },
  {
    id: 'claims-of-other-types',
    reason: 'A rightly signed token whose claims are not what they should be is no valid token.',
    applies: (exchange) => isVerification(exchange) && exchange.scenario === 'claims',
    explains: linkFailed(INVALID_TOKEN),
  },
  {
    id: 'address-taken-meanwhile',
    reason: 'Whoever follows a link to an address that was taken in the meantime hears so.',
    applies: (exchange) => isVerification(exchange) && exchange.scenario === 'an address that is taken meanwhile',
    explains: linkFailed(refused('422 Unprocessable Entity', TAKEN)),
  },
  {
    id: 'no-mail-to-a-taken-address',
    reason: 'The second mail of a change does not go to an address that is taken by then: its link could only fail.',
    applies: ({ scenario, title }) =>
      scenario === 'an address that is taken meanwhile' && title === 'a confirmation sends its mail all the same',
    explains: ({ at, theirs, ours }) =>
      at === 'mails' && ours === undefined && theirs.length === 1 && theirs[0].type === 'change-email-verification',
  },
  {
    id: 'void-after-a-new-password',
    reason:
      'A link that changes an address is void once the password is set anew: the owner has taken the account back from whoever asked for it.',
    applies: (exchange) =>
      isVerification(exchange) && exchange.scenario === 'a password that is set while a link is out',
    explains: (difference, exchange) =>
      answers({ status: '302 Found', location: '/' }, failed(exchange, 'INVALID_TOKEN'))(difference, exchange),
  },
  {
    id: 'change-to-no-address',
    reason: 'A rightly signed token that names no address as the new one changes nothing, and sends nothing.',
    applies: ({ group, scenario }) => group === 'change-email' && scenario === 'tokens',
    explains: (difference, exchange) => {
      const { at, theirs, ours } = difference;
      // The user whose address was changed and changed back at Better Auth.
      if (exchange.kind === 'rows') return at === 'rows.user.0.updatedAt' && stepOf(theirs) === stepOf(ours) + 1;
      if (!NOWHERE.includes(exchange.title)) return false;
      return (
        answers(VERIFIED, INVALID_TOKEN)(difference, exchange) ||
        (at === 'mails' && ours === undefined && theirs.length === 1 && theirs[0].to === 'nope') ||
        (/^headers\.(set-auth-token|access-control-expose-headers)(\.|$)/.test(at) && exchange.title === NOWHERE[0])
      );
    },
  },
  {
    id: 'token-with-a-blank',
    reason: 'A token is taken as it is; Better Auth leaves blanks at its end aside.',
    applies: (exchange) => isVerification(exchange) && exchange.request.target.endsWith('%20'),
    explains: oneOf([VERIFIED, INVALID_TOKEN]),
  },
  {
    id: 'void-reset-links',
    reason: 'Once a password or an address has changed, no reset link that was mailed before it works.',
    applies: (exchange) => isPost(exchange, '/reset-password') && exchange.title === 'the mail before it',
    explains: oneOf([{ status: '200 OK', text: '{"status":true}' }, refused('400 Bad Request', 'INVALID_TOKEN')]),
  },
  {
    id: 'location-of-ascii',
    reason: 'What a header cannot hold is percent-encoded in Location, as clients do with it anyway.',
    applies: isVerification,
    explains: ({ at, theirs, ours }) => at === 'headers.location.0' && ours === encodeURI(theirs),
  },
  {
    id: 'user-of-a-mail',
    reason: 'A mail has the user as the database does when it is sent, with all fields, as most mails of Better Auth.',
    applies: ({ kind, ours }) => kind === 'request' && ours.mails !== undefined,
    explains: ({ at, theirs, ours }) =>
      (/^mails\.\d+\.user\.updatedAt$/.test(at) && stepOf(theirs) < stepOf(ours)) ||
      (/^mails\.\d+\.user\.secretNote$/.test(at) && theirs === undefined),
  },
];
