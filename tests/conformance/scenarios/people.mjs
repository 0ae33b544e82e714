// The users that most scenarios start with.

import { signed } from '../harness/cookies.mjs';
import { post, sql, tokenOf } from '../harness/steps.mjs';

export const PASSWORD = 'password1234';

export const ANN = { name: 'Ann', email: 'ann@example.com', password: PASSWORD };
export const BOB = { name: 'Bob', email: 'bob@example.com', password: PASSWORD };

/** Signs a user up and keeps the answer under the user's first name, in lower case. */
export function signUp(user, more = {}) {
  const keep = user.name.toLowerCase();
  return post(`sign-up of ${user.name}`, '/sign-up/email', { json: { ...user, ...more }, keep });
}

/** Signs a user in and keeps the answer as `keep`. */
export function signIn({ email, password }, { keep, title = 'sign-in', ...more } = {}) {
  return post(title, '/sign-in/email', { json: { email, password, ...more }, keep });
}

/** A session token for scenarios that spell one: its signature holds both `+` and `/`. */
export const KNOWN_TOKEN = 'LatchkeyConformanceToken00000007';

/** Better Auth's own hash of `password1234`, from the recorded crypto vectors. */
export const SCRYPT =
  '99f6f090a2cdf314730daa40d7202fac:7866c6369790cdeb314a85ef8d78b3746981b7195c38f512b120edb978962a0f' +
  '27a78d19b78b472909a1e936d12069806410a473bec8903de0844d6b33d3a7f9';

/** A cookie with the right signature of a token that nobody has. */
export const UNKNOWN = `better-auth.session_token=${encodeURIComponent(signed('A'.repeat(32)))}`;

/** Moves the end of a kept session to so much time from now, as text of a Postgres interval. */
export const endsIn = (name, interval) =>
  sql(
    `${name}'s session ends in ${interval}`,
    `update session set "expiresAt" = date_trunc('milliseconds', now() + $1::interval) where token = $2
     returning "expiresAt"`,
    (seen) => [interval, tokenOf(name)(seen)],
  );

/** A kept session has been refreshed last a day and more ago: the next use extends it. */
export const due = (name) => endsIn(name, '5 days');

/** Makes a kept session so old. */
export const startedBefore = (name, interval) =>
  sql(
    `${name}'s session began ${interval} ago`,
    `update session set "createdAt" = date_trunc('milliseconds', now() - $1::interval) where token = $2
     returning "createdAt"`,
    (seen) => [interval, tokenOf(name)(seen)],
  );

/** A user with a password who never signed up. */
export const insertedUser = ({ name, email }) =>
  sql(
    `${name} is there`,
    `with made as (
       insert into "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
       values ($1, $2, $3, true, '2026-01-01', '2026-01-01') returning id)
     insert into account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
     select $1, id, 'credential', id, $4, '2026-01-01', '2026-01-01' from made`,
    [`User${name.padEnd(28, '0')}`, name, email, SCRYPT],
  );

/** Marks a user's address as proven. */
export const verified = ({ email }) =>
  sql(`${email} is verified`, 'update "user" set "emailVerified" = true where email = $1', [email]);

/** Takes the password account from a user, or all of them. */
export const withoutPassword = ({ email }) =>
  sql(
    `${email} has no password`,
    'update account set password = null where "userId" = (select id from "user" where email = $1)',
    [email],
  );
export const withoutAccount = ({ email }) =>
  sql(`${email} has no account`, 'delete from account where "userId" = (select id from "user" where email = $1)', [
    email,
  ]);

/** An account of a provider, as a sign-in through it leaves one. */
export const account = ({ email }, { id, providerId = 'github', accountId = '42', scope = null }) =>
  sql(
    `an account of ${providerId}`,
    `insert into account (id, "accountId", "providerId", "userId", scope, "accessToken", "createdAt", "updatedAt")
     select $1, $2, $3, id, $4, 'secret', '2026-01-01', '2026-01-02' from "user" where email = $5`,
    [id, accountId, providerId, scope, email],
  );

const age = ({ createdAt, id }) => createdAt + id;

/** Lists of rows have no order of their own: by the time they were made. */
export const byAge = (text) => {
  const list = JSON.parse(text);
  return Array.isArray(list) ? list.toSorted((a, b) => (age(a) < age(b) ? -1 : 1)) : list;
};
