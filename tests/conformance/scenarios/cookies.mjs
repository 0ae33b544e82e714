// How a session cookie is read: encodings, quotes, duplicates, forgeries.

import { signature, signed } from '../harness/cookies.mjs';
import { get, scenario, sql } from '../harness/steps.mjs';
import { ANN, BOB, KNOWN_TOKEN, signUp } from './people.mjs';

const NAME = 'better-auth.session_token';

/** Asks for the session with the `Cookie` header that `make` builds of its token, which is known beforehand. */
const asked = (title, make) =>
  get(title, '/get-session', { cookie: (seen) => make(KNOWN_TOKEN, seen.bob?.json.token) });

const signUpWithKnownToken = [signUp(ANN), sql('its token', 'update session set token = $1', [KNOWN_TOKEN])];

const encoded = (token, secret) => encodeURIComponent(signed(token, secret));
const cookie = (value) => `${NAME}=${value}`;

export default [
  scenario(
    'spellings of one cookie',
    ...signUpWithKnownToken,
    asked('encoded', (token) => cookie(encoded(token))),
    asked('not encoded', (token) => cookie(signed(token))),
    asked('escapes in lower case', (token) => cookie(encoded(token).replace(/%../g, (e) => e.toLowerCase()))),
    asked('more escapes than needed', (token) =>
      cookie([...signed(token)].map((c) => `%${c.charCodeAt(0).toString(16)}`).join(''))),
    asked('encoded twice', (token) => cookie(encodeURIComponent(encoded(token)))),
    asked('a plus for a blank is none', (token) => cookie(signed(token).replaceAll('+', '%20'))),
    asked('quoted', (token) => cookie(`"${encoded(token)}"`)),
    asked('quoted, not encoded', (token) => cookie(`"${signed(token)}"`)),
    asked('a quote at the start only', (token) => cookie(`"${encoded(token)}`)),
    asked('a quote at the end only', (token) => cookie(`${encoded(token)}"`)),
    asked('quotes that are escaped', (token) => cookie(`%22${encoded(token)}%22`)),
    asked('blanks around', (token) => `  ${NAME}  =  ${encoded(token)}  ;`),
    asked('a tab around', (token) => `\t${NAME}\t=\t${encoded(token)}\t`),
    asked('other cookies around', (token) => `a=b; ${cookie(encoded(token))}; c="d;e"; f`),
    asked('no blank between', (token) => `a=b;${cookie(encoded(token))};c=d`),
    asked('a cookie without a value before', (token) => `a; b; ${cookie(encoded(token))}`),
    asked('empty cookies before', (token) => `;; =; =x; ${cookie(encoded(token))}`),
    asked('a comma is no separator', (token) => `a=b, ${cookie(encoded(token))}`),
    asked('100 cookies before', (token) =>
      [...Array.from({ length: 100 }, (_, at) => `c${at}=${'v'.repeat(50)}`), cookie(encoded(token))].join('; ')),
    asked('a broken escape elsewhere', (token) => `a=%zz; ${cookie(encoded(token))}`),
    asked('letters outside ASCII elsewhere', (token) => `a=\u00fc; ${cookie(encoded(token))}`),
    asked('a broken escape behind: taken as it is', (token) => cookie(`${signed(token)}%`)),
    get('two Cookie headers', '/get-session', {
      headers: [
        ['Cookie', 'a=b'],
        ['Cookie', cookie(encoded(KNOWN_TOKEN))],
      ],
    }),
  ),

  scenario(
    'names',
    ...signUpWithKnownToken,
    asked('with the prefix of https', (token) => `__Secure-${cookie(encoded(token))}`),
    asked('with the prefix of a host', (token) => `__Host-${cookie(encoded(token))}`),
    asked('a dash for the dot', (token) => `better-auth-session_token=${encoded(token)}`),
    asked('another case', (token) => `Better-Auth.session_token=${encoded(token)}`),
    asked('an escaped name', (token) => `better%2Dauth.session_token=${encoded(token)}`),
    asked('another prefix', (token) => `acme.session_token=${encoded(token)}`),
  ),

  scenario(
    'duplicates: the first counts',
    ...signUpWithKnownToken,
    signUp(BOB),
    asked('a bad one first', (token) => `${cookie('bad')}; ${cookie(encoded(token))}`),
    asked('a bad one last', (token) => `${cookie(encoded(token))}; ${cookie('bad')}`),
    asked('an empty one first', (token) => `${cookie('')}; ${cookie(encoded(token))}`),
    asked('two users', (ann, bob) => `${cookie(encoded(bob))}; ${cookie(encoded(ann))}`),
  ),

  scenario(
    'forgeries',
    ...signUpWithKnownToken,
    signUp(BOB),
    asked('the right one', (token) => cookie(encoded(token))),
    asked('no signature', (token) => cookie(token)),
    asked('an empty signature', (token) => cookie(`${token}.`)),
    asked('a signature of zeros', (token) => cookie(`${token}.${'A'.repeat(43)}%3D`)),
    asked("another token's signature", (ann, bob) => cookie(encodeURIComponent(`${ann}.${signature(bob)}`))),
    asked('another secret', (token) => cookie(encoded(token, 'another secret'))),
    asked('a token with one other letter', (token) =>
      cookie(encodeURIComponent(`${token.slice(0, -1)}_.${signature(token)}`))),
    asked('a signature without its padding', (token) => cookie(encoded(token).replace('%3D', ''))),
    asked('a signature with more padding', (token) => cookie(`${encoded(token)}%3D`)),
    asked('another alphabet of base64', (token) =>
      cookie(signed(token).replaceAll('+', '-').replaceAll('/', '_'))),
    asked('other bits behind the last byte', (token) => cookie(encodeURIComponent(otherLastBits(signed(token))))),
    asked('a blank in the signature', (token) => cookie(`${signed(token).slice(0, -5)}%20${signed(token).slice(-4)}`)),
    asked('three parts', (token) => cookie(encodeURIComponent(signed(`${token}.x`)))),
    asked('three parts, the last two are a signed token', (token) => cookie(`x.${encoded(token)}`)),
    asked('an empty token, signed', () => cookie(encoded(''))),
    asked('only a dot', () => cookie('.')),
    asked('nothing', () => cookie('')),
    asked('a token of 10 000 letters, signed', () => cookie(encoded('x'.repeat(10_000)))),
    asked('NUL in a signed token', () => cookie(encoded('a\u0000b'))),
    asked('a quote and SQL in a signed token', () => cookie(encoded(`' or 1=1 --`))),
  ),
];

/** The same 32 bytes spelled with a last letter whose unused bits are set. */
function otherLastBits(value) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const last = letters.indexOf(value.at(-2));
  return `${value.slice(0, -2)}${letters[last + 1]}=`;
}
