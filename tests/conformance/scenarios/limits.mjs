// Limits on requests, per address and path. Each scenario has addresses of its own.

import { setTimeout as sleep } from 'node:timers/promises';

import { FOREIGN } from '../harness/settings.mjs';
import { get, inspect, post, request, scenario, sql, together } from '../harness/steps.mjs';
import { ANN } from './people.mjs';

const from = (...addresses) => [['X-Forwarded-For', addresses.join(', ')]];
const times = (count, make) => Array.from({ length: count }, (_, at) => make(`${at + 1}.`));

const reset = (address, title, more = {}) =>
  post(title, '/request-password-reset', { json: { email: 'nobody@example.com' }, headers: from(address), ...more });
const asked = (address, title, path = '/verify-email?token=x', method = 'GET') =>
  request(title, method, `/api/auth${path}`, { headers: Array.isArray(address) ? address : from(address) });
const posted = (address, title, path) => post(title, path, { json: {}, headers: from(address) });

/** Only Better Auth counts requests for what is not there. */
const unknown = (title, paths) =>
  sql(
    title,
    `with counted as (delete from "rateLimit" where split_part(key, '|', 2) = any($1) returning key)
     select count(*)::int from counted`,
    [paths],
  );

const pause = (milliseconds) =>
  inspect(`${milliseconds} ms pass`, async () => {
    await sleep(milliseconds);
    return {};
  });

const wrong = { email: 'nobody@example.com', password: 'wrongwrong' };

