// The official client behind one base URL, whose requests go to one server and then to the other: it goes on.

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import { Browser } from '../harness/client.mjs';
import { MAILS } from '../scenarios/profiles.mjs';
import { Balancer } from './balancer.mjs';
import { bothWays, Person } from './pair.mjs';

const PATIENCE_MS = 5_000;

/** The data of a call that has to succeed. */
async function done(what, call) {
  const { data, error } = await call;
  assert.equal(error, null, `${what}: ${JSON.stringify(error)}`);
  return data;
}

/** All that an app does with the client while somebody is signed in; `told` says where and when. */
async function goOn(auth, person, told) {
  const call = (name, ...given) => done(`${name} ${told}`, auth[name](...given));
  const { session, user } = await call('getSession');
  assert.deepEqual([session.id, user.email], [person.session.id, person.email], `the same session ${told}`);

  assert.equal((await call('updateUser', { name: told })).status, true);
  assert.equal((await call('getSession')).user.name, told, `the new name ${told}`);
  assert.equal((await call('listSessions')).length, 2, `both sessions ${told}`);

  const [currentPassword, newPassword] = [person.password, `${person.password}, ${told}`];
  assert.equal((await call('changePassword', { currentPassword, newPassword })).user.id, user.id);
  person.password = newPassword;
  await call('revokeOtherSessions');
  assert.deepEqual((await call('listSessions')).map(({ id }) => id), [session.id], `its own session alone ${told}`);

  assert.equal((await call('signOut')).success, true);
  assert.equal(await call('getSession'), null, `signed out ${told}`);
  await signIn(auth, person, told);
}

/** Signs in, and leaves another session of the same person beside that. */
async function signIn(auth, person, told) {
  const { email, password } = person;
  const { token } = await done(`signIn.email ${told}`, auth.signIn.email({ email, password }));
  person.session = (await done(`getSession ${told}`, auth.getSession())).session;
  assert.equal(person.session.token, token);
  await new Person(person).signIn(person.balancer);
}

/** The session store, watched: every settled state that it has had. */
function watched(auth) {
  const states = [];
  const stop = auth.useSession.subscribe(({ data, error, isPending, isRefetching, refetch }) => {
    states.refetch = refetch;
    if (!isPending && !isRefetching) states.push({ data, error });
  });
  const reaches = async (what, as) => {
    const end = Date.now() + PATIENCE_MS;
    while (!as(states.at(-1)?.data)) {
      assert.ok(Date.now() < end, `the store never shows ${what}: ${JSON.stringify(states.at(-1))}`);
      await sleep(10);
    }
  };
  return { states, stop, reaches, refetch: () => states.refetch() };
}

/** Runs `test` with someone signed in at `here` through a proxy that can lead elsewhere. */
const behindOneUrl = (test) => async (pair) =>
  bothWays(pair, async (here, there, way) => {
    const balancer = await Balancer.before(pair);
    balancer.sendsAllTo(here);
    const person = Object.assign(new Person(), { balancer });
    const auth = new Browser(balancer.port, {}).client;
    const { email, password } = person;
    try {
      await done('signUp.email', auth.signUp.email({ name: 'Ada', email, password }));
      await done('signOut', auth.signOut());
      await signIn(auth, person, `at ${here.name}`);
      await test({ auth, person, balancer, here, there, way });
      assert.deepEqual(balancer.troubles, []);
    } finally {
      balancer.close();
    }
  });

export default [
  {
    settings: MAILS,
    tests: {
      'whoever signed in at one goes on at the other, and back again': behindOneUrl(
        async ({ auth, person, balancer, here, there, way }) => {
          for (const [side, when] of [[there, 'there'], [here, 'back again']]) {
            balancer.sendsAllTo(side);
            await goOn(auth, person, `${way}, ${when}`);
            assert.ok(balancer.count({ phase: balancer.phase, side: side.name }) >= 10, `${side.name} answered`);
          }
        },
      ),

      'the session store keeps its session, and follows what happens': behindOneUrl(
        async ({ auth, person, balancer, here, there, way }) => {
          const store = watched(auth);
          // Outside of a browser the store does not ask by itself when it is mounted.
          await store.refetch();
          await store.reaches('the session', (data) => data?.session.id === person.session.id);

          for (const side of [there, here]) {
            balancer.sendsAllTo(side);
            await store.refetch();
            await store.reaches(`the session at ${side.name}`, (data) => data?.session.id === person.session.id);
            await done('updateUser', auth.updateUser({ name: side.name }));
            await store.reaches(`the name of ${side.name}`, (data) => data?.user.name === side.name);
          }

          const wrong = store.states.filter(({ data, error }) => error !== null || data?.user.email !== person.email);
          assert.deepEqual(wrong, [], `it never shows an error, or nobody, ${way}`);
          balancer.sendsAllTo(there);
          await done('signOut', auth.signOut());
          await store.reaches('nobody', (data) => data === null);
          store.stop();
        },
      ),
    },
  },
];
