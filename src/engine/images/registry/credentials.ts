// Who asks: what a client says of itself in X-Registry-Auth.
export interface Credentials {
  readonly username?: string;
  readonly password?: string;
  /** A refresh token that stands for user name and password. */
  readonly identitytoken?: string;
  /** A bearer token to be sent as it is. */
  readonly registrytoken?: string;
  readonly serveraddress?: string;
}

/** Reads the header: base64url of JSON. What cannot be read counts as nothing, as with Docker: the registry decides then. */
export function parseCredentials(header: string | undefined): Credentials {
  if (header === undefined || header === "") return {};
  try {
    const value: unknown = JSON.parse(Buffer.from(header, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null ? withLogin(value) : {};
  } catch {
    return {};
  }
}

/** `auth` is the older form of user name and password. */
function withLogin(value: Credentials & { readonly auth?: unknown }): Credentials {
  if (typeof value.auth !== "string" || value.auth === "" || value.username) return value;
  const [username = "", ...password] = Buffer.from(value.auth, "base64").toString("utf8").split(":");
  return { ...value, username, password: password.join(":") };
}

/** The value of a Basic authorization; undefined without a user name. */
export function basicAuthorization({ username, password }: Credentials): string | undefined {
  if (username === undefined || username === "") return undefined;
  return `Basic ${Buffer.from(`${username}:${password ?? ""}`).toString("base64")}`;
}
