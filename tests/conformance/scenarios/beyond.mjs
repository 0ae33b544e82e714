// Where Latchkey answers and Better Auth does not: see deviations.mjs for each.

import { FOREIGN, ORIGIN, TRUSTED } from '../harness/settings.mjs';
import { cookiesOf, get, post, request, scenario } from '../harness/steps.mjs';
import { ANN, signUp } from './people.mjs';

const preflight = (title, origin, path = '/sign-in/email') =>
  request(title, 'OPTIONS', `/api/auth${path}`, {
    origin,
    headers: [
      ['Access-Control-Request-Method', 'POST'],
      ['Access-Control-Request-Headers', 'content-type'],
    ],
  });

export default [
  scenario(
    'further paths',
    signUp(ANN),
    get('/get-session', '/get-session', { cookie: cookiesOf('ann') }),
    get('/session with a session', '/session', { cookie: cookiesOf('ann') }),
    get('/get-session', '/get-session', { cookie: cookiesOf('ann') }),
    get('/session without', '/session'),
    request('/health', 'GET', '/health'),
  ),

  scenario(
    'pages of other origins',
    signUp(ANN),
    preflight('preflight of a trusted page', TRUSTED),
    preflight('preflight of a foreign page', FOREIGN),
    preflight('preflight of an unknown path', TRUSTED, '/nope'),
    request('OPTIONS that is no preflight', 'OPTIONS', '/api/auth/ok', { origin: ORIGIN }),
    get('a trusted page asks for the session', '/get-session', { origin: TRUSTED, cookie: cookiesOf('ann') }),
    get('a trusted page asks for nothing that is there', '/nope', { origin: TRUSTED }),
    get('a foreign page asks for the session', '/get-session', { origin: FOREIGN, cookie: cookiesOf('ann') }),
    post('a trusted page signs up', '/sign-up/email', {
      json: { ...ANN, email: 'ann2@example.com' },
      origin: TRUSTED,
    }),
    post('a trusted page is refused', '/sign-up/email', { json: ANN, origin: TRUSTED }),
  ),

  scenario(
    'a sign-out that no browser sends',
    signUp(ANN),
    post('a cookie, no Origin, no Referer, no Fetch Metadata', '/sign-out', {
      json: {},
      origin: null,
      cookie: cookiesOf('ann'),
    }),
    // Better Auth refused the one above; this one makes the rows equal again.
    post('the same from a page', '/sign-out', { json: {}, cookie: cookiesOf('ann') }),
  ),
];
