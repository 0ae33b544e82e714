// Twins of Better Auth that each differ in one thing: proof that the suite notices it.
//
// A mutant differs by its `options`, by `sql` on its database, or by `alter`, which changes what is heard of it.
// `groups` are the scenarios that must notice; they share their settings.

import more from './mutants-of-core.mjs';
import { header, jsonWith, mutantsOf, textWith } from './mutants-words.mjs';

const reversed = (object) => Object.fromEntries(Object.entries(object).reverse());

const hearing = {
  'another reason phrase': [['http'], (answer) => ({ ...answer, reason: answer.reason.toLowerCase() })],
  'another status': [['sign-up'], (answer) => (answer.status === 422 ? { ...answer, status: 409 } : answer)],
  'keys in another order': [['sign-up'], jsonWith(reversed)],
  'keys of the user in another order': [
    ['sign-up'],
    jsonWith((json) => (json.user === undefined ? json : { ...json, user: reversed(json.user) })),
  ],
  'a blank in the JSON': [['http'], textWith((text) => text.replace('":', '": '))],
  'a null left out': [['sign-up'], textWith((text) => text.replace('"image":null,', ''))],
  'an empty body for null': [['session'], textWith((text) => (text === 'null' ? '' : text))],
  'letters as escapes': [['sign-up'], textWith((text) => text.replaceAll('ö', '\\u00f6'))],
  'dates with microseconds': [['sign-up'], textWith((text) => text.replace(/\.(\d{3})Z/g, '.$1000Z'))],
  'dates without milliseconds': [['sign-up'], textWith((text) => text.replace(/\.\d{3}Z/g, 'Z'))],
  'dates with an offset': [['sign-up'], textWith((text) => text.replace(/(\.\d{3})Z/g, '$1+00:00'))],
  'an end one second later': [
    ['sign-up'],
    textWith((text) => text.replace(/(?<="expiresAt":")[^"]+/, (iso) => later(iso, 1_000))),
  ],
  'createdAt before the request': [
    ['session'],
    textWith((text) => text.replace(/(?<="createdAt":")[^"]+/, (iso) => later(iso, -60_000))),
  ],
  'the session id for the token': [
    ['session'],
    jsonWith((json) =>
      json.session === undefined ? json : { ...json, session: { ...json.session, token: json.session.id } }),
  ],
  'an id of another shape': [['sign-up'], textWith((text) => text.replace(/"id":"\w{32}"/, '"id":"1"'))],
  'the account id for the user id': [['session'], textWith((text) => text.replace(/"userId":"\w{31}/, '$&0'))],
  'a header missing': [['session'], header('pragma', () => [])],
  'a header more': [['http'], (answer) => ({ ...answer, headers: [...answer.headers, ['allow', 'GET']] })],
  'a header twice': [['session'], header('cache-control', (value) => [value, value])],
  'a charset': [['http'], header('content-type', (value) => [`${value}; charset=utf-8`])],
  'a location missing': [['sign-in'], header('location', () => [])],
  'no set-auth-token': [['sign-up'], header('set-auth-token', () => [])],
  'set-auth-token as the cookie has it': [['sign-up'], header('set-auth-token', (it) => [encodeURIComponent(it)])],
  'cookies in another order': [
    ['sign-out'],
    (answer) => ({ ...answer, headers: answer.headers.toReversed() }),
  ],
  'a cookie missing': [['sign-out'], header('set-cookie', (line) => (line.includes('session_data') ? [] : [line]))],
  'attributes in another order': [
    ['sign-up'],
    header('set-cookie', (line) => [line.replace('HttpOnly; SameSite=Lax', 'SameSite=Lax; HttpOnly')]),
  ],
  'an attribute missing': [['sign-up'], header('set-cookie', (line) => [line.replace('; HttpOnly', '')])],
  'another age of cookies': [['sign-up'], header('set-cookie', (line) => [line.replace('604800', '604799')])],
  'a cookie that is not encoded': [['sign-up'], header('set-cookie', (line) => [decodeURIComponent(line)])],
  'a cookie with another signature': [
    ['sign-up'],
    header('set-cookie', (line) => [line.replace(/\.(.)(?=[^.]{42,}%3D)/, (_, c) => `.${c === 'A' ? 'B' : 'A'}`)]),
  ],
};

const options = {
  'another cookie prefix': [['sign-up'], { advanced: { cookiePrefix: 'acme' } }],
  'another secret': [['sign-up'], { secret: 'ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210zyxw' }],
  'secure cookies': [['sign-up'], { advanced: { useSecureCookies: true } }],
  'strict cookies': [['sign-up'], { advanced: { defaultCookieAttributes: { sameSite: 'strict' } } }],
  'shorter sessions': [['sign-up'], { session: { expiresIn: 604_000 } }],
  'rarer refresh': [['session'], { session: { updateAge: 172_800 } }],
  'no refresh': [['session'], { session: { disableSessionRefresh: true } }],
  'a cookie cache': [['sign-up'], { session: { cookieCache: { enabled: true } } }],
  'no bearers': [['sign-up'], { bearerPlugin: false }],
  'passwords from 9 characters': [['sign-up'], { emailAndPassword: { enabled: true, minPasswordLength: 9 } }],
  'passwords up to 127 characters': [['sign-up'], { emailAndPassword: { enabled: true, maxPasswordLength: 127 } }],
  'no sign-in at sign-up': [['sign-up'], { emailAndPassword: { enabled: true, autoSignIn: false } }],
  'one origin more': [['origin'], { trustedOrigins: ['https://app.example.com', 'https://example.com'] }],
  'one origin less': [['origin'], { trustedOrigins: [] }],
  'no check of origins': [['origin'], { advanced: { disableCSRFCheck: true } }],
  'no check of callback URLs': [['origin'], { advanced: { disableOriginCheck: true, disableCSRFCheck: false } }],
  'no addresses': [['sign-in'], { advanced: { ipAddress: { disableIpTracking: true } } }],
  'whole IPv6 addresses': [['sign-in'], { advanced: { ipAddress: { ipv6Subnet: 128 } } }],
  'another header of addresses': [['sign-in'], { advanced: { ipAddress: { ipAddressHeaders: ['x-real-ip'] } } }],
  'trailing slashes': [['http'], { advanced: { skipTrailingSlashes: true } }],
  'a path switched off': [['http'], { disabledPaths: ['/ok'] }],
  'a further field of users': [
    ['sign-up'],
    { user: { additionalFields: { role: { type: 'string', required: false } } } },
  ],
  'ids as UUIDs': [['sign-up'], { advanced: { database: { generateId: 'uuid' } } }],
};

// No answer tells an account's dates, nor that a row is left over: only the tables do.
const tables = {
  'another date in a row': [
    ['sign-up'],
    `create function backdate() returns trigger language plpgsql as
       $$ begin new."updatedAt" := '2000-01-01'; return new; end $$;
     create trigger backdate before insert on account for each row execute function backdate()`,
  ],
  'microseconds in a row': [
    ['sign-up'],
    `create function sharpen() returns trigger language plpgsql as
       $$ begin new."updatedAt" := new."updatedAt" + interval '7 microseconds'; return new; end $$;
     create trigger sharpen before insert on account for each row execute function sharpen()`,
  ],
  'a row left over': [
    ['sign-out'],
    `create function remain() returns trigger language plpgsql as
       $$ begin if pg_trigger_depth() = 1 then return null; end if; return old; end $$;
     create trigger remain before delete on session for each row execute function remain()`,
  ],
  'a row too many': [
    ['sign-up'],
    `create function leave_trace() returns trigger language plpgsql as
       $$ begin insert into verification (id, identifier, value, "expiresAt") values (new.id, 'x', 'x', now());
          return new; end $$;
     create trigger leave_trace before insert on "user" for each row execute function leave_trace()`,
  ],
};

export default [...mutantsOf({ hearing, options, tables }), ...more];

function later(iso, milliseconds) {
  return new Date(Date.parse(iso) + milliseconds).toISOString();
}