export default [
  scenario(
    'the general rule',
    ...times(6, (n) => asked('192.0.2.1', n)),
    asked('192.0.2.1', 'a query is no other path', '/verify-email?token=y'),
    asked('192.0.2.2', 'another address is free'),
    request('outside of the base path', 'GET', '/verify-email', { headers: from('192.0.2.1') }),
    ...times(6, (n) =>
      get(`${n} the error page`, '/error?error=A', { headers: from('192.0.2.1'), reading: () => 'a page' }),
    ),
  ),

  scenario(
    'what is not there',
    ...times(6, (n) => asked('192.0.2.1', n, '/nope')),
    asked('192.0.2.1', 'another method counts there too', '/nope', 'POST'),
    asked('192.0.2.1', 'a query is no other path', '/nope?x=1'),
    asked('192.0.2.1', 'a trailing slash is none either', '/nope/'),
    asked('192.0.2.1', 'another case is', '/NOPE'),
    asked('192.0.2.1', 'so is another spelling', '/n%6Fpe'),
    asked('192.0.2.2', 'another address is free', '/nope'),
    ...times(6, (n) => get(`${n} ok`, '/ok', { headers: from('192.0.2.1') })),
    ...times(4, (n) => asked('192.0.2.3', `${n} below /sign-in`, '/sign-in/nope')),
    ...times(4, (n) => asked('192.0.2.3', `${n} below /forget-password`, '/forget-password/x')),
    ...times(2, (n) => asked('192.0.2.3', `${n} other words that begin so`, '/sign-inx')),
    unknown('counted', ['/nope', '/NOPE', '/n%6Fpe', '/ok', '/sign-in/nope', '/forget-password/x', '/sign-inx']),
  ),

  scenario(
    'the special rules',
    ...times(4, (n) => post(`${n} sign-in`, '/sign-in/email', { json: wrong, headers: from('192.0.2.3') })),
    ...times(4, (n) => reset('192.0.2.3', `${n} request-password-reset`)),
    ...times(4, (n) =>
      post(`${n} send-verification-email`, '/send-verification-email', {
        json: { email: wrong.email },
        headers: from('192.0.2.3'),
      }),
    ),
    ...times(4, (n) =>
      post(`${n} change-password`, '/change-password', {
        json: { newPassword: 'x', currentPassword: 'y' },
        headers: from('192.0.2.3'),
      }),
    ),
    ...times(4, (n) =>
      post(`${n} change-email`, '/change-email', { json: { newEmail: ANN.email }, headers: from('192.0.2.3') }),
    ),
  ),

  scenario(
    'rules of the settings',
    ...times(3, (n) =>
      post(`${n} sign-up`, '/sign-up/email', { json: { ...ANN, password: 'short' }, headers: from('192.0.2.4') }),
    ),
    ...times(3, (n) => get(`${n} list-accounts`, '/list-accounts', { headers: from('192.0.2.4') })),
    ...times(3, (n) => get(`${n} list-sessions`, '/list-sessions', { headers: from('192.0.2.4') })),
    ...times(8, (n) => get(`${n} get-session: never`, '/get-session', { headers: from('192.0.2.4') })),
    ...['/delete-user', '/reset-password', '/update-user', '/unlink-account'].flatMap((path) =>
      times(3, (n) => posted('192.0.2.4', `${n} ${path}`, path)),
    ),
    ...times(2, (n) => asked('192.0.2.4', `${n} a long window`, '/delete-user/callback?token=x')),
    asked('192.0.2.4', 'below /reset-password', '/reset-password/one?callbackURL=/x'),
    asked('192.0.2.4', 'another token', '/reset-password/two?callbackURL=/x'),
    sql('what they counted is not compared', `delete from "rateLimit" where key like '%|/reset-password/%'`),
  ),

  scenario(
    'a pause sets it back',
    ...times(2, (n) => post(`${n} sign-out`, '/sign-out', { headers: from('192.0.2.5') })),
    pause(1100),
    ...times(2, (n) => post(`${n} sign-out`, '/sign-out', { headers: from('192.0.2.5') })),
  ),

  scenario(
    'the window slides with every request that is let through',
    ...times(2, (n) => asked('192.0.2.6', n, '/list-accounts')),
    sql('three seconds ago', `update "rateLimit" set "lastRequest" = "lastRequest" - 3500`),
    asked('192.0.2.6', 'two are left to wait', '/list-accounts'),
    sql('five seconds ago', `update "rateLimit" set "lastRequest" = "lastRequest" - 1500`),
    asked('192.0.2.6', 'let through', '/list-accounts'),
    asked('192.0.2.6', 'and once more', '/list-accounts'),
    asked('192.0.2.6', 'full', '/list-accounts'),
    sql('its time is not compared', `update "rateLimit" set "lastRequest" = 0`),
  ),

  scenario(
    'whose address it is',
    ...[
      ['one behind a known proxy', from('198.51.100.1', '10.1.2.3')],
      ['one that is put in front does not count', from('203.0.113.9', '198.51.100.2', '10.1.2.3')],
      ['blanks around', from('  198.51.100.4  ')],
      ['IPv6', from('2001:db8::1')],
      ['IPv6 of the same network', from('2001:0DB8:0:0:ffff::2')],
      ['IPv6 of another network', from('2001:db8:0:1::1')],
      ['IPv4 in IPv6', from('::ffff:198.51.100.5')],
    ].map(([title, headers]) => asked(headers, title)),
  ),

  scenario(
    'nobody knows whose address it is',
    ...[
      ['an address with a port', from('198.51.100.3:1234')],
      ['no address', from('unknown')],
      ['no header', []],
      ['an empty header', from('')],
      ['another header', [['X-Real-IP', '198.51.100.6']]],
    ].map(([title, headers]) => asked(headers, title)),
    sql('one bucket for all', 'select count(*)::int as buckets, max(count) from "rateLimit"'),
    sql('what it is called is not compared', 'delete from "rateLimit"'),
    asked(from('10.1.2.3', '10.1.2.4'), 'only proxies'),
    sql('one bucket', 'select count(*)::int as buckets, max(count) from "rateLimit"'),
    sql('whose is not compared', 'delete from "rateLimit"'),
  ),

  scenario(
    'what is refused early',
    ...times(4, (n) =>
      post(`${n} no JSON`, '/request-password-reset', {
        body: '{',
        type: 'application/json',
        headers: from('192.0.2.7'),
      }),
    ),
    ...times(4, (n) => post(`${n} a form`, '/change-email', { form: 'x=y', headers: from('192.0.2.7') })),
    ...times(4, (n) =>
      post(`${n} a foreign page`, '/sign-in/email', { json: wrong, origin: FOREIGN, headers: from('192.0.2.7') }),
    ),
    sql('what they counted is not compared', 'delete from "rateLimit"'),
  ),

  scenario(
    'ten at once',
    together(
      'five are let through',
      times(10, (n) => asked('192.0.2.8', n)),
      (answers) => ({ statuses: answers.map(({ status }) => status).sort() }),
    ),
    sql('how many were counted', 'select count from "rateLimit"'),
    sql('when is not compared', 'delete from "rateLimit"'),
  ),
];
