// Tokens taken apart and put together: JWTs of mails, and the caches in `session_data` cookies.

import { createDecipheriv, createHmac, hkdfSync } from 'node:crypto';

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

/** A256CBC-HS512 with a key that is derived, as RFC 7518 §5.2 has it. */
function readJwe(value) {
  const [header, key, iv, sealed, tag] = value.split('.');
  const derived = Buffer.from(hkdfSync('sha256', SECRET, JWE_SALT, JWE_INFO, 64));
  const bits = Buffer.alloc(8);
  bits.writeBigUInt64BE(BigInt(header.length * 8));
  const bytes = (text) => Buffer.from(text, 'base64url');
  const expected = createHmac('sha512', derived.subarray(0, 32))
    .update(Buffer.concat([Buffer.from(header), bytes(iv), bytes(sealed), bits]))
    .digest()
    .subarray(0, 32);
  const right = key === '' && expected.equals(bytes(tag));
  const decipher = createDecipheriv('aes-256-cbc', derived.subarray(32), bytes(iv));
  const plain = Buffer.concat([decipher.update(bytes(sealed)), decipher.final()]);
  return { layout: 'jwe', right, header: json(header), ...JSON.parse(plain.toString('utf8')) };
}
