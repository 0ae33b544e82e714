// GET and POST /get-session: with deferred refresh GET writes nothing, and POST does what is due.

import { FOREIGN } from '../harness/settings.mjs';
import { cookiesOf, get, post, scenario, sessionCookieOf, sql, tokenOf } from '../harness/steps.mjs';
import { ANN, byAge, due, endsIn, signIn, signUp, startedBefore, UNKNOWN } from './people.mjs';

const read = (title, name = 'ann', { query = '', ...more } = {}) =>
  get(title, `/get-session${query}`, { cookie: cookiesOf(name), ...more });
const write = (title, name = 'ann', { query = '', ...more } = {}) =>
  post(title, `/get-session${query}`, { cookie: cookiesOf(name), ...more });

/** Without deferred refresh. */
export const notAllowed = [
  scenario(
    'POST is not allowed',
    signUp(ANN),
    write('with a session'),
    write('with {}', 'ann', { json: {} }),
    write('without a session', 'ann', { cookie: null }),
    write('a foreign page', 'ann', { origin: FOREIGN }),
    write('a foreign page without a cookie', 'ann', { origin: FOREIGN, cookie: null }),
    write('no JSON', 'ann', { body: '{', type: 'application/json' }),
    write('text', 'ann', { body: 'x', type: 'text/plain' }),
    write('a form', 'ann', { form: 'a=b' }),
    write('a foreign callbackURL', 'ann', { json: { callbackURL: FOREIGN } }),
    due('ann'),
    write('a session that is due stays so'),
    write('by a bearer', 'ann', { cookie: null, bearer: tokenOf('ann') }),
  ),
];

export default [
  scenario(
    'reading and writing',
    signUp(ANN),
    read('GET: it is due at every use'),
    read('GET again'),
    write('POST extends it'),
    write('POST with {}', 'ann', { json: {} }),
    write('POST with a body that nobody reads', 'ann', { body: '{', type: 'application/json' }),
    write('POST of text', 'ann', { body: 'x', type: 'text/plain' }),
    write('POST of a form', 'ann', { form: 'a=b' }),
    write('POST with an array', 'ann', { json: [1] }),
    write('POST with a foreign callbackURL', 'ann', { json: { callbackURL: FOREIGN } }),
    write('POST, disableRefresh', 'ann', { query: '?disableRefresh=1' }),
    read('GET, disableRefresh', 'ann', { query: '?disableRefresh=1' }),
    read('GET, disableCookieCache', 'ann', { query: '?disableCookieCache=1' }),
    write('POST, disableCookieCache', 'ann', { query: '?disableCookieCache=1' }),
    write('POST from a foreign page', 'ann', { origin: FOREIGN }),
    write('POST without Origin', 'ann', { origin: null }),
    read('GET by a bearer', 'ann', { cookie: null, bearer: tokenOf('ann') }),
    write('POST by a bearer', 'ann', { cookie: null, origin: null, bearer: tokenOf('ann') }),
    endsIn('ann', '8 days'),
    read('GET: longer than it could live'),
    write('POST: longer than it could live'),
  ),

  scenario(
    'sessions that are not remembered, or none',
    signUp(ANN, { rememberMe: false }),
    read('GET'),
    write('POST'),
    read('GET, the second cookie lost', 'ann', { cookie: sessionCookieOf('ann') }),
    write('POST, the second cookie lost', 'ann', { cookie: sessionCookieOf('ann') }),
    read('nobody', 'ann', { cookie: null }),
    write('nobody, POST', 'ann', { cookie: null }),
    read('a forged cookie', 'ann', { cookie: 'better-auth.session_token=x.y' }),
    write('a forged cookie, POST', 'ann', { cookie: 'better-auth.session_token=x.y' }),
    read('an unknown session', 'ann', { cookie: UNKNOWN }),
    write('an unknown session, POST', 'ann', { cookie: UNKNOWN }),
    read('stale caches', 'ann', { cookie: (seen) => `${cookiesOf('ann')(seen)}; better-auth.session_data=x` }),
    write('stale caches, POST', 'ann', { cookie: (seen) => `${cookiesOf('ann')(seen)}; better-auth.session_data=x` }),
  ),

  scenario(
    'the end of a session',
    signUp(ANN),
    endsIn('ann', '-1 second'),
    read('GET clears the cookies'),
    sql('and keeps the row', 'select count(*)::int from session'),
    get('so does a guarded endpoint', '/list-accounts', { cookie: cookiesOf('ann') }),
    sql('with its row', 'select count(*)::int from session'),
    write('POST deletes it'),
    sql('no row', 'select count(*)::int from session'),
  ),

  scenario(
    'guarded endpoints never write',
    signUp(ANN),
    due('ann'),
    get('/list-accounts', '/list-accounts', { cookie: cookiesOf('ann'), reading: byAge }),
    post('/update-user', '/update-user', { json: { name: 'Anna' }, cookie: cookiesOf('ann') }),
    post('/verify-password', '/verify-password', { json: { password: ANN.password }, cookie: cookiesOf('ann') }),
    startedBefore('ann', '300 days'),
    get('every session is fresh', '/list-sessions', { cookie: cookiesOf('ann'), reading: byAge }),
    signIn(ANN, { keep: 'second' }),
    startedBefore('second', '300 days'),
    post('for a deletion too', '/delete-user', { json: {}, cookie: cookiesOf('second') }),
  ),
];
