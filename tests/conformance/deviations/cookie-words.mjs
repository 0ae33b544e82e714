// The words in which entries compare all the cookies of two answers.

/** A cookie of a session's token that is not cleared. */
export const isSet = ({ name, value }) => /session_token$/.test(name) && value !== '';
export const isCache = ({ name }) => /session_data(\.\d+)?$/.test(name);

/** The names without their prefix, one after the other. */
export const cookieNames = ({ cookies }) => cookies.map(({ name }) => name.replace(/^.*\.(?=session_)/, '')).join(' ');

/** A cookie apart from what a piece of a cache holds: the last piece alone says less than all of them. */
const spelled = (cookie) =>
  JSON.stringify(isCache(cookie) ? [cookie.name, cookie.value === '', cookie.attributes] : cookie);

/** What `ours` has beside `theirs`; undefined when it has not all of them in their order. */
export function added(theirs, ours) {
  const more = [...ours];
  let from = 0;
  for (const cookie of theirs) {
    const at = more.findIndex((one, place) => place >= from && spelled(one) === spelled(cookie));
    if (at < 0) return undefined;
    more.splice(at, 1);
    from = at;
  }
  return more;
}

/** What `theirs` has beside `ours`; undefined when it has not all of them in their order. */
export const lacking = (theirs, ours) => added(ours, theirs);

/** What a browser holds when it has read all lines: the last of each name. */
const held = (cookies) => new Map(cookies.map((cookie) => [cookie.name, spelled(cookie)]));

/** Whether a browser holds the same after either. */
export function holdsSame(theirs, ours) {
  const [left, right] = [held(theirs), held(ours)];
  return left.size === right.size && [...left].every(([name, cookie]) => right.get(name) === cookie);
}

/** Whether `ours` are `theirs` without those that a later one of the same name replaces. */
export const isOnce = (theirs, ours) =>
  theirs.length > ours.length && held(ours).size === ours.length && holdsSame(theirs, ours);
