// Tokens taken apart and put together: JWTs of mails, and the caches in `session_data` cookies.

import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

import { SECRET } from './settings.mjs';

const JWE_SALT = 'better-auth-session';
const JWE_INFO = 'BetterAuth.js Generated Encryption Key';

const base64url = (value) => Buffer.from(value).toString('base64url');
const hmac = (value, secret) => createHmac('sha256', secret).update(value).digest('base64url');
const json = (encoded) => JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'));

/** A JWT with these claims. `header` and `secret` are the server's own unless given. */
export function jwt(claims, { header = { alg: 'HS256' }, secret = SECRET } = {}) {
  const signed = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
  return `${signed}.${hmac(signed, secret)}`;
}

/** `{ header, claims, right }` of a JWT; undefined for anything else. */
export function readJwt(token) {
  const [header, claims, signature] = token.split('.');
  try {
    return { header: json(header), claims: json(claims), right: signature === hmac(`${header}.${claims}`, SECRET) };
  } catch {
    return undefined;
  }
}

/** What a `session_data` cookie holds: `{ layout, right, header?, …members }`; undefined for anything else. */
export function readCache(value) {
  const parts = value.split('.').length;
  try {
    if (parts === 5) return readJwe(value);
    if (parts !== 3) return readCompact(value);
  } catch {
    return undefined;
  }
  const read = readJwt(value);
  return read && { layout: 'jwt', right: read.right, header: read.header, ...read.claims };
}

function readCompact(value) {
  const { session, expiresAt, signature, ...more } = json(value);
  // The text that is signed has the members in the order they have here.
  const right = signature === hmac(JSON.stringify({ ...session, expiresAt }), SECRET);
  return { layout: 'compact', right, ...session, expiresAt, ...more };
}

/** A `session_data` value with these members, as Better Auth lays it out; `secret` is the server's own unless given. */
export function writeCache({ layout, right, header, ...members }, { secret = SECRET } = {}) {
  if (layout === 'jwt') return jwt(members, { header, secret });
  if (layout === 'jwe') return writeJwe(header, members, secret);
  const { expiresAt, ...session } = members;
  const signature = hmac(JSON.stringify({ ...session, expiresAt }), secret);
  return base64url(JSON.stringify({ session, expiresAt, signature }));
}

const jweKey = (secret) => Buffer.from(hkdfSync('sha256', secret, JWE_SALT, JWE_INFO, 64));

/** The tag of A256CBC-HS512, as RFC 7518 §5.2 has it. */
function jweTag(key, header, iv, sealed) {
  const bits = Buffer.alloc(8);
  bits.writeBigUInt64BE(BigInt(header.length * 8));
  const tagged = Buffer.concat([Buffer.from(header), iv, sealed, bits]);
  return createHmac('sha512', key.subarray(0, 32)).update(tagged).digest().subarray(0, 32);
}

function readJwe(value) {
  const [protectedHeader, wrapped, ...pieces] = value.split('.');
  const [iv, sealed, tag] = pieces.map((text) => Buffer.from(text, 'base64url'));
  const key = jweKey(SECRET);
  const right = wrapped === '' && jweTag(key, protectedHeader, iv, sealed).equals(tag);
  const decipher = createDecipheriv('aes-256-cbc', key.subarray(32), iv);
  const plain = Buffer.concat([decipher.update(sealed), decipher.final()]);
  return { layout: 'jwe', right, header: json(protectedHeader), ...JSON.parse(plain.toString('utf8')) };
}

function writeJwe(header, members, secret) {
  const [key, iv] = [jweKey(secret), randomBytes(16)];
  const protectedHeader = base64url(JSON.stringify(header));
  const cipher = createCipheriv('aes-256-cbc', key.subarray(32), iv);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(members)), cipher.final()]);
  const pieces = [iv, sealed, jweTag(key, protectedHeader, iv, sealed)];
  return [protectedHeader, '', ...pieces.map(base64url)].join('.');
}
