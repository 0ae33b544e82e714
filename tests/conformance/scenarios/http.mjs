// Routing, methods, content types and bodies: the rules that hold for every endpoint.

import { get, post, request, scenario } from '../harness/steps.mjs';
import { ANN, signUp } from './people.mjs';

const WRONG = { email: ANN.email, password: 'zzzzzzzzzz' };
const WRONG_JSON = JSON.stringify(WRONG);
const JSON_TYPE = 'application/json';
const signInBody = (title, body, type = JSON_TYPE) => post(title, '/sign-in/email', { body, type });

const nested = (depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const padded = (pad) => `${WRONG_JSON.slice(0, -1)},"pad":${pad}}`;

export default [
  scenario(
    'routes',
    get('ok', '/ok'),
    get('ok with a query', '/ok?x=1'),
    get('ok with a cookie and a foreign origin', '/ok', { cookie: 'a=b', origin: 'https://evil.com' }),
    get('unknown', '/nope'),
    get('trailing slash', '/ok/'),
    get('double slash', '//ok'),
    get('upper case', '/OK'),
    get('percent-encoded', '/%6Fk'),
    get('a path below', '/ok/more'),
    get('half a path', '/sign-in'),
    get('the base path alone, with a slash', '/'),
    request('the base path alone', 'GET', '/api/auth'),
    request('without the base path', 'GET', '/get-session'),
    request('the root', 'GET', '/'),
    request('another base path', 'GET', '/api/authx/ok'),
    post('unknown, with a cookie and a foreign origin', '/nope', {
      json: {},
      cookie: 'a=b',
      origin: 'https://evil.com',
    }),
    post('unknown, with a body that is no JSON', '/nope', { body: '{', type: JSON_TYPE }),
  ),

  scenario(
    'methods',
    ...['POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'].map((method) => request(`${method} ok`, method, '/api/auth/ok')),
    ...['GET', 'PUT', 'HEAD'].map((method) => request(`${method} sign-in`, method, '/api/auth/sign-in/email')),
    ...['GET', 'PATCH'].map((method) => request(`${method} sign-up`, method, '/api/auth/sign-up/email')),
    ...['PUT', 'HEAD', 'DELETE'].map((method) => request(`${method} session`, method, '/api/auth/get-session')),
    request('PUT with a body', 'PUT', '/api/auth/sign-in/email', { json: WRONG, cookie: 'a=b' }),
  ),

  scenario(
    'content types',
    ...[
      'text/plain',
      'application/vnd.api+json',
      'multipart/form-data; boundary=x',
      'application/octet-stream',
      'application/jsonp',
      'application',
      'json',
      '; charset=utf-8',
      'application/json, text/plain',
      'text/plain; application/json',
      'text/pläin "quoted" \\',
    ].map((type) => signInBody(`refused: ${type}`, WRONG_JSON, type)),
    ...[
      'application/json; charset=utf-8',
      'APPLICATION/JSON',
      'application/json;charset=iso-8859-1',
      'application/json ; x="y"',
      ' application/json ',
    ].map((type) => signInBody(`accepted: ${type}`, WRONG_JSON, type)),
    signInBody('no content type: the body is dropped', WRONG_JSON, null),
    signInBody('an empty content type', WRONG_JSON, ''),
    post('sign-out names its own types', '/sign-out', { body: '{}', type: 'text/plain' }),
    signInBody('a refused type without a body', undefined, 'text/plain'),
    signInBody('a refused type and an empty body', '', 'text/plain'),
    post('before the origin is looked at', '/sign-in/email', {
      body: WRONG_JSON,
      type: 'text/plain',
      cookie: 'a=b',
      origin: 'https://evil.com',
    }),
  ),

  scenario(
    'JSON',
    ...[
      ['an open brace', '{bad'],
      ['half a document', WRONG_JSON.slice(0, -3)],
      ['a trailing comma', `${WRONG_JSON.slice(0, -1)},}`],
      ['text behind', `${WRONG_JSON} x`],
      ['two documents', `${WRONG_JSON}${WRONG_JSON}`],
      ['single quotes', WRONG_JSON.replaceAll('"', "'")],
      ['a comment', `/* */${WRONG_JSON}`],
      ['NaN', padded('NaN')],
      ['a leading zero', padded('01')],
      ['a leading plus', padded('+1')],
      ['a raw line end in a string', padded('"a\nb"')],
      ['a raw control character in a string', padded('"a\u0001b"')],
      ['a bad escape', padded('"\\x41"')],
      ['a short \\u escape', padded('"\\u12"')],
      ['blanks only', '  \n '],
      ['nothing', ''],
      ['blanks around', ` \r\n\t${WRONG_JSON}\n `],
      ['a byte order mark', `\ufeff${WRONG_JSON}`],
      ['a form feed around', `\f${WRONG_JSON}`],
      ['keys with escapes', WRONG_JSON.replace('"email"', '"\\u0065mail"')],
      ['a number past all doubles', padded('1e400')],
      ['a number of 400 digits', padded('9'.repeat(400))],
      ['minus zero and small numbers', padded('[-0, 1E-400, 0.1e+2]')],
      ['100 levels deep', padded(nested(100))],
      ['key __proto__', padded('1,"__proto__":{"email":"x"}')],
      ['key repeated 1000 times', `{${'"a":1,'.repeat(1000)}${WRONG_JSON.slice(1)}`],
      ['2 MB of padding', padded(`"${'x'.repeat(2_000_000)}"`)],
    ].map(([title, body]) => signInBody(title, body)),
    post('a body in chunks', '/sign-in/email', { json: WRONG, chunked: true }),
    post('an empty body in chunks', '/sign-in/email', { body: '', type: JSON_TYPE, chunked: true }),
    post('before the origin is looked at', '/sign-in/email', {
      body: '{',
      type: JSON_TYPE,
      cookie: 'a=b',
      origin: 'https://evil.com',
    }),
  ),

  scenario(
    'bytes that are no text',
    post('bytes that are no UTF-8', '/sign-in/email', {
      body: Buffer.concat([Buffer.from(WRONG_JSON.slice(0, -2)), Buffer.from([0xff, 0xc3]), Buffer.from('"}')]),
      type: JSON_TYPE,
    }),
    post('a form with bytes that are no UTF-8', '/sign-in/email', {
      form: 'email=ann%40example.com&password=zzzzzzzzzz%FF%C3',
    }),
    signInBody('1000 levels deep', padded(nested(1000))),
    signInBody('a lone surrogate in a password', padded('0').replace('zzzz', '\\ud800')),
    signInBody('a lone surrogate in an unknown field', padded('"\\udc00"')),
    signInBody('a pair of surrogates', padded('"\\ud83d\\ude00"')),
    signInBody('NUL in a password', padded('0').replace('zzzz', '\\u0000')),
    signInBody('NUL in an unknown field', padded('"\\u0000"')),
    post('NUL in a name', '/sign-up/email', { json: { ...ANN, name: 'A\u0000nn' } }),
    post('NUL in an image', '/sign-up/email', { json: { ...ANN, image: '\u0000' } }),
  ),

  scenario(
    'forms',
    signUp({ ...ANN, name: 'Form' }),
    ...[
      ['right', 'email=ann%40example.com&password=password1234'],
      ['wrong', 'email=ann%40example.com&password=zzzzzzzzzz'],
      ['plus is a blank', 'email=ann%40example.com&password=zzzz+zzzzzz'],
      ['the last of two', 'email=nope&password=x&email=ann%40example.com&password=password1234'],
      ['no equals sign', 'email&password'],
      ['empty values', 'email=&password='],
      ['callbackURL', 'email=ann%40example.com&password=password1234&callbackURL=%2Fdash'],
      ['a foreign callbackURL', 'email=ann%40example.com&password=password1234&callbackURL=https://evil.com'],
      ['rememberMe is text, no boolean', 'email=ann%40example.com&password=password1234&rememberMe=true'],
      ['broken escapes stay', 'email=ann%40example.com&password=%zz%4'],
      ['ampersands without fields', '&&email=ann%40example.com&&password=zzzzzzzzzz&'],
      ['equals signs in a value', 'email=ann%40example.com&password=a=b=c'],
      ['raw letters outside ASCII', 'email=ann%40example.com&password=pässwörd'],
      ['escaped names', '%65mail=ann%40example.com&p%61ssword=password1234'],
      ['nothing', ''],
      ['JSON', WRONG_JSON],
    ].map(([title, form]) => post(title, '/sign-in/email', { form })),
    post('a charset', '/sign-in/email', {
      body: 'email=ann%40example.com&password=password1234',
      type: 'application/x-www-form-urlencoded; charset=UTF-8',
    }),
    post('in upper case', '/sign-in/email', {
      body: 'email=ann%40example.com&password=zzzzzzzzzz',
      type: 'Application/X-WWW-Form-Urlencoded',
    }),
    post('a sign-up', '/sign-up/email', { form: 'name=F+G%2BH&email=form%40example.com&password=password1234&x=1' }),
    post('a sign-up with rememberMe', '/sign-up/email', {
      form: 'name=F&email=form2%40example.com&password=password1234&rememberMe=false',
    }),
    post('a sign-up without anything', '/sign-up/email', { form: 'x' }),
  ),
];
