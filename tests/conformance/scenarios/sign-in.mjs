// POST /sign-in/email: answers, the cookies of remembered and unremembered sessions, stored passwords.

import { cookiesOf, get, post, scenario, sessionCookieOf, sql } from '../harness/steps.mjs';
import { signed } from '../harness/cookies.mjs';
import { ANN, BOB, PASSWORD, SCRYPT, signIn, signUp } from './people.mjs';

const CREDENTIALS = { email: ANN.email, password: PASSWORD };
const signInWith = (title, json, more) => post(title, '/sign-in/email', { json, ...more });

/** Puts a password hash into the one account there is, and signs in with `password1234`. */
const storedHash = (title, hash) => [
  sql(`store ${title}`, 'update account set password = $1', [hash]),
  signInWith(`sign-in against ${title}`, CREDENTIALS),
];

export default [
  scenario(
    'right and wrong',
    signUp(ANN),
    signInWith('right, e-mail in another case', { email: 'ANN@example.com', password: PASSWORD }, { keep: 'second' }),
    get('the session of that answer', '/get-session', { cookie: cookiesOf('second') }),
    get('the session of the sign-up lives on', '/get-session', { cookie: cookiesOf('ann') }),
    signInWith('wrong password', { ...CREDENTIALS, password: 'wrongwrong' }),
    signInWith('the right password and a space', { ...CREDENTIALS, password: `${PASSWORD} ` }),
    signInWith('empty password', { ...CREDENTIALS, password: '' }),
    signInWith('short password', { ...CREDENTIALS, password: 'x' }),
    signInWith('unknown user', { ...CREDENTIALS, email: 'nobody@example.com' }),
    signInWith('129 characters', { ...CREDENTIALS, password: 'x'.repeat(129) }),
    signInWith('128 characters', { ...CREDENTIALS, password: 'x'.repeat(128) }),
    signInWith('129 UTF-16 units', { ...CREDENTIALS, password: `${'😀'.repeat(64)}a` }),
    signInWith('1 MB of password', { ...CREDENTIALS, password: 'x'.repeat(1_000_000) }),
  ),

  scenario(
    'what is refused before any look-up',
    signInWith('no e-mail address', { email: 'nope', password: PASSWORD }),
    signInWith('spaces around the address', { email: ' ann@example.com ', password: PASSWORD }),
    signInWith('a bad address before a long password', { email: 'nope', password: 'x'.repeat(129) }),
    signInWith('an empty address', { email: '', password: PASSWORD }),
    signInWith('an empty object', {}),
    signInWith('wrong types', { email: 1, password: 2, rememberMe: 'x' }),
    signInWith('other wrong types', { email: null, password: [], rememberMe: {} }),
    signInWith('rememberMe null', { ...CREDENTIALS, rememberMe: null }),
    signInWith('callbackURL null', { ...CREDENTIALS, callbackURL: null }),
    signInWith('callbackURL a number', { ...CREDENTIALS, callbackURL: 7 }),
    signInWith('callbackURL false', { ...CREDENTIALS, callbackURL: false }),
    signInWith('an array', []),
    signInWith('null', null),
    signInWith('a string', 'ann'),
    signInWith('a number', 1),
    post('no body', '/sign-in/email'),
  ),

  scenario(
    'callbackURL',
    signUp(ANN),
    signInWith('a path', { ...CREDENTIALS, callbackURL: '/dash?x=1' }),
    signInWith('a path with a fragment, outside ASCII only there', { ...CREDENTIALS, callbackURL: '/d?a=b#%C3%A9' }),
    signInWith('a URL of a trusted origin', { ...CREDENTIALS, callbackURL: 'https://app.example.com/x?y' }),
    signInWith('an empty string', { ...CREDENTIALS, callbackURL: '' }),
    signInWith('a foreign URL', { ...CREDENTIALS, callbackURL: 'https://evil.com' }),
    signInWith('a path, with a wrong password', { ...CREDENTIALS, password: 'wrongwrong', callbackURL: '/dash' }),
  ),

  scenario(
    'rememberMe',
    signUp(ANN),
    signIn(ANN, { keep: 'short', title: 'rememberMe false', rememberMe: false }),
    get('that session, with both cookies', '/get-session', { cookie: cookiesOf('short') }),
    signInWith('remembered again: dont_remember is cleared', CREDENTIALS, { cookie: cookiesOf('short') }),
    signInWith('rememberMe true says the same', { ...CREDENTIALS, rememberMe: true }, { cookie: cookiesOf('short') }),
    signInWith('not remembered twice', { ...CREDENTIALS, rememberMe: false }, { cookie: cookiesOf('short') }),
    signInWith('a wrong password leaves dont_remember alone', { ...CREDENTIALS, password: 'wrongwrong' }, {
      cookie: cookiesOf('short'),
    }),
    signInWith('an unsigned dont_remember is none', CREDENTIALS, { cookie: 'better-auth.dont_remember=true' }),
    signInWith('a wrongly signed one neither', CREDENTIALS, {
      cookie: `better-auth.dont_remember=${encodeURIComponent(signed('true', 'another secret'))}`,
    }),
    signInWith('a rightly signed other value', CREDENTIALS, {
      cookie: `better-auth.dont_remember=${encodeURIComponent(signed('false'))}`,
    }),
    signInWith('a rightly signed empty value', CREDENTIALS, {
      cookie: `better-auth.dont_remember=${encodeURIComponent(signed(''))}`,
    }),
  ),

  scenario(
    'who signs in from where',
    signUp(ANN),
    ...[
      ['a user agent', [['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64) "quoted" \\ agent']]],
      ['an empty user agent', [['User-Agent', '']]],
      ['a user agent of 3000 characters', [['User-Agent', 'u'.repeat(3000)]]],
      ['a user agent outside ASCII', [['User-Agent', 'f\u00fc\u00ff']]],
      ['an address', [['X-Forwarded-For', '203.0.113.7']]],
      ['an address and blanks', [['X-Forwarded-For', '  203.0.113.7  ']]],
      ['two addresses', [['X-Forwarded-For', '203.0.113.7, 10.0.0.1']]],
      ['two headers', [['X-Forwarded-For', '203.0.113.7'], ['X-Forwarded-For', '10.0.0.1']]],
      ['an address and a comma', [['X-Forwarded-For', '203.0.113.7,']]],
      ['an address with a port', [['X-Forwarded-For', '203.0.113.7:443']]],
      ['a name', [['X-Forwarded-For', 'unknown']]],
      ['an impossible address', [['X-Forwarded-For', '203.0.113.256']]],
      ['leading zeros', [['X-Forwarded-For', '203.0.113.007']]],
      ['IPv6', [['X-Forwarded-For', '2001:DB8:1:2:3:4:5:6']]],
      ['short IPv6', [['X-Forwarded-For', '2001:db8::1']]],
      ['IPv6 in brackets', [['X-Forwarded-For', '[2001:db8::1]']]],
      ['IPv6 with a zone', [['X-Forwarded-For', 'fe80::1%eth0']]],
      ['IPv4 in IPv6', [['X-Forwarded-For', '::ffff:192.0.2.1']]],
      ['IPv4 in IPv6, in hexadecimal', [['X-Forwarded-For', '::ffff:c000:201']]],
      ['other headers do not count', [['X-Real-IP', '203.0.113.9'], ['Forwarded', 'for=203.0.113.9']]],
    ].map(([title, headers]) => signInWith(title, CREDENTIALS, { headers })),
  ),

  scenario(
    'stored passwords',
    signUp(ANN),
    ...storedHash("Better Auth's scrypt", SCRYPT),
    signInWith('the same with a wrong password', { ...CREDENTIALS, password: 'wrongwrong' }),
    ...storedHash("another's scrypt", SCRYPT.replaceAll('9', '8')),
    ...storedHash('no password', null),
    ...storedHash('an empty password', ''),
    ...storedHash('a key that is no hexadecimal', `${SCRYPT.slice(0, 33)}zzzz`),
    ...storedHash('bcrypt', '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy'),
    ...storedHash('text without a colon', 'password1234'),
    ...storedHash('only a colon', ':'),
    ...storedHash('a salt and nothing', 'abcdef:'),
    ...storedHash('a key and no salt', `:${SCRYPT.slice(33)}`),
    ...storedHash('three parts', `${SCRYPT}:00`),
    ...storedHash('the scrypt hash in upper case', SCRYPT.toUpperCase()),
  ),

  scenario(
    'which account counts',
    signUp(ANN),
    sql('a password that both know', 'update account set password = $1', [SCRYPT]),
    sql('another provider', `update account set "providerId" = 'github'`),
    signInWith('no credential account', CREDENTIALS),
    sql('accountId of someone else', `update account set "providerId" = 'credential', "accountId" = 'x'`),
    signInWith('the account id must be the user id', CREDENTIALS),
    sql('right again', 'update account set "accountId" = "userId"'),
    sql(
      'a second credential account, without a password',
      `insert into account (id, "accountId", "providerId", "userId", "createdAt", "updatedAt")
       select 'second', 'x', 'credential', "userId", "createdAt", "updatedAt" from account`,
    ),
    signInWith('the right one of two', CREDENTIALS),
    sql('no account at all', 'delete from account'),
    signInWith('a user without accounts', CREDENTIALS),
    sql('an address stored in upper case', `update "user" set email = 'ANN@EXAMPLE.COM'`),
    signInWith('is not found', CREDENTIALS),
  ),

  scenario(
    'Unicode forms of a password',
    signUp({ ...ANN, password: 'Pässwörd ﬁ½' }),
    signInWith('as it was', { email: ANN.email, password: 'Pässwörd ﬁ½' }),
    signInWith('its compatible form', { email: ANN.email, password: 'Pa\u0308sswo\u0308rd fi1\u20442' }),
    signInWith('letters without marks', { email: ANN.email, password: 'Password fi1/2' }),
    signUp({ ...BOB, password: '\u212bngstro\u0308m' }),
    signInWith('the Ångström sign and the letter are one', { email: BOB.email, password: '\u00c5ngstr\u00f6m' }),
  ),

  scenario(
    'a session cookie that comes along',
    signUp(ANN),
    signUp(BOB),
    signInWith("another user's session neither helps nor ends", CREDENTIALS, {
      cookie: sessionCookieOf('bob'),
      keep: 'third',
    }),
    get("the other user's session", '/get-session', { cookie: sessionCookieOf('bob') }),
    get('the new session', '/get-session', { cookie: sessionCookieOf('third') }),
    post('bearer of another user with a sign-in', '/sign-in/email', {
      json: CREDENTIALS,
      bearer: (seen) => seen.bob.authToken,
    }),
  ),
];
