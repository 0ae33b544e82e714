// The users of the move, made at Better Auth: each with a session, a verification link and a reset link.

import { Agent } from 'node:http';

import { startBetterAuth } from '../harness/sides.mjs';
import { PASSWORD, SCRYPT } from '../scenarios/people.mjs';
import { expectStatus, Person } from './pair.mjs';

/**
 * So many people, and their mails as `verification` and `reset`; `clients` requests at a time.
 *
 * The Better Auth that they sign up at hashes nothing: it knows the hash of their password, one of its own. A thousand
 * hashes would take most of a minute, and what each hashes for the other is not the question here.
 */
export async function crowd({ database, settings }, { users, clients }) {
  const betterAuth = await startBetterAuth(undefined, { settings, options: { hashOfAll: SCRYPT }, on: database });
  const agent = new Agent({ keepAlive: true });
  const people = [];
  let left = users;
  const client = async () => {
    while (left > 0) {
      left -= 1;
      const person = await Person.signedUp(betterAuth, { password: PASSWORD, agent });
      const { email } = person;
      const asked = await person.post(betterAuth, '/request-password-reset', { email, redirectTo: '/new' });
      expectStatus(200, asked, 'request-password-reset');
      people.push(person);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return withMails(people, await betterAuth.mailbox.take(2 * users));
}

function withMails(people, mails) {
  const found = new Map(mails.map((mail) => [`${mail.type} ${mail.to}`, mail]));
  for (const person of people) {
    person.verification = found.get(`verify-email ${person.email}`);
    person.reset = found.get(`reset-password ${person.email}`);
    if (person.verification === undefined || person.reset === undefined) throw new Error('a mail did not arrive');
  }
  return people;
}
