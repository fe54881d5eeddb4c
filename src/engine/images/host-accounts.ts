// The accounts of slipway/host: the machine's system accounts, so that programs that run as `postgres` or `www-data`
// find them, without its people and without anything that was a password.

const firstPersonalId = 1000;
const sharedShells = /^\/(usr\/)?(s?bin|lib[^/]*)\//;

/** Contents of /etc/passwd and /etc/group for the image, made of the machine's own. */
export function systemAccounts(source: { readonly passwd: string; readonly group: string }): {
  passwd: string;
  group: string;
} {
  const users = records(source.passwd, 7).filter((fields) => isSystem(fields, ["nobody"]));
  const names = new Set(users.map((fields) => fields[0]));
  const groups = records(source.group, 4).filter((fields) => isSystem(fields, ["nogroup", "nobody"]));
  const passwdLines = users.filter((fields) => fields[0] !== "root").map(userLine);
  const groupLines = groups
    .filter((fields) => fields[0] !== "root")
    .map(([name, , gid, members]) => {
      const kept = (members ?? "").split(",").filter((member) => names.has(member));
      return `${name}:x:${gid}:${kept.join(",")}`;
    });
  return {
    passwd: ["root:x:0:0:root:/root:/bin/sh", ...passwdLines, ""].join("\n"),
    group: ["root:x:0:", ...groupLines, ""].join("\n"),
  };
}

function records(text: string, fieldCount: number): string[][] {
  return text
    .split("\n")
    .map((line) => line.split(":"))
    .filter((fields) => fields.length === fieldCount && /^\d+$/.test(fields[2] ?? ""));
}

function isSystem(fields: readonly string[], exceptions: readonly string[]): boolean {
  return Number(fields[2]) < firstPersonalId || exceptions.includes(fields[0] ?? "");
}

/** The comment field is left out: on some machines it holds names and telephone numbers. */
function userLine([name, , uid, gid, , home, shell]: readonly string[]): string {
  return `${name}:x:${uid}:${gid}::${home}:${sharedShells.test(shell ?? "") ? shell : "/bin/sh"}`;
}
