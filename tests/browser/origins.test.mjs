// Where the pages may be: on an origin that is trusted, or on Latchkey's own.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Stack } from './stack.mjs';
import { Visitor } from './visitor.mjs';

const EMAIL = 'ada@example.com';
const PASSWORD = 'correct horse';

async function signUp(ada) {
  await ada.open('/sign-up');
  await ada.send('Sign up', { Name: 'Ada', 'E-mail address': EMAIL, Password: PASSWORD });
  await ada.sees('Hello, Ada');
}

test('pages on an origin that is not trusted are refused', () =>
  Stack.with({}, async (stack) => {
    await stack.servePages('fetch');
    const foreignPages = await stack.serveElsewhere();
    const ada = await Visitor.arrive(stack);
    await signUp(ada);

    // The same pages, in the same browser: the cookie goes along, for ports make no other site.
    await ada.open(foreignPages);
    await ada.sees('We can’t sign you in right now');
    const refusals = ada.errors();
    assert.match(refusals.shift(), /blocked by CORS policy: No 'Access-Control-Allow-Origin' header/);
    assert.deepEqual(refusals, ['ERR_FAILED /api/auth/session']);

    // What each answers to a form: where none is read, not even its origin is looked at.
    const calls = [
      [403, '/sign-up/email', { name: 'Eve', email: 'eve@example.com', password: PASSWORD }],
      [403, '/sign-in/email', { email: EMAIL, password: PASSWORD }],
      [415, '/request-password-reset', { email: EMAIL }],
      [415, '/change-email', { newEmail: 'eve@example.com' }],
      [415, '/change-password', { currentPassword: PASSWORD, newPassword: 'a new horse' }],
      [403, '/revoke-sessions', {}],
      [415, '/delete-user', { password: PASSWORD }],
      [403, '/sign-out', {}],
    ];
    const before = await state(stack);
    for (const [status, path, body] of calls) {
      const url = `${stack.authUrl}/api/auth${path}`;
      // As the pages call: the browser asks beforehand, and is told no.
      const answer = await ada.page.evaluate(
        ([url, body]) =>
          fetch(url, {
            method: 'POST',
            credentials: 'include',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify(body),
          }).then(
            (response) => response.status,
            (error) => error.name,
          ),
        [url, body],
      );
      assert.equal(answer, 'TypeError', path);

      // As a form: no browser asks, and the answer is for nobody to read, so Latchkey has to refuse.
      const [response] = await Promise.all([
        ada.page.waitForResponse((response) => response.url() === url && response.request().method() === 'POST'),
        ada.page.evaluate(
          ([url, body]) => fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include', body: new URLSearchParams(body) }),
          [url, body],
        ),
      ]);
      assert.equal(response.status(), status, path);
    }
    assert.deepEqual(await state(stack), before);
    ada.errors();

    await ada.open('/');
    await ada.sees('Hello, Ada');
    assert.deepEqual(ada.errors(), []);
  }));

/** What none of the calls may have changed. */
async function state(stack) {
  return {
    users: await stack.rows('select email, "updatedAt" from "user"'),
    sessions: await stack.rows('select token from session'),
    passwords: await stack.rows('select password from account'),
    mails: await stack.rows('select id from latchkey_outbox'),
  };
}

for (const client of ['fetch', 'better-auth']) {
  test(`on one origin, through the development server, with ${client}`, () =>
    Stack.with({ oneOrigin: true }, async (stack) => {
      await stack.developPages(client);
      const ada = await Visitor.arrive(stack);
      const called = [];
      ada.page.on('request', (request) => {
        const { origin, pathname } = new URL(request.url());
        if (pathname.startsWith('/api/auth/')) called.push(`${request.method()} ${origin}`);
      });

      await signUp(ada);
      await ada.reads('Known since');
      const link = await stack.mailedLink('verify-email', EMAIL);
      assert.ok(link.startsWith(stack.pagesUrl), link);
      await ada.open(link);
      await ada.sees('E-mail address verified');
      await ada.press('Sign out');
      await ada.sees('Sign in');

      // No page of another origin, and no question whether it may call.
      assert.deepEqual([...new Set(called)].toSorted(), [`GET ${stack.pagesUrl}`, `POST ${stack.pagesUrl}`]);
      assert.deepEqual(ada.errors(), []);

      await stack.latchkey.stop();
      await ada.send('Sign in', { 'E-mail address': EMAIL, Password: PASSWORD });
      await ada.isAlerted(/The service does not answer/);
      assert.deepEqual(ada.errors(), ['502 /api/auth/sign-in/email']);
    }));
}
