// A small image that is the same on every engine: busybox under all its names, a few accounts, and folders to mount volumes on.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineUnderTest } from "./engines.ts";
import { run, succeed } from "./processes.ts";

/** Its name on the engines that have it. */
export const busyboxImage = "busybox-for-tests:1";

/** Why it cannot be made here; undefined when it can. */
export const busyboxUnavailable =
  (await run("sh", ["-c", "command -v docker && busybox true"])).code === 0
    ? undefined
    : "there is no docker command line or no static busybox (Debian: busybox-static)";

const script = `
cd "$1"
mkdir -p bin etc proc sys dev tmp root home/ann data/inner
chmod 755 . && chmod 1777 tmp
cp "$(command -v busybox)" bin/busybox
for name in $(bin/busybox --list); do [ "$name" = busybox ] || ln -sf busybox "bin/$name"; done
printf 'root:x:0:0:root:/root:/bin/sh\\nann:x:1000:1001:Ann:/home/ann:/bin/sh\\n' > etc/passwd
printf 'root:x:0:\\nstaff:x:50:ann\\nann:x:1001:\\nwriters:x:60:\\n' > etc/group
printf 'from the image\\n' > data/file
printf 'inner\\n' > data/inner/file
chown -R 1000:1001 home/ann data
chmod 750 data
tar -c . > "$2"
`;

/** Imports it; to be called once per engine. */
export async function importBusybox(engine: EngineUnderTest): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "busybox-image-"));
  const own = await engine.folder();
  try {
    const archive = join(own, "busybox.tar");
    await succeed("mkdir", [join(folder, "root")]);
    await succeed("sh", ["-ec", script, "sh", join(folder, "root"), archive]);
    await succeed("chmod", ["a+r", archive]);
    const change = ["--change", 'CMD ["/bin/sh"]', "--change", "ENV PATH=/bin"];
    await engine.succeed("import", ...change, archive, busyboxImage);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return busyboxImage;
}
