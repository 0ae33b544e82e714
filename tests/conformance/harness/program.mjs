// A program that starts servers: none outlives it.

import { UsageError } from './settings.mjs';
import { stopAll } from './sides.mjs';

/** Runs `main`, which gives the exit status; a signal ends it, and a mistake of the caller is said without a stack. */
export async function run(main) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => {
      console.error(`stopped by ${signal}`);
      stopAll().finally(() => process.exit(1));
    });
  }
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error(error instanceof UsageError ? error.message : error);
    process.exitCode = 1;
  } finally {
    await stopAll();
  }
}
