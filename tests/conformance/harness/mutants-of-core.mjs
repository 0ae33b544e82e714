// Mutants in mails, links, tokens, caches, limits and the other settings: see mutants.mjs.

import { header, jsonWith, mutantsOf, textWith } from './mutants-words.mjs';

const hearing = {
  'a clearing cookie missing': [
    ['revoke'],
    header('set-cookie', (line) => (line.startsWith('better-auth.dont_remember=;') ? [] : [line])),
  ],
  'a session more in a list': [
    ['list-sessions'],
    jsonWith((json) => (Array.isArray(json) ? [...json, ...json] : json)),
  ],
  'a session less in a list': [['list-sessions'], jsonWith((json) => (Array.isArray(json) ? json.slice(1) : json))],
  'tokens in a list of accounts': [
    ['accounts'],
    jsonWith((json) => (Array.isArray(json) ? json.map((one) => ({ ...one, accessToken: 'secret' })) : json)),
  ],
  'a redirect with a slash more': [['verify-email'], header('location', (value) => [`${value}/`])],
  'a redirect without its error': [['verify-email'], header('location', (value) => [value.replace(/error=\w+/, '')])],
  'a redirect that is relative': [
    ['reset-password'],
    header('location', (value) => [value.replace(/^http:..[^/]+/, '')]),
  ],
  'a redirect without its fragment': [['reset-password'], header('location', (value) => [value.replace(/#.*/, '')])],
  'another kind of redirect': [
    ['verify-email'],
    (answer) => (answer.status === 302 ? { ...answer, status: 303 } : answer),
  ],
  'JSON for a redirect': [['delete-user'], (answer) => (answer.status === 302 ? { ...answer, status: 200 } : answer)],
  'a message of its own': [['passwords'], textWith((text) => text.replace('Invalid password', 'Wrong password'))],
  'a user in the answer of an update': [
    ['update-user'],
    jsonWith((json) => (json.status === true ? { ...json, user: null } : json)),
  ],
  'unescaped text on the error page': [
    ['error-page'],
    textWith((text) => text.replace('</body>', '<x-markup></body>')),
  ],
  'no code on the error page': [['error-page'], textWith((text) => text.replaceAll('UNKNOWN', ''))],
  'needsRefresh missing': [['deferred-refresh'], textWith((text) => text.replace(/,"needsRefresh":\w+/, ''))],
  'x-retry-after missing': [['limits'], header('x-retry-after', () => [])],
  'x-retry-after one less': [['limits'], header('x-retry-after', (value) => [String(value - 1)])],
  'Partitioned missing': [['partitioned-cookies'], header('set-cookie', (line) => [line.replace('; Partitioned', '')])],
  'a piece of a cache missing': [
    ['cache-compact'],
    header('set-cookie', (line) => (/^better-auth\.session_data\.1=[^;]/.test(line) ? [] : [line])),
  ],
};

const options = {
  'a mail not sent': [['reset-password'], { sends: { 'reset-password': false } }],
  'a mail to somebody else': [['reset-password'], { sends: { 'reset-password': { to: 'x@example.com' } } }],
  'a mail of another kind': [['change-email'], { sends: { 'change-email-verification': { type: 'verify-email' } } }],
  'a mail with another link': [['verify-email'], { sends: { 'verify-email': { url: 'http://localhost:44001/' } } }],
  'a mail without its user': [['verified-changes'], { sends: { 'delete-account': { user: null } } }],
  'a webhook that is wrongly signed': [['reset-password'], { mailSecret: 'another secret' }],
  'resets of half an hour': [['reset-password'], { emailAndPassword: { resetPasswordTokenExpiresIn: 1800 } }],
  'proofs of two hours': [['verify-email'], { emailVerification: { expiresIn: 7200 } }],
  'deletions of a week': [['verified-changes'], { user: { deleteUser: { deleteTokenExpiresIn: 604_800 } } }],
  'sessions that survive a reset': [
    ['verified-changes'],
    { emailAndPassword: { revokeSessionsOnPasswordReset: false } },
  ],
  'no session after a proof': [['verified-users'], { emailVerification: { autoSignInAfterVerification: false } }],
  'no mail at a sign-in': [['verified-users'], { emailVerification: { sendOnSignIn: false } }],
  'no mail at a sign-up': [['no-auto-sign-in'], { emailVerification: { sendOnSignUp: false } }],
  'identifiers in clear': [['hashed-identifiers'], { verification: { storeIdentifier: 'plain' } }],
  'a last account that stays': [['hashed-identifiers'], { account: { accountLinking: { allowUnlinkingAll: false } } }],
  'deletions switched off': [['delete-user'], { user: { deleteUser: { enabled: false } } }],
  'a freshness of an hour': [['list-sessions'], { session: { freshAge: 3600 } }],
  'a refresh at GET': [['deferred-refresh'], { session: { deferSessionRefresh: false } }],
  'a cache of a second more': [['cache-compact'], { session: { cookieCache: { maxAge: 301 } } }],
  'a cache of another version': [['cache-jwt'], { session: { cookieCache: { version: '8' } } }],
  'a cache in another layout': [['cache-jwe'], { session: { cookieCache: { strategy: 'jwt' } } }],
  'a cache that is not verified': [['cache-compact'], { believesCaches: true }],
  'no cache': [['secure-cookies'], { session: { cookieCache: { enabled: false } } }],
  'another domain': [['secure-cookies'], { advanced: { crossSubDomainCookies: { domain: 'example.org' } } }],
  'a field that everybody sees': [['fields'], { user: { additionalFields: { secretNote: { returned: true } } } }],
  'a field that everybody sets': [['fields'], { user: { additionalFields: { role: { input: true } } } }],
  'another default': [['fields'], { session: { additionalFields: { trust: { defaultValue: 2 } } } }],
  'a limit that is off by one': [['limits'], { rateLimit: { max: 6 } }],
  'a rule that is off by one': [['limits'], { rateLimit: { customRules: { '/list-*': { max: 1 } } } }],
  'a longer window': [['limits'], { rateLimit: { window: 11 } }],
  'no proxy is known': [['limits'], { advanced: { ipAddress: { trustedProxies: ['127.0.0.1'] } } }],
  'a path left on': [['switches'], { disabledPaths: ['/list-accounts'] }],
  'no slashes at the end': [['switches'], { advanced: { skipTrailingSlashes: false } }],
  'sign-ups left on': [['switches'], { emailAndPassword: { disableSignUp: false } }],
  'another page of errors': [['switches'], { onAPIError: { errorURL: 'https://app.example.com/oops' } }],
  'a refresh that was switched off': [['switches'], { session: { disableSessionRefresh: false } }],
  'a check that is on': [['no-csrf-check'], { advanced: { disableCSRFCheck: false } }],
};

const tables = {
  'a token that is not used up': [
    ['reset-password'],
    `create function remain() returns trigger language plpgsql as $$ begin return null; end $$;
     create trigger remain before delete on verification for each row when (pg_trigger_depth() = 0)
       execute function remain()`,
  ],
  'a row missing': [
    ['hashed-identifiers'],
    `create function vanish() returns trigger language plpgsql as
       $$ begin delete from verification where id = new.id; return null; end $$;
     create trigger vanish after insert on verification for each row execute function vanish()`,
  ],
  'a count too many': [
    ['limits'],
    `create function recount() returns trigger language plpgsql as
       $$ begin new.count := new.count + 1; return new; end $$;
     create trigger recount before insert on "rateLimit" for each row execute function recount()`,
  ],
};

export default mutantsOf({ hearing, options, tables });
