// Node's scrypt with Better Auth's parameters, so many times, as JSON like the floors'.

import { scryptSync } from 'node:crypto';

const times = Number(process.argv[2]);
const microseconds = [];
const before = process.cpuUsage();
for (let n = 0; n < times; n += 1) {
  const started = process.hrtime.bigint();
  scryptSync('correct horse battery', '000102030405060708090a0b0c0d0e0f', 64, { N: 16384, r: 16, p: 1, maxmem: 128 * 16384 * 16 * 2 });
  microseconds.push(Number(process.hrtime.bigint() - started) / 1000);
}
const { user, system } = process.cpuUsage(before);
microseconds.sort((a, b) => a - b);
const p50 = Math.round(microseconds[Math.floor((times - 1) / 2)]);
console.log(JSON.stringify({ cpuSeconds: (user + system) / 1e6, microseconds: { count: times, p50 } }));
