// What the run prints.

const CUT = 2_000;

export function groupLine(name, { exchanges, equal, intended, failed }) {
  const parts = [
    [equal, 'equal'],
    [intended, 'with intended deviations'],
    [failed, 'FAILED'],
  ];
  const said = parts.filter(([times]) => times > 0).map(([times, words]) => `${times} ${words}`);
  return `${name}: ${exchanges} exchanges, ${said.join(', ')}`;
}

/** A failure with both values of each difference, each on a line of its own. */
export function failureText({ exchange, differences = [], error }) {
  const { group, scenario, title, number, request, side } = exchange;
  const place = group === undefined ? `${side}: ${title}` : `${group} / ${scenario} / #${number} ${title}`;
  const lines = [`FAILED ${place}`];
  if (request !== undefined) lines.push(...requestLines(request));
  for (const difference of differences) {
    lines.push(`    ${difference.at}`);
    lines.push(`      Better Auth: ${shown(difference.theirs)}`);
    lines.push(`      ${`${side}:`.padEnd(12)} ${shown(difference.ours)}`);
  }
  if (error !== undefined) lines.push(`    ${error.stack}`);
  return lines.join('\n');
}

/** One step as it was compared. */
export function exchangeText({ group, scenario, title, number, request, theirs, ours }) {
  const lines = [`${group} / ${scenario} / #${number} ${title}`];
  if (request !== undefined) lines.push(...requestLines(request));
  lines.push(`    < ${shown(theirs)}`);
  if (JSON.stringify(theirs) !== JSON.stringify(ours)) lines.push(`    < ${shown(ours)}`);
  return lines.join('\n');
}

/** Each intended deviation with the number of steps that show it. */
export function usedText(deviations) {
  const lines = deviations.map(({ id, times }) => `  ${String(times).padStart(4)} ${id}`);
  return ['intended deviations, and the steps that show them:', ...lines].join('\n');
}

export function staleText({ id }) {
  return `FAILED intended deviation "${id}": nothing differs any more; take it out of deviations.mjs`;
}

function requestLines({ method, target, headers, body }) {
  const lines = [`    > ${method} ${cut(target)}`, ...headers.map(([name, value]) => `    > ${name}: ${cut(value)}`)];
  if (body !== undefined) lines.push(`    > ${cut(body.toString())}`);
  return lines;
}

function shown(value) {
  return value === undefined ? '(nothing)' : cut(JSON.stringify(value));
}

function cut(text) {
  return text.length > CUT ? `${text.slice(0, CUT)}… (${text.length} characters)` : text;
}
