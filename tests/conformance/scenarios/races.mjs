// What may happen at once: only what holds whoever comes first is compared.

import { get, post, scenario, sessionCookieOf, sql, together } from '../harness/steps.mjs';
import { jsonOf, valuesOf } from '../harness/http.mjs';
import { ANN, PASSWORD, signUp } from './people.mjs';

const outcome = (answer) => `${answer.status} ${jsonOf(answer)?.code ?? 'a user'}`;

export default [
  scenario(
    'one address, three sign-ups',
    together(
      'one wins',
      [1, 2, 3].map((at) => post(`sign-up ${at}`, '/sign-up/email', { json: { ...ANN, name: 'Ann' } })),
      (answers) => ({ outcomes: answers.map(outcome).sort() }),
    ),
    sql('one user, one account, one session', `
      select (select count(*) from "user") as users, (select count(*) from account) as accounts,
             (select count(*) from session) as sessions`),
    sql('which of them won is not compared', 'delete from "user"'),
  ),

  scenario(
    'one session that is due, four askers',
    signUp(ANN),
    sql('due', `update session set "expiresAt" = date_trunc('milliseconds', now() + interval '1 day')`),
    together(
      'all get the session, one cookie at least is new',
      [1, 2, 3, 4].map((at) => get(`asker ${at}`, '/get-session', { cookie: sessionCookieOf('ann') })),
      (answers) => ({
        tokens: answers.map((answer) => jsonOf(answer).session.token),
        refreshed: answers.some((answer) => valuesOf(answer, 'set-cookie').length === 1),
        cookies: [...new Set(answers.flatMap((answer) => valuesOf(answer, 'set-cookie')))],
      }),
    ),
    get('the session afterwards', '/get-session', { cookie: sessionCookieOf('ann') }),
  ),

  scenario(
    'one user, three sign-ins',
    signUp(ANN),
    together(
      'three sessions',
      [1, 2, 3].map((at) =>
        post(`sign-in ${at}`, '/sign-in/email', { json: { email: ANN.email, password: PASSWORD } })),
      (answers) => ({
        statuses: answers.map(({ status }) => status),
        tokens: new Set(answers.map((answer) => jsonOf(answer).token)).size,
      }),
    ),
    together(
      'three sign-outs of one session',
      [1, 2, 3].map((at) => post(`sign-out ${at}`, '/sign-out', { cookie: sessionCookieOf('ann') })),
      (answers) => ({ answers: answers.map(({ status, text }) => `${status} ${text}`) }),
    ),
    sql('the sessions of the sign-ins are left', 'select count(*) from session'),
    sql('their order is not compared', 'delete from session'),
  ),
];
