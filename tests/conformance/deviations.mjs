// Every way in which Latchkey means to differ from Better Auth, and why. What is not here must not differ.
//
// An entry explains a difference when it `applies` to the exchange and `explains` that difference: it names
// both values, so that a change on either side shows up again. An entry that explained nothing in a whole run
// fails the run. `ambient` marks what lies on every answer: an exchange that shows nothing else counts as equal.
// So does one that shows `racy` ones alone: who comes first is different from run to run.

import cache from './deviations/cache.mjs';
import checks from './deviations/checks.mjs';
import endpoints from './deviations/endpoints.mjs';
import foundation from './deviations/foundation.mjs';
import limits from './deviations/limits.mjs';
import links from './deviations/links.mjs';
import sessions from './deviations/sessions.mjs';

export default [...foundation, ...checks, ...endpoints, ...links, ...sessions, ...cache, ...limits];
