/** The address as the system browser may be given it, or undefined: other schemes start programs. */
export function toExternalAddress(address: string): string | undefined {
  const url = URL.parse(address);
  return url !== null && externalSchemes.has(url.protocol) ? url.href : undefined;
}

/** Whether an address is one of the host's own pages. */
export function isOfHost(address: string, hostUrl: string): boolean {
  const url = URL.parse(address);
  return url !== null && url.origin === URL.parse(hostUrl)?.origin;
}

const externalSchemes: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:']);
