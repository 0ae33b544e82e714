// POST /update-session without additional fields: there is nothing that it could update.

import { cookiesOf, post, scenario } from '../harness/steps.mjs';
import { ANN, signUp } from './people.mjs';

const update = (title, json, more = {}) => post(title, '/update-session', { json, cookie: cookiesOf('ann'), ...more });

export default [
  scenario(
    'nothing to update',
    signUp(ANN),
    update('an empty object', {}),
    update('unknown fields', { theme: 'dark', x: null }),
    update('core fields', {
      id: 'x',
      token: 'x',
      userId: 'x',
      expiresAt: '2100-01-01T00:00:00.000Z',
      createdAt: 0,
      updatedAt: 0,
      ipAddress: 'x',
      userAgent: 'x',
    }),
    post('__proto__ and constructor', '/update-session', {
      body: '{"__proto__":{"theme":1},"constructor":1}',
      type: 'application/json',
      cookie: cookiesOf('ann'),
    }),
    ...[[], [1], 'x', 5, true, null].map((json) => update(`body ${JSON.stringify(json)}`, json)),
    update('no body'),
    update('a form', undefined, { form: 'theme=dark' }),
  ),
];
