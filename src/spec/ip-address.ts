// Whether text is an IP address. (Node's own test lives in `node:net`, which a pure folder does not reach for.)

const OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);

/** Four decimal numbers up to 255 with dots between them. */
export function isIPv4(text: string): boolean {
  return IPV4.test(text);
}

/** Eight groups of hexadecimal digits, one run of zeros left out as `::`, perhaps ending in an IPv4 address or a zone. */
export function isIPv6(text: string): boolean {
  const address = text.replace(/%[\w.-]+$/, "");
  const halves = address.split("::");
  if (halves.length > 2) return false;
  const groups = halves.map((half) => (half === "" ? [] : half.split(":")));
  const all = groups.flat();
  const last = all.at(-1);
  const endsInIPv4 = last !== undefined && isIPv4(last);
  const hex = endsInIPv4 ? all.slice(0, -1) : all;
  if (!hex.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false;
  const count = hex.length + (endsInIPv4 ? 2 : 0);
  return halves.length === 2 ? count <= 7 : count === 8;
}
