// POST /sign-up/email: what a body may hold, what is refused with which words, and which rows are left.

import { cookiesOf, get, post, scenario } from '../harness/steps.mjs';
import { ANN, BOB, PASSWORD, signUp } from './people.mjs';

const refused = (title, body) => post(title, '/sign-up/email', { json: body });
const accepted = refused;
const with_ = (fields) => ({ ...ANN, ...fields });

export default [
  scenario(
    'a new user',
    post('e-mail in mixed case, and a user agent', '/sign-up/email', {
      json: { name: 'Ann', email: 'Ann@Example.com', password: PASSWORD },
      headers: [['User-Agent', 'probe/1.0']],
      keep: 'ann',
    }),
    get('the session of that answer', '/get-session', { cookie: cookiesOf('ann') }),
    refused('the same address in another case', with_({ email: 'ANN@example.com' })),
    refused('the same address, and a password that is too short', with_({ password: '1234567' })),
  ),

  scenario(
    'optional fields',
    post('image, rememberMe false and callbackURL', '/sign-up/email', {
      json: { ...BOB, image: 'https://x.example.com/b.png', rememberMe: false, callbackURL: '/welcome' },
      keep: 'bob',
    }),
    get('the session of that answer', '/get-session', { cookie: cookiesOf('bob') }),
    accepted('rememberMe true', with_({ rememberMe: true })),
    accepted('empty name, image and callbackURL', {
      name: '',
      email: 'empty@example.com',
      password: PASSWORD,
      image: '',
      callbackURL: '',
    }),
  ),

  scenario(
    'fields that no one asked for',
    accepted('id, emailVerified and dates are not taken from the body', {
      ...ANN,
      id: 'zzz',
      emailVerified: true,
      createdAt: '2020-01-01T00:00:00.000Z',
      updatedAt: 'yesterday',
      role: 'admin',
      foo: { bar: [1, 2, { baz: null }] },
    }),
    post('__proto__, constructor and prototype', '/sign-up/email', {
      body: `{"name":"P","email":"proto@example.com","password":"${PASSWORD}","__proto__":{"name":"Q","admin":true},"constructor":{"prototype":{"x":1}},"prototype":1}`,
      type: 'application/json',
    }),
    post('duplicate keys: the last one counts', '/sign-up/email', {
      body: `{"name":"First","email":"first@example.com","password":"short","name":"Last","password":"${PASSWORD}","email":"last@example.com"}`,
      type: 'application/json',
    }),
    post('the last one counts, also when it is worse', '/sign-up/email', {
      body: `{"name":"D","email":"d@example.com","password":"${PASSWORD}","password":5}`,
      type: 'application/json',
    }),
  ),

  scenario(
    'names are kept as they are',
    accepted('outside ASCII, with quotes, tags and line ends', {
      ...ANN,
      name: 'Ünïcödé 😀 "quoted" <b>\\ \u2028 \u007f \n\t end',
    }),
    accepted('10 000 characters', { name: 'n'.repeat(10_000), email: 'long@example.com', password: PASSWORD }),
    accepted('only spaces', { name: '   ', email: 'spaces@example.com', password: PASSWORD }),
  ),

  scenario(
    'length of a password',
    refused('7 characters', with_({ password: '1234567' })),
    refused('7 UTF-16 units: three emoji and a letter', with_({ password: '😀😀😀a' })),
    accepted('8 UTF-16 units: four emoji', with_({ password: '😀😀😀😀' })),
    accepted('128 UTF-16 units: 64 emoji', { name: 'E', email: 'e128@example.com', password: '😀'.repeat(64) }),
    refused('129 characters', with_({ password: 'x'.repeat(129) })),
    refused('129 UTF-16 units: 64 emoji and a letter', with_({ password: `${'😀'.repeat(64)}a` })),
    refused('1 MB', with_({ password: 'x'.repeat(1_000_000) })),
    refused('none', with_({ password: '' })),
  ),

  scenario(
    'what validation says',
    refused('an empty object', {}),
    refused('every field of a wrong type', { name: 1, email: 2, password: null, rememberMe: 'yes', image: null }),
    refused('other wrong types', { name: [], email: {}, password: true, rememberMe: 0, image: 5.5 }),
    refused('rememberMe null', with_({ rememberMe: null })),
    refused('image false', with_({ image: false })),
    refused('no name', { email: ANN.email, password: PASSWORD }),
    refused('no e-mail', { name: 'A', password: PASSWORD }),
    refused('no password', { name: 'A', email: ANN.email }),
    refused('several at once, in declared order', { password: '', email: 'nope', name: null }),
    refused('an array', []),
    refused('an array with an object in it', [ANN]),
    refused('a string', 'hi'),
    refused('null', null),
    refused('a number', 12),
    refused('true', true),
    post('no body at all', '/sign-up/email'),
  ),

  scenario(
    'callbackURL is checked before the other fields',
    refused('a number, with other wrong fields', { name: 1, email: 2, callbackURL: 5 }),
    refused('an array', with_({ callbackURL: ['/a'] })),
    refused('an object', with_({ callbackURL: {} })),
    refused('true', with_({ callbackURL: true })),
    refused('null: absent for the check of origins, wrong for validation', with_({ callbackURL: null })),
    refused('false', with_({ callbackURL: false })),
    refused('zero', with_({ callbackURL: 0 })),
    refused('a foreign URL', with_({ callbackURL: 'https://evil.com/' })),
    refused('a foreign URL, and nothing else', { callbackURL: 'https://evil.com/' }),
  ),

  scenario(
    'cookies that come with a sign-up',
    signUp(ANN, { rememberMe: false }),
    post('a session and dont_remember: a new session, dont_remember cleared', '/sign-up/email', {
      json: BOB,
      cookie: cookiesOf('ann'),
      keep: 'bob',
    }),
    get('the old session lives on', '/get-session', { cookie: cookiesOf('ann') }),
    post('rememberMe false with the same cookies', '/sign-up/email', {
      json: { name: 'Cy', email: 'cy@example.com', password: PASSWORD, rememberMe: false },
      cookie: cookiesOf('ann'),
    }),
  ),

  scenario(
    'forms of an e-mail address',
    // The password is too short, so that an accepted address costs no hash: its refusal comes later.
    ...[
      'a@b.co',
      'a+b@b.co',
      'a.b@b.co',
      'A_B-c@sub.b.co',
      "a'b@b.co",
      'a@b',
      'a@localhost',
      'a@b.c',
      'a..b@b.co',
      '.a@b.co',
      'a.@b.co',
      "a'@b.co",
      '-a@b.co',
      '+a@b.co',
      'a-@b.co',
      'a+@b.co',
      'a_@b.co',
      '_@b.co',
      '1@2.co',
      'a@-b.co',
      'a@b-.co',
      'a@b--c.co',
      'a@1.2.3.4',
      'a@[1.2.3.4]',
      'a b@b.co',
      '"a b"@b.co',
      'ü@b.co',
      'a@bü.co',
      'a@xn--b-xga.co',
      'a@b.co.',
      'a@.b.co',
      'a@b..co',
      'a@@b.co',
      'a@b@b.co',
      '@b.co',
      'a@',
      'a',
      '',
      'a%b@b.co',
      'a&b@b.co',
      'a/b@b.co',
      'a=b@b.co',
      'a!b@b.co',
      'a@b_c.co',
      'a@b.c0',
      'a@b.corporation',
      'a@b.c-o',
      'a@b.CO',
      `${'x'.repeat(65)}@b.co`,
      `a@${'b'.repeat(70)}.co`,
      `${'x'.repeat(300)}@${'b'.repeat(300)}.co`,
      ' a@b.co',
      'a@b.co ',
      'a@b.co\n',
      'a\n@b.co',
      'a@b.co\u0000',
      '\u212a@b.co',
      'a@b.ıo',
    ].map((email) => refused(JSON.stringify(email), { name: 'F', email, password: 'short' })),
  ),
];
