// Every endpoint that sets or clears cookies, under settings that change what cookies look like.

import { signed } from '../harness/cookies.mjs';
import { cookiesOf, follow, get, post, scenario, sql } from '../harness/steps.mjs';
import { ANN, BOB, PASSWORD } from './people.mjs';

/** A tour of all of them. `name` is what the session cookie is called, `origin` the own one. */
export default ({ origin, name }) => {
  const call = (title, path, json, { from = 'ann', ...more } = {}) =>
    post(title, path, { json, origin, cookie: cookiesOf(from), ...more });
  const sessionCookie = (from) => (seen) => seen[from].cookie(name);
  const credentials = { email: ANN.email, password: PASSWORD };
  const due = sql(
    'it is due',
    `update session set "expiresAt" = date_trunc('milliseconds', now() + interval '5 days')`,
  );

  return [
    scenario(
      'a tour',
      call('sign-up', '/sign-up/email', ANN, { cookie: null, keep: 'ann' }),
      get('a session', '/get-session', { cookie: cookiesOf('ann') }),
      get('its cookie alone', '/get-session', { cookie: sessionCookie('ann') }),
      get('the usual name', '/get-session', {
        cookie: (seen) => `better-auth.session_token=${seen.ann.value(name)}`,
      }),
      get('the usual name, as https has it', '/get-session', {
        cookie: (seen) => `__Secure-better-auth.session_token=${seen.ann.value(name)}`,
      }),
      get('the name without the prefix of https', '/get-session', {
        cookie: (seen) => `${name.replace('__Secure-', '')}=${seen.ann.value(name)}`,
      }),
      get('an unknown session', '/get-session', { cookie: `${name}=${encodeURIComponent(signed('A'.repeat(32)))}` }),
      get('an unknown session at a guarded endpoint', '/list-accounts', {
        cookie: `${name}=${encodeURIComponent(signed('A'.repeat(32)))}`,
      }),
      due,
      get('a refresh', '/get-session', { cookie: sessionCookie('ann') }),
      due,
      get('a refresh for a bearer', '/get-session', { bearer: (seen) => seen.ann.authToken }),
      call(
        'sign-in, not remembered',
        '/sign-in/email',
        { ...credentials, rememberMe: false },
        { cookie: null, keep: 'short' },
      ),
      get('its session', '/get-session', { cookie: cookiesOf('short') }),
      call('sign-in, remembered again', '/sign-in/email', credentials, { from: 'short' }),
      call('update-user', '/update-user', { name: 'Anna' }),
      call('update-user, not remembered', '/update-user', { name: 'Ann' }, { from: 'short' }),
      call('change-email', '/change-email', { newEmail: 'new@example.com', callbackURL: '/x' }),
      follow('its link', 'change-email-verification', { cookie: cookiesOf('ann'), keep: 'ann' }),
      call('send-verification-email', '/send-verification-email', { email: 'new@example.com' }),
      follow('its link', 'verify-email', { cookie: cookiesOf('ann') }),
      call(
        'change-password',
        '/change-password',
        {
          newPassword: PASSWORD,
          currentPassword: PASSWORD,
          revokeOtherSessions: true,
        },
        { keep: 'second' },
      ),
      call('revoke-session', '/revoke-session', (seen) => ({ token: seen.second.json.token }), { from: 'second' }),
      call('sign-in', '/sign-in/email', { ...credentials, email: 'new@example.com' }, { cookie: null, keep: 'third' }),
      call('revoke-sessions', '/revoke-sessions', undefined, { from: 'third' }),
      call('sign-out', '/sign-out', {}, { from: 'third' }),
      call('sign-up of another', '/sign-up/email', BOB, { cookie: null, keep: 'bob' }),
      call('delete-user', '/delete-user', {}, { from: 'bob' }),
    ),
  ];
};
