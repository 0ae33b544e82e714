// Edge and Chrome also call themselves Safari, and Edge Chrome: the order matters.
const BROWSERS = ['Edg', 'Firefox', 'Chrome', 'Safari'];
const SYSTEMS = ['Android', 'iPhone', 'iPad', 'Mac', 'Windows', 'Linux'];

/** `Chrome on Linux`, as well as a user agent's name lets one say it. */
export function deviceName(userAgent?: string | null): string {
  const find = (names: string[]) => names.find((name) => userAgent?.includes(name));
  const browser = find(BROWSERS)?.replace('Edg', 'Edge') ?? 'A program';
  const system = find(SYSTEMS);
  return system ? `${browser} on ${system}` : browser;
}
