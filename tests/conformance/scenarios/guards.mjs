// What stands before every endpoint that wants a session: types and bodies, origins, validation, the session.

import { signed } from '../harness/cookies.mjs';
import { FOREIGN, ORIGIN } from '../harness/settings.mjs';
import { cookiesOf, get, post, request, scenario, tokenOf } from '../harness/steps.mjs';
import { ANN, due, endsIn, signIn, signUp, UNKNOWN } from './people.mjs';

const FORGED = `better-auth.session_token=${'A'.repeat(32)}.${'A'.repeat(43)}%3D`;
const NOT_REMEMBERED = `; better-auth.dont_remember=${encodeURIComponent(signed('true'))}`;

/** Path, a body that a session would get through with, and one that no session gets through with. */
const POSTS = [
  ['/revoke-session', { token: 'x' }, { token: 1 }],
  ['/revoke-sessions', undefined, undefined],
  ['/revoke-other-sessions', undefined, undefined],
  ['/update-session', { a: 1 }, []],
  ['/verify-password', { password: 'wrongwrong' }, { password: null }],
  ['/change-password', { newPassword: 'x', currentPassword: 'y' }, { newPassword: 'x' }],
  ['/change-email', { newEmail: ANN.email }, { newEmail: 'x' }],
  ['/update-user', { email: 'x' }, 'x'],
  ['/delete-user', { password: 'wrongwrong' }, { token: 5 }],
  ['/unlink-account', { accountId: 'x' }, {}],
];

const guardsOfPost = ([path, json, bad]) =>
  scenario(
    `POST ${path}`,
    signUp(ANN),
    post('nobody', path, { json }),
    post('nobody, no Origin', path, { json, origin: null }),
    post('nobody, a foreign page', path, { json, origin: FOREIGN }),
    post('a forged cookie', path, { json, cookie: FORGED }),
    post('a forged bearer', path, { json, bearer: 'nonsense.sig', origin: null }),
    post('an unknown session', path, { json, cookie: UNKNOWN }),
    post('an unknown session as a bearer', path, { json, bearer: 'A'.repeat(32), origin: null }),
    post('an unknown session with stale caches', path, {
      json,
      cookie: `${UNKNOWN}; better-auth.session_data=x; better-auth.session_data.0=y${NOT_REMEMBERED}`,
    }),
    post('a foreign page with a session', path, { json, cookie: cookiesOf('ann'), origin: FOREIGN }),
    post('no Origin with a session', path, { json, cookie: cookiesOf('ann'), origin: null }),
    post('a foreign page, a bad body', path, { json: bad, cookie: cookiesOf('ann'), origin: FOREIGN }),
    post('a foreign callbackURL, nobody', path, { json: { ...json, callbackURL: FOREIGN } }),
    post('a callbackURL that is a number, nobody', path, { json: { ...json, callbackURL: 7 } }),
    post('a foreign callbackURL in the query, nobody', `${path}?callbackURL=${FOREIGN}`, { json }),
    post('a bad body, nobody', path, { json: bad }),
    post('no body, nobody', path),
    post('no JSON, nobody', path, { body: '{', type: 'application/json' }),
    post('no JSON, a foreign page', path, { body: '{', type: 'application/json', cookie: 'a=b', origin: FOREIGN }),
    post('a form, nobody', path, { form: 'token=x&accountId=x&password=x' }),
    post('a form, a foreign page', path, { form: 'token=x', cookie: 'a=b', origin: FOREIGN }),
    post('text, with a session', path, { body: '{}', type: 'text/plain', cookie: cookiesOf('ann') }),
    request('GET', 'GET', `/api/auth${path}`, { cookie: cookiesOf('ann') }),
    request('PUT', 'PUT', `/api/auth${path}`, { cookie: cookiesOf('ann'), origin: ORIGIN, json }),
    post('a trailing slash', `${path}/`, { json, cookie: cookiesOf('ann') }),
    endsIn('ann', '-1 second'),
    post('an expired session', path, { json, cookie: cookiesOf('ann') }),
    post('the same again', path, { json, cookie: cookiesOf('ann') }),
  );

