// The driver options of bridge networks, by the names that Docker has given them. Pure.
import { EngineError } from "../errors.ts";
import { parseAddress } from "./ip-address.ts";

/** Options of a network as they were given. */
type Options = Readonly<Record<string, string>>;

const MTU = "com.docker.network.driver.mtu";
const NAME = "com.docker.network.bridge.name";
const ICC = "com.docker.network.bridge.enable_icc";
const MASQUERADE = "com.docker.network.bridge.enable_ip_masquerade";
const HOST_BINDING = "com.docker.network.bridge.host_binding_ipv4";
const DEFAULT_BRIDGE = "com.docker.network.bridge.default_bridge";
const INTERFACE_PREFIX = "com.docker.network.container_iface_prefix";
const GATEWAY_MODES = [
  "com.docker.network.bridge.gateway_mode_ipv4",
  "com.docker.network.bridge.gateway_mode_ipv6",
];
const ENABLE_IPV4 = "com.docker.network.enable_ipv4";
const ENABLE_IPV6 = "com.docker.network.enable_ipv6";

/** As Go's strconv.ParseBool, which clients' values are made for; undefined for anything else. */
function readFlag(text: string | undefined): boolean | undefined {
  if (/^(1|t|T|true|TRUE|True)$/.test(text ?? "")) return true;
  if (/^(0|f|F|false|FALSE|False)$/.test(text ?? "")) return false;
  return undefined;
}

/** Whether text can be the name of an interface; the kernel takes 15 letters. */
export function isInterfaceName(text: string): boolean {
  return /^[^\s/:%]{1,15}$/.test(text) && ![".", "..", "lo"].includes(text);
}

function isMtu(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 68 && Number(text) <= 65_535;
}

const isFlag = (text: string): boolean => readFlag(text) !== undefined;

/** What each option's value has to be. */
const CHECKS: Readonly<
  Record<string, { readonly wanted: string; readonly accepts: (text: string) => boolean }>
> = {
  [MTU]: { wanted: "a number from 68 to 65535", accepts: (text) => text === "0" || isMtu(text) },
  [NAME]: { wanted: "the name of an interface", accepts: isInterfaceName },
  [ICC]: { wanted: "true or false", accepts: isFlag },
  [MASQUERADE]: { wanted: "true or false", accepts: isFlag },
  [ENABLE_IPV4]: { wanted: "true or false", accepts: isFlag },
  [ENABLE_IPV6]: { wanted: "true or false", accepts: isFlag },
  [HOST_BINDING]: { wanted: "an IPv4 address", accepts: (text) => parseAddress(text)?.version === 4 },
  // A number follows, of up to two digits.
  [INTERFACE_PREFIX]: { wanted: "at most 13 letters", accepts: (text) => isInterfaceName(`${text}10`) },
};

/** Throws EngineError (invalid) for a value that its option cannot have. */
export function checkBridgeOptions(options: Options): void {
  for (const [name, { wanted, accepts }] of Object.entries(CHECKS)) {
    const value = options[name];
    if (value !== undefined && value !== "" && !accepts(value))
      throw new EngineError("invalid", `invalid driver option ${name}: "${value}" is not ${wanted}`);
  }
}

/** Whether a value asks for what happens in any case. */
function isAsItIs(name: string, value: string): boolean {
  if (name === MASQUERADE) return readFlag(value) === true;
  return name === DEFAULT_BRIDGE || (GATEWAY_MODES.includes(name) && value === "nat");
}

/** The names of options that change nothing here. */
export function optionsWithoutEffect(options: Options): string[] {
  return Object.entries(options)
    .filter(([name]) => name === MASQUERADE || !Object.hasOwn(CHECKS, name))
    .filter(([name, value]) => !isAsItIs(name, value))
    .map(([name]) => name);
}

/** The MTU; 0 leaves it to the kernel. */
export function mtuOf(options: Options): number {
  return Number(options[MTU] || 0);
}

/** The bridge's name in the engine's own network namespace; undefined: none was asked for. */
export function bridgeNameOption(options: Options): string | undefined {
  return options[NAME] || undefined;
}

/** Whether members reach only the gateway, and each other through published ports. */
export function isolatesMembers(options: Options): boolean {
  return readFlag(options[ICC]) === false;
}

/** How interfaces are named in containers, before their number. */
export function interfacePrefix(options: Options): string {
  return options[INTERFACE_PREFIX] || "eth";
}

/** Where ports are published that ask for no address of the host; undefined: on all. */
export function hostBinding(options: Options): string | undefined {
  return options[HOST_BINDING] || undefined;
}

/** Whether the options ask for a family or forbid it; undefined where they say nothing. */
export function familyOption(options: Options, family: 4 | 6): boolean | undefined {
  return readFlag(options[family === 4 ? ENABLE_IPV4 : ENABLE_IPV6]);
}
