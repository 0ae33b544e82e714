// A user's whole life in the app, once with each client.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Stack } from './stack.mjs';
import { Visitor } from './visitor.mjs';

for (const client of ['fetch', 'better-auth']) {
  test(`the pages on ${client}`, (t) => Stack.with({}, (stack) => live(t, stack, client)));
}

async function live(t, stack, client) {
  await stack.servePages(client);
  const ada = await Visitor.arrive(stack);
  const elsewhere = await Visitor.arrive(stack);
  const email = 'ada@example.com';
  const getSession = client === 'fetch' ? '/api/auth/session' : '/api/auth/get-session';
  const newEmail = 'lovelace@example.com';
  let password = 'correct horse';

  // Each step begins where the one before has ended: the first that fails ends it all.
  let hasFailed = false;
  const step = (name, body) =>
    t.test(name, { skip: hasFailed }, async () => {
      hasFailed = true;
      await body().catch(async (error) => {
        await ada.picture(`failed-${client}`);
        throw error;
      });
      assert.deepEqual([...ada.errors(), ...elsewhere.errors()], [], 'nothing in the console that is not expected');
      hasFailed = false;
    });
  // The pages look the same with either.
  const inspect = async (name, visitor = ada) => client === 'fetch' && visitor.inspect(name);

  await step('who is not signed in is asked to, wherever they go', async () => {
    for (const path of ['/', '/sessions', '/account']) {
      await ada.open(path);
      await ada.sees('Sign in');
    }
    await inspect('sign-in');
    await ada.open('/nowhere');
    await ada.sees('There is no such page');
    await inspect('not-found');
  });

  await step('what is missing or malformed is said at its field', async () => {
    await ada.follow('Sign in');
    await ada.follow('Sign up');
    await ada.sees('Sign up');
    assert.equal(await ada.page.evaluate(() => document.activeElement.tagName), 'H1');
    await inspect('sign-up');

    await ada.send('Sign up');
    await ada.isToldAt('Name', /fill out this field/);
    await inspect('sign-up-empty');

    await ada.send('Sign up', { Name: 'Ada', 'E-mail address': 'ada@nowhere', Password: password });
    await ada.isToldAt('E-mail address', /invalid email/i);
    assert.deepEqual(ada.errors(), ['400 /api/auth/sign-up/email']);
  });

  await step('signing up signs in, and FastAPI knows who it is', async () => {
    await ada.send('Sign up', { Name: 'Ada', 'E-mail address': email, Password: password });
    await ada.sees('Hello, Ada');
    await ada.page.getByLabel('What the back end says').getByText(email).waitFor();

    const [known] = await stack.rows('select a.id from app_users a join "user" u on u.id = a.user_id where u.email = $1', [email]);
    await ada.reads(known.id);
    await inspect('home');
  });

  await step('the mailed link verifies the address', async () => {
    await ada.follow('Verify it');
    await ada.sees('Verify your e-mail address');
    await inspect('verify-email');
    await ada.open(await stack.mailedLink('verify-email', email));
    await ada.sees('E-mail address verified');
    await inspect('verified');

    await ada.follow('Go on');
    await ada.page.getByText('verified', { exact: true }).waitFor();
  });

  await step('a link that is no good is said to be, and another can be had', async () => {
    await ada.open(`${stack.authUrl}/api/auth/verify-email?token=none&callbackURL=${stack.pagesUrl}/verify-email?followed`);
    await ada.reads('This link is used up or too old.');
    await ada.send('Send a link', { 'E-mail address': 'bob@example.com' });
    await ada.isAlerted(/match/i);
    assert.deepEqual(ada.errors(), ['400 /api/auth/send-verification-email']);
  });

  await step('a taken address is said at its field', async () => {
    await ada.press('Sign out');
    await ada.sees('Sign in');
    await ada.follow('Sign up');
    await ada.send('Sign up', { Name: 'Eve', 'E-mail address': email, Password: password });
    await ada.isToldAt('E-mail address', /already exists/);
    await inspect('taken');
    assert.deepEqual(ada.errors(), ['422 /api/auth/sign-up/email']);
  });

  await step('a wrong password is said, and the right one signs in by keyboard alone', async () => {
    await ada.open('/sign-in');
    await ada.send('Sign in', { 'E-mail address': email, Password: 'battery staple' });
    await ada.isAlerted(/Invalid email or password/);
    await inspect('wrong-password');
    assert.deepEqual(ada.errors(), ['401 /api/auth/sign-in/email']);

    const keys = ada.page.keyboard;
    await ada.open('/sign-in');
    await ada.sees('Sign in');
    // Past the name, and the two links of the head.
    for (let presses = 0; presses < 4; presses++) await keys.press('Tab');
    await keys.type(email);
    await keys.press('Tab');
    await keys.type(password);
    await keys.press('Enter');
    await ada.sees('Hello, Ada');
    assert.equal(await ada.page.evaluate(() => document.activeElement.textContent), 'Hello, Ada');
  });

  await step('a session is revoked from another browser, and is signed out', async () => {
    await elsewhere.open('/');
    await elsewhere.send('Sign in', { 'E-mail address': email, Password: password });
    await elsewhere.sees('Hello, Ada');
    await elsewhere.reads('Known since');

    await ada.follow('Sessions');
    await ada.page.getByRole('button', { name: 'Revoke' }).waitFor();
    await inspect('sessions');
    await ada.page.getByRole('button', { name: 'Revoke' }).click();
    await ada.reads('You are signed in nowhere else.');
    await inspect('sessions-revoked');

    await elsewhere.follow('Sessions');
    await elsewhere.sees('Sign in');
    assert.deepEqual(elsewhere.errors(), ['401 /api/auth/list-sessions']);
    const me = await elsewhere.page.request.get(`${stack.apiUrl}/me`);
    assert.equal(me.status(), 401);
  });

  await step('a forgotten password is reset by mail', async () => {
    await elsewhere.follow('Forgotten your password?');
    await elsewhere.sees('Forgotten password');
    await inspect('forgot-password', elsewhere);
    await elsewhere.send('Send the link', { 'E-mail address': email });
    await elsewhere.reads('If the address has an account');
    const link = await stack.mailedLink('reset-password', email);

    await elsewhere.open(link);
    await elsewhere.sees('New password');
    await elsewhere.send('Set the password', { 'New password': 'short' });
    await elsewhere.isToldAt('New password', /short|at least 8|lengthen/i);
    await inspect('reset-password', elsewhere);
    elsewhere.errors();
    password = 'a new horse';
    await elsewhere.send('Set the password', { 'New password': password });
    await elsewhere.reads('Your password is changed.');
    await elsewhere.send('Sign in', { 'E-mail address': email, Password: password });
    await elsewhere.sees('Hello, Ada');

    await elsewhere.open(link);
    await elsewhere.reads('This link is used up or too old.');
    await inspect('reset-password-used', elsewhere);
  });

  await step('the address is changed once the new one is proven', async () => {
    await ada.follow('Account');
    await ada.sees('Account');
    await inspect('account');
    await ada.send('Change it', { 'New e-mail address': email });
    await ada.isAlerted(/is the same/);
    assert.deepEqual(ada.errors(), ['400 /api/auth/change-email']);

    await ada.send('Change it', { 'New e-mail address': newEmail });
    await ada.reads(`A link is on its way to ${newEmail}.`);
    await ada.open(await stack.mailedLink('change-email-verification', newEmail));
    await ada.reads(`You are signed in as ${newEmail}.`);
    await ada.follow('Go on');
    await ada.page.getByLabel('What the back end says').getByText(newEmail).waitFor();
  });

  await step('the password is changed, and other sessions end', async () => {
    await elsewhere.follow('Home');
    await elsewhere.sees('Hello, Ada');
    await ada.follow('Account');
    await ada.send('Change the password', { 'Current password': 'battery staple', 'New password': 'one more horse' });
    await ada.isToldAt('Current password', /Invalid password/);
    await inspect('account-wrong-password');
    assert.deepEqual(ada.errors(), ['400 /api/auth/change-password']);

    await ada.send('Change the password', { 'Current password': password, 'New password': 'one more horse' });
    await ada.reads('Your password is changed.');
    await inspect('account-changed');
    password = 'one more horse';
    await ada.follow('Sessions');
    await ada.reads('You are signed in nowhere else.');

    // As when somebody comes back to the window.
    await elsewhere.page.evaluate(() => dispatchEvent(new Event('focus')));
    await elsewhere.sees('Sign in');
  });

  await step('what takes its time says so', async () => {
    for (const [page, call, shown] of [
      ['/sessions', '/api/auth/list-sessions', 'Loading…'],
      ['/', '/me', 'Asking it…'],
      ['/', getSession, 'Loading…'],
    ]) {
      const goOn = await ada.holdUp(call);
      await ada.open(page);
      await ada.reads(shown);
      await goOn();
      await ada.page.getByText(shown).waitFor({ state: 'detached' });
    }
    await ada.sees('Hello, Ada');
  });

  await step('a service that is away signs nobody out, and is said to be away', async () => {
    await ada.follow('Account');
    await stack.latchkey.stop();
    await ada.follow('Home');
    await ada.page.getByLabel('What the back end says').getByRole('button', { name: 'Try again' }).waitFor();
    await inspect('home-without-latchkey');
    assert.deepEqual(ada.errors(), ['503 /me']);
    await ada.follow('Account');
    await ada.send('Change it', { 'New e-mail address': email });
    await ada.isAlerted(/The service does not answer/);
    await inspect('account-without-latchkey');
    await ada.press('Sign out');
    await ada.page.getByRole('banner').getByText('The service does not answer').waitFor();
    assert.deepEqual(ada.errors(), ['ERR_CONNECTION_REFUSED /api/auth/change-email', 'ERR_CONNECTION_REFUSED /api/auth/sign-out']);

    await ada.open('/');
    await ada.sees('We can’t sign you in right now');
    await inspect('without-latchkey');
    assert.deepEqual(ada.errors(), [`ERR_CONNECTION_REFUSED ${getSession}`]);

    await stack.startLatchkey();
    await ada.press('Try again');
    await ada.sees('Hello, Ada');
  });

  await step('a back end that is away is said to be', async () => {
    await stack.backEnd.stop();
    await ada.open('/');
    await ada.reads('The back end does not answer');
    await inspect('home-without-back-end');
    assert.deepEqual(ada.errors(), ['ERR_CONNECTION_REFUSED /me']);

    await stack.startBackEnd();
    await ada.press('Try again');
    await ada.reads('Known since');
  });

  await step('the account is deleted, with its password alone', async () => {
    await ada.follow('Account');
    await ada.send('Delete my account', { Password: 'battery staple' });
    await ada.isToldAt('Password', /Invalid password/);
    assert.deepEqual(ada.errors(), ['400 /api/auth/delete-user']);

    await ada.send('Delete my account', { Password: password });
    await ada.reads('Your account is deleted.');
    await inspect('deleted');
    assert.deepEqual(await stack.rows('select id from "user" where email = $1', [newEmail]), []);
    await ada.send('Sign in', { 'E-mail address': newEmail, Password: password });
    await ada.isAlerted(/Invalid email or password/);
    assert.deepEqual(ada.errors(), ['401 /api/auth/sign-in/email']);
  });

  await step('where an address has to be proven first, the pages lead to the mail', async () => {
    await stack.latchkey.stop();
    await stack.startLatchkey({ REQUIRE_EMAIL_VERIFICATION: 'true' });
    await ada.follow('Sign up');
    await ada.send('Sign up', { Name: 'Grace', 'E-mail address': email, Password: password });
    await ada.sees('Verify your e-mail address');
    await ada.follow('Sign in');
    await ada.send('Sign in', { 'E-mail address': email, Password: password });
    await ada.sees('Verify your e-mail address');
    assert.deepEqual(ada.errors(), ['403 /api/auth/sign-in/email']);

    await ada.open(await stack.mailedLink('verify-email', email));
    await ada.sees('E-mail address verified');
    await ada.page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
    await ada.send('Sign in', { 'E-mail address': email, Password: password });
    await ada.sees('Hello, Grace');
  });
}