const guardsOfGet = (path) =>
  scenario(
    `GET ${path}`,
    signUp(ANN),
    get('nobody', path),
    get('nobody, a foreign page', path, { origin: FOREIGN }),
    get('a forged cookie', path, { cookie: FORGED }),
    get('a forged bearer', path, { bearer: 'nonsense.sig' }),
    get('an unknown session', path, { cookie: UNKNOWN }),
    get('an unknown session as a bearer', path, { bearer: 'A'.repeat(32) }),
    get('a foreign page with a session', path, { cookie: cookiesOf('ann'), origin: FOREIGN }),
    get('a bearer', path, { bearer: tokenOf('ann') }),
    get('a query', `${path}?x=1&disableRefresh=1&callbackURL=${FOREIGN}`, { cookie: cookiesOf('ann') }),
    request('POST', 'POST', `/api/auth${path}`, { cookie: cookiesOf('ann'), origin: ORIGIN }),
    endsIn('ann', '-1 second'),
    get('an expired session', path, { cookie: cookiesOf('ann') }),
    get('the same again', path, { cookie: cookiesOf('ann') }),
  );

/** Endpoints that end no session, asked with one that is due. */
const REFRESHED = [
  ['/update-session', { a: 1 }],
  ['/verify-password', { password: ANN.password }],
  ['/verify-password', { password: 'wrongwrong' }],
  ['/change-password', { newPassword: 'x', currentPassword: 'y' }],
  ['/change-email', { newEmail: ANN.email }],
  ['/change-email', { newEmail: 'ann2@example.com' }],
  ['/update-user', { name: 'Anna' }],
  ['/update-user', {}],
  ['/delete-user', { password: 'wrongwrong' }],
  ['/unlink-account', { accountId: 'x' }],
  ['/send-verification-email', { email: ANN.email }],
  ['/send-verification-email', { email: 'bob@example.com' }],
];

export default [
  ...POSTS.map(guardsOfPost),
  guardsOfGet('/list-sessions'),
  guardsOfGet('/list-accounts'),

  scenario(
    'a session that is due is extended by any use',
    signUp(ANN),
    ...REFRESHED.flatMap(([path, json]) => [
      due('ann'),
      post(`${path} ${JSON.stringify(json)}`, path, { json, cookie: cookiesOf('ann') }),
    ]),
    due('ann'),
    get('/list-sessions', '/list-sessions', { cookie: cookiesOf('ann') }),
    due('ann'),
    get('/list-accounts', '/list-accounts', { cookie: cookiesOf('ann') }),
    due('ann'),
    get('/list-accounts, for a bearer', '/list-accounts', { bearer: tokenOf('ann') }),
    due('ann'),
    get('/list-accounts, with disableRefresh', '/list-accounts?disableRefresh=1', { cookie: cookiesOf('ann') }),
    post('/update-user, with disableRefresh', '/update-user?disableRefresh=true', {
      json: { name: 'Ann' },
      cookie: cookiesOf('ann'),
    }),
    post('a bad body extends nothing', '/update-user', { json: 1, cookie: cookiesOf('ann') }),
    post('nor does a foreign page', '/update-user', { json: { name: 'x' }, cookie: cookiesOf('ann'), origin: FOREIGN }),
    get('stale caches go as well', '/list-accounts', {
      cookie: (seen) => `${cookiesOf('ann')(seen)}; better-auth.session_data=x; better-auth.session_data.1=y`,
    }),
    get('not due any more', '/list-accounts', { cookie: cookiesOf('ann') }),
  ),

  scenario(
    'a session that is not remembered is not extended',
    signUp(ANN, { rememberMe: false }),
    get('/list-accounts', '/list-accounts', { cookie: cookiesOf('ann') }),
    post('/update-user', '/update-user', { json: { name: 'Anna' }, cookie: cookiesOf('ann') }),
    post('/verify-password', '/verify-password', { json: { password: ANN.password }, cookie: cookiesOf('ann') }),
    get('a bearer is always remembered', '/list-accounts', { bearer: tokenOf('ann') }),
    signIn(ANN, { keep: 'second', rememberMe: false }),
    get('a forged dont_remember is none', '/list-accounts', {
      cookie: (seen) => `${seen.second.cookie('better-auth.session_token')}; better-auth.dont_remember=true.x`,
    }),
  ),
];
