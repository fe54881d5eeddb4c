// The port of 127.0.0.11 on which a container's resolver listens.

/** Where it is asked. */
const DNS_PORT = 53;

/** Above those that the kernel gives to programs that name none, and among those that are no service's. */
const PORT_APART = 61_053;

/**
 * `hasRules`: the kernel takes rules that carry what is sent to port 53 to another one, so that a name server in the container can have port 53 of
 * all its addresses. Where it does not, the resolver itself has to have port 53.
 */
export function resolverPort(hasRules: boolean): number {
  return hasRules ? PORT_APART : DNS_PORT;
}
