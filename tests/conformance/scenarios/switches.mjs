// Paths that are off, slashes at the end, sign-ups that are off, no refresh, no passwords.

import { cookiesOf, get, post, request, scenario, tokenOf } from '../harness/steps.mjs';
import { ANN, BOB, due, insertedUser, PASSWORD, signIn } from './people.mjs';

const off = [
  scenario(
    'paths that are off',
    insertedUser(ANN),
    signIn(ANN, { keep: 'ann' }),
    get('one', '/list-accounts', { cookie: cookiesOf('ann') }),
    get('nobody', '/list-accounts'),
    get('with a query', '/list-accounts?x=1', { cookie: cookiesOf('ann') }),
    get('a slash behind', '/list-accounts/', { cookie: cookiesOf('ann') }),
    get('two slashes behind', '/list-accounts//', { cookie: cookiesOf('ann') }),
    get('another case', '/LIST-ACCOUNTS', { cookie: cookiesOf('ann') }),
    get('another spelling', '/list%2Daccounts', { cookie: cookiesOf('ann') }),
    get('a path below', '/list-accounts/x', { cookie: cookiesOf('ann') }),
    post('any method', '/list-accounts', { json: {} }),
    post('another one', '/update-user', { json: { name: 'x' }, cookie: cookiesOf('ann') }),
    post('before the body is read', '/update-user', { body: '{', type: 'application/json', cookie: cookiesOf('ann') }),
    post('before the origin is looked at', '/update-user', { json: {}, origin: 'https://evil.com', cookie: 'a=b' }),
    get('one of a pattern', '/reset-password/abc?callbackURL=/x'),
    get('another of the pattern', '/reset-password/abd?callbackURL=/x'),
    get('what is on', '/list-sessions', { cookie: cookiesOf('ann') }),
  ),

  scenario(
    'slashes at the end',
    insertedUser(ANN),
    get('ok', '/ok/'),
    get('two', '/ok//'),
    get('three', '/ok///'),
    get('before a query', '/ok/?x=1'),
    get('in the middle', '/sign-in//email'),
    get('at the front', '//ok'),
    get('the base path alone', '/'),
    request('the base path without a slash', 'GET', '/api/auth'),
    post('sign-in', '/sign-in/email/', { json: { email: ANN.email, password: PASSWORD } }),
    post('sign-out', '/sign-out/', { json: {} }),
    get('get-session', '/get-session/'),
    get('reset-password', `/reset-password/${'a'.repeat(24)}/?callbackURL=/x`),
    get('verify-email', '/verify-email/?token=x'),
  ),

  scenario(
    'sign-ups are off',
    post('a sign-up', '/sign-up/email', { json: ANN }),
    post('a form', '/sign-up/email', { form: 'name=F&email=f%40example.com&password=password1234' }),
    post('a bad body', '/sign-up/email', { json: { email: 1 } }),
    post('a short password', '/sign-up/email', { json: { ...ANN, password: 'x' } }),
    post('a foreign page', '/sign-up/email', { json: ANN, origin: 'https://evil.com' }),
  ),

  scenario(
    'no refresh',
    insertedUser(ANN),
    signIn(ANN, { keep: 'ann' }),
    due('ann'),
    get('a session that is due', '/get-session', { cookie: cookiesOf('ann') }),
    get('at a guarded endpoint', '/list-sessions', { cookie: cookiesOf('ann') }),
    get('for a bearer', '/get-session', { bearer: tokenOf('ann') }),
  ),
];

export default off;

export const noPasswords = [
  scenario(
    'no passwords',
    insertedUser(ANN),
    post('sign-up', '/sign-up/email', { json: BOB }),
    post('sign-up, a bad body', '/sign-up/email', { json: {} }),
    post('sign-in', '/sign-in/email', { json: { email: ANN.email, password: PASSWORD } }),
    post('sign-in, no address', '/sign-in/email', { json: { email: 'nope', password: PASSWORD } }),
    post('sign-in, a bad body', '/sign-in/email', { json: {} }),
    post('sign-in, a foreign callbackURL', '/sign-in/email', { json: { callbackURL: 'https://evil.com' } }),
    post('a reset', '/request-password-reset', { json: { email: ANN.email, redirectTo: '/x' } }),
    post('an unknown token', '/reset-password', { json: { newPassword: PASSWORD, token: 'x' } }),
    post('the token of the mail', '/reset-password', {
      json: (seen) => ({ newPassword: PASSWORD, token: seen.mails.last('reset-password').token }),
    }),
    post('verify-password, nobody', '/verify-password', { json: { password: PASSWORD } }),
    post('a proof of an address', '/send-verification-email', { json: { email: ANN.email } }),
    get('no session', '/get-session'),
  ),
];
